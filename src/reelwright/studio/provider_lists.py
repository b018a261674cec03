"""Ask providers' lists for work that this journal does not know: what ``reconcile`` shows before its question."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reelwright.errors import ReelwrightError
from reelwright.net.redact import plainly
from reelwright.providers.protocol import Lists, with_list
from reelwright.reel.ledger import ListedWork
from reelwright.store import listed
from reelwright.store.rows import plain

if TYPE_CHECKING:
    from reelwright.store.markers import Mark
    from reelwright.studio.home import Home

Expected = tuple[str, Mapping[str, Any]]
"""The provider of a purchase that looks for its operation by itself, and what was prepared for it."""


@dataclass(frozen=True, slots=True)
class ShownLists:
    """``works``: newest first for each provider. ``unasked``: the error of each list that could not be read."""

    works: tuple[ListedWork, ...] = ()
    unasked: Mapping[str, str] = field(default_factory=dict)


async def ask_lists(home: Home, marks: Sequence[Mark]) -> ShownLists:
    """Read every list that there is a key for. Sends nothing, costs nothing, raises nothing of a provider's.

    ``marks``: sends that the vault records. Their purchases, and those that the journal knows to be without an answer,
    look for their operations by themselves, so that these are not listed here.
    """
    expected = await home.database.read(lambda conn: listed.expected(conn, home.account))
    expected += [(str(mark["provider"]), plain(str(mark["prepared"]))) for mark in marks]
    found: list[ListedWork] = []
    unasked: dict[str, str] = {}

    async def ask(name: str, lists: Lists) -> Sequence[ListedWork]:
        own = await home.database.read(lambda conn: listed.own_operations(conn, name))
        try:
            works = await lists.list_work(own)
        except (ReelwrightError, OSError) as error:
            unasked[name] = plainly(str(error))
            return ()
        return _without(works, lists, (prepared for provider, prepared in expected if provider == name))

    paid = [one for one in home.providers.values() if one.resubmit != "free"]  # what is free is simply made again
    asked = [ask(one.name, lists) for one in paid if (lists := with_list(one))]
    for works in await asyncio.gather(*asked):
        found += works
    return ShownLists(tuple(found), unasked)


def _without(
    works: Sequence[ListedWork], lists: Lists, expected: Iterable[Mapping[str, Any]]
) -> Sequence[ListedWork]:  # fmt: skip
    """``works`` without what is beyond doubt a purchase's that looks for it by itself."""
    left = list(works)
    for prepared in expected:
        same = [work for work in left if _is_same(lists, prepared, work)]
        if len(same) == 1:
            left.remove(same[0])
    return left


def _is_same(lists: Lists, prepared: Mapping[str, Any], work: ListedWork) -> bool:
    try:
        return lists.compare(prepared, work, by_another=False) == "same"
    except (KeyError, TypeError):  # prepared by another release, or never: then it is listed
        return False
