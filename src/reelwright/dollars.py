"""Micro-dollars as dollars in text."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

MICROS_PER_DOLLAR: Final = 1_000_000


def format_usd(micros: int) -> str:
    """Format micro-dollars as text in dollars: at least two decimals, never rounded (``0.0375``)."""
    dollars = Decimal(micros) / MICROS_PER_DOLLAR
    text = f"{dollars:.6f}".rstrip("0")
    point = text.index(".")
    return text + "0" * max(0, point + 3 - len(text))
