"""``make test-fast`` runs all but the slowest twentieth of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
SOURCE = """
import time
import pytest

@pytest.mark.parametrize("number", range(40))
def test_number(number):
    time.sleep(0.5 * (number in (7, 8)))
"""


def run(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", "-p", "fast_option", "-v", *options]
    env = {**os.environ, "PYTHONPATH": str(TESTS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=100, check=False)
    return done.stdout


def test_fast_leaves_out_the_slowest_twentieth_once_it_is_known(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(SOURCE, encoding="utf-8")
    assert "40 passed" in run(tmp_path, "--fast"), "nothing is known yet"
    fast = run(tmp_path, "--fast")
    assert "38 passed, 2 deselected" in fast and "[7]" not in fast and "[8]" not in fast
