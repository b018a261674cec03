"""Bring a database to the newest schema: the whole upgrade in one transaction, one upgrader at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, inspect, text

from reelwright.errors import StoreUnavailable
from reelwright.reel.crashpoints import reach
from reelwright.store.engines import open_engine
from reelwright.store.failures import database_words
from reelwright.store.schema import HEAD
from reelwright.store.sql import hold

SCRIPTS: Final = Path(__file__).parent / "migrations"


def bring_to_head(url: URL, reading: Engine) -> None:
    """Do nothing when the schema is the newest, else upgrade. Raises ``StoreUnavailable``; nothing half-done."""
    where = url.render_as_string(hide_password=True)
    with database_words(where):
        with reading.begin() as conn:
            found = version_of(conn)
        if found == HEAD:
            return
        upgrade(url)


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
