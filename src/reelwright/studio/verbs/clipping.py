"""Clips: one shot by one model, from words, pictures or both."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Unpack

from reelwright.reel.command import Command, row_digest
from reelwright.reel.operation import Consent, Job
from reelwright.studio import checked, clip_samples, clips, making, shown
from reelwright.studio.answers import (
    ClipMade,
    Quoted,
)
from reelwright.studio.asked import ClipTerms
from reelwright.studio.drive import drive
from reelwright.studio.first import whole_way
from reelwright.studio.home import Home, refuse_unsold
from reelwright.studio.listener import harmless
from reelwright.studio.scratch import scratch
from reelwright.studio.telling import Listen
from reelwright.studio.verbs.opened import Opened
from reelwright.units import Micros

_ROUNDS: Final = 3
"""Times that samples are asked for which neither came nor were kept back, in one call."""


class Clipping(Opened):
    """Clips: one shot by one model, from words, pictures or both."""

    async def quote_clip(
        self, prompt: str, *, again: bool = False, listen: Listen | None = None, **terms: Unpack[ClipTerms]
    ) -> Quoted:
        """The price of a clip, before, of what is not had. Writes and spends nothing.

        A cancel of the same clip that was asked for before and is not carried out yet is, first.
        """
        with scratch() as folder:
            clip, taken = await clips.planned(prompt, terms, self._settings, folder)
            command = clips.command_of(clips.brief_for(prompt, clip, taken), clip, again=again)
        home = await self._home_if_there()
        said = (*taken.said, *clip.said)
        return (await clips.price_of(home, self._settings, command, said, again=again, listen=listen))[1]

    async def clip(
        self,
        prompt: str,
        *,
        out: str | Path | None = None,
        packed: bool = False,
        yes: bool | Quoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        again: bool = False,
        listen: Listen | None = None,
        **terms: Unpack[ClipTerms],
    ) -> ClipMade:
        """One shot by one model: text, or pictures and text, to one file for each sample. May spend.

        ``out``: the folder of its files (default: ``films/`` in the home), or a name that ends in ``.mp4``, numbered
        where there are several; ``packed``: a ZIP beside them. The same call
        in another program, after any end or at the same moment, is had: its files are delivered again and nothing is
        bought; the second equal call of one studio is another clip. ``again``: another one of the same. What was
        filtered is told in ``missing``, the rest is delivered.
        Raises ``BadInput`` before anything is sent, ``NeedsConsent``, ``OverBudget``, or what made the job fail.
        """
        began = time.monotonic()
        place = checked.clip_place("out", out)
        asked, number, is_done = "", 0, False
        try:
            with scratch() as folder:
                clip, taken = await clips.planned(prompt, terms, self._settings, folder)
                command = clips.command_of(clips.brief_for(prompt, clip, taken), clip, again=again)
                asked, said = command.found_by, (*taken.said, *clip.said)
                async with self._equal_clips.counting:
                    number = 1 if again else self._equal_clips.number(asked)
                    command, quote = await self._numbered(command, number, said, listen, again=again)
                await clips.check_files(await self._home_if_there(), self._slates, command, place)
                consent = self._agreed(quote, yes, budget, accept_unconfirmed, unknown_at_most)
                project = quote.project
                if project is None:
                    assert command.plan
                    graph = whole_way(command.brief, command.plan, "takes", own_plan=True)
                    refuse_unsold(self._sellers, graph, quote.wanted)
                home = await self._opened()
                if project is None:
                    await taken.keep(home)
                    project = await making.open_for(home, command, again=again)
            sent = shown.sent_of(await home.ledger.purchases(home.account, project))
            job, drives = await self._all_samples(home, project, command, quote, consent, listen)
            standing = making.aimed(await home.journal.standing(home.account, project), "takes")
            making.refuse_failed(standing, job)
            told = await clips.report(home, standing, command, job, place, packed, time.monotonic() - began, sent)
            is_done = job.state == "done"
        finally:
            if number and not is_done and not again:
                self._equal_clips.leave(asked, number)
        if is_done:
            await home.journal.mark_delivered(home.account, job.id)
        had = "" if drives else await making.up_to_date(home, project)
        told = replace(told, notes=quote.said, up_to_date=had)
        return clips.as_edited(standing, command, told) if is_done else told

    async def _numbered(
        self, command: Command, number: int, said: Sequence[str], listen: Listen | None, *, again: bool
    ) -> tuple[Command, Quoted]:
        """The ``number``-th equal call of this program, with its price. Its orders come after those of earlier ones."""
        asked, last = command.found_by, self._equal_clips.last
        if number > 1:
            command = replace(command, found_by=row_digest(asked, number))
        home = await self._opened() if number > 1 else await self._home_if_there()
        first = 1 + last.get(asked, 0) if number > 1 else 1
        found = await clips.price_of(home, self._settings, command, said, again=again, first=first, listen=listen)
        last[asked] = max(last.get(asked, 0), await clips.last_number(home, found[0], found[1].project))
        return found

    async def _all_samples(
        self, home: Home, project: str, command: Command, quote: Quoted, consent: Consent, listen: Listen | None
    ) -> tuple[Job, bool]:
        """The clip's job, driven to its rest, and whether anything was driven; what is still short is asked for again.

        Spends no more than ``consent`` in all, and what the job that went on was agreed to and did not spend.
        """
        before = sum(quote.spent.values())
        sends = {p.id: p.attempts for p in await home.ledger.purchases(home.account, project)}
        job: Job | None = None
        for _ in range(_ROUNDS):
            standing = making.aimed(await home.journal.standing_with_spent(home.account, project), "takes")
            asked = await clip_samples.asked_for_what_is_short(home, standing, command, sends if job else None)
            if asked is not standing and asked.plan:
                await home.journal.revise(home.account, project, standing.revision, asked.plan, asked.choices, "system")
                quote = making.quoted(home, asked) if job else quote  # what was on its way did not come
            elif job:
                break
            left = _left(consent, before, job, standing.spent) if job else consent
            going, drives = await making.take_up(home, project, "takes", quote, left, None, listen)
            if not drives:
                return going, job is not None
            self._making = project
            job = await drive(home, project, going.id, harmless(listen))
            self._making = None
            if job.state != "done":
                break
        assert job
        return job, True


def _left(consent: Consent, before: int, job: Job, spent: Mapping[str, Micros]) -> Consent:
    """What is left of ``consent`` after what the project spent beyond ``before``.

    Or of the consent of ``job``, which is done, if that is more: a sample that was sent under it has not come.
    """
    left = replace(consent, ceiling=Micros(max(0, consent.ceiling - (sum(spent.values()) - before))))
    if job.consent is None or consent.by == "budget":
        return left
    unspent = Micros(job.consent.ceiling - spent.get(job.id, 0))
    return left if left.ceiling >= unspent else replace(job.consent, ceiling=unspent)
