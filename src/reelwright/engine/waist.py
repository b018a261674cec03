"""The narrow waist: what the engine needs of the store, of the hands and of the studio, as protocols."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from reelwright.reel.brief import Brief, Goal
from reelwright.reel.choices import Choices
from reelwright.reel.cut import Cut
from reelwright.reel.graph import Graph, Step
from reelwright.reel.ledger import Decision, Entry, ListedWork, OrderHad, OwnWork, Posted, Whose
from reelwright.reel.money import Price, Quote
from reelwright.reel.noun import Digest, Fingerprint, ShotId, StepKey, noun
from reelwright.reel.operation import (
    Consent,
    Event,
    Holder,
    Job,
    Lease,
    Operation,
    Project,
    Purchase,
    PurchaseState,
    Standing,
    WaitReason,
)
from reelwright.reel.outcome import Outcome, Take
from reelwright.reel.plan import Plan
from reelwright.reel.request import Input
from reelwright.units import Micros

Fed = Sequence[tuple[Input, Digest]]
"""A step's inputs in order, each with the digest of the bytes to read."""


class Vault(Protocol):
    """Bytes by sha256. Account first, always; nothing is shared between accounts."""

    async def put(
        self,
        account: str,
        data: AsyncIterator[bytes],
        mime: str,
        cap: int,
        check: Callable[[Path], Awaitable[None]] | None = None,
    ) -> Digest:
        """Hashed, checked, synced, then visible. Raises ``BadInput`` above ``cap`` bytes, ``StoreUnavailable`` on disk
        full, and what ``check`` raises: then nothing is kept.
        """
        ...

    async def put_file(self, account: str, path: Path, mime: str) -> Digest:
        """As ``put``, from a local file on the way out of a workroom."""
        ...

    def read(self, account: str, digest: Digest, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]: ...

    def local(self, account: str, digest: Digest) -> AbstractAsyncContextManager[Path]:
        """A read-only local file with these bytes, verified. Raises ``DamagedAsset``."""
        ...

    async def size(self, account: str, digest: Digest) -> int:
        """Bytes of the file as it lies there, 0 where it does not; reads nothing of it."""
        ...

    async def has(self, account: str, digest: Digest) -> bool: ...

    async def forget(self, account: str, digest: Digest) -> None: ...


