"""Search a provider's list for a lost purchase: which entries are ours, may be ours, or are another's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final

from reelwright.providers.policy import MAX_ENTRIES_NAMED, PROVIDER_CLOCKS_APART, SEARCH_WITHOUT_ANCHOR
from reelwright.providers.protocol import Absent, FoundOperation, Match, PossibleMatches
from reelwright.reel.base.value import define_value
from reelwright.reel.records.ledger import ListedWork, OwnWork
from reelwright.reel.records.operation import Operation, normalise_id

_FIRST_YEAR: Final = 2001
"""An earlier date is a mistake."""


@define_value
class ListEntry:
    """Entry of a provider's list of work, and how well it matches the lost purchase. ``at``: when it was made, by the
    provider's clock; None if the list does not say.
    """

    id: str
    at: datetime | None
    match: Match


class ListSearch:
    """Search for one lost purchase in a provider's list: collects its pages, newest entries first, and says what they
    show.

    The search goes back to the first of our own operations that the journal recorded before the purchase was posted:
    older entries cannot be ours. Entries are compared with each other only, never with a clock of this machine. A list
    in any other order is read to its end.
    """

    def __init__(self, own: OwnWork, answered: Collection[str] = ()) -> None:
        self._claimed = {normalise_id(one) for one in (*own.claimed_ids, *answered)}
        self._before = {normalise_id(one) for one in own.earlier_ids}
        self._is_recent = own.is_recent
        self._equal_sends, self._equal_written_off = own.equal_sends, own.equal_written_off
        self._entries: list[ListEntry] = []
        self._works: dict[str, ListedWork] = {}

    def add(self, page: Iterable[ListEntry]) -> bool:
        """Add the entries of one page; return whether the next page may still hold the lost purchase. Return whether
        the searched entry may stand on the next page.
        """
        self._entries += (one if _is_dated(one) else ListEntry(id=one.id, at=None, match=one.match) for one in page)
        floor, last = self._floor(), self._entries[-1].at if self._entries else None
        return floor is None or last is None or last >= floor or not self._is_newest_first()

    def answer(
        self, operation: Callable[[str], Operation], listed_after_s: float
    ) -> FoundOperation | PossibleMatches | Absent:
        """Return what the pages added so far show of the purchase: found, possible matches, or absent.

        Unclaimed entries that repeat our request are ours if there are no more of them than purchases of ours that were
        sent with it: each purchase takes the oldest that is left. Where purchases with this request were written off,
        an entry for each of them has to be left too: theirs are in the ledger already, and nobody knows which were made
        (2026-11: an equal order took the entry of one, and the ledger stood above the bill). A person decides about any
        other that may be ours. ``listed_after_s``: the longest time that the provider takes to list accepted work;
        handed on in ``Absent``.
        """
        open_ = self._unclaimed()
        equal = [one for one in open_ if one.match == "same"]
        same = [one.id for one in equal]
        gone = self._equal_written_off
        is_each_here = 0 < len(same) <= self._equal_sends if not gone else len(same) == self._equal_sends + gone
        if is_each_here and all(same):
            dated = sorted((one for one in equal if one.at), key=lambda one: (one.at, one.id)) or equal[::-1]
            return FoundOperation(operation=operation(dated[0].id))
        if possible := same or [one.id for one in open_ if one.match == "possible"]:
            return PossibleMatches(entries=tuple(possible[:MAX_ENTRIES_NAMED]))
        return Absent(listed_after_s=listed_after_s)

    @property
    def is_empty(self) -> bool:
        """Whether the pages added so far hold no entry at all."""
        return not self._entries

    def add_work(self, page: Iterable[ListedWork]) -> bool:
        """Add one page of listed work, for a search for any unclaimed work; return whether the next page may hold more
        of it.
        """
        works = list(page)
        self._works |= {work.id: work for work in works}
        return self.add(ListEntry(id=work.id, at=work.made_at, match="possible") for work in works)

    def list_unclaimed_work(self) -> tuple[ListedWork, ...]:
        """List the work added by ``add_work`` that no purchase of ours claims, as far back as it can be ours."""
        return tuple(self._works[one.id] for one in self._unclaimed() if one.id)

    def _unclaimed(self) -> list[ListEntry]:
        """List the entries within the searched time that no purchase of ours claims, each once.

        An entry stands on two pages where newer work moved it on between two reads.
        """
        floor = self._floor()
        anchors = (place for place, one in enumerate(self._entries) if normalise_id(one.id) in self._before)
        above = next(anchors, 0)
        found: dict[str | int, ListEntry] = {}
        for place, one in enumerate(self._entries):
            is_searched = place < above or floor is None or one.at is None or one.at >= floor
            if is_searched and (id_ := normalise_id(one.id)) not in self._claimed:
                found.setdefault(id_ or place, one)
        return list(found.values())

    def _floor(self) -> datetime | None:
        """Return the time, by the provider's clock, before which nothing can be ours; None if any entry may be."""
        anchors = [one.at for one in self._entries if one.at and normalise_id(one.id) in self._before]
        if anchors:
            return max(anchors) - PROVIDER_CLOCKS_APART
        times = [one.at for one in self._entries if one.at]
        return max(times) - SEARCH_WITHOUT_ANCHOR if times and self._is_recent else None

    def _is_newest_first(self) -> bool:
        times = [one.at for one in self._entries if one.at]
        return all(later <= earlier + PROVIDER_CLOCKS_APART for earlier, later in pairwise(times))


def is_same_model(ours: str, theirs: str) -> bool:
    """Whether two names may mean one model: a provider's list may leave out the owner, or add a version or a date."""
    one, other = (
        re.sub(r"[^0-9a-z]", "", name.partition(":")[0].rpartition("/")[2].casefold()) for name in (ours, theirs)
    )
    return one in other or other in one


def is_same_text(ours: str, theirs: str) -> bool:
    """Whether two texts are equal except for white space and Unicode composition."""
    return normalize_text(ours) == normalize_text(theirs)


def normalize_text(text: str) -> str:
    """Return ``text`` in Unicode form NFC, with each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_same_value(ours: Any, theirs: Any) -> bool:
    """Whether a value of a provider's list equals ours in another spelling, such as ``"8.0"`` for 8 or ``"true"`` for
    true.
    """
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(is_same_value, ours, theirs))
    if isinstance(ours, dict) or isinstance(theirs, dict):
        return bool(ours == theirs)
    one, other = _scalar(ours), _scalar(theirs)
    return one is not None and one == other


def _scalar(value: Any) -> Decimal | str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        return None
    text = normalize_text(str(value))
    try:
        number = Decimal(text) if len(text) < 32 else None
    except InvalidOperation:
        number = None
    if number is not None and number.is_finite():
        return number
    return text.lower() if text.lower() in ("true", "false") else text


def _is_dated(one: ListEntry) -> bool:
    return one.at is not None and one.at.year >= _FIRST_YEAR
