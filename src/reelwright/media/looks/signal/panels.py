"""Steps as cards on one line, code in a terminal, a quotation as a voice message."""

from __future__ import annotations

import math

from reelwright.media.drawing.colour import mix
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Mover
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.signal.devices import show_picture
from reelwright.media.looks.signal.headlines import find_focus, set_line
from reelwright.media.looks.signal.screen import Screen
from reelwright.media.looks.signal.waves import Caret
from reelwright.media.staging.blocks import Block
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.lines import list_steps
from reelwright.media.staging.listing import Listing, add_listing, fit_listing
from reelwright.media.staging.stage import Motion, Stage

_FOLLOWED = 40
"""Frames at 30 fps for each line of code, from which the screen would stand finished for long: its lines are marked."""
_MARKED = 0.26
"""Part of the way from a card to the accent, of the mark behind a line."""


def set_demo(stage: Stage) -> None:
    """Stage how it works: a card for each step on one line that a signal runs down; or one line and its screen."""
    steps, line = list_steps(stage), stage.get_words("line")
    if not steps:
        set_line(stage, line, "demo")
        return
    picture = stage.choose_picture()
    screen = Screen(stage, focus=find_focus(stage, "cards"))
    box = screen.box
    if picture is not None:
        box = show_picture(screen, picture, share=0.4)
    if screen.wide and picture is None:
        edge = box.left + 0.42 * box.width
        screen.set_headline(line, box._replace(right=edge), emphasis="tint", largest=112, low=0.4)
        cards = box._replace(left=(edge + 70 * screen.u) if line else box.left)
        screen.add_backdrop(cards.left - 40 * screen.u if line else 0)
    else:
        screen.add_backdrop()
        share = 0.26 if picture is None else 0.3
        head = box._replace(bottom=box.top + share * box.height)
        found = screen.set_headline(line, head, emphasis="tint", largest=112, low=0, lines=3)
        cards = box._replace(top=found.bottom + (46 * screen.u if line else 0))
    _stack_steps(screen, cards, steps)


def _stack_steps(screen: Screen, box: Box, steps: list[str]) -> None:
    """Stack cards under one another; each gets its number and its words when its time has come."""
    u, count = screen.u, len(steps)
    gap = min(26 * u, 0.06 * box.height)
    high = min((box.height - gap * (count - 1)) / count, (230 if screen.wide else 460) * u)
    top = box.top + (box.height - count * high - (count - 1) * gap) * (0.5 if screen.wide else 0)
    badge = min(0.46 * high, (84 if screen.wide else 120) * u)
    inset = min(1.85 * badge, 0.26 * box.width)
    size = _find_size(screen, steps, box.width - inset - 40 * u, 0.64 * high)
    for index, step in enumerate(steps):
        card = Box(box.left, top + index * (high + gap), box.right, top + index * (high + gap) + high)
        block = screen.fit(step, "display", box.width - inset - 40 * u, 0.64 * high, lines=3, largest=size)
        at = (box.left + inset, card.centre[1] - block.height / 2)
        _add_step(screen, index, count, card, (box.left + 0.5 * inset, card.centre[1], badge), block, at)


def _find_size(screen: Screen, steps: list[str], width: float, height: float) -> float:
    """Find the size in which every step fits, in pixels at 1080."""
    blocks = (
        screen.fit(step, "display", width, height, lines=4, largest=110 if screen.wide else 140, target=32)
        for step in steps
    )
    return min(block.size for block in blocks) / screen.u


