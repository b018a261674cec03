"""The twelve moods as typed recipes, read from ``moods.yaml`` (craft.md 5.4, read 2026-11-20)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from reelwright.errors import BadInput
from reelwright.media.sound.harmony import Chord, build_scale, parse_chord, parse_pitch_class
from reelwright.media.sound.sounds import read_data


@dataclass(frozen=True, slots=True, kw_only=True)
class Drums:
    """The line of one drum.

    ``start`` and ``until``: energies at which it plays; ``fill``: its pattern in the last bar of four.
    """

    sound: str
    pattern: str
    level: float
    start: int
    until: int = 5
    send: float | None = None
    fill: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The line of one instrument.

    ``thin`` is its pattern below energy 3; ``double``, ``twin``: what joins at energy 5.
    """

    name: str
    sound: str
    level: float
    start: int
    pattern: str = ""
    thin: str = ""
    rhythm: str = ""
    octave: int = 0
    centre: int = 72
    send: float | None = None
    echo: float | None = None
    double: int = 0
    twin: str = ""
    has_pedal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The bar before the lift. ``riser`` in dB; ``fade_ms``: how soon the last half beat is silent."""

    roll: str = ""
    riser: float = -24.0
    crash: str = ""
    fade_ms: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """The end of a bed: a hit on the downbeat. ``rest``: beats of rest before it; ``ring``: seconds in which its notes
    die away by 18 dB; ``level``: dB more or less than other moods' buttons.
    """

    chord: Chord
    sounds: tuple[str, ...]
    rest: float
    ring: float
    crash: str = ""
    kick: str = ""
    has_sub: bool = False
    mnemonic: tuple[int, ...] = ()
    before: Chord | None = None
    roll_ms: int = 0
    level: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """The recipe of one mood.

    ``plate``: seconds and dB of the reverb; ``pump``: dB that the kick pushes the rest away.
    """

    name: str
    tonic: int
    scale: frozenset[int]
    lift_scale: frozenset[int]
    bpm: tuple[int, int]
    before: tuple[Chord, ...]
    after: tuple[Chord, ...]
    turn_chord: Chord
    cadence: Chord
    plate: tuple[float, float]
    pump: float
    swing: int
    ritard: int
    turn: Turn
    button: Button
    drums: tuple[Drums, ...]
    parts: tuple[Part, ...]


@cache
def _recipes() -> dict[str, Any]:
    return read_data("moods.yaml")


def list_moods() -> tuple[str, ...]:
    """List all moods, in the order of the recipes."""
    return tuple(_recipes())


@cache
def load_mood(name: str) -> Mood:
    """Load a mood by name. Raises ``BadInput``."""
    if name not in _recipes():
        raise BadInput("mood", name, "one of " + ", ".join(list_moods()))
    given = _recipes()[name]
    chords = given["chords"]
    own = build_scale(given["tonic"], given["scale"])
    return Mood(
        name=name,
        tonic=parse_pitch_class(given["tonic"]),
        scale=own,
        lift_scale=build_scale(*given["lift_scale"]) if "lift_scale" in given else own,
        bpm=(given["bpm"][0], given["bpm"][1]),
        before=tuple(parse_chord(c) for c in chords["a"]),
        after=tuple(parse_chord(c) for c in chords["b"]),
        turn_chord=parse_chord(chords["turn"]),
        cadence=parse_chord(chords["cadence"]),
        plate=(given["plate"]["seconds"], given["plate"]["level"]),
        pump=given["pump"],
        swing=given.get("swing", 50),
        ritard=given.get("ritard", 0),
        turn=Turn(**given["turn"]),
        button=_button(given["button"]),
        drums=tuple(Drums(**_entered(line)) for line in given["drums"].values()),
        parts=tuple(_part(part, line) for part, line in given["parts"].items()),
    )


def _entered(line: dict[str, Any]) -> dict[str, Any]:
    return {("start" if key == "from" else key): value for key, value in line.items()}


def _part(name: str, line: dict[str, Any]) -> Part:
    plain = _entered(line)
    return Part(name=name, has_pedal=plain.pop("pedal", False), **plain)


def _button(given: dict[str, Any]) -> Button:
    plain = {**given, "chord": parse_chord(given["chord"]), "sounds": tuple(given["sounds"])}
    if "before" in plain:
        plain["before"] = parse_chord(plain["before"])
    if "mnemonic" in plain:
        plain["mnemonic"] = tuple(plain["mnemonic"])
    return Button(has_sub=plain.pop("sub", False), **plain)
