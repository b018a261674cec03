"""An operation that two purchases may have made: whoever was answered has it, and of those who look only one does."""

from __future__ import annotations

import asyncio
import os

import pytest

from reasons import has_field
from reelwright.errors import BadInput
from reelwright.net.exchange import Timeouts
from reelwright.providers.gemini_longrunning import GeminiLongrunning
from reelwright.providers.google import Google
from reelwright.providers.openrouter import OpenRouter
from reelwright.reason import Reason
from reelwright.reel.records.operation import Operation, Purchase
from reelwright.send_and_answer_waits import ELEVENLABS_ANSWER_S, MAX_SEND_WITH_ANSWER_S, SEND_THROUGH_S, TEXT_ANSWER_S
from reelwright.store.database.database import Database
from reelwright.store.database.processes import identify_machine, make_holder
from reelwright.store.ledger import Ledger
from reelwright.store.purchases import operations
from store.making import ACCOUNT, SHOT, STEP, Scene, fp_of, outcome, price, step
from store.observing import change, rows

OPERATION = Operation(id="op_%1_", key="k")


async def sent(scene: Scene, prompt: str) -> Purchase:
    bought = await scene.intend(await scene.approved(50_000_000), step(prompt))
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
    return bought


async def lost(scene: Scene, prompt: str) -> Purchase:
    bought = await sent(scene, prompt)
    assert await scene.ledger.move(bought.id, ("posting",), "unknown", Reason("no_answer_seen"))
    return bought


async def standing(scene: Scene) -> dict[str, tuple[str, str | None]]:
    bought = await scene.ledger.list_purchases(ACCOUNT, scene.project)
    return {p.id: (p.state, p.operation.id if p.operation else None) for p in bought}


async def test_of_many_that_find_the_same_at_the_same_moment_one_has_it(db: Database) -> None:
    scene = await Scene.set(db)
    others = [Database(db.url.render_as_string(hide_password=False)) for _ in range(2)]
    for run in range(10):
        twins = [await lost(scene, f"{run} {n}") for n in range(4)]
        operation = Operation(id=f"op_{run}")
        finders = (
            Ledger((db, *others)[n % 3]).record_found_operation(twin.id, operation) for n, twin in enumerate(twins)
        )
        assert sorted(await asyncio.gather(*finders)) == ["anothers", "anothers", "anothers", "ours"]
        assert [p for p in (await standing(scene)).values() if p == ("submitted", operation.id)] != []
    assert rows(db, "SELECT count(*) FROM purchases WHERE operation IS NOT NULL") == [(10,)]
    for other in others:
        other.close()


@pytest.mark.parametrize(
    ("corrected", "counts"), [((), 1), ((-400_000,), 0), ((-400_000, 100_000), 1), ((-100_000,), 1)]
)
async def test_an_equal_purchase_that_was_written_off_counts_as_ours_while_the_ledger_counts_it(
    db: Database, corrected: tuple[int, ...], counts: int
) -> None:
    scene = await Scene.set(db)
    request = {"prompt": "a", "purchase": "its own"}
    allowance = await scene.approved(50_000_000)
    gone, equal, other = [await scene.intend(allowance, step(name)) for name in ("a", "b", "c")]
    for one, prepared in ((gone, request), (equal, request | {"purchase": "another"}), (other, {"prompt": "c"})):
        assert await scene.ledger.begin_posting(scene.lease, one.id, prepared)
        assert await scene.ledger.move(one.id, ("posting",), "unknown", Reason("no_answer_seen"))
    assert (await scene.ledger.read_own_work(equal.id)).equal_written_off == 0
    await scene.ledger.decide(ACCOUNT, gone.id, "written_off", "zoe")
    for micros in corrected:
        await scene.ledger.adjust(ACCOUNT, gone.id, micros, "never billed", "zoe")
    own = await scene.ledger.read_own_work(equal.id)
    assert (own.equal_sends, own.equal_written_off) == (1, counts)
    assert (await scene.ledger.read_own_work(other.id)).equal_written_off == 0, "its request is another"
    assert await scene.ledger.count_written_off(other.id, request | {"purchase": "a third"}) == counts


