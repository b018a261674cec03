"""What every provider can do: one bounded exchange each; never sleeps, never repeats a submit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from reelwright.catalogue.model import Failures
from reelwright.reel.ledger import ListedWork, OwnWork
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest, noun
from reelwright.reel.operation import Operation
from reelwright.reel.outcome import Missing, Outcome
from reelwright.reel.request import Input, Request

Keep = Callable[[AsyncIterator[bytes], str], Awaitable[Digest]]
"""(bytes, mime) into the vault, synced before it returns."""
Read = Callable[[Digest], AsyncIterator[bytes]]
Match = Literal["same", "possible", "other"]
"""How an entry of a list compares with a request. ``same``: it repeats it. ``other``: it is of another model.
``possible``: it is of the model, and differs in a way that a list may differ from what was sent (a prompt cut or
rewritten, an input removed)."""
Make = Callable[[str, Mapping[str, Any], Sequence[tuple[Input, Digest]]], Awaitable[Outcome]]
"""(work, args, inputs): a hand does it; bound by the engine. For what we make ourselves at a price of 0."""


@noun
class Output:
    """One result of an operation: at a provider's ``url``, or kept already as ``asset``."""

    sample: int
    mime: str
    url: str | None = None
    asset: Digest | None = None
    expires: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@noun
class Progress:
    """Where an operation stands. ``done`` from 0 to 1 where told; ``again_in`` seconds to the next poll.

    ``again``: it failed for a reason that may pass, so that another try may bring it. ``life_s``: seconds for which
    outputs will be there once they are ready, where the provider says so. ``operation``: how its list names an answer
    that was the result itself, so that nobody who looks for another takes it for his own.
    """

    state: Literal["queued", "running", "succeeded", "failed", "refused", "cancelled", "expired", "lost"]
    outputs: tuple[Output, ...] = ()
    missing: tuple[Missing, ...] = ()
    done: float | None = None
    again_in: float = 5
    bill: Price | None = None
    said: str = ""
    again: bool = False
    life_s: float | None = None
    operation: Operation | None = None


@noun
class Found:
    """Our purchase is in the provider's list."""

    operation: Operation


@noun
class Absent:
    """The provider's list does not show ours. ``listed_after_s``: what it took on stands there so many seconds later at
    the latest, so that a list which was asked for sooner proves nothing.
    """

    listed_after_s: float = 0.0


@noun
class CannotTell:
    """A person decides."""


@noun
class Perhaps(CannotTell):
    """The list shows work that may be ours and that no purchase has: ``entries``, as it names them.

    Another purchase of ours may still claim it; where none does, a person decides.
    """

    entries: tuple[str, ...] = ()


@runtime_checkable
class Lists(Protocol):
    """What a provider can do, too, whose work can be listed."""

    @property
    def has_list(self) -> bool:
        """Whether it can be asked here: a list is there, and a key to read it. Never talks."""
        ...

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """Entries that no purchase of ours has, back to the newest that one has. Never bills.

        Raises ``Unreachable``, ``Refused`` where the list cannot be read.
        """
        ...

    def compare(self, prepared: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        """Compare listed work with what was prepared. ``by_another``: another purchase's, so that what an adapter adds
        for each purchase (a seed of its own) may differ. Never talks.
        """
        ...

    def listed_operation(self, prepared: Mapping[str, Any], work: ListedWork) -> Operation:
        """The operation of listed work that is the very request that was prepared. Never talks."""
        ...


def with_list(provider: object) -> Lists | None:
    """``provider`` as one whose work can be listed here, or None."""
    return provider if isinstance(provider, Lists) and provider.has_list else None


class Provider(Protocol):
    """``resubmit`` ``free``: an unknown of theirs costs nothing and is sent again by itself."""

    name: str
    resubmit: Literal["never", "free"]

    def models(self) -> frozenset[str]:
        """Model ids that this provider answers for."""
        ...

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` naming the field that the model does not take. Never talks, never spends."""
        ...

    def price(self, request: Request) -> Price:
        """What one submission of ``request`` costs at most."""
        ...

    def failures(self, model: str) -> Failures:
        """What is billed where nothing came, as far as is known. Never talks."""
        ...

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Uploads and the body to send, as plain JSON values without secrets. Never bills.

        What was uploaded stands under ``"staged"``, a list of plain values: it is journaled, and ``unstage`` is given
        it once the purchase has ended.
        """
        ...

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """One POST. ``Progress`` when the answer was the result itself, its bytes kept. May spend.

        Raises ``NotAccepted``, ``Refused`` or ``OutcomeUnknown``; any other error counts as unknown.
        """
        ...

    async def poll(self, operation: Operation) -> Progress: ...

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]: ...

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]: ...

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Found | Absent | CannotTell:
        """Look for a purchase whose answer was lost. ``own``: what the journal knows of our other work there."""
        ...

    async def unstage(self, staged: Sequence[Any]) -> None:
        """Remove what ``prepare`` has put there; what is gone already is no error. Never bills."""
        ...

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output]) -> None:
        """Remove outputs that landed from where they lie; asked of operations whose facts say ``removes`` alone.

        What is gone already is no error. Never bills.
        """
        ...

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Operation id of a verified webhook, else None."""
        ...
