"""Orders that the account has: looked up by their fingerprints, and given to another project that wants the same."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, and_, or_, select

from reelwright.reel.ids import mint
from reelwright.reel.ledger import OrderHad
from reelwright.reel.noun import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.outcome import Outcome
from reelwright.store.rows import outcome_of, purchase_of
from reelwright.store.schema import assets, outcomes, purchases, takes
from reelwright.store.sql import as_json, insert, moment, now_ms
from reelwright.store.states import ENDED
from reelwright.store.unit import Unit

_MOST: Final = 200
"""Names in one statement."""

Landed = Mapping[tuple[str, str], Row[Any]]
"""Rows of outcomes by project and name."""


class Wish(NamedTuple):
    """A landed purchase, and the step and name under which another project wants what it brought."""

    step: StepKey
    fingerprint: Fingerprint
    purchase: Row[Any]


def orders_of(conn: Connection, account: str, fingerprints: Collection[Fingerprint]) -> Sequence[OrderHad]:
    """Every order of these fingerprints with its newest try, by fingerprint and number.

    Reads by index, however many purchases the account has.
    """
    newest: dict[tuple[str, int], Row[Any]] = {}
    for named in _parts(sorted(set(fingerprints))):
        which = (purchases.c.scope == account, purchases.c.order_fingerprint.in_(named))
        in_order = (purchases.c.order_fingerprint, purchases.c.n, purchases.c["try"].desc())
        for row in conn.execute(select(purchases).where(*which).order_by(*in_order)):
            newest.setdefault((row.order_fingerprint, row.n), row)
    landed = landed_of(conn, account, list(newest.values()))
    brought = {name: outcome_of(row) for name, row in landed.items()}
    gone = _gone_at(conn, account, [digest for outcome in brought.values() for digest in outcome.assets])
    return [_order_had(row, brought.get((row.project, row.fingerprint)), gone) for row in newest.values()]


def _order_had(row: Row[Any], outcome: Outcome | None, gone: Mapping[Digest, datetime]) -> OrderHad:
    has_takes = row.succeeded_at is not None and outcome is not None and bool(outcome.assets)
    ended = row.state in ENDED or row.state == "failed"
    return OrderHad(
        purchase=purchase_of(row),
        outcome=outcome if has_takes else None,
        is_in_vain=(ended or row.succeeded_at is not None) and not has_takes,
        at=moment(row.ended_at or row.succeeded_at or row.intent_at),
        gone_at=max((gone[d] for d in outcome.assets if d in gone), default=None) if has_takes and outcome else None,
    )


def has_takes(conn: Connection, purchase: Row[Any]) -> bool:
    """Whether the purchase brought anything that another project could use."""
    if purchase.succeeded_at is None:
        return False
    landed = landed_of(conn, purchase.account, [purchase])
    return any(row.assets != "[]" for row in landed.values())


def adopt(unit: Unit, account: str, project: str, wishes: Sequence[Wish]) -> int:
    """Give the project the outcomes of purchases of others; how many it had not yet.

    Their facts say whose they are (``reused_from``). What the project has stays as it is.
    """
    landed = landed_of(unit.conn, account, [wish.purchase for wish in wishes])
    adopted = 0
    for step, name, purchase in wishes:
        row = landed.get((purchase.project, purchase.fingerprint))
        if row is None or row.assets == "[]":
            continue
        facts = {key: value for key, value in json.loads(row.facts).items() if key != "bill"}
        facts.setdefault("reused_from", _source_of(purchase))
        told = {
            "account": account, "project": project, "fingerprint": name, "step": step, "assets": row.assets,
            "missing": row.missing, "chosen": row.chosen, "facts": as_json(facts), "landed_at": now_ms(),
        }  # fmt: skip
        made = insert(unit.conn, outcomes).values(**told).on_conflict_do_nothing().returning(outcomes.c.fingerprint)
        if unit.conn.execute(made).first() is None:
            continue
        adopted += 1
        assets_of = [Digest(digest) for digest in json.loads(row.assets)]
        if step.startswith("take/"):
            _keep_takes(unit, account, project, ShotId(step.partition("/")[2]), name, purchase.n, assets_of, facts)
        body = {"step": step, "fingerprint": name, "assets": assets_of, "reused_from": purchase.project}
        unit.tell(account, project, None, "step.landed", body)
    return adopted


def adopt_purchases(unit: Unit, account: str, project: str, wanted: Sequence[tuple[StepKey, Fingerprint, str]]) -> int:
    """As ``adopt``, of purchases named by their ids; not of what the project has a purchase of its own for, which is
    not over: what that brings would be in nobody's film.
    """
    ids = {purchase for _, _, purchase in wanted}
    query = select(purchases).where(purchases.c.account == account, purchases.c.id.in_(ids))
    rows = {row.id: row for row in unit.conn.execute(query)}
    own = select(purchases.c.fingerprint).where(
        purchases.c.account == account, purchases.c.project == project, purchases.c.state.not_in(ENDED)
    )
    awaited = set(unit.conn.execute(own).scalars())
    wishes = [Wish(step, name, rows[p]) for step, name, p in wanted if p in rows and name not in awaited]
    return adopt(unit, account, project, wishes)


def landed_of(conn: Connection, account: str, bought: Sequence[Row[Any]]) -> Landed:
    """The outcomes that these purchases brought, by project and name."""
    found: dict[tuple[str, str], Row[Any]] = {}
    for part in _parts([row for row in bought if row.succeeded_at is not None]):
        names = [and_(outcomes.c.project == row.project, outcomes.c.fingerprint == row.fingerprint) for row in part]
        for row in conn.execute(select(outcomes).where(outcomes.c.account == account, or_(*names))):
            found[row.project, row.fingerprint] = row
    return found


def _gone_at(conn: Connection, account: str, digests: Sequence[Digest]) -> Mapping[Digest, datetime]:
    found: dict[Digest, datetime] = {}
    for part in _parts(sorted(set(digests))):
        which = (assets.c.account == account, assets.c.digest.in_(part), assets.c.gone_at.is_not(None))
        for row in conn.execute(select(assets.c.digest, assets.c.gone_at).where(*which)):
            if at := moment(row.gone_at):
                found[Digest(row.digest)] = at
    return found


def _parts(every: Sequence[Any]) -> list[Sequence[Any]]:
    return [every[start : start + _MOST] for start in range(0, len(every), _MOST)]


def _source_of(purchase: Row[Any]) -> dict[str, Any]:
    """Where it was bought, when, and for what: money in micro-dollars, time in epoch milliseconds."""
    paid = purchase.settled if purchase.settled is not None else purchase.quoted
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
    unit.conn.execute(insert(unit.conn, takes).values(landed_at=now_ms()), rows)
