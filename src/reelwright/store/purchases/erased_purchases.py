"""Purchases whose results were all deleted here, so that nobody misses their copies at the provider."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Row, and_, select

from reelwright.reason import Reason
from reelwright.reel.base.value import Digest
from reelwright.reel.records.operation import Purchase
from reelwright.store.database.unit import Unit
from reelwright.store.schema.file_tables import asset_uses
from reelwright.store.schema.rows import to_purchase
from reelwright.store.schema.schema import assets, outcomes, purchases, takes
from reelwright.store.schema.sql import InArray


class ErasedPurchase(NamedTuple):
    """A settled purchase whose results ``digests`` were all deleted."""

    purchase: Purchase
    digests: frozenset[Digest]


def list_erased_purchases(conn: Connection, account: str, digests: Collection[Digest]) -> Sequence[ErasedPurchase]:
    """List the settled purchases that brought some of ``digests``, if all that they brought was deleted.

    One that was paid for and did not arrive whole is left out: what is missing may be at the provider alone.
    """
    users = select(asset_uses.c.project).where(asset_uses.c.account == account, InArray(asset_uses.c.digest, "named"))
    file = and_(assets.c.account == takes.c.account, assets.c.digest == takes.c.asset)
    query = select(takes.c.purchase, takes.c.asset, assets.c.gone_at).join(assets, file, isouter=True)
    query = query.where(takes.c.account == account, takes.c.project.in_(users), takes.c.purchase.is_not(None))
    brought: dict[str, set[Digest]] = {}
    there = set()
    for row in conn.execute(query, {"named": sorted(digests)}):
        brought.setdefault(row.purchase, set()).add(Digest(row.asset))
        if row.gone_at is None:
            there.add(row.purchase)
    gone = {name: frozenset(files) for name, files in brought.items() if name not in there and files & {*digests}}
    rows = [_read_purchase(conn, name) for name in sorted(gone)]
    return [
        ErasedPurchase(to_purchase(row), gone[row.id])
        for row in rows
        if row.state == "settled" and not _lacks_anything(row.missing)
    ]


def record_copies_left(unit: Unit, purchase: Purchase, reason: Reason) -> None:
    """Record that what a purchase brought may still be at its provider, although it was deleted here."""
    body = {"step": purchase.step, "reason": reason.to_json()}
    unit.add_event(purchase.account, purchase.project, purchase.job, "outputs.left", body)


def _read_purchase(conn: Connection, name: str) -> Row[tuple[object, ...]]:
    outcome = and_(outcomes.c.project == purchases.c.project, outcomes.c.fingerprint == purchases.c.fingerprint)
    query = select(purchases, outcomes.c.missing).join(outcomes, outcome, isouter=True)
    return conn.execute(query.where(purchases.c.id == name)).one()


def _lacks_anything(missing: str | None) -> bool:
    """Whether an outcome lacks more than what the provider's filter took."""
    return any(one.get("reason") != "filtered" for one in json.loads(missing or "[]"))
