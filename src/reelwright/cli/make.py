"""The verb ``make``: a film from a brief."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import options as o
from reelwright.cli.agreeing import agreed, check_before, suggest_planner
from reelwright.cli.door import run
from reelwright.cli.rehearsing import rehearsal_of
from reelwright.cli.streams import read_stdin
from reelwright.cli.telling import Telling, code_of, put_film, put_json, put_quote
from reelwright.errors import BadInput, NothingCertain

if TYPE_CHECKING:
    from reelwright.reel.brief import Goal
    from reelwright.studio.answers import Quoted
    from reelwright.studio.studio import AsyncStudio


def make(
    brief: o.Brief = None,
    script: o.Script = None,
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
    watch: Annotated[
        bool, typer.Option("--watch", help="Of a script: a small draft for nothing, made again on every save.")
    ] = False,
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
    """Make a film from a BRIEF, or from a script. Shows the price first; a film drawn on this machine costs $0.00.

    The same call, after any end, goes on with what it has and delivers the film: nothing is bought twice. After a line
    of a script was changed, only what depends on it is made again.
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
        told = told_by(brief, script)
        if watch:
            from reelwright.cli.drafts import watched

            return await watched(studio, told, asked, out, json_out=json)
        if budget is not None:
            asked["max_price"] = budget

        async def priced() -> Quoted:
            return await studio.quote(
                **told, goal=goal, plan=plan, again=again, new=new, listen=Telling(quiet=json), **asked
            )

        try:
            quoted = await priced()
        except NothingCertain as error:
            from reelwright.cli.lines import lines_instead

            await suggest_planner(studio, told["brief"], language, planner, json_out=json)
            told = {"script": lines_instead(error, json_out=json)}
            quoted = await priced()
        if quote:
            (put_json if json else put_quote)(quoted)
            return 0
        if plan is None and not quoted.project and "brief" in told:
            await suggest_planner(studio, told["brief"], language, planner, json_out=json)
        agreed(quoted, yes=yes or studio.rehearsal is not None, budget=budget, json_out=json)
        with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.make(
                **told,
                goal=goal,
                plan=plan,
                out=out,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
                again=again,
                new=new,
                listen=telling,
                **asked,
            )
        (put_json if json else put_film)(made)
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


def told_by(brief: str | None, script: str | None) -> dict[str, Any]:
    """What the film is made from, as the studio takes it: a name that ends in .md is a script. Raises ``BadInput``."""
    if script is None and brief is not None and "\n" not in brief and brief.casefold().endswith(".md"):
        brief, script = None, brief
    if brief is not None and script is not None:
        raise BadInput("script", script, "a script alone: it says all that a brief does")
    if script is not None:
        return {"script": f"{read_stdin('script')}\n" if script == "-" else script}
    if brief is None:
        raise BadInput("brief", None, "what the film is to be, in your words, or a script.md")
    return {"brief": words_of(brief)}


def goal_of(until: str) -> Goal:
    """The goal that ``--until`` names. Raises ``BadInput``."""
    from reelwright.studio import checked

    return checked.goal(until)
