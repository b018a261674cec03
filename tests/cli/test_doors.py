"""What a careless or hostile hand does at the command line: words, one object, an exit code, and nothing lost."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from cli.asked import answering
from cli.conftest import Run
from cli.terminals import CTRL_C, run_at_terminal

TINY = ("--length", "2", "--short-side", "180", "--aspect", "9:16")
BRIEF = "2-second bumper for VoltCup, a self-heating mug. Order at voltcup.example"
EVERY_ERROR = {"kind", "message", "hint", "retry", "billed", "step"}


@pytest.mark.parametrize(
    "args",
    [
        ("make",),
        ("vanish",),
        ("projects", "--colour"),
        ("make", BRIEF, "--variation", "many"),
        ("edit", "last", "--shot", "²", "--words", "x"),
        ("make", BRIEF, "--quote", "--budget", "five"),
        ("make", BRIEF, "--quote", "--out", "/nowhere/film.mp4"),
        ("show", "last"),
    ],
)
def test_every_mistake_is_one_object_and_exit_2_and_makes_no_home(reelwright, home: Path, args) -> None:
    ran = reelwright(*args, "--json")
    assert ran.code == 2, (ran.code, ran.out, ran.err)
    assert set(ran.json["error"]) >= EVERY_ERROR
    assert "Traceback" not in ran.err and ran.err.startswith("reelwright: ")
    assert not home.exists()


def test_looking_makes_no_home(reelwright, home: Path) -> None:
    assert reelwright("projects", "--json").json == {"projects": []}
    assert reelwright("jobs", "--json").json == {"jobs": []}
    assert reelwright("tidy", "--json").json["size_bytes"] == 0
    assert not home.exists()


def test_the_version_is_told_without_an_installation(reelwright) -> None:
    assert reelwright("--version").out.startswith("reelwright ")


def test_file_names_that_no_terminal_can_show_are_made_printable(reelwright, tmp_path: Path) -> None:
    names = [b"bad\xff.png", b"new\nline.png", b"\x1b[31mred.png", b"\xe2\x80\xaegnp.png"]
    for name in names:
        path = tmp_path / os.fsdecode(name)
        with path.open("wb") as file:
            Image.effect_noise((64, 64), 60).convert("CMYK").save(file, "JPEG")
        ran = reelwright("make", BRIEF, "--image", str(path), "--quote", "--json")
        assert ran.code == 0, ran.err
        assert [said for said in ran.json["notes"] if said.endswith("CMYK brought to RGB") and said.isprintable()]


def test_nothing_that_is_not_ours_is_written_over(reelwright, tmp_path: Path) -> None:
    ours = tmp_path / "film.mp4"
    made = reelwright("make", BRIEF, *TINY, "--out", str(ours), "--json")
    assert made.code == 0, made.err
    holiday = tmp_path / "holiday.mp4"
    holiday.write_bytes(b"a film of somebody's")
    assert reelwright("resume", "--out", str(holiday), "--json").json["error"]["field"] == "out"
    assert reelwright("export", "last", "--out", str(ours)).code == 2
    assert reelwright("export", "last", "--out", str(tmp_path / "letter.doc")).code == 2
    (tmp_path / "photos.zip").write_bytes(b"PK")
    assert reelwright("export", "last", "--out", str(tmp_path / "photos.zip")).code == 2
    assert holiday.read_bytes() == b"a film of somebody's" and (tmp_path / "photos.zip").read_bytes() == b"PK"
    archive = Path(reelwright("export", "last", "--out", str(tmp_path), "--json").json["path"])
    assert archive.parent == tmp_path and "film.yaml" in zipfile.ZipFile(archive).namelist()
    before = ours.read_bytes()
    edited = reelwright("edit", "last", "--shot", "1", "--words", "Cold by seven", "--json")
    assert edited.json["film"]["path"] == str(ours), "an edit goes where its film was asked for"
    assert ours.read_bytes() != before
    folder = tmp_path / "as a file"
    assert reelwright("pull", "last", str(folder)).code == 0
    assert reelwright("pull", "last", str(folder)).code == 0, "what nobody changed is pulled anew"
    film = folder / "film.yaml"
    film.write_text(film.read_text().replace("Cold by seven", "Cold by eight"))
    assert reelwright("pull", "last", str(folder)).code == 2 and "Cold by eight" in film.read_text()
    assert reelwright("apply", str(folder)).code == 0
    assert reelwright("pull", "last", str(folder)).code == 0, "what was applied is not lost by pulling"
    assert reelwright("cancel", "last").out.strip().endswith("it was done already, so nothing was stopped")
    told = reelwright("watch", "last")
    assert "[0/0]" not in told.err and "purchase." not in told.err and "take of shot 1: finished" in told.err


def test_a_failed_step_names_its_shot_by_number(reelwright, tmp_path: Path) -> None:
    ran = reelwright("make", BRIEF, *TINY, "--json", REELWRIGHT_FFMPEG="/nowhere/ffmpeg")
    assert ran.code != 0 and "of shot" in ran.json["error"]["message"], ran.err
    assert "shot_" not in ran.err
    assert "of shot" in reelwright("jobs").out and "of shot" in reelwright("show").out


def test_a_reader_who_goes_away_fails_no_film(env, reelwright) -> None:
    command = [sys.executable, "-m", "reelwright.cli", "make", BRIEF, *TINY]
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr and child.stderr.readline()
    child.stderr.close()
    assert child.wait(timeout=100) == 0
    assert [job["state"] for job in reelwright("jobs", "--json").json["jobs"]] == ["done"]


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_a_stream_that_was_closed_before_is_no_fault(env: dict[str, str], closed: str) -> None:
    ran = subprocess.run(
        f"{sys.executable} -m reelwright.cli --version {closed}", shell=True, env=env, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_on_a_terminal_a_step_that_ended_has_no_line_any_more(env: dict[str, str]) -> None:
    code, seen = run_at_terminal(env, "-m", "reelwright.cli", "make", BRIEF, *TINY, "--yes")
    assert code == 0, seen
    assert "left" in seen, "time left is told"
    last = seen[seen.rindex("5 of 5 steps") :] if "5 of 5 steps" in seen else seen[seen.rindex(" steps done ·") :]
    last = last.partition("by step")[0]  # told at the end
    assert "words" not in last and "take of shot" not in last


ASK = """
from reelwright.cli.shared.confirmation import require_consent
from reelwright.cli.shared.runner import run
from reelwright.studio.results.results import ProjectQuote

