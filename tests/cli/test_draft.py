"""What a person at a terminal sees of a brief before it is filmed, and may change: words and price in one question."""

from __future__ import annotations

import os
import pty
import re
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import av
import pytest
from PIL import Image

from reelwright.cli.shared.draft_prompt import add_files
from reelwright.documents.read import read_script
from reelwright.studio.models.local_servers import list_install_commands
from studio.worlds import AT_ONCE, World, world

BRIEF = "clip for Pickle & Plum, we do a supper club in leith most fridays, four courses for £32, no music please"
"""Of which a line is likely, and none is wrong."""
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
        "make", BRIEF, "--short-side", "180", "--out", str(out),
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
    assert there.end() == 0, there.shown
    assert out.stat().st_size > 10_000
    made = subprocess.run(
        [sys.executable, "-m", "reelwright.cli", "show", "last", "--script"], env=env, capture_output=True, text=True
    )
    texts = [screen.text for screen in read_script(made.stdout).screens]
    assert "Pickle and Plum" in texts and texts[-1] == "Bring a friend"


def test_a_changed_draft_keeps_the_length_that_its_brief_states(env: dict[str, str], tmp_path: Path) -> None:
    brief, out = "30 seconds, ad for Juno, a bicycle bell that plays a chord", tmp_path / "film.mp4"
    there = Terminal(env, "make", brief, "--short-side", "180", "--out", str(out))
    there.wait_for("q stops")
    there.answer("1")
    there.wait_for("new words")
    there.answer("Juno rings")
    there.wait_for("q stops")
    assert "30 s is not accepted" not in there.shown
    there.answer("")
    assert there.end() == 0, there.shown
    with av.open(str(out)) as film:
        assert film.duration and film.duration >= 6_500_000, "as long as its screen can stand; it would be 4.3 s"


@pytest.fixture
def sold(tmp_path: Path) -> Iterator[World]:
    """A provider of voices that answers at once."""
    with world(tmp_path / "home", {"elevenlabs": AT_ONCE}) as there:
        yield there


def speak(env: dict[str, str], sold: World) -> Terminal:
    """``make`` with a voice that costs money, up to its cut."""
    bought = {"ELEVENLABS_API_KEY": "a-key-of-a-test", "REELWRIGHT_ELEVENLABS_BASE_URL": sold.servers["elevenlabs"].url}
    voice = ("--voice", "eleven_v3:JBFqnCBsd6RMkjVDRZzb", "--until", "cut", "--short-side", "180")
    return Terminal({**env, **bought}, "make", SURE, *voice)


def list_prices(shown: str) -> list[str]:
    return re.findall(r"for at most (\$[\d.]+)", shown)


def test_words_and_price_of_a_paid_film_are_agreed_to_with_one_answer(
    env: dict[str, str], sold: World, tmp_path: Path
) -> None:
    there = speak(env, sold)
    there.wait_for("q stops")
    question = there.shown.index("Enter films it")
    assert there.shown.index("It never flickers.") < question, "the draft"
    assert there.shown.index("by kind of step: voice") < question, "the price of every shot"
    price = list_prices(there.shown)[-1]
    assert price in there.shown[:question].splitlines()[-1] + there.shown[:question].splitlines()[-2]
    assert sold.billed == 0
    there.answer("")
    assert there.end() == 0, there.shown
    assert there.shown.count("q stops") == 1 and "Spend at most" not in there.shown
    assert 0 < sold.billed <= round(float(price[1:]) * 1_000_000)
    with closing(sqlite3.connect(tmp_path / "home" / "journal.db")) as journal:
        rows = journal.execute("SELECT consent_by, consent_micros FROM jobs").fetchall()
    assert rows == [("yes", round(float(price[1:]) * 1_000_000))]


def test_a_changed_line_shows_its_new_price_before_it_is_agreed_to(env: dict[str, str], sold: World) -> None:
    there = speak(env, sold)
    there.wait_for("q stops")
    number = re.findall(r"^ *(\d+). It never flickers", there.shown, re.M)[-1]
    there.answer(number)
    there.wait_for("new words")
    there.answer("It never flickers, and it never hums, not even after a long day.")
    there.wait_for("q stops")
    assert len(list_prices(there.shown)) == 2, there.shown
    before, after = list_prices(there.shown)
    assert float(after[1:]) > float(before[1:])
    there.answer("q")
    assert there.end() == 3 and sold.billed == 0


def test_an_enter_that_was_typed_before_the_price_was_shown_agrees_to_nothing(env: dict[str, str], sold: World) -> None:
    there = speak(env, sold)
    there.answer("")
    there.wait_for("q stops")
    time.sleep(1)
    assert sold.billed == 0
    there.answer("q")
    assert there.end() == 3 and sold.billed == 0


def test_a_paid_brief_in_a_pipe_stops_at_its_price(reelwright) -> None:
    ran = reelwright("make", SURE, "--voice", "eleven_v3:JBFqnCBsd6RMkjVDRZzb", "--json")
    assert ran.code == 3


