"""A person's picture: a screenshot in a window or a phone, a photograph that is scanned, a product on a ring."""

from __future__ import annotations

from functools import partial
from typing import Any

from reelwright.media.drawing.colour import mix, to_argb
from reelwright.media.drawing.drawables import Blit, Fill, Outline, Prepared, skia
from reelwright.media.drawing.layers import Box, Clip
from reelwright.media.drawing.movers import Drift, Leave, Mover
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.treatments import FINE, MIPPED, Picture, mask_picture
from reelwright.media.looks.signal.screen import Screen
from reelwright.media.staging.stage import Motion


def show_picture(screen: Screen, picture: Picture, *, share: float = 0.0) -> Box:
    """Show a picture of any kind, and return the part of the live box that it leaves for words (logical)."""
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
        edge = box.left + stage.live.width * (0.34 if picture.kind == "screen" and picture.ratio > 1 else 0.4)
        return box._replace(right=edge), Box(edge + 60 * u, margin, stage.width - margin, stage.height - margin)
    share = share or {"tall": 0.5, "portrait": 0.5, "square": 0.5}[stage.shape]
    top = stage.height * (1 - share)
    top = min(top, stage.live.bottom - 60 * u) if stage.shape == "tall" else top
    foot = stage.height - margin
    return box._replace(bottom=top - 44 * u), Box(margin, top, stage.width - margin, foot)


def add_photo(screen: Screen, picture: Picture, art: Box, *, corner: float = 0, has_brackets: bool = True) -> None:
    """Show a photograph in a rounded frame: a scan uncovers it, the camera moves in, brackets find its subject."""
    stage, u = screen.stage, screen.u
    corner = corner or float(stage.look.own["corner"]) * u
    place = stage.to_frame_box(*art)
    rounded = screen.make_round(art, corner)
    edges = [place[:2], (place.right, place.top), place[2:], (place.left, place.bottom)]
    sprite = mask_picture(picture, make_polygon(edges), place, aim=(0.5, 0.5))  # type: ignore[arg-type]
    push = Drift(0, stage.request.frames, grow=0.02 / stage.to_frames(30), ramp=1)
    length = stage.get_length("picture")
    scan = stage.wipe(-0.55 * length, kind="picture")
    area = stage.make_wipe_area(art.left, art.top, art.right, art.bottom, "top")
    stage.place_masked(sprite, Motion(moves=(scan, push), clips=(Clip(rounded),), wipe_area=area, group="photo"))
    line = skia.Path()
    line.addRect(skia.Rect.MakeLTRB(place.left, place.bottom - 5 * u, place.right, place.bottom))
    away = stage.look.ease["in"]
    drop = _Scan(-0.55 * length, length, away, -place.height)
    box = Box(place.left, place.bottom - 5 * u, place.right, place.bottom)
    motion = Motion(moves=(drop,), span=(0, max(1.0, 0.45 * length)), clips=(Clip(rounded),), group="photo")
    stage.add("shape", Fill(line, stage.palette.accent), box, motion)
    stage.add("shape", Outline(rounded, screen.edge, max(1.0, 2 * u)), place)
    if has_brackets:
        _add_brackets(screen, picture, place, rounded)


class _Scan:
    """The line of a scan: it goes down from ``dy`` pixels above its place."""

    def __init__(self, start: float, length: float, ease: Any, dy: float) -> None:
        self._leave = Leave(start, length, ease, dy=-dy)
        self._dy = dy

    def compute_pose(self, frame: float) -> Any:
        pose = self._leave.compute_pose(frame)
        return type(pose)(dy=pose.dy + self._dy)


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
    at = float(stage.find_beats(2, until=0.5)[1])
    moves: tuple[Mover, ...] = (stage.hit(max(at, stage.to_frames(8)), 1.5), stage.march(at, grow=0.04, most=3))
    box = Box(x - half, y - half, x + half, y + half)
    stage.add(
        "shape",
        Outline(path, "#FFFFFF", 4.5 * u, is_mitred=True),
        box,
        Motion(moves=moves, clips=(Clip(rounded),), group="brackets"),
    )


