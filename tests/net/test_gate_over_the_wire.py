"""The gate over a real socket: what was held up on the way is not sent, and a key that is quoted back goes nowhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cli.asked import answering
from engine.paper import Paper
from engine.rig import Rig
from net.raw import Visit, serving
from reelwright.engine.purchases.gate import Gate
from reelwright.errors import OutcomeUnknown, Refused
from reelwright.known_providers import PROVIDER_ENTRIES, list_holders
from reelwright.net.exchange import Network
from reelwright.net.http import HttpClient
from reelwright.net.network_backend import dial_first
from reelwright.net.redact import remember_secret
from reelwright.providers.protocol import Keep, Make, Progress
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.ledger import Ledger
from reelwright.studio.machine.verification import verify
from reelwright.units import Micros

CANARY = "canary-gate-7391-in-the-mine"


class Wired(Paper):
    """Paper whose submit is a real request to ``http``."""

    http: HttpClient

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        answer = await self.http.send_once("POST", "/takes", json=dict(prepared))
        if answer.status == 401:
            raise Refused(f"the key is wrong: {answer.describe_body()}")
        if answer.status != 200:
            raise OutcomeUnknown(f"it answered {answer.status}: {answer.describe_body()}")
        return await super().submit(prepared, keep, make)


class SlowLedger(Ledger):
    """As if the commit of ``posting`` took its time."""

    async def begin_posting(self, *args: Any, **more: Any) -> bool:
        done = await super().begin_posting(*args, **more)
        time.sleep(0.3)  # the loop stands still, as a stopped process does
        return done


async def accepts(visit: Visit) -> None:
    await visit.request()
    await visit.answer(b"{}")


def rig(database: Database, home: Path, http: HttpClient) -> Rig:
    paper = Wired(home / "paper")
    paper.http = http
    return Rig(database, home, paid=paper, pace=None)


@pytest.mark.parametrize(("within_s", "sends"), [(0.5, 0), (5.0, 1)])
async def test_two_waits_that_are_short_by_themselves_are_too_long_together(
    within_s: float, sends: int, db: Database, tmp_path: Path
) -> None:
    async def slowly(hosts: Sequence[str], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        time.sleep(0.3)
        return await dial_first(hosts, port)

    async with serving(accepts) as server, HttpClient("paper", server.url, network=Network(dial=slowly)) as http:
        at = rig(db, tmp_path, http)
        at.director.gate._sender._ledger = SlowLedger(db)
        at.director.gate._sender.within_s = within_s
        at.director.gate._sender.resend_waits_s = ()
        await at.make("a", goal="takes", usd=5, models=("paper/1",))
    assert server.posts == sends
    assert isinstance(at.director.gate, Gate)
    await at.hands.close()


async def journal_of(home: Path) -> AsyncIterator[tuple[str, bytes]]:
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        yield str(path), path.read_bytes()


ONLY = {200: {"openrouter", "google"}, 500: {"openrouter", "google"}}
"""Others look in their provider's list for what became of it, or ask again, and wait between two looks."""


@pytest.mark.parametrize("status", [200, 401, 500])
async def test_a_provider_that_quotes_the_key_back_puts_it_nowhere(
    status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for holder in list_holders().values():
        for variable in holder.variables:
            monkeypatch.setenv(variable, CANARY)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "paper-project")
    caplog.set_level("DEBUG")
    with answering(status, b'{"error": {"message": "you sent: ', quotes_headers=True) as asked:
        sellers = [
            one for one in PROVIDER_ENTRIES if one.resubmit == "never" and one.name in ONLY.get(status, {one.name})
        ]
        for seller in sellers:
            home = tmp_path / seller.name
            named = dict.fromkeys((door.setting_name for door in seller.endpoints), asked.url)
            settings = Settings(home=home, hands=1, base_urls=named)
            told = await verify(settings, seller.name, Micros(5_000_000), out=tmp_path / f"{seller.name}.json")
            assert told.state in ("unknown", "released", "intent", "settled"), told
            assert CANARY not in f"{told!r} {told.to_json()}", seller.name
    assert sum(CANARY in str(headers) for _, _, headers in asked.seen) >= len(sellers), "the keys were sent"
    left = [path async for path, body in journal_of(tmp_path) if CANARY.encode() in body]
    assert left == [] and CANARY not in caplog.text


@pytest.mark.parametrize("error", [Refused, OutcomeUnknown, OSError, ValueError])
async def test_an_adapter_that_forgets_itself_is_still_redacted(
    error: type[Exception], db: Database, tmp_path: Path
) -> None:
    remember_secret(CANARY)
    paper = Paper(tmp_path / "paper", answers=(error(f"they said: Authorization: Bearer {CANARY}"),), finds=False)
    rig = Rig(db, tmp_path, paid=paper)
    project = await rig.order("a", goal="takes", usd=5, models=("paper/1",))
    await rig.drive(project)
    events = await rig.journal.list_events("local", 0)
    seen = [*await rig.purchases(project), await rig.job(project), *events]
    assert seen and CANARY not in repr(seen) and "they said" in repr(seen)
    await rig.hands.close()
