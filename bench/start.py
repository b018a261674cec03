"""How long a person waits before anything happens: `--help`, a quote, `import reelwright`, against bare Python."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from bench.verdict import verdict

RUNS = 7
BRIEF = (
    "“Your coffee is cold.” A film for “VoltCup”, a mug that heats itself. “From the first sip to the last.” "
    "“Press the lid.” “Choose your heat.” Energetic. Order at voltcup.example"
)


def main() -> int:
    program = [sys.executable, "-m", "reelwright.cli"]
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "REELWRIGHT_HOME": home}
        bare = _median([sys.executable, "-c", "pass"], env)
        found = {
            "import": _median([sys.executable, "-c", "import reelwright"], env),
            "help": _median([*program, "--help"], env),
            "quote": _median([*program, "make", BRIEF, "--quote"], env),
        }
    print(f"{'bare python':<14}{bare:7.3f} s   yardstick")
    for name, seconds in found.items():
        print(f"{name:<14}{seconds:7.3f} s   {seconds / bare:5.1f}x bare python")
    passed = found["help"] <= 0.3 and found["quote"] <= 1.0 and found["import"] <= 0.3
    figures = {f"{name}_s": seconds for name, seconds in found.items()} | {"python_s": bare}
    return verdict("start", passed, figures, "help<=0.3,quote<=1,import<=0.3")


def _median(command: list[str], env: dict[str, str]) -> float:
    """Median wall seconds of a whole process; the first run warms the caches and does not count."""
    taken = []
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    sys.exit(main())
