"""Pieces that several beats are built from: stacks of lines, echoes, tapes, the mark, pictures in a field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from reelwright.media.animatic.drawables import Fill, Outline, Several, skia
from reelwright.media.animatic.hyphens import broken
from reelwright.media.animatic.layers import Box, Clip
from reelwright.media.animatic.lettering import Fitted, Ink, halved
from reelwright.media.animatic.movers import Mover, Run
from reelwright.media.animatic.painter import polygon
from reelwright.media.animatic.plane import Point
from reelwright.media.animatic.stage import Motion, Stage
from reelwright.media.animatic.treatments import Grade, Picture, device, masked
from reelwright.media.letters.styled import bare

_WORTH = 0.8
"""Of its size: what more lines than were written are worth, so that they have to be a good deal larger."""


def baselines(lines: Sequence[Fitted], top: float, gap: float) -> list[float]:
    """Where each line's baseline lies when its ink is stacked from ``top`` with ``gap`` between inks."""
    found = []
    for line in lines:
        found.append(top - line.ink.top * line.size)
        top += line.height + gap
    return found


def capped(lines: list[Fitted], tallest: float) -> list[Fitted]:
    """All lines smaller by one factor, so that no ink is taller than ``tallest``."""
    factor = min(1.0, tallest / max(line.height for line in lines))
    return [Fitted(line.ink, line.size * factor) for line in lines]


def rise_clip(stage: Stage, line: Fitted, baseline: float) -> Clip:
    """The window that a line rises into: its own ink, the frame wide."""
    top = baseline + line.ink.top * line.size - 6 * stage.u
    bottom = baseline + line.ink.bottom * line.size + 6 * stage.u
    return stage.clip([(0, top), (stage.width, top), (stage.width, bottom), (0, bottom)])


def rising(stage: Stage, line: Fitted, baseline: float, at: float, group: str) -> Motion:
    """A line that rises from under its own edge."""
    clip = rise_clip(stage, line, baseline)
    return Motion(moves=(stage.slide(at, dy=line.height * 1.15, kind="rise"),), clips=(clip,), group=group)


def paragraph(
    stage: Stage,
    lines: Sequence[Fitted],
    x: float,
    top: float,
    pitch: float,
    colour: str,
    ground: str,
    at: float,
    *,
    role: str = "label",
) -> float:
    """Lines of small type, one after another two frames apart. Returns the baseline of the last."""
    baseline = top - lines[0].ink.top * lines[0].size
    for index, line in enumerate(lines):
        motion = rising(stage, line, baseline, at + stage.time(2 * index), "small")
        stage.words(line.ink, line.size, x, baseline, colour, ground, motion, role=role)  # type: ignore[arg-type]
        baseline += pitch
    return baseline - pitch


def slashes(stage: Stage, x: float, top: float, height: float, colour: str, motion: Motion, *, count: int = 3) -> None:
    """The motif of the look: leaning bars in a row. A graphic, never taken for anyone's logo."""
    wide, lean = height * 0.42, height * stage.look.slope * 1.6
    for index in range(count):
        left = x + index * wide * 1.65
        stage.poly(
            [(left + lean, top), (left + wide + lean, top), (left + wide, top + height), (left, top + height)],
            colour,
            motion,
        )


def block_lows(lines: Sequence[Fitted], top: float, gap: float) -> list[float]:
    """Baselines of lines of one size on an even pitch, ``gap`` pixels between capitals."""
    first = -min(line.ink.top for line in lines) * lines[0].size
    below = max(line.ink.bottom if line.ink.bottom > 0.18 else 0.0 for line in lines) * lines[0].size
    return [top + first + index * (first + below + gap) for index in range(len(lines))]


def block_height(lines: Sequence[Fitted], gap: float) -> float:
    return block_lows(lines, 0, gap)[-1] + max(0.0, lines[-1].ink.bottom) * lines[-1].size


