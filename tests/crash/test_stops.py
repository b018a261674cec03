"""Ctrl-C once and twice, SIGTERM and SIGHUP at random moments: exit 130, the way on said, and it works."""

from __future__ import annotations

import json
import random
import re
import signal
import time
from pathlib import Path

import pytest

from crash.lives import hands_of
from crash.makes import MAKE, Makes, read
from crash.test_random_moments import said_or_new

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def started(made: Makes, *way: str):
    """A make whose hands are at work."""
    process = made.start(*way)
    until = time.monotonic() + 30
    while not (hands_of(process.pid) and made.had()):
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.02)
    return process


def answers(pid: int, stop: signal.Signals) -> bool:
    """Whether the process has a handler for that signal (proc(5), SigCgt)."""
    told = Path(f"/proc/{pid}/status").read_text().partition("SigCgt:")[2].split()[0]
    return bool(int(told, 16) >> (stop - 1) & 1)


def stop_and_go_on(made: Makes, whole, stop: signal.Signals, presses: int, wait: float) -> None:
    process = started(made, *MAKE)
    time.sleep(wait)
    for _ in range(presses):
        process.send_signal(stop)
        time.sleep(0.01)
    began = time.monotonic()
    code, out, err = made.wait(process)
    if code == 0:  # the stop came when the film was done: then it changes nothing
        made.check(json.loads(out), whole, {})
        return
    assert code == 130, (code, err)
    assert time.monotonic() - began < 10
    before = made.had()
    if presses == 1:
        told = re.search(r"to continue: reelwright (resume \S+)", err)
        assert told and read(out)["error"]["hint"] == f"to continue: reelwright {told[1]}"
        assert "Traceback" not in err
    way = told[1].split() if presses == 1 else ["resume", "last"]
    end = made.live(*way, "--json")
    assert end
    made.check(end, whole, before, stops=len(whole["had"]))


def test_ctrl_c_at_a_random_moment_says_how_to_go_on_and_that_works(local, undisturbed):
    moments = random.Random(said_or_new())
    stop_and_go_on(local, undisturbed, signal.SIGINT, 1, moments.uniform(0, undisturbed["seconds"] / 8))


@pytest.mark.lane_crash
@pytest.mark.parametrize("presses", [1, 2])
@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("empty_url", ["sqlite", "postgres"], indirect=True)
def test_every_way_to_stop_leaves_a_job_that_can_be_taken_up(makes, undisturbed, stop, presses):
    moments = random.Random(said_or_new() + stop + presses)
    stop_and_go_on(makes, undisturbed, stop, presses, moments.uniform(0, undisturbed["seconds"] / 2))


@pytest.mark.lane_crash
def test_the_session_that_ends_beneath_a_make_stops_it_kindly(local, undisturbed):
    """SIGHUP: a closed terminal."""
    stop_and_go_on(local, undisturbed, signal.SIGHUP, 1, 0.1)


@pytest.mark.lane_crash
@pytest.mark.parametrize("stop", STOPS)
def test_a_stop_before_anything_began_ends_with_130_as_well(local, undisturbed, stop):
    moments = random.Random(said_or_new() + stop)
    process = local.start(*MAKE)
    while not answers(process.pid, signal.SIGTERM):  # until then it is the interpreter that starts
        time.sleep(0.01)
    time.sleep(moments.uniform(0, undisturbed["seconds"] / 6))  # well before its end, also if the machine is idle now
    process.send_signal(stop)
    code, _, err = local.wait(process)
    assert code == 130, err
    assert "Traceback" not in err
    end = local.live(*MAKE)
    assert end
    local.check(end, undisturbed, local.had(), stops=len(undisturbed["had"]))