async def verb(studio):
    priced = ProjectQuote(wanted_steps=("take/a",), up_to_date=0, micros=1_250_000, max_duration_s=3, min_duration_s=1)
    print("agreed" if require_consent(priced, yes=False, budget=None, json_out=False) else "never")
    return 0

run(verb)
"""


@pytest.mark.parametrize(("typed", "code"), [(b"y\n", 0), (b"n\n", 3), (b"\n", 3), (b"\x04", 3), (CTRL_C, 3)])
def test_a_price_is_asked_for_on_a_terminal(env: dict[str, str], tmp_path: Path, typed: bytes, code: int) -> None:
    (tmp_path / "ask.py").write_text(ASK)
    ended, seen = run_at_terminal(env, str(tmp_path / "ask.py"), answers={b"[y/N]": typed})
    assert ended == code, seen
    assert "$1.25" in seen and ("agreed" in seen.splitlines()[-1]) == (code == 0)


@pytest.mark.parametrize("verb", ["resume", "retry"])
def test_who_goes_on_at_a_price_is_asked_for_it_as_on_making(
    reelwright: Run, env: dict[str, str], home: Path, verb: str
) -> None:
    with answering(401) as asked:
        told = {"OPENROUTER_API_KEY": "sk-or-0123456789", "REELWRIGHT_OPENROUTER_BASE_URL": asked.url}
        clip = ("clip", "a paper boat", "--model", "openrouter-kling-v3-std", "--seconds", "3", "--json")
        assert reelwright(*clip, "--yes", **told).code == 4
        before = len(asked.seen)
        piped = reelwright(verb, "last", **told)
        assert piped.code == 3 and "stopped at the price" in piped.err and "--budget" in piped.err
        line = ("-m", "reelwright.cli", verb, "last")
        code, seen = run_at_terminal({**env, **told}, *line, answers={b"[y/N]": b"n\n"})
        assert code == 3 and "Spend at most $" in seen and "nothing was spent" in seen
        assert len(asked.seen) == before, "nothing is sent before somebody agreed"
        code, seen = run_at_terminal({**env, **told}, *line, answers={b"[y/N]": b"y\n"})
        assert code == 4 and len(asked.seen) > before, seen


THINKING = """
import sys
from pathlib import Path
from reelwright.cli import app
from reelwright.cli.shared import confirmation
plan = Path(sys.argv.pop(1))
def longer(question):  # the plan is open in an editor beside the question
    plan.write_text(plan.read_text().replace("seconds: 4", "seconds: 8"))
    return True
