"""A shaped line: glyphs in the order in which they are seen, with exact ink bounds and clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import regex
import uharfbuzz as hb

from reelwright.media.base.skia_loader import load_skia
from reelwright.media.letters.graphemes import JOINED, clean_text
from reelwright.media.letters.word_styles import StyleSpans, split_styles
from reelwright.media.typeset.bidi import Direction, choose_direction, list_visual_runs
from reelwright.media.typeset.face_choice import build_refusal, split_spans
from reelwright.media.typeset.faces import EM, Face, get_outline, make_sized_font, measure_picture_bounds

skia = load_skia()

_SCRIPTS: Final = {
    "Latn": regex.compile(r"\p{Latin}"),
    "Cyrl": regex.compile(r"\p{Cyrillic}"),
    "Grek": regex.compile(r"\p{Greek}"),
    "Arab": regex.compile(r"\p{Arabic}"),
    "Hebr": regex.compile(r"\p{Hebrew}"),
    "Deva": regex.compile(r"\p{Devanagari}"),
    "Thai": regex.compile(r"\p{Thai}"),
    "Hang": regex.compile(r"\p{Hangul}"),
    "Hani": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]"),
}
_UNSEEN: Final = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{Cf}]")


@dataclass(frozen=True, slots=True)
class InkBounds:
    """Bounds of the ink, relative to the origin on the baseline; y downwards. All zero where there is none."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of a line.

    ``x``, ``y``, ``advance`` in thousandths of an em. ``cluster``: index of its first character in ``Line.text``.
    """

    face: Face
    number: int
    x: float
    y: float
    advance: float
    cluster: int


@dataclass(frozen=True, slots=True)
class Line:
    """A shaped line in thousandths of an em; multiply by size/1000. Made by ``set_line``.

    text: the cleaned text that is set. advance: width with its side bearings. ink: exact bounds of what is drawn.
    direction: of the paragraph. style_spans: stretches of the text that are strong or struck.
    """

    text: str
    direction: Direction
    glyphs: tuple[Glyph, ...]
    advance: float
    ink: InkBounds
    style_spans: StyleSpans = ()

    @property
    def is_rtl(self) -> bool:
        return self.direction == "rtl"

    @property
    def cap(self) -> float:
        """Cap height, in thousandths of an em, of the face that draws most of the line's glyphs, emoji not counted."""
        return self.main_face.cap

    @property
    def main_face(self) -> Face:
        """The face that draws most of the line's glyphs, emoji not counted."""
        letters = [glyph.face for glyph in self.glyphs if not glyph.face.is_colour] or [g.face for g in self.glyphs]
        return max(dict.fromkeys(letters), key=letters.count)


@lru_cache(maxsize=4096)
def set_line(
    text: str,
    stack: tuple[str, ...],
    *,
    tracking: float = 0,
    language: str = "en",
    direction: Direction | None = None,
    features: tuple[str, ...] = (),
) -> Line:
    """Shape ``text`` with the first faces of ``stack`` that can draw it.

    tracking: thousandths of an em between graphemes; always 0 where letters join. direction: that of the paragraph;
    None: see ``choose_direction``. features: OpenType tags to switch on (``tnum``). Raises
    ``MissingGlyphs`` naming what no face of the stack can draw.
    """
    text, styled = split_styles(clean_text(text))
    base = direction or choose_direction(text, language)
    glyphs: list[Glyph] = []
    x = 0.0
    for of, start, end, rtl in _visual(text, stack, base):
        tracked = 0 if JOINED.search(text, start, end) else tracking
        for glyph in _shaped(text, of, start, end, rtl, language, features, tracked):
            _refuse_boxes(glyph, text)
            new = bool(glyphs) and glyphs[-1].cluster != glyph.cluster
            x += tracked if new else 0
            glyphs.append(Glyph(of, glyph.number, x + glyph.x, glyph.y, glyph.advance, glyph.cluster))
            x += glyph.advance
    return Line(text, base, tuple(glyphs), x, measure_ink(glyphs), styled)


def _visual(text: str, stack: tuple[str, ...], base: Direction) -> Iterator[tuple[Face, int, int, bool]]:
    """Yield the stretches of one face, script and level, from left to right."""
    borders = {start for _, start, _ in split_spans(text, stack)} | set(_script_borders(text))
    for run in list_visual_runs(text, base):
        cuts = sorted({run.start, run.end, *(b for b in borders if run.start < b < run.end)})
        parts = list(pairwise(cuts))
        for start, end in reversed(parts) if run.is_rtl else parts:
            of = next(face for face, first, last in split_spans(text, stack) if first <= start < last)
            yield of, start, end, run.is_rtl


