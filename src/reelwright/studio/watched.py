"""A provider that is bought from as ever, while what it does is written down: words, times, kinds of files."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reelwright.errors import ReelwrightError
from reelwright.net.closing import closing
from reelwright.providers.protocol import Keep, Make, Output, Progress, Provider
from reelwright.reel.operation import Operation
from reelwright.studio.spelling import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Met(Spoken):
    """One thing that happened, ``at_s`` seconds after the first."""

    at_s: float
    what: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought(Spoken):
    """One output. ``told``: its kind as the provider says; ``seen``: as its first bytes say."""

    sample: int
    told: str
    seen: str
    size: int
    expires_in_s: int | None
    fetch_s: float | None


class Watched:
    """``provider`` in every respect; ``met`` and ``brought`` tell what it did."""

    def __init__(self, provider: Provider, tell: Callable[[Met], None] | None = None) -> None:
        self._counter, self._tell = provider, tell or (lambda met: None)
        self._began = time.monotonic()
        self.name, self.resubmit = provider.name, provider.resubmit
        self.met: list[Met] = []
        self.brought: list[Brought] = []
        self.bill = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._counter, name)

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        async def kept(data: AsyncIterator[bytes], mime: str) -> Any:
            head, size, parts = b"", 0, []
            async for part in data:
                head, size = (head + part)[:512], size + len(part)
                parts.append(part)
            self._bring(0, mime, head, size, None, None)
            return await keep(_again(parts), mime)

        began = time.monotonic()
        try:
            answer = await self._counter.submit(prepared, kept, make)
        except ReelwrightError as error:
            self._meet("not answered well", f"{type(error).__name__}: {error}")
            raise
        took = f"{time.monotonic() - began:.2f} s"
        if isinstance(answer, Operation):
            self._meet("accepted", f"an operation, after {took}")
        else:
            self._meet("answered", f"with the result itself, after {took}: {answer.state}")
            self._note(answer)
        return answer

    async def poll(self, operation: Operation) -> Progress:
        try:
            progress = await self._counter.poll(operation)
        except ReelwrightError as error:
            self._meet("poll failed", f"{type(error).__name__}: {error}")
            raise
        done = "" if progress.done is None else f" {progress.done:.0%}"
        if not self.met or self.met[-1].said != f"{progress.state}{done}":
            self._meet("stands", f"{progress.state}{done}")
        if progress.state not in ("queued", "running"):
            self._note(progress)
        return progress

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        began, head, size = time.monotonic(), b"", 0
        async with closing(self._counter.fetch(operation, output)) as parts:
            async for part in parts:
                head, size = (head + part)[:512], size + len(part)
                yield part
        self._bring(output.sample, output.mime, head, size, output.expires, time.monotonic() - began)

    def _meet(self, what: str, said: str) -> None:
        met = Met(at_s=round(time.monotonic() - self._began, 2), what=what, said=said[:300])
        self.met.append(met)
        self._tell(met)

    def _note(self, progress: Progress) -> None:
        if progress.said:
            self._meet("said", progress.said)
        for lost in progress.missing:
            self._meet("missing", f"sample {lost.sample}: {lost.reason} {lost.said}")
        if progress.bill and progress.bill.micros is not None:
            self.bill = progress.bill.certainty

    def _bring(
        self, sample: int, told: str, head: bytes, size: int, expires: datetime | None, fetch_s: float | None
    ) -> None:
        left = None if expires is None else round((expires - datetime.now(UTC)).total_seconds())
        seen = kind_of(head)
        took = None if fetch_s is None else round(fetch_s, 3)
        self.brought.append(Brought(sample=sample, told=told, seen=seen, size=size, expires_in_s=left, fetch_s=took))
        self._meet("brought", f"sample {sample}: {size} bytes, told {told or 'nothing'}, by its bytes {seen}")


async def _again(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def kind_of(head: bytes) -> str:
    """What the first bytes of an output are, in few words."""
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
