"""The journal: projects, revisions, jobs, outcomes, leases and events; each method is one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from sqlalchemy import Connection

from reelwright.errors import NotFound
from reelwright.reel.brief import Brief, Goal
from reelwright.reel.choices import Choices
from reelwright.reel.command import Command
from reelwright.reel.cut import Cut
from reelwright.reel.operation import Consent, Event, Holder, Job, Lease, Project, Standing, WaitReason
from reelwright.reel.outcome import Outcome, Take
from reelwright.reel.plan import Plan
from reelwright.reel.value import Digest, Fingerprint, StepKey
from reelwright.store import assets, events, jobs, leases, projects, purchases, requests, step_outcomes
from reelwright.store.database import Database
from reelwright.store.processes import make_holder


class Journal:
    """The journal on SQLite or PostgreSQL.

    ``lease_s``: seconds without a heartbeat after which a director loses its projects. ``jobs_at_once``: most jobs that
    run at once where no limit was set; None: any number. Every method may raise ``StoreUnavailable``, and every one
    that takes a lease, but for ``release``, ``LeaseLost``. Nothing is half-written then.
    """

    def __init__(self, database: Database, *, lease_s: int = 30, jobs_at_once: int | None = None) -> None:
        self._db = database
        self._lease_s, self._jobs_at_once = lease_s, jobs_at_once

    # what a program does for a person
    async def open_project(self, account: str, name: str, brief: Brief) -> str:
        """Open a new project without a plan; return its id."""
        return await self._db.write(lambda unit: projects.open_project(unit, account, name, brief))

    async def open_for_command(self, account: str, command: Command, replaces: str | None = None) -> tuple[str, bool]:
        """Find or open the project of a command; return its id, and whether it was opened now.

        Of two equal calls at one moment one opens it. ``replaces``: the command's project until now, in whose place a
        new one is wanted.
        """
        return await self._db.write(lambda unit: projects.open_for_command(unit, account, command, replaces))

    async def open_for_request(
        self, account: str, command: Command, request: requests.CreateRequest
    ) -> tuple[str, bool]:
        """Find or open the project of a program's create request; return its id, and whether it was opened now.

        Raises ``BadInput``; see ``store.requests``.
        """
        return await self._db.write(lambda unit: requests.open_for_request(unit, account, command, request))

    async def list_authors(self, account: str, project: str) -> Sequence[str]:
        """List the author of each revision, in order."""
        return await self._db.read(lambda conn: projects.list_authors(conn, account, project))

    async def find_project(self, account: str, found_by: str) -> str | None:
        """Find the project of a command by the command's digest, with one look at an index; None if there is none."""
        return await self._db.read(lambda conn: projects.find_project(conn, account, found_by))

    async def claim_for_recovery(self, holder: Holder, account: str, project: str) -> Lease | None:
        """Lease a project that no living director holds, whatever its jobs are, to follow what it has sent.

        None: a living director holds it.
        """
        turn = (holder, account, project, self._lease_s)
        return await self._db.write(lambda unit: leases.claim_for_recovery(unit, *turn))

    async def list_projects(self, account: str) -> Sequence[Project]:
        """List the account's projects, newest first."""
        return await self._db.read(lambda conn: projects.list_projects(conn, account))

    async def revise(self, account: str, project: str, base: int, plan: Plan, choices: Choices, author: str) -> int:
        """Insert revision ``base + 1`` and return its number. Raises ``StaleRevision`` unless ``base`` is the newest.

        Not fenced by a lease: a person may edit at any time.
        """
        return await self._db.write(lambda u: projects.revise(u, account, project, base, plan, choices, author))

    async def read_revision(self, account: str, project: str, number: int) -> tuple[Plan, Choices]:
        """Return the plan and the choices of one revision. Raises ``NotFound``."""
        return await self._db.read(lambda conn: projects.read_revision(conn, account, project, number))

    async def enqueue(
        self, account: str, project: str, goal: Goal, consent: Consent | None, options: Mapping[str, Any]
    ) -> str:
        """Insert a job at the end of its project's queue; return its id."""
        return await self._db.write(lambda u: jobs.enqueue(u, account, project, goal, consent, options))

    async def enqueue_once(
        self, account: str, project: str, goal: Goal, consent: Consent, options: Mapping[str, Any],
        renew: jobs.RenewConsent, spent_before: int,
    ) -> str:  # fmt: skip
        """Renew and requeue the project's live job for ``goal``, or insert one; return its id.

        See ``jobs.enqueue_once``.
        """
        return await self._db.write(
            lambda unit: jobs.enqueue_once(unit, account, project, goal, consent, options, renew, spent_before)
        )

    async def requeue_with_consent(self, account: str, job: str, renew: jobs.RenewConsent) -> bool:
        """Renew the consent of a job, and queue it again unless it is queued or runs. False: it is done already."""
        return await self._db.write(lambda unit: jobs.requeue_with_consent(unit, account, job, renew))

    async def approve(self, account: str, job: str, consent: Consent) -> None:
        """Record consent to a job that has not ended; queue it again if it waits. Raises ``NotFound``, ``BadInput``."""
        await self._db.write(lambda unit: jobs.approve(unit, account, job, consent))

    async def requeue(self, account: str, job: str) -> None:
        """Queue a waiting, failed or cancelled job again (resume, retry). Raises ``NotFound``, ``BadInput``."""
        await self._db.write(lambda unit: jobs.requeue(unit, account, job))

    async def mark_delivered(self, account: str, job: str) -> None:
        """Record that the files of a job are in the place that was asked for."""
        await self._db.write(lambda unit: jobs.mark_delivered(unit, account, job))

    async def request_cancel(self, account: str, job: str) -> None:
        """Request that a job stops: its director sends nothing more and ends it.

        A job that no director drives, with nothing open at a provider, is cancelled at once.
        """
        await self._db.write(lambda unit: jobs.request_cancel(unit, account, job, self._lease_s))

    async def read_standing(self, account: str, project: str) -> Standing:
        """Read all that a director needs to know of a project, on one snapshot. Raises ``NotFound``.

        Its ``job`` is the running one, else the first queued, else the first waiting, else the newest.
        """
        found: Standing = await self._db.read_batched(projects.read_standings, (account, project))
        return found

    async def read_standing_with_spending(self, account: str, project: str) -> Standing:
        """Read a standing and what each job has spent, on the same snapshot: for a price that a person agrees to."""

        def read(conn: Connection) -> Standing:
            (found,) = projects.read_standings(conn, [(account, project)])
            if isinstance(found, NotFound):
                raise found
            return replace(found, spent_by_job=purchases.sum_spent_by_job(conn, account, project))

        return await self._db.read(read)

    async def list_jobs(self, account: str, project: str | None = None) -> Sequence[Job]:
        """List the jobs of an account or of one project, newest first."""
        return await self._db.read(lambda conn: jobs.list_jobs(conn, account, project))

    async def list_driven_projects(self, account: str) -> frozenset[str]:
        """List the ids of the account's projects that a living director drives now."""
        return await self._db.read(
            lambda conn: leases.list_driven_projects(conn, account, make_holder("looks"), self._lease_s)
        )

    async def list_takes(self, account: str, project: str) -> Sequence[Take]:
        """List all takes of a project, by shot, round and sample."""
        return await self._db.read(lambda conn: step_outcomes.list_takes(conn, account, project))

    async def list_events(self, account: str, after: int = 0, project: str | None = None) -> Sequence[Event]:
        """List up to 1,000 events with ids above ``after``, oldest first."""
        return await self._db.read(lambda conn: events.list_events(conn, account, after, project))

    async def poll_changes(self, after: int | None) -> tuple[int, Mapping[str, int]]:
        """Return the newest event's id, and by project the id of its newest change after event ``after``.

        Covers all accounts. With ``after`` None no project is returned. Events that only report progress
        (``PROGRESS_KINDS``) change nothing that ``read_standing`` returns: they count for the first value only.
        """
        return await self._db.read(lambda conn: events.poll_changes(conn, after))

    async def record_asset(
        self, account: str, digest: Digest, mime: str, size: int, facts: Mapping[str, Any] | None = None
    ) -> None:
        """Record the type, the ``size`` in bytes and the measured facts of bytes in the vault."""
        await self._db.write(lambda unit: assets.record_asset(unit, account, digest, mime, size, facts or {}))

    async def mark_deleted(self, account: str, digests: Sequence[Digest]) -> None:
        """Record that these bytes are deleted. Call this before the vault deletes them: nobody then relies on them."""
        await self._db.write(lambda unit: assets.mark_deleted(unit, account, digests))

    # what a director does
    async def claim_project(self, holder: Holder, project: str | None = None) -> Lease | None:
        """Lease a project that has a queued or running job and that no living director holds; None if there is none.

        Its token grows. ``project``: only this one. Writes only when there is one.
        """
        return next(iter(await self._claimed(holder, project, 1)), None)

    async def claim_projects(self, holder: Holder, limit: int) -> Sequence[Lease]:
        """Lease up to ``limit`` projects as ``claim_project`` does.

        Where jobs are limited, one call leases only one.
        """
        return await self._claimed(holder, None, limit)

    async def _claimed(self, holder: Holder, only: str | None, most: int) -> Sequence[Lease]:
        turn = (holder, self._lease_s, only, self._jobs_at_once, most)
        if not await self._db.read(lambda conn: leases.find_claimable(conn, *turn)):
            return ()
        return await self._db.write(lambda unit: leases.claim_projects(unit, *turn))

    async def record_heartbeat(self, holder: Holder) -> None:
        """Record that this director is alive, ahead of all other writes. Writes nothing while it holds no lease."""
        await self._db.write(lambda unit: leases.record_heartbeat(unit, holder), is_urgent=True)

    async def release(self, lease: Lease) -> None:
        """Release the lease of a project; nothing happens when it was lost already."""
        await self._db.write_batched(leases.release, lease)

    async def start_next_job(self, lease: Lease) -> str | None:
        """Start the next job of the project (queued → running) and return its id; None if there is none.

        A job that runs already is the next one.
        """
        started: str | None = await self._db.write_batched(jobs.start_next_jobs, lease)
        return started

    async def revise_under_lease(self, lease: Lease, base: int, plan: Plan, choices: Choices, author: str) -> int:
        """Insert revision ``base + 1`` as ``revise`` does, for the director that drives the project. Fenced."""
        return await self._db.write(lambda u: projects.revise_under_lease(u, lease, base, plan, choices, author))

    async def record_outcome(self, lease: Lease, step: StepKey, outcome: Outcome) -> None:
        """Record the outcome of our own work, once per project and fingerprint: a later one does not replace it.

        Except where the bytes of the earlier one were deleted.
        """
        await self._db.write_batched(step_outcomes.record_outcomes, step_outcomes.LeasedOutcome(lease, step, outcome))

    async def choose_asset(self, lease: Lease, fp: Fingerprint, asset: Digest) -> None:
        """Record once which asset of an outcome the steps that depend on it read. Raises ``NotFound``, ``BadInput``."""
        await self._db.write(lambda unit: step_outcomes.choose_asset(unit, lease, fp, asset))

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
        return await self._db.write(
            lambda unit: jobs.mark_waiting(unit, lease, job, reason, step, message, seen_consent)
        )

    async def finish(
        self, lease: Lease, job: str, state: Literal["done", "failed", "cancelled"], message: str, film: Digest | None
    ) -> bool:
        """End the job: release purchases that were never sent, and give the rest of its allowance back to every budget.

        True: the project has another job to run.
        """
        more: bool = await self._db.write_batched(jobs.finish, jobs.Ending(lease, job, state, message, film))
        return more

    async def record_cut(self, lease: Lease, job: str, cut: Cut) -> None:
        """Record the edit decision list that the job arrived at, in place of an earlier one of the same job."""
        await self._db.write(lambda unit: jobs.record_cut(unit, lease, job, cut))

    async def record_event(self, lease: Lease, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
        """Record an event that comes with no other change."""
        await self._db.write_batched(events.record_events, events.LeasedEvent(lease, job, kind, body))
