"""A PostgreSQL server of one's own for as long as something runs, and databases on it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from sqlalchemy import make_url


def programs() -> Path | None:
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
        self.halt()
        self.go_on()

    def halt(self) -> None:
        """As ``pg_ctl stop -m immediate`` does."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(30)

    def go_on(self) -> None:
        """Start the server that was halted."""
        self._server = self._start()

    def freeze(self) -> None:
        """Stop every process of the server where it stands: it takes connections, and answers nothing."""
        for pid in self._list_processes():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self._list_processes():
            with suppress(ProcessLookupError):  # it ended meanwhile
                os.kill(pid, signal.SIGCONT)

    def _list_processes(self) -> list[int]:
        """The server and its children, the server first: it starts no child that would be missed here."""
        children = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == self._server.pid:
                children.append(int(stat.parent.name))
        return [self._server.pid, *children]

    def stop(self) -> None:
        self.halt()
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


def administer(url: str, *statements: str) -> None:
    """Statements that no transaction may hold, such as DROP DATABASE."""
    with _connected(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def copy_database(url: str, name: str, template: str) -> None:
    """Make the database ``name`` as ``template`` is, by copying its files: half of the time of writing it as a log."""
    with _connected(url) as connection:
        by_files = " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{by_files}".encode())


def _connected(url: str) -> psycopg.Connection:
    """Without SQLAlchemy, whose engine asks the server six things before the first statement."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def named(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return make_url(url).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
