"""Bills above their quote: counted as billed when they are read, and ten times their quote or more only by a person.

What was billed above its quote counts at once in every cap that its purchase falls under. The next purchase under such
a cap, and for a day the next of the same model in the account, is expected to cost the same multiple of its own quote,
and is not sent where that does not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Label,
    Row,
    TextClause,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)

from reelwright.errors import DecisionNeeded, NeedsConsent, OverBudget
from reelwright.reason import Action, Reason
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import CAPS, OPEN_STATES
from reelwright.store.database.unit import Unit
from reelwright.store.limits import budgets
from reelwright.store.limits.payers import BATCH
from reelwright.store.limits.states import lock_purchase
from reelwright.store.policy import DISPUTE_FACTOR, HIGH_BILL_EXPECTED_AGAIN_MS
from reelwright.store.reservations.allowances import count_bill, get_held, lock_allowances
from reelwright.store.schema.rows import from_json
from reelwright.store.schema.schema import CHARGED, DOUBTED, allowance_budgets, jobs, purchases
from reelwright.store.schema.schema import budgets as budget_rows
from reelwright.store.schema.sql import NowMs

_SENT: Final = sorted(OPEN_STATES - {"intent"})

UNDECIDED: Final = ("open", "short")
"""Disputes that wait for a person: a bill far above its quote, and a bill for a take that fell short of its order."""


def build_settlement_columns(price: Price, *, is_short: bool = False) -> dict[str, Any]:
    """Build the columns of a settlement for an update of a purchase's row: the amount that counts, and the dispute.

    A bill of unknown certainty is no amount that can be read: it is disputed and counts as quoted. ``is_short``: less
    came than was ordered; the bill counts in full, and a person may dispute it.
    """
    noted = {"dispute": "short"} if is_short else {}
    if price.certainty == "unknown":
        return {"settled_micros": purchases.c.quoted_micros, "dispute": "open"}
    micros = price.micros or 0
    believed = price.certainty == "quoted"
    far_above = (purchases.c.resubmit != "free") & (literal(micros) >= purchases.c.quoted_micros * DISPUTE_FACTOR)
    if believed or micros == 0:
        return {"settled_micros": micros, **noted}
    return {
        "settled_micros": case((far_above, purchases.c.quoted_micros), else_=micros),
        "dispute": case((far_above, literal("open")), else_=literal("short") if is_short else null()),
    }


def record_bill(unit: Unit, purchase: str, price: Price) -> None:
    """Record a bill above its quote as soon as it is read, before what it paid for has landed.

    From now on it counts as billed in every cap; a disputed one as quoted. A second call with the same bill changes
    nothing. A purchase that has ended, or a bill that is not above its quote, stays as it is. Raises ``NotFound``.
    """
    row = lock_purchase(unit.conn, purchase)
    if row.state not in _SENT or row.resubmit == "free":
        return
    which = (purchases.c.account == row.account, purchases.c.id == row.id)
    micros = price.micros or 0
    if price.certainty == "unknown" or (micros and micros >= row.quoted_micros * DISPUTE_FACTOR):
        unit.conn.execute(update(purchases).where(*which, purchases.c.dispute.is_(None)).values(dispute="open"))
    elif micros > row.quoted_micros and micros != row.billed_micros:
        unit.conn.execute(update(purchases).where(*which).values(billed_micros=micros))
        count_bill(unit.conn, row.account, row.allowance, micros - get_held(row))


def has_doubts() -> Label[bool]:
    """Select whether a purchase in a query of ``purchases`` may not fit its caps, so that each must be looked at.

    So it is where a bill above its quote, or a disputed one, falls under the same job or cap, where a bill of the same
    model is disputed or was lately above its quote, and where a cap is used up already.
    """
    other, link, own = purchases.alias("doubted"), allowance_budgets.alias(), allowance_budgets.alias()
    same_cap = exists().where(
        own.c.allowance == purchases.c.allowance, link.c.budget == own.c.budget, link.c.allowance == other.c.allowance
    )
    same_cap = same_cap.correlate(purchases, other)
    of_account = (DOUBTED, other.c.account == purchases.c.account)
    doubted = exists().where(*of_account, or_(other.c.job == purchases.c.job, same_cap))
    same_model = (other.c.provider == purchases.c.provider, other.c.model == purchases.c.model)
    disputed = exists().where(*of_account, other.c.dispute == "open", *same_model)
    lately = exists().where(
        *of_account, other.c.billed_micros > other.c.quoted_micros, *same_model, _is_recent(other.c.posted_at)
    )
    full = exists().where(
        allowance_budgets.c.allowance == purchases.c.allowance, budget_rows.c.id == allowance_budgets.c.budget,
        budget_rows.c.removed_at.is_(None),
        budget_rows.c.reserved_micros + budget_rows.c.settled_micros > budget_rows.c.cap_micros,
    )  # fmt: skip
    is_priced = purchases.c.quoted_micros > 0
    return ((purchases.c.resubmit != "free") & or_(disputed, is_priced & or_(doubted, lately, full))).label(
        "has_doubts"
    )


def refuse_unaffordable(conn: Connection, row: Row[Any]) -> None:
    """Raise unless a purchase that is about to be sent fits what was agreed to for its job, and every budget.

    Counted are what is spent, and what is on its way and the purchase itself at their quotes times the largest multiple
    of a quote that their provider has billed under the same cap, or for the same model within a day: bills that were
    not read yet may be as high (2026-11: a key's takes, ordered at one moment after others were billed half as much
    again, passed its cap by half). ``row``: of the purchase, with the consent of its job. Raises ``DecisionNeeded``
    where a bill of the same job, batch or model is disputed, ``OverBudget`` and, where a person agreed to a quote,
    ``NeedsConsent``. Writes nothing. Locks the purchase and its allowance: of takes of one job that are sent at one
    moment, each counts those before it.
    """
    lock_purchase(conn, row.id)  # before its allowance, as where it is settled or released
    lock_allowances(conn, row.allowance)
    _refuse_disputed(conn, row)
    of_job = purchases.c.job == row.job
    highest = budgets.find_highest_bill(conn, of_job, purchases.c.provider == row.provider)
    needed = _sum_expected(conn, row.provider, highest, of_job, CHARGED) + _expect(row.quoted_micros, highest)
    if highest is not None and needed > (row.consent_micros or 0):
        bill = budgets.describe_bill(highest, highest.billed_micros, row.project)
        raise build_above_agreement(needed, row.consent_micros or 0, bill, row.consent_by)
    caps = (
        select(budget_rows)
        .join(allowance_budgets, allowance_budgets.c.budget == budget_rows.c.id)
        .where(allowance_budgets.c.allowance == row.allowance, budget_rows.c.removed_at.is_(None))
        .order_by(budget_rows.c.id)
        .with_for_update(of=budget_rows)
    )
    of_model = and_(
        purchases.c.account == row.account, purchases.c.model == row.model, _is_recent(purchases.c.posted_at)
    )
    for cap in conn.execute(caps).all():
        under = budgets.match_budget(cap.id)
        higher = budgets.find_highest_bill(conn, or_(under, of_model), purchases.c.provider == row.provider)
        sent = _sum_expected(conn, row.provider, higher, under, purchases.c.state.in_(_SENT))
        expected, used = _expect(row.quoted_micros, higher), cap.settled_micros + sent
        if used + expected > cap.cap_micros:
            named = budgets.describe_bill(higher, higher.billed_micros, row.project) if higher is not None else None
            raise budgets.build_over_budget(conn, cap, expected, used_micros=used, bill=named)


def _is_recent(posted_at: ColumnElement[Any]) -> ColumnElement[bool]:
    return posted_at > NowMs() - HIGH_BILL_EXPECTED_AGAIN_MS


def find_job_bill(conn: Connection, account: str, job: str) -> Reason | None:
    """Find the bill of a job that was the largest multiple of its quote, as a reason; None: none was above it."""
    of_job = (purchases.c.account == account, purchases.c.job == job)
    row = budgets.find_highest_bill(conn, *of_job)
    return budgets.describe_bill(row, row.billed_micros, row.project) if row is not None else None


def find_bill_ratios(conn: Connection, account: str, job: str) -> dict[str, Fraction]:
    """Find, by provider, the largest multiple of a quote that it has billed for a job; none: no bill was above it."""
    which = (purchases.c.account == account, purchases.c.job == job, DOUBTED, purchases.c.quoted_micros > 0)
    rows = conn.execute(
        select(purchases.c.provider, purchases.c.billed_micros, purchases.c.quoted_micros).where(*which)
    )
    found: dict[str, Fraction] = {}
    for row in rows:
        if row.billed_micros is not None and (ratio := Fraction(row.billed_micros, row.quoted_micros)) > found.get(
            row.provider, 1
        ):
            found[row.provider] = ratio
    return found


def build_above_agreement(
    needed_micros: int, agreed_micros: int, bill: Reason, by: str | None
) -> OverBudget | NeedsConsent:
    """Build the error that a job may cost more than was agreed to, because of the ``bill`` of one of its purchases.

    ``by``: how it was agreed to; see ``Consent``. Callers add the sum to agree to: all that is left to buy.
    """
    kind = OverBudget if by in CAPS else NeedsConsent
    return kind(
        code="above_agreement", needed_micros=needed_micros, agreed_micros=agreed_micros, bill=bill,
        actions=[Action("agree_to_price"), Action("change_order")],
    )  # fmt: skip


def _expect(quoted: int, highest: Row[*tuple[Any, ...]] | None) -> int:
    """Return what a purchase may cost that was quoted at ``quoted``, judged by the highest bill before it."""
    return quoted if highest is None else -(-quoted * highest.billed_micros // highest.quoted_micros)


def _sum_expected(
    conn: Connection, provider: str, highest: Row[*tuple[Any, ...]] | None, *which: ColumnElement[bool] | TextClause
) -> int:
    """Sum what purchases cost: their bill or price where one was read, else what is expected of them.

    Multiplied here: the product of two prices above some $1,000 does not fit an integer of a database.
    """
    known = func.coalesce(purchases.c.billed_micros, purchases.c.settled_micros)
    alike = (purchases.c.provider, purchases.c.quoted_micros, known)
    query = select(*alike, func.count()).where(*which).group_by(*alike)
    total = 0
    for name, quoted, micros, count in conn.execute(query):
        expected = _expect(quoted, highest if name == provider else None)
        total += count * (expected if micros is None else micros)
    return total


def _refuse_disputed(conn: Connection, row: Row[Any]) -> None:
    """Raise ``DecisionNeeded`` if a bill of the same job or batch, or of the account at the same model, is disputed.

    Programs order each video as a job of its own: no cap counts such a bill until a person decides.
    """
    batch = select(budget_rows.c.id).join(allowance_budgets, allowance_budgets.c.budget == budget_rows.c.id)
    mine = (allowance_budgets.c.allowance == row.allowance, budget_rows.c.subject.startswith(BATCH, autoescape=True))
    found = conn.execute(batch.where(*mine, budget_rows.c.scope == "key").limit(1)).scalar()
    of_model = (purchases.c.provider == row.provider) & (purchases.c.model == row.model)
    which = or_(purchases.c.job == row.job, of_model)
    which = which if found is None else or_(which, budgets.match_budget(found))
    disputed = conn.execute(_DISPUTED.where(purchases.c.account == row.account, which).limit(1)).first()
    if disputed is not None:
        raise DecisionNeeded(
            code="bill_is_disputed", step=row.step, bill=_describe_disputed(disputed, row.project),
            actions=[Action("decide_bill", {"purchase": disputed.id})],
        )  # fmt: skip


class DisputedBill(NamedTuple):
    """A disputed bill that nobody has decided about: ``account`` buys nothing more at ``model`` until then."""

    account: str
    model: str
    purchase: str
    bill: Reason

    def build_error(self) -> OverBudget:
        """Build the error of an order that is refused because of this bill."""
        actions = [Action("decide_bill", {"purchase": self.purchase})]
        return OverBudget(code="bill_is_disputed", bill=self.bill, actions=actions)


def list_disputed_bills(conn: Connection, account: str) -> Sequence[DisputedBill]:
    """List the disputed bills of an account that nobody has decided about, the oldest first."""
    found = conn.execute(_DISPUTED.where(purchases.c.account == account)).all()
    rows = sorted(found, key=lambda row: row.id)  # not by the database, which would read all purchases
    return [DisputedBill(row.account, row.model, row.id, _describe_disputed(row)) for row in rows]


def _describe_disputed(row: Row[*tuple[Any, ...]], project: str | None = None) -> Reason:
    bill = from_json(Price, row.settlement, "settlement") if row.settlement else None
    return budgets.describe_bill(row, bill.micros if bill and bill.certainty != "unknown" else None, project)


_DISPUTED: Final = (
    select(
        purchases.c.id, purchases.c.account, purchases.c.model, purchases.c.step, purchases.c.project,
        purchases.c.quoted_micros, purchases.c.settlement, jobs.c.options,
    )
    .join(jobs, jobs.c.id == purchases.c.job)
    .where(DOUBTED, purchases.c.dispute == "open")
)  # fmt: skip
