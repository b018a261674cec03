"""``Studio``: the verbs of ``AsyncStudio`` without await, generated from it."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from reelwright.errors import Interrupted
from reelwright.reason import Action
from reelwright.settings import Settings
from reelwright.studio.edits.interruption import get_resume_actions
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.results import Progress
from reelwright.studio.runtime.loop_thread import LoopThread
from reelwright.studio.studio import AsyncStudio

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider
    from reelwright.studio.results.results import ProjectQuote
    from reelwright.studio.runtime.rehearsal import Rehearsal

P = ParamSpec("P")
R = TypeVar("R")


def _twin(
    verb: Callable[Concatenate[AsyncStudio, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[Studio, P], R]:
    """Make a blocking function of ``verb``, with the same name, parameters, docstring and errors."""

    def call(self: Studio, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._wait_for(verb(self._studio, *args, **kwargs))

    functools.update_wrapper(call, verb)
    return call


class Studio:
    """``AsyncStudio`` for code without await: each verb blocks until it is done.

    It runs in its own thread, so it also works inside a running event loop.

        with Studio() as studio:
            film = studio.make('A film for "Fenn", a desk lamp. "It never flickers."')
        print(film.path)

    Ctrl-C raises ``Interrupted``; the job stays, and its ``hint`` says how to go on.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        providers: Mapping[str, Provider] | None = None,
        tempo: Tempo | None = None,
        rehearse: bool | Rehearsal = False,
        **flags: Any,
    ) -> None:
        """Create a studio; see ``AsyncStudio`` for the parameters."""
        self._studio = AsyncStudio(settings, providers=providers, tempo=tempo, rehearse=rehearse, **flags)
        self._loop = LoopThread("reelwright-studio")

    def __enter__(self) -> Self:
        self._wait_for(self._studio.__aenter__())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._wait_for(self._studio.__aexit__(kind, error, trace))
        finally:
            self._loop.close()

    @property
    def rehearsal(self) -> Rehearsal | None:
        """The options of this studio's rehearsal; None if it really buys."""
        return self._studio.rehearsal

    def refuse_unsold(self, quote: ProjectQuote) -> None:
        """Raise ``BadInput`` if a quoted step has an unknown model, refused options or a missing key.

        Asks no provider.
        """
        self._studio.refuse_unsold(quote)

    plan = _twin(AsyncStudio.plan)
    write = _twin(AsyncStudio.write)
    quote = _twin(AsyncStudio.quote)
    list_flavors = _twin(AsyncStudio.list_flavors)
    list_looks = _twin(AsyncStudio.list_looks)
    draw_look_sheet = _twin(AsyncStudio.draw_look_sheet)
    try_looks = _twin(AsyncStudio.try_looks)
    list_presets = _twin(AsyncStudio.list_presets)
    list_moods = _twin(AsyncStudio.list_moods)
    try_moods = _twin(AsyncStudio.try_moods)
    list_voices = _twin(AsyncStudio.list_voices)
    read_voice_sample = _twin(AsyncStudio.read_voice_sample)
    list_models = _twin(AsyncStudio.list_models)
    describe_model = _twin(AsyncStudio.describe_model)
    list_local_models = _twin(AsyncStudio.list_local_models)
    suggest_planner = _twin(AsyncStudio.suggest_planner)
    make = _twin(AsyncStudio.make)
    enqueue_make = _twin(AsyncStudio.enqueue_make)
    quote_batch = _twin(AsyncStudio.quote_batch)
    batch = _twin(AsyncStudio.batch)
    enqueue_batch = _twin(AsyncStudio.enqueue_batch)
    quote_clip = _twin(AsyncStudio.quote_clip)
    clip = _twin(AsyncStudio.clip)
    enqueue_clip = _twin(AsyncStudio.enqueue_clip)
    quote_resume = _twin(AsyncStudio.quote_resume)
    resume = _twin(AsyncStudio.resume)
    enqueue_resume = _twin(AsyncStudio.enqueue_resume)
    quote_retry = _twin(AsyncStudio.quote_retry)
    retry = _twin(AsyncStudio.retry)
    enqueue_retry = _twin(AsyncStudio.enqueue_retry)
    cancel = _twin(AsyncStudio.cancel)
    set_priority = _twin(AsyncStudio.set_priority)
    move_to_front = _twin(AsyncStudio.move_to_front)
    read_brand = _twin(AsyncStudio.read_brand)
    set_brand = _twin(AsyncStudio.set_brand)
    read_queue = _twin(AsyncStudio.read_queue)
    pause_queue = _twin(AsyncStudio.pause_queue)
    resume_queue = _twin(AsyncStudio.resume_queue)
    quote_edit = _twin(AsyncStudio.quote_edit)
    edit = _twin(AsyncStudio.edit)
    enqueue_edit = _twin(AsyncStudio.enqueue_edit)
    retake = _twin(AsyncStudio.retake)
    enqueue_retake = _twin(AsyncStudio.enqueue_retake)
    quote_script = _twin(AsyncStudio.quote_script)
    replace_script = _twin(AsyncStudio.replace_script)
    enqueue_script = _twin(AsyncStudio.enqueue_script)
    quote_retake = _twin(AsyncStudio.quote_retake)
    quote_circle = _twin(AsyncStudio.quote_circle)
    circle = _twin(AsyncStudio.circle)
    list_revisions = _twin(AsyncStudio.list_revisions)
    quote_restore = _twin(AsyncStudio.quote_restore)
    enqueue_restore = _twin(AsyncStudio.enqueue_restore)
    accept = _twin(AsyncStudio.accept)
    enqueue_accept = _twin(AsyncStudio.enqueue_accept)
    show = _twin(AsyncStudio.show)
    read_plan = _twin(AsyncStudio.read_plan)
    read_script = _twin(AsyncStudio.read_script)
    draw_film_picture = _twin(AsyncStudio.draw_film_picture)
    list_projects = _twin(AsyncStudio.list_projects)
    list_jobs = _twin(AsyncStudio.list_jobs)
    create_upload = _twin(AsyncStudio.create_upload)
    append_part = _twin(AsyncStudio.append_part)
    read_upload = _twin(AsyncStudio.read_upload)
    read_upload_metadata = _twin(AsyncStudio.read_upload_metadata)
    list_uploads = _twin(AsyncStudio.list_uploads)
    keep_upload = _twin(AsyncStudio.keep_upload)
    delete_upload = _twin(AsyncStudio.delete_upload)
    read_retention = _twin(AsyncStudio.read_retention)
    replace_retention = _twin(AsyncStudio.replace_retention)
    set_retention = _twin(AsyncStudio.set_retention)
    sweep_files = _twin(AsyncStudio.sweep_files)
    record_download = _twin(AsyncStudio.record_download)
    read_video_job = _twin(AsyncStudio.read_video_job)
    list_all_video_jobs = _twin(AsyncStudio.list_all_video_jobs)
    list_unknown_purchases = _twin(AsyncStudio.list_unknown_purchases)
    list_video_jobs = _twin(AsyncStudio.list_video_jobs)
    find_video = _twin(AsyncStudio.find_video)
    is_download_counted = _twin(AsyncStudio.is_download_counted)
    locate_video = _twin(AsyncStudio.locate_video)
    handle_request = _twin(AsyncStudio.handle_request)
    draw_preview = _twin(AsyncStudio.draw_preview)
    add_materials = _twin(AsyncStudio.add_materials)
    add_font = _twin(AsyncStudio.add_font)
    locate_asset = _twin(AsyncStudio.locate_asset)
    read_film_parts = _twin(AsyncStudio.read_film_parts)
    delete_video = _twin(AsyncStudio.delete_video)
    delete_video_files = _twin(AsyncStudio.delete_video_files)
    free_local_copies = _twin(AsyncStudio.free_local_copies)
    deliver = _twin(AsyncStudio.deliver)
    show_spending = _twin(AsyncStudio.show_spending)
    decide = _twin(AsyncStudio.decide)
    adjust = _twin(AsyncStudio.adjust)
    reconcile = _twin(AsyncStudio.reconcile)
    list_budgets = _twin(AsyncStudio.list_budgets)
    set_budget = _twin(AsyncStudio.set_budget)
    remove_budget = _twin(AsyncStudio.remove_budget)
    list_limits = _twin(AsyncStudio.list_limits)
    set_limit = _twin(AsyncStudio.set_limit)
    remove_limit = _twin(AsyncStudio.remove_limit)
    create_api_key = _twin(AsyncStudio.create_api_key)
    list_api_keys = _twin(AsyncStudio.list_api_keys)
    revoke_api_key = _twin(AsyncStudio.revoke_api_key)
    invite_member = _twin(AsyncStudio.invite_member)
    list_members = _twin(AsyncStudio.list_members)
    set_member_role = _twin(AsyncStudio.set_member_role)
    remove_member = _twin(AsyncStudio.remove_member)
    create_webhook = _twin(AsyncStudio.create_webhook)
    list_webhooks = _twin(AsyncStudio.list_webhooks)
    read_webhook = _twin(AsyncStudio.read_webhook)
    update_webhook = _twin(AsyncStudio.update_webhook)
    rotate_webhook_secret = _twin(AsyncStudio.rotate_webhook_secret)
    remove_webhook = _twin(AsyncStudio.remove_webhook)
    test_webhook = _twin(AsyncStudio.test_webhook)
    list_deliveries = _twin(AsyncStudio.list_deliveries)
    read_delivery = _twin(AsyncStudio.read_delivery)
    repeat_delivery = _twin(AsyncStudio.repeat_delivery)
    export = _twin(AsyncStudio.export)
    pull = _twin(AsyncStudio.pull)
    quote_apply = _twin(AsyncStudio.quote_apply)
    apply = _twin(AsyncStudio.apply)
    enqueue_apply = _twin(AsyncStudio.enqueue_apply)
    tidy = _twin(AsyncStudio.tidy)
    draw_last_frame = _twin(AsyncStudio.draw_last_frame)
    list_engines = _twin(AsyncStudio.list_engines)
    start_engine = _twin(AsyncStudio.start_engine)
    stop_engine = _twin(AsyncStudio.stop_engine)
    read_engine_log = _twin(AsyncStudio.read_engine_log)
    examine_engines = _twin(AsyncStudio.examine_engines)
    add_model = _twin(AsyncStudio.add_model)
    add_voice = _twin(AsyncStudio.add_voice)
    look_up_weights = _twin(AsyncStudio.look_up_weights)
    fetch_model = _twin(AsyncStudio.fetch_model)

    def watch(self, project: str | None = None, *, after: int = 0) -> Iterator[Progress]:
        """Yield a project's events as they happen, blocking, until no job of it runs; see ``AsyncStudio.watch``."""
        events = self._studio.watch(project, after=after)
        while (happened := self._wait_for(_next(events))) is not None:
            yield happened

    def _wait_for(self, doing: Coroutine[Any, Any, R]) -> R:
        """Run ``doing`` on this studio's loop and wait for it. Ctrl-C cancels it, and waits until it has cleaned up."""
        actions: list[Action] = []
        try:
            return self._loop.run(_note_resume(doing, actions))
        except KeyboardInterrupt as cause:
            if inspect.getcoroutinestate(doing) == inspect.CORO_CREATED:
                doing.close()  # Ctrl-C came before it began
            raise Interrupted(code="interrupted", actions=actions or [Action("resume_job")]) from cause


async def _note_resume(doing: Coroutine[Any, Any, R], actions: list[Action]) -> R:
    """Await ``doing``; if it is cancelled, add the action that resumes it to ``actions``."""
    try:
        return await doing
    except asyncio.CancelledError as cancelled:
        actions.extend(get_resume_actions(cancelled))
        raise


async def _next(events: AsyncIterator[Progress]) -> Progress | None:
    return await anext(events, None)