def test_the_pictures_given_beside_a_brief_stay_in_its_changed_draft(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    changed = "# Juno\n\nA bell for bicycles\n\n> It rings.\n\n[Order](https://juno.example)\n"
    spoken = [(one.text, one.first, one.end) for one in read_script(changed).spoken_lines]
    script = read_script(add_files(changed, [Path("red bell.png"), tmp_path / "ride.mp4"]))
    assert [one.picture.file for one in script.screens if one.picture] == ["red bell.png", "ride.mp4"]
    assert [one.text for one in script.screens if one.text] == [one.text for one in read_script(changed).screens]
    assert script.screens[0].text == "Juno" and script.screens[-1].url, "the name first, the address last"
    said = [(one.text, script.screens[one.first].text) for one in script.spoken_lines]
    assert said == [(text, read_script(changed).screens[first].text) for text, first, _ in spoken]


def test_q_stops_before_anything_is_made(env: dict[str, str], tmp_path: Path) -> None:
    there = Terminal(env, "make", BRIEF)
    there.wait_for("q stops")
    there.answer("q")
    assert there.end() == 3
    assert not list((tmp_path / "home").rglob("*.mp4"))


def test_a_free_film_of_certain_words_is_made_without_a_question(env: dict[str, str]) -> None:
    there = Terminal(env, "make", SURE, "--until", "plan")
    assert there.end() == 0, there.shown
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
    assert there.end() == 0, there.shown


def test_in_a_pipe_the_draft_is_filmed_and_the_result_holds_it(reelwright) -> None:
    quoted = reelwright("quote", BRIEF, "--json").json
    draft = quoted["draft"]
    assert "Pickle & Plum" in [line["text"] for line in draft["lines"]]
    assert {line["tier"] for line in draft["lines"]} <= {"certain", "likely"}
    for line in draft["lines"]:
        span = line["span"]
        assert BRIEF[span["start"] : span["end"]] == span["text"] and 0 <= line["probability"] <= 1
    assert read_script(draft["script"]).screens


def test_a_draft_filmed_as_a_script_buys_the_same_pictures_and_voice(reelwright) -> None:
    paid = ("--model", "openrouter-veo-3.1-fast", "--voice", "eleven_v3:JBFqnCBsd6RMkjVDRZzb")
    brief = reelwright("quote", SURE, *paid, "--json").json
    script = reelwright("quote", "--script", "-", *paid, "--json", stdin=brief["draft"]["script"]).json
    assert script["prices_by_step"] == brief["prices_by_step"] and set(brief["prices_by_step"]) == {"take", "voice"}


def test_a_quote_names_each_shot_by_its_first_words(reelwright, tmp_path: Path) -> None:
    script = tmp_path / "fenn.md"
    script.write_text("# Fenn\n\nIt never flickers, not even on the last of its forty hours\n\n![](dot.png)\n")
    Image.new("RGB", (320, 320), "red").save(tmp_path / "dot.png")
    quoted = reelwright("quote", str(script), "--json").json["shots"]
    assert [row.get("first_words", "") for row in quoted] == ["Fenn", "It never flickers, not even on…", "", ""]
    assert "“It never flickers, not even on…”" in reelwright("quote", str(script)).out
    assert reelwright("make", str(script), "--until", "plan").code == 0
    edited = reelwright("edit", "last", "--shot", "1", "--words", "Fern", "--quote").out
    assert "“Fern”" in edited


def test_a_draft_with_few_facts_says_in_one_line_how_a_model_here_would_write_it(env: dict[str, str]) -> None:
    nobody = {"REELWRIGHT_OLLAMA_BASE_URL": "http://127.0.0.1:9", "REELWRIGHT_LMSTUDIO_BASE_URL": "http://127.0.0.1:9"}
    there = Terminal({**env, **nobody}, "make", "A fox that learns to skate", "--until", "plan")
    there.wait_for("q stops")
    lines = [line for line in there.shown.splitlines() if "--planner local" in line]
    assert len(lines) == 1 and all(command in lines[0] for command in list_install_commands())
    there.answer("q")
    assert there.end() == 3


def test_a_changed_draft_keeps_the_tone_the_exclusions_and_the_accent_of_its_brief(reelwright, tmp_path: Path) -> None:
    brief = 'An energetic film for "VoltCup", a travel mug. "Fill it at six." No people. Colour #D6323F'
    draft = reelwright("quote", brief, "--json").json["draft"]["script"]
    changed = tmp_path / "changed.md"
    changed.write_text(draft.replace("Fill it at six.", "Fill it at seven."), encoding="utf-8")
    settings = read_script(changed.read_text(encoding="utf-8")).settings
    assert {key: settings[key] for key in ("tone", "avoid", "accent")} == {
        "tone": "energetic", "avoid": "people", "accent": "#D6323F",
    }  # fmt: skip
    assert reelwright("make", str(changed), "--until", "plan").code == 0
    made = reelwright("pull", "last", str(tmp_path / "film"))
    assert made.code == 0, made.err
    plan = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yaml"))
    assert "tone: energetic" in plan and "#D6323F" in plan and "Fill it at seven." in plan and "people" in plan


def test_a_script_s_accent_is_a_colour(reelwright, tmp_path: Path) -> None:
    script = tmp_path / "fenn.md"
    script.write_text("---\naccent: red\n---\n# Fenn\n\nIt never flickers\n")
    refused = reelwright("quote", str(script), "--json")
    assert refused.code == 2 and "accent" in refused.out + refused.err and "#FF5A1F" in refused.out + refused.err
