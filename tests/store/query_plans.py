"""What SQLite does for each statement that a test runs: the indexes that it searches, and what it reads whole."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

GROWING = (
    "projects", "revisions", "jobs", "leases", "outcomes", "assets", "allowances", "purchases", "takes",
    "purchase_history", "adjustments", "allowance_shares", "events", "asset_uses",
)  # fmt: skip
"""Tables that grow with what an account has made."""
_STEP = re.compile(rf"(SCAN|SEARCH) ({'|'.join(GROWING)})(?:_\d+)?\b(.*)")
_WHOLE_ACCOUNT = re.compile(r"\(account=\?\)$")
_SHORT = re.compile(
    r"INDEX (ix_jobs_turn|ix_jobs_goes_on|ix_jobs_started|ix_assets_gone|ix_purchases_waiting|ix_purchases_at_provider|"
    r"ix_leases_director)"
)
"""Indexes of what is under way now: however much an account has made, they are short."""


@contextlib.contextmanager
def recorded() -> Iterator[dict[str, Any]]:
    """The statements of every connection, each with the parameters of its first run."""
    seen: dict[str, Any] = {}

    def record(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            seen.setdefault(statement, parameters[0] if executemany else parameters)

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", record)


def explain(path: Path, statement: str, parameters: Any) -> list[str]:
    """The steps of SQLite's plan for a statement that touch a table that grows."""
    with contextlib.closing(sqlite3.connect(path)) as conn:
        steps = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    return [step for step in steps if _STEP.match(step)]


def list_whole_reads(path: Path, statement: str, parameters: Any) -> list[str]:
    """The steps that read all rows of a table, or all of an account, unless a LIMIT ends them after a few."""
    found = []
    for step in explain(path, statement, parameters):
        how, _, rest = _STEP.match(step).groups()  # type: ignore[union-attr]
        is_whole = how == "SCAN" or _WHOLE_ACCOUNT.search(rest)
        if is_whole and not _SHORT.search(rest):
            found.append(step)
    return found
