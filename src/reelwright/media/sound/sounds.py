"""Instruments: the numbers of one engine each, read from ``sounds.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The numbers of one instrument, in seconds, hertz and cents. ``slope``: harmonic h has level h**-slope;
    ``damping``: how much faster each octave of harmonics decays than the one below; ``partials``: (ratio, level, decay
    factor); ``fall_db``: how far a cloud dies away over its note.
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
    partials: tuple[tuple[float, float, float], ...] = ()
    stiffness: float = 0.0
    width: float = 0.7
    glow: float = 0.5
    tremolo: float = 0.0
    fall_db: float = 0.0


def read_data(name: str) -> dict[str, Any]:
    """Read a YAML file of this package."""
    import yaml

    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, the C one where it exists
    return found


@cache
def load_sounds() -> dict[str, Sound]:
    """Load all instruments by name."""
    return {name: _sound(given) for name, given in read_data("sounds.yaml").items()}


def _sound(given: dict[str, Any]) -> Sound:
    plain = dict(given)
    if "harmonics" in plain:
        plain["partials"] = _harmonics(*plain.pop("harmonics"))
    for name in ("partials", "formants"):
        if name in plain:
            plain[name] = tuple(tuple(float(n) for n in row) for row in plain[name])
    return Sound(**plain)


def _harmonics(count: int, slope: float, fade: float) -> list[tuple[float, float, float]]:
    """Return a string's partials: level h**-slope, each decaying faster than the one below."""
    return [(float(h), float(h) ** -slope, 1.0 / (1.0 + fade * (h - 1))) for h in range(1, count + 1)]
