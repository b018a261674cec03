"""The director leases projects and runs their jobs until they rest. Another can replace it at any moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Literal

from reelwright.engine.policy import (
    MAX_CONCURRENT_DOWNLOADS,
    PROJECTS_CLAIMED_AT_ONCE,
    SEND_AGAIN_WAITS_S,
    STEP_RETRY_WAITS_S,
    WATCH_LOOK_EVERY_S,
)
from reelwright.engine.purchases.gate import Gate
from reelwright.engine.purchases.operations import Pace
from reelwright.engine.scheduler.heartbeat import Heartbeat
from reelwright.engine.scheduler.job_run import JobRun
from reelwright.engine.scheduler.obtain import Parts
from reelwright.engine.scheduler.watch import Watch
from reelwright.engine.steps.interfaces import Hands, Production, Vault
from reelwright.engine.steps.step_run import ProgressEvent
from reelwright.errors import LeaseLost, StoreUnavailable
from reelwright.providers.protocol import Provider
from reelwright.reel.base.ids import mint
from reelwright.reel.records.operation import Lease, is_being_cancelled
from reelwright.settings import Settings
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger

logger = logging.getLogger(__name__)

Until = Literal["idle", "forever"]


class Director:
    """Scheduler that leases projects from the journal and runs the steps of their jobs. It knows steps, not films: its
    ``production`` says what to make and when it is finished.

    ``listen`` is called with every change, in this process and without writes. A deployment may change
    ``send_again_s``, ``pace``, ``pace_of``, ``arrives_s`` and ``retry_waits_s`` (waits before each retry of a step that
    failed for a passing reason). ``downloads`` is described at ``Gate``.
    """

    def __init__(
        self,
        journal: Journal,
        ledger: Ledger,
        vault: Vault,
        hands: Hands,
        providers: Mapping[str, Provider],
        settings: Settings,
        production: Production,
        listen: Callable[[ProgressEvent], None] | None = None,
        *,
        send_again_s: Sequence[float] = SEND_AGAIN_WAITS_S,
        pace: Pace | None = None,
        retry_waits_s: Sequence[float] = STEP_RETRY_WAITS_S,
        pace_of: Callable[[str], Pace] | None = None,
        arrives_s: float | None = None,
        downloads: int = MAX_CONCURRENT_DOWNLOADS,
    ) -> None:
        self.holder = make_holder(mint("director"))
        self.gate = Gate(
            journal,
            ledger,
            vault,
            hands,
            providers,
            send_again_s,
            pace,
            settings.lease_s / 2,
            tries=settings.tries,
            write_off_micros=settings.write_off_micros,
            pace_of=pace_of,
            arrives_s=arrives_s,
            holder=self.holder,
            downloads=downloads,
        )
        self._parts = Parts(
            journal=journal,
            ledger=ledger,
            gate=self.gate,
            hands=hands,
            production=production,
            listen=listen or (lambda progressed: None),
            watch=Watch(journal, self.gate.poll_now),
            retry_waits_s=tuple(retry_waits_s),
        )
        self._journal = journal
        self._advancing: dict[str, asyncio.Future[None] | None] = {}
        """Projects that this director advances, each with the future that wakes the next caller, if one waits."""
        self._driving: set[asyncio.Task[None]] = set()
        self._heart = Heartbeat(journal, self.holder, settings.lease_s, lambda: bool(self._driving))
        self._rest = asyncio.Event()
        """Set when a project rests; the next rest has a new event, so that every waiter wakes once."""

    async def run(self, until: Until = "idle") -> None:
        """Run the jobs of every project that waits for a director, of all accounts; spends what was agreed to.

        ``idle`` returns when nothing is left to do, and raises ``StoreUnavailable`` if the journal is away. ``forever``
        continues once the journal is back. A cancel stops what this call runs and releases its leases; the jobs stay
        for the next director.
        """
        async with self._heart:
            driving: set[asyncio.Task[None]] = set()
            try:
                while True:
                    self._heart.check()
                    rest = self._rest
                    while leases := await self._claim(None, until):
                        driving.update(self._start(lease, until) for lease in leases)
                    if not driving and until == "idle":
                        return
                    await _wait_for(rest)
                    _raise_errors(driving)
            finally:
                for task in driving:
                    task.cancel()
                await asyncio.gather(*driving, return_exceptions=True)

    async def drive(self, account: str, project: str) -> None:
        """Run the jobs of one project until none is queued or running; spends what was agreed to.

        May be called for any number of projects at once, and also returns when another director has done the work.
        Raises ``StoreUnavailable``. After a cancel the job stays for the next director.
        """
        async with self._heart:
            while True:
                self._heart.check()
                rest = self._rest
                if leases := await self._claim(project, "idle"):
                    await self._finish(self._start(leases[0], "idle"))
                elif await self._has_work(account, project):
                    await _wait_for(rest)  # another director or another call drives it, or its batch is full
                else:
                    return

    async def carry_out_cancel(self, account: str, project: str) -> None:
        """End the jobs of a project that a person asked to cancel, in order; run no other job. Sends no new request.

        Returns when the next job in order is not being cancelled, even if another director did the work. Providers are
        asked to stop their operations; an operation that cannot be stopped lands. Raises ``StoreUnavailable``.
        """
        async with self._heart:
            while await self._being_cancelled(account, project):
                self._heart.check()
                if leases := await self._claim(project, "idle"):
                    await self._finish(self._start(leases[0], "idle", only_cancels=True))
                else:
                    await asyncio.sleep(WATCH_LOOK_EVERY_S)  # another director or another call drives it

    async def stop(self) -> None:
        """Cancel everything that this director runs, and release its leases. The calls that run it are cancelled; the
        jobs stay.
        """
        driving = set(self._driving)
        for task in driving:
            task.cancel()
        await asyncio.gather(*driving, return_exceptions=True)

    async def _finish(self, task: asyncio.Task[None]) -> None:
        """Wait for the task, and raise its error. Without a heartbeat, stop it: its lease will be lost."""
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=WATCH_LOOK_EVERY_S)
                self._heart.check()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        task.result()

    def _start(self, lease: Lease, until: Until, *, only_cancels: bool = False) -> asyncio.Task[None]:
        task = asyncio.create_task(self._drive(lease, until, only_cancels=only_cancels), name=lease.project)
        self._driving.add(task)
        task.add_done_callback(self._driving.discard)
        return task

    async def advance(self, lease: Lease, *, only_cancels: bool = False) -> None:
        """Run the jobs of a leased project in order, each until it ends or waits; may spend, through the gate.

        Safe to call twice, late, or from two machines at once. Raises ``LeaseLost`` if another director drives the
        project. ``only_cancels``: stop at the first job that nobody asked to cancel, and never spend.
        """
        while lease.project in self._advancing:
            over = self._advancing[lease.project] or asyncio.get_running_loop().create_future()
            self._advancing[lease.project] = over
            await asyncio.shield(over)
        self._advancing[lease.project] = None
        try:
            while True:
                cancelled_job = await self._being_cancelled(lease.account, lease.project) if only_cancels else None
                if only_cancels and cancelled_job is None:
                    return
                job = await self._journal.start_next_job(lease)
                if job is None or (only_cancels and job != cancelled_job):
                    return  # the next director of the project runs the job that was started here
                if not await JobRun(self._parts, lease, job).run_until_rest():
                    return
        finally:
            if waiter := self._advancing.pop(lease.project):
                waiter.set_result(None)

    async def _claim(self, only: str | None, until: Until) -> Sequence[Lease]:
        """Claim projects in the journal.

        A cancel releases what was claimed meanwhile: a director never takes its own leases.
        """
        claiming = asyncio.ensure_future(self._claimed(only))
        try:
            return await asyncio.shield(claiming)
        except StoreUnavailable as error:
            if until == "idle" or error.code == "journal_is_newer":
                raise
            return ()  # the journal may be back at the next look
        except asyncio.CancelledError:
            for lease in await claiming:
                await self._journal.release(lease)
            raise

    async def _claimed(self, only: str | None) -> Sequence[Lease]:
        if only is None:
            leases = await self._journal.claim_projects(self.holder, PROJECTS_CLAIMED_AT_ONCE)
        else:
            lease = await self._journal.claim_project(self.holder, only)
            leases = (lease,) if lease else ()
        for lease in leases:
            _log_lease(logging.INFO, "lease.claimed", lease)
        return leases

    async def _being_cancelled(self, account: str, project: str) -> str | None:
        """Return the id of the project's next job in order if it is to be cancelled and has not ended yet."""
        job = (await self._journal.read_standing(account, project)).job
        return job.id if job and is_being_cancelled(job) else None

    async def _drive(self, lease: Lease, until: Until, *, only_cancels: bool = False) -> None:
        try:
            await self.advance(lease, only_cancels=only_cancels)
        except LeaseLost:
            _log_lease(logging.WARNING, "lease.lost", lease)
        except StoreUnavailable:
            if until == "idle":
                raise
        finally:
            await asyncio.shield(self._let_go(lease, until))
            self._rest.set()
            self._rest = asyncio.Event()

    async def _let_go(self, lease: Lease, until: Until) -> None:
        """Release the lease. With ``forever``, retry until it is released: a director never claims what it holds."""
        while True:
            try:
                await self._journal.release(lease)
                _log_lease(logging.INFO, "lease.released", lease)
                return
            except StoreUnavailable:
                if until == "idle":
                    raise
            await asyncio.sleep(WATCH_LOOK_EVERY_S)

    async def _has_work(self, account: str, project: str) -> bool:
        return bool(await self._journal.list_runnable_jobs(account, project))


async def _wait_for(rest: asyncio.Event) -> None:
    """Wait a moment, or until a project of this director rests."""
    with suppress(TimeoutError):
        async with asyncio.timeout(WATCH_LOOK_EVERY_S):
            await rest.wait()


def _raise_errors(driving: set[asyncio.Task[None]]) -> None:
    """Remove the tasks that are done, and raise an error that could not be stored in a job."""
    done = {task for task in driving if task.done()}
    driving -= done
    for task in done:
        task.result()


def _log_lease(level: int, event: str, lease: Lease) -> None:
    """Log a change of a lease, which the journal records as no event."""
    fields = {"event": event, "account": lease.account, "project": lease.project}
    fields["lease"] = f"{lease.director}/{lease.token}"
    logger.log(level, "%s %s of %s", event, fields["lease"], lease.project, extra={"fields": fields})
