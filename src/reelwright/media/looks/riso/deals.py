"""Deals and days: prices on a punched ticket or a burst, a day on a leaf of a calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.riso.lines import (
    find_line_hits,
    set_brand,
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
)
from reelwright.media.looks.riso.plates import Mark, Plate, hold, join
from reelwright.media.looks.riso.press import Ground, Press, Tone
from reelwright.media.looks.riso.signs import add_emblem
from reelwright.media.looks.riso.strikes import strike
from reelwright.media.staging.columns import FittedRow
from reelwright.media.staging.dates import LeadingDate, find_date
from reelwright.media.staging.numbers import fit_price
from reelwright.media.staging.prices import find_price
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import choose_composition

Part = tuple[float, Callable[[float], object]]
"""The height of some words, and what sets them from a top on."""
_MARGIN: Final = 0.1
"""Least room between the words of a ticket and its edges, in parts of its width."""
_LABEL: Final = 0.38
"""Least height of the words beside a price, in parts of its own."""
_WORDS: Final = 0.56
"""Largest em of those words, in parts of the price's."""
_LEAST_SHARE: Final = 0.3
"""Part of a box's height below which a price is made no smaller, however long the words are."""
_SHORT: Final = 32
"""Most letters of the words under a leaf of a calendar beside which it is larger."""
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
    if picture is not None:
        box = show_beside(press, picture, share=0.42, foot=0.46, turn=turn)
        parts, gap = _fit_ticket(press, box, deal, press.tone, middle=False), 40 * press.u
        spare = box.height - sum(high + gap for high, _ in parts)
        _put_parts(parts, box.top + max(0.0, spare) * press.rest, gap)
    elif turn:
        _set_burst(press, deal)
    else:
        _set_ticket(press, deal)
    press.add_small_print()


def _set_ticket(press: Press, deal: str) -> None:
    """Set a deal on a ticket as high as its words, before rays."""
    stage, u, box = press.stage, press.u, press.box
    shows_emblem = stage.shape == "tall" and stage.request.is_emblem_named
    if shows_emblem:
        box = box._replace(bottom=min(box.bottom, stage.height * 0.62))
    off = box.width * (0.05 if press.wide else 0.03)  # its punched sides stand clear of the frame's
    box = Box(box.left + off, box.top, box.right - off, box.bottom)
    inner = box.grow(-max(_MARGIN * box.width, 60 * u))
    sheet: Ground = "sun" if press.beams == "paper" else "paper"  # it would be lost on rays of paper
    tone = press.find_tone(sheet)
    parts = _fit_ticket(press, inner, deal, tone, middle=True)
    words = sum(high for high, _ in parts)
    gap = min((110 if stage.shape == "tall" else 72) * u, max(24 * u, (inner.height - words) / max(1, len(parts) - 1)))
    tall = words + gap * (len(parts) - 1)
    top = inner.top + max(0.0, inner.height - tall) / 2
    pad = inner.left - box.left
    place = stage.to_frame_box(box.left, top - pad, box.right, top + tall + pad)
    (x, y), far = place.centre, stage.width + stage.height
    ticket = make_ticket(place, 15 * u, max(5, round(place.height / (78 * u))))
    below = skia.Path(ticket)
    below.offset(16 * u, 18 * u)
    press.marks += [
        Mark(press.beams, lambda step: make_rays(x, y, 60 * u, far, 22, step * 0.014), is_moving=True),
        Mark("key", hold(below)),
        Mark("paper", hold(ticket)),
    ]
    if sheet != "paper":
        press.marks.append(Mark(sheet, hold(ticket)))
    if shows_emblem:
        add_emblem(press, "", Box(0, box.bottom + 60 * u, stage.width, 0.98 * stage.height), has_sun=False)
    press.tone = tone
    _put_parts(parts, top, gap)


