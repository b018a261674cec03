"""The brand of the home: read and set what every film has that says nothing else."""

from __future__ import annotations

from pathlib import Path

from reelwright.studio.accounts import branding
from reelwright.studio.results.options import BrandOptions
from reelwright.studio.verbs.base import StudioBase


class Branding(StudioBase):
    """The verbs on the brand of the account."""

    async def read_brand(self) -> branding.HomeBrand:
        """Read the brand of the account: what its films have that say nothing else. Creates no home."""
        return branding.describe_brand(await self._read_home_brand())

    async def set_brand(
        self,
        *,
        accent: str | None = None,
        logo: str | Path | None = None,
        font: str | Path | None = None,
        end_card: str | None = None,
    ) -> branding.HomeBrand:
        """Set the brand of the account; what is not given stays, and ``none`` removes it.

        ``accent``: a colour such as #D6323F. ``logo``: a picture, and ``font``: a font file, which are kept in
        the vault. ``end_card``: a text for the last screen. Films that exist already stay as they are; an edit with
        ``brand`` gives all of it to one. Raises ``BadInput`` and ``MediaError``.
        """
        given = BrandOptions.parse({"accent": accent, "logo": logo, "font": font, "end_card": end_card})
        return await branding.set_brand(await self._open_home(), given)
