"""The slate of a rehearsal: a film leader's ring with the shot's number, its prompt, its model and its price."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reelwright.errors import BadInput, MissingGlyphs
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.rehearsal.footage_request import FootageRequest
from reelwright.media.typeset import EM, Line, choose_stack, fit_block, paint_line, set_line

skia = load_skia()

PAPER: Final = 0xFFF3F2EF
AMBER: Final = 0xFFF5B841
GROUNDS: Final = (0xFF15303A, 0xFF2B2440, 0xFF203524, 0xFF41261F, 0xFF1E2A4A, 0xFF3A2233)
"""Grounds of the shots in turn, dark enough for white type; every cut shows and no shot passes for black."""
_LONGEST: Final = 150
"""Characters of a prompt that are shown; what a film sets over its lower third covers none of them."""


@dataclass(frozen=True, slots=True)
class _Space:
    """The layout of a slate.

    ``unit``: a thousandth of the short side; ``ring``: centre and radius of the leader's ring.
    """

    width: int
    height: int

    @property
    def unit(self) -> float:
        return min(self.width, self.height) / 1000

    @property
    def margin(self) -> float:
        return 62 * self.unit

    @property
    def wide(self) -> bool:
        return self.width > 1.2 * self.height

    @property
    def ring(self) -> tuple[float, float, float]:
        if self.wide:
            return self.width - self.margin - 330 * self.unit, self.height * 0.47, 300 * self.unit
        return self.width / 2, self.height * 0.28, min(330 * self.unit, self.height * 0.125)

    @property
    def words(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the prompt's block, where no film sets type of its own."""
        if self.wide:
            x, _, radius = self.ring
            return self.margin, self.height * 0.2, x - radius - 2 * self.margin, self.height * 0.38
        return self.margin, self.height * 0.7, self.width - 2 * self.margin, self.height * 0.18

    @property
    def facts(self) -> tuple[float, float]:
        """Left and baseline of the facts about the request, above what a film sets over its lower third."""
        if self.wide:
            return self.margin + 560 * self.unit, self.margin + 32 * self.unit
        return self.margin, self.height - self.margin - 66 * self.unit


