"""Screens of words: hook, benefit, brand, problem, agitate, a cold open; and a date with its place and hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.paper.layouts import (
    set_beside,
    set_centred,
    set_headline,
    set_on_sheet,
    set_over,
    set_with_picture,
    split_page,
)
from reelwright.media.looks.paper.material import make_sheet
from reelwright.media.looks.paper.page import Page, Tone
from reelwright.media.looks.paper.pen import make_strike
from reelwright.media.looks.paper.pictures import fill_frame, find_quiet, put_picture
from reelwright.media.looks.paper.plants import add_branch, add_rule, add_wreath, cut_emblem, lay_emblem
from reelwright.media.staging.blocks import Block
from reelwright.media.staging.dates import find_date
from reelwright.media.staging.lines import split_closer
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import choose_composition

_ONE_STRIP: Final = 14
"""Most letters of a line that is not divided into strips."""

_LEAST_MEADOW: Final = 0.1
"""Least height of a meadow, as a part of the frame's."""
_COMPANIONS = 2
"""Drawings beside or under a date."""


def set_hook(stage: Stage) -> None:
    """Stage the first words: over the photograph, or large beside a branch that grows."""
    page = Page(stage, "line")
    text, picture = page.stage.get_words("line"), stage.choose_picture()
    is_again = stage.request.is_again
    if not is_again and (set_date(page, text) or set_beside_emblem(page, text)):
        return
    style = choose_composition(stage.request, 3)
    if picture is not None:
        set_with_picture(page, text, picture, is_over=not is_again and (stage.is_opening or style != 1))
    elif style == 1:
        set_on_sheet(page, text, page.poster, "daisy")
    elif style == 2:
        set_centred(page, text, page.meadow)
    else:
        set_beside(page, text, None)


def set_answer(stage: Stage) -> None:
    """Stage the closing words of the hook, which come back alone, large on coloured paper."""
    page, live = Page(stage, "line"), stage.live
    page.cover(page.poster)
    block = page.fit(stage.get_words("line"), "italic", live.width, 0.8 * live.height, lines=3, largest=330, lead=1.1)
    boxes = page.put(block, live.left, live.top + (live.height - block.height) / 2, page.poster, 0, group="line")
    page.draw_underline(boxes[-1], block.size, page.poster, stage.to_frames(18))


def set_beside_emblem(page: Page, text: str) -> bool:
    """Set a line beside the thing that it names, cut from paper, and the first line of a film beside what the
    film is about. Return whether it did.
    """
    request = page.stage.request
    is_opener = page.stage.is_opening and request.emblem
    if not (request.is_emblem_named or is_opener) or page.stage.pictures:
        return False
    box = lay_emblem(page, is_near=choose_composition(request, 4) in (0, 3))
    set_headline(page, text, box, page.desk, low=0.5 if page.wide else 0.4)
    page.add_small_print(box.left, page.desk)
    return True


def set_benefit(stage: Stage) -> None:
    """Stage what is good about it: on a sheet, in the middle, or beside its picture."""
    page = Page(stage, "line")
    text, picture = page.stage.get_words("line"), stage.choose_picture()
    style = choose_composition(stage.request, 4)
    if set_date(page, text) or set_beside_emblem(page, text):
        return
    if picture is not None:
        set_with_picture(page, text, picture, is_over=style % 2 > 0)
    elif style == 0:
        set_on_sheet(page, text, page.meadow, "daisy")
    elif style == 3 and len(strip_styles(text)) <= _ONE_STRIP and "|" not in text:
        set_on_sheet(page, text, page.kraft, "berry")
    elif style == 1:
        set_beside(page, text, None, plant_low=False, plant="berry")
    elif style == 2:
        set_centred(page, text, page.poster)
    else:
        set_strips(page, text, page.kraft)


def set_brand(stage: Stage) -> None:
    """Stage what it stands for: quiet, in the middle, the name small above it."""
    page = Page(stage, "line", "name")
    text, name = stage.get_words("line"), stage.get_words("name")
    picture = stage.choose_picture()
    if set_date(page, text) or (not name and set_beside_emblem(page, text)):
        return
    if name:
        page.top += 90 * stage.u
    style = choose_composition(stage.request, 3)
    if picture is not None and not name and set_over(page, text, picture):
        return
    if picture is not None or style == 1:
        box = set_beside(page, text, picture, plant_low=False, plant="daisy")
        _add_name(page, name, page.desk, box)
    elif style == 2:
        set_on_sheet(page, text, page.kraft, "berry")
        _add_name(page, name, page.sheet)
    else:
        set_centred(page, text, page.meadow)
        _add_name(page, name, page.meadow, middle=True)


