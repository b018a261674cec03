"""A person's picture: a screenshot in a window or a phone, a photograph that is scanned, a product on a ring."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

import numpy as np

from reelwright.media.drawing.colour import mix, to_argb
from reelwright.media.drawing.drawables import Blit, Fill, LazyImage, Outline, skia
from reelwright.media.drawing.layers import Box, Clip
from reelwright.media.drawing.movers import Drift, Leave, Mover, Slide
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.treatments import FINE, MIPPED, Picture, mask_picture
from reelwright.media.looks.signal.screen import Screen, make_panel
from reelwright.media.looks.signal.waves import Pulse
from reelwright.media.staging.stage import Motion

_PHONE: Final = 0.85
"""Width over height of a screenshot up to which it stands in a phone."""
_ZOOMS: Final = (1.3, 1.27, 1.24, 1.21, 1.18, 1.15, 1.12)
"""How far the camera moves in on a screenshot in a window, whose side that is far from words leaves the frame."""
_PHONE_SHARE: Final = 0.8
"""Part of the width that a phone under words takes in the end, its foot out of the frame."""
_STROKE: Final = 24
"""Least step of brightness at the edge of a letter."""
_SMALL: Final = (400, 250)
"""Pixels of the copy of a screenshot on which words are looked for."""


def show_picture(screen: Screen, picture: Picture, *, share: float = 0.0) -> Box:
    """Show a picture of any kind, and return the part of the safe area that it leaves for words (logical)."""
    words, art = split_for_picture(screen, picture, share)
    if picture.kind == "screen":
        _add_device(screen, picture, art)
    elif picture.kind == "photo":
        add_photo(screen, picture, art)
    else:
        _add_product(screen, picture, art)
    return words


def split_for_picture(screen: Screen, picture: Picture, share: float = 0.0) -> tuple[Box, Box]:
    """Split the screen into the part for words and the larger part for a picture (logical)."""
    stage, u, box = screen.stage, screen.u, screen.box
    margin = 40 * u
    if screen.wide:
        edge = box.left + stage.live.width * 0.4
        if screen.is_swapped:
            near = stage.live.right - (edge - box.left)
            return box._replace(left=near), Box(margin, margin, near - 60 * u, stage.height - margin)
        return box._replace(right=edge), Box(edge + 60 * u, margin, stage.width - margin, stage.height - margin)
    share = share or (0.64 if picture.kind == "screen" and picture.ratio < _PHONE and stage.shape != "tall" else 0.5)
    top = stage.height * (1 - share)
    top = min(top, stage.live.bottom - 60 * u) if stage.shape == "tall" else top
    foot = stage.height - margin
    return box._replace(bottom=top - 44 * u), Box(margin, top, stage.width - margin, foot)


def add_photo(screen: Screen, picture: Picture, art: Box, *, corner: float = 0) -> None:
    """Show a photograph in a rounded frame: a scan uncovers it, the camera moves in, brackets find its subject."""
    stage, u = screen.stage, screen.u
    corner = corner or float(stage.look.own["corner"]) * u
    place = stage.to_frame_box(*art)
    rounded = screen.make_round(art, corner)
    edges = [place[:2], (place.right, place.top), place[2:], (place.left, place.bottom)]
    sprite = mask_picture(picture, make_polygon(edges), place, aim=(0.5, 0.5))
    push = Drift(0, stage.request.frames, grow=0.02 / stage.to_frames(30), ramp=1)
    length = stage.get_length("picture")
    scan = stage.wipe(-0.55 * length, kind="picture")
    area = stage.make_wipe_area(art.left, art.top, art.right, art.bottom, "top")
    stage.place_masked(sprite, Motion(moves=(scan, push), clips=(Clip(rounded),), wipe_area=area, group="photo"))
    line = skia.Path()
    line.addRect(skia.Rect.MakeLTRB(place.left, place.bottom - 5 * u, place.right, place.bottom))
    drop = Slide(-0.55 * length, length, stage.look.ease["in"], dy=-place.height)
    box = Box(place.left, place.bottom - 5 * u, place.right, place.bottom)
    motion = Motion(moves=(drop,), span=(0, max(1.0, 0.45 * length)), clips=(Clip(rounded),), group="photo")
    stage.add("shape", Fill(line, stage.palette.accent), box, motion)
    stage.add("shape", Outline(rounded, screen.edge, max(1.0, 2 * u)), place)
    _add_brackets(screen, picture, place, rounded)


def _add_brackets(screen: Screen, picture: Picture, place: Box, rounded: Any) -> None:
    """Let four corners close on the subject of a photograph, as a camera finds it."""
    stage, u = screen.stage, screen.u
    scale = max(place.width / picture.image.width(), place.height / picture.image.height())
    wide, high = picture.image.width() * scale, picture.image.height() * scale
    left = min(max(picture.focus[0] * wide - place.width / 2, 0), wide - place.width)
    top = min(max(picture.focus[1] * high - place.height / 2, 0), high - place.height)
    half = 0.27 * min(place.width, place.height)
    x = min(max(place.left + picture.focus[0] * wide - left, place.left + 1.25 * half), place.right - 1.25 * half)
    y = min(max(place.top + picture.focus[1] * high - top, place.top + 1.25 * half), place.bottom - 1.25 * half)
    path, arm = skia.Path(), 0.3 * half
    for across in (-1, 1):
        for down in (-1, 1):
            path.moveTo(x + across * half, y + down * (half - arm))
            path.lineTo(x + across * half, y + down * half)
            path.lineTo(x + across * (half - arm), y + down * half)
    at = max(float(stage.find_beats(3, until=0.6)[2]), stage.to_frames(26))  # when the words have come
    moves: tuple[Mover, ...] = (stage.hit(at, 1.5), stage.march(at, grow=0.04, most=3))
    box = Box(x - half, y - half, x + half, y + half)
    motion = Motion(moves=moves, clips=(Clip(rounded),), group="brackets")
    for colour, thick in ((stage.palette.shade, 9.0), ("#FFFFFF", 4.5)):
        stage.add("shape", Outline(path, colour, thick * u, 0.6 if thick > 5 else 1.0), box, motion)


def _add_device(screen: Screen, picture: Picture, art: Box) -> None:
    """Stand a screenshot whole in a window, or in a phone where it is upright; the camera then moves in on the part of
    a window that matters, or on the head of a phone under words, and what is far from words leaves the frame.
    """
    stage, u = screen.stage, screen.u
    screen.add_sweep(art._replace(left=art.left - 40 * u))
    is_phone = picture.ratio < _PHONE
    bezel, bar = (16 * u, 50 * u) if is_phone else (6 * u, 44 * u)
    least = 0.97  # what the camera's way in leaves free around it
    width = min(least * art.width - 2 * bezel, (least * art.height - bar - bezel) * picture.ratio)
    zoom = 1.0
    if is_phone and stage.shape != "wide":
        zoom = max(1.0, _PHONE_SHARE * stage.width / width)
    elif stage.shape == "wide" and not is_phone and not screen.is_swapped:
        visible = stage.width - art.centre[0] + width / 2
        zoom = _choose_zoom(picture, visible / width, is_mirrored=stage.reading_sign < 0)
    u, width, bezel, bar = u * zoom, width * zoom, bezel * zoom, bar * zoom
    height = width / picture.ratio
    wide, high = math.ceil(width + 2 * bezel), math.ceil(height + bar + bezel)
    corner = (54 if is_phone else 20) * u
    metal = mix(stage.palette.surface, stage.palette.dim, 0.12)
    rim = mix(screen.edge, stage.palette.text, 0.25)
    panel = make_panel(wide, high, round(corner, 1), metal, rim, round(u, 3))
    surface = skia.Surface.MakeRaster(panel.imageInfo())
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.drawImage(panel, 0, 0)
    canvas.translate((panel.width() - wide) / 2, (panel.height() - high) / 2)
    quiet = skia.Paint(AntiAlias=True, Color=to_argb(screen.rest))
    for index in range(0 if is_phone else 3):
        canvas.drawCircle((30 + 26 * index) * u, bar / 2, 7 * u, quiet)
    shot = skia.Rect.MakeXYWH(bezel, bar, width, height)
    inner = max(6 * u, corner - bezel)
    canvas.save()
    canvas.clipRRect(skia.RRect.MakeRectXY(shot, inner, inner), True)
    canvas.drawImageRect(picture.image, shot, MIPPED if picture.image.width() > width else FINE)
    canvas.restore()
    if is_phone:
        pill = skia.Rect.MakeXYWH(wide / 2 - 0.14 * width, bar / 2 - 13 * u, 0.28 * width, 26 * u)
        canvas.drawRRect(skia.RRect.MakeRectXY(pill, 13 * u, 13 * u), skia.Paint(AntiAlias=True, Color=0xFF05070C))
    push: tuple[Mover, ...] = (Drift(0, stage.request.frames, grow=0.012 / stage.to_frames(30), ramp=1),)
    x, y = stage.to_frame_x(art.centre[0]), art.centre[1]
    pivot = (x, y)
    if zoom > 1:  # it is drawn as large as it will be, and stands whole until the words have come
        at, even = max(float(stage.find_beats(3, until=0.5)[2]), stage.to_frames(26)), stage.look.ease["even"]
        push = (Leave(-1, 1, even, scale=1 / zoom), Leave(at, stage.to_frames(36), even, scale=zoom))
        pivot = (x - stage.reading_sign * wide / zoom / 2, y + (bar + picture.focus[1] * height - high / 2) / zoom)
        if is_phone:
            pivot = (x, y - high / zoom / 2)
        x, y = pivot[0] + (x - pivot[0]) * zoom, pivot[1] + (y - pivot[1]) * zoom
    motion = Motion(moves=(screen.make_come(0, dy=120), *push), group="device", pivot=pivot)
    left, top = x - panel.width() / 2, y - panel.height() / 2
    body = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    stage.add("picture", Blit(surface.makeImageSnapshot(), left, top, is_smooth=True), body, motion)
    if is_phone:
        _add_taps(
            screen, body.left + bezel + picture.focus[0] * width, body.top + bar + picture.focus[1] * height, motion
        )


def _choose_zoom(picture: Picture, visible: float, *, is_mirrored: bool) -> float:
    """Choose how far the camera moves in on a window of which ``visible`` widths fit into the frame: as far as the edge
    of the frame cuts no words.
    """
    grey = picture.image.resize(*_SMALL).toarray()[..., 1].astype(int)
    inked = (np.abs(np.diff(grey)) > _STROKE).mean(axis=0)[:: -1 if is_mirrored else 1]
    edges = [round(_SMALL[0] * visible / zoom) for zoom in _ZOOMS]
    cut = [round(float(inked[edge - 5 : edge + 6].sum()), 2) for edge in edges]
    return _ZOOMS[cut.index(min(cut))]


def _add_taps(screen: Screen, x: float, y: float, device: Motion) -> None:
    """Let rings leave the point of a telephone's screen that matters, as where a finger taps it."""
    stage, radius = screen.stage, 12 * screen.u
    hits = stage.find_later_hits(stage.to_frames(8), most=3)
    pace = 1000 / 30 / stage.request.pace
    place = Box(x - radius, y - radius, x + radius, y + radius)
    taps = Pulse(place, stage.palette.accent, tuple(hit * pace for hit in hits), 6 * radius)
    motion = Motion(moves=(stage.count_time(), *device.moves), group="light", pivot=device.pivot)
    stage.add("texture", taps, place.grow(7 * radius), motion)


