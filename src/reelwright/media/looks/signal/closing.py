"""The name, the call and the last card: a tile with a waveform under it, a button that a cursor presses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from reelwright.media.drawing.drawables import Outline, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import REST, Mover, Pose
from reelwright.media.looks.signal.devices import show_picture
from reelwright.media.looks.signal.headlines import add_carrier, add_tile, find_focus, split_screen
from reelwright.media.looks.signal.screen import Screen
from reelwright.media.looks.signal.waves import Pulse
from reelwright.media.staging.blocks import NOTHING
from reelwright.media.staging.calls import Call, split_call, split_card
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.plane import split_group
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_SHORT: Final = 48
"""Most letters of what a name is that may stand large under it."""
_NAME_SHARE: Final = 0.94
"""Part of the free height that the name of the last card takes: small print stands right under what follows it."""
_LESS: Final = 0.62
"""Most height of what a name is, as a part of the name's."""
_COMMON: Final = frozenset({"laptop", "phone", "keyboard"})
"""Emblems of what all software runs on: no mark of one maker, who has a letter instead."""
_HIGH: Final = 0.12
"""Height of the button in parts of the frame's short side, or of a tall frame's height by .75: 8 % is asked."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that gives way when it is pressed at each of ``starts``, and comes back."""

    starts: tuple[float, ...]
    length: float

    def compute_pose(self, frame: float) -> Pose:
        for start in self.starts:
            part = (frame - start) / self.length
            if 0 < part < 1:
                return Pose(scale=1 - 0.06 * math.sin(math.pi * part) ** 2)
        return REST


def measure_button(stage: Stage) -> float:
    """Return the height of the button in pixels."""
    return _HIGH * min(stage.width, stage.height) if stage.shape == "wide" else 0.088 * stage.height


def add_button(screen: Screen, text: str, left: float, top: float, most: float, at: float, *, ground: str = "") -> Box:
    """Add a pill with its words and an arrow in a disc; a cursor comes and presses it. Returns its box (logical)."""
    stage, palette, u = screen.stage, screen.stage.palette, screen.u
    high = measure_button(stage)
    line = stage.typeset(text, "address")
    pad, disc = 0.48 * high, 0.74 * high
    size = min(0.36 * high / line.cap, (most - 2 * pad - disc) / line.width)
    if size * line.cap < 22 * u:  # a long address needs the room of the arrow
        pad, disc = 0.36 * high, 0.0
        size = min(0.36 * high / line.cap, (most - 2 * pad) / line.width)
    gap = 0.34 * high if disc else 0.0
    wide = min(most, pad + line.width * size + gap + (disc + 0.13 * high if disc else pad))
    box = Box(left, top, left + wide, top + high)
    place = stage.to_frame_box(*box)
    length = stage.get_length("button")
    press = max(at + stage.to_frames(18), float(next(iter(stage.find_later_hits(at + stage.to_frames(12))), 0)))
    presses = (press, press + stage.to_frames(56)) if press + stage.to_frames(80) < stage.request.frames else (press,)
    rise: Mover = stage.slide(at if at >= 1 else at - 0.3 * length, dy=50 * u, kind="button")
    moves = (rise, Press(presses, stage.to_frames(9)))
    pace = 1000 / 30 / stage.request.pace
    pulse = Pulse(place, palette.accent, tuple((one + stage.to_frames(4)) * pace for one in presses), 0.3 * high)
    screen.add_live(pulse, place.grow(0.7 * high))
    motion = Motion(moves=moves, group="button", pivot=place.centre)
    screen.add_shape(screen.make_round(box, high / 2), palette.accent, motion)
    x = left + pad
    stage.add_words(
        line, size, x, top + high / 2 + line.cap * size / 2, palette.on_accent, palette.accent, motion, role="button"
    )
    if disc:
        _add_arrow(screen, box.right - 0.13 * high - disc / 2, top + high / 2, disc, motion)
    _add_cursor(screen, box, press, at)
    return box


def _add_arrow(screen: Screen, x: float, y: float, disc: float, motion: Motion) -> None:
    stage, half = screen.stage, 0.2 * disc
    circle = skia.Path()
    px, sign = stage.to_frame_x(x), stage.reading_sign
    circle.addCircle(px, y, disc / 2)
    screen.add_shape(circle, stage.palette.on_accent, motion)
    arrow = skia.Path()
    arrow.moveTo(px - sign * half, y)
    arrow.lineTo(px + sign * half, y)
    arrow.moveTo(px + sign * 0.1 * half, y - 0.9 * half)
    arrow.lineTo(px + sign * half, y)
    arrow.lineTo(px + sign * 0.1 * half, y + 0.9 * half)
    box = Box(px - half, y - half, px + half, y + half)
    stage.add("shape", Outline(arrow, stage.palette.accent, 0.085 * disc), box, motion)


