"""Disks, databases and warm processes for people."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from crash.forked import Forks
from crash.kinds import environment
from person.databases import Postgres, Sqlite
from person.person import Person

DISK = "rw-disk-"
SIZE = "96m"
"""Of the disk on which people live: enough for a sequence, and soon full."""


@pytest.fixture(scope="session")
def disk() -> Iterator[Path]:
    """A small disk in memory that can be filled to its last byte; needs the right to mount. Else a folder in memory."""
    for left in Path(tempfile.gettempdir()).glob(f"{DISK}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(DISK).partition("-")[0])):
            _let_go(left)  # of a run that was killed
    folder = Path(tempfile.mkdtemp(prefix=f"{DISK}{os.getpid()}-"))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], check=False).returncode:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix=f"{DISK}{os.getpid()}-", dir=_memory()))
    yield folder
    _let_go(folder)


def _let_go(folder: Path) -> None:
    if folder.is_mount():
        subprocess.run(["umount", "--lazy", str(folder)], check=False)  # another worker may be quicker
    shutil.rmtree(folder, ignore_errors=True)


def _memory() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """The warm process of which everything that people do is forked."""
    made = Forks(tmp_path_factory.mktemp("forks"), environment(), "person.life")
    yield made
    made.end()


NewPerson = Callable[..., Person]


@pytest.fixture
def new_person(
    request: pytest.FixtureRequest,
    disk: Path,
    forks: Forks,
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[NewPerson]:
    """Makes people: by kind of database and kind of provider. Their things are gone after the test."""
    made: list[Person] = []
    folder = tmp_path_factory.mktemp("people")

    def make(database: str, kind: str) -> Person:
        databases: Sqlite | Postgres = Sqlite(sqlite_template)
        if database == "postgres":
            server, template = (request.getfixturevalue(name) for name in ("server_url", "pg_template"))
            databases = Postgres(server, template)
        name = uuid4().hex[:12]
        person = Person(folder / name, disk / name, databases, kind, forks, can_fill=disk.is_mount())
        made.append(person)
        return person

    yield make
    for person in made:
        person.end()
