"""What may go wrong in one call of a shared runtime: the others go on, and nothing is agreed to by mistake."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from reelwright.errors import BadInput, NeedsConsent
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.rehearsal import Rehearsal
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.studio.studio import AsyncStudio
from studio.under_work import UnderWork, typed

REAL_HANDS = True

FAST = "replicate-veo-3.1-fast"
SURE: dict[str, Any] = {"model": FAST, "accept_unconfirmed": True, "yes": True}


async def until_sent(shelf: UnderWork, number: int = 1) -> None:
    async with asyncio.timeout(60):
        while len(shelf.state) < number:
            await asyncio.sleep(0.02)


async def test_two_equal_batches_at_once_buy_each_row_once_and_both_end(tmp_path: Path) -> None:
    shelf = UnderWork()
    rows = [{"prompt": prompt, "model": FAST} for prompt in ("A fox", "A cat")]
    async with typed(shelf, tmp_path / "home") as studio:
        running = [
            asyncio.create_task(studio.batch(rows, yes=True, accept_unconfirmed=True, out=tmp_path / str(n)))
            for n in range(2)
        ]
        await until_sent(shelf, 2)
        await asyncio.sleep(0.5)
        shelf.state |= dict.fromkeys(shelf.state, "succeeded")
        made = await asyncio.gather(*running)
    assert [[row.state for row in batch.rows] for batch in made] == [["done", "done"]] * 2 and len(shelf.sent) == 2


async def test_a_drive_whose_heartbeat_breaks_ends_and_the_next_call_goes_on(tmp_path: Path) -> None:
    shelf = UnderWork()
    async with typed(shelf, tmp_path / "home", lease_s=2) as studio:
        running = asyncio.create_task(studio.clip("A fox", **SURE))
        await until_sent(shelf)
        assert studio.home
        beat = studio.home.journal.record_heartbeat

        async def fail(holder: object) -> None:
            raise ValueError("odd")

        studio.home.journal.record_heartbeat = fail  # type: ignore[method-assign]
        with pytest.raises(ValueError, match="odd"):
            await asyncio.wait_for(running, 20)
        studio.home.journal.record_heartbeat = beat  # type: ignore[method-assign]
        shelf.state |= dict.fromkeys(shelf.state, "succeeded")
        assert (await asyncio.wait_for(studio.clip("A fox", **SURE), 60)).state == "done"
    assert len(shelf.sent) == 1 and not [one for one in threading.enumerate() if one.name == "heart"]


async def test_a_studio_that_is_closed_stops_what_it_drives_and_its_job_stays(tmp_path: Path) -> None:
    shelf = UnderWork()
    studio = typed(shelf, tmp_path / "home")
    running = asyncio.create_task(studio.clip("A fox", **SURE))
    await until_sent(shelf)
    began = time.monotonic()
    await studio.__aexit__(None, None, None)
    assert await asyncio.gather(running, return_exceptions=True) and time.monotonic() - began < 20
    shelf.state |= dict.fromkeys(shelf.state, "succeeded")
    async with typed(shelf, tmp_path / "home") as later:
        assert (await later.clip("A fox", **SURE)).state == "done"
    assert len(shelf.sent) == 1


async def test_an_odd_error_of_one_poll_fails_no_film(tmp_path: Path) -> None:
    shelf = UnderWork()
    async with typed(shelf, tmp_path / "home") as studio:
        running = asyncio.create_task(studio.clip("A fox", **SURE))
        await until_sent(shelf)
        assert studio.home
        poll, errors = studio.home.journal.poll_changes, []

        async def fail_once(after: int | None) -> Any:
            if not errors:
                errors.append(after)
                raise ValueError("odd")
            return await poll(after)

        studio.home.journal.poll_changes = fail_once  # type: ignore[method-assign]
        async with asyncio.timeout(30):
            while not errors:
                await asyncio.sleep(0.05)
        shelf.state |= dict.fromkeys(shelf.state, "succeeded")
        assert (await asyncio.wait_for(running, 60)).state == "done"


@pytest.mark.parametrize("verb", ["clip", "batch"])
async def test_a_price_that_confirm_declines_is_not_agreed_to(verb: str, tmp_path: Path) -> None:
    shelf = UnderWork()

    async def decline(quote: object) -> bool:
        return False

    async with typed(shelf, tmp_path / "home") as studio:
        call = (
            studio.clip("A fox", model=FAST, accept_unconfirmed=True, confirm=decline)
            if verb == "clip"
            else studio.batch(["A fox"], model=FAST, accept_unconfirmed=True, confirm=decline)
        )
        with pytest.raises(NeedsConsent):
            await call
        with pytest.raises(BadInput, match="confirm"):
            await studio.clip("A fox", model=FAST, accept_unconfirmed=True, confirm=lambda quote: True)  # type: ignore[arg-type,return-value]
    assert not shelf.sent


async def test_a_batch_refuses_a_misspelt_option(tmp_path: Path) -> None:
    async with typed(UnderWork(), tmp_path / "home") as studio:
        with pytest.raises(BadInput, match="bugdet"):
            await studio.batch(["A fox"], model=FAST, yes=True, bugdet="0.10")  # type: ignore[call-arg]


async def test_an_account_with_an_odd_name_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    runtime = await open_runtime(Settings(home=tmp_path / "home", hands=1))
    try:
        with pytest.raises(BadInput, match="account"):
            await AsyncStudio(runtime=runtime, account="../evil").make("“Hi.” For “Fenn”", goal="takes")
        for given in ({"hands": 5}, {"providers": {}}, {"tempo": Tempo()}, {"rehearse": True}):
            with pytest.raises(BadInput, match=next(iter(given))):
                AsyncStudio(runtime=runtime, **given)
    finally:
        await runtime.close()


async def test_studios_share_the_runtime_of_a_rehearsal_and_nothing_is_bought(tmp_path: Path) -> None:
    async with AsyncStudio(Settings(home=tmp_path / "home", hands=1), rehearse=Rehearsal(speed=3600)) as first:
        await first.make("“Hi.” For “Fenn”", goal="plan")
        assert first._runtime
        second = AsyncStudio(runtime=first._runtime, account="bo")
        assert second.rehearsal and not await second.list_projects()
        made = await second.make("“Hi.” For “Fenn”", goal="plan")
        assert made.is_rehearsal and made.state == "done"
