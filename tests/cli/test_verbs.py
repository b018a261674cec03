"""The command line as a person and a program meet it: words, objects, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from reelwright.cli.app import GROUPS
from reelwright.cli.app import VERBS as TABLE

TINY = ("--length", "2", "--short-side", "180", "--aspect", "9:16", "--yes", "--json")
BRIEF = "2-second bumper for VoltCup, a self-heating mug. Order at voltcup.example"
VERBS = tuple(sorted({*GROUPS, *(name for names in TABLE.values() for name in names)}))
NO_JSON = {
    "demo", "fake", "mcp", "schema", "serve", "studio", "worker",
    "api-keys", "members", "webhooks", "retention", "engines",
}  # fmt: skip
"""Verbs that print no object: they run until they are stopped, or have verbs of their own that print one."""


def test_help_lists_every_verb_and_the_exit_codes(reelwright) -> None:
    ran = reelwright("--help")
    assert ran.code == 0
    assert all(verb in ran.out for verb in VERBS)
    assert "130" in ran.out and "3 nobody agreed" in " ".join(ran.out.split())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(reelwright, verb: str) -> None:
    ran = reelwright(verb, "--help")
    assert ran.code == 0
    assert "--json" in ran.out or verb in NO_JSON


def test_make_prints_one_object_with_the_film_and_its_facts(reelwright) -> None:
    ran = reelwright("make", BRIEF, *TINY)
    assert ran.code == 0, ran.err
    made = ran.json
    assert made["state"] == "done" and made["usd"] == "0.00"
    assert {"project", "job", "state", "film", "usd", "elapsed_s", "shots"} <= set(made)
    film = made["film"]
    assert {"path", "width", "height", "fps", "frames", "duration_s", "loudness_lufs", "true_peak_dbtp"} <= set(film)
    assert (film["width"], film["height"]) == (180, 320)
    assert film["frames"] == round(film["duration_s"] * film["fps"])
    assert Path(film["path"]).stat().st_size > 1000
    assert not film.get("captions"), "what is read on screen needs none"


def test_a_quote_writes_nothing(reelwright, home: Path) -> None:
    ran = reelwright("make", BRIEF, "--quote", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["usd"] == "0.00" and ran.json["wanted_steps"]
    assert not home.exists() or not any(home.rglob("*.mp4"))
    assert reelwright("projects", "--json").json == {"projects": []}


def test_one_edited_shot_says_what_is_wanted_and_what_was_had(reelwright) -> None:
    made = reelwright("make", BRIEF, *TINY).json
    before = reelwright("show", "last", "--json").json
    quoted = reelwright("edit", "last", "--shot", "1", "--words", "Cold by seven", "--quote", "--json")
    assert quoted.code == 0, quoted.err
    assert {"wanted_steps", "up_to_date", "usd", "max_duration_s"} <= set(quoted.json)
    assert sum(key.startswith("take/") for key in quoted.json["wanted_steps"]) <= 1
    after = reelwright("edit", "last", "--shot", "1", "--words", "Cold by seven", "--yes", "--json")
    assert after.code == 0, after.err
    assert after.json["project"] == made["project"]
    assert reelwright("show", "last", "--json").json["revision"] == before["revision"] + 1


def test_pacing_and_legibility_say_first_what_they_do_not_judge(reelwright) -> None:
    lines = reelwright("plan", BRIEF).out.splitlines()
    at = lines.index("not judged: whether the words are true, good or yours; whether the pictures fit them")
    assert lines[at + 1].startswith("pacing and legibility: ") and not lines[at - 1]
    assert not [line for line in lines if "rubric" in line]


def test_plan_shows_what_was_understood(reelwright) -> None:
    shown = reelwright("plan", BRIEF, "--json").json
    assert shown["plan"]["beats"]
    for found in shown["interpretation"].values():
        assert {"value", "span"} <= set(found)


def test_pull_and_apply_change_nothing_by_themselves(reelwright, tmp_path: Path) -> None:
    reelwright("make", BRIEF, *TINY)
    assert reelwright("pull", "last", str(tmp_path / "film")).code == 0
    quoted = reelwright("apply", str(tmp_path / "film"), "--quote", "--json")
    assert quoted.code == 0, quoted.err
    assert quoted.json["wanted_steps"] == []


def test_progress_in_a_pipe_is_plain_lines_on_standard_error(reelwright) -> None:
    ran = reelwright("make", BRIEF, *TINY[:-1])
    assert ran.code == 0, ran.err
    assert "\x1b[" not in ran.err + ran.out
    assert "up to date" in ran.out and ran.err.count("\n") >= 3


BAD = {
    "an empty brief": (("make", ""), "brief"),
    "only spaces": (("make", " \u3000\u200b "), "brief"),
    "100,000 characters": (("make", "-"), "brief"),
    "length 0": (("make", BRIEF, "--length", "0"), "length"),
    "length -1": (("make", BRIEF, "--length=-1"), "length"),
    "length NaN": (("make", BRIEF, "--length", "NaN"), "length"),
    "length 10 h": (("make", BRIEF, "--length", "36000"), "length"),
    "an unknown flavor": (("make", BRIEF, "--flavor", "vanilla"), "flavor"),
    "an unknown aspect": (("make", BRIEF, "--aspect", "3:1"), "aspect"),
    "a picture that is not there": (("make", BRIEF, "--image", "nowhere.png"), "nowhere.png"),
    "a budget of -1": (("make", BRIEF, "--budget=-1"), "budget"),
    "a goal that is none": (("make", BRIEF, "--until", "dusk"), "until"),
    "no such project": (("show", "project_nobody"), "no project"),
    "a shot that is not there": (("edit", "last", "--shot", "99", "--words", "x"), ""),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_and_nothing_is_left(reelwright, home: Path, name: str) -> None:
    args, said = BAD[name]
    ran = reelwright(*args, "--json", stdin="x" * 100_000 if args[-1] == "-" else None)
    assert ran.code == 2, (ran.code, ran.out, ran.err)
    assert "Traceback" not in ran.err
    assert said in ran.err
    assert ran.json["error"]["kind"] in {"BadInput", "NotFound", "TooLong", "UnreadableMedia"}
    left = [p for p in home.rglob("*") if p.is_file() and "journal" not in p.name] if home.exists() else []
    assert not left


def test_a_still_of_one_s_own_is_said_at_the_command_line(reelwright, home: Path, tmp_path: Path) -> None:
    picture = tmp_path / "desk=1.png"
    Image.new("RGB", (1280, 720), "#406080").save(picture)
    asked = (
        "“Cold again?” For “VoltCup”, a self-heating mug. Order at voltcup.example",
        "--length",
        "6",
        "--short-side",
        "180",
        "--json",
        "--model",
        "openrouter-veo-3.1-fast",
        "--stills",
        "flux-dev",
    )
    for verb in ("quote", "make"):
        more = () if verb == "quote" else ("--quote",)
        ran = reelwright(verb, *asked, *more, "--still", f"hook={picture}")
        assert ran.code == 0, ran.err
        assert ran.json["prices_by_step"]["still"] == "0.025", "that of the reveal"
        assert any(said.startswith("hook opens on desk=1.png") for said in ran.json["notes"])
    for wrong in ("desk.png", "=desk.png", "hook="):
        error = reelwright("make", *asked, "--still", wrong).json["error"]
        assert (error["field"], error["value"]) == ("still", wrong) and "BEAT=FILE" in error["accepted"]
    twice = reelwright("make", *asked, "--still", f"hook={picture}", "--still", "hook=b.png")
    assert twice.code == 2 and "one still for hook" in twice.err
    assert not home.exists()


def test_what_was_not_given_is_called_needed_and_not_refused_as_none(reelwright) -> None:
    ran = reelwright("verify", "openrouter", "--max-usd", "0.50", "--json")
    assert ran.code == 2 and ran.json["error"]["message"].startswith("key: none is given; needed: a key of OpenRouter,")
    assert "None" not in ran.err


def test_a_limit_goes_by_the_name_that_purchases_go_by_or_is_refused(reelwright) -> None:
    reelwright("make", BRIEF, *TINY)
    set_ = ("spend", "limit", "set")
    assert reelwright(*set_, "model", "hailuo_fast", "--open", "2", "--json").json["of"] == "hailuo-2.3-fast"
    assert reelwright(*set_, "provider", "replicate", "--open", "2").code == 0
    for scope in ("model", "provider"):
        ran = reelwright(*set_, scope, "replicat", "--open", "2", "--json")
        assert ran.code == 2 and "replicat" in ran.json["error"]["value"], ran.out


@pytest.mark.parametrize("verb", [("make", BRIEF), ("clip", "a fox", "--model", "openrouter-wan-3.0"), ("plan", BRIEF)])
@pytest.mark.parametrize("amount", ["nan", "-1", "0", "abc"])
def test_an_amount_for_unknown_prices_that_cannot_be_is_refused_with_the_quote_already(
    reelwright, verb, amount
) -> None:
    ran = reelwright(*verb, "--unknown-at-most", amount, "--quote", "--json")
    assert ran.code == 2 and ran.json["error"]["field"] == "unknown_at_most"


def test_without_a_verb_the_help_is_shown_as_it_is(reelwright) -> None:
    ran = reelwright()
    assert ran.code == 2 and ran.err.startswith("Usage:") and "to see all options" not in ran.err
    assert reelwright("spend", "budget", "--json").json["error"]["message"]