def headline(
    stage: Stage,
    text: str,
    width: float,
    height: float,
    *,
    lines: int = 3,
    gap: float = 24,
    largest: float = 9999,
    target: float = 96,
) -> list[Fitted]:
    """A block of display lines of one size that fits ``width`` by ``height`` when set with ``gap`` (at 1080)."""
    made = []
    for given in (text, *_rebroken(text, lines, stage.asked.language)):
        fitted = _best_block(stage, broken(given), width, height, lines, largest * few(stage, text))
        tall = block_height(fitted, gap * stage.u)
        if tall > height:
            fitted = [Fitted(line.ink, line.size * height / tall) for line in fitted]
        made.append(fitted)
    fitted = max(made, key=lambda one: one[0].size * (1.0 if one is made[0] else _WORTH))
    stage.wants(fitted[0].ink.cap * fitted[0].size, target * stage.u)
    return fitted


def _rebroken(text: str, lines: int, language: str) -> list[str]:
    """``text`` with its longest lines halved, one after another, while there are fewer than ``lines``.

    A person's line breaks stay; a long line between them would make all of them small.
    """
    parts, made = [part.strip() for part in text.split("|")], list[str]()
    while 1 < len(parts) < lines:
        at = max(range(len(parts)), key=lambda n: len(bare(parts[n])))
        halves = halved(parts[at], language)
        if len(halves) < 2:
            break
        parts[at : at + 1] = halves
        made.append("|".join(parts))
    return made


def few(stage: Stage, text: str, kind: str = "display", *, most: float = 2.0, usual: float = 4.0) -> float:
    """How much larger than usual words are set that are few: up to ``most`` times, and not beside a picture.

    By the shape of the line and not by counting words, so that it holds in every script: one that is ``usual`` times as
    wide as high, or more, is as large as ever.
    """
    if stage.pictures:
        return 1.0
    line = stage.ink(text, kind)
    return min(most, max(1.0, usual * line.height / max(line.width, 1e-6)))


def _best_block(stage: Stage, text: str, width: float, height: float, lines: int, largest: float) -> list[Fitted]:
    """The largest block over all numbers of lines, where a line far shorter than the longest counts against it."""
    best: tuple[float, list[Fitted]] | None = None
    for most in range(1, lines + 1):
        fitted = stage.block(text, width, height, lines=most, largest=largest)
        widths = [line.width for line in fitted]
        lonely = len(widths) > 1 and min(widths) < 0.46 * max(widths)
        first = lonely and widths.index(min(widths)) == 0
        score = fitted[0].size * (0.95 if first else 0.72 if lonely else 1.0)
        if best is None or score > best[0] * 1.001:
            best = (score, fitted)
    assert best is not None
    return best[1]


def small_block(
    stage: Stage, text: str, width: float, height: float, *, largest: float, lines: int = 3, kind: str = "plain"
) -> list[Fitted]:
    """A block of small type, ``largest`` em pixels at 1080, in as few lines as keep that size."""
    for few in range(1, lines):
        fitted = stage.block(text, width, height, kind=kind, lines=few, lead=1.25, largest=largest * stage.u)
        if fitted[0].size >= largest * stage.u * 0.97:
            return fitted
    return stage.block(text, width, height, kind=kind, lines=lines, lead=1.25, largest=largest * stage.u)


def split_closer(text: str) -> tuple[str, str]:
    """Opener and closer: the last sentence, else what follows the last comma, else the last two fifths of the words."""
    if "|" in text:
        first, _, last = text.rpartition("|")
        return first.replace("|", " ").strip(), last.strip()
    words = text.split()
    for marks in (".!?。", ",;:،、–—"):
        for index in range(len(words) - 2, -1, -1):
            if bare(words[index]).endswith(tuple(marks)):
                return " ".join(words[: index + 1]), " ".join(words[index + 1 :])
    cut = len(words) - max(1, round(len(words) * 0.42))
    return " ".join(words[:cut]), " ".join(words[cut:])


