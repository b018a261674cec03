"""The name, the call and the last card: letters that come one by one, a seal in a wreath, a button."""

from __future__ import annotations

from reelwright.media.drawing.drawables import Fill, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Fade, Mover
from reelwright.media.looks.paper.layouts import fit_headline, grow_corner, lay_photo, set_headline, split_page
from reelwright.media.looks.paper.material import make_sheet
from reelwright.media.looks.paper.page import Align, Page, Tone
from reelwright.media.looks.paper.pen import make_arrow
from reelwright.media.looks.paper.pictures import fill_frame, find_quiet, lay_half, put_picture
from reelwright.media.looks.paper.plants import (
    add_branch,
    add_monogram,
    add_wreath,
    cut_emblem,
    lay_emblem,
)
from reelwright.media.staging.blocks import NOTHING, Block
from reelwright.media.staging.calls import Call, split_call, split_card
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_BUTTON = {"tall": 0.084, "wide": 0.13}
_USUAL_BUTTON = 0.1
"""Height of the button in parts of the frame's. Source: films-judged.md 8, improvement 6; 0.1 was tiny in a wide frame
(gallery, library, 2026-12-01).
"""
_WORDS = 0.4
"""Height of its capitals, in parts of its own."""

_SHEET = 0.7
"""Part of a tall frame's height over the coloured sheet at the foot of a name."""
_BESIDE = 2
"""Most things that lie on that sheet, which stand with the film's emblem."""
_STILL = 66
"""Frames at 30 fps before the end of a last card at which its last stroke begins at the latest."""
_ON_SHEET = 2
"""Ways of the last card in which the emblem lies on a sheet of its own; in the third it stands in a ring."""


def set_reveal(stage: Stage) -> None:
    """Stage the name: its letters come one by one, large, over the photograph or between branches."""
    page = Page(stage, "name", "descriptor", "kicker")
    name, says, kicker = (stage.get_words(role) for role in ("name", "descriptor", "kicker"))
    picture = stage.choose_picture()
    live = stage.live
    if picture is not None:
        quiet = find_quiet(page, picture, name, part=0.5)
        if quiet:
            fill_frame(page, picture, quiet)
        box, tone = (quiet.box, quiet.tone) if quiet else (lay_photo(page, picture, 0.5), page.desk)
        _set_name(page, name, says, kicker, box, tone, middle=False)
        page.add_small_print(box.left, tone)
        return
    wide, high = stage.width, stage.height
    centre = (live.left + live.right) / 2
    box = Box(live.left, page.top, live.right, page.floor)
    crest = box.height * (0.36 if page.wide else 0.32) if stage.request.emblem else 0.0
    if page.wide and not crest:
        add_branch(page, wide * 0.5, high * 0.95, wide * 0.44, 184, 26, plant="olive", frames=54)
        add_branch(page, wide * 0.5, high * 0.95, wide * 0.44, -4, -26, plant="olive", seed=1, frames=54)
        box = Box(live.left, page.top, live.right, high * 0.78)
    elif not crest:
        foot = high * (0.90 if stage.shape == "tall" else 0.975)
        add_branch(page, wide * 0.5, foot, wide * 0.62, 186, 62, plant="olive", frames=54)
        add_branch(page, wide * 0.5, foot, wide * 0.62, -6, -62, plant="olive", seed=1, frames=54)
        if stage.shape != "tall":
            box = Box(live.left, page.top, live.right, high * 0.78)
    elif stage.shape == "tall" and not page.has_small_print:  # else more than half of the frame would be bare
        top = max(page.floor, high * _SHEET) + 20 * stage.u
        sheet = make_sheet(
            round(1.1 * wide), round(1.1 * high - top), stage.palette.accent, "torn", page.seed, 0.5, stage.u
        )
        page.place(sheet, wide / 2, (top + 1.1 * high) / 2, depth=1.0)
        if beside := stage.list_companions()[1 : 1 + _BESIDE]:
            share, beats = 0.76 * wide / len(beside), stage.find_line_beats(len(beside), until=0.6)
            for index, (thing, at) in enumerate(zip(beside, beats, strict=True)):
                left = 0.12 * wide + index * share
                place = Box(left + 0.1 * share, top + 0.05 * high, left + 0.9 * share, 0.95 * high)
                with stage.show_emblem(thing):
                    cut_emblem(page, place, stage.palette.surface, stage.palette.accent, at=at)
    _set_name(page, name, says, kicker, box, page.desk, middle=True, crest=crest)
    page.add_small_print(centre, page.desk, "middle")


