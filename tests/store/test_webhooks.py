"""Webhooks in the journal: each event once for each webhook, claims, retries, and what disables a webhook."""

from __future__ import annotations

import asyncio
import json

import pytest

from reasons import has_code
from reelwright.errors import BadInput, NotFound
from reelwright.reason import Reason, build_reason
from reelwright.reel.film.brief import Brief
from reelwright.store.accounts import webhook_deliveries
from reelwright.store.accounts.webhook_deliveries import Attempt, Message
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.store.policy import (
    DELIVERIES_AT_ONCE,
    DELIVERY_LIFETIME_MS,
    MAX_WEBHOOKS,
    WEBHOOK_DEAD_MS,
    WEBHOOK_SECRET_OVERLAP_MS,
)
from store.making import ACCOUNT
from store.observing import change, rows

URL = "https://hooks.example/x"
SEED = "0123456789ab.00"
FAULT = build_reason("webhook_refused", status=500)


async def record(journal: Journal, webhook: str, *events: int) -> None:
    messages = [Message(webhook, event, "job.done", f'{{"n":{event}}}') for event in events]
    await journal.record_messages(ACCOUNT, {webhook: max(events)}, messages)


async def test_a_webhook_is_as_it_was_made_and_its_messages_have_its_seed(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED, ("job.done",), has_prompt=True)
    assert made.kinds == ("job.done",) and made.has_prompt and made.disabled_at is None
    assert await journal.list_webhooks(ACCOUNT) == [made] and await journal.read_webhook(ACCOUNT, made.id) == made
    await record(journal, made.id, 1)
    (claimed,) = await journal.claim_deliveries(10)
    assert claimed.seeds == (SEED,)


async def test_equal_records_of_many_processes_are_one_delivery_each(db: Database) -> None:
    journals = [Journal(db) for _ in range(4)]
    made = await journals[0].create_webhook(ACCOUNT, URL, SEED)
    await asyncio.gather(*(record(one, made.id, *range(1, 9 + n)) for n, one in enumerate(journals)))
    found = await journals[0].list_deliveries(ACCOUNT, made.id, 100)
    assert sorted(json.loads(one.body)["n"] for one in found) == list(range(1, 12))
    await record(journals[0], made.id, 3)
    assert len(await journals[0].list_deliveries(ACCOUNT, made.id, 100)) == 11
    (listener,) = await journals[0].list_listeners()
    assert listener.after_event == 11, "an older record takes nothing back"


async def test_a_webhook_is_told_only_of_what_happens_after_it_was_made_or_enabled_again(db: Database) -> None:
    journal = Journal(db)
    await journal.open_project(ACCOUNT, "one", Brief(text="x"))
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    (listener,) = await journal.list_listeners()
    assert listener.after_event == await journal.find_newest_event(ACCOUNT) > 0
    off = await journal.update_webhook(ACCOUNT, made.id, is_enabled=False)
    assert off.disabled_at and off.disabled_reason == Reason("webhook_off")
    assert await journal.list_listeners() == []
    await journal.open_project(ACCOUNT, "two", Brief(text="x"))
    again = await journal.update_webhook(ACCOUNT, made.id, is_enabled=True)
    assert again.disabled_at is None
    (listener,) = await journal.list_listeners()
    assert listener.after_event == await journal.find_newest_event(ACCOUNT)


