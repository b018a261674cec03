"""Brief to film on this machine: a 30-second animatic through the command line, beside re-encoding it once."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.scale import choose
from bench.verdict import verdict

GOAL_S = 45.0
BRIEF = (
    "“Your coffee is cold.” A film for “VoltCup”, a mug that heats itself. “Not this one.” "
    "“From the first sip to the last.” 60 °C for 4 hours. 340 g of steel. “Press the lid.” “Choose your heat.” "
    "£39 until 4 May. Energetic. Order at voltcup.example"
)


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "REELWRIGHT_HOME": home}
        options = ["--flavor", "short", "--length", "30", *choose([], ["--short-side", "180"])]
        command = [sys.executable, "-m", "reelwright.cli", "make", BRIEF, *options]
        made, wall, cpu = _timed([*command, "--yes", "--json"], env)
        film = json.loads(made)["film"]
        _, floor_wall, floor_cpu = _timed(_encode(Path(film["path"])), env)
    print(f"{film['width']}x{film['height']}, {film['duration_s']} s, {film['frames']} frames, {os.cpu_count()} cores")
    print(f"{'brief to film':<26}{wall:7.1f} s {cpu:7.1f} CPU s")
    print(f"{'decode and encode it once':<26}{floor_wall:7.1f} s {floor_cpu:7.1f} CPU s   yardstick")
    figures = {"wall_s": wall, "cpu_s": cpu, "encode_s": floor_wall, "times_encode": wall / floor_wall}
    return verdict("film", wall <= GOAL_S, figures, f"wall<={GOAL_S:g}s_on_2_quiet_cores")


def _encode(film: Path) -> list[str]:
    import imageio_ffmpeg

    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(film), "-an", "-c:v", "libx264"]
    return [*program, "-preset", "veryfast", "-crf", "20", "-f", "null", "-"]


def _timed(command: list[str], env: dict[str, str]) -> tuple[str, float, float]:
    """Standard output, wall seconds, and CPU seconds of the process and its children."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
