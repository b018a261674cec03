"""The brand of the home: set once, kept with its files, and put into every film that is planned from then on."""

from __future__ import annotations

from typing import Any

from reelwright.reel.film.brief import Brand, Font
from reelwright.studio.quotes import validation
from reelwright.studio.results.options import BrandOptions
from reelwright.studio.results.result_model import ResultModel
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts.briefing import IntakeResult, find_file, take_in_font, take_in_logo


class BrandLogo(ResultModel):
    """The logo of a brand. ``asset``: its id in the vault. Sizes in pixels."""

    asset: str
    name: str
    width: int
    height: int


class BrandFont(ResultModel):
    """The font of a brand. ``asset``: its id in the vault. ``licence``: what the font says of its licence."""

    asset: str
    name: str
    family: str
    licence: str


class HomeBrand(ResultModel):
    """The brand of an account: what its films have that say nothing else. Null: nothing is set."""

    accent: str | None = None
    logo: BrandLogo | None = None
    font: BrandFont | None = None
    end_card: str | None = None


def describe_brand(brand: Brand | None) -> HomeBrand:
    """Return a brand as people and programs read it."""
    if brand is None:
        return HomeBrand()
    logo = brand.logo
    mark = BrandLogo(asset=logo.asset, name=logo.name, width=logo.width, height=logo.height) if logo else None
    face = describe_font_file(brand.font) if brand.font else None
    return HomeBrand(accent=brand.accent or None, logo=mark, font=face, end_card=brand.end_card or None)


def describe_font_file(font: Font) -> BrandFont:
    """Return a font as people and programs read it."""
    return BrandFont(asset=font.asset, name=font.name, family=font.family, licence=font.licence)


async def set_brand(home: Home, changes: BrandOptions) -> HomeBrand:
    """Change what is given of the account's brand; ``none`` removes it. Files are copied into the vault.

    Raises ``BadInput`` and ``MediaError`` before anything is changed.
    """
    made: dict[str, Any] = {}
    if (accent := validation.check_accent(changes.accent)) is not None:
        made["accent"] = "" if validation.is_none(accent) else accent
    if (end_card := validation.check_end_card(changes.end_card)) is not None:
        made["end_card"] = "" if validation.is_none(end_card) else end_card
    with open_scratch_folder() as folder:
        intake = IntakeResult()
        if validation.is_none(changes.logo):
            made["logo"] = None
        elif changes.logo is not None:
            made["logo"] = await take_in_logo(intake, find_file("logo", changes.logo), folder, "logo")
        if validation.is_none(changes.font):
            made["font"] = None
        elif changes.font is not None:
            made["font"] = await take_in_font(intake, find_file("font", changes.font), folder, "font")
        await intake.keep(home)
        return describe_brand(await home.journal.set_brand(home.account, made))
