"""The stage on which a beat is set: its methods add shapes, words and pictures as layers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from reelwright.media.drawing import colour as tone
from reelwright.media.drawing import treatments
from reelwright.media.drawing.drawables import Blit, Counter, Emoji, Fill, Outline, Several
from reelwright.media.drawing.emphasis import split_line
from reelwright.media.drawing.hyphens import hyphenate_words
from reelwright.media.drawing.layers import Box, Clip, Drawable, Layer, Role, Scene, WipeArea
from reelwright.media.drawing.lettering import (
    FittedLine,
    Ink,
    fit_block,
    fit_figures,
    fit_stack,
    typeset_figures,
    typeset_in_face,
    typeset_line,
)
from reelwright.media.drawing.movers import Leave, Mover, Run, Shake
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.textures import make_halftone
from reelwright.media.drawing.treatments import Picture, Sprite
from reelwright.media.emblems import CALENDAR, CLOCK, FACE, FIRST_CLOCK, FIRST_PAGE, load_emblems
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.staging.dates import find_clock_face, find_day
from reelwright.media.staging.look import Look
from reelwright.media.staging.plane import MIRRORED, Plane, Point
from reelwright.media.staging.shot_request import ShotRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """The motion of a layer: its movers, the clips and pivot that they use, and the frames in which it exists."""

    moves: tuple[Mover, ...] = ()
    group: str = ""
    clips: tuple[Clip, ...] = ()
    wipe_area: WipeArea | None = None
    pivot: Point | None = None
    window: Any = None
    span: tuple[float, float] = (0.0, math.inf)


STILL = Motion()
_LEGAL = 0.025
"""Least em of legal lines, as a part of the frame's height, where no picture needs the room: smaller ones are not read
on a phone.
"""

_STAND_IN = 0.8
"""Most of a new price's size that the old one has while it stands alone."""
_TRAVEL = 2
"""Pixels at 1080 and 30 fps that the dots of a halftone travel in a frame."""
_LEAN = 12
"""Most degrees by which a sticker leans."""
_STICKER = 0.42
"""Most of the height of an upright frame that a sticker takes."""