def _add_device(screen: Screen, picture: Picture, art: Box) -> None:
    """Stand a screenshot whole in a window, in a phone where it is upright; then the camera moves in on its focus."""
    stage, u = screen.stage, screen.u
    screen.add_sweep(art._replace(left=art.left - 40 * u))
    is_phone = picture.ratio < 0.85
    bezel, bar = (16 * u, 16 * u) if is_phone else (6 * u, 44 * u)
    width = min(art.width - 2 * bezel, (art.height - bar - bezel) * picture.ratio)
    height = width / picture.ratio
    middle = art.centre
    shot = Box(middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)
    shot = shot._replace(top=shot.top + (bar - bezel) / 2, bottom=shot.bottom + (bar - bezel) / 2)
    body = Box(shot.left - bezel, shot.top - bar, shot.right + bezel, shot.bottom + bezel)
    corner = (54 if is_phone else 20) * u
    come = screen.make_come(0, dy=120)
    metal = mix(stage.palette.surface, stage.palette.dim, 0.12)
    screen.add_card(
        body, (come,), tint=metal, edge=mix(screen.edge, stage.palette.text, 0.25), corner=corner, group="device"
    )
    if not is_phone:
        dots = skia.Path()
        place = stage.to_frame_box(*body)
        for index in range(3):
            dots.addCircle(place.left + (30 + 26 * index) * u, place.top + bar / 2, 7 * u)
        screen.add_shape(dots, screen.rest, Motion(moves=(come,), group="device"))
    place = stage.to_frame_box(*shot)
    inner = screen.make_round(shot, max(6 * u, corner - bezel))
    image = make_scaled(picture, round(place.width), round(place.height))
    x, y = place.left + picture.focus[0] * place.width, place.top + picture.focus[1] * place.height
    later = max(float(stage.find_beats(2, until=0.6)[1]), stage.to_frames(22))
    near = Leave(later, stage.to_frames(22), stage.look.ease["even"], scale=1.14)
    push = Drift(0, stage.request.frames, grow=0.012 / stage.to_frames(30), ramp=1)
    motion = Motion(moves=(come, near, push), clips=(Clip(inner),), pivot=(x, y), group="device")
    stage.add("picture", Blit(image, place.left, place.top, is_smooth=True), place, motion)
    if is_phone:
        pill = skia.Path()
        wide = place.width * 0.28
        middle_x = (place.left + place.right) / 2
        rect = skia.Rect.MakeXYWH(middle_x - wide / 2, place.top + 12 * u, wide, 26 * u)
        pill.addRRect(skia.RRect.MakeRectXY(rect, 13 * u, 13 * u))
        screen.add_shape(pill, "#05070C", Motion(moves=(come,), group="device"))


def make_scaled(picture: Picture, wide: int, high: int) -> Any:
    """Make the image of a picture in the pixels that it takes."""
    info = skia.ImageInfo.Make(max(1, wide), max(1, high), skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRaster(info)
    surface.getCanvas().clear(0)
    fine = MIPPED if picture.image.width() > wide else FINE
    surface.getCanvas().drawImageRect(picture.image, skia.Rect.MakeWH(wide, high), fine)
    return surface.makeImageSnapshot()


def _add_product(screen: Screen, picture: Picture, art: Box) -> None:
    """Stand a product before a ring of bars, on its own light."""
    stage = screen.stage
    x, y = art.centre
    radius = 0.39 * min(art.width, art.height)
    place = stage.to_frame_box(*art)
    glow = partial(make_glow, round(1.5 * radius), stage.palette.accent)
    px = stage.to_frame_x(x)
    half = round(1.5 * radius)
    stage.add("texture", Prepared(glow, round(px) - half, round(y) - half), place)
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