class Journal(Protocol):
    """The database. Each method is one transaction; events ride in it; a lost lease raises ``LeaseLost``."""

    # what a door does
    async def open_project(self, account: str, name: str, brief: Brief) -> str:
        """A new project without a plan; returns its id."""
        ...

    async def projects(self, account: str) -> Sequence[Project]:
        """All of the account, newest first."""
        ...

    async def revise(self, account: str, project: str, base: int, plan: Plan, choices: Choices, author: str) -> int:
        """Revision ``base + 1``; ``StaleRevision`` when the newest is not ``base``. Not fenced: a person may edit."""
        ...

    async def revision(self, account: str, project: str, number: int) -> tuple[Plan, Choices]:
        """One revision as it was. Raises ``NotFound``."""
        ...

    async def enqueue(
        self, account: str, project: str, goal: Goal, consent: Consent | None, options: Mapping[str, Any]
    ) -> str:
        """A new job at the end of its project's queue; returns its id."""
        ...

    async def approve(self, account: str, job: str, consent: Consent) -> None:
        """Consent to a waiting job; it is queued again."""
        ...

    async def requeue(self, account: str, job: str) -> None:
        """A waiting or failed job is queued again (resume, retry)."""
        ...

    async def request_cancel(self, account: str, job: str) -> None:
        """The director stops sending at once and ends the job; a job that nobody drives is cancelled in place."""
        ...

    async def standing(self, account: str, project: str) -> Standing:
        """All of a project on one snapshot. ``job``: running, else first queued, else first waiting, else newest."""
        ...

    async def jobs(self, account: str, project: str | None = None) -> Sequence[Job]: ...

    async def takes(self, account: str, project: str) -> Sequence[Take]:
        """All takes of a project, by shot, round and sample."""
        ...

    async def events(self, account: str, after: int = 0, project: str | None = None) -> Sequence[Event]:
        """Up to 1,000 events with ids above ``after``, oldest first."""
        ...

    async def stirred(self, after: int | None) -> tuple[int, Mapping[str, int]]:
        """The newest event's id; and of each project with events above ``after`` (None: of none) the newest one's.

        Of all accounts. Events that change nothing of a standing, as ``note`` writes them, count in the first only.
        """
        ...

    async def know(
        self, account: str, digest: Digest, mime: str, size: int, facts: Mapping[str, Any] | None = None
    ) -> None:
        """What bytes in the vault are. ``size`` in bytes."""
        ...

    async def mark_gone(self, account: str, digests: Sequence[Digest]) -> None:
        """Recorded before the vault forgets them, so that nobody counts on bytes that are not there."""
        ...

    # what a director does
    async def claim(self, holder: Holder, only: str | None = None) -> Lease | None:
        """Lease a project that has a queued or running job and no living holder; grows the token."""
        ...

    async def claim_some(self, holder: Holder, most: int) -> Sequence[Lease]:
        """As ``claim``, up to ``most`` projects; with limits of jobs fewer, though more may be to be had."""
        ...

    async def claim_for_recovery(self, holder: Holder, account: str, project: str) -> Lease | None:
        """Lease a project that nobody alive drives, whatever its jobs are, to see to what it has sent."""
        ...

    async def beat(self, holder: Holder) -> None:
        """This director lives. Written from its own thread, and only while it holds a lease."""
        ...

    async def release(self, lease: Lease) -> None: ...

    async def start(self, lease: Lease) -> str | None:
        """The job whose turn it is: queued → running, or it runs already. Its id; None where none is to be run."""
        ...

    async def revise_leased(self, lease: Lease, base: int, plan: Plan, choices: Choices, author: str) -> int: ...

    async def land(self, lease: Lease, step: StepKey, outcome: Outcome) -> None:
        """An outcome of our own work. Write-once per (project, fingerprint): a second, different one never replaces."""
        ...

    async def choose(self, lease: Lease, fp: Fingerprint, asset: Digest) -> None:
        """What dependants read of an outcome; recorded once."""
        ...

    async def wait(
        self, lease: Lease, job: str, why: WaitReason, step: StepKey | None, said: str, seen: Consent | None
    ) -> bool:
        """The job waits for a person. False: it is being cancelled, or was consented to anew since ``seen``."""
        ...

    async def finish(
        self,
        lease: Lease,
        job: str,
        state: Literal["done", "failed", "cancelled"],
        said: str,
        film: Digest | None,
    ) -> bool:
        """Ends the job; what is left of its allowance goes back to every budget. True: there is another job to run."""
        ...

    async def keep_cut(self, lease: Lease, job: str, cut: Cut) -> None:
        """Record the edit decision list that the job arrived at; a later one of the same job replaces it."""
        ...

    async def note(self, lease: Lease, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
        """An event of its own."""
        ...


class Ledger(Protocol):
    """Allowances and purchases, on the same database as the journal. Each method is one transaction."""

    async def allow(
        self,
        lease: Lease,
        job: str,
        ceiling: Micros,
        approved_by: str,
        wanted: Mapping[Fingerprint, Micros] | None = None,
    ) -> str:
        """Make or grow the job's allowance to ``ceiling`` in every budget it falls under, or ``OverBudget``.

        ``wanted``: prices of what other projects of the account may want alike, reserved once for all of them; None
        where the project's work is its own.
        """
        ...

    async def intend(
        self, lease: Lease, allowance: str, job: str, step: StepKey, fp: Fingerprint, scope: str, provider: str,
        model: str, price: Price, resubmit: Literal["never", "free"], *, order: Fingerprint | None = None, n: int = 1,
        samples: int = 1,
    ) -> Purchase:  # fmt: skip
        """A purchase in ``intent``, reserved from its allowance; the open or landed one of the order if it exists."""
        ...

    async def posting(
        self, lease: Lease, purchase: str, prepared: Mapping[str, Any], revision: int | None = None, *,
        compared: bool = False,
    ) -> Posted:  # fmt: skip
        """intent → posting, durable before a byte leaves; counted under every limit, exactly.

        Not sent: a limit has no room (``turn``); or somebody else took it, the lease is lost, the job is being
        cancelled, or ``revision`` is not the newest; or it is to be compared with what is listed first (``compared``).
        """
        ...

    async def unsent(self, lease: Lease, purchase: str) -> None:
        """posting → intent: whoever asked for ``posting`` under this very lease was not answered, and sent nothing."""
        ...

    async def out_of_turn(self, account: str | None = None) -> frozenset[str]:
        """Purchases that wait in ``intent`` for room under a limit, of all accounts or of one."""
        ...

    async def bought(self, purchase: str, operation: Operation) -> None:
        """posting or unknown → submitted. NOT fenced: a director that lost its lease must still record it."""
        ...

    async def unclaimed(self, purchase: str) -> Sequence[ListedWork]:
        """What its provider's list showed when the journal was reconciled, and may be this purchase."""
        ...

    async def claim(self, lease: Lease, purchase: str, operation: Operation, waited_s: float = 0.0) -> Whose:
        """intent or unknown → submitted with a listed operation, where it was never sent. Fenced."""
        ...

    async def hold_unsent(self, lease: Lease, purchase: str, prepared: Mapping[str, Any], said: str) -> None:
        """intent → unknown, for a person to say whether it is among what is listed. Nothing was sent. Fenced."""
        ...

    async def own_work(self, purchase: str) -> OwnWork:
        """What is known of our own work at the provider of a purchase, beside that purchase."""
        ...

    async def history_mark(self) -> int:
        """Where the history of purchases ends now."""
        ...

    async def found(self, purchase: str, operation: Operation, mark: int | None = None, waited_s: float = 0.0) -> Whose:
        """unknown → submitted with an operation of its provider's list, unless it is, or may be, another purchase's.

        ``mark``: where the history ended once the operation had been seen; ``waited_s``: seconds since then.
        """
        ...

    async def move(
        self,
        purchase: str,
        sources: Sequence[PurchaseState],
        to: PurchaseState,
        said: str,
        not_before: datetime | None = None,
        *,
        sends: int | None = None,
    ) -> bool:
        """One step of the state machine, with its history row. False when it was not in ``sources``.

        ``sends``: only where it was sent so often: what another director has sent since is not one's own.
        """
        ...

    async def landed(
        self, lease: Lease, purchase: str, step: StepKey, outcome: Outcome, shot: ShotId | None,
        operation: Operation | None = None,
    ) -> None:  # fmt: skip
        """posting or submitted → succeeded, outcome and take rows, one commit.

        Like ``bought``, not fenced where the answer was the result itself: it is what was paid for. ``operation``: how
        the provider's list names such an answer.
        """
        ...

    async def failed(
        self, lease: Lease, purchase: str, price: Price, said: str, outcome: Outcome | None = None, tries: int = 1
    ) -> bool:
        """posting or submitted → failed → settled where it was billed, else released; one commit.

        Its outcome is recorded with it once ``tries`` of its fingerprint have failed. True: not yet.
        """
        ...

    async def settle(self, purchase: str, price: Price, state: Literal["settled", "released"], said: str) -> None:
        """The final price, once. What was reserved above it goes back to the allowance."""
        ...

    async def write_off(self, purchase: str, price: Price, said: str, sends: int) -> None:
        """unknown → settled, where it was sent so often: what another director has sent since is not one's own."""
        ...

    async def purchases(self, account: str, project: str) -> Sequence[Purchase]: ...

    async def decide(
        self, account: str, purchase: str, verdict: Decision, by: str, operation: Operation | None = None,
        outcome: Outcome | None = None,
    ) -> Entry:  # fmt: skip
        """What a person says became of an unknown. Raises ``NotFound``, ``BadInput``."""
        ...

    async def elsewhere(self, lease: Lease, purchase: str) -> tuple[PurchaseState, bool]:
        """Where a purchase of another project of the lease's account stands, and whether somebody drives it."""
        ...

    async def wanted_elsewhere(self, account: str, project: str, key: str) -> bool:
        """Whether a live job of another project of the account wants the order of this name, too."""
        ...

    async def orders_of(self, account: str, fingerprints: Collection[Fingerprint]) -> Sequence[OrderHad]:
        """Every order of the account of these fingerprints, with its newest try."""
        ...

    async def adopt(self, account: str, project: str, wanted: Sequence[tuple[StepKey, Fingerprint, str]]) -> int:
        """Give the project what purchases of others (their ids) brought; how many it had not yet."""
        ...

    async def unstaged(self, account: str, purchase: str) -> None:
        """What lay at the provider for it is removed."""
        ...


class Hands(Protocol):
    """Do heavy work: pull from the vault, work on local paths, push. Idempotent by fingerprint; may run twice."""

    async def do(
        self, account: str, work: str, args: Mapping[str, Any], inputs: Fed, fp: Fingerprint,
        report: Callable[[float], None] | None = None,
    ) -> Outcome: ...  # fmt: skip

    async def close(self) -> None: ...


@noun
class Verdict:
    """What becomes of a job whose goal is had: done with its film, or a wait for a person."""

    state: Literal["done", "waiting"]
    said: str = ""
    film: Digest | None = None
    step: StepKey | None = None


class Production(Protocol):
    """What a studio hands the director: it knows films, the director knows steps."""

    def graph(self, standing: Standing) -> Graph:
        """``words/plan`` alone while there is no plan, else the breakdown for the job's goal. Pure."""
        ...

    def quote(self, standing: Standing, graph: Graph) -> Quote: ...

    async def landed(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        """After a step landed: the plan's first revision from ``words/plan``, ``fit`` after voices. Idempotent.

        True: something may have been written for it, so that the project is to be read again.
        """
        ...

    def cut(self, standing: Standing, graph: Graph) -> Cut | None:
        """Which take where; None while something it names is not had, or where the goal lies before it. Pure."""
        ...

    async def unstick(self, lease: Lease, standing: Standing, stuck: Collection[StepKey]) -> bool:
        """Asked when nothing runs any more and steps were answered with nothing, or refused, for good.

        True: another revision goes on without them, as was chosen beforehand; False: a person decides.
        """
        ...

    def verdict(self, standing: Standing, graph: Graph) -> Verdict:
        """Asked when nothing is wanted any more. Pure."""
        ...
