"""What `make demo` prints can be typed as it is printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Run
from reelwright.cli.make.demo import get_command_name, list_next_commands
from reelwright.errors import BadInput
from reelwright.studio.scripts.example import copy_example

TINY = ("--length", "2", "--short-side", "180", "--aspect", "9:16")


def test_the_commands_that_are_printed_last_work_in_a_shell_that_knows_no_reelwright(
    reelwright: Run, env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = copy_example(tmp_path / "a demo")
    made = reelwright("make", "2-second bumper for VoltCup. Order at voltcup.example", *TINY, "--json")
    bare = {**env, "PATH": "/usr/bin:/bin"}
    monkeypatch.setenv("PATH", bare["PATH"])
    for command in list_next_commands(made.json["project"], script):
        priced = command.replace(" --watch", " --quote")
        ran = subprocess.run(["sh", "-c", priced], env=bare, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, (priced, ran.stderr)


def test_it_is_called_by_its_name_where_that_is_on_the_path_and_else_by_what_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "reelwright"
    program.touch(0o700)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("PATH", "/usr/bin")
    assert get_command_name() == str(program)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin")
    assert get_command_name() == "reelwright"
    other = tmp_path / "other"
    other.mkdir()
    (other / "reelwright").touch(0o700)
    monkeypatch.setenv("PATH", f"{other}{os.pathsep}{tmp_path}")
    assert get_command_name() == str(program), "another installation comes first"


def test_the_demo_is_the_example_of_the_repository_and_what_was_changed_in_it_stays(tmp_path: Path) -> None:
    script = copy_example(tmp_path / "demo")
    example = Path(__file__).resolve().parents[2] / "examples" / "voltcup"
    assert script.read_bytes() == (example / "script.md").read_bytes()
    assert {path.name for path in script.parent.iterdir()} == {"script.md", "mug.png", "platform.jpg"}
    script.write_text("mine\n", encoding="utf-8")
    assert copy_example(tmp_path / "demo").read_text(encoding="utf-8") == "mine\n"


def test_a_place_for_the_demo_that_cannot_be_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file")
    with pytest.raises(BadInput) as refused:
        copy_example(tmp_path / "demo")
    assert refused.value.field == "folder" and (tmp_path / "demo").read_text() == "a file"
