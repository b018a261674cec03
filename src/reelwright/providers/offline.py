"""What we make ourselves, bought like anything else: drawn takes and stills, composed beds, plans by rules. Price 0."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Literal

from reelwright.catalogue.model import Failures
from reelwright.errors import BadInput, NotFound
from reelwright.providers.protocol import Absent, CannotTell, Found, Keep, Make, Output, Progress, Read
from reelwright.reel.canonical import digest_of
from reelwright.reel.document import from_plain, to_plain
from reelwright.reel.ledger import OwnWork
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.outcome import Missing
from reelwright.reel.request import Input, Request, spoken
from reelwright.units import Micros

WORKS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("rules/2026.1", "plan"): "words.plan",  # asked before, and not carried out then
        ("rules/2026.2", "plan"): "words.plan",
        ("animatic/2026.1", "take"): "animatic.take",
        ("animatic/2026.1", "picture"): "animatic.picture",
        ("animatic/2026.1", "still"): "animatic.still",
        ("composer/2026.1", "music"): "composer.bed",
    }
)
"""(model, mode) to the work that a hand does. A model's id carries its edition: better drawing is another model."""

FREE: Final = Price(
    micros=Micros(0), basis="made on this machine", catalogue=digest_of("offline/2026.1"), certainty="computed"
)


class Offline:
    """Everything it sells is made by our own hands. An unknown costs nothing and is sent again by itself."""

    name = "offline"
    resubmit: Literal["never", "free"] = "free"

    def __init__(self, works: Mapping[tuple[str, str], str] = WORKS) -> None:
        self._works = works

    def models(self) -> frozenset[str]:
        return frozenset(model for model, _ in self._works)

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` when no work answers for the model and mode. Never spends."""
        if (request.model, request.mode) not in self._works:
            modes = sorted(mode for model, mode in self._works if model == request.model)
            raise BadInput("mode", request.mode, f"for the model {request.model} one of {', '.join(modes) or 'none'}")
        if request.samples < 1:
            raise BadInput("samples", request.samples, "1 or more")

    def price(self, request: Request) -> Price:
        return FREE

    def failures(self, model: str) -> Failures:
        """What we make ourselves costs nothing, whatever becomes of it."""
        return Failures(failed="free", filtered="free", cancelled="free", source="our own work")

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        args = {key: value for key, value in spoken(request).items() if key != "extra"}
        return {
            "work": self._works[(request.model, request.mode)],
            "args": {**args, **request.extra},
            "inputs": [[to_plain(needed), digest] for needed, digest in inputs],
        }

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """A hand makes it; its bytes are in the vault when this returns. Raises what the work raised."""
        inputs = [(from_plain(Input, needed, "inputs"), Digest(digest)) for needed, digest in prepared["inputs"]]
        outputs: list[Output] = []
        missing: list[Missing] = []
        for sample in range(prepared["args"].get("samples", 1)):
            made = await make(prepared["work"], _seeded(prepared["args"], sample), inputs)
            outputs += [Output(sample=sample, mime="", asset=asset, facts=made.facts) for asset in made.assets]
            missing += [replace(lost, sample=sample) for lost in made.missing]
        return Progress(state="succeeded", outputs=tuple(outputs), missing=tuple(missing), done=1.0, bill=FREE)

    async def poll(self, operation: Operation) -> Progress:
        raise NotFound(f"the offline provider has no operation {operation.id}; it answers with the result itself")

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        raise NotFound(f"the offline provider keeps nothing to fetch for {operation.id}")

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return "cannot"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Found | Absent | CannotTell:
        return CannotTell()

    async def unstage(self, staged: Sequence[Any]) -> None:
        return None

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output]) -> None:
        return None

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None


def _seeded(args: Mapping[str, Any], sample: int) -> dict[str, Any]:
    """Each sample of a round is drawn from a seed of its own; the first one from the request's."""
    return {**args, "seed": args.get("seed", 0) + sample} if sample else dict(args)
