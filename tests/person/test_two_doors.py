"""The table of people: whoever orders, waits and stops, at whatever doors, the clip is bought once and paid by who
gets it."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from crash.forked import Forks
from hurry import set_constants
from person import life
from person.account import bought_on
from person.doors import CUSTOMERS, INTERRUPT, Customer, Doors, open_doors
from person.sellers import SELLERS, Shop
from reelwright.providers.fakes.script import swallow

AT_ONCE: Final = "at once"
DRAWN: Final = 16
"""Rows of one run on SQLite; ``REELWRIGHT_PAIRS=all`` runs every row."""
_COMMANDS: Final = ("command", "agent")
"""Doors at which equal words are one project, with one job for all."""


@pytest.mark.timeout(120)
async def test_what_arrived_for_a_cancelled_order_is_fetched_by_the_server(
    tmp_path: Path, forks: Forks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody resumes it: before, what was paid for lay at the provider for ever."""
    set_constants(life.WAITS, monkeypatch.setattr)
    shop = Shop(SELLERS["none"], tmp_path / "bill.jsonl")
    async with open_doors(tmp_path / "home", "", shop, forks, kind="none") as doors:
        shop.meet_next(swallow())
        await doors.http.post("/v1/videos", json={"prompt": "A boat", "model": doors.seller.model})
        waiting = "SELECT project FROM jobs WHERE state = 'waiting' AND wait_reason = 'decision'"
        ((project,),) = await doors.wait_for(waiting)
        await doors.agent.call("cancel", project=project)
        await doors.wait_for("SELECT id FROM jobs WHERE state = 'cancelled'")
        ((purchase,),) = await doors.read("SELECT id FROM purchases")
        await doors.studio.decide(purchase, "arrived", operation=bought_on(shop.charges)[-1].id)
        await doors.wait_for("SELECT id FROM purchases WHERE state = 'settled' AND succeeded_at IS NOT NULL")
        await doors.wait_for("SELECT id FROM jobs WHERE state = 'cancelled'")
    shop.close()
    assert len(bought_on(shop.charges)) == 1


class Case(NamedTuple):
    """``orders`` at a door what ``waits`` (at each of these doors) wants, too. ``stops``: who stops, in order, and how:
    0 orders, 1 is the first who waits. ``has_purse``: who orders pays from a budget of its own, if the door has such.
    """

    orders: str
    waits: tuple[str, ...]
    stops: tuple[tuple[int, str], ...]
    has_purse: bool
    are_at_once: bool = False

    def __str__(self) -> str:
        who = (self.orders, *self.waits)
        said = " and ".join(f"{who[n]} ({n}) stops by {way}" for n, way in self.stops) or "nobody stops"
        return f"{self.orders} orders, {self.waits} wait, {said}{', at once' * self.are_at_once}"


def list_waiting(orders: str) -> list[tuple[str, ...]]:
    """Doors at which somebody can wait for what was ordered at another. A program's request waits for nobody's."""
    if orders in _COMMANDS:
        return [("library",)]
    if orders == "library":
        return [("command",), ("agent",)]
    return [("command",), ("agent",), ("library",), ("library", "command")]


def list_cases() -> list[Case]:
    found: list[Case] = []
    for orders, kind in CUSTOMERS.items():

        def add(waits: tuple[str, ...], *stops: tuple[int, str], are_at_once: bool = False) -> None:
            found.append(Case(orders, waits, stops, len(found) % 2 == 0, are_at_once))  # noqa: B023

        withdraw = [way for way in kind.WAYS if way != INTERRUPT]
        for way in withdraw:
            add((), (0, way))
        for waits in list_waiting(orders):
            add(waits)
            for way in kind.WAYS:
                add(waits, (0, way))
            for way in CUSTOMERS[waits[0]].WAYS:
                add(waits, (1, way))
            if len(waits) == 1:
                add(waits, (0, withdraw[-1]), (1, "cancel"))
                add(waits, (1, "cancel"), (0, withdraw[-1]))
                add(waits, (0, withdraw[0]), (1, "cancel"), are_at_once=True)
    return found


def draw_cases() -> list[Case]:
    """Some of the table, another part in every run: the one from the issue first."""
    every = list_cases()
    if os.environ.get("REELWRIGHT_PAIRS") == "all":
        return every
    first = [case for case in every if case.orders == "videos" and case.waits == ("command",)][1:3]
    return first + random.sample(every, DRAWN - len(first))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(SELLERS["list"], tmp_path / "bill.jsonl")
    made.render_for(600)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often at what others do, as the processes of this folder's people do."""
    set_constants(life.WAITS, monkeypatch.setattr)