def tape(
    stage: Stage,
    ink: Ink,
    centre: Point,
    angle: float,
    height: float,
    ground: str,
    colour: str,
    tick: str,
    speed: float,
) -> None:
    """A band of repeated words across the frame that runs along itself; texture, not words to be read."""
    reach = 1.25 * math.hypot(stage.width, stage.height)
    size = height * 0.54 / ink.height
    gap = height * 0.8
    period = ink.width * size + gap
    drawn = []
    turn = angle * stage.way
    x = -reach / 2 - period * 2
    while x < reach / 2 + period * 2:
        drawn.append(Fill(ink.path(size, x - ink.left * size, -(ink.top + ink.bottom) / 2 * size), colour))
        slash = x + ink.width * size + gap * 0.32
        drawn.append(Fill(_slash(slash, height * 0.2, height * 0.1), tick))
        x += period
    px = stage.at(centre[0])
    band = _band(reach * 1.6, height)
    for part in (band, *(one.path for one in drawn)):
        _turned(part, turn, px, centre[1])
    box = Box(*_bounds(band))
    step = speed * stage.u / stage.asked.pace
    angle_rad = math.radians(turn)
    run: Mover = Run(dx=step * math.cos(angle_rad), dy=step * math.sin(angle_rad))
    stage.add("shape", Fill(band, ground), box)
    stage.add("echo", Several(tuple(drawn)), box, Motion(moves=(run,), group="tape"))


def _slash(x: float, half: float, width: float):  # type: ignore[no-untyped-def]
    return polygon(
        [
            (x + half * 0.5, -half),
            (x + half * 0.5 + width, -half),
            (x - half * 0.5 + width, half),
            (x - half * 0.5, half),
        ]
    )


def _band(length: float, height: float):  # type: ignore[no-untyped-def]
    return polygon(
        [(-length / 2, -height / 2), (length / 2, -height / 2), (length / 2, height / 2), (-length / 2, height / 2)]
    )


def _turned(path, turn: float, x: float, y: float) -> None:  # type: ignore[no-untyped-def]
    matrix = skia.Matrix()
    matrix.setRotate(turn)
    matrix.postTranslate(x, y)
    path.transform(matrix)


def _bounds(path) -> tuple[float, float, float, float]:  # type: ignore[no-untyped-def]
    bounds = path.computeTightBounds()
    return bounds.left(), bounds.top(), bounds.right(), bounds.bottom()


def arrow(stage: Stage, x: float, y: float, reach: float, colour: str, motion: Motion) -> None:
    """A mitred arrow whose tip lies on x, drawn as one shape; points along the reading direction."""
    thick = reach * 0.36
    shaft = [
        (x - reach * 3, y - thick / 2),
        (x - thick, y - thick / 2),
        (x - thick, y + thick / 2),
        (x - reach * 3, y + thick / 2),
    ]
    head = [
        (x - reach, y - reach),
        (x - reach + thick * 1.3, y - reach),
        (x + thick * 0.3, y),
        (x - reach + thick * 1.3, y + reach),
        (x - reach, y + reach),
        (x - thick, y),
    ]
    stage.poly(shaft, colour, motion)
    stage.poly(head, colour, motion)


def echo_rows(
    stage: Stage,
    ink: Ink,
    height: float,
    top: float,
    bottom: float,
    colour: str,
    clip: Clip,
    *,
    alpha: float,
    at: float,
) -> None:
    """Rows of one outlined word that fill an area, every other row shifted; for shots without a picture."""
    size = height / ink.height
    period = ink.width * size + height * 0.45
    y, row = top, 0
    while y < bottom:
        x = -period * (0.25 + 0.5 * (row % 2))
        while x < stage.width:
            path, box = stage.path(ink, size, x, y - ink.top * size)
            del path
            if box.right > 0 and box.left < stage.width:
                motion = Motion(moves=(stage.fade(at + stage.time(row), stage.time(6)),), clips=(clip,), group="echo")
                stage.echo(ink, size, x, y - ink.top * size, colour, alpha, motion)
            x += period
        y += height * 1.2
        row += 1