def _set_name(
    page: Page, name: str, says: str, kicker: str, box: Box, tone: Tone, *, middle: bool, crest: float = 0
) -> None:
    """Set kicker, name and descriptor as one group in the middle of ``box``; ``crest``: height of the emblem above."""
    stage, u = page.stage, page.stage.u
    x = (box.left + box.right) / 2 if middle else box.left
    align: Align = "middle" if middle else "start"
    label = page.fit(kicker, "label", box.width * 0.9, 90 * u, lines=2, largest=34, lead=1.4)
    text = page.fit(
        says, "italic", min(box.width, 1100 * u), box.height * 0.3, lines=3, largest=98 if page.wide else 84, lead=1.18
    )
    gap = 62 * u
    rest = (label.height + gap if label.lines else 0) + (text.height + gap * 1.3 if text.lines else 0)
    rest += crest + gap if crest else 0
    title = page.fit(
        name, "display", box.width, min(box.height * (0.62 if says else 0.75), box.height - rest), lines=3,
        largest=330 if page.wide and middle else 240, lead=0.98, target=84, is_name=True,
    )  # fmt: skip
    tall = title.height + rest
    top = box.top + (box.height - tall) * (0.5 if page.wide or middle else 0.35)
    if crest:
        add_monogram(page, "", x, top + crest / 2, crest, tone.accent, 0)
        top += crest + gap
    if label.lines:
        page.put(label, x, top, tone, stage.to_frames(10), align=align, enter="lines", role="label", group="kicker")
        top += label.height + gap
    boxes = page.put(title, x, top, tone, 0, align=align, enter="letters", group="name")
    top += title.ascent + (len(title.lines) - 1) * title.pitch
    last = boxes[-1]._replace(bottom=max(boxes[-1].bottom, top + 0.1 * title.size))
    page.draw_underline(last, title.size * 0.8, tone, stage.to_frames(34), "name")
    top += title.height - title.ascent - (len(title.lines) - 1) * title.pitch + gap * 1.3
    page.put(text, x, top, tone, stage.to_frames(24), align=align, group="says")


def add_button(page: Page, text: str, x: float, top: float, most: float, at: float, *, middle: bool = False) -> float:
    """Add a filled button with an arrow; ``x``: where it starts, or its middle. Returns the y of its foot."""
    stage = page.stage
    palette = stage.palette
    high = stage.height * _BUTTON.get(stage.shape, _USUAL_BUTTON)
    line = stage.typeset(text, "address")
    pad = high * 0.62
    arrow = high * 0.42
    size = min(high * _WORDS / line.cap, (most - 2 * pad - arrow * 1.7) / line.width)
    if size * line.cap < 20 * stage.u:  # a long address needs the room of the arrow
        pad, arrow = high * 0.36, 0.0
        size = min(high * _WORDS / line.cap, (most - 2 * pad) / line.width)
    wide = line.width * size + 2 * pad + arrow * 1.7
    left = x - wide / 2 if middle else x
    box = stage.to_frame_box(left, top, left + wide, top + high)
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeLTRB(*box), high * 0.5, high * 0.5)
    come = (stage.slide(at, dy=26 * stage.u, kind="button"), Fade(at, stage.to_frames(8), stage.look.ease["in"]))
    moves: tuple[Mover, ...] = (*come, *page.make_camera())
    stage.add("shape", Fill(path, palette.accent), box, Motion(moves=moves, pivot=page.centre, group="button"))
    tone = Tone(palette.on_accent, palette.on_accent, palette.on_accent, palette.accent)
    low = top + high / 2 + line.cap * size / 2
    page.put_line(
        FittedLine(line, size), left + pad, low, tone, at + stage.to_frames(4), role="button", group="button",
        length=14, enter="lines",
    )  # fmt: skip
    if not arrow:
        return top + high
    middle_x = stage.to_frame_x(left + wide - pad - arrow * 0.4)
    path = make_arrow(middle_x, top + high / 2, arrow, stage.reading_sign)
    page.draw(path, palette.on_accent, max(3.0, high * 0.042), at + stage.to_frames(12), 12, group="button")
    return top + high


