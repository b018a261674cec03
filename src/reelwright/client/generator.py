"""``VeoVideoGenerator``: from prompts to videos on disk, each bought through the gate and written in the journal."""

from __future__ import annotations

import asyncio
import builtins
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from reelwright.client.answers import BatchResult, VideoRequest, VideoResponse
from reelwright.client.bars import Bars
from reelwright.client.exceptions import (
    DownloadError,
    OperationNotFoundError,
    TimeoutError,
    ValidationError,
    VideoGenerationError,
)
from reelwright.client.hearing import Heard, hearing
from reelwright.client.options import ClientOptions, options
from reelwright.client.saying import error_of, error_of_row, not_fetched, not_found
from reelwright.errors import ReelwrightError
from reelwright.units import usd

if TYPE_CHECKING:
    from reelwright.client.desk import Desk
    from reelwright.net.questions import Client
    from reelwright.providers.protocol import Provider
    from reelwright.reel.noun import Digest
    from reelwright.settings import Settings
    from reelwright.studio.rows import Row, RowMade, RowQuoted

R = TypeVar("R")
Prompt = str | VideoRequest


class VeoVideoGenerator:
    """Makes videos from prompts, through the long-running wire at ``base_url``. Every argument has its variable.

        async with VeoVideoGenerator() as generator:
            video = await generator.generate_video_async("A lighthouse at dusk")
            batch = await generator.generate_batch(["a cat", "a dog"], concurrent_limit=5)

    Every prompt is a clip in the caller's own journal (``REELWRIGHT_HOME``): the price is known and checked first
    (``max_usd``), one request is sent for it, and what it became is written down. A program that was killed and runs
    again goes on with what it had asked for and buys nothing twice; the first call of a prompt in a program is the
    same clip on every run, the second another. ``reuse=False``: what was handed over already is made anew. A clip that
    failed and was billed is tried again only where ``max_usd`` covers both: the next call says so, and sends nothing.

    ``max_retries`` counts tries in all (C-03); only what was surely not accepted is sent again. ``max_wait_time``
    is for one video. A ``model`` that no catalogue knows is one that the proxy's owner named so (``proxy:NAME`` always
    is); nobody knows its price, and ``unknown_at_most`` says what it may cost.

    ``show_progress`` None: on a terminal. ``provider``: another wire to buy from. ``successor``: a retired model is
    replaced by the one that follows it; what was taken, and why, is in the ``notes`` of the answer.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        *,
        model: str | None = None,
        output_dir: str | Path | None = None,
        max_wait_time: float | None = None,
        max_usd: str | float | None = None,
        unknown_at_most: str | float | None = None,
        successor: bool | None = None,
        show_progress: bool | None = None,
        reuse: bool = True,
        provider: Provider | None = None,
        settings: Settings | None = None,
        **more: Any,
    ) -> None:
        self._options = options(
            base_url=base_url, api_key=api_key, timeout=timeout, max_retries=max_retries, model=model,
            output_dir=output_dir, max_wait_time=max_wait_time, max_usd=max_usd, unknown_at_most=unknown_at_most,
            successor=successor, **more,
        )  # fmt: skip
        self._show, self._reuse, self._provider, self._settings = show_progress, reuse, provider, settings
        self._called: Counter[Digest] = Counter()
        self._under_way: dict[Digest, list[int]] = {}
        self._desk: Desk | None = None
        self._open: AsyncExitStack | None = None

    @property
    def options(self) -> ClientOptions:
        """All that it goes by."""
        return self._options

    @property
    def base_url(self) -> str:
        return self._options.base_url

    @property
    def api_key(self) -> str | None:
        return self._options.api_key

    @property
    def timeout(self) -> float:
        return self._options.timeout

    @property
    def max_retries(self) -> int:
        return self._options.max_retries

    @property
    def _client(self) -> Client | None:
        """The client of ``base_url``, for questions: None before it is entered and after it is left."""
        return self._desk.client if self._desk else None

    async def __aenter__(self) -> Self:
        from reelwright.client.desk import Desk

        desk = Desk(self._options, self._provider, self._settings)
        try:
            async with AsyncExitStack() as opening:
                await opening.enter_async_context(desk)
                self._open = opening.pop_all()
        except ReelwrightError as error:
            raise _clean(error_of(error)) from error
        self._desk = desk
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open. What was asked for and has not come stays in the journal; the next run goes on."""
        opened, self._open, self._desk = self._open, None, None
        if opened:
            await opened.aclose()

    async def generate_video_async(
        self, prompt: Prompt, output_path: str | Path | None = None, *, model: str | None = None, **more: Any
    ) -> VideoResponse:
        """One video. May spend. Raises ``VideoGenerationError``: one of its kinds, whatever went wrong.

        ``more``: ``seconds``, ``aspect_ratio``, ``resolution``, ``negative_prompt``, ``seed``.
        """
        asked = _asked(prompt, output_path=output_path, model=model, **more)
        result = await self._made([asked], 1)
        answer = result.results[0]
        if isinstance(answer.exception, VideoGenerationError):
            raise answer.exception
        return answer

    async def generate_batch(self, prompts: Sequence[Prompt], concurrent_limit: int | None = None) -> BatchResult:
        """Many videos, at most ``concurrent_limit`` (5) at once; results in the order of the prompts. May spend.

        A prompt that fails is recorded, and the others go on. What concerns the whole batch is raised before anything
        is sent: a limit that is none, a price above ``max_usd``.
        """
        wanted = self._options.concurrent_limit if concurrent_limit is None else concurrent_limit
        limit = options({}, concurrent_limit=wanted).concurrent_limit
        if isinstance(prompts, str) or not isinstance(prompts, Sequence):
            raise ValidationError("prompts: a list of prompts is wanted", "prompts")
        return await self._made([_recorded(prompt) for prompt in prompts], limit)

    def generate_video(self, prompt: Prompt, output_path: str | Path | None = None, **more: Any) -> VideoResponse:
        """As ``generate_video_async``, and waits for it; also inside a running loop, whose thread it then holds."""
        if self._desk is None:
            return waited(lambda: self._once(prompt, output_path, **more))
        raise VideoGenerationError("it is open in a loop already", hint="await generator.generate_video_async(…)")

    async def _once(self, prompt: Prompt, output_path: str | Path | None, **more: Any) -> VideoResponse:
        async with self:
            return await self.generate_video_async(prompt, output_path, **more)

    async def _made(self, asked: Sequence[VideoRequest | VideoGenerationError], limit: int) -> BatchResult:
        if self._desk is None:
            hint = "async with VeoVideoGenerator() as generator: …"
            raise VideoGenerationError("it is not open", hint=hint)
        began = time.monotonic()
        try:
            results, details = await self._results(self._desk, asked, limit)
        except ReelwrightError as error:
            raise _clean(error_of(error)) from error
        return BatchResult(results=tuple(results), total_time=time.monotonic() - began, details=details)

    async def _results(
        self, desk: Desk, asked: Sequence[VideoRequest | VideoGenerationError], limit: int
    ) -> tuple[list[VideoResponse], dict[str, Any]]:
        from reelwright.studio.batching import in_order

        results: dict[int, VideoResponse] = {}
        rows: list[tuple[int, Row]] = []
        for n, one in enumerate(asked):
            row = one if isinstance(one, VideoGenerationError) else desk.row_of(one)
            if isinstance(row, VideoGenerationError):
                results[n] = _failed(one.prompt if isinstance(one, VideoRequest) else "", row)
            else:
                rows.append((n, replace(row, n=n + 1)))
        numbered = [await self._numbered(desk, row) for _, row in rows]
        quoted = await desk.quoted(numbered)
        slots = asyncio.Semaphore(limit)
        with Bars(self._show) as bars:

            async def one_row(row: Row, price: RowQuoted) -> VideoResponse:
                for note in price.notes:
                    bars.say(note)
                return replace(await self._one(desk, bars, row, price, slots), notes=price.notes)

            made = await in_order(one_row, list(zip(numbered, quoted.rows, strict=True)), limit)
        results |= {n: answer for (n, _), answer in zip(rows, made, strict=True)}
        return [results[n] for n in range(len(asked))], {"quoted_usd": usd(quoted.micros), "had": quoted.had}

    async def _numbered(self, desk: Desk, row: Row) -> Row:
        """The row with its number among the very same ones of this program; first that of one still under way."""
        if left := self._under_way.get(row.key):
            return replace(row, nth=left.pop(0))
        self._called[row.key] += 1
        row = replace(row, nth=self._called[row.key])
        while not self._reuse and await desk.is_handed_over(row):
            self._called[row.key] += 1
            row = replace(row, nth=self._called[row.key])
        return row

    async def _one(self, desk: Desk, bars: Bars, row: Row, price: RowQuoted, slots: asyncio.Semaphore) -> VideoResponse:
        if not_agreed := await desk.not_agreed_to(row, price):
            return self._left(row, not_agreed, price.project)
        show, end = bars.bar(row.brief.text)
        heard = Heard(show=show)
        try:
            with hearing(heard):
                made = await desk.bring(row, price, slots)
        except builtins.TimeoutError:
            return self._left(row, _too_long(heard, self._options.max_wait_time))
        except ReelwrightError as cause:
            return self._left(row, _clean(error_of(cause)))
        finally:
            end()
        if made.path is None:
            error = error_of_row(made, heard)
            if isinstance(error, (DownloadError, OperationNotFoundError)) or error.billed != "no":
                return self._left(row, error, made.project)
            return _failed(row.brief.text, error, _model_of(row), made.project)
        return _succeeded(row, made)

    def _left(self, row: Row, error: VideoGenerationError, project: str | None = None) -> VideoResponse:
        """It is, or may be, paid for: the next call of the same prompt goes on with it, or says what another costs."""
        self._under_way.setdefault(row.key, []).append(row.nth)
        return _failed(row.brief.text, error, _model_of(row), project)


