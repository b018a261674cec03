"""Protocols: all that the engine calls of the store, of the hands and of the studio."""

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
from reelwright.reel.ledger import (
    Decision,
    ExistingOrder,
    LedgerEntry,
    ListedWork,
    OperationOwner,
    OwnWork,
    PostingResult,
)
from reelwright.reel.money import Price, Quote
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
from reelwright.reel.value import Digest, Fingerprint, ShotId, StepKey, define_value
from reelwright.units import Micros

StepInputs = Sequence[tuple[Input, Digest]]
"""A step's inputs in order, each with the digest of the bytes to read."""


class Vault(Protocol):
    """A store of files named by the sha256 of their bytes. Each account has its own; nothing is shared between them."""

    async def put(
        self,
        account: str,
        data: AsyncIterator[bytes],
        mime: str,
        cap: int,
        check: Callable[[Path], Awaitable[None]] | None = None,
    ) -> Digest:
        """Write, hash, check and sync the bytes of ``data``, then make them visible; return their digest.

        Keeps nothing when it raises: ``BadInput`` above ``cap`` bytes, ``StoreUnavailable`` on a full disk, and
        whatever ``check`` raises.
        """
        ...

    async def put_file(self, account: str, path: Path, mime: str) -> Digest:
        """Copy a local file into the vault, synced, and return its digest."""
        ...

    def read(self, account: str, digest: Digest, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]: ...

    def open_local(self, account: str, digest: Digest) -> AbstractAsyncContextManager[Path]:
        """Lend a read-only local file with these bytes, which were verified. Raises ``DamagedAsset``."""
        ...

    async def get_size(self, account: str, digest: Digest) -> int:
        """Return the size of the file in bytes, 0 if it is not there. Does not read its bytes."""
        ...

    async def has(self, account: str, digest: Digest) -> bool: ...

    async def forget(self, account: str, digest: Digest) -> None: ...


