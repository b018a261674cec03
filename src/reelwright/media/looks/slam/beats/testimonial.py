"""Testimonial: oversized quote marks, the words phrase by phrase, the name on a field at the foot."""

from __future__ import annotations

from reelwright.media.drawing.drawables import Blit, Fill, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.treatments import Picture, mask_picture
from reelwright.media.letters.word_styles import find_strong_words
from reelwright.media.looks.slam.motifs import add_emblem
from reelwright.media.staging.lines import compute_baselines, make_rise
from reelwright.media.staging.pictures import add_picture
from reelwright.media.staging.stage import Motion, Stage

_LEAD = 1.12
"""Ems between the lines of a quotation, which is set in capitals."""


def set_testimonial(stage: Stage) -> None:
    """Stage the beat ``testimonial``: the words phrase by phrase, as large as they go, over a field with the name."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.bg
    portrait = stage.choose_picture()
    width = (1150 * u if portrait else live.width) if wide else live.width
    names = _fit_names(stage, width)
    rise = stage.width * stage.look.slope * (0.16 if wide else 0.36)
    deep = sum(line.height for line in names) + 26 * u * len(names)
    field = live.bottom - deep
    mark = {"wide": 110, "tall": 150, "portrait": 110, "square": 90}[stage.shape] * u
    over = 200 * u if portrait and stage.shape in ("square", "portrait") else mark  # a picture stands beside the marks
    top = live.top if stage.shape == "tall" else live.top + over + 40 * u
    _add_field(stage, field, rise)
    _marks(stage, live.left, live.top if top > live.top else top - mark - 40 * u, mark, palette.accent)
    lines = _quote(stage, width, field - rise - 30 * u - top)
    pitch = lines[0].size * _LEAD
    spare = field - rise / 2 - top - len(lines) * pitch
    first = top - lines[0].ink.top * lines[0].size + max(0.0, 0.35 * spare)
    phrases = stage.find_beats(len(lines), until=0.45)
    for index, line in enumerate(lines):
        low, at = first + index * pitch, 0 if index == 0 else phrases[index]
        motion = make_rise(stage, line, low, at, f"phrase {index}")
        last = index == len(lines) - 1 and len(lines) > 1 and not find_strong_words(stage.get_words("quote"))
        stage.add_line(line, live.left, low, palette.accent_text if last else palette.text, palette.bg, motion)
    _add_names(stage, names, field, phrases[-1] if len(lines) > 1 else stage.to_frames(12))
    if portrait is not None:
        _portrait(stage, portrait)


def _quote(stage: Stage, width: float, height: float) -> list[FittedLine]:
    largest = {"wide": 260, "tall": 300, "portrait": 300, "square": 250}[stage.shape] * stage.u
    lines = stage.fit_block(stage.get_words("quote"), width, height, lines=7, lead=_LEAD, largest=largest)
    stage.record_fit(lines[0].size, 64 * stage.u)
    return lines


def _marks(stage: Stage, x: float, top: float, height: float, colour: str) -> None:
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
        stage.add_polygon(points, colour, Motion(moves=moves, group="marks"))


def _portrait(stage: Stage, picture: Picture) -> None:
    """Show the person's own photo in a circle, an accent disc a little behind it; any other picture whole there."""
    palette, u = stage.palette, stage.u
    radius = {"wide": 270, "tall": 250, "portrait": 110, "square": 100}[stage.shape] * u
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
    stage.add(
        "shape", Fill(disc, palette.on_accent if stage.shape == "tall" else palette.accent), box.grow(30 * u), come
    )
    stage.add("picture", Blit(sprite.image, sprite.x, sprite.y, is_smooth=True), box, come)
    return None


def _fit_names(stage: Stage, width: float) -> list[FittedLine]:
    """Fit who speaks, and under it who that is, as far as the shot says so."""
    largest = {"wide": 84, "tall": 100, "portrait": 88, "square": 80}[stage.shape] * stage.u
    named = [(stage.get_words("who"), "display", largest), (stage.get_words("role"), "plain", 0.62 * largest)]
    return [
        stage.fit_block(text, width, 2 * most, kind=kind, lines=1, largest=most)[0]
        for text, kind, most in named
        if text
    ]


def _add_field(stage: Stage, top: float, rise: float) -> None:
    """Lay a field from ``top`` at its middle down to the foot of the frame; what is free of a tall one is filled."""
    palette, u = stage.palette, stage.u
    points = stage.make_wedge(top + rise / 2 - 30 * u, rise)
    come = stage.slide(0, dy=stage.height - top + rise, kind="slab")
    stage.add_polygon(points, palette.accent, Motion(moves=(come,), group="field"))
    if stage.shape != "tall":
        if stage.request.is_emblem_named and not stage.pictures:
            add_emblem(stage, Box(0.66 * stage.width, top - rise / 2, stage.width, stage.height), palette.accent)
        return
    free = Box(0, stage.live.bottom + 20 * u, stage.width, stage.height)
    stage.add_dots(*free._replace(right=free.right + 9), "down", palette.shade, densest=0.5, gamma=1.4)
    if stage.request.emblem and not stage.pictures:
        add_emblem(stage, free, palette.accent)
    elif not stage.pictures:
        _marks(stage, 0.44 * stage.width, free.top + 110 * u, 380 * u, palette.on_accent)


def _add_names(stage: Stage, names: list[FittedLine], top: float, at: float) -> None:
    """Set who speaks on the field."""
    palette, gap = stage.palette, 26 * stage.u
    for line, low in zip(names, compute_baselines(names, top + gap, gap), strict=True):
        motion = make_rise(stage, line, low, at, "names")
        stage.add_line(line, stage.live.left, low, palette.on_accent, palette.accent, motion, role="label")
