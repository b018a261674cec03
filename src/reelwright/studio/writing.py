"""A script from a brief, and the file that it is written to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.studio import checked
from reelwright.studio.answers import Written

_RULES: Final = (None, "", "rules")
_LATER: Final = (
    "a model that writes a script comes later; `reelwright make BRIEF --planner MODEL` films what a model writes"
)


def write(
    brief: str, out: str | Path | None, *, language: str | None, planner: str | None, force: bool
) -> Written:  # fmt: skip
    """The script of what is certain in ``brief``. Raises ``BadInput``; then no file is there that was not before."""
    from reelwright.documents.write import write_script
    from reelwright.planner.certain.find import certain_of
    from reelwright.planner.certain.skeleton import script_of

    if planner not in _RULES:
        raise BadInput("planner", planner, "rules, which copy what is certain in the brief", hint=_LATER)
    path = _place(out, force=force)
    certain = certain_of(checked.text("brief", brief), language)
    text = write_script(script_of(certain))
    if path is not None:
        _save(path, text, force=force)
    return Written(
        script=text, name=certain.name.text if certain.name else "", file=path,
        directions=tuple(one.text for one in certain.directions), unused=tuple(one.text for one in certain.unused),
    )  # fmt: skip


def _place(out: str | Path | None, *, force: bool) -> Path | None:
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


def _save(path: Path, text: str, *, force: bool) -> None:
    """Whole or not at all; a file that came meanwhile stays."""
    from reelwright.studio.whole import whole

    if not force and path.exists():
        raise _taken(path)
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def _taken(path: Path) -> BadInput:
    return BadInput("out", str(path), "a name that is free; --force writes over the file that is there")
