"""End card: name, button, address and legal text, all settled by 0.6 s; then tapes of the name run on."""

from __future__ import annotations

import math
from typing import NamedTuple

from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Fade
from reelwright.media.looks.slam.motifs import add_arrow, add_crossed_tapes, add_product, add_slashes, find_room
from reelwright.media.staging.calls import Call, split_call
from reelwright.media.staging.lines import fit_small_block, limit_line_heights, make_rise, scale_few_words
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage

_PART = 0.46
"""Part of a wide safe area's width that words take."""
_LINE = {"wide": 74, "tall": 84, "portrait": 74, "square": 64}
"""Em of the call to action at a short side of 1080: the film exists for it."""
_BUTTON = {"wide": 0.14, "tall": 0.09, "portrait": 0.11, "square": 0.13}
"""Height of the button in parts of the frame's: .08 or more. Source: films-judged.md 8, improvement 6."""
_BRIGHT = 7.0
"""Least contrast of an accent to the dark on which it may be the ground of a card: words on it are dark, too."""
_LEAST = 250
"""Fewest pixels at 1080 under the words in which a sticker stands."""
_READ = 46  # frames at 30 fps that name and address stand settled


class _Paint(NamedTuple):
    """The colours of a last card: its ground, its words, its field and the dots on that, the button and its words."""

    ground: str
    ink: str
    quiet: str
    loud: str
    field: str
    dots: str
    button: str
    on_button: str


def _choose_paint(stage: Stage) -> _Paint:
    """Choose the colours by the film's own words: a dark card with a bright field, or a bright one with a dark field.

    A card that the screen before it carries in opens on the dark, as do words on a pale accent nobody could read.
    """
    palette, request = stage.palette, stage.request
    turn = request.choose_composition(2)
    is_bright = turn and request.previous_beat != "cta" and compute_contrast(palette.accent, palette.bg) >= _BRIGHT
    if not is_bright:
        return _Paint(
            palette.bg, palette.text, palette.dim, palette.accent_text, palette.accent, palette.shade, palette.accent,
            palette.on_accent,
        )  # fmt: skip
    ink = palette.on_accent
    return _Paint(palette.accent, ink, ink, ink, palette.bg, palette.accent, palette.bg, palette.text)


def set_end_card(stage: Stage) -> None:
    """Stage the beat ``end_card``: name, address and legal text, settled by 0.6 s."""
    u, live, paint = stage.u, stage.live, _choose_paint(stage)
    wide = stage.shape == "wide"
    stage.ground = paint.ground
    mark = {"wide": 96, "tall": 104, "portrait": 84, "square": 74}[stage.shape] * u
    gap = 26 * u
    call = _choose_call(stage)
    rest = sum((1.1 * row.size for row in _fit_line(stage)), 34 * u) + (150 * u if call.address else 0)
    rest += stage.height * _BUTTON[stage.shape] + 40 * u if call.button else 0
    legal = _fit_legal(stage, live.width * (_PART if wide else 1))
    foot = 30 * u + (len(legal) * 1.3 + 0.2) * legal[0].size if legal else 0.0
    lines = _name(stage, live.height - mark - 56 * u - rest - foot)
    tall = sum(line.height for line in lines) + gap * (len(lines) - 1)
    if wide:
        top = live.top + max(0.0, (live.height - foot - mark - 56 * u - tall - rest) / 2 - 10 * u)
    else:
        top = live.top + (60 * u if stage.shape == "tall" and not _says(stage, "legal") else 0)
    _field(stage, top + mark + 56 * u + tall + rest + foot)
    add_slashes(
        stage,
        live.left,
        top,
        mark,
        paint.button,
        Motion(moves=(stage.slide(0, dx=-300 * u, kind="hit"),), group="mark"),
    )
    y = top + mark + 56 * u
    for index, line in enumerate(lines):
        low = y - line.ink.top * line.size
        motion = make_rise(stage, line, low, stage.to_frames(2 * index), "name")
        stage.add_line(line, live.left, low, paint.ink, paint.ground, motion)
        y += line.height + gap
    _small(stage, y - gap)


def _head(stage: Stage) -> str:
    """Return the role that stands largest: the name, or in a film without one what to do, or where to go."""
    return next((role for role in ("name", "line", "url") if stage.get_words(role)), "name")


