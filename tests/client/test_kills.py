"""A program that is killed in the middle of a batch and run again buys nothing twice and loses nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from client.program import PROMPTS
from client.proxy import Proxy, film
from crash.forked import Forks
from crash.kinds import environment
from reelwright.store.database.database import Database
from reelwright.store.ledger import Ledger

HERE = Path(__file__).parent


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs the program on a folder; with a crash point, it is killed there."""
    programs = Forks(tmp_path_factory.mktemp("programs"), environment(), "client.program")

    def start(folder: Path, crash: str = "") -> subprocess.CompletedProcess[str]:
        program = programs.start([str(folder)], environment(REELWRIGHT_CRASH_AT=crash))
        out, err = program.communicate(timeout=60)
        return subprocess.CompletedProcess([], program.returncode or 0, out, err)

    yield start
    programs.end()


@pytest.mark.parametrize("crash", ["C02:2", "C05:1", "C06:2", "C12:1"])
def test_a_batch_killed_anywhere_is_bought_once(run: Run, tmp_path: Path, crash: str):
    assert run(tmp_path, crash).returncode == -signal.SIGKILL
    again = run(tmp_path)
    assert again.returncode == 0, again.stderr
    places = [Path(place) for place in json.loads(again.stdout)]
    assert [place.read_bytes() for place in places] == [asyncio.run(film(prompt, ms=8000)) for prompt in PROMPTS]
    assert len(set(places)) == 3 and sorted(Proxy(tmp_path / "proxy").submissions) == sorted(PROMPTS)
    third = run(tmp_path)
    assert json.loads(third.stdout) == [str(place) for place in places]
    assert len(Proxy(tmp_path / "proxy").submissions) == 3


async def test_the_ledger_says_what_was_bought(run: Run, tmp_path: Path):
    assert run(tmp_path, "C06:1").returncode == -signal.SIGKILL
    assert run(tmp_path).returncode == 0
    database = Database(f"sqlite:///{tmp_path / 'home' / 'journal.db'}")
    ledger, settled = Ledger(database), []
    for project in {job.project for job in await _jobs(database)}:
        settled += [p.settled_micros for p in await ledger.list_purchases("local", project)]
    database.close()
    assert settled == [3_200_000] * 3


async def _jobs(database: Database) -> list[object]:
    from reelwright.store.journal import Journal

    return list(await Journal(database).list_jobs("local"))


def test_killed_at_no_point_in_particular(run: Run, tmp_path: Path):
    roots = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    for wait in (0.9, 1.1, 1.3):
        life = subprocess.Popen(
            [sys.executable, str(HERE / "program.py"), str(tmp_path)], env=env, stdout=subprocess.DEVNULL
        )
        time.sleep(wait)
        life.kill()
        life.wait()
    assert run(tmp_path).returncode == 0
    assert sorted(Proxy(tmp_path / "proxy").submissions) == sorted(PROMPTS)
