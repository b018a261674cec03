"""Shows a person at a terminal the draft of a film's words, and asks once: film it, edit it, change a line, or stop."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import typer

from reelwright.cli import late_modules as late
from reelwright.cli.shared.confirmation import allow_interrupt, is_interactive
from reelwright.errors import BadInput, NeedsConsent, NothingToShow
from reelwright.reason import Action

if sys.platform != "win32":
    import termios

if TYPE_CHECKING:
    from reelwright.documents.script import Screen, Script, SpokenLine
    from reelwright.studio.results.results import ProjectQuote, ScriptResult

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


def print_words(draft: ScriptResult | None, changed_script: str | None) -> None:
    """Print the words that the film of a brief will show: those of ``changed_script`` (Markdown), which a person has
    changed, or of the ``draft``. Prints nothing if there is neither.
    """
    if changed_script is not None:
        _print_script(changed_script)
    elif draft is not None:
        _print_draft(draft)


def _print_draft(draft: ScriptResult) -> None:
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


def ask_about_draft(script: str, quote: ProjectQuote) -> None:
    """Ask what to do with the draft ``script`` (Markdown), whose film has the price ``quote``; both are printed above.

    Returns if the person agrees to words and price. Raises ``ChangedDraft``, or ``NeedsConsent`` if the person stops.
    """
    is_free = not (quote.micros or quote.unknown_price_steps)
    price = "" if is_free else f" for at most ${quote.to_json()['usd']}"
    if not is_free:
        typer.echo(f"Price: {quote.line}")
        _drop_typed_ahead()
    question = f"Enter films it{price}; a number changes that line; e opens it in your editor; q stops"
    with allow_interrupt():
        while True:
            try:
                answer = typer.prompt(question, default="", show_default=False, prompt_suffix=": ", err=True).strip()
            except typer.Abort:
                answer = "q"
            if not answer:
                return
            if answer in ("q", "quit"):
                raise NeedsConsent(code="price_declined", actions=[] if is_free else [Action("agree_to_price")])
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


def read_length(script: str) -> str | None:
    """Return how long a ``script`` (Markdown) says its film is; None: it does not, or is refused where it is read."""
    try:
        return late.script_reader.read_script(script).settings.get("length")
    except BadInput:
        return None


def add_files(script: str, files: Sequence[str | Path]) -> str:
    """Return the ``script`` (Markdown) with a picture or clip for each of ``files``, spread between its screens.

    A script names its files relative to its folder, here the working directory. One that is elsewhere is refused where
    the script is read.
    """
    if not files:
        return script

    read = late.script_reader.read_script(script)
    screens, spoken = list(read.screens), list(read.spoken_lines)
    count = len(screens)
    for k, file in enumerate(files):
        at = max(1, (k + 1) * count // (len(files) + 1)) + k
        place = os.path.relpath(Path(file).expanduser())
        screens.insert(
            at,
            late.script.Screen(
                form="picture", line=0, beat=screens[at - 1].beat, picture=late.script.Picture(file=place)
            ),
        )
        spoken = [replace(one, first=one.first + (at <= one.first), end=one.end + (at < one.end)) for one in spoken]
    return late.script_writer.write_script(replace(read, screens=tuple(screens), spoken_lines=tuple(spoken)))


def _drop_typed_ahead() -> None:
    """Forget what was typed before the price was shown: it agrees to no price."""
    if sys.platform != "win32":
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _print_script(script: str) -> None:
    """Print the screens of a script (Markdown) that a person changed, numbered."""
    typer.echo("The words of the film:")
    for number, screen in enumerate(_list_worded(late.script_reader.read_script(script)), 1):
        typer.echo(_format_line(number, screen.text, _FORMS.get(screen.form, ""), " "))


def ask_for_script(error: NothingToShow, *, json_out: bool) -> str:
    """Ask a person at the terminal what the film is for, and return a script of the answers, letter by letter.

    Raises ``error`` if nobody can be asked, if nothing is typed, and after Ctrl-C or the end of the input.
    """
    if not is_interactive(json_out=json_out):
        raise error

    typer.echo("Reelwright found nothing in this brief that it could show.", err=True)
    screens: list[late.script.Screen] = []

    def add(form: str, text: str) -> None:
        screens.append(late.script.Screen(form=form, line=0, beat=0, runs=(late.script.Run(text=text),)))  # type: ignore[arg-type]

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
    return late.script_writer.write_script(late.script.Script(screens=tuple(screens)))


def _ask_line(question: str) -> str:
    """Ask for one line. Ask again if it cannot be drawn, so that the lines before it are not lost."""
    while True:
        answer = typer.prompt(question, default="", show_default=False, prompt_suffix=": ", err=True)
        line = " ".join(str(answer).split())
        try:
            late.drawable.refuse_text("line", line, "en")
            late.wording.refuse_long("line", line)
        except BadInput as refused:
            typer.echo(f"  {refused}", err=True)
            continue
        return line


def _change_line(script: str, number: int) -> str | None:
    """Ask for other words of a line, and return the changed script; None: there is no such line, or it stays."""
    read = late.script_reader.read_script(script)
    worded = _list_worded(read)
    if not 1 <= number <= len(worded):
        typer.echo(f"  There is no line {number}; the last one is {len(worded)}.", err=True)
        return None
    old = worded[number - 1]
    typer.echo(f"  {number}  {old.text}", err=True)
    words = _ask_line("  its new words (empty: keep it; - removes it)")
    if not words:
        return None
    at = next(n for n, screen in enumerate(read.screens) if screen is old)
    new = () if words == "-" else (replace(old, runs=(late.script.Run(text=words),)),)
    screens = (*read.screens[:at], *new, *read.screens[at + 1 :])
    if not screens:
        typer.echo("  It is the only line.", err=True)
        return None
    return late.script_writer.write_script(
        replace(read, screens=screens, spoken_lines=_change_spoken(read, at, words if new else ""))
    )


def _change_spoken(script: Script, at: int, words: str) -> tuple[SpokenLine, ...]:
    """Return the spoken lines after the screen number ``at`` got new ``words``; empty: it is removed.

    What was said with its old words goes with a removed screen, and follows the new ones where it was them.
    """
    old = " ".join(script.screens[at].text.split())
    kept = []
    for line in script.spoken_lines:
        if line.first == at and not words:
            continue
        text = words if line.first == at and line.text == old else line.text
        gone = 0 if words else 1
        first, end = line.first - gone * (line.first > at), line.end - gone * (line.end > at)
        kept.append(replace(line, text=text, first=first, end=end))
    return tuple(kept)


def _list_worded(script: Script) -> list[Screen]:
    return [screen for screen in script.screens if screen.text]


def _format_line(number: int, text: str, form: str, mark: str) -> str:
    words = " / ".join(text.split("\n"))
    return f"{number:>4}{mark} {words}" + (f"   ({form})" if form else "")


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79].rstrip()}…"
