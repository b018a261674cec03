"""Asks a person at a terminal for the lines of a film when the brief gives none, one line for each screen."""

from __future__ import annotations

import typer

from reelwright.cli.confirmation import allow_interrupt, is_interactive
from reelwright.errors import BadInput, NothingCertain

_QUESTION = (
    "Reelwright found nothing in this brief that is certain to show. Type the lines of the film, one for each screen. "
    "An empty line ends the list."
)


def ask_for_script(error: NothingCertain, *, json_out: bool) -> str:
    """Ask a person at the terminal for the film's lines, and return a script of them, letter by letter as typed.

    Raises ``error`` if nobody can be asked, if no line is typed, and after Ctrl-C or the end of the input.
    """
    if not is_interactive(json_out=json_out):
        raise error
    typer.echo(_QUESTION, err=True)
    lines: list[str] = []
    with allow_interrupt():
        try:
            while line := _ask_line(len(lines) + 1):
                lines.append(line)
        except typer.Abort:
            raise error from None
    if not lines:
        raise error
    return _build_script(lines)


def _ask_line(number: int) -> str:
    """Ask for one line. Ask again if it cannot be drawn, so that the lines before it are not lost."""
    from reelwright.planner.drawable import refuse_text
    from reelwright.planner.screens.wording import refuse_long

    while True:
        answer = typer.prompt(f"{number:>3}", default="", show_default=False, prompt_suffix="  ", err=True)
        line = " ".join(str(answer).split())
        try:
            refuse_text(f"line {number}", line, "en")
            refuse_long(f"line {number}", line)
        except BadInput as refused:
            typer.echo(f"     {refused}", err=True)
            continue
        return line


def _build_script(lines: list[str]) -> str:
    from reelwright.documents.script import Run, Screen, Script
    from reelwright.documents.write import write_script

    screens = (Screen(form="words", line=0, beat=0, runs=(Run(text=line),)) for line in lines)
    return write_script(Script(screens=tuple(screens)))