def _add_name(page: Page, name: str, tone: Tone, box: Box | None = None, *, middle: bool = False) -> None:
    """Set the name over the words, which stand in ``box``, or else at the margin or in the middle."""
    live = page.stage.live
    left, top = (box.left, box.top) if box else ((live.left + live.right) / 2 if middle else live.left, page.top)
    block = page.fit(name, "label", live.width * 0.5, 80 * page.stage.u, lines=1, largest=44)
    page.put(block, left, top - 74 * page.stage.u, tone, 8, align="middle" if middle else "start", enter="lines",
             role="label", group="name")  # fmt: skip


def set_problem(stage: Stage) -> None:
    """Stage what was: words on a ruled sheet, struck line by line by the pen."""
    page = Page(stage, "line")
    picture = stage.choose_picture()
    live, u = stage.live, stage.u
    text = stage.get_words("line")
    if picture is None:
        page.cover(page.kraft)
        wide, high = stage.width, stage.height
        left, right = (live.left - 20 * u, wide * 0.92) if page.wide else (36 * u, wide - 36 * u)
        top, foot = (high * 0.08, high * 0.92) if stage.shape != "tall" else (live.top - 150 * u, high * 0.84)
        sheet = make_sheet(round(right - left), round(foot - top), page.sheet.ground, "torn", page.seed, 0.0, u, 84 * u)
        page.place(sheet, (left + right) / 2, (top + foot) / 2, depth=1.0)
        inner = max(live.left, left + 80 * u) if page.wide else live.left + 10 * u
        box = Box(inner, max(page.top, top + 60 * u), min(live.right, right - 80 * u), min(foot - 60 * u, page.floor))
        _strike_all(page, text, box, page.sheet, 0.5)
        page.add_small_print(box.left, page.sheet)
        return
    box, art = split_page(page)
    put_picture(page, picture, art)
    _strike_all(page, text, box, page.desk, 0.5 if page.wide else 0.3)
    page.add_small_print(live.left, page.desk)


def _strike_all(page: Page, text: str, box: Box, tone: Tone, low: float) -> None:
    """Set words and strike each of their lines."""
    stage = page.stage
    block = page.fit(text, "display", box.width - 30 * stage.u, box.height, lines=4, largest=250, lead=1.16, target=80,
                     is_headline=True)  # fmt: skip
    top = box.top + (box.height - block.height) * low
    boxes = page.put(block, box.left + 14 * stage.u, top, tone, 0)
    strike_lines(page, block, boxes, top, tone, max(stage.to_frames(20), stage.request.frames * 0.3))


def strike_lines(page: Page, block: Block, boxes: list[Box], top: float, tone: Tone, begin: float) -> None:
    """Strike the lines of a block one after another; those with struck words have their strokes."""
    stage = page.stage
    for index, (line, place) in enumerate(zip(block.lines, boxes, strict=True)):
        if not line.ink.style_spans:
            y = top + block.ascent + index * block.pitch - line.ink.cap * line.size * 0.40
            path = make_strike(place.left, place.right, y, stage.u, page.make_random(f"strike {index}"))
            thick = max(4 * stage.u, line.size * 0.055)
            page.draw(path, tone.accent, thick, begin + stage.to_frames(12) * index, 18, group="strike")


def set_agitate(stage: Stage) -> None:
    """Stage how it goes on: each line on a torn strip of its own, laid down one after another."""
    page = Page(stage, "line")
    picture, text = stage.choose_picture(), stage.get_words("line")
    if set_beside_emblem(page, text):
        return
    if picture is not None:
        set_with_picture(page, text, picture)
    else:
        set_strips(page, text, page.meadow)


