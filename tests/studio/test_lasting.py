"""kill -9, Ctrl-C, cancel and retry: what was had is kept, and the film is the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.settings import Settings
from studio.conftest import BRIEF, SMALL, Home
from studio.frames import pictures, sound

REAL_HANDS = True

MAKE = f"""
import sys
from reelwright import Studio
def hear(progress):
    if progress.kind == sys.argv[2]:
        print(progress.kind, progress.step, flush=True)
with Studio(home=sys.argv[1], hands=2) as studio:
    made = studio.make({BRIEF!r}, listen=hear, **{SMALL!r})
print("done", made.path, flush=True)
"""


def started(settings: Settings, until: str, count: int) -> subprocess.Popen[str]:
    """A process that makes the film, once it has said ``until`` ``count`` times."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKE, str(settings.home), until],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ},
    )  # fmt: skip
    assert process.stdout
    for _ in range(count):
        line = process.stdout.readline()
        assert line.startswith(until), (line, process.stderr.read() if process.stderr and not line else "")
    return process


def offspring(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def wait_until_gone(processes: list[psutil.Process], seconds: float = 10) -> None:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert not alive, f"orphans: {[p.cmdline() for p in alive]}"


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize("landings", [1, 3, 5])
def test_after_kill_9_the_same_make_goes_on_and_the_film_is_the_same(
    empty: Settings, finished: Home, landings: int
) -> None:
    process = started(empty, "landed", landings)
    children = offspring(process.pid)
    process.kill()
    process.communicate()
    wait_until_gone(children)
    heard = []
    with Studio(empty) as studio:
        before = studio.show("last")
        made = studio.make(BRIEF, listen=heard.append, **SMALL)
        assert (made.project, len(studio.list_projects()), len(studio.list_jobs())) == (before.project, 1, 1)
    landed = [one.step for one in heard if one.kind == "landed"]
    assert len(landed) <= 8 - landings, "what was had is not made again"
    assert pictures(made.path) == pictures(finished.made.path) and sound(made.path) == sound(finished.made.path)
    assert not list(empty.workrooms.iterdir())


def test_ctrl_c_leaves_a_job_and_says_how_to_go_on(empty: Settings, finished: Home) -> None:
    process = started(empty, "landed", 3)
    children = offspring(process.pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode not in (0, None) and "Interrupted" in said
    wait_until_gone(children)
    with Studio(empty) as studio:
        (job,) = studio.list_jobs()
        assert job.state in ("queued", "running", "stopped")
        began = time.monotonic()
        made = studio.resume("last")
        assert time.monotonic() - began < 20, "a lease that was let go is not waited for"
    assert pictures(made.path) == pictures(finished.made.path)


def test_ctrl_c_in_the_library_raises_with_the_way_on(empty: Settings) -> None:
    code = f"""
import os, signal, sys
from reelwright import ReelwrightError, Studio
def hear(progress):
    if progress.kind == "landed":
        os.kill(os.getpid(), signal.SIGINT)
try:
    with Studio(home=sys.argv[1], hands=2) as studio:
        studio.make({BRIEF!r}, listen=hear, **{SMALL!r})
except ReelwrightError as error:
    print("hint", error.hint)
    sys.exit(error.exit_code)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(empty.home)],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ},
    )  # fmt: skip
    assert ran.returncode == 130, ran.stderr
    assert "hint resume the job" in ran.stdout


def test_a_cancelled_job_stops_and_can_be_taken_up_again(empty: Settings, finished: Home) -> None:
    process = started(empty, "landed", 2)
    with Studio(empty) as studio:
        studio.cancel("last")
        assert process.wait(timeout=120) is not None
        (job,) = studio.list_jobs()
        assert job.state == "cancelled"
        with pytest.raises(BadInput):
            studio.retry("last", budget="-1")
        made = studio.retry(job.id)
        assert (made.state, made.job) == ("done", job.id)
        with pytest.raises(BadInput):
            studio.retry(job.id)
    process.communicate()
    assert pictures(made.path) == pictures(finished.made.path)


def test_a_second_make_of_the_same_brief_follows_the_one_that_runs(empty: Settings) -> None:
    process = started(empty, "landed", 1)
    heard = []
    with Studio(empty) as studio:
        made = studio.make(BRIEF, listen=heard.append, **SMALL)
        assert len(studio.list_projects()) == 1
    out, _ = process.communicate(timeout=60)
    assert str(made.path) in out and made.state == "done"
    assert heard, "the other director's events are told"


def test_what_happened_can_be_watched_afterwards(studio: Studio) -> None:
    kinds = [progress.kind for progress in studio.watch()]
    assert "project.opened" in kinds and kinds[-1] in ("job.done", "lease.released")
    ids = [progress.event_id for progress in studio.watch("last")]
    assert ids == sorted(ids)
