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

from reelwright.errors import StoreUnavailable
from reelwright.reel.brief import Brief
from reelwright.store.database import Database
from reelwright.store.journal import SqlJournal
from reelwright.store.migrate import SCRIPTS, upgrade, version_of
from reelwright.store.schema import HEAD, metadata
from store.making import ACCOUNT

OPEN = "import sys; from reelwright.store.database import Database; Database(sys.argv[1]).close()"


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


def test_three_that_upgrade_at_once_all_find_it_done(empty_url: str) -> None:
    running = [subprocess.Popen([sys.executable, "-c", OPEN, empty_url], stderr=subprocess.PIPE) for _ in range(3)]
    for process in running:
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 0, said.decode()
    engine = engine_of(empty_url)
    with engine.connect() as conn:
        assert version_of(conn) == HEAD
    engine.dispose()


async def test_a_process_killed_in_the_middle_of_an_upgrade_leaves_the_database_as_it_was(empty_url: str) -> None:
    crash = {**os.environ, "REELWRIGHT_CRASH_AT": "C20"}
    assert subprocess.run([sys.executable, "-c", OPEN, empty_url], env=crash).returncode == -signal.SIGKILL
    engine = engine_of(empty_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    database = Database(empty_url)
    assert await SqlJournal(database).open_project(ACCOUNT, "Door", Brief(text="a door"))
    database.close()


def test_a_journal_of_a_newer_edition_is_left_alone(db_url: str) -> None:
    Database(db_url).close()
    engine = engine_of(db_url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="newer Reelwright"):
        Database(db_url)
    with engine.connect() as conn:
        assert version_of(conn) == "9999"
    engine.dispose()


def test_a_database_that_is_up_to_date_is_opened_without_alembic(db_url: str) -> None:
    Database(db_url).close()
    said = subprocess.run(
        [sys.executable, "-c", OPEN + "; print('alembic' in sys.modules)", db_url], capture_output=True, text=True
    ).stdout
    assert said.strip() == "False"
