"""Sets that stand in the light: a city, a watch, a ring, a window, a letter, the moon, a curtain, a door ajar."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Final

from reelwright.media.drawing.drawables import Fill, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Fade, Mover
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.looks.noir.drawn import Glow, Lit, Tick, Turn
from reelwright.media.looks.noir.light import Pool, make_blinds, make_curtain, make_moon
from reelwright.media.looks.noir.room import Room
from reelwright.media.staging.stage import Motion

Set = Callable[[Room, Box], None]
"""Lights a room; the box is the part that words leave free (logical pixels)."""


def add_spot(room: Room, art: Box) -> None:
    """Let one lamp shine from above: its pool lies on the floor, the beam comes from the other side."""
    stage = room.stage
    wide, high = stage.width, stage.height
    if stage.request.emblem in _TIMED and stage.request.staging == "proof":  # so near that the frame cuts it
        add_dial(room, art.grow(0.42 * min(art.width, art.height)))
        return
    x, y = art.centre
    y = art.top + art.height * 0.72
    room.darken(Pool(x, y, 0.5 * max(wide, high), 0.62), Pool(x, y + 0.16 * high, 0.4 * wide, 0.5, 0.22))
    room.add_beam(
        wide * 0.34, -0.1 * high, ((wide * 0.1, high * 0.8), (x, y), (x - 0.12 * wide, y)), spread=0.17, strength=0.8
    )


def add_blinds(room: Room, art: Box) -> None:
    """Light through a window's blinds, that slides along the wall."""
    stage = room.stage
    x, y = art.centre
    size = max(art.width, art.height) * 1.25
    room.darken(Pool(x, y, 0.8 * size, 0.34))
    room.brightness = 0.86
    image = make_blinds(round(size), round(size), room.lamp, 0.42, 11, 0.26 * stage.reading_sign)
    drift = stage.drift(dx=-0.8, dy=0.1)
    room.add_light(image, x + 0.06 * size, y, scale=4, moves=(drift,))
    room.add_dust(30, stage.to_frame_x(x), y)


def add_skyline(room: Room, art: Box) -> None:
    """A city at night along the foot of the frame, its windows lit, a searchlight behind it."""
    stage, u, rng = room.stage, room.stage.u, room.make_random("skyline")
    wide, high = stage.width, stage.height
    foot = art.bottom
    room.darken(Pool(wide * 0.6, foot, 0.62 * wide, 0.66, 0.7), Pool(wide * 0.2, foot, 0.4 * wide, 0.3, 0.6))
    room.add_beam(
        wide * 0.72, foot + 0.06 * high, ((wide * 0.2, -0.2 * high), (wide * 0.66, -0.2 * high), (wide * 0.95, 0)),
        spread=0.09, strength=0.5,
    )  # fmt: skip
    x = -20 * u
    houses, early, late = skia.Path(), skia.Path(), skia.Path()
    step = 17 * u
    while x < wide + 20 * u:
        width = rng.choice((5, 6, 7, 8, 10)) * step
        tall = art.height * (0.24 + 0.72 * rng.random() ** 1.4)
        houses.addRect(skia.Rect.MakeLTRB(x, foot - tall, x + width - 3 * u, high + 20))
        if rng.random() < 0.3:
            houses.addRect(skia.Rect.MakeXYWH(x + width / 2, foot - tall * 1.16, 3 * u, tall * 0.2))
        for row in range(1, int((tall + high - foot) / (step * 1.3))):
            for column in range(1, int(width / step) - 0):
                if column * step + 8 * u > width - 8 * u or rng.random() > 0.34:
                    continue
                target = late if rng.random() < 0.3 else early
                target.addRect(
                    skia.Rect.MakeXYWH(x + column * step - 2 * u, foot - tall + row * step * 1.3, 7 * u, 11 * u)
                )
        x += width
    box = Box(0, foot - art.height, wide, high)
    stage.add("shape", Fill(houses, "#080706"), box, Motion(group="light"))
    stage.add("shape", Fill(early, room.foil.mid, 0.75), box, Motion(group="light"))
    on = Fade(room.glint - stage.to_frames(10), stage.to_frames(26), stage.look.ease["even"], 0.0, 1.0)
    stage.add("shape", Fill(late, room.foil.light, 0.9), box, Motion(moves=(on,), group="light"))


