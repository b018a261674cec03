"""``SqlJournal``: what ``engine/waist.py`` calls the journal, each method one transaction."""

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
from reelwright.reel.noun import Digest, Fingerprint, StepKey
from reelwright.reel.operation import Consent, Event, Holder, Job, Lease, Project, Standing, WaitReason
from reelwright.reel.outcome import Outcome, Take
from reelwright.reel.plan import Plan
from reelwright.store import assets, events, jobs, landings, leases, projects, purchases, requests
from reelwright.store.database import Database
from reelwright.store.processes import here


class SqlJournal:
    """The journal on SQLite or PostgreSQL. ``lease_s``: seconds of silence after which a director loses its projects.

    ``jobs_at_once``: how many jobs run at once where no limit was set; None: as many as there are.
    Every method may raise ``StoreUnavailable``; every one that takes a lease ``LeaseLost``. Nothing is half-written.
    """

    def __init__(self, database: Database, *, lease_s: int = 30, jobs_at_once: int | None = None) -> None:
        self._db = database
        self._lease_s, self._jobs_at_once = lease_s, jobs_at_once

    # what a door does
    async def open_project(self, account: str, name: str, brief: Brief) -> str:
        """A new project without a plan; returns its id."""
        return await self._db.write(lambda unit: projects.open_project(unit, account, name, brief))

    async def open_once(self, account: str, command: Command, replaces: str | None = None) -> tuple[str, bool]:
        """The project of a command, and whether it was opened now; of two that ask at one moment, one opens it.

        ``replaces``: the project that the command had when a fresh one was asked for.
        """
        return await self._db.write(lambda unit: projects.open_once(unit, account, command, replaces))

    async def open_for_request(self, account: str, command: Command, create: requests.Create) -> tuple[str, bool]:
        """The project of a program's create request, and whether it was opened now; see ``store.requests``."""
        return await self._db.write(lambda unit: requests.open_for_request(unit, account, command, create))

    async def authors(self, account: str, project: str) -> Sequence[str]:
        """Who made each revision, the first first."""
        return await self._db.read(lambda conn: projects.authors(conn, account, project))

    async def find_project(self, account: str, found_by: str) -> str | None:
        """The project of a command, by the command's digest; one look at an index."""
        return await self._db.read(lambda conn: projects.find(conn, account, found_by))

    async def claim_for_recovery(self, holder: Holder, account: str, project: str) -> Lease | None:
        """Lease a project that nobody alive drives, whatever its jobs are, to see to what it has sent."""
        turn = (holder, account, project, self._lease_s)
        return await self._db.write(lambda unit: leases.claim_for_recovery(unit, *turn))

    async def projects(self, account: str) -> Sequence[Project]:
        """All of the account, newest first."""
        return await self._db.read(lambda conn: projects.all_projects(conn, account))

    async def revise(self, account: str, project: str, base: int, plan: Plan, choices: Choices, author: str) -> int:
        """Revision ``base + 1``; ``StaleRevision`` when the newest is not ``base``. Not fenced: a person may edit."""
        return await self._db.write(lambda u: projects.revise(u, account, project, base, plan, choices, author))

    async def revision(self, account: str, project: str, number: int) -> tuple[Plan, Choices]:
        """One revision as it was."""
        return await self._db.read(lambda conn: projects.revision(conn, account, project, number))

    async def enqueue(
        self, account: str, project: str, goal: Goal, consent: Consent | None, options: Mapping[str, Any]
    ) -> str:
        """A new job at the end of its project's queue; returns its id."""
        return await self._db.write(lambda u: jobs.enqueue(u, account, project, goal, consent, options))

    async def enqueue_once(
        self, account: str, project: str, goal: Goal, consent: Consent, options: Mapping[str, Any],
        renew: jobs.RenewConsent, spent: int,
    ) -> str:  # fmt: skip
        """Take up the project's live job for ``goal``, or insert one; returns its id. See ``jobs.enqueue_once``."""
        return await self._db.write(
            lambda unit: jobs.enqueue_once(unit, account, project, goal, consent, options, renew, spent)
        )

    async def take_up(self, account: str, job: str, renew: jobs.RenewConsent) -> bool:
        """Renew the consent of a job, and queue it again if it does not run; False: it is done by now."""
        return await self._db.write(lambda unit: jobs.take_up(unit, account, job, renew))

    async def approve(self, account: str, job: str, consent: Consent) -> None:
        """Consent to a job that has not ended; one that waits is queued again."""
        await self._db.write(lambda unit: jobs.approve(unit, account, job, consent))

    async def requeue(self, account: str, job: str) -> None:
        """A job that waits, failed or was cancelled is queued again (resume, retry)."""
        await self._db.write(lambda unit: jobs.requeue(unit, account, job))

    async def mark_delivered(self, account: str, job: str) -> None:
        """The files of a job stand where they were asked for."""
        await self._db.write(lambda unit: jobs.mark_delivered(unit, account, job))

    async def request_cancel(self, account: str, job: str) -> None:
        """The director stops sending at once and ends the job; a job that nobody drives is cancelled in place."""
        await self._db.write(lambda unit: jobs.request_cancel(unit, account, job, self._lease_s))

    async def standing(self, account: str, project: str) -> Standing:
        """All of a project on one snapshot. ``job``: running, else first queued, else first waiting, else newest."""
        found: Standing = await self._db.read_together(projects.standings, (account, project))
        return found

    async def standing_with_spent(self, account: str, project: str) -> Standing:
        """As ``standing``, with what each job has spent on the same snapshot: for a price that is agreed to."""

        def read(conn: Connection) -> Standing:
            (found,) = projects.standings(conn, [(account, project)])
            if isinstance(found, NotFound):
                raise found
            return replace(found, spent=purchases.spent_by_job(conn, account, project))

        return await self._db.read(read)

    async def jobs(self, account: str, project: str | None = None) -> Sequence[Job]:
        """Newest first."""
        return await self._db.read(lambda conn: jobs.list_jobs(conn, account, project))

    async def driven(self, account: str) -> frozenset[str]:
        """The account's projects that a living director drives now."""
        return await self._db.read(lambda conn: leases.driven(conn, account, here("looks"), self._lease_s))

    async def takes(self, account: str, project: str) -> Sequence[Take]:
        """All takes of a project, by shot, round and sample."""
        return await self._db.read(lambda conn: landings.all_takes(conn, account, project))

    async def events(self, account: str, after: int = 0, project: str | None = None) -> Sequence[Event]:
        """Up to 1,000 events with ids above ``after``, oldest first."""
        return await self._db.read(lambda conn: events.since(conn, account, after, project))

    async def stirred(self, after: int | None) -> tuple[int, Mapping[str, int]]:
        """The newest event's id; and of each project with events above ``after`` (None: of none) the newest one's.

        Of all accounts. Events that change nothing of a standing, as ``note`` writes them, count in the first only.
        """
        return await self._db.read(lambda conn: events.stirred(conn, after))

    async def know(
        self, account: str, digest: Digest, mime: str, size: int, facts: Mapping[str, Any] | None = None
    ) -> None:
        """What bytes in the vault are. ``size`` in bytes."""
        await self._db.write(lambda unit: assets.know(unit, account, digest, mime, size, facts or {}))

    async def mark_gone(self, account: str, digests: Sequence[Digest]) -> None:
        """Recorded before the vault forgets them, so that nobody counts on bytes that are not there."""
        await self._db.write(lambda unit: assets.mark_gone(unit, account, digests))

    # what a director does
    async def claim(self, holder: Holder, only: str | None = None) -> Lease | None:
        """Lease a project that has a queued or running job and no living holder. Writes only when there is one."""
        return next(iter(await self._claimed(holder, only, 1)), None)

    async def claim_some(self, holder: Holder, most: int) -> Sequence[Lease]:
        """As ``claim``, up to ``most`` projects; with limits of jobs fewer, though more may be to be had."""
        return await self._claimed(holder, None, most)

    async def _claimed(self, holder: Holder, only: str | None, most: int) -> Sequence[Lease]:
        turn = (holder, self._lease_s, only, self._jobs_at_once, most)
        if not await self._db.read(lambda conn: leases.claimable(conn, *turn)):
            return ()
        return await self._db.write(lambda unit: leases.claim(unit, *turn))

    async def beat(self, holder: Holder) -> None:
        """This director lives. Goes ahead of all other writes, and writes nothing while nothing is held."""
        await self._db.write(lambda unit: leases.beat(unit, holder), first=True)

    async def release(self, lease: Lease) -> None:
        """Let go of the project; nothing happens when it was lost already."""
        await self._db.write_together(leases.release, lease)

    async def start(self, lease: Lease) -> str | None:
        """The job whose turn it is: queued → running, or it runs already. Its id; None where none is to be run."""
        started: str | None = await self._db.write_together(jobs.start, lease)
        return started

    async def revise_leased(self, lease: Lease, base: int, plan: Plan, choices: Choices, author: str) -> int:
        """As ``revise``, by the director that drives the project."""
        return await self._db.write(lambda u: projects.revise_leased(u, lease, base, plan, choices, author))

    async def land(self, lease: Lease, step: StepKey, outcome: Outcome) -> None:
        """An outcome of our own work, write-once per (project, fingerprint) while its bytes are there."""
        await self._db.write_together(landings.land, landings.Landed(lease, step, outcome))

    async def choose(self, lease: Lease, fp: Fingerprint, asset: Digest) -> None:
        """What dependants read of an outcome; recorded once."""
        await self._db.write(lambda unit: landings.choose(unit, lease, fp, asset))

    async def wait(
        self, lease: Lease, job: str, why: WaitReason, step: StepKey | None, said: str, seen: Consent | None
    ) -> bool:
        """The job waits for a person. False: it is being cancelled, or was consented to anew since ``seen``."""
        return await self._db.write(lambda unit: jobs.wait(unit, lease, job, why, step, said, seen))

    async def finish(
        self, lease: Lease, job: str, state: Literal["done", "failed", "cancelled"], said: str, film: Digest | None
    ) -> bool:
        """Ends the job; what was never sent is released and the rest of its allowance goes back to every budget.

        True: there is another job to run in the project.
        """
        more: bool = await self._db.write_together(jobs.finish, jobs.Ending(lease, job, state, said, film))
        return more

    async def keep_cut(self, lease: Lease, job: str, cut: Cut) -> None:
        """Record the edit decision list that the job arrived at; a later one of the same job replaces it."""
        await self._db.write(lambda unit: jobs.keep_cut(unit, lease, job, cut))

    async def note(self, lease: Lease, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
        """An event of its own."""
        await self._db.write_together(events.note, events.Noted(lease, job, kind, body))