async def test_a_claimed_delivery_is_nobody_elses_until_the_claim_ends(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    await record(journal, made.id, 1)
    assert await journal.find_due_delivery()
    claims = await asyncio.gather(*(Journal(db).claim_deliveries(5) for _ in range(8)))
    (first,) = [one for some in claims for one in some]
    assert first.attempts == 1 and not await journal.find_due_delivery()
    change(db, "UPDATE webhook_deliveries SET claimed_until = 1")
    (second,) = await journal.claim_deliveries(5)
    assert (second.id, second.body, second.attempts) == (first.id, first.body, 2) and second.claim != first.claim
    assert not await journal.record_attempt(Attempt(first.id, first.claim, 200, None)), "it is the other's now"
    assert await journal.record_attempt(Attempt(second.id, second.claim, 200, None))
    found = await journal.read_delivery(ACCOUNT, first.id)
    assert (found.state, found.last_status, found.next_at) == ("delivered", 200, None)


async def test_a_webhook_never_takes_the_turns_of_others(db: Database) -> None:
    journal = Journal(db)
    many, few = [(await journal.create_webhook(ACCOUNT, URL, SEED)).id for _ in range(2)]
    await record(journal, many, *range(1, 50))
    await record(journal, few, 1, 2)
    claimed = await journal.claim_deliveries(100)
    assert sorted(one.webhook for one in claimed) == sorted([many] * DELIVERIES_AT_ONCE + [few] * 2)
    assert await journal.claim_deliveries(100) == (), "as many as may be at work at once are at work"
    done = next(one for one in claimed if one.webhook == many)
    assert await journal.record_attempt(Attempt(done.id, done.claim, 200, None))
    assert [one.webhook for one in await journal.claim_deliveries(100)] == [many]


async def test_a_failed_attempt_comes_again_and_is_given_up_visibly(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    await record(journal, made.id, 1)
    (one,) = await journal.claim_deliveries(1)
    assert await journal.record_attempt(Attempt(one.id, one.claim, 500, FAULT, again_ms=60_000))
    waiting = await journal.read_delivery(ACCOUNT, one.id)
    assert (waiting.state, waiting.last_status, waiting.reason) == ("pending", 500, FAULT)
    assert waiting.next_at and waiting.last_at and 59 < (waiting.next_at - waiting.last_at).total_seconds() < 61
    assert not await journal.find_due_delivery()
    assert (await journal.read_webhook(ACCOUNT, made.id)).failing_since
    change(db, "UPDATE webhook_deliveries SET next_at = 1")
    (one,) = await journal.claim_deliveries(1)
    assert await journal.record_attempt(Attempt(one.id, one.claim, None, FAULT))
    assert (await journal.read_delivery(ACCOUNT, one.id)).state == "failed"
    assert (await journal.read_webhook(ACCOUNT, made.id)).disabled_at is None, "it failed for a moment only"
    again = await journal.repeat_delivery(ACCOUNT, one.id)
    assert (again.state, again.attempts, again.id, again.body) == ("pending", 0, one.id, one.body)
    (one,) = await journal.claim_deliveries(1)
    assert await journal.record_attempt(Attempt(one.id, one.claim, 200, None))
    assert (await journal.read_webhook(ACCOUNT, made.id)).failing_since is None


@pytest.mark.parametrize("is_gone", [True, False])
async def test_a_webhook_is_disabled_when_it_is_gone_or_dead_for_a_day(db: Database, is_gone: bool) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    await record(journal, made.id, 1, 2)
    one, other = await journal.claim_deliveries(2)
    if not is_gone:
        change(db, "UPDATE webhooks SET failing_since = created_at - :day", day=WEBHOOK_DEAD_MS)
    again_ms = 5_000 if is_gone else None
    assert await journal.record_attempt(Attempt(one.id, one.claim, 410, FAULT, again_ms, is_gone))
    found = await journal.read_webhook(ACCOUNT, made.id)
    assert found.disabled_at and found.disabled_reason
    assert found.disabled_reason.code == ("webhook_gone" if is_gone else "webhook_failing")
    assert {one.state for one in await journal.list_deliveries(ACCOUNT, None, 9)} == {"failed"}
    assert not await journal.record_attempt(Attempt(other.id, other.claim, 200, None))
    assert await journal.list_listeners() == []
    for refused in (journal.repeat_delivery(ACCOUNT, one.id), journal.send_test_message(ACCOUNT, found.id, "{}")):
        with pytest.raises(BadInput, match="enabled"):
            await refused


async def test_earlier_secrets_sign_for_a_day_beside_the_new_one(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    await journal.rotate_webhook_secret(ACCOUNT, made.id, "second")
    await record(journal, made.id, 1, 2)
    (one,) = await journal.claim_deliveries(1)
    assert one.seeds == ("second", SEED)
    await journal.rotate_webhook_secret(ACCOUNT, made.id, "third")
    ((text,),) = rows(db, "SELECT seeds FROM webhooks")
    aged = [[seed, until and until - WEBHOOK_SECRET_OVERLAP_MS] for seed, until in json.loads(str(text))]
    change(db, "UPDATE webhooks SET seeds = :aged", aged=json.dumps(aged))
    (other,) = await journal.claim_deliveries(1)
    assert other.seeds == ("third",)
    for n in range(4):
        await journal.rotate_webhook_secret(ACCOUNT, made.id, f"more {n}")
    with pytest.raises(BadInput, match="5 secrets"):
        await journal.rotate_webhook_secret(ACCOUNT, made.id, "too many")


async def test_a_removed_webhook_leaves_nothing_and_an_answer_to_it_is_dropped(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    await record(journal, made.id, 1)
    (one,) = await journal.claim_deliveries(1)
    assert (await journal.remove_webhook(ACCOUNT, made.id)) == made
    assert rows(db, "SELECT * FROM webhooks") == rows(db, "SELECT * FROM webhook_deliveries") == []
    assert not await journal.record_attempt(Attempt(one.id, one.claim, 200, None))
    await record(journal, made.id, 2)
    assert rows(db, "SELECT * FROM webhook_deliveries") == []


async def test_no_account_finds_or_changes_a_webhook_of_another(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    await record(journal, made.id, 1)
    (delivery,) = await journal.list_deliveries(ACCOUNT, None, 9)
    for webhook in (made.id, "webhook_0", "\0", "\udce9", ""):
        for call in (
            journal.read_webhook("other", webhook), journal.update_webhook("other", webhook, url="https://x.example/"),
            journal.remove_webhook("other", webhook), journal.rotate_webhook_secret("other", webhook, SEED),
            journal.send_test_message("other", webhook, "{}"), journal.list_deliveries("other", webhook, 9),
        ):  # fmt: skip
            with pytest.raises(NotFound, check=has_code("webhook_not_found")):
                await call
    for one in (delivery.id, "message_0", "\0", "\udce9"):
        for call in (
            journal.read_delivery("other", one), journal.repeat_delivery("other", one),
            journal.list_deliveries("other", None, 9, one),
        ):  # fmt: skip
            with pytest.raises(NotFound, check=has_code("delivery_not_found")):
                await call
    assert await journal.list_deliveries("other", None, 9) == await journal.list_webhooks("other") == []
    assert await journal.read_webhook(None, made.id) == made


async def test_an_account_has_so_many_webhooks_also_if_all_are_made_at_once(db: Database) -> None:
    journal = Journal(db)
    made = await asyncio.gather(
        *(journal.create_webhook(ACCOUNT, URL, SEED) for _ in range(MAX_WEBHOOKS + 3)), return_exceptions=True
    )
    assert sum(isinstance(one, BadInput) for one in made) == 3
    assert len(await journal.list_webhooks(ACCOUNT)) == MAX_WEBHOOKS


async def test_pages_of_deliveries_have_each_one_once(db: Database) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    await record(journal, made.id, *range(1, 8))
    seen: list[str] = []
    while page := await journal.list_deliveries(ACCOUNT, made.id, 3, seen[-1] if seen else None):
        seen += [one.id for one in page]
    assert len(seen) == len(set(seen)) == 7
    assert await journal.list_deliveries(ACCOUNT, None, 9, None, "failed") == []
    assert len(await journal.list_deliveries(ACCOUNT, None, 9, None, "pending")) == 7


async def test_old_and_surplus_deliveries_go_and_pending_ones_stay(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(db)
    made = await journal.create_webhook(ACCOUNT, URL, SEED)
    await record(journal, made.id, *range(1, 5))
    for one in await journal.claim_deliveries(4):
        if json.loads(one.body)["n"] < 4:
            assert await journal.record_attempt(Attempt(one.id, one.claim, 200, None))
    assert await journal.prune_deliveries() == 0
    monkeypatch.setattr(webhook_deliveries, "MAX_DELIVERIES_KEPT", 2)
    change(db, "UPDATE webhook_deliveries SET created_at = created_at + event * 1000")
    assert await journal.prune_deliveries() == 2, "the two oldest; of the two newest one arrived"
    change(db, "UPDATE webhook_deliveries SET created_at = created_at - :age", age=DELIVERY_LIFETIME_MS + 60_000)
    assert await journal.prune_deliveries() == 1
    assert [one.state for one in await journal.list_deliveries(ACCOUNT, None, 9)] == ["pending"]
