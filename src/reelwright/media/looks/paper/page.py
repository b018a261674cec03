"""A page under construction: which words are still unsaid, what room is left, and how a block of type comes."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from reelwright.media.drawing.drawables import Blit, Emoji, Several
from reelwright.media.drawing.hyphens import hyphenate_words
from reelwright.media.drawing.layers import Box, Drawable, Role
from reelwright.media.drawing.lettering import FittedLine, Ink, halve_line
from reelwright.media.drawing.movers import Approach, Count, Fade, Mover
from reelwright.media.drawing.strokes import DONE, Cascade, Pen
from reelwright.media.drawing.treatments import Sprite
from reelwright.media.letters.word_styles import split_styles, strip_styles
from reelwright.media.looks.paper.material import make_paper
from reelwright.media.looks.paper.pen import make_strike, make_underline
from reelwright.media.staging.lines import split_closer
from reelwright.media.staging.stage import Motion, Stage

Align = Literal["start", "middle"]
Enter = Literal["words", "letters", "lines"]
_JOINED = re.compile("[\u0300-\u036f\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\ufb1d-\ufdff\ufe70-\ufeff]")
_NO_WORDS = ("ratio_milli",)
_TOUCH = 0.05  # ems between the inks of two lines where they would touch
_LEAVE = 7  # frames at 30 fps in which words fade before the next screen


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of words on one ground: plain, quiet, emphasised; and the ground itself."""

    ink: str
    quiet: str
    accent: str
    ground: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size on an even pitch. ``ascent``: pixels from their top to the first baseline."""

    lines: tuple[FittedLine, ...]
    pitch: float
    ascent: float

    @property
    def size(self) -> float:
        """Pixels to the em."""
        return self.lines[0].size if self.lines else 0.0

    @property
    def width(self) -> float:
        """Width of the widest line in pixels."""
        return max((line.width for line in self.lines), default=0.0)

    @property
    def height(self) -> float:
        """Pixels from the top of the first line to the foot of the last one's ink."""
        if not self.lines:
            return 0.0
        return self.ascent + (len(self.lines) - 1) * self.pitch + max(0.0, self.lines[-1].ink.bottom) * self.size

    def scale(self, factor: float) -> Block:
        """Return the block ``factor`` times as large."""
        lines = tuple(FittedLine(line.ink, line.size * factor) for line in self.lines)
        return Block(lines, self.pitch * factor, self.ascent * factor)


NOTHING = Block((), 0.0, 0.0)


