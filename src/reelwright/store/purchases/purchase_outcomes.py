"""Success and failure of a purchase, in one transaction with the outcome and the takes that it brought."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from reelwright.errors import LeaseLost
from reelwright.reason import Reason
from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Lease, Operation
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence
from reelwright.store.projects import step_outcomes
from reelwright.store.purchases import purchases
from reelwright.store.vault import assets


def record_success(
    unit: Unit, lease: Lease, purchase: str, step: StepKey, outcome: Outcome, shot: ShotId | None,
    operation: Operation | None = None,
) -> None:  # fmt: skip
    """Move a purchase from posting or submitted to succeeded and insert its outcome and takes.

    A second call changes nothing. Not fenced where the answer was the result itself: it was paid for and cannot be
    fetched again. ``operation``: how the provider's list names such an answer.
    """
    if purchases.succeed_submitted(unit, lease, purchase):
        fence(unit.conn, lease)
        is_first = True
    else:
        row = _lock_and_fence_if_repeatable(unit, lease, purchase)
        if purchases.note_late_answer(unit, row, operation):
            return
        is_first = purchases.succeed(unit, row, operation)
    insert_outcome(unit, lease, purchase, step, outcome, shot if is_first else None)


def record_failure(
    unit: Unit, lease: Lease, purchase: str, price: Price, reason: Reason, outcome: Outcome | None = None,
    tries: int = 1,
) -> bool:  # fmt: skip
    """Settle a purchase that failed if it was billed, else release it; True: its order may be bought again.

    ``outcome``, which has no assets but a reason, is recorded with it once ``tries`` purchases of its order have
    failed. Fenced unless the answer was the result itself.
    """
    row = _lock_and_fence_if_repeatable(unit, lease, purchase)
    if purchases.fail(unit, row, price, reason) < tries:
        return True
    if outcome is not None:
        insert_outcome(unit, lease, purchase, StepKey(row.step), outcome, None)
    return False


def insert_outcome(
    unit: Unit, lease: Lease, purchase: str, step: StepKey, outcome: Outcome, shot: ShotId | None
) -> None:
    """Insert what a purchase brought: its outcome, unless the project has one, and the takes of ``shot``."""
    if shot is not None:
        step_outcomes.insert_takes(unit, lease, shot, purchase, outcome)
    arrived = [step_outcomes.LeasedOutcome(lease, step, outcome)]
    step_outcomes.insert_outcomes(unit, arrived)
    assets.mark_present(unit.conn, step_outcomes.list_files(arrived))


def _lock_and_fence_if_repeatable(unit: Unit, lease: Lease, purchase: str) -> Row[Any]:
    """Lock a purchase, and fence only where it has an operation, which the project's new director can ask again.

    Raises ``LeaseLost`` also where another project took the purchase's operation over, and lands it.

    An answer that was the result itself cannot be asked for again, so that it is recorded without a valid lease.
    """
    row = purchases.lock_purchase_for_lease(unit.conn, lease, purchase)
    if purchases.was_taken_over(row):
        raise LeaseLost(code="lease_was_lost", director=lease.director, project=lease.project)
    if row.operation is not None:
        fence(unit.conn, lease)
    return row
