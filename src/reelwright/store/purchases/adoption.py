"""Outcomes of an account's orders: found by fingerprint, and copied to other projects that want the same."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, and_, or_, select

from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.records.ledger import ExistingOrder
from reelwright.store.database.unit import Unit
from reelwright.store.limits.states import ENDED
from reelwright.store.projects.asset_uses import record_uses
from reelwright.store.schema.rows import RECOVERED_FOR, is_recovered, to_outcome, to_purchase
from reelwright.store.schema.schema import assets, outcomes, projects, purchases, takes
from reelwright.store.schema.sql import NowMs, as_json, insert, to_datetime

_MOST: Final = 200
"""Fingerprints, digests or purchases in one statement."""

_WITH_ORIGIN: Final = select(purchases, projects.c.lookup_key).outerjoin(projects, projects.c.id == purchases.c.project)
"""Purchases with what their project was found by, which says whether ``reconcile`` recovered them."""

OutcomeRows = Mapping[tuple[str, str], Row[Any]]
"""Rows of outcomes by project and fingerprint."""


class Wish(NamedTuple):
    """A successful purchase, and the step and fingerprint under which another project wants its outcome."""

    step: StepKey
    fingerprint: Fingerprint
    purchase: Row[Any]


def find_orders(conn: Connection, account: str, fingerprints: Collection[Fingerprint]) -> Sequence[ExistingOrder]:
    """Find every order of the account with these fingerprints, each with its newest try, by fingerprint and number.

    The queries use an index, so that the account may have any number of purchases.
    """
    tries: dict[tuple[str, int], list[Row[Any]]] = {}
    for named in _split_in_parts(sorted(set(fingerprints))):
        which = (purchases.c.scope == account, purchases.c.order_fingerprint.in_(named))
        in_order = (purchases.c.order_fingerprint, purchases.c.order_number, purchases.c.attempt.desc())
        for row in conn.execute(_WITH_ORIGIN.where(*which).order_by(*in_order)):
            tries.setdefault((row.order_fingerprint, row.order_number), []).append(row)
    landed = find_outcomes(conn, account, [newest for newest, *_ in tries.values()])
    brought = {name: to_outcome(row) for name, row in landed.items()}
    gone = _find_deletion_times(conn, account, [digest for outcome in brought.values() for digest in outcome.assets])
    return [_to_order(rows, brought.get((rows[0].project, rows[0].fingerprint)), gone) for rows in tries.values()]


def _to_order(tries: Sequence[Row[Any]], outcome: Outcome | None, gone: Mapping[Digest, datetime]) -> ExistingOrder:
    """Convert the tries of an order, the newest first, to what is known of it."""
    row = tries[0]
    has_takes = row.succeeded_at is not None and outcome is not None and bool(outcome.assets)
    ended = row.state in ENDED or row.state == "failed"
    has_failed = (ended or row.succeeded_at is not None) and not has_takes
    deleted_at = max((gone[d] for d in outcome.assets if d in gone), default=None) if has_takes and outcome else None
    return ExistingOrder(
        purchase=to_purchase(row),
        outcome=outcome if has_takes else None,
        has_failed=has_failed,
        changed_at=to_datetime(row.ended_at or row.succeeded_at or row.intent_at),
        deleted_at=deleted_at,
        is_recovered=is_recovered(row),
        is_free=not (has_failed or deleted_at)
        and all(is_recovered(one) for one in tries)
        and any(one.claimed_by is None and _may_bring_a_take(one) for one in tries),
        claimed_by=row.claimed_by,
    )


def _may_bring_a_take(row: Row[Any]) -> bool:
    return row.succeeded_at is not None or row.state not in ("failed", *ENDED)


def has_recovered(conn: Connection, account: str) -> bool:
    """Whether the account has purchases that ``reconcile`` recovered, may bring a take, and no order took yet."""
    recovered = (projects.c.lookup_key >= RECOVERED_FOR, projects.c.lookup_key < RECOVERED_FOR[:-1] + "0")
    of = select(purchases.c.id).join(projects, projects.c.id == purchases.c.project)
    may_bring = or_(purchases.c.succeeded_at.is_not(None), purchases.c.state.not_in(("failed", *ENDED)))
    which = (projects.c.account == account, *recovered, purchases.c.claimed_by.is_(None), may_bring)
    return conn.execute(of.where(*which).limit(1)).first() is not None


def has_takes(conn: Connection, purchase: Row[Any]) -> bool:
    """Whether the purchase brought assets that another project could use."""
    if purchase.succeeded_at is None:
        return False
    landed = find_outcomes(conn, purchase.account, [purchase])
    return any(row.assets != "[]" for row in landed.values())


def adopt_outcomes(unit: Unit, account: str, project: str, wishes: Sequence[Wish]) -> int:
    """Copy the outcomes of other projects' purchases into the project; return how many it did not have yet.

    The copied facts name the source (``reused_from``). Outcomes that the project has already stay as they are.
    """
    landed = find_outcomes(unit.conn, account, [wish.purchase for wish in wishes])
    adopted = 0
    for step, name, purchase in wishes:
        row = landed.get((purchase.project, purchase.fingerprint))
        if row is None or row.assets == "[]":
            continue
        facts = {key: value for key, value in json.loads(row.facts).items() if key != "bill"}
        facts.setdefault("reused_from", _describe_source(purchase))
        columns = {
            "account": account, "project": project, "fingerprint": name, "step": step, "assets": row.assets,
            "missing": row.missing, "chosen_asset": row.chosen_asset, "facts": as_json(facts), "landed_at": NowMs(),
        }  # fmt: skip
        made = insert(unit.conn, outcomes).values(**columns).on_conflict_do_nothing().returning(outcomes.c.fingerprint)
        if unit.conn.execute(made).first() is None:
            continue
        adopted += 1
        assets_of = [Digest(digest) for digest in json.loads(row.assets)]
        files = (one for one in facts.get("files", {}).values() if isinstance(one, str))
        record_uses(unit.conn, ((account, project, digest) for digest in (*assets_of, *files)))
        if step.startswith("take/"):
            _keep_takes(
                unit, account, project, ShotId(step.partition("/")[2]), name, purchase.order_number, assets_of, facts
            )
        body = {"step": step, "fingerprint": name, "assets": assets_of, "reused_from": purchase.project}
        unit.add_event(account, project, None, "step.landed", body)
    return adopted


def adopt_purchases(
    unit: Unit, account: str, project: str, adoptions: Sequence[tuple[StepKey, Fingerprint, str]]
) -> int:
    """Copy the outcomes of purchases, named by their ids, into the project; return how many it did not have yet.

    Fingerprints for which the project has an open purchase of its own are left out: otherwise no film would use what
    that purchase brings.
    """
    ids = {purchase for _, _, purchase in adoptions}
    query = select(purchases).where(purchases.c.account == account, purchases.c.id.in_(ids))
    rows = {row.id: row for row in unit.conn.execute(query)}
    own = select(purchases.c.fingerprint).where(
        purchases.c.account == account, purchases.c.project == project, purchases.c.state.not_in(ENDED)
    )
    awaited = set(unit.conn.execute(own).scalars())
    wishes = [Wish(step, name, rows[p]) for step, name, p in adoptions if p in rows and name not in awaited]
    return adopt_outcomes(unit, account, project, wishes)


def find_outcomes(conn: Connection, account: str, rows: Sequence[Row[Any]]) -> OutcomeRows:
    """Find the outcomes of those of these purchases that succeeded, by project and fingerprint."""
    found: dict[tuple[str, str], Row[Any]] = {}
    for part in _split_in_parts([row for row in rows if row.succeeded_at is not None]):
        names = [and_(outcomes.c.project == row.project, outcomes.c.fingerprint == row.fingerprint) for row in part]
        for row in conn.execute(select(outcomes).where(outcomes.c.account == account, or_(*names))):
            found[row.project, row.fingerprint] = row
    return found


def _find_deletion_times(conn: Connection, account: str, digests: Sequence[Digest]) -> Mapping[Digest, datetime]:
    found: dict[Digest, datetime] = {}
    for part in _split_in_parts(sorted(set(digests))):
        which = (assets.c.account == account, assets.c.digest.in_(part), assets.c.gone_at.is_not(None))
        for row in conn.execute(select(assets.c.digest, assets.c.gone_at).where(*which)):
            if at := to_datetime(row.gone_at):
                found[Digest(row.digest)] = at
    return found


def _split_in_parts(every: Sequence[Any]) -> list[Sequence[Any]]:
    return [every[start : start + _MOST] for start in range(0, len(every), _MOST)]


def _describe_source(purchase: Row[Any]) -> dict[str, Any]:
    """Describe where a purchase was made, its price in micro-dollars, and when it succeeded in epoch milliseconds."""
    paid = purchase.settled_micros if purchase.settled_micros is not None else purchase.quoted_micros
    return {"project": purchase.project, "purchase": purchase.id, "micros": paid, "at_ms": purchase.succeeded_at}


def _keep_takes(
    unit: Unit, account: str, project: str, shot: ShotId, name: Fingerprint, round_: int, brought: Sequence[Digest],
    facts: Mapping[str, Any],
) -> None:  # fmt: skip
    rows = [
        {
            "id": mint("take"), "account": account, "project": project, "shot": shot, "fingerprint": name,
            "asset": asset, "round": round_, "sample": sample, "purchase": None, "facts": as_json(facts),
        }
        for sample, asset in enumerate(brought)
    ]  # fmt: skip
    unit.conn.execute(insert(unit.conn, takes).values(landed_at=NowMs()), rows)
