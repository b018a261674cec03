"""Damaged and missing files of the vault: what our own hands made is made again, about all else a person decides."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from reelwright.engine.errand import Errand
from reelwright.engine.obtain import Parts
from reelwright.errors import DamagedAsset
from reelwright.reel.graph import Graph, Step
from reelwright.reel.noun import Digest, Fingerprint, StepKey
from reelwright.reel.operation import Lease, Standing
from reelwright.reel.orders import Order
from reelwright.reel.request import Input
from reelwright.reel.wanted import Known


@dataclass(frozen=True, slots=True)
class Reader:
    """A step that could not be done, because a file that it reads is damaged, or missing."""

    step: StepKey
    fingerprint: Fingerprint
    missing: bool


class Restorer:
    """Restores damaged and missing files in one advance of a job. Never spends; each file is tried once."""

    __slots__ = ("_damaged", "_lease", "_parts", "_restoring", "_tried")

    def __init__(self, parts: Parts, lease: Lease) -> None:
        self._parts, self._lease = parts, lease
        self._damaged: dict[Digest, list[Reader]] = {}
        self._tried: set[Digest] = set()
        self._restoring: dict[Fingerprint, Digest] = {}

    def note(self, errand: Errand, error: DamagedAsset) -> bool:
        """Remember what ``errand`` could not read. False: it was made again already, and is damaged all the same."""
        digest = Digest(error.digest)
        if digest in self._tried and digest not in self._damaged:
            return False
        self._damaged.setdefault(digest, []).append(Reader(errand.step, errand.fingerprint, error.missing))
        return True

    def blocks(self, order: Order) -> bool:
        """Whether ``order`` reads a file that is not restored yet."""
        return any(digest in self._damaged for _, digest in order.inputs)

    def orders(
        self, standing: Standing, graph: Graph, found: Mapping[StepKey, Known]
    ) -> tuple[list[tuple[Digest, Order]], list[tuple[Reader, DamagedAsset]]]:
        """What is to be made again now, by digest; and the steps that wait for a person, with what to say."""
        again: list[tuple[Digest, Order]] = []
        lost: list[tuple[Reader, DamagedAsset]] = []
        for digest, readers in [*self._damaged.items()]:
            key = next((key for key, known in found.items() if known.chosen == digest), None)
            step = graph.steps[key] if key else None
            if key is None or step is None or not self._is_ours(step):
                lost += self._give_up(digest, _error(digest, key, readers[0], standing))
            elif digest not in self._tried:
                fp = found[key].fingerprint
                assert fp, "what was chosen has a name"
                inputs = tuple((needed, _read_by(needed, found)) for needed in step.inputs)
                order = Order(step=step, fingerprint=fp, round=1, inputs=inputs, of=fp)
                if not self.blocks(order):
                    self._tried.add(digest)
                    self._restoring[fp] = digest
                    again.append((digest, order))
        return again, lost

    def _give_up(self, digest: Digest, error: DamagedAsset) -> list[tuple[Reader, DamagedAsset]]:
        """Every step that waits for ``digest``, itself or for something that is made of it."""
        lost: list[tuple[Reader, DamagedAsset]] = []
        for reader in self._damaged.pop(digest, []):
            made = self._restoring.pop(reader.fingerprint, None)
            lost += [(reader, error)] if made is None else self._give_up(made, error)
        return lost

    def restore(self, errand: Errand, digest: Digest) -> Coroutine[Any, Any, None]:
        """Do the step of ``errand`` once more. Raises ``DamagedAsset`` where other bytes came of it than before."""
        return self._restore(errand, digest)

    async def _restore(self, errand: Errand, digest: Digest) -> None:
        assert errand.order
        step, account = errand.order.step, self._lease.account
        try:
            if step.request:
                made = await self._parts.gate.draw_again(self._lease, errand)
            else:
                assert step.work, "our own steps name their work"
                outcome = await self._parts.hands.do(
                    account, step.work, step.args, errand.order.inputs, errand.fingerprint, errand.report
                )
                made = outcome.assets
        except DamagedAsset:
            self._tried.discard(digest)  # what it reads is to be restored before it
            raise
        self._damaged.pop(digest, None)
        self._restoring.pop(errand.fingerprint, None)
        if digest not in made:
            if step.request:
                raise DamagedAsset(digest, step=step.key)
            await self._parts.journal.mark_gone(account, [digest])  # it is wanted again, whatever bytes it has now

    def _is_ours(self, step: Step) -> bool:
        """Whether making it again costs nothing and asks nobody outside."""
        return step.request is None or self._parts.gate.provider_of(step.request.model).resubmit == "free"


def _read_by(needed: Input, found: Mapping[StepKey, Known]) -> Digest:
    digest = needed.asset or (found[needed.of].chosen if needed.of else None)
    assert digest, "what was made had all that it reads"
    return digest


def _error(digest: Digest, key: StepKey | None, reader: Reader, standing: Standing) -> DamagedAsset:
    """What is damaged, by the name that a person knows, and the ways on."""
    if key:
        hint = f"{DamagedAsset.BACK}; or another take, at its price: retake, or edit"
        return DamagedAsset(digest, name=key, step=key, hint=hint, missing=reader.missing)
    brief = standing.brief
    names = {material.asset: material.name for material in brief.materials}
    names |= {reference.asset: reference.name for reference in brief.references}
    names |= {still.asset: still.name for still in brief.storyboard}
    hint = f"{DamagedAsset.BACK}; or give that very file again: edit the shot with --image or --clip"
    name = f"{reader.step}: {names.get(digest, 'a picture or clip of your own')}"
    return DamagedAsset(digest, name=name, step=reader.step, hint=hint, missing=reader.missing)
