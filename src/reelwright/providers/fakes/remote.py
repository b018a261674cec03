"""Work that a fake has accepted. It is decided on acceptance, so waiting costs nothing and survives a kill."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Literal
from uuid import uuid4

from reelwright.providers.fakes.bill import Bill, Charge
from reelwright.providers.fakes.media_spec import Footage, MediaSpec, from_stored_spec, to_stored_spec
from reelwright.providers.fakes.script import Behaviour, Do, Script
from reelwright.reel.base.value import define_value

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
_QUEUED: Final = 0.1
"""The first part of its time, in which work is only queued."""
_KEPT: Final = 16
"""Drawn outputs held in memory. Any other is drawn again when it is fetched again, and is the same."""
_DRAWING_S: Final = 0.05  # a fake's own: how long an answer waits for a drawing


@define_value
class Work:
    """Submission that a fake accepted, with all that will become of it. Times of day are seconds since 1970.

    ``ready_s``: seconds of ours until it is over. ``must_fail``: it fails when it would be ready. ``filtered_count``:
    how many samples the provider's filter removes. ``life_s``: seconds of ours for which its outputs can be fetched;
    None: for ever. ``delivered_spec``: what is delivered in place of what was sold, if it is less.
    """

    id: str
    number: int
    spec: MediaSpec
    samples: int
    micros: int
    accepted_at: float
    ready_s: float
    must_fail: bool = False
    filtered_count: int = 0
    life_s: float | None = None
    is_cancelled: bool = False
    delivered_spec: MediaSpec | None = None

    @property
    def ends_at(self) -> float:
        """Time at which the work is over, in seconds since 1970."""
        return self.accepted_at + self.ready_s

    @property
    def expires_at(self) -> float | None:
        """Time at which the outputs can no longer be fetched, in seconds since 1970; None: never."""
        return None if self.life_s is None else self.ends_at + self.life_s

    @property
    def delivered_samples(self) -> tuple[int, ...]:
        """Numbers of the samples that are delivered, counted from 0: none if the work fails, less those that the filter
        removes. The filter removes the last ones.
        """
        return () if self.must_fail else tuple(range(max(0, self.samples - self.filtered_count)))

    @property
    def fraction_done(self) -> float:
        """Part of the work's time that has passed, from 0 to 1."""
        return 1.0 if self.ready_s <= 0 else min(1.0, (time.time() - self.accepted_at) / self.ready_s)

    @property
    def is_expired(self) -> bool:
        """Whether the outputs can no longer be fetched."""
        return self.expires_at is not None and time.time() >= self.expires_at


