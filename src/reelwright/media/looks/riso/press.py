"""A sheet in the press: its inks and its drawing, what room words have, and how letters and pictures are printed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

from reelwright.media.drawing.colour import LEGIBLE, compute_contrast, make_legible, mix, to_argb, to_oklch
from reelwright.media.drawing.drawables import Blit, Counter, Fill, skia
from reelwright.media.drawing.layers import Box, Clip, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Count, Pose
from reelwright.media.drawing.treatments import Picture, make_cutout, mask_picture
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.riso.letters import Bouncing, Stamps, cut_letters
from reelwright.media.looks.riso.motifs import make_box, make_cut
from reelwright.media.looks.riso.plates import Mark, Plate, Print, Steps, make_inks, make_tint, make_tooth, mix_inks
from reelwright.media.staging.columns import FittedRow, Row, fit_column, measure_column
from reelwright.media.staging.lines import compute_pitched_tops, fit_headline
from reelwright.media.staging.stage import STILL, Motion, Stage

Ground = Literal["paper", "sun", "hot", "key"]
Align = Literal["start", "middle"]
RAYS: Final[dict[Ground, Plate]] = {"paper": "sun", "sun": "paper", "hot": "sun", "key": "paper"}
"""The plate that rays are printed in, by the ground."""
_NEAR_HUE: Final = 0.9
"""Radians of hue below which two inks are alike."""
BANDS: Final[dict[Ground, tuple[Plate, ...]]] = {
    "paper": ("sun", "hot", "key"),
    "sun": ("hot", "paper", "key"),
    "hot": ("sun", "paper", "key"),
    "key": ("paper", "hot", "sun"),
}
"""The plates of bands that lie over one another, by the ground."""
_COLD_BANDS: Final[dict[Ground, tuple[Plate, ...]]] = {
    "paper": ("hot", "paper", "key"), "sun": ("paper", "hot", "key"), "hot": ("paper", "key"),
    "key": ("paper", "hot", "key"),
}  # fmt: skip
"""The same where the second ink is cold, which is never printed over yellow."""
SEALS: Final[dict[Ground, tuple[Ground, ...]]] = {
    "paper": ("hot", "sun", "key"),
    "sun": ("hot", "key", "paper"),
    "hot": ("sun", "paper", "key"),
    "key": ("hot", "sun", "paper"),
}
"""The inks of small seals that follow one another, by the ground."""
_NO_WORDS: Final = ("ratio_milli",)
_DESCENDER: Final = 0.26
_GHOST: Final = 60
"""Height of capitals, at a short side of 1080, from which a second plate lies beside letters."""
_APART: Final = (0.08, 0.2)
"""Ems between the ink of two lines, and of scripts without capitals, whose letters fill their height and turn."""
_FADE: Final = 0.16
"""Part of a photograph's shorter side over which dots of ink grow toward an edge; inside it keeps its own colours."""
_SLACK: Final = 0.965
"""Part of a box that words take, so that turned letters stay in it."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours on a ground: words, quiet words, emphasised words, and the ghost of the plate beside them."""

    ink: str
    quiet: str
    accent: str
    ground: str
    ghost: str


