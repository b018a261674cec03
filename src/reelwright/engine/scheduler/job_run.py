"""The run of one job: read its standing, obtain what is certainly wanted, and read again after each landing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from reelwright.engine.policy import MAX_EXTENSIONS_OF_A_JOB
from reelwright.engine.purchases.recover import find_abandoned_purchases
from reelwright.engine.scheduler.conclusion import JobConclusion, Troubles, conclude, find_wanted_takes
from reelwright.engine.scheduler.consent import Consenter
from reelwright.engine.scheduler.obtain import Obtainer, Parts
from reelwright.engine.scheduler.restore import Restorer
from reelwright.engine.steps.step_run import DropSignal, ProgressEvent, RetrySignal, StepRun
from reelwright.errors import DamagedAsset, LeaseLost, NotFound, StaleRevision, StoreUnavailable
from reelwright.net.redact import redact_error, redact_reason
from reelwright.reason import Reason, build_reason
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.graph.choices import RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.orders import Order, list_orders, propose_retakes
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.wanted_steps import ResolvedStep, WantedSteps, walk_graph
from reelwright.reel.records.operation import JobState, Lease, Purchase, Standing
from reelwright.tracing import TRACEPARENT, get_current_span, is_tracing, trace_span

logger = logging.getLogger(__name__)


class JobRun:
    """Runs the steps of one job for a director. Everything that it remembers can be lost: the journal holds what
    matters.
    """

    __slots__ = (
        "_consenter", "_extensions", "_follower", "_has_more_jobs", "_job", "_last_counts", "_lease", "_looked_up",
        "_not_landed", "_obtainer", "_parts", "_restorer", "_runs", "_seen_landings", "_troubles",
    )  # fmt: skip

    def __init__(self, parts: Parts, lease: Lease, job: str) -> None:
        self._parts, self._lease, self._job = parts, lease, job
        self._obtainer = Obtainer(parts, lease, job)
        self._consenter = Consenter(parts, lease)
        self._restorer = Restorer(parts, lease)
        self._runs: dict[Fingerprint, StepRun] = {}
        self._seen_landings: frozenset[Fingerprint] = frozenset()
        self._not_landed: dict[Fingerprint, Reason] = {}
        """By fingerprint: the reason why a step could not be obtained in this run."""
        self._looked_up: set[Fingerprint] = set()
        self._last_counts = (-1, -1)
        self._extensions = 0
        self._troubles = Troubles()
        self._follower = parts.watch.follow(lease.project)
        """Also notified when a step run ends."""
        self._has_more_jobs = True

    async def run_until_rest(self) -> bool:
        """Run the job until it is done, failed, cancelled, or waits; may spend. Return False if its project has no
        other job that may run under the same lease.

        Return False if its project has no other job that may run under the same lease.

        May spend. Raises ``LeaseLost``, ``StoreUnavailable``.
        """
        async with self._follower:
            trace, lease = await self._find_trace(), self._lease
            with trace_span("job.run", parent=trace, account=lease.account, project=lease.project, job=self._job):
                try:
                    while not (rests := await self._run_turn()):
                        if rests is None:
                            await self._follower.wait()
                finally:
                    await self._stop()
        return self._has_more_jobs

    async def _find_trace(self) -> str:
        """Return the trace that the job was queued in, perhaps by another process. Empty: none, or nobody asks."""
        job = (await self._read()).job if is_tracing() else None
        return str(job.options.get(TRACEPARENT, "")) if job and job.id == self._job else ""

    async def _run_turn(self) -> bool | None:
        """Handle the step runs that ended, read the project, and act on it. Returns what ``_read_and_start`` returns.

        What was read is freed before anything is awaited: thousands of projects may wait at once.
        """
        try:
            self._handle_finished_runs()
            return await self._read_and_start()
        except StaleRevision:
            return False  # a person wrote a revision first: read again
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:  # a fault in one project's film must not end the other projects
            logger.exception("the run of %s failed", self._job, extra={"fields": {"job": self._job}})
            self._troubles.failures.append(redact_error(error))
            await self._wait_for_runs()
            await self._conclude(JobConclusion(state="failed", reason=self._troubles.failures[0]), await self._read())
            return True

    async def _read_and_start(self) -> bool | None:
        """Read the project and start what is wanted. True: the job rests. False: read again.

        None: wait for what runs.
        """
        standing = await self._read()
        if standing.job is None or standing.job.id != self._job or standing.job.state != "running":
            return True
        if standing.job.is_cancel_requested:
            return await self._cancel(standing)
        graph = self._parts.production.build_graph(standing)
        seen = (graph, standing.choices, standing.outcomes)
        want, found = walk_graph(*seen, standing.deleted_assets)
        if await self._follow_landings(standing, graph, found):
            return False
        if await self._request_deleted_takes(
            standing, propose_retakes(*seen, want.certain, standing.deleted_assets, found)
        ):
            return False
        await self._keep_cut(standing, graph)
        todo = list_orders(*seen, want.certain, standing.deleted_assets, found, order_number=standing.order_number)
        names = {order.fingerprint for order in todo}
        if await self._adopt(todo):
            return False
        if any(run.is_billed_above for run in self._runs.values()):
            self._consenter.check_again()  # it may have landed, and not have ended yet
        self._troubles.purchase_block = await self._consenter.ensure_allowance(standing, graph, want, todo)
        self._drop_unwanted(standing, names | find_wanted_takes(standing, graph))
        self._restore_damaged(standing, graph, found)
        await self._start(standing, [order for order in todo if not self._restorer.is_blocked(order)])
        self._count(standing, want, found)
        if self._runs:
            return None
        stuck = {step.key for step in want.stuck} | self._troubles.find_refused_steps(names)
        if stuck and not self._troubles.failures and await self._parts.production.unstick(self._lease, standing, stuck):
            return False
        rest = conclude(self._parts.production, standing, graph, want, names, self._troubles)
        if rest.state == "done" and self._extensions < MAX_EXTENSIONS_OF_A_JOB:
            self._extensions += 1
            if await self._parts.production.extend(self._lease, standing):
                return False
        await self._conclude(await self._consenter.name_price(rest, standing, graph, todo), standing)
        return True

    async def _read(self) -> Standing:
        standing = await self._parts.journal.read_standing(self._lease.account, self._lease.project)
        self._follower.mark_read(standing.last_event)
        return standing

    async def _follow_landings(self, standing: Standing, graph: Graph, found: Mapping[StepKey, ResolvedStep]) -> bool:
        """Pass every landing to the production, and choose a take if a round brought several. True: read again."""
        moved = False
        for step, outcome in _find_landings(graph, standing, found, self._seen_landings):
            if step.request and len(outcome.assets) > 1 and outcome.chosen_asset is None:
                with suppress(NotFound):  # another project's round: its own director chooses
                    await self._parts.journal.choose_asset(self._lease, outcome.fingerprint, outcome.assets[0])
                    moved = True
            moved |= await self._parts.production.apply_outcome(self._lease, standing, step, outcome)
            self._seen_landings |= {outcome.fingerprint}
        return moved

    async def _request_deleted_takes(self, standing: Standing, asks: Sequence[RetakeRequest]) -> bool:
        """Request a new round, in the name of the system, for takes whose bytes were deleted. True: read again.

        If another project of the account has bought the same again already, that order is requested.
        """
        if not asks or standing.plan is None:
            return False
        numbered = await self._parts.gate.other_projects.number_rounds(self._lease.account, standing, asks)
        choices = replace(standing.choices, retakes=(*standing.choices.retakes, *numbered))
        await self._parts.journal.revise_under_lease(self._lease, standing.revision, standing.plan, choices, "system")
        return True

    async def _adopt(self, todo: Sequence[Order]) -> bool:
        """Adopt what other projects of the account bought of these orders, before they are priced. True: read again.

        Each order is looked up once. What lands in another project later is found when it would be bought.
        """
        paid = [order for order in todo if order.step.request and order.key and not self._is_free(order)]
        new = [order for order in paid if order.fingerprint not in self._looked_up]
        if not new:
            return False
        self._looked_up |= {order.fingerprint for order in new}
        account, project = self._lease.account, self._lease.project
        found = await self._parts.ledger.find_orders(account, {order.order_fingerprint for order in new})
        landed = {(one.purchase.order_fingerprint, one.purchase.n): one.purchase for one in found if one.outcome}
        there = [
            (order, landed[order.order_fingerprint, order.n])
            for order in new
            if (order.order_fingerprint, order.n) in landed
        ]
        adopted = [(order.step.key, order.fingerprint, p.id) for order, p in there if p.project != project]
        return bool(adopted) and await self._parts.ledger.adopt_outcomes(account, project, adopted) > 0

    def _is_free(self, order: Order) -> bool:
        assert order.step.request
        return self._parts.gate.find_provider(order.step.request.model).resubmit == "free"

    async def _keep_cut(self, standing: Standing, graph: Graph) -> None:
        """Record the cut once it is known, before anything is encoded from it."""
        cut = self._parts.production.build_cut(standing, graph)
        if cut and standing.job and cut != standing.job.cut:
            await self._parts.journal.record_cut(self._lease, self._job, cut)

    def _drop_unwanted(self, standing: Standing, names: set[Fingerprint]) -> None:
        """Drop the runs that the newest revision does not want: they send nothing more, and what was sent lands."""
        for fp, run in self._runs.items():
            run.revision = standing.revision
            if run.order and run.is_wanted and fp not in names and fp not in standing.outcomes:
                self._give_up(run)

    def _restore_damaged(self, standing: Standing, graph: Graph, found: Mapping[StepKey, ResolvedStep]) -> None:
        """Start to restore damaged files that our own hands made. For all others the job waits and names the file."""
        again, lost = self._restorer.plan_restores(standing, graph, found)
        for reader, error in lost:
            self._troubles.record_error(StepKey(error.step or reader.step), reader.fingerprint, error)
        for digest, order in again:
            run = self._create_run(order.step.key, order.fingerprint, order.step.kind)
            run.order, run.revision, run.is_free = order, standing.revision, True
            self._start_task(run, self._restorer.restore(run, digest))

    def _give_up(self, run: StepRun) -> None:
        run.drop()
        if run.is_free and run.task:
            run.task.cancel()

    async def _start(self, standing: Standing, todo: Sequence[Order]) -> None:
        if self._troubles.failures:
            return  # the steps that run land first, then the job fails
        startable = [order for order in todo if not (order.step.request and self._troubles.purchase_block)]
        for order in startable:
            if order.fingerprint not in self._runs and order.fingerprint not in self._troubles.waits:
                self._start_order(order, standing)
        await self._handle_abandoned(standing, {o.fingerprint for o in startable}, {o.fingerprint for o in todo})

    def _start_order(self, order: Order, standing: Standing) -> None:
        run = self._create_run(order.step.key, order.fingerprint, order.step.kind)
        run.order, run.revision = order, standing.revision
        if request := order.step.request:
            run.is_free = self._parts.gate.find_provider(request.model).resubmit == "free"
            scope = standing.project if run.is_free else standing.account
            self._start_task(run, self._obtainer.buy(run, self._consenter.allowance, scope, self._consenter.consent))
        else:
            run.is_free = True
            self._start_task(run, self._obtainer.make(run))
        self._notify("started", order.step.key, order.step.kind)

    async def _handle_abandoned(self, standing: Standing, startable: set[Fingerprint], names: set[Fingerprint]) -> None:
        for purchase in find_abandoned_purchases(standing, startable | set(self._runs) | set(self._troubles.waits)):
            if purchase.state != "intent":
                self._carry_on(purchase)
            elif purchase.fingerprint not in names:
                await self._parts.gate.release(purchase, Reason("no_longer_wanted"))

    def _carry_on(self, purchase: Purchase) -> StepRun:
        run = self._create_run(purchase.step, purchase.fingerprint, purchase.step.partition("/")[0])
        run.is_sent = True
        self._start_task(run, self._obtainer.carry_on(run, purchase))
        return run

    def _create_run(self, step: StepKey, fp: Fingerprint, kind: str) -> StepRun:
        moving = _ProgressReporter(self, step, kind)
        return StepRun(step=step, fingerprint=fp, report=moving, notify=moving.report_wait)

    def _start_task(self, run: StepRun, way: Coroutine[Any, Any, None]) -> None:
        run.task = asyncio.create_task(way, name=run.step)
        run.task.add_done_callback(self._notify_end)
        self._runs[run.fingerprint] = run

    def _notify_end(self, task: asyncio.Task[Any]) -> None:
        self._follower.notify()

    def _handle_finished_runs(self) -> None:
        self._parts.watch.check()
        for run in [e for e in self._runs.values() if e.task and e.task.done()]:
            del self._runs[run.fingerprint]
            self._handle_result(run)

    def _handle_result(self, run: StepRun) -> None:
        assert run.task
        error = None if run.task.cancelled() else run.task.exception()
        if run.is_billed_above:
            self._consenter.check_again()
        if isinstance(error, LeaseLost):
            raise error
        if run.task.cancelled() or isinstance(error, DropSignal):
            self._notify("dropped", run.step)
        elif isinstance(error, RetrySignal):
            self._consenter.reset(replace(error.reason, step=run.step))  # its cost, if any, counts before the next try
            self._notify("again", run.step, reason=build_reason("bought_again", cause=error.reason))
        elif isinstance(error, DamagedAsset) and self._restorer.note_damage(run, error):
            self._notify("again", run.step, reason=redact_error(error, run.step))
        elif error is None:
            self._troubles.count_landing(run.step, run.fingerprint)
            self._notify("failed" if run.failure else "landed", run.step, reason=run.failure)
        else:
            reason = redact_error(error, run.step)
            self._not_landed[run.fingerprint] = reason
            self._troubles.record_error(run.step, run.fingerprint, error)
            event = "held" if run.fingerprint in self._troubles.waits else "failed"
            self._notify(event, run.step, reason=reason)

    async def _cancel(self, standing: Standing) -> bool | None:
        """Cancel the job: send nothing more, ask providers to stop, and land what arrives nevertheless.

        The gate asks a provider only while no other live job of the account waits for the order; else that job takes
        the operation over. A purchase that could not land (a
        full disk) is not retried here: the job fails with the reason, and the next one continues. Returns what
        ``_read_and_start`` returns.
        """
        open_ = [
            one
            for one in find_abandoned_purchases(standing, set(self._runs) | set(self._troubles.waits))
            if one.state != "intent"
        ]
        for purchase in open_:
            if purchase.fingerprint not in self._not_landed:
                self._carry_on(purchase)
        own = {purchase.fingerprint for purchase in standing.open_purchases}
        for run in self._runs.values():
            if not run.must_cancel:
                run.must_cancel = True
                self._give_up(run)
            elif run.fingerprint not in own:
                run.wake_event.set()  # another project may have taken it over
        if self._runs:
            return None
        not_landed = [self._not_landed[one.fingerprint] for one in open_ if one.fingerprint in self._not_landed]
        await self._conclude(
            JobConclusion(state="failed", reason=not_landed[0]) if not_landed else "cancelled", standing
        )
        return True

    async def _conclude(self, rest: JobConclusion | Literal["cancelled"], standing: Standing) -> None:
        """End the job or let it wait. First release the reservations of purchases that were never sent.

        ``standing``: as read when nothing ran any more. A job that was approved since then does not wait: the director
        runs it again.
        """
        state: JobState = "cancelled" if rest == "cancelled" else rest.state
        read_consent = standing.job.consent if standing.job else None
        mine = (p for p in find_abandoned_purchases(standing, ()) if p.job == self._job)
        unsent = [purchase for purchase in mine if purchase.state == "intent"]
        for purchase in unsent:
            await self._parts.gate.release(purchase, Reason("job_waits" if state == "waiting" else "job_ended"))
        journal, reason = self._parts.journal, None if rest == "cancelled" else rest.reason
        if rest == "cancelled":
            self._has_more_jobs = await journal.finish(self._lease, self._job, "cancelled", reason, None)
        elif rest.state == "waiting":
            if not await journal.mark_waiting(
                self._lease, self._job, rest.wait_reason, rest.step, reason, read_consent
            ):
                return
            self._has_more_jobs = False
        else:
            self._has_more_jobs = await journal.finish(self._lease, self._job, rest.state, reason, rest.film)
        span = get_current_span()
        span.note(state=state, error=reason.code if reason else None)
        if state == "failed":
            span.note_error()
        self._notify("ended", None, state, reason=reason)
        await self._parts.gate.remove_staged_inputs((*unsent, *standing.staged_purchases))

    async def _wait_for_runs(self) -> None:
        while self._runs:
            await self._follower.wait()
            self._handle_finished_runs()

    async def _stop(self) -> None:
        """Cancel what runs, after an interrupt or a lost lease. The answers of sends are recorded first."""
        tasks = [run.task for run in self._runs.values() if run.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _count(self, standing: Standing, want: WantedSteps, found: Mapping[StepKey, ResolvedStep]) -> None:
        """Report the counts of steps if they changed. A landing counts once its own event was reported, not before."""
        there = [step for step in found.values() if step.asset and step.asset not in standing.deleted_assets]
        landing = sum(1 for step in there if step.fingerprint in self._runs)
        counts = (len(there) - landing, len(want.certain) + len(want.possible) + landing)
        if counts != self._last_counts:
            self._last_counts = counts
            self._notify("read", None, counts=counts)

    def _notify(
        self, event: Any, step: StepKey | None, kind: str = "", *, reason: Reason | None = None,
        fraction: float | None = None,
        counts: tuple[int, int] = (0, 0),
    ) -> None:  # fmt: skip
        """Send an event to the listeners. ``counts``: the steps finished, and the steps wanted."""
        self._parts.listen(
            ProgressEvent(
                project=self._lease.project, job=self._job, event=event, step=step, kind=kind, fraction=fraction,
                reason=reason, finished_steps=counts[0], wanted_steps=counts[1],
            )
        )  # fmt: skip


class _ProgressReporter:
    """Reports the progress of a step. Takes half the memory of a closure: thousands exist at once."""

    __slots__ = ("_advance", "_kind", "_step")

    def __init__(self, advance: JobRun, step: StepKey, kind: str) -> None:
        self._advance, self._step, self._kind = advance, step, kind

    def __call__(self, done: float) -> None:
        self._advance._notify("moving", self._step, self._kind, fraction=done)

    def report_wait(self, reason: Reason) -> None:
        """Report why the step waits."""
        self._advance._notify("waiting", self._step, self._kind, reason=redact_reason(replace(reason, step=self._step)))


def _find_landings(
    graph: Graph, standing: Standing, found: Mapping[StepKey, ResolvedStep], seen: Set[Fingerprint]
) -> list[tuple[Step, Outcome]]:
    """Return the outcomes that steps of the graph have, over all their rounds, except those in ``seen``."""
    landed: list[tuple[Step, Outcome]] = []
    for key, (fp, _) in found.items():
        if fp is None:
            continue
        rounds = (fp, *(compute_round_fingerprint(ask) for ask in standing.choices.retakes if ask.fingerprint == fp))
        landed += [(graph.steps[key], standing.outcomes[n]) for n in rounds if n in standing.outcomes and n not in seen]
    return landed
