"""Values that cross rooms: the provider's remote work, a purchase as its row says, a lease, a job, an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Final, Literal

from reelwright.reel.brief import Brief, Goal
from reelwright.reel.choices import Choices
from reelwright.reel.cut import Cut
from reelwright.reel.noun import Digest, Fingerprint, StepKey, noun
from reelwright.reel.outcome import Outcome
from reelwright.reel.plan import Plan
from reelwright.units import Micros

PurchaseState = Literal["intent", "posting", "submitted", "succeeded", "failed", "settled", "released", "unknown"]
OPEN_STATES: Final[frozenset[PurchaseState]] = frozenset(
    {"intent", "posting", "submitted", "succeeded", "failed", "unknown"}
)
"""States in which a purchase still holds its reservation: somebody must see to it."""
JobState = Literal["queued", "running", "waiting", "done", "failed", "cancelled"]
LIVE_JOBS: Final[frozenset[JobState]] = frozenset({"queued", "running", "waiting"})
WaitReason = Literal["budget", "approval", "decision"]


@noun
class Operation:
    """The provider's remote work, its id theirs. ``key``: fingerprint of the credential it was made with.

    ``facts``: what its adapter must remember to read the answers, as plain JSON without secrets.
    """

    id: str
    key: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    v: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)


def plain_id(listed: str) -> str:
    """An operation's id without what lists put around it: a path before it, capitals, spaces."""
    return listed.strip().rstrip("/").rpartition("/")[2].casefold()


@noun
class Holder:
    """Who drives: a director's id and the process it lives in, so that a dead one on this host is seen at once."""

    director: str
    host: str
    boot: str
    pid: int
    born: int


@noun
class Lease:
    """The right to drive one project. ``token`` grows with every claim and fences late writes."""

    project: str
    account: str
    director: str
    token: int


@noun
class Purchase:
    """One paid submission as its row says. Prices in micro-dollars; ``attempts`` counts sends.

    ``fingerprint``: under which its project keeps what comes of it. ``order`` and ``n``: which order of the account it
    is a try of; ``samples``: how many takes were asked for. ``posted``: when the newest send was begun. ``staged``:
    what lies at the provider for it and must be removed there, as its adapter spells it.
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
    quoted: Micros
    settled: Micros | None = None
    operation: Operation | None = None
    prepared: Mapping[str, Any] = field(default_factory=dict)
    staged: tuple[Any, ...] = ()
    resubmit: Literal["never", "free"] = "never"
    attempts: int = 0
    posted: datetime | None = None
    not_before: datetime | None = None
    said: str = ""
    order: Fingerprint = Fingerprint("")
    n: int = 1
    samples: int = 1


@noun
class Consent:
    """What a person agreed to for one job: at most ``ceiling``; ``by`` says how (``--yes``, ``--budget`` …).

    ``unconfirmed``: also to prices that are not confirmed. ``each``: what one step may cost whose price nobody knows;
    None agrees to none. ``until``: when the quote lapses that was agreed to; None: a cap of one's own never does.
    """

    ceiling: Micros
    by: str
    unconfirmed: bool = False
    each: Micros | None = None
    until: datetime | None = None


@noun
class Job:
    """One run in the queue: brings its project to ``goal``. ``why`` and ``said`` are set while it waits.

    ``cut``: the edit decision list it arrived at last, None before all that it needs was had. ``delivered``: when its
    files were put where they were asked for.
    """

    id: str
    account: str
    project: str
    goal: Goal
    state: JobState
    consent: Consent | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    allowance: str | None = None
    cancel: bool = False
    priority: int = 0
    why: WaitReason | None = None
    step: StepKey | None = None
    said: str = ""
    created: datetime | None = None
    started: datetime | None = None
    finished: datetime | None = None
    cut: Cut | None = None
    film: Digest | None = None
    delivered: datetime | None = None


def is_being_cancelled(job: Job | None) -> bool:
    """Whether a cancel of the job was asked for and is not carried out yet."""
    return job is not None and job.cancel and job.state in ("queued", "running")


@noun
class Project:
    """A project as a list shows it. ``revision`` 0: no plan yet.

    ``recovered``: it is no film, but holds purchases whose project the journal does not have.
    """

    id: str
    account: str
    name: str
    created: datetime
    revision: int
    recovered: bool = False


@noun
class Standing:
    """All that a director must know of a project, read in one transaction. ``revision`` 0: no plan yet.

    ``open``: purchases that somebody must see to. ``staged``: those that have ended and whose inputs still lie at a
    provider, as far as is known. ``at``: the newest event of the journal when it was read. ``nth``: which order of
    each fingerprint the first round of this project is: 1 unless the very same was wanted another time on purpose; 0:
    always another one than those before. ``recovered``: as of a project; nothing is wanted for it. ``spent``: what each
    job has spent or may have; empty unless the standing was read for a price.
    """

    account: str
    project: str
    brief: Brief
    revision: int
    plan: Plan | None
    choices: Choices
    job: Job | None
    had: Mapping[Fingerprint, Outcome]
    gone: frozenset[Digest]
    open: tuple[Purchase, ...] = ()
    staged: tuple[Purchase, ...] = ()
    at: int = 0
    nth: int = 1
    recovered: bool = False
    spent: Mapping[str, Micros] = field(default_factory=dict)


@noun
class Event:
    """One thing that happened. Ids grow in the order in which they became visible."""

    id: int
    at: datetime
    account: str
    project: str
    job: str | None
    kind: str
    body: Mapping[str, Any]
