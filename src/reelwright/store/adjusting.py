"""Corrections of settlements: appended, never edited, and counted in every budget that the purchase fell under.

What was approved for the job stays as it is: a refund is no consent to spend it again.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Row, func, select, update

from reelwright.errors import BadInput
from reelwright.reel.money import Price
from reelwright.store.budgets import give_back
from reelwright.store.rows import from_json
from reelwright.store.schema import adjustments, allowance_budgets, purchases
from reelwright.store.sql import as_said, now_ms
from reelwright.store.states import ENDED, of_account, remember
from reelwright.store.unit import Unit
from reelwright.units import usd


def adjust(unit: Unit, account: str, purchase: str, micros: int, because: str, by: str) -> None:
    """Add ``micros``, which may be negative, to what a purchase cost that is over.

    It ends a dispute about its bill. Also to one that was released: what was thought never to have arrived may be on
    the bill all the same. Raises ``BadInput`` where it is not over, where nothing would change, and where it would have
    cost less than nothing.
    """
    row = of_account(unit, account, purchase)
    if row.state not in ENDED:
        raise BadInput("purchase", row.state, "a purchase that was settled, or released", step=row.step)
    before = select(func.coalesce(func.sum(adjustments.c.micros), 0)).where(adjustments.c.purchase == row.id)
    cost = (row.settled or 0) + int(unit.conn.execute(before).scalar_one())
    if micros == 0 or cost + micros < 0:
        shown = f"-{usd(-micros)}" if micros < 0 else usd(micros)
        raise BadInput(
            "usd", shown, f"an amount other than 0, and not below -{usd(cost)}, which it cost", step=row.step
        )
    told = {"account": account, "purchase": row.id, "micros": micros}
    said = {"because": as_said(because), "said_by": as_said(by)}
    unit.conn.execute(adjustments.insert().values(**told, **said, at=now_ms()))
    counted_in = select(allowance_budgets.c.budget).where(allowance_budgets.c.allowance == row.allowance)
    for budget in unit.conn.execute(counted_in.order_by(allowance_budgets.c.budget)).scalars().all():
        give_back(unit.conn, budget, 0, micros)
    which = (purchases.c.account == account, purchases.c.id == row.id, purchases.c.dispute == "open")
    unit.conn.execute(update(purchases).where(*which).values(dispute="corrected"))
    unit.tell(account, row.project, row.job, "purchase.adjusted", {**told, **said, "step": row.step})


def decide_bill(unit: Unit, row: Row[Any], verdict: Literal["as_billed", "as_quoted"], by: str) -> None:
    """End a dispute. As billed, the difference is appended as a correction, and every budget counts it.

    Raises ``BadInput`` where nothing is disputed.
    """
    if row.dispute != "open":
        raise BadInput("purchase", row.state, "one whose bill is disputed", step=row.step)
    billed = from_json(Price, row.settlement, "settlement").micros or 0
    _close(unit, row, verdict)
    if verdict == "as_billed":
        adjust(unit, row.account, row.id, billed - row.settled, "as billed", by)
    else:
        remember(unit, row, row.state, row.state, f"billed ${usd(billed)}; ${usd(row.settled)} is owed, says {by}")


def _close(unit: Unit, row: Row[Any], how: str) -> None:
    which = (purchases.c.account == row.account, purchases.c.id == row.id)
    unit.conn.execute(update(purchases).where(*which).values(dispute=how))
