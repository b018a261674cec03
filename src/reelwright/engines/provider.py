"""The provider of this machine's own engines: starts the engine of a model when it is needed, and buys there for $0."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, Literal

from reelwright.catalogue.models import load_provider_models
from reelwright.engines.host import EngineHost
from reelwright.engines.run_record import RunRecord
from reelwright.errors import NotAccepted, NotFound, ProviderError
from reelwright.known_providers import ENGINES
from reelwright.net.http import HttpClient
from reelwright.providers.catalogue_provider import CatalogueProvider
from reelwright.providers.openai_videos import OpenaiVideos
from reelwright.providers.protocol import (
    Absent,
    CannotTell,
    FoundOperation,
    Keep,
    Make,
    Output,
    Progress,
    Read,
)
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.operation import Operation

_MODEL: Final = "engine_model"
_EPOCH: Final = "engine_epoch"
"""Keys among an operation's facts: the model, and the life of its engine that knows the operation."""


class EngineProvider(CatalogueProvider):
    """Provider of the models of this machine's engines, over the wire of ``/v1/videos``, at a price of 0.

    An operation is known to one life of an engine only. What an engine forgot when it ended is bought again.
    """

    name = ENGINES
    resubmit: Literal["never", "free"] = "free"

    def __init__(self, host: EngineHost) -> None:
        self._host = host
        self._wires: dict[str, tuple[str, HttpClient, OpenaiVideos]] = {}

    def list_models(self) -> frozenset[str]:
        """Return the names of the models of this machine's engines."""
        return frozenset(load_provider_models(ENGINES))

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` for a request that the model does not accept, or a model that this machine cannot run."""
        super().check(request)
        self._host.check(request.model)

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Start the model's engine if it does not run, wait until it is ready, and build the request. Never bills."""
        record = await self._host.ensure_ready(request.model)
        prepared = await (await self._get_wire(record)).prepare(request, inputs, purchase, read)
        return {**prepared, _MODEL: request.model, _EPOCH: record.epoch}

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one POST to the engine. Raises ``NotAccepted`` if the engine has ended since.

        If this is cancelled before the engine has answered, what it then answers with is cancelled too.
        """
        model, epoch = prepared_request[_MODEL], prepared_request[_EPOCH]
        record = await self._host.find_life(model, epoch)
        if record is None:
            raise NotAccepted(code="engine_gone", model=model)
        wire = await self._get_wire(record)
        since = time.monotonic()
        sending = asyncio.ensure_future(wire.submit(prepared_request, keep, make))
        try:
            answer = await asyncio.shield(sending)
        except asyncio.CancelledError:
            self._host.run_beside(self._cancel_answer(sending, model, epoch))
            raise
        operation = _note_life(answer, model, epoch)
        self._host.note_open(model, operation.id, since)
        return operation

    async def _cancel_answer(self, sending: asyncio.Future[Operation | Progress], model: str, epoch: str) -> None:
        """Cancel what the engine answers to a request that nobody waits for any more."""
        with suppress(ProviderError, NotFound):
            await self.cancel(_note_life(await sending, model, epoch))

    async def poll(self, operation: Operation) -> Progress:
        """Ask the engine once. A life that is over has lost the operation, which may be bought again; never bills."""
        model = str(operation.facts.get(_MODEL, ""))
        record = await self._find_life(operation)
        if record is None:
            self._host.note_end(model)
            return self._build_lost(model)
        try:
            progress = await (await self._get_wire(record)).poll(operation)
        except ProviderError:
            if await self._find_life(operation) is None:
                self._host.note_end(model)
                return self._build_lost(model)
            raise
        if progress.state not in ("queued", "running"):
            self._host.note_over(model, operation.id, is_made=progress.state == "succeeded")
        else:
            self._host.note_open(model, operation.id)
        if progress.state == "lost":  # it forgot, and is alive
            return self._build_lost(model)
        return replace(progress, poll_in_s=0)

    def _build_lost(self, model: str) -> Progress:
        message = f"the engine of {model} ended, or forgot this video"
        return Progress(state="failed", can_retry=True, message=message)

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream the bytes of a finished video. Raises ``NotFound`` if the engine has ended since."""
        record = await self._find_life(operation)
        if record is None:
            raise NotFound(code="operation_not_kept", provider=self.name, operation=operation.id)
        async for part in (await self._get_wire(record)).fetch(operation, output):
            yield part

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Delete a video, and have its engine killed if it still computes after the grace of its card."""
        record = await self._find_life(operation)
        if record is None:
            return "too_late"
        wire = await self._get_wire(record)
        answer = await wire.cancel(operation)
        if answer == "too_late":
            return answer
        if answer == "cannot":
            await wire.delete(operation)
        self._host.stop_after_cancel(record, operation.id)
        return "cancelled"

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Look in the engine's list for a purchase whose answer was lost; a life that is over has nothing."""
        record = await self._host.find_life(str(prepared_request.get(_MODEL)), str(prepared_request.get(_EPOCH)))
        if record is None:
            return Absent()
        found = await (await self._get_wire(record)).find(prepared_request, purchase, own)
        if not isinstance(found, FoundOperation):
            return found
        return FoundOperation(operation=_note_life(found.operation, record.model, record.epoch))

    async def close(self) -> None:
        """Close the connections to the engines, and stop those that this process started."""
        await self._host.close()
        wires, self._wires = self._wires, {}
        for _, http, _ in wires.values():
            await http.close()

    async def _find_life(self, operation: Operation) -> RunRecord | None:
        return await self._host.find_life(str(operation.facts.get(_MODEL)), str(operation.facts.get(_EPOCH)))

    async def _get_wire(self, record: RunRecord) -> OpenaiVideos:
        """Return the wire to one life of an engine; that to an earlier life is closed."""
        known = self._wires.get(record.model)
        if known and known[0] == record.epoch:
            return known[2]
        http = HttpClient(self.name, record.url, is_own=True)
        wire = OpenaiVideos(http)
        self._wires[record.model] = (record.epoch, http, wire)
        if known:
            await known[1].close()
        return wire


def _note_life(answer: Operation | Progress, model: str, epoch: str) -> Operation:
    """Add the model and the life of its engine to an operation's facts."""
    assert isinstance(answer, Operation), "this wire answers with an operation"
    return replace(answer, facts={**answer.facts, _MODEL: model, _EPOCH: epoch})
