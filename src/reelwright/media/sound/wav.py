"""24-bit WAV files, in which our own beds are kept, written and read without a tool."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from reelwright.errors import UnreadableMedia
from reelwright.media.sound.dsp import RATE

FULL = 8_388_607


def write_wav(path: Path, track: np.ndarray) -> None:
    """Write (2, n) float32 within -1 to 1 as 48 kHz 24-bit stereo."""
    whole = np.ascontiguousarray(np.round(np.clip(track.T, -1.0, 1.0) * FULL).astype("<i4"))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(3)
        file.setframerate(RATE)
        file.writeframes(whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())


def read_wav(path: Path) -> np.ndarray | None:
    """Read a file that ``write_wav`` made as (2, n) float32; None when it is of another kind.

    Raises ``UnreadableMedia``.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (2, 3, RATE):
                return None
            count = file.getnframes()
            raw = np.frombuffer(file.readframes(count), dtype=np.uint8)
    except (wave.Error, EOFError):
        return None
    if raw.size != count * 6:
        words = "the sound ends before its header says"
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words=words)
    wide = np.zeros((raw.size // 3, 4), dtype=np.uint8)
    wide[:, 1:] = raw.reshape(-1, 3)
    return (wide.view("<i4").reshape(-1, 2).T / np.float32(2**31)).astype(np.float32)
