"""Reads providers' lists of work that this journal does not know, which ``reconcile`` shows before it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reelwright.errors import ReelwrightError
from reelwright.net.redact import redact_line
from reelwright.providers.protocol import WorkLister, as_work_lister
from reelwright.reel.records.ledger import ListedWork
from reelwright.studio import late_modules as late

if TYPE_CHECKING:
    from reelwright.store.vault.markers import Mark
    from reelwright.studio.runtime.home import Home


@dataclass(frozen=True, slots=True)
class ProviderLists:
    """Paid work on providers' own lists that this journal does not know. ``works``: by provider, the newest first.

    ``errors``: by provider, the message of each list that could not be read.
    """

    works: tuple[ListedWork, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


async def ask_lists(home: Home, marks: Sequence[Mark]) -> ProviderLists:
    """Ask every paid provider with such a list for its work, and return what this journal does not know. Buys nothing.

    Provider errors are returned, not raised.

    ``marks``: sends that the vault records. Their operations, and those of purchases that the journal knows to be
    without an answer, are looked up automatically later; so they are left out here.
    """
    expected = await home.database.read(lambda conn: late.listed_work.list_unanswered_requests(conn, home.account))
    expected += [(str(mark["provider"]), late.rows.parse_object(str(mark["prepared_request"]))) for mark in marks]
    found: list[ListedWork] = []
    unasked: dict[str, str] = {}

    async def ask(name: str, lists: WorkLister) -> Sequence[ListedWork]:
        own = await home.database.read(lambda conn: late.listed_work.read_known_work(conn, name))
        try:
            works = await lists.list_work(own)
        except (ReelwrightError, OSError) as error:
            unasked[name] = redact_line(str(error))
            return ()
        return _exclude_expected(works, lists, (prepared for provider, prepared in expected if provider == name))

    paid = [one for one in home.providers.values() if one.resubmit != "free"]  # free work is simply made again
    requests = [ask(one.name, lists) for one in paid if (lists := as_work_lister(one))]
    for works in await asyncio.gather(*requests):
        found += works
    return ProviderLists(tuple(found), unasked)


def _exclude_expected(
    works: Sequence[ListedWork], lists: WorkLister, expected: Iterable[Mapping[str, Any]]
) -> Sequence[ListedWork]:  # fmt: skip
    """Return ``works`` without those that certainly belong to an expected purchase."""
    left = list(works)
    for prepared in expected:
        same = [work for work in left if _is_same(lists, prepared, work)]
        if len(same) == 1:
            left.remove(same[0])
    return left


def _is_same(lists: WorkLister, prepared: Mapping[str, Any], work: ListedWork) -> bool:
    try:
        return lists.compare(prepared, work, by_another=False) == "same"
    except (KeyError, TypeError):  # prepared by another release, or not at all: list it
        return False
