"""A program's create request is an order of its own, unless the same request comes again."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from reasons import has_field
from reelwright.errors import BadInput
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.command import Command, compute_command_digest
from reelwright.reel.graph.choices import Choices, RetakeRequest
from reelwright.reel.records.operation import Consent
from reelwright.store.database.database import Database
from reelwright.store.database.metric_counts import AccountCaps, CapCounter
from reelwright.store.database.unit import Unit
from reelwright.store.jobs.requests import CreatedJob, CreateRequest
from reelwright.store.journal import Journal
from reelwright.store.policy import RETRY_WITHOUT_KEY_LIFETIME_S
from reelwright.units import Micros
from store.making import ACCOUNT, plan
from store.observing import change

BRIEF = Brief(text="a door")
COMMAND = Command(name="Door", brief=BRIEF, digest=compute_command_digest(BRIEF), order_number=0)
KEYED = CreateRequest(key="k1", digest="d", has_own_key=True)
BARE = CreateRequest(key="sk-1/d", digest="d", has_own_key=False)
CONSENT = Consent(ceiling=Micros(1000), by="auto_approve")


async def create(journal: Journal, request: CreateRequest, account: str = ACCOUNT) -> CreatedJob:
    return await journal.create_job(account, COMMAND, request, CONSENT, {})


async def test_equal_requests_without_a_key_are_orders_of_their_own(db: Database) -> None:
    journal = Journal(db)
    made = [await create(journal, BARE) for _ in range(2)]
    assert [one.is_new for one in made] == [True, True]
    assert made[0].project != made[1].project and made[0].job != made[1].job
    assert {(await journal.read_standing(ACCOUNT, one.project)).order_number for one in made} == {0}
    assert {(await journal.read_job(ACCOUNT, one.job)).consent for one in made} == {CONSENT}
    assert await journal.find_project(ACCOUNT, COMMAND.digest) is None, "no command goes on with it"


async def test_the_same_key_is_the_same_order_and_with_another_body_refused(db: Database) -> None:
    journal = Journal(db)
    made = await asyncio.gather(*(create(journal, KEYED) for _ in range(8)))
    assert len({(one.project, one.job) for one in made}) == 1 and sum(one.is_new for one in made) == 1
    assert await journal.take_for_request(ACCOUNT, KEYED) == (made[0].project, made[0].job)
    another = KEYED._replace(digest="another")
    for call in (create(journal, another), journal.take_for_request(ACCOUNT, another)):
        with pytest.raises(BadInput, check=has_field("Idempotency-Key")):
            await call
    assert (await create(journal, KEYED, "other")).is_new, "a key is its account's own"


async def test_a_retry_that_sends_no_key_is_known_by_its_body_for_a_quarter_of_an_hour(db: Database) -> None:
    journal = Journal(db)
    first, retry = await create(journal, BARE), BARE._replace(retries=1)
    assert await create(journal, retry) == first._replace(is_new=False, created_at=None)
    change(db, f"UPDATE requests SET at = at - {RETRY_WITHOUT_KEY_LIFETIME_S * 1000 + 1}")
    assert (await create(journal, retry._replace(retries=2))).is_new


async def test_a_retry_takes_only_what_no_answer_has_reached(db: Database) -> None:
    journal, retry = Journal(db), BARE._replace(retries=1)
    asked, open_one = [await create(journal, BARE) for _ in range(2)]
    await journal.record_asked(ACCOUNT, asked.job)
    assert (await create(journal, retry)).job == open_one.job, "the id of the other arrived"
    other = await create(journal, retry)
    assert other.is_new, "another caller's retry took it already"
    assert {(await create(journal, BARE._replace(retries=2))).job for _ in range(2)} == {open_one.job, other.job}
    assert (await create(journal, BARE)).is_new, "a first attempt is an order of its own"


async def test_an_order_that_was_deleted_is_answered_to_no_retry(db: Database) -> None:
    """Also where the delete could not record that its id was used, as on a full disk."""
    journal, retry = Journal(db), BARE._replace(retries=1)
    gone = [await create(journal, BARE), await create(journal, retry._replace(key="sk-1/other"))]
    for one in gone:
        await journal.delete_job_files(ACCOUNT, one.job, (), is_job_removed=True)
    assert (await create(journal, retry)).is_new
    held = BARE._replace(key="sk-1/other", arrival_s=time.monotonic() - 10)
    assert (await create(journal, held)).is_new, "nor to the first attempt that it overtook"


async def test_retries_that_come_at_once_take_an_order_each(db: Database) -> None:
    journal = Journal(db)
    made = [await create(journal, BARE) for _ in range(4)]
    taken = await asyncio.gather(*(create(journal, BARE._replace(retries=1)) for _ in range(5)))
    assert {one.job for one in made} < {one.job for one in taken} and sum(one.is_new for one in taken) == 1


async def test_a_first_attempt_takes_the_order_of_the_retry_that_came_while_it_was_handled(db: Database) -> None:
    """Each in a server of its own, which sees of the other only what the journal holds."""
    ours, theirs = Journal(db), Journal(Database(db.url.render_as_string(hide_password=False)))
    now = time.monotonic()
    came = [BARE._replace(arrival_s=now - 10) for _ in range(2)]
    retry = await create(theirs, BARE._replace(retries=1, arrival_s=now - 5))
    assert (await create(ours, BARE._replace(arrival_s=now))).is_new, "it came after the retry: it is another caller's"
    assert await create(ours, came[0]) == retry._replace(is_new=False, created_at=None)
    assert (await create(ours, came[1])).is_new, "one order for one first attempt"
    theirs._db.close()


async def test_a_retry_takes_the_order_of_a_later_one_that_came_while_it_was_handled(db: Database) -> None:
    """A client gave up while its first retry was still being quoted, and another server stored its second one."""
    there = Database(db.url.render_as_string(hide_password=False))
    now = time.monotonic()
    held = BARE._replace(retries=1, arrival_s=now - 10)
    later = await create(Journal(there), held._replace(retries=2, arrival_s=now - 5))
    there.close()
    assert await create(Journal(db), held) == later._replace(is_new=False, created_at=None)
    assert (await create(Journal(db), held)).is_new, "one order for one attempt"


@pytest.mark.parametrize("stored", list(itertools.permutations(range(3))), ids=str)
async def test_three_attempts_of_two_callers_are_two_orders_in_whatever_order_servers_store_them(
    db: Database, stored: tuple[int, ...]
) -> None:
    """Each attempt lies at a server of its own until all are sent; the callers' lie one behind the other."""
    now, journal = time.monotonic(), Journal(db)
    jobs = []
    for caller in range(2):
        for count in stored:
            request = BARE._replace(retries=count, arrival_s=now - 30 + 10 * caller + count)
            jobs.append((caller, (await create(journal, request)).job))
    assert len(set(jobs)) == 2 and len({job for _, job in jobs}) == 2


