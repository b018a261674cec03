"""People and how it is done: a quote with its speaker, steps on a rail of light, lines of code on a lit screen."""

from __future__ import annotations

from reelwright.media.drawing.drawables import Fill, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.noir.layouts import set_scene
from reelwright.media.looks.noir.light import Pool
from reelwright.media.looks.noir.pictures import Rim
from reelwright.media.looks.noir.room import Align, Room
from reelwright.media.looks.noir.values import open_room
from reelwright.media.staging.lines import list_steps
from reelwright.media.staging.listing import add_listing, fit_listing
from reelwright.media.staging.stage import Motion, Stage


def set_testimonial(stage: Stage) -> None:
    """Stage what somebody says: in italics, lit line by line, the mark of foil over it, the name tracked under it."""
    room, box, layout = open_room(
        stage, ("quote", "who", "role"), (("flush", "curtain"), ("centre", "spot"), ("flip", "blinds"))
    )
    u = stage.u
    align: Align = "middle" if layout == "centre" else "start"
    x = (box.left + box.right) / 2 if align == "middle" else box.left
    who = room.fit(stage.get_words("who"), "label", box.width, 120 * u, lines=2, largest=46, lead=1.4)
    post = room.fit(stage.get_words("role"), "plain", box.width, 110 * u, lines=2, largest=46, lead=1.3)
    below = sum(block.height + 26 * u for block in (who, post) if block.lines) + (
        54 * u if who.lines or post.lines else 0
    )
    mark = stage.typeset("“", "display")
    em = 250 * u
    mark_high = mark.height * em + 40 * u
    quote = room.fit(
        stage.get_words("quote"), "italic", box.width, box.height - below - mark_high, lines=6,
        largest=150 if room.wide else 124, lead=1.12, target=44,
    )  # fmt: skip
    tall = mark_high + quote.height + below
    top = box.top + (box.height - tall) * (0.5 if room.wide or align == "middle" else 0.35)
    start = x - mark.width * em / 2 if align == "middle" else x
    path = stage.trace_ink(mark, em, start, top - mark.top * em)[0]
    room.add_metal(path)
    top += mark_high
    room.put(quote, x, top, 0, colour=room.tone.ink, align=align, group="quote")
    top += quote.height + 54 * u
    late = max(stage.to_frames(20), stage.request.frames * 0.3)
    if who.lines or post.lines:
        room.add_rule(x, top - 4 * u, 110 * u, late, middle=align == "middle")
        top += 26 * u
    if who.lines:
        room.put(who, x, top, late, align=align, role="label", group="who")
        top += who.height + 26 * u
    if post.lines:
        room.put(post, x, top, late + stage.to_frames(6), colour=room.tone.quiet, align=align, role="label",
                 group="role", glints=False)  # fmt: skip
    room.add_small_print(x, align)


def set_demo(stage: Stage) -> None:
    """Stage how it is done: steps on a rail of light, or a line with its picture."""
    steps, text = list_steps(stage), stage.get_words("line")
    if not steps:
        set_scene(stage, text, "demo", "line", "steps")
        return
    art = "moon" if stage.shape in ("wide", "tall") else "blinds"  # rows reach down to where the moon would hang
    room, box, layout = open_room(stage, ("line", "steps"), (("flip", "door"), ("flush", "curtain"), ("flush", art)))
    u = stage.u
    if layout != "picture" and stage.shape in ("square", "portrait"):
        box = box._replace(bottom=room.floor)
    title = room.fit(text, "italic", box.width, box.height * 0.26, lines=2, largest=96 if room.wide else 82)
    y, gap = box.top, 56 * u
    rows_high = box.height - (title.height + gap if title.lines else 0)
    share = rows_high / len(steps)
    margin = 130 * u
    air = 30 * u if room.wide else min(96 * u, 0.24 * share)
    blocks = [
        room.fit(step, "display", box.width - margin, share - air, lines=2, largest=124, lead=1.1) for step in steps
    ]
    size = min(block.size for block in blocks)
    blocks = [block.scale(size / block.size) for block in blocks]
    stage.record_fit(blocks[0].lines[0].ink.cap * size, 40 * u)
    if room.wide:
        share = min(share, max(block.height for block in blocks) + 1.15 * size)
    tall = (title.height + gap if title.lines else 0) + share * len(steps)
    y += max(0.0, (box.height - tall) * (0.5 if room.wide else 0.3))
    if title.lines:
        room.put(title, box.left, y, 0, group="title")
        y += title.height + gap
    starts = stage.find_beats(len(steps), until=0.55)
    for index, block in enumerate(blocks):
        top = y + index * share + (share - block.height) / 2
        at, early = float(starts[index]), stage.to_frames(2 * index)
        numeral = stage.typeset(str(index + 1), "italic")
        low = top + block.ascent
        room.put_line(FittedLine(numeral, size * 1.3), box.left, low, early, role="label", group="numbers")
        room.put(block, box.left + margin, top, at, colour=room.tone.ink, group=f"step {index}")
        if index:
            room.add_rule(box.left, y + index * share, box.width, early)
    room.add_small_print(box.left)


def set_listing(stage: Stage) -> None:
    """Set lines of code on a screen that a lamp lights from one side, from left to right in every language."""
    room = Room(stage, "listing")
    live, u = stage.live, stage.u
    pad = 56 * u
    listing = fit_listing(stage, live.width - 2 * pad, room.floor - room.top - 2 * pad, largest=64)
    tall = len(listing.inks) * listing.pitch + 2 * pad
    top = room.top + (room.floor - room.top - tall) / 2
    body = Box(live.left, top, live.right, top + tall)
    room.darken(Pool(*body.centre, 0.6 * max(body.width, body.height), 0.7))
    x, y = body.centre
    room.add_beam(live.left, -0.2 * stage.height, ((live.left, y), (x, y), (live.right, y)), spread=0.2, strength=0.4)
    panel = skia.Path()
    area = stage.to_frame_box(*body)
    panel.addRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(*area), 22 * u, 22 * u))
    surface = stage.palette.surface
    stage.add("shape", Fill(panel, surface), area, Motion(group="device"))
    left, right = (area.left, area.right) if stage.reading_sign > 0 else (area.right, area.left)
    stage.add("shape", Rim(panel, room.foil.hot, left, right, 2.4 * u), area)
    starts = stage.find_beats(max(1, len(listing.inks)), until=0.6)

    def arrive(number: int) -> Motion:
        at = float(starts[number])
        return Motion(
            moves=(stage.fade(at - stage.to_frames(6 if at < 1 else 0), stage.to_frames(12)),), group="listing"
        )

    first = top + pad + 0.72 * listing.pitch
    add_listing(stage, listing, area.left + pad, first, room.tone.ink, surface, arrive)
    room.add_small_print(live.left)
