"""Listens at the wire while one prompt is made: what was said last, how far it is, how many bytes have come.

The gate calls the wire through here; nothing is sent twice, slowed or changed. What was heard belongs to the prompt
whose task does the calling, so that any number of prompts can share one wire.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from reelwright.errors import NotFound, ReelwrightError
from reelwright.net.closing import closing
from reelwright.providers.protocol import (
    Absent,
    CannotTell,
    Found,
    Keep,
    Lists,
    Make,
    Match,
    Output,
    Progress,
    Provider,
    Read,
    with_list,
)
from reelwright.reel.ledger import ListedWork, OwnWork
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.request import Input, Request
from reelwright.studio.listener import harmless

Stage = Literal["asking", "waiting", "downloading", "done"]
Show = Callable[["Heard"], None]


@dataclass(slots=True)
class Heard:
    """What the wire said of one prompt. ``partial``: bytes of the output that is coming; ``size`` where it is known.

    ``status`` and ``answer``: of what was answered to the one request that costs. ``not_known``: what the wire said
    when it did not know the operation; None where it told something of it since.
    """

    show: Show = field(default=lambda heard: None)
    stage: Stage = "asking"
    operation: str | None = None
    done: float | None = None
    uri: str | None = None
    partial: int = 0
    size: int | None = None
    error: Exception | None = None
    ended: Progress | None = None
    not_known: str | None = None
    status: int | None = None
    answer: Any = None

    def __post_init__(self) -> None:
        self.show = harmless(self.show)

    def tell(self, stage: Stage) -> None:
        self.stage = stage
        self.show(self)


_now: ContextVar[Heard | None] = ContextVar("heard", default=None)


@contextmanager
def hearing(heard: Heard) -> Iterator[Heard]:
    """While inside, what this task and the tasks that it starts exchange with the wire is noted in ``heard``."""
    before = _now.set(heard)
    try:
        yield heard
    finally:
        _now.reset(before)


def heard_now() -> Heard:
    """What is noted of the prompt whose task this is."""
    return _now.get() or Heard()


class Listening:
    """A wire that is listened to. Everything is the wire's own doing; what is not listened to is passed through."""

    def __init__(self, wire: Provider) -> None:
        self._wire = wire
        self.name = wire.name
        self.resubmit: Literal["never", "free"] = wire.resubmit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def models(self) -> frozenset[str]:
        return self._wire.models()

    def check(self, request: Request) -> None:
        self._wire.check(request)

    def price(self, request: Request) -> Price:
        return self._wire.price(request)

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        return await self._wire.prepare(request, inputs, purchase, read)

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """The gate's one send. May spend."""
        with _noted() as heard:
            heard.tell("asking")
            answer = await self._wire.submit(prepared, keep, make)
            if isinstance(answer, Operation):
                heard.operation, heard.error = answer.id, None
                heard.tell("waiting")
            return answer

    async def poll(self, operation: Operation) -> Progress:
        with _noted() as heard:
            heard.operation = operation.id
            try:
                progress = await self._wire.poll(operation)
            except NotFound as error:
                heard.not_known = str(error)
                raise
            heard.done, heard.error = progress.done, None
            heard.not_known = progress.said if progress.state == "lost" else None
            if progress.state not in ("queued", "running", "lost"):
                heard.ended = progress
            heard.tell("waiting")
            return progress

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        with _noted() as heard:
            heard.uri, heard.partial, heard.size = output.url, 0, None
            heard.tell("downloading")
            async with closing(self._wire.fetch(operation, output)) as chunks:
                async for chunk in chunks:
                    heard.partial += len(chunk)
                    heard.tell("downloading")
                    yield chunk
            heard.error = None
            heard.tell("done")

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return await self._wire.cancel(operation)

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Found | Absent | CannotTell:
        return await self._wire.find(prepared, purchase, own)

    @property
    def has_list(self) -> bool:
        return with_list(self._wire) is not None

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        return await cast(Lists, self._wire).list_work(own)

    def compare(self, prepared: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        return cast(Lists, self._wire).compare(prepared, work, by_another=by_another)

    def listed_operation(self, prepared: Mapping[str, Any], work: ListedWork) -> Operation:
        return cast(Lists, self._wire).listed_operation(prepared, work)

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return self._wire.poke(headers, body, secrets)


@contextmanager
def _noted() -> Iterator[Heard]:
    """What is heard now; the error that ends it is noted and goes on."""
    heard = heard_now()
    try:
        yield heard
    except (ReelwrightError, OSError) as error:
        heard.error = error
        raise
