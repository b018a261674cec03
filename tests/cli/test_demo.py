"""What `make demo` prints can be typed as it is printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from cli.conftest import Run
from reelwright.cli.demo import called, next_commands

TINY = ("--length", "2", "--short-side", "180", "--aspect", "9:16")


def test_the_commands_that_are_printed_last_work_in_a_shell_that_knows_no_reelwright(
    reelwright: Run, env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "a mug.png"
    Image.effect_noise((640, 640), 60).convert("RGB").save(picture)
    made = reelwright("make", "2-second bumper for VoltCup. Order at voltcup.example", *TINY, "--json")
    bare = {**env, "PATH": "/usr/bin:/bin"}
    monkeypatch.setenv("PATH", bare["PATH"])
    for command in next_commands(made.json["project"], picture):
        priced = command if "--quote" in command or " show " in command else f"{command} --quote"
        ran = subprocess.run(["sh", "-c", priced], env=bare, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, (priced, ran.stderr)


def test_it_is_called_by_its_name_where_that_is_on_the_path_and_else_by_what_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "reelwright"
    program.touch(0o700)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("PATH", "/usr/bin")
    assert called() == str(program)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin")
    assert called() == "reelwright"
    other = tmp_path / "other"
    other.mkdir()
    (other / "reelwright").touch(0o700)
    monkeypatch.setenv("PATH", f"{other}{os.pathsep}{tmp_path}")
    assert called() == str(program), "another installation comes first"
