"""Captions burnt over a picture: one picture per phrase, readable on any ground, in every bundled script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import regex

from reelwright.errors import BadInput
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.plates import make_slanted_path
from reelwright.media.letters.stacks import Role
from reelwright.media.pictures.placed_picture import Edges, PlacedPicture, draw
from reelwright.media.pictures.tints import Tint, load_tint
from reelwright.media.typeset import (
    EM,
    Line,
    balance_lines,
    choose_stack,
    clean_text,
    make_path,
    paint_pictures,
    set_line,
    split_graphemes,
)
from reelwright.media.typeset.bidi import find_first_strong
from reelwright.media.words.overlays import draw_overlay
from reelwright.media.words.safe_area import SafeArea, compute_caption_width, compute_safe_area
from reelwright.media.words.titles import draw_title

skia = load_skia()


Placed = list[tuple[Line, float, float]]
"""Lines with the origin of each, in pixels of the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionStyle:
    """The look of captions. Sizes in pixels to the em at a short side of 1080; the rest in ems.

    ground: what makes white words readable on anything: a dark ``edge`` with a soft shadow, or a ``plate``.
    """

    role: Role
    tall: float
    wide: float
    ground: Literal["edge", "plate"]
    edge: float = 0.0
    pad: float = 0.0


STYLES: Final[Mapping[str, CaptionStyle]] = {
    "clean": CaptionStyle(role="caption", tall=58, wide=50, ground="edge", edge=0.07),
    "bold": CaptionStyle(role="strong", tall=66, wide=54, ground="edge", edge=0.085),
    "box": CaptionStyle(role="caption", tall=54, wide=46, ground="plate", pad=0.42),
}
"""Source: craft.md 4.2 and 4.4, read 2026-11-20."""

_PITCH: Final = ((regex.compile(r"[\p{Arabic}\p{Devanagari}\p{Thai}]"), 1.5), (regex.compile(r"[\u1EA0-\u1EF9]"), 1.4))
_ROMAN_PITCH: Final = 1.28
_THINNEST_EDGE: Final = 1.2
"""Pixels: a thinner edge would be lost in the encoding of a small frame."""
_UNSPACED: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_UNSPACED_LINE: Final = 17
"""Longest line in ems where every character is as wide as high: 13 to 16 characters (craft.md 4.2)."""
_WANTED: Final = ((2, 1.0), (2, 0.92), (2, 0.84), (3, 0.84), (3, 0.76))
_AT_WORST: Final = (*_WANTED, (4, 0.7), (5, 0.62), (7, 0.5), (10, 0.36))
"""Lines and scale, tried one after the other: two lines at full size unless the phrase is too long for it."""
_MOST_LINES: Final = max(lines for lines, _ in _WANTED)
"""A longer phrase is drawn with more and smaller lines rather than lost, and becomes a finding."""
_LONGEST_UNIT: Final = 18
_LONGEST_PHRASE: Final = 2000
"""Characters; a longer text is refused before it is measured. A phrase has 52 to 74 (reel/film/cues.py)."""


def draw_captions(
    captions: Sequence[Mapping[str, Any]],
    overlays: Sequence[Mapping[str, Any]],
    *,
    size: tuple[int, int],
    language: str,
    look: str,
    style: str,
    accent: str = "",
    font: Path | None = None,
) -> list[PlacedPicture]:
    """Draw the pictures that lie over a segment: captions, then overlays. Times are frames of the segment.

    captions: ``{"text", "start", "length", "elapsed"}``; overlays: ``{"kind": "label" | "source" | "bug", "text",
    "start", "length"}``, or ``{"kind": "title", "text": BEAT, "words": {role: text}, "start", "length", "elapsed"}``.
    ``accent``: the brand's colour in titles; ``font``: the file of their type. A text without a visible character
    draws nothing. Raises ``BadInput`` on an unknown style, kind or look, and ``MissingGlyphs``.
    """
    if style not in STYLES:
        raise BadInput("caption style", style, " | ".join(STYLES))
    colours = load_tint(look)
    made: dict[str, PlacedPicture] = {}
    found: list[PlacedPicture] = []
    for item in captions:
        text = _cleaned(item["text"])
        if text and text not in made:
            made[text] = _caption(text, STYLES[style], colours, size, language)
        if text:
            found.append(replace(made[text], start=item["start"], length=item["length"]))
    for item in overlays:
        if item["kind"] == "title":
            words, elapsed = item.get("words", {}), item.get("elapsed", 0)
            found += draw_title(
                words, item["text"], item["start"], item["length"], elapsed, size=size, language=language, look=look,
                accent=accent, font=font,
            )  # fmt: skip
        elif text := clean_text(item["text"]).strip():
            found.append(draw_overlay(item["kind"], text, item["start"], item["length"], size, language, colours))
    return found


