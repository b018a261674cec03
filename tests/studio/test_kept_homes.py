"""A home of the tree before is upgraded, resumed and edited: nothing is bought again, and all of it can be read."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import DecisionNeeded
from reelwright.providers.offline import Offline
from reelwright.providers.protocol import FoundOperation, Output, Progress
from reelwright.reel.base.document import from_json, from_plain, to_json
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.studio.scripts import film_yaml
from store.homes.kept import HOMES, NAME, fill, unpack
from store.homes.record import AI, BRIEF, FAST, FILM, HALF, OWL, SCRIPT, SMALL, SURE, answer, draw_small_clip
from store.observing import rows as rows_of
from studio.shelf import Shelf
from sweep import sweep

ONE_DATABASE = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
"""What happens after the upgrade and touches no table that the other tests do not: once is enough."""
PROJECTS: dict[str, str] = json.loads((HOMES / NAME / "projects.json").read_text(encoding="utf-8"))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(answer)


@pytest.fixture
def studio(empty_url: str, shelf: Shelf, tmp_path: Path) -> Iterator[Studio]:
    fill(empty_url)
    unpack(tmp_path / "home")
    with opened(empty_url, shelf, tmp_path) as studio:
        yield studio


def opened(url: str, shelf: Shelf, place: Path) -> Studio:
    settings = Settings(home=place / "home", hands=1, database=url)
    return Studio(settings, providers={"offline": Offline(), "shelf": shelf})


def test_what_was_bought_before_the_upgrade_is_had_by_the_same_commands(studio: Studio, shelf: Shelf) -> None:
    film = studio.quote(BRIEF, **FILM)
    assert film.project == PROJECTS["film"] and film.micros == 0
    assert studio.quote(script=SCRIPT, **SMALL, goal="takes").project == PROJECTS["drawn"]
    assert studio.quote_clip("A fox", model=FAST, samples=2).micros == 0
    assert studio.quote_clip("A fox", model=FAST, samples=1).micros == 0
    assert studio.quote_clip("A fox", model=FAST, samples=3).micros == studio.quote_clip("A cat", model=FAST).micros
    assert studio.quote_batch([OWL] * 2).up_to_date == 2
    assert studio.clip("A fox", model=FAST, samples=2).state == "done"
    assert studio.make(BRIEF, **FILM).state == "done"
    assert not studio.quote(BRIEF, **FILM).wanted_steps
    assert not shelf.sent


@ONE_DATABASE
def test_an_edit_of_an_upgraded_film_wants_its_own_shot_only(studio: Studio, shelf: Shelf) -> None:
    assert studio.resume(PROJECTS["film"], yes=True).state == "done"
    film = studio.edit(PROJECTS["film"], shot=2, words={"line": "Never"}, yes=True)
    assert film.state == "done" and not shelf.sent
    assert film.new_steps <= 4, "one drawn shot, its segment, the film, and once more at most what is free"


@ONE_DATABASE
def test_an_upgraded_project_goes_on_to_another_goal_with_the_takes_it_has(studio: Studio, shelf: Shelf) -> None:
    film = studio.resume(PROJECTS["drawn"], goal="film", yes=True)
    assert film.state == "done" and film.film and not shelf.sent


def test_what_waited_for_a_person_still_does_and_the_person_decides(studio: Studio, shelf: Shelf) -> None:
    jobs = {job.project: job for job in studio.list_jobs()}
    for name in ("unknown", "refused", "stuck"):
        assert jobs[PROJECTS[name]].state == "waiting", name
        with contextlib.suppress(DecisionNeeded):
            studio.resume(PROJECTS[name], **SURE)
        assert name != "unknown" or not shelf.sent, "what may have been bought is not sent again by itself"
    sent = len(shelf.sent)
    (row,) = studio.show_spending(PROJECTS["unknown"]).unknown_rows
    studio.decide(row.purchase, "never")
    assert studio.clip("A bear", model=FAST, **SURE).state == "waiting" and len(shelf.sent) == sent + 1


def test_a_bill_that_was_disputed_still_waits_for_a_verdict(studio: Studio, shelf: Shelf) -> None:
    (row,) = studio.show_spending(PROJECTS["disputed"]).rows
    assert row.billed_micros and row.billed_micros > row.micros
    decided = studio.decide(row.purchase, "as-billed")
    assert decided.micros == row.billed_micros and not shelf.sent


class Remembering(Shelf):
    """The seller of the kept home, still there: it has what was sent to it, and counts what it is sent from now on."""

    def __init__(self) -> None:
        super().__init__(rate="4")
        self.had: dict[str, Mapping[str, Any]] = {}
        self.sends: Counter[str] = Counter()

    async def submit(self, prepared: Mapping[str, Any], *rest: Any) -> Any:
        self.sends[prepared["request"]["prompt"]] += 1
        return await super().submit(prepared, *rest)

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: Any) -> FoundOperation:
        self.had[purchase] = prepared
        return FoundOperation(operation=Operation(id=purchase))

    async def poll(self, operation: Operation) -> Progress:
        return Progress(state="succeeded", outputs=(Output(sample=0, mime="video/mp4"),))

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        request = from_plain(Request, self.had[operation.id]["request"], "request")
        yield draw_small_clip(request, operation.id, has_sound=True)


def test_a_film_whose_director_died_while_it_bought_is_finished_with_nothing_bought_twice(
    empty_url: str, tmp_path: Path
) -> None:
    fill(empty_url)
    unpack(tmp_path / "home")
    seller = Remembering()
    with opened(empty_url, seller, tmp_path) as studio:
        before = {row.purchase: row.state for row in studio.show_spending(PROJECTS["half"]).rows}
        assert sorted(before.values()) == ["posting", "released", "settled", "unknown"]
        film = studio.resume(PROJECTS["half"], **SURE)
        assert film.state == "done" and [shot.take_count for shot in film.shots] == [1, 1, 1, 1], "nothing is lost"
        assert seller.had.keys() == {name for name, state in before.items() if state in ("posting", "unknown")}
        assert [("a wolf" in prompt, count) for prompt, count in seller.sends.items()] == [(True, 1)], (
            "what was refused, and so never bought, is all that is sent"
        )
        rows = studio.show_spending(PROJECTS["half"]).rows
        assert Counter(row.shot for row in rows if row.state == "settled") == {1: 1, 2: 1, 3: 1, 4: 1}
        assert all(row.sends == 1 for row in rows)
        assert studio.make(script=HALF, **AI).project == PROJECTS["half"] and seller.sends.total() == 1


def test_everything_that_was_stored_can_be_shown(studio: Studio) -> None:
    assert len(studio.list_projects()) == 11
    for project in PROJECTS.values():
        assert studio.show(project).project == project
    assert studio.show_spending(free=True).rows and len(studio.list_budgets()) == 1
    assert studio.list_limits() and len(studio.list_uploads()) == 2 and len(studio.list_api_keys()) == 1
    (webhook,) = studio.list_webhooks()
    assert studio.list_deliveries(webhook.id)


def test_a_stored_document_is_spelled_as_it_was(empty_url: str) -> None:
    """Else what is hashed of it would be another value, and its film not found by its command."""
    fill(empty_url)
    database = Database(empty_url)
    told: list[tuple[type, str]] = []
    for kind, query in (
        (Brief, "SELECT brief FROM projects"),
        (Plan, "SELECT plan FROM revisions"),
        (Choices, "SELECT choices FROM revisions"),
        (Operation, "SELECT operation FROM purchases WHERE operation IS NOT NULL"),
    ):
        told += [(kind, row[0]) for row in rows_of(database, query)]
    database.close()
    assert len(told) > 20
    for kind, text in told:
        assert json.loads(to_json(from_json(kind, text, "stored"))) == json.loads(text), kind


def list_sold(wanted: Iterable[str], name: str) -> list[str]:
    """The wanted steps that a provider sells."""
    plan = film_yaml.read((HOMES / NAME / f"{name}.yaml").read_bytes()).plan
    drawn = {f"take/{s.id}" for s in plan.shots if isinstance(s.source, Request) and s.source.model.startswith("anim")}
    return [key for key in wanted if key.startswith(("take/", "still/", "voice/")) and key not in drawn]


def test_a_film_file_of_before_means_the_same(studio: Studio, tmp_path: Path) -> None:
    files = sorted((HOMES / NAME).glob("*.yaml"))
    assert len(files) >= 4
    with sweep() as case:
        for file in files:
            with case(file.stem):
                pulled = studio.pull(PROJECTS[file.stem], tmp_path / file.stem).film
                assert film_yaml.read(file.read_bytes()) == film_yaml.read(pulled.read_bytes())
                pulled.write_bytes(file.read_bytes())
                quote = studio.quote_apply(tmp_path / file.stem)
                assert quote.micros == 0 and not list_sold(quote.wanted_steps, file.stem)
