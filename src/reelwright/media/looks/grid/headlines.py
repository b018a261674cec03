"""Screens of one line: on ledger rules, beside a drawing, small against huge, or around an amount."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.media.drawing.colour import mix
from reelwright.media.drawing.drawables import Fill, Several, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.grid.photographs import set_with_picture
from reelwright.media.looks.grid.pictograms import typeset_pictogram
from reelwright.media.looks.grid.sheet import Ground, Sheet, list_corners
from reelwright.media.staging.key_words import find_initials, is_negation, typeset_key_word
from reelwright.media.staging.lines import fit_headline, measure_block_height, split_closer
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition
from reelwright.media.typeset.clinging import PREPOSITIONS

_AMOUNT: Final = regex.compile(r"\p{Sc}\s?\d[\d.,]*\d?|(?<![\d.,])\d[\d.,]*\s?(?:\p{Sc}|%)")
"""An amount of money or a share, which is the point of its line."""
_CHANGES: Final = 60
"""Frames at 30 fps of the shortest screen whose emblem and its field change their colours."""
_CROPPED: Final = 1.3
"""How much larger than its field an emblem is at most that the field cuts off: more of it is a pattern, and no ship."""
_SHORT: Final = 44
"""Most letters of a line that leaves half of a wide frame to its drawing."""
_LEDGER: Final = 56
"""Most letters that stand on ledger rules."""
_TONE: Final = 0.2
"""Part of the way from the colour of a field to that of a drawing on it, for the word that fills it."""
_STRIP: Final = 0.2
"""Part of the frame's height below which a field has no word."""
_MARGIN: Final = 48
"""Pixels at 1080 around such a word."""
_BARE: Final = 0.4
"""Part of the height below which a line in eight columns is too small for them."""


def set_cold_open(stage: Stage) -> None:
    """Stage a screen without words: the photograph, or the emblem."""
    sheet = Sheet(stage, "black")
    box = Box(0, 0, stage.width, stage.height)
    if picture := stage.choose_picture():
        sheet.show(picture, box)
    else:
        fill_art(sheet, box)
    sheet.add_small_print()


def set_hook(stage: Stage) -> None:
    """Stage the opening line: as large as it goes on ledger rules, or with its photograph."""
    set_line_of(stage, "hook", "white", "black", "signal")


def set_answer(stage: Stage) -> None:
    """Stage the opening line again: on another ground, beside its drawing so close that the frame cuts it off."""
    turn = stage.request.own_turn % 2
    sheet = Sheet(stage, "signal" if turn else "black", "line", span=6)
    u, box = sheet.u, sheet.box
    art = sheet.find_art(6 if turn else 7)
    if not sheet.wide:
        art = art._replace(top=(0.42 if turn else 0.5) * stage.height)
        sheet.cut(art.top - 40 * u)
    rule, top = sheet.add_head("", box.right)
    rows = sheet.fit_headline(
        stage.get_words("line"), box.width, sheet.box.bottom - top, largest=300 if sheet.wide else 230, lines=6
    )
    if sheet.has_emblem:
        field = choose_field(sheet)
        sheet.add_panel(art, field, edge="top" if sheet.wide else "left", group="field")
        sheet.add_detail(art, sheet.choose_drawing_colour(field))
    else:
        fill_art(sheet, art, stage.get_words("line"))
    start = sheet.box.bottom - sheet.measure(rows) if sheet.wide else top
    sheet.put(rows, box.left, start, 0, group="line")
    sheet.add_mark(rule)


def set_problem(stage: Stage) -> None:
    """Stage what is wrong: white on black, a field of squares beside it."""
    set_line_of(stage, "problem", "black", "black")


def set_agitate(stage: Stage) -> None:
    """Stage what makes it worse: on the signal colour, line by line."""
    set_line_of(stage, "agitate", "signal")


def set_benefit(stage: Stage) -> None:
    """Stage what is gained, in five ways."""
    set_line_of(stage, "benefit", "white", "black", "white", "signal", "black")


def set_brand(stage: Stage) -> None:
    """Stage what the maker stands for, under the name."""
    set_line_of(stage, "brand", "white", "signal", "black")