def _says(stage: Stage, role: str) -> str:
    """Return the words of a role that stands below the largest words; empty for the role that stands largest."""
    return "" if role == _head(stage) else stage.get_words(role)


def _choose_call(stage: Stage) -> Call:
    """Choose what stands above, on and under the button."""
    line, url = _says(stage, "line"), _says(stage, "url")
    call = split_call(line, url) if line or url else Call("", "", "")
    return call if call.line or not stage.get_words("name") else call._replace(line=stage.request.about)


def _name(stage: Stage, room: float) -> list[FittedLine]:
    """Fit the name into ``room`` pixels, those that button, address and small print leave."""
    u, live = stage.u, stage.live
    width = 860 * u if stage.shape == "wide" else live.width
    high = {"wide": 480, "tall": 480, "portrait": 440, "square": 340}[stage.shape] * u
    tallest = {"wide": 300, "tall": 340, "portrait": 290, "square": 240}[stage.shape] * u
    alone = not any(_says(stage, role) for role in ("line", "url", "legal"))
    head = stage.get_words(_head(stage))
    high *= 0.8 if stage.request.about and stage.shape != "wide" else 1.0
    lines = limit_line_heights(
        stage.fit_block(head, width, min(high, room), lines=3),
        tallest * (scale_few_words(stage, head, most=1.4) if alone else 1.0),
    )
    stage.record_fit(lines[0].ink.cap * lines[0].size, 100 * u)
    return lines


def _comes(stage: Stage, at: float) -> Fade:
    """Make a fade that is over early enough to leave a second and a half to read, however short the card is."""
    spare = max(0.0, stage.request.frames - stage.to_frames(_READ))
    part = min(1.0, spare / stage.to_frames(at + 8))
    return stage.fade(stage.to_frames(at) * part, stage.to_frames(8) * part)


def _small(stage: Stage, below: float) -> None:
    """Set line, address and legal text, four frames apart."""
    paint, u, live = _choose_paint(stage), stage.u, stage.live
    y = below
    width = live.width * (_PART if stage.shape == "wide" else 1)
    call = _choose_call(stage)
    if call.line:
        y += 34 * u
        for row in _fit_line(stage):
            y += row.size * 1.1
            motion = Motion(moves=(_comes(stage, 4),), group="line")
            stage.add_line(row, live.left, y, paint.ink, paint.ground, motion, role="label")
    if call.button:
        y = _button(stage, call.button, y + 40 * u, width)
    if call.address:
        ink = stage.typeset(call.address, "plain")
        size = min({"wide": 96, "tall": 104, "portrait": 90, "square": 76}[stage.shape] * u, width / ink.width)
        y += 34 * u + size
        motion = Motion(moves=(_comes(stage, 6),), group="url")
        stage.add_words(ink, size, live.left, y, paint.loud, paint.ground, motion, role="label")
    if fitted := _fit_legal(stage, width):
        em = stage.get_small_size("legal")
        low = live.bottom - (len(fitted) - 1) * em * 1.3 - 0.5 * em if stage.shape == "wide" else y + 30 * u + em
        for index, row in enumerate(fitted):
            motion = Motion(moves=(_comes(stage, 8),), group="legal")
            stage.add_line(row, live.left, low + index * em * 1.3, paint.quiet, paint.ground, motion, role="legal")


def _fit_line(stage: Stage) -> list[FittedLine]:
    """Fit what stands over the button, in two lines or three; an empty list where nothing does."""
    width, text = stage.live.width * (_PART if stage.shape == "wide" else 1), _choose_call(stage).line
    lines = 2 + ("|" in text)
    return fit_small_block(stage, text, width, 170 * stage.u, largest=_LINE[stage.shape], lines=lines) if text else []


def _fit_legal(stage: Stage, width: float) -> list[FittedLine]:
    """Fit the small print, in three lines at most; an empty list where there is none."""
    em, text = stage.get_small_size("legal"), _says(stage, "legal")
    return fit_small_block(stage, text, width, em * 4, largest=em / stage.u, lines=3) if text else []


