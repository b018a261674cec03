"""What a person at a terminal sees of a brief before it is filmed, and may change: words and price in one question."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reelwright.documents.read import read_script

BRIEF = "can you make a clip for Pickle & Plum, its a supper club in leith, four courses for £32, no music please"
SURE = 'A film for "Fenn", a desk lamp. "It never flickers." 40 hours on one charge.'


class Terminal:
    """A command on a terminal of its own, answered as it asks."""

    def __init__(self, env: dict[str, str], *args: str) -> None:
        self._ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "reelwright.cli", *args]
        self._run = subprocess.Popen(command, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        self.shown = ""

    def wait_for(self, text: str, seconds: float = 60) -> None:
        end, before = time.monotonic() + seconds, len(self.shown)
        while text not in self.shown[before:]:
            assert time.monotonic() < end, self.shown
            if not self._read(1) and self._run.poll() is not None and not self._read(0.2):
                break
        assert text in self.shown[before:], self.shown

    def _read(self, seconds: float) -> bool:
        if not select.select([self._ours], [], [], seconds)[0]:
            return False
        try:
            part = os.read(self._ours, 4096)
        except OSError:  # how a terminal ends whose other side is gone
            return False
        self.shown += part.decode(errors="replace")
        return bool(part)

    def answer(self, text: str) -> None:
        os.write(self._ours, f"{text}\n".encode())

    def end(self) -> int:
        while self._read(0.5) or self._run.poll() is None:
            pass
        os.close(self._ours)
        return self._run.wait(10)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "REELWRIGHT_HOME": str(tmp_path / "home"), "TERM": "dumb", "COLUMNS": "120"}


def test_a_person_changes_a_line_opens_the_editor_and_films_what_stands_there(
    env: dict[str, str], tmp_path: Path
) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nprintf '\\n\\nBring a friend\\n' >> \"$1\"\n")
    editor.chmod(0o755)
    out = tmp_path / "film.mp4"
    there = Terminal(
        {**env, "EDITOR": str(editor), "VISUAL": str(editor)},
        "make", BRIEF, "--short-side", "180", "--until", "plan", "--out", str(out),
    )  # fmt: skip
    there.wait_for("q stops")
    assert "Pickle & Plum" in there.shown and "no music please" in there.shown
    assert "?" in there.shown, "what the model read is marked"
    there.answer("1")
    there.wait_for("new words")
    there.answer("Pickle and Plum")
    there.wait_for("q stops")
    assert "Pickle and Plum" in there.shown
    there.answer("e")
    there.wait_for("Bring a friend")
    there.wait_for("q stops") if "q stops" not in there.shown.rsplit("Bring a friend", 1)[1] else None
    there.answer("")
    assert there.end() == 0
    made = subprocess.run(
        [sys.executable, "-m", "reelwright.cli", "show", "last", "--script"], env=env, capture_output=True, text=True
    )
    texts = [screen.text for screen in read_script(made.stdout).screens]
    assert "Pickle and Plum" in texts and texts[-1] == "Bring a friend"


def test_q_stops_before_anything_is_made(env: dict[str, str], tmp_path: Path) -> None:
    there = Terminal(env, "make", BRIEF)
    there.wait_for("q stops")
    there.answer("q")
    assert there.end() == 3
    assert not list((tmp_path / "home").rglob("*.mp4"))


def test_a_free_film_of_certain_words_is_made_without_a_question(env: dict[str, str]) -> None:
    there = Terminal(env, "make", SURE, "--until", "plan")
    assert there.end() == 0
    assert "It never flickers." in there.shown and "q stops" not in there.shown


def test_a_brief_that_says_nothing_is_answered_with_questions(env: dict[str, str]) -> None:
    there = Terminal(env, "make", "make a cool video", "--until", "plan")
    there.wait_for("What is the film for")
    there.answer("Juno")
    there.wait_for("One line for each screen")
    there.answer("A bell that plays a chord")
    there.wait_for("more")
    there.answer("")
    there.wait_for("When?")
    there.answer("")
    there.wait_for("Where, or where to go?")
    there.answer("juno.example")
    there.wait_for("q stops")
    assert "A bell that plays a chord" in there.shown
    there.answer("")
    assert there.end() == 0


def test_in_a_pipe_the_draft_is_filmed_and_the_result_holds_it(reelwright) -> None:
    quoted = reelwright("quote", BRIEF, "--json").json
    draft = quoted["draft"]
    assert "Pickle & Plum" in [line["text"] for line in draft["lines"]]
    assert {line["tier"] for line in draft["lines"]} <= {"certain", "likely"}
    for line in draft["lines"]:
        span = line["span"]
        assert BRIEF[span["start"] : span["end"]] == span["text"] and 0 <= line["probability"] <= 1
    assert read_script(draft["script"]).screens
