"""What holds the event loop is logged with its stack; what only waits, or a machine that is busy, is not."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable

import pytest

from client.proxy import Proxy
from hurry import count_frozen
from reelwright.server.loop_watch import watch_loop
from reelwright.server.policy import LOOP_TURN_S
from reelwright.settings import Settings
from server.conftest import open_server


def burn_in_python(seconds: float) -> None:
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        pass


def burn_in_c(seconds: float) -> None:
    began, count = time.thread_time(), 1_000_000
    while time.thread_time() - began < seconds:
        sum(range(count))  # lets no other thread run
        count *= 2


@pytest.mark.parametrize("burn", [burn_in_python, burn_in_c])
async def test_a_callback_that_holds_the_loop_is_logged_with_its_stack(
    burn: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "reelwright.server"), watch_loop():
        await asyncio.sleep(0.06)
        burn(4 * LOOP_TURN_S)
        await asyncio.sleep(0.06)
    (record,) = caplog.records
    fields = record.fields  # type: ignore[attr-defined]
    assert fields["event"] == "loop.held" and fields["cpu_ms"] > 3000 * LOOP_TURN_S and fields["wall_ms"] > 0
    assert burn.__name__ in fields["stack"]


async def test_what_waits_holds_no_loop_by_its_cpu_time(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "reelwright.server"), watch_loop():
        await asyncio.sleep(0.06)
        time.sleep(5 * LOOP_TURN_S)  # as a process that the machine does not let run
        for _ in range(20):
            burn_in_python(0.02)
            await asyncio.sleep(0)
        await asyncio.sleep(0.06)
    assert not caplog.records


async def test_what_a_process_keeps_out_of_garbage_collection_stays_out_after_a_server(
    settings: Settings, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "get_freeze_count", count_frozen)
    gc.freeze()
    kept = gc.get_freeze_count()
    async with open_server(settings, proxy):
        assert gc.get_freeze_count() > 0.9 * kept, "some of it has ended since"
    assert gc.get_freeze_count() > 0.9 * kept