def _set_burst(press: Press, deal: str) -> None:
    """Set the deal on a burst, whole in the frame, the code and the terms on cut strips beside or below it."""
    stage, u, box = press.stage, press.u, press.box
    code, terms = stage.get_words("code"), stage.get_words("terms")
    paper, tone = press.find_tone("paper"), press.find_tone("sun")
    small = stage.get_small_size("legal") / u * 1.1
    notes = [press.make_note(code, em=72, kind="address", tone=paper)] if code else []
    notes += [press.make_note(terms, em=small, kind="plain", role="legal", tone=paper)] if terms else []
    shows_emblem = stage.request.is_emblem_named and not notes and stage.shape in ("wide", "tall")
    room = press.frame if not press.has_small_print else press.frame._replace(bottom=box.bottom)
    if press.wide and (notes or shows_emblem):
        room = room._replace(right=0.62 * stage.width)
    elif notes or shows_emblem:
        low = sum(press.measure(press.fit([note], box.width - 60 * u, 200 * u)) + 80 * u for note in notes)
        room = room._replace(bottom=box.bottom - low if notes else 0.64 * stage.height)
    room = room.grow(-0.035 * stage.width)
    across, down = room.width / 2, room.height / 2
    across, down = min(across, 1.6 * down), min(down, 1.35 * across)
    x, y = room.centre
    fx = stage.to_frame_x(x)
    draw_confetti(press.marks, press.frame, press.rng, u, count=56, plates=("paper", "paper", "hot"), large=1.4)
    plates: tuple[tuple[Plate, float], ...] = (("paper", 0.0), ("hot", 20 * u), ("paper", 0.0), ("sun", 0.0))
    for plate, off in plates:
        press.marks.append(Mark(plate, _turn_burst(fx + off, y + off, across, down), is_moving=True))
    aside = Box(room.right, box.top, box.right, box.bottom) if press.wide else Box(box.left, y + down, *box[2:])
    if shows_emblem:
        free = aside if press.wide else aside._replace(left=0, right=stage.width, bottom=0.98 * stage.height)
        add_emblem(press, "", free, has_sun=False)
    part = across * (0.77 if find_price(deal) else 0.68)
    inner = Box(max(box.left, x - part), y - 0.52 * down, min(box.right, x + part), y + 0.52 * down)
    parts = _fit_deal(press, inner, deal, tone, middle=True, taper=0.78)
    words = sum(high for high, _ in parts)
    gap = min(56 * u, max(24 * u, (inner.height - words) / max(1, len(parts) - 1)))
    _put_parts(parts, y - (words + gap * (len(parts) - 1)) / 2, gap)
    top = aside.top + (aside.height * 0.5 - 90 * u if press.wide else 20 * u)
    for index, note in enumerate(notes):
        rows, at = press.fit([note], aside.width - 60 * u, 200 * u), stage.to_frames(10 + 4 * index)
        wide = max(line.width for one in rows for line in one.lines)
        strip = Box(aside.left, top, aside.left + wide + 60 * u, top + press.measure(rows) + 48 * u)
        press.add_cut(strip, paper.ground, at, f"strip {index}")
        press.put(rows, aside.left + 30 * u, top + 24 * u, at + 1, tone=paper, group=f"note {index}")
        top = strip.bottom + 26 * u


def _turn_burst(x: float, y: float, across: float, down: float) -> Callable[[int], Any]:
    """Return a function that makes an oval burst for each step of a drawing."""
    matrix = skia.Matrix()
    matrix.setScale(1.0, down / across, x, y)

    def drawn(step: int) -> Any:
        path = make_scallop(x, y, across * 0.94, 18, across * 0.06, step * 0.016)
        path.transform(matrix)
        return path

    return drawn


def _put_parts(parts: Sequence[Part], top: float, gap: float) -> None:
    """Put the parts of a deal under one another."""
    for high, put in parts:
        put(top)
        top += high + gap


def _fit_ticket(press: Press, box: Box, deal: str, tone: Tone, *, middle: bool) -> list[Part]:
    """Fit the deal, a row of dashes, the code and the terms into a box."""
    stage, u = press.stage, press.u
    code, terms = stage.get_words("code"), stage.get_words("terms")
    em = stage.get_small_size("legal") / u * (1.3 if middle else 1.0)
    x, align = _find_middle(box, middle=middle)
    low: list[Part] = []
    if code:
        slip = press.fit(
            [press.make_row(code, largest=96, lines=1, kind="address", target=20, tone=tone)], box.width, 110 * u
        )
        low.append(_make_part(press, slip, x, align, tone, stage.to_frames(10), "code"))
    if terms:
        note = press.make_note(terms, em=em, kind="plain", role="legal", tone=tone)
        low.append(
            _make_part(
                press, press.fit([note], box.width, box.height * 0.3), x, align, tone, stage.to_frames(14), "terms"
            )
        )
    if low:
        low.insert(0, (8 * u, lambda y: _add_dashes(press, box, y, is_free=middle)))
    room = box.height - sum(high + 40 * u for high, _ in low)
    return [*_fit_deal(press, box._replace(bottom=box.top + room), deal, tone, middle=middle), *low]


def _find_middle(box: Box, *, middle: bool) -> tuple[float, Any]:
    return ((box.left + box.right) / 2, "middle") if middle else (box.left, "start")


def _make_part(
    press: Press, rows: Sequence[FittedRow], x: float, align: Any, tone: Tone, at: float, group: str
) -> Part:
    def put(top: float) -> None:
        press.put(rows, x, top, at, tone=tone, align=align, group=group)

    return press.measure(rows), put


def _add_dashes(press: Press, box: Box, y: float, *, is_free: bool) -> None:
    """Print the row of dashes along which a ticket is torn."""
    u, place = press.u, press.stage.to_frame_box(box.left, y, box.right, y + 8 * press.u)
    dashes, at = [], place.left
    while at < place.right:
        dashes.append(make_box(place._replace(left=at, right=min(at + 26 * u, place.right))))
        at += 46 * u
    press.marks.append(Mark("key" if press.plate != "key" or is_free else "paper", hold(join(dashes))))


