"""How many shots each beat is cut into: the tone's average length within the table's most."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reelwright.planner.tables import Tone, beats, sequences

LEAST_SHOT_MS = 1200
"""A shot with words lasts at least this long. Source: craft.md 1.1 (constraint 4), read 2026-11-20."""
REVEAL_HOLD_MS = 2000
REVEAL_COUNTS = Fraction(3, 5)
LONG_MS = 30_000
"""The table counts cuts inside a beat for films of this length."""
FAST_MS = 2000
"""Tones with a shorter average shot than this are told fast. Source: craft.md 3.3, read 2026-11-20."""

CUTS_REVEAL_MS = 2200
"""Tones with a longer average shot hold the reveal in one."""


def most_shots(total_ms: int) -> int:
    """Most shots of a film; beyond a minute they grow with its length. Source: craft.md 1.3, read 2026-11-20."""
    known = [ms for ms in sequences() if ms <= total_ms + 1000]
    near = max(known, default=6000)
    return max(sequences()[near].shots, sequences()[near].shots * total_ms // near)


def counts(
    names: Sequence[str], lengths: Sequence[int], supplies: Sequence[int], tone: Tone, fps: tuple[int, int]
) -> list[int]:
    """Shots of each beat. ``supplies``: how many different pictures or words each beat has to show.

    The beat whose shots stand longest is cut next, until the average is the tone's or the film has its most.
    """
    total_ms = _ms(sum(lengths), fps)
    made = [1] * len(names)
    while sum(made) < most_shots(total_ms):
        open_ = [
            i
            for i, name in enumerate(names)
            if made[i] < min(supplies[i], _most(name, total_ms)) and _bears(name, lengths[i], made[i] + 1, tone, fps)
        ]
        if not open_:
            break
        made[max(open_, key=lambda i: (_stands(names[i], lengths[i], made[i]), -i))] += 1
    return made


def _stands(name: str, frames: int, shots: int) -> Fraction:
    """How long the shots of a beat stand; a reveal may stand longer before it is cut."""
    return Fraction(frames, shots) * (REVEAL_COUNTS if name == "reveal" else 1)


def _most(name: str, total_ms: int) -> int:
    return beats()[name].shots * max(1, -(-total_ms // LONG_MS))


def _bears(name: str, frames: int, shots: int, tone: Tone, fps: tuple[int, int]) -> bool:
    """Is the beat long enough for so many shots of this tone?"""
    length = _ms(frames, fps)
    if name == "reveal":
        return length >= REVEAL_HOLD_MS + (shots - 1) * LEAST_SHOT_MS and tone.asl_ms <= CUTS_REVEAL_MS
    return length * 10 >= shots * max(LEAST_SHOT_MS * 10, tone.asl_ms * 8)


def _ms(frames: int, fps: tuple[int, int]) -> int:
    return frames * fps[1] * 1000 // fps[0]