def set_line_of(stage: Stage, beat: str, *grounds: Ground) -> None:
    """Stage the line of a beat on the ground, and in the way of ``look.yaml``, that its shot's variant has."""
    turn = choose_composition(stage.request, len(grounds))
    text, name = stage.get_words("line"), stage.get_words("name") if beat == "brand" else ""
    if not text:
        text, name = name, ""
    roles = {"brand": ("line", "name"), "demo": ("line", "steps")}.get(beat, ("line",))
    if picture := stage.choose_picture():
        set_with_picture(stage, text, picture, roles, head=name, turn=turn)
        return
    way, ground = stage.look.motifs[beat][turn], grounds[turn]
    if (amount := _AMOUNT.search(strip_styles(text))) and not stage.is_opening and "|" not in text:
        plain = strip_styles(text)
        parts = plain[: amount.start()].strip(), amount[0], plain[amount.end() :].strip()
        set_amount(stage, parts, ground, roles, head=name)
        return
    if stage.request.emblem and (stage.request.is_emblem_named or stage.is_opening):
        set_poster(stage, text, ground, roles, head=name, low=way == "floor")
        return
    if way == "contrast" and not _can_contrast(text, stage.request.language):
        way = "floor"
    if way == "ledger" and len(strip_styles(text)) > _LEDGER:
        way = "poster"
    if way in ("poster", "floor") and len(strip_styles(text)) <= _LEDGER and _leaves_bare(stage, text):
        way = "ledger"
    if way == "ledger":
        set_ledger(stage, text, ground, roles, head=name)
    elif way == "contrast":
        set_contrast(stage, text, ground, roles, head=name)
    else:
        set_poster(stage, text, ground, roles, head=name, low=way == "floor")


def _leaves_bare(stage: Stage, text: str) -> bool:
    """Return whether a line is so small in eight columns that most of a wide frame stays bare."""
    if stage.shape != "wide":
        return False
    height = stage.live.height - 64 * stage.u
    lines = fit_headline(stage, text, stage.live.width * 0.64, height, lines=6, gap=24, largest=300 * stage.u)
    return measure_block_height(lines, 24 * stage.u) < _BARE * height


def _can_contrast(text: str, language: str) -> bool:
    """Return whether the last words are the point of a line: short, no mere "in Goslar", and not what there is not."""
    if is_negation(text):
        return False
    opener, closer = split_closer(text)
    first = strip_styles(closer).casefold().split()[:1]
    if first and first[0] in PREPOSITIONS.get(language.split("-")[0].lower(), "").split():
        return False
    return bool(opener) and 1 <= len(strip_styles(closer)) <= 22 and text.count("|") <= 1


def set_ledger(stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], *, head: str = "") -> None:
    """Set each line on a rule over all columns, in rows of one height."""
    sheet = Sheet(stage, ground, *roles)
    u, box, tone = sheet.u, sheet.box, sheet.tone
    art = sheet.find_art()
    top = box.top
    if head:
        top = sheet.add_head(head, stage.width)[1]
    lines = fit_headline(
        stage, text, box.width, sheet.box.bottom - top - 40 * u, lines=3 if sheet.wide else 4, gap=30, largest=400 * u
    )
    count = len(lines)
    room = sheet.box.bottom - top
    ascent = max(-line.ink.top for line in lines) * lines[0].size
    below = max(0.16, *(line.ink.bottom for line in lines)) * lines[0].size
    row = min(room / count, (ascent + below + 54 * u) * 1.25)
    first = top if not sheet.wide else sheet.box.bottom - row * count
    hits = stage.find_line_beats(count)
    for index, line in enumerate(lines):
        foot = first + row * (index + 1)
        at = hits[index] if index else 0
        sheet.set_line(line, box.left, foot - below - 12 * u, tone.ink, at, group=f"line {index}")
        sheet.add_rule(box.left, stage.width, foot - 2.5 * u, 3 * index, heavy=index == count - 1)
    sheet.add_mark(first + row * count - 2.5 * u)
    if sheet.wide and first - top > _BARE * box.height:
        over = Box(0, 0, stage.width, first - 30 * u)
        fill_art(sheet, over, text)
    elif first - top > 140 * u:
        sheet.add_rule(box.left, stage.width, top)
    if not sheet.wide:
        free = Box(0, first + row * count + 60 * u, stage.width, stage.height)
        if sheet.small_height:
            free = free._replace(top=max(free.top, art.top))
        if free.height > _STRIP * stage.height and (stage.shape == "tall" or not sheet.small_height):
            fill_art(sheet, free, text)
    sheet.add_small_print()


