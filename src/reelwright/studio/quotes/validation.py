"""Checks values that a person gave, before anything is written; each ``BadInput`` names field, value and what fits."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, TooLong
from reelwright.input_limits import BRIEF_CHARS, END_CARD_CHARS
from reelwright.reel.film.brief import GOALS, Goal
from reelwright.reel.film.languages import ACCEPTED_LANGUAGE, is_language_tag
from reelwright.studio.policy import MAX_FILM_MS, MIN_FILM_MS
from reelwright.studio.results.verb_options import Seconds
from reelwright.units import ASPECTS, Aspect, Micros, format_number, parse_aspects, parse_usd

_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}(?:\.\d{1,3})?)\s*(?:s|sec|seconds)?", re.ASCII)
NONE: Final = "none"
"""What an option of a brand says that the film is to do without."""
BRAND: Final = ("accent", "logo", "font", "end_card")
"""Options that are parts of a brand."""
_ACCENT: Final = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def check_text(field: str, value: object, most: int = BRIEF_CHARS) -> str:
    """Check a text of at most ``most`` characters, and return it stripped, in NFC.

    Raises ``BadInput``, also if empty.
    """
    if not isinstance(value, str):
        raise BadInput(field, value, "text")
    if len(value) > most:
        raise TooLong(field, len(value), most)
    plain = unicodedata.normalize("NFC", value).strip()
    if plain and plain.isprintable():  # the usual text; looking at each letter takes a hundred times as long
        return plain
    if all(unicodedata.category(c) in _UNSEEN for c in plain):
        raise BadInput(field, value, "some words")
    if any(unicodedata.category(c) == "Cs" for c in plain):
        raise BadInput(field, value, "text in UTF-8, without halves of characters (lone surrogates)")
    if bad := next((c for c in plain if unicodedata.category(c) == "Cc" and c not in "\n\r\t"), None):
        raise BadInput(field, f"U+{ord(bad):04X}", "text without control characters")
    return plain


def parse_milliseconds(field: str, value: Seconds | None, least: int = MIN_FILM_MS) -> int | None:
    """Convert a length in seconds, such as 7.5, ``20s`` or ``0:20``, to whole milliseconds; None stays None.

    Raises ``BadInput`` below ``least`` milliseconds or above 10 minutes.
    """
    if value is None:
        return None
    ms = _parse_length(value) if isinstance(value, str) else _convert_number(value)
    if ms is None or not least <= ms <= MAX_FILM_MS:
        raise BadInput(
            field, value, f"seconds from {least / 1000:g} to {MAX_FILM_MS // 1000}, such as 20, 7.5, 20s or 0:20"
        )
    return ms


def _convert_number(value: int | float) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return round(Fraction(value) * 1000)


def _parse_length(value: str) -> int | None:
    found = _CLOCK.fullmatch(value.strip())
    if not found:
        return None
    minutes, seconds = found.groups()
    return int((int(minutes or 0) * 60 + Decimal(seconds)) * 1000)


def check_aspect(value: object) -> Aspect | None:
    """Check that ``value`` is a known aspect ratio, such as ``16:9``; None stays None. Raises ``BadInput``."""
    if value is None:
        return None
    for known in ASPECTS:
        if value == known:
            return known
    raise BadInput("aspect", value, ", ".join(ASPECTS))


def check_aspects(value: object) -> tuple[Aspect, ...] | None:
    """Check one or several aspect ratios, each once; None stays None. Raises ``BadInput``."""
    return None if value is None else parse_aspects(value)


def check_language(value: object) -> str | None:
    """Check that ``value`` is a BCP 47 language tag, such as ``pt-BR``; None stays None. Raises ``BadInput``."""
    if value is None:
        return None
    if not isinstance(value, str) or not is_language_tag(value):
        raise BadInput("language", value, ACCEPTED_LANGUAGE)
    return value


def check_accent(value: object) -> str | None:
    """Check a colour such as ``#FF5A1F`` and return it in capitals; None and ``none`` stay. Raises ``BadInput``."""
    if value is None or is_none(value):
        return value  # type: ignore[return-value]  # None, or the word
    if not isinstance(value, str) or not _ACCENT.fullmatch(value):
        raise BadInput("accent", value, f"a colour such as #FF5A1F, or {NONE}")
    return value.upper()


def check_end_card(value: object) -> str | None:
    """Check the text of an end card; None and ``none`` stay. Raises ``BadInput``."""
    if value is None or is_none(value):
        return value  # type: ignore[return-value]  # None, or the word
    return check_text("end_card", value, END_CARD_CHARS)


def is_none(value: object) -> bool:
    """Return whether an option says ``none``: that there is to be no logo, for example."""
    return isinstance(value, (str, Path)) and str(value) == NONE


def check_goal(value: object) -> Goal:
    """Check that ``value`` names how far a job goes, such as ``takes`` or ``film``. Raises ``BadInput``."""
    for known in GOALS:
        if value == known:
            return known
    raise BadInput("until", value, ", ".join(GOALS))


def check_path(field: str, value: object) -> Path | None:
    """Convert a text or path to an absolute path, which need not exist; None stays None.

    ``field``: the name of the value, for the error. Raises ``BadInput`` for anything that cannot be a path.
    """
    if value is None:
        return None
    if not isinstance(value, (str, Path)) or not str(value) or "\x00" in str(value):
        raise BadInput(field, value, "a path")
    return Path(value).expanduser().absolute()


def check_clip_path(field: str, value: object) -> Path | None:
    """Convert where a clip is to be written, a folder or a name in ``.mp4``, to an absolute path; None stays None.

    Raises ``BadInput``.
    """
    path = check_path(field, value)
    if path is None or path.suffix.lower() == ".mp4":
        return path
    if path.exists() and not path.is_dir():
        raise BadInput(field, str(value), "a folder, or a file name that ends in .mp4")
    return path


def check_whole_number(field: str, value: object, low: int, high: int) -> int:
    """Check that ``value`` is a whole number from ``low`` to ``high``, both included. Raises ``BadInput``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadInput(field, value, f"a whole number from {low} to {high}")
    return value


def check_choice(field: str, value: object, choices: tuple[str, ...]) -> str:
    """Check that ``value`` is one of ``choices``. Raises ``BadInput``."""
    if value not in choices:
        raise BadInput(field, value, ", ".join(choices))
    return str(value)


def parse_money(value: str | int | float | None, field: str = "budget") -> Micros | None:
    """Convert an amount in US dollars to micro-dollars; None stays None. Raises ``BadInput``."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadInput(field, value, "an amount in US dollars such as 5 or 0.40")
    return parse_usd(value if isinstance(value, str) else format_number(value), field)


def parse_signed_money(field: str, value: str | int | float) -> int:
    """Convert an amount in US dollars, which may be negative, to micro-dollars. Raises ``BadInput``."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadInput(field, value, "an amount in US dollars such as 0.10 or -0.10")
    plain = value.strip() if isinstance(value, str) else format_number(value)
    bare = plain.removeprefix("-")
    micros = parse_usd(bare, field) if not bare.startswith(("-", "+")) else None
    if micros is None:
        raise BadInput(field, value, "an amount in US dollars such as 0.10 or -0.10")
    return -micros if plain.startswith("-") else micros
