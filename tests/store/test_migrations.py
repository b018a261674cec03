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
from sqlalchemy import Engine, MetaData, create_engine, inspect, make_url, text

from crash.ageing import age
from reasons import has_code
from reelwright.errors import LeaseLost, StoreUnavailable
from reelwright.reel.film.brief import Brief
from reelwright.store.database.database import Database
from reelwright.store.database.migrate import SCRIPTS, read_version, upgrade
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.schema.columns import metadata
from reelwright.store.schema.earlier_names import DROPPED_COLUMNS, LAST_UNSETTLED, RENAMED_COLUMNS
from reelwright.store.schema.schema import FIRST, HEAD
from store.homes.kept import fill
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


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def test_the_newest_script_is_the_one_that_the_code_names() -> None:
    assert scripts().get_heads() == [HEAD]


def test_the_first_schema_is_written_out_before_a_second_one_follows() -> None:
    """Its script and the conversion create tables as the code has them, which would be another schema by then."""
    assert [one.revision for one in scripts().walk_revisions()] == [FIRST]


@pytest.mark.parametrize("was", ["nothing", "the tree before"])
def test_migrations_equal_the_schema(empty_url: str, was: str) -> None:
    if was == "the tree before":
        fill(empty_url)
    upgrade(make_url(empty_url))
    engine = engine_of(empty_url)
    migrated = described(engine)
    assert migrated.keys() == metadata.tables.keys()
    assert migrated["purchases"]["checks"], "what compares nothing finds no difference"
    numbered = list_numbered(engine)
    with engine.begin() as conn:
        conn.execute(text("DROP TABLE alembic_version"))
        metadata.drop_all(conn)
        metadata.create_all(conn)
    assert described(engine) == migrated and list_numbered(engine) == numbered
    engine.dispose()


def list_numbered(engine: Engine) -> list[str]:
    """Tables of SQLite whose numbers are never used again."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as conn:
        made = conn.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        return sorted(str(name) for name, sql in made if "AUTOINCREMENT" in sql.upper())


def rows_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row by table, under the names of now."""
    found, tables = {}, MetaData()
    with engine.connect() as conn:
        tables.reflect(conn, only=list(metadata.tables))
        for name, table in tables.tables.items():
            now, dropped = RENAMED_COLUMNS.get(name, {}), DROPPED_COLUMNS.get(name, ())
            rows = conn.execute(table.select().order_by(*table.primary_key.columns)).mappings()
            found[name] = [{now.get(k, k): v for k, v in row.items() if k not in dropped} for row in rows]
    return found


