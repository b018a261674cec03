"""A brief says nothing for certain: a person at a terminal is asked for the lines, each of them a screen."""

from __future__ import annotations

import typer

from reelwright.cli.agreeing import can_be_asked, heard
from reelwright.errors import BadInput, NothingCertain

_ASKED = (
    "Of this brief nothing can be shown with certainty. Write the lines, one for each screen; an empty one ends them."
)


def lines_instead(error: NothingCertain, *, json_out: bool) -> str:
    """A script of the lines that are typed, letter by letter.

    Raises ``error`` where nobody can be asked or none is typed, and after Ctrl-C or the end of the input.
    """
    if not can_be_asked(json_out=json_out):
        raise error
    typer.echo(_ASKED, err=True)
    lines: list[str] = []
    with heard():
        try:
            while line := _asked(len(lines) + 1):
                lines.append(line)
        except typer.Abort:
            raise error from None
    if not lines:
        raise error
    return _script(lines)


def _asked(number: int) -> str:
    """One line; what cannot be drawn is told and asked for again, so that the lines before it are not lost."""
    from reelwright.planner.drawable import refuse_text
    from reelwright.planner.screens.wording import refuse_long

    while True:
        said = typer.prompt(f"{number:>3}", default="", show_default=False, prompt_suffix="  ", err=True)
        line = " ".join(str(said).split())
        try:
            refuse_text(f"line {number}", line, "en")
            refuse_long(f"line {number}", line)
        except BadInput as refused:
            typer.echo(f"     {refused}", err=True)
            continue
        return line


def _script(lines: list[str]) -> str:
    from reelwright.documents.script import Run, Screen, Script
    from reelwright.documents.write import write_script

    screens = (Screen(form="words", line=0, beat=0, runs=(Run(text=line),)) for line in lines)
    return write_script(Script(screens=tuple(screens)))
