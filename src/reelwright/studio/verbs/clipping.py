"""Clips: one shot by one model, from text, pictures or both."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Unpack, cast

from reelwright.reason import Action
from reelwright.reel.film.command import Command, compute_row_digest
from reelwright.studio.clips import clips
from reelwright.studio.edits.interruption import attach_resume_action
from reelwright.studio.films import project_run, summaries
from reelwright.studio.films.drive import drive
from reelwright.studio.films.failed_takes import request_failed_takes
from reelwright.studio.films.new_project import build_whole_graph
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.consent import confirm_quote
from reelwright.studio.quotes.listener import guard_listener
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.options import ClipOptions, ClipQuoteOptions
from reelwright.studio.results.results import ClipResult, ProjectQuote
from reelwright.studio.results.verb_options import ClipKeywords, ClipQuoteKeywords, ClipTerms, ConfirmFunction
from reelwright.studio.runtime import clip_samples
from reelwright.studio.runtime.home import Home, refuse_unsold
from reelwright.studio.runtime.produce import WANTS_ALL_SAMPLES
from reelwright.studio.runtime.scratch import ScratchFolder, open_scratch_folder
from reelwright.studio.scripts.briefing import IntakeResult
from reelwright.studio.verbs.base import StudioBase

if TYPE_CHECKING:
    from reelwright.store.jobs.requests import CreateRequest

_TERMS: Final = frozenset(ClipTerms.__annotations__)
_CLIP_JOB: Final = {WANTS_ALL_SAMPLES: True}
"""Options of the job of a clip."""


@dataclass
class _QueuedClip:
    """A clip in the queue. ``place``: of its files. ``sent_before``: purchases that were sent before this call.

    ``is_done``: set by the call once its files are delivered.
    """

    queued: QueuedJob
    command: Command
    place: Path | None
    sent_before: frozenset[str]
    is_done: bool = False


class Clipping(StudioBase):
    """The verbs for clips: one shot by one model, from text, pictures or both."""

    async def quote_clip(
        self, prompt: str, *, listen: Listen | None = None, **options: Unpack[ClipQuoteKeywords]
    ) -> ProjectQuote:
        """Quote the samples of a clip that do not exist yet; see ``clip``. Writes and spends nothing.

        A pending cancel of the same clip is carried out first.
        """
        given = ClipQuoteOptions.parse({"prompt": prompt, **options})
        with open_scratch_folder() as folder:
            command, _, notes = await self._plan_command(given, folder)
        home = await self._open_existing_home()
        return (await clips.quote_clip(home, self._settings, command, notes, again=given.again, listen=listen))[1]

    async def clip(
        self,
        prompt: str,
        *,
        confirm: ConfirmFunction[ProjectQuote] | None = None,
        listen: Listen | None = None,
        **options: Unpack[ClipKeywords],
    ) -> ClipResult:
        """Make a clip, one shot by one model, with a file for each sample that was not filtered; may spend.

        ``options``: the fields of ``studio.options.ClipOptions``. Files are numbered if there are several. The same
        call in another program, later or at the same time, delivers the same files and buys nothing; a second equal
        call of one studio makes another clip. Samples that were filtered are listed in ``missing``, and the others are
        delivered. ``confirm``: called with the quote before anything is written, and agrees to it unless it returns
        False; unlike after a call of ``quote_clip``, no picture is read twice. ``listen``: called on the event loop for
        each event; must not block.

        Raises ``BadInput`` before anything is sent, ``NeedsConsent``, ``OverBudget``, or the error that made the job
        fail.
        """
        began, given = time.monotonic(), ClipOptions.parse({"prompt": prompt, **options})
        async with self._queue_clip(given, confirm, listen) as clip:
            home, queued = await self._open_home(), clip.queued
            project = queued.project
            if queued.is_up_to_date:
                job = await home.journal.read_job(home.account, queued.job)
            else:
                with attach_resume_action(Action("resume_job", {"project": project})):
                    job = await drive(home, project, queued.job, guard_listener(listen))
            standing = project_run.aim_at_goal(await home.journal.read_standing(home.account, project), "takes")
            project_run.refuse_failed(standing, job)
            result = await clips.report(
                home, standing, clip.command, job, clip.place, given.wants_archive, time.monotonic() - began,
                clip.sent_before,
            )  # fmt: skip
            clip.is_done = job.state == "done"
        if clip.is_done:
            await home.journal.mark_delivered(home.account, job.id)
        had = await project_run.describe_up_to_date(home, project) if queued.is_up_to_date else ""
        result = result.replace(notes=queued.quote.notes, up_to_date_message=had)
        return clips.add_undelivered_samples(standing, clip.command, result) if clip.is_done else result

    async def enqueue_clip(
        self,
        prompt: str,
        *,
        request: CreateRequest | None = None,
        labels: Mapping[str, str] | None = None,
        confirm: ConfirmFunction[ProjectQuote] | None = None,
        listen: Listen | None = None,
        may_use_twin: bool = False,
        **options: Unpack[ClipKeywords],
    ) -> QueuedJob:
        """Queue the job of a clip, at a price that the options agree to; runs nothing.

        Sends nothing to a provider. ``clip`` with the same arguments in another program delivers its files.
        ``request``: the create request of a program. It is an order of its own, unless it repeats an earlier request
        (``store.requests``): then the job of that one is returned, whatever it costs. ``labels``: texts that the
        program gets back with its job. ``may_use_twin``: a retired model of a program's request may be bought under the
        name by which another provider sells it, for no more; the notes of the quote say so.
        """
        given = ClipOptions.parse({"prompt": prompt, **options})
        if request:
            async with self.requests_in_work.take_turn(request):
                return await self._queue_requested_clip(given, request, labels, confirm, may_use_twin=may_use_twin)
        async with self._queue_clip(given, confirm, listen) as clip:
            clip.is_done = True
            return clip.queued

    async def _queue_requested_clip(
        self,
        given: ClipOptions,
        request: CreateRequest,
        labels: Mapping[str, str] | None,
        confirm: ConfirmFunction[ProjectQuote] | None,
        *,
        may_use_twin: bool,
    ) -> QueuedJob:
        """Agree to a clip that a program requested and queue its job, as an order of its own."""
        if repeated := await self._find_requested_job(request):
            return repeated
        with open_scratch_folder() as folder:
            command, taken, notes = await self._plan_command(
                given, folder, is_own_order=True, may_use_twin=may_use_twin
            )
            home = await self._open_home()
            recovered = home if await home.has_recovered_orders() else None
            quote = (await clips.quote_clip(recovered, self._settings, command, notes))[1]
            job_options = {**_CLIP_JOB, "labels": labels or {}, **given.list_job_options()}
            return await self._create_requested_job(request, command, quote, given, taken, confirm, job_options)

    @asynccontextmanager
    async def _queue_clip(
        self, given: ClipOptions, confirm: ConfirmFunction[ProjectQuote] | None, listen: Listen | None
    ) -> AsyncIterator[_QueuedClip]:
        """Agree to a clip and queue its job. A call that does not finish leaves its number to the next equal call."""
        again, place = given.again, validation.check_clip_path("out", given.out)
        number, digest, made = 0, "", None
        try:
            with open_scratch_folder() as folder:
                command, taken, notes = await self._plan_command(given, folder)
                digest = command.digest
                async with self._equal_clips.counting:
                    number = 1 if again else self._equal_clips.number_call(digest)
                    command, quote = await self._number_call(command, number, notes, listen, again=again)
                if confirm:
                    await confirm_quote(confirm, quote)
                    given = given.model_copy(update={"yes": quote})
                await clips.check_files(await self._open_existing_home(), self._slates, command, place)
                consent = self._require_consent(quote, given)
                project = quote.project
                if project is None:
                    assert command.plan
                    graph = build_whole_graph(command.brief, command.plan, "takes", is_planned=True)
                    await asyncio.to_thread(refuse_unsold, self._sellers, graph, quote.wanted_steps)
                home = await self._open_home()
                if project is None:
                    await project_run.refuse_unpayable(home, consent)
                    await home.refuse_disputed(quote.requests)
                    await taken.keep(home)
                    project = await clips.open_clip_project(home, command, again=again)
            sent = summaries.list_sent_purchases(await home.ledger.list_purchases(home.account, project))
            await self._request_missing_samples(home, project, command)
            job_options = {**_CLIP_JOB, **given.list_job_options(), **({clips.PLACE: str(place)} if place else {})}
            job, runs = await project_run.take_up(home, project, "takes", quote, consent, None, listen, job_options)
            queued = QueuedJob(project=project, job=job.id, quote=quote, is_up_to_date=not runs)
            made = _QueuedClip(queued, command, place, sent)
            yield made
        finally:
            if number and not (made and made.is_done) and not again:
                self._equal_clips.mark_unfinished(digest, number)

    async def _plan_command(
        self, given: ClipQuoteOptions, scratch: ScratchFolder, *, is_own_order: bool = False,
        may_use_twin: bool = False,
    ) -> tuple[Command, IntakeResult, tuple[str, ...]]:  # fmt: skip
        """Plan a clip. Return its command, its pictures in ``scratch``, and notes for a person. Spends nothing.

        ``is_own_order``: see ``build_clip_command``. ``may_use_twin``: see ``enqueue_clip``.
        """
        terms = cast(ClipTerms, given.get_given(_TERMS))
        sellers = self._sellers if may_use_twin else None
        clip, taken = await clips.plan_clip(given.prompt, terms, self._settings, scratch, sellers)
        brief = clips.build_clip_brief(given.prompt, clip, taken)
        command = clips.build_clip_command(brief, clip, again=given.again, is_own_order=is_own_order)
        return command, taken, (*taken.notes, *clip.messages)

    async def _request_missing_samples(self, home: Home, project: str, command: Command) -> None:
        """Request the samples that an earlier call did not get, now that their price is agreed to."""
        standing = project_run.aim_at_goal(await home.journal.read_standing(home.account, project), "takes")
        wanted = clip_samples.get_commanded_clip(command)
        extended = await clip_samples.request_missing_samples(home.ledger, standing, wanted)
        extended = await request_failed_takes(home.ledger, extended, is_asked=False)
        if extended is not standing and extended.plan:
            await home.journal.revise(
                home.account, project, standing.revision, extended.plan, extended.choices, "system", home.key
            )

    async def _number_call(
        self, command: Command, number: int, notes: Sequence[str], listen: Listen | None, *, again: bool
    ) -> tuple[Command, ProjectQuote]:
        """Return the command of the ``number``-th equal call, with its price.

        Its orders follow those of earlier calls.
        """
        digest, last = command.digest, self._equal_clips.last
        if number > 1:
            command = replace(command, digest=compute_row_digest(digest, number))
        home = await self._open_home() if number > 1 else await self._open_existing_home()
        first = 1 + last.get(digest, 0) if number > 1 else 1
        found = await clips.quote_clip(home, self._settings, command, notes, again=again, first=first, listen=listen)
        last[digest] = max(last.get(digest, 0), await clips.find_last_order_number(home, found[0], found[1].project))
        return found
