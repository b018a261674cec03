"""Shows a person at a terminal the draft of a film's words, and asks once: film it, edit it, change a line, or stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
import typer

from reelwright.cli.confirmation import allow_interrupt, is_interactive
from reelwright.errors import BadInput, NeedsConsent, NothingToShow

if TYPE_CHECKING:
    from reelwright.documents.script import Screen, Script, SpokenLine
    from reelwright.studio.results import ScriptResult

_FORMS: Final = {
    "reveal": "name", "descriptor": "what it is", "proof": "number", "quote": "quote", "call": "what to do, and where",
}  # fmt: skip
"""What a line is called beside it, by the form of its screen; plain words have no name."""
_QUESTIONS: Final = {
    "name": "What is the film for or about? A name, or a few words",
    "offer": "What is there to say of it? One line for each screen; an empty line ends",
    "when": "When? Empty: leave it out",
    "where": "Where, or where to go? An address or a place; empty: leave it out",
}
"""The question for each thing that a brief may lack, in order."""


class ChangedDraft(Exception):  # no fault: the person wants other words
    """Raised when a person changed the draft. ``script``: the new one, as Markdown."""

    def __init__(self, script: str) -> None:
        super().__init__("the draft was changed")
        self.script = script


def print_draft(draft: ScriptResult) -> None:
    """Print the lines of a draft, numbered, with what was taken as a direction and what was left out."""
    typer.echo("The words of the film, from your brief:")
    for number, line in enumerate(draft.lines, 1):
        mark = "?" if line.tier != "certain" else " "
        typer.echo(_format_line(number, line.text, _FORMS.get(line.form, ""), mark))
    if any(line.tier != "certain" for line in draft.lines):
        typer.echo("     ? = probably meant to be shown; look at it")
    for label, texts in (
        ("For the maker, not shown", draft.directions),
        ("Rather not shown", tuple(line.text for line in draft.unlikely_lines)),
        ("Not used", draft.unused_parts),
    ):
        if texts:
            typer.echo(f"  {label}: " + "; ".join(f"“{_shorten(text)}”" for text in texts))


def ask_about_draft(script: str, price: str) -> None:
    """Ask what to do with the draft ``script`` (Markdown), whose film costs at most ``price`` (text).

    Returns if the person agrees to words and price. Raises ``ChangedDraft``, or ``NeedsConsent`` if the person stops.
    """
    question = f"Enter films it{price}; a number changes that line; e opens it in your editor; q stops"
    with allow_interrupt():
        while True:
            try:
                answer = typer.prompt(question, default="", show_default=False, prompt_suffix=": ", err=True).strip()
            except typer.Abort:
                raise NeedsConsent(code="price_declined") from None
            if not answer:
                return
            if answer in ("q", "quit"):
                raise NeedsConsent(code="price_declined")
            if answer == "e":
                if (edited := click.edit(script, extension=".md")) is not None:
                    raise ChangedDraft(edited)
                continue
            if answer.isascii() and answer.isdigit():
                changed = _change_line(script, int(answer))
                if changed is not None:
                    raise ChangedDraft(changed)
                continue
            typer.echo("  Type Enter, a line's number, e or q.", err=True)


def print_script(script: str) -> None:
    """Print the screens of a script (Markdown) that a person changed, numbered."""
    from reelwright.documents.read import read_script

    typer.echo("The words of the film:")
    for number, screen in enumerate(_list_worded(read_script(script)), 1):
        typer.echo(_format_line(number, screen.text, _FORMS.get(screen.form, ""), " "))


def ask_for_script(error: NothingToShow, *, json_out: bool) -> str:
    """Ask a person at the terminal what the film is for, and return a script of the answers, letter by letter.

    Raises ``error`` if nobody can be asked, if nothing is typed, and after Ctrl-C or the end of the input.
    """
    if not is_interactive(json_out=json_out):
        raise error
    from reelwright.documents.script import Run, Screen, Script
    from reelwright.documents.write import write_script

    typer.echo("Reelwright found nothing in this brief that it could show.", err=True)
    screens: list[Screen] = []

    def add(form: str, text: str) -> None:
        screens.append(Screen(form=form, line=0, beat=0, runs=(Run(text=text),)))  # type: ignore[arg-type]

    with allow_interrupt():
        try:
            if name := _ask_line(_QUESTIONS["name"]):
                add("reveal", name)
            while line := _ask_line(_QUESTIONS["offer"] if len(screens) <= bool(name) else "  more"):
                add("words", line)
            for key in ("when", "where"):
                if line := _ask_line(_QUESTIONS[key]):
                    add("words", line)
        except typer.Abort:
            raise error from None
    if not screens:
        raise error
    return write_script(Script(screens=tuple(screens)))


def _ask_line(question: str) -> str:
    """Ask for one line. Ask again if it cannot be drawn, so that the lines before it are not lost."""
    from reelwright.planner.drawable import refuse_text
    from reelwright.planner.screens.wording import refuse_long

    while True:
        answer = typer.prompt(question, default="", show_default=False, prompt_suffix=": ", err=True)
        line = " ".join(str(answer).split())
        try:
            refuse_text("line", line, "en")
            refuse_long("line", line)
        except BadInput as refused:
            typer.echo(f"  {refused}", err=True)
            continue
        return line


def _change_line(script: str, number: int) -> str | None:
    """Ask for other words of a line, and return the changed script; None: there is no such line, or it stays."""
    from dataclasses import replace

    from reelwright.documents.read import read_script
    from reelwright.documents.script import Run
    from reelwright.documents.write import write_script

    read = read_script(script)
    worded = _list_worded(read)
    if not 1 <= number <= len(worded):
        typer.echo(f"  There is no line {number}; the last one is {len(worded)}.", err=True)
        return None
    old = worded[number - 1]
    typer.echo(f"  {number}  {old.text}", err=True)
    words = _ask_line("  its new words (empty: keep it; - removes it)")
    if not words:
        return None
    new = () if words == "-" else (replace(old, runs=(Run(text=words),)),)
    screens = tuple(one for screen in read.screens for one in (new if screen is old else (screen,)))
    if not screens:
        typer.echo("  It is the only line.", err=True)
        return None
    return write_script(replace(read, screens=screens, spoken_lines=_move_spoken(read, screens)))


def _move_spoken(read: Script, screens: tuple[Screen, ...]) -> tuple[SpokenLine, ...]:
    """Return the spoken lines, each at its screen's new place; lines of a removed screen go with it."""
    from dataclasses import replace

    places = {id(screen): n for n, screen in enumerate(screens)}
    kept = []
    for line in read.spoken_lines:
        first = places.get(id(read.screens[line.first]))
        if first is not None:
            kept.append(replace(line, first=first, end=min(len(screens), first + line.end - line.first)))
    return tuple(kept)


def _list_worded(script: Script) -> list[Screen]:
    return [screen for screen in script.screens if screen.text]


def _format_line(number: int, text: str, form: str, mark: str) -> str:
    words = " / ".join(text.split("\n"))
    return f"{number:>4}{mark} {words}" + (f"   ({form})" if form else "")


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79].rstrip()}…"
