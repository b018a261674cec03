"""Writing a script from a brief: from what is certain in it, for nothing; or by a language model, bought once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Unpack, cast

from reelwright.errors import BadInput
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.options import MakeOptions, WriteOptions
from reelwright.studio.results.results import ProjectQuote, ScriptResult
from reelwright.studio.results.verb_options import ConfirmFunction, MakeKeywords, WriteKeywords
from reelwright.studio.scripts.script_files import check_script_path, draft_brief, save
from reelwright.studio.verbs.filming import Filming
from reelwright.studio.verbs.looking import Looking

_RULES = (None, "", "rules")


class Writing(Filming, Looking):
    """The verb that writes a script from a brief: free by rules, or by a language model, which is bought once."""

    async def write(
        self,
        brief: str,
        out: str | Path | None = None,
        *,
        confirm: ConfirmFunction[ProjectQuote] | None = None,
        listen: Listen | None = None,
        **options: Unpack[WriteKeywords],
    ) -> ScriptResult:
        """Write a Markdown script from a brief: by rules from what it clearly states, or by a model, which may spend.

        The rules copy each line from the brief, and note the rest; that is free.

        ``options``: the fields of ``studio.options.WriteOptions``. With a ``planner``, a language model writes the
        script. It is kept in a project, so that the same call again buys nothing. This may spend, never above what was
        agreed to; ``confirm``: as in ``make``. ``out``: the file to write; an existing one stays unless ``force``.

        Raises ``BadInput``, also if nothing is certain; ``DecisionNeeded`` if no answer of the model was a script; and
        what ``make`` raises.
        """
        given = WriteOptions.parse({"brief": brief, "out": out, **options})
        path = check_script_path(given.out, force=given.force)
        if given.planner in _RULES:
            if given.archetype:
                accepted = "only together with planner, the language model that writes the script"
                raise BadInput("archetype", given.archetype, accepted)
            written = await asyncio.to_thread(draft_brief, given.brief, given.language)
        else:
            film_options = given.get_given(MakeOptions.model_fields.keys() - {"brief", "out"}) | {"goal": "plan"}
            made = await self.make(given.brief, confirm=confirm, listen=listen, **cast(MakeKeywords, film_options))
            if made.state != "done":
                raise made.to_error()
            written = await self.read_script(made.project)
        if path is not None:
            await asyncio.to_thread(save, path, written.script, force=given.force)
        return written.replace(file=path)
