"""Testimonial: oversized quote marks, the words phrase by phrase, the name on a chip."""

from __future__ import annotations

from reelwright.media.animatic.drawables import Blit, skia
from reelwright.media.animatic.layers import Box
from reelwright.media.animatic.lettering import Fitted
from reelwright.media.animatic.parts import few, rise_clip
from reelwright.media.animatic.stage import Motion, Stage
from reelwright.media.animatic.treatments import Picture, masked
from reelwright.media.letters.styled import strongest


def set_testimonial(stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.bg
    _backdrop(stage)
    mark = {"wide": 190, "tall": 210, "portrait": 150, "square": 120}[stage.shape] * u
    _marks(stage, live.left, live.top + (20 * u if not wide else 0), mark)
    top = live.top + mark + (90 if stage.shape != "square" else 60) * u
    chip = {"wide": 96, "tall": 104, "portrait": 92, "square": 84}[stage.shape] * u
    foot = live.bottom - chip - (60 * u if stage.says("role") else 10 * u)
    portrait = stage.picture()
    width = live.width if not wide else (1150 if portrait else 1500) * u
    lines = _quote(stage, width, foot - top - 56 * u)
    lows = [top - lines[0].ink.top * lines[0].size + index * lines[0].size * 1.14 for index in range(len(lines))]
    phrases = stage.beats(len(lines), until=0.45)
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        at = 0 if index == 0 else phrases[index]
        motion = Motion(
            moves=(stage.slide(at, dy=line.height * 1.2, kind="rise"),),
            clips=(rise_clip(stage, line, low),),
            group=f"phrase {index}",
        )
        last = index == len(lines) - 1 and len(lines) > 1 and not strongest(stage.says("quote"))
        stage.words(
            line.ink, line.size, live.left, low, palette.accent_text if last else palette.text, palette.bg, motion
        )
    if portrait is not None and portrait.kind == "photo":
        _portrait(stage, portrait)
    if stage.says("who"):
        _chip(stage, min(lows[-1] + 90 * u, foot), chip, phrases[-1] if len(lines) > 1 else stage.time(12))


def _quote(stage: Stage, width: float, height: float) -> list[Fitted]:
    largest = {"wide": 138, "tall": 126, "portrait": 108, "square": 92}[stage.shape] * stage.u
    largest *= few(stage, stage.says("quote"), "plain", most=3.0, usual=14.0)
    lines = stage.block(stage.says("quote"), width, height, kind="plain", lines=6, lead=1.14, largest=largest)
    stage.wants(lines[0].size, 64 * stage.u)
    return lines


def _marks(stage: Stage, x: float, top: float, height: float) -> None:
    """Two leaning bars with a foot each: quote marks made of the look's own angle."""
    lean, wide = height * stage.look.slope * 1.7, height * 0.42
    for index in range(2):
        left = x + index * height * 0.72
        points = [
            (left + lean, top),
            (left + lean + wide, top),
            (left + wide * 0.96, top + height),
            (left, top + height),
        ]
        moves = (
            stage.slide(stage.time(3 * index - 5), dy=-height * 1.6, kind="hit"),
            stage.nudge(stage.asked.frames * 0.5, dx=10 + 8 * index),
        )
        stage.poly(points, stage.palette.accent, Motion(moves=moves, group="marks"))


def _backdrop(stage: Stage) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    if wide:
        stage.dots(
            stage.width * 0.60,
            0,
            stage.width + 9,
            stage.height,
            "right",
            palette.accent,
            densest=0.34,
            gamma=2.4,
            cell=1.2,
        )
        return
    top = stage.height * (0.70 if stage.shape == "tall" else 0.80)
    stage.dots(
        0,
        top,
        stage.width + 9,
        stage.height + 9,
        "down",
        palette.accent,
        densest=0.55 if stage.shape == "tall" else 0.3,
        gamma=1.4,
        cell=1.2,
    )
    if stage.shape == "tall" and not stage.pictures:
        points = stage.wedge(stage.height * 0.935, stage.width * stage.look.slope)
        stage.poly(points, palette.accent, Motion(moves=(stage.slide(0, dy=300 * u, kind="slab"),), group="slab"))


def _portrait(stage: Stage, picture: Picture) -> None:
    """The person's own picture in a circle, an accent disc a little behind it."""
    u = stage.u
    radius = {"wide": 270, "tall": 250, "portrait": 120, "square": 110}[stage.shape] * u
    x, y = (
        (stage.width - 96 * u - radius, stage.height * 0.5)
        if stage.shape == "wide"
        else (stage.width * 0.66, stage.height * 0.82)
    )
    if stage.shape in ("square", "portrait"):
        x, y = stage.live.right - radius, stage.live.top + radius
    px = stage.at(x)
    box = Box(px - radius, y - radius, px + radius, y + radius)
    path = skia.Path()
    path.addCircle(px, y, radius)
    sprite = masked(picture, path, box)
    disc = skia.Path()
    disc.addCircle(px - 26 * u * stage.way, y + 26 * u, radius)
    from reelwright.media.animatic.drawables import Fill

    come = Motion(moves=(stage.hit(stage.time(6), 0.7),), group="portrait")
    stage.add("shape", Fill(disc, stage.palette.accent), box.grown(30 * u), come)
    stage.add("picture", Blit(sprite.image, sprite.x, sprite.y, smooth=True), box, come)


def _chip(stage: Stage, top: float, height: float, at: float) -> None:
    """Name on a leaning slab off the reading edge, the role beside or under it."""
    palette, u, live = stage.palette, stage.u, stage.live
    line = stage.ink(stage.says("who"))
    size = min(height * 0.46 / line.cap, (live.width - 120 * u) / line.width)
    right = live.left + line.width * size + 50 * u + height * stage.look.slope
    wiped = stage.wiped(-20 * u, top, right, top + height)
    motion = Motion(moves=(stage.wipe(at),), wiped=wiped, group="chip")
    stage.poly(stage.slab(-20 * u, top, right, top + height), palette.accent, motion)
    stage.words(
        line,
        size,
        live.left,
        top + height / 2 + line.cap * size / 2,
        palette.on_accent,
        palette.accent,
        motion,
        role="label",
    )
    if role := stage.says("role"):
        fade = Motion(moves=(stage.fade(at + stage.time(5), stage.time(6)),), group="chip")
        stage.label(role, live.left, top + height + 46 * u, palette.muted, palette.bg, fade, kind="plain", scale=1.3)
