"""Upgrades of a database to the newest schema, each in one transaction and by one process at a time.

An empty database gets the newest schema at once, without Alembic, which takes a while to import;
``test_migrations_equal_the_schema`` checks that both schemas are equal. One schema from before the first release is
converted, see ``conversion``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, inspect, select, text, update

from reelwright import late_libraries as late
from reelwright.errors import StoreUnavailable
from reelwright.lease_and_heartbeat import DIRECTOR_DEAD_AFTER_S
from reelwright.reason import Action
from reelwright.reel.base.crashpoints import reach
from reelwright.store.database.conversion import convert
from reelwright.store.database.engines import open_engine
from reelwright.store.database.living_directors import is_silent
from reelwright.store.database.processes import identify_machine, is_gone
from reelwright.store.schema import file_tables, member_tables, webhook_tables
from reelwright.store.schema.columns import metadata
from reelwright.store.schema.earlier_names import LAST_UNSETTLED
from reelwright.store.schema.failures import translate_database_errors
from reelwright.store.schema.schema import FIRST, HEAD, HELD, directors, leases
from reelwright.store.schema.sql import hold_lock

_TABLES_ELSEWHERE: Final = (file_tables, member_tables, webhook_tables)
"""Modules with tables of the schema, beside ``schema`` itself: importing one adds its tables to ``metadata``."""
SCRIPTS: Final = Path(__file__).parent / "migrations"
_VERSIONS: Final = (
    "alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
"""As Alembic makes it."""


def ensure_newest_schema(url: URL, reading: Engine) -> None:
    """Create or upgrade the database's schema unless it is the newest.

    Raises ``StoreUnavailable``; nothing is half-done then.
    """
    where = url.render_as_string(hide_password=True)
    with translate_database_errors(where):
        with reading.begin() as conn:
            found = read_version(conn)
        if found == HEAD:
            return
        if found is not None or not _create(url):
            upgrade(url)


def _create(url: URL) -> bool:
    """Give an empty database the newest schema; False where it is not empty, or not any more."""
    engine = open_engine(url, can_write=True)
    try:
        with engine.begin() as conn:
            hold_lock(conn, "migrate")
            if inspect(conn).get_table_names():
                return False
            metadata.create_all(conn, checkfirst=False)
            conn.execute(text(f"CREATE TABLE {_VERSIONS}"))
            conn.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
            reach("C20")
    finally:
        engine.dispose()
    return True


def read_version(conn: Connection) -> str | None:
    """Read the database's last migration, such as ``r0001``; None for an empty database."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(url: URL) -> None:
    """Run all migrations in one transaction. Other processes wait meanwhile, then find it done.

    Raises ``StoreUnavailable`` where a newer release wrote the journal, where it is from before the first release and
    cannot be converted, and while an older release's director is at work.
    """
    config = late.alembic_config.Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    # SQLite changes a table by rebuilding it, which foreign keys would prevent.
    engine = open_engine(url, can_write=True, has_foreign_keys=False)
    try:
        with engine.begin() as conn:
            hold_lock(conn, "migrate")
            hold_lock(conn, "claim")  # an older release claims nothing meanwhile
            found = read_version(conn)
            if found is not None and found.isdecimal():
                _convert(conn, found)
            if found is not None and found < HEAD:
                _take_leases_away(conn)
            config.attributes["connection"] = conn
            late.alembic_command.upgrade(config, "head")
            reach("C20")
    except late.alembic_util.CommandError as cause:
        raise StoreUnavailable(code="journal_is_newer", actions=[Action("set_home")]) from cause
    finally:
        engine.dispose()


def is_unreadable(version: str) -> bool:
    """Whether a journal of this schema is from before the first release and cannot be converted."""
    return version.isdecimal() and version != LAST_UNSETTLED


def _convert(conn: Connection, found: str) -> None:
    """Convert a journal from before the first release, whose schemas had numbers alone; only the last one is known."""
    if is_unreadable(found):
        raise StoreUnavailable(code="journal_is_unreleased", schema=found, actions=[Action("set_home")])
    convert(conn)
    conn.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": FIRST})


def _take_leases_away(conn: Connection) -> None:
    """Raise ``StoreUnavailable`` while a living director holds a lease; else make every lease invalid and free.

    A director of an older release would write rows as its schema has them. One that only seems dead, such as a stopped
    process, finds its lease lost. It may send heartbeats again when it wakes, so that no lease may name it then:
    nobody else would get the project.
    """
    holders = select(directors).where(
        directors.c.id.in_(select(leases.c.director).where(HELD)), ~is_silent(DIRECTOR_DEAD_AFTER_S)
    )  # fmt: skip
    here = identify_machine()
    for row in conn.execute(holders):
        if (row.host, row.boot_id) != here or not is_gone(row.pid, row.process_start):
            raise StoreUnavailable(code="older_director_at_work", pid=row.pid, host=row.host, actions=[Action("wait")])
    conn.execute(update(leases).where(HELD).values(token=leases.c.token + 1, director=None, held_since=None))
