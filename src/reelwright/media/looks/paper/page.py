"""A page under construction: which words are still unsaid, what room is left, and how a block of type comes."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.drawables import Blit, Emoji, Light, Several, skia
from reelwright.media.drawing.layers import Box, Drawable, Role
from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.drawing.movers import Approach, Count, Fade, Mover, Sway
from reelwright.media.drawing.strokes import DONE, Cascade, Pen
from reelwright.media.drawing.treatments import Sprite
from reelwright.media.looks.paper.material import COARSE, make_paper, make_window
from reelwright.media.looks.paper.pen import make_strike, make_underline
from reelwright.media.staging.blocks import Block, BlockFitter, is_joined
from reelwright.media.staging.stage import Motion, Stage

Align = Literal["start", "middle"]
Enter = Literal["words", "letters", "lines"]
_EASTERN = ("ja", "zh", "ko")
_NO_WORDS = ("ratio_milli",)
_SMALL_LETTERS = 0.42  # ems that small letters are high
_MOST_OVER = 0.1  # ems that a letter reaches out at most
_LEAVE = 7  # frames at 30 fps in which words fade before the next screen


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of words on one ground: plain, quiet, emphasised; and the ground itself."""

    ink: str
    quiet: str
    accent: str
    ground: str


class Page(BlockFitter):
    """A screen under construction. ``roles``: words that its staging draws itself; all others become small print."""

    def __init__(self, stage: Stage, *roles: str, ground: bool = True) -> None:
        super().__init__(stage)
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
        self.is_eastern = stage.request.language.partition("-")[0] in _EASTERN
        self.grows = palette.accent not in str(stage.look.own["bare"])  # plants: all of a film, or none
        stage.ground = palette.bg
        if ground:
            self.cover(self.desk)
        self.small_top: float | None = None
        self._small = self._fit_small(roles)

    def make_random(self, name: str) -> random.Random:
        """Return numbers of chance that are always the same for this screen and ``name``."""
        return random.Random(f"{self.seed} {name}")

    def cover(self, tone: Tone) -> None:
        """Cover the table with paper of a tone's ground, on which the light of a window travels."""
        stage = self.stage
        stage.ground = tone.ground
        image = make_paper(stage.width, stage.height, tone.ground)
        frame = Box(0, 0, stage.width, stage.height)
        stage.add("texture", Blit(image, 0, 0), frame)
        is_bright = compute_contrast(tone.ground, "#000000") > compute_contrast(tone.ground, "#FFFFFF")
        light = make_window(stage.width, stage.height, is_bright)
        window = Light(light, -0.5 * stage.width, -0.5 * stage.height, COARSE)
        most = 0.4 * stage.width / stage.u * stage.request.pace / stage.request.frames
        travel = stage.drift(dx=min(1.1, most), dy=min(0.3, 0.3 * most))
        stage.add("texture", window, frame, Motion(moves=(travel,), group="window"))

    def make_sway(self, turn: float, seed: int = 0) -> Sway:
        """Make the mover of a leaf or a cut-out in the draught of this page; ``seed``: each has its own time."""
        return Sway(turn, self.stage.to_frames(96 + 13 * (seed % 3)), 0.21 * seed)

    # -- the words that no staging asks for ---------------------------------------------------------------------

    def _fit_small(self, roles: Sequence[str]) -> list[Block]:
        stage = self.stage
        rest = [
            text
            for role in stage.request.words
            if role not in roles and role not in _NO_WORDS and (text := stage.get_words(role))
        ]
        em = stage.get_small_size("legal")
        width = stage.live.width * (0.46 if self.wide else 1.0)  # as narrow as the words beside a picture
        blocks = [self.fit(text, "plain", width, em * 7, lines=5, largest=em / stage.u, lead=1.3) for text in rest]
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
        over = [self._measure_overhang(line) for line in block.lines]
        widest = max((line.width for line in block.lines), default=0.0)
        for index, line in enumerate(block.lines):
            low = top + block.ascent + index * block.pitch
            aside = min(max(over) - over[index], widest - line.width)
            start = x - line.width / 2 if align == "middle" else x + aside
            begin = at + self.stage.to_frames(6) * index
            boxes.append(
                self.put_line(
                    line, start, low, tone, begin, enter=enter, role=role, group=f"{group} {index}",
                    emphatic=emphatic, moves=moves, pivot=pivot, length=length,
                )
            )  # fmt: skip
        return boxes

    def _measure_overhang(self, line: FittedLine) -> float:
        """Measure how far a line's first letter reaches out under its line, as an italic f does, or over small letters.

        Lines stand flush by what is between, which the eye follows.
        """
        if self.stage.is_rtl:
            return 0.0
        path = line.ink.make_path(line.size, 0, 0, of=lambda at: at == 0)
        band = skia.Path()
        band.addRect(skia.Rect.MakeLTRB(-line.size, -_SMALL_LETTERS * line.size, 2 * line.size, 0))
        body = skia.Op(path, band, skia.PathOp.kIntersect_PathOp)
        if body is None or body.isEmpty():
            return 0.0
        return float(min(_MOST_OVER * line.size, body.computeTightBounds().left() - path.computeTightBounds().left()))

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
        begin = stage.begin(at, frames, 0.3 if enter == "letters" else 0.55)
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
        stage = self.stage
        at = max(0.0, min(at, stage.request.frames - stage.to_frames(28)))  # whole before a short shot ends
        y = box.bottom + 0.05 * size
        path = make_underline(box.left, box.right, y, stage.u, self.make_random(name))
        self.draw(path, tone.accent, max(3.4 * stage.u, size * 0.04), at, 20)

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
        sways: bool = False,
    ) -> None:
        """Lay a sheet or a print down with its middle at (x, y): it settles, then the camera moves in, or it sways."""
        stage = self.stage
        length = stage.get_length("picture")
        begin = at - length * 0.7 if at < 1 else at
        moves: list[Mover] = [*self.make_camera(depth)]
        if dy or at >= 1:
            moves.append(stage.slide(begin, dy=dy or 60 * stage.u, kind="picture"))
            moves.append(Fade(begin, length * 0.4, stage.look.ease["in"], 0.0, 1.0))
        px = stage.to_frame_x(x)
        box = Box(px + sprite.box.left, y + sprite.box.top, px + sprite.box.right, y + sprite.box.bottom)
        if sways:
            moves.append(self.make_sway(1.6, self.seed))
        pivot = (px, y) if sways else self.centre
        motion = Motion(moves=tuple(moves), pivot=pivot, group=f"sheet {x:.0f}")
        stage.add(role, Blit(sprite.image, px + sprite.x, y + sprite.y, is_smooth=True), box, motion)
