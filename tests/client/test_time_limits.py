"""The longest wait for a video counts while nothing of its own call is in the way."""

from __future__ import annotations

import asyncio

import pytest

from reelwright.client.time_limits import TimeLimits


async def make(times: TimeLimits, begins: asyncio.Event | None, seconds: float) -> str:
    """Begin once ``begins`` is set, or never if it is None, and take so many seconds from then on."""
    try:
        async with times.limit() as begin:
            if begins is None:
                await asyncio.Event().wait()
            else:
                await begins.wait()
                begin()
            await asyncio.sleep(seconds)
    except TimeoutError:
        return "too long"
    return "made"


def set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def test_a_video_that_takes_too_long_ends_and_the_next_has_all_its_time() -> None:
    times, second = TimeLimits(0.6, 1), asyncio.Event()
    first_made, second_made = (
        asyncio.create_task(make(times, set_event(), 9)),
        asyncio.create_task(make(times, second, 0.35)),
    )
    assert await first_made == "too long"
    second.set()
    assert await second_made == "made"


async def test_a_video_that_another_of_its_call_overtook_waits_without_a_clock() -> None:
    """Which of those that wait is sent first, a limit decides, not their order in the call."""
    times, first, second = TimeLimits(0.6, 1), asyncio.Event(), asyncio.Event()
    made = [asyncio.create_task(make(times, first, 0.0)), asyncio.create_task(make(times, second, 0.35))]
    await asyncio.sleep(0.3)
    second.set()
    await asyncio.sleep(0.34)
    first.set()
    assert await asyncio.gather(*made) == ["made", "made"]


@pytest.mark.parametrize("concurrency", [1, 5])
async def test_the_clock_runs_also_while_nothing_is_sent(concurrency: int) -> None:
    times = TimeLimits(0.1, concurrency)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*(make(times, None, 0.0) for _ in range(3))) == ["too long"] * 3
