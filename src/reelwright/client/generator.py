"""``VeoVideoGenerator`` makes videos from prompts. It buys each through the gate and records it in the journal."""

from __future__ import annotations

import builtins
import sys
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from reelwright.client.error_mapping import build_download_error, build_not_found_error, build_row_error, convert_error
from reelwright.client.exceptions import (
    DownloadError,
    OperationNotFoundError,
    TimeoutError,
    ValidationError,
    VideoGenerationError,
)
from reelwright.client.options import ClientOptions, load_options
from reelwright.client.policy import MAX_TITLE_CHARS
from reelwright.client.recording import WireRecord, record_wire
from reelwright.client.time_limits import TimeLimits
from reelwright.client.videos import BatchResult, VideoRequest, VideoResponse
from reelwright.errors import ReelwrightError
from reelwright.settings import load_settings
from reelwright.studio.quotes.progress_bars import ProgressBars
from reelwright.studio.runtime.loop_thread import LoopThread
from reelwright.units import format_usd

if TYPE_CHECKING:
    from reelwright.client.session import PurchaseSession
    from reelwright.net.httpx_client import Client
    from reelwright.providers.protocol import Provider
    from reelwright.reel.base.value import Digest
    from reelwright.reel.records.ledger import Limit
    from reelwright.settings import Settings
    from reelwright.studio.results.rows import Row, RowQuote, RowResult

R = TypeVar("R")
Prompt = str | VideoRequest


class CallNumbers:
    """Counts of equal calls in a program, by the digest of their request, so that the second one is another video.

    ``counts``: how many there were. ``unfinished``: numbers that the next equal calls take over.
    """

    def __init__(self) -> None:
        self.counts: Counter[Digest] = Counter()
        self.unfinished: dict[Digest, list[int]] = {}


_PROGRAM_NUMBERS: Final[dict[Path, CallNumbers]] = {}
"""By home, the calls of the functions of this module: to a caller they are calls of one program."""


