"""The ways in which words stand in a dark room, and the table of them for the beats that are one headline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import halve_line
from reelwright.media.letters.word_styles import split_styles, strip_styles
from reelwright.media.looks.noir.pictures import show_picture
from reelwright.media.looks.noir.room import Align, Room
from reelwright.media.looks.noir.sets import SETS
from reelwright.media.staging.blocks import NOTHING, Block, split_headline
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import choose_composition

_SECOND = 0.66
"""Size of a headline's first part to its last one, which is in italics."""
_LEAST = 46
"""Height of the capitals at 1080 that a headline should have at least."""

_HALF = 14
"""Most letters of a line of its own that is large in half a wide room."""

HEADLINES: Final[Mapping[str, tuple[str, ...]]] = {
    "cold_open": ("centre", "centre", "centre"),
    "hook": ("flush", "stair", "high", "flip"),
    "problem": ("flip", "low", "stair"),
    "agitate": ("stair", "low"),
    "benefit": ("flush", "high", "flip", "stair"),
    "demo": ("flip", "flush", "high"),
    "urgency": ("flush", "high"),
    "brand": ("flip", "centre", "low"),
}
"""How the words of a beat stand, by the shot's variant; what stands in the light is a motif of ``look.yaml``."""


NAMED: Final = (("flush", "letter"), ("flip", "letter"))
"""Layouts and sets of a shot that shows the thing that its words name."""


def choose_composition_of(stage: Stage, beat: str) -> tuple[str, str]:
    """Return the layout and the set of the shot that is staged."""
    if stage.request.is_emblem_named:
        return NAMED[choose_composition(stage.request, len(NAMED))]
    is_first = stage.is_opening and not stage.request.is_again
    if stage.request.emblem and (is_first or beat == "demo"):  # what it is about is seen first, and once more
        return ("flush", "near") if stage.is_opening else ("flush", "thing")
    layouts = HEADLINES[beat]
    turn = choose_composition(stage.request, len(layouts))
    return layouts[turn], stage.look.motifs[beat][turn]


def split_room(room: Room, layout: str) -> tuple[Box, Box]:
    """Split the room into the part for words and the part for what stands in the light (logical)."""
    stage, live, u = room.stage, room.stage.live, room.stage.u
    wide, high, top, floor = stage.width, stage.height, room.top, room.floor
    if room.wide:
        words = {
            "flush": Box(live.left, top, live.left + live.width * 0.56, floor),
            "flip": Box(live.left + live.width * 0.46, top, live.right, floor),
            "low": Box(live.left, top + (floor - top) * 0.5, live.right, floor),
            "high": Box(live.left, top, live.right, top + (floor - top) * 0.52),
            "stair": Box(live.left, top, live.right, floor),
            "centre": Box(live.left + live.width * 0.12, top, live.right - live.width * 0.12, floor),
        }[layout]
        art = {
            "flush": Box(live.left + live.width * 0.60, 0.1 * high, wide - 70 * u, 0.9 * high),
            "flip": Box(70 * u, 0.1 * high, live.left + live.width * 0.4, 0.9 * high),
            "low": Box(0.2 * wide, 0.04 * high, 0.8 * wide, 0.6 * high),
            "high": Box(0, 0.62 * high, wide, high),
            "stair": Box(0.2 * wide, 0.05 * high, 0.8 * wide, 0.95 * high),
            "centre": Box(0.05 * wide, 0.05 * high, 0.95 * wide, 0.95 * high),
        }[layout]
        return words, art
    foot = high * 0.97
    middle = live.top + (floor - live.top) * 0.5
    words = {
        "flush": Box(live.left, top, live.right, top + (floor - top) * 0.62),
        "flip": Box(live.left, top, live.right, top + (floor - top) * 0.62),
        "low": Box(live.left, top + (floor - top) * 0.48, live.right, floor),
        "high": Box(live.left, top, live.right, top + (floor - top) * 0.62),
        "stair": Box(live.left, top, live.right, floor),
        "centre": Box(live.left, top, live.right, floor),
    }[layout]
    below = words.bottom + 40 * u
    if stage.shape == "tall" and layout in ("flush", "flip", "high", "low"):
        words = words._replace(bottom=floor)
        below = live.bottom - 60 * u
    art = {
        "flush": Box(60 * u, below, wide - 60 * u, foot),
        "flip": Box(60 * u, below, wide - 60 * u, foot),
        "low": Box(60 * u, 0.05 * high, wide - 60 * u, words.top - 20 * u)
        if stage.shape != "tall"
        else Box(60 * u, below, wide - 60 * u, foot),
        "high": Box(0, below, wide, high),
        "stair": Box(0.02 * wide, 0.2 * high, 0.98 * wide, 0.9 * high),
        "centre": Box(0.03 * wide, middle - 0.47 * wide, 0.97 * wide, middle + 0.47 * wide),
    }[layout]
    if layout in ("flush", "flip", "high") and stage.shape != "tall":
        room.small_top = None
    return words, art


def set_scene(stage: Stage, text: str, beat: str, *roles: str) -> None:
    """Set words and nothing else: over or beside the picture, or in the room that the table gives the shot."""
    room = Room(stage, *roles)
    picture = stage.choose_picture()
    if picture is not None:
        box = show_picture(room, picture)
        if text:
            set_headline(room, text, box, low=0.5 if room.wide else 0.4)
        room.add_small_print(box.left)
        return
    layout, name = choose_composition_of(stage, beat)
    if room.wide and layout in ("flush", "flip") and max(map(len, text.split("|"))) > _HALF and "|" in text:
        layout = "low"
    words, art = split_room(room, layout)
    SETS[name](room, art)
    if text:
        place_words(room, text, words, layout)
    middle = (stage.live.left + stage.live.right) / 2
    room.add_small_print(middle if layout == "centre" else stage.live.left, "middle" if layout == "centre" else "start")


