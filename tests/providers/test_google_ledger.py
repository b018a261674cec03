"""Google's models through the real gate, journal and vault: what is settled is what the fakes' bills say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright.net.http import HttpClient
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.gemini_longrunning import FakeGeminiLongrunning
from reelwright.providers.fakes.google import FakeGoogle
from reelwright.providers.fakes.script import (
    Script,
    answer_status,
    drop,
    expire_after,
    fail_late,
    filter_samples,
    swallow,
)
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.families.veo_wires import Vertex
from reelwright.providers.gemini_longrunning import GeminiLongrunning
from reelwright.providers.google import Google
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.request import Request
from reelwright.store.database.database import Database
from reelwright.store.vault.vault import FolderVault

from engine.production import WORDS, TinyProduction, plan_of  # isort: skip
from engine.rig import Rig  # isort: skip

AT_ONCE = Script(latency_s=(0, 0))
OMNI = Request(
    model="gemini-omni-1.1-flash", mode="text_to_video", prompt="", ms=4000, aspect="9:16", resolution="720p"
)
STILL = Request(model="gemini-3.1-flash-image", mode="text_to_image", prompt="", aspect="9:16")
VEO = Request(
    model="vertex-veo-3.1-lite", mode="text_to_video", prompt="", ms=8000, aspect="16:9", resolution="720p", samples=4
)


class Ordered(TinyProduction):
    """Each shot of the brief is bought with one request, its word as the prompt."""

    request = OMNI

    def _plan(self, brief: Brief) -> Plan:
        plan = plan_of(brief)
        shots = tuple(replace(s, source=replace(self.request, prompt=f"a {s.prompt}")) for s in plan.shots)
        return replace(plan, beats=(replace(plan.beats[0], shots=shots),))

    async def apply_outcome(self, lease: Any, standing: Any, step: Any, outcome: Any) -> bool:
        if step.key != WORDS or standing.plan is not None:
            return False
        await self._journal.revise_under_lease(lease, 0, self._plan(standing.brief), Choices(), "rules")
        return True


class OrderedVeo(Ordered):
    request = VEO


class OrderedStill(Ordered):
    request = STILL


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """SQLite is enough: the ledger's own tests run on both."""
    database = Database(f"sqlite:///{tmp_path / 'journal.db'}")
    yield database
    database.close()


@asynccontextmanager
async def rig(
    production: type[Ordered], script: Script, db: Database, home: Path, *, removes: bool = False
) -> AsyncIterator[tuple[Rig, Bill]]:
    is_veo = production is OrderedVeo
    kind = FakeGeminiLongrunning if is_veo else FakeGoogle
    bill = Bill(home / "bill.jsonl")
    async with FakeServer(kind(bill, script)) as server:
        auth = {"authorization": "Bearer x"} if is_veo else {"x-goog-api-key": "x"}
        async with HttpClient("Google", server.url, auth=auth) as http:
            wire = Vertex(project="p1", storage="gs://films", after_landing="remove" if removes else "with-job")
            paid = GeminiLongrunning(http, wire=wire) if is_veo else Google(http)
            at = Rig(db, home, paid=paid, production=production)
            at.removed = getattr(server.fake, "removed_paths", [])
            yield at, bill


async def settled(at: Rig, project: str) -> int:
    return sum(purchase.settled_micros or 0 for purchase in await at.purchases(project))


BAD_DAY = (
    AT_ONCE.add_rule("submit", answer_status(429, retry_after="0"), [1])
    .add_rule("submit", fail_late(), [2])
    .add_rule("poll", drop(), [1])
    .add_rule("poll", answer_status(503), [2])
    .add_rule("fetch", drop(), [1])
    .add_rule("fetch", answer_status(502), [2])
)
"""Throttled, a failure of Google's own, polls and fetches without an answer: all of it passes."""


@pytest.mark.parametrize(("production", "script"), [(Ordered, BAD_DAY), (OrderedVeo, BAD_DAY), (OrderedStill, AT_ONCE)])
async def test_all_takes_land_and_the_ledger_is_the_bill(production, script, db, tmp_path):
    async with rig(production, script, db, tmp_path) as (at, bill):
        standing = await at.make("fox owl", goal="takes", usd=60)
        assert standing.job and standing.job.state == "done", standing.job
        takes = [outcome for outcome in standing.outcomes.values() if outcome.fingerprint.startswith("take:")]
        assert len(takes) == 2
        for outcome in takes:
            assert len(outcome.assets) == production.request.samples and not outcome.missing
            for asset in outcome.assets:
                assert await at.vault.has("local", asset)
        presumed = [
            e for e in await at.ledger.list_entries("local") if e.settlement and "presumed" in e.settlement.basis
        ]
        assert len(presumed) == (script is BAD_DAY and production is OrderedVeo), "nobody says that a failure is free"
        assert await settled(at, standing.project) == bill.sum_micros() + sum(e.spent_micros for e in presumed) > 0


