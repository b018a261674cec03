"""What a test can see of a database from outside, without asking our own code."""

from __future__ import annotations

import struct
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from reelwright.store.database.database import Database


def transactions(db: Database) -> int:
    """A number that grows by one with every transaction that wrote something, and by none that only read."""
    if db.url.get_backend_name() == "sqlite":
        return _commit_frames(Path(f"{db.url.database}-wal"))
    engine = create_engine(db.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        found: int = conn.execute(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")).scalar_one()
    engine.dispose()
    return found


def _commit_frames(wal: Path) -> int:
    """Frames of SQLite's write-ahead log that end a transaction (sqlite.org/fileformat.html, 4.1)."""
    log = wal.read_bytes() if wal.exists() else b""
    if not log:
        return 0
    page_size, salts = struct.unpack(">I", log[8:12])[0], log[16:24]
    frames = range(32, len(log), 24 + page_size)
    return sum(log[at + 8 : at + 16] == salts and log[at + 4 : at + 8] != bytes(4) for at in frames)


def rows(db: Database, query: str, **values: object) -> list[tuple[object, ...]]:
    """Rows of a plain query, on a connection of the test's own."""
    engine = create_engine(make_url(str(db.url.render_as_string(hide_password=False))))
    with engine.connect() as conn:
        found = [tuple(row) for row in conn.execute(text(query), values)]
    engine.dispose()
    return found


def change(db: Database, statement: str, **values: object) -> None:
    """What a test does to a database behind everybody's back."""
    engine = create_engine(make_url(str(db.url.render_as_string(hide_password=False))))
    with engine.begin() as conn:
        conn.execute(text(statement), values)
    engine.dispose()
