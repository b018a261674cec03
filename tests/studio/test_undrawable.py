"""Words in a script that no bundled face has are refused with the plan: before a price, and nothing is written."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reelwright import AsyncStudio, Studio
from reelwright.errors import BadInput
from reelwright.planner.drawable import refuse_undrawable
from reelwright.planner.rules import plan
from reelwright.planner.writing.script import ScriptFaults
from reelwright.reel.film.brief import Brief
from reelwright.settings import Settings
from reelwright.studio.films.new_project import plan_by_rules

REAL_HANDS = True

TAMIL = 'ஒரு விளம்பரம்: "காலை" கடை, சென்னை. தினமும் காலை 7 மணிக்கு சூடான இட்லி. 20 s'
BENGALI = '২০ সেকেন্ডের বিজ্ঞাপন "সকাল" চা। প্রতিদিন তাজা চা।'
GEORGIAN = "რეკლამა კაფე „ვარდი“, თბილისი. ახალი პური ყოველ დილით."
BRIEFS = {"Tamil": TAMIL, "Bengali": BENGALI, "Georgian": GEORGIAN}
ASKED = {"short_side": 180, "aspect": "9:16", "length": 4}


def refused(act: Callable[[], object], field: str, script: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        act()
    error = caught.value
    assert error.field == field and f"({script})" in str(error.value), error
    assert "Latin" in error.accepted and "Korean" in error.accepted and error.exit_code == 2
    return error


@pytest.mark.parametrize("script", BRIEFS)
def test_plan_quote_and_make_refuse_it_and_leave_nothing_behind(script: str, empty: Settings) -> None:
    with Studio(empty) as studio:
        for act in (studio.plan, studio.quote, studio.make):
            error = refused(lambda act=act: act(BRIEFS[script], **ASKED), "brief", script)
            assert any(c in BRIEFS[script] for c in str(error.value).split())
    assert not empty.home.exists()


def test_a_batch_names_the_row(empty: Settings) -> None:
    async def quoted() -> None:
        async with AsyncStudio(empty) as studio:
            await studio.quote_batch([{"brief": "A film for “Fenn”, a lamp", **ASKED}, {"brief": TAMIL, **ASKED}])

    refused(lambda: asyncio.run(quoted()), "row 2: brief", "Tamil")
    assert not empty.home.exists()


def test_an_edit_refuses_words_and_captions_that_cannot_be_drawn(studio: Studio) -> None:
    refused(lambda: studio.quote_edit("last", shot=1, words="வணக்கம்"), "words", "Tamil")
    refused(lambda: studio.edit("last", shot=1, words={"line": "Hello გამარჯობა"}), "words.line", "Georgian")
    refused(lambda: studio.edit("last", shot=1, caption="নমস্কার"), "caption", "Bengali")
    assert studio.show("last").revision == 1


def test_a_plan_of_one_s_own_names_the_path(empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "title: Kaalai\nbeats:\n  - beat: hook\n    shots: [{seconds: 2, words: காலை}]\n"
        "  - beat: end_card\n    shots: [{seconds: 2, words: {name: Kaalai}}]\n",
        encoding="utf-8",
    )
    with Studio(empty) as studio:
        act = lambda: studio.quote("A shop called Kaalai", plan=tmp_path / "own.yaml")  # noqa: E731
        refused(act, "own.yaml.beats.0.shots.0.words.line", "Tamil")


def test_one_foreign_name_in_a_brief_is_told_and_letters_of_other_scripts_are_not() -> None:
    error = refused(lambda: plan_by_rules(Brief(text='20s ad for "ვარდი", a café in Leeds')), "brief", "Georgian")
    assert "ვ" in str(error.value) and "L" not in str(error.value).replace("(Georgian)", "")


def test_a_language_model_is_not_asked_for_words_that_cannot_be_drawn() -> None:
    asked = Brief(text=TAMIL, planner="gpt-6-luna")
    refused(lambda: plan_by_rules(asked), "brief", "Tamil")
    assert plan_by_rules(replace(asked, language="en")).plan, "then the words are to be English"
    mostly = Brief(text='20s ad for "ვარდი", a café in Leeds', planner="gpt-6-luna")
    assert plan_by_rules(mostly).plan, "most of the brief can be drawn, and the model writes the words"


def test_what_a_language_model_writes_is_sent_back_with_the_characters() -> None:
    from planner.test_writer import BRIEF, read, script, shot

    found = read(script(demo=[shot("ராத்திரி")]), BRIEF)
    assert isinstance(found, ScriptFaults)
    assert any("Tamil" in said and "beats[3].shots[0].words.line" in said for said in found.messages), found.messages


def test_footage_that_shows_no_words_may_be_of_any_script() -> None:
    made = plan(Brief(text="“It never flickers.” For “Fenn”, a lamp")).plan
    beats = [
        replace(b, shots=tuple(replace(s, text_mode="nothing", words={"line": "காலை"}) for s in b.shots))
        for b in made.beats
    ]
    refuse_undrawable(replace(made, beats=tuple(replace(b, lines=()) for b in beats)), "plan")


def test_the_program_ends_with_exit_code_2_and_one_message(tmp_path: Path) -> None:
    env = {**os.environ, "REELWRIGHT_HOME": str(tmp_path / "home")}
    code = "from reelwright.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "make", TAMIL], capture_output=True, text=True, env=env, cwd=tmp_path, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "Tamil" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
