"""``--rehearse`` at the command line: real prices, nothing bought, bad values refused before anything is written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CLIP = ("clip", "A red fox", "--model", "openrouter-wan-3.0", "--seconds", "2", "--resolution", "480p")
FAST = ("--rehearse", "--rehearse-speed", "600")


def test_a_rehearsed_clip_is_delivered_says_so_and_is_looked_at_in_its_own_home(reelwright, env, home: Path, tmp_path):
    ran = reelwright(*CLIP, *FAST, "--out", str(tmp_path / "out"))
    assert ran.code == 0, ran.err
    assert "a rehearsal: nothing was bought" in ran.out and "$0.10" in ran.out
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".mp4"]
    assert reelwright("projects", "--json").json == {"projects": []}
    env["REELWRIGHT_HOME"] = str(home / "rehearsal")
    assert len(reelwright("projects", "--json").json["projects"]) == 1
    spent = reelwright("spend", "--json")
    assert spent.code == 0 and "0.10" in spent.out


def test_a_quote_with_rehearse_is_the_real_price_and_writes_nothing(reelwright, home: Path):
    ran = reelwright(*CLIP, *FAST, "--quote", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["usd"] == "0.10"
    assert not home.exists() or not list(home.iterdir())


@pytest.mark.parametrize(("flag", "value"), [("--rehearse-speed", "0"), ("--rehearse-faults", "80")])
def test_a_rehearsal_that_cannot_be_is_refused_and_nothing_is_left(reelwright, home: Path, flag, value):
    ran = reelwright(*CLIP, "--rehearse", flag, value, "--json")
    assert ran.code == 2 and flag[2:] in ran.json["error"]["message"]
    assert not home.exists() or not list(home.iterdir())


@pytest.mark.parametrize(("flag", "value"), [("--rehearse-speed", "60"), ("--rehearse-faults", "5")])
@pytest.mark.parametrize("more", [("--yes",), ("--quote",)])
def test_options_of_a_rehearsal_without_rehearse_are_refused_and_buy_nothing(reelwright, home: Path, flag, value, more):
    ran = reelwright(*CLIP, flag, value, *more, "--json", OPENROUTER_API_KEY="sk-canary")
    assert ran.code == 2 and "only together with --rehearse" in ran.json["error"]["message"]
    assert not home.exists() or not list(home.iterdir())


def test_a_quote_of_a_rehearsal_that_cannot_be_is_refused(reelwright):
    ran = reelwright(*CLIP, "--rehearse", "--rehearse-speed", "nan", "--quote", "--json")
    assert ran.code == 2 and ran.json["error"]["field"] == "rehearse_speed"


def test_a_rehearsed_batch_delivers_every_row_and_buys_nothing(reelwright, env, home: Path, tmp_path):
    row = "- prompt: {}\n  model: openrouter-wan-3.0\n  seconds: 2\n  resolution: 480p\n"
    (tmp_path / "rows.yaml").write_text(row.format("A red fox") + row.format("A heron"))
    ran = reelwright("batch", str(tmp_path / "rows.yaml"), *FAST, "--out", str(tmp_path / "out"))
    assert ran.code == 0, ran.err
    assert "2 of 2 done" in ran.out and "a rehearsal: nothing was bought" in ran.out
    assert len(list((tmp_path / "out").iterdir())) == 2
    again = reelwright("batch", str(tmp_path / "rows.yaml"), *FAST, "--out", str(tmp_path / "out"))
    assert "2 of 2 done (2 up to date), $0.00 ($0.20 before)" in again.out
    assert reelwright("projects", "--json").json == {"projects": []}
    env["REELWRIGHT_HOME"] = str(home / "rehearsal")
    assert len(reelwright("projects", "--json").json["projects"]) == 2


PLAN = ("plan", "6 second spot for Fenn, a desk lamp. It never flickers.", "--planner", "gpt-6-luna")


def test_a_plan_by_a_language_model_has_a_price_that_is_agreed_to_first(reelwright, home: Path):
    quoted = reelwright(*PLAN, "--quote", "--json")
    assert quoted.code == 0 and float(quoted.json["usd"]) > 0, quoted.err
    refused = reelwright(*PLAN, "--json", OPENAI_API_KEY="sk-canary")
    assert refused.code == 3 and "stopped at the price" in refused.json["error"]["message"]
    assert not home.exists() or not list(home.iterdir())


def test_a_plan_by_a_language_model_is_shown_and_kept_to_be_filmed(reelwright, env, home: Path):
    told = reelwright(*PLAN, *FAST, "--json")
    assert told.code == 0, told.err
    assert told.json["plan"]["author"] == "model" and told.json["revision"] == 1
    env["REELWRIGHT_HOME"] = str(home / "rehearsal")
    (project,) = reelwright("projects", "--json").json["projects"]
    assert project["id"] == told.json["project"] and project["duration_s"] == 6.0
    shown = reelwright(*PLAN, *FAST)
    assert shown.code == 0 and "spent. To make the film: reelwright resume" in shown.out, shown.err


def killed_rehearsal(env, *args: str) -> None:
    """Start a rehearsal as slow as the real one, and kill it once something was sent."""
    command = [sys.executable, "-m", "reelwright.cli", *args, "--rehearse", "--rehearse-speed", "60"]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as started:
        assert started.stderr
        for line in started.stderr:
            if "take of shot" in line and "started" in line:
                break
        started.kill()


def test_resume_finds_a_killed_rehearsal_and_goes_on_without_buying(reelwright, env, home: Path):
    killed_rehearsal(env, *CLIP)
    ran = reelwright("resume", "--until", "takes")
    assert ran.code == 0, ran.err
    assert ran.err.startswith("a rehearsal: nothing is bought")
    assert "a rehearsal: nothing was bought" in ran.out and "$0.10" in ran.out
    project = re.search(r"project (\w{6})", ran.out)
    assert project and reelwright("resume", project[1]).code == 0
    shown = reelwright("show", "last")
    assert shown.code == 0 and project[1] in shown.out and "a rehearsal: nothing was bought" in shown.out
    assert sorted(path.name for path in home.iterdir()) == ["rehearsal"]
    assert reelwright("projects", "--json").json == {"projects": []}


def test_rehearsals_are_listed_where_they_are_asked_for(reelwright):
    assert reelwright(*CLIP, *FAST).code == 0
    for verb in ("projects", "jobs"):
        assert len(reelwright(verb, "--rehearse", "--json").json[verb]) == 1
        assert reelwright(verb, "--json").json[verb] == []
    assert reelwright("spend", "--rehearse", "--json").json["usd"] == "0.10"
    assert reelwright("spend", "--json").json["usd"] == "0.00"


def test_lists_of_rehearsals_are_empty_where_nothing_was_rehearsed_and_nothing_is_written(reelwright, home: Path):
    assert reelwright("projects", "--rehearse", "--json").json == {"projects": []}
    assert not home.exists()
