"""The scene of a shot request: it is set by the beat's staging, with a guard against words that come out too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reelwright.media.animatic.layers import Scene
from reelwright.media.animatic.look import load_look
from reelwright.media.animatic.shot_request import ShotRequest
from reelwright.media.animatic.stage import Stage
from reelwright.media.animatic.stagings import PLATES, STAGINGS
from reelwright.media.animatic.stagings.demo_listing import set_listing
from reelwright.media.animatic.stagings.joins import add_arrival, add_ending
from reelwright.media.animatic.treatments import Picture
from reelwright.media.letters.graphemes import measure_width

_HEADLINE = 64
"""Letters up to which words are a headline; more are a paragraph."""
_TOO_SMALL = 0.55  # Source: looks/README.md 8, read 2026-11-20


def stage_scene(request: ShotRequest, pictures: Sequence[Picture]) -> Scene:
    """Build the display list of one shot; deterministic in its arguments.

    Where the smallest words come out below .55 of their target beside a picture, the beat is staged without it when
    that makes them larger, and the scene's notes say so.
    """
    first = _set(request, pictures)
    if first.fit >= _TOO_SMALL or not pictures:
        return first
    bare = _set(request, ())
    if bare.fit <= first.fit:
        return first
    return replace(bare, notes=(*bare.notes, "staged without the picture: the words came out too small beside it"))


def _set(request: ShotRequest, pictures: Sequence[Picture]) -> Scene:
    stage = Stage(request, load_look(request.look, request.accent), pictures)
    compositions = STAGINGS[request.staging]
    if request.staging == "demo" and request.words.get("listing"):
        set_listing(stage)
    elif request.staging in PLATES and measure_width(request.words.get("line", "")) > _HEADLINE:
        PLATES[request.staging](stage)
    else:
        compositions[choose_composition(request, len(compositions))](stage)
    add_arrival(stage)
    add_ending(stage)
    return stage.build_scene()


def choose_composition(request: ShotRequest, count: int) -> int:
    """Choose which of a beat's ``count`` compositions a variant is drawn in: the next shot of a beat has the next one.

    A variant counts the shots of a beat from 0 to 7 and, in eights, how often a person asked for another composition.
    """
    return (request.variant % 8 + request.variant // 8) % count