async def test_finding_twice_is_as_finding_once(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await lost(scene, "a")
    assert [await scene.ledger.record_found_operation(purchase.id, OPERATION) for _ in range(2)] == ["ours", "ours"]
    assert rows(db, "SELECT count(*) FROM purchase_history WHERE to_state = 'submitted'") == [(1,)]


async def test_nobody_takes_for_his_own_what_may_be_answered_to_a_purchase_that_is_being_sent(db: Database) -> None:
    scene = await Scene.set(db)
    purchase, twin = await lost(scene, "a"), await sent(scene, "b")
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == "not_yet"
    await scene.ledger.record_operation(twin.id, OPERATION)
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == "anothers"
    assert await standing(scene) == {purchase.id: ("unknown", None), twin.id: ("submitted", OPERATION.id)}


def test_nobody_waits_less_than_the_longest_answer_takes() -> None:
    longest = max(ELEVENLABS_ANSWER_S, Google.read_s, GeminiLongrunning.read_s, OpenRouter.read_s, TEXT_ANSWER_S)
    assert Timeouts().send_within_s + SEND_THROUGH_S + longest <= MAX_SEND_WITH_ANSWER_S


async def test_who_was_sent_after_it_was_seen_has_not_made_it_and_keeps_nobody_waiting(db: Database) -> None:
    scene = await Scene.set(db)
    purchase, twin = await lost(scene, "a"), await sent(scene, "b")
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == "not_yet"
    change(db, "DELETE FROM purchase_history WHERE purchase = :twin", twin=twin.id)
    mark = await scene.ledger.read_history_position()
    assert await scene.ledger.move(twin.id, ("posting",), "intent", Reason("not_accepted_now"))
    assert await scene.ledger.begin_posting(scene.lease, twin.id, {})
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION, mark) == "ours"


@pytest.mark.parametrize("set_by_s", [7200, -7200])
async def test_who_is_being_sent_is_waited_for_by_our_own_clock_however_the_databases_was_set(
    db: Database, set_by_s: int
) -> None:
    scene = await Scene.set(db)
    purchase, twin = await lost(scene, "a"), await sent(scene, "b")
    change(db, f"UPDATE purchases SET posted_at = posted_at - {set_by_s * 1000} WHERE id = :twin", twin=twin.id)
    mark = await scene.ledger.read_history_position()
    assert (
        await scene.ledger.record_found_operation(purchase.id, OPERATION, mark, MAX_SEND_WITH_ANSWER_S - 1) == "not_yet"
    )
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION, mark, MAX_SEND_WITH_ANSWER_S) == "ours"


@pytest.mark.parametrize(("is_on", "whose"), [("this machine", "ours"), ("another machine", "not_yet")])
async def test_nobody_waits_for_the_answer_to_a_process_that_is_seen_to_be_gone(
    db: Database, is_on: str, whose: str
) -> None:
    scene = await Scene.set(db)
    purchase, _ = await lost(scene, "a"), await sent(scene, "b")
    host, boot = identify_machine() if is_on == "this machine" else ("elsewhere", "another start")
    change(db, f"UPDATE directors SET host = '{host}', boot_id = '{boot}', pid = {os.getpid()}, process_start = 1")
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == whose


@pytest.mark.parametrize(("another", "whose"), [("dead", "ours"), ("alive", "not_yet")])
async def test_nobody_waits_for_the_answer_to_a_project_that_was_let_go_of_unless_another_director_lives(
    db: Database, another: str, whose: str
) -> None:
    scene = await Scene.set(db)
    purchase, twin = await lost(scene, "a"), await sent(scene, "b")
    change(db, "UPDATE leases SET director = NULL, held_since = NULL")
    pid, born = (os.getpid(), 1) if another == "dead" else (os.getppid(), make_holder("d").born)
    host, boot = identify_machine() if another == "dead" else ("elsewhere", "another start")
    change(db, f"UPDATE directors SET host = '{host}', boot_id = '{boot}', pid = {pid}, process_start = {born}")
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == whose
    assert await standing(scene) == {
        purchase.id: ("submitted", OPERATION.id) if whose == "ours" else ("unknown", None), twin.id: ("posting", None)
    }  # fmt: skip


