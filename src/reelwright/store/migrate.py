"""Bring a database to the newest schema: all of it in one transaction, one process at a time.

An empty database gets the newest schema at once (a tenth of what Alembic and all migrations take, every first time);
``test_migrations_equal_the_schema`` holds that it is the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, inspect, text

from reelwright.errors import StoreUnavailable
from reelwright.reel.crashpoints import reach
from reelwright.store.engines import open_engine
from reelwright.store.failures import database_words
from reelwright.store.schema import HEAD, metadata
from reelwright.store.sql import hold

SCRIPTS: Final = Path(__file__).parent / "migrations"
_VERSIONS: Final = (
    "alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
"""As Alembic makes it."""


def bring_to_head(url: URL, reading: Engine) -> None:
    """Do nothing when the schema is the newest, else upgrade. Raises ``StoreUnavailable``; nothing half-done."""
    where = url.render_as_string(hide_password=True)
    with database_words(where):
        with reading.begin() as conn:
            found = version_of(conn)
        if found == HEAD:
            return
        if found is not None or not _create(url):
            upgrade(url)


def _create(url: URL) -> bool:
    """Give an empty database the newest schema; False where it is not empty, or not any more."""
    engine = open_engine(url, writes=True)
    try:
        with engine.begin() as conn:
            hold(conn, "migrate")
            if inspect(conn).get_table_names():
                return False
            metadata.create_all(conn, checkfirst=False)
            conn.execute(text(f"CREATE TABLE {_VERSIONS}"))
            conn.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
            reach("C20")
    finally:
        engine.dispose()
    return True


def version_of(conn: Connection) -> str | None:
    """The migration that the database stands at; None for an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(url: URL, to: str = "head") -> None:
    """Run all migrations up to ``to`` in one transaction. Others who try at the same time wait, then find it done."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    # SQLite rebuilds a table to change it, which foreign keys would stand in the way of.
    engine = open_engine(url, writes=True, foreign_keys=False)
    try:
        with engine.begin() as conn:
            hold(conn, "migrate")
            config.attributes["connection"] = conn
            command.upgrade(config, to)
            reach("C20")
    except CommandError as cause:
        raise StoreUnavailable(
            "the journal was written by a newer Reelwright",
            hint="upgrade this installation, or use another REELWRIGHT_HOME",
        ) from cause
    finally:
        engine.dispose()
