"""The interface of every provider.

Each method is one bounded exchange with the provider; it never sleeps, and ``submit`` is never repeated inside of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from reelwright.catalogue.model_row import FailureCharges
from reelwright.providers.policy import POLL_WAIT_S
from reelwright.reel.base.value import Digest, define_value
from reelwright.reel.graph.outcome import MissingSample, Outcome
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import ListedWork, OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation

Keep = Callable[[AsyncIterator[bytes], str], Awaitable[Digest]]
"""Store (bytes, mime) in the vault; the asset is synced to disk before the call returns."""
Read = Callable[[Digest], AsyncIterator[bytes]]
"""Stream the bytes of an asset from the vault."""
Match = Literal["same", "possible", "other"]
"""The result of comparing an entry of a provider's list with a request. ``same``: the entry repeats the request.
``other``: the entry is of another model. ``possible``: the entry is of the same model, and differs only in ways in
which a list may differ from what was sent (a prompt cut or rewritten, an input removed)."""
Make = Callable[[str, Mapping[str, Any], Sequence[tuple[Input, Digest]]], Awaitable[Outcome]]
"""Do (work, args, inputs) in a hand, a worker process. The engine binds it; used for what we make ourselves at price 0.
"""


@define_value
class Output:
    """Sample that an operation made, either at a provider's ``url`` or already stored as ``asset``.

    ``expires``: when the ``url`` stops working, where that is known. ``facts``: what the provider says of the sample.
    """

    sample: int
    mime: str
    url: str | None = None
    asset: Digest | None = None
    expires: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@define_value
class Progress:
    """State of an operation at a provider.

    ``fraction_done``: from 0 to 1, where the provider reports it. ``poll_in_s``: seconds to wait before the next poll.
    ``message``: the provider's words, in plain text. ``can_retry``: the operation failed for a reason that may pass, so
    another purchase may succeed. ``is_empty``: it failed, and the provider gives neither a result nor a reason: the
    next look may find one. ``life_s``: seconds for which the outputs can be fetched once they are ready, where
    the provider says so. ``operation``: the id in the provider's list of an answer that was the result itself, so that
    a search for another lost purchase does not take it for its own.
    """

    state: Literal["queued", "running", "succeeded", "failed", "refused", "cancelled", "expired", "lost"]
    outputs: tuple[Output, ...] = ()
    missing: tuple[MissingSample, ...] = ()
    fraction_done: float | None = None
    poll_in_s: float = POLL_WAIT_S
    bill: Price | None = None
    message: str = ""
    can_retry: bool = False
    is_empty: bool = False
    life_s: float | None = None
    operation: Operation | None = None


@define_value
class FoundOperation:
    """Result of ``find``: the provider's list shows the purchase, as this operation."""

    operation: Operation


@define_value
class Absent:
    """Result of ``find``: the provider's list does not show the purchase.

    ``listed_after_s``: work that the provider accepted is listed at most this many seconds later, so that a list which
    was read sooner proves nothing.
    """

    listed_after_s: float = 0.0


@define_value
class CannotTell:
    """Result of ``find``: the provider cannot show whether it accepted the purchase. A person decides."""


@define_value
class PossibleMatches(CannotTell):
    """Result of ``find``: listed work that no purchase claims and that may be this one; ``entries`` are its ids in the
    list.

    Another purchase of ours may still claim an entry; if none does, a person decides.
    """

    entries: tuple[str, ...] = ()


