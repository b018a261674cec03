"""Chooses the brand of a film: what the film itself says, else its flavor, else the home."""

from __future__ import annotations

from typing import Any

from reelwright.reel.base.value import define_value
from reelwright.reel.film.brief import Brief, Font, Material

_NOUNS = {"accent": "the accent", "logo": "the logo", "font": "the font", "end_card": "the end card"}


@define_value
class ChosenBrand:
    """The brand of a film. ``accent``: #RRGGBB; empty: the look's own. ``logo``: None: the film has none.
    ``font``: None: the look's own type. ``end_card``: text of the last screen.

    ``notes``: sentences for the person about what the film does not say itself.
    """

    accent: str
    logo: Material | None
    font: Font | None
    end_card: str
    notes: tuple[str, ...]


def choose_brand(brief: Brief, accent: str = "", end_card: str = "") -> ChosenBrand:
    """Choose each part by itself, by what the film says, then the flavor, then the home. Pure.

    ``accent``, ``end_card``: what the script or the words of the brief say, where ``brief`` says nothing. What
    the brief is to do ``without`` is taken from nowhere.
    """
    own = {
        "accent": brief.accent or accent, "logo": brief.logo, "font": brief.font,
        "end_card": brief.end_card or end_card,
    }  # fmt: skip
    found: dict[str, Any] = {}
    phrases: dict[str, list[str]] = {}
    for name, value in own.items():
        if name in brief.without:
            found[name] = None
            continue
        found[name] = value
        for brand in () if value else brief.brands:
            if given := getattr(brand, name):
                found[name] = given
                phrases.setdefault(brand.source, []).append(f"{_NOUNS[name]} {_describe(given)}")
                break
    return ChosenBrand(
        accent=found["accent"] or "", logo=found["logo"], font=found["font"], end_card=found["end_card"] or "",
        notes=tuple(_write_note(source, parts, brief.flavor) for source, parts in phrases.items()),
    )  # fmt: skip


def _describe(value: str | Material | Font) -> str:
    return value if isinstance(value, str) else value.family if isinstance(value, Font) else value.name


def _write_note(source: str, parts: list[str], flavor: str | None) -> str:
    phrase = " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
    whose = f"the flavor {flavor}" if source == "flavor" else "the home's brand"
    return f"{phrase[0].upper()}{phrase[1:]} {'are' if len(parts) > 1 else 'is'} by {whose}."
