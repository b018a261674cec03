"""Runs every bench at its smallest size: its verdict is ignored, but a bench that ends without one fails.

Not run: ``size``, which installs the package into an environment of its own (``make bench-size``), and ``gpu``, which
needs torch (``make test-local`` runs it with tiny models).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MOST_S = 300.0
"""Seconds until a bench is ended. All of them together take half of it on two quiet cores."""
LEFT_OUT = {"gpu", "size", "smoke"}


def main() -> int:
    folder = Path(__file__).parent
    names = sorted(path.stem for path in folder.glob("*.py") if _is_bench(path) and path.stem not in LEFT_OUT)
    began = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = dict(zip(names, pool.map(_run, names), strict=True))
    for name, words in ends.items():
        print(f"{name:<16} {words.splitlines()[-1] if words else 'ran'}")
    failed = {name: words for name, words in ends.items() if words}
    for name, words in failed.items():
        print(f"\n{name}:\n{words}")
    print(f"{len(names) - len(failed)} of {len(names)} benches run, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def _is_bench(path: Path) -> bool:
    return "\n    return verdict(" in path.read_text(encoding="utf-8")


def _run(name: str) -> str:
    """Run one bench; return the end of what it printed if it gave no verdict, else nothing."""
    try:
        ran = subprocess.run(
            [sys.executable, "-m", f"bench.{name}"],
            env=os.environ | {"REELWRIGHT_BENCH": "smoke", "PYTHONPATH": "tests"},
            capture_output=True, text=True, timeout=MOST_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"did not end within {MOST_S:g} s"
    return "" if "\nverdict " in f"\n{ran.stdout}" else (ran.stdout + ran.stderr)[-3000:]


if __name__ == "__main__":
    sys.exit(main())
