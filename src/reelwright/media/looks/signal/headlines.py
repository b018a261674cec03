"""The beats that are one line: it rides on a waveform or a trace, stands beside cards or a ring, or in a prompt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Final

from reelwright.media.drawing.colour import mix, to_argb
from reelwright.media.drawing.drawables import Fill, LazyImage, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.signal.devices import add_photo, show_picture
from reelwright.media.looks.signal.screen import Emphasis, Screen, make_panel
from reelwright.media.looks.signal.waves import make_levels
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

HEADLINES: Final[Mapping[str, tuple[Emphasis, ...]]] = {
    "cold_open": ("plain", "plain", "plain"),
    "hook": ("select", "tint", "select"),
    "problem": ("tint", "tint"),
    "agitate": ("tint", "plain"),
    "demo": ("tint", "tint", "plain"),
    "benefit": ("select", "tint", "select", "plain", "tint"),
    "urgency": ("select", "tint"),
    "brand": ("tint", "select", "tint"),
}
"""How a beat's last clause stands out, by the shot's variant; what carries the words is a motif of ``look.yaml``."""
_ASKS: Final = ("?", "\uff1f", "\u061f")
_QUOTES: Final = "\"'\u201d\u201c\u2019\u00bb\u00ab\u300d\u300f "
_FOCUS: Final = {"ring": (0.76, 0.52), "cards": (0.78, 0.5), "bars": (0.5, 0.84), "trace": (0.8, 0.6),
                 "spectrum": (0.5, 0.95), "sweep": (0.6, 0.8), "prompt": (0.5, 0.45), "mark": (0.78, 0.5)}  # fmt: skip


def set_answer(stage: Stage) -> None:
    """Stage the hook as a wall: its first lines fill the frame, lit in the middle, and the last is laid over them."""
    opener, _, closer = stage.get_words("line").rpartition("|")
    if strip_styles(opener).rstrip(_QUOTES).endswith(_ASKS):
        _set_bubbles(stage, opener.replace("|", " "), closer)
        return
    screen, palette = Screen(stage, focus=(0.5, 0.5), has_head=False), stage.palette
    u, live, at = screen.u, stage.live, float(stage.find_beats(3, until=0.6)[2])
    wall = screen.fit(
        opener.replace("|", " "), "display", live.width, 0.5 * live.height, lines=1 if screen.wide else 3, largest=150
    )
    em, count, pitch = wall.size, len(wall.lines), 1.5 * wall.size
    first = stage.height / 2 - (count - 1) * pitch / 2 + wall.lines[0].ink.cap * em / 2
    around = math.ceil(stage.height / pitch / 2) + 1
    for row in range(-around, count + around):
        ink, low = wall.lines[row % count].ink, first + row * pitch
        apart = ink.width * em + 0.7 * em
        sides = math.ceil(stage.width / apart / 2) + 1
        for column in range(-sides, sides + 1):
            x = (stage.width - ink.width * em) / 2 + (column + (0.5 * (row % 2) if count == 1 else 0)) * apart
            path, box = stage.trace_ink(ink, em, x, low)
            is_lit = column == 0 and 0 <= row < count
            moves = () if 0 <= row < count else (stage.drift(dx=1.2 if row % 2 else -1.2),)
            tint = mix(palette.bg, palette.text, 0.16 + 0.08 * ((row + column) % 3))
            motion = Motion(moves=moves, group="echo", span=(at if is_lit else 0, math.inf))
            stage.add("echo", Fill(path, tint), box, motion)
            if is_lit:
                motion = Motion(group=f"opener {row}", span=(0, at))
                stage.add_words(ink, em, x, low, palette.text, palette.bg, motion)
    pad = 54 * u
    block = screen.fit(closer, "display", live.width - 2 * pad, 0.5 * live.height, lines=3, largest=230)
    top = live.top + (live.height - block.height) / 2
    left = live.left + (live.width - block.width) / 2 - pad
    field = Box(left, top - pad, left + block.width + 2 * pad, top + block.height + pad)
    motion = Motion(moves=(stage.hit(at, 1.15),), group="card")
    screen.add_shape(screen.make_round(field, 30 * u), palette.accent, motion)
    screen.put(block, left + pad, top, at, colour=palette.on_accent, ground=palette.accent, group="line")


def _set_bubbles(stage: Stage, opener: str, closer: str) -> None:
    """Set a question in a bubble, and what follows in one of the accent, which three dots announce."""
    screen, palette = Screen(stage, focus=(0.5, 0.5), has_head=False), stage.palette
    u, live, at = screen.u, stage.live, float(stage.find_beats(3, until=0.6)[2])
    pad, gap, corner = 58 * u, 64 * u, 54 * u
    wide, high = (0.8 if screen.wide else 0.92) * live.width - 2 * pad, (live.height - gap) / 2 - 2 * pad
    first, second = (screen.fit(text, "display", wide, high, lines=4, largest=190) for text in (opener, closer))
    top = live.top + (live.height - first.height - second.height - 4 * pad - gap) / 2
    upper = Box(live.left, top, live.left + first.width + 2 * pad, top + first.height + 2 * pad)
    top = upper.bottom + gap
    lower = Box(live.right - second.width - 2 * pad, top, live.right, top + second.height + 2 * pad)
    screen.add_card(upper, corner=corner, group="question")
    foot = upper.bottom - 2 * u
    stage.add_polygon([(upper.left + corner, foot), (upper.left + 2.6 * corner, foot), (upper.left + 0.7 * corner,
                      foot + 0.8 * corner)], screen.card, Motion(group="question"))  # fmt: skip
    for row, line in enumerate(first.lines):  # whole in the first frame: nobody waits for it to be typed
        low = upper.top + pad + first.ascent + row * first.pitch
        stage.add_line(line, upper.left + pad, low, palette.text, screen.card, Motion(group=f"opener {row}"))
    soon, waits = Box(lower.right - 240 * u, top, lower.right, top + 130 * u), mix(palette.surface, palette.accent, 0.4)
    screen.add_shape(screen.make_round(soon, 65 * u), waits, Motion(group="soon", span=(0, at)))
    for index in range(3):
        x = soon.left + (60 + 60 * index) * u
        dot = Box(x - 18 * u, top + 47 * u, x + 18 * u, top + 83 * u)
        hop = stage.nudge(stage.to_frames(4 + 5 * index), dy=-16)
        motion = Motion(moves=(hop,), group=f"dot {index}", span=(0, at))
        screen.add_shape(screen.make_round(dot, 18 * u), palette.accent, motion)
    screen.add_shape(
        screen.make_round(lower, corner), palette.accent, Motion(moves=(stage.hit(at, 1.15),), group="card")
    )
    screen.put(
        second, lower.left + pad, lower.top + pad, at, colour=palette.on_accent, ground=palette.accent, group="line"
    )


def choose_composition_of(stage: Stage, beat: str) -> tuple[str, Emphasis]:
    """Return what carries the words of the shot that is staged, and how their last clause stands out."""
    turn = choose_composition(stage.request, len(HEADLINES[beat]))
    return stage.look.motifs[beat][turn], HEADLINES[beat][turn]


def find_focus(stage: Stage, name: str) -> tuple[float, float]:
    """Return where the ground of a composition is brightest: on what carries the words."""
    x, y = _FOCUS[name]
    return (x, y) if stage.shape == "wide" else (0.5, 0.8 if name != "prompt" else 0.4)


def split_screen(screen: Screen, name: str) -> tuple[Box, Box]:
    """Split a screen into the part for words and the part for what carries them (logical)."""
    stage, u, box = screen.stage, screen.u, screen.box
    wide, high = stage.width, stage.height
    if not screen.wide:
        foot = box.bottom if stage.shape == "tall" else box.top + 0.58 * (high - box.top)
        art = Box(0, foot + 50 * u, wide, high * 0.965)
        return box._replace(bottom=min(foot, box.bottom)), art
    if name in ("ring", "cards", "mark"):
        edge = box.left + 0.54 * box.width
        return box._replace(right=edge), Box(edge + 50 * u, 0.1 * high, wide - 60 * u, 0.94 * high)
    foot = {"bars": 0.62, "spectrum": 0.62, "sweep": 0.64}.get(name, 0.9) * high
    return box._replace(bottom=foot), Box(0, foot + 46 * u, wide, 0.97 * high)


def add_carrier(screen: Screen, name: str, art: Box, *, text_stands: bool = True, letters: str = "") -> None:
    """Draw what carries the words: all but a trace and a prompt, which depend on the words."""
    stage, u = screen.stage, screen.u
    x, y = art.centre
    if name == "bars":
        tall = min(art.height, 380 * u)
        screen.add_bars(Box(-10 * u, y - tall / 2, stage.width + 10 * u, y + tall / 2))
    elif name == "spectrum":
        screen.add_spectrum(Box(0, art.top, stage.width, stage.height))
    elif name == "sweep":
        screen.add_sweep(Box(0, art.top - 0.08 * stage.height, stage.width, stage.height))
    elif name == "ring":
        radius = 0.32 * min(art.width, art.height)
        if not screen.wide and text_stands:  # as wide as the frame lets it be; its foot may leave the frame
            radius = (0.26 if stage.shape == "tall" else 0.21) * stage.width
            y = min(max(y, art.top + 1.52 * radius), stage.height - 0.75 * radius)
        screen.add_ring(x, y, radius, 0.5 * radius)
        disc = skia.Path()
        px = stage.to_frame_x(x)
        disc.addCircle(px, y, 0.8 * radius)
        screen.add_shape(disc, screen.card, Motion(group="disc"))
        core = skia.Path()
        if stage.request.emblem and not screen.is_about_sound:
            ink = stage.typeset_emblem("")
            size = 0.98 * radius / max(ink.width, ink.height)
            low = y - (ink.top + ink.bottom) / 2 * size
            core, _ = stage.trace_ink(ink, size, x - ink.width * size / 2, low)
        else:
            core.addCircle(px, y, 0.5 * radius)
            if screen.is_about_sound:
                core.addRRect(_square(px, y, 0.16 * radius, 4 * u))
            core.setFillType(skia.PathFillType.kEvenOdd)
        screen.add_shape(core, stage.palette.accent, Motion(moves=(stage.march(6, grow=0.07, most=4),), group="disc"))
    elif name == "cards":
        add_cards(screen, art)
    elif name == "mark" and not letters and not stage.request.is_emblem_named:  # so large that the frame cuts it off
        far, down = (1.16, 1.1) if screen.wide else (1.12, 1.16)
        top = -0.1 * stage.height if screen.wide else art.top
        screen.add_mark("", Box(art.left + 20 * u, top, far * stage.width, down * stage.height))
    elif name == "mark":
        screen.add_mark(letters, Box(art.left + 20 * u, art.top + 20 * u, art.right - 20 * u, art.bottom - 20 * u))


def _square(x: float, y: float, half: float, corner: float) -> Any:
    return skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - half, y - half, x + half, y + half), corner, corner)


_CARDS: Final = ((0.34, 0.14, -6.0), (0.68, 0.32, 5.0), (0.3, 0.52, 3.5), (0.66, 0.7, -5.0), (0.38, 0.88, 6.0))


def add_cards(screen: Screen, art: Box) -> None:
    """Let cards without words fall on one another, as windows pile up; later ones are pushed on the music."""
    stage, u = screen.stage, screen.u
    wide = min(0.7 * art.width, 580 * u) if screen.wide else min(0.62 * art.width, 680 * u)
    high = wide * 0.46
    kinds = (0, 1, 2) if screen.is_about_sound else (1, 2)
    for index, (across, down, turn) in enumerate(_CARDS if screen.wide or stage.shape == "tall" else _CARDS[1:4]):
        x, y = art.left + across * art.width, art.top + down * art.height * (1.0 if screen.wide else 1.12)
        if not screen.wide and stage.shape != "tall":
            y = art.top + (0.2 + 0.3 * index) * art.height
        box = stage.to_frame_box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        make = partial(
            make_skeleton, math.ceil(box.width), math.ceil(box.height), screen.card, screen.edge, screen.rest,
            stage.palette.accent if index == 2 else screen.over if index % 2 else screen.rest, round(u, 3),
            turn * stage.reading_sign, kinds[(screen.seed + index) % len(kinds)], stage.is_rtl,
        )  # fmt: skip
        image = _OVER * max(box.width, box.height)
        come = screen.make_come(stage.to_frames((0, 0, 5, 11, 18)[index]), dy=-260)
        alive = stage.nudge(stage.to_frames(20 + 5 * index), dx=14 if index % 2 else -14, dy=8)
        layer = LazyImage(make, round(box.left - image), round(box.top - image))
        stage.add("shape", layer, box.grow(image), Motion(moves=(come, alive), group="cards"))


_OVER: Final = 0.22


@lru_cache(16)
def make_skeleton(
    wide: int,
    high: int,
    tint: str,
    edge: str,
    quiet: str,
    accent: str,
    u: float,
    turn: float,
    kind: int,
    is_mirrored: bool,
) -> Any:
    """Make the image of a card whose words are bars: a title with a mark before it, lines or a waveform under it."""
    over = round(_OVER * max(wide, high))
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(wide + 2 * over, high + 2 * over, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    )
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.translate(over + wide / 2, over + high / 2)
    canvas.rotate(turn)
    panel = make_panel(wide, high, 26 * u, tint, edge, u)
    canvas.drawImage(panel, -panel.width() / 2, -panel.height() / 2)
    canvas.scale(-1 if is_mirrored else 1, 1)
    pad, bar = 0.075 * wide, 0.075 * high
    left, top = -wide / 2 + pad, -high / 2 + 0.17 * high

    def fill(x: float, y: float, long: float, thick: float, colour: str) -> None:
        rect = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(x, y, long, thick), thick / 2, thick / 2)
        canvas.drawRRect(rect, skia.Paint(AntiAlias=True, Color=to_argb(colour)))

    fill(left, top, 2.2 * bar, 2.2 * bar, accent)
    fill(left + 3.2 * bar, top + 0.1 * bar, 0.42 * wide, 0.9 * bar, mix(quiet, "#FFFFFF", 0.24))
    fill(left + 3.2 * bar, top + 1.4 * bar, 0.24 * wide, 0.7 * bar, quiet)
    if kind == 0:
        levels = make_levels(34, 11)
        pitch = (wide - 2 * pad) / 34
        for index, level in enumerate(levels):
            tall = max(0.05, level) * 0.36 * high
            fill(left + index * pitch, 0.2 * high - tall / 2, 0.5 * pitch, tall, accent if index < 14 else quiet)
    else:
        for index, part in enumerate((0.92, 0.7, 0.46) if kind == 1 else (0.6, 0.86, 0.34)):
            fill(left, -0.02 * high + index * 0.15 * high, (wide - 2 * pad) * part, bar * 0.9, quiet)
    return surface.makeImageSnapshot()


def set_line(stage: Stage, text: str, beat: str) -> None:
    """Set a line in the composition that the table gives the shot, or beside its picture."""
    name, emphasis = choose_composition_of(stage, beat)
    if stage.request.is_emblem_named:
        name = "mark"
    if name in ("bars", "mark"):  # a letter stands for a name, and none is said here
        name = "mark" if stage.request.emblem else "bars"
    picture = stage.choose_picture()
    if picture is not None:
        screen = Screen(stage, focus=(0.7, 0.5) if stage.shape == "wide" else (0.5, 0.75))
        if not text.strip() and picture.kind == "photo":
            add_photo(screen, picture, Box(0, 0, stage.width, stage.height), corner=1)
            return
        box = show_picture(screen, picture)
        screen.set_headline(text, box, emphasis=emphasis, largest=130, low=0.42 if screen.wide else 0.3)
        return
    screen = Screen(stage, focus=find_focus(stage, name) if text.strip() else (0.5, 0.6))
    if text.strip():
        set_carried(screen, text, name, emphasis)
    else:
        add_carrier(screen, name, Box(0, 0.2 * stage.height, stage.width, stage.height), text_stands=False)


def set_carried(screen: Screen, text: str, name: str, emphasis: Emphasis, *, letters: str = "") -> None:
    """Set a line and what carries it."""
    stage, u = screen.stage, screen.u
    words, art = split_screen(screen, name)
    if name == "prompt":
        set_prompt(screen, text, words, art)
        return
    if name == "trace":
        low = 0.4 if screen.wide else 0.3
        reach = (0.15 if screen.wide else 0.11) * stage.height
        inner = words._replace(bottom=words.bottom - (0.8 * reach if screen.wide else 0.6 * reach))
        found = screen.set_headline(text, inner, emphasis=emphasis, largest=196, low=low)
        y, start = found.bottom + 64 * u, found.right + 20 * u
        if not screen.wide or start > 0.62 * stage.width:  # it bursts under the words where none is free after them
            y, start = found.bottom + reach + 20 * u, (0.4 if screen.wide else 0.16) * stage.width
        if stage.shape == "tall":
            y = max(y, stage.live.bottom + 0.3 * (stage.height - stage.live.bottom))
        screen.add_trace(start, y, reach)
        return
    if name in ("ring", "cards", "mark") or not screen.wide:
        add_carrier(screen, name, art, letters=letters)
        screen.set_headline(text, words, emphasis=emphasis, low=0.44 if screen.wide else 0.3)
        return
    add_carrier(screen, name, art)
    screen.set_headline(text, words, emphasis=emphasis, largest=190, low=0.5)


def set_prompt(screen: Screen, text: str, words: Box, art: Box) -> None:
    """Set a line as what is typed in a field, with a pulse under it as of something that listens."""
    stage, u = screen.stage, screen.u
    pad = 62 * u
    wide = words if screen.wide else words._replace(bottom=min(words.bottom, words.top + 0.6 * stage.height))
    inner = Box(wide.left + pad, wide.top, wide.right - pad, wide.bottom - 0.24 * wide.height)
    few = min(1.5, max(1.0, 13 / max(1, len(text))))
    block = screen.fit(
        text,
        "display",
        inner.width,
        inner.height - 2 * pad,
        lines=6,
        largest=170 * few,
        lead=1.08,
        target=56,
        is_headline=True,
    )
    tall = block.height + 2 * pad
    foot = 230 * u
    top = wide.top + max(0.0, (wide.height - tall - foot) * (0.5 if screen.wide else 0.3))
    card = Box(wide.left, top, wide.right, top + tall)
    come = screen.make_come(0, dy=80)
    screen.add_card(card, (come,), edge=stage.palette.accent, corner=40 * u)
    screen.put(block, inner.left, top + pad, 0, ground=screen.card, group="line", moves=(come,))
    middle = card.bottom + 44 * u + foot / 2
    if screen.wide:
        screen.add_bars(Box(card.left, middle - 105 * u, card.right, middle + 105 * u), has_head=False)
    else:
        y = max(middle, art.centre[1])
        screen.add_bars(Box(0, y - 150 * u, stage.width, y + 150 * u), has_head=False)


def set_brand(stage: Stage) -> None:
    """Stage what the brand stands for: its line, and its name behind a tile of its initials."""
    line, name = stage.get_words("line"), stage.get_words("name")
    if not name or stage.choose_picture() is not None:
        text = "|".join(part for part in (line, name) if part)
        set_line(stage, text, "brand")
        return
    carrier, emphasis = choose_composition_of(stage, "brand")
    screen = Screen(stage, focus=find_focus(stage, carrier))
    u = screen.u
    size = 76 * u
    block = screen.fit(name, "address", screen.box.width - 1.4 * size, size, lines=1, largest=60)
    top = screen.box.top
    add_tile(screen, find_initials(name)[:1], Box(screen.box.left, top, screen.box.left + size, top + size), 0)
    y = top + (size - block.height) / 2
    screen.put(block, screen.box.left + 1.35 * size, y, stage.to_frames(6), role="label", group="name")
    screen.box = screen.box._replace(top=top + size + 44 * u)
    set_carried(screen, line, carrier, emphasis, letters=find_initials(name))


def add_tile(screen: Screen, letter: str, box: Box, at: float) -> None:
    """Add the tile of an app: a rounded square in the accent with the film's emblem on it, else with a letter."""
    stage = screen.stage
    moves = (stage.hit(at, 0.6),)
    screen.add_shape(screen.make_round(box, 0.24 * box.width), stage.palette.accent, Motion(moves=moves, group="tile"))
    if letter:
        motion = Motion(moves=moves, group="tile", pivot=stage.to_frame_box(*box).centre)
        screen.add_initials(stage.typeset_emblem(letter), box.centre, 0.66 * box.width, 0.64 * box.height, motion)
