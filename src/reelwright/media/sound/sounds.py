"""Instruments: the numbers of one engine each, read from ``sounds.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import ReadAs, define_row, load_yaml

Partials = tuple[tuple[float, float, float], ...]
"""(ratio, level, decay factor) of each."""


def _compute_harmonics(given: tuple[int, float, float]) -> Partials:
    """Return a string's partials: level h**-slope, each decaying faster than the one below."""
    count, slope, fade = given
    return tuple((float(h), float(h) ** -slope, 1.0 / (1.0 + fade * (h - 1))) for h in range(1, count + 1))


@define_row()
class Sound:
    """The numbers of one instrument, in seconds, hertz and cents. ``slope``: harmonic h has level h**-slope;
    ``damping``: how much faster each octave of harmonics decays than the one below; ``partials`` or, for a string,
    ``harmonics`` (in the file their number, slope and fade); ``fall_db``: how far a cloud dies away over its note.
    """

    engine: Literal["bands", "struck", "cloud"]
    attack: float = 0.003
    release: float = 0.05
    slope: float = 1.0
    even: float = 1.0
    top_hz: float = 4000.0
    low_hz: float = 20.0
    pick: float = 0.0
    formants: tuple[tuple[float, float], ...] = ()
    decay: float = 0.5
    damping: float = 0.6
    sustain: float = 0.0
    swell: float = 0.0
    voices: int = 1
    detune: float = 0.0
    sub: float = 0.0
    vibrato: float = 0.0
    glide: float = 0.0
    breath: float = 0.0
    partials: Partials = ()
    harmonics: Annotated[Partials, ReadAs(tuple[int, float, float], _compute_harmonics)] = ()
    stiffness: float = 0.0
    width: float = 0.7
    glow: float = 0.5
    tremolo: float = 0.0
    fall_db: float = 0.0


@cache
def load_sounds() -> Mapping[str, Sound]:
    """Load all instruments by name. Raises ``BadInput`` naming a wrong key of the file."""
    file = resources.files(__package__) / "sounds.yaml"
    return read_strictly(dict[str, Sound], load_yaml(file), f"{file.name}: ")
