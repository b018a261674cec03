"""Deals and days: prices on a punched ticket or a burst, a day on a leaf of a calendar."""

from __future__ import annotations

from typing import Any, Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.riso.lines import (
    find_line_hits,
    set_seal,
    set_strips,
    set_with_picture,
    show_beside,
)
from reelwright.media.looks.riso.motifs import (
    draw_confetti,
    draw_waves,
    make_box,
    make_circle,
    make_rays,
    make_scallop,
    turn_scallop,
)
from reelwright.media.looks.riso.plates import Mark, Plate, hold, join
from reelwright.media.looks.riso.press import BANDS, Ground, Press, Tone
from reelwright.media.looks.riso.signs import add_emblem
from reelwright.media.looks.riso.strikes import strike
from reelwright.media.staging.dates import LeadingDate, find_date
from reelwright.media.staging.numbers import fit_price
from reelwright.media.staging.prices import Price, find_price
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import choose_composition

_AIR: Final = 0.3
"""Ems of a new price between it, whose digits hop, and the old one."""


def set_offer(stage: Stage) -> None:
    """Stage the deal on a punched ticket, the new price large, the old one small and struck, the code in its frame."""
    set_deal(stage, stage.get_words("deal"), ("deal", "code", "terms"))


def make_ticket(box: Box, radius: float, holes: int) -> Any:
    """Make a ticket with punched sides."""
    pitch = box.height / holes
    punched = join(
        [
            make_circle(x, box.top + pitch * (index + 0.5), radius)
            for index in range(holes)
            for x in (box.left, box.right)
        ]
    )
    return skia.Op(make_box(box, 16), punched, skia.PathOp.kDifference_PathOp)


def set_deal(stage: Stage, deal: str, roles: tuple[str, ...]) -> None:
    """Stage a deal on a ticket or a burst, or beside its picture."""
    picture, turn = stage.choose_picture(), choose_composition(stage.request, 2)
    press = Press(
        stage, ("sun" if turn else "paper") if picture is not None else ("hot" if not turn else "key"), *roles
    )
    u, tone = press.u, press.find_tone("paper")
    if picture is not None:
        tone = press.tone
        box = show_beside(press, picture, share=0.42, foot=0.46, turn=turn)
        inner = box
    else:
        box = press.box
        if stage.shape == "tall":
            box = box._replace(bottom=min(box.bottom + 60 * u, stage.height * 0.66))
        if press.wide:
            box = Box(box.left + box.width * 0.08, box.top + 10 * u, box.right - box.width * 0.08, box.bottom - 10 * u)
        if turn:
            _set_burst(press, deal)
            return
        place = stage.to_frame_box(*box)
        x, y = place.centre
        far = stage.width + stage.height
        press.marks.append(Mark("sun", lambda step: make_rays(x, y, 60 * u, far, 22, step * 0.014), is_moving=True))
        ticket = make_ticket(place, 15 * u, 11 if not press.wide else 13)
        below = skia.Path(ticket)
        below.offset(16 * u, 18 * u)
        press.marks.append(Mark("key", hold(below)))
        press.marks.append(Mark("paper", hold(ticket)))
        inner = Box(box.left + 44 * u, box.top + 44 * u, box.right - 44 * u, box.bottom - 40 * u)
        if stage.shape == "tall" and stage.request.is_emblem_named:
            add_emblem(press, "", Box(0, box.bottom + 60 * u, stage.width, 0.98 * stage.height), has_sun=False)
        press.tone = tone
    _fill_ticket(press, inner, deal, tone, middle=picture is None)
    press.add_small_print()


