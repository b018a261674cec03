"""The program ``reelwright serve``: what a stop, a kill and a new start leave of the work."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from reasons import has_field
from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.providers.fakes.bill import read_bill
from reelwright.settings import Settings
from reelwright.studio.machine.backup import back_up, restore
from reelwright.units import Micros, format_usd

MODEL = "hailuo-2.3"
"""Its provider lists what it was sent: a request without an answer is found again, and no person is asked."""
SPEED = "20"
"""A clip takes a few seconds at the provider: long enough to stop the server meanwhile."""


@contextmanager
def run_server(home: Path, *more: str, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], httpx2.Client]]:
    """Run the program; end it, if it still runs, at the end of the block. ``port`` 0: any."""
    command = [sys.executable, "-m", "reelwright.cli", "serve", "--port", str(port), *more]
    environ = {**os.environ, "REELWRIGHT_HOME": str(home), "REELWRIGHT_HANDS": "1"}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            first = process.stderr.readline()
            found = re.search(r"http://\S+", first)
            assert found, first + process.stderr.read()
            with httpx2.Client(base_url=found[0], timeout=30) as client:
                yield process, client
        finally:
            if process.poll() is None:
                process.kill()


def create(client: httpx2.Client, prompt: str) -> str:
    answer = client.post("/v1/videos", json={"prompt": prompt, "model": MODEL})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def wait_until(client: httpx2.Client, video: str, *states: str) -> str:
    ends = time.monotonic() + 180  # the rehearsal draws three clips: seconds, or a minute on a machine that is busy
    while (status := client.get(f"/v1/videos/{video}").json()["status"]) not in states:
        assert time.monotonic() < ends, status
        time.sleep(0.1)
    return str(status)


def read_prices(home: Path) -> list[int]:
    """The micro-dollars of everything that the providers of the rehearsal were paid for."""
    bills = (home / "rehearsal" / "providers" / "bills").glob("*.jsonl")
    return [charge.micros for bill in bills for charge in read_bill(bill) if charge.micros]


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize(
    "way", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.lane_serve), signal.SIGKILL]
)
def test_what_was_at_work_goes_on_at_the_next_start_and_is_bought_once(tmp_path: Path, way: signal.Signals) -> None:
    home, rehearsal = tmp_path / "home", ("--rehearse", "--rehearse-speed", SPEED)
    with run_server(home, *rehearsal) as (process, client):
        videos = [create(client, f"clip {n}") for n in range(3)]
        assert wait_until(client, videos[0], "in_progress") == "in_progress"
        process.send_signal(way)
        began = time.monotonic()
        code = process.wait(30)
        assert time.monotonic() - began < 20
        assert code == (-way if way == signal.SIGKILL else 0), process.stderr and process.stderr.read()
    with run_server(home, "--rehearse", "--rehearse-speed", "200") as (_, client):
        for video in videos:
            assert wait_until(client, video, "completed", "failed") == "completed", client.get(
                f"/v1/videos/{video}"
            ).text
        spent = client.get("/api/v1/spend").json()["usd"]
    prices = read_prices(home)
    assert len(prices) == len(videos) and spent == format_usd(Micros(sum(prices))), "the ledger is the bill"


@pytest.mark.timed
@pytest.mark.parametrize("presses", [1, 2])
def test_a_stop_waits_for_an_open_request_and_a_second_one_does_not(tmp_path: Path, presses: int) -> None:
    with run_server(tmp_path / "home") as (process, client):
        address = client.base_url
        with socket.create_connection((address.host, address.port)) as half:
            half.sendall(b"POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
            time.sleep(0.5)
            began = time.monotonic()
            for _ in range(presses):
                process.send_signal(signal.SIGTERM)
                time.sleep(0.3)
            code = process.wait(20)
            took = time.monotonic() - began
        assert process.stderr
        said = process.stderr.read()
    assert "Traceback" not in said and "resume" not in said, said
    assert (code, took < 3) == ((0, False) if presses == 1 else (130, True))


def test_the_first_lines_say_who_reaches_it_and_what_it_approves(tmp_path: Path) -> None:
    for given, words in ((("--auto-approve", "0.50"), "up to $0.50 each"), ((), "are refused")):
        command = [sys.executable, "-m", "reelwright.cli", "serve", "--port", "0", *given]
        environ = {**os.environ, "REELWRIGHT_HOME": str(tmp_path / "home")}
        with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr
            first = process.stderr.readline()
            process.terminate()
        assert "this machine only" in first and words in first


def test_a_worker_does_the_work_of_a_server_without_a_director(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, log = tmp_path / "home", tmp_path / "worker.log"
    monkeypatch.setenv("REELWRIGHT_LOG_LEVEL", "info")
    monkeypatch.setenv("REELWRIGHT_LOG_FORMAT", "json")
    worker = [sys.executable, "-m", "reelwright.cli", "worker"]
    environ = {**os.environ, "REELWRIGHT_HOME": str(home), "REELWRIGHT_HANDS": "1"}
    brief = "“It never flickers.” For “Fenn”, a desk lamp"
    with run_server(home, "--no-director") as (server, client):
        made = client.post("/v1/videos", json={"prompt": brief, "model": "spot", "seconds": "2", "size": "320x180"})
        video = made.json()["id"]
        time.sleep(0.5)
        assert client.get(f"/v1/videos/{video}").json()["status"] == "queued"
        with socket.create_connection((client.base_url.host, client.base_url.port)) as other:
            other.sendall(b"no request\r\n\r\n")  # the web server warns of it, in its own words
            assert b"400" in other.recv(100)
        with log.open("w") as file, subprocess.Popen(worker, env=environ, stderr=file) as process:
            assert wait_until(client, video, "completed", "failed") == "completed"
            process.terminate()
            assert process.wait(20) == 0, "for systemd and Kubernetes it did not fail"
        server.terminate()
        assert server.wait(20) == 0 and server.stderr
        lines = server.stderr.read().splitlines()
    assert "job.queued" in list_logged_events(lines, video), "each tells of the job what it did itself"
    assert "uvicorn.error" in {json.loads(line)["logger"] for line in lines}
    assert "job.done" in list_logged_events(log.read_text().splitlines(), video)


def list_logged_events(lines: list[str], job: str) -> set[str]:
    """The events of a job in a log of JSON lines. Fails for a line that is none."""
    records = [json.loads(line) for line in lines]
    assert all({"at", "level", "logger", "message"} <= record.keys() for record in records)
    return {record.get("event", "") for record in records if record.get("job") == job}


def test_a_restore_beside_a_living_server_is_refused_and_goes_on_once_it_has_ended(tmp_path: Path) -> None:
    """The server went on in the journal that was moved aside: what it bought was missing from the restored one."""
    settings, backup = Settings(home=tmp_path / "home", hands=1), tmp_path / "backup"
    with Studio(settings) as studio:
        studio.set_budget("account", "5")
    back_up(settings, backup)
    with run_server(settings.home) as (process, client):
        before = sorted(path.name for path in settings.home.glob("journal.db*"))
        with pytest.raises(BadInput, check=has_field("home")):
            restore(settings, backup, replace=True)
        assert sorted(path.name for path in settings.home.glob("journal.db*")) == before
        assert client.get("/readyz").status_code == 200
        process.terminate()
        process.wait(20)
    assert restore(settings, backup, replace=True).old_journal
