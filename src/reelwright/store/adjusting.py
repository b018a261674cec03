"""Corrections of settlements: appended, never edited, and counted in every budget that the purchase fell under.

What was approved for the job stays as it is: a refund is no consent to spend it again.
"""

from __future__ import annotations

from sqlalchemy import func, select

from reelwright.errors import BadInput
from reelwright.store.budgets import give_back
from reelwright.store.decisions import of_account
from reelwright.store.schema import adjustments, allowance_budgets
from reelwright.store.sql import as_said, now_ms
from reelwright.store.states import ENDED
from reelwright.store.unit import Unit
from reelwright.units import usd


def adjust(unit: Unit, account: str, purchase: str, micros: int, because: str, by: str) -> None:
    """Add ``micros``, which may be negative, to what a purchase cost that is over.

    Also to one that was released: what was thought never to have arrived may be on the bill all the same. Raises
    ``BadInput`` where it is not over, where nothing would change, and where it would have cost less than nothing.
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
    unit.tell(account, row.project, row.job, "purchase.adjusted", {**told, **said, "step": row.step})
