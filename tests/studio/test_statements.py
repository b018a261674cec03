"""The statements of one ``make`` are as many in a home that has made hundreds of films as in a new one."""

from __future__ import annotations

from pathlib import Path

import pytest

import hurry
from engine.test_costs import counted
from reelwright import AsyncStudio, Settings
from reelwright.reel.base.document import to_json
from reelwright.reel.base.ids import mint
from reelwright.reel.film.brief import Brief
from reelwright.store.database.unit import Unit
from reelwright.store.schema.schema import events, jobs, leases, projects
from reelwright.store.vault.assets import ensure_account
from store.query_plans import list_whole_reads, recorded

BRIEF = "“It never flickers.” For “Fenn”. Order at fenn.example"
SMALL = {"short_side": 180, "aspect": "9:16", "length": 4}
FEW, MANY = 1, 300
EVENTS = 20
"""Of each earlier project."""
RUNS = 3
MAY_READ_WHOLE = (
    "SELECT projects.id \nFROM projects\n LIMIT",  # whether this is a new journal
    "DESC, projects.id DESC\n LIMIT",  # the newest projects, by an index
    "billed_micros IS NOT NULL OR dispute = 'open'",  # doubted bills, by an index of those alone: they are few
    "send_count > 0 AND resubmit <> 'free'\n LIMIT",  # whether the account ever paid, by an index of what was paid
)
"""Parts of statements that search no more than an account, and end after a few rows."""


def add_finished_projects(unit: Unit, count: int) -> None:
    brief = to_json(Brief(text="A film"))
    ensure_account(unit.conn, "local")
    for number in range(count):
        project, job = mint("project"), mint("job")
        of = {"account": "local", "project": project}
        unit.conn.execute(
            projects.insert().values(id=project, account="local", name="A film", brief=brief, created_at=number)
        )
        unit.conn.execute(leases.insert().values(**of, token=1))
        unit.conn.execute(
            jobs.insert().values(
                id=job, **of, goal="film", state="done", options="{}", cancel_requested=False, reason="",
                created_at=number, finished_at=number,
            )
        )  # fmt: skip
        rows = [{**of, "at": number, "job": job, "kind": "step.started", "body": "{}"}] * EVENTS
        unit.conn.execute(events.insert(), rows)


async def count_statements_of_make(home: Path, earlier: int) -> int:
    """The least of ``RUNS`` measurements: looks that fall due while a loaded machine waits only add."""
    async with AsyncStudio(Settings(home=home, hands=1)) as studio:
        opened = await studio._open_home()
        await studio.plan(BRIEF)  # what is read once in a process
        await opened.journal._db.write(lambda unit: add_finished_projects(unit, earlier))
        found = []
        for run in range(RUNS):
            with counted() as statements:
                made = await studio.make(f"{BRIEF} {run}", goal="plan", **SMALL)
            assert made.state == "done"
            found.append(statements.total())
        return min(found)


async def test_a_make_takes_no_more_statements_after_hundreds_of_films_than_after_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry.set_constants(hurry.usual, monkeypatch.setattr)
    few = await count_statements_of_make(tmp_path / "few", FEW)
    many = await count_statements_of_make(tmp_path / "many", MANY)
    assert many <= few, f"statements per make: {few} after {FEW} project, {many} after {MANY} projects"


async def test_a_make_reads_no_whole_table_and_no_whole_account(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with AsyncStudio(Settings(home=home, hands=1)) as studio:
        with recorded() as statements:
            film = await studio.make(BRIEF, goal="takes", **SMALL)
            again = await studio.make(BRIEF, goal="takes", **SMALL)
            assert film.project == again.project and again.up_to_date_message
            for name in (film.project, film.project[-6:], film.job):
                await studio.resume(name)
            await studio.show(film.project)
            await studio.list_jobs(film.project)
            await studio.cancel(film.job)
    assert not read_whole(home, statements)


async def test_a_paid_make_reads_no_whole_table_and_no_whole_account(tmp_path: Path) -> None:
    async with AsyncStudio(Settings(home=tmp_path / "home", hands=1), rehearse=True) as studio:
        with recorded() as statements:
            clip = await studio.clip("A fox runs in the snow", model="openrouter-veo-3.1-fast")
            assert clip.state == "done"
            await studio.show_spending(clip.project)
    assert not read_whole(tmp_path / "home" / "rehearsal", statements)


def read_whole(home: Path, statements: dict[str, object]) -> dict[str, list[str]]:
    found = {
        one: list_whole_reads(home / "journal.db", one, parameters)
        for one, parameters in statements.items()
        if not any(part in one for part in MAY_READ_WHOLE)
    }
    return {one: steps for one, steps in found.items() if steps}
