"""What a bought take costs the journal: commits and statements, counted at the database's own door."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

import hurry
from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from reelwright.engine.purchases.operations import Pace
from reelwright.reel.records.ledger import Limit
from reelwright.units import Micros

HANDS = 1

Rigging = Callable[..., Rig]
COMMITS = 7
WRITES = {"nothing": 23.25, "budgets and limits": 25.25}
READS = {"nothing": 18, "budgets and limits": 23}
"""Of a bought take of a film of ten, on the dearer database. Reads are counted beside other work: takes that do not
land together are looked at one by one. `make bench-journal` measures a film of twenty on a quiet machine."""


@contextlib.contextmanager
def counted() -> Iterator[Counter[str]]:
    """Statements by their first words, of every connection."""
    seen: Counter[str] = Counter()

    def count(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        words = statement.split()
        if words[0] not in ("BEGIN", "SAVEPOINT", "RELEASE"):  # the lane's own, for many writes together
            seen[" ".join(words[:3])] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@pytest.mark.parametrize("more", WRITES)
async def test_a_bought_take_costs_few_commits_and_statements(rigged, db, tmp_path, more, monkeypatch):
    """Of two films that differ by eight takes, the difference; each take is bought, polled and landed.

    The least of six measurements: leases and looks that fall due while a loaded machine waits only add.
    """

    hurry.set_constants(hurry.usual, monkeypatch.setattr)

    async def of_a_film(letter: str, shots: int) -> tuple[int, Counter[str]]:
        paper = Paper(tmp_path / f"paper-{letter}", polls=1)
        rig = rigged(paid=paper, lease_s=3600, pace=Pace(least_s=0.2, most_s=0.2))
        if more == "budgets and limits":
            await rig.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(100_000_000), "month")
            await rig.ledger.set_limit(ACCOUNT, Limit(scope="provider", subject="paper", open_at_once=50))
        text = " ".join(f"{letter}{n}" for n in range(shots))
        project = await rig.order(text, goal="takes", models=("paper/1",), usd=50)
        before = db.commits
        with counted() as statements:
            await rig.drive(project)
        assert len(paper.submissions) == shots and (await rig.job(project)).state == "done"
        return db.commits - before, statements

    measured = []
    for small, large in ("ab", "cd", "ef", "gh", "ij", "kl"):
        commits, few = await of_a_film(small, 2)
        more_commits, many = await of_a_film(large, 10)
        many.subtract(few)
        print("\n".join(f"{n / 8:5.1f} {w}" for w, n in many.most_common(40)))
        writes = sum(n for words, n in many.items() if words.split()[0] in ("INSERT", "UPDATE", "DELETE", "WITH"))
        measured.append(((more_commits - commits) / 8, writes / 8, (many.total() - writes) / 8))
        print(more, db.url.get_backend_name(), *measured[-1])
        if all(most >= each for most, each in zip((COMMITS, WRITES[more], READS[more]), measured[-1], strict=True)):
            return
    raise AssertionError(measured)
