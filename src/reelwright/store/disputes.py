"""Bills far above their quote: kept as reported, and counted as quoted until a person decides."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import case, literal, null

from reelwright.reel.money import Price
from reelwright.store.schema import purchases

FACTOR: Final = 10
"""A bill of so many times its quote is disputed, and any bill where the quote was nothing. What a price list gets
wrong in practice (a tier, the sound, a second more) stays below 4; cents taken for dollars are 100, millis 1,000.
"""


def as_billed_or_disputed(price: Price) -> dict[str, Any]:
    """The columns of a settlement, for an update of a purchase's row: what counts, and whether that is disputed."""
    micros = price.micros or 0
    believed = price.certainty == "quoted"
    far_above = (purchases.c.resubmit != "free") & (literal(micros) >= purchases.c.quoted * FACTOR)
    if believed or micros == 0:
        return {"settled": micros}
    return {
        "settled": case((far_above, purchases.c.quoted), else_=micros),
        "dispute": case((far_above, literal("open")), else_=null()),
    }
