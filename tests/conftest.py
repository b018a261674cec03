"""Databases for tests: a fresh SQLite file or a fresh PostgreSQL database, the same suite on both. And no network."""

from __future__ import annotations

import gc
import os
import runpy
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import httpcore2
import hypothesis
import pytest
from sqlalchemy import make_url

import hurry
import statements
from json_schemas import check_every_result
from postgres import Cluster, administer, copy_database, named, programs
from reelwright.engine.hands.forking import FORK_SERVER
from reelwright.media.base import ffmpeg
from reelwright.store.database.database import Database
from reelwright.store.database.migrate import upgrade

pytest_plugins = ["fast_option", "sampled", "studio.prepared"]

QUIET = Path(__file__).parent / "quiet"
runpy.run_path(str(QUIET / "sitecustomize.py"))
os.environ["PYTHONPATH"] = os.pathsep.join([str(QUIET), *filter(None, [os.environ.get("PYTHONPATH")])])

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each of the thousands of programs compiles all of our sources
sys.dont_write_bytecode = False

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup, the programs that tests start would not hear it either


def _keep_files_in_memory() -> None:
    """Thousands of journals are synced to a disk here that nobody turns off: kills of processes are what is tested, and
    of those memory keeps everything, too."""
    shm = Path("/dev/shm")
    if os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 4 << 30:  # a whole run leaves less than 1 GiB
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(shm))


_keep_files_in_memory()

gc.set_threshold(100_000, 20, 20)  # the usual 700 cost a sixth of all the time that the tests take in this process

FORK_SERVER.open()  # kept from test to test: each would import what works need once more

statements.share()
check_every_result()


def _share_trust() -> None:
    """Read this machine's certificates once, not for each client: most of those connect to loopback without TLS."""
    load = httpcore2.default_ssl_context
    shared = cache(lambda environment, **more: load(**more))

    def get(**more: bool) -> ssl.SSLContext:
        context: ssl.SSLContext = shared((os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")), **more)
        return context

    httpcore2.default_ssl_context = get


_share_trust()

hypothesis.settings.register_profile("steady", deadline=None)  # how busy a machine is says nothing about our code
hypothesis.settings.load_profile("steady")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: children would ignore Ctrl-C, too
    signal.signal(signal.SIGINT, signal.default_int_handler)

LOUD = "!!! PostgreSQL tests are SKIPPED: {why}. Set REELWRIGHT_TEST_PG_URL or apt-get install postgresql."


_LITTER = pytest.StashKey[set[str]]()


def _untracked() -> set[str]:
    """Files of the working tree that git neither knows nor ignores; none where this is no checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"],
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    return set(listed.stdout.splitlines())


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_LITTER] = _untracked()


_ABOVE_THE_STORE = ("tests/engine/", "tests/server/", "tests/studio/")
_ON_BOTH = ("tests/engine/test_costs.py",)
"""What is tested there are the statements and commits of each database."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All SQL is in the store, whose own tests meet both databases: of the others, a sample meets one by the seed."""
    for item in items:
        params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if item.nodeid.startswith(_ON_BOTH) or item.get_closest_marker("sampled"):
            continue
        if item.nodeid.startswith(_ABOVE_THE_STORE) and params.keys() & {"db_url", "empty_url"}:
            item.add_marker(pytest.mark.sampled("db_url", "empty_url"))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no collection of garbage looks at it again."""
    gc.collect()
    gc.freeze()
    hurry.hurry()


def pytest_runtest_teardown() -> None:
    """The ffmpeg that a home names is that of its whole process, so also of the tests after its own."""
    ffmpeg.choose_program("")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tests leave no file in the working tree. Of what they change in tracked files, git itself tells."""
    if hasattr(session.config, "workerinput"):
        return
    if left := _untracked() - session.config.stash[_LITTER]:
        print(f"\ntests left in the working tree: {', '.join(sorted(left))}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _no_postgres(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have PostgreSQL: {why}", pytrace=False)
    pytest.skip(LOUD.format(why=why))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this session's own."""
    found = programs()
    if found is None:
        _no_postgres("no server is installed")
        return
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        _no_postgres("running as root without setpriv")
        return
    made = Cluster(found)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> str:
    """A server on which databases may be made: the environment's, else one of our own."""
    return os.environ.get("REELWRIGHT_TEST_PG_URL") or request.getfixturevalue("cluster").url


@pytest.fixture(scope="session")
def pg_template(server_url: str) -> Iterator[str]:
    """Name of a database at the newest schema, from which each test's own is copied."""
    name = f"rw_template_{uuid4().hex[:12]}"
    administer(server_url, f"CREATE DATABASE {name}")
    upgrade(make_url(named(server_url, name)))
    yield name
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def pg_url(server_url: str, pg_template: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own, at the newest schema."""
    name = f"rw_{uuid4().hex[:12]}"
    copy_database(server_url, name, pg_template)
    yield named(server_url, name)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_pg_url(server_url: str) -> Iterator[str]:
    """A PostgreSQL database without a schema."""
    name = f"rw_{uuid4().hex[:12]}"
    administer(server_url, f"CREATE DATABASE {name}")
    yield named(server_url, name)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


BOTH = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal at the newest schema that has never been used, from which each test's own is copied."""
    path = tmp_path_factory.mktemp("newest") / "journal.db"
    upgrade(make_url(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=BOTH)
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a fresh journal; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "journal.db")
        return f"sqlite:///{tmp_path / 'journal.db'}"
    return str(request.getfixturevalue("pg_url"))


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without a schema, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.db'}"
    return str(request.getfixturevalue("empty_pg_url"))


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    """A fresh journal's database, on SQLite and on PostgreSQL."""
    database = Database(db_url)
    yield database
    database.close()
