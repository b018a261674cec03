"""Changing what is there: an edit, another take, a choice; only what depends on it is made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from reelwright.studio import (
    editing,
    edits,
    making,
    quality,
    shown,
)
from reelwright.studio.answers import (
    Chosen,
    FilmMade,
    Quoted,
)
from reelwright.studio.asked import Changes
from reelwright.studio.film_budget import with_spent
from reelwright.studio.home import refuse_unsold
from reelwright.studio.naming import shot_called, take_called
from reelwright.studio.scratch import scratch
from reelwright.studio.telling import Listen
from reelwright.studio.verbs.filming import Filming


class Changing(Filming):
    """Changing what is there: an edit, another take, a choice; only what depends on it is made again."""

    async def quote_edit(self, project: str, *, listen: Listen | None = None, **changes: Unpack[Changes]) -> Quoted:
        """What an edit would want, and its price; both ways where a later shot continues it. Spends nothing.

        A cancel that was asked for before and is not carried out yet is, first.
        """
        home = await self._found()
        standing, _ = await self._to_change(home, project, listen)
        with scratch() as folder:
            edit, _ = await editing.edit_of(changes, folder, self._settings)
        edit = await editing.with_planned(home, standing, edit)
        return await with_spent(home, editing.price(home, standing, edit))

    async def edit(
        self,
        project: str,
        *,
        out: str | Path | None = None,
        yes: bool | Quoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
        **changes: Unpack[Changes],
    ) -> FilmMade:
        """The next revision, and the film anew: only what depends on the change is made again. May spend."""
        self._check_out(out)
        home = await self._found()
        standing, _ = await self._to_change(home, project, listen)
        with scratch() as folder:
            edit, taken = await editing.edit_of(changes, folder, self._settings)
            edit = await editing.with_planned(home, standing, edit)
            quote = await with_spent(home, editing.price(home, standing, edit))
            consent = self._agreed(quote, yes, budget, accept_unconfirmed, unknown_at_most)
            refuse_unsold(self._sellers, editing.graph_after(home, standing, edit), quote.wanted)
            await taken.keep(home)
        await making.revise(home, standing.project, edit.revised)
        goal = making.last_goal(standing)
        film = await self._take_up(home, standing.project, goal, quote, consent, out, listen)
        return replace(film, notes=(*quote.said, *film.notes))

    async def retake(
        self,
        project: str,
        shot: int | str | Sequence[int | str],
        *,
        out: str | Path | None = None,
        yes: bool | Quoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """Another take of a shot, or of several, beside those that are there; circle it to use it. May spend."""
        self._check_out(out)
        home = await self._found()
        standing, _ = await self._to_change(home, project, listen)
        retake = await editing.retake_of(home, standing, shot)
        quote = await with_spent(home, retake.price(home, standing))
        consent = self._agreed(quote, yes, budget, accept_unconfirmed, unknown_at_most)
        refuse_unsold(
            self._sellers, home.produce.graph(making.aimed(standing, making.last_goal(standing))), quote.wanted
        )
        await making.revise(home, standing.project, retake.revised)
        goal = making.last_goal(standing)
        return await self._take_up(home, standing.project, goal, quote, consent, out, listen)

    async def quote_retake(
        self, project: str, shot: int | str | Sequence[int | str], *, listen: Listen | None = None
    ) -> Quoted:
        """The price of one more take of each. Spends nothing.

        A cancel that was asked for before and is not carried out yet is, first.
        """
        home = await self._found()
        standing, _ = await self._to_change(home, project, listen)
        retake = await editing.retake_of(home, standing, shot)
        return await with_spent(home, retake.price(home, standing))

    async def circle(self, project: str, shot: int | str, take: int | str) -> Chosen:
        """Choose a take (its number from 1 as ``show`` counts, or its digest). Spends nothing; ``resume`` makes."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        called = shot_called(plan, shot)
        takes = shown.takes_shown(standing, await home.journal.takes(home.account, standing.project))
        chosen = take_called([one for one in takes if one.shot == called.id], take)
        revision = await making.revise(
            home, standing.project, lambda stands: edits.circled(stands, called, chosen.asset)
        )
        after = await home.journal.standing(home.account, standing.project)
        quote = making.quoted(home, making.aimed(after, making.last_goal(after)))
        return Chosen(project=standing.project, revision=revision, quote=quote)

    async def accept(
        self,
        project: str,
        *findings: str,
        out: str | Path | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """Overrule findings by id (none named: all that fail); the waiting job is done with its film. Recorded."""
        home = await self._found()
        standing, _ = await self._planned(home, project)
        found = shown.found_in(standing, shown.film_had(standing))
        accepted = quality.accept(found, findings)
        await making.revise(home, standing.project, lambda stands: edits.accepting(stands, accepted))
        return await self.resume(standing.project, out=out, listen=listen)