class Slate:
    """The frames of one slate. ``notes`` name what could not be drawn."""

    def __init__(self, request: FootageRequest) -> None:
        self._request, self._space = request, _Space(*request.size)
        self.notes: tuple[str, ...] = ()
        width, height = request.size
        self._pixels = np.zeros((height, width, 4), np.uint8)
        self._info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self._out = skia.Surface.MakeRasterDirect(self._info, self._pixels, width * 4)
        digest = hashlib.sha256(request.prompt.encode()).digest()[0]
        self._ground = GROUNDS[(request.shot or digest) % len(GROUNDS)]
        still = skia.Surface.MakeRaster(self._info)
        self._draw_still(still.getCanvas())
        self._still = still.makeImageSnapshot()

    def render_frame(self, number: int) -> memoryview:
        """Render a whole frame as BGRA, valid until the next call."""
        canvas = self._out.getCanvas()
        canvas.clear(self._ground)
        self._draw_sweep(canvas, number)
        canvas.drawImage(self._still, 0, 0)
        self._draw_number(canvas)
        if self._request.frames > 1:
            self._draw_time(canvas, number)
        return self._pixels.data.cast("B")

    # what never moves
    def _draw_still(self, canvas: Any) -> None:
        canvas.clear(0)
        self._draw_leader(canvas)
        self._draw_corners(canvas)
        self._draw_mark(canvas)
        self._draw_prompt(canvas)
        self._draw_facts(canvas)

    def _draw_leader(self, canvas: Any) -> None:
        space, (x, y, radius) = self._space, self._space.ring
        cross, reach = _stroke(PAPER, 0.3, 2 * space.unit), radius * 1.12
        canvas.drawLine(x - reach, y, x + reach, y, cross)
        canvas.drawLine(x, y - reach, x, y + reach, cross)
        canvas.drawCircle(x, y, radius, _fill(0xFF000000, 0.22))
        canvas.drawCircle(x, y, radius, _stroke(PAPER, 0.75, 5 * space.unit))
        canvas.drawCircle(x, y, radius * 0.86, _stroke(PAPER, 0.45, 3 * space.unit))

    def _draw_corners(self, canvas: Any) -> None:
        space = self._space
        inset, length = 26 * space.unit, 46 * space.unit
        paint = _stroke(PAPER, 0.55, 3 * space.unit)
        for x, turn_x in ((inset, 1), (space.width - inset, -1)):
            for y, turn_y in ((inset, 1), (space.height - inset, -1)):
                canvas.drawLine(x, y, x + turn_x * length, y, paint)
                canvas.drawLine(x, y, x, y + turn_y * length, paint)

    def _draw_mark(self, canvas: Any) -> None:
        """Draw the word REHEARSAL, so large that nobody takes the slate for a bought take."""
        space = self._space
        size, left = 40 * space.unit, space.margin
        base = space.margin + size * 0.8
        canvas.drawCircle(left + size * 0.27, base - size * 0.36, size * 0.27, _fill(AMBER))
        line = _line("REHEARSAL", "label", tracking=130)
        paint_line(canvas, line, size, left + size * 0.95, base, _fill(AMBER))
        under = _line("nothing was bought", "caption")
        paint_line(canvas, under, size * 0.66, left + size * 0.95, base + size * 1.05, _fill(PAPER, 0.72))

    def _draw_prompt(self, canvas: Any) -> None:
        space, (left, top, width, height) = self._space, self._space.words
        text = _shortened(self._request.prompt)
        if not text:
            return
        try:
            block = fit_block(
                text, choose_stack("caption", "en"), width, height, max_lines=5, lead=1.28, max_size=50 * space.unit
            )
        except (MissingGlyphs, BadInput) as error:
            self.notes = (f"the prompt is not drawn: {error}",)
            return
        for index, line in enumerate(block.lines):
            room = width - line.ink.width * block.size / EM
            x = left - line.ink.left * block.size / EM + (room if line.is_rtl else 0 if space.wide else room / 2)
            paint_line(canvas, line, block.size, x, top + block.ascent + index * block.pitch, _fill(PAPER))

    def _draw_facts(self, canvas: Any) -> None:
        space, request = self._space, self._request
        left, base = space.facts
        size = 38 * space.unit
        paint_line(canvas, _line(request.model, "label"), size, left, base, _fill(PAPER))
        facts = _line(_told(request), "caption", features=("tnum",))
        paint_line(canvas, facts, size * 0.72, left, base + size * 1.12, _fill(PAPER, 0.72))
        if request.price:
            price = _line(request.price, "label", features=("tnum",))
            under = size * 1.4 if space.wide else 0.0  # the time stands above it there
            paint_line(canvas, price, size, self._right(price, size), base + under, _fill(AMBER))

    # what moves
    def _draw_sweep(self, canvas: Any, number: int) -> None:
        """Draw a leader's hand that goes around once a second, and darken the whole frame behind it.

        The frame darkens so little that the checks find no jump where a shot goes on from another.
        """
        request, (x, y, radius) = self._request, self._space.ring
        if request.frames == 1:
            return
        rate = request.fps[0] / request.fps[1]
        share = (number % rate) / rate
        self._pie(canvas, math.hypot(*request.size), share, _fill(0xFF000000, 0.1))
        self._pie(canvas, radius * 0.86, share, _fill(AMBER, 0.2))
        angle, inner = math.tau * (share - 0.25), radius * 0.86
        hand = _stroke(AMBER, 0.9, 4 * self._space.unit)
        canvas.drawLine(x, y, x + inner * math.cos(angle), y + inner * math.sin(angle), hand)

    def _pie(self, canvas: Any, radius: float, share: float, paint: Any) -> None:
        x, y, _ = self._space.ring
        box = skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius)
        canvas.drawArc(box, -90, 360 * share, True, paint)

    def _draw_number(self, canvas: Any) -> None:
        if not self._request.shot:
            return
        x, y, radius = self._space.ring
        line = _line(str(self._request.shot), "display")
        size = min(radius * 0.8 / max(line.ink.height, 300), radius * 1.25 / max(line.ink.width, 300)) * EM
        left = x - (line.ink.left + line.ink.right) / 2 * size / EM
        base = y - (line.ink.top + line.ink.bottom) / 2 * size / EM
        paint_line(canvas, line, size, left, base, _fill(PAPER))

    def _draw_time(self, canvas: Any, number: int) -> None:
        space, request = self._space, self._request
        rate = request.fps[0] / request.fps[1]
        whole = int(number / rate)
        text = f"{whole // 60:02}:{whole % 60:02}:{int(number - whole * rate):02}"
        line, size = _line(text, "label", features=("tnum",)), 40 * space.unit
        paint_line(canvas, line, size, self._right(line, size), space.margin + size * 0.8, _fill(PAPER, 0.9))
        y, done = space.height - space.margin + 4 * space.unit, (number + 1) / request.frames
        room = space.width - 2 * space.margin
        canvas.drawRect(skia.Rect.MakeXYWH(space.margin, y, room, 4 * space.unit), _fill(PAPER, 0.25))
        canvas.drawRect(skia.Rect.MakeXYWH(space.margin, y, room * done, 4 * space.unit), _fill(AMBER))

    def _right(self, line: Line, size: float) -> float:
        return self._space.width - self._space.margin - line.ink.right * size / EM


def _told(request: FootageRequest) -> str:
    width, height = request.size
    rate = f"{request.fps[0] / request.fps[1]:g} fps"
    timed = (f"{request.ms / 1000:g} s", f"{width}×{height}", rate, "with sound" if request.has_sound else "silent")
    facts = timed if request.frames > 1 else (f"{width}×{height}",)
    sample = (f"sample {request.sample + 1}",) if request.sample else ()
    take = (f"take {request.repeat + 1}",) if request.repeat else ()
    return " · ".join((*facts, *sample, *take))


def _shortened(text: str) -> str:
    """Return whole words of the prompt's beginning; a bar would be a line break, so it is replaced."""
    clean = text.replace("|", "/")
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST].rsplit(' ', 1)[0]} …"


def _line(text: str, role: Any, tracking: float = 0, features: tuple[str, ...] = ()) -> Line:
    return set_line(text, choose_stack(role, "en"), tracking=tracking, features=features)


def _fill(color: int, alpha: float = 1.0) -> Any:
    paint = skia.Paint(AntiAlias=True, Color=color)
    paint.setAlphaf(alpha)
    return paint


def _stroke(color: int, alpha: float, width: float) -> Any:
    paint = _fill(color, alpha)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(max(1.0, width))
    return paint