@runtime_checkable
class WorkLister(Protocol):
    """Additional interface of a provider that can list the work it has done for this account."""

    @property
    def has_list(self) -> bool:
        """Whether the work can be listed now: the provider has a list, and the key to read it is set. Sends nothing."""
        ...

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """List the provider's work that no purchase of ours claims, back to the newest work that one claims. Never
        bills.

        Raises ``Unreachable`` or ``Refused`` if the list cannot be read.
        """
        ...

    def compare(self, prepared_request: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        """Compare listed work with a prepared request: same, possible, or other. Sends nothing.

        ``by_another``: the work may come from another purchase of the same request, so what an adapter adds for each
        purchase (a seed of its own) may differ.
        """
        ...

    def get_listed_operation(self, prepared_request: Mapping[str, Any], work: ListedWork) -> Operation:
        """Return the operation of listed work that is exactly the prepared request. Sends nothing."""
        ...


def as_work_lister(provider: object) -> WorkLister | None:
    """Return ``provider`` as a ``WorkLister`` if its work can be listed here, else None."""
    return provider if isinstance(provider, WorkLister) and provider.has_list else None


@runtime_checkable
class OperationNamer(Protocol):
    """Additional interface of a provider whose operations have full names. A person may know only the last part."""

    def resolve_operation(self, model: str, name: str) -> str:
        """Return the full name of an operation of ``model``, which a person gives in full or by its last part. Sends
        nothing. Raises ``BadInput`` naming what is accepted.
        """
        ...


def as_operation_namer(provider: object) -> OperationNamer | None:
    """Return ``provider`` as an ``OperationNamer`` if it is one, else None."""
    return provider if isinstance(provider, OperationNamer) else None


@runtime_checkable
class ClosingProvider(Protocol):
    """Additional interface of a provider that holds connections or processes."""

    async def close(self) -> None:
        """Close the connections, and end the processes that nobody else needs."""
        ...


@define_value
class Voice:
    """A voice that a provider can speak with. ``id``: what a request names. ``labels``: what the provider says about
    it.

    ``languages``: BCP 47 tags of the languages that the provider has checked it in. ``sample_url``: where a sample of
    it can be heard; empty if nowhere.
    """

    id: str
    name: str
    description: str = ""
    languages: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    sample_url: str = ""


@runtime_checkable
class VoiceLister(Protocol):
    """Additional interface of a provider that can list its voices."""

    @property
    def has_voices(self) -> bool:
        """Whether the voices can be listed now: the provider has a list, and the key to read it is set."""
        ...

    async def list_voices(self) -> Sequence[Voice]:
        """List the voices that may be used with the provider's key. Never bills. Raises ``Unreachable`` or
        ``Refused``.
        """
        ...

    def read_sample(self, voice: Voice) -> AsyncIterator[bytes]:
        """Download the sample of a voice that has a ``sample_url``. Never bills. Raises ``Unreachable``, ``NotFound``
        and ``BadInput``, the last for one that is too large.
        """
        ...


@runtime_checkable
class SampleSpeaker(Protocol):
    """Additional interface of a provider whose voices speak their samples on this machine, each like a line."""

    def build_sample(self, voice: Voice) -> tuple[str, Mapping[str, Any]]:
        """Return the work of a hand that speaks the sample of a voice, and its arguments. Sends nothing."""
        ...


def as_voice_lister(provider: object) -> VoiceLister | None:
    """Return ``provider`` as a ``VoiceLister`` if its voices can be listed here, else None."""
    return provider if isinstance(provider, VoiceLister) and provider.has_voices else None


class Provider(Protocol):
    """Interface of a seller of AI work.

    ``resubmit`` ``free``: a purchase with an unknown outcome costs nothing, so it is sent again.
    """

    name: str
    resubmit: Literal["never", "free"]

    def list_models(self) -> frozenset[str]:
        """Return the ids of the models that this provider sells."""
        ...

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` for a request that its model does not accept, naming the field. Sends nothing, never
        spends.
        """
        ...

    def price(self, request: Request) -> Price:
        """Return the most that one submission of ``request`` can cost."""
        ...

    def get_failure_terms(self, model: str) -> FailureCharges:
        """Return what the provider charges for work of a model that delivered nothing, as far as is known. Sends
        nothing.
        """
        ...

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Upload the inputs, and return the request that ``submit`` sends, as plain JSON values without secrets. Never
        bills.

        Uploads are listed under ``"staged"`` as plain values. The list is stored in the journal and passed to
        ``unstage`` once the purchase has ended.
        """
        ...

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one paid POST for a prepared request; may spend.

        Returns the operation, or a ``Progress`` if the answer was the result itself and its bytes are stored. Raises
        ``NotAccepted``, ``Refused`` or ``OutcomeUnknown``; callers treat any other error as unknown.
        """
        ...

    async def poll(self, operation: Operation) -> Progress:
        """Ask the provider once for the state of an operation. Never bills."""
        ...

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream the bytes of one output of an operation."""
        ...

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Ask the provider to stop an operation; return what came of it.

        ``asked``: the provider has not stopped it yet. ``too_late``: it is over. ``cannot``: this provider cancels
        nothing.
        """
        ...

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Look at the provider for a purchase whose answer was lost. ``own``: the journal's knowledge of our other work
        there.
        """
        ...

    async def unstage(self, uploads: Sequence[Any]) -> None:
        """Remove the uploads of ``prepare`` from the provider; an upload that is gone already is no error. Never
        bills.
        """
        ...

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output] | None) -> None:
        """Remove outputs of an operation from the provider's storage; None: all of them. Never bills.

        Called for outputs in the vault if the operation's facts say ``removes``; and if they say ``stays``, for all of
        an operation whose results were deleted here. An output that is gone already is no error.
        """
        ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Verify a webhook of the provider and return the operation id in it; None if it is not valid or not ours."""
        ...
