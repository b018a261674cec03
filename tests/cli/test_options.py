"""Options at the command line: each given once, lists of values in the help, several shots, empty words."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.planner.archetypes import load_archetypes
from reelwright.planner.tables import load_moods
from reelwright.studio.edits.plan_changes import MOVES, WAYS
from reelwright.units import ASPECTS

BRIEF = 'A lamp called "Fenn". It never flickers. Order at fenn.example'
TINY = ("--length", "4", "--short-side", "180", "--aspect", "9:16", "--json")


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("edit", [*load_moods(), *MOVES, *WAYS, *ASPECTS]),
        (
            "make",
            [*(name.replace("_", "-") for name in load_archetypes()), *ASPECTS, "beat", "loose", "ask", "animatic"],
        ),
    ],
)
def test_lists_of_values_stand_in_the_help(reelwright, verb: str, values: list[str]) -> None:
    shown = " ".join(reelwright(verb, "--help").out.replace("-\n", "-").split())
    missing = [value for value in values if value not in shown]
    assert not missing


@pytest.mark.parametrize(
    ("args", "field"),
    [
        (("make", BRIEF, *TINY, "--quote", "--length", "5"), "length"),
        (("make", BRIEF, *TINY, "--quote", "--sound", "--no-sound"), "sound"),
        (("circle", "last", "--shot", "1", "--take", "1", "--shot", "2", "--json"), "shot"),
        (("edit", "last", "--shot", "1", "--prompt", "a", "--prompt", "b", "--json"), "prompt"),
        (("clip", "a cat", "--seconds", "4", "--seconds", "8", "--json"), "seconds"),
    ],
)
def test_an_option_that_takes_one_value_is_refused_twice(reelwright, args: tuple[str, ...], field: str) -> None:
    ran = reelwright(*args)
    assert ran.code == 2, ran.err
    error = ran.json["error"]
    assert (error["kind"], error["field"]) == ("BadInput", field)


def test_samples_apart_are_refused_where_there_is_one(reelwright) -> None:
    ran = reelwright("clip", "a cat", "--model", "openrouter-veo-3.1-fast", "--apart", "--quote", "--json")
    assert ran.code == 2 and ran.json["error"]["field"] == "apart"


def test_several_shots_and_empty_words_are_said_at_the_command_line(reelwright) -> None:
    assert reelwright("make", 'A lamp called "Fenn". Order at fenn.example', *TINY, "--until", "plan").code == 0
    quoted = reelwright("edit", "last", "--shot", "1", "--shot", "2", "--length", "3", "--quote", "--json")
    assert quoted.code == 0, quoted.err
    assert len(reelwright("show", "last", "--json").json["shots"]) == 3
    empty = reelwright("edit", "last", "--shot", "3", "--words", "url=", "--quote")
    assert empty.code == 0, empty.err
    assert "fenn.example" in empty.out.split("now")[0] and "fenn.example" not in empty.out.split("now")[1]
    left = reelwright("edit", "last", "--shot", "1", "--words", "", "--json")
    assert left.code == 2 and left.json["error"]["field"] == "words" and "image" in left.json["error"]["hint"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (("--length", "12"), "length"),
        (("--aspect", "1:1"), "aspect"),
        (("--language", "bg"), "language"),
        (("--archetype", "testimonial"), "archetype"),
        (("--variation", "2"), "variation"),
        (("--short-side", "360"), "short_side"),
    ],
)
def test_what_a_plan_of_one_s_own_says_otherwise_is_refused_beside_it(
    reelwright, tmp_path: Path, more: tuple[str, ...], field: str
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(
        'title: Fenn\naspect: "9:16"\nshort_side: 180\nbeats:\n  - beat: hook\n    shots:\n'
        "      - {seconds: 2, words: Never flickers}\n",
        encoding="utf-8",
    )
    same = ("--length", "2", "--aspect", "9:16", "--short-side", "180", "--language", "en")
    assert reelwright("make", BRIEF, "--plan", str(path), *same, "--quote", "--json").code == 0
    ran = reelwright("make", BRIEF, "--plan", str(path), *more, "--quote", "--json")
    assert ran.code == 2, ran.out
    assert ran.json["error"]["field"] == field
