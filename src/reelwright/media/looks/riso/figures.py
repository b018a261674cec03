"""Figures: numbers that count, strips and columns of cut paper, changes behind a wave."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.letters.word_styles import mark_styles, strip_styles
from reelwright.media.looks.riso.deals import set_deal
from reelwright.media.looks.riso.lines import (
    show_beside,
    split,
)
from reelwright.media.looks.riso.motifs import (
    draw_confetti,
    draw_waves,
    make_box,
    make_circle,
    make_rays,
    make_wave,
)
from reelwright.media.looks.riso.plates import Mark, Plate, hold
from reelwright.media.looks.riso.press import Ground, Press, Tone
from reelwright.media.looks.riso.signs import add_emblem, add_sun
from reelwright.media.looks.riso.strikes import put_struck
from reelwright.media.staging.numbers import can_show_counted_thing, has_comparison, typeset_count
from reelwright.media.staging.prices import join_prices
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_UNIT: Final = 0.52
"""Height of a unit as a part of the digits'. Source: films-judged.md 3."""
_SHORT: Final = 26
"""Most letters of what a number counts under which a drawing takes more than half of a tall frame."""


def set_proof(stage: Stage) -> None:
    """Stage a figure with what it counts, and two strips of cut paper where two values are given."""
    turn = choose_composition(stage.request, 3)
    picture = stage.choose_picture()
    roles = ("number", "prefix", "unit", "label", "a", "b")
    grounds: tuple[Ground, ...] = ("sun", "paper", "key")
    press = Press(stage, grounds[turn], *roles)
    u, compares, stands = press.u, has_comparison(stage), False
    if picture is not None:
        box = show_beside(press, picture, share=0.42, foot=0.60 if compares else 0.42, turn=turn)
    elif compares:
        stands = turn == 1 and (press.wide or (stage.shape == "tall" and not press.has_small_print))
        box = split(press, 0.56)[0] if stands and press.wide else press.box
        if stands and not press.wide:
            box = box._replace(bottom=box.bottom - 150 * u)
    else:
        is_short = stage.shape == "tall" and len(strip_styles(stage.get_words("label"))) <= _SHORT
        box, art = split(press, 0.64, foot=0.47 if is_short else 0.58)
        if can_show_counted_thing(stage):
            add_emblem(press, "", art, has_sun=False)
        elif _read_tenths(stage) is not None and turn != 1:
            _add_suns(press, art)
        else:
            _add_rest(press, art)
    label = press.fit(
        [
            press.make_row(
                stage.get_words("label"),
                largest=54 if picture is not None else 84 if press.wide else 116,
                lines=3,
                target=24,
            )
        ],
        box.width,
        box.height * 0.28,
    )
    bars = min(box.height * 0.4, (340 if not press.wide else 300) * u) if compares and not stands else 0.0
    gap = 46 * u
    room = box.height - press.measure(label) - (gap if label else 0) - (bars + gap if bars else 0)
    size_box = Box(box.left, box.top, box.right, box.top + max(room, 90 * u))
    tone = replace(press.tone, accent=press.tone.ink)  # rays of another ink may lie behind it
    foot = add_number(press, size_box, most=400 if bars else 520, tone=tone)
    if label:
        press.put(label, box.left, foot + gap, stage.to_frames(8), group="label")
        foot += gap + press.measure(label)
    if stands:
        _add_columns(press)
    if bars:
        _add_bars(press, box, foot + gap, min(bars, box.bottom - foot - gap))
        if stage.shape == "tall" and picture is None and not press.has_small_print:
            draw_waves(press.marks, Box(0, stage.height * 0.72, stage.width, stage.height), u, press.bands)
    press.add_small_print(after=34 if bars else 10)  # the first bar rests by then


