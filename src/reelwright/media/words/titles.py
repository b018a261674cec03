"""Titles: a beat's words in the look's display type over footage, line by line, readable on any picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing import colour
from reelwright.media.drawing.emphasis import split_line
from reelwright.media.drawing.lettering import FittedLine, fit_block, is_right_to_left, typeset_line
from reelwright.media.drawing.plates import Edges, make_plate_path
from reelwright.media.drawing.style import Lettering
from reelwright.media.letters.quotation_marks import set_marks
from reelwright.media.letters.word_styles import mark_styles
from reelwright.media.looks.display_font import set_display_font
from reelwright.media.looks.registry import load_look
from reelwright.media.pictures.placed_picture import PlacedPicture, draw
from reelwright.media.staging.look import Look
from reelwright.media.typeset import clean_text
from reelwright.media.words.safe_area import SafeArea, compute_safe_area
from reelwright.media.words.title_roles import HEADS, KICKERS, PLATES, UNDERS, find_head_role, merge_roles

skia = load_skia()

LOUD: Final = frozenset({"hook", "agitate", "reveal", "offer", "urgency", "cta"})
"""Beats whose single line stands on a plate; elsewhere a bar beside it carries the accent."""

_WIDEST: Final = {True: 1.0, False: 0.62}
"""Share of the safe area's width, on tall and on wide frames: words leave the rest to the picture."""
_TALLEST: Final = {True: 0.30, False: 0.40}
_LARGEST: Final = {True: 168.0, False: 132.0}
"""Em pixels of a headline at a short side of 1080. Source: craft.md 4.2, read 2026-11-20."""
_FIGURE: Final = 1.7
"""How many times as large as other headlines a figure or a price is."""
_SMALL: Final = 50.0
_LEAD: Final = 1.12
_STAGGER: Final = 3
_COMES: Final = 7
"""Frames at 30 a second: between two lines, and for one to come. Source: craft.md 8.2 (look Slam), read 2026-11-20."""
_DARKEST: Final = {True: 0.58, False: 0.84}
"""How dark the foot of the frame becomes; darker where no line has a plate."""
_DEEP: Final = {True: 0.16, False: 0.06}
"""How far below the first line it is darkest, in parts of the frame's height."""
_TEXT: Final = 4.5
"""Contrast of words that count. Source: WCAG 2.2, 1.4.3, read 2026-11-20."""
_CARD: Final = 0.92
"""How much of the picture one plate under all words hides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A line of type: pen at (x, y) in pixels of the frame. ``plate``: the colour of its own plate, or empty."""

    set: FittedLine
    x: float
    y: float
    plate: str
    colour: str
    pad: float


def draw_title(
    words: Mapping[str, str],
    beat: str,
    start: int,
    length: int,
    elapsed_frames: int,
    *,
    size: tuple[int, int],
    language: str,
    look: str,
    accent: str = "",
    font: Path | None = None,
) -> list[PlacedPicture]:
    """Draw pictures for frames [start, start + length) of a segment: their ground first, then a picture a line.

    ``words`` by role, as a staged beat has them; the two bars of a comparison are left out. ``elapsed_frames``: how
    long it has been shown already. ``font``: the file of the brand's display type. Lines come from
    the side where reading starts. Raises ``BadInput``, ``MissingGlyphs``.
    """
    marked = {role: set_marks(mark_styles(clean_text(raw)), language) for role, raw in words.items()}
    texts = merge_roles({role: text for role, text in marked.items() if text})
    if not texts or length < 1:
        return []
    style = set_display_font(load_look(look, accent or None), font)
    rtl = is_right_to_left(texts.values(), language)
    box = compute_safe_area(size, is_mirrored=rtl)
    rows = _rows(texts, beat, box, size, language, style, rtl)
    if not rows:
        return []
    made = [] if style.titles.plates == "each" else [_ground(rows, size, style, start, length)]
    for index, row in enumerate(rows):
        drawn = _drawn(row, index, style, size, start, length)
        late = index * _STAGGER
        distance = round(0.09 * size[0]) * (-1 if rtl else 1)
        made.append(_coming(drawn, elapsed_frames, late, distance))
    return made


def _coming(drawn: PlacedPicture, elapsed: int, late: int, distance: int) -> PlacedPicture:
    """Return the picture of a line from the moment at which it begins to come in."""
    wait = max(0, late - elapsed)
    if wait >= drawn.length:
        return drawn
    begun = max(0, elapsed - late)
    if begun >= _COMES:
        return drawn
    return PlacedPicture(
        image_png=drawn.image_png,
        x=drawn.x,
        y=drawn.y,
        start=drawn.start + wait,
        length=drawn.length - wait,
        slide_frames=_COMES,
        slide_distance=distance,
        slide_elapsed=begun,
        misfit=drawn.misfit,
    )


