"""The brand of the home on the page of settings: what is set or typed of it, and a screen that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from reelwright.errors import ReelwrightError
from reelwright.input_limits import END_CARD_CHARS
from reelwright.studio.quotes import validation
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import PageForm
from reelwright.web.outcomes import describe_trouble
from reelwright.web.pictures import build_logo_url, draw_screen

_SIDE: Final = 960
_USUAL_LOOK: Final = "slam"
_TEXTS: Final = ("accent", "end_card")
_WORDS: Final = {"name": "Fenn", "url": "fenn.example"}
"""Words of the screen that shows a brand: they are read in every language."""


async def build_brand_view(studio: AsyncStudio, typed_fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Build the values of the account's brand, or of what was typed in its form; sets nothing and spends nothing.

    ``accent`` and ``end_card``: as they are set, or as they were typed. ``picture``: the last screen of a film in
    ``look``, as a ``data:`` URL; empty where it cannot be drawn, for the reason ``trouble``. ``logo_picture``: the logo
    on a ground on which it is seen.
    """
    brand = await studio.read_brand()
    typed = {name: (getattr(brand, name) if typed_fields is None else typed_fields.get(name)) or "" for name in _TEXTS}
    looks = tuple(one.name for one in await studio.list_looks() if not one.is_own)
    look = (typed_fields or {}).get("look", "")
    view: dict[str, Any] = {
        **typed, "end_card_chars": END_CARD_CHARS, "logo": brand.logo, "font": brand.font, "logo_picture": "",
        "look": look if look in looks else _USUAL_LOOK, "looks": looks, "picture": "", "trouble": None,
    }  # fmt: skip
    try:
        path = await studio.locate_asset(brand.logo.asset) if brand.logo else None
        view["logo_picture"] = await build_logo_url(path) if path else ""
        font = await studio.locate_asset(brand.font.asset) if brand.font else None
        view["picture"] = await _draw_brand(view["look"], typed, path, font)
    except ReelwrightError as error:
        view["trouble"] = describe_trouble(error)
    return view


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
    elif asset := form.get("way").partition(":")[2]:
        with open_scratch_folder() as folder:
            path = folder.get_path() / "logo"
            path.symlink_to(await studio.locate_asset(asset))  # its file is named by its digest
            await studio.set_brand(logo=path)
    else:
        async with form.open_file("file", "logo") as path:
            await studio.set_brand(logo=path)


async def set_brand_font(studio: AsyncStudio, form: PageForm) -> None:
    """Set the font by the file of a form; ``none`` as its way removes it. Raises as ``set_brand`` does."""
    if form.get("way") == validation.NONE:
        await studio.set_brand(font=validation.NONE)
    else:
        async with form.open_file("font", "font") as path:
            await studio.set_brand(font=path)