def add_ring(room: Room, art: Box) -> None:
    """An eclipse: a thin ring of light whose bright part goes round."""
    stage, u = room.stage, room.stage.u
    x, y = stage.to_frame_x(art.centre[0]), art.centre[1]
    radius = min(art.width, art.height) * 0.5
    room.darken(Pool(art.centre[0], y, radius * 1.9, 0.6))
    moves: tuple[Mover, ...] = (Turn(((0.0, -50.0), (float(stage.request.frames), 40.0)), stage.look.ease["even"]),)
    for part, width, alpha in ((1.0, 2.4, 0.95), (1.045, 1.2, 0.45)):
        path = skia.Path()
        path.addCircle(x, y, radius * part)
        room.add_metal(path, width=width * u, alpha=alpha, at=0 - stage.to_frames(20), length=60)
    bright = skia.Path()
    bright.addArc(skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius), -118, 56)
    for width, alpha in ((34, 0.07), (16, 0.13), (7, 0.5), (3, 1.0)):
        room.add_metal(bright, width=width * u, alpha=alpha, moves=moves, pivot=(x, y))
    room.add_dust(30, x, y)


_HAND: Final = ((0.0, -1.0), (1.0, -0.72), (0.7, 0.16), (-0.7, 0.16), (-1.0, -0.72))
"""The corners of a watch's hand that points up, in parts of its half width and its length."""
_TIMED: Final = ("watch", "clock")
"""Emblems of films that show a dial in place of a drawing."""


def add_dial(room: Room, art: Box) -> None:
    """The face of a watch: ticks, two rings, its hands, and a thin one that goes on."""
    stage, u = room.stage, room.stage.u
    x, y = stage.to_frame_x(art.centre[0]), art.centre[1]
    radius = min(art.width, art.height) * 0.5
    room.darken(Pool(art.centre[0], y, radius * 1.8, 0.55))
    room.add_beam(
        art.centre[0] - 0.9 * radius, -0.2 * stage.height,
        ((art.centre[0] - radius, y), (art.centre[0], y), (art.centre[0] + radius, y)), spread=0.2, strength=0.4,
    )  # fmt: skip
    large, small = skia.Path(), skia.Path()
    for index in range(60):
        turn = math.radians(6 * index)
        long = index % 5 == 0
        inner = radius * (0.86 if long else 0.93)
        path = large if long else small
        path.moveTo(x + inner * math.cos(turn), y + inner * math.sin(turn))
        path.lineTo(x + radius * 0.97 * math.cos(turn), y + radius * 0.97 * math.sin(turn))
    ring = skia.Path()
    ring.addCircle(x, y, radius)
    ring.addCircle(x, y, radius * 1.035)
    room.add_metal(ring, width=1.8 * u, alpha=0.8, at=-stage.to_frames(20), length=70)
    room.add_metal(large, width=4.5 * u, alpha=0.95)
    room.add_metal(small, width=1.8 * u, alpha=0.5)
    for degrees, length, half in ((-52, 0.5, 0.034), (62, 0.74, 0.026)) if stage.request.staging != "urgency" else ():
        shape, turn = skia.Path(), skia.Matrix()
        shape.addPoly([skia.Point(dx * half * radius, dy * length * radius) for dx, dy in _HAND], True)
        turn.setRotate(degrees)
        turn.postTranslate(x, y)
        shape.transform(turn)
        room.add_metal(shape, width=2.2 * u, alpha=0.95)
        stage.add("shape", Fill(shape, room.foil.light, 0.35), Box(x - radius, y - radius, x + radius, y + radius))
    top, foot = y - radius * 0.92, y + radius * 0.2
    hand = make_polygon([(x - 1.5 * u, top), (x + 1.5 * u, top), (x + 3 * u, foot), (x - 3 * u, foot)])
    at, frames = room.glint, float(stage.request.frames)
    hand_turn = Turn(((0.0, -30.0), (at, 6.0), (max(frames, at + 1), 36.0)), stage.look.ease["even"])
    room.add_metal(hand, moves=(hand_turn,), pivot=(x, y))


