"""Clips: one shot by one model, from text, pictures or both."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Unpack, cast

from reelwright.reason import Action
from reelwright.reel.command import Command, compute_row_digest
from reelwright.reel.operation import Consent, Job
from reelwright.studio import clip_samples, clips, project_run, summaries, validation
from reelwright.studio.consent import confirm_quote
from reelwright.studio.drive import drive
from reelwright.studio.home import Home, refuse_unsold
from reelwright.studio.interruption import attach_resume_action
from reelwright.studio.listener import guard_listener
from reelwright.studio.new_project import build_whole_graph
from reelwright.studio.options import ClipOptions, ClipQuoteOptions
from reelwright.studio.progress_reporter import Listen
from reelwright.studio.results import ClipResult, ProjectQuote
from reelwright.studio.scratch import open_scratch_folder
from reelwright.studio.verb_options import ClipKeywords, ClipQuoteKeywords, ClipTerms, ConfirmFunction
from reelwright.studio.verbs.base import StudioBase
from reelwright.units import Micros

_TERMS: Final = frozenset(ClipTerms.__annotations__)
_ROUNDS: Final = 3
"""Most rounds in one call for samples that neither arrived nor were filtered."""


class Clipping(StudioBase):
    """Clips: one shot by one model, from text, pictures or both."""

    async def quote_clip(
        self, prompt: str, *, listen: Listen | None = None, **options: Unpack[ClipQuoteKeywords]
    ) -> ProjectQuote:
        """Quote a clip: the price of what does not exist yet. Writes and spends nothing.

        A pending cancel of the same clip is carried out first.
        """
        given = ClipQuoteOptions.parse({"prompt": prompt, **options})
        terms, again = cast(ClipTerms, given.get_given(_TERMS)), given.again
        with open_scratch_folder() as folder:
            clip, taken = await clips.plan_clip(prompt, terms, self._settings, folder)
            command = clips.build_clip_command(clips.build_clip_brief(prompt, clip, taken), clip, again=again)
        home = await self._open_existing_home()
        notes = (*taken.notes, *clip.messages)
        return (await clips.quote_clip(home, self._settings, command, notes, again=again, listen=listen))[1]

    async def clip(
        self,
        prompt: str,
        *,
        confirm: ConfirmFunction[ProjectQuote] | None = None,
        listen: Listen | None = None,
        **options: Unpack[ClipKeywords],
    ) -> ClipResult:
        """Make a clip, one shot by one model from text or pictures with text: one file for each sample. May spend.

        ``options``: the fields of ``studio.options.ClipOptions``. Files are numbered if there are several. The same
        call in another program, later or at the same time, delivers the same files and buys nothing; a second equal
        call of one studio makes another clip. Samples that were filtered are listed in ``missing``, and the others are
        delivered. ``confirm``: called with the quote before anything is written, and agrees to it unless it returns
        False; unlike after a call of ``quote_clip``, no picture is read twice. ``listen``: called on the event loop for
        each event; must not block.

        Raises ``BadInput`` before anything is sent, ``NeedsConsent``, ``OverBudget``, or the error that made the job
        fail.
        """
        began = time.monotonic()
        given = ClipOptions.parse({"prompt": prompt, **options})
        terms, again = cast(ClipTerms, given.get_given(_TERMS)), given.again
        place = validation.check_clip_path("out", given.out)
        digest, number, is_done = "", 0, False
        try:
            with open_scratch_folder() as folder:
                clip, taken = await clips.plan_clip(prompt, terms, self._settings, folder)
                command = clips.build_clip_command(clips.build_clip_brief(prompt, clip, taken), clip, again=again)
                digest, notes = command.digest, (*taken.notes, *clip.messages)
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
                    refuse_unsold(self._sellers, graph, quote.wanted_steps)
                home = await self._open_home()
                if project is None:
                    await taken.keep(home)
                    project = await project_run.open_command_project(home, command, again=again)
            sent = summaries.list_sent_purchases(await home.ledger.list_purchases(home.account, project))
            job, drives = await self._obtain_samples(home, project, command, quote, consent, listen)
            standing = project_run.aim_at_goal(await home.journal.read_standing(home.account, project), "takes")
            project_run.refuse_failed(standing, job)
            result = await clips.report(
                home, standing, command, job, place, given.wants_archive, time.monotonic() - began, sent
            )
            is_done = job.state == "done"
        finally:
            if number and not is_done and not again:
                self._equal_clips.mark_unfinished(digest, number)
        if is_done:
            await home.journal.mark_delivered(home.account, job.id)
        had = "" if drives else await project_run.describe_up_to_date(home, project)
        result = result.replace(notes=quote.notes, up_to_date_message=had)
        return clips.add_undelivered_samples(standing, command, result) if is_done else result

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

    async def _obtain_samples(
        self, home: Home, project: str, command: Command, quote: ProjectQuote, consent: Consent, listen: Listen | None
    ) -> tuple[Job, bool]:
        """Drive the clip's job until it rests, and request missing samples again.

        Return the job, and if any was driven.

        Spends at most ``consent`` in all, plus what remains of the consent of a job that continues.
        """
        before = sum(quote.spent_by_job.values())
        sends = {p.id: p.attempts for p in await home.ledger.list_purchases(home.account, project)}
        job: Job | None = None
        for _ in range(_ROUNDS):
            standing = project_run.aim_at_goal(
                await home.journal.read_standing_with_spending(home.account, project), "takes"
            )
            extended = await clip_samples.request_missing_samples(home, standing, command, sends if job else None)
            if extended is not standing and extended.plan:
                await home.journal.revise(
                    home.account, project, standing.revision, extended.plan, extended.choices, "system"
                )
                quote = (
                    project_run.quote_standing(home, extended) if job else quote
                )  # samples that had been sent did not arrive
            elif job:
                break
            left = _compute_remaining_consent(consent, before, job, standing.spent_by_job) if job else consent
            going, drives = await project_run.take_up(home, project, "takes", quote, left, None, listen)
            if not drives:
                return going, job is not None
            with attach_resume_action(Action("resume_job", {"project": project})):
                job = await drive(home, project, going.id, guard_listener(listen))
            if job.state != "done":
                break
        assert job
        return job, True


def _compute_remaining_consent(consent: Consent, before: int, job: Job, spent: Mapping[str, Micros]) -> Consent:
    """Return what is left of ``consent`` after what the project spent beyond ``before`` (micro-dollars).

    If more is left of the consent of ``job``, which is done, return that: a sample sent under it has not arrived.
    """
    left = replace(consent, ceiling=Micros(max(0, consent.ceiling - (sum(spent.values()) - before))))
    if job.consent is None or consent.by == "budget":
        return left
    unspent = Micros(job.consent.ceiling - spent.get(job.id, 0))
    return left if left.ceiling >= unspent else replace(job.consent, ceiling=unspent)
