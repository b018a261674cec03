"""A tune of five to nine notes: a motif that walks by steps, lands on chord tones, and returns with another ending."""

from __future__ import annotations

import numpy as np

from reelwright.media.sound.harmony import Chord

STEPS = 16
SHAPES = (
    (0, 1, 1, 1, -1, -1, 2, -1, -1),
    (2, -1, 1, 1, 1, -2, -1, 1, -1),
    (0, 2, -1, -1, 2, 1, -1, -1, 1),
    (-1, 1, 2, -1, -1, 1, 2, -1, -1),
    (2, 1, -1, -1, -1, 1, 2, -1, -1),
    (0, -1, 1, 2, 1, -1, -1, -1, 1),
)
"""Walks in scale steps; the first entry is where it starts above the middle. Three moves of four are single steps."""


def choose_contour(rng: np.random.Generator) -> tuple[int, ...]:
    """Choose a melody's shape by chance, as steps of the scale from note to note, at times turned upside down."""
    shape = SHAPES[int(rng.integers(len(SHAPES)))]
    return shape if rng.random() < 0.7 else (shape[0], *(-step for step in shape[1:]))


def compose_phrase(
    rhythm: str, walk: tuple[int, ...], chords: list[Chord], scale: frozenset[int], centre: int, close: bool
) -> list[tuple[int, int, int]]:
    """Compose a phrase of (step, length in steps, pitch) over as many bars as there are ``chords``.

    In ``rhythm`` a letter x is a note and a hyphen holds it. Notes on strong beats are chord tones; with ``close`` the
    last comes home to the chord's root or third. The tune stays within an octave.
    """
    starts = [i for i, mark in enumerate(rhythm[: STEPS * len(chords)]) if mark == "x"]
    made: list[tuple[int, int, int]] = []
    pitch = float(centre)
    for index, start in enumerate(starts):
        under = chords[start // STEPS]
        ladder = [p for p in range(centre - 5, centre + 8) if p % 12 in scale or p % 12 in under.classes]
        move = walk[index % len(walk)]
        if close and index >= len(starts) - 2:
            move = -1 if pitch > centre else 1
        last = index == len(starts) - 1
        strong = start % (STEPS // 2) == 0 or index == 0 or last
        wanted = under.classes[:2] if close and last else under.classes
        aim = _moved(ladder, pitch, move)
        before = made[-1][2] if made else None
        landed = _landed(ladder, aim, wanted, None if move == 0 or last else before) if strong else aim
        made.append((start, _held(rhythm, start), landed))
        pitch = landed
    return made


def _moved(ladder: list[int], pitch: float, move: int) -> int:
    """Move ``move`` rungs from the rung nearest to ``pitch``; turn back at the ends of the ladder."""
    place = min(range(len(ladder)), key=lambda i: (abs(ladder[i] - pitch), i))
    if not 0 <= place + move < len(ladder):
        move = -move
    return ladder[max(0, min(len(ladder) - 1, place + move))]


def _landed(ladder: list[int], aim: int, classes: tuple[int, ...], before: int | None) -> int:
    """Return the chord tone nearest to ``aim``, and not the note before it again."""
    tones = [p for p in ladder if p % 12 in classes]
    fresh = [p for p in tones if p != before] or tones or [aim]
    return min(fresh, key=lambda p: (abs(p - aim), p))


def _held(rhythm: str, start: int) -> int:
    length = 1
    while start + length < len(rhythm) and rhythm[start + length] == "-":
        length += 1
    return length
