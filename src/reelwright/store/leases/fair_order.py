"""The fair order in which jobs start and purchases are sent: between accounts, and between the payers of an account.

1. Jobs of low priority come after all others, whoever they belong to.
2. The account with the fewest jobs that run (or purchases at providers) is next; of equals, the one whose last turn is
   longer ago. Otherwise a long queue, which is older, would win every tie.
3. Within an account, jobs of high priority come first: they pass no job of another account.
4. Then the payer (API key) with the fewest is next, likewise,
5. and of its jobs the one that was moved to the front, then the oldest.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from sqlalchemy import Row


class Busy:
    """Counts of what accounts, and payers of an account, have under way, and which of them had a turn last."""

    def __init__(self, rows: Iterable[tuple[str, str, int]], recent: Iterable[tuple[str, str]] = ()) -> None:
        """Add up rows of account, payer and how many. ``recent``: account and payer of the last turns, newest first."""
        self.accounts: Counter[str] = Counter()
        self.payers: Counter[tuple[str, str]] = Counter()
        self._last: dict[str | tuple[str, str], int] = {}
        self._turns = 0
        for account, payer, number in rows:
            self.accounts[account] += number
            self.payers[account, payer] += number
        for turn, (account, payer) in enumerate(recent, 1):
            self._last.setdefault(account, -turn)
            self._last.setdefault((account, payer), -turn)

    def record_turn(self, account: str, payer: str) -> None:
        """Count one more job or purchase under way, and this account's and payer's turn as the newest."""
        self._turns += 1
        self.accounts[account] += 1
        self.payers[account, payer] += 1
        self._last[account] = self._last[account, payer] = self._turns

    def rank_account(self, account: str) -> tuple[int, int]:
        """Return where an account stands among the others: the lowest one is next."""
        return self.accounts[account], self._last.get(account, _LONG_AGO)

    def rank_payer(self, account: str, payer: str) -> tuple[int, int]:
        """Return where a payer stands among the others of its account: the lowest one is next."""
        return self.payers[account, payer], self._last.get((account, payer), _LONG_AGO)


_LONG_AGO: Final = -(1 << 32)


def get_tier(priority: int) -> int:
    """Return the priority that counts between accounts: a low one as it is, 0 for every other."""
    return min(priority, 0)


def list_left_over(rows: Iterable[Row[Any]], busy: Busy, goes: Callable[[Row[Any]], bool]) -> list[Row[Any]]:
    """Call ``goes`` for each row in the fair order of accounts and payers; list those for which it returned False.

    ``rows``: oldest first, each with account, payer, priority and queue_rank of its job. Each row that goes delays the
    next one of its account and payer.
    """
    left: list[Row[Any]] = []
    tiers: dict[int, dict[str, list[_Aged]]] = defaultdict(lambda: defaultdict(list))
    for age, row in enumerate(rows):
        tiers[get_tier(row.priority)][row.account].append((age, row))
    for tier in sorted(tiers, reverse=True):
        queues = {account: _AccountQueue(own, busy) for account, own in tiers[tier].items()}
        heap = [(busy.rank_account(account), queue.get_age(), account) for account, queue in queues.items()]
        heapq.heapify(heap)
        while heap:
            _, _, account = heapq.heappop(heap)
            queue = queues[account]
            row = queue.pop()
            if goes(row):
                busy.record_turn(account, row.payer)
            else:
                left.append(row)
            queue.settle()
            if queue:
                heapq.heappush(heap, (busy.rank_account(account), queue.get_age(), account))
    return left


_Aged = tuple[int, Row[Any]]
"""A row with its place among all rows, the oldest first."""
_Entry = tuple[tuple[int, int], int, str]


class _AccountQueue:
    """The rows of an account in turn: by priority, then its payer with the fewest under way, then first come."""

    def __init__(self, rows: list[_Aged], busy: Busy) -> None:
        self._busy = busy
        self._by_priority: dict[int, dict[str, deque[_Aged]]] = defaultdict(lambda: defaultdict(deque))
        for aged in sorted(rows, key=lambda aged: (aged[1].queue_rank, aged[0])):
            self._by_priority[aged[1].priority][aged[1].payer].append(aged)
        self._heap: list[_Entry] = []
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

    def _build_entry(self, payer: str) -> _Entry:
        age, row = self._payers[payer][0]
        return self._busy.rank_payer(row.account, payer), age, payer
