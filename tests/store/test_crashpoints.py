"""Crash points: a process dies at the very visit it was told, and never otherwise."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from reelwright.reel.base import crashpoints

SCRIPT = textwrap.dedent("""
    import sys
    from reelwright.reel.base.crashpoints import reach
    for label in sys.argv[1:]:
        reach(label)
        print(label, flush=True)
""")
HAND = textwrap.dedent("""
    import os, subprocess, sys, time
    hand = '''
    import os
    from reelwright.reel.base.crashpoints import reach, set_parent
    set_parent(os.getppid())
    reach("C15")
    '''
    import textwrap
    subprocess.run([sys.executable, "-c", textwrap.dedent(hand)])
    time.sleep(20)
""")


def visit(*labels: str, **environment: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-c", SCRIPT, *labels]
    return subprocess.run(run, env={**os.environ, **environment}, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("at", "printed"), [("C05", "C01"), ("C05:1", "C01"), ("C05:2", "C01 C05 C06"), ("C06", "C01 C05")]
)
def test_the_process_dies_at_the_visit_it_was_told(at: str, printed: str) -> None:
    done = visit("C01", "C05", "C06", "C05", REELWRIGHT_CRASH_AT=at)
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, printed.split())


@pytest.mark.parametrize("at", ["", "C05:3", "C07"])
def test_a_visit_that_was_not_meant_does_nothing(at: str) -> None:
    done = visit("C05", "C05", REELWRIGHT_CRASH_AT=at)
    assert (done.returncode, done.stdout.split()) == (0, ["C05", "C05"])


@pytest.mark.parametrize("at", ["C22", "C5", "c05", "C05:0", "C05:x", "C05:-1", "C05:²"])
def test_a_crash_that_cannot_be_is_refused_when_the_first_point_is_reached(at: str) -> None:
    done = visit("C05", REELWRIGHT_CRASH_AT=at)
    assert done.returncode == 1 and "REELWRIGHT_CRASH_AT" in done.stderr


def test_a_process_that_was_forked_after_the_first_point_dies_where_its_own_environment_says() -> None:
    forked = "import os; from reelwright.reel.base import crashpoints as c; c.reach('C05')\n"
    forked += "os.environ['REELWRIGHT_CRASH_AT'] = 'C05'; c.arm(); c.reach('C06'); print(1, flush=True); c.reach('C05')"
    done = subprocess.run([sys.executable, "-c", forked], capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["1"])


def test_visits_are_logged_also_the_last(tmp_path: Path) -> None:
    log = tmp_path / "visits"
    visit("C01", "C02", REELWRIGHT_CRASH_LOG=str(log))
    visit("C03", REELWRIGHT_CRASH_LOG=str(log), REELWRIGHT_CRASH_AT="C03")
    assert log.read_text().split() == ["C01", "C02", "C03"]


def test_a_crash_in_a_hand_takes_its_director_with_it() -> None:
    run = [sys.executable, "-c", HAND]
    done = subprocess.run(run, env={**os.environ, "REELWRIGHT_CRASH_AT": "C15"}, timeout=120)
    assert done.returncode == -signal.SIGKILL


def test_every_label_is_in_the_table() -> None:
    assert crashpoints.__doc__ is not None
    assert sorted(crashpoints.LABELS) == [f"C{n:02}" for n in range(1, 22)]
    assert all(f"{label} " in crashpoints.__doc__ for label in crashpoints.LABELS)
