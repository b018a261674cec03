"""Before there is a project: what a film would be and cost. Nothing is written, nothing is spent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from reelwright.reel.brief import Brief, Goal
from reelwright.reel.plan import Plan
from reelwright.studio import (
    shown,
)
from reelwright.studio.answers import (
    FlavorShown,
    LocalModels,
    ModelShown,
    Planned,
    Quoted,
)
from reelwright.studio.asked import Asked
from reelwright.studio.briefing import brief_of
from reelwright.studio.first import first_planned
from reelwright.studio.scratch import scratch
from reelwright.studio.telling import Listen
from reelwright.studio.verbs.opened import Opened
from reelwright.studio.warned import retiring
from reelwright.studio.wishes import price_of


class Planning(Opened):
    """Before there is a project: what a film would be and cost. Nothing is written, nothing is spent."""

    async def plan(
        self, brief: str | Brief | None = None, *, script: str | Path | None = None, **asked: Unpack[Asked]
    ) -> Planned:
        """The plan that ``make`` would follow, and what was understood. Writes and spends nothing."""
        with scratch() as folder:
            if script is not None or brief is None:
                wish = await self._wish(brief, script, "film", None, asked, folder, again=False)
                return Planned(plan=wish.plan, understood={}, said=(*wish.said, *retiring(wish.plan)))
            made, taken = await brief_of(brief, asked, folder, self._settings)
        planned = await asyncio.to_thread(first_planned, made)
        from reelwright.planner.pacing import measure_pacing

        said = (*taken.said, *planned.said, *retiring(planned.plan))
        return replace(planned, said=said, pacing=measure_pacing(planned.plan))

    async def quote(
        self,
        brief: str | Brief | None = None,
        *,
        script: str | Path | None = None,
        goal: Goal = "film",
        plan: Plan | Path | None = None,
        again: bool = False,
        new: bool = False,
        listen: Listen | None = None,
        **asked: Unpack[Asked],
    ) -> Quoted:
        """The price before ``make``, shot by shot, of what is not had. Writes and spends nothing.

        A cancel of the same film that was asked for before and is not carried out yet is, first.
        """
        with scratch() as folder:
            wish = await self._wish(brief, script, goal, plan, asked, folder, again=again)
        home = await self._home_if_there()
        quote = await price_of(home, self._settings, wish, again=again, new=new, listen=listen)
        if quote.budget and wish.command.brief.max_price is not None:  # a budget of one's own decides
            quote = replace(quote, budget=replace(quote.budget, stops=False))
        return quote

    async def flavors(self) -> tuple[FlavorShown, ...]:
        """Every named way of making, in the order of their names."""
        return await asyncio.to_thread(shown.flavors_shown, self._settings.flavors)

    async def models(
        self,
        *,
        can: str | None = None,
        kind: str | None = None,
        provider: str | None = None,
        key: bool = False,
        retired: bool = False,
    ) -> tuple[ModelShown, ...]:
        """Every AI model that can be bought. ``can``: a mode; ``key``: only those whose key is here. Asks nobody."""
        from reelwright.net.keys import Keys
        from reelwright.studio.offers import offered

        keys = Keys(self._settings)
        return await asyncio.to_thread(offered, keys, can=can, kind=kind, provider=provider, key=key, retired=retired)

    async def local_models(self) -> tuple[LocalModels, ...]:
        """The servers of language models on this machine that answer: Ollama's port, and LM Studio's. Asks no other."""
        from reelwright.studio.local_servers import local_models

        return await local_models(self._settings)

    async def suggested_planner(self, brief: str, language: str | None = None) -> str:
        """One line that names a model of this machine for a brief of which the rules use little; else empty.

        At most 50 ms are waited for a server. Nothing is asked of a model; a rehearsal suggests nothing.
        """
        if self._tempo and self._tempo.rehearsed:
            return ""
        from reelwright.studio.local_servers import suggestion

        return await suggestion(brief, language, self._settings)

    async def model(self, name: str) -> ModelShown:
        """One AI model in full, by its id or an old short name; also a retired one."""
        from reelwright.net.keys import Keys
        from reelwright.studio.offers import offer

        return await asyncio.to_thread(offer, Keys(self._settings), name)
