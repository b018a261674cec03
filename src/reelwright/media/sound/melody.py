"""A tune of five to nine notes: a motif that walks by steps, lands on chord tones, and returns with another ending."""

from __future__ import annotations

import numpy as np

from reelwright.media.sound.harmony import Chord, near

STEPS = 16


def contour(notes: int, rng: np.random.Generator) -> list[int]:
    """Scale steps from note to note; at least seven of ten are single steps, and the walk stays near home."""
    walk, place = [], 0
    for _ in range(notes):
        step = int(rng.choice([-1, 1, -1, 1, -1, 1, 0, 2, -2, 3]))
        if abs(place + step) > 4:
            step = -1 if place > 0 else 1
        place += step
        walk.append(step)
    return walk


def phrase(
    rhythm: str, walk: list[int], chords: list[Chord], scale: frozenset[int], centre: int, close: bool
) -> list[tuple[int, int, int]]:
    """(step, length in steps, pitch) over as many bars as there are ``chords``; a letter x is a note, - holds it.

    Notes on strong beats are chord tones; with ``close`` the last two come home to the chord's root or third.
    """
    starts = [i for i, mark in enumerate(rhythm[: STEPS * len(chords)]) if mark == "x"]
    ladder = [p for p in range(centre - 5, centre + 8) if p % 12 in scale]
    place = min(range(len(ladder)), key=lambda i: abs(ladder[i] - centre))
    made = []
    for index, start in enumerate(starts):
        under = chords[start // STEPS]
        place = max(0, min(len(ladder) - 1, place + walk[index % len(walk)]))
        pitch = ladder[place]
        if start % (STEPS // 2) == 0 or index in (0, len(starts) - 1):
            pitch = min((near(c, pitch) for c in under.classes), key=lambda p: (abs(p - pitch), p))
        if close and index == len(starts) - 1:
            pitch = min((near(c, pitch) for c in under.classes[:2]), key=lambda p: (abs(p - pitch), p))
        place = min(range(len(ladder)), key=lambda i: abs(ladder[i] - pitch))
        made.append((start, _held(rhythm, start), pitch))
    return made


def _held(rhythm: str, start: int) -> int:
    length = 1
    while start + length < len(rhythm) and rhythm[start + length] == "-":
        length += 1
    return length
