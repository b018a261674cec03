"""The director: leases projects, drives each to its rest, and can be replaced at any moment."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Final, Literal

from reelwright.engine.advance import Advance
from reelwright.engine.at_once import AtOnceOf
from reelwright.engine.downloads import AT_ONCE
from reelwright.engine.errand import Changed, Progressed
from reelwright.engine.gate import SEND_AGAIN_S, Gate
from reelwright.engine.heart import Heart
from reelwright.engine.obtain import Parts
from reelwright.engine.operations import Pace
from reelwright.engine.waist import Hands, Journal, Ledger, Production, Vault
from reelwright.engine.watch import LOOK_S, Watch
from reelwright.errors import LeaseLost, StoreUnavailable
from reelwright.providers.protocol import Provider
from reelwright.reel.ids import mint
from reelwright.reel.operation import Lease, is_being_cancelled
from reelwright.settings import Settings
from reelwright.store.processes import here

CLAIMED: Final = 32
"""Projects claimed in one transaction at most. Those of before are on their way while the next are claimed."""
Until = Literal["idle", "forever"]
Bring = Callable[[str], Awaitable[None]]
"""Brings the project of this id to rest."""


class Director:
    """Knows steps, not films: what to make and when it is finished, its ``production`` says.

    ``listen`` hears of everything that moves, in this process and without writes. ``send_again_s``, ``pace``,
    ``pace_of``, ``arrives_s`` and ``again_s`` (waits before a step that failed for a passing reason is tried again) are
    for a deployment to change; ``at_once`` and ``downloads`` are as the gate's.
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
        listen: Callable[[Progressed], None] | None = None,
        *,
        send_again_s: Sequence[float] = SEND_AGAIN_S,
        pace: Pace | None = None,
        again_s: Sequence[float] = (1.0, 5.0),
        pace_of: Callable[[str], Pace] | None = None,
        arrives_s: float | None = None,
        at_once: AtOnceOf = lambda project: None,
        downloads: int = AT_ONCE,
    ) -> None:
        self.holder = here(mint("director"))
        self.gate = Gate(
            journal, ledger, vault, hands, providers, send_again_s, pace, settings.lease_s / 2, tries=settings.tries,
            write_off=settings.write_off, pace_of=pace_of, arrives_s=arrives_s, at_once=at_once, holder=self.holder,
            downloads=downloads,
        )  # fmt: skip
        self._parts = Parts(
            journal=journal,
            ledger=ledger,
            gate=self.gate,
            hands=hands,
            production=production,
            listen=listen or (lambda progressed: None),
            watch=Watch(journal),
            again_s=tuple(again_s),
        )
        self._journal, self._settings = journal, settings
        self._advancing: dict[str, asyncio.Future[None] | None] = {}
        """Projects, and what tells those who wait for one that nobody in here advances it any more."""
        self._driving: set[asyncio.Task[None]] = set()
        self._rested = Changed()

    async def run(self, only: str | None = None, until: Until = "idle") -> None:
        """Drive every project that waits for a director, or ``only`` that one. Spends what was consented to.

        ``idle`` returns when there is nothing left to do; with ``only``, when its job rests, whoever drives it; and
        raises ``StoreUnavailable`` when the journal is away. ``forever`` goes on once it is back. When cancelled, what
        runs is stopped, the leases are let go, and the jobs stay for the next director.
        """
        async with self._beating() as heart:
            try:
                while True:
                    heart.check()
                    while leases := await self._claim(only, until):
                        self._driving.update(
                            asyncio.create_task(self._drive(lease, until), name=lease.project) for lease in leases
                        )
                    if not self._driving and until == "idle" and not await self._still_driven(only):
                        return
                    await self._look()
            finally:
                for task in self._driving:
                    task.cancel()
                await asyncio.gather(*self._driving, return_exceptions=True)
                self._driving.clear()

    async def carry_out_cancel(self, project: str) -> None:
        """End the project's jobs in turn that somebody asked to cancel. Sends nothing, and drives no other job.

        Returns when the job in turn is not being cancelled, whoever carried it out; what a provider has in work is
        asked to stop, and lands where it cannot. Raises ``StoreUnavailable``.
        """
        async with self._beating() as heart:
            while await self._being_cancelled(self._settings.account, project):
                heart.check()
                if not (leases := await self._claim(project, "idle")):
                    await asyncio.sleep(LOOK_S)  # somebody else drives it
                    continue
                driving = asyncio.create_task(self._drive(leases[0], "idle", only_cancels=True), name=project)
                self._driving.add(driving)
                driving.add_done_callback(self._driving.discard)
                await driving

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[Bring]:
        """While inside, projects are brought to rest one by one, any number at once, and no others are claimed.

        What it gives takes a project's id and returns when none of its jobs is queued or runs, whoever drives it. May
        spend what was consented to. Raises ``StoreUnavailable``. When cancelled, the job stays for the next director.
        """
        async with self._beating() as heart:

            async def bring(project: str) -> None:
                driving = asyncio.create_task(self._bring(project, heart))
                self._driving.add(driving)
                driving.add_done_callback(self._driving.discard)
                await driving

            yield bring

    def _beating(self) -> Heart:
        return Heart(self._journal, self.holder, self._settings.lease_s, lambda: bool(self._driving))

    async def _bring(self, project: str, heart: Heart) -> None:
        while True:
            heart.check()
            if leases := await self._claim(project, "idle"):
                await self._drive(leases[0], "idle")
            elif await self._still_driven(project):
                await asyncio.sleep(LOOK_S)
            else:
                return

    async def advance(self, lease: Lease, *, only_cancels: bool = False) -> None:
        """The only verb of progress: bring the project's jobs to rest, in order. May spend, through the gate.

        Safe to call twice, late, or from two machines at once. Raises ``LeaseLost`` when somebody else drives it.
        ``only_cancels``: stop at the first job that nobody asked to cancel; then it never spends.
        """
        while lease.project in self._advancing:
            over = self._advancing[lease.project] or asyncio.get_running_loop().create_future()
            self._advancing[lease.project] = over
            await asyncio.shield(over)
        self._advancing[lease.project] = None
        try:
            while True:
                meant = await self._being_cancelled(lease.account, lease.project) if only_cancels else None
                if only_cancels and meant is None:
                    return
                job = await self._journal.start(lease)
                if job is None or (only_cancels and job != meant):
                    return  # a job that was begun here is for whoever drives the project next
                if not await Advance(self._parts, lease, job).to_rest():
                    return
        finally:
            if told := self._advancing.pop(lease.project):
                told.set_result(None)

    async def _claim(self, only: str | None, until: Until) -> Sequence[Lease]:
        """As the journal's. What was claimed while it was cancelled is let go: none takes from itself."""
        claiming = asyncio.ensure_future(self._claimed(only))
        try:
            return await asyncio.shield(claiming)
        except StoreUnavailable:
            if until == "idle":
                raise
            return ()  # it may be back at the next look
        except asyncio.CancelledError:
            for lease in await claiming:
                await self._journal.release(lease)
            raise

    async def _claimed(self, only: str | None) -> Sequence[Lease]:
        if only is None:
            return await self._journal.claim_some(self.holder, CLAIMED)
        lease = await self._journal.claim(self.holder, only)
        return (lease,) if lease else ()

    async def _being_cancelled(self, account: str, project: str) -> str | None:
        """The project's job in turn, where somebody asked to cancel it and nobody has carried that out."""
        job = (await self._journal.standing(account, project)).job
        return job.id if job and is_being_cancelled(job) else None

    async def _drive(self, lease: Lease, until: Until, *, only_cancels: bool = False) -> None:
        try:
            await self.advance(lease, only_cancels=only_cancels)
        except LeaseLost:
            pass
        except StoreUnavailable:
            if until == "idle":
                raise
        finally:
            await asyncio.shield(self._let_go(lease, until))
            self._rested.set()

    async def _let_go(self, lease: Lease, until: Until) -> None:
        """Release it. One that serves must not keep what it does not drive: it takes nothing from itself."""
        while True:
            try:
                await self._journal.release(lease)
                return
            except StoreUnavailable:
                if until == "idle":
                    raise
            await asyncio.sleep(LOOK_S)

    async def _look(self) -> None:
        """Wait a moment, or until a project rests; an error that no job could hold is raised."""
        if not self._driving:
            await asyncio.sleep(LOOK_S)
            return
        await self._rested.wait(LOOK_S)
        done = {task for task in self._driving if task.done()}
        self._driving -= done
        for task in done:
            task.result()

    async def _still_driven(self, only: str | None) -> bool:
        """Whether somebody else drives the one project that we were asked for."""
        if only is None:
            return False
        jobs = await self._journal.jobs(self._settings.account, only)
        return any(job.state in ("queued", "running") for job in jobs)
