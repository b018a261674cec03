"""Names of projects and purchases: what each means, in every database, and which are refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from reasons import has_code
from reelwright.errors import BadInput, NotFound
from reelwright.reel.film.brief import Brief
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.store.projects.id_lookup import resolve_project
from reelwright.store.schema.schema import leases, projects
from store.making import ACCOUNT, Scene, step


async def open_projects(db: Database, ids: Sequence[str], account: str = ACCOUNT) -> Journal:
    """Projects of these ids, the oldest first."""
    journal = Journal(db)
    for number, name in enumerate(ids):
        made = await journal.open_project(account, name, Brief(text=name))

        def rename(unit, made=made, name=name, number=number):  # type: ignore[no-untyped-def]
            unit.conn.execute(leases.delete().where(leases.c.project == made))
            unit.conn.execute(update(projects).where(projects.c.id == made).values(id=name, created_at=number))

        await db.write(rename)
    return journal


async def test_a_project_is_named_by_the_end_of_its_id(db: Database) -> None:
    ids = ["project_0001-aaaa", "project_0002-bbbb", "project_0003-abbb", "project_x"]
    journal = await open_projects(db, ids)
    await open_projects(db, ["project_0004-aaaa"], "other")
    for called, meant in {
        "last": 3, "0001-aaaa": 0, "aaaa": 0, "project_0002-bbbb": 1, "-bbbb": 1, "project_x": 3, "x": 3,
    }.items():  # fmt: skip
        assert await journal.resolve_project(ACCOUNT, called) == ids[meant], called
    for called in (
        "bbb",
        "AAAA",
        "%aaa",
        "_aaa",
        "",
        "aaaa ",
        "a\x00aaaa",
        "\ud800aaaa",
        "ａａａａ",
        "project_",
        "-" * 99,
    ):
        with pytest.raises(NotFound, check=has_code("name_not_found")):
            await journal.resolve_project(ACCOUNT, called)
    with pytest.raises(BadInput):
        await journal.resolve_project(ACCOUNT, 7)  # type: ignore[arg-type]


async def test_an_end_of_several_ids_is_refused_with_their_number(db: Database) -> None:
    journal = await open_projects(db, ["project_2-bbbb", "project_9-bbbb", "project_bbbb"])
    with pytest.raises(BadInput, match="ends 2 of them"):
        await journal.resolve_project(ACCOUNT, "-bbbb")
    assert await journal.resolve_project(ACCOUNT, "bbbb") == "project_bbbb"


async def test_an_account_without_projects_has_no_last_one(db: Database) -> None:
    journal = await open_projects(db, ["project_0001-aaaa"], "other")
    for called in ("last", "aaaa", "project_0001-aaaa"):
        with pytest.raises(NotFound, check=has_code("nothing_here_yet")):
            await journal.resolve_project(ACCOUNT, called)


async def test_the_last_project_holds_recovered_purchases_only_where_there_is_no_other(db: Database) -> None:
    journal = await open_projects(db, ["project_0001-aaaa", "project_0002-bbbb"])

    async def recover(project: str) -> None:
        made = update(projects).where(projects.c.id == project).values(lookup_key=f"recovered/{project}")
        await db.write(lambda unit: unit.conn.execute(made))

    await recover("project_0002-bbbb")
    assert await journal.resolve_project(ACCOUNT, "last") == "project_0001-aaaa"
    await recover("project_0001-aaaa")
    assert await db.read(lambda conn: resolve_project(conn, ACCOUNT, "last")) == "project_0002-bbbb"


async def test_a_purchase_is_named_by_the_end_of_its_id(db: Database) -> None:
    scene = await Scene.set(db)
    with pytest.raises(NotFound, check=has_code("nothing_here_yet")):
        await scene.ledger.resolve_purchase(ACCOUNT, "last")
    allowance = await scene.approved(2_000_000)
    first = await scene.intend(allowance)
    second = await scene.intend(allowance, step("a blue door closes"))
    for called in (first.id, first.id.removeprefix("purchase_"), first.id[-12:]):
        assert await scene.ledger.resolve_purchase(ACCOUNT, called) == first.id
    assert await scene.ledger.resolve_purchase(ACCOUNT, "last") == second.id
    with pytest.raises(NotFound, check=has_code("name_not_found")):
        await scene.ledger.resolve_purchase(ACCOUNT, "zzzz")
