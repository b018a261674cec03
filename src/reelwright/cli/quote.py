"""The verb ``quote``: the price of a film, before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.make import asked_for, by_models, stills_of, told_by
from reelwright.cli.telling import Telling, put_json, put_quote

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def quote(
    brief: o.Brief = None,
    script: o.Script = None,
    flavor: o.Flavor = None,
    length: o.Length = None,
    aspect: o.AspectOf = None,
    image: o.Images = None,
    clip: o.Clips = None,
    plan: o.PlanFile = None,
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
    budget: o.Budget = None,
    json: o.Json = False,
) -> None:
    """Say what a film would cost, shot by shot, here and with a key. Writes and spends nothing."""
    asked = asked_for(flavor, length, aspect, image, clip, language, variation, short_side)
    asked |= by_models(model, stills, voice, music, continuity, resolution, sound, reference)
    asked |= {"max_price": budget, "planner": planner, "archetype": archetype}
    asked |= {"storyboard": stills_of(still)}
    asked |= {"successor": True} if successor else {}

    async def verb(studio: AsyncStudio) -> None:
        told = told_by(brief, script)
        quoted = await studio.quote(**told, plan=plan, listen=Telling(quiet=json), **asked)
        (put_json if json else put_quote)(quoted)

    run(verb, json_out=json)
