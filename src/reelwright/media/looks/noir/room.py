"""A dark room under construction: what light falls in, which words are still unsaid, and how words are lit."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from reelwright.media.drawing.colour import mix
from reelwright.media.drawing.drawables import Emoji, Fill, LazyImage, Light, Several, skia
from reelwright.media.drawing.layers import Box, Drawable, Role
from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.drawing.movers import Approach, Count, Fade, Mover
from reelwright.media.drawing.relief import make_hatching, make_relief
from reelwright.media.drawing.strokes import DONE, Pen
from reelwright.media.looks.noir.drawn import Aim, Beam, Dust, Lit, Metal, Tick, Turn
from reelwright.media.looks.noir.light import Pool, make_beam, make_dark, make_foil, make_mote, make_pall
from reelwright.media.staging.blocks import Block, BlockFitter, is_joined
from reelwright.media.staging.stage import Motion, Stage

Align = Literal["start", "middle", "end"]
_NO_WORDS = ("ratio_milli",)
_LEAVE = 8  # frames at 30 fps in which the light goes off the words before the next screen
_SWEEP = 30  # frames at 30 fps that the light takes over a line
_OPENING = 0.075  # part of its width by which the letters of a line are nearer to each other at first
_WIDEST = 90  # most pixels at 1080 that its end moves
_COARSE = 4  # pixels of the frame per pixel of a beam's image

_BODY, _PIECES = 0.16, 0.44
"""How far the metal of an emblem's body, and of its inner pieces, goes from the dark to the foil."""
_GRAVED = 0.0075
"""Ems that a line of the graver is thick."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of words: plain, quiet, and what is behind them."""

    ink: str
    quiet: str
    ground: str