def _cleaned(text: str) -> str:
    lines = (clean_text(line).strip() for line in regex.split(r"\r\n|\n|\r", text))
    return "\n".join(line for line in lines if regex.search(r"[^\p{White_Space}\p{Cf}]", line))


def _caption(text: str, style: CaptionStyle, colours: Tint, size: tuple[int, int], language: str) -> PlacedPicture:
    box = compute_safe_area(size, is_mirrored=find_first_strong(text) == "rtl")
    pad = style.pad
    wanted = (style.tall if size[0] <= size[1] else style.wide) * box.unit
    width, height = compute_caption_width(size), box.caption_baseline - box.top
    lines, em = _laid_out(text, style, wanted, width, height, language)
    pitch = em * _pitch(text)
    first = box.caption_baseline - (len(lines) - 1) * pitch
    placed = [
        (line, box.centre - (line.ink.left + line.ink.right) / 2 * em / EM, first + index * pitch)
        for index, line in enumerate(lines)
    ]
    margin = em * (1.1 + 2 * pad)
    bounds = _bounds(placed, em, margin)

    def paint(canvas: Any) -> None:
        if style.ground == "plate":
            _paint_plate(canvas, placed, em, pad, colours)
        else:
            _paint_edge(canvas, placed, em, style.edge)
        _paint_words(canvas, placed, em, lifted=style.ground == "edge")

    drawn = draw(paint, bounds, size, 0, 0)
    return replace(drawn, misfit=drawn.misfit or _misfit(len(lines), _bounds(placed, em, 0), box))


def _misfit(lines: int, ink: Edges, box: SafeArea) -> str:
    """Return the reason why a caption does not fit, empty where it does."""
    if lines > _MOST_LINES:
        return f"it takes {lines} lines, at most {_MOST_LINES} can be read in time"
    if ink[0] < box.left - 1 or ink[1] < box.top - 1 or ink[2] > box.right + 1 or ink[3] > box.bottom + 1:
        return "it stands where players and platforms draw over it"
    return ""


def _laid_out(
    text: str, style: CaptionStyle, wanted: float, width: float, height: float, language: str
) -> tuple[list[Line], float]:
    """Return the fewest lines at the largest size that hold all of the text;
    a word too long for a line is split last.
    """
    stack = choose_stack(style.role, language)
    flat = text.replace("\n", " ")
    if len(flat) > _LONGEST_PHRASE:
        raise _too_long(text, wanted, width)
    most, scale = _AT_WORST[-1]
    if set_line(flat, stack, language=language).advance * wanted * scale / EM > most * width:
        raise _too_long(text, wanted, width)
    for phrase, settings in ((text, _WANTED), (flat, _WANTED), (_parted(flat), _AT_WORST)):
        for most, scale in settings:
            em = wanted * scale
            if (most - 1) * em * _pitch(text) > height - em:
                continue
            widest = min(width, _UNSPACED_LINE * em) if _UNSPACED.search(text) else width
            lines = balance_lines(phrase, stack, em, widest - 3.2 * style.pad * em, most, language=language)
            if lines is not None:
                return lines, em
    raise _too_long(text, wanted, width)


def _too_long(text: str, em: float, width: float) -> BadInput:
    return BadInput("caption", text, f"a phrase that fits the frame, about {round(width / em * 4)} characters")


