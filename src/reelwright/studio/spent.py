"""What the studio answers about money: the ledger row by row, its totals, and the caps that stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reelwright.reel.ledger import BudgetScope, Dispute, LimitScope, Period
from reelwright.reel.operation import PurchaseState
from reelwright.studio.spelling import Spoken
from reelwright.units import Micros

How = Literal["reported", "computed", "quoted", "held", "nothing"]
"""How a row's price came about: settled as its provider reported, as computed, as quoted; held; or not bought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Spoken):
    """A later correction of a row; ``micros`` may be negative."""

    micros: int
    because: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought(Spoken):
    """A row of the ledger: one paid submission. ``micros``: what it cost, with all corrections.

    ``held_micros``: what it keeps from being spent while it is open. ``waits``: for its turn, or until it is sent
    again; None where it does not wait. ``landed``: it brought something; ``written_off``: paid for all that is known,
    and nothing came. ``noticed``: what a person should look into, such as a second operation that may have been paid.
    ``billed_micros``: what its provider billed, None where it told nothing. ``dispute``: ``open`` where that is so far
    above the quote that ``micros`` is the quote until a person decides; else how it ended.
    """

    purchase: str
    project: str
    job: str
    step: str
    shot: int | None
    try_: int
    state: PurchaseState
    provider: str
    model: str
    quoted_micros: Micros
    micros: Micros
    held_micros: Micros
    how: How
    basis: str
    waits: Literal["turn", "later"] | None
    written_off: bool
    landed: bool
    sends: int
    operation: str | None
    said: str
    intended: datetime
    posted: datetime | None
    ended: datetime | None
    corrections: tuple[Corrected, ...] = ()
    noticed: tuple[str, ...] = ()
    billed_micros: Micros | None = None
    dispute: Dispute | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total(Spoken):
    """All rows that share a ``name``. ``micros``: what they cost; ``held_micros``: what the open ones hold."""

    name: str
    rows: int
    micros: Micros
    held_micros: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Capped(Spoken):
    """A budget. ``left_micros``: what may still be agreed to in this period; ``of``: whose it is."""

    scope: BudgetScope
    of: str
    period: Period | None
    cap_micros: Micros
    reserved_micros: Micros
    spent_micros: Micros
    left_micros: Micros
    ends: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited(Spoken):
    """A limit. ``open``: purchases at work at once (of ``jobs``: jobs that run); ``starts`` in ``per_s`` seconds.

    ``of``: which provider, model, account or project; empty for the jobs of the whole deployment.
    """

    scope: LimitScope
    of: str
    open: int | None
    starts: int | None
    per_s: int | None
    source: Literal["set", "default"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused(Spoken):
    """A step that another project of the account bought and this one uses. It counts there, and is paid once.

    ``micros``: what it cost there; ``bought``: when it arrived.
    """

    step: str
    shot: int | None
    reused_from: str
    purchase: str
    micros: Micros
    bought: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent(Spoken):
    """The ledger. What is made on this machine for nothing is left out unless it was asked for.

    ``micros``: spent in all; ``held_micros``: reserved by what is open. ``steps``: totals by kind of step; ``days``: by
    the UTC day on which it was sent. ``reused``: of one project, what it uses of others.
    """

    micros: Micros
    held_micros: Micros
    rows: tuple[Bought, ...]
    models: tuple[Total, ...]
    providers: tuple[Total, ...]
    projects: tuple[Total, ...]
    steps: tuple[Total, ...]
    days: tuple[Total, ...]
    budgets: tuple[Capped, ...]
    reused: tuple[Reused, ...] = ()

    @property
    def unknown(self) -> tuple[Bought, ...]:
        """Rows of which nobody knows what became: a person decides."""
        return tuple(row for row in self.rows if row.state == "unknown")

    @property
    def disputed(self) -> tuple[Bought, ...]:
        """Rows whose bill is far above their quote: a person decides."""
        return tuple(row for row in self.rows if row.dispute == "open")

    @property
    def doubtful(self) -> tuple[Bought, ...]:
        """Rows about which something came to light that nobody has corrected yet: more may have been paid, or less."""
        return tuple(row for row in self.rows if row.noticed and not row.corrections and row.dispute is None)
