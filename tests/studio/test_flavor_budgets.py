"""What a flavor says that a film may cost stops every door as a budget does, and only an explicit budget raises it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import OverBudget, Refused
from reelwright.planner import flavors
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.units import Micros
from studio.shelf import Shelf

ROOT = Path(__file__).resolve().parents[2]
SHORT = Path(flavors.__file__).parent / "short"
BRIEF = "“It never flickers.” For “Fenn”, a lamp. Order at fenn.example"
MODEL = "openrouter-veo-3.1-fast"
PLAN = """
title: Fenn
aspect: "9:16"
short_side: 180
beats:
  - beat: hook
    shots:
      - {seconds: 4, words: It never flickers, prompt: A lamp on a desk}MORE
  - beat: end_card
    shots:
      - {seconds: 2, words: {name: Fenn}}
"""
TAKE = 320_000
"""4 s of the model at $0.08 a second."""
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def film(tmp_path: Path) -> dict[str, Any]:
    """A film whose only take costs what ``TAKE`` says, in the flavor ``mine``."""
    return made_of(tmp_path, 1)


def made_of(folder: Path, takes: int) -> dict[str, Any]:
    """What ``make`` is asked for: so many takes of one price, in the flavor ``mine``."""
    more = "\n  - beat: problem\n    shots:\n      - {seconds: 4, words: Not once, prompt: A hand near a lamp}" * (
        takes - 1
    )
    path = folder / f"{takes}.yaml"
    path.write_text(PLAN.replace("MORE", more), encoding="utf-8")
    return {"plan": path, "flavor": "mine", "models": [MODEL], "continuity": "loose"}


@pytest.fixture
def allowing(tmp_path: Path, shelf: Shelf) -> Iterator[Callable[[str], Studio]]:
    """A studio whose flavor ``mine`` allows a film to cost so many dollars."""
    opened: list[Studio] = []

    def studio(budget_usd: str) -> Studio:
        folder = tmp_path / "home" / "flavors" / "mine"
        shutil.copytree(SHORT, folder)
        with (folder / "pipeline_params.yaml").open("a", encoding="utf-8") as file:
            file.write(f'budget_usd: "{budget_usd}"\n')
        settings = Settings(home=tmp_path / "home", hands=1)
        opened.append(Studio(settings, providers={"offline": Offline(), "shelf": shelf}).__enter__())
        return opened[0]

    yield studio
    for one in opened:
        one.__exit__(None, None, None)


def test_make_stops_at_the_flavor_s_budget_whatever_is_agreed_to_and_an_explicit_budget_raises_it(
    allowing: Callable[[str], Studio], shelf: Shelf, film: dict[str, Any]
) -> None:
    studio = allowing("0.30")
    quoted = studio.quote(BRIEF, **film)
    assert (
        quoted.budget
        and quoted.budget.is_exceeded
        and (quoted.budget.flavor, quoted.budget.micros) == ("mine", 300_000)
    )
    for yes in (True, quoted):
        with pytest.raises(OverBudget, match=r"may cost \$0\.32, and the flavor mine allows a film \$0\.30"):
            studio.make(BRIEF, **film, yes=yes, accept_unconfirmed=True)
    assert not shelf.sent and not studio.list_projects()
    made = studio.make(BRIEF, **film, budget="0.32", accept_unconfirmed=True)
    assert made.state in ("done", "waiting") and shelf.spent == TAKE


def test_every_change_of_a_film_counts_what_the_film_has_cost_already(
    allowing: Callable[[str], Studio], shelf: Shelf, film: dict[str, Any]
) -> None:
    studio = allowing("0.40")
    studio.make(BRIEF, **film, **SURE)
    assert shelf.spent == TAKE
    quotes = (studio.quote_retake("last", 1), studio.quote_edit("last", shot=1, prompt="A lamp on a shelf"))
    assert all(q.budget and q.budget.is_exceeded and q.budget.spent_micros == TAKE for q in quotes)
    with pytest.raises(OverBudget, match=r"\$0\.32 is spent on it"):
        studio.retake("last", 1, **SURE)
    with pytest.raises(OverBudget):
        studio.edit("last", shot=1, prompt="A lamp on a shelf", **SURE)
    folder = studio.pull("last").folder
    text = (folder / "film.yaml").read_text(encoding="utf-8")
    (folder / "film.yaml").write_text(text.replace("A lamp on a desk", "A lamp on a shelf"), encoding="utf-8")
    assert (applied := studio.quote_apply(folder)).budget and applied.budget.is_exceeded
    with pytest.raises(OverBudget):
        studio.apply(folder, **SURE)
    shutil.rmtree(folder)
    assert shelf.spent == TAKE and studio.show("last").revision == 1
    studio.retake("last", 1, budget="0.32", accept_unconfirmed=True)
    assert shelf.spent == 2 * TAKE
    free = studio.edit("last", mood="luxury", yes=True)
    assert free.now_micros == 0, "what costs nothing is never stopped"


@pytest.mark.parametrize("verb", ["resume", "retry"])
def test_going_on_stops_where_what_is_left_passes_the_flavor_s_budget(
    allowing: Callable[[str], Studio], shelf: Shelf, tmp_path: Path, verb: str
) -> None:
    studio = allowing("0.40")
    shelf.answer = lambda request: Refused("no funds") if "hand" in request.prompt else None
    made = studio.make(BRIEF, **made_of(tmp_path, 2), budget="1", accept_unconfirmed=True)
    assert made.state == "waiting" and made.micros == TAKE
    assert made.finished_steps == 0 and made.new_steps and made.unmade_steps, "what waits was never up to date"
    shelf.answer = lambda request: None
    sent = len(shelf.sent)
    go_on = getattr(studio, verb)
    with pytest.raises(OverBudget, match=r"may cost \$0\.32 more, \$0\.32 is spent on it, and the flavor mine"):
        go_on(made.project, **SURE)
    assert len(shelf.sent) == sent
    assert go_on(made.project, budget="0.32", accept_unconfirmed=True).micros == 2 * TAKE


BILL = 600_000


def bill_above(shelf: Shelf) -> None:
    """Let every take be billed at ``BILL``, nearly twice its quote."""
    submit = shelf.submit

    async def dear(prepared: Any, keep: Any, make: Any) -> Any:
        answer = await submit(prepared, keep, make)
        return replace(answer, bill=replace(answer.bill, micros=Micros(BILL), certainty="reported"))

    shelf.submit = dear  # type: ignore[method-assign]


def test_a_film_stops_where_a_higher_bill_leaves_no_room_in_its_flavor_s_budget(
    allowing: Callable[[str], Studio], shelf: Shelf, tmp_path: Path
) -> None:
    """Two takes, quoted at $0.64 of $0.70: the first is billed at $0.60, so that the second is not sent any more."""
    studio = allowing("0.70")
    bill_above(shelf)
    studio.set_limit("model", MODEL, open=1)
    made = studio.make(BRIEF, **made_of(tmp_path, 2), **SURE)
    assert (made.state, len(shelf.sent), made.micros) == ("waiting", 1, BILL)
    assert made.reason and made.reason.params["bill"].params["billed_micros"] == BILL
    for go_on in (studio.resume, studio.retry):
        with pytest.raises(OverBudget) as stopped:
            go_on(made.project, **SURE)
        params = stopped.value.params
        assert (params["spent_micros"], params["bill"].params["billed_micros"]) == (BILL, BILL)
    assert len(shelf.sent) == 1
    assert studio.resume(made.project, budget="0.60", accept_unconfirmed=True).micros == 2 * BILL


def test_a_change_of_a_film_is_expected_to_be_billed_as_far_above_its_quote_as_its_takes_were(
    allowing: Callable[[str], Studio], shelf: Shelf, film: dict[str, Any]
) -> None:
    """$0.60 is spent of $1.00, and a take is quoted at $0.32: at the price that is billed, it does not fit."""
    studio = allowing("1.00")
    bill_above(shelf)
    assert studio.make(BRIEF, **film, **SURE).micros == BILL
    for change in (
        lambda: studio.retake("last", 1, **SURE),
        lambda: studio.edit("last", shot=1, prompt="A lamp on a shelf", **SURE),
    ):
        with pytest.raises(OverBudget) as stopped:
            change()
        assert stopped.value.params["needed_micros"] == BILL
    quoted = studio.quote_retake("last", 1)
    assert quoted.budget and quoted.budget.is_exceeded and len(shelf.sent) == 1
    assert studio.edit("last", mood="luxury", yes=True).now_micros == 0, "what costs nothing is never stopped"
    studio.retake("last", 1, budget="0.60", accept_unconfirmed=True)
    assert len(shelf.sent) == 2


def test_a_row_of_a_batch_stops_at_its_flavor_s_budget(
    allowing: Callable[[str], Studio], shelf: Shelf, tmp_path: Path
) -> None:
    studio = allowing("0.30")
    film = {"length": 4, "short_side": 180, "music": "eleven-music"}
    rows = [{"brief": BRIEF, "flavor": "spot", **film}, {"brief": BRIEF, "flavor": "mine", **film}]
    quoted = studio.quote_batch(rows)
    assert [bool(row.budget and row.budget.is_exceeded) for row in quoted.rows] == [False, True]
    with pytest.raises(OverBudget, match=r"row 2: .* the flavor mine allows"):
        studio.batch(rows, **SURE)
    assert not shelf.sent and not studio.list_projects()
    made = studio.batch(rows, budget="5", accept_unconfirmed=True)
    assert made.done_rows == 2 and shelf.sent


def test_the_command_line_says_so_before_it_asks_and_exits_5(
    allowing: Callable[[str], Studio], film: dict[str, Any], tmp_path: Path
) -> None:
    allowing("0.30")
    env = {**os.environ, "REELWRIGHT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT / "src")}

    def run(verb: str, *more: str) -> subprocess.CompletedProcess[str]:
        asked = [BRIEF, "--flavor", "mine", "--model", MODEL, "--plan", str(film["plan"]), "--continuity", "loose"]
        command = [sys.executable, "-m", "reelwright.cli", verb, *asked, *more]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=110, check=False, input="")

    quoted = json.loads(run("quote", "--json").stdout)
    assert quoted["budget"] == {"flavor": "mine", "usd": "0.30", "spent_usd": "0.00", "is_exceeded": True}
    assert not json.loads(run("quote", "--json", "--budget", "1").stdout)["budget"]["is_exceeded"]
    stopped = run("make", "--yes")
    assert stopped.returncode == 5 and "the flavor mine allows a film $0.30" in stopped.stderr
    assert "--budget 0.32" in stopped.stderr and "note: above the budget" in stopped.stdout


def test_an_explicit_budget_is_what_casting_keeps_to_in_place_of_the_flavor_s(
    allowing: Callable[[str], Studio], film: dict[str, Any]
) -> None:
    """Also where the flavor alone names the models."""
    studio = allowing("0.05")
    mine = film["plan"].parent / "home" / "flavors" / "mine" / "pipeline_params.yaml"
    with mine.open("a", encoding="utf-8") as file:
        file.write(f"models: [{MODEL}]\n")
    del film["models"]
    made = studio.make(BRIEF, **film, budget="0.32", accept_unconfirmed=True)
    assert not any("more than the budget" in said for said in made.notes)
