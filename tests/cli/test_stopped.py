"""A job whose process was killed or told to stop is not called running, and says how to go on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.conftest import Run
from reelwright import Studio

BRIEF = "Bumper for VoltCup, a self-heating mug. Order at voltcup.example"
TINY = ("--length", "5", "--short-side", "180", "--aspect", "9:16")


def begun(env: dict[str, str], reelwright: Run, *verb: str) -> subprocess.Popen[str]:
    """The program with a job that runs."""
    reelwright("jobs", "--json")  # what it imports takes as long as a tiny film
    command = [sys.executable, "-m", "reelwright.cli", *verb]
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while "running" not in [job["state"] for job in reelwright("jobs", "--json").json["jobs"]]:
        assert time.monotonic() < until and child.poll() is None
        time.sleep(0.05)
    return child


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_job_whose_process_is_gone_is_shown_as_stopped_with_the_way_on(
    env: dict[str, str], reelwright: Run, stop: signal.Signals
) -> None:
    child = begun(env, reelwright, "make", BRIEF, *TINY)
    child.send_signal(stop)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, "Traceback" in err) == (-9 if stop == signal.SIGKILL else 130, False), err
    (job,) = reelwright("jobs", "--json").json["jobs"]
    way_on = f"reelwright resume {job['project'][-6:]}"
    assert job["state"] == "stopped" and job["reason"]["code"] == "job_stopped"
    assert job["reason"]["actions"] == [{"kind": "resume_job", "project": job["project"]}]
    assert way_on in reelwright("jobs").out
    assert [row["state"] for row in reelwright("projects", "--json").json["projects"]] == ["stopped"]
    assert reelwright("show", "--json").json["job"]["state"] == "stopped"
    watched = reelwright("watch")
    assert watched.code == 0 and way_on in watched.err, "it does not wait for nobody"
    assert reelwright(*way_on.split()[1:]).code == 0
    assert [row["state"] for row in reelwright("jobs", "--json").json["jobs"]] == ["done"]


def test_watch_follows_the_newest_job_live_and_ends_with_its_exit_code(
    env: dict[str, str], reelwright: Run, home: Path
) -> None:
    child = begun(env, reelwright, "make", BRIEF, *TINY)
    watched = reelwright("watch", "--json")
    child.communicate(timeout=60)
    assert child.returncode == watched.code == 0
    (made,) = reelwright("jobs", "--json").json["jobs"]
    events = [json.loads(line) for line in watched.out.splitlines()]
    assert {one["project"] for one in events} == {made["project"]} and "job.done" in {one["kind"] for one in events}
    with Studio(home=home) as studio:
        newer = studio.enqueue_make("2-second bumper for “Fenn”, a lamp", yes=True)
        studio.cancel(newer.job)
    watched = reelwright("watch", "--json")
    assert watched.code == 1 and newer.project in watched.out and made["project"] not in watched.out
    assert reelwright("watch", made["id"]).code == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP])
def test_a_batch_that_is_told_to_stop_ends_with_130_and_goes_on_when_it_is_typed_again(
    env: dict[str, str], reelwright: Run, tmp_path: Path, stop: signal.Signals
) -> None:
    rows = tmp_path / "rows.jsonl"
    row = f'{{"brief": "{BRIEF}", "length": "2", "short_side": 180, "aspect": "9:16"}}\n'
    rows.write_text(row + row.replace("VoltCup", "Fenn"))
    batch = ("batch", str(rows), "--out", str(tmp_path), "--concurrency", "1")
    child = begun(env, reelwright, *batch)
    child.send_signal(stop)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, "Traceback" in err) == (130, False), err
    assert "running" not in {job["state"] for job in reelwright("jobs", "--json").json["jobs"]}
    again = reelwright(*batch)
    assert again.code == 0, again.err
    assert "2 of 2 done" in again.out


def test_resume_without_an_id_takes_the_newest_unfinished_project_and_names_the_others(
    reelwright: Run, home: Path
) -> None:
    """2026-11-24: it took the newest project, which was done, and said so, while an older film waited."""
    goal = {"length": 2, "short_side": 180, "goal": "plan"}
    with Studio(home=home) as studio:
        older, newer = (
            studio.enqueue_make(f"2-second bumper for “{name}”, a lamp", yes=True, **goal).project
            for name in ("Fenn", "Orla")
        )
    done = reelwright("make", BRIEF, *TINY, "--until", "plan", "--yes", "--json").json["project"]
    ran = reelwright("resume", "--until", "plan", "--yes")
    assert ran.code == 0 and f"resuming project {newer[-6:]}" in ran.err, ran.err
    assert f"reelwright resume {older[-6:]}" in ran.err and done[-6:] not in ran.err
    assert reelwright("resume", "--until", "plan", "--yes", "--json").json["project"] == older
    assert reelwright("resume", "--until", "plan", "--yes", "--json").json["project"] == done, "as `last`: all are done"