def set_answer(stage: Stage) -> None:
    """Stage the closing words of the hook, which come back alone: as large as the dark allows."""
    room, live = Room(stage, "line"), stage.live
    block = room.fit(
        stage.get_words("line"),
        "italic",
        0.94 * live.width,
        0.7 * live.height,
        lines=2 if room.wide else 4,
        largest=460,
    )
    middle, top = (live.left + live.right) / 2, live.top + (live.height - block.height) / 2
    room.put(block, middle, top, 0, align="middle", group="line")


def place_words(room: Room, text: str, words: Box, layout: str) -> Box:
    """Set a headline in its box as the layout has it. Returns the box that it takes."""
    if layout == "stair":
        return _set_stair(room, text, words)
    align: Align = "middle" if layout == "centre" else "start"
    low = {"low": 0.94, "high": 0.1, "centre": 0.5}.get(layout, 0.5 if room.wide else 0.3)
    return set_headline(room, text, words, align=align, low=low)


def split_words(room: Room, text: str) -> tuple[str, str]:
    """Split a headline into what stands and what shines; the second is empty where a person marked words."""
    bare, styled = split_styles(text)
    if styled:
        return text, ""
    opener, closer = split_headline(text)
    if closer:
        return opener, closer
    if len(bare.split()) > 2 and "|" not in bare:
        parts = halve_line(text, room.stage.request.language)
        if len(parts) == 2:
            return parts[0], parts[1]
    return "", text


def fit_headline(room: Room, text: str, width: float, height: float, largest: float) -> tuple[Block, Block, float]:
    """Fit a headline's two parts and the gap between them into a box. The first may be empty, and so may the second."""
    stage, u = room.stage, room.stage.u
    opener, closer = split_words(room, text)
    few = min(2.6, max(1.0, 12 / max(1, len(strip_styles(text)))))
    most = largest * few
    if not closer:
        block = room.fit(opener, "display", width, height, lines=5, largest=most, lead=1.1, target=_LEAST,
                         is_headline=True)  # fmt: skip
        return block, NOTHING, 0.0
    if not opener:
        lines = 5 if len(closer) > 40 else 4
        block = room.fit(closer, "italic", width, height, lines=lines, largest=most, target=_LEAST, is_headline=True)
        return NOTHING, block, 0.0
    two = room.fit(closer, "italic", width, height * 0.64, lines=3, largest=most)
    one = room.fit(
        opener, "display", width, height * 0.44, lines=3, largest=max(64.0, _SECOND * two.size / u), lead=1.1
    )
    gap = 0.34 * max(one.size, 0.7 * two.size)
    tall = one.height + gap + two.height
    if tall > height:
        one, two, gap = one.scale(height / tall), two.scale(height / tall), gap * height / tall
    for block in (one, two):
        stage.record_fit(block.lines[0].ink.cap * block.size, _LEAST * u)
    factor = stage.settle_headline(two.lines[0].ink.cap * two.size)
    return one.scale(factor), two.scale(factor), gap * factor


def set_headline(
    room: Room, text: str, box: Box, *, align: Align = "start", low: float = 0.5, largest: float = 0, at: float = 0
) -> Box:
    """Set a headline in ``box``: ink, and its last clause in foil. Returns the box that it takes (logical)."""
    stage = room.stage
    largest = largest or (216 if room.wide else 205)
    one, two, gap = fit_headline(room, text, box.width, box.height, largest)
    tall = one.height + gap + two.height
    top = box.top + (box.height - tall) * low
    x = {"start": box.left, "middle": (box.left + box.right) / 2, "end": box.right}[align]
    beats = stage.find_beats(2, until=0.36)
    if one.lines:
        room.put(one, x, top, at, colour=room.tone.ink, align=align, group="opener")
    if two.lines:
        late = max(float(beats[1]), stage.to_frames(12)) if one.lines else 0
        room.put(two, x, top + one.height + gap, at + late, align=align, group="closer")
    return Box(box.left, top, box.right, top + tall)


def _set_stair(room: Room, text: str, box: Box) -> Box:
    """Set the first part of a headline at the head of the box, and the last one at its foot, on the other side."""
    stage = room.stage
    opener, closer = split_words(room, text)
    if not opener or not closer:
        return set_headline(room, text, box, align="end" if not opener else "start", low=0.9)
    width = box.width * (0.74 if room.wide else 1.0)
    two = room.fit(closer, "italic", width, box.height * 0.5, lines=3, largest=250 if room.wide else 230)
    one = room.fit(opener, "display", width, box.height * 0.36, lines=3,
                   largest=max(64.0, 0.6 * two.size / stage.u), lead=1.1)  # fmt: skip
    for block in (one, two):
        stage.record_fit(block.lines[0].ink.cap * block.size, _LEAST * stage.u)
    inset = box.height * 0.06
    room.put(one, box.left, box.top + inset, 0, colour=room.tone.ink, group="opener")
    late = max(float(stage.find_beats(2, until=0.36)[1]), stage.to_frames(12))
    room.put(two, box.right, box.bottom - inset - two.height, late, align="end", group="closer")
    room.add_rule(box.left, box.top + inset + one.height + 0.5 * one.size, 150 * stage.u, stage.to_frames(14))
    return box