@dataclass(frozen=True, slots=True)
class Glide:
    """A slow way over a picture, in whole pixels and in steps, as one moves a print: ``dx``, ``dy`` pixels a step."""

    length: float
    dx: float
    dy: float

    def compute_pose(self, frame: float) -> Pose:
        """Return how far the picture has gone in ``frame``."""
        step = math.floor(math.floor(frame) / self.length)
        return Pose(dx=round(self.dx * step), dy=round(self.dy * step))


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """The outline of an image, filled with one ink."""

    image: Any
    x: float
    y: float
    ink: str

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw what is opaque in the image."""
        paint = skia.Paint(ColorFilter=skia.ColorFilters.Blend(to_argb(self.ink, alpha), skia.BlendMode.kSrcIn))
        canvas.drawImage(self.image, self.x, self.y, skia.SamplingOptions(), paint)


class Press:
    """A screen under construction. ``roles``: words that its staging sets itself; all others become small print."""

    def __init__(self, stage: Stage, ground: Ground, *roles: str) -> None:
        self.stage, self.u = stage, stage.u
        self.wide = stage.shape == "wide"
        self.inks = make_inks(stage.palette)
        if ground == "hot" and self.is_cold:
            ground = ("key", "paper")[stage.request.variant % 2]
        self.plate = ground
        self.tone = self.find_tone(ground)
        stage.ground = self.tone.ground
        self.rng = random.Random(f"{stage.request.seed} {stage.request.staging} {stage.request.variant}")
        self.apart = float(stage.look.own["apart"]) * stage.u
        self.frame = Box(0, 0, stage.width, stage.height)
        self._drawing = Print(self.frame, self.tone.ground, self.inks, self.apart)
        self.marks = self._drawing.marks
        stage.add("texture", self._drawing, self.frame, Motion(moves=(Steps(self.measure_step()),), group="light"))
        self.box = stage.live
        self.small_foot = 0.0
        self._small = self._fit_small(roles)

    def find_tone(self, ground: Ground) -> Tone:
        """Return the colours of words on a ground: overprinted by the last plate, or left free of it."""
        inks, paper = self.inks, self.inks.paper
        if ground == "paper":
            accent = self.stage.palette.accent_text
            return Tone(inks.key, inks.key, accent, paper, inks.hot)
        if ground == "key":
            accent = max(
                (inks.sun, paper), key=lambda one: (compute_contrast(one, inks.key) > LEGIBLE, one == inks.sun)
            )
            return Tone(paper, paper, accent, inks.key, inks.hot)
        base = inks.get(ground)
        printed = mix_inks(base, inks.key)
        if compute_contrast(printed, base) >= LEGIBLE:
            return Tone(printed, printed, printed, base, mix_inks(inks.sun, inks.warm) if ground == "sun" else paper)
        light = paper if compute_contrast(paper, base) >= LEGIBLE else make_legible(paper, base, LEGIBLE)
        if compute_contrast(light, base) < LEGIBLE:
            light = make_legible(printed, base, LEGIBLE)
        return Tone(light, light, light, base, inks.sun)

    @property
    def is_cold(self) -> bool:
        """Whether the second ink is like a lighter third: the words of a light blue ground would be black on it."""
        hues = [to_oklch(ink)[2] for ink in (self.inks.hot, self.inks.key)]
        return abs(hues[0] - hues[1]) < _NEAR_HUE

    @property
    def second(self) -> Plate:
        """The loudest plate that is not the ground."""
        return "hot" if self.plate != "hot" else "sun"

    @property
    def beams(self) -> Plate:
        """The plate of rays around cut paper: never yellow on a cold ink, which makes green."""
        return self.over if self.plate == "hot" and self.over != "hot" else RAYS[self.plate]

    @property
    def over(self) -> Plate:
        """The plate that is printed over yellow."""
        return "hot" if self.inks.warm == self.inks.hot else "key"

    @property
    def bands(self) -> tuple[Plate, ...]:
        """The plates of bands of waves on this ground."""
        return (BANDS if self.over == "hot" else _COLD_BANDS)[self.plate]

    def measure_step(self) -> float:
        """Return the frames of this shot for which a drawing stands before it is printed again."""
        return self.stage.request.fps[0] / self.stage.request.fps[1] * float(self.stage.look.own["step"]) / 1000

    # -- words --------------------------------------------------------------------------------------------------

    def _fit_small(self, roles: Sequence[str]) -> list[FittedRow]:
        stage = self.stage
        for role in (*roles, *_NO_WORDS):
            stage.get_words(role)
        rest = [role for role in stage.request.words if role not in roles and role not in _NO_WORDS]
        em = stage.get_small_size("legal") / self.u
        rows = [
            Row(
                text=stage.get_words(role),
                colour=self.inks.key,
                kind="plain",
                largest=em,
                lines=3,
                is_fixed=True,
                lead=10,
                gap=12,
                role="legal",
            )
            for role in rest
        ]
        fitted = fit_column(stage, rows, stage.live.width * (0.6 if self.wide else 1) - 40 * self.u, 900 * self.u)
        if fitted:
            self.box = self.box._replace(bottom=self.box.bottom - measure_column(stage, fitted) - 74 * self.u)
        return fitted

    @property
    def small_height(self) -> float:
        """Pixels that the words take that no staging asks for."""
        return measure_column(self.stage, self._small) + 60 * self.u if self._small else 0.0

    @property
    def rest(self) -> float:
        """The part of spare room that stands over words: half of it beside a drawing, and none where the drawing below
        them is near. In an upright frame so much that words hang neither at the edge nor over a gap.
        """
        return 0.5 if self.wide else 0.4 if self.stage.shape == "tall" else 0.0

    @property
    def has_small_print(self) -> bool:
        """Whether words are left that no staging asks for."""
        return bool(self._small)

    def add_small_print(self, after: int = 10) -> None:
        """Set the words that no staging asks for on a cut strip of paper at the foot of the safe area.

        ``after``: frames at 30 fps.
        """
        if not self._small:
            return
        stage, u = self.stage, self.u
        tall = measure_column(stage, self._small)
        wide = max(line.width for one in self._small for line in one.lines)
        foot = self.small_foot or stage.live.bottom
        top = foot - tall - 18 * u
        area = Box(stage.live.left - 18 * u, top - 18 * u, stage.live.left + wide + 58 * u, foot)
        at = stage.to_frames(after)
        self.add_cut(area, self.inks.paper, at, "small")
        tone = self.find_tone("paper")
        self.put(self._small, stage.live.left + 18 * u, top, at + 2, tone=tone, group="small")

    def make_row(
        self,
        text: str,
        *,
        largest: float = 200,
        lines: int = 4,
        kind: str = "display",
        target: float = 0,
        gap: float = 34,
        accent: bool = False,
        tone: Tone | None = None,
    ) -> Row:
        """Make a row of large words."""
        used = tone or self.tone
        tint = used.accent if accent else used.ink
        return Row(text=text, colour=tint, kind=kind, largest=largest, lines=lines, lead=8, gap=gap, target=target)

    def make_note(
        self,
        text: str,
        *,
        em: float = 0,
        kind: str = "label",
        gap: float = 22,
        role: Role = "label",
        tone: Tone | None = None,
    ) -> Row:
        """Make a row of small words that keep their size."""
        em = em or self.stage.get_small_size("label") / self.u * 1.15
        tint = (tone or self.tone).ink
        return Row(text=text, colour=tint, kind=kind, largest=em, lines=2, is_fixed=True, lead=10, gap=gap, role=role)

    def fit(self, rows: Sequence[Row], width: float, height: float) -> list[FittedRow]:
        """Fit rows into a box in pixels."""
        return fit_column(self.stage, rows, width * _SLACK, height)

    def fit_line(
        self,
        text: str,
        width: float,
        height: float,
        *,
        largest: float = 200,
        lines: int = 5,
        target: float = 56,
        tone: Tone | None = None,
        is_name: bool = False,
    ) -> list[FittedRow]:
        """Fit a headline that breaks where it reads well; an empty list where there are no words.

        ``largest``: em pixels at 1080. ``is_name``: the words are the film's name, which stands as large as it can.
        """
        if not strip_styles(text).strip():
            return []
        width *= _SLACK
        apart = _APART[text.upper() == text.lower()]
        fitted = fit_headline(
            self.stage,
            text,
            width,
            height,
            lines=lines,
            gap=10,
            largest=largest * self.u,
            target=target,
            is_settled=not is_name,
        )
        for _ in range(2):  # once more where the pitch asks for smaller lines
            size, ink = fitted[0].size, fitted[0].ink
            touching = (upper.ink.bottom - lower.ink.top + apart for upper, lower in pairwise(fitted))
            pitch = max(ink.cap + _DESCENDER, *touching, 0.0) * size
            tops = compute_pitched_tops(text, fitted, pitch)
            tall = tops[-1] + max(0.0, fitted[-1].ink.bottom) * size
            if tall <= height:
                break
            fitted = [FittedLine(line.ink, line.size * height / tall) for line in fitted]
        return [FittedRow(self.make_row(text, tone=tone), fitted, tops, tall)]

    def measure(self, rows: Sequence[FittedRow]) -> float:
        """Return the height of fitted rows in pixels, 0 where there are none."""
        return measure_column(self.stage, rows) if rows else 0.0

    def put(
        self,
        rows: Sequence[FittedRow],
        left: float,
        top: float,
        at: float | Sequence[float] = 0,
        *,
        tone: Tone | None = None,
        align: Align = "start",
        group: str = "words",
    ) -> list[Box]:
        """Set fitted rows from ``top`` down. ``left``: where lines start, or their middle. ``at``: the frame of the
        first line, or one for each.
        """
        boxes, number = [], 0
        for one in rows:
            for line, below in zip(one.lines, one.tops, strict=True):
                when = (
                    at + 5 * number * self.stage.request.pace
                    if isinstance(at, float | int)
                    else at[min(number, len(at) - 1)]
                )
                x = left - line.width / 2 if align == "middle" else left
                boxes.append(
                    self.set_line(
                        line,
                        x,
                        top + below,
                        one.row.colour,
                        when,
                        tone=tone,
                        role=one.row.role,
                        group=f"{group} {number}",
                    )
                )
                number += 1
            top += one.height + one.row.gap * self.u
        return boxes

    def set_line(
        self,
        line: FittedLine,
        x: float,
        baseline: float,
        tint: str,
        at: float,
        *,
        tone: Tone | None = None,
        role: Role = "headline",
        group: str = "words",
    ) -> Box:
        """Set a line whose letters are stamped one after another from frame ``at`` on, and hop on later hits."""
        stage, ink, size, used = self.stage, line.ink, line.size, tone or self.tone
        length = stage.get_length("rise")
        start, at = stage.begin(at, length, 0.62), 0.0 if stage.is_opening else at
        if ink.style_spans or ink.has_pictures:
            come = stage.slide(start if stage.is_opening else at, dy=0.4 * size, kind="hit")
            return stage.add_line(line, x, baseline, tint, used.ground, Motion(moves=(come,), group=group), role)
        large = role in ("headline", "button") and ink.cap * size >= _GHOST * self.u
        pen = stage.find_pen(ink, size, x)
        _, box = cut_letters(ink, size, pen, baseline, bounces=large)
        edge = stage.to_frame_x(x)  # turned letters begin where straight ones would
        pen += edge - (box.right if stage.is_rtl else box.left)
        baseline -= min(0.0, box.top - stage.live.top) if box.top > stage.live.top - 0.1 * size else 0.0
        baseline -= max(0.0, box.bottom - stage.live.bottom) if box.bottom < stage.live.bottom + 0.1 * size else 0.0
        letters, box = cut_letters(ink, size, pen, baseline, bounces=large)
        off = min(self.apart, 0.05 * size)
        ghosts = ((used.ghost, off, -0.7 * off),) if large and compute_contrast(used.ghost, tint) > 1.5 else ()
        hops = stage.find_later_hits(at + length, most=4) if large else ()
        drawable = Bouncing(letters, tint, ghosts, size)
        stage.add(
            role,
            drawable,
            box,
            Motion(
                moves=(Stamps(start, length, hops, stage.to_frames(14)),),
                group=group,
                span=(max(0.0, math.floor(at)), math.inf),
            ),
            text=ink.text,
            size=ink.cap * size,
            colour=tint,
            ground=used.ground,
        )
        return box

    def add_count(self, inks: Sequence[Any], size: float, x: float, low: float, tint: str) -> Box:
        """Set figures that count in place, the plates of the first two colours beside them. Returns their box."""
        stage, last = self.stage, inks[-1]
        if len(inks) == 1:
            return self.set_line(FittedLine(last, size), x, low, tint, 0, group="number")
        pen, box = stage.find_pen(last, size, x), stage.trace_ink(last, size, x, low)[1]
        length = stage.get_length("count")
        count = Count(-length * 0.2, length, stage.look.ease["count"], len(inks) - 1)
        for ink, off in ((self.tone.ghost, self.apart * 1.6), ("", 0.0)):
            paths = tuple(one.make_path(size, pen + off, low - 0.7 * off) for one in inks)
            motion = Motion(moves=(count,), group="number")
            if ink:
                stage.add("texture", Counter(paths, ink), box.grow(off), motion)
            else:
                stage.add(
                    "headline",
                    Counter(paths, tint),
                    box,
                    motion,
                    text=last.text,
                    size=last.cap * size,
                    colour=tint,
                    ground=self.tone.ground,
                )
        return box

    def add_screen(
        self, path: Any, ground: str, ink: str, make: Callable[[int], Any] | None = None, *, cell: float = 20
    ) -> None:
        """Print dots that grow over a ground, on which words in ``ink`` stay as legible as they are.

        ``make``: what bounds them in each step, if that is not the path.
        """
        far = (
            self.inks.paper if compute_contrast(ink, self.inks.paper) > compute_contrast(ink, "#000000") else "#000000"
        )
        dots = self.inks.sun if ground == self.inks.paper else mix(ground, far, 0.42)
        bounds = path.computeTightBounds()
        place = (math.floor(bounds.left()), math.floor(bounds.top()))
        toward = "left" if self.stage.is_rtl else "right"
        size = (math.ceil(bounds.width()) + 1, math.ceil(bounds.height()) + 1)
        image = make_tint(*size, toward, dots, max(4.0, cell * self.u), 0.72, 30.0)
        self.marks.append(Mark("paper", make or (lambda _: path), dots=(image, *place), is_moving=make is not None))

    # -- cut shapes ---------------------------------------------------------------------------------------------

    def add_cut(self, box: Box, tint: str, at: float, group: str, *, shadow: str = "", lean: float = 7) -> None:
        """Lay a strip of cut paper in a logical box, with a ``shadow`` in another ink; it pops in."""
        stage, u = self.stage, self.u
        place = stage.to_frame_box(*box)
        path = make_cut(place, self.rng, u, lean)
        motion = Motion(moves=(stage.hit(at, 0.82),), group=group, span=(max(0.0, math.floor(at)), math.inf))
        if shadow:
            below = skia.Path(path)
            below.offset(11 * u, 12 * u)
            stage.add("shape", Fill(below, shadow), place.grow(lean * u), motion)
        stage.add("shape", Fill(path, tint), place.grow(lean * u), motion)

    def add_shape(self, path: Any, tint: str, motion: Motion = STILL) -> None:
        """Add a filled path in pixels of the frame over the print."""
        bounds = path.computeTightBounds()
        self.stage.add(
            "shape", Fill(path, tint), Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom()), motion
        )

    # -- pictures -----------------------------------------------------------------------------------------------

    def show(
        self, picture: Picture, box: Box, *, path: Any = None, at: float = 0, edges: Sequence[str] = ("up", "down")
    ) -> None:
        """Show a picture in its own colours in a logical box: a photograph fills it, or the ``path`` in frame pixels in
        it, and dots of ink grow over it toward its ``edges``; a cut-out and a screen stand whole.
        """
        stage, u = self.stage, self.u
        place = stage.to_frame_box(*box)
        if picture.kind == "screen":
            self._show_screen(picture, place, at)
            return
        if picture.kind == "cutout":
            self._show_cutout(picture, place, at)
            return
        half = round(0.45 * u * stage.request.frames / max(1.0, self.measure_step()))
        first, whole = half * stage.reading_sign, place.grow(half + 6)
        whole = whole._replace(left=whole.left + first, right=whole.right + first)
        sprite = mask_picture(picture, make_box(whole), whole, aim=(0.5 - first / whole.width, 0.5))
        clips = (Clip(path if path is not None else make_box(place)),)
        glide = Glide(self.measure_step(), -0.9 * u * stage.reading_sign, 0.0)
        stage.place_masked(sprite, Motion(moves=(glide,), clips=clips, group="picture"))
        deep = round(_FADE * min(place.width, place.height))
        for edge in edges:
            wide, high = (
                (deep, math.ceil(place.height)) if edge in ("left", "right") else (math.ceil(place.width), deep)
            )
            x = math.ceil(place.right) - deep if edge == "right" else math.floor(place.left)
            y = math.ceil(place.bottom) - deep if edge == "down" else math.floor(place.top)
            dots = make_tint(wide, high, edge, self.inks.get(self.second), max(4.0, 16 * u), 0.9, 75.0)
            stage.add("texture", Blit(dots, x, y), Box(x, y, x + wide, y + high), Motion(clips=clips))

    def _show_cutout(self, picture: Picture, place: Box, at: float) -> None:
        stage, (x, y) = self.stage, place.centre
        wide = min(place.width * 0.9, place.height * 0.9 * picture.ratio)
        sprite = make_cutout(picture, wide, 0.0)
        come = stage.slide(at, dy=0.12 * place.height, kind="picture")
        motion = Motion(moves=(come, stage.nudge(at + 12, dy=-14)), group="picture")
        ink, off = self.inks.key if self.plate != "key" else self.inks.sun, 16 * self.u
        shade = Silhouette(sprite.image, x + sprite.x + off, y + sprite.y + off, ink)
        stage.add("texture", shade, Box(x - wide / 2, y - wide / picture.ratio / 2, x + wide / 2, y).grow(off), motion)
        stage.place(sprite, stage.to_frame_x(x), y, motion)

    def _show_screen(self, picture: Picture, place: Box, at: float) -> None:
        stage, u = self.stage, self.u
        wide = min(place.width * 0.90, place.height * 0.86 * picture.ratio)
        high = wide / picture.ratio
        x, y = place.centre
        area = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        motion = Motion(moves=(stage.slide(at, dy=0.1 * place.height, kind="picture"),), group="picture")
        rim, radius = 12 * u, 22 * u
        for grown, tint, off in (
            (rim, self.inks.get(self.second), 18 * u),
            (rim, self.inks.key, 0.0),
        ):
            path = make_box(area.grow(grown), radius)
            path.offset(off, off)
            self.add_shape(path, tint, motion)
        stage.place_masked(mask_picture(picture, make_box(area, radius * 0.5), area), motion)


def add_tooth(stage: Stage) -> None:
    """Lay the tooth of the paper, fainter where a picture is seen, and its unprinted margin over all."""
    margin = round(float(stage.look.own["margin"]) * stage.u)
    image = make_tooth(stage.width, stage.height, margin, 0.4 if stage.pictures else 1.0, make_inks(stage.palette))
    stage.add("texture", Blit(image, 0, 0), Box(0, 0, stage.width, stage.height))