def _set_burst(press: Press, deal: str) -> None:
    """Set the deal on a burst of two plates, the code and the terms on cut strips beside or below it."""
    stage, u, box = press.stage, press.u, press.box
    code, terms = stage.get_words("code"), stage.get_words("terms")
    paper = press.find_tone("paper")
    small = stage.get_small_size("legal") / u * 1.1
    notes = [press.make_note(code, em=72, kind="address", tone=paper)] if code else []
    notes += [press.make_note(terms, em=small, kind="plain", role="legal", tone=paper)] if terms else []
    if press.wide:
        radius = stage.height * 0.56
        x, y = box.left + radius * 0.86, stage.height * 0.5
        aside = Box(x + radius * 1.02, box.top, box.right, box.bottom)
    else:
        low = (
            sum(press.measure(press.fit([note], box.width - 60 * u, 200 * u)) + 76 * u for note in notes)
        ) + 20 * u * bool(notes)
        widest = 0.64 if stage.shape == "tall" else 0.56  # a tall frame cuts it off on either side
        is_free = stage.shape == "tall" and not notes  # its words alone must stand in the live box
        radius = min(stage.width * widest, (box.height - low) * (0.72 if is_free else 0.52))
        x, y = (box.left + box.right) / 2, box.top + (box.height * 0.5 if is_free else radius * 0.88)
        aside = Box(box.left, y + radius * 1.03, box.right, box.bottom)
    fx = stage.to_frame_x(x)
    draw_confetti(press.marks, press.frame, press.rng, u, count=56, plates=("paper", "paper", "hot"), large=1.4)
    plates: tuple[tuple[Plate, float], ...] = (("paper", 0.0), ("hot", 20 * u), ("paper", 0.0), ("sun", 0.0))
    for plate, off in plates:
        burst = turn_scallop(fx + off, y + off, radius * 0.92, 16, radius * 0.08, 0.016)
        press.marks.append(Mark(plate, burst, is_moving=True))
    if stage.request.is_emblem_named and not notes and stage.shape in ("wide", "tall"):
        free = aside if press.wide else Box(0, y + 1.06 * radius, stage.width, 0.98 * stage.height)
        add_emblem(press, "", free, has_sun=False)
    tone = press.find_tone("sun")
    inner = Box(
        max(box.left, x - radius * 0.68), y - radius * 0.56, min(box.right, x + radius * 0.68), y + radius * 0.56
    )
    price = find_price(deal)
    if price:
        _add_price(press, inner, price, tone, x, "middle")
    else:
        rows = press.fit_line(deal, inner.width, inner.height, largest=200, lines=5, tone=tone)
        press.put(
            rows, x, y - press.measure(rows) / 2, find_line_hits(press, rows), tone=tone, align="middle", group="deal"
        )
    top = aside.top + (aside.height * 0.5 - 90 * u if press.wide else 20 * u)
    for index, note in enumerate(notes):
        rows, at = press.fit([note], aside.width - 60 * u, 200 * u), stage.to_frames(10 + 4 * index)
        wide = max(line.width for one in rows for line in one.lines)
        strip = Box(aside.left, top, aside.left + wide + 60 * u, top + press.measure(rows) + 48 * u)
        press.add_cut(strip, paper.ground, at, f"strip {index}")
        press.put(rows, aside.left + 30 * u, top + 24 * u, at + 1, tone=paper, group=f"note {index}")
        top = strip.bottom + 26 * u
    press.add_small_print()


def _fill_ticket(press: Press, box: Box, deal: str, tone: Tone, *, middle: bool) -> None:
    """Set the deal, a row of dashes, the code and the terms in a box, one under another."""
    stage, u = press.stage, press.u
    code, terms = stage.get_words("code"), stage.get_words("terms")
    em = stage.get_small_size("legal") / u
    small = (
        press.fit(
            [press.make_note(terms, em=em, kind="plain", role="legal", gap=0, tone=tone)], box.width, box.height * 0.24
        )
        if terms
        else []
    )
    slip = (
        press.fit(
            [press.make_row(code, largest=72, lines=1, kind="address", target=20, tone=tone, gap=0)], box.width, 100 * u
        )
        if code
        else []
    )
    gap = 40 * u
    below = sum(press.measure(rows) + gap for rows in (slip, small) if rows)
    room = box.height - below - (26 * u if below else 0)
    x = (box.left + box.right) / 2 if middle else box.left
    align: Any = "middle" if middle else "start"
    price = find_price(deal)
    if price:
        foot = _add_price(press, Box(box.left, box.top, box.right, box.top + room), price, tone, x, align)
    else:
        rows = press.fit_line(deal, box.width, room, largest=230, lines=5, tone=tone)
        top = box.top + (room - press.measure(rows)) * (0.5 if middle else 0.0)
        press.put(rows, x, top, find_line_hits(press, rows), tone=tone, align=align, group="deal")
        foot = top + press.measure(rows)
    y = box.top + room if middle else min(box.top + room, foot + gap)
    if not below:
        return
    y += 26 * u
    place = stage.to_frame_box(box.left, y, box.right, y)
    dashes, at = [], place.left
    while at < place.right:
        dashes.append(make_box(Box(at, y - 4 * u, min(at + 26 * u, place.right), y + 4 * u)))
        at += 46 * u
    press.marks.append(Mark("key" if press.plate != "key" or middle else "paper", hold(join(dashes))))
    y += gap
    for rows, name, at_frame in ((slip, "code", 10), (small, "terms", 14)):
        if rows:
            press.put(rows, x, y, stage.to_frames(at_frame), tone=tone, align=align, group=name)
            y += press.measure(rows) + gap