def _add_product(screen: Screen, picture: Picture, art: Box) -> None:
    """Stand a product before a ring of bars, on its own light."""
    stage = screen.stage
    x, y = art.centre
    radius = 0.39 * min(art.width, art.height)
    place = stage.to_frame_box(*art)
    glow = partial(make_glow, round(1.5 * radius), stage.palette.accent)
    px = stage.to_frame_x(x)
    half = round(1.5 * radius)
    stage.add("texture", LazyImage(glow, round(px) - half, round(y) - half), place)
    screen.add_ring(x, y, radius, 0.26 * radius)
    width = min(art.width * 0.78, art.height * 0.8 * picture.ratio)
    sprite = stage.make_product_sprite(picture, width, 0, stage.palette.bg)
    push = Drift(0, stage.request.frames, grow=0.02 / stage.to_frames(30), ramp=1)
    stage.place(sprite, x, y, Motion(moves=(screen.make_come(0, dy=140), push), group="product"))


def make_glow(radius: int, colour: str) -> Any:
    """Make a soft round light."""
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(2 * radius, 2 * radius, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    )
    surface.getCanvas().clear(0)
    shades = [to_argb(colour, part) for part in (0.22, 0.12, 0.0)]
    shader = skia.GradientShader.MakeRadial(skia.Point(radius, radius), max(1, radius), shades, [0.0, 0.5, 1.0])
    surface.getCanvas().drawPaint(skia.Paint(Dither=True, Shader=shader))
    return surface.makeImageSnapshot()
