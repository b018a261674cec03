"""Pictures on the table: a photograph that fills the frame, words over its quiet part; prints, cut-outs, screens."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from reelwright.media.drawing.colour import compute_contrast, mix
from reelwright.media.drawing.drawables import Blit
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Drift
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.textures import tint_coverage
from reelwright.media.drawing.treatments import Picture, mask_picture
from reelwright.media.looks.paper.material import make_cutout, make_print, make_screen, make_tape, make_torn_photo
from reelwright.media.looks.paper.page import Page, Tone
from reelwright.media.staging.quiet import can_cover, cut_light, find_quiet_crop, list_sides, measure_light
from reelwright.media.staging.stage import Motion

Place = Literal["after", "before", "below", "above"]
"""Where a torn photograph lies to the words, in the direction of reading."""
_LEGIBLE = 5.0
"""Contrast of words to the brightest twentieth of the photograph under them, once it is shaded."""


class Quiet(NamedTuple):
    """The part of a full frame where words stand (logical pixels), and their colours there."""

    box: Box
    tone: Tone
    side: str


def can_fill_frame(page: Page, picture: Picture) -> bool:
    """Return whether a photograph fills the frame without losing half of itself, and is quiet under words.

    One that opens a film need not be quiet, since it is shaded where they stand.
    """
    if page.stage.is_opening and picture.kind == "photo":
        return 0.5 < picture.ratio * page.stage.height / page.stage.width < 2
    return can_cover(page.stage, picture, page.top, page.floor)


def fill_frame(page: Page, picture: Picture, *, is_shaded: bool = True) -> Quiet:
    """Fill the frame with a photograph, pushed slowly; shade its quietest part and return that part for words."""
    stage = page.stage
    wide, high = stage.width, stage.height
    box = Box(-wide * 0.01, -high * 0.01, wide * 1.01, high * 1.01)
    window = make_polygon([(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)])
    crop = find_quiet_crop(page.stage, picture, page.top, page.floor)
    sprite = mask_picture(picture, window, box, aim=crop.aim)
    light = measure_light(sprite.image, wide, high)
    place = list_sides(page.stage, page.top, page.floor)[crop.side]
    push = Drift(0, stage.request.frames, grow=0.022 / stage.to_frames(30), ramp=1)
    stage.place_masked(sprite, Motion(moves=(push,), pivot=page.centre, group="photo"))
    return Quiet(place, _shade(page, light, place, crop.side) if is_shaded else page.night, crop.side)


def lay_half(page: Page, picture: Picture, box: Box, place: Place) -> None:
    """Lay a photograph over ``box`` (logical) and out to the edges of the frame on its ``place`` beside the words; its
    paper is torn where it meets them.
    """
    stage, u = page.stage, page.stage.u
    wide, high = stage.width, stage.height
    over = 0.06
    area = {
        "after": Box(box.left - 20 * u, -over * high, wide * (1 + over), high * (1 + over)),
        "before": Box(-over * wide, -over * high, box.right + 20 * u, high * (1 + over)),
        "below": Box(-over * wide, box.top - 10 * u, wide * (1 + over), high * (1 + over)),
        "above": Box(-over * wide, -over * high, wide * (1 + over), box.bottom + 10 * u),
    }[place]
    is_right = (place == "before") != stage.is_rtl
    turned = {"below": "head", "above": "foot"}.get(place, "end" if is_right else "start")
    sprite = make_torn_photo(picture, round(area.width), round(area.height), turned, page.seed, u)
    x, y = area.centre
    page.place(sprite, x, y, depth=1.2, role="picture")


def _shade(page: Page, light: Any, box: Box, side: str) -> Tone:
    """Darken the part of the frame where words stand, as much as they need, running out towards the subject."""
    stage = page.stage
    tone = page.night
    bright = float(np.quantile(cut_light(stage, light, box), 0.95))
    level = round(255 * bright)
    grey = f"#{level:02X}{level:02X}{level:02X}"
    dark = "#1E1410"
    part = next(
        (p / 50 for p in range(6, 50) if compute_contrast(tone.accent, mix(grey, dark, p / 50)) >= _LEGIBLE), 0.96
    )
    wide, high = stage.width, stage.height
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    if stage.is_rtl and side in ("start", "end"):
        side = {"start": "end", "end": "start"}[side]
    margin = 0.40 * (wide if side in ("start", "end") else high)
    mirrored = stage.to_frame_box(*box)
    away = {
        "start": x - mirrored.right, "end": mirrored.left - x, "top": y - mirrored.bottom, "foot": mirrored.top - y,
    }[side]  # fmt: skip
    ramp = np.clip(0.86 - away / margin, 0, 0.86) / 0.86
    image = tint_coverage(part * ramp * ramp * (3 - 2 * ramp), dark)
    stage.add("shape", Blit(image, 0, 0), Box(0, 0, wide, high))
    return Tone(tone.ink, tone.quiet, tone.accent, mix(grey, dark, part))


def put_picture(page: Page, picture: Picture, box: Box, *, at: float = 0, turn: float = 1.2) -> None:
    """Lay a picture into ``box`` (logical): a taped print, a cut-out, or a screen that stands straight and whole."""
    u = page.stage.u
    x, y = box.centre
    sign = -1 if page.seed % 2 else 1
    if picture.kind == "screen":
        width = min(box.width * 0.96, box.height * 0.94 * picture.ratio)
        return page.place(make_screen(picture, width, u), x, y, at, role="picture")
    if picture.kind == "cutout":
        width = min(box.width * 1.0, box.height * 0.98 * picture.ratio)
        return page.place(
            make_cutout(picture, width, sign * turn * 2, u), x, y, at, depth=2.0, dy=40 * u, role="picture"
        )
    ratio = min(max(picture.ratio, 0.72), 1.5)
    width = min(box.width * 0.97, box.height * 0.95 * ratio)
    height = width / ratio
    page.place(make_print(picture, width, height, sign * turn, u), x, y, at, role="picture")
    tape = make_tape(round(190 * u), round(54 * u), sign * (turn - 4), page.seed, u)
    return page.place(tape, x - 0.02 * width * sign, y - height / 2 + 4 * u, at)
