"""Engines of one process share the statements that they have compiled.

A program opens its journal once, a test run opens thousands: SQLAlchemy compiles each statement again for every engine,
which is half of what a test of the journal costs. Nothing that is executed changes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from reelwright.store.database import engines

_shared: dict[tuple[str, Any], Engine] = {}
_create = engines.create_engine


def share() -> None:
    """Let all engines that the journal opens from now on share; also those of processes that are forked from this."""
    engines.create_engine = _sharing  # type: ignore[attr-defined]


def _sharing(url: Any, **how: Any) -> Engine:
    engine = _create(url, **how)
    kind = (engine.dialect.name, how.get("isolation_level"))
    first = _shared.get(kind)
    if first is None or first.dialect.server_version_info is None:  # it has never been connected
        _shared[kind] = engine
        return engine
    engine.dialect = engine.pool._dialect = first.dialect  # compiled statements are found by their dialect
    engine._compiled_cache = first._compiled_cache
    return engine
