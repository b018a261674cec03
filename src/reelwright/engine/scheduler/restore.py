"""Restoring damaged and missing vault files: our own hands remake what they made; a person decides on the rest."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from reelwright.engine.scheduler.obtain import Parts
from reelwright.engine.steps.step_run import StepRun
from reelwright.errors import DamagedAsset
from reelwright.reason import Action
from reelwright.reel.base.value import Digest, Fingerprint, StepKey
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.orders import Order
from reelwright.reel.graph.request import Input
from reelwright.reel.graph.wanted_steps import ResolvedStep
from reelwright.reel.records.operation import Lease, Standing


@dataclass(frozen=True, slots=True)
class Reader:
    """A step that could not be done because a file that it reads is damaged or missing."""

    step: StepKey
    fingerprint: Fingerprint
    is_missing: bool


class Restorer:
    """Restores damaged and missing vault files of one job, by doing free steps again. Never spends; each file is tried
    once.
    """

    __slots__ = ("_damaged", "_lease", "_parts", "_restoring", "_tried")

    def __init__(self, parts: Parts, lease: Lease) -> None:
        self._parts, self._lease = parts, lease
        self._damaged: dict[Digest, list[Reader]] = {}
        self._tried: set[Digest] = set()
        self._restoring: dict[Fingerprint, Digest] = {}

    def note_damage(self, run: StepRun, error: DamagedAsset) -> bool:
        """Record the damaged or missing file that ``run`` could not read. Return False if it was restored already and
        is damaged again.
        """
        digest = Digest(error.digest)
        if digest in self._tried and digest not in self._damaged:
            return False
        self._damaged.setdefault(digest, []).append(Reader(run.step, run.fingerprint, error.is_missing))
        return True

    def is_blocked(self, order: Order) -> bool:
        """Whether ``order`` reads a file that has not been restored yet."""
        return any(digest in self._damaged for _, digest in order.inputs)

    def plan_restores(
        self, standing: Standing, graph: Graph, resolved_steps: Mapping[StepKey, ResolvedStep]
    ) -> tuple[list[tuple[Digest, Order]], list[tuple[Reader, DamagedAsset]]]:
        """Find how each damaged or missing file can come back; stores and buys nothing.

        Returns the orders that make a file again for nothing on this machine, each with the digest that the file must
        have; and the steps that read a file which only a person can bring back, each with its error.
        """
        again: list[tuple[Digest, Order]] = []
        lost: list[tuple[Reader, DamagedAsset]] = []
        for digest, readers in [*self._damaged.items()]:
            key = next((key for key, known in resolved_steps.items() if known.asset == digest), None)
            step = graph.steps[key] if key else None
            if key is None or step is None or not self._is_ours(step):
                lost += self._give_up(digest, _error(digest, key, readers[0], standing))
            elif digest not in self._tried:
                fp = resolved_steps[key].fingerprint
                assert fp, "a step whose result is used has a fingerprint"
                inputs = tuple((needed, _read_by(needed, resolved_steps)) for needed in step.inputs)
                order = Order(step=step, fingerprint=fp, round=1, inputs=inputs, order_fingerprint=fp)
                if not self.is_blocked(order):
                    self._tried.add(digest)
                    self._restoring[fp] = digest
                    again.append((digest, order))
        return again, lost

    def _give_up(self, digest: Digest, error: DamagedAsset) -> list[tuple[Reader, DamagedAsset]]:
        """Forget, and return with the error, every step that waits for ``digest`` or for something made from it."""
        lost: list[tuple[Reader, DamagedAsset]] = []
        for reader in self._damaged.pop(digest, []):
            made = self._restoring.pop(reader.fingerprint, None)
            lost += [(reader, error)] if made is None else self._give_up(made, error)
        return lost

    def restore(self, run: StepRun, digest: Digest) -> Coroutine[Any, Any, None]:
        """Do the free step of ``run`` again, so that the file ``digest`` is in the vault again. Raises ``DamagedAsset``
        if a free purchase brought other bytes than before.

        If our own work brought other bytes, the file is marked as gone, and its step is wanted again. Never spends.
        """
        return self._restore(run, digest)

    async def _restore(self, run: StepRun, digest: Digest) -> None:
        assert run.order
        step, account = run.order.step, self._lease.account
        try:
            if step.request:
                made = await self._parts.gate.redraw(self._lease, run)
            else:
                assert step.work, "our own steps name their work"
                outcome = await self._parts.hands.execute(
                    account, step.work, step.args, run.order.inputs, run.fingerprint, run.report
                )
                made = outcome.assets
        except DamagedAsset:
            self._tried.discard(digest)  # its own inputs must be restored first
            raise
        self._damaged.pop(digest, None)
        self._restoring.pop(run.fingerprint, None)
        if digest not in made:
            if step.request:
                raise DamagedAsset(digest, step=step.key)
            await self._parts.journal.mark_deleted(account, [digest])  # wanted again, with any bytes

    def _is_ours(self, step: Step) -> bool:
        """Whether doing the step again costs nothing and needs no provider outside."""
        return step.request is None or self._parts.gate.find_provider(step.request.model).resubmit == "free"


def _read_by(needed: Input, found: Mapping[StepKey, ResolvedStep]) -> Digest:
    digest = needed.asset or (found[needed.of].asset if needed.of else None)
    assert digest, "what was made had all that it reads"
    return digest


def _error(digest: Digest, key: StepKey | None, reader: Reader, standing: Standing) -> DamagedAsset:
    """Build the error that names the damaged file as a person knows it, with the ways on."""
    if key:
        return DamagedAsset(digest, step=key, is_missing=reader.is_missing, actions=[Action("retake_shot")])
    name = standing.brief.name_assets().get(digest, "a picture or clip of your own")
    actions = [Action("give_file_again")]
    return DamagedAsset(digest, name=name, step=reader.step, is_missing=reader.is_missing, actions=actions)
