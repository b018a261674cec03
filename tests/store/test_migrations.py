"""Migrations make the very schema that the code speaks, whole or not at all, whoever else tries at the same time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, make_url, text

from reasons import has_code
from reelwright.errors import LeaseLost, StoreUnavailable
from reelwright.reel.film.brief import Brief
from reelwright.store.database.database import Database
from reelwright.store.database.migrate import SCRIPTS, read_version, upgrade
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.schema.columns import metadata
from reelwright.store.schema.schema import HEAD
from store.making import ACCOUNT

OPEN = "import sys; from reelwright.store.database.database import Database; Database(sys.argv[1]).close()"


def engine_of(url: str) -> Engine:
    return create_engine(make_url(url))


def plain(said: list[Any]) -> list[str]:
    """Each as text: a condition of an index is an object whose text is its SQL."""
    return sorted(json.dumps(one, default=str, sort_keys=True) for one in said)


def described(engine: Engine) -> dict[str, Any]:
    """All that a database says of itself, as plain values."""
    look = inspect(engine)
    found: dict[str, Any] = {}
    for name in look.get_table_names():
        if name == "alembic_version":
            continue
        found[name] = {
            "columns": [(c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in look.get_columns(name)],
            "primary": look.get_pk_constraint(name),
            "foreign": plain(look.get_foreign_keys(name)),
            "unique": plain(look.get_unique_constraints(name)),
            "checks": plain(look.get_check_constraints(name)),
            "indexes": plain(look.get_indexes(name)),
        }
    if engine.dialect.name == "sqlite":  # an inspection tells neither of an index's expressions nor of its order
        with engine.connect() as conn:
            indexes = conn.execute(text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index'"))
            for table, name, sql in indexes:
                if table in found:
                    found[table].setdefault("index texts", {})[name] = sql
    return found


def test_the_newest_script_is_the_one_that_the_code_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_migrations_equal_the_schema(empty_url: str, tmp_path: Any) -> None:
    upgrade(make_url(empty_url))
    engine = engine_of(empty_url)
    migrated = described(engine)
    assert migrated.keys() == metadata.tables.keys()
    assert migrated["purchases"]["checks"], "what compares nothing finds no difference"
    with engine.begin() as conn:
        conn.execute(text("DROP TABLE alembic_version"))
        metadata.drop_all(conn)
        metadata.create_all(conn)
    assert described(engine) == migrated
    engine.dispose()


def whole(engine: Engine) -> dict[str, Any]:
    """``described``, with what no inspection shows: rows of a journal without a use, and serials that never repeat."""
    with engine.connect() as conn:
        names = [*metadata.tables, "alembic_version"]
        rows = {name: [tuple(row) for row in conn.execute(text(f"SELECT * FROM {name}"))] for name in names}
        repeats = []
        if engine.dialect.name == "sqlite":
            made = conn.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
            repeats = sorted(str(name) for name, sql in made if "AUTOINCREMENT" in sql.upper())
    look = inspect(engine)
    versions = [look.get_pk_constraint("alembic_version"), str(look.get_columns("alembic_version"))]
    return {"tables": described(engine), "rows": rows, "never repeat": repeats, "versions": versions}


def test_an_empty_database_is_given_what_all_migrations_make(empty_url: str, tmp_path: Any) -> None:
    upgrade(make_url(empty_url))
    engine = engine_of(empty_url)
    migrated = whole(engine)
    with engine.begin() as conn:
        conn.execute(text("DROP TABLE alembic_version"))
        metadata.drop_all(conn)
    Database(empty_url).close()
    assert whole(engine) == migrated
    engine.dispose()


def test_a_database_that_holds_something_of_another_program_is_migrated_beside_it(empty_url: str) -> None:
    engine = engine_of(empty_url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE others (word TEXT)"))
    Database(empty_url).close()
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version", "others"}
    engine.dispose()


@pytest.fixture(params=["nothing", "an older schema"])
def older(request: pytest.FixtureRequest, empty_url: str) -> str:
    """URL of a database that is made new, or upgraded, when it is opened."""
    if request.param != "nothing":
        upgrade(make_url(empty_url), "0004")
    return empty_url


def test_three_that_upgrade_at_once_all_find_it_done(older: str) -> None:
    running = [subprocess.Popen([sys.executable, "-c", OPEN, older], stderr=subprocess.PIPE) for _ in range(3)]
    for process in running:
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 0, said.decode()
    engine = engine_of(older)
    with engine.connect() as conn:
        assert read_version(conn) == HEAD
    engine.dispose()


async def test_a_process_killed_in_the_middle_of_an_upgrade_leaves_the_database_as_it_was(older: str) -> None:
    engine = engine_of(older)
    was = described(engine)
    crash = {**os.environ, "REELWRIGHT_CRASH_AT": "C20"}
    assert subprocess.run([sys.executable, "-c", OPEN, older], env=crash).returncode == -signal.SIGKILL
    assert described(engine) == was
    with engine.connect() as conn:
        assert read_version(conn) == ("0004" if was else None)
    engine.dispose()
    database = Database(older)
    assert await Journal(database).open_project(ACCOUNT, "Door", Brief(text="a door"))
    database.close()


def test_a_journal_of_a_newer_edition_is_left_alone(db_url: str) -> None:
    Database(db_url).close()
    engine = engine_of(db_url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, check=has_code("journal_is_newer")):
        Database(db_url)
    with engine.connect() as conn:
        assert read_version(conn) == "9999"
    engine.dispose()


def set_back(engine: Engine) -> None:
    """Make the schema that of the release before the id of an operation had a column."""
    with engine.begin() as conn:
        conn.execute(text("DROP INDEX ix_purchases_operation"))
        conn.execute(text("ALTER TABLE purchases DROP COLUMN operation_id"))
        conn.execute(text("UPDATE alembic_version SET version_num = '0031'"))


async def test_no_journal_is_upgraded_while_a_director_of_an_older_release_works_with_it(db_url: str) -> None:
    """The older one would go on without the new column, by which no two purchases follow one operation."""
    engine, database = engine_of(db_url), Database(db_url)
    journal, holder = Journal(database), make_holder("director_old")
    project = await journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
    await journal.enqueue(ACCOUNT, project, "film", None, {})
    lease = await journal.claim_project(holder, project)
    assert lease
    set_back(engine)
    with engine.begin() as conn:  # with the longest lease time, it is silent for ten minutes between two heartbeats
        conn.execute(text("UPDATE directors SET beat_at = beat_at - 700000"))
    with pytest.raises(StoreUnavailable, check=has_code("older_director_at_work")) as refused:
        Database(db_url)
    assert refused.value.params["pid"] == os.getpid() and refused.value.retry == "later"
    with engine.begin() as conn:
        assert read_version(conn) == "0031"
        conn.execute(text("UPDATE directors SET beat_at = beat_at - 3600000"))  # it was stopped, such as by SIGSTOP
    Database(db_url).close()
    with pytest.raises(LeaseLost):
        await journal.record_event(lease, None, "late", {})
    await journal.record_heartbeat(holder)  # it woke
    taken = await journal.claim_project(make_holder("director_new"), project)
    assert taken and taken.token > lease.token + 1
    database.close()
    engine.dispose()


@pytest.mark.parametrize("end", ["gone", "released"])
async def test_a_director_that_has_ended_keeps_nobody_from_an_upgrade(db_url: str, end: str) -> None:
    engine, database = engine_of(db_url), Database(db_url)
    journal = Journal(database)
    project = await journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
    await journal.enqueue(ACCOUNT, project, "film", None, {})
    lease = await journal.claim_project(make_holder("director_old"), project)
    assert lease
    if end == "released":
        await journal.release(lease)
    database.close()
    set_back(engine)
    if end == "gone":
        with engine.begin() as conn:
            conn.execute(text("UPDATE directors SET born = born - 1"))  # another process has its number now
    Database(db_url).close()
    with engine.connect() as conn:
        assert read_version(conn) == HEAD
    engine.dispose()


@pytest.mark.parametrize("door", ["one", "any", "recovery"])
async def test_a_director_claims_nothing_of_a_journal_that_a_newer_release_upgraded(db_url: str, door: str) -> None:
    engine, database = engine_of(db_url), Database(db_url)
    journal, holder = Journal(database), make_holder("director_old")
    project = await journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
    await journal.enqueue(ACCOUNT, project, "film", None, {})
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, check=has_code("journal_is_newer")):
        if door == "recovery":
            await journal.claim_for_recovery(holder, ACCOUNT, project)
        else:
            await (journal.claim_project(holder, project) if door == "one" else journal.claim_projects(holder, 8))
    database.close()
    engine.dispose()


@pytest.mark.parametrize("kind", ["new", "up to date"])
def test_a_database_is_opened_without_alembic(empty_url: str, kind: str) -> None:
    if kind == "up to date":
        Database(empty_url).close()
    said = subprocess.run(
        [sys.executable, "-c", OPEN + "; print('alembic' in sys.modules)", empty_url], capture_output=True, text=True
    ).stdout
    assert said.strip() == "False"
