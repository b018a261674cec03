"""Writing a script from a brief: from what is certain in it, for nothing; or by a language model, bought once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.studio.progress_reporter import Listen
from reelwright.studio.results import ProjectQuote, ScriptResult
from reelwright.studio.script_files import build_certain_script, check_script_path, save
from reelwright.studio.verb_options import ConfirmFunction
from reelwright.studio.verbs.filming import Filming
from reelwright.studio.verbs.looking import Looking

_RULES = (None, "", "rules")


class Writing(Filming, Looking):
    """Writing a script from a brief: from what is certain in it, for nothing; or by a language model, bought once."""

    async def write(
        self,
        brief: str,
        out: str | Path | None = None,
        *,
        language: str | None = None,
        planner: str | None = None,
        archetype: str | None = None,
        force: bool = False,
        yes: bool | ProjectQuote = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        confirm: ConfirmFunction[ProjectQuote] | None = None,
        listen: Listen | None = None,
    ) -> ScriptResult:
        """Write a script of what is certain in ``brief``, each line copied from it, the rest as a note. Spends nothing.

        ``planner``: a language model that writes it instead, in the shape ``archetype``. Its script is kept in a
        project, so that the same call again buys nothing. This may spend, never above what was agreed to;
        ``confirm``: as in ``make``. ``out``: the file to write; an existing one stays unless ``force`` is set.

        Raises ``BadInput``, also if nothing is certain; ``DecisionNeeded`` if no answer of the model was a script; and
        what ``make`` raises.
        """
        path = check_script_path(out, force=force)
        if planner in _RULES:
            if archetype:
                raise BadInput("archetype", archetype, "nothing without a language model that writes to it (planner)")
            written = await asyncio.to_thread(build_certain_script, brief, language)
        else:
            made = await self.make(
                brief, goal="plan", planner=planner, archetype=archetype, language=language, yes=yes, budget=budget,
                accept_unconfirmed=accept_unconfirmed, unknown_at_most=unknown_at_most, confirm=confirm, listen=listen,
            )  # fmt: skip
            if made.state != "done":
                raise made.to_error()
            written = await self.read_script(made.project)
        if path is not None:
            await asyncio.to_thread(save, path, written.script, force=force)
        return written.replace(file=path)