def set_strips(page: Page, text: str, under: Tone) -> None:
    """Set each line on a torn strip of paper over paper of another colour, one after another."""
    stage, live, u = page.stage, page.stage.live, page.stage.u
    page.cover(under)
    if "|" not in text:
        first, last = split_closer(text)
        text = f"{first}|{last}" if first and last and len(text) > _ONE_STRIP else text
    block = page.fit(
        text, "display", live.width - (260 if page.wide else 120) * u, live.height * 0.74, lines=4,
        largest=210 if page.wide else 150, lead=1.7, target=70, is_headline=True,
    )  # fmt: skip
    count = len(block.lines)
    pitch = block.size * 1.75
    tall = (count - 1) * pitch + block.ascent
    top = page.top + (page.floor - page.top - tall) * (0.5 if stage.shape != "tall" else 0.42)
    starts = stage.find_line_beats(count, until=0.6)
    wide, high = stage.width, stage.height
    if page.wide:
        add_branch(page, wide * 0.90, high * 1.02, high * 0.92, -84, -18, plant="berry", tone=under)
        add_branch(page, wide * 0.94, high * 1.02, high * 0.70, -76, -10, plant="berry", tone=under, seed=1)
    elif stage.shape == "tall":
        add_branch(page, wide * 0.88, high * 1.01, wide * 0.9, -118, -16, plant="berry", tone=under)
        add_branch(page, wide * 0.72, high * 1.01, wide * 0.74, -104, -14, plant="berry", tone=under, seed=1)
    for index, line in enumerate(block.lines):
        low = top + block.ascent + index * pitch
        sign = 1 if index % 2 else -1
        x = (
            live.left
            + (60 * u if page.wide else 34 * u)
            + (index % 2)
            * min((live.width - line.width - 120 * u) * 0.8, 260 * u)
            * (line.width < live.width - 130 * u)
        )
        width, height = line.width + 110 * u, block.size * 1.42
        sheet = make_sheet(round(width), round(height), page.sheet.ground, "torn", page.seed + index, sign * 0.7, u)
        at = float(starts[index])
        middle_y = low - line.ink.cap * line.size * 0.42
        page.place(sheet, x + line.width / 2, middle_y, at, depth=1.0, dy=0 if at < 1 else 50 * u)
        page.put_line(line, x, low, page.sheet, at + stage.to_frames(6) * (at >= 1), group=f"strip {index}")
    page.add_small_print(live.left, under)


def set_cold_open(stage: Stage) -> None:
    """Stage a screen without words: the picture, or a wreath that grows."""
    page = Page(stage)
    picture = stage.choose_picture()
    if picture is not None and (quiet := find_quiet(page, picture)):
        fill_frame(page, picture, quiet)
        return
    if picture is not None:
        put_picture(page, picture, Box(stage.width * 0.1, stage.height * 0.08, stage.width * 0.9, stage.height * 0.92))
        return
    radius = min(stage.width, stage.height) * 0.36
    add_wreath(page, stage.width / 2, stage.height / 2, radius, frames=stage.request.frames / stage.to_frames(1) * 0.7)
    page.add_small_print(stage.live.left, page.desk)