def set_amount(
    stage: Stage, parts: tuple[str, str, str], ground: Ground, roles: tuple[str, ...], *, head: str = ""
) -> None:
    """Set the amount in a line as large as the frame, and the words before and after it small around it."""
    sheet = Sheet(stage, ground, *roles)
    u, box = sheet.u, sheet.box
    before, amount, after = parts
    sheet.switch_ground(0.4)
    rule, top = sheet.add_head(head, stage.width)
    small = [sheet.fit([sheet.make_row(one, largest=92, lines=3, target=30)], box.width, 0.3 * box.height)
             for one in (before, after)]  # fmt: skip
    over, under = (sheet.measure(rows) + 60 * u if rows else 0.0 for rows in small)
    ink = stage.typeset(amount, "total")
    size = min(box.width / ink.width, (sheet.box.bottom - top - over - under) / (max(0.0, ink.bottom) - ink.top))
    low = sheet.box.bottom - under - max(0.0, ink.bottom) * size
    if stage.shape == "tall":
        low = top + over - ink.top * size
    sheet.put(small[0], box.left, top, 0, group="before")
    sheet.set_line(FittedLine(ink, size), box.left, low, sheet.tone.signal, 0, group="amount")
    foot = low + max(0.0, ink.bottom) * size + 60 * u
    sheet.put(small[1], box.left, foot, stage.find_line_beats(2, until=0.3)[1], group="after")
    sheet.add_mark(rule)
    if stage.shape == "tall":
        fill_art(sheet, sheet.find_art(), amount)
    sheet.add_small_print()


def set_contrast(stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], *, head: str = "") -> None:
    """Set the first words small at the head, the last ones as large as all columns allow on the floor."""
    sheet = Sheet(stage, ground, *roles)
    u, box, tone = sheet.u, sheet.box, sheet.tone
    opener, closer = split_closer(text)
    rule, top = sheet.add_head(head, stage.width)
    small = sheet.fit_headline(
        opener, box.width * (0.8 if sheet.wide else 1), box.height * 0.32, largest=136, lines=3, target=30
    )
    sheet.put(small, box.left, top, 0, group="opener")
    foot = top + sheet.measure(small) + 80 * u
    huge = sheet.fit_headline(
        closer, box.width, sheet.box.bottom - foot, largest=420 if sheet.wide else 300, lines=3, tint=tone.signal
    )
    low = sheet.box.bottom - sheet.measure(huge)
    if stage.shape == "tall":
        low = min(low, foot)
    sheet.put(huge, box.left, low, stage.find_line_beats(2, until=0.5)[1], group="closer")
    sheet.add_mark(rule)
    if stage.shape == "tall":
        free = Box(0, low + sheet.measure(huge) + 80 * u, stage.width, stage.height)
        if sheet.small_height:
            free = sheet.find_art()
        fill_art(sheet, free, closer)
    sheet.add_small_print()


def set_poster(
    stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], *, head: str = "", low: bool = False
) -> None:
    """Set the line beside or over a drawing, which takes half of the frame, and a third where the line is long."""
    is_short = len(strip_styles(text)) <= _SHORT and stage.shape == "wide"
    sheet = Sheet(stage, ground, *roles, span=6 if is_short else 8)
    u, box = sheet.u, sheet.box
    art = sheet.find_art(7 if is_short else 9)
    if stage.shape in ("square", "portrait"):
        art = art._replace(top=0.5 * stage.height + sheet.small_height)
    if not sheet.wide:
        sheet.cut(art.top - 40 * u)
    rule, top = sheet.add_head(head, box.right)
    rows = sheet.fit_headline(text, box.width, sheet.box.bottom - top, largest=300 if sheet.wide else 230, lines=6)
    tall = sheet.measure(rows)
    if not sheet.wide and not sheet.small_height:
        art = art._replace(top=min(art.top, top + tall + 60 * u))
    fill_art(sheet, art, text)
    start = sheet.box.bottom - tall if low and sheet.wide else top
    count = sum(len(one.lines) for one in rows)
    hits = stage.find_line_beats(max(1, count), until=0.4)
    sheet.put(rows, box.left, start, [float(hit) for hit in hits], group="line")
    sheet.add_mark(rule)
    sheet.add_small_print()


def fill_art(sheet: Sheet, art: Box, text: str = "") -> None:
    """Fill a part of the frame with the screen's drawing, else with the word that stands for ``text``, whole.

    A strip or a column has none. The word is only a little lighter than its field: all else in the frame is read first.
    """
    if sheet.has_emblem:
        _add_emblem(sheet, art)
        return
    field = choose_field(sheet)
    sheet.add_panel(art, field, edge="top" if sheet.wide else "left", group="field")
    if text and _STRIP * sheet.stage.height < art.height < art.width:
        tint = mix(field, sheet.choose_drawing_colour(field), _TONE)
        word = typeset_key_word(sheet.stage, text).text
        sheet.add_letter(word, art.grow(-_MARGIN * sheet.u), tint, group="word")


