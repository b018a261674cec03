"""What a brief may look like at all: every refusal names field, value and what is accepted."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from reelwright.errors import BadInput
from reelwright.planner.extract.seen import tidy
from reelwright.planner.flavors import flavor_of
from reelwright.reel.brief import Brief
from reelwright.units import ASPECTS

LONGEST_TEXT: Final = 20_000
LONGEST_MS: Final = 600_000
SHORTEST_MS: Final = 1000
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def checked(brief: Brief) -> None:
    """Raise ``BadInput`` where ``brief`` cannot become a plan."""
    _text(brief.text)
    _whole("length_ms", brief.length_ms, SHORTEST_MS, LONGEST_MS, "milliseconds")
    _whole("short_side", brief.short_side, 90, 4320, "pixels")
    _whole("variation", brief.variation, 0, 1_000_000, "")
    if brief.aspect is not None and brief.aspect not in ASPECTS:
        raise BadInput("aspect", brief.aspect, ", ".join(ASPECTS))
    if brief.language is not None and not _LANGUAGE.fullmatch(brief.language):
        raise BadInput("language", brief.language, "a language code such as en, bg or pt-BR")
    flavor_of(brief, "spot")
    if brief.archetype:
        from reelwright.planner.archetypes import archetype

        archetype(brief.archetype)


def _text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise BadInput("brief", f"{len(text)} characters", f"at most {LONGEST_TEXT} characters")
    if any(unicodedata.category(c) == "Cs" for c in text):
        raise BadInput("brief", text, "text without half characters (lone surrogates)")
    if sum(c.isalpha() for c in tidy(unicodedata.normalize("NFKC", text))) < 2:
        raise BadInput("brief", text, "a few words that say what the film is about")


def _whole(field: str, value: object, least: int, most: int, unit: str) -> None:
    if value is None and field == "length_ms":
        return
    if type(value) is not int or not least <= value <= most:
        raise BadInput(
            field, value, f"a whole number of {unit or 'times'} from {least} to {most}".replace(" of times", "")
        )
