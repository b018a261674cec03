"""Time as frames at a rational rate, sizes and aspects in pixels, money in integer micro-dollars."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, NewType

from reelwright.dollars import MICROS_PER_DOLLAR as MICROS_PER_DOLLAR
from reelwright.dollars import format_usd as format_usd
from reelwright.errors import BadInput

Frames = NewType("Frames", int)
Micros = NewType("Micros", int)

Aspect = Literal["16:9", "9:16", "1:1", "4:5"]
ASPECTS: Final[tuple[Aspect, ...]] = ("16:9", "9:16", "1:1", "4:5")


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


@lru_cache(256)
def find_nearest_aspect(size: tuple[int, int]) -> Aspect:
    """Return which of ``ASPECTS`` is nearest to a size (width, height) in pixels."""
    ratio = Fraction(*size)
    return min(ASPECTS, key=lambda aspect: abs(Fraction(*map(int, aspect.split(":"))) - ratio))


def _round_to_even(value: float) -> int:
    return max(2, 2 * round(value / 2))


def parse_usd(text: str, field: str = "budget") -> Micros:
    """Parse ``5``, ``0.40`` or ``$1.25`` into micro-dollars.

    Raises ``BadInput``, naming ``field``, for negatives, NaN, more than 1000000 and fractions of a micro-dollar.
    """
    accepted = "an amount in US dollars such as 5 or 0.40, from 0 to 1000000"
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation as cause:
        raise BadInput(field, text, accepted) from cause
    if not amount.is_finite() or amount < 0 or amount > 1_000_000:
        raise BadInput(field, text, accepted)
    micros = amount * MICROS_PER_DOLLAR
    if micros != micros.to_integral_value(rounding=ROUND_HALF_UP):
        raise BadInput(field, text, accepted + ", with at most six decimals")
    return Micros(int(micros))
