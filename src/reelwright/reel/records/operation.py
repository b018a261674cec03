"""Values that engine, store and studio exchange: operations, purchases, leases, jobs, projects and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, Literal

from reelwright.reason import Reason
from reelwright.reel.base.value import Digest, Fingerprint, StepKey, define_value
from reelwright.reel.film.brief import Brief, Goal
from reelwright.reel.film.cut import Cut
from reelwright.reel.film.encoding_options import DEFAULT_ENCODING, EncodingOptions
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.outcome import Outcome
from reelwright.units import Micros

PurchaseState = Literal["intent", "posting", "submitted", "succeeded", "failed", "settled", "released", "unknown"]
OPEN_STATES: Final[frozenset[PurchaseState]] = frozenset(
    {"intent", "posting", "submitted", "succeeded", "failed", "unknown"}
)
"""States in which a purchase still holds its reservation: it needs further work or a decision."""
JobState = Literal["queued", "running", "waiting", "done", "failed", "cancelled"]
LIVE_JOBS: Final[frozenset[JobState]] = frozenset({"queued", "running", "waiting"})
WaitReason = Literal["budget", "approval", "decision"]


@define_value
class Operation:
    """The remote work at a provider. ``id``: the provider's own. ``key``: fingerprint of the API key it was made with.

    ``facts``: what its adapter must remember to read later answers, as plain JSON without secrets.
    """

    id: str
    key: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    v: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)


def normalise_id(listed_id: str) -> str:
    """Return a listed operation id in the form for comparisons: its last path part, in lower case, stripped."""
    return listed_id.strip().rstrip("/").rpartition("/")[2].casefold()


@define_value
class Holder:
    """A director and its process. A director on the same host can so tell at once that the process is dead."""

    director: str
    host: str
    boot: str
    pid: int
    born: int


@define_value
class Lease:
    """The right of one director to run a project. ``token`` grows with every claim and fences late writes."""

    project: str
    account: str
    director: str
    token: int


@define_value
class Purchase:
    """A paid submission as its database row has it. ``attempts`` counts sends.

    ``billed_micros``: what its provider bills, from the moment that it was read, where that is above the quote, or what
    a person corrected its price to, where that is above the price. ``corrected_micros``: the sum of all corrections.
    ``fingerprint``: under it, the project stores the outcome. ``order_fingerprint`` and ``n``: the order of the account
    that this purchase is a try of. ``samples``: how many takes were asked for. ``intended_at``: when it was intended;
    ``posted_at``: when its newest send began. ``answered_at``: when the provider's work was over, and its outputs began
    to be fetched. ``is_stopped``: its job was stopped while no other of the account waited for the order, so the
    provider is asked to cancel it. ``staged_inputs``: files at the provider that must be removed there, in the
    adapter's own form.
    """

    id: str
    account: str
    project: str
    job: str
    allowance: str
    step: StepKey
    fingerprint: Fingerprint
    try_: int
    state: PurchaseState
    provider: str
    model: str
    quoted_micros: Micros
    settled_micros: Micros | None = None
    operation: Operation | None = None
    prepared_request: Mapping[str, Any] = field(default_factory=dict)
    staged_inputs: tuple[Any, ...] = ()
    resubmit: Literal["never", "free"] = "never"
    attempts: int = 0
    intended_at: datetime | None = None
    posted_at: datetime | None = None
    answered_at: datetime | None = None
    is_stopped: bool = False
    not_before: datetime | None = None
    reason: Reason | None = None
    order_fingerprint: Fingerprint = Fingerprint("")
    n: int = 1
    samples: int = 1
    billed_micros: Micros | None = None
    corrected_micros: Micros = Micros(0)

    @property
    def charged_micros(self) -> Micros:
        """Micro-dollars that count against what was agreed to for its job: no refund frees them again."""
        is_unsent = self.state in ("intent", "released") and self.billed_micros is None
        return Micros(0) if is_unsent else self.expected_micros

    @property
    def spent_micros(self) -> Micros:
        """Micro-dollars that it costs in the ledger: as expected until it ends, then as settled and corrected."""
        if self.state in ("intent", "released"):
            return self.corrected_micros
        if self.settled_micros is not None:
            return Micros(self.settled_micros + self.corrected_micros)
        return self.expected_micros

    @property
    def expected_micros(self) -> Micros:
        """Micro-dollars that it costs as far as is known: its bill above the quote, its settled price, or its quote."""
        known = (self.billed_micros, self.settled_micros, self.quoted_micros)
        return next(micros for micros in known if micros is not None)


CAPS: Final = frozenset({"budget", "max_usd"})
"""How consents are given (``Consent.by``) that are a cap by themselves, and no answer to the price in a quote."""


@define_value
class Consent:
    """A person's agreement to spend at most ``ceiling`` on one job; ``by`` says how (``--yes``, ``--budget`` …).

    ``may_buy_unconfirmed``: the person also agreed to unconfirmed prices. ``unknown_at_most``: the most that one step
    with an unknown price may cost; None: no such step may be bought. ``expires_at``: when the agreed quote lapses;
    None: the person named a cap, which does not lapse.
    """

    ceiling: Micros
    by: str
    may_buy_unconfirmed: bool = False
    unknown_at_most: Micros | None = None
    expires_at: datetime | None = None


@define_value
class Job:
    """A run of a project in the queue, up to ``goal``. ``wait_reason`` and ``reason`` are set while it waits.

    ``cut``: its newest cut; None before all takes and sounds that the cut needs exist. ``delivered_at``: when its files
    were copied to where the person asked for them. ``batch_key``: the id of the batch that it is a row of.
    ``is_removed``: a program deleted it; programs read it no more. ``downloaded_at``: when its files were first sent
    whole; ``expired_at``: when a retention policy ended them; ``collected_at``: when they were deleted, by a
    program or by a retention policy. ``sent_s``: for how many seconds, at most, one of its purchases has been at its
    provider; 0 unless the job was read for a program.
    """

    id: str
    account: str
    project: str
    goal: Goal
    state: JobState
    consent: Consent | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    allowance: str | None = None
    is_cancel_requested: bool = False
    priority: int = 0
    wait_reason: WaitReason | None = None
    step: StepKey | None = None
    reason: Reason | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cut: Cut | None = None
    film: Digest | None = None
    delivered_at: datetime | None = None
    batch_key: str | None = None
    is_removed: bool = False
    downloaded_at: datetime | None = None
    expired_at: datetime | None = None
    collected_at: datetime | None = None
    sent_s: float = 0.0


def is_being_cancelled(job: Job | None) -> bool:
    """Whether ``job`` still is queued or runs although a person asked to cancel it; False for None."""
    return job is not None and job.is_cancel_requested and job.state in ("queued", "running")


@define_value
class Verdict:
    """The end of a job whose goal is reached: it is done, with its film, or it waits for a person."""

    state: Literal["done", "waiting"]
    reason: Reason | None = None
    film: Digest | None = None
    step: StepKey | None = None


@define_value
class Project:
    """A project as a list shows it. ``revision`` 0: no plan yet.

    ``is_recovered``: it is no film, but holds purchases whose project the journal does not have.
    """

    id: str
    account: str
    name: str
    created_at: datetime
    revision: int
    is_recovered: bool = False


@define_value
class Standing:
    """A snapshot of a project for a director, read in one transaction. ``revision`` 0: no plan yet.

    ``outcomes``: the project's results by fingerprint. ``deleted_assets``: digests whose bytes were deleted.
    ``open_purchases``: purchases in ``OPEN_STATES``. ``staged_purchases``: those that have ended and whose inputs, as
    far as is known, are still stored at a provider. ``last_event``: the id of the journal's newest event.
    ``order_number``: the number ``n`` of the order that the first round of each fingerprint belongs to: 1 unless the
    person asked for the same film again on purpose; 0: always a new order. ``is_recovered``: see ``Project``; such a
    project has no steps to run. ``spent_by_job``: what each job has spent or may have spent; empty unless the snapshot
    was read for a price. ``bill_ratios``: by provider, the largest multiple of a quote that it has billed the job,
    which it is expected to bill again; empty unless read for a price. ``recovered_orders``: fingerprints whose order
    has an open purchase that ``reconcile`` recovered, which costs this project nothing; empty unless they were looked
    up. ``recovered_micros``: by the job that ``reconcile`` made and by recovered purchase that no order took before,
    and of the project itself until a budget counts it, what it costs as far as is known; it counts in a budget for
    them. ``encoding``: how the process that reads it encodes; nothing of it is stored.
    """

    account: str
    project: str
    brief: Brief
    revision: int
    plan: Plan | None
    choices: Choices
    job: Job | None
    outcomes: Mapping[Fingerprint, Outcome]
    deleted_assets: frozenset[Digest]
    open_purchases: tuple[Purchase, ...] = ()
    staged_purchases: tuple[Purchase, ...] = ()
    last_event: int = 0
    order_number: int = 1
    is_recovered: bool = False
    spent_by_job: Mapping[str, Micros] = field(default_factory=dict)
    bill_ratios: Mapping[str, Fraction] = field(default_factory=dict)
    recovered_orders: frozenset[Fingerprint] = frozenset()
    recovered_micros: dict[tuple[str, str], Micros] = field(default_factory=dict)
    encoding: EncodingOptions = DEFAULT_ENCODING

    @property
    def goal(self) -> Goal:
        """The goal of the project's job, otherwise of its brief."""
        return self.job.goal if self.job else self.brief.goal

    @property
    def is_clip(self) -> bool:
        """Whether the project is a clip: one shot whose goal is its takes."""
        return self.goal == self.brief.goal == "takes" and self.plan is not None and len(self.plan.shots) == 1


@define_value
class Event:
    """An event of the journal. Ids grow in the order in which events became visible."""

    id: int
    at: datetime
    account: str
    project: str
    job: str | None
    kind: str
    body: Mapping[str, Any]
