"""Writing a script from what is certain in a brief, and saving it to a file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import BadInput
from reelwright.reason import Action
from reelwright.studio import late_modules as late
from reelwright.studio.quotes import validation
from reelwright.studio.results import results
from reelwright.studio.results.results import ScriptResult
from reelwright.studio.runtime.atomic_file import open_atomically

if TYPE_CHECKING:
    from reelwright.documents.script import Script
    from reelwright.planner.certain.values import CertainFacts
    from reelwright.planner.reading.draft import Draft
    from reelwright.planner.reading.lines.draft_line import DraftLine


def draft_brief(brief: str, language: str | None) -> ScriptResult:
    """Write a Markdown script of what a brief says, without a model that is asked or paid; saves no file.

    Raises ``NothingToShow`` if the brief says nothing that a film could show.
    """
    facts = late.brief_reader.read_brief(validation.check_text("brief", brief), language)
    draft = late.draft.draft_facts(late.draft.drop_undrawable(facts)[0])
    if not draft.lines:
        late.drawable.refuse_text("brief", brief, facts.language)
    return describe_draft(facts, draft)


def find_stated_length(brief: str, language: str | None) -> str | None:
    """Return the length of the film that a brief states, as ``30 s``; None: it states none."""
    stated = late.brief_reader.read_brief(brief, language).find_direction("length")
    return f"{int(stated.value) // 1000} s" if stated else None


def describe_draft(facts: CertainFacts, draft: Draft, film_script: Script | None = None) -> ScriptResult:
    """Describe a draft: its script as Markdown, and its lines with how sure each is. Raises ``NothingToShow``.

    ``film_script``: the script of its film, with the pictures that a model makes and the lines that a voice says. The
    Markdown then has them, too.
    """
    script = late.draft.build_script(facts, draft)
    if film_script:
        script = replace(script, screens=film_script.screens, spoken_lines=film_script.spoken_lines)
    return ScriptResult(
        script=late.script_writer.write_script(script),
        name=facts.name.text if facts.name else "",
        directions=tuple(dict.fromkeys(one.text for one in facts.directions)),
        unused_parts=tuple(one.text for one in facts.unused_parts),
        lines=tuple(_describe_line(facts, line) for line in draft.lines),
        unlikely_lines=tuple(_describe_line(facts, line) for line in draft.unlikely_lines),
    )


def _describe_line(facts: CertainFacts, line: DraftLine) -> results.DraftLine:
    span = results.BriefSpan(text=facts.brief[line.start : line.end], start=line.start, end=line.end)
    return results.DraftLine(
        text=line.screen.text, form=line.screen.form, tier=line.tier, probability=line.probability, span=span
    )


def check_script_path(out: str | Path | None, *, force: bool) -> Path | None:
    """Check that a script could be written to ``out``, and return it as an absolute path; None gives None.

    Writes nothing. Raises ``BadInput``; ``force``: an existing file may be replaced.
    """
    path = validation.check_path("out", out)
    if path is None:
        return None
    if path.is_dir():
        raise BadInput("out", str(out), "a file, such as script.md; this is a folder")
    if not path.parent.is_dir():
        raise BadInput(
            "out",
            str(out),
            "a place in a folder that exists",
            actions=[Action("create_folder", {"folder": str(path.parent)})],
        )
    if path.exists() and not force:
        raise _build_exists_error(path)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInput("out", str(out), "a place in a folder that you may write to")
    return path


def save(path: Path, text: str, *, force: bool) -> None:
    """Write ``text`` to ``path``, completely or not at all.

    Raises ``BadInput`` if a file is there, unless ``force``.
    """
    if not force and path.exists():
        raise _build_exists_error(path)
    with open_atomically(path) as part:
        part.write_text(text, encoding="utf-8")


def _build_exists_error(path: Path) -> BadInput:
    return BadInput("out", str(path), "a name that is free", actions=[Action("pass_option", {"option": "force"})])
