"""Values from a door, checked before anything is written: each error names field, value and what is accepted."""

from __future__ import annotations

import math
import re
import unicodedata
from fractions import Fraction
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.reel.brief import GOALS, Goal
from reelwright.studio.asked import Seconds
from reelwright.units import ASPECTS, Aspect, Micros, parse_usd

BRIEF_CHARS: Final = 20_000
SHORTEST_MS: Final = 1_000
LONGEST_MS: Final = 600_000
_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}(?:\.\d{1,3})?)\s*(?:s|sec|seconds)?", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_ACCENT: Final = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def text(field: str, value: object, most: int = BRIEF_CHARS) -> str:
    """Words that can be read: some, not too many, no control characters."""
    if not isinstance(value, str):
        raise BadInput(field, value, "text")
    if len(value) > most:
        raise BadInput(field, value, f"at most {most} characters; these are {len(value)}")
    said = unicodedata.normalize("NFC", value).strip()
    if all(unicodedata.category(c) in _UNSEEN for c in said):
        raise BadInput(field, value, "some words")
    if any(unicodedata.category(c) == "Cs" for c in said):
        raise BadInput(field, value, "text in UTF-8, without halves of characters (lone surrogates)")
    if bad := next((c for c in said if unicodedata.category(c) == "Cc" and c not in "\n\r\t"), None):
        raise BadInput(field, f"U+{ord(bad):04X}", "text without control characters")
    return said


def milliseconds(field: str, value: Seconds | None, least: int = SHORTEST_MS) -> int | None:
    """Whole milliseconds of a length; refuses NaN, infinity, nothing and hours."""
    if value is None:
        return None
    ms = _spelled_ms(value) if isinstance(value, str) else _counted_ms(value)
    if ms is None or not least <= ms <= LONGEST_MS:
        raise BadInput(
            field, value, f"seconds from {least / 1000:g} to {LONGEST_MS // 1000}, such as 20, 7.5, 20s or 0:20"
        )
    return ms


def _counted_ms(value: int | float) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return round(Fraction(value) * 1000)


def _spelled_ms(value: str) -> int | None:
    found = _CLOCK.fullmatch(value.strip())
    if not found:
        return None
    minutes, seconds = found.groups()
    return round((int(minutes or 0) * 60 + Fraction(seconds)) * 1000)


def aspect(value: object) -> Aspect | None:
    if value is None:
        return None
    for known in ASPECTS:
        if value == known:
            return known
    raise BadInput("aspect", value, ", ".join(ASPECTS))


def language(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise BadInput("language", value, "a BCP 47 tag such as en, de or pt-BR")
    return value


def accent(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _ACCENT.fullmatch(value):
        raise BadInput("accent", value, "a colour such as #FF5A1F")
    return value.upper()


def goal(value: object) -> Goal:
    """How far to go; checked before it can be written anywhere."""
    for known in GOALS:
        if value == known:
            return known
    raise BadInput("until", value, ", ".join(GOALS))


def place(field: str, value: object) -> Path | None:
    """A path on this machine, made absolute; whether it is there is for others to see."""
    if value is None:
        return None
    if not isinstance(value, (str, Path)) or not str(value) or "\x00" in str(value):
        raise BadInput(field, value, "a path")
    return Path(value).expanduser().absolute()


def clip_place(field: str, value: object) -> Path | None:
    """A folder for the files of a clip, or the name of its file. Raises ``BadInput``."""
    path = place(field, value)
    if path is None or path.suffix.lower() == ".mp4":
        return path
    if path.exists() and not path.is_dir():
        raise BadInput(field, str(value), "a folder, or a file name that ends in .mp4")
    return path


def whole(field: str, value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadInput(field, value, f"a whole number from {low} to {high}")
    return value


def one_of(field: str, value: object, accepted: tuple[str, ...]) -> str:
    if value not in accepted:
        raise BadInput(field, value, ", ".join(accepted))
    return str(value)


def money(value: str | int | float | None, field: str = "budget") -> Micros | None:
    """A budget in micro-dollars."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise BadInput(field, value, "an amount in US dollars such as 5 or 0.40")
    return parse_usd(value if isinstance(value, str) else repr(value), field)


def signed_money(field: str, value: str | int | float) -> int:
    """Micro-dollars that may be less than nothing, such as ``-0.10``."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadInput(field, value, "an amount in US dollars such as 0.10 or -0.10")
    said = value.strip() if isinstance(value, str) else repr(value)
    bare = said.removeprefix("-")
    micros = parse_usd(bare, field) if not bare.startswith(("-", "+")) else None
    if micros is None:
        raise BadInput(field, value, "an amount in US dollars such as 0.10 or -0.10")
    return -micros if said.startswith("-") else micros
