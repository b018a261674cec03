"""The work ``rehearsal.footage``: one output of a rehearsed provider, of the right kind, length, size and rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from reelwright.errors import WrongResult
from reelwright.media import ffmpeg
from reelwright.media.encoding import FrameEncoder
from reelwright.media.probe import probe
from reelwright.media.rehearsal.asked import Asked, read
from reelwright.media.rehearsal.slate import Slate
from reelwright.media.rehearsal.tones import tones
from reelwright.media.sound.wav import write_wav
from reelwright.media.work import Made, MadeFile, Report, Source


def draw_footage(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> Made:
    """One file: an mp4 (with sound where ``sound``), a PNG, or an MP3. Deterministic in ``args``. Spends nothing."""
    asked = read(args)
    if asked.kind == "video":
        return _video(asked, room, report)
    if asked.kind == "image":
        slate = Slate(asked)
        path = room / "still.png"
        Image.frombuffer("RGB", asked.size, bytes(slate.frame(0)), "raw", "BGRX", 0, 1).save(path)
        return _made(path, "image/png", slate.notes)
    path = room / "sound.mp3"
    ffmpeg.run([*ffmpeg.source(_wav(asked, room)), "-c:a", "libmp3lame", "-b:a", "128k", ffmpeg.target(path)])
    return _made(path, "audio/mpeg", ())


def _video(asked: Asked, room: Path, report: Report) -> Made:
    slate = Slate(asked)
    silent = room / "silent.mp4"
    with FrameEncoder(silent, asked.size, asked.fps, asked.frames, report) as encoder:
        for number in range(asked.frames):
            encoder.write(slate.frame(number))
    return _made(_with_sound(asked, silent, room) if asked.sound else silent, "video/mp4", slate.notes)


def _with_sound(asked: Asked, silent: Path, room: Path) -> Path:
    path = room / "take.mp4"
    both = [*ffmpeg.source(silent), *ffmpeg.source(_wav(asked, room)), "-map", "0:v", "-map", "1:a", "-c:v", "copy"]
    ffmpeg.run([*both, "-c:a", "aac", "-b:a", "160k", "-fflags", "+bitexact", "-f", "mp4", ffmpeg.target(path)])
    found = probe(path)
    if found.frames != asked.frames or found.audio is None:
        raise WrongResult(f"the rehearsed take has {found.frames} frames, wanted {asked.frames} with sound")
    return path


def _wav(asked: Asked, room: Path) -> Path:
    path = room / "sound.wav"
    write_wav(path, tones(asked))
    return path


def _made(path: Path, mime: str, notes: Sequence[str]) -> Made:
    return Made(files=(MadeFile(path=path, mime=mime),), facts={"notes": list(notes)})