async def run_case(doors: Doors, case: Case, folder: Path) -> None:
    prompt = f"A heron at door {folder.name}"
    people: list[Customer] = []
    for number, door in enumerate((case.orders, *case.waits)):
        own = folder / str(number)
        own.mkdir(parents=True)
        people.append(CUSTOMERS[door](doors, prompt, own, case.has_purse))
        await people[-1].order()
        await (people[-1].wait_until_waiting() if number else people[-1].wait_until_sent())
    gone = {n for n, way in case.stops if way != INTERRUPT}
    if case.are_at_once:
        await asyncio.gather(*(people[n].stop(way) for n, way in case.stops))
    for n, way in () if case.are_at_once else case.stops:
        await people[n].stop(way)
        if n in gone:
            await people[n].wait_until_over()
    for n in gone:
        await people[n].wait_until_over()
    doors.shop.finish_work(prompt)
    get = {*range(len(people))} - {n for n, _ in case.stops}
    assert all(await asyncio.gather(*(people[n].receive() for n in get))), "who still wants it gets it"
    await judge(doors, people, prompt, gone, get)


async def judge(doors: Doors, people: list[Customer], prompt: str, gone: set[int], get: set[int]) -> None:
    """By the provider's bill and the rows of the ledger."""
    charges = [c for c in doors.shop.charges if c.facts.get("work", {}).get("asked", {}).get("prompt") == prompt]
    ids = {charge.submission for charge in charges}
    cancels = [c for c in doors.shop.charges if c.facts.get("cancelled") in ids]
    is_wanted = len(gone) < len(people)
    assert len(charges) == 1 and len(cancels) == (0 if is_wanted else 1), f"bought {len(charges)}, {len(cancels)} back"
    query = "SELECT settled_micros, state FROM purchases WHERE project = :project ORDER BY attempt"
    paid = [sum(row.settled_micros or 0 for row in await doors.read(query, project=one.project)) for one in people]
    assert sum(paid) == (charges[0].micros if is_wanted else 0), paid
    payer = next(n for n in range(len(people)) if paid[n]) if is_wanted else None
    if payer is not None and get:
        assert payer not in gone and (payer == 0 or 0 in gone), f"{paid}: who stopped does not pay for who took it over"


async def run_cases(cases: list[Case], doors: Doors, folder: Path) -> None:
    """Run them beside one another, and then judge the account as a whole."""
    few = asyncio.Semaphore(6)
    failed: list[str] = []

    async def run(number: int, case: Case) -> None:
        async with few:
            try:
                async with asyncio.timeout(60):
                    await run_case(doors, case, folder / f"{number:03}")
            except (Exception, TimeoutError) as error:  # noqa: BLE001  every row is told
                failed.append(f"{case}: {type(error).__name__}: {error}")

    await asyncio.gather(*(run(number, case) for number, case in enumerate(cases)))
    assert not failed, "\n".join(failed)
    budgets = await doors.read("SELECT scope, reserved_micros, settled_micros FROM budgets")
    assert not [row for row in budgets if row.reserved_micros], "no reservation is left"
    (account,) = [row for row in budgets if row.scope == "account"]
    assert account.settled_micros == sum(charge.micros for charge in doors.shop.charges)


async def test_who_stops_leaves_it_to_who_waits_at_any_two_doors(tmp_path: Path, shop: Shop, forks: Forks) -> None:
    async with open_doors(tmp_path / "home", "", shop, forks) as doors:
        await run_cases(draw_cases(), doors, tmp_path / "out")


async def test_who_waits_in_the_queue_for_his_turn_waits_too(tmp_path: Path, shop: Shop, forks: Forks) -> None:
    """One job runs at once: the agent's has not begun when the video that it wants is deleted."""
    prompt = "A heron in a queue"
    async with open_doors(tmp_path / "home", "", shop, forks, at_once=1) as doors:
        first, agent = (CUSTOMERS[door](doors, prompt, tmp_path, False) for door in ("videos", "agent"))
        await first.order()
        await first.wait_until_sent()
        await agent.order()
        assert not await doors.read(
            "SELECT id FROM jobs WHERE project = :project AND state <> 'queued'", project=agent.project
        )
        await first.stop("DELETE /v1/videos")
        await first.wait_until_over()
        doors.shop.finish_work(prompt)
        assert await agent.receive()
        await judge(doors, [first, agent], prompt, {0}, {1})


@pytest.mark.postgres
async def test_who_stops_leaves_it_to_who_waits_on_postgres(
    tmp_path: Path, shop: Shop, forks: Forks, pg_url: str
) -> None:
    cases = [
        Case("videos", ("command",), ((0, "DELETE /v1/videos"),), has_purse=True),
        Case("native", ("agent",), ((0, "cancel"), (1, "cancel")), has_purse=False, are_at_once=True),
        Case("library", ("agent",), ((0, "cancel"),), has_purse=False),
    ]
    async with open_doors(tmp_path / "home", pg_url, shop, forks) as doors:
        await run_cases(cases, doors, tmp_path / "out")