def _rows(
    texts: Mapping[str, str], beat: str, box: SafeArea, size: tuple[int, int], language: str, look: Look, rtl: bool
) -> list[_Row]:
    """Return all lines, laid from the foot of the safe area upwards."""
    tall = size[1] >= size[0]
    width = box.width * _WIDEST[tall]
    head = find_head_role(texts, beat)
    kicker = next((role for role in KICKERS if role in texts), None)
    plate = next((role for role in PLATES if role in texts), None)
    rest = (role for role in (*HEADS, *KICKERS, *UNDERS, *PLATES) if role not in (head, kicker, plate))
    unders = [texts[role].replace("|", " · " if role == "steps" else " ") for role in rest if role in texts]
    inks = _Inks(look)
    margin = 0.8 * _SMALL * box.unit if look.titles.plates == "one" else 0.0  # inside the one plate
    y, rows = box.bottom - margin, list[_Row]()

    def lay(lines: list[FittedLine], lead: float, loud: list[bool], head: bool = False) -> None:
        nonlocal y
        for fitted, is_loud in zip(reversed(lines), reversed(loud), strict=True):
            plate, ink = inks.choose(is_loud=is_loud, is_head=head)
            pad = (0.2 if head or is_loud else 0.26) * fitted.size * max(0.6, fitted.ink.cap) if plate else 0.0
            y -= pad + max(0.0, fitted.ink.bottom * fitted.size)
            leans = look.slope if look.titles.shape == "slant" else 0.0
            inset = margin + pad + (leans * (fitted.height + 2 * pad) if plate else 0.0)
            x = (
                box.right - inset - fitted.ink.right * fitted.size
                if rtl
                else box.left + inset - (fitted.ink.left * fitted.size)
            )
            rows.append(_Row(set=fitted, x=x, y=y, plate=plate, colour=ink, pad=pad))
            y += fitted.ink.top * fitted.size - pad - (lead - 1) * fitted.size

    small = _SMALL * box.unit
    if plate:
        lay(_small(texts[plate], look.type["address"], language, width, small * 1.15), 1.5, [True])
    for text in reversed(unders):
        lines = _small(text, look.type["plain"], language, width, small)
        lay(lines, 1.42, [False] * len(lines))
    if head:
        lines = _headline(texts[head], head, look, language, width, size[1] * _TALLEST[tall], _LARGEST[tall] * box.unit)
        loud = beat in LOUD and not plate
        is_last_loud = len(lines) > 1 or loud
        lay(lines, _LEAD, [*[head == "name" and loud] * (len(lines) - 1), is_last_loud], head=True)
    if kicker:
        lines = _small(texts[kicker], look.type["label"], language, width, small * 0.9)
        lay(lines, 1.4, [False] * len(lines))
    return list(reversed(rows))


class _Inks:
    """The colours of a look's words over footage, and of their plates."""

    def __init__(self, look: Look) -> None:
        self._palette, self._style = look.palette, look.titles
        self._ground = look.palette.get_colour(look.titles.ground) if look.titles.plates in ("one", "each") else ""
        self._ink = self._choose_ink(self._ground or look.palette.shade)

    def choose(self, *, is_loud: bool, is_head: bool) -> tuple[str, str]:
        """Choose the colour of a line's own plate, or empty, and of its letters. ``is_loud``: it is what counts."""
        accent, kind = self._palette.accent, self._style.plates
        if kind == "none" or (kind == "one" and is_head):
            behind = self._ground or self._palette.shade
            return "", colour.make_legible(accent, behind, _TEXT) if is_loud and is_head else self._ink
        if is_loud:
            return accent, self._palette.on_accent
        return (self._ground if kind == "each" else ""), self._ink

    def _choose_ink(self, behind: str) -> str:
        """Choose the one of the look's two inks that is read on ``behind``: on paper letters are dark."""
        inks = self._palette.text, self._palette.paper
        best = max(inks, key=lambda one: colour.compute_contrast(one, behind))
        return colour.make_legible(best, behind, _TEXT)


def _headline(
    text: str, role: str, look: Look, language: str, width: float, height: float, largest: float
) -> list[FittedLine]:
    """Fit at most three lines of the look's display type; steps stand one under the other."""
    if role == "quote":
        bare = text.strip('“”„"«»「」\u00a0')
        text = set_marks(f'"{bare}"', language)
    most = 4 if role == "steps" else 3
    kind, largest = ("number", largest * _FIGURE) if role == "number" else ("display", largest)
    lines = fit_block(text, look.type[kind], language, width * 0.84, height, most, _LEAD, largest)
    if not lines:
        raise BadInput("title", text, "words that can be set")
    return lines


def _small(text: str, kind: Lettering, language: str, width: float, size: float) -> list[FittedLine]:
    """Fit one line of small type, else two, made smaller only where it must be."""
    line = typeset_line(text, kind, language)
    if line.width * size <= width:
        return [FittedLine(line, size)]
    return fit_block(text, kind, language, width, size * 3.2, 2, 1.3, size)