class VeoVideoGenerator:
    """Makes videos from prompts, through the long-running operations at ``base_url``.

        async with VeoVideoGenerator() as generator:
            video = await generator.generate_video_async("A lighthouse at dusk")
            batch = await generator.generate_batch(["a cat", "a dog"], concurrent_limit=5)

    An argument that is None comes from its environment variable (``VIDEO_GENERATION_BASE_URL`` …) or the default.

    Every prompt becomes a clip in the caller's own journal (``REELWRIGHT_HOME``). The generator checks the price
    against ``max_usd`` first, sends one request, and records the result. A program that was killed and runs again
    continues what it had requested, and buys nothing twice: the first call with a prompt in a program is the same clip
    in every run, and the second call is another clip. ``reuse=False`` makes a new video even if an earlier run
    delivered one. A clip that failed and was billed is tried again only if ``max_usd`` covers both tries; otherwise the
    next call raises an error with the price, and sends nothing.

    ``max_retries`` counts all tries, the first included (C-03). Only a request that was certainly not accepted is sent
    again. ``max_wait_time`` in seconds holds for one video. A ``model`` that is not in the catalogue is taken for a
    name that the proxy's owner chose (``proxy:NAME`` always is one). The price of such a model is unknown:
    ``unknown_at_most`` caps what one video by it may cost.

    ``show_progress`` None draws progress bars on a terminal only. ``provider``: another wire to buy from.
    ``successor``: use the successor of a retired model; the ``notes`` of the response name both.
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
        self._options = load_options(
            base_url=base_url, api_key=api_key, timeout=timeout, max_retries=max_retries, model=model,
            output_dir=output_dir, max_wait_time=max_wait_time, max_usd=max_usd, unknown_at_most=unknown_at_most,
            successor=successor, **more,
        )  # fmt: skip
        self._show, self._reuse, self._provider, self._settings = show_progress, reuse, provider, settings
        self._numbers = CallNumbers()
        self._session: PurchaseSession | None = None
        self._open: AsyncExitStack | None = None

    @property
    def options(self) -> ClientOptions:
        """The options in effect, from arguments, the environment and defaults."""
        return self._options

    @property
    def base_url(self) -> str:
        """The URL of the service that videos are bought from."""
        return self._options.base_url

    @property
    def api_key(self) -> str | None:
        """The API key that was passed as an argument; None if there was none."""
        key = self._options.api_key
        return key.get_secret_value() if key else None

    @property
    def timeout(self) -> float:
        """Seconds without a byte after which a request counts as unanswered."""
        return self._options.timeout

    @property
    def max_retries(self) -> int:
        """The number of times that a request is sent in all, the first included, while it is certainly not accepted."""
        return self._options.max_retries

    @property
    def _client(self) -> Client | None:
        """The HTTP client of ``base_url``, for questions that cost nothing. None outside of ``async with``."""
        return self._session.client if self._session else None

    async def __aenter__(self) -> Self:
        from reelwright.client.session import PurchaseSession

        desk = PurchaseSession(self._options, self._provider, self._settings)
        try:
            async with AsyncExitStack() as opening:
                await opening.enter_async_context(desk)
                self._open = opening.pop_all()
        except ReelwrightError as error:
            raise _drop_traceback(convert_error(error)) from error
        self._session = desk
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections. The journal keeps unfinished videos, and the next run continues them."""
        opened, self._open, self._session = self._open, None, None
        if opened:
            await opened.aclose()

    async def generate_video_async(
        self, prompt: Prompt, output_path: str | Path | None = None, *, model: str | None = None, **more: Any
    ) -> VideoResponse:
        """Make one video and download it; may spend, up to ``max_usd`` if that is set. Raises a
        ``VideoGenerationError``, whatever went wrong.

        ``more``: ``seconds``, ``aspect_ratio``, ``resolution``, ``negative_prompt``, ``seed``.
        """
        request = _build_request(prompt, output_path=output_path, model=model, **more)
        result = await self._generate([request], 1)
        answer = result.results[0]
        if isinstance(answer.exception, VideoGenerationError):
            raise answer.exception
        return answer

    async def generate_batch(self, prompts: Sequence[Prompt], concurrent_limit: int | None = None) -> BatchResult:
        """Make many videos and download them, at most ``concurrent_limit`` (default 5) at once; may spend, up to
        ``max_usd`` if that is set.

        The results are in the order of the prompts. If a prompt fails, its result holds the error, and the others
        continue. Errors of the whole batch are raised before anything is sent: an invalid limit, or a price above
        ``max_usd``.
        """
        wanted = self._options.concurrent_limit if concurrent_limit is None else concurrent_limit
        limit = load_options({}, concurrent_limit=wanted).concurrent_limit
        if isinstance(prompts, str) or not isinstance(prompts, Sequence):
            raise ValidationError("prompts: pass a list of prompts", "prompts")
        return await self._generate([_try_build_request(prompt) for prompt in prompts], limit)

    def generate_video(self, prompt: Prompt, output_path: str | Path | None = None, **more: Any) -> VideoResponse:
        """Make one video and wait for it, without ``async``; may spend, as ``generate_video_async``. Inside a running
        event loop, this blocks the loop.
        """
        if self._session is None:
            return run_blocking(self._generate_once(prompt, output_path, **more))
        raise VideoGenerationError(
            "the generator is open in an event loop already", hint="await generator.generate_video_async(…)"
        )

    async def _generate_once(self, prompt: Prompt, output_path: str | Path | None, **more: Any) -> VideoResponse:
        async with self:
            return await self.generate_video_async(prompt, output_path, **more)

    async def _generate(self, requests: Sequence[VideoRequest | VideoGenerationError], limit: int) -> BatchResult:
        if self._session is None:
            hint = "async with VeoVideoGenerator() as generator: …"
            raise VideoGenerationError("the generator is not open", hint=hint)
        began = time.monotonic()
        try:
            results, details = await self._generate_all(self._session, requests, limit)
        except ReelwrightError as error:
            raise _drop_traceback(convert_error(error)) from error
        return BatchResult(results=results, total_time=time.monotonic() - began, details=details)

    async def _generate_all(
        self, desk: PurchaseSession, requests: Sequence[VideoRequest | VideoGenerationError], limit: int
    ) -> tuple[list[VideoResponse], dict[str, Any]]:
        from reelwright.studio.batches.batch_runner import build_batch_limit, run_in_order

        results: dict[int, VideoResponse] = {}
        rows: list[tuple[int, Row]] = []
        for n, one in enumerate(requests):
            row = one if isinstance(one, VideoGenerationError) else desk.build_row(one)
            if isinstance(row, VideoGenerationError):
                results[n] = _build_failure(one.prompt if isinstance(one, VideoRequest) else "", row)
            else:
                rows.append((n, replace(row, n=n + 1)))
        numbered = [await self._number_row(desk, row) for _, row in rows]
        quoted = await desk.approve_price(numbered)
        cap = desk.get_cap()
        batch = build_batch_limit(limit, cap) if len(numbered) > limit or cap is not None else None
        times = TimeLimits(self._options.max_wait_time, limit)
        is_shown = sys.stderr.isatty() if self._show is None else self._show
        printed_notes: set[str] = set()
        with ProgressBars(is_shown, has_clock=True) as bars:

            async def one_row(row: Row, price: RowQuote) -> VideoResponse:
                for note in price.notes:
                    if note not in printed_notes:
                        printed_notes.add(note)
                        bars.print_line(f"note: {note}")
                made = await self._generate_row(desk, bars, row, price, batch, times)
                return made.model_copy(update={"notes": [*price.notes, *made.notes]})

            made = await run_in_order(one_row, list(zip(numbered, quoted.rows, strict=True)), limit)
        results |= {n: answer for (n, _), answer in zip(rows, made, strict=True)}
        return [results[n] for n in range(len(requests))], {
            "quoted_usd": format_usd(quoted.micros),
            "up_to_date": quoted.up_to_date,
        }

    async def _number_row(self, desk: PurchaseSession, row: Row) -> Row:
        """Return the row with its number among equal rows of this program; numbers of unfinished rows come first."""
        counts = self._numbers.counts
        if left := self._numbers.unfinished.get(row.key):
            return replace(row, order_number=left.pop(0))
        counts[row.key] += 1
        row = replace(row, order_number=counts[row.key])
        while not self._reuse and await desk.is_handed_over(row):
            counts[row.key] += 1
            row = replace(row, order_number=counts[row.key])
        return row

    async def _generate_row(
        self, desk: PurchaseSession, bars: ProgressBars, row: Row, price: RowQuote, batch: Limit | None,
        times: TimeLimits,
    ) -> VideoResponse:  # fmt: skip
        if error := await desk.check_retry_consent(row, price):
            return self._leave_unfinished(row, error, price.project)
        text = row.brief.text
        bar = bars.add(
            text if len(text) <= MAX_TITLE_CHARS else text[: MAX_TITLE_CHARS - 1] + "…", total=None, status="asking"
        )
        record = WireRecord(show=lambda record: bars.update(bar, **record.measure_progress()))
        try:
            async with times.limit() as begin:
                record.begin = begin
                with record_wire(record):
                    made = await desk.make_video(row, price, batch)
        except builtins.TimeoutError:
            return self._leave_unfinished(row, _build_timeout_error(record, self._options.max_wait_time))
        except ReelwrightError as cause:
            return self._leave_unfinished(row, _drop_traceback(convert_error(cause)))
        finally:
            bars.remove(bar)
        if made.path is None:
            failure = build_row_error(made, record)
            if isinstance(failure, (DownloadError, OperationNotFoundError)) or failure.was_billed != "no":
                return self._leave_unfinished(row, failure, made.project)
            return _build_failure(row.brief.text, failure, _get_model_name(row), made.project)
        return _build_success(row, made)

    def _leave_unfinished(self, row: Row, error: VideoGenerationError, project: str | None = None) -> VideoResponse:
        """Keep the number of a row that is, or may be, paid for, so that the next call with its prompt continues it."""
        self._numbers.unfinished.setdefault(row.key, []).append(row.order_number)
        return _build_failure(row.brief.text, error, _get_model_name(row), project)


