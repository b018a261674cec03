"""A home of the tree before is upgraded, resumed and edited: nothing is bought again, and all of it can be read."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from reelwright import Studio
from reelwright.errors import DecisionNeeded
from reelwright.providers.offline import Offline
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.schema.schema import HEAD
from reelwright.studio.scripts import filmfile
from store.homes.answer import PROMPT
from store.homes.kept import HOMES, fill, fill_answer, unpack
from store.homes.record import BRIEF, FAST, FILM, OWL, SCRIPT, SMALL, SURE, answer
from store.observing import rows as rows_of
from studio.shelf import Shelf
from sweep import sweep

NAME = "0008"
ONE_DATABASE = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
"""What happens after the upgrade and touches no table that the other tests do not: once is enough."""
PROJECTS: dict[str, str] = json.loads((HOMES / NAME / "projects.json").read_text(encoding="utf-8"))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(answer)


@pytest.fixture
def studio(empty_url: str, shelf: Shelf, tmp_path: Path) -> Iterator[Studio]:
    fill(empty_url, NAME)
    unpack(tmp_path / "home", NAME)
    with opened(empty_url, shelf, tmp_path) as studio:
        yield studio


def opened(url: str, shelf: Shelf, place: Path) -> Studio:
    settings = Settings(home=place / "home", hands=1, database=url)
    return Studio(settings, providers={"offline": Offline(), "shelf": shelf})


def test_what_was_bought_before_the_upgrade_is_had_by_the_same_commands(studio: Studio, shelf: Shelf) -> None:
    film = studio.quote(BRIEF, **FILM)
    assert film.project == PROJECTS["film"] and film.micros == 0
    assert not list_sold(film.wanted_steps, "film"), "only our own work is made again, once"
    assert studio.quote(script=SCRIPT, **SMALL, goal="takes").project == PROJECTS["drawn"]
    assert studio.quote_clip("A fox", model=FAST, samples=2).micros == 0
    assert studio.quote_batch([OWL] * 2).up_to_date == 2
    assert studio.clip("A fox", model=FAST, samples=2).state == "done"
    assert studio.make(BRIEF, **FILM).state == "done"
    assert not studio.quote(BRIEF, **FILM).wanted_steps
    assert not shelf.sent


def list_sold(wanted: Iterable[str], name: str) -> list[str]:
    """The wanted steps that a provider sells. Our own moved when the encoder's options came into their fingerprints."""
    plan = filmfile.read((HOMES / NAME / f"{name}.yaml").read_bytes()).plan
    drawn = {f"take/{s.id}" for s in plan.shots if isinstance(s.source, Request) and s.source.model.startswith("anim")}
    return [key for key in wanted if key.startswith(("take/", "still/", "voice/")) and key not in drawn]


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


def test_everything_that_was_stored_can_be_shown(studio: Studio) -> None:
    assert len(studio.list_projects()) == 9
    for project in PROJECTS.values():
        assert studio.show(project).project == project
    assert studio.show_spending(free=True).rows and len(studio.list_budgets()) == 1 and studio.list_limits()


def test_a_stored_document_is_spelled_as_it_was(empty_url: str) -> None:
    """Else a director of the tree before, alive beside this one, could not read what this one writes."""
    fill(empty_url, NAME)
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


def test_a_film_file_of_before_means_the_same(studio: Studio, tmp_path: Path) -> None:
    files = sorted((HOMES / NAME).glob("*.yaml"))
    assert len(files) >= 4
    with sweep() as case:
        for file in files:
            with case(file.stem):
                pulled = studio.pull(PROJECTS[file.stem], tmp_path / file.stem).film
                assert filmfile.read(file.read_bytes()) == filmfile.read(pulled.read_bytes())
                pulled.write_bytes(file.read_bytes())
                quote = studio.quote_apply(tmp_path / file.stem)
                assert quote.micros == 0 and not list_sold(quote.wanted_steps, file.stem)


def test_the_schema_of_now_takes_every_row_that_a_tree_before_writes(empty_url: str, tmp_path: Path) -> None:
    """Of one that is alive beside this tree on the same server: columns that came since have a default."""
    fill(empty_url, NAME, HEAD)
    with opened(empty_url, Shelf(answer), tmp_path) as studio:
        assert len(studio.list_projects()) == 9 and studio.show_spending().rows


@pytest.mark.postgres
def test_a_director_of_the_tree_before_can_still_record_its_answer(empty_pg_url: str, tmp_path: Path) -> None:
    writes, files = fill_answer(empty_pg_url, NAME, HEAD)
    engine = create_engine(make_url(empty_pg_url))
    with engine.begin() as conn:
        for statement, parameters in writes:
            conn.exec_driver_sql(statement, parameters)
    engine.dispose()
    for digest, data in files.items():
        path = tmp_path / "home" / "vault" / "local" / digest[:2] / digest
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    shelf = Shelf()
    with opened(empty_pg_url, shelf, tmp_path) as studio:
        clip: Any = studio.clip(PROMPT, model=FAST)
        assert clip.state == "done" and len(clip.files) == 1 and not shelf.sent
        assert [row.state for row in studio.show_spending().rows] == ["settled"]
