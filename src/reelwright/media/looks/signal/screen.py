"""A screen under construction: its ground and head, headlines with a selection, cards, and the words on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final, Literal

import numpy as np

from reelwright.media.drawing.colour import compute_contrast, make_legible, mix, to_argb
from reelwright.media.drawing.drawables import Fill, LazyImage, skia
from reelwright.media.drawing.layers import Box, Drawable, Role
from reelwright.media.drawing.lettering import FittedLine, Ink, halve_line
from reelwright.media.drawing.movers import Mover, Pose
from reelwright.media.drawing.relief import make_relief
from reelwright.media.letters.word_styles import split_styles
from reelwright.media.looks.signal.lattice import (
    Lattice,
    Light,
    list_dots,
    make_ground,
    make_mark,
    make_spectrum,
    make_sweep,
)
from reelwright.media.looks.signal.typed_line import add_typed
from reelwright.media.looks.signal.waves import Bars, Ring, Trace, Transport, make_levels
from reelwright.media.staging.blocks import NOTHING, Block, BlockFitter, split_headline
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

Emphasis = Literal["select", "tint", "plain"]
_FORMER: Final = frozenset([
    "from", "was", "instead", "von", "statt", "vorher", "au", "desde", "antes", "da", "invece", "prima", "van", "od",
])  # fmt: skip
"""Words before what was, which does not stand out: "up 9 % from £378m"."""
_RAY: Final = 0.4
"""Length of a ray around a ring where nothing is counted, as a part of the longest bar."""
_PAD: Final = 0.15  # ems that a selection reaches over its words at both ends
_ABOVE, _BELOW = 0.2, 0.28  # ems that it reaches over the capitals and under the baseline
_HEAD: Final = 34  # pixels at 1080 of the head of a screen, and twice that under it
_HOVER, _PERIOD = 9, 84
"""Pixels at 1080 that cards hover up and down, and frames at 30 fps that it takes."""
_LARGE: Final = 240
"""Least pixels at 1080 to the em of an emblem with light and shade: smaller ones are marks."""
_HEARD: Final = frozenset(
    ["microphone", "studio_microphone", "radio", "headphones", "note", "guitar", "piano", "violin", "trumpet", "drum",
     "saxophone", "accordion", "speaker", "megaphone", "ear"]
)  # fmt: skip
"""Emblems of what is heard."""


@dataclass(frozen=True, slots=True)
class Hover:
    """A card that comes, and from frame ``start`` on hangs in the air: ``reach`` pixels up and down in ``period``."""

    come: Mover
    start: float
    reach: float
    period: float

    def compute_pose(self, frame: float) -> Pose:
        """Return the pose of the way in, and the hovering after it, which begins softly."""
        since = max(0.0, frame - self.start)
        soft = min(1.0, since / self.period)
        return self.come.compute_pose(frame).merge(
            Pose(dy=-self.reach * soft * math.sin(2 * math.pi * since / self.period))
        )


class Screen(BlockFitter):
    """A screen of signal. ``focus``: where its ground is brightest, in parts of the frame (logical).

    ``box``: the part of the safe area where words may stand, under the head of the screen. ``tint``: the accent as
    words have it.
    """

    def __init__(self, stage: Stage, *, focus: tuple[float, float] = (0.76, 0.6), has_head: bool = True) -> None:
        super().__init__(stage)
        self.u, palette = stage.u, stage.palette
        self.wide = stage.shape == "wide"
        self.seed = stage.request.seed % 9973 + 31 * stage.request.variant + sum(map(ord, stage.request.staging))
        self.card = mix(palette.surface, palette.bg, 0.1)
        self.edge = mix(palette.surface, palette.dim, 0.34)
        self.rest = mix(palette.surface, palette.dim, 0.38)
        self.over = str(stage.look.own["over"])
        self.pitch = float(max(4, round(float(stage.look.own["pitch"]) * self.u)))
        stage.ground = palette.bg
        x, y = stage.to_frame_x(focus[0] * stage.width), focus[1] * stage.height
        reach = (0.6 if self.wide else 0.5) * max(stage.width, stage.height)
        glow = mix(palette.surface, palette.accent, 0.085)
        bright = max((glow, mix(self.card, "#FFFFFF", 0.055)), key=lambda one: compute_contrast(one, palette.bg))
        self.tint = make_legible(palette.accent_text, bright, 4.6)
        dot = mix(palette.dim, palette.accent, 0.25)
        make = partial(
            make_ground,
            stage.width,
            stage.height,
            palette.bg,
            glow,
            dot,
            self.pitch,
            (round(x), round(y), round(reach)),
        )
        stage.add("texture", LazyImage(make), Box(0, 0, stage.width, stage.height))
        self.box = stage.live
        if has_head:
            self._add_head()

    @property
    def seconds(self) -> float:
        """Length of the shot in seconds."""
        request = self.stage.request
        return request.frames * request.fps[1] / request.fps[0]

    @property
    def is_about_sound(self) -> bool:
        """Whether the film's emblem is a thing that is heard: a waveform beside invoices says nothing."""
        return self.stage.request.emblem in _HEARD

    @property
    def is_swapped(self) -> bool:
        """Whether the picture of a wide frame stands before the words: one photograph often stays for a whole film."""
        pictures = self.stage.pictures
        is_photo = bool(pictures) and pictures[0].kind == "photo"
        return self.wide and is_photo and choose_composition(self.stage.request, 3) == 1

    def _add_head(self) -> None:
        stage, u, live = self.stage, self.u, self.stage.live
        left, right = live.left, live.right
        if self.is_swapped:
            left = right - 0.36 * live.width
        elif self.wide and stage.pictures:  # a picture stands there
            right = left + 0.36 * live.width
        box = stage.to_frame_box(left, live.top, right, live.top + _HEAD * u)
        head = Transport(box, stage.palette.accent, self.edge, stage.palette.text, self.seconds, stage.is_rtl)
        self.add_live(head, box)
        self.box = live._replace(top=live.top + 3 * _HEAD * u)

    # -- what lives by itself -----------------------------------------------------------------------------------

    def add_live(self, drawable: Drawable, box: Box, *, moves: tuple[Mover, ...] = ()) -> None:
        """Add a drawable that lives by the milliseconds of the shot, in a box of the frame."""
        self.stage.add("texture", drawable, box, Motion(moves=(self.stage.count_time(), *moves), group="light"))

    def add_dots(self, box: Box, light: Light, xs: Any, ys: Any, *, size: float = 0.2) -> None:
        """Let dots of the lattice light up. ``size``: the largest radius in parts of the pitch."""
        palette = self.stage.palette
        drawn = Lattice(xs, ys, light, mix(palette.surface, palette.dim, 0.55), palette.accent, size * self.pitch)
        self.add_live(drawn, box)

    def add_sweep(self, box: Box) -> None:
        """Let a signal travel through the lattice in a logical box."""
        place = self.stage.to_frame_box(*box)
        xs, ys = list_dots(place, self.pitch)
        self.add_dots(place, make_sweep(xs, ys, place, self.stage.reading_sign, self.seed), xs, ys)

    def add_spectrum(self, box: Box) -> None:
        """Let the lattice be the lamps of an equalizer that stands on the foot of a logical box; of a wave that travels
        through it in a film that is not about sound.
        """
        if not self.is_about_sound:
            self.add_sweep(box)
            return
        place = self.stage.to_frame_box(*box)
        xs, ys = list_dots(place, self.pitch)
        self.add_dots(place, make_spectrum(xs, ys, place, self.pitch, self.seed), xs, ys, size=0.3)

    def add_backdrop(self, left: float = 0) -> None:
        """Let a signal run where no words stand: lamps under the safe area of a tall frame, a wave behind cards.

        ``left``: where the wave begins, after words that stand on no card.
        """
        stage = self.stage
        if stage.pictures:
            return
        if stage.shape == "tall":
            self.add_spectrum(Box(0, stage.live.bottom + 56 * self.u, stage.width, stage.height))
        else:
            self.add_sweep(Box(left, 0.5 * stage.height, stage.width, stage.height))

    def add_mark(self, text: str, box: Box) -> None:
        """Draw the film's emblem, else a letter or two, with the dots of a finer lattice, as large as a logical box."""
        stage = self.stage
        ink = stage.typeset_emblem(text)
        size = min(box.width / ink.width, box.height / ink.height)
        x = box.centre[0] - ink.width * size / 2
        low = box.centre[1] - (ink.top + ink.bottom) / 2 * size
        path, place = stage.trace_ink(ink, size, x, low)
        body = make_relief(ink).move(size, stage.find_pen(ink, size, x), low) if stage.request.emblem else None
        count = 7000 if stage.request.emblem else 2400
        pitch = max(self.pitch * 0.3, math.sqrt(place.width * place.height / count))
        xs, ys = list_dots(place.grow(pitch), pitch)
        palette = stage.palette
        light = make_mark(path, xs, ys, place, body)
        self.add_live(
            Lattice(
                xs, ys, light, mix(palette.surface, palette.accent, 0.48), mix(palette.accent, palette.text, 0.26),
                0.42 * pitch,
            ),
            place,
        )  # fmt: skip

    def add_bars(self, box: Box, *, first: float = 0.26, last: float = 0.74, has_head: bool = True) -> None:
        """Add a waveform with its playhead in a logical box; a wave of dots in a film that is not about sound."""
        stage, palette = self.stage, self.stage.palette
        if not self.is_about_sound:
            self.add_sweep(box)
            return
        drawn = Bars(
            stage.to_frame_box(*box), make_levels(max(16, round(box.width / (25 * self.u))), self.seed + 5),
            palette.accent, self.rest, self.seconds, first, last, palette.text if has_head else "", stage.is_rtl,
        )  # fmt: skip
        self.add_live(drawn, drawn.box.grow(box.height * 0.2))

    def add_trace(self, x: float, y: float, reach: float) -> None:
        """Add the line that words stand on, on which a pulse runs; in a film about sound it bursts by ``reach`` pixels
        behind the logical ``x``.
        """
        stage = self.stage
        box = stage.to_frame_box(0, y - 1, stage.width, y + 1)
        burst = reach if self.is_about_sound else 0.0
        drawn = Trace(box, stage.to_frame_x(x), stage.palette.accent, 5 * self.u, burst, reach, stage.is_rtl)
        self.add_live(drawn, box.grow(reach))

    def add_ring(self, x: float, y: float, radius: float, reach: float, *, begins: float = -90) -> None:
        """Add a ring of bars around a logical place; what was played is lit, from so many degrees from the right on.

        In a film that is not about sound all are lit and of one length: nothing is counted there.
        """
        stage, palette = self.stage, self.stage.palette
        px = stage.to_frame_x(x)
        count = max(36, round(2 * math.pi * radius / (16 * self.u)))
        levels = make_levels(count, self.seed + 9) if self.is_about_sound else np.full(count, _RAY)
        drawn = Ring(
            px, y, radius, reach, levels, palette.accent, self.rest, self.seconds,
            is_even=not self.is_about_sound, begins=begins,
        )  # fmt: skip
        whole = radius + reach
        self.add_live(drawn, Box(px - whole, y - whole, px + whole, y + whole))

    # -- words --------------------------------------------------------------------------------------------------

    def fit_two(
        self, text: str, width: float, height: float, *, largest: float, emphasis: Emphasis, lines: int = 5
    ) -> tuple[Block, Block]:
        """Fit a headline and its last clause in one size; the second is empty where nothing is to stand out."""
        opener, closer = self._split(text, emphasis)
        lead = 1.42 if emphasis == "select" else 1.06
        if not closer:
            return self.fit(
                opener, "display", width, height, lines=lines, largest=largest, lead=1.06, target=56, is_headline=True
            ), NOTHING
        fewer = 0.86 if width > 1.3 * height else 0.95  # a narrow column fills with more lines of larger words
        best: tuple[float, Block, Block] | None = None
        for first in range(1 if opener else 0, 4):
            for second in range(1, 4):
                one = (
                    self.fit(opener, "display", width, height, lines=first, largest=largest, lead=1.06)
                    if first
                    else NOTHING
                )
                two = self.fit(closer, "display", width * 0.97, height, lines=second, largest=largest, lead=lead)
                two = self._open(two) if emphasis == "select" else two
                size = min(one.size or two.size, two.size)
                one, two = (part.scale(size / part.size) if part.lines else part for part in (one, two))
                tall = self.measure_two(one, two, emphasis)
                if tall > height:
                    one, two = one.scale(height / tall), two.scale(height / tall)
                widths = [line.width for line in two.lines]
                lonely = len(widths) > 1 and min(widths) < 0.6 * max(widths)
                score = two.size * fewer ** (first + second) * (0.7 if lonely else 1.0)
                if best is None or score > best[0] * 1.001:
                    best = (score, one, two)
            if not first:
                break
        assert best is not None
        cap = best[2].lines[0].ink.cap * best[2].size
        self.stage.record_fit(cap, 56 * self.u)
        factor = self.stage.settle_headline(cap)
        return best[1].scale(factor), best[2].scale(factor)

    def _split(self, text: str, emphasis: Emphasis) -> tuple[str, str]:
        """Split a headline where its last clause stands out; one without clauses where it breaks best."""
        bare, styled = split_styles(text)
        if emphasis == "plain" or styled:
            return text, ""
        if emphasis == "select" and len(bare) < 14 and "|" not in bare:
            return "", text
        opener, closer = split_headline(text)
        if closer or len(bare) > 46 or "|" in bare or len(bare.split()) == 2:
            return opener, closer
        parts = halve_line(text, self.stage.request.language)
        is_former = len(parts) == 2 and parts[1].split()[0].casefold() in _FORMER
        return (parts[0], parts[1]) if len(parts) == 2 and not is_former else (text, "")

    def _open(self, block: Block) -> Block:
        """Move lines apart so that their selections do not touch."""
        need = max((self._span(line)[1] - self._span(line)[0] for line in block.lines), default=0) + 0.06 * block.size
        return Block(block.lines, max(block.pitch, need), block.ascent)

    def _span(self, line: FittedLine) -> tuple[float, float]:
        ink, size = line.ink, line.size
        return min(-ink.cap - _ABOVE, ink.top - 0.1) * size, max(_BELOW, ink.bottom + 0.1) * size

    def measure_two(self, one: Block, two: Block, emphasis: Emphasis) -> float:
        """Measure from the top of a headline to the foot of its last clause."""
        extra = _BELOW * two.size if emphasis == "select" and two.lines else 0.0
        if not one.lines or not two.lines:
            return one.height + two.height + extra
        return (
            one.ascent
            + (len(one.lines) - 1) * one.pitch
            + self._step(one, two, emphasis)
            + two.height
            - two.ascent
            + extra
        )

    def _step(self, one: Block, two: Block, emphasis: Emphasis) -> float:
        if emphasis != "select":
            return self.measure_step(one, two)
        return max(one.lines[-1].ink.bottom, 0.22) * one.size + 0.12 * one.size - self._span(two.lines[0])[0]

    def set_headline(
        self, text: str, box: Box, *, emphasis: Emphasis = "tint", largest: float = 0, low: float = 0.5,
        lines: int = 5, group: str = "line",
    ) -> Box:  # fmt: skip
        """Set a headline in a logical box, ``low`` of the free height above it. Returns the box that it takes."""
        if not text.strip():
            return Box(box.left, box.top, box.left, box.top)
        stage = self.stage
        few = min(1.9, max(1.0, 13 / max(1, len(text)))) if not stage.pictures else 1.0
        largest = (largest or (178 if self.wide else 205)) * few
        one, two = self.fit_two(text, box.width, box.height, largest=largest, emphasis=emphasis, lines=lines)
        tall = self.measure_two(one, two, emphasis)
        top = box.top + (box.height - tall) * low
        late = max(float(stage.find_beats(2, until=0.4)[1]), stage.to_frames(9)) if one.lines else stage.to_frames(6)
        right = box.left + max(one.width, two.width)
        y = top
        if one.lines:
            self.put(one, box.left, top, 0, group=group)
            y = top + one.ascent + (len(one.lines) - 1) * one.pitch
            y += self._step(one, two, emphasis) - two.ascent if two.lines else 0
        if two.lines and emphasis == "select":
            typed = 0.0 if stage.is_opening else stage.get_length("rise") * len(one.lines)  # one caret at a time
            self._select(two, box.left, y, typed, max(late, typed + stage.get_length("rise") * len(two.lines)), group)
        elif two.lines:
            self.put(two, box.left, y, late, colour=self.tint, group=f"{group} end")
        return Box(box.left, top, right, top + tall)

    def put(
        self, block: Block, x: float, top: float, at: float, *, colour: str = "", ground: str = "",
        role: Role = "headline", group: str = "words", moves: tuple[Mover, ...] = (), is_silent: bool = False,
    ) -> list[Box]:  # fmt: skip
        """Set a block's lines from ``top`` down, one typed after another. Returns their boxes in the frame."""
        stage = self.stage
        colour, ground = colour or stage.palette.text, ground or stage.palette.bg
        count = max(1, len(block.lines))
        length = min(stage.get_length("rise"), max(stage.to_frames(5), stage.to_frames(28) / count))
        return [
            add_typed(
                stage, line, x, top + block.ascent + index * block.pitch, colour, ground,
                at + (0 if not index else (index - (0.66 if at < 1 else 0)) * length), role=role,
                group=f"{group} {index}", moves=moves, length=length, is_silent=is_silent,
            )
            for index, line in enumerate(block.lines)
        ]  # fmt: skip

    def _select(self, block: Block, x: float, top: float, at: float, late: float, group: str) -> None:
        """Type lines, then select them: a box of the accent goes over each, with a handle where it starts and ends."""
        stage, palette = self.stage, self.stage.palette
        last = len(block.lines) - 1
        self.put(block, x, top, at, group=f"{group} typed", is_silent=True)
        for index, line in enumerate(block.lines):
            low = top + block.ascent + index * block.pitch
            above, below = self._span(line)
            box = Box(x - _PAD * line.size, low + above, x + line.width + _PAD * line.size, low + below)
            when = late + stage.to_frames(5) * index
            area = stage.make_wipe_area(
                box.left - 1, box.top - 40 * self.u, box.right + 30 * self.u, box.bottom + 40 * self.u
            )
            motion = Motion(moves=(stage.wipe(when, kind="slab"),), wipe_area=area, group=f"{group} selection")
            corners = [box[:2], (box.right, box.top), box[2:], (box.left, box.bottom)]
            stage.add_polygon(corners, palette.accent, motion)
            if index == 0:
                self._add_handle(box.left, box.top, box.bottom, -1, motion)
            if index == last:
                self._add_handle(box.right, box.bottom, box.top, 1, motion)
            stage.add_line(line, x, low, palette.on_accent, palette.accent, motion)

    def _add_handle(self, x: float, y: float, far: float, side: int, motion: Motion) -> None:
        stage, radius, thick = self.stage, 13 * self.u, 5 * self.u
        px = stage.to_frame_x(x)
        path = skia.Path()
        path.addRect(skia.Rect.MakeLTRB(px - thick / 2, min(y, far), px + thick / 2, max(y, far)))
        path.addCircle(px, y + side * radius * 0.6, radius)
        box = Box(px - radius, min(y, far) - radius, px + radius, max(y, far) + radius)
        stage.add("shape", Fill(path, stage.palette.text), box, motion)

    # -- cards --------------------------------------------------------------------------------------------------

    def make_come(self, at: float, *, dx: float = 0, dy: float = 0) -> Mover:
        """Make the mover of a card that slides in by pixels at 1080, then hovers; one at frame 0 has all but landed."""
        stage = self.stage
        length = stage.get_length("picture")
        come = stage.slide(at if at >= 1 else at - 0.3 * length, dx=dx * self.u, dy=dy * self.u)
        return Hover(come, max(0.0, at) + length, _HOVER * self.u, stage.to_frames(_PERIOD))

    def add_card(
        self, box: Box, moves: tuple[Mover, ...] = (), *, edge: str = "", corner: float = 0, group: str = "card"
    ) -> None:
        """Add a rounded panel with a hairline and a shadow, in a logical box."""
        stage = self.stage
        place = stage.to_frame_box(*box)
        corner = corner or float(stage.look.own["corner"]) * self.u
        wide, high = math.ceil(place.width), math.ceil(place.height)
        make = partial(make_panel, wide, high, round(corner, 1), self.card, edge or self.edge, round(self.u, 3))
        over = _measure_margin(self.u)
        x, y = round(place.left - over), round(place.top - over)
        stage.add("shape", LazyImage(make, x, y), place, Motion(moves=moves, group=group))

    def add_shape(self, path: Any, colour: str, motion: Motion) -> None:
        """Add a filled path of the frame."""
        bounds = path.computeTightBounds()
        box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
        self.stage.add("shape", Fill(path, colour), box, motion)

    def add_initials(self, ink: Ink, centre: tuple[float, float], width: float, height: float, motion: Motion) -> None:
        """Add a letter or two, or the emblem, on a shape of the accent, within so many pixels around a place."""
        size = min(height / ink.height, width / ink.width)
        x, y = centre[0] - ink.width * size / 2, centre[1] - (ink.top + ink.bottom) / 2 * size
        path, palette = self.stage.trace_ink(ink, size, x, y)[0], self.stage.palette
        if size > _LARGE * self.u and not ink.text.isalnum():  # an emblem, which has a body
            relief = make_relief(ink).move(size, self.stage.find_pen(ink, size, x), y)
            for part, tone in ((relief.body, 0.14), (relief.shade, 0.3), (relief.pieces, 0.46)):
                if not part.isEmpty():
                    self.add_shape(part, mix(palette.accent, palette.on_accent, tone), motion)
        self.add_shape(path, palette.on_accent, motion)

    def make_round(self, box: Box, corner: float) -> Any:
        """Make the path of a rounded logical box."""
        path = skia.Path()
        path.addRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(*self.stage.to_frame_box(*box)), corner, corner))
        return path


