"""The verb ``plan``: what a brief was understood as, and the plan that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.make import asked_for, words_of
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.answers import Planned
    from reelwright.studio.studio import AsyncStudio


def plan(
    brief: o.Brief,
    flavor: o.Flavor = None,
    length: o.Length = None,
    aspect: o.AspectOf = None,
    image: o.Images = None,
    clip: o.Clips = None,
    language: o.Language = None,
    variation: o.Variation = 0,
    short_side: o.ShortSide = 1080,
    archetype: o.Archetype = None,
    json: o.Json = False,
) -> None:
    """Show what was understood of a BRIEF and the plan made from it. Writes and spends nothing."""
    asked = asked_for(flavor, length, aspect, image, clip, language, variation, short_side) | {"archetype": archetype}

    async def verb(studio: AsyncStudio) -> None:
        planned = await studio.plan(words_of(brief), **asked)
        (put_json if json else put_plan)(planned)

    run(verb, json_out=json)


def put_plan(planned: Planned) -> None:
    """The understanding, what was decided, then the shots, one line each."""
    for said in planned.said:
        typer.echo(f"  note: {said}")
    for name, found in planned.understood.items():
        value, span = _flat(found["value"]), (found.get("span") or {}).get("text", "")
        heard = f"  from “{span}”" if span and span != value else ""
        typer.echo(f"  {name:<12}{value} ({found['confidence']} %){heard}")
    film, number = planned.plan, 0
    typer.echo(
        f"\n{film.title} · {float(film.seconds):.1f} s · {film.size[0]}x{film.size[1]} · {film.look}, {film.tone}"
    )
    for beat in film.beats:
        for shot in beat.shots:
            number += 1
            seconds = shot.length * film.fps[1] / film.fps[0]
            words = " / ".join(shot.words.values()).replace("|", " ")
            typer.echo(f"{number:>3}  {beat.name:<15}{seconds:5.1f} s  {words}")


def _flat(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
