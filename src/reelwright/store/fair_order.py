"""The fair order in which jobs start and purchases are sent: between accounts, and between the payers of an account.

1. Jobs of low priority come after all others, whoever they belong to.
2. The account with the fewest jobs that run (or purchases at providers) is next.
3. Within an account, jobs of high priority come first: they pass no job of another account.
4. Then the payer (API key) with the fewest is next,
5. and of its jobs the one that was moved to the front, then the oldest.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Row


class Busy(NamedTuple):
    """Counts of what accounts, and payers of an account, have under way. They grow with each row that goes."""

    accounts: Counter[str]
    payers: Counter[tuple[str, str]]

    @classmethod
    def add_up(cls, rows: Iterable[tuple[str, str, int]]) -> Busy:
        """Add up rows of account, payer and how many."""
        busy = cls(Counter(), Counter())
        for account, payer, number in rows:
            busy.accounts[account] += number
            busy.payers[account, payer] += number
        return busy


def get_tier(priority: int) -> int:
    """Return the part of a priority that holds between accounts: only a low one does."""
    return min(priority, 0)


def list_left_over(rows: Iterable[Row[Any]], busy: Busy, goes: Callable[[Row[Any]], bool]) -> list[Row[Any]]:
    """Call ``goes`` for each row, in turn, and list those for which it returned False.

    ``rows``: oldest first, each with account, payer, priority and queue_rank of its job. Each row that goes delays the
    next one of its account and payer.
    """
    left: list[Row[Any]] = []
    tiers: dict[int, dict[str, list[_Aged]]] = defaultdict(lambda: defaultdict(list))
    for age, row in enumerate(rows):
        tiers[get_tier(row.priority)][row.account].append((age, row))
    for tier in sorted(tiers, reverse=True):
        queues = {account: _AccountQueue(own, busy) for account, own in tiers[tier].items()}
        heap = [(busy.accounts[account], queue.get_age(), account) for account, queue in queues.items()]
        heapq.heapify(heap)
        while heap:
            _, _, account = heapq.heappop(heap)
            queue = queues[account]
            row = queue.pop()
            if goes(row):
                busy.accounts[account] += 1
                busy.payers[account, row.payer] += 1
            else:
                left.append(row)
            queue.settle()
            if queue:
                heapq.heappush(heap, (busy.accounts[account], queue.get_age(), account))
    return left


_Aged = tuple[int, Row[Any]]
"""A row with its place among all rows, the oldest first."""


class _AccountQueue:
    """The rows of an account in turn: by priority, then its payer with the fewest under way, then first come."""

    def __init__(self, rows: list[_Aged], busy: Busy) -> None:
        self._busy = busy
        self._by_priority: dict[int, dict[str, deque[_Aged]]] = defaultdict(lambda: defaultdict(deque))
        for aged in sorted(rows, key=lambda aged: (aged[1].queue_rank, aged[0])):
            self._by_priority[aged[1].priority][aged[1].payer].append(aged)
        self._heap: list[tuple[int, int, str]] = []
        self._payers: dict[str, deque[_Aged]] = {}
        self._taken: str | None = None
        self.settle()

    def __bool__(self) -> bool:
        return bool(self._heap)

    def get_age(self) -> int:
        """Return the age of the next row."""
        return self._heap[0][1]

    def pop(self) -> Row[Any]:
        """Take the next row. Call ``settle`` once it is known whether it goes."""
        _, _, self._taken = heapq.heappop(self._heap)
        return self._payers[self._taken].popleft()[1]

    def settle(self) -> None:
        """Put the payer of the row that was taken back into the order."""
        if self._taken is not None and self._payers[self._taken]:
            heapq.heappush(self._heap, self._build_entry(self._taken))
        self._taken = None
        if not self._heap and self._by_priority:
            self._payers = self._by_priority.pop(max(self._by_priority))
            self._heap = [self._build_entry(payer) for payer in self._payers]
            heapq.heapify(self._heap)

    def _build_entry(self, payer: str) -> tuple[int, int, str]:
        row = self._payers[payer][0][1]
        return self._busy.payers[row.account, payer], self._payers[payer][0][0], payer
