"""Corrections of settlements: appended, never edited, and counted in every budget that the purchase fell under.

The job's allowance stays as it is: a refund is no consent to spend the money again.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Row, func, select, update

from reelwright.errors import BadInput
from reelwright.reason import build_reason
from reelwright.reel.records.ledger import LedgerEntry
from reelwright.reel.records.money import Price
from reelwright.store.database.unit import Unit
from reelwright.store.limits.budgets import give_back
from reelwright.store.limits.states import ENDED, lock_account_purchase, record_history
from reelwright.store.purchases.disputes import UNDECIDED
from reelwright.store.purchases.entries import read_entry
from reelwright.store.schema.rows import from_json
from reelwright.store.schema.schema import adjustments, allowance_budgets, purchases
from reelwright.store.schema.sql import NowMs, clean_text
from reelwright.units import format_usd


def adjust(unit: Unit, account: str, purchase: str, micros: int, because: str, by: str) -> LedgerEntry:
    """Append a correction of ``micros`` micro-dollars, which may be negative, to a settled or released purchase.

    The correction ends a dispute about its bill. Upwards it counts as a bill above the quote does. A released purchase
    can be corrected too: the provider may have billed it all the same. Raises ``NotFound``, and ``BadInput`` where the
    purchase has not ended, where ``micros`` is 0, and where the purchase would then have cost less than nothing.
    """
    _append_correction(unit, account, purchase, micros, because, by)
    return read_entry(unit.conn, account, purchase)


def _append_correction(unit: Unit, account: str, purchase: str, micros: int, because: str, by: str) -> None:
    row = lock_account_purchase(unit, account, purchase)
    if row.state not in ENDED:
        raise BadInput("purchase", row.state, "a purchase that was settled, or released", step=row.step)
    before = select(func.coalesce(func.sum(adjustments.c.micros), 0)).where(adjustments.c.purchase == row.id)
    cost = (row.settled_micros or 0) + int(unit.conn.execute(before).scalar_one())
    if micros == 0 or cost + micros < 0:
        shown = f"-{format_usd(-micros)}" if micros < 0 else format_usd(micros)
        raise BadInput(
            "usd", shown, f"an amount other than 0, and not below -{format_usd(cost)}, which it cost", step=row.step
        )
    correction = {"account": account, "purchase": row.id, "micros": micros}
    attribution = {"reason": clean_text(because), "author": clean_text(by)}
    unit.conn.execute(adjustments.insert().values(**correction, **attribution, at=NowMs()))
    counted_in = select(allowance_budgets.c.budget).where(allowance_budgets.c.allowance == row.allowance)
    for budget in unit.conn.execute(counted_in.order_by(allowance_budgets.c.budget)).scalars().all():
        give_back(unit.conn, budget, 0, micros)
    which = (purchases.c.account == account, purchases.c.id == row.id)
    undecided = purchases.c.dispute.in_(UNDECIDED)
    unit.conn.execute(update(purchases).where(*which, undecided).values(dispute="corrected"))
    # A correction upwards counts as a bill does, also against what was agreed to for the job. A refund that leaves the
    # cost above the quote ends no bill: the next purchase may cost as much.
    settled, corrected = row.settled_micros or 0, cost + micros
    billed = max(settled, corrected) if corrected > min(settled, row.quoted_micros) else None
    unit.conn.execute(update(purchases).where(*which).values(billed_micros=billed))
    unit.add_event(account, row.project, row.job, "purchase.adjusted", {**correction, **attribution, "step": row.step})


def decide_bill(unit: Unit, row: Row[Any], verdict: Literal["as_billed", "as_quoted"], by: str) -> None:
    """End the dispute about a bill: ``as_billed`` counts the rest of it in every budget, ``as_quoted`` never does.

    The rest is appended as a correction. A purchase that is only short has none: its bill counts already, and what its
    provider gives back is a correction. Raises ``BadInput`` where nothing is disputed.
    """
    if row.dispute not in UNDECIDED or row.settlement is None:
        raise BadInput("purchase", row.state, "one whose bill is disputed", step=row.step)
    if row.dispute == "short" and verdict == "as_quoted":
        raise BadInput("verdict", verdict, "as_billed, or a correction: less came than was ordered", step=row.step)
    settlement = from_json(Price, row.settlement, "settlement")
    billed = settlement.micros or 0
    if verdict == "as_billed" and settlement.certainty == "unknown":
        raise BadInput("verdict", verdict, "as_quoted, or a correction: what was billed is no amount", step=row.step)
    _close(unit, row, verdict)
    if verdict == "as_billed" and billed != row.settled_micros:
        _append_correction(unit, row.account, row.id, billed - row.settled_micros, "as billed", by)
    elif verdict == "as_quoted":
        reason = build_reason("bill_rejected", billed_micros=billed, owed_micros=row.settled_micros, by=by)
        record_history(unit, row, row.state, row.state, reason)


def _close(unit: Unit, row: Row[Any], how: str) -> None:
    which = (purchases.c.account == row.account, purchases.c.id == row.id)
    unit.conn.execute(update(purchases).where(*which).values(dispute=how))
