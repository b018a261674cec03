"""What a provider has made, on its way into the vault: the earliest expiry first, decoded, and asked for again."""

from __future__ import annotations

import asyncio
import heapq
import math
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from reelwright.engine import clock
from reelwright.engine.errand import Errand
from reelwright.engine.operations import Pace
from reelwright.engine.waist import Vault
from reelwright.errors import (
    BadInput,
    DecisionNeeded,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    Unreachable,
    UnreadableMedia,
)
from reelwright.media.decoding import check_decodes, medium_of
from reelwright.net.redact import redact
from reelwright.providers.protocol import Output, Progress, Provider
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.outcome import Missing

CAP_BYTES: Final = 2 * 1024**3
"""Largest output that is taken from a provider. Source: PROMISES.md 5."""
AT_ONCE: Final = 8
"""Downloads of one director at once; the others wait, the earliest stated expiry first."""
_BAD_BODIES: Final = 4
"""Whole bodies of one output that are no take (they do not decode, or have no end) before a person is told."""
_GROWTH: Final = 1.6
_SOON_S: Final = 3600.0
"""What expires within so many seconds is asked for to its end: a person who is told may come too late. What lasts
longer waits for that person.
"""
_LONGEST_PAUSE_S: Final = 120.0
_LONGEST_TOLD_S: Final = 600.0
"""The longest wait that a provider is believed: more is a mistake of theirs."""


class Downloads:
    """Fetches outputs for one director. ``at_once`` downloads run; who waits is let in by expiry, not by arrival."""

    def __init__(self, vault: Vault, at_once: int = AT_ONCE) -> None:
        self._vault = vault
        self._free = at_once
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._decoding = asyncio.Semaphore(max(1, os.cpu_count() or 1))

    async def collect(
        self, account: str, provider: Provider, operation: Operation | None, progress: Progress, errand: Errand,
        pace: Pace,
    ) -> tuple[dict[int, list[Digest]], tuple[Missing, ...]]:  # fmt: skip
        """Digests by sample, the earliest expiry first; what its provider no longer has after its expiry is missing.

        Raises ``DecisionNeeded`` where something was made and cannot be fetched, or cannot be decoded: it stays bought.
        """
        got: dict[int, list[Digest]] = {}
        missing = list(progress.missing)
        for output in sorted(progress.outputs, key=_expiry):
            try:
                digest = output.asset or await self._fetch(account, provider, operation, output, errand, pace)
            except NotFound as error:
                missing.append(Missing(sample=output.sample, reason="expired", said=redact(str(error))))
            else:
                got.setdefault(output.sample, []).append(digest)
        return got, tuple(missing)

    async def keep(self, account: str, data: AsyncIterator[bytes], mime: str) -> Digest:
        """Put an answer that was the result itself into the vault. Raises ``OutcomeUnknown`` where it is no take."""
        try:
            return await self._vault.put(account, data, mime, CAP_BYTES, partial(self._check, mime))
        except UnreadableMedia as error:
            raise OutcomeUnknown(f"it was answered with bytes that are no take: {error}") from error

    async def _fetch(
        self, account: str, provider: Provider, operation: Operation | None, output: Output, errand: Errand, pace: Pace
    ) -> Digest:
        """Fetch one output, again and again by growing pauses.

        What cannot be had for ``pace.patience_s``, and until its stated expiry where that is near, is told to a
        person (``DecisionNeeded``); so is a body that is no take several times over. Raises ``NotFound`` where it was
        not there for that long and its expiry is over.
        """
        assert operation, "an answer without an operation has kept its bytes"
        began, pause, bad_bodies = clock.seconds(), pace.least_s, 0
        while True:
            told_s = 0.0
            try:
                return await self._fetch_once(account, provider, operation, output, pace)
            except (BadInput, UnreadableMedia) as caught:
                error: Exception = caught
                bad_bodies += 1
            except (NotFound, ProviderError, OSError) as caught:
                error = caught
                told_s = min(caught.after_s, _LONGEST_TOLD_S) if isinstance(caught, Unreachable) else 0.0
            left_s = _left_s(output)
            waited_s = clock.seconds() - began
            over = waited_s >= pace.patience_s and not (left_s and 0 < left_s <= _SOON_S)
            if over and isinstance(error, NotFound) and left_s is not None and left_s <= 0:
                raise error
            if over or errand.stop or bad_bodies >= _BAD_BODIES:
                raise _told_to_a_person(provider, error, waited_s)
            errand.waits(f"{provider.name} has it, and it could not be fetched ({error}); it is asked for again")
            soon_s = min(pause, max(pace.least_s, left_s / 2)) if left_s and left_s > 0 else pause
            await errand.rest(max(soon_s, told_s))
            pause = min(pause * _GROWTH, max(pace.least_s, _LONGEST_PAUSE_S))

    async def _fetch_once(
        self, account: str, provider: Provider, operation: Operation, output: Output, pace: Pace
    ) -> Digest:
        async with _Turn(self, _expiry(output)) as turn, asyncio.timeout(pace.download_s):
            data = turn.until_it_ends(provider.fetch(operation, output))
            return await self._vault.put(account, data, output.mime, CAP_BYTES, partial(self._check, output.mime))

    async def _check(self, mime: str, path: Path) -> None:
        """Decode what came, off the event loop. Raises ``UnreadableMedia``."""
        if medium := medium_of(mime):
            async with self._decoding:
                await asyncio.to_thread(check_decodes, path, medium)

    async def _enter(self, expiry: float) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        waits = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (expiry, next(self._numbers), waits))
        try:
            await waits
        except asyncio.CancelledError:
            if waits.done() and not waits.cancelled():
                self._leave()  # it was let in at the very moment in which it was cancelled
            raise

    def _leave(self) -> None:
        while self._waiting:
            waits = heapq.heappop(self._waiting)[2]
            if not waits.done():
                waits.set_result(None)
                return
        self._free += 1


class _Turn:
    """One download's place among those that run; given back when its last byte has come, not when it is decoded."""

    __slots__ = ("_downloads", "_expiry", "_held")

    def __init__(self, downloads: Downloads, expiry: float) -> None:
        self._downloads, self._expiry, self._held = downloads, expiry, False

    async def __aenter__(self) -> Self:
        await self._downloads._enter(self._expiry)
        self._held = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()

    async def until_it_ends(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in data:
            yield chunk
        self._give_back()

    def _give_back(self) -> None:
        if self._held:
            self._held = False
            self._downloads._leave()


def _expiry(output: Output) -> float:
    return output.expires.timestamp() if output.expires else math.inf


def _left_s(output: Output) -> float | None:
    """Seconds until its stated expiry, below 0 after it; None where none is stated."""
    return (output.expires - datetime.now(UTC)).total_seconds() if output.expires else None


def _told_to_a_person(provider: Provider, error: Exception, waited_s: float) -> DecisionNeeded:
    no_take = isinstance(error, (BadInput, UnreadableMedia))
    said = f"{provider.name} has made it, and what it sends is no take" if no_take else (
        f"{provider.name} has made it, and it could not be fetched for {_in_words(waited_s)}"
    )  # fmt: skip
    return DecisionNeeded(
        f"{said}: {error}", hint="it stays bought; `reelwright resume` fetches it again and buys nothing"
    )


def _in_words(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} s"
