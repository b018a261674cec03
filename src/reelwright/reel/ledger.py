"""The nouns of the ledger: budgets, limits, adjustments, and a purchase as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from reelwright.reel.money import Price
from reelwright.reel.noun import Fingerprint, StepKey, noun
from reelwright.reel.operation import Operation, Purchase, PurchaseState
from reelwright.reel.outcome import Outcome
from reelwright.units import Micros

BudgetScope = Literal["deployment", "account", "key", "project"]
Period = Literal["day", "month"]
LimitScope = Literal["provider", "model", "account", "project", "jobs"]
Decision = Literal["arrived", "never", "written_off", "as_billed", "as_quoted"]
Dispute = Literal["open", "as_billed", "as_quoted", "corrected"]
"""Of a bill far above its quote: a person has not decided yet, or how it ended."""
Whose = Literal["ours", "anothers", "not_yet", "over"]
"""Of an operation that a provider's list shows: recorded for the purchase; another purchase's; nobody can say yet,
since one that may have made it is still being sent; or too late, the purchase is no longer unknown.
"""


@noun
class OwnWork:
    """What the journal knows of our own work at a provider, beside one purchase whose answer was lost.

    ``claimed``: ids of operations that other purchases have. ``before``: those of them that were recorded before the
    purchase was first posted, by the order of the history and not by any clock. ``is_recent``: the database's clock
    says that it was posted within the last day; what a wrong clock does here makes the search longer, never shorter.
    """

    claimed: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    is_recent: bool = True


@noun
class ListedWork:
    """Work that a provider's list shows. ``id``: its operation's there; ``at``: when it was made, by their clock.

    ``told``: what the list repeats of the request, for the adapter that read it to compare with.
    """

    provider: str
    id: str
    model: str = ""
    prompt: str = ""
    at: datetime | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


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
    ``counted``: what the budgets count of its settlement, which is less than that where the bill is disputed.
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
    counted: Micros = Micros(0)
    dispute: Dispute | None = None

    @property
    def held(self) -> Micros:
        """What it keeps others from spending."""
        return Micros(0) if self.ended else Micros(self.quote.micros or 0)

    @property
    def spent(self) -> Micros:
        """What it cost, with all corrections."""
        return Micros(self.counted + sum(a.micros for a in self.adjustments))


@noun
class OrderHad:
    """An order of the account as look-ups find it: its newest purchase, and the outcome where it brought takes.

    ``is_in_vain``: it ended without a take, so that another project may buy it. ``at``: when it ended, landed or was
    intended. ``gone_at``: when bytes of it were deleted.
    """

    purchase: Purchase
    outcome: Outcome | None
    is_in_vain: bool
    at: datetime | None
    gone_at: datetime | None = None


class Posted(NamedTuple):
    """Whether a purchase may be sent now. ``turn``: it may not, for want of room under a limit; asked again later.

    ``paid``: all columns of a purchase that costs money if it is sent, as they stand now. ``listed``: it may not, until
    it was compared with what its provider's list showed when the journal was reconciled.
    """

    sent: bool
    turn: bool = False
    paid: Mapping[str, Any] | None = None
    listed: bool = False

    def __bool__(self) -> bool:
        return self.sent
