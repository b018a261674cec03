"""Methods of ``Journal`` and ``Ledger``: each runs a function of ``store`` in a transaction of its own.

The function's signature, without its first parameter, and its docstring are the method's, and stand nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from reelwright.store.database.database import Database
from reelwright.store.database.unit import Unit

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseClient:
    """A class whose methods run on one database. ``lease_s``: seconds without a heartbeat until a director is gone."""

    def __init__(self, database: Database, lease_s: int) -> None:
        self._db, self._lease_s = database, lease_s


def make_write_method(
    write: Callable[Concatenate[Unit, P], T],
) -> Callable[Concatenate[DatabaseClient, P], Coroutine[Any, Any, T]]:
    """Make a method that runs ``write`` and returns its result once the transaction is synced: ``Database.write``."""

    @wraps(write)
    async def run(self: DatabaseClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._db.write(lambda unit: write(unit, *args, **kwargs))

    return run


def make_read_method(
    read: Callable[Concatenate[Connection, P], T],
) -> Callable[Concatenate[DatabaseClient, P], Coroutine[Any, Any, T]]:
    """Make a method that runs ``read`` on one snapshot of the database, in parallel with others: ``Database.read``."""

    @wraps(read)
    async def run(self: DatabaseClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._db.read(lambda conn: read(conn, *args, **kwargs))

    return run
