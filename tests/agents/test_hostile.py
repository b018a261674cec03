"""Eight agents with one $3 wallet, two processes at a time, killed and started again: never more, every clip once.

The lane (``make test-serve``) runs 1,000 sessions (``REELWRIGHT_SESSIONS``), ``make test`` a few. A session is told by
its number alone, which is in the test's name; ``REELWRIGHT_SERVE_SEED`` shifts all numbers.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from agents.life import CLIPS, WALLET, Life
from crash.forked import Forked, Forks
from crash.kinds import environment
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.providers.fakes.script import Script, answer_status, drop, swallow
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from studio.shelf import drawn_clip
from studio.worlds import World, world

SESSIONS = int(os.environ.get("REELWRIGHT_SESSIONS", "1000"))
SAMPLE = 3
FIRST = int(os.environ.get("REELWRIGHT_SERVE_SEED", "0"))
MOST = int(WALLET) * 1_000_000
KEY = "sk-or-agents"


@cache
def draw_clip(size: tuple[int, int], ms: int, has_sound: bool) -> bytes:
    return drawn_clip(size, ms, "the same for all", has_sound)


async def show_one_clip(spec: MediaSpec) -> bytes:
    return await asyncio.to_thread(draw_clip, spec.size, spec.ms, spec.has_sound)


@pytest.fixture(scope="session")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """The warm process that all lives are forked from."""
    made = Forks(tmp_path_factory.mktemp("agents"), environment(), "agents.life")
    yield made
    made.end()


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize("number", range(FIRST, FIRST + SAMPLE))
def test_agents_never_spend_more_than_their_wallet(number: int, lives: Forks, tmp_path: Path) -> None:
    run_session(number, lives, tmp_path)


@pytest.mark.lane_serve
@pytest.mark.parametrize("number", range(FIRST + SAMPLE, FIRST + SESSIONS))
def test_agents_never_spend_more_than_their_wallet_lane(number: int, lives: Forks, tmp_path: Path) -> None:
    run_session(number, lives, tmp_path)


def run_session(number: int, lives: Forks, folder: Path) -> None:
    chance = random.Random(number)
    script = Script(seed=number, latency_s=chance.choice(((0, 0), (60, 300))), speed=600)
    if chance.random() < 0.5:
        script = script.add_rule("submit", answer_status(429, retry_after="1"), chance=0.1)
        script = script.add_rule("submit", chance.choice((drop, swallow))(), chance=0.1)
    with world(folder / "home", {"openrouter": script}, show_one_clip) as there:
        env = environment(OPENROUTER_API_KEY=KEY)
        extras = folder / "extras.txt"
        extras.touch()

        def start(seed: int, *, is_last: bool = False) -> Forked:
            url = there.servers["openrouter"].url
            life = Life(str(folder / "home"), url, seed, str(extras), is_last)
            return lives.start([life.to_json()], env)

        for round_ in range(chance.choice((1, 2))):
            both = [start(number * 10 + 2 * round_ + n) for n in range(2)]
            for one in chance.sample(both, 2):
                wait_for_purchases(there, chance.randrange(4))
                time.sleep(chance.uniform(0, 0.4))
                one.kill()
            for one in both:
                one.communicate(60)
        last = start(number * 10 + 9, is_last=True)
        output = "".join(last.communicate(110))
        assert last.returncode == 0, output
        check(there, extras, folder / "home")


def wait_for_purchases(there: World, more: int) -> None:
    """Wait until so many more have been billed, for a few seconds at most: then there is something to lose."""
    bill = there.servers["openrouter"].fake.bill
    until, wanted = time.monotonic() + 6, len(bill.charges) + more
    while len(bill.charges) < wanted and time.monotonic() < until:
        time.sleep(0.02)


def check(there: World, extras: Path, home: Path) -> None:
    """The fake's own bill and the ledger agree that no more was spent, and nothing twice but on purpose."""
    charges = there.servers["openrouter"].fake.bill.charges
    billed = sum(charge.micros for charge in charges)
    assert billed <= MOST, f"billed ${billed / 1e6}"
    wallet, recorded = asyncio.run(_read_ledger(Settings(home=home)))
    assert wallet <= MOST and billed <= recorded, (wallet, billed, recorded)
    on_purpose = Counter(extras.read_text(encoding="utf-8").split("\n"))
    bought = Counter(str(charge.facts["work"]["asked"]["prompt"]) for charge in charges if "work" in charge.facts)
    for prompt in CLIPS:
        assert bought[prompt] <= 1 + on_purpose[prompt], f"{prompt}: bought {bought[prompt]} times"


async def _read_ledger(settings: Settings) -> tuple[int, int]:
    """What the wallet has spent and reserved, and what the ledger knows of all purchases."""
    async with AsyncStudio(settings) as studio:
        (budget,) = await studio.list_budgets()
        report = await studio.show_spending()
    return budget.spent_micros + budget.reserved_micros, report.micros + report.held_micros
