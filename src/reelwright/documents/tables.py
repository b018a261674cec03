"""A table of two columns in a script: its rows as words, and what of it cannot be drawn as a chart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from reelwright.documents.script import CELL, Refuser, Screen
from reelwright.reel.film.written_numbers import read_values

_RULE: Final = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
CELL_ENDS: Final = re.compile(r"(?<!\\)\|")
"""Matches the sign between two cells, not one that is escaped."""
MAX_ROWS: Final = 12
"""Most rows of a chart under its head."""
ACCEPTED: Final = (
    "two columns, words and numbers of one unit, with <!-- chart --> under the table; or a paragraph for each row; "
    "the sign itself is written \\|"
)


class Row(NamedTuple):
    """A row of a table: what its number is of, and the number. Of the head, either may be empty."""

    label: str
    number: str


def find_table_rule(content: str) -> int | None:
    """Return which line of a paragraph, from 0, is the rule under the head of a table; None if there is none."""
    for number, line in enumerate(content.split("\n")):
        if number and "|" in line and _RULE.fullmatch(line.strip()):
            return number
    return None


def read_rows(content: str, line: int, read: Callable[[str, int], str], refuse: Refuser) -> tuple[Row, ...]:
    """Read the rows of a table that fills a paragraph, the head first. ``read``: the words of a cell.

    Raises ``BadInput`` naming the line: for other columns than two, and for what is no column of numbers.
    """
    rows: list[Row] = []
    for number, text in enumerate(content.split("\n")):
        if number == 1:
            continue
        cells = [cell.strip() for cell in CELL_ENDS.split(text.strip().removeprefix("|"))]
        if cells and not cells[-1]:
            cells.pop()
        if len(cells) < 2 and not number:
            cells += [""] * (2 - len(cells))
        if len(cells) != 2:
            refuse(line + number, text.strip(), ACCEPTED)
        rows.append(Row(*(read(cell, line + number) if cell else "" for cell in cells)))
        if number and not (rows[-1].label and rows[-1].number):
            refuse(line + number, text.strip(), "words and a number in every row of a chart")
    if not 1 <= len(rows) - 1 <= MAX_ROWS:
        refuse(line, f"{len(rows) - 1} rows", f"a chart of 1 to {MAX_ROWS} rows under its head")
    if read_values([row.number for row in rows[1:]]) is None:
        stands = ", ".join(row.number for row in rows[1:])
        refuse(line, stands, "numbers of one unit in the second column of a chart, none below 0")
    return tuple(rows)


def join_rows(rows: Sequence[Row]) -> str:
    """Join the rows of a chart to the text of its screen: a line for each."""
    return "\n".join(f"{row.label}{CELL}{row.number}" for row in rows)


def list_rows(screen: Screen) -> tuple[Row, ...]:
    """List the rows of a screen that is a chart, the head first."""
    return tuple(Row(*line.split(CELL)) for line in screen.text.split("\n"))
