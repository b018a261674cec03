"""Pictures on the table: a photograph that fills the frame, words over its quiet part; prints, cut-outs, screens."""

from __future__ import annotations

import itertools
from typing import Any, Literal, NamedTuple

import numpy as np

from reelwright.media.drawing.colour import compute_contrast, mix
from reelwright.media.drawing.drawables import Blit
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Drift
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.textures import tint_coverage
from reelwright.media.drawing.treatments import Picture, find_cover_crop, mask_picture
from reelwright.media.looks.paper.material import make_cutout, make_print, make_screen, make_tape, make_torn_photo
from reelwright.media.looks.paper.page import Page, Tone
from reelwright.media.staging.quiet import measure_light, measure_subject
from reelwright.media.staging.stage import Motion

Place = Literal["after", "before", "below", "above"]
"""Where a torn photograph lies to the words, in the direction of reading."""
_LEGIBLE = 5.0
"""Contrast of words to nearly all of the photograph under them."""
_VEILS = (0.1, 0.2, 0.36)
"""How much of a veil lies behind words, which they all but do not need, if any; the first takes out the grain."""
_SHARES = (0.5, 0.38, 0.28, 0.22)
"""Parts of the height in which words stand on a photograph, the largest first; in columns they are larger by half."""
_LEAST_EM = 84
"""Least em, in pixels at 1080, of words that stand on a photograph rather than beside it."""
_AIMS = ((0.5, 0.45), (0.72, 0.45), (0.28, 0.45), (0.5, 0.9), (0.5, 0.1))
_PUSH = 3.4
"""Depth of a torn photograph: the camera moves in on it by 3 to 4 % a second."""
_BUSY = 0.75
"""Most detail of a part where words stand, as a share of what the whole photograph has on average."""
_SHARP = 0.085
"""Sharpest edge under words, as a difference of light between neighbours of 160 points: no head, frame or roof."""


class Quiet(NamedTuple):
    """The part of a full frame where words stand (logical pixels), and their colours there.

    ``aim``: where the focus of the photograph comes to lie. ``veil``: the colour behind words, and how much of it.
    """

    box: Box
    tone: Tone
    aim: tuple[float, float]
    veil: tuple[str, float]


def find_quiet(page: Page, picture: Picture, text: str = "", *, part: float = 1.0) -> Quiet | None:
    """Find the largest quiet part of a photograph that fills the frame: words are legible there on the picture as it
    is, or all but so, and lie on no edge. None where there is none, or ``text`` would be small in it, which takes
    ``part`` of its height.
    """
    stage = page.stage
    wide, high = stage.width, stage.height
    if picture.kind != "photo" or not 0.5 < picture.ratio * high / wide < 2:
        return None
    if not stage.request.words:
        return Quiet(stage.live, page.night, _AIMS[0], ("", 0))
    if page.has_small_print:
        return None
    light = measure_light(picture.image, picture.image.width(), picture.image.height())
    detail = np.abs(np.gradient(light)).sum(0)
    crops = [(aim, find_cover_crop(picture, wide, high, 1.0, aim)) for aim in _AIMS]
    for most, share in itertools.product(_VEILS, _SHARES):
        found: list[tuple[float, Quiet]] = []
        for place in _list_places(page, share):
            block = page.fit(text, "display", place.width, part * place.height, lines=4)
            if block.lines and block.size < _LEAST_EM * stage.u:
                continue
            for aim, crop in crops:
                under = stage.to_frame_box(*place)
                tone, veil = _choose_tone(page, _cut(light, picture, crop, crop.width() / wide, under))
                edges = _cut(detail, picture, crop, crop.width() / wide, under)
                busy = float(edges.mean() / max(1e-6, detail.mean()))
                if veil[1] <= most and busy <= _BUSY and np.quantile(edges, 0.997) <= _SHARP:
                    found.append((busy + 3 * measure_loss(picture, crop), Quiet(place, tone, aim, veil)))
        if found:
            return min(found, key=lambda one: one[0])[1]
    return None


