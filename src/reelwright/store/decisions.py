"""Decisions of a person about an unknown purchase: it arrived, it never did, or it is written off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, exists, or_, select, update

from reelwright.errors import BadInput
from reelwright.messages import format_reason
from reelwright.reason import Reason, build_reason
from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.graph.outcome import MissingSample, Outcome
from reelwright.reel.records.ledger import Decision, LedgerEntry
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Lease, Operation
from reelwright.store.database.unit import Unit
from reelwright.store.jobs.jobs import follow_to_end
from reelwright.store.limits.states import ENDED, lock_account_purchase, move, record_history, reopen
from reelwright.store.purchases.adjustment import decide_bill
from reelwright.store.purchases.entries import read_entry
from reelwright.store.purchases.operations import (
    build_operation_columns,
    find_other_purchases,
    lock_operations,
    parse_operation_id,
)
from reelwright.store.purchases.purchase_outcomes import insert_outcome
from reelwright.store.purchases.purchases import move_without_price, settle
from reelwright.store.purchases.waiting_jobs import record_decision_for_jobs
from reelwright.store.reservations import shares
from reelwright.store.reservations.allowances import get_held, release_reservation
from reelwright.store.schema.rows import from_json
from reelwright.store.schema.schema import RUNNABLE, adjustments, jobs, purchase_history, purchases
from reelwright.units import Micros

_DECIDED: Final = ("never_arrived_decided", "written_off")
"""Codes of the reasons with which a person ended a purchase."""
_NAMED: Final = ("arrived_decided", "arrived_unasked")
"""Codes of the reasons with which a person named the operation of a purchase."""


def decide(
    unit: Unit, account: str, purchase: str, verdict: Decision, by: str, operation: Operation | None = None,
    outcome: Outcome | None = None, fault: Reason | None = None,
) -> LedgerEntry:  # fmt: skip
    """Carry out what a person decides about a purchase without an answer (``unknown``), or about its disputed bill.

    A purchase in ``submitted`` can be decided too, if no job of its project runs or waits to run; and so can one that a
    person decided otherwise before, as long as it brought nothing and was not bought again; and that one which was
    paid for and brought nothing arrived after all. ``operation`` or
    ``outcome``: what arrived. ``fault``: why the provider could not be asked about the operation. Raises
    ``NotFound``, ``OverBudget``, and ``BadInput`` where nothing is to be decided.
    """
    lock_operations(unit)
    shares.lock(unit.conn, account)  # no other project of the account buys the order again meanwhile
    row = lock_account_purchase(unit, account, purchase)
    if verdict in ("as_billed", "as_quoted"):
        decide_bill(unit, row, verdict, by)
    else:
        _decide_unknown(unit, row, verdict, by, operation, outcome, fault)
        record_decision_for_jobs(unit, account, purchase)
    return read_entry(unit.conn, account, purchase)


def _decide_unknown(
    unit: Unit, row: Row[Any], verdict: Decision, by: str, operation: Operation | None, outcome: Outcome | None,
    fault: Reason | None,
) -> None:  # fmt: skip
    if verdict == "arrived" and operation and (others := find_other_purchases(unit.conn, row, operation)):
        raise BadInput("operation", operation.id, f"one that is not {others[0].id}'s already", step=row.step)
    disputed = from_json(Price, row.settlement, "settlement") if row.dispute == "open" and row.settlement else None
    if _may_be_reopened(row, verdict) and not _is_waited_for(unit, row):
        row = _take_back_decision(unit, row, by)
    if row.state == "submitted" and not _is_waited_for(unit, row):
        move_without_price(unit, row.id, ("submitted",), "unknown", build_reason("given_to_decision", by=by))
        row = lock_account_purchase(unit, row.account, row.id)
    if row.state != "unknown":
        raise BadInput(
            "purchase", row.state,
            "one that was sent and not answered (unknown), or one at work or decided for which no job runs or waits "
            "its turn",
            step=row.step,
        )  # fmt: skip
    if verdict != "arrived" and _was_operation_named(unit, row):
        given_up = update(purchases).where(purchases.c.account == row.account, purchases.c.id == row.id)
        unit.conn.execute(given_up.values(operation=None, operation_id=None))
        row = lock_account_purchase(unit, row.account, row.id)
    if verdict == "never":
        move_without_price(unit, row.id, ("unknown",), "released", build_reason("never_arrived_decided", by=by))
        if row.operation and (named := parse_operation_id(row.operation)):
            note = build_reason("never_with_operation", provider=row.provider, operation=named)
            record_history(unit, row, "released", "released", note)
    elif verdict == "written_off":
        settle(unit, row.id, _choose_price(row, f"written off by {by}"), "settled", build_reason("written_off", by=by))
    elif operation:
        arrived = build_reason("arrived_decided", by=by)
        reason = build_reason("arrived_unasked", by=by, cause=fault) if fault else arrived
        columns = build_operation_columns(operation)
        if fault:  # a name that nobody could ask about keeps no provider's answer from being believed
            columns["operation_id"] = None
        move(unit, row, ("unknown",), "submitted", reason, **columns)
        follow_to_end(unit, row.account, row.job)
    elif outcome:
        _land(unit, row, outcome, by, disputed)
    else:
        raise BadInput("operation", None, "the operation's id at the provider, or the file that it brought")


def _was_operation_named(unit: Unit, row: Row[Any]) -> bool:
    """Whether only a person said that the operation of a purchase is its own: a slip would keep it from its owner."""
    if row.operation is None:
        return False
    query = select(purchase_history.c.reason).where(purchase_history.c.purchase == row.id)
    recorded = unit.conn.execute(query.where(purchase_history.c.operation == row.operation)).scalars()
    reasons = [Reason.from_text(one) for one in recorded]
    return bool(reasons) and all(reason is not None and reason.code in _NAMED for reason in reasons)


def _may_be_reopened(row: Row[Any], verdict: Decision) -> bool:
    """Whether a purchase brought nothing and may still: a person ended it, or it was paid for."""
    if row.state not in ENDED or row.succeeded_at is not None:
        return False
    reason = Reason.from_text(row.reason)
    return (reason is not None and reason.code in _DECIDED) or (verdict == "arrived" and row.state == "settled")


def _take_back_decision(unit: Unit, row: Row[Any], by: str) -> Row[Any]:
    """Move a purchase that a person ended back to ``unknown``, and hold its price again; return its row.

    Tries of its order that bought nothing come before it from now on. Raises ``BadInput`` if a later one was sent or
    its price was corrected, and ``OverBudget``.
    """
    same = (purchases.c.scope == row.scope, purchases.c.order_fingerprint == row.order_fingerprint)
    later = select(purchases).where(
        *same, purchases.c.order_number == row.order_number, purchases.c.attempt > row.attempt
    )
    tries = unit.conn.execute(later.with_for_update()).all()
    if any(one.state != "released" or one.succeeded_at is not None for one in tries):
        raise BadInput("purchase", row.state, "one that was not bought again since", step=row.step)
    if unit.conn.execute(select(exists().where(adjustments.c.purchase == row.id))).scalar():
        raise BadInput("purchase", row.state, "one whose price was not corrected since", step=row.step)
    number = max((one.attempt for one in tries), default=None)
    moved = {} if number is None else {"attempt": number + 1}
    reopen(unit, row, build_reason("decision_changed", by=by), **moved)
    release_reservation(unit.conn, row.account, row.allowance, -get_held(row), -(row.settled_micros or 0))
    return lock_account_purchase(unit, row.account, row.id)


def _is_waited_for(unit: Unit, row: Row[Any]) -> bool:
    """Whether a job of its project runs or is queued: it then waits for the operation.

    One that is queued only to follow what was decided before has not begun to.
    """
    is_under_way = or_(jobs.c.state == "running", jobs.c.cancel_requested.is_(False))
    running = select(jobs.c.id).where(
        jobs.c.account == row.account, jobs.c.project == row.project, RUNNABLE, is_under_way
    )
    return unit.conn.execute(running.limit(1)).first() is not None


def _choose_price(row: Row[Any], basis: str) -> Price:
    """Return the final price of a purchase: its bill where one above its quote was read, else its quote."""
    quote = from_json(Price, row.quote, "quote")
    if row.billed_micros is not None:
        return replace(quote, micros=Micros(row.billed_micros), basis="as billed", certainty="reported")
    return Price(micros=row.quoted_micros, basis=basis, catalogue=quote.catalogue, certainty="quoted")


def _land(unit: Unit, row: Row[Any], outcome: Outcome, by: str, disputed: Price | None) -> None:
    """Record the file that a person has as the outcome of the purchase, and settle it as quoted.

    ``disputed``: the bill of which nobody has decided yet what is owed; it counts as quoted, and stays disputed. What
    was paid for besides the file is noted as missing: it is not bought again.
    """
    reason = build_reason("file_given", by=by)
    is_short = bool(outcome.facts.get("shortfalls"))
    missing = tuple(
        MissingSample(sample=number, reason="lost", message=format_reason(Reason("no_file_given")))
        for number in range(len(outcome.assets), row.samples)
    )
    outcome = replace(outcome, missing=missing)
    move(unit, row, ("unknown",), "succeeded", reason)
    nobody = Lease(project=row.project, account=row.account, director="", token=0)
    kind, _, shot = row.step.partition("/")
    insert_outcome(unit, nobody, row.id, StepKey(row.step), outcome, ShotId(shot) if kind == "take" else None)
    settle(unit, row.id, disputed or _choose_price(row, "as quoted"), "settled", reason, is_short=is_short)