class Page:
    """A screen under construction. ``roles``: words that its staging draws itself; all others become small print."""

    def __init__(self, stage: Stage, *roles: str, ground: bool = True) -> None:
        self.stage = stage
        palette = stage.palette
        self.desk = Tone(palette.text, palette.dim, palette.accent_text, palette.bg)
        self.sheet = Tone(palette.text, palette.dim, palette.accent_text, palette.surface)
        self.kraft = Tone(palette.text, palette.text, palette.text, palette.pale)
        self.poster = Tone(palette.on_accent, palette.on_accent, palette.on_accent, palette.accent)
        self.meadow = Tone("#FFF7E8", "#FFF7E8", "#FFDFB5", str(stage.look.own["meadow"]))
        self.night = Tone("#FFF7E8", "#FFF7E8", "#FFD9A3", "#3A2A1E")
        self.top, self.floor = stage.live.top, stage.live.bottom
        self.seed = stage.request.seed % 9973 + stage.request.variant
        self.wide = stage.shape == "wide"
        stage.ground = palette.bg
        if ground:
            self.cover(self.desk)
        self.small_top: float | None = None
        self._small = self._fit_small(roles)

    def make_random(self, name: str) -> random.Random:
        """Return numbers of chance that are always the same for this screen and ``name``."""
        return random.Random(f"{self.seed} {name}")

    def cover(self, tone: Tone) -> None:
        """Cover the table with paper of a tone's ground."""
        stage = self.stage
        stage.ground = tone.ground
        image = make_paper(stage.width, stage.height, tone.ground)
        stage.add("texture", Blit(image, 0, 0), Box(0, 0, stage.width, stage.height))

    # -- the words that no staging asks for ---------------------------------------------------------------------

    def _fit_small(self, roles: Sequence[str]) -> list[Block]:
        stage = self.stage
        rest = [
            text
            for role in stage.request.words
            if role not in roles and role not in _NO_WORDS and (text := stage.get_words(role))
        ]
        em = stage.get_small_size("legal")
        width = stage.live.width * (0.62 if self.wide else 1.0)
        blocks = [self.fit(text, "plain", width, em * 5, lines=3, largest=em / stage.u, lead=1.3) for text in rest]
        self.floor -= sum(block.height + 0.7 * em for block in blocks) + (0.4 * em if blocks else 0)
        return blocks

    @property
    def small_height(self) -> float:
        """Pixels that the words take that no staging asks for."""
        return self.stage.live.bottom - self.floor

    @property
    def has_small_print(self) -> bool:
        """Whether words are left that no staging asks for."""
        return bool(self._small)

    def add_small_print(self, x: float, tone: Tone, align: Align = "start", at: float | None = None) -> None:
        """Set what is left of the words at the foot of the page."""
        em = self.stage.get_small_size("legal")
        y = (self.floor if self.small_top is None else self.small_top) + 1.1 * em
        quiet = Tone(tone.quiet, tone.quiet, tone.quiet, tone.ground)
        for block in self._small:
            start = self.stage.to_frames(14) if at is None else at
            self.put(block, x, y, quiet, start, enter="lines", role="legal", align=align, group="small")
            y += block.height + 0.7 * em

    # -- fitting ------------------------------------------------------------------------------------------------

    def fit(
        self,
        text: str,
        kind: str,
        width: float,
        height: float,
        *,
        lines: int = 3,
        largest: float = 200,
        lead: float = 1.08,
        target: float = 0,
    ) -> Block:
        """Fit ``text`` into a box in pixels. ``largest``, ``target``: em pixels at 1080; ``target`` 0: not recorded."""
        if not strip_styles(text).strip():
            return NOTHING
        stage = self.stage
        text = text.replace("& ", "&\u00a0")  # what follows it, as in a couple's names, stays with it
        given = hyphenate_words(text) if kind in ("display", "italic") else text
        best: tuple[float, Block] | None = None
        least = given.count("|") + 1
        ways = [(given, count) for count in range(least, max(least, lines) + 1)]
        ways += [(halved, lines) for halved in _halve_longest(given, lines, stage.request.language)]
        for way, count in ways:
            fitted = stage.fit_block(way, width, height, kind=kind, lines=count, lead=lead, largest=largest * stage.u)
            block = self._settle(fitted, lead, height)
            widths = [line.width for line in fitted]
            lonely = len(widths) > 1 and min(widths) < 0.4 * max(widths)
            score = block.size * (0.8 if lonely else 1.0) * (0.9 ** len(fitted))
            if best is None or score > best[0] * 1.001:
                best = (score, block)
        assert best is not None
        if target:
            stage.record_fit(best[1].lines[0].ink.cap * best[1].size, target * stage.u)
        return best[1]

    def _settle(self, fitted: Sequence[FittedLine], lead: float, height: float) -> Block:
        """Make a block of fitted lines, its pitch wide enough for scripts that reach high and low."""
        size = fitted[0].size
        near = [upper.ink.bottom - lower.ink.top + _TOUCH for upper, lower in pairwise(fitted)]
        pitch = max(lead, *near, 0.0) * size
        cap = fitted[0].ink.cap
        top = -fitted[0].ink.top
        block = Block(tuple(fitted), pitch, max(cap, top) * size)
        return block.scale(height / block.height) if block.height > height else block

    def fit_pair(
        self, text: str, width: float, height: float, *, lines: int = 4, largest: float = 190, target: float = 80
    ) -> tuple[Block, Block]:
        """Fit a headline and its last clause, which is set in italics, in one size; the second may be empty."""
        opener, closer = split_headline(text)
        if not closer:
            return self.fit(opener, "display", width, height, lines=lines, largest=largest, target=target), NOTHING
        best: tuple[float, Block, Block] | None = None
        for first in range(1, lines):
            for second in range(1, lines - first + 1):
                one = self.fit(opener, "display", width, height, lines=first, largest=largest)
                two = self.fit(closer, "italic", width, height, lines=second, largest=largest)
                size = min(one.size, two.size)
                one, two = one.scale(size / one.size), two.scale(size / two.size)
                tall = self.measure_pair(one, two)
                if tall > height:
                    one, two = one.scale(height / tall), two.scale(height / tall)
                score = one.size * 0.9 ** (first + second)
                if best is None or score > best[0] * 1.001:
                    best = (score, one, two)
        assert best is not None
        self.stage.record_fit(best[1].lines[0].ink.cap * best[1].size, target * self.stage.u)
        return best[1], best[2]

    def measure_pair(self, one: Block, two: Block) -> float:
        """Measure the height of both blocks, one under the other on one pitch."""
        if not two.lines:
            return one.height
        return one.ascent + (len(one.lines) - 1) * one.pitch + self.measure_step(one, two) + two.height - two.ascent

    def measure_step(self, one: Block, two: Block) -> float:
        """Measure from the last baseline of a block to the first of the next: more than the pitch where inks touch."""
        upper, lower = one.lines[-1], two.lines[0]
        return max(one.pitch, (upper.ink.bottom - lower.ink.top + _TOUCH) * one.size)

    # -- setting ------------------------------------------------------------------------------------------------

    def put(
        self,
        block: Block,
        x: float,
        top: float,
        tone: Tone,
        at: float,
        *,
        align: Align = "start",
        enter: Enter = "words",
        role: Role = "headline",
        group: str = "words",
        emphatic: bool = False,
        moves: Sequence[Mover] | None = None,
        pivot: tuple[float, float] | None = None,
        length: float = 22,
    ) -> list[Box]:
        """Set a block's lines from ``top`` down, and return the box of each. ``x``: where they start, or their middle.

        ``emphatic``: all in the accent. ``moves``: instead of the camera's.
        """
        boxes = []
        for index, line in enumerate(block.lines):
            low = top + block.ascent + index * block.pitch
            start = x - line.width / 2 if align == "middle" else x
            begin = at + self.stage.to_frames(6) * index
            boxes.append(
                self.put_line(
                    line, start, low, tone, begin, enter=enter, role=role, group=f"{group} {index}",
                    emphatic=emphatic, moves=moves, pivot=pivot, length=length,
                )
            )  # fmt: skip
        return boxes

    def put_line(
        self,
        line: FittedLine,
        x: float,
        low: float,
        tone: Tone,
        at: float,
        *,
        enter: Enter = "words",
        role: Role = "headline",
        group: str = "words",
        emphatic: bool = False,
        moves: Sequence[Mover] | None = None,
        pivot: tuple[float, float] | None = None,
        length: float = 22,
    ) -> Box:
        """Set one line whose ink starts on ``x`` with its baseline on ``low``; strong and struck words get a stroke."""
        stage, ink, size = self.stage, line.ink, line.size
        pen = stage.find_pen(ink, size, x)
        box = stage.trace_ink(ink, size, x, low)[1]
        main = tone.accent if emphatic else tone.ink
        parts = self._split(ink, size, pen, low, main, tone, enter)
        frames = stage.to_frames(length if enter != "letters" else length * 1.5)
        begin = at - frames * (0.3 if enter == "letters" else 0.55) if at < 1 else at
        share = {"words": 0.5, "letters": 0.3, "lines": 1.0}[enter]
        drawn: Drawable = Cascade(parts, rise=0.0 if enter == "letters" else 0.16 * size, share=share)
        if ink.has_pictures:
            drawn = Several((drawn, Emoji(ink, size, pen, low)))
        camera = self.make_camera() if moves is None else tuple(moves)
        count = Count(begin, frames, stage.look.ease["even"], DONE)
        motion = Motion(moves=(count, *camera, *self._leave()), group=group, pivot=pivot or self.centre)
        stage.add(role, drawn, box, motion, text=ink.text, size=ink.cap * size, colour=main, ground=tone.ground)
        self._add_strokes(line, pen, low, tone, begin + frames, camera, motion.pivot)
        return box

    def _split(
        self, ink: Ink, size: float, pen: float, low: float, main: str, tone: Tone, enter: Enter
    ) -> list[tuple[Any, str]]:
        """Split a line into the paths that come one after another, each in its colour."""
        styles = {at: style for start, end, style in ink.style_spans for at in range(start, end)}
        found = re.finditer(r"\S+" if enter != "lines" else r".+", ink.text)
        spans = [match.span() for match in found]
        if enter == "letters" and not is_joined(ink.text):
            spans = [(at, at + 1) for at in range(len(ink.text)) if not ink.text[at].isspace()]
        parts = []
        for start, end in spans:
            for style in ("plain", "strong", "struck"):
                held = frozenset(at for at in range(start, end) if styles.get(at, "plain") == style)
                path = ink.make_path(size, pen, low, of=held.__contains__)
                if not path.isEmpty():
                    colour = {"plain": main, "strong": tone.accent, "struck": tone.quiet}[style]
                    parts.append((path, colour))
        return parts

    def _add_strokes(
        self, line: FittedLine, pen: float, low: float, tone: Tone, at: float, camera: Sequence[Mover], pivot: Any
    ) -> None:
        ink, size = line.ink, line.size
        for number, (start, end, style) in enumerate(ink.style_spans):
            bounds = ink.make_path(size, pen, low, of=range(start, end).__contains__).computeTightBounds()
            if bounds.isEmpty():
                continue
            rng = self.make_random(f"{ink.text} {number}")
            thick = max(3.2 * self.stage.u, size * 0.042)
            if style == "struck":
                y = (bounds.top() + min(bounds.bottom(), low)) / 2
                path = make_strike(bounds.left(), bounds.right(), y, self.stage.u, rng)
            else:
                y = max(bounds.bottom(), low + 0.06 * size) + 0.07 * size
                path = make_underline(bounds.left(), bounds.right(), y, self.stage.u, rng)
            self.draw(
                path,
                tone.accent,
                thick,
                at,
                16,
                camera=camera,
                pivot=pivot,
                group="strike" if style == "struck" else "pen",
            )

    def draw_underline(self, box: Box, size: float, tone: Tone, at: float, name: str = "underline") -> None:
        """Draw a stroke under a line whose ink fills ``box``."""
        y = box.bottom + 0.05 * size
        path = make_underline(box.left, box.right, y, self.stage.u, self.make_random(name))
        self.draw(path, tone.accent, max(3.4 * self.stage.u, size * 0.04), at, 20)

    def draw(
        self,
        path: Any,
        colour: str,
        width: float,
        at: float,
        length: float,
        *,
        alpha: float = 1.0,
        camera: Sequence[Mover] | None = None,
        pivot: Any = None,
        group: str = "pen",
    ) -> None:
        """Draw a line on from frame ``at``, in ``length`` frames at 30 fps."""
        stage = self.stage
        bounds = path.computeTightBounds()
        box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom()).grow(width)
        count = Count(at, stage.to_frames(length), stage.look.ease["even"], DONE)
        moves = (count, *(self.make_camera() if camera is None else camera), *self._leave())
        motion = Motion(moves=moves, pivot=pivot or self.centre, group=group)
        stage.add("shape", Pen(path, colour, width, alpha), box, motion)

    # -- motion -------------------------------------------------------------------------------------------------

    @property
    def centre(self) -> tuple[float, float]:
        """The point that the camera moves towards, in pixels of the frame."""
        return self.stage.width / 2, self.stage.height / 2

    def make_camera(self, depth: float = 1.0) -> tuple[Mover, ...]:
        """Make the camera's slow move in; ``depth`` above 1 for what lies nearer, below for what lies further away."""
        stage = self.stage
        seconds = stage.request.frames / stage.to_frames(30)
        part = min(0.06, float(stage.look.own["approach"]) * seconds) * depth
        return (Approach(stage.request.frames, part),)

    def _leave(self) -> tuple[Mover, ...]:
        """Make words fade out before the next screen, where the screen is long enough."""
        stage = self.stage
        length = stage.to_frames(_LEAVE)
        if stage.request.next_beat is None or stage.request.frames < length * 7:
            return ()
        start = stage.request.frames - length
        stage.poster_frame = min(stage.poster_frame, start - 1)
        return (Fade(start, length, stage.look.ease["out"], 1, 0),)

    def place(
        self,
        sprite: Sprite,
        x: float,
        y: float,
        at: float = 0,
        *,
        depth: float = 1.4,
        dy: float = 0,
        role: Role = "shape",
    ) -> None:
        """Lay a sheet or a print down with its middle at (x, y): it settles, then the camera moves in."""
        stage = self.stage
        length = stage.get_length("picture")
        begin = at - length * 0.7 if at < 1 else at
        moves: list[Mover] = [*self.make_camera(depth)]
        if dy or at >= 1:
            moves.append(stage.slide(begin, dy=dy or 60 * stage.u, kind="picture"))
            moves.append(Fade(begin, length * 0.4, stage.look.ease["in"], 0.0, 1.0))
        px = stage.to_frame_x(x)
        box = Box(px + sprite.box.left, y + sprite.box.top, px + sprite.box.right, y + sprite.box.bottom)
        motion = Motion(moves=tuple(moves), pivot=self.centre, group=f"sheet {x:.0f}")
        stage.add(role, Blit(sprite.image, px + sprite.x, y + sprite.y, is_smooth=True), box, motion)


def split_headline(text: str) -> tuple[str, str]:
    """Split a headline before its last line, sentence or clause; the second is empty where there is one or a style."""
    bare, styled = split_styles(text)
    if styled or len(bare) > 90:
        return text, ""
    if "|" in bare:
        first, _, last = bare.rpartition("|")
        return first.strip(), last.strip()
    first, last = split_closer(text)
    ends = first.rstrip()[-1:] in set(".!?。,;:،、–—…؟")
    return (first, last) if ends and len(last) > 1 else (text, "")


def _halve_longest(text: str, lines: int, language: str) -> list[str]:
    """Return a text that has line breaks with its longest line halved, where that leaves it within ``lines``."""
    parts = text.split("|")
    if not 1 < len(parts) < lines:
        return []
    longest = max(range(len(parts)), key=lambda at: len(strip_styles(parts[at])))
    return ["|".join([*parts[:longest], *halve_line(parts[longest].strip(), language), *parts[longest + 1 :]])]


def is_joined(text: str) -> bool:
    """Return whether a text has letters that are joined or set in clusters, which do not come one by one."""
    return bool(_JOINED.search(text))
