"""kill -9 at every label, on both databases, with every kind of provider: nothing bought twice, nothing lost.

All 108 are the lane (``make test-crash``); 24 of them, dealt out by a seed, are for every change.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from crash.ageing import age
from crash.kinds import KINDS
from crash.lives import Lives
from crash.matrix import DATABASES, OF_A_TAKE, OLDER, POINTS, VISITS, WAYS, Run, play, read, sampled, whole
from reelwright.store.database.migrate import upgrade
from store.homes.kept import fill
from store.test_migrations import described, engine_of

CANCELLING = "C19"
pytestmark = pytest.mark.timeout(300)  # several processes one after the other: a busy machine may take its time


class Films(dict[str, Mapping[str, Any]]):
    """By kind of provider: the film of a life that nobody disturbed, and how often it passed each label."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, kind: str) -> Mapping[str, Any]:
        folder = self._folder / kind
        lives = Lives(folder, f"sqlite:///{folder / 'journal.db'}", kind)
        try:
            end = lives.live("--hands-too", REELWRIGHT_CRASH_LOG=str(folder / "labels"))
            assert end
            lives.check(end, end, {})
        finally:
            lives.end()
        self[kind] = {**end, "labels": Counter((folder / "labels").read_text().split())}
        return self[kind]


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    return Films(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of SQLite's at the newest schema."""
    path = tmp_path_factory.mktemp("newest") / "journal.db"
    upgrade(make_url(f"sqlite:///{path}"))
    return path


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    return request.param


@pytest.fixture
def lives(run: Run, request: pytest.FixtureRequest, tmp_path: Path, newest: Path) -> Iterator[Lives]:
    """Its journal is at the newest schema, but where a kill is to fall into the upgrade to it."""
    if run.database == "postgres":
        url = request.getfixturevalue("empty_pg_url" if run.upgrades else "pg_url")
    else:
        url = f"sqlite:///{tmp_path / 'journal.db'}"
        if not run.upgrades:
            shutil.copy(newest, tmp_path / "journal.db")
    made = Lives(tmp_path, url, run.seller, run.script)
    yield made
    made.end()


EVERY = [
    pytest.param(run, id=str(run), marks=[pytest.mark.postgres] if run.database == "postgres" else [])
    for run in whole()
]
FEW = ("C04-postgres-key", "C03-sqlite-list", "C04-sqlite-none")
USUAL = [row for row in EVERY if row.id in FEW]
"""Around the send, where it matters most: of these not even a quick run of all tests goes without."""


@pytest.mark.lane_crash
@pytest.mark.parametrize("run", EVERY, indirect=True)
def test_nothing_is_bought_twice_or_lost_wherever_it_is_killed(run, lives, films):
    play(run, lives, films)


@pytest.mark.parametrize("run", USUAL, indirect=True)
def test_nothing_is_bought_twice_or_lost_where_a_few_of_them_are_killed(run, lives, films):
    play(run, lives, films)


@pytest.mark.parametrize("kind", KINDS)
def test_a_life_that_nobody_disturbs_passes_every_label_of_the_matrix_so_often(films, kind):
    film = films[kind]
    assert set(film["labels"]) == set(POINTS) - {CANCELLING}
    for label, visits in VISITS.items():
        assert label in (CANCELLING, "C20") or film["labels"][label] >= max(visits)
    assert all(visit in VISITS[label] for label, visit in OF_A_TAKE.items())


def test_the_matrix_has_108_runs_and_a_sample_has_every_label_in_every_way():
    assert len(whole()) == len(set(whole())) == 108
    assert all(read(str(run)) == run for run in whole(7))
    for seed in range(20):
        few = sampled(24, seed)
        assert len(few) == len(set(few)) == 24
        assert {run.point for run in few} == set(POINTS)
        ways = Counter((run.database, run.kind) for run in few)
        assert len(ways) == len(DATABASES) * len(WAYS) and min(ways.values()) >= 3
    assert len(set(sampled(108, 5))) == 108


def test_every_seller_is_met_at_every_label_and_old_journals_have_work_in_flight():
    assert {run.seller for run in whole()} == set(KINDS)
    for point in POINTS:
        assert {run.seller for seed in (0, 1) for run in whole(seed) if run.point == point} == set(KINDS)
    assert Run("C20", "sqlite", "list").visit == 1 and OLDER[0] == "C06", "also where no seed draws"


def test_a_journal_that_was_aged_is_as_the_tree_before_left_it(empty_url):
    fill(empty_url)
    engine = engine_of(empty_url)
    was = look_at(engine, "purchases")
    upgrade(make_url(empty_url))
    assert look_at(engine, "purchases") != was
    age(empty_url)
    assert look_at(engine, "purchases") == was
    engine.dispose()


def look_at(engine, table):
    with engine.connect() as conn:
        rows = conn.execute(text(f"SELECT * FROM {table} ORDER BY id")).mappings().all()
    return described(engine), [dict(row) for row in rows]