def generate_video(prompt: Prompt, output_path: str | Path | None = None, **more: Any) -> VideoResponse:
    """One video, waited for; also inside a running loop, whose thread it then holds. May spend.

    ``more``: what ``VeoVideoGenerator`` and ``generate_video_async`` take. Raises ``VideoGenerationError``.
    """
    return waited(lambda: generate_video_async(prompt, output_path, **more))


async def generate_video_async(prompt: Prompt, output_path: str | Path | None = None, **more: Any) -> VideoResponse:
    """One video, with a generator of its own. May spend."""
    told, made = _parted(more)
    async with VeoVideoGenerator(**made) as generator:
        return await generator.generate_video_async(prompt, output_path, **told)


async def generate_videos_batch(
    prompts: Sequence[Prompt], concurrent_limit: int | None = None, **more: Any
) -> BatchResult:
    """Many videos, with a generator of their own, at most ``concurrent_limit`` (5) at once. May spend."""
    async with VeoVideoGenerator(**more) as generator:
        return await generator.generate_batch(prompts, concurrent_limit)


def waited(doing: Callable[[], Coroutine[Any, Any, R]]) -> R:
    """What ``doing`` gives, from a loop of its own: in this thread, or in another one where a loop runs here."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(doing())
    found: list[R] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(doing()))
        except BaseException as error:  # noqa: BLE001  carried over to the thread that waits, which raises it
            failed.append(error)

    thread = threading.Thread(target=run, name="video-generation")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]


def _parted(more: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What belongs to the video, and what to the generator."""
    ours = set(VideoRequest.model_fields) - {"prompt", "output_path", "model"}
    return {k: v for k, v in more.items() if k in ours}, {k: v for k, v in more.items() if k not in ours}


