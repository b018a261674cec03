"""Writing a script from what is certain in a brief, and saving it to a file."""

from __future__ import annotations

import os
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.reason import Action
from reelwright.studio import validation
from reelwright.studio.results import ScriptResult


def build_certain_script(brief: str, language: str | None) -> ScriptResult:
    """Write a Markdown script from only what the brief clearly states, without a model; saves no file.

    Raises ``BadInput`` if the brief clearly states nothing.
    """
    from reelwright.documents.write import write_script
    from reelwright.planner.certain.find import find_certain_facts
    from reelwright.planner.certain.skeleton import build_script

    certain = find_certain_facts(validation.check_text("brief", brief), language)
    return ScriptResult(
        script=write_script(build_script(certain)),
        name=certain.name.text if certain.name else "",
        directions=tuple(one.text for one in certain.directions),
        unused_parts=tuple(one.text for one in certain.unused_parts),
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
    from reelwright.studio.atomic_file import open_atomically

    if not force and path.exists():
        raise _build_exists_error(path)
    with open_atomically(path) as part:
        part.write_text(text, encoding="utf-8")


def _build_exists_error(path: Path) -> BadInput:
    return BadInput("out", str(path), "a name that is free", actions=[Action("pass_option", {"option": "force"})])
