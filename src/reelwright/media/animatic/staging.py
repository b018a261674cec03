"""From what is asked to a scene: the beat's staging, and the guard against words that come out too small."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from reelwright.media.animatic.asked import Asked
from reelwright.media.animatic.layers import Scene
from reelwright.media.animatic.look import load_look
from reelwright.media.animatic.stage import Stage
from reelwright.media.animatic.stagings import PLATES, STAGINGS
from reelwright.media.animatic.stagings.demo_listing import set_listing
from reelwright.media.animatic.stagings.joins import arrive, leave
from reelwright.media.animatic.treatments import Picture

_HEADLINE = 64
"""Letters up to which words are a headline; more are a paragraph."""
_TOO_SMALL = 0.55  # Source: looks/README.md 8, read 2026-11-20


def stage_scene(asked: Asked, pictures: Sequence[Picture]) -> Scene:
    """The display list of one shot; deterministic in its arguments.

    Where the smallest words come out below .55 of their target beside a picture, the beat is staged without it when
    that makes them larger, and the scene's notes say so.
    """
    first = _set(asked, pictures)
    if first.fit >= _TOO_SMALL or not pictures:
        return first
    bare = _set(asked, ())
    if bare.fit <= first.fit:
        return first
    return replace(bare, notes=(*bare.notes, "staged without the picture: the words came out too small beside it"))


def _set(asked: Asked, pictures: Sequence[Picture]) -> Scene:
    stage = Stage(asked, load_look(asked.look, asked.accent), pictures)
    compositions = STAGINGS[asked.staging]
    if asked.staging == "demo" and asked.words.get("listing"):
        set_listing(stage)
    elif asked.staging in PLATES and _cells(asked.words.get("line", "")) > _HEADLINE:
        PLATES[asked.staging](stage)
    else:
        compositions[composition_of(asked, len(compositions))](stage)
    arrive(stage)
    leave(stage)
    return stage.scene()


def _cells(text: str) -> int:
    """How wide a line is in letters; those of the scripts of East Asia count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def composition_of(asked: Asked, count: int) -> int:
    """Which of a beat's ``count`` compositions a variant is drawn in: the next shot of a beat has the next one.

    A variant counts the shots of a beat from 0 to 7 and, in eights, the times that others were asked for.
    """
    return (asked.variant % 8 + asked.variant // 8) % count
