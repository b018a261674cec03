"""Pictures in the dark: photographs that come out of it, screens and products that a lamp lights from one side."""

from __future__ import annotations

from typing import Any

import numpy as np

from reelwright.media.drawing.colour import compute_contrast, from_oklch, mix, to_argb, to_oklch
from reelwright.media.drawing.drawables import Blit, LazyImage, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Drift
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.treatments import (
    Picture,
    Sprite,
    is_lost_on,
    make_cutout,
    make_device,
    mask_picture,
)
from reelwright.media.looks.noir.light import Foil, Pool, make_shade
from reelwright.media.looks.noir.room import Room, Tone
from reelwright.media.staging.quiet import cut_light, find_quiet_crop, list_sides, measure_light
from reelwright.media.staging.stage import Motion

_LEGIBLE = 5.2
"""Contrast of quiet words to the brightest twentieth of the photograph under them, once it is shaded."""
_BRIGHT = 0.72
"""How white foil is over a photograph, whose ground can then be as much brighter."""
_DEEP, _RICH = 0.22, 0.06
"""Lightness, and most chroma in OKLCH, of the night under light words, which is the ink of dark ones."""
_PALE, _FAINT = 0.94, 0.02
"""The same of the mist under dark words."""
_PALL = 0.15
"""How dark words make the light that lies on their shade."""
_BUSY, _QUIET = 0.16, 0.62
"""Difference of light in a row from which a subject stands there, and the part of a place that words have at least."""
_FEW = 64
"""Most letters of words that make room for a subject."""
_EDGE = 0.15
"""How dark the corners of a photograph are at most."""


def show_picture(room: Room, picture: Picture, *, stand: bool = False) -> Box:
    """Show a picture of any kind and return the part of the frame for words (logical); ``stand``: on the floor."""
    if picture.kind == "photo":
        return _show_photo(room, picture)
    words, art = split_for_picture(room, picture)
    x, y = art.centre
    stage = room.stage
    room.darken(Pool(x, y, 0.62 * max(art.width, art.height), 0.85), Pool(x, art.bottom, 0.7 * art.width, 0.3, 0.24))
    start = words.left + 0.2 * words.width
    if picture.kind == "screen":
        room.add_beam(start, -0.16 * stage.height, ((art.left, y), (x, y), (art.right, y)), spread=0.18, strength=0.5)
        _put_screen(room, picture, art)
    else:
        room.add_beam(start, -0.16 * stage.height, ((art.left, y), (x, y), (art.right, y)), spread=0.2, strength=0.75)
        _put_product(room, picture, art, stand=stand)
    return words


def split_for_picture(room: Room, picture: Picture) -> tuple[Box, Box]:
    """Split the room into the part for words and the larger part for a picture (logical)."""
    stage, live, u = room.stage, room.stage.live, room.stage.u
    if room.wide:
        share = 0.36 if picture.kind == "screen" and picture.ratio > 1 else 0.46
        edge = live.left + live.width * share
        art = Box(edge + 50 * u, stage.height * 0.06, stage.width - 60 * u, stage.height * 0.94)
        return Box(live.left, room.top, edge, room.floor), art
    part = {"tall": 0.52, "portrait": 0.46, "square": 0.47}[stage.shape]
    edge = live.top + live.height * part
    room.small_top = edge - room.small_height
    foot = stage.height * 0.965
    return (
        Box(live.left, room.top, live.right, edge - room.small_height),
        Box(44 * u, edge + 26 * u, stage.width - 44 * u, foot),
    )


def _show_photo(room: Room, picture: Picture) -> Box:
    """Fill the frame with a photograph in its own light; words stand in its quietest part, which is shaded."""
    stage = room.stage
    wide, high = stage.width, stage.height
    crop = find_quiet_crop(stage, picture, room.top, room.floor)
    place = list_sides(stage, room.top, room.floor)[crop.side]
    if not room.wide:
        room.small_top = place.bottom if crop.side == "top" else None
    frame = Box(-0.01 * wide, -0.01 * high, 1.01 * wide, 1.01 * high)
    edges = [(frame.left, frame.top), (frame.right, frame.top), (frame.right, frame.bottom), (frame.left, frame.bottom)]
    sprite = _grade(room, mask_picture(picture, make_polygon(edges), frame, aim=crop.aim))
    push = Drift(0, stage.request.frames, grow=0.02 / stage.to_frames(30), ramp=1)
    stage.place_masked(sprite, Motion(moves=(push,), pivot=frame.centre, group="photo"))
    place = _end_before_subject(room, sprite, crop.side, place)
    _shade(room, sprite, crop.side, place)
    return place


