"""The score: notes on lines, and where the music is silenced. Values only; times in samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["tone", "drum", "chord"]


@dataclass(frozen=True, slots=True)
class Note:
    """A note. ``pitches``: MIDI pitches; a drum has none. ``velocity`` 1 to 127."""

    at: int
    sound: str
    pitches: tuple[int, ...]
    seconds: float
    velocity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Notes that are levelled together: ``level`` in dB RMS while playing;
    with ``has_peak_level`` in dB peak of a stroke at the usual velocity.

    ``is_pumped``: pushed away by the kick. ``send``: dB into the plate; ``echo``: dB of a dotted-eighth echo; None:
    none. ``fall_db_s``: how fast every note dies away beyond what its sound does.
    """

    kind: Kind
    level: float
    notes: tuple[Note, ...]
    send: float | None = None
    echo: float | None = None
    is_pumped: bool = False
    has_peak_level: bool = False
    fall_db_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Hush:
    """Silence over [start, end); it falls within ``fade`` samples.

    ``is_complete``: the plate's tail falls silent too.
    """

    start: int
    end: int
    fade: int
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """All lines and silences of a bed.

    ``kicks``: samples that push the pumped lines away; ``echo``: samples between echoes; ``tune``: factor of the
    frequency of drums that have a pitch; ``rise_db``: how much the bed grows until its button.
    """

    length: int
    lines: tuple[Line, ...]
    hushes: tuple[Hush, ...] = ()
    kicks: tuple[int, ...] = ()
    echo: int = 0
    tune: float = 1.0
    rise_db: float = 0.0
    tail_end: int = 0
    facts: dict[str, int] = field(default_factory=dict)
