"""A plugin of pytest for ``make test-on-postgres``: the journal of every home whose settings name no database is on
PostgreSQL, for as long as a test lasts. Programs that a test starts open their homes as usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from postgres import administer, copy_database, named
from reelwright.settings import Settings

ABOUT_A_FILE: Final = (
    "test_backup.py", "test_reconciling.py", "test_reconciling_lists.py", "test_statements.py", "test_lasting.py",
    "test_encoding_settings.py", "test_chains.py", "test_own_stills.py",
)  # fmt: skip
"""Tests of the file of a journal, of homes that are copied as folders, or of programs that open a home."""
ABOUT_THE_FOLDER: Final = (
    "nothing_is_left", "writes_nothing", "write_nothing", "never_buys", "a_backup_has", "nothing_is_written",
    "makes_no_home", "before_anything_is", "named_at_once", "leave_nothing_behind", "is_not_made",
    "a_batch_names_the_row", "the_price_of_all_comes_first", "nothing_is_sent", "with_those_that_are",
    "refused_with_what_is_accepted", "stops_a_rehearsal", "keeps_its_logo", "makes_only_its_beat_anew",
    "has_tools_of_its_own", "older_than_the_field", "eight_at_one_moment",
)  # fmt: skip
"""Parts of the names of tests which ask whether the folder of a home is there, or what is in its journal's file: beside
a database of its own, a home is made at once.
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is true of a home with a file alone."""
    left = [item for item in items if item.path.name in ABOUT_A_FILE or any(p in item.name for p in ABOUT_THE_FOLDER)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


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