def _add_step(
    screen: Screen, index: int, count: int, card: Box, mark: tuple[float, float, float], block: Block,
    at: tuple[float, float],
) -> None:  # fmt: skip
    """Add the card of a step, its number in a disc (place and size) and its words; cards stand before their words."""
    stage = screen.stage
    when = stage.split_frames(count, until=0.66)[index]
    come = screen.make_come(stage.to_frames(3) * index, dy=110)
    is_last = index == count - 1
    screen.add_card(card, (come,), edge=stage.palette.accent if is_last else "", group="cards")
    x, y, size = mark
    pop = (come, stage.hit(stage.to_frames(3 * index), 0.4)) if index else (come,)
    disc = skia.Path()
    disc.addCircle(stage.to_frame_x(x), y, size / 2)
    middle = (stage.to_frame_x(x), y)
    motion = Motion(moves=pop, group="number", pivot=middle)
    screen.add_shape(disc, stage.palette.accent, motion)
    ink = stage.typeset(str(index + 1), "label")
    em = 0.52 * size
    path, _ = stage.trace_ink(ink, em, x - ink.width * em / 2, y + ink.cap * em / 2)
    screen.add_shape(path, stage.palette.on_accent, motion)
    late = when + stage.to_frames(3) if index else 0.0
    screen.put(block, *at, late, ground=screen.card, group=f"step {index}", moves=(come,))


def set_listing(stage: Stage) -> None:
    """Stage lines of code as they stand in a terminal, one after another."""
    steps, line = list_steps(stage), stage.get_words("line")
    picture = stage.choose_picture()
    screen = Screen(stage, focus=(0.6, 0.5))
    u, box = screen.u, screen.box
    if picture is not None:
        box = show_picture(screen, picture, share=0.4)
    screen.add_backdrop()
    text = "|".join(part for part in (line, *steps) if part)
    top = box.top
    if text:
        room = box._replace(bottom=box.top + 0.3 * box.height)
        top = screen.set_headline(text, room, emphasis="tint", largest=96, low=0, lines=3).bottom + 50 * u
    bar, pad = 58 * u, 44 * u
    listing = fit_listing(stage, box.width - 2 * pad, box.bottom - top - bar - 2 * pad, largest=84)
    tall = bar + 2 * pad + (len(listing.texts) - 0.45) * listing.pitch
    if screen.wide and not text:
        top += max(0.0, 0.4 * (box.bottom - top - tall))
    card = Box(box.left, top, box.right, min(box.bottom, top + tall))
    screen.add_card(card, group="terminal")
    dots = skia.Path()
    place = stage.to_frame_box(*card)
    for index in range(3):
        dots.addCircle(place.left + (40 + 30 * index) * u, card.top + bar * 0.58, 8 * u)
    screen.add_shape(dots, screen.rest, Motion(group="terminal"))
    times = [-6, *stage.find_beats(len(listing.texts), until=0.4)[1:]]
    first = card.top + bar + pad + listing.size * 0.76

    def arrive(number: int) -> Motion:
        low = first + number * listing.pitch
        area = stage.make_wipe_area(
            card.left, low - listing.pitch, card.right, low + 0.5 * listing.pitch, "right" if stage.is_rtl else "left"
        )
        return Motion(moves=(stage.wipe(times[number], kind="rise"),), wipe_area=area, group=f"code {number % 2}")

    _follow_lines(screen, card, first, listing)
    end = add_listing(stage, listing, place.left + pad, first, stage.palette.text, screen.card, arrive)
    low = first + (len(listing.texts) - 1) * listing.pitch
    block = Box(
        end + 0.3 * listing.letter, low - 0.76 * listing.size, end + 1.1 * listing.letter, low + 0.1 * listing.size
    )
    if block.right < place.right - 10 * u:
        late = Motion(moves=(stage.count_time(),), span=(times[-1] + stage.to_frames(10), math.inf), group="light")
        stage.add("texture", Caret(block, stage.palette.accent), block, late)