class Room(BlockFitter):
    """A screen under construction. ``roles``: words that its staging draws itself; all others become small print."""

    def __init__(self, stage: Stage, *roles: str) -> None:
        super().__init__(stage)
        palette = stage.palette
        self.foil = make_foil(palette.accent, palette.bg)
        self.tone = Tone(palette.text, palette.dim, palette.bg)
        self.lamp = mix(str(stage.look.own["lamp"]), palette.accent, 0.28)
        self.glow = mix(mix(palette.accent, "#7A4A18", 0.35), palette.bg, 0.38)
        self.top, self.floor = stage.live.top, stage.live.bottom
        self.seed = stage.request.seed % 9973 + stage.request.variant
        self.wide = stage.shape == "wide"
        stage.ground = palette.bg
        self.small_top: float | None = None
        self.brightness = 0.45
        self._palls: list[Light] = []
        self.covered: list[Box] = []
        self._small = self._fit_small(roles)

    def make_random(self, name: str) -> random.Random:
        """Return numbers of chance that are always the same for this screen and ``name``."""
        return random.Random(f"{self.seed} {name}")

    @property
    def centre(self) -> tuple[float, float]:
        """The point that the camera moves towards, in pixels of the frame."""
        return self.stage.width / 2, self.stage.height / 2

    @property
    def glint(self) -> float:
        """The frame in which the light comes back over the words."""
        frames = self.stage.request.frames
        return max(frames * 0.56, self.stage.to_frames(44))

    # -- the words that no staging asks for ---------------------------------------------------------------------

    def _fit_small(self, roles: Sequence[str]) -> list[Block]:
        stage = self.stage
        rest = [
            text
            for role in stage.request.words
            if role not in roles and role not in _NO_WORDS and (text := stage.get_words(role))
        ]
        em = stage.get_small_size("legal")
        width = stage.live.width * (0.58 if self.wide else 1.0)
        blocks = [self.fit(text, "plain", width, em * 5, lines=3, largest=em / stage.u, lead=1.35) for text in rest]
        self.floor -= sum(block.height + 0.7 * em for block in blocks) + (0.5 * em if blocks else 0)
        return blocks

    @property
    def small_height(self) -> float:
        """Pixels that the words take that no staging asks for."""
        return self.stage.live.bottom - self.floor

    def add_small_print(self, x: float, align: Align = "start") -> None:
        """Set what is left of the words at the foot of the safe area, or from ``small_top`` on."""
        em = self.stage.get_small_size("legal")
        y = (self.floor if self.small_top is None else self.small_top) + 1.2 * em
        for block in self._small:
            self.put(
                block, x, y, self.stage.to_frames(12), colour=self.tone.quiet, role="legal", align=align,
                group="small", glints=False,
            )  # fmt: skip
            y += block.height + 0.7 * em

    # -- light --------------------------------------------------------------------------------------------------

    def darken(self, *pools: Pool) -> None:
        """Fill the frame with the dark and its pools of light (logical places)."""
        stage = self.stage
        at = tuple(pool._replace(x=stage.to_frame_x(pool.x)) for pool in pools)
        make = partial(make_dark, stage.width, stage.height, stage.palette.bg, self.glow, at)
        stage.add("texture", LazyImage(make), Box(0, 0, stage.width, stage.height))

    def add_beam(
        self,
        x: float,
        y: float,
        aims: Sequence[tuple[float, float]],
        *,
        spread: float = 0.24,
        strength: float = 0.62,
        reach: float = 1.25,
    ) -> None:
        """Let one beam fall from (x, y), mostly outside the frame, towards each of ``aims`` in turn, with its dust.

        It goes from the first aim to the second while words are lit, and travels on to the third up to the cut
        (logical).
        """
        stage = self.stage
        px = stage.to_frame_x(x)
        far = max(math.hypot(stage.to_frame_x(ax) - px, ay - y) for ax, ay in aims)
        length = min(far * reach, 2.2 * max(stage.width, stage.height))
        half = spread * length
        image = make_beam(round(length), round(half), self.lamp, strength, 5 + self.seed % 3)
        angles = [math.degrees(math.atan2(-(stage.to_frame_x(ax) - px), ay - y)) for ax, ay in aims]
        lit = stage.to_frames(_SWEEP)
        keys = zip((0.0, lit, max(lit + 1, float(stage.request.frames))), angles, strict=False)
        turn = Turn(tuple(keys), stage.look.ease["even"])
        box = Box(0, 0, stage.width, stage.height)
        beam = Beam(image, px, y, _COARSE, (stage.width, stage.height))
        stage.add("texture", beam, box, Motion(moves=(Aim(turn),), group="light"))
        self.add_dust(34, stage.to_frame_x(aims[-1][0]), aims[-1][1])

    def add_dust(self, count: int, x: float, y: float) -> None:
        """Let motes float where the light is: most of them around (x, y) in pixels of the frame."""
        stage, u, rng = self.stage, self.stage.u, self.make_random("dust")
        motes = []
        for _ in range(count):
            near = rng.random() ** 3
            radius = max(1, round((1.6 + 5.5 * near) * u))
            image = make_mote(radius * 2, self.foil.light)
            at = (rng.gauss(x, stage.width * 0.24), rng.gauss(y, stage.height * 0.3) % stage.height)
            motes.append((*at, image, float(radius * 2), 0.16 + 0.6 * rng.random() ** 2, (0.2 + 0.7 * near) * u))
        box = Box(0, 0, stage.width, stage.height)
        stage.add("texture", Dust(tuple(motes), float(stage.height)), box, Motion(moves=(Tick(),), group="light"))

    def add_light(
        self, image: Any, x: float, y: float, *, scale: float = 1.0, alpha: float = 1.0, moves: tuple[Mover, ...] = ()
    ) -> None:
        """Lay a ready light over the frame with its middle at (x, y), logical."""
        px = self.stage.to_frame_x(x)
        half, high = image.width() * scale / 2, image.height() * scale / 2
        box = Box(px - half, y - high, px + half, y + high)
        drawn = Light(image, box.left, box.top, scale, alpha)
        self.stage.add("texture", drawn, box, Motion(moves=moves, group="light"))

    def add_metal(
        self,
        path: Any,
        *,
        width: float = 0.0,
        alpha: float = 1.0,
        at: float | None = None,
        length: float = 40,
        moves: tuple[Mover, ...] = (),
        pivot: tuple[float, float] | None = None,
    ) -> None:
        """Add a shape of foil, filled or as a line; with ``at`` the line is drawn on from that frame."""
        stage = self.stage
        bounds = path.computeTightBounds()
        box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom()).grow(width / 2)
        drawn = Metal(path, box, self.foil, width, alpha, DONE if at is not None else 0)
        if at is not None:
            moves = (Count(at, stage.to_frames(length), stage.look.ease["even"], DONE), *moves)
        stage.add("shape", drawn, box, Motion(moves=moves, pivot=pivot, group="light"))

    def list_engraved(self, ink: Ink, path: Any, size: float, x: float, y: float, box: Box) -> list[Any]:
        """List what shines of the emblem, with the pen's origin at (x, y) (frame): its lines, those that a graver cuts
        into its shaded side, and its edges in the light. The dark metal of its body is added below them.
        """
        if not self.stage.request.emblem:
            return [path]
        relief = make_relief(ink).move(size, x, y)
        parts = (
            Fill(relief.body, mix(self.tone.ground, self.foil.dark, _BODY)),
            Fill(relief.pieces, mix(self.tone.ground, self.foil.dark, _PIECES)),
        )
        self.stage.add("echo", Several(parts), box, Motion(group="metal"))
        fine = max(1.0, _GRAVED * size)
        rim = make_hatching(relief.light, 1.6 * fine, fine)
        return [make_hatching(relief.shade, 3 * fine, fine), rim, path]

    def cover_light(self, box: Box) -> None:
        """Take the light away behind words (in pixels of the frame), as much as the room is bright there.

        All of it lies under the first words that were set: none darkens words that stand beside others.
        """
        stage = self.stage
        self.covered.append(box)
        if not self._palls:
            whole = Box(0, 0, stage.width, stage.height)
            stage.add("texture", Several(self._palls), whole, Motion(group="light"))  # type: ignore[arg-type]
        reach = round(230 * stage.u)
        size = (round(box.width), round(box.height))
        image = make_pall(*size, self.tone.ground, reach, self.brightness)
        self._palls.append(Light(image, box.left - reach, box.top - reach, _COARSE))

    def add_rule(self, x: float, y: float, length: float, at: float, *, middle: bool = False) -> None:
        """Draw a hairline of foil that starts at (x, y), or has its middle there."""
        first = x - length / 2 if middle else x
        path = skia.Path()
        path.moveTo(self.stage.to_frame_x(first), y)
        path.lineTo(self.stage.to_frame_x(first + length), y)
        self.add_metal(path, width=max(1.5, 2.2 * self.stage.u), at=at)

    # -- words --------------------------------------------------------------------------------------------------

    def put(
        self,
        block: Block,
        x: float,
        top: float,
        at: float,
        *,
        colour: str = "",
        align: Align = "start",
        role: Role = "headline",
        group: str = "words",
        glints: bool = True,
        ground: str = "",
        camera: bool = True,
    ) -> list[Box]:
        """Set a block's lines from ``top`` down; the light reveals them from frame ``at`` on. Returns their boxes.

        ``colour`` empty: foil.
        """
        stage, boxes = self.stage, []
        foot = top + block.height
        starts = [self._find_start(line, x, align) for line in block.lines]
        edges = [stage.to_frame_box(first, top, first + line.width, foot)
                 for first, line in zip(starts, block.lines, strict=True)]  # fmt: skip
        if edges and not ground:
            self.cover_light(Box(min(e.left for e in edges), top, max(e.right for e in edges), foot))
        metal = Box(min((e.left for e in edges), default=0), top, max((e.right for e in edges), default=1), foot)
        for index, line in enumerate(block.lines):
            low = top + block.ascent + index * block.pitch
            boxes.append(
                self.put_line(
                    line, starts[index], low, at + stage.to_frames(9) * index, colour=colour, role=role, metal=metal,
                    group=f"{group} {index}", glints=glints, ground=ground, camera=camera, align=align,
                )
            )  # fmt: skip
        return boxes

    def _find_start(self, line: FittedLine, x: float, align: Align) -> float:
        return x - line.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[align]

    def put_line(
        self,
        line: FittedLine,
        x: float,
        low: float,
        at: float,
        *,
        colour: str = "",
        role: Role = "headline",
        group: str = "words",
        metal: Box | None = None,
        glints: bool = True,
        ground: str = "",
        camera: bool = True,
        length: float = _SWEEP,
        align: Align = "start",
    ) -> Box:
        """Set one line whose ink starts on ``x`` with its baseline on ``low``; strong words shine, struck are cut."""
        stage, ink, size = self.stage, line.ink, line.size
        pen = stage.find_pen(ink, size, x)
        box = stage.trace_ink(ink, size, x, low)[1]
        ground = ground or self.tone.ground
        frames = stage.request.frames
        sweep = min(stage.to_frames(length), max(stage.to_frames(8), frames * 0.4))
        begin = stage.begin(at, sweep, 0.6)
        opens = role == "headline" and metal is not None and not is_joined(ink.text) and not ink.style_spans
        parts = self._split(ink, size, pen, low, colour, align if opens else None)
        drawn: Drawable = Lit(
            parts, box, metal or box, self.foil, begin, sweep, self.glint if glints else math.inf, frames,
            stage.reading_sign,
        )  # fmt: skip
        if ink.has_pictures:
            drawn = Several((drawn, Emoji(ink, size, pen, low)))
        moves: tuple[Mover, ...] = (Tick(), *(self.make_camera() if camera else ()), *self._leave())
        motion = Motion(moves=moves, group=group, pivot=self.centre)
        stage.add(
            role, drawn, box, motion, text=ink.text, size=ink.cap * size, colour=colour or self.foil.mid, ground=ground
        )
        for start, end, style in ink.style_spans:
            bounds = ink.make_path(size, pen, low, of=range(start, end).__contains__).computeTightBounds()
            if style == "struck" and not bounds.isEmpty():
                y = low - ink.cap * size * 0.42
                self.strike(bounds.left(), bounds.right(), y, size, begin + sweep * 0.7)
        return box

    def strike(self, left: float, right: float, y: float, size: float, at: float) -> None:
        """Cut through words with a line of light, in pixels of the frame."""
        stage = self.stage
        path, over = skia.Path(), 0.06 * size
        ends = (left - over, right + over) if stage.reading_sign > 0 else (right + over, left - over)
        path.moveTo(ends[0], y + 0.02 * size)
        path.lineTo(ends[1], y - 0.02 * size)
        thick = max(3.0 * stage.u, size * 0.035)
        count = Count(at, stage.to_frames(16), stage.look.ease["even"], DONE)
        box = Box(left - over, y - thick, right + over, y + thick)
        moves = (count, *self.make_camera(), *self._leave())
        motion = Motion(moves=moves, pivot=self.centre, group="strike")
        stage.add("shape", Pen(path, self.foil.light, thick), box, motion)

    def _split(
        self, ink: Ink, size: float, pen: float, low: float, colour: str, align: Align | None
    ) -> list[tuple[Any, str, float]]:
        """Split a line into paths by their colour and, where its tracking opens from ``align``, by its letters."""
        styles = {at: style for start, end, style in ink.style_spans for at in range(start, end)}
        inks = {"plain": colour, "strong": "" if colour else self.foil.hot, "struck": self.tone.quiet}
        count = len(ink.text)
        spans = [(at, at + 1) for at in range(count)] if align else [(0, count)]
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[align or "start"]
        share = 1 - share if self.stage.is_rtl else share
        fixed = pen + (ink.left + ink.width * share) * size
        opening = min(_OPENING, _WIDEST * self.stage.u / max(1.0, ink.width * size))
        found = []
        for start, end in spans:
            for style in {styles.get(at, "plain"): 1 for at in range(start, end)}:
                held = frozenset(at for at in range(start, end) if styles.get(at, "plain") == style)
                path = ink.make_path(size, pen, low, of=held.__contains__)
                if path.isEmpty():
                    continue
                bounds = path.getBounds()
                aside = ((bounds.left() + bounds.right()) / 2 - fixed) * -opening if align else 0.0
                found.append((path, inks[style], aside))
        return found

    # -- motion -------------------------------------------------------------------------------------------------

    def make_camera(self, depth: float = 1.0) -> tuple[Mover, ...]:
        """Make the camera's slow move in; ``depth`` above 1 for what lies nearer."""
        stage = self.stage
        seconds = stage.request.frames / stage.to_frames(30)
        return (Approach(stage.request.frames, min(0.05, float(stage.look.own["approach"]) * seconds) * depth),)

    def _leave(self) -> tuple[Mover, ...]:
        """Let the light go off the words before the next screen, where the screen is long enough."""
        stage = self.stage
        length = stage.to_frames(_LEAVE)
        if stage.request.next_beat is None or stage.request.frames < length * 7:
            return ()
        start = stage.request.frames - length
        stage.poster_frame = min(stage.poster_frame, start - 1)
        return (Fade(start, length, stage.look.ease["out"], 1, 0),)
