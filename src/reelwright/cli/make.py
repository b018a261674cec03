"""The verb ``make``: a film from a brief."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import options as o
from reelwright.cli.agreeing import agreed, check_before
from reelwright.cli.door import run
from reelwright.cli.rehearsing import rehearsal_of, rehearsed
from reelwright.cli.streams import read_stdin
from reelwright.cli.telling import Telling, code_of, put_film, put_json, put_quote
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.reel.brief import Goal
    from reelwright.studio.studio import AsyncStudio


def make(
    brief: o.Brief,
    flavor: o.Flavor = None,
    length: o.Length = None,
    aspect: o.AspectOf = None,
    image: o.Images = None,
    clip: o.Clips = None,
    plan: o.PlanFile = None,
    until: Annotated[str, typer.Option("--until", help="plan, storyboard, takes, cut or film.")] = "film",
    language: o.Language = None,
    variation: o.Variation = 0,
    short_side: o.ShortSide = 1080,
    archetype: o.Archetype = None,
    planner: o.Planner = None,
    model: o.Models = None,
    stills: o.Stills = None,
    still: o.OwnStills = None,
    voice: o.Voice = None,
    music: o.Music = None,
    continuity: o.Continuity = "beat",
    resolution: o.Resolution = None,
    sound: o.Sound = None,
    reference: o.References = None,
    successor: o.Successor = False,
    on_stuck: Annotated[str, typer.Option("--on-stuck", help="ask, or animatic to draw a shot that is stuck.")] = "ask",
    again: o.Again = False,
    new: o.New = False,
    out: o.Out = None,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    rehearse: o.Rehearse = False,
    rehearse_faults: o.RehearseFaults = None,
    rehearse_speed: o.RehearseSpeed = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Make a film from a BRIEF. Shows the price first; a film drawn on this machine costs $0.00.

    The same call, after any end, goes on with what it has and delivers the film: nothing is bought twice.
    """
    asked = asked_for(flavor, length, aspect, image, clip, language, variation, short_side)
    asked |= {"on_stuck": on_stuck, **({"successor": True} if successor else {})}
    asked |= by_models(model, stills, voice, music, continuity, resolution, sound, reference) | {
        "planner": planner,
        "archetype": archetype,
        "storyboard": stills_of(still),
    }

    async def verb(studio: AsyncStudio) -> int:
        check_before(budget, unknown_at_most, out)
        goal = goal_of(until)
        text = words_of(brief)
        if budget is not None:
            asked["max_price"] = budget
        quoted = await studio.quote(
            text, goal=goal, plan=plan, again=again, new=new, listen=Telling(quiet=json), **asked
        )
        if quote:
            (put_json if json else put_quote)(quoted)
            return 0
        agreed(quoted, yes=yes or rehearse, budget=budget, json_out=json)
        with Telling(quiet=json) as telling:
            made = await studio.make(
                text,
                goal=goal,
                plan=plan,
                out=out,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed or rehearse,
                unknown_at_most=unknown_at_most,
                again=again,
                new=new,
                listen=telling,
                **asked,
            )
        if rehearse:
            made = replace(made, notes=(*made.notes, rehearsed(studio, rehearse_speed)))
        (put_json if json else put_film)(made)
        if rehearse and not json:
            typer.echo(f"  {rehearsed(studio, rehearse_speed)}")
        return code_of(made)

    run(verb, json_out=json, rehearse=rehearsal_of(rehearse, rehearse_speed, rehearse_faults, quote=quote))


def asked_for(
    flavor: str | None,
    length: str | None,
    aspect: str | None,
    image: list[Any] | None,
    clip: list[Any] | None,
    language: str | None,
    variation: int,
    short_side: int,
) -> dict[str, Any]:
    """What stands beside a brief's words, as the studio takes it; values are checked there."""
    return {
        "flavor": flavor,
        "length": length,
        "aspect": aspect,
        "images": tuple(image or ()),
        "clips": tuple(clip or ()),
        "language": language,
        "variation": variation,
        "short_side": short_side,
    }


def by_models(
    model: list[str] | None,
    stills: str | None,
    voice: str | None,
    music: str | None,
    continuity: str,
    resolution: str | None,
    sound: bool | None,
    reference: list[str] | None,
) -> dict[str, Any]:
    """Who makes what, as the studio takes it; values are checked there."""
    return {
        "models": tuple(model or ()),
        "stills": stills,
        "voice": voice,
        "music": music,
        "continuity": continuity,
        "resolution": resolution,
        "sound": sound,
        "references": references_of(reference or ()),
    }


def references_of(given: list[str] | tuple[()]) -> dict[str, str]:
    """Files by what they show; two of one role by their files' names. Raises ``BadInput`` where these are the same."""
    found: dict[str, str] = {}
    for said in given:
        shows, file = reference_of(said)
        if shows in found and "=" not in shows:
            shows = f"{shows}={Path(file).stem}"
        if shows in found:
            raise BadInput("reference", said, "a name of its own for each: ROLE=NAME=FILE")
        found[shows] = file
    return found


def reference_of(said: str) -> tuple[str, str]:
    """``person=ana.png`` or ``person=Ana=ana.png`` as (``person`` or ``person=Ana``, file)."""
    role, found, file = said.rpartition("=")
    if not found:
        raise BadInput("reference", said, "ROLE=FILE or ROLE=NAME=FILE, such as product=mug.png")
    return role, file


def stills_of(given: list[str] | None) -> dict[str, str]:
    """Files by the beat that opens on each. Raises ``BadInput``."""
    found: dict[str, str] = {}
    for said in given or ():
        beat, mark, file = said.partition("=")
        if not (mark and beat.strip() and file.strip()):
            raise BadInput("still", said, "BEAT=FILE, such as hook=door.jpg or 1=door.jpg")
        if beat in found:
            raise BadInput("still", said, f"one still for {beat}; {beat}={found[beat]} is another")
        found[beat] = file
    return found


def words_of(brief: str) -> str:
    """The brief's words; ``-`` reads them from standard input."""
    return read_stdin("brief") if brief == "-" else brief


def goal_of(until: str) -> Goal:
    """The goal that ``--until`` names. Raises ``BadInput``."""
    from reelwright.studio import checked

    return checked.goal(until)
