"""Downloads of what a provider has made, into the vault: earliest expiry first, decoded, retried when they fail."""

from __future__ import annotations

import asyncio
import heapq
import math
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from reelwright.catalogue.models import load_models
from reelwright.engine.policy import (
    BAD_BODIES_REPORTED,
    DOWNLOAD_WAIT_GROWTH,
    LONGEST_DOWNLOAD_WAIT_S,
    MAX_CONCURRENT_DOWNLOADS,
    MAX_OUTPUT_BYTES,
    MAX_RETRY_AFTER_S,
    OUTPUT_EXPIRES_SOON_S,
)
from reelwright.engine.purchases.operations import Pace
from reelwright.engine.steps import clock
from reelwright.engine.steps.interfaces import Vault
from reelwright.engine.steps.step_run import StepRun
from reelwright.errors import (
    BadInput,
    DamagedAsset,
    DecisionNeeded,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    Unreachable,
    UnreadableMedia,
)
from reelwright.media.pictures.decoding import Medium, check_decodes, find_medium, find_wrong_kind, measure_take
from reelwright.net.redact import redact_shown
from reelwright.providers.protocol import Output, Progress, Provider
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.outcome import MissingSample, TakeMeasures
from reelwright.reel.records.operation import Operation
from reelwright.tracing import trace_span

WrongKinds = dict[Digest, Reason]
"""Files that are not of the kind that was ordered, each with what it is."""
_SOLD: Final[Mapping[str, Medium]] = {"video": "video", "image": "image"}
"""By the kind of a model, the medium that it sells. A sound that is none fails where it is mixed."""


class Downloads:
    """Downloads outputs from providers into the vault, at most ``concurrency`` at a time.

    The rest wait by expiry, not by arrival.
    """

    def __init__(self, vault: Vault, concurrency: int = MAX_CONCURRENT_DOWNLOADS) -> None:
        self._vault = vault
        self._free = concurrency
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._decoding = asyncio.Semaphore(max(1, os.cpu_count() or 1))

    async def collect(
        self, account: str, provider: Provider, operation: Operation | None, progress: Progress, run: StepRun,
        pace: Pace, stored_outputs: dict[int, Digest],
    ) -> tuple[dict[int, list[Digest]], tuple[MissingSample, ...]]:  # fmt: skip
        """Download all outputs of an operation into the vault. Return their digests by sample, and the samples that are
        missing because they expired.

        ``stored_outputs``: outputs by their number that are in the vault already, and from now on those that come. One
        that fails holds up no other: each has its own pauses. Raises ``DecisionNeeded``, once all the others are there,
        if something was made and cannot be fetched or decoded; it stays bought.
        """
        outputs = progress.outputs
        for n in [n for n, digest in stored_outputs.items() if not await self._vault.has(account, digest)]:
            del stored_outputs[n]
        stored_outputs |= {n: output.asset for n, output in enumerate(outputs) if output.asset}
        missing = list(progress.missing)
        failure: DecisionNeeded | None = None
        in_order = sorted(range(len(outputs)), key=lambda n: _expiry(outputs[n]))
        waiting = {n: _Attempts(outputs[n], pace) for n in in_order if n not in stored_outputs}
        assert operation or not waiting, "an answer without an operation has kept its bytes"
        while waiting and operation:
            due = [n for n, one in waiting.items() if run.must_cancel or one.due_s <= clock.read_seconds()]
            fetches = (self._fetch_once(account, provider, operation, outputs[n], pace) for n in due)
            for n, answer in zip(due, await asyncio.gather(*fetches, return_exceptions=True), strict=True):
                try:
                    if digest := waiting[n].read_answer(answer, provider, run):
                        stored_outputs[n] = digest
                except NotFound as error:
                    gone = MissingSample(sample=outputs[n].sample, reason="expired", message=redact_shown(str(error)))
                    missing.append(gone)
                except DecisionNeeded as error:
                    failure = failure or error
                if not waiting[n].is_due_again:
                    del waiting[n]
            if waiting:
                next_s = min(one.due_s for one in waiting.values())
                await run.wait_for_change(max(0.0, next_s - clock.read_seconds()))
        if failure:
            raise failure
        got: dict[int, list[Digest]] = {}
        for n in in_order:
            if n in stored_outputs:
                got.setdefault(outputs[n].sample, []).append(stored_outputs[n])
        return got, tuple(missing)

    async def find_wrong_kinds(self, account: str, model: str, got: Mapping[int, Sequence[Digest]]) -> WrongKinds:
        """Return what those of the collected files are that are not what their model sells: a take that is a picture, a
        still that is none. Their first bytes count, and no name or type that the provider gave.
        """
        found: WrongKinds = {}
        row = load_models().get(model)
        if row is None or (medium := _SOLD.get(row.kind)) is None:
            return found
        for digest in (digest for sample in got for digest in got[sample]):
            with suppress(DamagedAsset):
                async with self._vault.open_local(account, digest) as path:
                    kind = await asyncio.to_thread(find_wrong_kind, path, medium)
                if kind is not None:
                    found[digest] = build_reason("medium_wrong", found=kind, medium=medium)
        return found

    async def measure(
        self, account: str, progress: Progress, got: Mapping[int, Sequence[Digest]]
    ) -> dict[Digest, TakeMeasures]:
        """Measure the videos among what was collected. Leaves out what we drew ourselves, which names no type, and
        files that cannot be measured: no measure is worth a paid take.
        """
        found: dict[Digest, TakeMeasures] = {}
        videos = {output.sample for output in progress.outputs if find_medium(output.mime) == "video"}
        for digest in (digest for sample in got if sample in videos for digest in got[sample]):
            with suppress(DamagedAsset):
                async with self._vault.open_local(account, digest) as path, self._decoding:
                    if measures := await asyncio.to_thread(measure_take, path):
                        found[digest] = measures
        return found

    async def keep(self, account: str, data: AsyncIterator[bytes], mime: str) -> Digest:
        """Store in the vault a result that the provider sent in its answer, instead of a URL; return its digest.

        Raises ``OutcomeUnknown`` if the bytes are no take.
        """
        try:
            return await self._vault.put(account, data, mime, MAX_OUTPUT_BYTES, partial(self._check, mime))
        except UnreadableMedia as error:
            raise OutcomeUnknown(code="answer_is_no_take", cause=error) from error

    async def _fetch_once(
        self, account: str, provider: Provider, operation: Operation, output: Output, pace: Pace
    ) -> Digest:
        async with _DownloadSlot(self, _expiry(output)) as turn, asyncio.timeout(pace.download_s):
            with trace_span("provider.download", provider=provider.name, operation=operation.id):
                data = turn.stream(provider.fetch(operation, output))
                return await self._vault.put(
                    account, data, output.mime, MAX_OUTPUT_BYTES, partial(self._check, output.mime)
                )

    async def _check(self, mime: str, path: Path) -> None:
        """Decode a downloaded file in a thread. Raises ``UnreadableMedia``."""
        if medium := find_medium(mime):
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
                self._leave()  # it got the slot at the moment it was cancelled
            raise

    def _leave(self) -> None:
        while self._waiting:
            waits = heapq.heappop(self._waiting)[2]
            if not waits.done():
                waits.set_result(None)
                return
        self._free += 1