confirmation.ask_yes_no = longer
app.main()
"""


def test_a_yes_is_to_the_film_whose_price_was_shown_whatever_changed_while_somebody_thought(
    reelwright: Run, env: dict[str, str], home: Path, tmp_path: Path
) -> None:
    script, plan = tmp_path / "thinking.py", tmp_path / "plan.yaml"
    script.write_text(THINKING)
    plan.write_text("title: Fenn\nbeats:\n  - beat: hook\n    shots:\n      - {seconds: 4, words: A, prompt: A desk}\n")
    with answering(401) as asked:
        told = {"OPENROUTER_API_KEY": "sk-or-0123456789", "REELWRIGHT_OPENROUTER_BASE_URL": asked.url}
        line = (str(script), str(plan), "make", "A lamp", "--plan", str(plan), "--model", "openrouter-veo-3.1-fast")
        code, seen = run_at_terminal({**env, **told}, *line, "--accept-unconfirmed", answers={b"to make,": b""})
        assert "seconds: 8" in plan.read_text() and code == 4 and asked.seen, seen
        assert reelwright("show", "last", "--json").json["shots"][0]["duration_s"] == 4


def test_without_a_terminal_a_price_stops_before_anything_starts(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(ASK)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "ask.py")], env=env, capture_output=True, text=True, input="y\n", check=False
    )
    assert ran.returncode == 3 and "--budget" in ran.stderr


def test_a_fault_of_ours_is_one_object_too(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "fault.py").write_text(
        "from reelwright.cli.shared.runner import run\n"
        "async def verb(studio):\n    raise ZeroDivisionError('by hand')\n"
        "run(verb, json_out=True)\n"
    )
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "fault.py")], env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1 and json.loads(ran.stdout)["error"]["kind"] == "Fault"
    assert "Traceback" in ran.stderr and "report" in ran.stderr


@pytest.mark.parametrize(("said", "ceiling"), [(("--budget", "2"), 2_000_000), (("--yes",), 5_000_000)])
def test_who_says_two_dollars_on_resuming_means_two_whatever_was_agreed_to_before(
    reelwright: Run, home: Path, said: tuple[str, ...], ceiling: int
) -> None:
    with answering(401) as asked:
        env = {"OPENROUTER_API_KEY": "sk-or-0123456789", "REELWRIGHT_OPENROUTER_BASE_URL": asked.url}
        clip = ("clip", "a paper boat", "--model", "openrouter-kling-v3-std", "--seconds", "3", "--json")
        assert reelwright(*clip, "--budget", "5", **env).code == 4
        assert reelwright("resume", "last", *said, "--json", **env).code == 4
    with closing(sqlite3.connect(home / "journal.db")) as journal:
        assert journal.execute("SELECT consent_micros FROM jobs").fetchall() == [(ceiling,)]
