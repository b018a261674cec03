"""Lists of providers in all the forms that lists have: what may be ours in them is never called absent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from providers.conformance import AT_ONCE, SECRET, Conformance, Opened
from providers.test_nonsense import ADAPTERS, LISTING
from reelwright.errors import OutcomeUnknown, ReelwrightError, Unreachable
from reelwright.providers.fakes.listing import Habit, Listing
from reelwright.providers.fakes.script import answer_status, drop, swallow
from reelwright.providers.families.list_search import ListEntry, ListSearch, is_same_model, is_same_value
from reelwright.providers.protocol import Absent, FoundOperation, PossibleMatches
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.base.ids import mint
from reelwright.reel.records.ledger import ListedWork, OwnWork
from reelwright.reel.records.operation import Operation

UNTOLD = ("trimmed", "cut", "rewritten", "without_input", "capital_ids")
"""Habits after which a list cannot say for certain that a work is ours."""
PROMPT = "A red fox walks home through the snow."
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def lost(adapter: Conformance, at: Opened):
    """A purchase that is sent and gets no answer."""
    at.purchase = mint("purchase")
    prepared = await adapter.prepared(at, replace(adapter.request, prompt=PROMPT))
    with pytest.raises(OutcomeUnknown):
        await at.provider.submit(prepared, at.keep, at.make)
    return prepared


@pytest.mark.parametrize("clock_s", [-86_400.0, 0.0, 86_400.0])
@pytest.mark.parametrize("habit", ["none", *get_args(Habit)])
@pytest.mark.parametrize("name", LISTING)
async def test_however_a_list_repeats_and_dates_lost_work_it_is_found_or_a_person_is_asked(name, habit, clock_s):
    adapter = ADAPTERS[name]()
    listing = Listing(habits=() if habit == "none" else (habit,), clock_s=clock_s)
    async with adapter.opened(replace(AT_ONCE, listing=listing).add_rule("submit", swallow(), [2])) as at:
        await adapter.submit(at, replace(adapter.request, prompt=PROMPT))  # an earlier purchase of the very same
        prepared = await lost(adapter, at)
        known = frozenset(at.bill.submissions[:1])
        answer = await at.provider.find(prepared, at.purchase, OwnWork(claimed_ids=known, earlier_ids=known))
        if habit in UNTOLD:
            assert isinstance(answer, PossibleMatches) and answer.entries
        else:
            assert answer == FoundOperation(operation=replace(answer.operation, id=at.bill.submissions[1]))


@pytest.mark.parametrize("name", LISTING)
async def test_work_of_our_model_is_no_absence_until_somebody_claims_it(name):
    adapter = ADAPTERS[name]()
    async with adapter.opened(AT_ONCE.add_rule("submit", drop(), [3])) as at:
        for number in range(2):
            await adapter.submit(at, replace(adapter.request, prompt=f"Something else was asked for, {number}."))
        prepared = await lost(adapter, at)
        first, second = (frozenset({one}) for one in at.bill.submissions)
        async with adapter.adapter(at.server.url, SECRET) as later:
            known = [(first, first), (first | second, first), (first | second, frozenset())]
            found = [
                await later.find(prepared, at.purchase, OwnWork(claimed_ids=claimed, earlier_ids=before))
                for claimed, before in known
            ]
        assert found[0] == PossibleMatches(entries=tuple(second))
        assert isinstance(found[1], Absent) and isinstance(found[2], Absent)


@pytest.mark.parametrize("habit", ["none", *get_args(Habit)])
@pytest.mark.parametrize("name", LISTING)
async def test_however_a_list_repeats_work_nobody_knows_of_it_is_listed_and_compared(name, habit):
    """As ``reconcile`` reads it: what another copy of this home sent, under a purchase that is not known here."""
    adapter = ADAPTERS[name]()
    listing = Listing(habits=() if habit == "none" else (habit,))
    async with adapter.opened(replace(AT_ONCE, listing=listing)) as at:
        await adapter.submit(at, replace(adapter.request, prompt="What this journal knows."))
        at.purchase = mint("purchase")
        await adapter.submit(at, replace(adapter.request, prompt=PROMPT))
        known, theirs = at.bill.submissions
        at.purchase = mint("purchase")
        prepared = await adapter.prepared(at, replace(adapter.request, prompt=PROMPT))
        async with adapter.adapter(at.server.url, SECRET) as later:
            (work,) = await later.list_work(OwnWork(claimed_ids=frozenset({known}), earlier_ids=frozenset({known})))
            match = later.compare(prepared, work, by_another=True)
            operation = later.get_listed_operation(prepared, work)
        assert (work.id.lower(), work.made_at is not None) == (theirs.lower(), True)
        assert match == ("possible" if habit in set(UNTOLD) - {"capital_ids"} else "same")
        assert operation.id == work.id and operation.key == at.provider.get_listed_operation(prepared, work).key
        assert from_json(ListedWork, to_json(work), "work") == work


@pytest.mark.parametrize("name", LISTING)
async def test_a_list_that_cannot_be_read_says_so(name):
    adapter = ADAPTERS[name]()
    async with adapter.opened(AT_ONCE.add_rule("find", answer_status(500))) as at:
        with pytest.raises(Unreachable):
            await at.provider.list_work(OwnWork())
    async with adapter.opened(AT_ONCE.add_rule("find", answer_status(401))) as at:
        with pytest.raises(ReelwrightError):
            await at.provider.list_work(OwnWork())


@pytest.mark.parametrize("name", LISTING)
async def test_an_absence_waits_for_as_long_as_a_provider_may_take_to_list_its_work(name):
    adapter = ADAPTERS[name]()
    async with adapter.opened(replace(AT_ONCE, listing=Listing(after_s=20.0)).add_rule("submit", swallow(), [2])) as at:
        await adapter.submit(at)
        prepared = await lost(adapter, at)
        answer = await at.provider.find(prepared, at.purchase, OwnWork(claimed_ids=frozenset(at.bill.submissions[:1])))
        assert not isinstance(answer, FoundOperation)
        assert not isinstance(answer, Absent) or answer.listed_after_s > 20


def search_of(*pages: tuple[ListEntry, ...], **own):
    """The answer to pages, and how many of them were read."""
    search, read = ListSearch(OwnWork(**own)), 0
    for page in pages:
        read += 1
        if not search.add(page):
            break
    return search.answer(lambda id_: Operation(id=id_), 30), read


def listed(id_: str, hours_ago: float, match: str = "possible") -> ListEntry:
    return ListEntry(id=id_, at=NOW - timedelta(hours=hours_ago), match=match)  # type: ignore[arg-type]


def test_a_list_is_read_back_to_our_own_work_that_was_recorded_before():
    pages = ((listed("a", 1, "other"),), (listed("ours", 2), listed("b", 3)), (listed("c", 4),))
    known = frozenset({"ours"})
    answer, read = search_of(*pages, claimed_ids=known, earlier_ids=known)
    assert isinstance(answer, Absent) and read == 2, "what is older than our own earlier work is not ours"
    answer, read = search_of(*pages, claimed_ids=known)
    assert answer == PossibleMatches(entries=("b", "c")) and read == 3


def test_without_own_work_a_list_is_read_for_48_hours_of_its_own_times():
    pages = ((listed("a", -9000, "other"),), (listed("b", -8953),), (listed("c", -8951),), (listed("d", 0),))
    answer, read = search_of(*pages)
    assert answer == PossibleMatches(entries=("b",)) and read == 3
    answer, read = search_of(*pages, is_recent=False)
    assert answer == PossibleMatches(entries=("b", "c", "d")) and read == 4, "nobody knows how long ago it was posted"


def test_a_list_in_any_other_order_is_read_to_its_end():
    known = frozenset({"ours"})
    pages = ((listed("older", 9), listed("ours", 5)), (listed("b", 2, "same"),))
    answer, read = search_of(*pages, claimed_ids=known, earlier_ids=known)
    assert answer == FoundOperation(operation=Operation(id="b")) and read == 2


def test_as_many_entries_as_we_sent_equal_requests_are_ours_and_one_more_is_asked_about():
    pages = ((listed("b", 1, "same"), listed("a", 2, "same"), listed("x", 3)),)
    for equal, found in ((2, True), (3, True), (1, False)):
        answer, _ = search_of(*pages, equal_sends=equal)
        assert answer == (FoundOperation(operation=Operation(id="a")) if found else PossibleMatches(entries=("b", "a")))
    answer, _ = search_of(*pages, equal_sends=2, claimed_ids=frozenset({"a"}))
    assert answer == FoundOperation(operation=Operation(id="b")), "the other purchase has the first"


def test_an_entry_that_newer_work_moved_to_the_next_page_meanwhile_is_one_entry():
    """2026-11: it stood twice, so that a purchase of which the list showed the answer was asked about."""
    answer, _ = search_of((listed("b", 1, "other"), listed("a", 2, "same")), (listed("a", 2, "same"),))
    assert answer == FoundOperation(operation=Operation(id="a"))


def test_an_entry_that_a_purchase_which_was_written_off_may_have_made_is_asked_about_unless_each_has_one():
    first, second, third = (listed(name, minute, "same") for name, minute in (("a", 3), ("b", 2), ("c", 1)))
    for page, found in (((first,), None), ((second, first), "a"), ((third, second, first), None)):
        answer, _ = search_of(page, equal_written_off=1)
        assert answer == (
            FoundOperation(operation=Operation(id=found))
            if found
            else PossibleMatches(entries=tuple(one.id for one in page))
        )
    answer, _ = search_of((listed("x", 3),), equal_written_off=1)
    assert not isinstance(answer, FoundOperation)


def test_an_entry_above_our_own_earlier_work_counts_whatever_its_date():
    known = frozenset({"ours"})
    answer, _ = search_of((listed("a", 30), listed("ours", 1)), claimed_ids=known, earlier_ids=known)
    assert answer == PossibleMatches(entries=("a",))
    undated = ListEntry(id="b", at=None, match="possible")
    answer, _ = search_of((listed("ours", 1), undated), claimed_ids=known, earlier_ids=known)
    assert answer == PossibleMatches(entries=("b",))


def test_two_entries_that_repeat_our_request_are_for_a_person_and_one_beside_others_is_ours():
    answer, _ = search_of((listed("a", 0, "same"), listed("b", 0, "same")))
    assert answer == PossibleMatches(entries=("a", "b"))
    answer, _ = search_of((listed("a", 0, "same"), listed("b", 0)))
    assert answer == FoundOperation(operation=Operation(id="a"))


@pytest.mark.parametrize("theirs", ["predictions/p1", "P1", " p1 ", "https://x/v1/predictions/p1/"])
def test_an_id_of_ours_is_known_in_another_form(theirs):
    answer, _ = search_of((listed(theirs, 0),), claimed_ids=frozenset({"p1"}))
    assert isinstance(answer, Absent)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (8, "8", True), (8, 8.0, True), ("8", 8, True), (0.5, "0.50", True), (True, "true", True), (True, 1, False),
        ("a  b", "a b", True), ("a.", "a", False), ([1, "x"], ["1", "x"], True), ([1], [1, 2], False),
        (None, None, False), ("nan", "nan", True), (10**40, str(10**40), True),
    ],
)  # fmt: skip
def test_a_value_is_repeated_in_any_spelling(ours, theirs, same):
    assert is_same_value(ours, theirs) == same


def test_names_of_models_leave_out_owners_and_add_versions():
    assert is_same_model("google/veo-3.1", "veo-3.1:abc") and is_same_model("sora-2", "sora-2-2025-10-06")
    assert not is_same_model("google/veo-3.1", "google/veo-2")