def _drawn(row: _Row, index: int, look: Look, size: tuple[int, int], start: int, length: int) -> PlacedPicture:
    em, face = row.set.size, row.set.ink
    plate = _list_edges(row)
    lean = look.slope * (plate[3] - plate[1]) if look.titles.shape == "slant" else 0.0
    plate = (plate[0] - lean / 2, plate[1], plate[2] + lean / 2, plate[3])
    around = 0.3 * em + abs(lean)
    ground = row.plate or look.palette.shade
    if look.titles.plates == "one" and not row.plate:
        ground = look.palette.get_colour(look.titles.ground)

    def paint(canvas: Any) -> None:
        if row.plate:
            _paint_plate(canvas, row, plate, look, size, index)
        elif look.titles.plates != "one":
            _shade(canvas, row, look)
        for part in split_line(face, em, row.x, row.y, row.colour, ground, look.palette):
            canvas.drawPath(part.path, skia.Paint(AntiAlias=True, Color=colour.to_argb(part.colour)))
        if face.has_pictures:
            face.paint_pictures(canvas, em, row.x, row.y, 1.0)

    bounds = (plate[0] - around, plate[1] - around, plate[2] + around, plate[3] + around)
    return draw(paint, bounds, size, start, length)


def _list_edges(row: _Row) -> Edges:
    """List the edges of a line with its pad."""
    em, face = row.set.size, row.set.ink
    return (
        row.x + face.left * em - row.pad,
        row.y + face.top * em - row.pad,
        row.x + face.right * em + row.pad,
        row.y + face.bottom * em + row.pad,
    )


def _paint_plate(canvas: Any, row: _Row, edges: Edges, look: Look, size: tuple[int, int], index: int) -> None:
    """Paint the plate of a line; a printed one with its second ink beside it, a torn one with its shadow."""
    path = make_plate_path(look.titles.shape, edges, look.slope, min(size), index)
    off = 0.055 * row.set.size
    if look.titles.shape == "print":
        canvas.save()
        canvas.translate(off, off)
        canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=colour.to_argb(look.palette.pale)))
        canvas.restore()
    elif look.titles.shape == "torn":
        shadow = skia.Paint(AntiAlias=True, Color=colour.to_argb(look.palette.shade, 0.45))
        shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.6, off)))
        canvas.save()
        canvas.translate(off / 2, off)
        canvas.drawPath(path, shadow)
        canvas.restore()
    canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=colour.to_argb(row.plate)))


def _shade(canvas: Any, row: _Row, look: Look) -> None:
    """Paint a soft dark edge: with the ground under it white type keeps its contrast on a white picture."""
    em = row.set.size
    for spread, alpha in ((0.2, 0.5), (0.07, 0.62)):
        shadow = skia.Paint(AntiAlias=True, Color=colour.to_argb(look.palette.shade, alpha))
        shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(1.0, spread * em)))
        shadow.setStyle(skia.Paint.kStrokeAndFill_Style)
        shadow.setStrokeWidth(0.08 * em)
        canvas.drawPath(row.set.ink.make_path(em, row.x, row.y), shadow)


def _ground(rows: list[_Row], size: tuple[int, int], look: Look, start: int, length: int) -> PlacedPicture:
    """Draw what all words stand on: one plate, or the dark into which the foot of the frame goes over."""
    edges = [_list_edges(row) for row in rows]
    top = min(one[1] for one in edges)
    if look.titles.plates != "one":
        return _dim(top, size, look, start, length)
    pad = 0.8 * _SMALL * min(size) / 1080
    plate = (
        min(one[0] for one in edges) - pad,
        top - pad,
        max(one[2] for one in edges) + pad,
        max(one[3] for one in edges) + pad,
    )

    def paint(canvas: Any) -> None:
        path = make_plate_path(look.titles.shape, plate, look.slope, min(size), 0)
        fill = colour.to_argb(look.palette.get_colour(look.titles.ground), _CARD)
        canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=fill))

    return draw(paint, plate, size, start, length)


def _dim(top: float, size: tuple[int, int], look: Look, start: int, length: int) -> PlacedPicture:
    """Draw a ground from clear above the words to dark at the foot of the frame,
    without an edge that an eye could find.
    """
    high = max(0.0, top - 0.26 * size[1])
    has_plates = look.titles.plates != "none"
    shade, darkest = look.palette.shade, _DARKEST[has_plates]
    stops = ((0.0, 0.0), (0.35, 0.22), (0.62, 0.52), (1.0, 1.0))
    reach = size[1] - high
    where = [0.0, *(part * min(1.0, (top + _DEEP[has_plates] * size[1] - high) / reach) for part, _ in stops[1:])]
    shader = skia.GradientShader.MakeLinear(
        points=[skia.Point(0, high), skia.Point(0, size[1])],
        colors=[colour.to_argb(shade, darkest * alpha) for _, alpha in stops],
        positions=where,
    )

    def paint(canvas: Any) -> None:
        canvas.drawRect(skia.Rect.MakeLTRB(0, high, size[0], size[1]), skia.Paint(Shader=shader, Dither=True))

    return draw(paint, (0, high, size[0], size[1]), size, start, length)