async def test_a_retry_that_a_later_one_overtook_leaves_the_order_of_another_caller_to_that(db: Database) -> None:
    now, journal = time.monotonic(), Journal(db)
    orders = {(await create(journal, BARE._replace(arrival_s=now - 20))).job for _ in range(2)}
    taken = (await create(journal, BARE._replace(retries=2, arrival_s=now - 10))).job
    assert (await create(journal, BARE._replace(retries=1, arrival_s=now - 15))).job == taken
    assert {(await create(journal, BARE._replace(retries=1, arrival_s=now - 5))).job} == orders - {taken}


@pytest.mark.parametrize("concluded", [True, False], ids=["ended", "handled still"])
async def test_an_edit_takes_the_job_of_its_retry_that_came_while_it_was_handled(db: Database, concluded: bool) -> None:
    now, journal = time.monotonic(), Journal(db)
    project = await journal.open_project(ACCOUNT, "p", BRIEF)
    retry = BARE._replace(retries=1, arrival_s=now - 5)
    assert await journal.begin_request(ACCOUNT, project, retry) is None
    if concluded:
        await journal.conclude_request(ACCOUNT, project, retry, "job_1")
    held = BARE._replace(arrival_s=now - 10)
    assert await journal.begin_request(ACCOUNT, project, held) == (project, "job_1" if concluded else None)
    assert await journal.begin_request(ACCOUNT, project, held) is None, "one place for one attempt"


