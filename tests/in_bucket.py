"""A plugin of pytest for ``make test-in-bucket``: the vault of every home whose settings name none is in a bucket of
an object store on this machine. Programs that a test starts open their homes as usual.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

import pytest

from buckets import Bucket, open_bucket
from reelwright.settings import Settings
from reelwright.studio.runtime.runtime import Runtime


@pytest.fixture(scope="session")
def common_bucket() -> Iterator[Bucket]:
    """One bucket for all tests of a process."""
    with open_bucket() as bucket:
        yield bucket


@pytest.fixture(autouse=True)
def every_vault_in_a_bucket(common_bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each home a prefix of the bucket, by its path; a home that has a vault keeps it."""
    open_as_usual = Runtime.__init__

    @wraps(open_as_usual)
    def open_elsewhere(runtime: Runtime, settings: Settings, *args: Any, **options: Any) -> None:
        prefix = hashlib.sha256(str(settings.home).encode()).hexdigest()[:16]
        if not settings.vault_url and not any(settings.vault.glob("*/*/*")):
            url = f"{common_bucket.url}/{prefix}"
            settings = replace(settings, vault_url=url, vault_endpoint=common_bucket.endpoint)
        open_as_usual(runtime, settings, *args, **options)

    monkeypatch.setattr(Runtime, "__init__", open_elsewhere)
