"""One job, driven to its rest: read where it stands, obtain what is certain, read again after every landing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from reelwright.engine.consent import Consenter
from reelwright.engine.errand import Again, Dropped, Errand, Progressed
from reelwright.engine.obtain import Obtainer, Parts
from reelwright.engine.recover import left_behind
from reelwright.engine.rest import Rest, Troubles, conclude, takes_meant, told
from reelwright.engine.restore import Restorer
from reelwright.errors import DamagedAsset, LeaseLost, NotFound, StaleRevision, StoreUnavailable
from reelwright.net.redact import redact
from reelwright.reel.choices import Ask, again
from reelwright.reel.graph import Graph, Step
from reelwright.reel.noun import Fingerprint, StepKey
from reelwright.reel.operation import JobState, Lease, Purchase, Standing
from reelwright.reel.orders import Order, anew, order_key, orders
from reelwright.reel.outcome import Outcome
from reelwright.reel.wanted import Known, Wanted, wanted_and_known


class Advance:
    """What one director does for one job. All that it remembers can be lost: the journal knows the rest."""

    __slots__ = (
        "_consenter",
        "_counted",
        "_errands",
        "_follower",
        "_job",
        "_lease",
        "_looked_up",
        "_more",
        "_not_landed",
        "_obtainer",
        "_parts",
        "_restorer",
        "_seen",
        "_troubles",
    )  # fmt: skip

    def __init__(self, parts: Parts, lease: Lease, job: str) -> None:
        self._parts, self._lease, self._job = parts, lease, job
        self._obtainer = Obtainer(parts, lease, job)
        self._consenter = Consenter(parts, lease)
        self._restorer = Restorer(parts, lease)
        self._errands: dict[Fingerprint, Errand] = {}
        self._seen: frozenset[Fingerprint] = frozenset()
        self._not_landed: dict[Fingerprint, str] = {}
        """What could not be obtained in this advance, with the reason in words."""
        self._looked_up: set[Fingerprint] = set()
        self._counted = (-1, -1)
        self._troubles = Troubles()
        self._follower = parts.watch.on(lease.project)
        """Told when an errand ended."""
        self._more = True

    async def to_rest(self) -> bool:
        """Until the job is done, failed, cancelled, or waits; False: its project has no other to run.

        May spend. Raises ``LeaseLost``, ``StoreUnavailable``.
        """
        async with self._follower:
            try:
                while not (rests := await self._turn()):
                    if rests is None:
                        await self._follower.wait()
            finally:
                await self._stop()
        return self._more

    async def _turn(self) -> bool | None:
        """See to what ended, read, and do what follows from it; else as ``_read_and_start``.

        What was read is let go of before anything is waited for: thousands of projects may wait at once.
        """
        try:
            self._see_to_what_ended()
            return await self._read_and_start()
        except StaleRevision:
            return False  # a person was quicker: read again
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception as error:  # noqa: BLE001  a fault in one project's film must not end the other projects
            self._troubles.failed.append(told(None, error))
            await self._land_what_runs()
            await self._rest(Rest(state="failed", said=self._troubles.failed[0]), await self._read())
            return True

    async def _read_and_start(self) -> bool | None:
        """Whether the job rests now, else it is read again; None: something of it runs, and is to be waited for."""
        standing = await self._read()
        if standing.job is None or standing.job.id != self._job or standing.job.state != "running":
            return True
        if standing.job.cancel:
            return await self._cancel(standing)
        graph = self._parts.production.graph(standing)
        seen = (graph, standing.choices, standing.had)
        want, found = wanted_and_known(*seen, standing.gone)
        if await self._follow_landings(standing, graph, found):
            return False
        if await self._ask_anew(standing, anew(*seen, want.certain, standing.gone, found)):
            return False
        await self._keep_cut(standing, graph)
        todo = orders(*seen, want.certain, standing.gone, found, nth=standing.nth)
        names = {order.fingerprint for order in todo}
        if await self._adopt(todo):
            return False
        self._troubles.blocked = await self._consenter.see(standing, graph, want, todo)
        self._drop_what_is_not_meant(standing, names | takes_meant(standing, graph))
        self._restore_damaged(standing, graph, found)
        await self._start(standing, [order for order in todo if not self._restorer.blocks(order)])
        self._count(standing, want, found)
        if self._errands:
            return None
        stuck = {step.key for step in want.stuck} | self._troubles.refused_of(names)
        if stuck and not self._troubles.failed and await self._parts.production.unstick(self._lease, standing, stuck):
            return False
        rest = conclude(self._parts.production, standing, graph, want, names, self._troubles)
        await self._rest(rest, standing)
        return True

    async def _read(self) -> Standing:
        standing = await self._parts.journal.standing(self._lease.account, self._lease.project)
        self._follower.read(standing.at)
        return standing

    async def _follow_landings(self, standing: Standing, graph: Graph, found: Mapping[StepKey, Known]) -> bool:
        """Tell the production of every landing, and choose a take where a round brought several. True: read again."""
        moved = False
        for step, outcome in _landings(graph, standing, found, self._seen):
            if step.request and len(outcome.assets) > 1 and outcome.chosen is None:
                with suppress(NotFound):  # another project's round, which its own director chooses from
                    await self._parts.journal.choose(self._lease, outcome.fingerprint, outcome.assets[0])
                    moved = True
            moved |= await self._parts.production.landed(self._lease, standing, step, outcome)
            self._seen |= {outcome.fingerprint}
        return moved

    async def _ask_anew(self, standing: Standing, asks: Sequence[Ask]) -> bool:
        """Takes whose bytes were deleted are wanted again: as a new round, asked for by the system.

        Of the account: where another project made the same again already, that order is the one that is asked for.
        """
        if not asks or standing.plan is None:
            return False
        numbered = await self._parts.gate.elsewhere.number(self._lease.account, standing, asks)
        choices = replace(standing.choices, asks=(*standing.choices.asks, *numbered))
        await self._parts.journal.revise_leased(self._lease, standing.revision, standing.plan, choices, "system")
        return True

    async def _adopt(self, todo: Sequence[Order]) -> bool:
        """Have what other projects of the account bought of these orders, before a price is made of them. True: some.

        Each is looked up once; what lands elsewhere later is found when it is to be bought.
        """
        paid = [order for order in todo if order.step.request and order.key and not self._is_free(order)]
        new = [order for order in paid if order.fingerprint not in self._looked_up]
        if not new:
            return False
        self._looked_up |= {order.fingerprint for order in new}
        account, project = self._lease.account, self._lease.project
        found = await self._parts.ledger.orders_of(account, {order.of for order in new})
        landed = {(one.purchase.order, one.purchase.n): one.purchase for one in found if one.outcome}
        there = [(order, landed[order.of, order.n]) for order in new if (order.of, order.n) in landed]
        adopted = [(order.step.key, order.fingerprint, p.id) for order, p in there if p.project != project]
        return bool(adopted) and await self._parts.ledger.adopt(account, project, adopted) > 0

    def _is_free(self, order: Order) -> bool:
        assert order.step.request
        return self._parts.gate.provider_of(order.step.request.model).resubmit == "free"

    async def _keep_cut(self, standing: Standing, graph: Graph) -> None:
        """Recorded once it is known, before anything is encoded from it."""
        cut = self._parts.production.cut(standing, graph)
        if cut and standing.job and cut != standing.job.cut:
            await self._parts.journal.keep_cut(self._lease, self._job, cut)

    def _drop_what_is_not_meant(self, standing: Standing, names: set[Fingerprint]) -> None:
        """Nothing more is sent that the newest revision does not want; what was sent lands."""
        for fp, errand in self._errands.items():
            errand.revision = standing.revision
            if errand.order and errand.meant and fp not in names and fp not in standing.had:
                self._give_up(errand)

    def _restore_damaged(self, standing: Standing, graph: Graph, found: Mapping[StepKey, Known]) -> None:
        """What our own hands made is made again, for nothing; of all else the job names what is damaged, and waits."""
        again, lost = self._restorer.orders(standing, graph, found)
        for reader, error in lost:
            self._troubles.take(StepKey(error.step or reader.step), reader.fingerprint, error)
        for digest, order in again:
            errand = self._errand(order.step.key, order.fingerprint, order.step.kind)
            errand.order, errand.revision, errand.ours = order, standing.revision, True
            self._go(errand, self._restorer.restore(errand, digest))

    def _give_up(self, errand: Errand) -> None:
        errand.drop()
        if errand.ours and errand.task:
            errand.task.cancel()

    async def _start(self, standing: Standing, todo: Sequence[Order]) -> None:
        if self._troubles.failed:
            return  # what runs lands first, then the job fails
        startable = [order for order in todo if not (order.step.request and self._troubles.blocked)]
        for order in startable:
            if order.fingerprint not in self._errands and order.fingerprint not in self._troubles.held:
                self._send_for(order, standing)
        await self._see_to_left_behind(standing, {o.fingerprint for o in startable}, {o.fingerprint for o in todo})

    def _send_for(self, order: Order, standing: Standing) -> None:
        errand = self._errand(order.step.key, order.fingerprint, order.step.kind)
        errand.order, errand.revision = order, standing.revision
        if request := order.step.request:
            errand.ours = self._parts.gate.provider_of(request.model).resubmit == "free"
            errand.key = "" if errand.ours else order.key
            scope = standing.project if errand.ours else standing.account
            self._go(errand, self._obtainer.buy(errand, self._consenter.allowance, scope, self._consenter.consent))
        else:
            errand.ours = True
            self._go(errand, self._obtainer.make(errand))
        self._tell("started", order.step.key, order.step.kind)

    async def _see_to_left_behind(
        self, standing: Standing, startable: set[Fingerprint], names: set[Fingerprint]
    ) -> None:
        for purchase in left_behind(standing, startable | set(self._errands) | set(self._troubles.held)):
            if purchase.state != "intent":
                self._carry_on(purchase)
            elif purchase.fingerprint not in names:
                await self._parts.gate.release(purchase, "no longer wanted")

    def _carry_on(self, purchase: Purchase) -> Errand:
        errand = self._errand(purchase.step, purchase.fingerprint, purchase.step.partition("/")[0])
        errand.sent = True
        errand.key = "" if purchase.resubmit == "free" else order_key(purchase.order, purchase.n)
        self._go(errand, self._obtainer.carry_on(errand, purchase))
        return errand

    def _errand(self, step: StepKey, fp: Fingerprint, kind: str) -> Errand:
        moving = _Moving(self, step, kind)
        return Errand(step=step, fingerprint=fp, report=moving, tell=moving.waits)

    def _go(self, errand: Errand, way: Coroutine[Any, Any, None]) -> None:
        errand.task = asyncio.create_task(way, name=errand.step)
        errand.task.add_done_callback(self._ended)
        self._errands[errand.fingerprint] = errand

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._follower.tell()

    def _see_to_what_ended(self) -> None:
        self._parts.watch.check()
        for errand in [e for e in self._errands.values() if e.task and e.task.done()]:
            del self._errands[errand.fingerprint]
            self._sort(errand)

    def _sort(self, errand: Errand) -> None:
        assert errand.task
        error = None if errand.task.cancelled() else errand.task.exception()
        if isinstance(error, LeaseLost):
            raise error
        if errand.task.cancelled() or isinstance(error, Dropped):
            self._tell("dropped", errand.step)
        elif isinstance(error, Again):
            reason = redact(str(error))
            self._consenter.forget(f"{errand.step}: {reason}")  # what it cost, if anything, counts before the next try
            self._tell("again", errand.step, said=f"{reason}; it is bought again")
        elif isinstance(error, DamagedAsset) and self._restorer.note(errand, error):
            self._tell("again", errand.step, said=str(error))
        elif error is None:
            self._troubles.landed(errand.step, errand.fingerprint)
            self._tell("failed" if errand.failed else "landed", errand.step, said=redact(errand.failed))
        else:
            self._not_landed[errand.fingerprint] = told(errand.step, error)
            self._troubles.take(errand.step, errand.fingerprint, error)
            event = "held" if errand.fingerprint in self._troubles.held else "failed"
            self._tell(event, errand.step, said=told(errand.step, error))

    async def _cancel(self, standing: Standing) -> bool | None:
        """Nothing more is sent; what a provider works on is asked to stop, and what arrives all the same lands.

        What another live job of the account waits for is not stopped. A purchase that could not land (a full disk) is
        not tried again here: the job fails with the reason, and the next one goes on with it. As ``_read_and_start``.
        """
        open_ = [
            one for one in left_behind(standing, set(self._errands) | set(self._troubles.held)) if one.state != "intent"
        ]
        for purchase in open_:
            if purchase.fingerprint not in self._not_landed:
                self._carry_on(purchase)
        for errand in self._errands.values():
            if not errand.stop and not await self._is_wanted_elsewhere(errand):
                errand.stop = True
                self._give_up(errand)
            elif errand.meant and not errand.stop:
                errand.drop()  # not sent yet: whoever wants it sends it; sent: it lands, for both
        if self._errands:
            return None
        not_landed = [self._not_landed[one.fingerprint] for one in open_ if one.fingerprint in self._not_landed]
        await self._rest(Rest(state="failed", said=not_landed[0]) if not_landed else "cancelled", standing)
        return True

    async def _is_wanted_elsewhere(self, errand: Errand) -> bool:
        if not errand.key:
            return False
        return await self._parts.ledger.wanted_elsewhere(self._lease.account, self._lease.project, errand.key)

    async def _rest(self, rest: Rest | Literal["cancelled"], standing: Standing) -> None:
        """End the job or let it wait. What was reserved for things never sent goes back first.

        ``standing``: as it was read when nothing ran any more. One that was consented to since then does not wait:
        the director takes it up again.
        """
        state: JobState = "cancelled" if rest == "cancelled" else rest.state
        seen = standing.job.consent if standing.job else None
        mine = (p for p in left_behind(standing, ()) if p.job == self._job)
        unsent = [purchase for purchase in mine if purchase.state == "intent"]
        for purchase in unsent:
            await self._parts.gate.release(purchase, f"the job {'waits' if state == 'waiting' else 'has ended'}")
        journal, said = self._parts.journal, "" if rest == "cancelled" else rest.said
        if rest == "cancelled":
            self._more = await journal.finish(self._lease, self._job, "cancelled", said, None)
        elif rest.state == "waiting":
            if not await journal.wait(self._lease, self._job, rest.why, rest.step, said, seen):
                return
        else:
            self._more = await journal.finish(self._lease, self._job, rest.state, said, rest.film)
        self._tell("ended", None, state, said=said)
        await self._parts.gate.remove_what_is_staged((*unsent, *standing.staged))

    async def _land_what_runs(self) -> None:
        while self._errands:
            await self._follower.wait()
            self._see_to_what_ended()

    async def _stop(self) -> None:
        """Interrupted, or no longer ours: stop what runs; what was sent is recorded first."""
        tasks = [errand.task for errand in self._errands.values() if errand.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _count(self, standing: Standing, want: Wanted, found: Mapping[StepKey, Known]) -> None:
        """What has landed in the journal and is not told of yet is counted with its telling, and not before."""
        there = [step for step in found.values() if step.chosen and step.chosen not in standing.gone]
        landing = sum(1 for step in there if step.fingerprint in self._errands)
        counts = (len(there) - landing, len(want.certain) + len(want.possible) + landing)
        if counts != self._counted:
            self._counted = counts
            self._tell("read", None, had=counts[0], wanted=counts[1])

    def _tell(self, event: Any, step: StepKey | None, kind: str = "", **more: Any) -> None:
        self._parts.listen(
            Progressed(project=self._lease.project, job=self._job, event=event, step=step, kind=kind, **more)
        )


class _Moving:
    """Tells how far a step is: half of what a closure takes, of which thousands would wait."""

    __slots__ = ("_advance", "_kind", "_step")

    def __init__(self, advance: Advance, step: StepKey, kind: str) -> None:
        self._advance, self._step, self._kind = advance, step, kind

    def __call__(self, done: float) -> None:
        self._advance._tell("moving", self._step, self._kind, done=done)

    def waits(self, said: str) -> None:
        """Why it stands still."""
        self._advance._tell("waiting", self._step, self._kind, said=f"{self._step} waits: {redact(said)}")


def _landings(
    graph: Graph, standing: Standing, found: Mapping[StepKey, Known], seen: Set[Fingerprint]
) -> list[tuple[Step, Outcome]]:
    """Every outcome, but those ``seen``, that a step of the graph has, over all its rounds."""
    landed: list[tuple[Step, Outcome]] = []
    for key, (fp, _) in found.items():
        if fp is None:
            continue
        rounds = (fp, *(again(ask) for ask in standing.choices.asks if ask.of == fp))
        landed += [(graph.steps[key], standing.had[n]) for n in rounds if n in standing.had and n not in seen]
    return landed