def _add_rest(press: Press, art: Box) -> None:
    """Fill what the words leave; nothing stands under them."""
    if press.plate == "key":
        place = press.stage.to_frame_box(*art)
        draw_confetti(press.marks, place, press.rng, press.u, count=26, plates=("paper", "hot", "paper"), large=1.7)
        return
    add_sun(press, art)


def _read_tenths(stage: Stage) -> float | None:
    """Return a share as a number of tenths; None for a change, or for another unit."""
    number, prefix, unit = (stage.get_words(role).strip() for role in ("number", "prefix", "unit"))
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?)\s*(%|percent|per cent|Prozent)", f"{number} {unit}".strip())
    if prefix or not found:
        return None
    value = float(found[1].replace(",", "."))
    return value / 10 if 0 < value <= 100 else None


def _add_suns(press: Press, art: Box) -> None:
    """Print ten discs, as many of them in full as the share has tenths."""
    stage, u = press.stage, press.u
    tenths = _read_tenths(stage) or 0.0
    place = stage.to_frame_box(*art).grow(-60 * u)
    across = 2 if press.wide else 5
    down = 10 // across
    pitch = min(place.width / across, place.height / down)
    x0, y0 = place.centre[0] - pitch * (across - 1) / 2, place.centre[1] - pitch * (down - 1) / 2
    discs = [(x0 + pitch * (index % across), y0 + pitch * (index // across)) for index in range(10)]
    if press.wide:
        discs = discs[::-1]
    ground: Plate = "hot" if press.plate != "hot" else "key"
    radius = pitch * 0.40
    for index, (x, y) in enumerate(discs):
        part = min(1.0, max(0.0, tenths - index))
        circle = make_circle(x, y, radius)
        if press.plate == "key":
            press.marks.append(Mark("paper", hold(circle)))
        if part > 0:
            left = Box(x - radius, y - radius, x - radius + 2 * radius * part, y + radius)
            full = circle if part == 1 else skia.Op(circle, make_box(left), skia.PathOp.kIntersect_PathOp)

            def grow(step: int, full: Any = full, x: float = x, y: float = y, index: int = index) -> Any:
                scale = min(1.0, max(0.0, (step + 4 - index * 0.7) / 3))
                path, matrix = skia.Path(full), skia.Matrix()
                matrix.setScale(scale, scale, x, y)
                path.transform(matrix)
                return path

            press.marks.append(Mark(ground, grow, is_moving=True))
        press.marks.append(Mark("key" if press.plate != "key" else "hot", hold(circle), width=6 * u))


def add_number(press: Press, box: Box, *, most: float = 520, align: str = "start", tone: Tone | None = None) -> float:
    """Set the figure as large as its box, its unit half as high. Returns its foot."""
    stage, u, used = press.stage, press.u, tone or press.tone
    number, unit = stage.get_words("number"), stage.get_words("unit")
    words = number.split()
    end = max((n for n, word in enumerate(words, 1) if any(map(str.isdigit, word))), default=0)
    if not unit and 0 < end < len(words):
        number, unit = " ".join(words[:end]), " ".join(words[end:])
    inks = typeset_count(stage, is_alone=True, number=number)
    last = inks[-1]
    mark = stage.typeset(unit, "number") if unit else None
    gap = 0.10
    across = last.width + ((mark.width * _UNIT + gap) if mark else 0)
    cap = max(last.cap, -last.top)
    depth = cap + max(0.0, last.bottom)
    width = box.width * 0.96
    size = min(width / across, box.height / depth, most * u)
    stacked = mark is not None and (mark.width * _UNIT > 0.9 * last.width or size * last.cap < 120 * u)
    if mark is not None and stacked:
        size = min(width / last.width, box.height * 0.6 / depth, most * u)
    stage.record_fit(last.cap * size, 70 * u)
    whole = (last.width if stacked or mark is None else across) * size
    left = box.left if align == "start" else (box.left + box.right - whole) / 2
    low = box.top + cap * size
    press.add_count(inks, size, left, low, used.accent if press.plate == "paper" else used.ink)
    foot = low + max(0.0, last.bottom) * size
    if mark is None:
        return foot
    if stacked:
        rows = press.fit([press.make_row(unit, largest=size / u * 0.58, lines=2, target=26)], width, box.height * 0.36)
        press.put(rows, left, foot + 28 * u, 3, group="unit")
        return foot + 28 * u + press.measure(rows)
    small = size * _UNIT
    is_sign = not any(letter.isalpha() for letter in unit)
    base = low - (last.cap - mark.cap * _UNIT) * size if is_sign else low
    press.set_line(FittedLine(mark, small), left + (last.width + gap) * size, base, used.ink, 0, group="unit")
    return max(foot, base + max(0.0, mark.bottom) * small)


def _add_bars(press: Press, box: Box, top: float, height: float) -> None:
    """Lay two strips of cut paper at their true ratio, each under its words."""
    stage, u = press.stage, press.u
    ratio = int(stage.get_words("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    each = height / 2
    em = min(44 * u, each * 0.34)
    inks = _choose_two(press)
    for index, (share, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        y = top + index * each
        rows = press.fit([press.make_note(stage.get_words(role), em=em / u, gap=0)], box.width, em * 1.5)
        at = stage.to_frames(8 + 8 * index)
        press.put(rows, box.left, y, at, group=f"bar {index}")
        low = y + press.measure(rows) + 14 * u
        right = box.left + max(box.width * share, 16 * u)
        bar = Box(box.left, low, right, max(low + 10 * u, min(low + 74 * u, y + each - 14 * u)))
        path = stage.to_frame_path(
            [
                (bar.left, bar.top),
                (bar.right + 6 * u, bar.top + 3 * u),
                (bar.right - 5 * u, bar.bottom),
                (bar.left - 3 * u, bar.bottom - 3 * u),
            ]
        )
        area = stage.make_wipe_area(bar.left - 10 * u, bar.top - 6 * u, bar.right + 10 * u, bar.bottom + 6 * u)
        press.add_shape(
            path, inks[index], Motion(moves=(stage.wipe(at, kind="count"),), wipe_area=area, group=f"bar {index}")
        )


def _choose_two(press: Press) -> tuple[str, str]:
    """Return the inks of what is compared: quiet, and loud."""
    inks = press.inks
    found = {"sun": (inks.paper, inks.hot), "paper": (inks.sun, inks.hot), "key": (inks.paper, inks.sun)}
    return found.get(press.plate, (inks.paper, inks.sun))


def _add_columns(press: Press) -> None:
    """Stand two values as columns on the foot of the frame at their true ratio, their words over them."""
    stage, u, live = press.stage, press.u, press.stage.live
    ratio = int(stage.get_words("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    if press.wide:
        left, right, top = stage.width * 0.60, live.right, live.top + 130 * u
    else:
        left, right, top = live.left, live.right, live.bottom + 24 * u
    gap = 40 * u
    wide = (right - left - gap) / 2
    for index, (share, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        x, at = left + index * (wide + gap), stage.to_frames(6 + 8 * index)
        y = stage.height - (stage.height - top) * share
        rows = press.fit(
            [press.make_row(stage.get_words(role), largest=44, lines=2, kind="label", target=16)], wide, 110 * u
        )
        press.put(rows, x, min(y, live.bottom) - press.measure(rows) - 26 * u, at, group=f"bar {index}")
        path = stage.to_frame_path(
            [
                (x - 5 * u, y + 6 * u),
                (x + wide + 4 * u, y - 4 * u),
                (x + wide, stage.height + 20),
                (x, stage.height + 20),
            ]
        )
        area = stage.make_wipe_area(x - 10 * u, y - 10 * u, x + wide + 10 * u, stage.height + 20, "bottom")
        move = Motion(moves=(stage.wipe(at, kind="count"),), wipe_area=area, group=f"bar {index}")
        press.add_shape(path, _choose_two(press)[index], move)


def set_transformation(stage: Stage) -> None:
    """Stage a change: what was, small and struck, then what is, in its own colour behind an edge like a wave."""
    roles = ("line", "before", "after")
    before, after = stage.get_words("before"), stage.get_words("after") or stage.get_words("line")
    heading = stage.get_words("line") if stage.get_words("after") else ""
    if not heading and join_prices(before, after):
        set_deal(stage, mark_styles(f"~~{strip_styles(before)}~~ {after}"), roles)
        return
    turn = choose_composition(stage.request, 2)
    picture = stage.choose_picture()
    press = Press(stage, "paper" if not turn else "sun", *roles)
    u, old = press.u, strip_styles(before)
    hit = stage.find_turn(before, after, 0.5) if old else 0.0
    tone, most = press.tone, 150
    if picture is not None:
        box = show_beside(press, picture, turn=turn)
        edge = box.top + 0.3 * box.height
        first, second = box._replace(bottom=edge - 27 * u), box._replace(top=edge + 27 * u)
    else:
        ground: Ground = "hot" if not turn else "key"
        tone, most = press.find_tone(ground), 230
        first, second = _divide(press, turn, ground)
    notes = [press.make_note(heading, tone=tone)] if heading else []
    rows = press.fit([*notes, press.make_row(after, largest=most, lines=5, tone=tone)], second.width, second.height)
    largest = min(0.52 * most, rows[-1].lines[0].size / u * 0.56)
    small = press.fit([press.make_row(old, largest=largest, lines=4, target=18)], first.width, first.height)
    top = first.top + (first.height - press.measure(small)) * (0.5 if press.wide else 0.0)
    put_struck(press, small, first.left, top, stage.to_frames(12))
    low = second.top + (second.height - press.measure(rows)) * (0.5 if press.wide else 0.12)
    press.put(rows, second.left, low, hit, tone=tone, group="after")
    press.add_small_print()


def _divide(press: Press, turn: int, ground: Plate) -> tuple[Box, Box]:
    """Print the second ground behind a wave; return the boxes of the words of both sides."""
    stage, u, live = press.stage, press.u, press.box
    if press.wide:
        edge = stage.width * 0.40
        field, side = (
            stage.to_frame_box(edge, 0, stage.width + 60, stage.height),
            "left" if stage.reading_sign > 0 else "right",
        )
        first, second = live._replace(right=edge - 70 * u), live._replace(left=edge + 90 * u)
    else:
        edge = live.top + live.height * 0.36
        field, side = Box(0, edge, stage.width, stage.height), "top"
        first, second = live._replace(bottom=edge - 66 * u), live._replace(top=edge + 84 * u)
    long = field.height if press.wide else field.width
    swell = 30 * u

    def flow(step: int, shift: float = 0.0) -> Any:
        path = make_wave(field, long / 4, swell, 0.04 * step + 3, side=side)
        path.offset(*((-shift * stage.reading_sign, 0.0) if press.wide else (0.0, -shift)))
        return path

    plate: Plate = "sun" if not turn else "paper"
    press.marks.append(Mark(plate, lambda step: flow(step, 30 * u), is_moving=True))
    if ground == "key" or not turn:
        press.marks.append(Mark("paper", flow, is_moving=True))
    press.marks.append(Mark(ground, flow, is_moving=True))
    if not press.wide and stage.shape == "tall":
        x, y = stage.width * 0.5, stage.height + 30 * u
        press.marks.append(Mark("paper", hold(make_circle(x, y, stage.width * 0.36))))
        press.marks.append(Mark("sun", hold(make_circle(x, y, stage.width * 0.36))))
        if ground == "hot":
            press.marks.append(
                Mark(
                    "sun",
                    lambda step: make_rays(x, y, stage.width * 0.4, stage.width * 0.58, 26, step * 0.02),
                    is_moving=True,
                )
            )
    return first, second
