"""Clips: one shot by one model, from words, pictures or both."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from reelwright.studio import (
    checked,
    clips,
    making,
)
from reelwright.studio.answers import (
    ClipMade,
    Quoted,
)
from reelwright.studio.asked import ClipTerms
from reelwright.studio.consent import consent_to
from reelwright.studio.first import whole_way
from reelwright.studio.home import refuse_unsold
from reelwright.studio.scratch import scratch
from reelwright.studio.telling import Listen
from reelwright.studio.verbs.opened import Opened


class Clipping(Opened):
    """Clips: one shot by one model, from words, pictures or both."""

    async def quote_clip(self, prompt: str, **terms: Unpack[ClipTerms]) -> Quoted:
        """The price of a clip, before. Writes and spends nothing."""
        with scratch() as folder:
            clip, taken = await clips.planned(prompt, terms, self._settings, folder)
            brief = clips.brief_for(prompt, clip, taken)
        return await asyncio.to_thread(clips.quote_for, self._settings, brief, clip, taken.said)

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
        listen: Listen | None = None,
        **terms: Unpack[ClipTerms],
    ) -> ClipMade:
        """One shot by one model: text, or pictures and text, to one file for each sample. May spend.

        ``out``: the folder of its files (default: ``films/`` in the home); ``packed``: a ZIP beside them. The same
        call after a crash goes on with what it left. What was filtered is told in ``missing``, the rest is delivered.
        Raises ``BadInput`` before anything is sent, ``NeedsConsent``, ``OverBudget``, or what made the job fail.
        """
        began = time.monotonic()
        folder_out = checked.folder("out", out)
        with scratch() as folder:
            clip, taken = await clips.planned(prompt, terms, self._settings, folder)
            brief = clips.brief_for(prompt, clip, taken)
            quote = await asyncio.to_thread(clips.quote_for, self._settings, brief, clip, taken.said)
            consent = consent_to(quote, yes, budget, accept_unconfirmed, unknown_at_most)
            refuse_unsold(self._sellers, whole_way(brief, clip.plan, "takes", own_plan=True))
            home = await self._opened()
            if job := await making.unfinished(home, brief, clip.plan, "takes"):
                made = await self._go_on(home, job, consent, None, listen)
            else:
                await taken.keep(home)
                project = await home.journal.open_project(home.account, clip.plan.title, brief)
                await home.journal.revise(home.account, project, 0, clip.plan, clip.choices, "person")
                made = await self._bring(home, project, "takes", consent, None, listen)
        standing = await home.journal.standing(home.account, made.project)
        assert standing.job, "it was just driven"
        told = await clips.report(home, standing, standing.job, folder_out, packed, time.monotonic() - began)
        return replace(told, notes=quote.said)
