"""Testimonial: oversized quote marks, the words phrase by phrase, the name on a chip."""

from __future__ import annotations

from reelwright.media.drawing.drawables import Blit, Fill, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.treatments import Picture, mask_picture
from reelwright.media.letters.word_styles import find_strong_words
from reelwright.media.staging.lines import make_rise_clip
from reelwright.media.staging.pictures import add_picture
from reelwright.media.staging.stage import Motion, Stage

_LEAD = 1.12
"""Ems between the lines of a quotation, which is set in capitals."""


def set_testimonial(stage: Stage) -> None:
    """Stage the beat ``testimonial``: large quote marks, the words phrase by phrase, the name on a chip."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.bg
    _backdrop(stage)
    mark = {"wide": 190, "tall": 210, "portrait": 150, "square": 120}[stage.shape] * u
    _marks(stage, live.left, live.top + (20 * u if not wide else 0), mark)
    top = live.top + mark + (90 if stage.shape != "square" else 60) * u
    chip = {"wide": 96, "tall": 104, "portrait": 92, "square": 84}[stage.shape] * u
    foot = live.bottom - chip - (60 * u if stage.get_words("role") else 10 * u)
    portrait = stage.choose_picture()
    width = live.width if not wide else (1150 if portrait else 1500) * u
    lines = _quote(stage, width, foot - top - 56 * u)
    lows = [top - lines[0].ink.top * lines[0].size + index * lines[0].size * _LEAD for index in range(len(lines))]
    phrases = stage.find_beats(len(lines), until=0.45)
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        at = 0 if index == 0 else phrases[index]
        motion = Motion(
            moves=(stage.slide(at, dy=line.height * 1.2, kind="rise"),),
            clips=(make_rise_clip(stage, line, low),),
            group=f"phrase {index}",
        )
        last = index == len(lines) - 1 and len(lines) > 1 and not find_strong_words(stage.get_words("quote"))
        stage.add_line(line, live.left, low, palette.accent_text if last else palette.text, palette.bg, motion)
    if portrait is not None:
        _portrait(stage, portrait)
    if stage.get_words("who"):
        _chip(stage, min(lows[-1] + 90 * u, foot), chip, phrases[-1] if len(lines) > 1 else stage.to_frames(12))


def _quote(stage: Stage, width: float, height: float) -> list[FittedLine]:
    largest = {"wide": 190, "tall": 210, "portrait": 170, "square": 150}[stage.shape] * stage.u
    lines = stage.fit_block(stage.get_words("quote"), width, height, lines=6, lead=_LEAD, largest=largest)
    stage.record_fit(lines[0].size, 64 * stage.u)
    return lines


def _marks(stage: Stage, x: float, top: float, height: float) -> None:
    """Draw two leaning bars with a foot each: quote marks made of the look's own angle."""
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
            stage.slide(stage.to_frames(3 * index - 5), dy=-height * 1.6, kind="hit"),
            stage.nudge(stage.request.frames * 0.5, dx=10 + 8 * index),
        )
        stage.add_polygon(points, stage.palette.accent, Motion(moves=moves, group="marks"))


def _backdrop(stage: Stage) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    if wide:
        stage.add_dots(
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
    densest = 0.55 if stage.shape == "tall" else 0.3
    stage.add_dots(
        0, top, stage.width + 9, stage.height + 9, "down", palette.accent, densest=densest, gamma=1.4, cell=1.2
    )
    if stage.shape == "tall" and not stage.pictures:
        points = stage.make_wedge(stage.height * 0.935, stage.width * stage.look.slope)
        stage.add_polygon(
            points, palette.accent, Motion(moves=(stage.slide(0, dy=300 * u, kind="slab"),), group="slab")
        )


def _portrait(stage: Stage, picture: Picture) -> None:
    """Show the person's own photo in a circle, an accent disc a little behind it; any other picture whole there."""
    u = stage.u
    radius = {"wide": 270, "tall": 250, "portrait": 120, "square": 110}[stage.shape] * u
    x, y = (
        (stage.width - 96 * u - radius, stage.height * 0.5)
        if stage.shape == "wide"
        else (stage.width * 0.66, stage.height * 0.82)
    )
    if stage.shape in ("square", "portrait"):
        x, y = stage.live.right - radius, stage.live.top + radius
    come = Motion(moves=(stage.hit(stage.to_frames(6), 0.7),), group="portrait")
    if picture.kind != "photo":
        high = radius * (1.4 if stage.shape == "wide" else 1.0)
        return add_picture(stage, picture, x - radius, y - high, x + radius, y + high, come, ground=stage.ground)
    px = stage.to_frame_x(x)
    box = Box(px - radius, y - radius, px + radius, y + radius)
    path = skia.Path()
    path.addCircle(px, y, radius)
    sprite = mask_picture(picture, path, box)
    disc = skia.Path()
    disc.addCircle(px - 26 * u * stage.reading_sign, y + 26 * u, radius)
    stage.add("shape", Fill(disc, stage.palette.accent), box.grow(30 * u), come)
    stage.add("picture", Blit(sprite.image, sprite.x, sprite.y, is_smooth=True), box, come)
    return None


def _chip(stage: Stage, top: float, height: float, at: float) -> None:
    """Set the name on a leaning slab off the reading edge, the role beside or under it."""
    palette, u, live = stage.palette, stage.u, stage.live
    line = stage.typeset(stage.get_words("who"))
    size = min(height * 0.46 / line.cap, (live.width - 120 * u) / line.width)
    right = live.left + line.width * size + 50 * u + height * stage.look.slope
    wiped = stage.make_wipe_area(-20 * u, top, right, top + height)
    motion = Motion(moves=(stage.wipe(at),), wipe_area=wiped, group="chip")
    stage.add_polygon(stage.make_slab(-20 * u, top, right, top + height), palette.accent, motion)
    stage.add_words(
        line,
        size,
        live.left,
        top + height / 2 + line.cap * size / 2,
        palette.on_accent,
        palette.accent,
        motion,
        role="label",
    )
    if role := stage.get_words("role"):
        fade = Motion(moves=(stage.fade(at + stage.to_frames(5), stage.to_frames(6)),), group="chip")
        stage.add_label(role, live.left, top + height + 46 * u, palette.dim, palette.bg, fade, kind="plain", scale=1.3)
