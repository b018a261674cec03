"""Picture and sound stay together to the end: measured on the finished file, as a player shows it, at every cut."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from reelwright import Studio
from reelwright.media import ffmpeg
from reelwright.media.sound.wav import write_wav
from reelwright.settings import Settings

HERTZ = 9_000
"""Of the beep, above what the bed under it plays."""
MOST_S = 0.020
"""Seconds by which a beep may lie apart from its flash."""
RATE = 48_000
PLAN = """
title: Cuts
aspect: "9:16"
short_side: 180
beats:
  - beat: demo
    shots:
"""


def flash_and_beep(path: Path, frames: int, rate: str, hertz: int) -> Path:
    """A grey clip whose first two frames are white; a beep begins with the first of them."""
    seconds = float(frames / Fraction(rate))
    time = np.arange(round(seconds * RATE)) / RATE
    beep = (0.8 * np.sin(2 * np.pi * HERTZ * time) * (time < 0.06)).astype(np.float32)
    wav = path.with_suffix(".wav")
    write_wav(wav, np.stack([beep, beep]))
    grey = f"color=c=0x404040:s=180x320:r={rate}:d={seconds},noise=alls=12:allf=t,format=yuv420p"
    light = "drawbox=t=fill:c=white:enable='lt(n,2)'"
    args = ["-f", "lavfi", "-i", f"{grey},{light}", *ffmpeg.build_input(wav), "-c:v", "libx264"]
    args += ["-preset", "veryfast", "-crf", "16", "-c:a", "aac", "-ar", str(hertz)]
    ffmpeg.run([*args, "-frames:v", str(frames), ffmpeg.build_output(path)])
    return path


def flashes(film: Path) -> list[float]:
    """When each flash is first shown, in seconds of the film's own time."""
    seen = []
    with av.open(str(film)) as container:
        was = 0.0
        for frame in container.decode(video=0):
            now = float(frame.to_ndarray(format="gray").mean())
            if now > 170 >= was:
                seen.append(float(frame.pts * frame.time_base))
            was = now
    return seen


def beeps(film: Path) -> list[float]:
    """When each beep begins; a decoder drops the encoder's priming, as players do."""
    parts, start = [], None
    with av.open(str(film)) as container:
        for frame in container.decode(audio=0):
            start = float(frame.pts * frame.time_base) if start is None else start
            parts.append(frame.to_ndarray().mean(axis=0))
    sound = np.concatenate(parts)
    turned = sound * np.exp(-2j * np.pi * HERTZ * np.arange(len(sound)) / RATE)
    level = np.abs(np.convolve(turned, np.ones(96) / 96, mode="same"))  # what is near the beep's pitch, over 2 ms
    loud = level > 0.4 * level.max()
    quiet = round(0.1 * RATE)
    found, last = [], -quiet
    for at in np.flatnonzero(loud):
        if at - last >= quiet:
            found.append(start + at / RATE)
        last = at
    return found


def test_every_cut_of_a_finished_film_keeps_its_flash_and_its_beep_together(tmp_path: Path) -> None:
    """Own clips of several rates, each cut on a flash with a beep; the last lies as near as the first."""
    clips, shots = [], ""
    for number, (rate, frames, hertz) in enumerate([("30", 45, 48_000), ("25", 50, 44_100), ("24", 36, 48_000)] * 3):
        clip = tmp_path / f"c{number}.mp4"
        if number < 3:
            flash_and_beep(clip, frames, rate, hertz)
        else:
            shutil.copy(clips[number - 3], clip)
        clips.append(clip)
        shots += f"      - {{clip: {clip.name}, seconds: 1.2, sound: keep}}\n"
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN + shots, encoding="utf-8")
    asked: dict[str, Any] = {"plan": plan, "clips": clips}
    with Studio(Settings(home=tmp_path / "home", hands=2)) as studio:
        made = studio.make("A film of nine cuts", **asked)
        assert made.film is not None, made.message
        seen, heard = flashes(made.path), beeps(made.path)
        late = tmp_path / "late.mp4"
        sources = [*ffmpeg.build_input(made.path), *ffmpeg.build_input(made.path, "-itsoffset", "0.03")]
        ffmpeg.run([*sources, "-map", "0:v", "-map", "1:a", "-c", "copy", ffmpeg.build_output(late)])
    assert len(seen) == len(heard) == len(clips), (seen, heard)
    apart = [b - a for a, b in zip(seen, heard, strict=True)]
    print([round(1000 * a, 1) for a in apart])
    assert max(map(abs, apart)) <= MOST_S, apart
    assert abs(apart[-1] - apart[0]) <= 1 / 24, "no drift over the film"
    shifted = [b - a for a, b in zip(flashes(late), beeps(late), strict=True)]
    assert min(shifted) > MOST_S, "else this would not see what it is for"
