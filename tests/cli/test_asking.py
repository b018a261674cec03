"""What the command line says before it asks for money, about jobs that rest, and where logs are JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reelwright.cli.shared import confirmation
from reelwright.errors import BadInput
from reelwright.reason import Action
from reelwright.studio.results.results import ProjectQuote
from reelwright.units import Micros

BRIEF = 'Name: "Volt cup". 60 °C at noon'
TINY = ("--length", "4", "--short-side", "144")
CLIP = ("clip", "a cat", "--model", "openrouter-veo-3.1-fast")
PRICED = ProjectQuote(
    wanted_steps=("take/a",), up_to_date=0, micros=Micros(400_000), max_duration_s=1, min_duration_s=1
)


def find_action(ran: Any, kind: str) -> bool:
    return any(action["kind"] == kind for action in ran.json["error"]["reason"]["actions"])


def test_a_missing_key_is_told_with_the_price_and_not_after_it(reelwright, home: Path) -> None:
    ran = reelwright(*CLIP, "--json")
    assert ran.code == 3 and find_action(ran, "agree_to_price") and find_action(ran, "add_key")
    (agree,) = (one for one in ran.json["error"]["reason"]["actions"] if one["kind"] == "agree_to_price")
    assert agree["micros"] == 400_000, "the least that --budget takes"
    assert reelwright(*CLIP, "--yes", "--json").code == 2 and not (home / "journal.db").exists()


def test_a_person_is_not_asked_for_the_price_of_what_cannot_be_bought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmation, "is_interactive", lambda *, json_out: True)
    monkeypatch.setattr(confirmation, "ask_yes_no", lambda question: pytest.fail(question))

    def check() -> None:
        raise BadInput("key", None, "a key", actions=[Action("add_key", {"provider": "openrouter"})])

    with pytest.raises(BadInput):
        confirmation.require_consent(PRICED, yes=False, budget=None, json_out=False, check=check)


@pytest.mark.parametrize("language", ["xx", "qq-DE", "english please", "en-", "e", "de-Latin1234x"])
def test_a_language_that_cannot_be_is_refused(reelwright, language: str) -> None:
    ran = reelwright("make", BRIEF, *TINY, "--language", language, "--quote", "--json")
    assert ran.code == 2 and ran.json["error"]["field"] == "language" and "BCP 47" in ran.json["error"]["accepted"]


@pytest.mark.parametrize("language", ["bg", "pt-BR", "zh-Hant-TW", "es-419", "fil", "de-1996"])
def test_a_language_that_can_be_is_accepted(reelwright, language: str) -> None:
    assert reelwright("make", BRIEF, *TINY, "--language", language, "--quote", "--json").code == 0


def test_a_job_that_is_done_is_said_to_be_done(reelwright) -> None:
    assert reelwright("make", BRIEF, *TINY, "--until", "plan").code == 0
    again = reelwright("retry", "last", "--json")
    assert again.code == 2 and again.json["error"]["accepted"].endswith("this one is done")
    assert find_action(again, "show_project") and again.json["error"]["hint"]
    stopped = reelwright("cancel", "last")
    assert stopped.code == 0 and "done already" in stopped.out


def test_a_result_says_what_helps_as_an_error_does() -> None:
    from reelwright.cli.output.actions import add_hints
    from reelwright.reason import Reason

    reason = Reason("budget_is_exceeded", actions=(Action("raise_budget"),)).to_json()
    shown = add_hints(
        {"state": "waiting", "reason": reason, "rows": [{"reason": reason}, {"reason": None}, {"reason": "lost"}]}
    )
    assert shown["hint"] == shown["rows"][0]["hint"] == "raise the budget: reelwright spend budget set"
    assert "hint" not in shown["rows"][1] and "hint" not in shown["rows"][2]


@pytest.mark.parametrize(
    "args",
    [
        ("--log-level", "info", "make", BRIEF, *TINY, "--until", "plan"),
        ("make", BRIEF, *TINY, "--until", "plan"),
        ("make", BRIEF, "--short-side", "wide"),
        ("make", BRIEF, "--nonsense"),
        ("show", "project_nobody"),
    ],
)
def test_standard_error_is_json_lines_only_where_logs_are_json(reelwright, args: tuple[str, ...]) -> None:
    ran = reelwright(*args, REELWRIGHT_LOG_FORMAT="json")
    lines = [json.loads(line) for line in ran.err.splitlines()]
    assert all(line["message"] and line["level"] for line in lines)
    assert ran.code == 0 or [line["level"] for line in lines] == ["error"]


def test_a_database_is_named_as_one_and_its_password_is_hidden(reelwright) -> None:
    ran = reelwright("projects", "--json", REELWRIGHT_DATABASE="postgresql://me:hunter2@127.0.0.1:1/x")
    params = ran.json["error"]["reason"]["params"]
    assert params["database"].endswith("me:***@127.0.0.1:1/x") and params["folder"] is None
    assert "hunter2" not in ran.out + ran.err
