"""The brand of the home on the page of settings: what is set or typed of it, and a screen that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reelwright.errors import ReelwrightError
from reelwright.input_limits import END_CARD_CHARS
from reelwright.server.program_requests import save_upload
from reelwright.studio.accounts.branding import BrandFont, BrandLogo
from reelwright.studio.quotes import validation
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import PageForm
from reelwright.web.outcomes import Trouble, describe_trouble
from reelwright.web.pictures import build_logo_url, draw_screen

_SIDE: Final = 960
_USUAL_LOOK: Final = "slam"
_TEXTS: Final = ("accent", "end_card")
_LOGO_NAME: Final = "logo"
_FONT_NAME: Final = "font"
_WORDS: Final = {"name": "Fenn", "url": "fenn.example"}
"""Words of the screen that shows a brand: they are read in every language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandView:
    """The brand of the home, as the page shows it. ``accent`` and ``end_card``: as they are set, or as they were typed.

    ``picture``: the last screen of a film in ``look``, as a ``data:`` URL; empty where it cannot be drawn, for the
    reason ``trouble``. ``logo_picture``: the logo on a ground on which it is seen.
    """

    accent: str
    end_card: str
    end_card_chars: int
    logo: BrandLogo | None
    font: BrandFont | None
    logo_picture: str
    look: str
    looks: tuple[str, ...]
    picture: str
    trouble: Trouble | None


async def build_brand_view(studio: AsyncStudio, typed_fields: Mapping[str, str] | None = None) -> BrandView:
    """Build the view of the account's brand, or of what was typed in its form; sets nothing and spends nothing."""
    brand = await studio.read_brand()
    stands = {"accent": brand.accent or "", "end_card": brand.end_card or ""}
    if typed_fields is not None:
        stands = {name: typed_fields.get(name, "") for name in _TEXTS}
    looks = tuple(one.name for one in await studio.list_looks() if not one.is_own)
    look = (typed_fields or {}).get("look", "")
    look = look if look in looks else _USUAL_LOOK
    logo_picture, picture, trouble = "", "", None
    try:
        path = await studio.locate_asset(brand.logo.asset) if brand.logo else None
        logo_picture = await build_logo_url(path) if path else ""
        font = await studio.locate_asset(brand.font.asset) if brand.font else None
        picture = await _draw_brand(look, stands, path, font)
    except ReelwrightError as error:
        trouble = describe_trouble(error)
    return BrandView(
        **stands, end_card_chars=END_CARD_CHARS, logo=brand.logo, font=brand.font,
        logo_picture=logo_picture,
        look=look, looks=looks, picture=picture, trouble=trouble,
    )  # fmt: skip


async def _draw_brand(look: str, typed: Mapping[str, str], logo: Path | None, font: Path | None) -> str:
    accent = validation.check_accent(typed["accent"] or None)
    end_card = validation.check_end_card(typed["end_card"] or None)
    words = {**_WORDS, **({"legal": end_card} if end_card and not validation.is_none(end_card) else {})}
    extra: dict[str, Any] = {"staging": "end_card", "words": words, "variant": 0, "seed": 1}
    if accent and not validation.is_none(accent):
        extra["accent"] = accent
    return await draw_screen(look, extra, _SIDE, logo, font)


async def set_brand_texts(studio: AsyncStudio, form: PageForm) -> None:
    """Set the accent and the end card of the form; an emptied field removes its part. Raises ``BadInput``."""
    accent, end_card = (form.get(name) or validation.NONE for name in _TEXTS)
    await studio.set_brand(accent=accent, end_card=end_card)


async def set_brand_logo(studio: AsyncStudio, form: PageForm) -> None:
    """Set the logo by the file of a form, or by the asset that its file became; ``none`` removes it.

    Raises ``BadInput``, ``NotFound`` and ``MediaError``.
    """
    if form.get("way") == validation.NONE:
        await studio.set_brand(logo=validation.NONE)
        return
    with open_scratch_folder() as folder:
        if asset := form.get("way").partition(":")[2]:
            path = folder.get_path() / _LOGO_NAME
            path.symlink_to(await studio.locate_asset(asset))  # its file is named by its digest
        else:
            path = await asyncio.to_thread(save_upload, folder, _LOGO_NAME, form.file)
        await studio.set_brand(logo=path)


async def set_brand_font(studio: AsyncStudio, form: PageForm) -> None:
    """Set the font by the file of a form; ``none`` as its way removes it. Raises as ``set_brand`` does."""
    with open_scratch_folder() as folder:
        given = form.get("way") != validation.NONE
        path = await asyncio.to_thread(save_upload, folder, _FONT_NAME, form.font) if given else validation.NONE
        await studio.set_brand(font=path)