def _measure_margin(u: float) -> int:
    """Return the pixels by which the image of a panel is larger than the panel on each side, for its shadow."""
    return math.ceil(56 * u)


@lru_cache(24)
def make_panel(wide: int, high: int, corner: float, tint: str, edge: str, u: float) -> Any:
    """Make the image of a panel: its shadow, its fill, a light from above, its hairline."""
    over = _measure_margin(u)
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(wide + 2 * over, high + 2 * over, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    )
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.translate(over + wide / 2, over + high / 2)
    rect = skia.Rect.MakeXYWH(-wide / 2, -high / 2, wide, high)
    body = skia.RRect.MakeRectXY(rect, corner, corner)
    shadow = skia.Paint(AntiAlias=True, Color=to_argb("#000000", 0.5))
    shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.5, 16 * u)))
    canvas.drawRRect(body.makeOffset(0, 14 * u), shadow)
    canvas.drawRRect(body, skia.Paint(AntiAlias=True, Color=to_argb(tint)))
    ends = [skia.Point(0, -high / 2), skia.Point(0, high / 2)]
    light = skia.GradientShader.MakeLinear(ends, [to_argb("#FFFFFF", 0.055), to_argb("#FFFFFF", 0.0)])
    canvas.drawRRect(body, skia.Paint(AntiAlias=True, Dither=True, Shader=light))
    line = skia.Paint(AntiAlias=True, Color=to_argb(edge), Style=skia.Paint.kStroke_Style, StrokeWidth=max(1.0, 2 * u))
    canvas.drawRRect(body, line)
    return surface.makeImageSnapshot()
