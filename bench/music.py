"""Composes the music of eight scripts, of eight tones, and measures whether it rises to the call.

Run: ``python -m bench.music``. For each film: RMS of the last third before the end card against that of the first
third, of the bed and of the mix; loudness and true peak of the mix; CPU of composing for a second of film.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.scale import IS_SMOKE
from bench.verdict import verdict
from reelwright import Studio
from reelwright.media.base.work import Source
from reelwright.media.sound.bed import compose_bed
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.mix import make_mix
from reelwright.media.sound.wav import read_wav
from reelwright.reel.film.plan import Plan
from reelwright.settings import Settings

SCRIPTS = Path(__file__).parent / "eight_scripts"
LEAST_RISE_DB = -1.0
LEAST_RISING = 7


def plan_films(home: Path) -> dict[str, Plan]:
    """Plan the film of each of the eight scripts, by the name of its file."""
    with Studio(Settings(home=home)) as studio:
        return {path.stem: studio.plan(script=path).plan for path in sorted(SCRIPTS.glob("*.md"))}


def build_bed_args(plan: Plan) -> dict[str, Any]:
    """Return the arguments with which a plan's bed is composed."""
    assert plan.bed
    request = plan.bed.request
    return {"model": request.model, "mode": request.mode, "prompt": request.prompt, "ms": request.ms, **request.extra}


def compute_rise(track: np.ndarray, button_ms: int) -> float:
    """Return by how many dB the last third of (2, n) samples before the end card is louder than the first third."""
    before = track[:, : button_ms * RATE // 1000].astype(np.float64)
    third = before.shape[1] // 3
    first, last = (float(np.mean(part**2)) for part in (before[:, :third], before[:, -third:]))
    return float(10 * np.log10((last + 1e-12) / (first + 1e-12)))


def main() -> int:
    rises: list[float] = []
    cpu = seconds = 0.0
    loudness, peaks = [], []
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        for name, plan in plan_films(room / "home").items():
            if IS_SMOKE and rises:
                break
            args = build_bed_args(plan)
            began = time.process_time()
            outcome = compose_bed(args, (), room, lambda done: None)
            spent = time.process_time() - began
            bed = read_wav(outcome.files[0].path)
            assert bed is not None
            frames = int(sum(beat.length for beat in plan.beats))
            mix = {"fps": list(plan.fps), "frames": frames, "lufs_milli": -14_000, "dbtp_milli": -1000}
            mix["tracks"] = [{"at": 0, "length": frames, "start": 0}]
            mixed = make_mix(
                mix, [Source(role="bed", part="whole", path=outcome.files[0].path)], room, lambda done: None
            )
            heard = _decode(mixed.files[1].path)
            length = bed.shape[1] / RATE
            rise, mixed_rise = (compute_rise(one, args["button_ms"]) for one in (bed, heard))
            lufs, peak = mixed.facts["lufs_milli"] / 1000, mixed.facts["dbtp_milli"] / 1000
            print(
                f"{name:13} {args['prompt']:12} {length:5.1f} s  rise {rise:+5.1f} dB, of the mix {mixed_rise:+5.1f} dB"
                f"  {lufs:6.2f} LUFS {peak:5.2f} dBTP  {spent / length * 1000:4.0f} ms CPU a second"
            )
            rises.append(mixed_rise)
            loudness.append(lufs)
            peaks.append(peak)
            cpu, seconds = cpu + spent, seconds + length
    rising = sum(rise >= LEAST_RISE_DB for rise in rises)
    is_level = all(abs(lufs + 14.0) <= 0.3 for lufs in loudness) and max(peaks) <= -1.0
    figures = {"rising": rising, "least_db": min(rises), "cpu_ms": cpu / seconds * 1000, "peak_dbtp": max(peaks)}
    return verdict("music", rising >= LEAST_RISING and is_level, figures, f"rising>={LEAST_RISING},peak_dbtp<=-1")


def _decode(path: Path) -> np.ndarray:
    from reelwright.media.base import ffmpeg

    raw = path.with_suffix(".f32")
    args = ["-map", "0:a:0", "-ac", "2", "-c:a", "pcm_f32le", "-f", "f32le", ffmpeg.build_output(raw)]
    ffmpeg.run([*ffmpeg.build_input(path), *args])
    return np.fromfile(raw, dtype="<f4").reshape(-1, 2).T


if __name__ == "__main__":
    sys.exit(main())
