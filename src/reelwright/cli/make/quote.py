"""The verb ``quote``: print the price of a film before anything is bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.cli.make.make import build_brief_options, build_model_options, parse_source, parse_stills
from reelwright.cli.output.output import ProgressPrinter, print_json, print_quote
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import run

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def quote(
    brief: o.Brief = None,
    script: o.Script = None,
    flavor: o.Flavor = None,
    length: o.Length = None,
    aspect: o.Aspects = None,
    native: o.Native = False,
    look: o.Look = None,
    accent: o.Accent = None,
    logo: o.Logo = None,
    font: o.Font = None,
    end_card: o.EndCard = None,
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
    budget: o.PriceAim = None,
    json: o.Json = False,
) -> None:
    """Print what a film would cost, shot by shot, and with other models. Writes and buys nothing."""
    options = build_brief_options(
        flavor, length, aspect, native, look, accent, logo, font, end_card, image, clip, language, variation, short_side
    )
    options |= build_model_options(model, stills, voice, music, continuity, resolution, sound, reference)
    options |= {"max_price": budget, "planner": planner, "archetype": archetype}
    options |= {"storyboard": parse_stills(still)}
    options |= {"successor": True} if successor else {}

    async def verb(studio: AsyncStudio) -> None:
        source = parse_source(brief, script)
        quoted = await studio.quote(**source, plan=plan, listen=ProgressPrinter(quiet=json), **options)
        (print_json if json else print_quote)(quoted)

    run(verb, json_out=json)
