"""Copies of films that lie at a provider, such as in a bucket of Vertex: they go when their files here are deleted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from reelwright.engine.purchases.staged import may_have_copies, remove_copies
from reelwright.reel.base.value import Digest

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider
    from reelwright.store.ledger import Ledger

logger = logging.getLogger("reelwright.studio")


async def remove_provider_copies(
    ledger: Ledger, providers: Mapping[str, Provider], account: str, digests: Collection[Digest], *, is_last: bool
) -> frozenset[Digest]:
    """Remove what lies at providers of purchases whose results were deleted here; ``digests``: some of these.

    Return the digests of those of which something may be left there. ``is_last``: nobody tries again, so the events of
    the project say what is left.
    """
    erased = [
        one
        for one in await ledger.list_erased_purchases(account, digests)
        if one.purchase.provider in providers and may_have_copies(one.purchase)
    ]
    left = await asyncio.gather(*(remove_copies(providers[one.purchase.provider], one.purchase) for one in erased))
    found: frozenset[Digest] = frozenset()
    for (purchase, files), reason in zip(erased, left, strict=True):
        if reason is None:
            continue
        logger.warning("copies of %s may be left at %s: %s", purchase.id, purchase.provider, reason.code)
        found |= files
        if is_last:
            await ledger.record_copies_left(purchase, reason)
    return found.intersection(digests)
