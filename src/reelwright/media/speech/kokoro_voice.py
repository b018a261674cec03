"""Kokoro-82M through onnxruntime. It needs the extra ``voice``, and a hand alone imports it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from kokoro_onnx import Kokoro

from reelwright.catalogue.own_voices import VoiceFolder, build_missing_error
from reelwright.media.speech.murmur import RATE
from reelwright.media.speech.sounds import Phonemizer, open_phonemizer
from reelwright.media.speech.spoken_words import SpokenWord

_THREADS: Final = 1
"""Threads of one network: hands work side by side, and the bytes are the same on a machine with other cores."""

_SILENT_SAMPLES: Final = RATE // 10
"""A tenth of a second stands for a sentence without a sound that the network knows."""


def open_voice(weights: Path, voice: str, language: str) -> Voice:
    """Return the voice, with its network from the folder ``weights``. One network is kept for the next line.

    Raises ``VoiceMissing``.
    """
    folder = VoiceFolder(weights)
    if not (folder.model.is_file() and folder.voices.is_file()):
        raise build_missing_error(voice, "weights")
    return Voice(_load_network(folder), voice, open_phonemizer(language, voice))


@lru_cache(maxsize=1)
def _load_network(folder: VoiceFolder) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(folder.model), options, providers=["CPUExecutionProvider"])
    return Kokoro.from_session(session, str(folder.voices))


class Voice:
    """A voice of Kokoro in one language."""

    def __init__(self, network: Any, voice: str, phonemizer: Phonemizer) -> None:
        self._network, self._style, self._phonemizer = network, network.get_voice_style(voice), phonemizer

    def speak(self, words: Sequence[SpokenWord]) -> tuple[np.ndarray, Sequence[int]]:
        """Return a sentence as mono float32, and how many sounds each of its words has."""
        sounds, counts = self._phonemizer.find_sounds(words)
        if not self._network.tokenizer.tokenize(sounds, None):  # letters that this language does not read
            return np.zeros(_SILENT_SAMPLES, dtype=np.float32), counts
        made, _ = self._network.create(
            sounds, voice=self._style, is_phonemes=True, trim=False, sentence_pause=0.0, clause_pause=0.0
        )
        return np.asarray(made, dtype=np.float32), counts
