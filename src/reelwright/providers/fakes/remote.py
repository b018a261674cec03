"""The work that a fake has taken on: decided when it is accepted, so that waiting costs nothing and survives a kill."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any, Final, Literal
from uuid import uuid4

from reelwright.providers.fakes.asked import Asked, Footage
from reelwright.providers.fakes.bill import Bill, Charge
from reelwright.providers.fakes.script import Behaviour, Script
from reelwright.reel.noun import noun

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
_QUEUED: Final = 0.1
"""The first part of its time, in which work only stands in line."""
_KEPT: Final = 16
"""Drawn outputs held in memory; any other is drawn again when it is fetched again, and is the same."""
_DRAWING_S: Final = 0.05


@noun
class Work:
    """One accepted submission, whole: all that becomes of it is known here. Times of day are seconds since 1970.

    ``ready_s``: seconds of ours until it is over. ``filtered``: samples that the provider's filter takes.
    ``life_s``: seconds of ours for which its outputs can be fetched; None: for ever.
    """

    id: str
    number: int
    asked: Asked
    samples: int
    micros: int
    at: float
    ready_s: float
    fails: bool = False
    filtered: int = 0
    life_s: float | None = None
    cancelled: bool = False

    @property
    def over_at(self) -> float:
        return self.at + self.ready_s

    @property
    def expires_at(self) -> float | None:
        return None if self.life_s is None else self.over_at + self.life_s

    @property
    def brought(self) -> tuple[int, ...]:
        """Samples that come: the filter takes the last ones."""
        return () if self.fails else tuple(range(max(0, self.samples - self.filtered)))

    @property
    def done(self) -> float:
        """How much of it is done, from 0 to 1."""
        return 1.0 if self.ready_s <= 0 else min(1.0, (time.time() - self.at) / self.ready_s)

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and time.time() >= self.expires_at


class Remote:
    """Keeps work by id. What it accepts is on the bill, with all that it must remember, before it returns."""

    def __init__(self, bill: Bill, script: Script, footage: Footage) -> None:
        self._bill, self._script, self._footage = bill, script, footage
        self._works: dict[str, Work] = {}
        self._forgotten: set[str] = set()
        self._drawn: OrderedDict[tuple[str, int], asyncio.Task[bytes]] = OrderedDict()
        for charge in bill.charges:
            self._remember(charge)

    def __iter__(self) -> Iterator[Work]:
        """Every work, the newest first."""
        return reversed(list(self._works.values()))

    def get(self, id_: str) -> Work | None:
        """What is known by that id; another process that shares the bill may have taken it on meanwhile."""
        if id_ not in self._works and id_ not in self._forgotten:
            for charge in self._bill.charges:
                if charge.submission == id_:
                    self._remember(charge)
        return self._works.get(id_)

    def accept(
        self,
        asked: Asked,
        micros: int,
        usual_s: tuple[float, float],
        met: tuple[Behaviour, ...] = (),
        samples: int = 1,
        id_: str | None = None,
        payer: str = "",
        life_s: float | None = None,
    ) -> Work:
        """Take on and bill. ``micros``: price of the whole round; samples that the filter takes are not billed.

        ``usual_s`` in the provider's seconds; ``id_`` None: a new one. ``life_s`` in seconds of ours however fast the
        clock runs: what is drawn for a rehearsal takes its own time, and must not expire meanwhile.
        """
        number = len(self._works) + 1
        fate = {behaviour.do: behaviour for behaviour in met}
        taken = min(samples, _or(fate["filtered"].samples, samples)) if "filtered" in fate else 0
        life = fate["expires"].seconds / self._script.speed if "expires" in fate else life_s
        fails = "fails_late" in fate
        billed = micros * (samples - taken) // samples if not fails or fate["fails_late"].charges else 0
        work = Work(
            id=id_ or uuid4().hex,
            number=number,
            asked=asked,
            samples=samples,
            micros=billed,
            at=time.time(),
            ready_s=self._script.latency(number, usual_s) / self._script.speed,
            fails=fails,
            filtered=taken,
            life_s=life,
        )
        self._bill.charged(work.id, asked.model, billed, payer, {"work": _plain(work)})
        self._works[work.id] = work
        return work

    async def state(self, work: Work) -> State:
        """Where it stands now. What is over has been drawn when this says ``succeeded``."""
        if work.cancelled:
            return "cancelled"
        if time.time() < work.over_at:
            return "queued" if work.done < _QUEUED else "running"
        if work.fails or not work.brought:
            return "failed" if work.fails else "succeeded"
        drawing = [self._drawing(work, sample) for sample in work.brought]
        _, open_ = await asyncio.wait(drawing, timeout=_DRAWING_S)
        return "running" if open_ else "succeeded"

    async def output(self, work: Work, sample: int) -> bytes:
        """The bytes of one sample that it brought."""
        return await asyncio.shield(self._drawing(work, sample))

    def cancel(self, work: Work) -> bool:
        """Stop it and give back what was billed; False where it is over already."""
        if work.cancelled or time.time() >= work.over_at:
            return False
        self._bill.charged(work.id, work.asked.model, -work.micros, "", {"cancelled": work.id})
        self._works[work.id] = replace(work, cancelled=True)
        return True

    def forget(self) -> None:
        """As a provider that keeps its work in memory only, after a restart. Its bill stays."""
        self._forgotten |= self._works.keys()
        self._works.clear()

    async def close(self) -> None:
        """Stop what is being drawn."""
        drawing = list(self._drawn.values())
        for task in drawing:
            task.cancel()
        await asyncio.gather(*drawing, return_exceptions=True)
        self._drawn.clear()

    def _drawing(self, work: Work, sample: int) -> asyncio.Task[bytes]:
        name = (work.id, sample)
        if name not in self._drawn:
            one = replace(work.asked, sample=sample, micros=work.micros // max(1, len(work.brought)))
            self._drawn[name] = asyncio.ensure_future(self._footage(one))
        self._drawn.move_to_end(name)
        for old in list(self._drawn)[: max(0, len(self._drawn) - _KEPT)]:
            if self._drawn[old].done():
                del self._drawn[old]
        return self._drawn[name]

    def _remember(self, charge: Charge) -> None:
        if "work" in charge.facts:
            self._works[charge.submission] = _work(charge.facts["work"])
        elif "cancelled" in charge.facts and charge.submission in self._works:
            self._works[charge.submission] = replace(self._works[charge.submission], cancelled=True)


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _plain(work: Work) -> dict[str, Any]:
    return asdict(work)


def _work(plain: dict[str, Any]) -> Work:
    asked = {**plain["asked"], "size": tuple(plain["asked"]["size"]), "fps": tuple(plain["asked"]["fps"])}
    return Work(**{**plain, "asked": Asked(**asked)})