def fill_with(
    stage: Stage,
    picture: Picture,
    points: Sequence[Point],
    *,
    grade: Grade = "plain",
    tint: str = "",
    zoom: float = 1.0,
    motion: Motion | None = None,
) -> None:
    """A photo seen through a leaning field of the frame; the field stands while the camera moves in."""
    path = stage.shape_of(points)
    left, top, right, bottom = _bounds(path)
    box = Box(max(0.0, left), max(0.0, top), min(float(stage.width), right), min(float(stage.height), bottom))
    if box.width < 8 or box.height < 8:
        return  # long words have pushed the field out of the frame
    whole = box.grown(12 * stage.u)
    window = polygon([whole[:2], (whole.right, whole.top), whole[2:], (whole.left, whole.bottom)])
    aim = _middle_of(stage, points, whole)
    sprite = masked(picture, window, whole, grade=grade, tint=tint, zoom=zoom, aim=aim)
    given = motion or Motion()
    alive = stage.alive(stage.time(12), push=0.04)
    stage.place_masked(sprite, replace(given, moves=(*given.moves, *alive), clips=(*given.clips, Clip(path))))


def _middle_of(stage: Stage, points: Sequence[Point], box: Box) -> tuple[float, float]:
    """The middle of what is seen of a field, in parts of its box."""
    xs = [min(max(stage.at(x), 0.0), float(stage.width)) for x, _ in points]
    ys = [min(max(y, 0.0), float(stage.height)) for _, y in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return (x - box.left) / box.width, (y - box.top) / box.height


def screen(
    stage: Stage,
    picture: Picture,
    x: float,
    y: float,
    width: float,
    height: float,
    motion: Motion,
    *,
    lean: float = -0.09,
) -> None:
    """A screen in its device around a point: as large as fits, an upright one in a tall frame larger and cut below."""
    wide, y = _screen_size(stage, picture, y, width, height)
    sprite = device(picture, wide, lean * stage.way, frame="#111114", edge=stage.palette.muted)
    stage.place(sprite, x, y, motion)


def _screen_size(stage: Stage, picture: Picture, y: float, width: float, height: float) -> tuple[float, float]:
    wide = min(width, height * picture.ratio)
    if picture.ratio >= 1 or stage.shape == "wide":
        return wide, y
    larger = min(width * 0.66, height * 1.6 * picture.ratio)
    return max(wide, larger), y + max(0.0, larger - wide) / picture.ratio / 2


def callout(
    stage: Stage,
    picture: Picture,
    x: float,
    y: float,
    width: float,
    height: float,
    at: float,
    moves: tuple[Mover, ...],
    *,
    lean: float = -0.09,
) -> None:
    """A ring around what a screen draws the eye to, landing on ``at``; the device's place as given to ``screen``."""
    wide, y = _screen_size(stage, picture, y, width, height)
    aside = (picture.focus[0] - 0.5) * wide
    px, py = stage.at(x) + aside, y + (picture.focus[1] - 0.5) * wide / picture.ratio + lean * stage.way * aside
    radius = max(46 * stage.u, wide * 0.085)
    ring = skia.Path()
    ring.addCircle(px, py, radius)
    box = Box(px - radius, py - radius, px + radius, py + radius)
    motion = Motion(moves=(stage.hit(at, 2.4), *moves), span=(at, math.inf), group="callout")
    for colour, thick in ((stage.palette.shade, 17.0), (stage.palette.accent, 9.0)):
        stage.add("shape", Outline(ring, colour, thick * stage.u), box.grown(thick * stage.u / 2), motion)


def contact_shadow(stage: Stage, x: float, y: float, width: float, colour: str, motion: Motion) -> None:
    """A halftone ellipse under a product."""
    high = width * 0.26
    stage.dots(
        x - width / 2,
        y - high / 2,
        x + width / 2,
        y + high / 2,
        "pool",
        colour,
        densest=1.1,
        gamma=0.6,
        cell=0.8,
        motion=motion,
    )
