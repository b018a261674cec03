"""``make script.md`` as it is typed: a file, standard input, a file that is not there, and a draft on every save."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.conftest import Run

TINY = ("--short-side", "180", "--aspect", "9:16", "--yes", "--json")
TWO = "Cold coffee.\n\nWarm coffee.\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "mug.md"
    path.write_text(TWO, encoding="utf-8")
    return path


def test_a_name_that_ends_in_md_is_a_script(reelwright: Run, script: Path) -> None:
    made = reelwright("make", str(script), *TINY)
    assert made.code == 0, made.err
    assert [shot["words"] for shot in made.json["shots"]] == [{"line": "Cold coffee."}, {"line": "Warm coffee."}]
    script.write_text(TWO.replace("Warm", "Hot"), encoding="utf-8")
    quoted = reelwright("make", "--script", str(script), *TINY, "--quote").json
    assert [key for key in quoted["wanted_steps"] if key.startswith("take/")] == ["take/" + made.json["shots"][1]["id"]]


def test_a_script_is_read_from_standard_input(reelwright: Run) -> None:
    planned = reelwright("plan", "--script", "-", "--json", stdin=TWO)
    assert planned.code == 0, planned.err
    shots = [shot for beat in planned.json["plan"]["beats"] for shot in beat["shots"]]
    assert [shot["words"]["line"] for shot in shots] == ["Cold coffee.", "Warm coffee."]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("make", "gone.md"), "a file that exists"),
        (("make", "--script", "gone.md"), "a file that exists"),
        (("make",), "in your own words, or a script.md"),
        (("make", "A brief", "--script", "gone.md"), "not both"),
        (("make", "A brief for a mug", "--watch"), "a script file"),
    ],
)
def test_what_is_no_script_is_refused_and_never_a_brief(
    reelwright: Run, home: Path, typed: tuple[str, ...], said: str
) -> None:
    ran = reelwright(*typed)
    assert ran.code == 2 and said in " ".join(ran.err.split())
    assert not home.exists()


def test_a_draft_is_made_again_on_every_save(env: dict[str, str], script: Path, reelwright: Run) -> None:
    command = [sys.executable, "-u", "-m", "reelwright.cli", "make", str(script), "--watch", "--short-side", "180"]
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout and child.stderr
    try:
        assert "0 up to date" in child.stdout.readline()
        script.write_bytes(b"")  # so does an editor, just before it writes
        time.sleep(0.5)
        script.write_text(TWO.replace("Warm", "**Hot"), encoding="utf-8")
        assert "mug.md line 3" in child.stderr.readline(), "what is wrong is said, and it goes on"
        script.write_text(TWO.replace("Warm", "Hot"), encoding="utf-8")
        line = child.stdout.readline()
        assert " up to date, " in line and not line.startswith("0 up to date")
        assert (script.parent / "mug-draft.mp4").stat().st_size > 1000
    finally:
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 130 and "Traceback" not in err
    (row,) = reelwright("projects", "--json").json["projects"]
    assert row["state"] == "done"
