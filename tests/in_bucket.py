"""A plugin of pytest for ``make test-in-bucket``: the vault of every home whose settings name none is in a bucket of
an object store on this machine. Programs that a test starts open their homes as usual.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, Final

import pytest

from buckets import Bucket, open_bucket
from reelwright.settings import Settings
from reelwright.studio.runtime.runtime import Runtime

ABOUT_THE_FOLDER: Final = ("test_backup.py", "test_a_copied_home", "looks_in_the_providers_list")
"""Tests, by parts of their names, which copy a home as a folder or look for what lies in the folder of its vault."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is true of a vault in a folder alone."""
    left = [item for item in items if any(part in item.nodeid for part in ABOUT_THE_FOLDER)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def common_bucket() -> Iterator[Bucket]:
    """One bucket for all tests of a process."""
    with open_bucket() as bucket:
        yield bucket


@pytest.fixture(autouse=True)
def every_vault_in_a_bucket(common_bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each home a prefix of the bucket, by its path; a home that has a vault keeps it."""
    open_as_usual, moved = Runtime.__init__, set[Path]()

    @wraps(open_as_usual)
    def open_elsewhere(runtime: Runtime, settings: Settings, *args: Any, **options: Any) -> None:
        prefix = hashlib.sha256(str(settings.home).encode()).hexdigest()[:16]
        if not settings.vault_url and (settings.home in moved or not any(settings.vault.glob("*/*/*"))):
            moved.add(settings.home)
            url = f"{common_bucket.url}/{prefix}"
            settings = replace(settings, vault_url=url, vault_endpoint=common_bucket.endpoint)
        open_as_usual(runtime, settings, *args, **options)

    monkeypatch.setattr(Runtime, "__init__", open_elsewhere)