class Remote:
    """Store of the work that a fake has accepted, by id; it continues from the bill after a restart.

    Accepted work is on the bill, with all that must be remembered, before ``accept`` returns.
    """

    def __init__(self, bill: Bill, script: Script, footage: Footage) -> None:
        self._bill, self._script, self._footage = bill, script, footage
        self._works: dict[str, Work] = {}
        self._orders: Counter[MediaSpec] = Counter()
        self._forgotten: set[str] = set()
        self._drawn: OrderedDict[tuple[str, int], asyncio.Task[bytes]] = OrderedDict()
        for charge in bill.charges:
            self._remember(charge)

    def __iter__(self) -> Iterator[Work]:
        """Iterate over every work, the newest first."""
        return reversed(list(self._works.values()))

    def get(self, id_: str) -> Work | None:
        """Return the accepted work with that id, or None.

        Another process that shares the bill may have accepted it meanwhile.
        """
        if id_ not in self._works and id_ not in self._forgotten:
            for charge in self._bill.charges:
                if charge.submission == id_:
                    self._remember(charge)
        return self._works.get(id_)

    def accept(
        self,
        spec: MediaSpec,
        micros: int,
        usual_s: tuple[float, float],
        behaviours: tuple[Behaviour, ...] = (),
        samples: int = 1,
        id_: str | None = None,
        payer: str = "",
        life_s: float | None = None,
    ) -> Work:
        """Decide what becomes of a submission, charge it to the fake's bill, and return it as work.

        ``micros``: price of the whole round; samples that the filter removes are not billed. ``usual_s`` in the
        provider's seconds; ``id_`` None: a new one. ``life_s`` in seconds of ours, however fast the clock runs: drawing
        for a rehearsal takes its own time, and the outputs must not expire meanwhile.
        """
        number = len(self._works) + 1
        fate = {behaviour.do: behaviour for behaviour in behaviours}
        filtered_count = min(samples, _default_to(fate["filtered"].samples, samples)) if "filtered" in fate else 0
        life = fate["expires"].seconds / self._script.speed if "expires" in fate else life_s
        fails = "fails_late" in fate
        micros = self._script.compute_bill(number, micros)
        billed = micros * (samples - filtered_count) // samples if not fails or fate["fails_late"].is_billed else 0
        work = Work(
            id=id_ or uuid4().hex,
            number=number,
            spec=replace(spec, repeat=self._orders[spec]),  # a real model makes another video of it each time
            samples=samples,
            micros=billed,
            accepted_at=time.time(),
            ready_s=self._script.compute_latency_s(number, usual_s) / self._script.speed,
            must_fail=fails,
            filtered_count=filtered_count,
            life_s=life,
            delivered_spec=_cut_down(spec, fate),
        )
        self._bill.add_charge(work.id, spec.model, billed, payer, {"work": _to_stored(work)})
        self._works[work.id] = work
        self._orders[spec] += 1
        return work

    async def get_state(self, work: Work) -> State:
        """Return the state that the work has now. Work that is over has been drawn before this returns
        ``succeeded``.
        """
        if work.is_cancelled:
            return "cancelled"
        if time.time() < work.ends_at:
            return "queued" if work.fraction_done < _QUEUED else "running"
        if work.must_fail or not work.delivered_samples:
            return "failed" if work.must_fail else "succeeded"
        drawing = [self._start_drawing(work, sample) for sample in work.delivered_samples]
        _, open_ = await asyncio.wait(drawing, timeout=_DRAWING_S)
        return "running" if open_ else "succeeded"

    async def get_output(self, work: Work, sample: int) -> bytes:
        """Return the bytes of one delivered sample, and make them first if needed."""
        return await asyncio.shield(self._start_drawing(work, sample))

    def cancel(self, work: Work) -> bool:
        """Cancel work and refund its charge; return False if it is over already."""
        if work.is_cancelled or time.time() >= work.ends_at:
            return False
        self._bill.add_charge(work.id, work.spec.model, -work.micros, "", {"cancelled": work.id})
        self._works[work.id] = replace(work, is_cancelled=True)
        return True

    def forget(self) -> None:
        """Forget all work, as a provider does that keeps it only in memory and restarts. The bill stays."""
        self._forgotten |= self._works.keys()
        self._works.clear()

    async def close(self) -> None:
        """Cancel all outputs that are being made."""
        drawing = list(self._drawn.values())
        for task in drawing:
            task.cancel()
        await asyncio.gather(*drawing, return_exceptions=True)
        self._drawn.clear()

    def _start_drawing(self, work: Work, sample: int) -> asyncio.Task[bytes]:
        name = (work.id, sample)
        if name not in self._drawn:
            one = replace(
                work.delivered_spec or work.spec,
                sample=sample,
                micros=work.micros // max(1, len(work.delivered_samples)),
            )
            self._drawn[name] = asyncio.ensure_future(self._footage(one))
        self._drawn.move_to_end(name)
        for old in list(self._drawn)[: max(0, len(self._drawn) - _KEPT)]:
            if self._drawn[old].done():
                del self._drawn[old]
        return self._drawn[name]

    def _remember(self, charge: Charge) -> None:
        if "work" in charge.facts:
            work = self._works[charge.submission] = _from_stored(charge.facts["work"])
            self._orders[replace(work.spec, repeat=0)] += 1
        elif "cancelled" in charge.facts and charge.submission in self._works:
            self._works[charge.submission] = replace(self._works[charge.submission], is_cancelled=True)


def _cut_down(spec: MediaSpec, fate: Mapping[Do, Behaviour]) -> MediaSpec | None:
    """Return the media that is delivered in place of what was sold; None if it is the same."""
    sold = spec
    if "short" in fate:
        spec = replace(spec, ms=round(fate["short"].seconds * 1000))
    if "small" in fate:
        spec = replace(spec, size=fate["small"].size)
    if "mute" in fate:
        spec = replace(spec, has_sound=False)
    return None if spec == sold else spec


def _default_to(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _to_stored(work: Work) -> dict[str, Any]:
    """Return ``work`` as a bill stores it. The keys stay when a field is renamed: bills outlive a release."""
    return {
        "id": work.id,
        "number": work.number,
        "asked": to_stored_spec(work.spec),
        "samples": work.samples,
        "micros": work.micros,
        "at": work.accepted_at,
        "ready_s": work.ready_s,
        "fails": work.must_fail,
        "filtered": work.filtered_count,
        "life_s": work.life_s,
        "cancelled": work.is_cancelled,
        "delivered": to_stored_spec(work.delivered_spec) if work.delivered_spec else None,
    }


def _from_stored(stored: Mapping[str, Any]) -> Work:
    return Work(
        id=stored["id"],
        number=stored["number"],
        spec=from_stored_spec(stored["asked"]),
        samples=stored["samples"],
        micros=stored["micros"],
        accepted_at=stored["at"],
        ready_s=stored["ready_s"],
        must_fail=stored["fails"],
        filtered_count=stored["filtered"],
        life_s=stored["life_s"],
        is_cancelled=stored["cancelled"],
        delivered_spec=from_stored_spec(stored["delivered"]) if stored.get("delivered") else None,
    )
