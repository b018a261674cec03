"""Running the program as a person does: a process of its own, with a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Ran:
    """What a run of the program left: exit code, both outputs, and the JSON of the first."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An awkward home: a space and letters beyond ASCII."""
    return tmp_path / "zoë müller" / "reelwright"


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REELWRIGHT_")}
    return {**kept, "REELWRIGHT_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}


@pytest.fixture
def reelwright(env: dict[str, str]) -> Run:
    def run(*args: str, stdin: str | None = None, **more: str) -> Ran:
        command = [sys.executable, "-m", "reelwright.cli", *args]
        done = subprocess.run(
            command, env={**env, **more}, capture_output=True, text=True, input=stdin or "", timeout=110, check=False
        )
        return Ran(done)

    return run
