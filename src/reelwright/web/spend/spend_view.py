"""A month of the ledger as the page shows it: its days, its totals by project, model or member, and its rows."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from reelwright.studio.results.spending_report import BudgetSummary, PurchaseRow, SpendingReport

_NEARLY_SPENT: Final = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The cost of a day of the month, in micro-dollars: its takes, and everything else."""

    number: int
    takes: int
    others: int

    @property
    def micros(self) -> int:
        """All of it."""
        return self.takes + self.others


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The cost of a project, model or member, by its id. ``quoted_micros``: the estimate of its purchases that have
    ended.
    """

    id: str
    name: str
    rows: int
    quoted_micros: int
    micros: int
    held_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A budget as a bar of 100 parts: what is paid, what is held, and what is over the cap. ``name``: of whom."""

    budget: BudgetSummary
    name: str

    @property
    def paid_width(self) -> float:
        """Parts that are paid."""
        return self._scale(min(self.budget.spent_micros, self.budget.cap_micros))

    @property
    def held_width(self) -> float:
        """Parts that are held for jobs, after those that are paid."""
        return min(100 - self.paid_width, self._scale(self.budget.reserved_micros))

    @property
    def is_nearly_spent(self) -> bool:
        """Whether little of it is left."""
        return self.budget.spent_micros > _NEARLY_SPENT * self.budget.cap_micros

    @property
    def is_over(self) -> bool:
        """Whether more was paid than it allows, such as by a bill above its quote."""
        return self.budget.spent_micros > self.budget.cap_micros

    def _scale(self, micros: int) -> float:
        return round(100 * micros / self.budget.cap_micros, 2) if self.budget.cap_micros else 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of the ledger, in UTC as the ledger has it. ``rows``: its purchases, the newest first.

    ``months``: all months that have purchases, and the present one. ``quoted_micros`` against
    ``final_micros``: the estimates and the prices of its purchases that have a final price.
    """

    first: date
    months: tuple[date, ...]
    rows: tuple[PurchaseRow, ...]
    days: tuple[Day, ...]
    quoted_micros: int
    final_micros: int
    days_left: int | None

    @property
    def micros(self) -> int:
        """All that the month cost."""
        return sum(day.micros for day in self.days)

    @property
    def held_micros(self) -> int:
        """The money that its open purchases hold."""
        return sum(row.held_micros for row in self.rows)

    @property
    def takes_micros(self) -> int:
        """The cost of its takes."""
        return sum(day.takes for day in self.days)

    @property
    def dearest_day(self) -> Day:
        """The day that cost most."""
        return max(self.days, key=lambda day: day.micros)

    @property
    def percent_off(self) -> float:
        """Percent by which the final prices are above the estimates; negative: below."""
        return (
            round(100 * (self.final_micros - self.quoted_micros) / self.quoted_micros, 1) if self.quoted_micros else 0.0
        )


def build_month(report: SpendingReport, name: str, today: date) -> Month:
    """Build the month ``name``, such as ``2026-11``; the present one for a text that names none of the ledger."""
    present = today.replace(day=1)
    months = sorted({present, *(_find_day(row).replace(day=1) for row in report.rows)}, reverse=True)
    first = next((one for one in months if f"{one:%Y-%m}" == name), present)
    rows = [row for row in report.rows if _find_day(row).replace(day=1) == first]
    _, length = calendar.monthrange(first.year, first.month)
    final = [row for row in rows if row.price_source in ("reported", "computed", "quoted")]
    return Month(
        first=first, months=tuple(months), rows=tuple(sorted(rows, key=find_moment, reverse=True)),
        days=tuple(_build_day(number, rows) for number in range(1, length + 1)),
        quoted_micros=sum(row.quoted_micros for row in final), final_micros=sum(row.micros for row in final),
        days_left=length - today.day if first == present else None,
    )  # fmt: skip


def _build_day(number: int, rows: Sequence[PurchaseRow]) -> Day:
    of_day = [row for row in rows if _find_day(row).day == number]
    takes = sum(row.micros for row in of_day if row.step.startswith("take/"))
    return Day(number=number, takes=takes, others=sum(row.micros for row in of_day) - takes)


def group_rows(
    rows: Sequence[PurchaseRow], find_id: Callable[[PurchaseRow], str], names: Mapping[str, str]
) -> list[Group]:
    """Total rows by the id that each has, the most expensive first. ``names``: of the ids that have one."""
    found: dict[str, list[PurchaseRow]] = {}
    for row in rows:
        found.setdefault(find_id(row), []).append(row)
    groups = (
        Group(
            id=one, name=names.get(one, one), rows=len(own),
            quoted_micros=sum(row.quoted_micros for row in own if not row.held_micros),
            micros=sum(row.micros for row in own), held_micros=sum(row.held_micros for row in own),
        )
        for one, own in found.items()
    )  # fmt: skip
    return sorted(groups, key=lambda group: (-group.micros, group.name))


def find_short_budget(
    budgets: Sequence[BudgetSummary], micros: int, owners: Collection[str | None]
) -> BudgetSummary | None:
    """Find the budget with the least left in which an amount in micro-dollars does not fit; None: it fits in each.

    ``owners``: the project and the key or member, by id, whose budgets count beside those of the studio and server.
    """
    counted = [one for one in budgets if one.scope in ("account", "deployment") or one.of in owners]
    return min((one for one in counted if one.left_micros < micros), key=lambda one: one.left_micros, default=None)


def find_moment(row: PurchaseRow) -> datetime:
    """Return when a purchase was sent or, before that, when it was meant to be."""
    return (row.posted_at or row.intended_at).astimezone(UTC)


def _find_day(row: PurchaseRow) -> date:
    return find_moment(row).date()
