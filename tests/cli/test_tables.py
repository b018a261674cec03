"""Tables: whole and plain in a pipe, fitted to a terminal, with ids and prices never cut."""

from __future__ import annotations

import pytest

from reelwright.cli.output.tables import format_table

COLUMNS = ("id", "price", "words")
ROWS = [
    ("project_0123456789abcdef", "$1.00", "a title of many words that goes on and on and on for more than a line"),
    ("project_fedcba9876543210", "≤ $12.50", "[bold]brackets[/bold] and :smile: stay; two\nlines are one"),
]


def test_in_a_pipe_every_row_is_one_whole_line_without_a_header() -> None:
    lines = format_table(COLUMNS, ROWS, None, right=("price",), wrap="words")
    assert lines == [
        "project_0123456789abcdef     $1.00  a title of many words that goes on and on and on for more than a line",
        "project_fedcba9876543210  ≤ $12.50  [bold]brackets[/bold] and :smile: stay; two lines are one",
    ]


@pytest.mark.parametrize("width", [20, 60, 80, 200])
@pytest.mark.parametrize("gives_way", ["wrap", "shorten"])
def test_on_a_terminal_ids_and_prices_stay_whole_at_every_width(width: int, gives_way: str) -> None:
    lines = format_table(COLUMNS, ROWS, width, right=("price",), **{gives_way: "words"})
    assert lines[0].split() == ["ID", "PRICE", "WORDS"]
    text = "\n".join(lines)
    assert all(name in text and price in text for name, price, _ in ROWS)
    assert "\x1b" not in text
    assert max(map(len, lines)) <= max(width, 60)
    if gives_way == "shorten":
        assert len(lines) == 1 + len(ROWS)
        assert ("…" in text) == (width < 200)


def test_no_rows_are_no_lines() -> None:
    assert format_table(COLUMNS, [], 80) == []