def _parted(text: str) -> str:
    """Return ``text`` with places to break in words that are longer than a line."""
    found = []
    for word in text.split(" "):
        letters = split_graphemes(word)
        pieces = ["".join(letters[i : i + _LONGEST_UNIT]) for i in range(0, len(letters), _LONGEST_UNIT)]
        found.append("\u200b".join(pieces))
    return " ".join(found)


def _pitch(text: str) -> float:
    """Return the ems from baseline to baseline: more for scripts with marks above and below (craft.md 4.2)."""
    return next((pitch for pattern, pitch in _PITCH if pattern.search(text)), _ROMAN_PITCH)


def _paint_words(canvas: Any, placed: Placed, em: float, *, lifted: bool) -> None:
    """Paint white words; ``lifted`` gives emoji, which have no outline to edge, a shadow of their own."""
    white = skia.Paint(AntiAlias=True, Color=skia.ColorWHITE)
    layer = skia.Paint()
    if lifted:
        layer.setImageFilter(skia.ImageFilters.DropShadow(0, 0.03 * em, 0.07 * em, 0.07 * em, 0xB0000000))
    for line, x, y in placed:
        canvas.drawPath(make_path(line, em, x, y), white)
        if any(glyph.face.is_colour for glyph in line.glyphs):
            canvas.saveLayer(None, layer)
            paint_pictures(canvas, line, em, x, y)
            canvas.restore()


def _bounds(placed: Placed, em: float, margin: float) -> Edges:
    scale = em / EM
    return (
        min(x + line.ink.left * scale for line, x, _ in placed) - margin,
        min(y + line.ink.top * scale for line, _, y in placed) - margin,
        max(x + line.ink.right * scale for line, x, _ in placed) + margin,
        max(y + line.ink.bottom * scale for line, _, y in placed) + margin,
    )


def _paint_edge(canvas: Any, placed: Placed, em: float, edge: float) -> None:
    """Paint a wide soft shadow, a tight one, and a thin dark edge: words hold on white as on black."""
    for spread, drop, opacity in ((0.28, 0.05, 0.42), (0.09, 0.03, 0.72)):
        shadow = skia.Paint(AntiAlias=True, Color=skia.ColorBLACK)
        shadow.setAlphaf(opacity)
        shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, spread * em))
        shadow.setStyle(skia.Paint.kStrokeAndFill_Style)
        shadow.setStrokeWidth(0.10 * em)
        for line, x, y in placed:
            canvas.drawPath(make_path(line, em, x, y + drop * em), shadow)
    outline = skia.Paint(AntiAlias=True, Color=skia.ColorBLACK)
    outline.setAlphaf(0.85)
    outline.setStyle(skia.Paint.kStroke_Style)
    outline.setStrokeWidth(2 * max(edge * em, _THINNEST_EDGE))
    outline.setStrokeJoin(skia.Paint.kRound_Join)
    for line, x, y in placed:
        canvas.drawPath(make_path(line, em, x, y), outline)


def _paint_plate(canvas: Any, placed: Placed, em: float, pad: float, colours: Tint) -> None:
    """Paint one plate behind the block with the look's slant,
    and its accent as a bar at the side where reading starts.
    """
    left, top, right, bottom = _bounds(placed, em, 0)
    heights = [line.main_face.cap * em / EM for line, _, _ in placed]
    top = min(top, placed[0][2] - heights[0])
    plate = skia.Paint(AntiAlias=True, Color=colours.plate)
    plate.setAlphaf(0.9)
    high, low = top - 0.8 * pad * em, bottom + 0.8 * pad * em
    side = pad * em + colours.slope * (low - high) / 2
    edges = (left - side, high, right + side, low)
    canvas.drawPath(make_slanted_path(edges, colours.slope), plate)
    bar = 0.16 * em
    rtl = placed[0][0].is_rtl
    start = edges[2] if rtl else edges[0] - bar
    accent = skia.Paint(AntiAlias=True, Color=colours.accent)
    canvas.drawPath(make_slanted_path((start, high, start + bar, low), colours.slope), accent)