async def test_an_edit_whose_retry_was_refused_is_an_order_of_its_own(db: Database) -> None:
    now, journal = time.monotonic(), Journal(db)
    project = await journal.open_project(ACCOUNT, "p", BRIEF)
    retry = BARE._replace(retries=2, arrival_s=now - 5)
    assert await journal.begin_request(ACCOUNT, project, retry) is None
    await journal.conclude_request(ACCOUNT, project, retry, None)
    for count in range(2):
        held = BARE._replace(retries=count, arrival_s=now - 10)
        assert await journal.begin_request(ACCOUNT, project, held) is None
        await journal.conclude_request(ACCOUNT, project, held, None)


async def test_a_retry_takes_no_later_one_that_came_before_it(db: Database) -> None:
    now, journal = time.monotonic(), Journal(db)
    later = await create(journal, BARE._replace(retries=2, arrival_s=now - 5))
    assert later.is_new and (await create(journal, BARE._replace(retries=1, arrival_s=now))).is_new, "another caller's"


async def test_a_first_attempt_and_its_retry_at_one_moment_in_two_servers_are_one_order(db: Database) -> None:
    there = Database(db.url.render_as_string(hide_password=False))
    for n in range(10):
        body = BARE._replace(key=f"sk-1/{n}", arrival_s=time.monotonic())
        retry = body._replace(retries=1, arrival_s=body.arrival_s + 0.001)
        made = await asyncio.gather(create(Journal(db), body), create(Journal(there), retry))
        assert made[0].job == made[1].job and sum(one.is_new for one in made) == 1
    there.close()


async def test_a_command_is_opened_once_and_fresh_where_that_is_asked(db: Database) -> None:
    journal, command = Journal(db), replace(COMMAND, order_number=1)
    made = await asyncio.gather(*(journal.open_for_command(ACCOUNT, command) for _ in range(8)))
    (first,) = {project for project, _ in made}
    assert sum(new for _, new in made) == 1
    fresh = await asyncio.gather(*(journal.open_for_command(ACCOUNT, command, first) for _ in range(4)))
    assert len({project for project, _ in fresh}) == 1 and fresh[0][0] != first, "a double click starts one afresh"
    assert await journal.find_project(ACCOUNT, command.digest) == fresh[0][0]


async def test_equal_clips_of_several_rounds_get_orders_of_their_own_also_at_one_moment(db: Database) -> None:
    journal = Journal(db)
    asks = tuple(RetakeRequest(fingerprint=Fingerprint("take:1"), round=n, samples=1) for n in (2, 3))

    command = replace(COMMAND, plan=plan(), choices=Choices(retakes=asks))
    made = await asyncio.gather(
        *(journal.create_job(ACCOUNT, command, BARE._replace(key=str(n)), CONSENT, {}) for n in range(4))
    )
    numbers: list[int] = []
    for one in made:
        standing = await journal.read_standing(ACCOUNT, one.project)
        numbers += [standing.order_number, *(ask.round for ask in standing.choices.retakes)]
    assert len(set(numbers)) == len(numbers) == 12


async def test_a_request_that_was_cut_off_is_not_handled_a_second_time(db: Database) -> None:
    journal = Journal(db)
    project = await journal.open_project(ACCOUNT, "p", BRIEF)
    assert await journal.begin_request(ACCOUNT, project, KEYED) is None
    assert await journal.begin_request(ACCOUNT, project, KEYED) == (project, None)
    await journal.conclude_request(ACCOUNT, project, KEYED, "job_1")
    assert await journal.begin_request(ACCOUNT, project, KEYED) == (project, "job_1")
    with pytest.raises(BadInput, check=has_field("Idempotency-Key")):
        await journal.begin_request(ACCOUNT, project, KEYED._replace(digest="another"))