def _script_borders(text: str) -> Iterator[int]:
    """Yield the places where the script changes; marks, digits and punctuation go with what is before them."""
    current = ""
    for index, character in enumerate(text):
        script = _script(character)
        if script and current and script != current:
            yield index
        current = script or current


def _script(text: str) -> str:
    for character in text:
        for tag, pattern in _SCRIPTS.items():
            if pattern.match(character):
                return tag
    return ""


def _shaped(
    text: str, of: Face, start: int, end: int, rtl: bool, language: str, features: tuple[str, ...], tracking: float
) -> Iterator[Glyph]:
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(c) for c in text], start, end - start)
    buffer.direction = "rtl" if rtl else "ltr"
    buffer.script = _script(text[start:end]) or "Zyyy"
    buffer.language = of.choose_language(language)
    wanted = dict.fromkeys(features, True)
    if tracking:
        wanted |= {"liga": False, "clig": False}
    hb.shape(of.font, buffer, wanted)
    scale = of.scale
    for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        yield Glyph(of, info.codepoint, at.x_offset * scale, -at.y_offset * scale, at.x_advance * scale, info.cluster)


def _refuse_boxes(glyph: Glyph, text: str) -> None:
    if glyph.number == 0 and not _UNSEEN.match(text[glyph.cluster]):
        raise build_refusal((text[glyph.cluster],), text)


def measure_ink(glyphs: list[Glyph]) -> InkBounds:
    bounds = [edges for glyph in glyphs if (edges := measure_bounds(glyph)) is not None]
    if not bounds:
        return InkBounds(0, 0, 0, 0)
    lefts, tops, rights, bottoms = zip(*bounds, strict=True)
    return InkBounds(min(lefts), min(tops), max(rights), max(bottoms))


def measure_bounds(glyph: Glyph) -> tuple[float, float, float, float] | None:
    if glyph.face.is_colour:
        left, top, right, bottom = measure_picture_bounds(glyph.face, glyph.number)
    else:
        left, top, right, bottom = _outline_bounds(glyph.face, glyph.number)
    if left == right:
        return None
    return left + glyph.x, top + glyph.y, right + glyph.x, bottom + glyph.y


@lru_cache(maxsize=8192)
def _outline_bounds(of: Face, number: int) -> tuple[float, float, float, float]:
    found = get_outline(of, number).computeTightBounds()
    return (found.left(), found.top(), found.right(), found.bottom())


def make_path(line: Line, size: float, x: float = 0, y: float = 0, *, of: Callable[[int], bool] | None = None) -> Any:
    """Make a new skia path of the line's outlines: origin at (x, y) on the baseline, ``size`` pixels to the em.

    ``of``: whether the glyphs of a cluster are in it; all by default. Emoji are not outlines and are not in it:
    ``paint_line`` draws both.
    """
    whole = skia.Path()
    for glyph in line.glyphs:
        if not glyph.face.is_colour and (of is None or of(glyph.cluster)):
            whole.addPath(get_outline(glyph.face, glyph.number), glyph.x, glyph.y)
    return _placed(whole, size, x, y)


def _placed(whole: Any, size: float, x: float, y: float) -> Any:
    matrix = skia.Matrix()
    matrix.setScaleTranslate(size / EM, size / EM, x, y)
    whole.transform(matrix)
    return whole


def paint_line(canvas: Any, line: Line, size: float, x: float, y: float, paint: Any) -> None:
    """Draw outlines with ``paint``, and emoji in their own colours with its opacity."""
    canvas.drawPath(make_path(line, size, x, y), paint)
    paint_pictures(canvas, line, size, x, y, paint.getAlphaf())


def paint_pictures(canvas: Any, line: Line, size: float, x: float, y: float, opacity: float = 1) -> None:
    """Draw only the emoji of a line."""
    for glyph in line.glyphs:
        if not glyph.face.is_colour:
            continue
        builder = skia.TextBlobBuilder()
        builder.allocRunPos(make_sized_font(glyph.face, size), [glyph.number], [skia.Point(0, 0)])
        paint = skia.Paint(AntiAlias=True)
        paint.setAlphaf(opacity)
        canvas.drawTextBlob(builder.make(), x + glyph.x * size / EM, y + glyph.y * size / EM, paint)