def _fit_deal(press: Press, box: Box, deal: str, tone: Tone, *, middle: bool, taper: float = 1.0) -> list[Part]:
    """Fit words, the old price and the new one, and words again: the price as large as leaves the words ``_LABEL`` of
    its height. ``taper``: part of the box's width that words have over and under the price.
    """
    stage, u, price = press.stage, press.u, find_price(deal)
    x, align = _find_middle(box, middle=middle)
    if not price:
        rows = press.fit_line(deal, box.width, box.height, largest=400, lines=5, tone=tone, is_name=True)
        hits = find_line_hits(press, rows)
        return [(press.measure(rows), lambda y: press.put(rows, x, y, hits, tone=tone, align=align, group="deal"))]
    texts = [one for one in (price.before, price.after) if one]
    share = 1.0
    while True:
        new, old, above = fit_price(stage, price, 0.97 * box.width, share * box.height, air=_AIR)
        room = (box.height - above - new.height) / max(1, len(texts)) - 40 * u
        row = press.make_row("", largest=_WORDS * new.size / u, lines=3, target=20, tone=tone)
        if share < _LEAST_SHARE or room > 0.1 * box.height or not texts:
            words = [press.fit([replace(row, text=one)], taper * box.width, room) for one in texts]
            caps = [one[0].lines[0].ink.cap * one[0].lines[0].size for one in words]
            if share < _LEAST_SHARE or min(caps, default=1e9) >= _LABEL * new.ink.cap * new.size:
                break
        share *= 0.93
    strike_at, turn = stage.find_strike() if old else (0.0, 0.0)

    def put(y: float) -> None:
        low = y + above - new.ink.top * new.size
        start = x - new.width / 2 if align == "middle" else x
        if old:
            first = x - old.width / 2 if align == "middle" else x
            under = y + old.ink.cap * old.size
            place = stage.trace_ink(old.ink, old.size, first, under)[1]._replace(bottom=under)  # without its comma
            with stage.show_large(place, stage.trace_ink(new.ink, new.size, start, low)[1], turn):
                press.set_line(old, first, under, tone.ink, 0, tone=tone, group="old")
                tint = press.inks.hot if tone.ground != press.inks.hot else press.inks.paper
                strike(press, place, old.ink.cap * old.size, strike_at, tint)
            stage.add_shake(turn)
        press.set_line(new, start, low, tone.ink, turn, tone=tone, group="new")

    late = turn + stage.to_frames(10)
    head = [_make_part(press, rows, x, align, tone, 0.0, "head") for rows in words[: bool(price.before)]]
    tail = [_make_part(press, rows, x, align, tone, late, "tail") for rows in words[bool(price.before) :]]
    return [*head, (above + new.height, put), *tail]


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


def set_dated_brand(stage: Stage) -> None:
    """Stage a day on a leaf of a calendar, and any other line as one of what the maker stands for."""
    found = find_date(stage.get_words("line"))
    if found is None or stage.get_words("name") or stage.choose_picture() is not None:
        set_brand(stage)
        return
    _set_leaf(stage, found, ("sun", "hot")[choose_composition(stage.request, 2)])


def _set_leaf(stage: Stage, date: LeadingDate, ground: Ground) -> None:
    """Set a day on a leaf of a calendar, its month on the band over it, the other words beside or below.

    A month with a postposition stands under its day, and what leads to the day on the band.
    """
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
        side, top = min(box.width, box.height * (0.56 if len(date.rest) > _SHORT else 0.66)), box.top
        if (
            date.before and date.after and not date.has_postposition
        ):  # "only until": what leads to the day is read before it
            head = press.fit(
                [press.make_row(date.before, largest=110, lines=1, target=30)], box.width, 0.16 * box.height
            )
            press.put(head, box.left, top, 0, group="before")
            top += press.measure(head) + 44 * u
        across = box.width if stage.shape == "tall" else min(box.width, side * 1.2)
        leaf = Box(box.left, top, box.left + across, top + side)
        words = Box(box.left, leaf.bottom + 60 * u, box.right, box.bottom)
    place = stage.to_frame_box(*leaf)
    art = stage.to_frame_box(0, stage.height * 0.72, stage.width, stage.height)
    if not press.has_small_print or stage.shape == "tall":
        draw_waves(press.marks, art, u, press.bands[:2])
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
    over, under = (date.before, date.after) if date.has_postposition else (date.after or date.before, "")
    for text, tone, middle in (
        (over, blue, leaf.top + band.height * 0.56),
        (under, paper, leaf.bottom - band.height * 0.6),
    ):
        if text:
            rows = press.fit(
                [press.make_row(text, largest=92, lines=1, target=24, tone=tone)],
                leaf.width - 60 * u,
                band.height * 0.5,
            )
            top = middle - press.measure(rows) / 2
            press.put(rows, x, top, 2, tone=tone, align="middle", group="month")
    day = stage.typeset(date.day, "number")
    foot = leaf.bottom - (band.height * 0.8 if under else 0.0)
    free = foot - leaf.top - band.height - 70 * u
    size = min(free / day.height, (leaf.width - 90 * u) / day.width)
    low = leaf.top + band.height + (foot - leaf.top - band.height - day.height * size) / 2 - day.top * size
    press.set_line(FittedLine(day, size), x - day.width * size / 2, low, paper.accent, 0, tone=paper, group="day")
    is_led = date.after and press.wide and not date.has_postposition
    parts = [part for part in (date.before if is_led else "", date.rest) if part]
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
