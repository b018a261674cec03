"""The twelve moods as typed recipes, read from ``moods.yaml`` (craft.md 5.4, read 2026-11-20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from importlib import resources
from typing import Annotated

from reelwright.errors import BadInput
from reelwright.media.sound.forms import Form
from reelwright.media.sound.harmony import Chord, build_scale, parse_chord, parse_pitch_class
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import ReadAs, define_row, load_yaml

ChordName = Annotated[Chord, ReadAs(str, parse_chord)]


@define_row(start="from")
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


@define_row(start="from", has_pedal="pedal")
class Part:
    """The line of one instrument.

    ``thin`` is its pattern below energy 3; ``double``, ``twin``: what joins at energy 5. ``others``: sounds that may
    play it instead.
    """

    name: str = ""
    sound: str
    others: tuple[str, ...] = ()
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


@define_row()
class Turn:
    """The bar before the lift. ``riser`` in dB; ``fade_ms``: how soon the last half beat is silent."""

    roll: str = ""
    riser: float = -24.0
    crash: str = ""
    fade_ms: int = 20


@define_row(has_sub="sub")
class Button:
    """The end of a bed: a hit on the downbeat. ``rest``: beats of rest before it; ``ring``: seconds in which its notes
    die away by 18 dB; ``level``: dB more or less than other moods' buttons.
    """

    chord: ChordName
    sounds: tuple[str, ...]
    rest: float
    ring: float
    crash: str = ""
    kick: str = ""
    has_sub: bool = False
    mnemonic: tuple[int, ...] = ()
    before: ChordName | None = None
    roll_ms: int = 0
    level: float = 0.0


@define_row(before="a", after="b")
class Chords:
    """The chords of a mood, a bar each. ``turn``: before the lift; ``cadence``: before the button."""

    before: tuple[ChordName, ...]
    after: tuple[ChordName, ...]
    turn: ChordName
    cadence: ChordName


@define_row()
class Plate:
    """The reverb: how long it rings, and its level in dB."""

    seconds: float
    level: float


def _name_parts(parts: Mapping[str, Part]) -> tuple[Part, ...]:
    return tuple(replace(part, name=name) for name, part in parts.items())


@define_row(steps="scale", lift_steps="lift_scale")
class Mood:
    """The recipe of one mood. ``about``, ``use_when``: sentences on what it sounds like and what it is good for.

    ``steps``: its scale on C; ``lift_steps``: the scale after the lift, where it changes. ``pump``: dB that the kick
    pushes the rest away. ``others``: chords that a film may have instead. ``forms``: how often a film has each form.
    """

    name: str = ""
    about: str
    use_when: str
    tonic: Annotated[int, ReadAs(str, parse_pitch_class)]
    steps: Annotated[frozenset[int], ReadAs(str, partial(build_scale, "C"))]
    lift_steps: Annotated[frozenset[int], ReadAs(tuple[str, str], lambda given: build_scale(*given))] = frozenset()
    bpm: tuple[int, int]
    chords: Chords
    others: tuple[Chords, ...] = ()
    forms: Mapping[Form, int]
    plate: Plate
    pump: float
    swing: int = 50
    ritard: int = 0
    turn: Turn
    button: Button
    drums: Annotated[tuple[Drums, ...], ReadAs(dict[str, Drums], lambda lines: tuple(lines.values()))]
    parts: Annotated[tuple[Part, ...], ReadAs(dict[str, Part], _name_parts)]

    @property
    def scale(self) -> frozenset[int]:
        """Pitch classes of the scale before the lift."""
        return frozenset((self.tonic + step) % 12 for step in self.steps)

    @property
    def lift_scale(self) -> frozenset[int]:
        """Pitch classes of the scale after the lift."""
        return self.lift_steps or self.scale


@cache
def _load_moods() -> Mapping[str, Mood]:
    file = resources.files(__package__) / "moods.yaml"
    moods = read_strictly(dict[str, Mood], load_yaml(file), f"{file.name}: ")
    return {name: replace(mood, name=name) for name, mood in moods.items()}


def list_moods() -> tuple[str, ...]:
    """List all moods, in the order of the recipes."""
    return tuple(_load_moods())


def load_mood(name: str) -> Mood:
    """Load a mood by name. Raises ``BadInput``."""
    if name not in _load_moods():
        raise BadInput("mood", name, "one of " + ", ".join(list_moods()))
    return _load_moods()[name]