def _add_cursor(screen: Screen, button: Box, press: float, at: float) -> None:
    """Let a pointer come from outside, press at the button's end, and stay there beside its words."""
    stage, u = screen.stage, screen.u
    size = 0.62 * button.height
    x, y = stage.to_frame_x(button.right - 0.05 * button.height), button.bottom - 0.22 * button.height
    path = skia.Path()
    for index, (px, py) in enumerate(
        ((0, 0), (0, 0.86), (0.21, 0.67), (0.35, 1.0), (0.5, 0.93), (0.36, 0.61), (0.64, 0.61))
    ):
        (path.lineTo if index else path.moveTo)(x + px * size, y + py * size)
    path.close()
    start = max(at, press - stage.to_frames(13))
    come = stage.slide(start, dx=260 * u, dy=200 * u, kind="picture")
    box = Box(x, y, x + 0.64 * size, y + size)
    motion = Motion(moves=(come, Press((press,), stage.to_frames(9))), group="cursor")
    stage.add("shape", Outline(path, "#FFFFFF", 9 * u), box.grow(5 * u), motion)
    screen.add_shape(path, "#0A0F18", motion)


def set_reveal(stage: Stage) -> None:
    """Stage the name: a tile with its first letter, the name as large as fits, a waveform that it rides on."""
    with stage.show_emblem("" if stage.request.emblem in _COMMON else stage.request.emblem):
        _set_reveal(stage)


def _set_reveal(stage: Stage) -> None:
    name, says, kicker = (stage.get_words(role) for role in ("name", "descriptor", "kicker"))
    picture = stage.choose_picture()
    is_low = picture is not None and stage.shape in ("square", "portrait")
    screen = Screen(
        stage,
        focus=(0.56, 0.86) if stage.shape == "wide" else (0.5, 0.86),
        has_head=picture is not None and not is_low,
    )
    u, box = screen.u, screen.box
    art = None
    if picture is not None:
        box = show_picture(screen, picture, share=0.4 if is_low else 0)
    elif stage.request.emblem:
        box, art = _split_for_emblem(screen)
    wide = screen.wide and picture is None and art is None
    foot = box.bottom - (0.26 * stage.height if wide else 0)
    if picture is None and art is None and not wide and stage.shape != "tall":
        foot = box.top + 0.64 * (stage.height - box.top)
    chip = screen.fit(kicker, "label", box.width - 60 * u, 90 * u, lines=1, largest=34)
    gap = 50 * u
    top_part = chip.height + 44 * u + gap if chip.lines else 0
    tile = (150 if picture is None else 84) * u if art is None else 0.0
    beside = wide
    width = box.width - (1.32 * tile if beside else 0)
    large = (108 if wide else 84) if picture is None and len(says) <= _SHORT else 60
    for largest in (large, 60):  # smaller where the name would not be the larger of the two
        low = screen.fit(
            says, "display", box.width * (0.7 if wide else 1), 0.3 * (foot - box.top), lines=4, largest=largest
        )
        under = low.height + 1.1 * gap if low.lines else 0
        room = foot - box.top - top_part - under - (0 if beside or art else tile + gap)
        block = screen.fit(
            name, "display", width, room, lines=3 if not beside else 2, largest=300 if beside else 240, lead=1.0,
            target=56, is_name=True,
        )  # fmt: skip
        if low.size <= _LESS * block.size:
            break
    if beside and len(block.lines) == 1:
        cap = block.lines[0].ink.cap * block.size
        tile = min(1.16 * cap, 250 * u)
        block = screen.fit(name, "display", box.width - 1.32 * tile, room, lines=1, largest=300, lead=1.0)
        tile = min(1.16 * block.lines[0].ink.cap * block.size, 250 * u)
    tall = top_part + under + block.height + (0 if beside or art else tile + gap)
    y = box.top + max(0.0, foot - box.top - tall) * (0.62 if wide else 0.3)
    if chip.lines:
        pill = Box(box.left, y, box.left + chip.width + 56 * u, y + chip.height + 44 * u)
        come = screen.make_come(stage.to_frames(7), dy=-40)
        screen.add_card(pill, (come,), edge=stage.palette.accent, corner=(chip.height + 44 * u) / 2, group="kicker")
        screen.put(
            chip, box.left + 28 * u, y + 22 * u, stage.to_frames(9), ground=screen.card, role="label", group="kicker",
            colour=stage.palette.text, moves=(come,),
        )  # fmt: skip
        y += top_part
    letter = find_initials(name)[:1]
    if beside:
        cap = block.lines[0].ink.cap * block.size
        middle = y + block.ascent - cap / 2
        add_tile(screen, letter, Box(box.left, middle - tile / 2, box.left + tile, middle + tile / 2), 0)
        x = box.left + 1.3 * tile
    elif art is None:
        add_tile(screen, letter, Box(box.left, y, box.left + tile, y + tile), 0)
        y, x = y + tile + gap, box.left
    else:
        screen.add_mark(letter, art)
        x = box.left
    screen.put(block, x, y, 0, group="name")
    y += block.height + 1.1 * gap
    if low.lines:
        screen.put(low, box.left, y, stage.to_frames(16), colour=stage.palette.dim, group="says")
    if picture is None and art is None:
        _add_foot(screen, max(y + low.height, stage.live.bottom if stage.shape == "tall" else foot))


