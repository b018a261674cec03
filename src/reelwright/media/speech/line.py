"""The work ``speech.line`` speaks one line by sentences, and measures when each of its words is heard."""

from __future__ import annotations

import wave
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from reelwright.catalogue.own_voices import build_missing_error
from reelwright.errors import BadInput, WrongResult
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult
from reelwright.media.speech.murmur import RATE, Murmur
from reelwright.media.speech.spoken_words import SpokenWord, spell_words, split_sentences
from reelwright.media.speech.timing import Sentence, find_sound, time_words

LIBRARY: Final = "reelwright.media.speech.kokoro_voice"
"""The module that holds the network, which needs the extra ``voice``."""
PAUSE_S: Final = {"": 0.1, ",": 0.12, ".": 0.3}
"""Silence after a piece of a line in seconds, by the sign with which it ends."""
HEAD_S: Final = 0.03
"""Silence that is kept before and after what is heard, so that no consonant is cut."""
_LOUDEST: Final = 0.97
"""Most of full scale that a sample may have: what is louder would be cut."""


class Synthesizer(Protocol):
    """Voice that turns the words of a sentence into sound."""

    def speak(self, words: Sequence[SpokenWord]) -> tuple[np.ndarray, Sequence[int]]:
        """Return a sentence as mono float32, and how many sounds each of its words has."""
        ...


def speak_line(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Speak ``args["prompt"]`` as 24 kHz mono WAV; the same bytes each time. Spends nothing.

    ``args``: prompt, voice, language, weights (the folder of the network; empty: it is hummed). Facts: duration_ms,
    and words as ``[text, first ms, last ms]``, each as it is written. Raises ``BadInput``, ``VoiceMissing``.
    """
    text, language = str(args["prompt"]), str(args["language"])
    sentences = [words for one in split_sentences(text) if (words := spell_words(one, language))]
    sentences = [words for words in sentences if any(any(map(str.isalnum, word.speech)) for word in words)]
    if not sentences:
        raise BadInput("prompt", text, "words that can be spoken")
    voice = _load_synthesizer(args)
    pieces: list[np.ndarray] = []
    timed: list[list[Any]] = []
    at = 0
    for number, words in enumerate(sentences):
        sound, counts = voice.speak(words)
        first, last = find_sound(sound, RATE)
        margin = round(HEAD_S * RATE)
        kept = sound[max(0, first - margin) : last + margin]
        times = time_words(Sentence(sound=kept, rate=RATE, words=tuple(words), counts=tuple(counts)))
        timed += [
            [word.text, round((at + start) * 1000 / RATE), round((at + end) * 1000 / RATE)]
            for word, (start, end) in zip(words, times, strict=True)
        ]
        pieces.append(kept)
        at += len(kept)
        if number + 1 < len(sentences):
            pause = np.zeros(round(_choose_pause(words) * RATE), dtype=np.float32)
            pieces.append(pause)
            at += len(pause)
        report((number + 1) / len(sentences))
    path = room / "voice.wav"
    _write(path, np.concatenate(pieces))
    facts = {"duration_ms": round(at * 1000 / RATE), "rate": RATE, "words": timed}
    return WorkResult(files=(ResultFile(path=path, mime="audio/wav", name="voice"),), facts=facts)


def _load_synthesizer(args: Mapping[str, Any]) -> Synthesizer:
    voice, language = str(args["voice"]), str(args["language"])
    if not args["weights"]:
        return Murmur()
    try:
        library = import_module(LIBRARY)
    except ImportError as cause:
        raise build_missing_error(voice, "voice") from cause
    found: Synthesizer = library.open_voice(Path(args["weights"]), voice, language)
    return found


def _choose_pause(words: Sequence[SpokenWord]) -> float:
    end = words[-1].text.rstrip("\"'”’»)")[-1:]
    return PAUSE_S["."] if end in ".!?…。！？।" else PAUSE_S[","] if end in ",;:、，；：" else PAUSE_S[""]


def _write(path: Path, sound: np.ndarray) -> None:
    peak = float(np.max(np.abs(sound))) if sound.size else 0.0
    if not np.isfinite(peak) or peak == 0.0:
        raise WrongResult(code="file_without_sound", file=path.name)
    if peak > _LOUDEST:
        sound = sound * np.float32(_LOUDEST / peak)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
