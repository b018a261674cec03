"""The voice of a rehearsal: a hum for each word, as long as its letters, which nobody takes for speech."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from reelwright.media.speech.spoken_words import SpokenWord

RATE: Final = 24_000
"""Samples a second, as the voice that is rehearsed has it."""
_LETTER_S, _GAP_S, _PAUSE_S = 0.06, 0.04, 0.2
"""Seconds of a letter, between words and after a comma: calm speech, about."""
_PITCH_HZ, _LEVEL = 150.0, 0.3
"""A hum as low as a voice, and as loud as one."""


class Murmur:
    """Hums the words of a sentence, without any library or weights."""

    def speak(self, words: Sequence[SpokenWord]) -> tuple[np.ndarray, Sequence[int]]:
        """Return a sentence as mono float32, and how many letters each of its words has."""
        counts = [sum(map(str.isalnum, word.speech)) for word in words]
        pieces = [np.zeros(round(0.1 * RATE), dtype=np.float32)]
        for word, count in zip(words, counts, strict=True):
            if count:
                pieces.append(_hum(count * _LETTER_S))
            pause = _PAUSE_S if word.text.endswith((",", ";", ":", "–", "—")) else _GAP_S
            pieces.append(np.zeros(round(pause * RATE), dtype=np.float32))
        return np.concatenate(pieces), counts


def _hum(seconds: float) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    edge = np.clip(np.minimum(times, seconds - times) / 0.01, 0.0, 1.0)
    return (_LEVEL * edge * np.sin(2 * np.pi * _PITCH_HZ * times)).astype(np.float32)