def set_cta(stage: Stage) -> None:
    """Stage what to do: the line, and its address on a button."""
    page = Page(stage, "line", "url")
    line, url = stage.get_words("line"), stage.get_words("url")
    call = split_call(line, url)
    head, on_button, address = (line, url, "") if line and call.address else (call.line, call.button, call.address)
    picture = stage.choose_picture()
    u = stage.u
    if picture is not None and not page.wide and (quiet := find_quiet(page, picture, head, part=0.5)):
        fill_frame(page, picture, quiet)
        box, tone = quiet.box, quiet.tone
    elif picture is not None:
        box, art = split_page(page, 0.52)
        put_picture(page, picture, art)
        tone = page.desk
    else:
        box, art = split_page(page, 0.64)
        page.cover(page.kraft)
        _lay_card(page, box)
        tone = page.sheet
        grow_corner(page, art, plant="daisy")
    inset = 0 if picture is not None else 60 * u
    room = Box(box.left + inset, box.top, box.right - inset, box.bottom)
    high = stage.height * _BUTTON.get(stage.shape, _USUAL_BUTTON)
    text = page.fit(address, "plain", room.width, 90 * u, lines=1, largest=48)
    need = (high + 60 * u if on_button else 0) + (text.height + 40 * u if text.lines else 0)
    top = room.top + 40 * u
    if head:
        most = 190 if page.wide else 150
        one, two = fit_headline(page, head, room.width, room.height - need, largest=most)
        tall = page.measure_pair(one, two)
        top = room.top + (room.height - tall - need) * (0.5 if page.wide else 0.42)
        head_box = room._replace(top=top, bottom=top + tall)
        top = set_headline(page, head, head_box, tone, largest=most, stroke=False, low=0) + 60 * u
    else:
        top = room.top + (room.height - need) / 2
    if on_button:
        top = add_button(page, on_button, room.left, top, room.width, stage.to_frames(12 if head else 0))
    if text.lines:
        page.put(text, room.left, top + 40 * u, tone, stage.to_frames(18), enter="lines", role="label", group="address")
    page.add_small_print(room.left, tone if picture is not None else page.kraft)


def _lay_card(page: Page, box: Box) -> None:
    """Lay a cut card under the part of the page where words stand."""
    stage, u = page.stage, page.stage.u
    if page.wide:
        left, top, right, foot = box.left - 20 * u, box.top + 20 * u, box.right + 30 * u, box.bottom - 20 * u
    else:
        left, top, right, foot = 36 * u, box.top - 30 * u, stage.width - 36 * u, box.bottom + 30 * u
    sheet = make_sheet(round(right - left), round(foot - top), page.sheet.ground, "cut", page.seed, -0.6, u)
    page.place(sheet, (left + right) / 2, (top + foot) / 2, depth=1.0)