def _split_for_emblem(screen: Screen, *, part: float = 0.54) -> tuple[Box, Box]:
    """Split the frame into the part for words and that for the film's emblem, beside or below them (logical).

    ``part``: of the height of a square frame, for words.
    """
    stage, box = screen.stage, screen.box
    if screen.wide:
        edge = box.left + 0.6 * box.width
        side = min(box.right - edge - 80 * screen.u, 0.62 * stage.height)
        middle = (edge + 80 * screen.u + box.right) / 2
        art = Box(middle - side / 2, (stage.height - side) / 2, middle + side / 2, (stage.height + side) / 2)
        return box._replace(right=edge), art
    edge = (0.56 if stage.shape == "tall" else part) * stage.height
    foot = stage.height * (0.9 if stage.shape == "tall" else 0.95)
    return box._replace(bottom=edge - 40 * screen.u), Box(box.left, edge, box.right, foot)


def _add_tiles(screen: Screen, art: Box, *, has_companions: bool) -> None:
    """Lay the film's emblem on a tile of the accent, and what stands with it on smaller tiles beside or under it, as on
    the screen of a telephone; the first screen of the name draws it with dots.
    """
    stage, u, palette = screen.stage, screen.u, screen.stage.palette
    first, *others = stage.list_companions()
    names = (first, *(name for name in others if name not in _COMMON))[: 3 if has_companions else 1]
    short, (x, y) = min(art.width, art.height), art.centre
    long = short if len(names) == 1 or screen.wide else min(art.width, 1.5 * short)
    place = Box(x - long / 2, y - short / 2, x + long / 2, y + short / 2)
    cells = split_group(place, len(names), 36 * u, is_upright=screen.wide)
    for index, (name, cell) in enumerate(zip(names, cells, strict=True)):
        come = screen.make_come(stage.to_frames(3 * index), dy=70)
        motion = Motion(moves=(come,), group=f"tile {index}")
        if index:
            screen.add_card(cell, (come,), group=f"tile {index}")
        else:
            screen.add_shape(screen.make_round(cell, 44 * u), palette.accent, motion)
        with stage.show_emblem("" if name in _COMMON else name):
            ink = stage.typeset_emblem(find_initials(stage.get_words("name"))[:1])
        size = 0.7 * min(cell.width / ink.width, cell.height / ink.height)
        x, y = cell.centre[0] - ink.width * size / 2, cell.centre[1] - (ink.top + ink.bottom) / 2 * size
        screen.add_shape(stage.trace_ink(ink, size, x, y)[0], screen.tint if index else palette.on_accent, motion)


def _add_foot(screen: Screen, top: float) -> None:
    """Add a waveform across the frame, between ``top`` and its foot."""
    stage, u = screen.stage, screen.u
    room = stage.height - top
    tall = min(330 * u, 0.72 * room)
    if tall < 60 * u:
        return
    middle = top + 0.52 * room
    screen.add_bars(Box(-10 * u, middle - tall / 2, stage.width + 10 * u, middle + tall / 2), has_head=False, last=0.9)


def set_cta(stage: Stage) -> None:
    """Stage what to do: the line, and the button that is pressed."""
    line = stage.get_words("line")
    call = split_call(line, stage.get_words("url"))
    call = call if call.button else Call(line, "", "")  # a street alone is what the screen says
    picture = stage.choose_picture()
    name = ("ring", "spectrum")[choose_composition(stage.request, 2)]
    screen = Screen(stage, focus=find_focus(stage, name))
    u = screen.u
    high = measure_button(stage) if call.button else 0.0
    if picture is not None:
        box = show_picture(screen, picture)
    else:
        box, art = split_screen(screen, "ring")
        if screen.wide and name == "spectrum":
            screen.add_spectrum(Box(art.left, 0.34 * stage.height, stage.width, stage.height))
        else:
            add_carrier(screen, name, art)
        box = box._replace(bottom=min(box.bottom, art.top - 50 * u)) if not screen.wide else box
    note = screen.fit(call.address, "address", box.width, 110 * u, lines=1, largest=74)
    foot = high + (note.height + 40 * u if note.lines else 0)
    at = stage.to_frames(6) if call.line else 0.0
    y = box.bottom - foot
    if call.line:
        room = box._replace(bottom=y - 56 * u)
        largest = 120 if picture is not None else 0
        found = screen.set_headline(call.line, room, emphasis="tint", largest=largest, low=0.34 if screen.wide else 0.2)
        y = min(y, found.bottom + 76 * u) if not screen.wide else y
    elif not screen.wide and picture is None:
        y = box.top + 0.4 * (box.height - foot)
    if call.button:
        add_button(screen, call.button, box.left, y, box.width, at)
    if note.lines:
        screen.put(
            note, box.left, y + high + 40 * u, stage.to_frames(10), colour=screen.tint, role="label",
            group="address",
        )  # fmt: skip


