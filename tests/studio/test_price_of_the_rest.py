"""A film that waits for more money names what the command typed next takes: what its rest really costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.cli.output.actions import suggest_next_steps
from reelwright.errors import OverBudget
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.units import Micros
from studio.shelf import Shelf

PLAN = """
title: Fenn
short_side: 180
beats:
  - beat: hook
    shots:
      - {seconds: 4, words: It never flickers, prompt: A lamp on a desk}
  - beat: problem
    shots:
      - {seconds: 4, words: Not once, prompt: A hand near a lamp}
  - beat: end_card
    shots:
      - {seconds: 2, words: {name: Fenn}}
"""
QUOTE, BILL = 320_000, 480_000


class DearShelf(Shelf):
    """A shelf that bills every take half as much again as its quote."""

    async def submit(self, prepared: Any, keep: Any, make: Any) -> Any:
        answer = await super().submit(prepared, keep, make)
        return replace(answer, bill=replace(answer.bill, micros=Micros(BILL), certainty="reported"))


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    settings = Settings(home=tmp_path / "home", hands=1)
    with Studio(settings, providers={"offline": Offline(), "shelf": DearShelf()}) as opened:
        opened.set_limit("model", "openrouter-veo-3.1-fast", open=1)
        yield opened


@pytest.mark.parametrize("agreed", [{"budget": "0.48"}, {"yes": True}], ids=["budget", "yes"])
def test_what_a_waiting_film_says_to_agree_to_is_what_resume_takes_and_is_enough(
    studio: Studio, tmp_path: Path, agreed: dict[str, Any]
) -> None:
    """Two takes, quoted at $0.64 under a budget of $0.70: the first is billed at $0.48, and so will be the second."""
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    film: dict[str, Any] = {"plan": tmp_path / "plan.yaml", "models": ["openrouter-veo-3.1-fast"]}
    made = studio.make("Fenn", **film, continuity="loose", budget="0.70", accept_unconfirmed=True)
    assert made.state == "waiting" and made.micros == BILL and made.reason
    assert "agree with --yes or --budget 0.48" in suggest_next_steps(made.reason)
    assert studio.quote_resume(made.project).micros == BILL
    with pytest.raises(OverBudget):
        studio.resume(made.project, budget="0.47", accept_unconfirmed=True)
    done = studio.resume(made.project, **agreed, accept_unconfirmed=True)
    assert done.state == "done" and done.micros == 2 * BILL
