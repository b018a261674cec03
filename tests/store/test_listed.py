"""What lists showed when a journal was reconciled: the first send is compared with it, and one purchase has it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reelwright.errors import LeaseLost
from reelwright.reason import Reason
from reelwright.reel.records.ledger import ListedWork
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import MAX_SEND_WITH_ANSWER_S
from reelwright.store import reconciliation
from reelwright.store.database.database import Database
from reelwright.store.ledger import Ledger
from reelwright.store.purchases import listed_work
from reelwright.store.purchases.send_guard import SendGuard
from reelwright.store.vault.markers import Markers
from reelwright.store.vault.vault import FolderVault
from store.making import ACCOUNT, Scene, another, step
from store.observing import rows


def work(number: int, provider: str = "offline") -> ListedWork:
    return ListedWork(
        provider=provider, id=f"op_%{number}_", model="m", prompt="a door", echoed_request={"input": {"n": number}}
    )


async def scene_with(db: Database, tmp_path: Path, *works: ListedWork) -> Scene:
    """A journal that was reconciled while lists showed ``works``."""
    scene = await Scene.set(db)
    guard = SendGuard(db, Markers(FolderVault.open(tmp_path / "vault")))
    await guard.check(ACCOUNT)
    await reconciliation.accept(db, guard, ACCOUNT, "zoe", works)
    scene.ledger = Ledger(db, guard=guard)
    return scene


async def test_the_first_send_of_a_purchase_is_compared_with_what_was_listed(db: Database, tmp_path: Path) -> None:
    scene = await scene_with(db, tmp_path, work(1))
    allowance = await scene.approved(50_000_000)
    bought = await scene.intend(allowance, step("a"))
    posted = await scene.ledger.begin_posting(scene.lease, bought.id, {})
    assert (posted.may_send, posted.is_over_limit, posted.needs_reconciling) == (False, False, True)
    assert rows(db, "SELECT state, send_count FROM purchases") == [("intent", 0)], "nothing is written"
    assert not list((tmp_path / "vault").rglob("*.jsonl")), "nor marked"
    assert await scene.ledger.list_unclaimed_work(bought.id) == (work(1),)
    assert (await scene.ledger.begin_posting(scene.lease, bought.id, {}, is_compared=True)).may_send
    assert await scene.ledger.move(bought.id, ("posting",), "intent", Reason("not_accepted_now"))
    assert (await scene.ledger.begin_posting(scene.lease, bought.id, {})).may_send, "only before it was ever sent"


async def test_another_providers_list_holds_up_nobody(db: Database, tmp_path: Path) -> None:
    scene = await scene_with(db, tmp_path, work(1, "replicate"))
    bought = await scene.intend(await scene.approved(), step("a"))
    assert (await scene.ledger.begin_posting(scene.lease, bought.id, {})).may_send


async def test_of_many_that_claim_one_entry_at_one_moment_one_has_it(db: Database, tmp_path: Path) -> None:
    scene = await scene_with(db, tmp_path, *map(work, range(10)))
    allowance = await scene.approved(50_000_000)
    others = [Database(db.url.render_as_string(hide_password=False)) for _ in range(2)]
    for run in range(10):
        twins = [await scene.intend(allowance, step(f"{run} {n}")) for n in range(4)]
        ledgers = [Ledger((db, *others)[n % 3]) for n in range(4)]
        operation = Operation(id=work(run).id)
        claims = (
            one.claim_listed_operation(scene.lease, twin.id, operation)
            for one, twin in zip(ledgers, twins, strict=True)
        )
        assert sorted(await asyncio.gather(*claims)) == ["anothers", "anothers", "anothers", "ours"]
    assert rows(db, "SELECT count(*), count(DISTINCT operation) FROM purchases WHERE operation IS NOT NULL") == [
        (10, 10)
    ]
    assert rows(db, "SELECT DISTINCT state, send_count FROM purchases WHERE operation IS NOT NULL") == [
        ("submitted", 0)
    ]
    last = await scene.intend(allowance, step("last"))
    assert await scene.ledger.list_unclaimed_work(last.id) == ()
    for other in others:
        other.close()


async def test_who_was_being_sent_when_it_was_listed_may_have_made_it_and_nobody_else_since(
    db: Database, tmp_path: Path
) -> None:
    scene = await scene_with(db, tmp_path)
    allowance = await scene.approved(50_000_000)
    sent, bought, later = [await scene.intend(allowance, step(prompt)) for prompt in "abc"]
    assert (await scene.ledger.begin_posting(scene.lease, sent.id, {})).may_send
    await db.write(lambda unit: listed_work.record_listed_work(unit, ACCOUNT, [work(1)]))
    operation = Operation(id=work(1).id)
    assert await scene.ledger.claim_listed_operation(scene.lease, bought.id, operation) == "not_yet"
    assert (
        await scene.ledger.claim_listed_operation(scene.lease, bought.id, operation, MAX_SEND_WITH_ANSWER_S) == "ours"
    )
    await scene.ledger.record_operation(sent.id, Operation(id="another"))
    await db.write(lambda unit: listed_work.record_listed_work(unit, ACCOUNT, [work(2)]))
    assert (await scene.ledger.begin_posting(scene.lease, later.id, {}, is_compared=True)).may_send
    fourth = await scene.intend(allowance, step("d"))
    assert await scene.ledger.claim_listed_operation(scene.lease, fourth.id, Operation(id=work(2).id)) == "ours"


async def test_a_claim_is_fenced_and_never_of_what_was_sent_or_given_up(db: Database, tmp_path: Path) -> None:
    scene = await scene_with(db, tmp_path, work(1))
    allowance, operation = await scene.approved(50_000_000), Operation(id=work(1).id)
    sent, released = [await scene.intend(allowance, step(prompt)) for prompt in "ab"]
    assert (await scene.ledger.begin_posting(scene.lease, sent.id, {}, is_compared=True)).may_send
    assert await scene.ledger.move(released.id, ("intent",), "released", Reason("cancelled"))
    assert await scene.ledger.claim_listed_operation(scene.lease, released.id, operation) == "over"
    assert await scene.ledger.claim_listed_operation(scene.lease, sent.id, operation) == "over"
    assert rows(db, "SELECT count(*) FROM purchase_history WHERE operation IS NOT NULL") == [(0,)]
    bought = await scene.intend(allowance, step("c"))
    await scene.journal.release(scene.lease)
    await scene.journal.claim_project(another(scene.holder, "director_b"), scene.project)
    with pytest.raises(LeaseLost):
        await scene.ledger.claim_listed_operation(scene.lease, bought.id, operation)


@pytest.mark.parametrize("verdict", ["never", "written_off"])
async def test_what_a_person_denied_of_an_order_is_not_compared_with_its_next_try(
    db: Database, tmp_path: Path, verdict: str
) -> None:
    scene = await scene_with(db, tmp_path, work(1))
    allowance = await scene.approved(50_000_000)
    bought = await scene.intend(allowance, step("a"))
    await scene.ledger.hold_for_decision(scene.lease, bought.id, {"prompt": "a"}, Reason("list_showed"))
    assert rows(db, "SELECT state, send_count, prepared_request FROM purchases") == [("unknown", 0, '{"prompt":"a"}')]
    await scene.ledger.decide(ACCOUNT, bought.id, verdict, "zoe")  # type: ignore[arg-type]
    again = await scene.intend(allowance, step("a"))
    assert again.id != bought.id and await scene.ledger.list_unclaimed_work(again.id) == ()
    other = await scene.intend(allowance, step("b"))
    assert await scene.ledger.list_unclaimed_work(other.id) == (work(1),), "of another order nothing was said"
    assert await scene.ledger.claim_listed_operation(scene.lease, other.id, Operation(id=work(1).id)) == "ours"


async def test_what_is_recorded_twice_is_there_once(db: Database, tmp_path: Path) -> None:
    scene = await scene_with(db, tmp_path, work(1))
    await db.write(lambda unit: listed_work.record_listed_work(unit, ACCOUNT, [work(1), work(2)]))
    bought = await scene.intend(await scene.approved(), step("a"))
    assert len(await scene.ledger.list_unclaimed_work(bought.id)) == 2
