"""What a person says became of a purchase of which nobody knows: it arrived, it never did, or it is written off."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from reelwright.errors import BadInput
from reelwright.reel.document import to_json
from reelwright.reel.ledger import Decision
from reelwright.reel.money import Price
from reelwright.reel.noun import ShotId, StepKey
from reelwright.reel.operation import Lease, Operation
from reelwright.reel.outcome import Outcome
from reelwright.store import assets, landings
from reelwright.store.adjusting import decide_bill
from reelwright.store.bought import named_by_others, one_finds
from reelwright.store.purchases import settle, shift
from reelwright.store.rows import from_json
from reelwright.store.schema import RUNNABLE, jobs
from reelwright.store.states import move, of_account
from reelwright.store.unit import Unit


def decide(
    unit: Unit, account: str, purchase: str, verdict: Decision, by: str, operation: Operation | None,
    outcome: Outcome | None,
) -> None:  # fmt: skip
    """Out of ``unknown``, once, or out of a dispute about a bill; or out of ``submitted``, where nobody asks its
    provider any more. Raises ``NotFound``, and ``BadInput`` where nothing is to be decided.
    """
    one_finds(unit)
    row = of_account(unit, account, purchase)
    if verdict in ("as_billed", "as_quoted"):
        decide_bill(unit, row, verdict, by)
        return
    if row.state == "submitted" and not _is_waited_for(unit, row):
        shift(unit, row.id, ("submitted",), "unknown", f"its provider did not bring it; {by} decides", None)
        row = of_account(unit, account, purchase)
    if row.state != "unknown":
        raise BadInput(
            "purchase", row.state,
            "one that was sent and not answered (unknown), or one at work for which no job runs or waits its turn",
            step=row.step,
        )  # fmt: skip
    if verdict == "never":
        shift(unit, row.id, ("unknown",), "released", f"it never arrived there, says {by}", None)
    elif verdict == "written_off":
        settle(unit, row.id, as_quoted(row, f"written off by {by}"), "settled", f"written off by {by}")
    elif operation:
        if others := named_by_others(unit.conn, row, operation):
            raise BadInput("operation", operation.id, f"one that is not {others[0].id}'s already", step=row.step)
        move(unit, row, ("unknown",), "submitted", f"it arrived, says {by}", operation=to_json(operation))
    elif outcome:
        _land(unit, row, outcome, by)
    else:
        raise BadInput("operation", None, "the operation's id at the provider, or the file that it brought")


def _is_waited_for(unit: Unit, row: Row[Any]) -> bool:
    """Whether a job of its project runs, or will: that one follows the operation."""
    running = select(jobs.c.id).where(jobs.c.account == row.account, jobs.c.project == row.project, RUNNABLE)
    return unit.conn.execute(running.limit(1)).first() is not None


def as_quoted(row: Row[Any], basis: str) -> Price:
    """What was reserved for it: nobody knows better."""
    quote = from_json(Price, row.quote, "quote")
    return Price(micros=row.quoted, basis=basis, catalogue=quote.catalogue, certainty="quoted")


def _land(unit: Unit, row: Row[Any], outcome: Outcome, by: str) -> None:
    """The file that a person has is what was bought."""
    said = f"it arrived, says {by}, who has its file"
    move(unit, row, ("unknown",), "succeeded", said)
    nobody = Lease(project=row.project, account=row.account, director="", token=0)
    kind, _, shot = row.step.partition("/")
    if kind == "take":
        landings.keep_takes(unit, nobody, ShotId(shot), row.id, outcome)
    landed = [landings.Landed(nobody, StepKey(row.step), outcome)]
    landings.record(unit, landed)
    assets.landed(unit.conn, landings.files_of(landed))
    settle(unit, row.id, as_quoted(row, "as quoted"), "settled", said)
