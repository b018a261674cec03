"""The nouns of the ledger: budgets, limits, adjustments, and a purchase as a person reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from reelwright.reel.money import Price
from reelwright.reel.noun import Fingerprint, StepKey, noun
from reelwright.reel.operation import Operation, PurchaseState
from reelwright.units import Micros

BudgetScope = Literal["deployment", "account", "key", "project"]
Period = Literal["day", "month"]
LimitScope = Literal["provider", "model", "account", "project", "jobs"]
Decision = Literal["arrived", "never", "written_off"]
Whose = Literal["ours", "anothers", "not_yet", "over"]
"""Of an operation that a provider's list shows: recorded for the purchase; another purchase's; nobody can say yet,
since one that may have made it is still being sent; or too late, the purchase is no longer unknown.
"""


@noun
class Budget:
    """A cap on spending. ``subject``: whose it is (an account, a key, a project). Period None: for good.

    Periods are days and months of UTC. An allowance counts in the period in which it was approved.
    """

    scope: BudgetScope
    subject: str
    cap: Micros
    reserved: Micros
    settled: Micros
    period: Period | None
    starts: datetime | None
    ends: datetime | None

    @property
    def left(self) -> Micros:
        """What may still be reserved; nothing where bills have passed the cap."""
        return Micros(max(0, self.cap - self.reserved - self.settled))


@noun
class Limit:
    """At most ``open_at_once``, and at most ``starts`` in ``per_s`` seconds; None: as many as they like.

    ``jobs``: jobs that run at once, of the whole deployment or of the account that is the ``subject``; the others count
    purchases that are sent or at work at a provider.
    """

    scope: LimitScope
    subject: str
    open_at_once: int | None = None
    starts: int | None = None
    per_s: int | None = None


@noun
class Adjustment:
    """A later correction of a settlement, appended and never edited. ``micros`` may be negative."""

    purchase: str
    micros: int
    because: str
    by: str
    at: datetime


@noun
class Entry:
    """A purchase as the ledger shows it. ``quote`` and ``settlement`` say how each amount came about.

    ``written_off``: settled without takes, because nobody could tell whether it arrived. ``landed``: it brought
    something. ``noticed``: what came to light beside its own way, such as a second operation that may have been paid.
    """

    id: str
    project: str
    job: str
    step: StepKey
    fingerprint: Fingerprint
    try_: int
    state: PurchaseState
    provider: str
    model: str
    quote: Price
    settlement: Price | None
    operation: Operation | None
    sends: int
    said: str
    intended: datetime
    posted: datetime | None
    ended: datetime | None
    not_before: datetime | None
    landed: bool
    written_off: bool
    adjustments: tuple[Adjustment, ...] = ()
    noticed: tuple[str, ...] = ()

    @property
    def held(self) -> Micros:
        """What it keeps others from spending."""
        return Micros(0) if self.ended else Micros(self.quote.micros or 0)

    @property
    def spent(self) -> Micros:
        """What it cost, with all corrections."""
        settled = self.settlement.micros or 0 if self.settlement else 0
        return Micros(settled + sum(a.micros for a in self.adjustments))


class Posted(NamedTuple):
    """Whether a purchase may be sent now. ``turn``: it may not, for want of room under a limit; asked again later."""

    sent: bool
    turn: bool = False

    def __bool__(self) -> bool:
        return self.sent
