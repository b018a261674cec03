"""The supervisor of one engine process, against the fake engine that ships: it starts, ends, hangs and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from engines.conftest import is_there, read_events
from reelwright.errors import BadInput, EngineFailed


async def test_an_engine_is_started_once_and_answers_when_it_is_ready(supervise, home):
    one = supervise("--start-s 0.3")
    first, second = await asyncio.gather(one.ensure_ready(), one.ensure_ready())
    assert first == second and await one.is_healthy(first) and first.ready_s >= 0.3
    assert read_events(home / "fake") == ["loading"]
    assert os.getpgid(first.pid) == first.pid, "a process group of its own"


async def test_a_second_process_of_ours_finds_the_engine_that_the_first_one_started(supervise, home):
    first = await supervise().ensure_ready()
    assert await supervise.again().ensure_ready() == first
    assert read_events(home / "fake") == ["loading"]


async def test_two_supervisors_that_start_at_once_start_one_engine(supervise, home):
    one, two = supervise("--start-s 0.3"), supervise.again()
    assert await one.ensure_ready() == await two.ensure_ready()
    assert read_events(home / "fake") == ["loading"]


async def test_an_engine_that_ends_while_it_loads_is_started_again(supervise, home):
    record = await supervise("--ends-loading 2 --start-s 0.1").ensure_ready()
    assert is_there(record.pid) and read_events(home / "fake") == ["loading"] * 3


async def test_an_engine_that_always_ends_fails_with_its_last_words_and_no_secret(supervise, home):
    one = supervise(f"--ends-loading 9 --prints sk-{'a1' * 10}")
    with pytest.raises(EngineFailed) as raised:
        await one.ensure_ready()
    words = raised.value.params["last_words"]
    assert raised.value.code == "engine_ended" and "weights cannot be read" in words
    assert "sk-a1a1" not in words and "[redacted]" in words
    assert read_events(home / "fake") == ["loading"] * 3 and one.read() is None


async def test_an_engine_that_never_gets_healthy_is_stopped_after_the_time_of_its_card(supervise):
    one = supervise("--start-s 60", within=1)
    with pytest.raises(EngineFailed) as raised:
        await one.ensure_ready()
    assert raised.value.code == "engine_not_ready" and one.read() is None


async def test_an_engine_that_ignores_the_request_to_end_is_killed(supervise):
    one = supervise("--ignores-stop")
    record = await one.ensure_ready()
    assert await one.stop() and not is_there(record.pid)
    assert not await one.stop(), "there is nothing left to stop"


async def test_an_engine_that_was_killed_is_started_anew_with_another_name_of_its_life(supervise):
    one = supervise()
    first = await one.ensure_ready()
    os.kill(first.pid, signal.SIGKILL)
    while one.read():
        await asyncio.sleep(0.01)
    second = await one.ensure_ready()
    assert (second.pid, second.epoch) != (first.pid, first.epoch) and await one.is_healthy(second)


async def test_only_an_idle_engine_that_nobody_keeps_is_stopped(supervise):
    one = supervise()
    await one.ensure_ready()
    assert not await one.stop(only_idle_s=60)
    await one.ensure_ready(keep=True)
    assert not await one.stop(only_idle_s=0)
    assert await one.stop()


async def test_an_engine_gets_no_key_of_ours(supervise, monkeypatch):
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-not-for-engines")
    record = await supervise().ensure_ready()
    given = Path(f"/proc/{record.pid}/environ").read_bytes()
    assert b"not-for-engines" not in given and b"PATH=" in given


async def test_a_port_that_is_taken_is_refused_by_its_number(supervise):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BadInput) as raised:
            await supervise(more=f"port: {port}").ensure_ready()
    assert (raised.value.field, raised.value.value) == ("port", port)
