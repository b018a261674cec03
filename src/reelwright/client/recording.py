"""Records what a wire answers while one prompt is made: the last answer, the progress, the bytes received.

The gate calls the wire through ``RecordingProvider``, which neither repeats, delays nor changes an exchange. A record
belongs to the asyncio task that makes the call and to the tasks that it starts, so any number of prompts can share one
wire.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from reelwright.errors import NotFound, ReelwrightError
from reelwright.net.closing import ensure_closed
from reelwright.providers.forwarding import ForwardingProvider
from reelwright.providers.protocol import (
    Keep,
    Make,
    Output,
    Progress,
    Provider,
)
from reelwright.reel.records.operation import Operation
from reelwright.studio.quotes.listener import guard_listener

Stage = Literal["asking", "waiting", "downloading", "done"]
Show = Callable[["WireRecord"], None]
_NEARLY: Final = 0.99


@dataclass(slots=True)
class WireRecord:
    """The record of what the service answered about one prompt: stage, progress, bytes and the last error. ``show`` is
    called whenever the prompt enters a stage.

    ``begin`` is called before every exchange.

    ``fraction``: progress from 0 to 1, if known. ``received_bytes`` and ``total_bytes``: of the output that is being
    downloaded; the total is None if unknown. ``final_progress``: the progress that ended the operation. ``status`` and
    ``answer``: of the response to the request that costs money, or to a later question about its operation.
    ``not_found_message``: the answer that the wire does not know the operation; None after any better answer.
    ``error``: the newest error of an exchange, None after a successful one.
    """

    show: Show = field(default=lambda record: None)
    begin: Callable[[], None] = field(default=lambda: None)
    stage: Stage = "asking"
    operation: str | None = None
    fraction: float | None = None
    uri: str | None = None
    received_bytes: int = 0
    total_bytes: int | None = None
    error: Exception | None = None
    final_progress: Progress | None = None
    not_found_message: str | None = None
    status: int | None = None
    answer: Any = None

    def __post_init__(self) -> None:
        self.show = guard_listener(self.show)

    def enter_stage(self, stage: Stage) -> None:
        """Set the stage (asking, waiting, downloading, done) and call ``show``."""
        self.stage = stage
        self.show(self)

    def measure_progress(self) -> dict[str, Any]:
        """Return the arguments that update a progress bar: empty while the progress is unknown, and full only at the
        end.

        A full bar stops its clock. The end is drawn at once: the caller removes the bar right after it, often before
        rich would redraw by itself.
        """
        total, completed, status = 1.0, min(self.fraction or 0.0, _NEARLY), str(self.stage)
        if self.stage == "downloading":
            status = f"downloading, {self.received_bytes / 1e6:.1f} MB"
            completed = 0.0
            if self.total_bytes:
                total, completed = self.total_bytes, self.received_bytes
                status = f"downloading, {self.received_bytes / 1e6:.1f} of {self.total_bytes / 1e6:.1f} MB"
        elif self.stage == "done":
            total = completed = self.total_bytes or 1.0
        is_known = self.stage in ("downloading", "done") or self.fraction is not None
        return {
            "total": total if is_known else None,
            "completed": completed,
            "status": status,
            "refresh": self.stage == "done",
        }


_current_record: ContextVar[WireRecord | None] = ContextVar("record", default=None)


@contextmanager
def record_wire(record: WireRecord) -> Iterator[WireRecord]:
    """Record in ``record``, during the block, what this task and the tasks that it starts exchange with the service."""
    before = _current_record.set(record)
    try:
        yield record
    finally:
        _current_record.reset(before)


def get_record() -> WireRecord:
    """Return the record of the current task, or a new one that nobody reads."""
    return _current_record.get() or WireRecord()


class RecordingProvider(ForwardingProvider):
    """Provider that passes every call on to ``wire`` and records the answers in the current ``WireRecord``."""

    def __init__(self, wire: Provider) -> None:
        self._wire = wire
        self.name, self.resubmit = wire.name, wire.resubmit

    def _get_provider(self) -> Provider:
        return self._wire

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send the purchase through ``wire`` and record the answer; may spend."""
        with _recording_errors() as record:
            record.enter_stage("asking")
            answer = await self._wire.submit(prepared_request, keep, make)
            if isinstance(answer, Operation):
                record.operation, record.error = answer.id, None
                record.enter_stage("waiting")
            return answer

    async def poll(self, operation: Operation) -> Progress:
        """Poll the operation through ``wire`` and record its progress; never bills."""
        with _recording_errors() as record:
            record.operation = operation.id
            try:
                progress = await self._wire.poll(operation)
            except NotFound as error:
                record.not_found_message = str(error)
                raise
            record.fraction, record.error = progress.fraction_done, None
            record.not_found_message = progress.message if progress.state == "lost" else None
            if progress.state not in ("queued", "running", "lost"):
                record.final_progress = progress
            record.enter_stage("waiting")
            return progress

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream an output through ``wire`` and record the bytes received."""
        with _recording_errors() as record:
            record.uri, record.received_bytes, record.total_bytes = output.url, 0, None
            record.enter_stage("downloading")
            async with ensure_closed(self._wire.fetch(operation, output)) as chunks:
                async for chunk in chunks:
                    record.received_bytes += len(chunk)
                    record.enter_stage("downloading")
                    yield chunk
            record.error = None
            record.enter_stage("done")


@contextmanager
def _recording_errors() -> Iterator[WireRecord]:
    """Yield the current record for an exchange. An error of the exchange is recorded, then raised."""
    record = get_record()
    record.begin()
    try:
        yield record
    except (ReelwrightError, OSError) as error:
        record.error = error
        raise