def measure_loss(picture: Picture, crop: Any) -> float:
    """Measure how much of its subject a crop of a picture leaves out, 0 to 1."""
    whole = Box(0, 0, crop.width(), crop.height())
    return 1 - float(_cut(measure_subject(picture), picture, crop, 1.0, whole).sum())


def _list_places(page: Page, share: float) -> list[Box]:
    """List the parts of the frame where words can stand: bands of a ``share`` of the height, and columns."""
    live, top, floor = page.stage.live, page.top, page.floor
    column, tall = 0.46 * live.width, 1.5 * share * live.height
    ways = [(live.left, live.right, share * live.height)]
    if page.wide:
        ways += [(live.left, live.left + column, tall), (live.right - column, live.right, tall)]
    tops = [(way, top + (floor - top - way[2]) * step / 4) for way in ways for step in range(5)]
    return [Box(left, y, right, y + high) for (left, right, high), y in tops]


def _cut(grid: Any, picture: Picture, crop: Any, unit: float, box: Box) -> Any:
    """Cut what a crop of a picture shows in a box, of ``unit`` pixels of the picture each, out of a grid over it."""
    rows, columns = grid.shape[0] / picture.image.height(), grid.shape[1] / picture.image.width()
    left, right = ((crop.x() + x * unit) * columns for x in box[::2])
    top, bottom = ((crop.y() + y * unit) * rows for y in box[1::2])
    return grid[int(top) : max(1, round(bottom)), int(left) : max(1, round(right))]


def _choose_tone(page: Page, light: Any) -> tuple[Tone, tuple[str, float]]:
    """Choose dark words or light ones for a part of a photograph, and the veil that they need, if any."""
    found = []
    for tone, level in zip((page.sheet, page.night), np.quantile(light, (0.03, 0.97)), strict=True):
        grey = "#" + f"{round(255 * float(level)):02X}" * 3
        part = next(
            (p / 50 for p in range(5, 50) if compute_contrast(tone.ink, mix(grey, tone.ground, p / 50)) >= _LEGIBLE),
            1.0,
        )
        ground = mix(grey, tone.ground, part)
        accent = tone.accent if compute_contrast(tone.accent, ground) >= _LEGIBLE else tone.ink
        found.append((part, Tone(tone.ink, tone.ink, accent, ground), tone.ground))
    part, tone, veil = min(found, key=lambda one: one[0])
    return tone, (veil, part)


def fill_frame(page: Page, picture: Picture, quiet: Quiet) -> None:
    """Fill the frame with a photograph, pushed slowly, and a soft veil behind the words."""
    stage = page.stage
    wide, high = stage.width, stage.height
    box = Box(-wide * 0.01, -high * 0.01, wide * 1.01, high * 1.01)
    window = make_polygon([(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)])
    push = Drift(0, stage.request.frames, grow=0.022 / stage.to_frames(30), ramp=1)
    sprite = mask_picture(picture, window, box, aim=quiet.aim)
    stage.place_masked(sprite, Motion(moves=(push,), pivot=page.centre, group="photo"))
    colour, part = quiet.veil
    if part:
        left, top, right, bottom = stage.to_frame_box(*quiet.box)
        y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
        away = np.hypot(np.maximum(np.maximum(left - x, x - right), 0), np.maximum(np.maximum(top - y, y - bottom), 0))
        ramp = np.clip(1 - away / (0.2 * min(wide, high)), 0, 1)
        image = tint_coverage(part * ramp * ramp * (3 - 2 * ramp), colour)
        stage.add("shape", Blit(image, 0, 0), Box(0, 0, wide, high))


def lay_half(page: Page, picture: Picture, box: Box, place: Place) -> None:
    """Lay a photograph over ``box`` (logical) and out to the edges of the frame on its ``place`` beside the words; its
    paper is torn where it meets them.
    """
    stage, u = page.stage, page.stage.u
    wide, high = stage.width, stage.height
    over = 0.02 + (1 / page.make_camera(_PUSH)[0].compute_pose(0).scale - 1) / 2  # the camera begins so far away
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
    page.place(sprite, x, y, depth=_PUSH, role="picture")


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