def generate_video(prompt: Prompt, output_path: str | Path | None = None, **more: Any) -> VideoResponse:
    """Make one video with a new generator and wait for it, without ``async``; may spend. The second equal call of a
    program makes another video.

    Inside a running event loop, this blocks the loop. ``more``: arguments of ``VeoVideoGenerator`` and of its
    ``generate_video_async``. Raises ``VideoGenerationError``.
    """
    return run_blocking(generate_video_async(prompt, output_path, **more))


async def generate_video_async(prompt: Prompt, output_path: str | Path | None = None, **more: Any) -> VideoResponse:
    """Make one video with a new generator and download it; may spend. The second equal call of a program makes another
    video.

    Raises ``VideoGenerationError``.
    """
    video_options, generator_options = _split_options(more)
    async with _make_program_generator(generator_options) as generator:
        return await generator.generate_video_async(prompt, output_path, **video_options)


async def generate_videos_batch(
    prompts: Sequence[Prompt], concurrent_limit: int | None = None, **more: Any
) -> BatchResult:
    """Make many videos with a new generator and download them, at most ``concurrent_limit`` (default 5) at once; may
    spend.

    Prompts that an earlier call of the program had make other videos.
    """
    async with _make_program_generator(more) as generator:
        return await generator.generate_batch(prompts, concurrent_limit)


