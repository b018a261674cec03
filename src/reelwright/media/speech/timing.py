"""The times of spoken words: sentences are measured, words lie between measured silences by their counts of sounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from reelwright.media.speech.spoken_words import SpokenWord

_BLOCK_S: Final = 0.01
"""Sound is measured in pieces of this length: a hundredth of a second, less than a frame."""
_QUIET_DB: Final = -38.0
"""A block is silent when it is this much below the loud part of its sentence."""
_LEAST_SILENCE_S: Final = 0.07
"""Shortest silence that is a pause: the closure of a ``t`` or a ``p`` is shorter."""
_NEAR_S: Final = 0.45
"""How far a measured pause may lie from where the counts of sounds place it."""
_WORD_GAP: Final = 1.0
"""What the end of a word takes, in sounds."""
_PAUSE_SIGNS: Final = ",;:.!?…–—、，；：。！？।"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence as mono sound, with its words and the count of sounds of each."""

    sound: np.ndarray
    rate: int
    words: tuple[SpokenWord, ...]
    counts: tuple[int, ...]


def find_sound(sound: np.ndarray, rate: int) -> tuple[int, int]:
    """Return the first and the last sample of what is heard; all of it where nothing is."""
    loud = _find_loud_blocks(sound, rate)
    block = _count_block(rate)
    heard = np.flatnonzero(loud)
    if not heard.size:
        return 0, len(sound)
    return int(heard[0]) * block, min(len(sound), (int(heard[-1]) + 1) * block)


def time_words(sentence: Sentence) -> list[tuple[int, int]]:
    """Return the first and the last sample of each word, in order and without overlaps.

    A word that is not spoken, such as a dash, has no length.
    """
    first, last = find_sound(sentence.sound, sentence.rate)
    ends = _count_up(sentence.counts)
    total = ends[-1]
    if not total:
        return [(first, first) for _ in sentence.words]
    silences = _list_silences(sentence, first, last)
    anchors = _anchor(sentence, silences, ends, first, last)
    places = [float(place) for place, _, _ in anchors]
    arrive, leave = [float(a) for _, a, _ in anchors], [float(b) for _, _, b in anchors]
    times: list[tuple[int, int]] = []
    for n, count in enumerate(sentence.counts):
        start = _interpolate(places, leave, arrive, ends[n] - count, is_start=True)
        end = _interpolate(places, leave, arrive, ends[n] - (_WORD_GAP if count > 1 else 0), is_start=False)
        start = max(start, times[-1][1] if times else first)
        times.append((start, max(start, end if count else start)))
    return times


def _count_up(counts: Sequence[int]) -> list[float]:
    ends, at = [], 0.0
    for count in counts:
        at += count
        ends.append(at)
    return ends


def _anchor(
    sentence: Sentence, silences: Sequence[tuple[int, int]], ends: Sequence[float], first: int, last: int
) -> list[tuple[float, int, int]]:
    """Return places in counts of sounds with the samples at which the sound before them ends and after them begins.

    Each pause that the words ask for is tied to the measured silence that lies nearest to where it should be.
    """
    total, free = ends[-1], list(silences)
    voiced = (last - first) - sum(end - start for start, end in silences)
    anchors = [(0.0, first, first)]
    passed = 0
    for word, end in zip(sentence.words[:-1], ends[:-1], strict=True):
        if not word.text.rstrip("\"'”’»)").endswith(tuple(_PAUSE_SIGNS)) or not free or not 0 < end < total:
            continue
        expected = first + passed + voiced * end / total
        best = min(free, key=lambda one: abs((one[0] + one[1]) / 2 - expected))
        if abs((best[0] + best[1]) / 2 - expected) > _NEAR_S * sentence.rate or best[0] <= anchors[-1][2]:
            continue
        anchors.append((end, best[0], best[1]))
        passed += best[1] - best[0]
        free = [one for one in free if one[0] > best[1]]
    return [*anchors, (total, last, last)]


def _interpolate(
    places: Sequence[float], leave: Sequence[float], arrive: Sequence[float], place: float, *, is_start: bool
) -> int:
    """Return the sample of a place in counts of sounds: at a pause, after it for a start and before it for an end."""
    for n in range(len(places) - 1):
        low, high = places[n], places[n + 1]
        if place < high or n == len(places) - 2 or (not is_start and place == high):
            share = (place - low) / (high - low) if high > low else 0.0
            return round(leave[n] + (arrive[n + 1] - leave[n]) * min(1.0, max(0.0, share)))
    return round(arrive[-1])


def _count_block(rate: int) -> int:
    return round(_BLOCK_S * rate)


def _find_loud_blocks(sound: np.ndarray, rate: int) -> np.ndarray:
    block = _count_block(rate)
    usable = len(sound) // block * block
    if not usable:
        return np.zeros(0, dtype=bool)
    power = np.mean(sound[:usable].astype(np.float64).reshape(-1, block) ** 2, axis=1)
    loud = float(np.quantile(power[power > 0], 0.9)) if np.any(power > 0) else 0.0
    found: np.ndarray = power > loud * 10 ** (_QUIET_DB / 10)
    return found if loud > 0 else np.zeros(len(power), dtype=bool)


def _list_silences(sentence: Sentence, first: int, last: int) -> list[tuple[int, int]]:
    block, loud = _count_block(sentence.rate), _find_loud_blocks(sentence.sound, sentence.rate)
    found: list[tuple[int, int]] = []
    start: int | None = None
    for n, is_loud in enumerate([*loud.tolist(), True]):
        if not is_loud and start is None:
            start = n
        elif is_loud and start is not None:
            if (n - start) * _BLOCK_S >= _LEAST_SILENCE_S and start * block > first and n * block < last:
                found.append((start * block, n * block))
            start = None
    return found