def add_door(room: Room, art: Box) -> None:
    """A door ajar: a slit of light that widens, and what it throws on the floor."""
    stage = room.stage
    wide, high = stage.width, stage.height
    x = art.centre[0]
    px = stage.to_frame_x(x)
    top, foot = art.top, art.top + art.height * (0.74 if room.wide else 0.7)
    room.darken(Pool(x, foot, 0.46 * max(wide, high), 0.6), Pool(x, (top + foot) / 2, 0.34 * high, 0.4))
    half = max(10 * stage.u, art.width * 0.05)
    sign = stage.reading_sign
    slit = make_polygon([(px - half, top), (px + half, top - 0.02 * high), (px + half, foot), (px - half, foot)])
    spill = make_polygon([(px - half, foot), (px + half, foot), (px - sign * art.width * 0.05 + half * 3.4, high + 40),
                          (px - sign * art.width * 0.5 - half * 1.6, high + 40)])  # fmt: skip
    box = Box(px - half, top, px + half, foot)
    grow = stage.drift(grow=0.0006)
    blurred = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 5 * stage.u)
    for path, ends, alphas in (
        (slit, (skia.Point(px, top), skia.Point(px, foot)), (0.5, 1.0)),
        (spill, (skia.Point(px, foot), skia.Point(px, high)), (0.62, 0.02)),
    ):
        stage.add("texture", Glow(path, room.lamp, ends, alphas, blurred), box, Motion(moves=(grow,), group="light"))
    room.add_dust(34, px, foot)


def add_near(room: Room, art: Box) -> None:
    """The film's emblem, so near that the frame cuts it off on the side away from words."""
    more = 0.5 * min(art.width, art.height)
    far = {"right": art.right + more} if room.wide else {}
    top = art.top - more / 2 if room.wide else art.top
    add_letter(room, art._replace(top=top, bottom=art.bottom + (more / 2 if room.wide else more), **far))


def add_letter(room: Room, art: Box, *, is_drawing: bool = False) -> None:
    """The film's emblem, else the first letter of its words, as large as the room, with the beam passing over it.

    ``is_drawing``: a watch is not the dial that stands for it elsewhere.
    """
    stage = room.stage
    if stage.request.emblem in _TIMED and not is_drawing:
        add_dial(room, art)
        return
    words = stage.request.words
    text = next((words[role] for role in ("name", "line", "quote", "deal", "after", "number") if words.get(role)), "")
    letter = next((char for char in text if char.isalnum()), "")
    x, y = art.centre
    room.darken(Pool(x, y, 0.6 * max(art.width, art.height), 0.5))
    if letter or stage.request.emblem:
        ink = stage.typeset_emblem(letter.upper())
        part = 0.9 if stage.request.emblem else 1.1
        size = min(art.height * part / ink.height, art.width * part / ink.width)
        left, low = x - ink.width * size / 2, y - (ink.top + ink.bottom) / 2 * size
        path, box = stage.trace_ink(ink, size, left, low)
        shining = room.list_engraved(ink, path, size, stage.find_pen(ink, size, left), low, box)
        stage.add("echo", Fill(path, stage.palette.pale, 0.55), box)
        parts = [(one, "", 0.0) for one in shining]
        drawn = Lit(parts, box, box, room.foil, -stage.to_frames(14), stage.to_frames(52), room.glint,
                    stage.request.frames, stage.reading_sign)  # fmt: skip
        spans = ((0.0, stage.to_frames(40)), (room.glint, room.glint + stage.to_frames(56)))
        stage.add("echo", drawn, box, Motion(moves=(Tick(spans),), group="light"))
    room.add_beam(
        x - 0.5 * art.width, -0.2 * stage.height, ((art.left - art.width * 0.4, y), (x, y), (art.right, y)),
        spread=0.16, strength=0.6,
    )  # fmt: skip