def set_end_card(stage: Stage) -> None:
    """Stage the last card: the emblem, a seal or a picture, name, button and address; all there by 0.6 s."""
    page = Page(stage, "name", "line", "url")
    name, line, url = (stage.get_words(role) for role in ("name", "line", "url"))
    name, call = split_card(name, line, url, stage.request.about)
    live, u = stage.live, stage.u
    picture = stage.choose_picture()
    wide, high = stage.width, stage.height
    if page.wide:
        art = Box(70 * u, high * 0.08, live.left + live.width * 0.40, high * 0.92)
        box = Box(live.left + live.width * 0.46, page.top, live.right, page.floor)
    elif stage.shape == "tall":
        art = Box(80 * u, high * 0.685, wide - 80 * u, high * 0.985)
        box = Box(live.left, page.top, live.right, page.floor)
    else:
        art = Box(live.left, live.top - 10 * u, live.right, live.top + live.height * 0.40)
        box = Box(live.left, live.top + live.height * 0.43, live.right, page.floor)
    if picture is not None and picture.kind == "photo":
        lay_half(page, picture, art, "before" if page.wide else "below" if stage.shape == "tall" else "above")
    elif picture is not None:
        put_picture(page, picture, art, turn=-1.2)
    elif stage.request.emblem and (way := choose_composition(stage.request, 3)) < _ON_SHEET and not page.is_eastern:
        box = lay_emblem(page, is_near=True, has_companions=way == 0)
    else:
        radius = min(art.width, art.height) * (0.42 if page.wide else 0.45)
        x, y = art.centre
        is_crest = stage.request.emblem and (page.is_eastern or not page.grows)
        letters = "" if is_crest else find_initials(name)
        if letters or stage.request.emblem:
            frames = max(36.0, 0.8 * stage.request.frames / stage.to_frames(1))
            add_wreath(page, x, y, radius, frames=frames)
            add_monogram(page, letters, x, y - radius * 0.03, radius * 0.80, stage.palette.accent, stage.to_frames(2))
        else:
            add_branch(page, art.left, art.bottom + 60 * u, art.height * 1.1, -62, 30, frames=36)
    _set_card(page, name, call, box)


def _set_card(page: Page, name: str, call: Call, box: Box) -> None:
    """Set name, line, button and address as one group."""
    stage, u = page.stage, page.stage.u
    tone = page.desk
    middle = not page.wide
    x = (box.left + box.right) / 2 if middle else box.left
    align: Align = "middle" if middle else "start"
    button = stage.height * _BUTTON.get(stage.shape, _USUAL_BUTTON) if call.button else 0.0
    title: Block = NOTHING
    if name:
        title = page.fit(name, "display", box.width, box.height * (0.5 if page.wide else 0.36), lines=3, largest=230,
                         lead=1.0, target=70, is_name=True)  # fmt: skip
    line = page.fit(
        call.line, "italic", box.width, box.height * 0.3, lines=3, largest=66 if page.wide else 62, lead=1.16
    )
    address = page.fit(call.address, "plain", box.width, 130 * u, lines=1, largest=100)
    parts = [title.height, line.height, button, address.height]
    count = sum(1 for part in parts if part)
    gap = min(max((box.height - sum(parts)) / (count + 1), 40 * u), 120 * u)
    tall = sum(parts) + gap * (count - 1)
    factor = min(1.0, (box.height - button) / max(1.0, tall - button))  # the button keeps its height
    gap *= factor
    if factor < 1:
        title, line, address = title.scale(factor), line.scale(factor), address.scale(factor)
        tall = title.height + line.height + button + address.height + gap * (count - 1)
    top = box.top + (box.height - tall) * (0.5 if page.wide else 0.42)
    if title.lines:
        page.put(title, x, top, tone, 0, align=align, enter="lines", group="name", length=14)
        top += title.height + gap
    if line.lines:
        page.put(line, x, top, tone, stage.to_frames(3), align=align, enter="lines", group="line", length=12)
        top += line.height + gap
    if button:
        top = add_button(page, call.button, x, top, box.width, stage.to_frames(4), middle=middle) + gap
    if address.lines:
        late = min(0.5 * stage.request.frames, max(stage.to_frames(10), stage.request.frames - stage.to_frames(_STILL)))
        boxes = page.put(address, x, top, tone, stage.to_frames(5), align=align, enter="lines", role="label",
                         group="address", length=12)  # fmt: skip
        page.draw_underline(boxes[-1], address.size, tone, late, "address")
    page.add_small_print(x, tone, align, at=stage.to_frames(6))
