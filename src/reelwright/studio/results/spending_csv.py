"""Purchases as comma-separated values, for the command line and the pages: a header, and a row for each purchase."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, Final

from reelwright.studio.results.spending_report import PurchaseRow
from reelwright.units import format_usd

_COLUMNS: Final = (
    "purchase", "project", "job", "step", "shot", "try", "state", "provider", "model", "quoted_usd", "usd",
    "held_usd", "price_source", "basis", "wait_reason", "is_written_off", "corrected_usd", "sends", "operation",
    "message", "intended_at", "posted_at", "ended_at", "notices", "billed_usd", "dispute", "title",
)  # fmt: skip
_BEGINS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute. It gets an apostrophe before it."""


def format_spending_csv(rows: Iterable[PurchaseRow], titles: Mapping[str, str], line_end: str = "\n") -> str:
    """Return purchases as CSV text in which no spreadsheet takes a cell for a formula. ``titles``: by id of project."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(_COLUMNS)
    for one in rows:
        corrected = format_usd(sum(change.micros for change in one.corrections))
        more = {"corrected_usd": corrected, "notices": "; ".join(one.notices), "title": titles.get(one.project, "")}
        plain = one.to_json() | more
        writer.writerow([_escape_cell(plain[name]) for name in _COLUMNS])
    return out.getvalue()


def _escape_cell(value: Any) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    is_amount = text.startswith("-") and text[1:].replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) and not is_amount else text
