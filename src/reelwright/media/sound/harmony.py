"""Chords and scales: reading ``Dm9`` or ``C/E``, and leading voices from one chord to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from reelwright.errors import BadInput

NOTES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
    "m9": (0, 3, 10, 14),
    "maj9": (0, 4, 11, 14),
    "13": (0, 4, 10, 21),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "dim": (0, 3, 6, 9),
}
SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "harmonic": (0, 2, 3, 5, 7, 8, 11),
}
_CHORD = re.compile(r"([A-G])([#b]?)([a-z0-9]*)(?:/([A-G])([#b]?))?")


@dataclass(frozen=True, slots=True)
class Chord:
    """Pitch classes from the root up; ``bass`` is the lowest note's pitch class."""

    root: int
    bass: int
    classes: tuple[int, ...]


def pitch_class(note: str) -> int:
    """0 to 11 of ``A``, ``Bb``, ``F#``."""
    return (NOTES[note[0]] + {"#": 1, "b": -1}.get(note[1:], 0)) % 12


def chord(name: str) -> Chord:
    """Read a chord's name. Raises ``BadInput``."""
    found = _CHORD.fullmatch(name)
    if not found or found[3] not in QUALITIES:
        raise BadInput("chord", name, f"a root and one of {', '.join(q or 'major' for q in QUALITIES)}")
    root = pitch_class(found[1] + found[2])
    bass = pitch_class(found[4] + found[5]) if found[4] else root
    return Chord(root, bass, tuple(dict.fromkeys((root + step) % 12 for step in QUALITIES[found[3]])))


def scale(tonic: str, mode: str) -> frozenset[int]:
    """Pitch classes of a scale."""
    return frozenset((pitch_class(tonic) + step) % 12 for step in SCALES[mode])


def near(pitch_class_: int, centre: float) -> int:
    """The pitch of that class nearest to ``centre``; of two, the lower."""
    low = int(centre) - 6
    return min((p for p in range(low, low + 13) if p % 12 == pitch_class_), key=lambda p: (abs(p - centre), p))


def lead(chords: list[Chord], centre: int = 64, size: int = 4) -> list[tuple[int, ...]]:
    """Voicings in order: nearest inversion, the top voice moving by four semitones at most where it can."""
    found: list[tuple[int, ...]] = []
    for each in chords:
        before = found[-1] if found else None
        found.append(min(_inversions(each, centre, size), key=lambda v: _distance(before, v, centre)))
    return found


def _inversions(each: Chord, centre: int, size: int) -> list[tuple[int, ...]]:
    """Close positions upwards from every pitch near ``centre`` that is in the chord."""
    made = []
    for lowest in range(centre - 12, centre + 5):
        if lowest % 12 not in each.classes:
            continue
        upwards = [p for p in range(lowest, lowest + 24) if p % 12 in each.classes]
        made.append(tuple(upwards[: max(size, len(each.classes))]))
    return made


def _distance(before: tuple[int, ...] | None, after: tuple[int, ...], centre: int) -> tuple[float, int]:
    middle = abs(sum(after) / len(after) - centre)
    crowded = sum(2.0 for a, b in pairwise(after) if b - a == 1 and b < centre)
    if before is None:
        return middle + crowded, after[0]
    moved = sum(abs(a - b) for a, b in zip(before, after, strict=False))
    leap = 10.0 * max(0, abs(before[-1] - after[-1]) - 4)
    return moved + leap + 0.6 * middle + crowded, after[0]
