"""Checks a brief before it is planned. Every refusal names the field, its value and what is accepted."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from reelwright.errors import BadInput, TooLong
from reelwright.input_limits import BRIEF_CHARS
from reelwright.planner.archetypes import get_archetype
from reelwright.planner.extract.brief_text import tidy
from reelwright.planner.flavors import choose_flavor
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.languages import ACCEPTED_LANGUAGE, is_language_tag
from reelwright.units import parse_aspects

MAX_LENGTH_MS: Final = 600_000
MIN_LENGTH_MS: Final = 1000
_TAG: Final = re.compile(
    r"<(?:!doctype|/?(?:html|head|body|title|meta|link|style|script|div|span|p|a|h[1-6]|ul|ol|li|nav|main|section|header"
    r"|footer|table|tr|td|img|br|button|form|input|svg))\b",
    re.I,
)
_MOST_TAGS: Final = 4
"""A brief with more tags of HTML is the source of a page: what a person types about has fewer."""
_FILE_NAME: Final = re.compile(
    r"\S*\.(?:txt|text|md|docx?|odt|rtf|pdf|pages|pptx?|xlsx?|csv|json|ya?ml|html?|png|jpe?g|webp|heic|gif|mp4|mov)",
    re.I,
)


def validate_brief(brief: Brief) -> None:
    """Raise ``BadInput`` if text, length, size, variation, language, flavor or archetype of ``brief`` is wrong."""
    _check_text(brief.text)
    _check_whole_number("length_ms", brief.length_ms, MIN_LENGTH_MS, MAX_LENGTH_MS, "milliseconds")
    _check_whole_number("short_side", brief.short_side, 90, 4320, "pixels")
    _check_whole_number("variation", brief.variation, 0, 1_000_000, "")
    if brief.aspect is not None:
        parse_aspects([brief.aspect, *brief.formats] if brief.formats else brief.aspect)
    if brief.language is not None and not is_language_tag(brief.language):
        raise BadInput("language", brief.language, ACCEPTED_LANGUAGE)
    choose_flavor(brief, "spot")
    if brief.archetype:
        get_archetype(brief.archetype)


def _check_text(text: str) -> None:
    if len(text) > BRIEF_CHARS:
        raise TooLong("brief", len(text), BRIEF_CHARS)
    if any(unicodedata.category(c) == "Cs" for c in text):
        raise BadInput("brief", text, "text without half characters (lone surrogates)")
    if len(_TAG.findall(text)) > _MOST_TAGS:
        raise BadInput("brief", text[:40], "the words of the page as a browser shows them, not its HTML")
    if _FILE_NAME.fullmatch(text.strip()):
        raise BadInput("brief", text.strip()[-80:], "the words of the brief, not the name of a file")
    if sum(c.isalpha() for c in tidy(unicodedata.normalize("NFKC", text))) < 2:
        raise BadInput("brief", text, "a few words that say what the film is about")


def _check_whole_number(field: str, value: object, least: int, most: int, unit: str) -> None:
    if value is None and field == "length_ms":
        return
    if type(value) is not int or not least <= value <= most:
        raise BadInput(
            field, value, f"a whole number of {unit or 'times'} from {least} to {most}".replace(" of times", "")
        )