class Stage(Plane):
    """A shot under construction. All coordinates are logical: left is where reading starts."""

    def __init__(self, request: ShotRequest, look: Look, pictures: Sequence[Picture]) -> None:
        super().__init__(request, look)
        self.palette = look.palette
        self.pictures = tuple(pictures)
        self.ground = self.palette.bg
        self.poster_frame: float = request.frames - 1
        self.notes: list[str] = []
        self._layers: list[Layer] = []
        self._fits: list[float] = []
        self._shakes: list[int] = []
        self.read_roles: set[str] = set()
        self.print_strip: tuple[float, float] | None = None
        """Upper and lower edge of the strip that is kept free for small print, in pixels."""
        self._within = (0.0, math.inf)
        self._carried: tuple[tuple[Mover, ...], Point | None] = ((), None)

    def add_shake(self, frame: float) -> None:
        """Kick the whole picture for three frames from ``frame`` on, as where something lands."""
        self._shakes.append(round(frame))

    @contextmanager
    def limit_frames(self, first: float, last: float) -> Iterator[None]:
        """Let what is added in this block exist only from frame ``first`` on and before frame ``last``."""
        before = self._within
        self._within = (max(first, before[0]), min(last, before[1]))
        try:
            yield
        finally:
            self._within = before

    @contextmanager
    def show_large(self, place: Box, instead: Box, until: float) -> Iterator[None]:
        """Let what is added in this block, whose place is the box ``place``, stand where ``instead`` will be, all but
        as large, and go to its place on frame ``until``.
        """
        if until:
            scale = max(1.0, _STAND_IN * min(instead.width / place.width, instead.height / place.height))
            dx, dy = (there - here for there, here in zip(instead.centre, place.centre, strict=True))
            if abs(dx) > 0.01 * self.width:  # both begin on one edge
                grown = (scale - 1) * place.width / 2
                dx = instead.right - place.right - grown if self.is_rtl else instead.left - place.left + grown
            ease, length = self.look.ease["in"], self.to_frames(7)
            away, back = Leave(-1, 0, ease, dx, dy, scale), Leave(until, length, ease, -dx, -dy, 1 / scale)
            self._carried = ((away, back), place.centre)
        try:
            yield
        finally:
            self._carried = ((), None)

    # -- laying down --------------------------------------------------------------------------------------------

    def add(
        self, role: Role, drawable: Drawable, box: Box, motion: Motion = STILL, *, text: str = "", size: float = 0.0,
        colour: str = "", ground: str = ""
    ) -> Layer:  # fmt: skip
        """Add one layer over those added before. ``text``: its words, with the ``size`` of their capitals in pixels."""
        layer = Layer(
            role=role, drawable=drawable, box=box, moves=(*motion.moves, *self._carried[0]), clips=motion.clips,
            wipe_area=motion.wipe_area, pivot=self._carried[1] or motion.pivot, window=motion.window,
            span=(max(motion.span[0], self._within[0]), min(motion.span[1], self._within[1])), group=motion.group,
            text=text, size=size, colour=colour, ground=ground,
        )  # fmt: skip
        self._layers.append(layer)
        return layer

    def fill_frame(self, colour: str, motion: Motion = STILL) -> Layer:
        """Fill the whole frame with one colour."""
        box = Box(0, 0, self.width, self.height)
        margin = 0.04 * max(self.width, self.height)
        left, top, right, bottom = box.grow(margin)
        path = make_polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
        return self.add("field", Fill(path, colour), box, motion)

    def add_polygon(self, points: Sequence[Point], colour: str, motion: Motion = STILL) -> Layer:
        """Add a filled shape with the logical corners ``points``."""
        path = self.to_frame_path(points)
        return self.add("shape", Fill(path, colour), _bounds(path), motion)

    def add_outline(self, points: Sequence[Point], colour: str, width: float, motion: Motion = STILL) -> Layer:
        """Add the edge, ``width`` pixels, of a shape with the logical corners ``points``."""
        path = self.to_frame_path(points)
        return self.add("shape", Outline(path, colour, width, is_mitred=True), _bounds(path).grow(width / 2), motion)

    def add_dots(
        self, left: float, top: float, right: float, bottom: float, toward: str, colour: str, *, densest: float = 0.5,
        gamma: float = 1.4, cell: float = 1.0, motion: Motion = STILL
    ) -> Layer:  # fmt: skip
        """Add a halftone that grows ``toward`` a side of its box, along which its dots travel until the cut.

        ``cell``: size over the look's own.
        """
        box = self.to_frame_box(left, top, right, bottom)
        step = _TRAVEL * self.u / self.request.pace
        across, down = (step, 0.0) if toward in ("up", "down") else (0.0, step) if toward != "pool" else (0.0, 0.0)
        if across or down:
            window = make_polygon([box[:2], (box.right, box.top), box[2:], (box.left, box.bottom)])
            moves, clips = (*motion.moves, Run(across, down)), (*motion.clips, Clip(window))
            motion = replace(motion, moves=moves, clips=clips)
        way = math.ceil(self.request.frames)
        x, y = math.floor(box.left - across * way), math.floor(box.top - down * way)
        wide, high = max(1, math.ceil(box.right) - x), max(1, math.ceil(box.bottom) - y)
        toward = MIRRORED.get(toward, toward) if self.is_rtl else toward
        size = max(3.0, self.look.halftone["cell"] * cell * self.u)
        image = make_halftone(wide, high, toward, colour, round(size, 2), densest, gamma, self.look.halftone["angle"])
        return self.add("texture", Blit(image, x, y), box, motion)

    def place(self, sprite: Sprite, x: float, y: float, motion: Motion = STILL, *, smooth: bool = True) -> None:
        """Add a sprite with the point it is placed by at (x, y), logical; the picture itself is never mirrored."""
        px = self.to_frame_x(x)
        left, top = px + sprite.x, y + sprite.y
        box = Box(px + sprite.box.left, y + sprite.box.top, px + sprite.box.right, y + sprite.box.bottom)
        if not smooth:
            left, top = round(left), round(top)
        self.add("picture", Blit(sprite.image, left, top, is_smooth=smooth), box, motion)

    def place_masked(self, sprite: Sprite, motion: Motion = STILL) -> None:
        """Add a sprite of ``mask_picture`` where it lies in the frame."""
        self.add("picture", Blit(sprite.image, sprite.x, sprite.y, is_smooth=bool(motion.moves)), sprite.box, motion)

    # -- words --------------------------------------------------------------------------------------------------

    def get_words(self, role: str) -> str:
        """Return the words of a role, empty when there are none. A staging sets every role that it asks for."""
        self.read_roles.add(role)
        return self.request.words.get(role, "")

    def typeset(self, text: str, kind: str = "display") -> Ink:
        """Shape one line in the type ``kind`` of the look; each ``|`` in it becomes a blank."""
        typeset = typeset_figures if kind == "number" else typeset_line
        return typeset(text.replace("|", " "), self.look.type[kind], self.request.language)

    def list_rows(self) -> list[str]:
        """List the rows of a list, of steps or of figures, as they read."""
        text = self.request.words.get("figures") or self.request.words.get("steps", "")
        return [strip_styles(row).strip() for row in text.split("|") if row.strip()]

    @property
    def has_things(self) -> bool:
        """Whether something is drawn beside every row: beside some of them it would look like a fault."""
        things = self.request.things
        return bool(things) and all(things) and len(things) == len(self.list_rows()) and not self.has_own_picture

    @contextmanager
    def show_thing(self, index: int) -> Iterator[None]:
        """Let the emblem in this block be the thing of a row."""
        request = self.request
        words = {**request.words, "line": self.list_rows()[index]}
        self.request = replace(request, emblem=request.things[index], is_emblem_named=True, words=words)
        try:
            yield
        finally:
            self.request = request

    def list_companions(self) -> tuple[str, ...]:
        """List the film's emblem and what stands with it, for screens on which the film's things come together."""
        emblem = self.request.film_emblem or self.request.emblem
        return (emblem, *load_emblems()[emblem].beside.split()) if emblem else ()

    @contextmanager
    def show_emblem(self, name: str) -> Iterator[None]:
        """Let the emblem in this block be another one."""
        request, self.request = self.request, replace(self.request, emblem=name)
        try:
            yield
        finally:
            self.request = request

    def typeset_emblem(self, letters: str, kind: str = "display") -> Ink:
        """Shape the drawing of what the film is about as if it were a letter; else ``letters``, where it has none."""
        if not self.request.emblem:
            return self.typeset(letters, kind)
        line = self.request.words.get("line") or self.request.words.get("deal", "")
        if self.request.emblem == CALENDAR:
            return typeset_in_face(chr(ord(FIRST_PAGE) + (find_day(line) or 0)), FACE)
        if self.request.emblem == CLOCK and (face := find_clock_face(line)) is not None:
            return typeset_in_face(chr(ord(FIRST_CLOCK) + face), FACE)
        return typeset_in_face(load_emblems()[self.request.emblem].glyph, FACE)

    def fit_block(
        self, text: str, width: float, height: float, *, kind: str = "display", lines: int = 3, lead: float = 1.0,
        largest: float = 9999
    ) -> list[FittedLine]:  # fmt: skip
        """Fit lines of one size into a box in pixels, ``lead`` ems apart, at most ``largest`` pixels to the em."""
        fit = fit_figures if kind == "number" else fit_block
        return fit(text, self.look.type[kind], self.request.language, width, height, lines, lead, largest)

    def fit_stack(self, text: str, width: float, height: float, gap: float, *, lines: int = 4) -> list[FittedLine]:
        """Fit lines that are each ``width`` pixels wide, ``gap`` pixels apart, into ``height`` pixels in all."""
        return fit_stack(
            hyphenate_words(text), self.look.type["display"], self.request.language, width, height, gap, lines
        )

    def add_words(
        self, ink: Ink, size: float, x: float, baseline: float, colour: str, ground: str, motion: Motion = STILL, *,
        role: Role = "headline"
    ) -> Box:  # fmt: skip
        """Add a line whose ink starts on x (logical). ``size`` in em pixels. Returns its box in frame pixels."""
        pen, box = self.find_pen(ink, size, x), self.trace_ink(ink, size, x, baseline)[1]
        parts: list[Drawable] = [
            Fill(part.path, part.colour) for part in split_line(ink, size, pen, baseline, colour, ground, self.palette)
        ]
        if ink.has_pictures:
            parts.append(Emoji(ink, size, pen, baseline))
        what = parts[0] if len(parts) == 1 else Several(tuple(parts))
        self.add(role, what, box, motion, text=ink.text, size=ink.cap * size, colour=colour, ground=ground)
        return box

    def add_line(
        self, line: FittedLine, x: float, baseline: float, colour: str, ground: str, motion: Motion = STILL,
        role: Role = "headline"
    ) -> Box:  # fmt: skip
        """Add a line in the size that it was fitted to; see ``add_words``."""
        return self.add_words(line.ink, line.size, x, baseline, colour, ground, motion, role=role)

    def add_echo(
        self, ink: Ink, size: float, x: float, baseline: float, colour: str, alpha: float, motion: Motion = STILL
    ) -> Layer:
        """Add the outline of a line: texture, not words; it may leave the frame."""
        path, box = self.trace_ink(ink, size, x, baseline)
        width = max(1.0, self.look.sizes["echo"] * self.u)
        return self.add("echo", Outline(path, colour, width, alpha), box.grow(width), motion)

    def trace_ink(self, ink: Ink, size: float, x: float, baseline: float) -> tuple[Any, Box]:
        """Return a line's outline as a skia path, its ink beginning at the logical ``x``, and its box in the frame."""
        pen = self.find_pen(ink, size, x)
        path = ink.make_path(size, pen, baseline)
        return path, Box(
            pen + ink.left * size, baseline + ink.top * size, pen + ink.right * size, baseline + ink.bottom * size
        )

    def find_pen(self, ink: Ink, size: float, x: float) -> float:
        """Return the x where the pen starts so that the ink's leading edge lies on x (logical)."""
        return self.to_frame_x(x) - (ink.right if self.is_rtl else ink.left) * size

    def add_label(
        self, text: str, x: float, baseline: float, colour: str, ground: str, motion: Motion = STILL, *,
        kind: str = "label", scale: float = 1.0
    ) -> Box:  # fmt: skip
        """Add small type on one line, made smaller only when it would be wider than the safe area."""
        line = self.typeset(text, kind)
        size = min(self.get_small_size("label") * scale, self.live.width / max(line.width, 1e-6))
        return self.add_words(line, size, x, baseline, colour, ground, motion, role="label")

    def get_small_size(self, role: str) -> float:
        """Return the pixels to the em of small type: of the role ``legal``, or, for any other role, of a label."""
        kind = "legal" if role == "legal" else "label"
        size = self.look.sizes[f"{kind}_tall" if self.shape == "tall" else kind] * self.u
        return max(size, _LEGAL * self.height) if kind == "legal" and not self.has_own_picture else size

    def add_counter(
        self, inks: Sequence[Ink], size: float, x: float, baseline: float, colour: str, ground: str, motion: Motion
    ) -> Box:
        """Add a counter: of the lines ``inks`` the pose's number picks one, and the last is the one that stays."""
        paths = tuple(self.trace_ink(one, size, x, baseline)[0] for one in inks)
        box = self.trace_ink(inks[-1], size, x, baseline)[1]
        self.add(
            "headline", Counter(paths, colour), box, motion, text=inks[-1].text, size=inks[-1].cap * size,
            colour=colour, ground=ground,
        )  # fmt: skip
        return box

    def settle_headline(self, cap: float) -> float:
        """Return the factor, 1 or less, that brings a headline with capitals of ``cap`` pixels to one of the look's few
        sizes.
        """
        sizes = [size * self.u for size in self.look.headline_sizes if size * self.u <= cap]
        return max(sizes) / cap if sizes else 1.0

    def record_fit(self, size: float, target: float) -> None:
        """Record ``size`` as a share of ``target``: below .55 the shot may be staged again without its picture."""
        self._fits.append(size / target)

    # -- pictures -----------------------------------------------------------------------------------------------

    @property
    def has_own_picture(self) -> bool:
        """Whether a person's picture stands here, which needs its room."""
        return not all(picture.is_sticker for picture in self.pictures)

    def choose_picture(self, turn: int = 0) -> Picture | None:
        """Choose the picture for this shot's variant, ``turn`` places further on in the list; None if there is none."""
        if not self.pictures:
            return None
        return self.pictures[(turn + self.request.variant) % len(self.pictures)]

    def make_product_sprite(
        self, picture: Picture, width: float, turn: float, ground: str, *, grade: treatments.Grade = "plain"
    ) -> Sprite:
        """Make a cut-out sprite, with a keyline where it would vanish on ``ground``."""
        if picture.is_sticker:
            turn, most = min(max(turn, -_LEAN), _LEAN), 0.9 if self.shape == "tall" else 0.6
            width = min(width, most * self.width)
            if self.shape != "wide":
                width = min(width, _STICKER * self.height * picture.ratio)
        keyline = tone.choose_text_colour(ground) if grade == "plain" and treatments.is_lost_on(picture, ground) else ""
        return treatments.make_cutout(picture, width, turn * self.reading_sign, grade=grade, keyline=keyline)

    # -- the end ------------------------------------------------------------------------------------------------

    def build_scene(self) -> Scene:
        """Build the finished display list."""
        amplitude = max(1, round(self.look.shake * self.u))
        live = (
            Box(self.width - self.live.right, self.live.top, self.width - self.live.left, self.live.bottom)
            if self.is_rtl
            else self.live
        )
        return Scene(
            size=self.request.size, frames=self.request.frames, ground=self.ground, layers=tuple(self._layers),
            shake=Shake(tuple(self._shakes), amplitude), live=live,
            poster_frame=min(max(0, round(self.poster_frame)), self.request.frames - 1),
            fit=min(self._fits, default=1.0), is_rtl=self.is_rtl, notes=tuple(self.notes),
        )  # fmt: skip


def _bounds(path: Any) -> Box:
    bounds = path.computeTightBounds()
    return Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
