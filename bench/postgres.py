"""A PostgreSQL server of this bench's own, in a folder that goes with it; or the one that the environment names."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str | None]:
    """The URL of an empty database; None where there is no server to start."""
    if given := os.environ.get("REELWRIGHT_BENCH_PG_URL"):
        yield given
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not programs:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="rw-bench-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    run = _As(programs[-1].parent, folder)
    assert run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8").wait(60) == 0
    server = run("postgres", "-D", "data", "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}")
    try:
        while run("pg_isready", "-q", "-h", str(folder)).wait(10):
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


class _As:
    """Runs the server's programs in its folder; PostgreSQL refuses to run as root."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        root = os.geteuid() == 0 and shutil.which("setpriv")
        self._user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if root else []

    def __call__(self, program: str, *args: str) -> subprocess.Popen[bytes]:
        command = [*self._user, str(self._programs / program), *args]
        return subprocess.Popen(command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