def _button(stage: Stage, text: str, top: float, most: float) -> float:
    """Add the call on a filled bar that leans, with an arrow at its end. Returns the y of its foot."""
    paint, live = _choose_paint(stage), stage.live
    high = stage.height * _BUTTON[stage.shape]
    ink = stage.typeset(text, "plain")
    lean, pad = high * stage.look.slope, high * 0.42
    arrow = high * 0.5
    size = min(high * 0.4 / ink.cap, (most - 2 * lean - 2.6 * pad - arrow) / ink.width)
    foot, right = top + high, live.left + 2 * lean + 2.6 * pad + arrow + ink.width * size
    motion = Motion(moves=(_comes(stage, 4),), group="button")
    stage.add_polygon(stage.make_slab(live.left, top, right, foot, near=True), paint.button, motion)
    low = top + high / 2 + ink.cap * size / 2
    stage.add_words(ink, size, live.left + lean + pad, low, paint.on_button, paint.button, motion, role="button")
    add_arrow(stage, right - lean - pad * 0.8, top + high / 2, arrow * 0.36, paint.on_button, motion)
    return foot


def _field(stage: Stage, below: float) -> None:
    """Draw the leaning field of colour with the product; it leaves a little room and drifts slightly."""
    paint, u = _choose_paint(stage), stage.u
    wide = stage.shape == "wide"
    rise = min(stage.width * stage.look.slope, max(40 * u, 0.97 * stage.height - below))
    y = {"tall": 0.695, "portrait": 0.82, "square": 0.86}.get(stage.shape, 0.5) * stage.height
    y = min(max(y, below + rise + 60 * u), stage.height * 0.93)
    picture = stage.choose_picture()
    if picture and picture.is_sticker and not wide:  # it stands on the edge of the field
        y = min((below + stage.height + rise) / 2, stage.height * 0.93)
    is_photo = picture is not None and picture.kind == "photo"  # as wide as words leave room for
    points: list[Point] = stage.make_diagonal((1070 if is_photo else 1250) * u) if wide else stage.make_wedge(y, rise)
    come = stage.slide(0, dx=900 * u if wide else 0, dy=0 if wide else 700 * u, kind="slab")
    stage.add_polygon(points, paint.field, Motion(moves=(come,), group="field"))
    clip = stage.make_clip(points)
    top = 0 if wide else max(0.0, y - rise)
    stage.add_dots(
        stage.width * 0.5 if wide else 0,
        top,
        stage.width + 9,
        stage.height + 9,
        "down",
        paint.dots,
        densest=0.46,
        gamma=1.3,
        cell=1.15,
        motion=Motion(moves=(come,), clips=(clip,), group="field"),
    )
    if picture is None or (picture.is_sticker and picture.kind == "cutout"):
        ink = stage.typeset(stage.get_words(_head(stage)))
        room = stage.height if wide else stage.height - y + rise / 2
        middle = (1560 * u, 560 * u) if wide else (stage.width / 2, stage.height - 0.62 * room)
        add_crossed_tapes(stage, ink, middle, room)
    if picture is None or (picture.is_sticker and not wide and stage.height - below < _LEAST * u):
        return
    motion = Motion(moves=(come, stage.drift(dx=-0.12, start=stage.to_frames(12))), group="field")
    x, yy = (1480 * u, 560 * u) if wide else (stage.width * 0.57, y + (stage.height - y) * 0.30)
    if picture.kind == "cutout":
        room = stage.height - y + rise
        size = 1180 * u if picture.ratio > 1 else (960 * u if wide else room * 1.1) * picture.ratio
        if not wide and picture.ratio > 1:
            size = math.inf if picture.is_sticker else min(size, room * 1.9)
        turn, free = -12 if picture.ratio > 1 else 8, find_room(stage, 1000 * u, below)
        top = -math.inf if wide else below + 20 * u
        add_product(stage, picture, size, turn, paint.field, (x, yy), motion, within=free, top=top)
    elif picture.kind == "screen":
        add_screen(stage, picture, x, yy + 30 * u, 760 * u, 820 * u if wide else (stage.height - y) * 1.2, motion)
    else:
        inner = stage.make_diagonal(1120 * u) if wide else stage.make_wedge(y + 46 * u, rise)
        fill_with(stage, picture, inner, motion=Motion(moves=(come,), group="field"))
    return
