"""Chords and scales: reading ``Dm9`` or ``C/E``, and leading voices from one chord to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, product

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

    def transpose(self, semitones: int) -> Chord:
        """Return the same chord, higher by ``semitones``."""
        return Chord(
            (self.root + semitones) % 12,
            (self.bass + semitones) % 12,
            tuple((each + semitones) % 12 for each in self.classes),
        )


def parse_pitch_class(note: str) -> int:
    """Read the pitch class, 0 to 11, of a note such as ``A``, ``Bb``, ``F#``. Raises ``BadInput``."""
    if note[:1] not in NOTES or note[1:] not in ("", "#", "b"):
        raise BadInput("note", note, "a note such as A, Bb or F#")
    return (NOTES[note[0]] + {"#": 1, "b": -1}.get(note[1:], 0)) % 12


def parse_chord(name: str) -> Chord:
    """Parse a chord's name such as ``Dm9`` or ``C/E``.

    Raises ``BadInput``.
    """
    found = _CHORD.fullmatch(name)
    if not found or found[3] not in QUALITIES:
        raise BadInput("chord", name, f"a root and one of {', '.join(q or 'major' for q in QUALITIES)}")
    root = parse_pitch_class(found[1] + found[2])
    bass = parse_pitch_class(found[4] + found[5]) if found[4] else root
    return Chord(root, bass, tuple(dict.fromkeys((root + step) % 12 for step in QUALITIES[found[3]])))


def build_scale(tonic: str, mode: str) -> frozenset[int]:
    """Build the set of pitch classes, 0 to 11, of the scale of ``mode`` on ``tonic``, a note such as ``Bb``.

    Raises ``BadInput``.
    """
    if mode not in SCALES:
        raise BadInput("scale", mode, ", ".join(SCALES))
    return frozenset((parse_pitch_class(tonic) + step) % 12 for step in SCALES[mode])


def find_nearest_pitch(pitch_class_: int, centre: float) -> int:
    """Find the MIDI pitch of that class, 0 to 11, nearest to ``centre``; of two, the lower."""
    low = int(centre) - 6
    return min((p for p in range(low, low + 13) if p % 12 == pitch_class_), key=lambda p: (abs(p - centre), p))


def choose_voicings(chords: list[Chord], centre: int = 64) -> list[tuple[int, ...]]:
    """Choose four MIDI pitches for each chord in turn, as near as can be to those of the chord before.

    The top moves by four semitones at most where it can.
    """
    found: list[tuple[int, ...]] = []
    for each in chords:
        before = found[-1] if found else None
        found.append(min(_voicings(each, centre), key=lambda v: (_cost(before, v, centre), v)))
    return found


def _voicings(each: Chord, centre: int) -> list[tuple[int, ...]]:
    """List chords of four notes with each note in either octave about ``centre``;
    smaller ones doubled at the octave.
    """
    if len(each.classes) < 4:
        upwards = [p for p in range(centre - 12, centre + 17) if p % 12 in each.classes]
        return [tuple(upwards[i : i + 4]) for i in range(len(upwards) - 3)]
    octaves = [[p for p in range(centre - 14, centre + 10) if p % 12 == c] for c in each.classes]
    return sorted({tuple(sorted(pitches)) for pitches in product(*octaves)})


def _cost(before: tuple[int, ...] | None, after: tuple[int, ...], centre: int) -> float:
    """Weigh how far the voices move and how they rub: seconds, a wide spread, a chord far from the middle."""
    rub = sum({1: 40.0, 2: 3.0}.get(high - low, 0.0) for low, high in pairwise(after))
    spread = 1.5 * max(0, after[-1] - after[0] - 15)
    middle = 0.8 * abs(sum(after) / len(after) - centre) + 1.5 * max(0, after[-1] - centre - 7)
    if before is None:
        return rub + spread + middle
    moved = sum(abs(a - b) for a, b in zip(before, after, strict=True))
    leap = 6.0 * max(0, abs(before[-1] - after[-1]) - 4)
    return 0.6 * moved + leap + rub + spread + middle
