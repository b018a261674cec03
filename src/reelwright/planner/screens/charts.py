"""A table of numbers as a chart: bars, a line or a ring, and its words by role. Numbers stay as they are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

import regex

from reelwright.documents.script import CHARTS, Chart
from reelwright.documents.tables import CELL_ENDS, Row
from reelwright.media.staging.dates import find_month_number
from reelwright.reel.film.markup import BREAK, escape_marks, parse_pieces, to_plain_text
from reelwright.reel.film.written_numbers import read_values, split_number

_LEAST_POINTS: Final = 3
_MOST_SHARES: Final = 6
_PERCENT: Final = ("%", "٪", "％", "percent", "per cent", "Prozent", "pour cent", "por ciento")
_MOMENT: Final = regex.compile(
    r"(?:(?P<month>[^\W\d]{3,}\.?)|(?P<number>\d{1,2})月|Q(?P<quarter>[1-4]))?\s*(?P<year>(?:1[5-9]|20|21)\d\d)?年?"
)
_WHOLE: Final = 100


def get_chart_words(rows: Sequence[Row], chart: Chart) -> dict[str, str]:
    """Return the words of a chart by role: its rows with their numbers strong, and the words of its head.

    ``rows``: the head first. ``chart``: as asked for. Raises ``ValueError``, with what is accepted, where the numbers
    cannot be drawn so.
    """
    head, *body = rows
    shown = f" {BREAK} ".join(f"{escape_marks(row.label)} **{escape_marks(row.number)}**" for row in body)
    names = {"kicker": escape_marks(head.label), "label": escape_marks(head.number)}
    return {**{key: text for key, text in names.items() if text}, "figures": shown, "chart": choose_chart(body, chart)}


def choose_chart(rows: Sequence[Row], chart: Chart) -> Chart:
    """Choose how ``rows`` are drawn: as a ring where they are shares of a whole, as a line where years or months follow
    one another, else as bars. Raises ``ValueError``, with what is accepted, where ``chart`` asks for what they are not.
    """
    is_whole = _is_whole(rows)
    if chart == "ring" and not is_whole:
        raise ValueError(f"chart: ring for one percentage, or for {_MOST_SHARES} shares at most that add up to 100 %")
    if len(rows) == 1 and not is_whole:
        raise ValueError("two rows or more, or one percentage")
    if chart == "line" and len(rows) < 2:
        raise ValueError("chart: line for two rows or more")
    if chart in CHARTS:
        return chart
    if is_whole:
        return "ring"
    return "line" if len(rows) >= _LEAST_POINTS and _is_in_order([row.label for row in rows]) else "bar"


def _is_whole(rows: Sequence[Row]) -> bool:
    """Return whether the numbers are percentages: a single one up to 100, or several that add up to it."""
    numbers, values = [split_number(row.number) for row in rows], read_values([row.number for row in rows])
    if not values or any(one is None or f"{one.before}{one.after}" not in _PERCENT for one in numbers):
        return False
    total: Fraction = sum(values, Fraction(0))
    return 0 < total <= _WHOLE if len(values) == 1 else total == _WHOLE and len(values) <= _MOST_SHARES


def _is_in_order(labels: Sequence[str]) -> bool:
    """Return whether ``labels`` are years, quarters or months, each later than the one before."""
    moments = [_read_moment(label) for label in labels]
    found = [one for one in moments if one is not None]
    if len(found) < len(labels) or len({(bool(year), bool(part)) for year, part in found}) > 1:
        return False
    follows = all(after > before for before, after in pairwise(found))
    turns = not found[0][0] and all(after[1] == before[1] % 12 + 1 for before, after in pairwise(found))
    return follows or turns


def _read_moment(label: str) -> tuple[int, int] | None:
    """Read a label as a year and a month or quarter, 0 for what it does not name; None where it is something else."""
    text = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in label.strip())
    found = _MOMENT.fullmatch(text)
    if not found or not text:
        return None
    month = find_month_number(found["month"]) if found["month"] else int(found["number"] or found["quarter"] or 0)
    return None if month is None else (int(found["year"] or 0), month)


def list_chart_rows(words: Mapping[str, str]) -> tuple[Row, ...]:
    """List the rows of a chart's words, the head first."""
    made = [Row(to_plain_text(words.get("kicker", "")), to_plain_text(words.get("label", "")))]
    for row in split_rows(words["figures"]):
        pieces = parse_pieces(row)
        number = next((piece.text for piece in reversed(pieces) if piece.style == "strong"), "")
        made.append(Row(to_plain_text(row).removesuffix(number).strip(), number.strip()))
    return tuple(made)


def split_rows(figures: str) -> list[str]:
    """Split figures as they stand in a plan, each with its styles."""
    return [row.strip() for row in CELL_ENDS.split(figures) if row.strip()]
