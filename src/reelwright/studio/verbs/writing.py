"""A script of a brief: of what is certain in it, for nothing; or as a language model writes it, bought once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from reelwright.errors import BadInput, DecisionNeeded
from reelwright.studio.answers import Quoted, Written
from reelwright.studio.telling import Listen
from reelwright.studio.verbs.filming import Filming
from reelwright.studio.verbs.looking import Looking
from reelwright.studio.writing import certain_script, place_of, save

_RULES = (None, "", "rules")


class Writing(Filming, Looking):
    """A script of a brief: of what is certain in it, for nothing; or as a language model writes it, bought once."""

    async def write(
        self,
        brief: str,
        out: str | Path | None = None,
        *,
        language: str | None = None,
        planner: str | None = None,
        archetype: str | None = None,
        force: bool = False,
        yes: bool | Quoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> Written:
        """A script of what is certain in ``brief``, each line copied from it; the rest of it is a note. Spends nothing.

        ``planner``: a language model that writes it instead, in the shape ``archetype``; kept in a project, so that the
        same call again buys nothing. May spend then, never above what was consented to.
        ``out``: a file to write it to; one that is there stays unless ``force``. Raises ``BadInput``, also where
        nothing is certain; ``DecisionNeeded`` where no answer of the model was a script; what ``make`` raises.
        """
        path = place_of(out, force=force)
        if planner in _RULES:
            if archetype:
                raise BadInput("archetype", archetype, "nothing without a language model that writes to it (planner)")
            written = await asyncio.to_thread(certain_script, brief, language)
        else:
            made = await self.make(
                brief, goal="plan", planner=planner, archetype=archetype, language=language, yes=yes, budget=budget,
                accept_unconfirmed=accept_unconfirmed, unknown_at_most=unknown_at_most, listen=listen,
            )  # fmt: skip
            if made.state != "done":
                raise DecisionNeeded(made.said, hint=f"reelwright resume {made.project}")
            written = await self.script_of(made.project)
        if path is not None:
            await asyncio.to_thread(save, path, written.script, force=force)
        return replace(written, file=path)
