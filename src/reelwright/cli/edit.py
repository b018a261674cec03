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
    shot: o.AnyShots = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--words",
            help="Its words on screen, empty to take them away; role=TEXT for one role, such as name=Fenn; repeat.",
        ),
    ] = None,
    prompt: Annotated[str | None, typer.Option("--prompt", help="What it shows, where a model films it.")] = None,
    length: Annotated[
        str | None,
        typer.Option("--length", metavar="SECONDS", help="Of the shot; without --shot of the film, planned anew."),
    ] = None,
    aspect: o.AspectOf = None,
    image: Annotated[Path | None, typer.Option("--image", metavar="PATH", help="A picture of your own.")] = None,
    clip: Annotated[Path | None, typer.Option("--clip", metavar="PATH", help="A clip of your own.")] = None,
    move: Annotated[
        str | None,
        typer.Option(
            "--move", metavar="MOVE", help="Of a picture that fills the frame: push, pull, left, right, up or down."
        ),
    ] = None,
    caption: Annotated[
        str | None,
        typer.Option(
            "--caption",
            metavar="TEXT",
            help="Correct its caption, over the picture and in the caption files; empty: none.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", help="Another AI model makes it; animatic: we draw it.")
    ] = None,
    successor: o.Successor = False,
    look: Annotated[str | None, typer.Option("--look", metavar="LOOK", help="Of the whole film: slam.")] = None,
    accent: Annotated[str | None, typer.Option("--accent", metavar="#RRGGBB", help="Of the whole film.")] = None,
    still: o.OwnStills = None,
    mood: Annotated[
        str | None,
        typer.Option(
            "--mood",
            metavar="MOOD",
            help="Of the music: energetic, luxury, tech, emotional, documentary, comedic, corporate, epic, tense, "
            "chill, urban or nostalgic.",
        ),
    ] = None,
    way: Annotated[
        str | None,
        typer.Option(
            "--way",
            metavar="WAY",
            help="Where a later shot goes on from this one: bridge (it keeps its take) or reflow (it is made again); "
            "a bridge where there can be one unless said.",
        ),
    ] = None,
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
        "shot": tuple(shot) if shot else None,
        "prompt": prompt,
        "length": length,
        "aspect": aspect,
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
        agreed(quoted, yes=yes or studio.rehearsal is not None, budget=budget, json_out=json)
        with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
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

    run(verb, json_out=json, project=project)


def _words(given: list[str] | None) -> str | dict[str, str] | None:
    """One plain line, or a mapping by role."""
    if given is None:
        return None
    roles = [item.partition("=") for item in given]
    if len(given) == 1 and not (roles[0][1] and roles[0][0].isidentifier()):
        return given[0]
    if not all(mark and name.isidentifier() for name, mark, _ in roles):
        raise BadInput("words", given, "one line, or role=TEXT for each role")
    return {name: text for name, _, text in roles}