def choose_field(sheet: Sheet) -> str:
    """Choose the colour of a field with a drawing or a pattern: the signal colour, on which itself it is black."""
    palette = sheet.stage.palette
    return palette.accent if sheet.tone.ground != palette.accent else palette.shade


def _add_emblem(sheet: Sheet, art: Box) -> None:
    """Fill a part of the frame with a drawing, whole; that of a tall frame is cut off at its foot.

    It and its field change their colours once, half-way through a screen that stands long enough for it.
    """
    stage = sheet.stage
    is_whole = stage.shape != "tall"
    inner = art.grow(-40 * sheet.u)
    if not is_whole:
        inner = inner._replace(bottom=art.bottom)
    edge = "top" if sheet.wide else "left"
    frames = stage.request.frames
    turn = (
        stage.find_later_hits((0.1 if _is_changed(stage) else 0.4) * frames, most=1)
        if frames > stage.to_frames(_CHANGES)
        else ()
    )
    field = choose_field(sheet)
    pair = (field, sheet.choose_drawing_colour(field))
    overfill = 1 if is_whole else _CROPPED
    sheet.add_panel(art, pair[0], edge=edge, group="field")
    sheet.add_emblem(inner, pair[1], overfill=overfill)
    if turn:
        sheet.add_field(art.grow(sheet.u), pair[1], turn[0], edge=edge)
        area = stage.make_wipe_area(*art, edge)
        sheet.add_emblem(inner, pair[0], overfill=overfill, moves=(sheet.wipe(turn[0]),), wipe_area=area)


def _is_changed(stage: Stage) -> bool:
    """Return whether a film opens with what was and what is, whose only event is that of its drawing."""
    return stage.is_opening and "after" in stage.request.words


def add_board(sheet: Sheet, name: str, box: Box, *, across: int) -> None:
    """Set the emblem and what stands with it, or the first letter of a name, in the cells of a board; one is lit and
    steps with the music.
    """
    stage, u = sheet.stage, sheet.u
    text = find_initials(name)[:1]
    field = choose_field(sheet)
    sheet.add_panel(box, field, edge="top" if sheet.wide else "bottom", group="field")
    if not text and not stage.request.emblem:
        return
    cell = box.width / across
    down = max(1, round(box.height / cell))
    high = box.height / down
    inks = []
    for companion in stage.list_companions() or ("",):
        with stage.show_emblem(companion):
            ink = typeset_pictogram(stage, text)
        size = min(high * 0.62 / ink.height, cell * 0.62 / ink.width)
        inks.append((ink, size, (ink.top + ink.bottom) / 2 * size))
    ink, size, middle = inks[0]
    letters = skia.Path(ink.make_path(size, 0, 0))
    letters.rewind()  # empty, with the way in which a drawing is filled
    for row in range(down):
        for column in range(across):
            one, em, below = inks[(column + 2 * row) % len(inks)]
            x = box.left + (column + 0.5) * cell - one.width * em / 2
            letters.addPath(stage.trace_ink(one, em, x, box.top + (row + 0.5) * high - below)[0])
    place = stage.to_frame_box(*box)
    length = stage.get_length("picture")
    come = stage.slide(sheet.start(0, length), dy=high, kind="picture")
    clip = sheet.make_clip(box)
    stage.add(
        "texture", Fill(letters, sheet.choose_drawing_colour(field)), place,
        Motion(moves=(come,), clips=(clip,), group="letters"),
    )  # fmt: skip
    at = max(0, down - 2)
    first = Box(box.left, box.top + at * high, box.left + cell, box.top + (at + 1) * high)
    near = stage.palette.shade if field != stage.palette.shade else stage.palette.bg
    lit = stage.to_frame_path(list_corners(first))
    x = box.left + cell / 2 - ink.width * size / 2
    one = stage.trace_ink(ink, size, x, box.top + (at + 0.5) * high - middle)[0]
    step = stage.march(stage.to_frames(10), dx=cell / u, most=across - 1)
    stage.add(
        "texture", Several((Fill(lit, near), Fill(one, sheet.choose_drawing_colour(near)))), place,
        Motion(moves=(step,), clips=(clip,), group="light"),
    )  # fmt: skip
