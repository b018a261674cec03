"""Bills far above their quote: kept as reported, and counted as quoted until a person decides."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import case, literal, null

from reelwright.reel.money import Price
from reelwright.store.schema import purchases

DISPUTE_FACTOR: Final = 10
"""A bill of at least this many times its quote is disputed, and any bill where the quote was 0. Usual errors of a price
list (a tier, the sound, a second more) stay below 4; cents taken for dollars are 100, millis 1,000.
"""

UNDECIDED: Final = ("open", "short")
"""Disputes that wait for a person: a bill far above its quote, and a bill for a take that fell short of its order."""


def build_settlement_columns(price: Price, *, is_short: bool = False) -> dict[str, Any]:
    """Build the columns of a settlement for an update of a purchase's row: the amount that counts, and the dispute.

    A bill of unknown certainty is no amount that can be read: it is disputed and counts as quoted. ``is_short``: less
    came than was ordered; the bill counts in full, and a person may dispute it.
    """
    noted = {"dispute": "short"} if is_short else {}
    if price.certainty == "unknown":
        return {"settled": purchases.c.quoted, "dispute": "open"}
    micros = price.micros or 0
    believed = price.certainty == "quoted"
    far_above = (purchases.c.resubmit != "free") & (literal(micros) >= purchases.c.quoted * DISPUTE_FACTOR)
    if believed or micros == 0:
        return {"settled": micros, **noted}
    return {
        "settled": case((far_above, purchases.c.quoted), else_=micros),
        "dispute": case((far_above, literal("open")), else_=literal("short") if is_short else null()),
    }
