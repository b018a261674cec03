"""Databases for tests: a fresh SQLite file or a fresh PostgreSQL database, the same suite on both. And no network."""

from __future__ import annotations

import fcntl
import os
import runpy
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import create_engine, make_url, text

from reelwright.store.database import Database
from reelwright.store.migrate import upgrade

QUIET = Path(__file__).parent / "quiet"
runpy.run_path(str(QUIET / "sitecustomize.py"))
os.environ["PYTHONPATH"] = os.pathsep.join([str(QUIET), *filter(None, [os.environ.get("PYTHONPATH")])])

hypothesis.settings.register_profile("steady", deadline=None)  # how busy a machine is says nothing about our code
hypothesis.settings.load_profile("steady")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: children would ignore Ctrl-C, too
    signal.signal(signal.SIGINT, signal.default_int_handler)

LOUD = "!!! PostgreSQL tests are SKIPPED: {why}. Set REELWRIGHT_TEST_PG_URL or apt-get install postgresql."


def _no_postgres(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have PostgreSQL: {why}", pytrace=False)
    pytest.skip(LOUD.format(why=why))


def _programs() -> Path | None:
    """The folder of Debian's newest PostgreSQL programs, or of those on the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _setpriv() -> list[str]:
    """PostgreSQL refuses to run as root (Debian brings a user for it), and must not outlive a killed test run."""
    if shutil.which("setpriv") is None:
        return []
    user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig", "QUIT"]


def _memory() -> Path | None:
    """A folder in memory with room for a server, or None for the usual place."""
    shm = Path("/dev/shm")
    return shm if shm.is_dir() and os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 1 << 30 else None


def _sweep(folder: Path) -> None:
    """Remove what servers of killed test runs left behind: their starters no longer hold the lock."""
    for left in folder.glob("rw-pg-*"):
        try:
            if time.time() - left.stat().st_mtime < 60:
                continue
            with (left / "starter").open("rb") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue  # in use, another user's, or gone meanwhile


class Cluster:
    """One PostgreSQL server in a folder of its own, reachable through a socket in that folder only."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        _sweep(_memory() or Path(tempfile.gettempdir()))
        # A short path, since socket names have 107 characters; in memory where there is enough of it.
        self.folder = Path(tempfile.mkdtemp(prefix="rw-pg-", dir=_memory()))
        self._starter = (self.folder / "starter").open("wb")
        fcntl.flock(self._starter, fcntl.LOCK_EX)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        initdb = ["initdb", "-D", "data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
        assert self._run(*initdb).wait(60) == 0, (self.folder / "log").read_text()
        self._server = self._start()
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def restart(self) -> None:
        """As an administrator would, in the middle of everything."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(30)
        self._server = self._start()

    def stop(self) -> None:
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(30)
        self._starter.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> subprocess.Popen[bytes]:
        options = {"listen_addresses": "", "unix_socket_directories": str(self.folder), "max_connections": "200"}
        # Kills of our own processes are what is tested; the server itself never loses power here.
        options |= {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "16MB"}
        said = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        server = self._run("postgres", "-D", "data", *said)
        until = time.monotonic() + 30
        while self._run("pg_isready", "-q", "-h", str(self.folder)).wait(10):
            assert server.poll() is None and time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.05)
        return server

    def _run(self, program: str, *args: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*_setpriv(), str(self._programs / program), *args],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this session's own."""
    programs = _programs()
    if programs is None:
        _no_postgres("no server is installed")
        return
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        _no_postgres("running as root without setpriv")
        return
    made = Cluster(programs)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> str:
    """A server on which databases may be made: the environment's, else one of our own."""
    return os.environ.get("REELWRIGHT_TEST_PG_URL") or request.getfixturevalue("cluster").url


def _admin(url: str, *statements: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        for statement in statements:
            conn.execute(text(statement))
    engine.dispose()


def _named(url: str, name: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def pg_template(server_url: str) -> Iterator[str]:
    """Name of a database at the newest schema, from which each test's own is copied."""
    name = f"rw_template_{uuid4().hex[:12]}"
    _admin(server_url, f"CREATE DATABASE {name}")
    upgrade(make_url(_named(server_url, name)))
    yield name
    _admin(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def pg_url(server_url: str, pg_template: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own, at the newest schema."""
    name = f"rw_{uuid4().hex[:12]}"
    _admin(server_url, f"CREATE DATABASE {name} TEMPLATE {pg_template}")
    yield _named(server_url, name)
    _admin(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_pg_url(server_url: str) -> Iterator[str]:
    """A PostgreSQL database without a schema."""
    name = f"rw_{uuid4().hex[:12]}"
    _admin(server_url, f"CREATE DATABASE {name}")
    yield _named(server_url, name)
    _admin(server_url, f"DROP DATABASE {name} WITH (FORCE)")


BOTH = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a fresh journal; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
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
