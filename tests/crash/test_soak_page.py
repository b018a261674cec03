"""The page that `make soak` writes says what was run, what it came to, what was not run; its lives are real ones."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from crash import sweep
from crash.forked import Forks
from crash.kinds import environment
from crash.lives import Lives
from crash.matrix import whole
from crash.rows import Row, Rows
from crash.soak import ALL, Pool, planned, written

SAID = {"when": "2026-11-20 12:00 UTC", "where": "here", "sweep": "1 of 2 planned"}


def test_every_planned_run_is_there_once_and_a_part_of_a_seed_is_dealt_out_evenly():
    assert len(planned(ALL)) == len(set(planned(ALL))) == ALL == 2160
    assert {run.seed for run in planned(ALL)} == set(range(1, 21))
    assert len({run.point for run in planned(18)}) == 18


def test_runs_are_counted_and_the_missing_ones_are_named():
    rows = [Row(str(run), 1.0, submissions=2) for run in whole(1)[:107]]
    page = written(rows, [], [], SAID)
    assert "| runs of the matrix | **107 of 2160** |" in page
    assert "| what did not hold | 0 |" in page and "## What did not hold" not in page
    missing = page.partition("## Not run")[2]
    assert "2053 of 2160" in missing and "All of the seeds 2, 3" in missing
    assert "Of seed 1: C20-postgres-none-1." in missing
    assert "C04-sqlite-list-1" not in missing


def test_with_everything_run_nothing_is_missing():
    page = written([Row(str(run), 1.0) for run in planned(ALL)], [], [], SAID)
    assert page.endswith("## Not run\n\nNothing.\n")


def test_what_did_not_hold_stands_on_top_with_its_counts():
    rows = [Row("C04-sqlite-none-3", 0, "bought | twice", submissions=3, double_buys=1, losses=2, difference=-5)]
    page = written(rows, [], [], SAID)
    assert "| `C04-sqlite-none-3` | bought / twice |" in page
    assert "| 3 | C04 | 1 | 3 | 0 | 1 | 2 | -5 |" in page
    assert "| double buys | 1 |" in page and "| silent losses | 2 |" in page
    assert re.search(r"\| C04 \| 0 \| 0 \| 0 of 1 \|", page)


def test_kills_at_system_calls_that_were_not_made_are_seen():
    cuts = [sweep.Cut("fsync", number, "sqlite", "none") for number in (1, 2)]
    assert [sweep.read(str(cut)) for cut in cuts] == cuts
    page = written([], [Row("fsync:1-sqlite-none", 1.0)], cuts, SAID)
    assert "| fsync | sqlite | none | 2 | 1 | 1 | 1 |" in page


def test_what_did_not_hold_in_sums_is_never_cancelled_by_another_row():
    rows = [Row("C04-sqlite-none-3", 0, "less", difference=5), Row("C05-sqlite-none-3", 0, "more", difference=-5)]
    assert "| ledger against bills, micro-dollars apart | 10 |" in written(rows, [], [], SAID)


def test_lines_of_strace_are_read_however_long_their_process_ids_are():
    for line in ("6526  fdatasync(7)                      = 0", "16526 fdatasync(7) = 0", "1126526 fdatasync(7) = 0"):
        found = sweep._LINE.match(line)
        assert found and sweep.named(found["call"]) == ["fdatasync"]
    assert [sweep.named(call) for call in ("fsync", "renameat2", "sendto", "sendmsg")] == [
        ["fsync"], ["rename"], ["send"], ["send"],
    ]  # fmt: skip
    assert sweep.named("sendfile") == sweep.named("fsyncrange") == []


def test_a_life_that_is_forked_dies_and_goes_on_like_a_program_of_its_own(tmp_path: Path) -> None:
    forks = Forks(tmp_path, environment())
    lives = Lives(tmp_path, f"sqlite:///{tmp_path / 'journal.db'}", forks=forks)
    try:
        assert lives.live(REELWRIGHT_CRASH_AT="C06:1") is None
        assert lives.started[0].returncode == -signal.SIGKILL
        end, words = lives.to_rest()
        assert (end["state"], words, len(lives.started)) == ("done", 0, 2)
        assert not lives.checked().faults
    finally:
        lives.end()
        forks.end()


def test_a_soak_goes_on_where_one_of_the_same_code_was_stopped(tmp_path: Path) -> None:
    begun: list[str] = []

    def play(thing: str) -> Row:
        begun.append(thing)
        return Row(thing, 1.0, fault="it burns" if thing == "b" else "")

    things = ["a", "b", "c"]
    first = Rows(tmp_path / "rows.jsonl", code="as committed")
    assert len(Pool(1, float("inf"), first).rows(things[:2], play)) == 2
    again = Rows(tmp_path / "rows.jsonl", code="as committed")
    rows = Pool(1, float("inf"), again).rows(things, play)
    assert begun == ["a", "b", "c"] and [row.fault for row in rows] == ["", "it burns", ""]
    other = Rows(tmp_path / "rows.jsonl", code="one byte more")
    assert not other.had and len(Pool(1, 0.0, other).rows(things, play)) == 0