def _make_program_generator(options: dict[str, Any]) -> VeoVideoGenerator:
    """Make a generator that counts equal calls together with earlier ones of the program."""
    generator = VeoVideoGenerator(**options)
    home = (options.get("settings") or load_settings()).home.absolute()
    generator._numbers = _PROGRAM_NUMBERS.setdefault(home, CallNumbers())
    return generator


def run_blocking(work: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine to its end in an event loop of another thread, and return its result. Blocks, also inside a
    running event loop.
    """
    with closing(LoopThread("video-generation")) as thread:
        return thread.run(work)


def _split_options(more: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split options into those of the video and those of the generator."""
    ours = set(VideoRequest.model_fields) - {"prompt", "output_path", "model"}
    return {k: v for k, v in more.items() if k in ours}, {k: v for k, v in more.items() if k not in ours}


def _build_request(prompt: Prompt, **more: Any) -> VideoRequest:
    given = {name: value for name, value in more.items() if value is not None}
    if isinstance(prompt, VideoRequest):
        return VideoRequest(**{**prompt.model_dump(), **given}) if given else prompt
    return VideoRequest(prompt=prompt, **given)


def _try_build_request(prompt: Prompt) -> VideoRequest | VideoGenerationError:
    try:
        return _build_request(prompt)
    except VideoGenerationError as error:
        return _drop_traceback(error)


def _get_model_name(row: Row) -> str:
    """Return the model's id, or the name that the proxy's owner gave it."""
    source = row.plan.shots[0].source if row.plan else None
    return str(getattr(source, "extra", {}).get("served") or row.brief.models[0])


def _build_failure(
    prompt: str, error: VideoGenerationError, model: str = "", project: str | None = None
) -> VideoResponse:
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    return VideoResponse(success=False, error=message, prompt=prompt, model=model, project=project, exception=error)


def _build_success(row: Row, made: RowResult) -> VideoResponse:
    assert made.path
    return VideoResponse(
        success=True,
        video_path=made.path,
        file_size_mb=made.path.stat().st_size / 1e6,
        generation_time=0.0 if made.is_up_to_date else made.elapsed_s,
        prompt=row.brief.text,
        model=_get_model_name(row),
        cost_usd=format_usd(made.micros),
        is_up_to_date=made.is_up_to_date,
        project=made.project,
        seconds=made.duration_s,
        width=made.width,
        height=made.height,
        notes=[shortfall.message for shortfall in made.shortfalls],
    )


def _build_timeout_error(record: WireRecord, elapsed_s: float) -> VideoGenerationError:
    if record.not_found_message is not None:
        return build_not_found_error(record, {"elapsed_time": elapsed_s})
    if record.stage == "downloading" and record.error is not None:
        return build_download_error(
            record, str(record.error), {"operation": record.operation, "elapsed_time": elapsed_s}
        )
    details = {"operation": record.operation, "stage": record.stage}
    return TimeoutError(
        f"no video after {elapsed_s:.1f} s",
        elapsed_s,
        {name: value for name, value in details.items() if value is not None},
        hint="the service goes on making it: the same call waits for it again and buys nothing",
    )


def _drop_traceback(error: VideoGenerationError) -> VideoGenerationError:
    """Drop the traceback of an error: a batch keeps many errors, and a traceback keeps its frames alive."""
    return error.with_traceback(None)