def set_date(page: Page, text: str) -> bool:
    """Set an invitation: the day in figures as tall as the page allows, weekday and month beside it, place and hour
    below. Returns whether the text leads with a date.
    """
    found = find_date(text)
    if found is None or page.stage.pictures:
        return False
    before, day, after, rest = found
    what, _, before = before.rpartition(": ")  # "Open day: Saturday"
    stage, live, u = page.stage, page.stage.live, page.stage.u
    wide, high = stage.width, stage.height
    centre = (live.left + live.right) / 2
    later = stage.to_frames(6)
    is_bare = page.has_small_print and stage.shape in ("square", "portrait")  # no plant has room over small print
    if page.wide:
        root, stems = high * 1.03, ((0.42, high * 0.86, 9, -18), (0.46, high * 0.56, -4, -16))
    else:
        reach, root = wide * (0.72 if stage.shape == "tall" else 0.4), high * 1.01
        if page.has_small_print and stage.shape == "tall":  # the meadow grows under it
            reach = min(reach, root - (page.small_top or page.floor) - page.small_height - 110 * u)
        elif is_bare:
            draw_line(page, live.left, live.right, page.floor, later)
        stems = ((0.30, reach, 16, -22), (0.16, reach * 0.66, 8, 10))
    if not is_bare:
        _grow_meadow(page, root, stems)
    floor = _lay_companions(page, has_plants=page.grows and not is_bare)
    most = 104 if page.wide else 84
    head = page.fit(what, "italic", live.width * 0.8, 150 * u, lines=1, largest=1.2 * most)
    below = page.fit(rest, "italic", live.width * (0.6 if page.wide else 0.92), live.height * 0.26, lines=3,
                     largest=most, lead=1.2)  # fmt: skip
    gap = 80 * u
    others = (head.height + gap if head.lines else 0) + (below.height + 1.3 * gap if below.lines else 0)
    tall = min(live.height * (0.44 if page.wide else 0.3), 0.95 * (floor - page.top) - others)
    numeral = page.fit(day, "display", live.width * 0.44, tall, lines=1, largest=640, lead=1.0)
    near = 46 * u
    side = (live.width * (0.74 if page.wide and page.grows else 1.0) - numeral.width) / 2 - near
    left = page.fit(before, "display", side, numeral.height, lines=2, largest=most)
    right = page.fit(after, "display", side, numeral.height, lines=2, largest=most)
    size = min((block.size for block in (left, right) if block.lines), default=0)
    left, right = (block.scale(size / block.size) if block.lines else block for block in (left, right))
    cap = numeral.ascent
    spare = floor - page.top - cap - others
    is_open = is_bare and page.grows and floor == page.floor  # a meadow stands between the words and the small print
    top = page.top + max(0.0, spare) * (0.2 if is_open else 0.4 if page.grows and not page.wide else 0.5)
    page.put(head, centre, top, page.desk, 0, align="middle", group="what")
    top += head.height + gap if head.lines else 0
    page.put(numeral, centre, top, page.desk, 0, align="middle", emphatic=True, enter="lines", group="day")
    for block, sign, at in ((left, -1, 6.0), (right, 1, 12.0)):
        if not block.lines:
            continue
        y = top + cap / 2 - (block.ascent + (len(block.lines) - 1) * block.pitch) / 2
        reach = max(left.width, right.width)
        x = centre + sign * (numeral.width / 2 + near) - (reach if sign < 0 else 0)
        middle = x + reach / 2
        page.put(block, middle, y, page.desk, stage.to_frames(at), align="middle", enter="lines", group=f"date {sign}")
        for edge in (-1, 1):
            line_y = top + cap / 2 + edge * (max(left.height, right.height) / 2 + 34 * u)
            draw_line(page, x, x + reach, line_y, stage.to_frames(18))
    if below.lines:
        y = top + cap + 100 * u
        add_rule(page, centre, top + cap + 50 * u, 170 * u, page.desk.accent, stage.request.frames * 0.4)
        late = max(stage.to_frames(16), stage.request.frames * 0.25)
        page.put(below, centre, y + 16 * u, page.desk, late, align="middle", group="place")
        reach = page.floor - y - 16 * u - below.height - 40 * u
        if is_open and reach > _LEAST_MEADOW * high:
            reach = min(reach, 0.4 * wide)
            _grow_meadow(page, page.floor, ((0.30, reach, 16, -22), (0.16, reach * 0.66, 8, 10)))
    page.add_small_print(centre, page.desk, "middle")
    return True


def _grow_meadow(page: Page, root: float, stems: Sequence[tuple[float, float, float, float]]) -> None:
    """Grow flowers from ``root`` on both sides; for each stem: how far aside, its length, its lean and its bend."""
    wide, later = page.stage.width, page.stage.to_frames(6)
    for sign in (-1, 1):
        for index, (aside, length, lean, bend) in enumerate(stems):
            add_branch(page, wide * (0.5 + aside * sign), root, length, -90 + lean * sign, bend * sign, plant="daisy",
                       seed=2 * index + (sign > 0), at=later * index)  # fmt: skip


def _lay_companions(page: Page, *, has_plants: bool) -> float:
    """Lay what stands with the film's emblem at the sides of a date, or under it, where no plants stand.

    Returns where words end.
    """
    stage, live = page.stage, page.stage.live
    names = stage.list_companions()[-_COMPANIONS:]
    if has_plants or page.is_eastern or len(names) < _COMPANIONS:
        return page.floor
    high, wide = (0.4 if page.wide else 0.16) * stage.height, 0.2 * live.width if page.wide else 0.3 * live.width
    foot = 0.9 * stage.height if stage.shape == "tall" else page.floor
    aside = 0.0 if page.wide else 0.14 * live.width
    starts = stage.find_line_beats(_COMPANIONS + 1, until=0.6)[1:]
    for name, left, at in zip(names, (live.left + aside, live.right - aside - wide), starts, strict=True):
        with stage.show_emblem(name):
            palette = stage.palette
            cut_emblem(page, Box(left, foot - high, left + wide, foot), palette.accent, palette.surface, at=at)
    return page.floor if page.wide else min(page.floor, foot - high - 20 * stage.u)


def draw_line(page: Page, left: float, right: float, y: float, at: float) -> None:
    """Draw a thin rule of the pen."""
    path = skia.Path()
    begin, end = sorted((page.stage.to_frame_x(left), page.stage.to_frame_x(right)))
    path.moveTo(begin, y)
    path.lineTo(end, y)
    page.draw(path, page.desk.accent, 2.4 * page.stage.u, at, 18)
