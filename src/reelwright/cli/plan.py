"""The verb ``plan``: what a brief was understood as, and the plan that follows from it or that a model writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import options as o
from reelwright.cli.agreeing import agreed, check_money, suggest_planner
from reelwright.cli.door import run
from reelwright.cli.make import asked_for, told_by
from reelwright.cli.rehearsing import rehearsal_of
from reelwright.cli.telling import Telling, code_of, put_film, put_json, put_quote, put_script, spent
from reelwright.reel.marked import plain

if TYPE_CHECKING:
    from reelwright.studio.answers import Planned
    from reelwright.studio.studio import AsyncStudio

_RULES = ("", "rules")


def plan(
    brief: o.Brief = None,
    script: o.Script = None,
    flavor: o.Flavor = None,
    length: o.Length = None,
    aspect: o.AspectOf = None,
    image: o.Images = None,
    clip: o.Clips = None,
    language: o.Language = None,
    variation: o.Variation = 0,
    short_side: o.ShortSide = 1080,
    archetype: o.Archetype = None,
    planner: o.Planner = None,
    successor: o.Successor = False,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    as_script: Annotated[
        bool, typer.Option("--as-script", help="Print the script that the plan comes to instead, as Markdown.")
    ] = False,
    rehearse: o.Rehearse = False,
    rehearse_faults: o.RehearseFaults = None,
    rehearse_speed: o.RehearseSpeed = None,
    json: o.Json = False,
) -> None:
    """Show what was understood of a BRIEF and the plan made from it. By rules it writes and spends nothing.

    With --planner a language model writes it: the price comes first, and the plan is kept in a project.
    """
    asked = asked_for(flavor, length, aspect, image, clip, language, variation, short_side) | {"archetype": archetype}
    asked |= {"successor": True} if successor else {}
    by_model = planner is not None and planner not in _RULES

    async def verb(studio: AsyncStudio) -> int:
        check_money(budget, unknown_at_most)
        words = told_by(brief, script)
        told = asked | {"planner": planner}
        if quote:
            listen = Telling(quiet=json)
            (put_json if json else put_quote)(await studio.quote(**words, goal="plan", listen=listen, **told))
            return 0
        if by_model:
            quoted = await studio.quote(**words, goal="plan", listen=Telling(quiet=json), **told)
            agreed(quoted, yes=yes or studio.rehearsal is not None, budget=budget, json_out=json)
            return await _written(
                studio, words, told, json=json, as_script=as_script, yes=quoted, budget=budget,
                accept_unconfirmed=accept_unconfirmed, unknown_at_most=unknown_at_most,
            )  # fmt: skip
        try:
            planned = await studio.plan(**words, **asked)
            _put(planned, json=json, as_script=as_script)
        finally:
            if "brief" in words:
                await suggest_planner(studio, words["brief"], language, planner, json_out=json)
        return 0

    run(verb, json_out=json, rehearse=rehearsal_of(rehearse, rehearse_speed, rehearse_faults, quote=quote))


async def _written(
    studio: AsyncStudio, words: dict[str, Any], asked: dict[str, Any], *, json: bool, as_script: bool, **consent: Any
) -> int:
    """A project brought as far as its plan, which is shown; or why there is none."""
    with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
        made = await studio.make(**words, goal="plan", listen=telling, **consent, **asked)
    if made.state != "done":
        (put_json if json else put_film)(made)
        return code_of(made)
    planned = replace(await studio.plan_of(made.project), said=made.notes)
    _put(planned, json=json, as_script=as_script)
    if not json and not as_script:
        typer.echo(f"\n{spent(made)} spent. Its film: reelwright resume {made.project} --until film")
    return 0


def _put(planned: Planned, *, json: bool, as_script: bool) -> None:
    """The plan, or the script that its words come to."""
    if not as_script:
        (put_json if json else put_plan)(planned)
        return
    from reelwright.planner.screens.written import script_of_plan
    from reelwright.studio.answers import Written

    put_script(Written(script=script_of_plan(planned.plan), name=planned.plan.title), json_out=json)


def put_plan(planned: Planned) -> None:
    """The understanding, what was decided, then the shots, one line each."""
    for said in planned.said:
        typer.echo(f"  note: {said}")
    for name, found in planned.understood.items():
        value, span = _flat(found["value"]), (found.get("span") or {}).get("text", "")
        heard = f"  from “{span}”" if span and span != value else ""
        typer.echo(f"  {name:<12}{value}{heard}")
    film, number = planned.plan, 0
    typer.echo(
        f"\n{film.title} · {float(film.seconds):.1f} s · {film.size[0]}x{film.size[1]} · {film.look}, {film.tone}"
    )
    for beat in film.beats:
        for shot in beat.shots:
            number += 1
            seconds = shot.length * film.fps[1] / film.fps[0]
            words = " / ".join(map(plain, shot.words.values()))
            typer.echo(f"{number:>3}  {beat.name:<15}{seconds:5.1f} s  {words}")
    if planned.pacing:
        typer.echo(f"\nnot judged: {planned.pacing.not_judged}")
        typer.echo(f"pacing and legibility: {planned.pacing.points} of 100")
        for mark in planned.pacing.missed:
            typer.echo(f"  missed: {mark.stated} ({mark.said})")


def _flat(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
