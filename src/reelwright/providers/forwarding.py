"""The base of providers that stand in front of another one and pass calls on to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Literal, cast

from reelwright.catalogue.model_row import FailureCharges
from reelwright.providers.protocol import (
    Absent,
    CannotTell,
    FoundOperation,
    Keep,
    Make,
    Match,
    Output,
    Progress,
    Provider,
    Read,
    Voice,
    VoiceLister,
    WorkLister,
    as_operation_namer,
    as_voice_lister,
    as_work_lister,
)
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import ListedWork, OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation


class ForwardingProvider(ABC):
    """Base class of a provider that passes every call on, once, to the provider behind this one.

    A subclass overrides what it does itself.
    """

    name: str
    resubmit: Literal["never", "free"]

    @abstractmethod
    def _get_provider(self) -> Provider:
        """Return the provider that answers the calls."""

    def list_models(self) -> frozenset[str]:
        """Return the ids of the models that the provider behind this one sells."""
        return self._get_provider().list_models()

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` for a request that the provider behind this one does not accept; never spends."""
        self._get_provider().check(request)

    def price(self, request: Request) -> Price:
        """Return the most that one submission can cost at the provider behind this one."""
        return self._get_provider().price(request)

    def get_failure_terms(self, model: str) -> FailureCharges:
        """Return what the provider behind this one charges for a model when nothing was delivered."""
        return self._get_provider().get_failure_terms(model)

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Have the provider behind this one upload the inputs and build the request to send; never bills."""
        return await self._get_provider().prepare(request, inputs, purchase, read)

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Have the provider behind this one send one POST; may spend."""
        return await self._get_provider().submit(prepared_request, keep, make)

    async def poll(self, operation: Operation) -> Progress:
        """Ask the provider behind this one once for the state of an operation; never bills."""
        return await self._get_provider().poll(operation)

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream the bytes of an output from the provider behind this one."""
        return self._get_provider().fetch(operation, output)

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Have the provider behind this one ask to stop an operation."""
        return await self._get_provider().cancel(operation)

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Have the provider behind this one look for a purchase whose answer was lost."""
        return await self._get_provider().find(prepared_request, purchase, own)

    async def unstage(self, uploads: Sequence[Any]) -> None:
        """Have the provider behind this one remove the uploads of ``prepare``."""
        await self._get_provider().unstage(uploads)

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output] | None) -> None:
        """Have the provider behind this one remove outputs from its storage."""
        await self._get_provider().remove_outputs(operation, outputs)

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Have the provider behind this one verify a webhook; return the operation id, or None if it is not valid."""
        return self._get_provider().read_webhook(headers, body, secrets)

    def resolve_operation(self, model: str, name: str) -> str:
        """Have the provider behind this one complete the name of an operation, where it does so."""
        namer = as_operation_namer(self._get_provider())
        return namer.resolve_operation(model, name) if namer else name

    @property
    def has_list(self) -> bool:
        """Whether the provider behind this one can list its work."""
        return as_work_lister(self._get_provider()) is not None

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """List the work at the provider behind this one that no purchase of ours claims."""
        return await self._get_lister().list_work(own)

    def compare(self, prepared_request: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        """Have the provider behind this one compare listed work with a prepared request: same, possible, or other."""
        return self._get_lister().compare(prepared_request, work, by_another=by_another)

    def get_listed_operation(self, prepared_request: Mapping[str, Any], work: ListedWork) -> Operation:
        """Return the operation of listed work at the provider behind this one."""
        return self._get_lister().get_listed_operation(prepared_request, work)

    @property
    def has_voices(self) -> bool:
        """Whether the provider behind this one can list its voices."""
        return as_voice_lister(self._get_provider()) is not None

    async def list_voices(self) -> Sequence[Voice]:
        """List the voices of the provider behind this one."""
        return await cast(VoiceLister, self._get_provider()).list_voices()

    def read_sample(self, voice: Voice) -> AsyncIterator[bytes]:
        """Download the sample of a voice of the provider behind this one."""
        return cast(VoiceLister, self._get_provider()).read_sample(voice)

    def _get_lister(self) -> WorkLister:
        """Return the provider as the ``WorkLister`` that it is where ``has_list`` is true."""
        return cast(WorkLister, self._get_provider())