def _add_price(press: Press, box: Box, price: Price, tone: Tone, x: float, align: Any) -> float:
    """Set words, the old price struck, the new one as large as fits, and words again. Returns their foot."""
    stage, u = press.stage, press.u
    most = 108 if not price.old else 64 if press.wide else 84
    head = press.fit(
        [press.make_row(price.before, largest=most, lines=2, target=20, tone=tone)], box.width, box.height * 0.2
    )
    tail = press.fit(
        [press.make_row(price.after, largest=most, lines=2, target=20, tone=tone)], box.width, box.height * 0.2
    )
    gap = 40 * u
    extra = press.measure(head) + press.measure(tail) + gap * (bool(head) + bool(tail))
    new, old, above = fit_price(stage, price, 0.97 * box.width, box.height - extra - 50 * u, air=_AIR)
    strike_at, turn = stage.find_strike() if old else (0.0, 0.0)
    y = box.top + max(0.0, box.height - extra - above - new.height) * 0.5
    if head:
        press.put(head, x, y, 0, tone=tone, align=align, group="head")
        y += press.measure(head) + gap
    low = y + above - new.ink.top * new.size
    start = x - new.width / 2 if align == "middle" else x
    if old:
        first = x - old.width / 2 if align == "middle" else x
        under = y + old.ink.cap * old.size
        place = stage.trace_ink(old.ink, old.size, first, under)[1]
        with stage.show_large(place, stage.trace_ink(new.ink, new.size, start, low)[1], turn):
            press.set_line(old, first, under, tone.ink, 0, tone=tone, group="old")
            tint = press.inks.hot if tone.ground != press.inks.hot else press.inks.paper
            strike(press, place, old.ink.cap * old.size, strike_at, tint)
        stage.add_shake(turn)
    press.set_line(new, start, low, tone.ink, turn, tone=tone, group="new")
    y = low + max(0.0, new.ink.bottom) * new.size + gap
    if tail:
        press.put(tail, x, y, turn + stage.to_frames(10), tone=tone, align=align, group="tail")
        y += press.measure(tail)
    return y


def set_urgency(stage: Stage) -> None:
    """Stage a last day: its figure on a leaf of a calendar; other words in a seal or on strips."""
    text, turn = stage.get_words("line"), choose_composition(stage.request, 2)
    picture = stage.choose_picture()
    if picture is not None:
        set_with_picture(stage, text, picture, ("line",), turn=2 * turn + 1)
        return
    found = find_date(text)
    if found is not None:
        _set_leaf(stage, found, "hot" if turn else "sun")
    elif turn:
        set_strips(stage, text, "hot", ("line",), "")
    else:
        set_seal(stage, text, "hot", ("line",), "")


def _set_leaf(stage: Stage, date: LeadingDate, ground: Ground) -> None:
    """Set a day on a leaf of a calendar, its month on the band over it, the other words beside or below."""
    press = Press(stage, ground, "line")
    u, box = press.u, press.box
    paper = press.find_tone("paper")
    if press.wide:
        side = min(box.height, stage.width * 0.42)
        leaf = Box(
            box.left, box.top + (box.height - side) / 2, box.left + side * 1.05, box.top + (box.height + side) / 2
        )
        words = Box(leaf.right + 90 * u, box.top, box.right, box.bottom)
    else:
        side = min(box.width, box.height * 0.56)
        leaf = Box(box.left, box.top, box.left + min(box.width, side * 1.2), box.top + side)
        words = Box(box.left, leaf.bottom + 60 * u, box.right, box.bottom)
    place = stage.to_frame_box(*leaf)
    art = stage.to_frame_box(0, stage.height * 0.72, stage.width, stage.height)
    if not press.has_small_print or stage.shape == "tall":
        draw_waves(press.marks, art, u, BANDS[press.plate][:2])
    shadow = make_box(place, 18 * u)
    shadow.offset(18 * u, 20 * u)
    band = Box(place.left, place.top, place.right, place.top + place.height * 0.24)
    press.marks += [Mark("key", hold(shadow)), Mark("paper", hold(make_box(place, 18 * u)))]
    head = skia.Op(make_box(place, 18 * u), make_box(band), skia.PathOp.kIntersect_PathOp)
    press.marks.append(Mark("key", hold(head)))
    for part in (0.26, 0.74):
        press.marks.append(
            Mark("paper", hold(make_scallop(place.left + place.width * part, band.top + 6 * u, 20 * u, 9, 3 * u)))
        )
    x = (leaf.left + leaf.right) / 2
    blue = press.find_tone("key")
    month = date.after or date.before
    rows = press.fit(
        [press.make_row(month, largest=92, lines=1, target=24, tone=blue)], leaf.width - 60 * u, band.height * 0.5
    )
    press.put(
        rows, x, leaf.top + band.height * 0.56 - press.measure(rows) / 2, 2, tone=blue, align="middle", group="month"
    )
    day = stage.typeset(date.day, "number")
    free = leaf.height - band.height - 70 * u
    size = min(free / day.height, (leaf.width - 90 * u) / day.width)
    low = leaf.top + band.height + (leaf.height - band.height - day.height * size) / 2 - day.top * size
    press.set_line(FittedLine(day, size), x - day.width * size / 2, low, paper.accent, 0, tone=paper, group="day")
    parts = [part for part in (date.before if date.after else "", date.rest) if part]
    rest = press.fit(
        [press.make_row(part, largest=110, lines=3, target=30) for part in parts], words.width, words.height
    )
    if rest:
        tall = press.measure(rest)
        press.put(
            rest,
            words.left,
            words.top + (words.height - tall) * (0.4 if press.wide else 0.0),
            stage.to_frames(6),
            group="rest",
        )
    press.add_small_print()
