"""A sheet of the grid: its columns and colours, words that rise out of a rule, rules that draw, fields that slide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, Literal

from reelwright.media.drawing import colour
from reelwright.media.drawing.colour import mix, to_argb
from reelwright.media.drawing.drawables import Counter, Fill, Several, skia
from reelwright.media.drawing.layers import Box, Clip, Drawable, Role, WipeArea
from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.drawing.movers import Count, Drift, Mover, Pose, Wipe
from reelwright.media.drawing.relief import Relief, measure_area, sweep
from reelwright.media.drawing.strokes import DONE
from reelwright.media.drawing.treatments import Picture, mask_picture
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.grid.pictograms import Pictogram, list_hours, make_volume, typeset_pictogram
from reelwright.media.staging.clock import EVEN
from reelwright.media.staging.columns import FittedRow, Row, fit_column, measure_column
from reelwright.media.staging.lines import compute_pitched_tops, fit_headline
from reelwright.media.staging.stage import Motion, Stage

Ground = Literal["white", "black", "signal"]
COLUMNS: Final = 12
_HEAD_ROOM: Final = 0.08
"""Part of a box's height over an emblem in it whose foot the box cuts off."""
_APART: Final = 30
"""Pixels at 1080, beside the gutter, between words and what stands in the columns beside them."""
SHAPES: Final = 3.0
"""Least contrast of a field or a drawing with what it lies on. Source: WCAG 2.2, 1.4.11."""
_GLOWS: Final = 4.0
"""Least contrast of the signal colour with black from which words stand in it there; else they are white."""
_DEEP: Final = 0.2
_MOST_CHROMA: Final = 0.045
"""Lightness of black in OKLCH, which leans to the signal colour, and its chroma at most."""
_SHOWING: Final = ("cold_open", "reveal", "end_card")
"""Beats that show the film's emblem beside those that open a film and those whose words name a thing."""
_POSTER: Final = 240
"""Least pixels at 1080 to the em of an emblem that is drawn in several tones: smaller ones are marks."""
_SHADOW: Final = 0.12
"""Ems that the shadow of such a one is long, across and down."""
_FEW: Final = 0.5
"""Part of its body under which its inner pieces have the strongest tone: more of it would be heavy."""
_COME: Final = 0.3
"""Part of a heavy rule that comes with the screen."""
_MOST_DRIFT: Final = 0.06
"""Part of a box's width that a letter or an emblem in it moves at most."""
_GUTTER: Final = 24
_NO_WORDS: Final = ("ratio_milli",)
_DESCENDER: Final = 0.25  # ems between the foot of a line and the capitals of the next
_DONE: Final = 0.62  # part of a movement at frame 0 that is over then
_PAD: Final = 8  # pixels at 1080 around the ink of a line inside its mask


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours on one ground: words, quiet words, words in the signal colour; fields, and marks on those fields."""

    ink: str
    quiet: str
    signal: str
    ground: str
    field: str
    on_field: str


@dataclass(frozen=True, slots=True, eq=False)
class Rising:
    """Words of a line that rise one after another out of the rule they stand on: paths in order, in one colour.

    ``mask``: the box in which they are seen. The pose's number says how much is done, up to ``DONE``.
    """

    paths: Sequence[Any]
    colour: str
    mask: Box
    ease: Any

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        paint = skia.Paint(AntiAlias=True, Color=to_argb(self.colour, alpha))
        if number >= DONE:
            for path in self.paths:
                canvas.drawPath(path, paint)
            return
        share = 1.0 if len(self.paths) == 1 else 0.62
        late = (1 - share) / max(1, len(self.paths) - 1)
        canvas.save()
        canvas.clipRect(skia.Rect.MakeLTRB(*self.mask))
        for index, path in enumerate(self.paths):
            away = 1 - self.ease((number / DONE - index * late) / share)
            if away < 1:
                canvas.save()
                canvas.translate(0, self.mask.height * away)
                canvas.drawPath(path, paint)
                canvas.restore()
        canvas.restore()


@dataclass(frozen=True, slots=True)
class DrawOn:
    """A rule that comes to a part of its length in ``come`` frames, and goes on evenly up to frame ``end``."""

    start: float
    come: float
    end: float
    ease: Any

    def compute_pose(self, frame: float) -> Pose:
        since = frame - self.start
        on = min(1.0, max(0.0, since) / max(1.0, self.end - self.start))
        return Pose(visible_part=_COME * self.ease(since / self.come) + (1 - _COME) * on)


_DETAIL: Final = 1.25
"""How much larger than its field an emblem is of which a detail is shown, once the whole of it has been seen."""


class Sheet:
    """Screen of the grid under construction.

    ``roles``: the words that its staging sets itself; all others become small print.

    ``span``: columns of twelve that words take in a wide frame; in others they take the width.
    """

    def __init__(self, stage: Stage, ground: Ground, *roles: str, span: int = 12) -> None:
        self.stage = stage
        self.u = stage.u
        self.wide = stage.shape == "wide"
        _, chroma, hue = colour.to_oklch(stage.palette.accent)
        black, white = colour.from_oklch(_DEEP, min(_MOST_CHROMA, chroma), hue), stage.palette.bg
        palette = stage.palette = replace(stage.palette, shade=black)
        is_dark = colour.compute_contrast(palette.accent, black) < 2.2
        legible = palette.accent if colour.compute_contrast(palette.accent, black) >= _GLOWS else white
        self.tones: dict[Ground, Tone] = {
            "white": Tone(black, palette.dim, palette.accent_text, white, palette.accent, palette.on_accent),
            "black": Tone(
                white,
                "#B9B9BD",
                legible,
                black,
                white if is_dark else palette.accent,
                black if is_dark else palette.on_accent,
            ),
            "signal": Tone(
                palette.on_accent,
                palette.on_accent,
                palette.on_accent,
                palette.accent,
                white if is_dark else black,
                black if is_dark else white,
            ),
        }
        self.tone = self.tones[ground]
        stage.ground = self.tone.ground
        stage.fill_frame(self.tone.ground)
        self.seed = stage.request.seed % 997 + stage.request.variant
        live = stage.live
        right = self.find_right(span) - (_APART * self.u if span < COLUMNS else 0) if self.wide else live.right
        self.box = Box(live.left, live.top, right, live.bottom)
        self._small = self._fit_small(roles)

    # -- the grid -----------------------------------------------------------------------------------------------

    @property
    def pitch(self) -> float:
        """Pixels from one column to the next."""
        return (self.stage.live.width + _GUTTER * self.u) / COLUMNS

    def find_left(self, column: int) -> float:
        """Return the logical x at which column 1 to 12 begins."""
        return self.stage.live.left + (column - 1) * self.pitch

    def find_right(self, column: int) -> float:
        """Return the logical x at which column 1 to 12 ends."""
        return self.find_left(column) + self.pitch - _GUTTER * self.u

    @property
    def has_emblem(self) -> bool:
        """Whether a drawing stands on this screen: of a thing that its words name, or the film's own where that begins,
        at the name and at the end. On every screen it would say nothing any more.
        """
        request = self.stage.request
        is_own = self.stage.is_opening or request.staging in _SHOWING
        return bool(request.emblem) and (request.is_emblem_named or is_own)

    def choose_drawing_colour(self, field: str) -> str:
        """Choose the colour of a drawing on a field: white where it can be told from that, else black."""
        palette = self.stage.palette
        return palette.bg if colour.compute_contrast(field, palette.bg) >= SHAPES else palette.shade

    def find_art(self, column: int = 9) -> Box:
        """Return the part of the frame beside or below the words, out to its edges (logical)."""
        stage = self.stage
        if self.wide:
            return Box(self.find_left(column), 0, stage.width, stage.height)
        top = stage.live.bottom + 70 * self.u if stage.shape == "tall" else stage.height * 0.66
        return Box(0, top, stage.width, stage.height)

    def cut(self, foot: float) -> None:
        """End the box of words at the y ``foot``."""
        small = self.stage.live.bottom - self.box.bottom
        self.box = self.box._replace(bottom=min(self.box.bottom, foot - small))

    # -- time ---------------------------------------------------------------------------------------------------

    def start(self, at: float, length: float) -> float:
        """Return where a movement begins: one at frame 0 is more than half done then, so that the frame is a poster."""
        return at - length * _DONE if at < 1 else at

    def wipe(self, at: float, kind: str = "slab") -> Wipe:
        """Make a mover that uncovers a wipe area in the look's length ``kind``."""
        length = self.stage.get_length(kind)
        return Wipe(self.start(at, length), length, self.stage.look.ease["in"])

    # -- rules and fields ---------------------------------------------------------------------------------------

    def add_rule(
        self, left: float, right: float, y: float, at: float = 0, *, heavy: bool = False, tint: str = "",
        group: str = "rules"
    ) -> None:  # fmt: skip
        """Draw a rule along the reading direction, its upper edge on ``y``.

        A heavy one goes on over its hair rule until the cut: it tells how far the screen is.
        """
        stage, tint = self.stage, tint or self.tone.ink
        hair, thick = (float(stage.look.own[kind]) * self.u for kind in ("hair", "heavy"))
        self.add_field(Box(left, y, right, y + hair), tint, at, edge="left", group=group)
        if heavy:
            length, end = stage.get_length("slab"), stage.request.frames - stage.to_frames(6)
            run = DrawOn(self.start(at, length), length, end, stage.look.ease["in"])
            self._uncover(Box(left, y, right, y + thick), tint, run, group=group)

    def add_head(self, name: str, far: float) -> tuple[float, float]:
        """Draw the head rule, under a name where there is one. Return its y, and where the words below may begin."""
        y = self.box.top
        if name:
            rows = self.fit([self.make_note(name, em=48)], self.box.width, self.box.height * 0.2)
            self.put(rows, self.box.left, y, group="head")
            y += self.measure(rows) + 26 * self.u
        self.add_rule(self.box.left, far, y, heavy=True)
        return y, y + 64 * self.u

    def add_field(
        self, box: Box, tint: str, at: float = 0, *, edge: str = "left", group: str = "field", kind: str = "slab"
    ) -> None:
        """Fill a logical box, uncovered from an ``edge``."""
        self._uncover(box, tint, self.wipe(at, kind), edge=edge, group=group)

    def _uncover(self, box: Box, tint: str, move: Mover, *, edge: str = "left", group: str) -> None:
        area = self.stage.make_wipe_area(box.left, box.top - 1, box.right, box.bottom + 1, edge)
        self.stage.add_polygon(list_corners(box), tint, Motion(moves=(move,), wipe_area=area, group=group))

    def add_panel(self, box: Box, tint: str, *, edge: str, group: str) -> None:
        """Fill a logical box on which words stand; in a film's first frame it lies there as they do."""
        at = -self.stage.get_length("slab") if self.stage.is_opening else 0
        self.add_field(box, tint, at, edge=edge, group=group)

    def switch_ground(self, after: float) -> None:
        """Wipe another colour, on which the words are as legible, over the whole frame, once, on a hit of the music.

        ``after``: part of the shot before that. Only a sheet on the signal colour has such a colour.
        """
        stage, palette = self.stage, self.stage.palette
        turn = stage.find_later_hits(after * stage.request.frames, most=1)
        if turn and self.tone.ground == palette.accent:
            other = max((palette.bg, palette.shade), key=lambda one: colour.compute_contrast(one, self.tone.ink))
            self.add_field(Box(0, 0, stage.width, stage.height), other, turn[0], edge="bottom", group="panel")

    def add_mark(self, y: float, *, tint: str = "", after: float = 14) -> None:
        """Add the marker, a block one column wide on the rule at ``y``: it steps a column on with the music."""
        stage = self.stage
        heavy = float(stage.look.own["heavy"]) * self.u
        left = self.box.left
        area = [(left, y), (left + self.pitch - _GUTTER * self.u, y)]
        corners = [*area, *((x, y + heavy) for x, y in reversed(area))]
        most = max(1, min(9, round(self.box.width / self.pitch) - 1))  # it stays on the rule of its words
        step = stage.march(stage.to_frames(after), dx=self.pitch / self.u, most=most)
        stage.add_polygon(corners, tint or self.tone.signal, Motion(moves=(step,), group="tape"))

    def add_art(self, drawable: Drawable, box: Box, *, moves: tuple[Mover, ...] = ()) -> None:
        """Add a pattern that lives by the clock in a logical box."""
        motion = Motion(moves=(self.stage.count_time(), *moves), clips=(self.make_clip(box),), group="light")
        self.stage.add("texture", drawable, self.stage.to_frame_box(*box), motion)

    def make_clip(self, box: Box) -> Clip:
        """Make the clip of a logical box."""
        return Clip(self.stage.to_frame_path(list_corners(box)))

    def add_letter(self, text: str, box: Box, tint: str, at: float = 0, *, group: str = "letter") -> None:
        """Set a letter as a drawing, whole and as large as ``box`` (logical), on its foot and at its far side.

        A letter that the frame cuts off on two sides is a bar, and no longer a letter. It rises along its column.
        """
        if not text:
            return
        stage = self.stage
        ink = stage.typeset(text, "display")
        size = min(box.height / ink.height, box.width / ink.width)
        self._raise(ink, size, box.right - ink.width * size, box.bottom - ink.bottom * size, box, tint,
                    Motion(group=group), at=at)  # fmt: skip

    def add_emblem(self, box: Box, tint: str, *, overfill: float = 1, moves: tuple[Mover, ...] = (),
                   wipe_area: WipeArea | None = None) -> None:  # fmt: skip
        """Set the film's emblem in the middle of ``box`` (logical), whole, or ``overfill`` times as large at most.

        The box then cuts off its foot, never its head or a side, by which a ship or a tooth is known.
        ``moves``: how it comes; it rises without them.
        """
        ink = typeset_pictogram(self.stage, "")
        wide, high = (box.width / (ink.width + _SHADOW), box.height / (ink.height + _SHADOW))
        size = min(overfill * min(high, wide), wide)
        aside = _SHADOW * size / 2  # a shadow falls to the right in every script
        x = box.centre[0] - ink.width * size / 2 - aside * self.stage.reading_sign
        y = box.centre[1] - (ink.top + ink.bottom) / 2 * size - aside
        if ink.height * size > (1 - _HEAD_ROOM) * box.height and overfill > 1:
            y = box.top + _HEAD_ROOM * box.height - ink.top * size
        window = box._replace(left=box.left - box.width, right=box.right + box.width)  # it drifts, and keeps its sides
        clips = (self.make_clip(window),) if overfill > 1 else ()
        self._raise(ink, size, x, y, box, tint, Motion(moves=moves, clips=clips, wipe_area=wipe_area, group="letter"))

    def add_detail(self, box: Box, tint: str) -> None:
        """Set the film's emblem so large that ``box`` (logical) cuts it off on all sides but the one of its head."""
        ink = typeset_pictogram(self.stage, "")
        size = _DETAIL * max(box.height / ink.height, box.width / ink.width)
        x, y = box.left + 0.06 * box.width, box.top + 0.08 * box.height - ink.top * size
        self._raise(ink, size, x, y, box, tint, Motion(clips=(self.make_clip(box),), group="letter"))

    def _raise(self, ink: Ink, size: float, x: float, y: float, box: Box, tint: str, motion: Motion,
               *, at: float = 0) -> None:  # fmt: skip
        stage, frames = self.stage, self.stage.request.frames
        speed = min(0.5 * self.u / stage.request.pace, _MOST_DRIFT * box.width / frames)
        path, place = stage.trace_ink(ink, size, x + speed * frames / 2, y)  # in its place half-way through
        start = self.start(at, stage.get_length("picture"))
        come = motion.moves or (stage.slide(start, dy=box.height * 0.5, kind="picture"),)
        drift = Drift(0, frames, dx=-speed * stage.reading_sign, ramp=1)
        shown: Drawable = Fill(path, tint)
        if isinstance(ink, Pictogram) and (hours := list_hours(stage)):  # its hands run from one hour to the other
            pen = stage.find_pen(ink, size, x + speed * frames / 2)
            shown = Counter(tuple(one.make_path(size, pen, y) for one in hours), tint)
            come = (*come, Count(0, 0.9 * frames, EVEN, len(hours) - 1))
        elif isinstance(ink, Pictogram) and size >= _POSTER * self.u:
            pen = stage.find_pen(ink, size, x + speed * frames / 2)
            shown = self._make_poster(make_volume(ink).move(size, pen, y), path, tint)
        stage.add("texture", shown, place, replace(motion, moves=(*come, drift)))

    def _make_poster(self, volume: Relief, path: Any, tint: str) -> Drawable:
        """Make a drawing of flat tones: its body, its side in the shade, its inner pieces, and the shadow it casts."""
        palette = self.stage.palette
        is_light = tint == palette.bg
        side = mix(tint, palette.accent, 0.3) if is_light else mix(tint, palette.bg, 0.24)
        long = _SHADOW * volume.size
        parts = [Fill(sweep(volume.silhouette, long, long), "#000000", 0.2), Fill(path, tint), Fill(volume.shade, side)]
        if not volume.pieces.isEmpty():
            is_few = measure_area(volume.pieces) < _FEW * measure_area(volume.body)
            strong = palette.shade if is_light else palette.bg
            calm = mix(tint, palette.accent if is_light else palette.bg, 0.55)
            parts.append(Fill(volume.pieces, strong if is_few else calm))
        return Several(tuple(parts))

    # -- words --------------------------------------------------------------------------------------------------

    def make_row(
        self, text: str, *, largest: float = 240, lines: int = 4, kind: str = "display", tint: str = "",
        target: float = 0, gap: float = 34, lead: float = 2
    ) -> Row:  # fmt: skip
        """Make a row of large words."""
        return Row(
            text=text, colour=tint or self.tone.ink, kind=kind, largest=largest, lines=lines, lead=lead, gap=gap,
            target=target,
        )  # fmt: skip

    def make_note(
        self, text: str, *, em: float = 0, kind: str = "label", tint: str = "", gap: float = 22, role: Role = "label"
    ) -> Row:
        """Make a row of small words that keep their size."""
        em = em or self.stage.get_small_size("label") / self.u * 1.15
        return Row(
            text=text, colour=tint or self.tone.ink, kind=kind, largest=em, lines=2, is_fixed=True, lead=8, gap=gap,
            role=role,
        )  # fmt: skip

    def fit(self, rows: Sequence[Row], width: float, height: float) -> list[FittedRow]:
        """Fit rows into a box in pixels."""
        return fit_column(self.stage, rows, width, height)

    def fit_headline(
        self, text: str, width: float, height: float, *, largest: float = 230, lines: int = 5, tint: str = "",
        target: float = 60, is_settled: bool = True
    ) -> list[FittedRow]:  # fmt: skip
        """Fit a headline that breaks where it reads well; an empty list where there are no words.

        ``largest``: em pixels at 1080. ``is_settled``: in one of the look's few sizes; a name is as large as it can be.
        """
        if not strip_styles(text).strip():
            return []
        fitted = fit_headline(
            self.stage, text, width, height, lines=lines, gap=2, largest=largest * self.u, target=target,
            is_settled=is_settled
        )  # fmt: skip
        for _ in range(2):  # once more where the pitch asks for smaller lines
            size, ink = fitted[0].size, fitted[0].ink
            touching = [upper.ink.bottom - lower.ink.top + 0.04 for upper, lower in pairwise(fitted)]
            pitch = max((ink.cap + _DESCENDER) * size, max(touching, default=0.0) * size)
            tops = compute_pitched_tops(text, fitted, pitch)
            tall = tops[-1] + max(0.0, fitted[-1].ink.bottom) * size
            if tall <= height:
                break
            fitted = [FittedLine(line.ink, line.size * height / tall) for line in fitted]
        return [FittedRow(self.make_row(text, tint=tint), fitted, tops, tall)]

    def measure(self, rows: Sequence[FittedRow]) -> float:
        """Return the height of fitted rows in pixels, 0 where there are none."""
        return measure_column(self.stage, rows) if rows else 0.0

    def put(
        self, rows: Sequence[FittedRow], left: float, top: float, at: float | Sequence[float] = 0, *,
        group: str = "words", ground: str = ""
    ) -> list[Box]:  # fmt: skip
        """Set fitted rows from ``top`` down. ``at``: the frame of the first line, or one for each line."""
        boxes, number = [], 0
        for one in rows:
            for line, below in zip(one.lines, one.tops, strict=True):
                when = (
                    at + 4 * number * self.stage.request.pace
                    if isinstance(at, float | int)
                    else at[min(number, len(at) - 1)]
                )
                place = self.set_line(line, left, top + below, one.row.colour, when, role=one.row.role,
                                      group=f"{group} {number}", ground=ground)  # fmt: skip
                boxes.append(place)
                number += 1
            top += one.height + one.row.gap * self.u
        return boxes

    def set_line(
        self, line: FittedLine, x: float, baseline: float, tint: str, at: float, *, role: Role = "headline",
        group: str = "words", ground: str = ""
    ) -> Box:  # fmt: skip
        """Set a line whose words rise one after another from behind the rule that it stands on."""
        stage, ink, size = self.stage, line.ink, line.size
        ground = ground or self.tone.ground
        length = stage.get_length("rise")
        start, at = stage.begin(at, length, _DONE), 0.0 if stage.is_opening else at
        if ink.style_spans or ink.has_pictures:
            mask = Box(
                0, baseline + ink.top * size - _PAD * self.u, stage.width, baseline + ink.bottom * size + _PAD * self.u
            )
            clip = self.make_clip(mask)
            come = stage.slide(at, dy=mask.height, kind="rise")
            return stage.add_line(
                line, x, baseline, tint, ground, Motion(moves=(come,), clips=(clip,), group=group), role
            )
        pen, box = stage.find_pen(ink, size, x), stage.trace_ink(ink, size, x, baseline)[1]
        mask = box.grow(_PAD * self.u)
        paths = [ink.make_path(size, pen, baseline, of=_within(first, last)) for first, last in _list_words(ink.text)]
        drawable = Rising([path for path in paths if not path.isEmpty()], tint, mask, stage.look.ease["hit"])
        move = Count(start, length, EVEN, DONE)
        motion = Motion(moves=(move,), group=group, span=(max(0.0, math.floor(at)), math.inf))
        stage.add(role, drawable, box, motion, text=ink.text, size=ink.cap * size, colour=tint, ground=ground)
        return box

    def _fit_small(self, roles: Sequence[str]) -> list[FittedRow]:
        stage = self.stage
        for role in roles:
            stage.get_words(role)
        rest = [role for role in stage.request.words if role not in roles and role not in _NO_WORDS]
        em = stage.get_small_size("legal") / self.u
        rows = [
            Row(text=stage.get_words(role), colour=self.tone.quiet, kind="plain", largest=em, lines=3, is_fixed=True,
                lead=10, gap=12, role="legal")
            for role in rest
        ]  # fmt: skip
        fitted = self.fit(rows, self.box.width, self.box.height * 0.4)
        if fitted:
            self.box = self.box._replace(bottom=self.box.bottom - self.measure(fitted) - 44 * self.u)
        return fitted

    @property
    def small_height(self) -> float:
        """Pixels that small print takes with its rule."""
        return self.measure(self._small) + 44 * self.u if self._small else 0.0

    def add_small_print(self, tone: Tone | None = None, *, left: float | None = None, top: float | None = None) -> None:
        """Set the words that no staging asks for under a hair rule at the foot of their columns."""
        if not self._small:
            return
        used = tone or self.tone
        rows = [one._replace(row=replace(one.row, colour=used.quiet)) for one in self._small]
        x = self.box.left if left is None else left
        y = self.box.bottom + 44 * self.u if top is None else top + 20 * self.u
        self.add_rule(x, x + self.box.width, y - 20 * self.u, 10 * self.stage.request.pace, tint=used.quiet)
        self.put(rows, x, y, 12 * self.stage.request.pace, group="small", ground=used.ground)

    # -- pictures -----------------------------------------------------------------------------------------------

    def show(self, picture: Picture, box: Box, *, edge: str = "left", at: float = 0,
             aim: tuple[float, float] = (0.5, 0.5)) -> Any:  # fmt: skip
        """Show a picture in a logical box out to its edges: a photograph fills it, others stand whole on a field.

        ``aim``: where in the box the focus of a photograph comes to lie. Returns its image, None for others.
        """
        stage = self.stage
        area = stage.make_wipe_area(*box, edge)
        if stage.is_opening:  # a film's first frame has its whole picture
            at = -stage.get_length("picture")
        come: tuple[Mover, ...] = (self.wipe(at, "picture"),)
        push = Drift(0, stage.request.frames, grow=float(stage.look.own["push"]) / stage.to_frames(30), ramp=1)
        place = stage.to_frame_box(*box)
        clip = self.make_clip(box)
        motion = Motion(moves=(*come, push), wipe_area=area, clips=(clip,), pivot=place.centre, group="picture")
        if picture.kind == "photo":
            sprite = mask_picture(picture, _rectangle(place), place, aim=aim)
            stage.place_masked(sprite, motion)
            return sprite.image
        tint = stage.palette.pale if picture.kind == "screen" else self.tone.field
        self.add_field(box, tint, at, edge=edge, group="picture", kind="picture")
        margin = min(box.width, box.height) * (0.05 if picture.kind == "screen" else 0.08)
        width = min(box.width - 2 * margin, (box.height - 2 * margin) * picture.ratio)
        if picture.kind == "cutout":
            sprite = stage.make_product_sprite(picture, width, 0, tint)
            stage.place(
                sprite, *box.centre, Motion(moves=(*come, push), wipe_area=area, pivot=place.centre, group="picture")
            )
            return None
        x, y = place.centre
        screen = Box(x - width / 2, y - width / picture.ratio / 2, x + width / 2, y + width / picture.ratio / 2)
        edge_box = screen.grow(2.5 * self.u)
        still = Motion(moves=come, wipe_area=area, group="picture")
        stage.add("shape", Fill(_rectangle(edge_box), stage.palette.shade), edge_box, still)
        stage.place_masked(mask_picture(picture, _rectangle(screen), screen), still)
        return None


def list_corners(box: Box) -> list[tuple[float, float]]:
    """List the corners of a box, clockwise."""
    return [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]


def _rectangle(box: Box) -> Any:
    path = skia.Path()
    path.addRect(skia.Rect.MakeLTRB(*box))
    return path


def _list_words(text: str) -> list[tuple[int, int]]:
    """List the first and last place of each word, the blank after it included."""
    found, first = [], 0
    for at, letter in enumerate(text):
        if letter == " " and at + 1 < len(text):
            found.append((first, at))
            first = at + 1
    return [*found, (first, len(text))]


def _within(first: int, last: int) -> Any:
    return lambda at: first <= at <= last