def add_moon(room: Room, art: Box) -> None:
    """The moon over water: its light lies on the waves, and glitters."""
    stage, u, rng = room.stage, room.stage.u, room.make_random("moon")
    x = art.centre[0]
    px = stage.to_frame_x(x)
    radius = min(art.width * 0.26, art.height * 0.24)
    y, sea = art.top + radius * 1.3, art.top + art.height * 0.64
    room.darken(Pool(x, y, 3.2 * radius, 0.62), Pool(x, sea + 0.1 * art.height, 0.5 * stage.width, 0.44, 0.3))
    disc = skia.Path()
    disc.addCircle(px, y, radius)
    room.add_light(make_moon(round(radius), room.lamp), x, y)
    room.add_metal(disc, width=1.2 * u, alpha=0.35)
    early, late = skia.Path(), skia.Path()
    for index in range(90):
        down = rng.random() ** 1.3
        low = sea + down * (art.bottom - sea)
        reach = radius * (0.5 + 1.7 * down)
        at = px + rng.gauss(0, 0.5) * reach
        long = rng.uniform(12, 74) * u * (0.35 + down)
        wave = skia.Rect.MakeXYWH(at - long / 2, low, long, (1.4 + 2.2 * down) * u)
        (late if index % 3 == 0 else early).addRect(wave)
    box = Box(px - 3 * radius, sea, px + 3 * radius, art.bottom)
    on = Fade(room.glint - stage.to_frames(8), stage.to_frames(30), stage.look.ease["even"], 0.2, 1.0)
    stage.add("shape", Fill(early, room.foil.light, 0.7), box, Motion(moves=(stage.drift(dx=0.12),), group="light"))
    stage.add("shape", Fill(late, room.foil.hot, 0.85), box, Motion(moves=(on, stage.drift(dx=-0.1)), group="light"))
    room.add_rule(x, sea, min(art.width * 1.05, 2 * (stage.width - x)), -stage.to_frames(12), middle=True)
    room.add_dust(14, px, y)


def add_curtain(room: Room, art: Box) -> None:
    """The folds of a curtain that a spot goes over."""
    stage = room.stage
    wide, high = stage.width, stage.height
    x = art.centre[0]
    room.darken(Pool(x, 0.5 * high, 0.5 * max(art.width, art.height), 0.3))
    room.brightness = 0.5
    tall = high if room.wide else art.height * 1.5
    size = (round(art.width * 1.5), round(tall))
    room.add_light(
        make_curtain(*size, room.glow, 1.0, room.seed % 3, 0.0 if room.wide else 0.45), x, high - tall / 2, scale=4
    )
    aims = ((art.left - 0.3 * art.width, high), (x, 0.8 * high), (art.right, 0.7 * high))
    room.add_beam(x - 0.5 * art.width, -0.3 * high, aims, spread=0.24, strength=0.6)
    room.add_dust(10, stage.to_frame_x(min(x, wide)), high / 2)


SETS: Final[dict[str, Set]] = {
    "spot": add_spot,
    "blinds": add_blinds,
    "skyline": add_skyline,
    "ring": add_ring,
    "dial": add_dial,
    "door": add_door,
    "letter": add_letter,
    "near": add_near,
    "thing": partial(add_letter, is_drawing=True),
    "moon": add_moon,
    "curtain": add_curtain,
}
