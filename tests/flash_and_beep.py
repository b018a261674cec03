"""Clips with a flash and a beep in the same moment, and when each is met in a file, as a player shows it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from reelwright.media.base import ffmpeg
from reelwright.media.sound.wav import write_wav

HERTZ = 9_000
"""Of the beep, above what the bed under it plays."""
RATE = 48_000


def flash_and_beep(path: Path, frames: int, rate: str, hertz: int = 48_000, at: str = "0", more: str = "") -> Path:
    """A grey clip of which two frames, from second ``at`` on, are white; a beep begins with the first of them.

    ``more``: options of ffmpeg for the file.
    """
    seconds = float(frames / Fraction(rate))
    time = np.arange(round(seconds * RATE)) / RATE - float(at)
    beep = (0.8 * np.sin(2 * np.pi * HERTZ * time) * (time >= 0) * (time < 0.06)).astype(np.float32)
    wav = path.with_suffix(".wav")
    write_wav(wav, np.stack([beep, beep]))
    grey = f"color=c=0x404040:s=180x320:r={rate}:d={seconds},noise=alls=12:allf=t,format=yuv420p"
    first = int(Fraction(at) * Fraction(rate))
    light = f"drawbox=t=fill:c=white:enable='between(n,{first},{first + 1})'"
    args = ["-f", "lavfi", "-i", f"{grey},{light}", *ffmpeg.build_input(wav), "-c:v", "libx264"]
    args += ["-preset", "veryfast", "-crf", "16", "-c:a", "aac", "-ar", str(hertz), *more.split()]
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
    """When each beep begins. A decoder drops the encoder's priming, and a player waits where timestamps leave a gap."""
    parts = []
    with av.open(str(film)) as container:
        for frame in container.decode(audio=0):
            parts.append((float(frame.pts * frame.time_base), frame.to_ndarray().mean(axis=0)))
            rate = frame.sample_rate
    start, last = parts[0][0], parts[-1][0]
    sound = np.zeros(round((last - start) * rate) + len(parts[-1][1]), np.float32)
    for shown, samples in parts:
        at = round((shown - start) * rate)
        sound[at : at + len(samples)] = samples[: len(sound) - at]
    turned = sound * np.exp(-2j * np.pi * HERTZ * np.arange(len(sound)) / rate)
    level = np.abs(np.convolve(turned, np.ones(96) / 96, mode="same"))  # what is near the beep's pitch, over 2 ms
    loud = level > 0.4 * level.max()
    quiet = round(0.1 * rate)
    found, last = [], -quiet
    for at in np.flatnonzero(loud):
        if at - last >= quiet:
            found.append(start + at / rate)
        last = at
    return found
