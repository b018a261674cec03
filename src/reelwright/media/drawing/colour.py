"""Colour arithmetic: sRGB, WCAG contrast and lightness shifts in OKLCH."""

from __future__ import annotations

import math
import re

from reelwright.errors import BadInput

Rgb = tuple[float, float, float]

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
INK = "#0B0B0C"
WHITE = "#FFFFFF"
LEGIBLE = 4.5
"""Least contrast of words with their ground. Source: WCAG 2.2, 1.4.3."""


def parse_colour(colour: str) -> str:
    """Check an accent colour and return it as ``#RRGGBB`` in capitals. Raises ``BadInput`` on anything else."""
    if not isinstance(colour, str) or not _HEX.match(colour):
        raise BadInput("accent", colour, "a colour as #RRGGBB")
    return colour.upper()


def to_rgb(colour: str) -> Rgb:
    """Convert a colour as ``#RRGGBB``, which is not checked, to gamma-encoded red, green and blue from 0 to 1."""
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def to_argb(colour: str, alpha: float = 1.0) -> int:
    """Convert ``#RRGGBB``, which is not checked, and an alpha of 0 to 1 to the 32-bit ARGB number that skia takes."""
    return (round(255 * alpha) << 24) | int(colour[1:], 16)


def compute_contrast(one: str, other: str) -> float:
    """Compute the WCAG 2 contrast ratio, 1 to 21, of two colours as ``#RRGGBB``."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(one: str, other: str, part: float) -> str:
    """Mix ``part`` (0 to 1) of ``other`` into ``one``, in gamma-encoded sRGB."""
    return _hex(tuple(a + (b - a) * part for a, b in zip(to_rgb(one), to_rgb(other), strict=True)))


def make_legible(colour: str, ground: str, ratio: float) -> str:
    """Lighten ``colour`` on a dark ``ground``, darken it on another, until their contrast is ``ratio``, if it can be.

    A ground is dark where white has more contrast to it than black. Hue and, where the gamut allows, chroma stay: a
    brand remains itself.
    """
    light, chroma, hue = to_oklch(colour)
    step = 0.01 if compute_contrast(ground, WHITE) > compute_contrast(ground, "#000000") else -0.01
    while compute_contrast(colour, ground) < ratio and 0 <= light + step <= 1 + 1e-9:
        light += step
        colour = from_oklch(light, chroma, hue)
    return colour


def choose_text_colour(colour: str) -> str:
    """Return near-black or white, whichever has more contrast to ``colour``."""
    return INK if compute_contrast(colour, INK) >= compute_contrast(colour, WHITE) else WHITE


def to_oklch(colour: str) -> tuple[float, float, float]:
    """Convert ``#RRGGBB`` to OKLCH: lightness (0 to 1), chroma, and hue in radians.

    Source: Ottosson, "A perceptual color space", 2020.
    """
    r, g, b = (_linear(part) for part in to_rgb(colour))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return light, math.hypot(a, b), math.atan2(b, a)


def from_oklch(light: float, chroma: float, hue: float) -> str:
    """Convert OKLCH to the nearest sRGB colour, channels clipped."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return _hex(tuple(_encoded(part) for part in linear))


def measure_distance(one: str, other: str) -> float:
    """Measure the distance of two colours in OKLab: 0 to about 1.

    Source: Ottosson, "A perceptual color space", 2020.
    """
    (light, chroma, hue), (light2, chroma2, hue2) = to_oklch(one), to_oklch(other)
    a, b = chroma * math.cos(hue) - chroma2 * math.cos(hue2), chroma * math.sin(hue) - chroma2 * math.sin(hue2)
    return math.hypot(light - light2, a, b)


def _luminance(colour: str) -> float:
    r, g, b = (_linear(part) for part in to_rgb(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encoded(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _hex(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02X}" for part in parts)