class Journal(Protocol):
    """The database of projects, revisions, jobs, outcomes, leases and events.

    Each method is one transaction, which also inserts its events. A method that takes a lease, but for
    ``release``, raises ``LeaseLost`` if another director has the project now.
    """

    # what a program does for a person
    async def open_project(self, account: str, name: str, brief: Brief) -> str:
        """Open a new project without a plan; return its id."""
        ...

    async def list_projects(self, account: str) -> Sequence[Project]:
        """List the account's projects, newest first."""
        ...

    async def revise(self, account: str, project: str, base: int, plan: Plan, choices: Choices, author: str) -> int:
        """Insert revision ``base + 1`` and return its number. Raises ``StaleRevision`` unless ``base`` is the newest.

        Not fenced by a lease: a person may edit at any time.
        """
        ...

    async def read_revision(self, account: str, project: str, number: int) -> tuple[Plan, Choices]:
        """Return the plan and the choices of one revision. Raises ``NotFound``."""
        ...

    async def enqueue(
        self, account: str, project: str, goal: Goal, consent: Consent | None, options: Mapping[str, Any]
    ) -> str:
        """Insert a job at the end of its project's queue; return its id."""
        ...

    async def approve(self, account: str, job: str, consent: Consent) -> None:
        """Record consent to a job that has not ended; queue it again if it waits. Raises ``NotFound``, ``BadInput``."""
        ...

    async def requeue(self, account: str, job: str) -> None:
        """Queue a waiting, failed or cancelled job again (resume, retry). Raises ``NotFound``, ``BadInput``."""
        ...

    async def request_cancel(self, account: str, job: str) -> None:
        """Request that a job stops: its director sends nothing more and ends it.

        A job that no director drives, with nothing open at a provider, is cancelled at once.
        """
        ...

    async def read_standing(self, account: str, project: str) -> Standing:
        """Read all that a director needs to know of a project, on one snapshot. Raises ``NotFound``.

        Its ``job`` is the running one, else the first queued, else the first waiting, else the newest.
        """
        ...

    async def list_jobs(self, account: str, project: str | None = None) -> Sequence[Job]: ...

    async def list_takes(self, account: str, project: str) -> Sequence[Take]:
        """List all takes of a project, by shot, round and sample."""
        ...

    async def list_events(self, account: str, after: int = 0, project: str | None = None) -> Sequence[Event]:
        """List up to 1,000 events with ids above ``after``, oldest first."""
        ...

    async def poll_changes(self, after: int | None) -> tuple[int, Mapping[str, int]]:
        """Return the newest event's id, and by project the id of its newest change after event ``after``.

        Covers all accounts. With ``after`` None no project is returned. Events that only report progress
        (``PROGRESS_KINDS``) change nothing that ``read_standing`` returns: they count for the first value only.
        """
        ...

    async def record_asset(
        self, account: str, digest: Digest, mime: str, size: int, facts: Mapping[str, Any] | None = None
    ) -> None:
        """Record the type, the ``size`` in bytes and the measured facts of bytes in the vault."""
        ...

    async def mark_deleted(self, account: str, digests: Sequence[Digest]) -> None:
        """Record that these bytes are deleted. Call this before the vault deletes them: nobody then relies on them."""
        ...

    # what a director does
    async def claim_project(self, holder: Holder, project: str | None = None) -> Lease | None:
        """Lease a project that has a queued or running job and that no living director holds; None if there is none.

        Its token grows. ``project``: only this one.
        """
        ...

    async def claim_projects(self, holder: Holder, limit: int) -> Sequence[Lease]:
        """Lease up to ``limit`` projects as ``claim_project`` does.

        Where jobs are limited, one call leases only one.
        """
        ...

    async def claim_for_recovery(self, holder: Holder, account: str, project: str) -> Lease | None:
        """Lease a project that no living director holds, whatever its jobs are, to follow what it has sent.

        None: a living director holds it.
        """
        ...

    async def record_heartbeat(self, holder: Holder) -> None:
        """Record that this director is alive. Called from a thread of its own; writes only while it holds a lease."""
        ...

    async def release(self, lease: Lease) -> None: ...

    async def start_next_job(self, lease: Lease) -> str | None:
        """Start the next job of the project (queued → running) and return its id; None if there is none.

        A job that runs already is the next one.
        """
        ...

    async def revise_under_lease(self, lease: Lease, base: int, plan: Plan, choices: Choices, author: str) -> int: ...

    async def record_outcome(self, lease: Lease, step: StepKey, outcome: Outcome) -> None:
        """Record the outcome of our own work, once per project and fingerprint: a later one does not replace it.

        Except where the bytes of the earlier one were deleted.
        """
        ...

    async def choose_asset(self, lease: Lease, fp: Fingerprint, asset: Digest) -> None:
        """Record once which asset of an outcome the steps that depend on it read. Raises ``NotFound``, ``BadInput``."""
        ...

    async def mark_waiting(
        self,
        lease: Lease,
        job: str,
        reason: WaitReason,
        step: StepKey | None,
        message: str,
        seen_consent: Consent | None,
    ) -> bool:
        """Record that a job waits for a person: queued or running → waiting.

        False, and nothing is written: it is being cancelled, or its consent is no longer ``seen_consent``.
        """
        ...

    async def finish(
        self,
        lease: Lease,
        job: str,
        state: Literal["done", "failed", "cancelled"],
        message: str,
        film: Digest | None,
    ) -> bool:
        """End the job, and give back to every budget what is left of its allowance.

        True: the project has another job to run.
        """
        ...

    async def record_cut(self, lease: Lease, job: str, cut: Cut) -> None:
        """Record the edit decision list that the job arrived at, in place of an earlier one of the same job."""
        ...

    async def record_event(self, lease: Lease, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
        """Record an event that comes with no other change."""
        ...


class Ledger(Protocol):
    """Allowances and purchases, in the same database as the journal. Each method is one transaction.

    Money is in micro-dollars. A method that writes under a lease raises ``LeaseLost`` if another director has the
    project now, unless its text says otherwise.
    """

    async def ensure_allowance(
        self,
        lease: Lease,
        job: str,
        ceiling: Micros,
        approved_by: str,
        shared_prices: Mapping[Fingerprint, Micros] | None = None,
    ) -> str:
        """Reserve ``ceiling`` for the job in every budget that it falls under; return the allowance's id.

        An allowance that is smaller grows, a larger one stays. Raises ``OverBudget``: then nothing is reserved.
        ``shared_prices``: prices of the orders that other projects of the account may want too, each reserved once
        for all of them; None where the project shares nothing.
        """
        ...

    async def intend(
        self, lease: Lease, allowance: str, job: str, step: StepKey, fp: Fingerprint, scope: str, provider: str,
        model: str, price: Price, resubmit: Literal["never", "free"], *, order: Fingerprint | None = None, n: int = 1,
        samples: int = 1,
    ) -> Purchase:  # fmt: skip
        """Return the order's open or successful purchase, else insert one in ``intent``, reserved from ``allowance``.

        Raises ``OverBudget``, ``NeedsConsent``.
        """
        ...

    async def begin_posting(
        self, lease: Lease, purchase: str, prepared_request: Mapping[str, Any], revision: int | None = None, *,
        is_compared: bool = False,
    ) -> PostingResult:  # fmt: skip
        """Move a purchase from intent to posting, synced before this returns: only then may the request be sent.

        Every limit counts it in the same commit. The result says that it may not be sent where a limit has no room
        (``is_over_limit``); where another director took it, the lease is lost, the job is being cancelled, or
        ``revision`` is not the newest; or where it must first be compared with the provider's list (``is_compared``
        says that it was).
        """
        ...

    async def undo_posting(self, lease: Lease, purchase: str) -> None:
        """Move a purchase back from posting to intent: ``begin_posting`` under this lease failed.

        Nothing was sent.
        """
        ...

    async def list_purchases_awaiting_turn(self, account: str | None = None) -> frozenset[str]:
        """List the ids of purchases that wait in ``intent`` for room under a limit, of all accounts or of one."""
        ...

    async def record_operation(self, purchase: str, operation: Operation) -> None:
        """Record the operation that a provider answered: posting or unknown → submitted.

        NOT fenced: a director that lost its lease must still record it.
        """
        ...

    async def list_unclaimed_work(self, purchase: str) -> Sequence[ListedWork]:
        """List work that the provider's list showed when the journal was reconciled, and that may be this purchase."""
        ...

    async def claim_listed_operation(
        self, lease: Lease, purchase: str, operation: Operation, waited_s: float = 0.0
    ) -> OperationOwner:
        """Record a listed operation for a purchase that was never sent: intent or unknown → submitted. Fenced."""
        ...

    async def hold_for_decision(
        self, lease: Lease, purchase: str, prepared_request: Mapping[str, Any], message: str
    ) -> None:
        """Move a purchase that was never sent from intent to unknown: a person decides whether the list shows it.

        Fenced.
        """
        ...

    async def read_own_work(self, purchase: str) -> OwnWork:
        """Read what is known of our own work at the provider of a purchase, apart from that purchase."""
        ...

    async def read_history_position(self) -> int:
        """Read the number of the last line in the history of purchases; 0 if there is none."""
        ...

    async def record_found_operation(
        self, purchase: str, operation: Operation, history_position: int | None = None, waited_s: float = 0.0
    ) -> OperationOwner:
        """Record an operation that the provider's list shows: unknown → submitted.

        Not where it is, or may be, another purchase's; the result says which. ``history_position``: what
        ``read_history_position`` returned after the operation was seen; ``waited_s``: seconds since then.
        """
        ...

    async def move(
        self,
        purchase: str,
        sources: Sequence[PurchaseState],
        to: PurchaseState,
        message: str,
        not_before: datetime | None = None,
        *,
        sends: int | None = None,
    ) -> bool:
        """Move a purchase from one of ``sources`` to ``to``, with a line of history. False: it was in another state.

        For states without a price; ``settle`` takes one. ``sends``: only if it was sent exactly this many times, since
        another director may have sent it again meanwhile.
        """
        ...

    async def record_success(
        self, lease: Lease, purchase: str, step: StepKey, outcome: Outcome, shot: ShotId | None,
        operation: Operation | None = None,
    ) -> None:  # fmt: skip
        """Move a purchase from posting or submitted to succeeded and insert its outcome and takes, in one commit.

        Not fenced where the answer was the result itself: it was paid for and cannot be fetched again. ``operation``:
        how the provider's list names such an answer.
        """
        ...

    async def record_failure(
        self, lease: Lease, purchase: str, price: Price, message: str, outcome: Outcome | None = None, tries: int = 1
    ) -> bool:
        """Move a purchase through failed to settled if it was billed, else to released, in one commit.

        ``outcome`` is recorded with it once ``tries`` purchases of its order have failed. True: fewer have, so that it
        may be bought again.
        """
        ...

    async def settle(self, purchase: str, price: Price, state: Literal["settled", "released"], message: str) -> None:
        """Record the final price, once. What was reserved above it goes back to the allowance."""
        ...

    async def write_off(self, purchase: str, price: Price, message: str, sends: int) -> None:
        """Settle a purchase in ``unknown`` at ``price``, if it was sent exactly ``sends`` times.

        Otherwise nothing happens: another director has sent it again meanwhile.
        """
        ...

    async def list_purchases(self, account: str, project: str) -> Sequence[Purchase]: ...

    async def decide(
        self, account: str, purchase: str, verdict: Decision, by: str, operation: Operation | None = None,
        outcome: Outcome | None = None,
    ) -> LedgerEntry:  # fmt: skip
        """Record what a person says became of an unknown purchase. Raises ``NotFound``, ``BadInput``."""
        ...

    async def read_purchase_state(self, lease: Lease, purchase: str) -> tuple[PurchaseState, bool]:
        """Read the state of another project's purchase in the account, and whether a director drives that project."""
        ...

    async def is_wanted_elsewhere(self, account: str, project: str, order_name: str) -> bool:
        """Whether a live job of another project of the account wants the order with this name, too."""
        ...

    async def find_orders(self, account: str, fingerprints: Collection[Fingerprint]) -> Sequence[ExistingOrder]:
        """Find every order of the account with these fingerprints, each with its newest try."""
        ...

    async def adopt_outcomes(
        self, account: str, project: str, adoptions: Sequence[tuple[StepKey, Fingerprint, str]]
    ) -> int:
        """Copy the outcomes of other projects' purchases to the project; return how many it did not have yet.

        Buys nothing. ``adoptions``: for each its step and fingerprint in this project, and the purchase's id.
        """
        ...

    async def clear_staged_files(self, account: str, purchase: str) -> None:
        """Record that the input files staged at the provider for a purchase are removed."""
        ...


class Hands(Protocol):
    """Worker processes for heavy work: each reads from the vault, works on local files, and writes to the vault.

    Work is idempotent by fingerprint; it may run twice.
    """

    async def execute(
        self, account: str, work: str, args: Mapping[str, Any], inputs: StepInputs, fp: Fingerprint,
        report: Callable[[float], None] | None = None,
    ) -> Outcome:  # fmt: skip
        """Run the work called ``work`` in a worker process; return its outcome. ``report`` gets the fraction done."""
        ...

    async def close(self) -> None: ...


@define_value
class Verdict:
    """The end of a job whose goal is reached: it is done, with its film, or it waits for a person."""

    state: Literal["done", "waiting"]
    message: str = ""
    film: Digest | None = None
    step: StepKey | None = None


class Production(Protocol):
    """The part of the studio that the director calls: it knows films, the director knows steps."""

    def build_graph(self, standing: Standing) -> Graph:
        """Build the graph of steps: ``words/plan`` alone while there is no plan, else all for the job's goal. Pure."""
        ...

    def quote(self, standing: Standing, graph: Graph) -> Quote: ...

    async def apply_outcome(self, lease: Lease, standing: Standing, step: Step, outcome: Outcome) -> bool:
        """Apply a step's outcome to the plan: ``words/plan`` makes the first revision, voices may fit it. Idempotent.

        True: a revision may have been written, so that the director reads the project again.
        """
        ...

    def build_cut(self, standing: Standing, graph: Graph) -> Cut | None:
        """Build the cut, with the place of each take. None: a part is missing, or the goal needs none. Pure."""
        ...

    async def unstick(self, lease: Lease, standing: Standing, stuck_steps: Collection[StepKey]) -> bool:
        """Write a revision that goes on without ``stuck_steps``, if that needs no decision of a person.

        Called when nothing runs any more and these steps were refused, or brought nothing, for good. True: there is
        such a revision; False: a person decides.
        """
        ...

    def reach_verdict(self, standing: Standing, graph: Graph) -> Verdict:
        """Decide how the job ends; called when no step is missing any more. Pure."""
        ...