def _asked(prompt: Prompt, **more: Any) -> VideoRequest:
    given = {name: value for name, value in more.items() if value is not None}
    if isinstance(prompt, VideoRequest):
        return VideoRequest(**{**prompt.model_dump(), **given}) if given else prompt
    return VideoRequest(prompt=prompt, **given)


def _recorded(prompt: Prompt) -> VideoRequest | VideoGenerationError:
    try:
        return _asked(prompt)
    except VideoGenerationError as error:
        return _clean(error)


def _model_of(row: Row) -> str:
    """As it was named: a model by a name of the proxy's own is called that."""
    source = row.plan.shots[0].source if row.plan else None
    return str(getattr(source, "extra", {}).get("served") or row.brief.models[0])


def _failed(prompt: str, error: VideoGenerationError, model: str = "", project: str | None = None) -> VideoResponse:
    said = f"{error.message} ({error.hint})" if error.hint else error.message
    return VideoResponse(success=False, error=said, prompt=prompt, model=model, project=project, exception=error)


def _succeeded(row: Row, made: RowMade) -> VideoResponse:
    assert made.path
    return VideoResponse(
        success=True,
        video_path=made.path,
        file_size_mb=made.path.stat().st_size / 1e6,
        generation_time=0.0 if made.had else made.elapsed_s,
        prompt=row.brief.text,
        model=_model_of(row),
        cost_usd=usd(made.micros),
        had=made.had,
        project=made.project,
    )


def _too_long(heard: Heard, elapsed_s: float) -> VideoGenerationError:
    if heard.not_known is not None:
        return not_found(heard, {"elapsed_time": elapsed_s})
    if heard.stage == "downloading" and heard.error is not None:
        return not_fetched(heard, str(heard.error), {"operation": heard.operation, "elapsed_time": elapsed_s})
    told = {"operation": heard.operation, "stage": heard.stage}
    return TimeoutError(
        f"no video after {elapsed_s:.1f} s",
        elapsed_s,
        {name: value for name, value in told.items() if value is not None},
        hint="it goes on being made: the same call waits for it again and buys nothing",
    )


def _clean(error: VideoGenerationError) -> VideoGenerationError:
    """Without the frames that led to it: a batch keeps many."""
    return error.with_traceback(None)