def set_end_card(stage: Stage) -> None:
    """Stage the last card: tile and name, the line, the button, the address, over an equalizer; all of it by 0.6 s."""
    name, line, url = (stage.get_words(role) for role in ("name", "line", "url"))
    legal = stage.get_words("legal")
    name, call = split_card(name, line, url, stage.request.about)
    picture = stage.choose_picture()
    screen = Screen(stage, focus=(0.6, 0.95) if stage.shape == "wide" else (0.5, 0.9), has_head=False)
    u, box = screen.u, screen.box
    if picture is not None:
        box = show_picture(screen, picture, share=0.4)
    has_mark = bool(picture is None and name and stage.list_companions())
    if has_mark:
        box, art = _split_for_emblem(screen, part=0.6 if call.line else 0.54)
        _add_tiles(screen, art, has_companions=choose_composition(stage.request, 2) == 1)
    wide = screen.wide and picture is None and not has_mark
    em = stage.get_small_size("legal")
    small = screen.fit(legal, "plain", box.width * (0.62 if wide else 1), 5 * em, lines=3, largest=em / u, lead=1.35)
    bottom = box.bottom
    if picture is None and stage.shape != "tall" and not has_mark:
        bottom = stage.height - (0.27 if screen.wide else 0.22) * stage.height
    bottom -= small.height + 40 * u if small.lines else 0
    high = measure_button(stage) if call.button else 0.0
    is_own = bool(line) and call.line == line  # else what the name is: smaller than that
    middle = screen.fit(
        call.line, "display", box.width, (0.26 if is_own else 0.16) * (bottom - box.top), lines=3,
        largest=68 if is_own else 62 if screen.wide else 46,
    )  # fmt: skip
    note = screen.fit(call.address, "address", box.width, 110 * u, lines=1, largest=92)
    gap = 48 * u
    below = gap + (0.24 * high if high and note.lines else 0)  # the pointer stands there
    rest = sum(part + gap for part in (middle.height, high, note.height) if part) + below - gap
    stands = bool(name)
    tile = 0.0 if has_mark or not stands else 120 * u if picture is None else 80 * u
    spare = _NAME_SHARE * (bottom - box.top - rest - tile - 0.8 * gap)
    block = NOTHING
    if stands:
        largest = 120 if picture is not None else 270 if screen.wide else 190
        block = screen.fit(
            name, "display", box.width, max(spare, 40 * u), lines=2, largest=largest, lead=1.0, target=48
        )
    tall = block.height + rest + (tile + 0.8 * gap if tile else 0)
    y = box.top + max(0.0, bottom - box.top - tall) * (0.5 if has_mark else 0.3 if wide else 0.25)
    if tile:
        add_tile(screen, find_initials(name)[:1], Box(box.left, y, box.left + tile, y + tile), 0)
        y += tile + 0.8 * gap
    if stands:
        screen.put(block, box.left, y, 0, group="name")
        y += block.height + gap * (1.2 if wide else 1)
    if middle.lines:
        tint = stage.palette.text if is_own else stage.palette.dim
        screen.put(middle, box.left, y, stage.to_frames(2), colour=tint, group="line")
        y += middle.height + gap
    if high:
        most = box.width * (0.62 if wide else 1)
        y = add_button(screen, call.button, box.left, y, most, stage.to_frames(2)).bottom + below
    if note.lines:
        screen.put(note, box.left, y, stage.to_frames(3), colour=screen.tint, role="label", group="address")
        y += note.height + gap
    if small.lines:
        y = max(y, bottom + 40 * u) if picture is not None else y
        screen.put(small, box.left, y, stage.to_frames(4), colour=stage.palette.dim, role="legal", group="legal")
    if picture is None and not has_mark:
        foot = max(y + small.height, stage.live.bottom if stage.shape == "tall" else bottom) + 36 * u
        if stage.height - foot > 110 * u:
            screen.add_spectrum(Box(0, foot, stage.width, stage.height))
