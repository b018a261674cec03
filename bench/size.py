"""Installed size of the core: a fresh environment from requirements.lock.txt, measured file by file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.verdict import verdict

GOAL_MB = 620
ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        empty = _megabytes(venv)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock.txt")], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", str(ROOT)], check=True)
        packages = next((venv / "lib").glob("python3*")) / "site-packages"
        sizes = sorted(((_megabytes(p), p.name) for p in packages.iterdir()), reverse=True)
        total = _megabytes(venv)
    print(f"{'empty venv':<28}{empty:8.1f} MB   yardstick")
    for size, name in sizes[:12]:
        print(f"{name:<28}{size:8.1f} MB")
    print(f"{'all':<28}{total:8.1f} MB")
    return verdict("size", total <= GOAL_MB, {"mb": total, "empty_mb": empty}, f"mb<={GOAL_MB}")


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file() and not p.is_symlink()]
    return sum(p.stat().st_size for p in files) / 1e6


if __name__ == "__main__":
    sys.exit(main())
