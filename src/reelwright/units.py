"""Time as frames at a rational rate, sizes and aspects in pixels, money in integer micro-dollars."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, NewType

from reelwright.dollars import MICROS_PER_DOLLAR as MICROS_PER_DOLLAR
from reelwright.dollars import format_usd as format_usd
from reelwright.errors import BadInput

Frames = NewType("Frames", int)
Micros = NewType("Micros", int)

Aspect = Literal["16:9", "9:16", "1:1", "4:5"]
_PLAIN_AMOUNT: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_JSON_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
ASPECTS: Final[tuple[Aspect, ...]] = ("16:9", "9:16", "1:1", "4:5")
ACCEPTED_ASPECTS: Final = f"{', '.join(ASPECTS)}, or several of them, each once, with commas between"


def convert_frames_to_ms(frames: int, fps: tuple[int, int]) -> int:
    """Return how long ``frames`` last at ``fps`` (numerator, denominator), in milliseconds, rounded half up."""
    return int(Fraction(frames * fps[1] * 1000, fps[0]) + Fraction(1, 2))


def convert_ms_to_frames(ms: int, fps: tuple[int, int]) -> Frames:
    """Return the whole number of frames nearest to ``ms`` milliseconds at ``fps``; a tie goes up."""
    return Frames(int(Fraction(ms * fps[0], fps[1] * 1000) + Fraction(1, 2)))


def convert_frames_to_seconds(frames: int, fps: tuple[int, int]) -> Fraction:
    """Return how long ``frames`` last at ``fps``, in exact seconds."""
    return Fraction(frames * fps[1], fps[0])


def convert_seconds_to_frames(seconds: float | Fraction | Decimal, fps: tuple[int, int]) -> Frames:
    """Return the whole number of frames nearest to ``seconds`` at ``fps``; a tie goes up.

    ``seconds`` is finite and not negative.
    """
    return Frames(int(Fraction(seconds) * fps[0] / fps[1] + Fraction(1, 2)))


def compute_size(aspect: Aspect, short_side: int = 1080) -> tuple[int, int]:
    """Return width and height in pixels, both even, whose shorter side is ``short_side``."""
    width, height = (int(part) for part in aspect.split(":"))
    if width >= height:
        return _round_to_even(short_side * width / height), _round_to_even(short_side)
    return _round_to_even(short_side), _round_to_even(short_side * height / width)


def parse_aspects(value: object) -> tuple[Aspect, ...]:
    """Parse one or several aspects, as a list or as text with commas, in their order. Raises ``BadInput``."""
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    given = list(parts) if isinstance(parts, (list, tuple)) else []
    found = tuple(one for one in given if one in ASPECTS)
    if not found or len(found) != len(given) or len(set(found)) != len(found):
        raise BadInput("aspect", value, ACCEPTED_ASPECTS)
    return found


@lru_cache(256)
def find_nearest_aspect(size: tuple[int, int]) -> Aspect:
    """Return which of ``ASPECTS`` is nearest to a size (width, height) in pixels."""
    ratio = Fraction(*size)
    return min(ASPECTS, key=lambda aspect: abs(Fraction(*map(int, aspect.split(":"))) - ratio))


def name_aspect(aspect: str) -> str:
    """Return the name of an aspect in keys of steps and in names of files, such as ``9x16``."""
    return aspect.replace(":", "x")


def _round_to_even(value: float) -> int:
    return max(2, 2 * round(value / 2))


def is_plain_amount(text: str) -> bool:
    """Whether ``text`` is an amount in ASCII digits with at most one dot: no sign, exponent, underscore or comma."""
    return _PLAIN_AMOUNT.fullmatch(text) is not None


def is_json_number(text: str) -> bool:
    """Whether ``text`` is a number as JSON spells it. YAML also takes ``1_000``, ``+5``, ``010`` and ``0x10``."""
    return _JSON_NUMBER.fullmatch(text) is not None


def format_number(value: int | float) -> str:
    """Return a number of a program in digits with a dot, never with an exponent; NaN and infinities by their names."""
    return format(Decimal(repr(value)), "f")


def parse_usd(text: str, field: str = "budget") -> Micros:
    """Parse ``5``, ``0.40`` or ``$1.25`` into micro-dollars: digits with a dot, as ``is_plain_amount`` accepts them.

    Raises ``BadInput``, naming ``field``, for everything else, more than 1000000 and fractions of a micro-dollar.
    """
    accepted = "an amount in US dollars in digits with a dot, such as 5 or 0.40, from 0 to 1000000"
    plain = text.strip().removeprefix("$")
    if not is_plain_amount(plain):
        raise BadInput(field, text, accepted)
    amount = Decimal(plain)
    if amount > 1_000_000:
        raise BadInput(field, text, accepted)
    micros = amount * MICROS_PER_DOLLAR
    if micros != micros.to_integral_value(rounding=ROUND_HALF_UP):
        raise BadInput(field, text, accepted + ", with at most six decimals")
    return Micros(int(micros))
