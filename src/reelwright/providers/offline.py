"""The provider of what we make ourselves at price 0: drawn takes and stills, composed beds, plans by rules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Literal

from reelwright.catalogue.model_row import FailureCharges
from reelwright.errors import BadInput, NotFound
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Keep, Make, Output, Progress, Read
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import from_plain, to_plain
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import ANIMATIC_MODEL, COMPOSER_MODEL, RULES_MODEL
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.graph.request import Input, Request, to_fingerprint_fields
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation
from reelwright.units import Micros

WORKS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("rules/2026.1", "plan"): "words.plan",  # an order of an earlier release may still be open
        (RULES_MODEL, "plan"): "words.plan",
        (ANIMATIC_MODEL, "take"): "animatic.take",
        (ANIMATIC_MODEL, "picture"): "animatic.picture",
        (ANIMATIC_MODEL, "still"): "animatic.still",
        (COMPOSER_MODEL, "music"): "composer.bed",
    }
)
"""Work that a hand does, by (model, mode). The id of a model carries its edition: better drawing is another model."""

FREE: Final = Price(
    micros=Micros(0), basis="made on this machine", catalogue=compute_digest("offline/2026.1"), certainty="computed"
)


class Offline:
    """Provider of what Reelwright makes itself, at a price of 0: drawn takes and stills, composed beds, plans by rules.
    A purchase with an unknown outcome costs nothing and is sent again.
    """

    name = "offline"
    resubmit: Literal["never", "free"] = "free"

    def __init__(self, works: Mapping[tuple[str, str], str] = WORKS) -> None:
        self._works = works
        self._models = frozenset(model for model, _ in works)

    def list_models(self) -> frozenset[str]:
        """Return the ids of the built-in models."""
        return self._models

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` if no built-in work exists for the model and mode. Never spends."""
        if (request.model, request.mode) not in self._works:
            modes = sorted(mode for model, mode in self._works if model == request.model)
            raise BadInput("mode", request.mode, f"for the model {request.model} one of {', '.join(modes) or 'none'}")
        if request.samples < 1:
            raise BadInput("samples", request.samples, "1 or more")

    def price(self, request: Request) -> Price:
        """Return the price 0."""
        return FREE

    def get_failure_terms(self, model: str) -> FailureCharges:
        """Return terms under which nothing is ever charged."""
        return FailureCharges(on_failure="free", on_filter="free", on_cancel="free", source="our own work")

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Return the work, its arguments and its inputs as plain JSON values, for ``submit``."""
        args = {key: value for key, value in to_fingerprint_fields(request).items() if key != "extra"}
        return {
            "work": self._works[(request.model, request.mode)],
            "args": {**args, **request.extra},
            "inputs": [[to_plain(needed), digest] for needed, digest in inputs],
        }

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Have the hands (worker processes) make every sample and store it in the vault; costs nothing.

        Raises the errors of the work.
        """
        inputs = [
            (from_plain(Input, needed, "inputs"), Digest(digest)) for needed, digest in prepared_request["inputs"]
        ]
        outputs: list[Output] = []
        missing: list[MissingSample] = []
        for sample in range(prepared_request["args"].get("samples", 1)):
            made = await make(prepared_request["work"], _set_seed(prepared_request["args"], sample), inputs)
            outputs += [Output(sample=sample, mime="", asset=asset, facts=made.facts) for asset in made.assets]
            missing += [replace(lost, sample=sample) for lost in made.missing]
        return Progress(state="succeeded", outputs=tuple(outputs), missing=tuple(missing), fraction_done=1.0, bill=FREE)

    async def poll(self, operation: Operation) -> Progress:
        """Raise ``NotFound``: ``submit`` returns the result, so there is nothing to poll."""
        raise NotFound(code="operation_not_kept", provider="the offline provider", operation=operation.id)

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Raise ``NotFound``: ``submit`` has stored the result, so there is nothing to fetch."""
        raise NotFound(code="output_not_kept", provider="the offline provider", operation=operation.id)

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Return ``cannot``: built-in work is over when ``submit`` returns."""
        return "cannot"

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Return ``CannotTell``: built-in work is in no list, and is simply made again."""
        return CannotTell()

    async def unstage(self, uploads: Sequence[Any]) -> None:
        """Do nothing: built-in work has no uploads."""

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output] | None) -> None:
        """Do nothing: outputs of built-in work are only in the vault."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Return None: no webhook tells of built-in work."""
        return None


def _set_seed(args: Mapping[str, Any], sample: int) -> dict[str, Any]:
    """Give each sample of a round a seed of its own; the first sample has the seed of the request."""
    return {**args, "seed": args.get("seed", 0) + sample} if sample else dict(args)
