"""The verb ``edit``: change a film, see its price, and make only what depends on the change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import options as o
from reelwright.cli.agreeing import agreed, check_before
from reelwright.cli.door import run
from reelwright.cli.make import stills_of
from reelwright.cli.telling import Telling, code_of, put_film, put_json, put_quote
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def edit(
    project: o.Project,
    shot: o.AnyShot = None,
    words: Annotated[
        list[str] | None,
        typer.Option("--words", help="Its words on screen; role=TEXT for one role, such as name=Fenn; repeat."),
    ] = None,
    prompt: Annotated[str | None, typer.Option("--prompt", help="What it shows.")] = None,
    length: o.Length = None,
    image: Annotated[Path | None, typer.Option("--image", metavar="PATH", help="A picture of your own.")] = None,
    clip: Annotated[Path | None, typer.Option("--clip", metavar="PATH", help="A clip of your own.")] = None,
    move: Annotated[str | None, typer.Option("--move", help="push, pull, left, right, up or down.")] = None,
    caption: Annotated[str | None, typer.Option("--caption", help="Correct its caption.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", help="Another AI model makes it; animatic: we draw it.")
    ] = None,
    successor: o.Successor = False,
    look: Annotated[str | None, typer.Option("--look", help="Of the whole film.")] = None,
    accent: Annotated[str | None, typer.Option("--accent", metavar="#RRGGBB", help="Of the whole film.")] = None,
    still: o.OwnStills = None,
    mood: Annotated[str | None, typer.Option("--mood", help="Of the music; see craft of the bed.")] = None,
    way: Annotated[
        str, typer.Option("--way", help="bridge or reflow, where a later shot continues this one.")
    ] = "bridge",
    out: o.Out = None,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Change a shot or the whole film. Only what depends on the change is made again; its price comes first."""
    changes: dict[str, Any] = {
        "shot": shot,
        "prompt": prompt,
        "length": length,
        "image": image,
        "clip": clip,
        "move": move,
        "caption": caption,
        "model": model,
        "look": look,
        "accent": accent,
        "mood": mood,
        "way": way,
        **({"successor": True} if successor else {}),
    }

    async def verb(studio: AsyncStudio) -> int:
        check_before(budget, unknown_at_most, out)
        changes["words"] = _words(words)
        changes["storyboard"] = stills_of(still) or None
        quoted = await studio.quote_edit(project, listen=Telling(quiet=json), **changes)
        if quote:
            (put_json if json else put_quote)(quoted)
            return 0
        agreed(quoted, yes=yes, budget=budget, json_out=json)
        with Telling(quiet=json) as telling:
            made = await studio.edit(
                project,
                out=out,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
                listen=telling,
                **changes,
            )
        (put_json if json else put_film)(made)
        return code_of(made)

    run(verb, json_out=json)


def _words(given: list[str] | None) -> str | dict[str, str] | None:
    """One plain line, or a mapping by role."""
    if not given:
        return None
    roles = [item.partition("=") for item in given]
    if len(given) == 1 and not (roles[0][1] and roles[0][0].isidentifier()):
        return given[0]
    if not all(mark and name.isidentifier() for name, mark, _ in roles):
        raise BadInput("words", given, "one line, or role=TEXT for each role")
    return {name: text for name, _, text in roles}