def read_next_numbers(engine: Engine) -> dict[str, int]:
    """The last number that each table gave by itself, by table."""
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            return {one.name: one.seq for one in conn.execute(text("SELECT name, seq FROM sqlite_sequence"))}
        last = conn.execute(text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"))
        return {one.sequencename: one.last_value for one in last}


@pytest.fixture
def before(empty_url: str) -> str:
    """URL of a journal of the tree before, in which the last event and the only request were deleted and added."""
    fill(empty_url)
    engine = engine_of(empty_url)
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM events WHERE id = (SELECT max(id) FROM events)"))
        conn.execute(
            text(
                "INSERT INTO requests (account, key, digest, project, at, was_retry, retries, is_asked) "
                "SELECT account, 'key:a', 'd', id, 1, true, 0, true FROM projects LIMIT 1"
            )
        )
    engine.dispose()
    return empty_url


def test_a_journal_of_the_tree_before_keeps_every_row_and_gives_no_number_twice(before: str) -> None:
    engine = engine_of(before)
    rows, numbers = rows_of(engine), read_next_numbers(engine)
    Database(before).close()
    lease = next(row for row in rows["leases"] if row["director"])  # of a director that died
    lease |= {"director": None, "held_since": None, "token": lease["token"] + 1}
    assert rows_of(engine) == rows and sum(map(len, rows.values())) > 500
    assert read_next_numbers(engine) == numbers
    with engine.connect() as conn:
        assert read_version(conn) == HEAD
        if engine.dialect.name == "sqlite":
            assert not conn.execute(text("PRAGMA foreign_key_check")).all()
    engine.dispose()


@pytest.mark.parametrize("visit", [1, 2, len(RENAMED_COLUMNS), len(RENAMED_COLUMNS) + len(DROPPED_COLUMNS) + 1])
def test_a_conversion_that_is_killed_changes_nothing_and_is_repeated(before: str, visit: int) -> None:
    engine = engine_of(before)
    was, rows = described(engine), rows_of(engine)
    crash = {**os.environ, "REELWRIGHT_CRASH_AT": f"C20:{visit}"}
    assert subprocess.run([sys.executable, "-c", OPEN, before], env=crash).returncode == -signal.SIGKILL
    assert described(engine) == was and rows_of(engine) == rows
    with engine.connect() as conn:
        assert read_version(conn) == LAST_UNSETTLED
    Database(before).close()
    assert described(engine) != was and len(rows_of(engine)["purchases"]) == len(rows["purchases"])
    engine.dispose()


@pytest.mark.parametrize("version", ["0001", "0008", "0031", "9999"])
def test_a_journal_from_before_the_tree_before_is_refused_and_left_alone(before: str, version: str) -> None:
    engine = engine_of(before)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    was = described(engine)
    with pytest.raises(StoreUnavailable, check=has_code("journal_is_unreleased")) as refused:
        Database(before)
    assert refused.value.params["schema"] == version and described(engine) == was
    engine.dispose()


def whole(engine: Engine) -> dict[str, Any]:
    """``described``, with what no inspection shows: rows of a journal without a use, and serials that never repeat."""
    with engine.connect() as conn:
        names = [*metadata.tables, "alembic_version"]
        rows = {name: [tuple(row) for row in conn.execute(text(f"SELECT * FROM {name}"))] for name in names}
    look = inspect(engine)
    versions = [look.get_pk_constraint("alembic_version"), str(look.get_columns("alembic_version"))]
    return {"tables": described(engine), "rows": rows, "never repeat": list_numbered(engine), "versions": versions}


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


@pytest.fixture(params=["nothing", "the tree before"])
def older(request: pytest.FixtureRequest, empty_url: str) -> str:
    """URL of a database that is made new, or upgraded, when it is opened."""
    if request.param != "nothing":
        fill(empty_url)
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
        assert read_version(conn) == (LAST_UNSETTLED if was else None)
    engine.dispose()
    database = Database(older)
    assert await Journal(database).open_project(ACCOUNT, "Door", Brief(text="a door"))
    database.close()


def test_a_journal_of_a_newer_edition_is_left_alone(db_url: str) -> None:
    Database(db_url).close()
    engine = engine_of(db_url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(StoreUnavailable, check=has_code("journal_is_newer")):
        Database(db_url)
    with engine.connect() as conn:
        assert read_version(conn) == "r9999"
    engine.dispose()


async def test_no_journal_is_upgraded_while_a_director_of_an_older_release_works_with_it(db_url: str) -> None:
    """The older one would write rows as its schema has them."""
    engine, database = engine_of(db_url), Database(db_url)
    journal, holder = Journal(database), make_holder("director_old")
    project = await journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
    await journal.enqueue(ACCOUNT, project, "film", None, {})
    lease = await journal.claim_project(holder, project)
    assert lease
    age(db_url)
    with engine.begin() as conn:  # with the longest lease time, it is silent for ten minutes between two heartbeats
        conn.execute(text("UPDATE directors SET beat_at = beat_at - 700000"))
    with pytest.raises(StoreUnavailable, check=has_code("older_director_at_work")) as refused:
        Database(db_url)
    assert refused.value.params["pid"] == os.getpid() and refused.value.retry == "later"
    with engine.begin() as conn:
        assert read_version(conn) == LAST_UNSETTLED
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
    age(db_url)
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
        conn.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
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
