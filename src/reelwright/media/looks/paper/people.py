"""Stagings of what people say and do: a quotation as a letter, steps on a recipe card, typed lines."""

from __future__ import annotations

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.treatments import Picture
from reelwright.media.letters.quotation_marks import find_marks
from reelwright.media.letters.word_styles import mark_lead_strong, strip_styles
from reelwright.media.looks.paper.layouts import set_beside, set_on_sheet, set_with_picture, split_page
from reelwright.media.looks.paper.material import make_sheet, make_tape
from reelwright.media.looks.paper.page import Page, Tone
from reelwright.media.looks.paper.pictures import put_picture
from reelwright.media.looks.paper.plants import add_branch, cut_emblem, cut_letter, lay_cloth
from reelwright.media.looks.paper.words import draw_line, set_beside_emblem, set_date
from reelwright.media.staging.lines import list_steps
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import choose_composition


def set_testimonial(stage: Stage) -> None:
    """Stage what somebody said: words that come in reading order under a large quotation mark, and a signature."""
    page = Page(stage, "quote", "who", "role")
    picture = stage.choose_picture()
    live, u = stage.live, stage.u
    tone = page.desk if picture is not None else page.meadow
    if picture is None:
        page.cover(tone)
    if picture is not None:
        box, art = split_page(page, 0.58 if page.wide else 0.62)
        put_picture(page, picture, art)
    elif page.wide:
        box = Box(live.left + 250 * u, page.top, live.right, page.floor)
        if stage.request.is_emblem_named:
            box = box._replace(right=live.right - 0.3 * live.width)
            art = Box(live.right - 0.26 * live.width, page.top, live.right, page.floor)
            cut_emblem(page, art, tone.accent, tone.ground, at=stage.to_frames(8))
        cut_letter(page, _choose_mark(stage), live.left + 95 * u, page.top + 190 * u, 190 * u, tone.accent)
    else:
        box = Box(live.left, page.top + 30 * u, live.right, page.floor)
        if stage.request.is_emblem_named:
            foot = 0.9 * stage.height if stage.shape == "tall" else box.bottom
            art = box._replace(top=foot - 0.27 * stage.height, bottom=foot)
            box = box._replace(bottom=min(box.bottom, art.top - 30 * u))
            cut_emblem(page, art, tone.accent, tone.ground, at=stage.to_frames(8))
        long = stage.width * (0.9 if stage.shape == "tall" else 0.34)
        add_branch(page, stage.width * 0.94, stage.height * 1.0, long, -132, -26, plant="olive", at=8)
    _set_quotation(page, box, tone, hang=picture is None and page.wide)
    page.add_small_print(box.left, tone)


def _choose_mark(stage: Stage) -> str:
    """Choose the mark that opens a quotation in the language of the film."""
    mark = find_marks(stage.request.language)[0]
    return mark if mark in "„”“" else "”" if stage.is_rtl else "“"


def _set_quotation(page: Page, box: Box, tone: Tone, *, hang: bool) -> None:
    stage, u = page.stage, page.stage.u
    who, role = stage.get_words("who"), stage.get_words("role")
    name = page.fit(f"— {who}" if who else "", "italic", box.width, 90 * u, lines=1, largest=64)
    post = page.fit(role, "plain", box.width, 110 * u, lines=2, largest=58, lead=1.2)
    mark_high = 0.0 if hang else 170 * u
    below = (name.height + 76 * u if name.lines else 0) + (post.height + 18 * u if post.lines else 0)
    quote = page.fit(
        stage.get_words("quote"), "italic", box.width, box.height - mark_high - below - 60 * u,
        lines={"wide": 4, "tall": 6}.get(stage.shape, 5), largest=150 if page.wide else 132, lead=1.18, target=42,
    )  # fmt: skip
    tall = mark_high + quote.height + below
    top = box.top + (box.height - tall) * (0.5 if page.wide else 0.4)
    if not hang:
        cut_letter(page, _choose_mark(stage), box.left + 85 * u, top + 62 * u, 124 * u, tone.accent)
    top += mark_high
    length = min(70.0, max(26.0, stage.request.frames / stage.to_frames(1) * 0.32))
    page.put(quote, box.left, top, tone, 0, group="quote", length=length / max(1, len(quote.lines)) + 12)
    top += quote.height + 76 * u
    late = max(stage.to_frames(24), stage.request.frames * 0.38)
    if name.lines:
        boxes = page.put(name, box.left, top, tone, late, emphatic=True, role="label", group="who", enter="letters")
        page.draw_underline(boxes[-1], name.size, tone, late + stage.to_frames(26), "who")
        top += name.height + 22 * u
    page.put(post, box.left, top, tone, late + stage.to_frames(8), enter="lines", role="label", group="role")


def set_demo(stage: Stage) -> None:
    """Stage how it is done: numbered steps on a recipe card, or a line beside its picture."""
    page = Page(stage, "line", "steps")
    steps, text, picture = list_steps(stage), stage.get_words("line"), stage.choose_picture()
    if not steps:
        if set_date(page, text) or set_beside_emblem(page, text):
            return
        _set_line(page, text, picture)
        return
    _set_recipe(page, text, steps)


