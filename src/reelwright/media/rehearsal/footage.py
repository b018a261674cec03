"""The work ``rehearsal.footage`` makes one output of a rehearsed provider, of the right kind, length, size and rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from reelwright.errors import WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult
from reelwright.media.rehearsal.footage_request import FootageRequest, read_footage_request
from reelwright.media.rehearsal.slate import Slate
from reelwright.media.rehearsal.tones import make_tones
from reelwright.media.sound.wav import write_wav
from reelwright.media.video.encoding import FrameEncoder


def draw_footage(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Draw one file: an mp4 (with sound where the request has it), a PNG, or an MP3.

    Deterministic in ``args``: encoded at the defaults, since no provider knows our settings. Spends nothing.
    """
    request = read_footage_request(args)
    if request.kind == "video":
        return _video(request, room, report)
    if request.kind == "image":
        slate = Slate(request)
        path = room / "still.png"
        Image.frombuffer("RGB", request.size, bytes(slate.render_frame(0)), "raw", "BGRX", 0, 1).save(path)
        return _made(path, "image/png", slate.notes)
    path = room / "sound.mp3"
    ffmpeg.run(
        [*ffmpeg.build_input(_wav(request, room)), "-c:a", "libmp3lame", "-b:a", "128k", ffmpeg.build_output(path)]
    )
    return _made(path, "audio/mpeg", ())


def _video(request: FootageRequest, room: Path, report: Report) -> WorkResult:
    slate = Slate(request)
    silent = room / "silent.mp4"
    with FrameEncoder(silent, request.size, request.fps, request.frames, report) as encoder:
        for number in range(request.frames):
            encoder.write(slate.render_frame(number))
    return _made(_with_sound(request, silent, room) if request.has_sound else silent, "video/mp4", slate.notes)


def _with_sound(request: FootageRequest, silent: Path, room: Path) -> Path:
    path = room / "take.mp4"
    both = [
        *ffmpeg.build_input(silent),
        *ffmpeg.build_input(_wav(request, room)),
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c:v",
        "copy",
    ]
    ffmpeg.run([*both, "-c:a", "aac", "-b:a", "160k", "-fflags", "+bitexact", "-f", "mp4", ffmpeg.build_output(path)])
    found = probe(path)
    if found.frames != request.frames:
        raise WrongResult(code="frames_wrong", file=path.name, found=found.frames, wanted=request.frames)
    if found.audio is None:
        raise WrongResult(code="file_without_sound", file=path.name)
    return path


def _wav(request: FootageRequest, room: Path) -> Path:
    path = room / "sound.wav"
    write_wav(path, make_tones(request))
    return path


def _made(path: Path, mime: str, notes: Sequence[str]) -> WorkResult:
    return WorkResult(files=(ResultFile(path=path, mime=mime),), facts={"notes": list(notes)})
