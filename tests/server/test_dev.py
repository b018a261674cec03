"""``make dev``: the server starts anew when a source file changes."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.lane_serve
def test_the_server_starts_anew_when_a_source_file_changes(tmp_path: Path) -> None:
    listed = subprocess.run(
        ["make", "-n", "dev", "SERVE=--port 0"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (command,) = [line for line in listed.stdout.splitlines() if "watchfiles" in line]
    (tmp_path / "src").mkdir()
    (tmp_path / ".venv").symlink_to((ROOT / ".venv").resolve())
    environ = {**os.environ, "REELWRIGHT_HOME": str(tmp_path / "home")}
    program = subprocess.Popen(
        shlex.split(command), cwd=tmp_path, env=environ, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert program.stdout
        places = (line for line in program.stdout if "http://127.0.0.1:" in line)
        assert next(places)
        for name in ("edited.py", "page.html", "tokens.css", "live.js"):
            (tmp_path / "src" / name).write_text("pass\n")
            assert next(places), f"it started again for {name}"
    finally:
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate()