def _set_line(page: Page, text: str, picture: Picture | None) -> None:
    """Set a line without steps, in another way for each shot of the beat."""
    style = choose_composition(page.stage.request, 3)
    if picture is not None:
        set_with_picture(page, text, picture, is_over=style != 1)
    elif style == 0:
        set_beside(page, text, None, plant="olive" if page.seed % 2 else "daisy")
    elif style == 1:
        set_on_sheet(page, text, page.kraft, "berry")
    else:
        set_beside(page, text, None, plant_low=False, plant="daisy")


def _set_recipe(page: Page, text: str, steps: list[str]) -> None:
    """Set steps one under another with numerals in the margin of a ruled card; each comes on its hit."""
    stage, live, u = page.stage, page.stage.live, page.stage.u
    picture = stage.choose_picture()
    if picture is not None:
        box, art = split_page(page, 0.58)
        put_picture(page, picture, art)
        tone = page.desk
        room = box
    else:
        page.cover(page.kraft)
        lay_cloth(page, Box(0, 0, stage.width, stage.height), page.desk.accent)
        tone = page.sheet
        wide, high = stage.width, stage.height
        if page.wide:
            left, right = live.left + live.width * 0.10, live.right - live.width * 0.10
            top, foot = high * 0.07, high * 0.93
        else:
            left, right, top = 44 * u, wide - 44 * u, live.top - 60 * u
            foot = page.floor + (110 if stage.shape == "tall" else -4) * u
        sheet = make_sheet(round(right - left), round(foot - top), tone.ground, "cut", page.seed, -0.5, u)
        page.place(sheet, (left + right) / 2, (top + foot) / 2, depth=1.0)
        tape = make_tape(round(230 * u), round(60 * u), -3.0, page.seed, u)
        page.place(tape, (left + right) / 2, top + 2 * u, depth=1.0)
        room = Box(max(live.left, left + 80 * u), max(page.top, top + 70 * u), right - 70 * u, foot - 50 * u)
        room = room._replace(right=min(live.right, room.right), bottom=min(room.bottom, page.floor))
    title = page.fit(text, "italic", room.width, room.height * 0.24, lines=2, largest=84)
    gap = 46 * u
    y = room.top
    if title.lines:
        page.put(title, room.left, y, tone, 0, emphatic=True, enter="lines", group="title")
        y += title.height + gap
    share = (room.bottom - y) / len(steps)
    margin = 120 * u
    largest = 120 if page.wide else 132
    blocks = [
        page.fit(step, "display", room.width - margin, share - 26 * u, lines=2, largest=largest, lead=1.08)
        for step in steps
    ]
    size = min(block.size for block in blocks)
    stage.record_fit(blocks[0].lines[0].ink.cap * size, 40 * u)
    starts = stage.find_beats(len(steps), until=0.6)
    share = min(share, size * 3.4) if page.wide else share
    y += max(0.0, (room.bottom - y - share * len(steps)) * 0.45)
    for index, block in enumerate(blocks):
        block = block.scale(size / block.size)
        top = y + index * share + (share - 26 * u - block.height) * 0.5
        at, early = float(starts[index]), stage.to_frames(2 * index)
        numeral = stage.typeset(str(index + 1), "italic")
        em = size * 1.25
        page.put_line(
            FittedLine(numeral, em), room.left, top + block.ascent, tone, early, emphatic=True,
            enter="lines", role="label", group="numbers",
        )  # fmt: skip
        page.put(block, room.left + margin, top, tone, at, group=f"step {index}")
        if index:
            draw_line(page, room.left, room.right, y + index * share - 10 * u, early)
    page.add_small_print(live.left, page.desk)


def set_listing(stage: Stage) -> None:
    """Set lines of code as typed on a sheet, from left to right in every language."""
    page = Page(stage, "listing")
    live, u = stage.live, stage.u
    page.cover(page.kraft)
    lines = stage.get_words("listing").split("|")
    while lines and not lines[-1].strip():
        lines.pop()
    one = stage.typeset("0" * 10, "code").line.advance / 10_000
    columns = max(18, *(len(strip_styles(line)) for line in lines))
    pad = 70 * u
    room = page.floor - page.top - 2 * pad
    size = min((live.width - pad) / (columns * one), 70 * u, room / (len(lines) * 1.6))
    pitch = size * 1.6
    tall = len(lines) * pitch + 2 * pad
    top = page.top + (page.floor - page.top - tall) * 0.5
    left = (live.left - 30 * u) if page.wide else 30 * u
    right = (live.right + 30 * u) if page.wide else stage.width - 30 * u
    if page.wide:
        right = min(right, live.left + columns * one * size + 2 * pad)
        add_branch(
            page, stage.width * 0.95, stage.height * 1.02, stage.height * 0.9, -100, 14, plant="berry", tone=page.kraft
        )
    sheet = make_sheet(round(right - left), round(tall), page.sheet.ground, "cut", page.seed, 0.0, u)
    page.place(sheet, (left + right) / 2, top + tall / 2, depth=1.0)
    stage.record_fit(size, 40 * u)
    starts = stage.find_beats(len(lines), until=0.6)
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        ink = stage.typeset(mark_lead_strong(line.strip(), "$ "), "code")
        begin = live.left + 20 * u + (len(line) - len(line.lstrip())) * one * size
        x = stage.width - begin - ink.width * size if stage.is_rtl else begin
        low = top + pad + (number + 0.72) * pitch
        page.put_line(FittedLine(ink, size), x, low, page.sheet, float(starts[number]), group=f"listing {number}")
    page.add_small_print(live.left, page.kraft)
