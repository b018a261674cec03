"""A plugin of pytest for ``make test-on-postgres``: the journal of every home whose settings name no database is on
PostgreSQL, for as long as a test lasts. Programs that a test starts open their homes as usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from postgres import administer, copy_database, named
from reelwright.settings import Settings


@pytest.fixture(autouse=True)
def every_home_on_postgres(server_url: str, pg_template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each home a database of its own when its settings are first made; a home that has a journal keeps it."""
    databases: dict[Path, str] = {}
    make_as_usual = Settings.__init__

    @wraps(make_as_usual)
    def make(settings: Settings, *args: Any, **options: Any) -> None:
        make_as_usual(settings, *args, **options)
        home = settings.home
        if settings.database or (home not in databases and (home / "journal.db").exists()):
            return
        if home not in databases:
            name = f"rw_{uuid4().hex[:16]}"
            copy_database(server_url, name, pg_template)
            databases[home] = name
        object.__setattr__(settings, "database", named(server_url, databases[home]))

    monkeypatch.setattr(Settings, "__init__", make)
    yield
    for name in databases.values():
        administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")