def _end_before_subject(room: Room, sprite: Sprite, side: str, place: Box) -> Box:
    """End the place of words above or below where a subject begins, whose light differs from what is around it."""
    request = room.stage.request
    if sum(map(len, request.words.values())) > _FEW or request.staging == "cta":
        return place  # many words need the room, and so does a button under a line
    if room.wide or side not in ("top", "foot"):
        return place
    part = cut_light(room.stage, _measure(room, sprite), place)
    spread = np.quantile(part, 0.96, axis=1) - np.quantile(part, 0.04, axis=1)
    spread = spread if side == "top" else spread[::-1]
    busy = np.flatnonzero(spread > max(_BUSY, 1.8 * float(np.median(spread[: max(1, len(spread) // 3)]))))
    high = place.height * max(_QUIET, busy[0] / len(spread) if len(busy) else 1.0)
    return place._replace(bottom=place.top + high) if side == "top" else place._replace(top=place.bottom - high)


def _grade(room: Room, sprite: Sprite) -> Sprite:
    """Deepen a photograph's shadows a little."""
    stage = room.stage
    keep, gain, lift = (stage.look.photo[part] for part in ("colour", "contrast", "lift"))
    rows: list[float] = []
    for channel in range(3):
        weights = [0.2126 * (1 - keep), 0.7152 * (1 - keep), 0.0722 * (1 - keep)]
        weights[channel] += keep
        rows += [*(gain * weight for weight in weights), 0.0, lift]
    image = sprite.image
    wide, high = image.width(), image.height()
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(wide, high, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    )
    canvas = surface.getCanvas()
    canvas.clear(0)
    matrix = skia.ColorFilters.Matrix([*rows, 0.0, 0.0, 0.0, 1.0, 0.0])
    canvas.drawImage(image, 0, 0, skia.SamplingOptions(), skia.Paint(ColorFilter=matrix))
    return Sprite(surface.makeImageSnapshot(), sprite.x, sprite.y, sprite.box)


def _shade(room: Room, sprite: Sprite, side: str, place: Box) -> None:
    """Prepare a photograph for words on its ``side``: dark ones where it is light, else light ones, and only as much
    mist or night under them as they need.
    """
    stage = room.stage
    blue, green, red = (round(part) for part in sprite.image.toarray()[..., :3].mean((0, 1)))
    _, chroma, hue = to_oklch(f"#{red:02X}{green:02X}{blue:02X}")
    night, mist = from_oklch(_DEEP, min(_RICH, 3 * chroma), hue), from_oklch(_PALE, min(_FAINT, 3 * chroma), hue)
    light = _measure(room, sprite)

    def find_part(box: Box, ink: str, veil: str) -> float:
        """Find how much of a veil words in ``box`` need (logical)."""
        is_dark = ink == night
        hardest = float(np.quantile(cut_light(stage, light, box), 0.05 if is_dark else 0.95))
        level = round(255 * (max(0.0, hardest * 0.96 - 0.04) if is_dark else min(1.0, hardest * 1.04 + 0.06)))
        grey = f"#{level:02X}{level:02X}{level:02X}"
        parts = (p / 50 for p in range(0 if is_dark else 10, 47))
        return next((one for one in parts if compute_contrast(ink, mix(grey, veil, one)) >= _LEGIBLE), 0.94)

    shining = Foil(*(mix(stop, "#FFFFFF", _BRIGHT) for stop in room.foil))
    white = min((shining.dark, room.tone.ink), key=lambda one: compute_contrast(one, night))
    is_light = find_part(place, night, mist) < find_part(place, white, night)
    ink, veil, edge = (night, mist, 0.0) if is_light else (white, night, _EDGE)
    room.foil = Foil(night, night, night, night) if is_light else shining
    plain = night if is_light else room.tone.ink
    room.tone, room.brightness = Tone(plain, plain, veil), _PALL
    side = {"start": "end", "end": "start"}.get(side, side) if stage.is_rtl else side

    def make() -> Any:
        """Veil what the words have taken of their part by the time that the frame is drawn."""
        boxes = room.covered
        if not boxes:
            return make_shade(stage.width, stage.height, veil, (), edge)
        pad = 40 * stage.u
        left, right = min(box.left for box in boxes) - pad, max(box.right for box in boxes) + pad
        top, foot = min(box.top for box in boxes) - pad, max(box.bottom for box in boxes) + pad
        taken = {  # out to the edge that the words stand at, so that no corner of the veil is seen
            "top": Box(-pad, -pad, stage.width + pad, foot),
            "foot": Box(-pad, top, stage.width + pad, foot if stage.shape == "tall" else stage.height + pad),
            "start": Box(-pad, -pad, right, stage.height + pad),
            "end": Box(left, -pad, stage.width + pad, stage.height + pad),
        }[side]
        under = stage.to_frame_box(max(0.0, left), max(0.0, top), right, foot)
        return make_shade(stage.width, stage.height, veil, ((*taken, find_part(under, ink, veil)),), edge)

    stage.add("shape", LazyImage(make), Box(0, 0, stage.width, stage.height))


def _measure(room: Room, sprite: Sprite) -> Any:
    """Measure the light of the frame with a photograph in it, on a coarse grid."""
    stage = room.stage
    surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeN32Premul(stage.width, stage.height))
    surface.getCanvas().clear(to_argb(room.tone.ground))
    surface.getCanvas().drawImage(sprite.image, sprite.x, sprite.y)
    return measure_light(surface.makeImageSnapshot(), stage.width, stage.height)


def _put_screen(room: Room, picture: Picture, art: Box) -> None:
    """Stand a screen in the light, upright and in its own colours, with a bright edge towards the lamp."""
    stage, u = room.stage, room.stage.u
    width = min(art.width * 0.93, art.height * 0.9 * picture.ratio)
    sprite = make_device(picture, width, 0.0, frame="#2E2821", edge=room.foil.mid)
    x, y = art.centre
    height = width / picture.ratio
    bezel = max(3.0, min(width, height) * 0.03)
    radius = min(width, height) * 0.06 + bezel
    px = stage.to_frame_x(x)
    body = Box(px - width / 2 - bezel, y - height / 2 - bezel, px + width / 2 + bezel, y + height / 2 + bezel)
    motion = Motion(moves=room.make_camera(2.0), pivot=room.centre, group="device")
    stage.place(sprite, x, y, motion)
    rim = skia.Path()
    rim.addRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(*body), radius, radius))
    toward = body.left if stage.reading_sign > 0 else body.right
    away = body.right if stage.reading_sign > 0 else body.left
    stage.add("shape", Rim(rim, room.foil.hot, toward, away, 3.2 * u), body.grow(4 * u), motion)


def _put_product(room: Room, picture: Picture, art: Box, *, stand: bool) -> None:
    """Put a product in the light: whole on a dark mirror, or near, cut by the foot of the frame."""
    stage = room.stage
    ground = room.tone.ground
    keyline = room.foil.mid if is_lost_on(picture, ground) else ""
    if stand:
        width = min(art.width * 0.8, art.height * 0.8 * picture.ratio)
        foot = art.top + art.height * 0.87
    else:
        width = min(art.width * 0.98, art.height * 1.08 * picture.ratio)
        foot = max(art.bottom, art.top + width / picture.ratio)
    height = width / picture.ratio
    sprite = _light_side(room, make_cutout(picture, width, 0.0, keyline=keyline), 0.62 if stand else 0.72)
    x = art.centre[0]
    motion = Motion(moves=room.make_camera(2.4), pivot=room.centre, group="product")
    if stand:
        px = stage.to_frame_x(x)
        mirrored = Blit(_mirror(sprite, height), px + sprite.x, foot, is_smooth=True)
        stage.add("texture", mirrored, Box(px - width / 2, foot, px + width / 2, foot + height), motion)
        room.add_rule(x, foot + 1, art.width * 0.94, 0, middle=True)
    stage.place(sprite, x, foot - height / 2, motion)


def _light_side(room: Room, sprite: Sprite, dark: float) -> Sprite:
    """Darken the side of a product that is turned away from the lamp."""
    image = sprite.image
    wide, high = image.width(), image.height()
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(wide, high, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    )
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.drawImage(image, 0, 0)
    ends = [skia.Point(0, 0), skia.Point(wide, high * 0.45)]
    if room.stage.is_rtl:
        ends = [skia.Point(wide, 0), skia.Point(0, high * 0.45)]
    shades = [to_argb("#050403", part) for part in (dark * 0.5, 0.0, dark * 0.2, dark)]
    shader = skia.GradientShader.MakeLinear(ends, shades, [0.0, 0.3, 0.62, 1.0])
    canvas.drawPaint(skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kSrcATop))
    return Sprite(surface.makeImageSnapshot(), sprite.x, sprite.y, sprite.box)


def _mirror(sprite: Sprite, height: float) -> Any:
    """Make the reflection of a product on a dark floor."""
    image = sprite.image
    wide, high = image.width(), image.height()
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(wide, high, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    )
    canvas = surface.getCanvas()
    canvas.clear(0)
    over = (high - height) / 2
    canvas.save()
    canvas.translate(0, high - over)
    canvas.scale(1, -1)
    canvas.drawImage(image, 0, 0, skia.SamplingOptions(), skia.Paint(ImageFilter=skia.ImageFilters.Blur(2, 6)))
    canvas.restore()
    ends = [skia.Point(0, 0), skia.Point(0, high * 0.36)]
    shader = skia.GradientShader.MakeLinear(ends, [0x60000000, 0x00000000])
    canvas.drawPaint(skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kDstIn))
    return surface.makeImageSnapshot()


class Rim:
    """The edge of a body that a lamp lights from one side: bright towards ``toward``, gone at ``away`` (x)."""

    def __init__(self, path: Any, colour: str, toward: float, away: float, width: float) -> None:
        ends = [skia.Point(toward, 0), skia.Point(away, 0)]
        shades = [to_argb(colour, 1.0), to_argb(colour, 0.25), to_argb(colour, 0.0)]
        self._path = path
        self._paint = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width)
        self._paint.setShader(skia.GradientShader.MakeLinear(ends, shades, [0.0, 0.3, 0.8]))

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw the edge."""
        self._paint.setAlphaf(alpha)
        canvas.drawPath(self._path, self._paint)
