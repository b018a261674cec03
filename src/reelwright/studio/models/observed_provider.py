"""A wrapper around a provider that records what it does: states, times, and types of files."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reelwright.errors import ReelwrightError
from reelwright.net.closing import ensure_closed
from reelwright.providers.forwarding import ForwardingProvider
from reelwright.providers.protocol import Keep, Make, Output, Progress, Provider
from reelwright.reel.records.operation import Operation
from reelwright.studio.results.result_model import Number, ResultModel


class VerifyEvent(ResultModel):
    """An event at a provider during ``verify``, ``at_s`` seconds after its start."""

    at_s: Number
    kind: str
    message: str


class VerifyOutput(ResultModel):
    """A file that a provider delivered during ``verify``. ``reported_type``: as the provider says.

    ``detected_type``: as its first bytes show.
    """

    sample: int
    reported_type: str
    detected_type: str
    size_bytes: int
    expires_in_s: int | None
    fetch_s: Number | None


class ObservedProvider(ForwardingProvider):
    """A wrapper that passes every call to a provider, and records what it does in ``events`` and ``outputs``."""

    def __init__(self, provider: Provider, notify: Callable[[VerifyEvent], None] | None = None) -> None:
        self._provider, self._tell = provider, notify or (lambda met: None)
        self._began = time.monotonic()
        self.name, self.resubmit = provider.name, provider.resubmit
        self.events: list[VerifyEvent] = []
        self.outputs: list[VerifyOutput] = []
        self.bill = ""

    def _get_provider(self) -> Provider:
        return self._provider

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Submit to the wrapped provider, which may cost money, and record its answer and how long that took."""

        async def kept(data: AsyncIterator[bytes], mime: str) -> Any:
            head, size, parts = b"", 0, []
            async for part in data:
                head, size = (head + part)[:512], size + len(part)
                parts.append(part)
            self._record_output(0, mime, head, size, None, None)
            return await keep(_again(parts), mime)

        began = time.monotonic()
        try:
            answer = await self._provider.submit(prepared_request, kept, make)
        except ReelwrightError as error:
            self._record_event("not answered well", f"{type(error).__name__}: {error}")
            raise
        took = f"{time.monotonic() - began:.2f} s"
        if isinstance(answer, Operation):
            self._record_event("accepted", f"an operation, after {took}")
        else:
            self._record_event("answered", f"with the result itself, after {took}: {answer.state}")
            self._note(answer)
        return answer

    async def poll(self, operation: Operation) -> Progress:
        """Poll the wrapped provider, and record each change of state and its last message."""

        try:
            progress = await self._provider.poll(operation)
        except ReelwrightError as error:
            self._record_event("poll failed", f"{type(error).__name__}: {error}")
            raise
        done = "" if progress.fraction_done is None else f" {progress.fraction_done:.0%}"
        if not self.events or self.events[-1].message != f"{progress.state}{done}":
            self._record_event("stands", f"{progress.state}{done}")
        if progress.state not in ("queued", "running"):
            self._note(progress)
        return progress

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Yield the bytes of an output from the wrapped provider, and record their type, size and seconds."""

        began, head, size = time.monotonic(), b"", 0
        async with ensure_closed(self._provider.fetch(operation, output)) as parts:
            async for part in parts:
                head, size = (head + part)[:512], size + len(part)
                yield part
        self._record_output(output.sample, output.mime, head, size, output.expires, time.monotonic() - began)

    def _record_event(self, what: str, message: str) -> None:
        met = VerifyEvent(at_s=round(time.monotonic() - self._began, 2), kind=what, message=message[:300])
        self.events.append(met)
        self._tell(met)

    def _note(self, progress: Progress) -> None:
        if progress.message:
            self._record_event("said", progress.message)
        for lost in progress.missing:
            self._record_event("missing", f"sample {lost.sample}: {lost.reason} {lost.message}")
        if progress.bill and progress.bill.micros is not None:
            self.bill = progress.bill.certainty

    def _record_output(
        self, sample: int, reported_type: str, head: bytes, size: int, expires: datetime | None, fetch_s: float | None
    ) -> None:
        left = None if expires is None else round((expires - datetime.now(UTC)).total_seconds())
        seen = detect_type(head)
        took = None if fetch_s is None else round(fetch_s, 3)
        self.outputs.append(
            VerifyOutput(
                sample=sample,
                reported_type=reported_type,
                detected_type=seen,
                size_bytes=size,
                expires_in_s=left,
                fetch_s=took,
            )
        )
        self._record_event(
            "brought", f"sample {sample}: {size} bytes, told {reported_type or 'nothing'}, by its bytes {seen}"
        )


async def _again(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def detect_type(head: bytes) -> str:
    """Name the type of a file from its first bytes, for a person: ``MP4``, ``PNG``, ``text``, ``nothing known`` …"""
    marks = (
        (b"ftyp", 4, "MP4"), (b"\x1aE\xdf\xa3", 0, "WebM"), (b"\x89PNG", 0, "PNG"), (b"\xff\xd8\xff", 0, "JPEG"),
        (b"WEBP", 8, "WebP"), (b"WAVE", 8, "WAV"), (b"ID3", 0, "MP3"), (b"OggS", 0, "Ogg"), (b"fLaC", 0, "FLAC"),
    )  # fmt: skip
    for mark, at, name in marks:
        if head[at : at + len(mark)] == mark:
            return name
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "MP3"
    try:
        head.decode()
    except UnicodeDecodeError:
        return "nothing known"
    return "text"