@pytest.mark.parametrize(("another", "whose"), [("dead", "ours"), ("alive", "not_yet")])
async def test_nobody_waits_for_the_answer_to_a_process_that_this_one_took_over_from(
    db: Database, another: str, whose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await Scene.set(db)
    purchase, twin = await lost(scene, "a"), await sent(scene, "b")
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == "not_yet", "this process sends it"
    monkeypatch.delitem(operations._posted_here, twin.id)
    if another == "alive":
        change(
            db,
            "INSERT INTO directors SELECT 'director_2', 'elsewhere', boot_id, pid, process_start, beat_at "
            "FROM directors",
        )
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == whose


async def test_what_was_recorded_before_a_posting_is_told_by_the_order_of_the_history(db: Database) -> None:
    scene = await Scene.set(db)
    first, purchase, last = [await sent(scene, prompt) for prompt in "abc"]
    assert await scene.ledger.move(purchase.id, ("posting",), "intent", Reason("not_accepted_now"))
    early, late = Operation(id="early"), Operation(id="late")
    await scene.ledger.record_operation(first.id, early)
    again = await sent(scene, "d")
    await scene.ledger.record_operation(last.id, late)
    change(db, "UPDATE purchases SET posted_at = posted_at + 9000000 WHERE id = :first", first=first.id)
    own = await scene.ledger.read_own_work(again.id)
    assert (own.claimed_ids, own.earlier_ids, own.is_recent) == ({"early", "late"}, {"early"}, True)
    assert (await scene.ledger.read_own_work(purchase.id)).earlier_ids == frozenset(), "first posted before either"
    change(db, "UPDATE purchases SET posted_at = posted_at + 9000000 WHERE id = :again", again=again.id)
    assert not (await scene.ledger.read_own_work(again.id)).is_recent, "in the future: the clock was set back"


def last_note(db: Database, purchase: Purchase) -> Reason | None:
    said = rows(db, "SELECT reason FROM purchase_history WHERE purchase = :which ORDER BY seq DESC", which=purchase.id)
    return Reason.from_text(str(said[0][0]))


async def test_an_answer_that_comes_late_is_not_followed_where_another_has_found_it_and_both_are_told(
    db: Database,
) -> None:
    scene = await Scene.set(db)
    purchase, twin = await lost(scene, "a"), await lost(scene, "b")
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == "ours"
    # by a director that had lost its lease, and was answered late
    assert await scene.ledger.record_operation(twin.id, OPERATION) == "anothers"
    assert await standing(scene) == {purchase.id: ("submitted", OPERATION.id), twin.id: ("unknown", None)}
    told = Reason("operation_of_another", params={"operation": OPERATION.id, "purchase": twin.id})
    assert last_note(db, purchase) == told
    assert last_note(db, twin) == Reason("operation_taken", params={"provider": "offline", "operation": OPERATION.id})


@pytest.mark.parametrize("end", ["submitted", "succeeded", "released"])
async def test_an_answer_that_names_the_operation_of_another_purchase_is_not_believed(db: Database, end: str) -> None:
    scene = await Scene.set(db)
    first, second, third = [await sent(scene, prompt) for prompt in "abc"]
    assert await scene.ledger.record_operation(first.id, OPERATION) == "ours"
    assert await scene.ledger.record_operation(first.id, OPERATION) == "ours", "told twice is told once"
    if end == "succeeded":
        await scene.ledger.record_success(scene.lease, first.id, STEP, outcome(fp_of(step("a"))), SHOT)
    elif end == "released":
        await scene.ledger.record_failure(scene.lease, first.id, price(0), Reason("cancelled"))
    assert await scene.ledger.record_operation(second.id, OPERATION, 1) == "anothers"
    assert await scene.ledger.record_operation(third.id, OPERATION, 7) == "anothers"
    assert await standing(scene) == {
        first.id: (end, OPERATION.id), second.id: ("unknown", None), third.id: ("posting", None)
    }, "an answer to an earlier send says nothing of the newest"  # fmt: skip
    taken = Reason("operation_taken", params={"provider": "offline", "operation": OPERATION.id})
    assert [last_note(db, second), last_note(db, third)] == [taken, taken]
    assert OPERATION.id in (await scene.ledger.read_own_work(second.id)).claimed_ids, "no list gives it to the second"
    assert await scene.ledger.record_operation(second.id, Operation(id="its own")) == "ours"


async def test_of_many_that_are_answered_the_same_at_the_same_moment_one_has_it(db: Database) -> None:
    scene = await Scene.set(db)
    others = [Database(db.url.render_as_string(hide_password=False)) for _ in range(2)]
    for run in range(10):
        operation = Operation(id=f"op_{run}")
        twins = [await sent(scene, f"{run} {n}") for n in range(4)]
        ledgers = [Ledger((db, *others)[n % 3]) for n in range(4)]
        answered = [one.record_operation(twin.id, operation, 1) for one, twin in zip(ledgers, twins, strict=True)]
        assert sorted(await asyncio.gather(*answered)) == ["anothers", "anothers", "anothers", "ours"]
    for other in others:
        other.close()


async def test_free_work_may_have_the_id_of_earlier_work(db: Database) -> None:
    scene = await Scene.set(db)
    first, second = [await sent(scene, prompt) for prompt in "ab"]
    change(db, "UPDATE purchases SET resubmit = 'free'")
    assert [await scene.ledger.record_operation(one.id, OPERATION) for one in (first, second)] == ["ours", "ours"]


async def test_an_answer_that_was_the_result_itself_is_nobody_elses_to_find(db: Database) -> None:
    scene = await Scene.set(db)
    answered, purchase = await sent(scene, "a"), await lost(scene, "b")
    made = outcome(fp_of(step("a")), "speech")
    for _ in range(2):
        await scene.ledger.record_success(scene.lease, answered.id, STEP, made, SHOT, OPERATION)
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == "anothers"
    assert (await standing(scene))[answered.id] == ("succeeded", OPERATION.id)


async def test_what_a_person_names_is_no_other_purchases(db: Database) -> None:
    scene = await Scene.set(db)
    purchase, twin = await lost(scene, "a"), await lost(scene, "b")
    await scene.ledger.decide(ACCOUNT, purchase.id, "arrived", "zoe", operation=Operation(id=OPERATION.id))
    assert await scene.ledger.record_found_operation(twin.id, OPERATION) == "anothers", (
        "a person names an id, and nothing else"
    )
    with pytest.raises(BadInput, check=has_field("operation", purchase.id)):
        await scene.ledger.decide(ACCOUNT, twin.id, "arrived", "zoe", operation=OPERATION)
    assert (await standing(scene))[twin.id] == ("unknown", None)


@pytest.mark.parametrize("verdict", ["never", "written_off"])
async def test_what_is_found_after_a_person_has_decided_is_kept_in_the_history(db: Database, verdict: str) -> None:
    scene = await Scene.set(db)
    purchase = await lost(scene, "a")
    await scene.ledger.decide(ACCOUNT, purchase.id, verdict, "zoe")  # type: ignore[arg-type]
    assert await scene.ledger.record_found_operation(purchase.id, OPERATION) == "over"
    (said, kept) = rows(db, "SELECT reason, operation FROM purchase_history ORDER BY seq DESC LIMIT 1")[0]
    assert Reason.from_text(str(said)) == Reason("second_operation", params={"operation": OPERATION.id})
    assert OPERATION.id in str(kept)


async def test_an_operation_whose_id_is_longer_than_an_index_takes_is_recorded_and_belongs_to_one(db: Database) -> None:
    scene = await Scene.set(db)
    long = Operation(id="".join(f"{n:07d}" for n in range(570)))
    first, second = [await sent(scene, prompt) for prompt in "ab"]
    assert await scene.ledger.record_operation(first.id, long) == "ours"
    assert await scene.ledger.record_operation(second.id, long) == "anothers"
    assert (await standing(scene))[first.id] == ("submitted", long.id)


async def test_a_name_that_nobody_could_ask_about_keeps_no_answer_from_being_believed(db: Database) -> None:
    scene = await Scene.set(db)
    first, second = [await sent(scene, prompt) for prompt in "ab"]
    await scene.ledger.move(first.id, ["posting"], "unknown", Reason("ended_while_sending"))
    cannot = Reason("provider_not_registered", params={"provider": "offline"})
    await scene.ledger.decide(ACCOUNT, first.id, "arrived", "a person", operation=OPERATION, fault=cannot)
    assert await scene.ledger.record_operation(second.id, OPERATION) == "ours"