class _Attempts:
    """Attempts to fetch one output: when the next one is due, by this process's own clock, and when to give up."""

    def __init__(self, output: Output, pace: Pace) -> None:
        self._output, self._pace, self._pause_s, self._bad_bodies = output, pace, pace.least_s, 0
        self._began_s = self.due_s = clock.read_seconds()
        self.is_due_again = True

    def read_answer(self, answer: Digest | BaseException, provider: Provider, run: StepRun) -> Digest | None:
        """Return the digest that an attempt brought, or None if another attempt is due after a growing pause.

        Raises ``DecisionNeeded`` if the output cannot be fetched for ``pace.patience_s`` (and until its stated expiry,
        if that is near), or if its body was no take several times. Raises ``NotFound`` if the output was absent for
        that long and has expired.
        """
        self.is_due_again = False
        if isinstance(answer, str):
            return answer
        if not isinstance(answer, (BadInput, UnreadableMedia, NotFound, ProviderError, OSError)):
            raise answer
        self._bad_bodies += isinstance(answer, (BadInput, UnreadableMedia))
        left_s, waited_s = _compute_time_left_s(self._output), clock.read_seconds() - self._began_s
        over = waited_s >= self._pace.patience_s and not (left_s and 0 < left_s <= OUTPUT_EXPIRES_SOON_S)
        if over and isinstance(answer, NotFound) and left_s is not None and left_s <= 0:
            raise answer
        if over or run.must_cancel or self._bad_bodies >= BAD_BODIES_REPORTED:
            raise _build_decision_needed(provider, answer, waited_s)
        run.report_wait(build_reason("download_retried", provider=provider.name, cause=answer))
        retry_after_s = min(answer.after_s, MAX_RETRY_AFTER_S) if isinstance(answer, Unreachable) else 0.0
        least_s = self._pace.least_s
        soon_s = min(self._pause_s, max(least_s, left_s / 2)) if left_s and left_s > 0 else self._pause_s
        self.due_s = clock.read_seconds() + max(soon_s, retry_after_s)
        self._pause_s = min(self._pause_s * DOWNLOAD_WAIT_GROWTH, max(least_s, LONGEST_DOWNLOAD_WAIT_S))
        self.is_due_again = True
        return None


class _DownloadSlot:
    """The slot of one running download. It is released when the last byte has arrived, before decoding."""

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

    async def stream(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in data:
            yield chunk
        self._give_back()

    def _give_back(self) -> None:
        if self._held:
            self._held = False
            self._downloads._leave()


def _expiry(output: Output) -> float:
    return output.expires.timestamp() if output.expires else math.inf


def _compute_time_left_s(output: Output) -> float | None:
    """Return the seconds until the stated expiry, negative after it, or None if none is stated."""
    return (output.expires - datetime.now(UTC)).total_seconds() if output.expires else None


def _build_decision_needed(provider: Provider, error: Exception, waited_s: float) -> DecisionNeeded:
    code = "output_is_no_take" if isinstance(error, (BadInput, UnreadableMedia)) else "output_not_downloaded"
    actions = [Action("resume_job")]
    return DecisionNeeded(code=code, provider=provider.name, waited_s=waited_s, cause=error, actions=actions)