def _follow_lines(screen: Screen, card: Box, first: float, listing: Listing) -> None:
    """Mark one line after another once all of them stand, as who reads them goes on; the last one stays marked."""
    stage, u, frames = screen.stage, screen.u, screen.stage.request.frames
    lines = [number for number, text in enumerate(listing.texts) if text.strip()]
    if frames < stage.to_frames(_FOLLOWED * len(lines)):
        return
    begin = 0.46 * frames
    share = (0.82 * frames - begin) / len(lines)
    for index, number in enumerate(lines):
        low, at = first + number * listing.pitch, begin + index * share
        high = low - 0.76 * listing.size - 0.24 * listing.pitch
        box = Box(card.left + 20 * u, high, card.right - 20 * u, high + listing.pitch)
        area = stage.make_wipe_area(box.left, box.top, box.right, box.bottom, "right" if stage.is_rtl else "left")
        until = math.inf if number == lines[-1] else at + share
        motion = Motion(moves=(stage.wipe(at, kind="rise"),), wipe_area=area, span=(at, until), group="followed")
        tint = mix(screen.card, stage.palette.accent, _MARKED)
        screen.add_shape(screen.make_round(box, 12 * u), tint, motion)


def set_testimonial(stage: Stage) -> None:
    """Stage what somebody said as a voice message: the words in a card, under them the voice and who it is."""
    quote, who, role = (stage.get_words(name) for name in ("quote", "who", "role"))
    picture = stage.choose_picture()
    screen = Screen(stage, focus=(0.5, 0.5), has_head=picture is not None)
    u, box = screen.u, screen.box
    if picture is not None:
        box = show_picture(screen, picture)
    if stage.shape != "tall":
        screen.add_backdrop()
    pad, disc = (40 if picture is not None else 60) * u, (108 if picture is not None else 152) * u
    has_foot = bool(who or role)
    foot = disc + pad if has_foot else 0.0
    inner = Box(box.left + pad, box.top + pad, box.right - pad, box.bottom - pad - foot)
    block = screen.fit(quote, "display", inner.width, inner.height, lines=9, largest=140, lead=1.12, target=44)
    tall = block.height + 2 * pad + foot
    top = box.top + max(0.0, box.height - tall) * (0.5 if screen.wide else 0.2)
    card = Box(box.left, top, box.right, top + tall)
    come = screen.make_come(0, dy=90)
    screen.add_card(card, (come,), corner=44 * u)
    screen.put(block, inner.left, top + pad, 0, ground=screen.card, group="quote", moves=(come,))
    if has_foot:
        _add_speaker(
            screen, who, role, Box(inner.left, card.bottom - pad - disc, inner.right, card.bottom - pad), disc, come
        )
    if stage.shape == "tall" and picture is None:
        y = max(stage.live.bottom + 300 * u, card.bottom + 240 * u)
        screen.add_bars(Box(-10 * u, y - 170 * u, stage.width + 10 * u, y + 170 * u), has_head=False)


def _add_speaker(screen: Screen, who: str, role: str, box: Box, disc: float, come: Mover) -> None:
    """Add who speaks: a disc with initials, the name over what the person does, and the voice as bars after them."""
    stage, u = screen.stage, screen.u
    at = stage.to_frames(8)
    left = box.left + disc + 30 * u
    room = box.right - left
    names = screen.fit(who, "address", room, 0.5 * disc, lines=1, largest=64)
    roles = screen.fit(role, "label", room, 0.42 * disc, lines=1, largest=56)
    initials = find_initials(strip_styles(who or role))
    path = skia.Path()
    x, y = box.left + disc / 2, box.top + disc / 2
    path.addCircle(stage.to_frame_x(x), y, disc / 2)
    screen.add_shape(path, stage.palette.accent, Motion(moves=(come,), group="who"))
    if initials:
        screen.add_initials(
            stage.typeset(initials), (x, y), 0.56 * disc, 0.4 * disc, Motion(moves=(come,), group="who")
        )
    gap = 14 * u if names.lines and roles.lines else 0
    top = box.top + (disc - names.height - roles.height - gap) / 2
    screen.put(names, left, top, at, ground=screen.card, role="label", group="who", moves=(come,))
    screen.put(
        roles, left, top + names.height + gap, at + 3, colour=stage.palette.dim, ground=screen.card, role="label",
        group="role", moves=(come,),
    )  # fmt: skip
    start = left + max(names.width, roles.width) + 60 * u
    if box.right - start > 160 * u:
        screen.add_bars(Box(start, box.top, box.right, box.bottom), has_head=False, first=0.1, last=0.95)
