"""What a person is told to do about a film that waits for them: what fits what it waits for."""

from __future__ import annotations

from typing import Any

import pytest

from reelwright.cli.output.actions import format_action
from reelwright.cli.output.output import print_film
from reelwright.reason import Action, build_reason
from reelwright.studio.results.results import FilmResult, Finding
from reelwright.units import Micros

SEAM = Finding(
    id="seam/2", check="seam", shot="shot_x", reason=None, message="it jumps where it goes on", is_fault=True
)
UNKNOWN = build_reason("purchase_unknown", actions=[Action("decide_purchase", {"purchase": "purchase_abcdef"})])
STUCK = build_reason("step_stuck", actions=[Action("edit_shot", {"project": "project_123456", "shot": 3})])
CHECKS = build_reason("checks_failed", actions=[Action("accept_findings", {"project": "project_123456"})])
KEY = build_reason("refused", actions=[Action("fix_key"), Action("resume_job", {"project": "project_123456"})])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"findings": (SEAM,), "reason": CHECKS}, ["fails: shot 2: it jumps", "reelwright accept 123456"]),
        ({"reason": UNKNOWN}, ["spend decide abcdef"]),
        ({"reason": STUCK}, ["edit 123456 --shot 3", "--prompt", "--model MODEL", "--clip FILE", "--model animatic"]),
        ({"reason": KEY}, ["reelwright keys", "reelwright resume 123456"]),
        ({"reason": build_reason("some_code")}, ["reelwright show 123456"]),
    ],
)
def test_what_waits_says_the_ways_on_that_there_are(
    more: dict[str, Any], said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    print_film(
        FilmResult(
            project="project_123456",
            job="job_1",
            state="waiting",
            film=None,
            micros=Micros(350_000),
            now_micros=Micros(350_000),
            elapsed_s=1.0,
            shots=(),
            wait_reason="decision",
            **more,
        )
    )
    shown = capsys.readouterr().out
    assert [one for one in said if one not in shown] == []
    assert ("accept" in shown) == ("findings" in more)
    assert ("≤ $0.35" in shown) == (more["reason"] is UNKNOWN) and "$0.35" in shown, "nobody knows yet what was paid"


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (Action("create_folder", {"folder": "/my  films/it's"}), "mkdir -p '/my  films/it'\"'\"'s'"),
        (Action("apply_film", {"folder": "/films"}), "reelwright apply /films"),
        (
            Action("give_file_again", {"project": "project_123456", "shot": 2}),
            "give the same file again: reelwright edit 123456 --shot 2 with --image FILE or --clip FILE",
        ),
        (Action("edit_shot"), "reelwright edit PROJECT --shot N "),
        (Action("list_models"), "list them: reelwright models"),
    ],
)
def test_a_command_can_be_typed_as_it_is_shown(action: Action, text: str) -> None:
    assert text in format_action(action)


@pytest.mark.parametrize(
    ("now", "said"),
    [(0, "2 up to date, 1 made, $0.00 ($0.96 before) in"), (960_000, "2 up to date, 1 made, $0.96 in"),
     (320_000, "2 up to date, 1 made, $0.32 ($0.64 before) in")],
)  # fmt: skip
def test_what_was_paid_before_is_not_told_as_the_price_of_going_on(
    now: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_film(
        FilmResult(
            project="project_123456", job="job_1", state="done", film=None, micros=Micros(960_000),
            now_micros=Micros(now), elapsed_s=1.0, shots=(), new_steps=1, finished_steps=2,
        )
    )  # fmt: skip
    assert said in capsys.readouterr().out
