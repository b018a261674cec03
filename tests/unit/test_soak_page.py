"""The page of the crash matrix tells what was run, what is missing, and what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime

from crash.soak import page

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = {
    "commit": "abc", "point": "C04", "visit": 2, "database": "sqlite", "kind": "none", "seed": 1, "lives": 3,
    "decided": ["arrived"], "submissions": 3, "billed": 900, "settled": 900, "twice": 0, "lost": 0, "differs": 0,
    "open": 0, "faults": [],
}  # fmt: skip


def test_missing_runs_are_said_and_a_good_row_is_counted():
    told = page([GOOD, {**GOOD, "point": "fsync", "database": "postgresql", "kind": "key"}], 1, NOW)
    assert "labels: 1 of 108 runs; **107 missing**" in told and "calls (strace): 1 runs" in told
    assert "| C04 | 0 | 0 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |" in told
    assert "| fsync | 0 | 0 | 0 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |" in told
    assert "every ledger was its bill" in told


def test_a_fault_is_told_with_all_that_repeats_it():
    told = page([{**GOOD, "twice": 1, "faults": ["'a' was bought 2 times"]}], 1, NOW)
    assert "C04:2 sqlite none seed 1: [\"'a' was bought 2 times\"]" in told and "every ledger" not in told


def test_with_no_rows_everything_is_missing():
    assert "**2160 missing**" in page([], 20, NOW)