async def test_filtered_samples_are_missing_with_their_reason_and_only_the_rest_is_paid(db, tmp_path):
    async with rig(OrderedVeo, AT_ONCE.add_rule("submit", filter_samples(3)), db, tmp_path) as (at, bill):
        standing = await at.make("fox", goal="takes", usd=60)
        assert standing.job and standing.job.state == "done"
        (outcome,) = [one for one in standing.outcomes.values() if one.fingerprint.startswith("take:")]
        assert len(outcome.assets) == 1 and [lost.reason for lost in outcome.missing] == ["filtered"] * 3
        assert all("a well-known person's likeness" in lost.message for lost in outcome.missing)
        assert await settled(at, standing.project) == bill.sum_micros() == 400_000


@pytest.mark.parametrize("production", [Ordered, OrderedVeo, OrderedStill])
async def test_all_filtered_waits_for_a_person_and_costs_nothing(production, db, tmp_path):
    async with rig(production, AT_ONCE.add_rule("submit", filter_samples()), db, tmp_path) as (at, bill):
        standing = await at.make("fox", goal="takes", usd=60)
        assert standing.job and standing.job.state == "waiting" and standing.job.wait_reason == "decision"
        assert await settled(at, standing.project) == bill.sum_micros() == 0
        assert len(bill.submissions) == 1, "a refusal is never sent again by itself"


async def test_a_failure_that_was_billed_is_paid_and_waits_for_a_person(db, tmp_path):
    async with rig(Ordered, AT_ONCE.add_rule("submit", fail_late(is_billed=True)), db, tmp_path) as (at, bill):
        standing = await at.make("fox", goal="takes", usd=60)
        assert standing.job and standing.job.state == "waiting"
        assert await settled(at, standing.project) == bill.sum_micros() > 0
        assert len(bill.submissions) == 1


@pytest.mark.parametrize("production", [Ordered, OrderedVeo, OrderedStill])
async def test_a_swallowed_answer_is_held_and_never_sent_again(production, db, tmp_path):
    async with rig(production, AT_ONCE.add_rule("submit", swallow()), db, tmp_path) as (at, bill):
        standing = await at.make("fox", goal="takes", usd=60)
        assert standing.job and standing.job.state == "waiting" and standing.job.wait_reason == "decision"
        assert {p.state for p in await at.purchases(standing.project) if p.provider != "offline"} == {"unknown"}
        assert len(bill.submissions) == 1


async def test_a_film_that_is_gone_long_before_its_stated_expiry_waits_for_a_person(db, tmp_path):
    async with rig(Ordered, AT_ONCE.add_rule("submit", expire_after(0)), db, tmp_path) as (at, bill):
        standing = await at.make("fox", goal="takes", usd=60)
        assert standing.job and (standing.job.state, standing.job.wait_reason) == ("waiting", "decision")
        assert {p.state for p in await at.purchases(standing.project) if p.provider != "offline"} == {"submitted"}
        assert len(bill.submissions) == 1


async def test_films_stay_in_the_bucket_unless_their_removal_is_asked_for(db, tmp_path):
    async with rig(OrderedVeo, AT_ONCE, db, tmp_path) as (at, _):
        assert (await at.make("fox", goal="takes", usd=60)).job.state == "done"
        assert not at.removed


async def test_asked_for_films_are_removed_once_all_of_a_purchase_are_in_the_vault(db, tmp_path):
    async with rig(OrderedVeo, AT_ONCE, db, tmp_path, removes=True) as (at, bill):
        standing = await at.make("fox", goal="takes", usd=60)
        (outcome,) = [one for one in standing.outcomes.values() if one.fingerprint.startswith("take:")]
        assert [await at.vault.has("local", asset) for asset in outcome.assets] == [True] * 4
        assert len(at.removed) == len(set(at.removed)) == 4
        (purchase,) = [p for p in await at.purchases(standing.project) if p.provider != "offline"]
        assert all(purchase.id in path for path in at.removed), "of its own folder, and of no other"
        assert await settled(at, standing.project) == bill.sum_micros()


async def test_one_film_that_did_not_come_leaves_all_of_its_purchase_where_they_lie(db, tmp_path):
    script = AT_ONCE.add_rule("fetch", answer_status(404), [2, *range(5, 400)])
    async with rig(OrderedVeo, script, db, tmp_path, removes=True) as (at, _):
        standing = await at.make("fox", goal="takes", usd=60)
        assert standing.job and standing.job.state == "waiting" and not at.removed


async def test_a_film_that_does_not_read_back_as_it_came_leaves_all_where_they_lie(db, tmp_path, monkeypatch):
    async with rig(OrderedVeo, AT_ONCE, db, tmp_path, removes=True) as (at, _):
        put = FolderVault.put

        async def damaged(vault, *args):
            digest = await put(vault, *args)
            path = vault.get_path("local", digest)
            path.chmod(0o600)
            path.write_bytes(b"x" + path.read_bytes()[1:])
            return digest

        monkeypatch.setattr(FolderVault, "put", damaged)
        await at.make("fox", goal="takes", usd=60)
        assert not at.removed


async def test_a_removal_that_fails_costs_no_film(db, tmp_path):
    async with rig(
        OrderedVeo, AT_ONCE.add_rule("fetch", answer_status(403), [5, 6, 7, 8]), db, tmp_path, removes=True
    ) as (
        at,
        bill,
    ):
        standing = await at.make("fox", goal="takes", usd=60)
        assert standing.job.state == "done" and not at.removed
        assert await settled(at, standing.project) == bill.sum_micros()
