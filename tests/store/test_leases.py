"""Who drives a project: one director at a time, and never one that is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from reelwright.errors import LeaseLost
from reelwright.reason import Reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.cut import Cut
from reelwright.reel.graph.choices import Choices
from reelwright.reel.records.operation import Lease, Operation
from reelwright.store.database.database import Database
from reelwright.store.database.processes import is_gone, make_holder
from reelwright.store.journal import Journal
from reelwright.units import Micros
from store.making import ACCOUNT, STEP, Scene, another, fp_of, outcome, plan, price, sha, step
from store.observing import change, transactions

HOLDER = textwrap.dedent("""
    import asyncio, sys
    from reelwright.store.database.database import Database
    from reelwright.store.journal import Journal
    from reelwright.store.database.processes import make_holder

    async def main(url, project):
        journal = Journal(Database(url))
        lease = await journal.claim_project(make_holder("director_child"), project)
        print(lease.token, flush=True)
        for line in sys.stdin:
            try:
                await journal.record_event(lease, None, "late", {})
                print("written", flush=True)
            except Exception as error:
                print(type(error).__name__, flush=True)

    asyncio.run(main(*sys.argv[1:]))
""")


class Child:
    """A director in a process of its own that holds a project and writes when told."""

    def __init__(self, db: Database, project: str) -> None:
        url = db.url.render_as_string(hide_password=False)
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, url, project],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.token = int(self._line())

    def write(self) -> str:
        assert self.process.stdin
        self.process.stdin.write("now\n")
        self.process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()


async def project_with_job(journal: Journal) -> str:
    project = await journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
    await journal.enqueue(ACCOUNT, project, "film", None, {})
    return project


async def test_only_a_project_with_a_job_to_run_is_claimed_and_first_come_is_first_served(db: Database) -> None:
    journal, me = Journal(db), make_holder("director_a")
    await journal.open_project(ACCOUNT, "Idle", Brief(text="nothing to do"))
    first, second = await project_with_job(journal), await project_with_job(journal)
    claimed = [await journal.claim_project(me) for _ in range(3)]
    assert [lease.project if lease else None for lease in claimed] == [first, second, None]


async def test_only_the_named_project_is_claimed_when_one_is_named(db: Database) -> None:
    journal, me = Journal(db), make_holder("director_a")
    await project_with_job(journal)
    second = await project_with_job(journal)
    lease = await journal.claim_project(me, second)
    assert lease is not None and lease.project == second
    assert await journal.claim_project(me, second) is None


async def test_a_project_whose_jobs_all_wait_or_ended_is_left_alone(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.mark_waiting(scene.lease, scene.job, "decision", STEP, Reason("step_stuck"), seen_consent=None)
    await scene.journal.release(scene.lease)
    assert await scene.journal.claim_project(scene.holder) is None
    await scene.journal.requeue(ACCOUNT, scene.job)
    lease = await scene.journal.claim_project(scene.holder)
    assert lease is not None
    await scene.journal.finish(lease, scene.job, "done", None, None)
    await scene.journal.release(lease)
    assert await scene.journal.claim_project(scene.holder) is None


async def test_the_token_grows_with_every_claim(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.release(scene.lease)
    again = await scene.journal.claim_project(scene.holder)
    assert again is not None and again.token == scene.lease.token + 1


async def test_of_directors_that_race_for_a_project_one_gets_it(db: Database) -> None:
    journal = Journal(db)
    for _ in range(3):
        project = await project_with_job(journal)
        me = make_holder("director")
        claims = [journal.claim_project(another(me, f"director_{n}"), project) for n in range(12)]
        leases = [lease for lease in await asyncio.gather(*claims) if lease]
        assert len(leases) == 1


async def test_a_director_on_this_host_whose_process_is_gone_loses_its_lease_at_once(db: Database) -> None:
    journal = Journal(db)
    project = await project_with_job(journal)
    child = Child(db, project)
    me = make_holder("director_me")
    assert await journal.claim_project(me, project) is None
    child.end()
    lease = await journal.claim_project(me, project)
    assert lease is not None and lease.token == child.token + 1


async def test_a_process_number_used_again_by_another_process_keeps_no_lease(db: Database) -> None:
    scene = await Scene.set(db)
    other = replace(another(scene.holder, "director_b"), born=scene.holder.born)
    assert await scene.journal.claim_project(other, scene.project) is None
    await scene.journal.release(scene.lease)
    stale = replace(scene.holder, director="director_old", born=scene.holder.born - 1)
    assert await scene.journal.claim_project(stale, scene.project) is not None
    assert await scene.journal.claim_project(other, scene.project) is not None


async def test_a_director_on_another_host_is_given_its_time(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.release(scene.lease)
    far = replace(scene.holder, director="director_far", host="elsewhere", pid=999_999_999)
    assert await scene.journal.claim_project(far, scene.project) is not None
    assert await scene.journal.claim_project(scene.holder, scene.project) is None
    impatient = Journal(db, lease_s=0)
    await asyncio.sleep(0.05)
    assert await impatient.claim_project(scene.holder, scene.project) is not None


async def test_a_director_never_takes_a_project_from_itself(db: Database) -> None:
    scene = await Scene.set(db, lease_s=0)
    await asyncio.sleep(0.05)
    assert await scene.journal.claim_project(scene.holder, scene.project) is None
    await scene.journal.record_event(scene.lease, None, "still mine", {})


async def test_a_stopped_director_loses_its_lease_in_time_and_its_late_write_is_refused(db: Database) -> None:
    journal = Journal(db, lease_s=1)
    project = await project_with_job(journal)
    child = Child(db, project)
    try:
        assert child.write() == "written"
        os.kill(child.process.pid, signal.SIGSTOP)
        me = make_holder("director_me")
        assert await journal.claim_project(me, project) is None
        await asyncio.sleep(1.2)
        lease = await journal.claim_project(me, project)
        assert lease is not None
        os.kill(child.process.pid, signal.SIGCONT)
        assert child.write() == "LeaseLost"
        await journal.record_event(lease, None, "mine", {})
        kinds = [event.kind for event in await journal.list_events(ACCOUNT, project=project)]
        assert kinds.count("late") == 1 and kinds[-1] == "mine"
    finally:
        child.end()


async def test_a_beat_keeps_the_lease(db: Database) -> None:
    scene = await Scene.set(db, lease_s=1)
    far = replace(scene.holder, director="director_far", host="elsewhere")
    for _ in range(4):
        await asyncio.sleep(0.4)
        await scene.journal.record_heartbeat(scene.holder)
        assert await scene.journal.claim_project(far, scene.project) is None


async def test_an_idle_director_writes_nothing(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    await scene.journal.release(scene.lease)
    before = transactions(db)
    for _ in range(20):
        assert await scene.journal.claim_project(scene.holder) is None
        await scene.journal.record_heartbeat(scene.holder)
    assert transactions(db) == before


async def test_many_leases_cost_one_write_a_beat(db: Database) -> None:
    journal, me = Journal(db), make_holder("director_a")
    for _ in range(5):
        await project_with_job(journal)
        assert await journal.claim_project(me)
    before = transactions(db)
    await journal.record_heartbeat(me)
    assert transactions(db) == before + 1


EMPTY_CUT = Cut(fps=(30, 1), size=(180, 320), edits=())

FENCED: dict[str, Callable[[Scene, Lease], Awaitable[object]]] = {
    "start": lambda s, at: s.journal.start_next_job(at),
    "revise_leased": lambda s, at: s.journal.revise_under_lease(at, 1, plan(), Choices(), "rules"),
    "land": lambda s, at: s.journal.record_outcome(at, STEP, outcome(fp_of(step()))),
    "choose": lambda s, at: s.journal.choose_asset(at, fp_of(step()), sha("bytes")),
    "wait": lambda s, at: s.journal.mark_waiting(at, s.job, "decision", None, Reason("step_stuck"), seen_consent=None),
    "keep_cut": lambda s, at: s.journal.record_cut(at, s.job, EMPTY_CUT),
    "finish": lambda s, at: s.journal.finish(at, s.job, "done", None, None),
    "note": lambda s, at: s.journal.record_event(at, None, "x", {}),
    "allow": lambda s, at: s.ledger.ensure_allowance(at, s.job, Micros(1), "--yes"),
}


@pytest.mark.parametrize("name", FENCED)
async def test_a_late_write_is_refused(db: Database, name: str) -> None:
    scene = await Scene.set(db)
    await scene.journal.release(scene.lease)
    assert await scene.journal.claim_project(another(scene.holder, "director_b"), scene.project)
    before = transactions(db)
    with pytest.raises(LeaseLost):
        await FENCED[name](scene, scene.lease)
    # PostgreSQL numbers a transaction that locked rows even when it is undone.
    assert transactions(db) - before <= (db.url.get_backend_name() != "sqlite")


async def test_a_purchase_is_fenced_until_it_is_sent_but_what_was_bought_is_always_recorded(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    sent = await scene.intend(allowance)
    assert await scene.ledger.begin_posting(scene.lease, sent.id, {})
    unsent = await scene.intend(allowance, step("another"))
    await scene.journal.release(scene.lease)
    assert await scene.journal.claim_project(another(scene.holder, "director_b"), scene.project)
    with pytest.raises(LeaseLost):
        await scene.intend(allowance, step("a third"))
    assert not await scene.ledger.begin_posting(scene.lease, unsent.id, {})
    await scene.ledger.record_operation(sent.id, Operation(id="op_1", key="k"))
    for late in (
        lambda: scene.ledger.record_success(scene.lease, sent.id, STEP, outcome(fp_of(step())), None),
        lambda: scene.ledger.record_failure(scene.lease, sent.id, price(0), Reason("failed_there"), None),
    ):
        with pytest.raises(LeaseLost):  # whoever drives it now asks the operation
            await late()
    found = {p.id: p for p in await scene.ledger.list_purchases(ACCOUNT, scene.project)}
    assert found[sent.id].operation == Operation(id="op_1", key="k")
    assert found[unsent.id].state == "intent"
    assert await scene.ledger.move(sent.id, ("submitted",), "failed", Reason("failed_there"))
    await scene.ledger.settle(sent.id, price(0), "released", Reason("settled"))


async def test_an_answer_that_was_the_result_itself_is_recorded_by_a_director_that_lost_its_lease(db: Database) -> None:
    scene = await Scene.set(db)
    sent = await scene.intend(await scene.approved())
    assert await scene.ledger.begin_posting(scene.lease, sent.id, {})
    await scene.journal.release(scene.lease)
    other = await scene.journal.claim_project(another(scene.holder, "director_b"), scene.project)
    assert other and await scene.ledger.move(sent.id, ("posting",), "unknown", Reason("no_answer_seen"))
    await scene.ledger.record_success(scene.lease, sent.id, STEP, outcome(fp_of(step())), None)
    assert [p.state for p in await scene.ledger.list_purchases(ACCOUNT, scene.project)] == ["succeeded"]
    assert fp_of(step()) in (await scene.journal.read_standing(ACCOUNT, scene.project)).outcomes


def test_a_process_that_ended_but_is_not_buried_counts_as_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    mine = make_holder("x")
    assert not is_gone(mine.pid, mine.born)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # a zombie from now on
    assert is_gone(child.pid, mine.born)
    child.wait()
    assert child.stdin
    child.stdin.close()
    assert is_gone(child.pid, mine.born)


async def test_a_silent_director_loses_its_lease_also_where_the_clock_was_set_back_since(db: Database) -> None:
    scene = await Scene.set(db)
    elsewhere = replace(another(make_holder("d"), "director_late"), host="another machine")
    assert await scene.journal.claim_project(elsewhere, scene.project) is None, "its director has just beaten"
    change(db, "UPDATE directors SET host = 'a third', beat_at = beat_at + 7200000")
    assert await scene.journal.claim_project(elsewhere, scene.project)
