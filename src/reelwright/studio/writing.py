"""A script of what is certain in a brief, and the file that a script is written to."""

from __future__ import annotations

import os
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.studio import checked
from reelwright.studio.answers import Written


def certain_script(brief: str, language: str | None) -> Written:
    """The script of what is certain in ``brief``. Raises ``BadInput`` where nothing is."""
    from reelwright.documents.write import write_script
    from reelwright.planner.certain.find import certain_of
    from reelwright.planner.certain.skeleton import script_of

    certain = certain_of(checked.text("brief", brief), language)
    return Written(
        script=write_script(script_of(certain)), name=certain.name.text if certain.name else "",
        directions=tuple(one.text for one in certain.directions), unused=tuple(one.text for one in certain.unused),
    )  # fmt: skip


def place_of(out: str | Path | None, *, force: bool) -> Path | None:
    """Where a script is to be written. Raises ``BadInput`` where it cannot be; writes nothing."""
    path = checked.place("out", out)
    if path is None:
        return None
    if path.is_dir():
        raise BadInput("out", str(out), "a file, such as script.md; this is a folder")
    if not path.parent.is_dir():
        raise BadInput("out", str(out), "a place in a folder that exists", hint=f"mkdir -p '{path.parent}'")
    if path.exists() and not force:
        raise _taken(path)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInput("out", str(out), "a place in a folder that you may write to")
    return path


def save(path: Path, text: str, *, force: bool) -> None:
    """Whole or not at all; a file that came meanwhile stays."""
    from reelwright.studio.whole import whole

    if not force and path.exists():
        raise _taken(path)
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def _taken(path: Path) -> BadInput:
    return BadInput("out", str(path), "a name that is free; --force writes over the file that is there")