async def test_a_request_that_was_refused_may_be_sent_again(db: Database) -> None:
    journal = Journal(db)
    project = await journal.open_project(ACCOUNT, "p", BRIEF)
    for _ in range(2):
        assert await journal.begin_request(ACCOUNT, project, KEYED) is None
        await journal.conclude_request(ACCOUNT, project, KEYED, None)


async def test_a_refused_request_takes_no_equal_one_with_it(db: Database) -> None:
    journal = Journal(db)
    project = await journal.open_project(ACCOUNT, "p", BRIEF)
    bare = KEYED._replace(has_own_key=False)
    for count, order in enumerate(("refused last", "refused first"), 1):
        assert await journal.begin_request(ACCOUNT, project, bare) is None
        assert await journal.begin_request(ACCOUNT, project, bare) is None  # equal, without a key: another order
        if order == "refused first":
            await journal.conclude_request(ACCOUNT, project, bare, None)
        await journal.conclude_request(ACCOUNT, project, bare, f"job of {order}")
        if order == "refused last":
            await journal.conclude_request(ACCOUNT, project, bare, None)
        retry = bare._replace(retries=count)
        assert await journal.begin_request(ACCOUNT, project, retry) == (project, f"job of {order}")
        change(db, f"UPDATE requests SET at = at - {RETRY_WITHOUT_KEY_LIFETIME_S * 1000 + 1}")


async def test_requests_of_one_moment_share_a_commit_and_a_refused_one_writes_nothing(db: Database) -> None:
    journal = Journal(db)
    mine, theirs = await create(journal, KEYED), await create(journal, KEYED, "other")
    before = db.commits
    asked = [
        (ACCOUNT, KEYED), (ACCOUNT, BARE), (ACCOUNT, KEYED._replace(digest="another")), (ACCOUNT, BARE),
        ("other", KEYED), ("third", KEYED),
    ]  # fmt: skip
    made = await asyncio.gather(
        *(create(journal, request, account) for account, request in asked), return_exceptions=True
    )
    kinds = [one.is_new if isinstance(one, CreatedJob) else type(one) for one in made]
    assert kinds == [False, True, BadInput, True, False, True]
    assert made[0][:2] == mine[:2] and made[4][:2] == theirs[:2]  # type: ignore[index]
    if db.url.get_backend_name() == "sqlite":
        assert db.commits - before <= 2, "the first may be written alone, and the others together"
    assert len(await journal.list_projects(ACCOUNT)) == 3 and len(await journal.list_projects("third")) == 1
    assert await journal.take_for_request(ACCOUNT, KEYED) == mine[:2]


async def test_one_request_that_cannot_be_stored_fails_no_other_of_its_moment(db: Database) -> None:
    journal = Journal(db)
    wrong = journal.create_job(ACCOUNT, COMMAND, BARE, CONSENT, {"priority": 1000})
    made = await asyncio.gather(
        create(journal, KEYED), wrong, *(create(journal, BARE) for _ in range(6)), return_exceptions=True
    )
    assert [isinstance(one, CreatedJob) for one in made] == [True, False, *(True,) * 6]
    assert isinstance(made[1], BadInput) and has_field("priority")(made[1])
    assert len(await journal.list_projects(ACCOUNT)) == 7


async def test_what_an_account_has_is_counted_once_for_the_creates_of_one_transaction(db: Database) -> None:
    """It was counted twice for each create, by statements that were built anew: half of the work of writing it."""
    db.limit_accounts(AccountCaps(jobs=4, projects_per_hour=9, files=9, size_bytes=9))
    await create(Journal(db), BARE)
    counts: list[str] = []

    def count(conn: object, cursor: object, statement: str, *_: object) -> None:
        counts.extend([statement] * ("count(*)" in statement))

    def take(unit: Unit) -> list[str | None]:
        room = CapCounter(unit, [ACCOUNT])
        return [refused and refused.code for refused in (room.take(ACCOUNT) for _ in range(5))]

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert await db.write(take) == [None, None, None, "account_queue_is_full", "account_queue_is_full"]
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert len(counts) == 1
