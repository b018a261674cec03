"""Words set in a look's letters: the one module of the animatic that calls the typesetter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from reelwright.media.drawing.style import Lettering
from reelwright.media.letters.word_styles import StyleSpans, strip_styles
from reelwright.media.typeset import EM, Line, choose_stack, set_line, split_units, to_capitals
from reelwright.media.typeset import fit_block as _fit_block
from reelwright.media.typeset import fit_stack as _fit_stack
from reelwright.media.typeset.bidi import RTL_LANGUAGES, find_first_strong
from reelwright.media.typeset.breaking import compute_penalty, join_units
from reelwright.media.typeset.figure_spacing import settle_figures
from reelwright.media.typeset.line import make_path as outline_of
from reelwright.media.typeset.line import paint_pictures

UNDER: Final = 0.05
BAR: Final = 0.085
"""``UNDER``: distance from a line's letters to the bar under strong words; ``BAR``: its thickness; both in ems."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A shaped line. Edges in ems from the pen's origin on the baseline; y grows downwards."""

    line: Line

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def left(self) -> float:
        """Left edge of the ink in ems, from the pen's origin."""
        return self.line.ink.left / EM

    @property
    def right(self) -> float:
        """Right edge of the ink in ems, from the pen's origin."""
        return self.line.ink.right / EM

    @property
    def top(self) -> float:
        """Upper edge of the ink in ems, negative above the baseline."""
        return self.line.ink.top / EM

    @property
    def bottom(self) -> float:
        """Lower edge of the ink in ems below the baseline, with the bar that may lie under strong words."""
        bottom = self.line.ink.bottom / EM
        return max(bottom, 0.0) + UNDER + BAR if any(style == "strong" for *_, style in self.style_spans) else bottom

    @property
    def width(self) -> float:
        """Width of the ink in ems, never 0."""
        return max(1e-3, self.right - self.left)

    @property
    def height(self) -> float:
        """Height of the ink in ems, never 0."""
        return max(1e-3, self.bottom - self.top)

    @property
    def cap(self) -> float:
        """Height of the capitals in ems; in scripts without them that of the face's Latin."""
        return self.line.cap / EM

    @property
    def has_pictures(self) -> bool:
        """Whether the line holds emoji, which are not outlines."""
        return any(glyph.face.is_colour for glyph in self.line.glyphs)

    @property
    def style_spans(self) -> StyleSpans:
        """Stretches of the text that are strong or struck."""
        return self.line.style_spans

    def make_path(self, size: float, x: float, y: float, *, of: Callable[[int], bool] | None = None) -> Any:
        """Make a new skia path with the pen's origin at (x, y). ``of``: whether a place of the text is in it."""
        return outline_of(self.line, size, x, y, of=of)

    def paint_pictures(self, canvas: Any, size: float, x: float, y: float, alpha: float) -> None:
        """Draw only the emoji of the line, ``size`` pixels to the em, with the pen's origin at (x, y)."""
        paint_pictures(canvas, self.line, size, x, y, alpha)


class FittedLine(NamedTuple):
    """A line and its size in em pixels."""

    ink: Ink
    size: float

    @property
    def width(self) -> float:
        """Width of the ink in pixels."""
        return self.ink.width * self.size

    @property
    def height(self) -> float:
        """Height of the ink in pixels."""
        return self.ink.height * self.size


def typeset_line(text: str, kind: Lettering, language: str) -> Ink:
    """Typeset one line in a kind of type, in the case that the look asks for. Raises ``MissingGlyphs``."""
    cased = to_capitals(text, language) if kind.is_uppercase else text
    stack = choose_stack(kind.role, language, kind.faces)
    return Ink(set_line(cased, stack, tracking=kind.tracking, language=language, features=kind.features))


def typeset_figures(text: str, kind: Lettering, language: str) -> Ink:
    """Typeset a number as ``typeset_line`` does, its figures spaced by their ink. Raises ``MissingGlyphs``."""
    return Ink(settle_figures(typeset_line(text, kind, language).line))


def typeset_in_face(text: str, face: str) -> Ink:
    """Typeset one line in a single face. Raises ``MissingGlyphs``."""
    return Ink(set_line(text, (face,)))


def fit_block(
    text: str, kind: Lettering, language: str, width: float, height: float, max_lines: int, lead: float, largest: float
) -> list[FittedLine]:
    """Fit lines of one size into a box in pixels, ``lead`` ems apart, at most ``largest`` pixels to the em."""
    cased = to_capitals(text, language) if kind.is_uppercase else text
    block = _fit_block(
        cased,
        choose_stack(kind.role, language, kind.faces),
        width,
        height,
        max_lines=max_lines,
        lead=lead,
        max_size=largest,
        tracking=kind.tracking,
        language=language,
    )
    return [FittedLine(Ink(line), block.size) for line in block.lines]


def fit_figures(
    text: str, kind: Lettering, language: str, width: float, height: float, max_lines: int, lead: float, largest: float
) -> list[FittedLine]:
    """Fit a number as ``fit_block`` does, its figures spaced by their ink. Raises what ``fit_block`` raises."""
    fitted = fit_block(text, kind, language, width, height, max_lines, lead, largest)
    inks = [Ink(settle_figures(line.ink.line)) for line in fitted]
    size = min(fitted[0].size, width / max(ink.width for ink in inks))
    return [FittedLine(ink, size) for ink in inks]


def fit_stack(
    text: str, kind: Lettering, language: str, width: float, height: float, gap: float, max_lines: int
) -> list[FittedLine]:
    """Fit a poster stack: each line as wide as ``width``, all together within ``height``."""
    cased = to_capitals(text, language) if kind.is_uppercase else text
    stack = _fit_stack(
        cased,
        choose_stack(kind.role, language, kind.faces),
        width,
        height,
        gap=gap,
        max_lines=max_lines,
        tracking=kind.tracking,
        language=language,
    )
    return [FittedLine(Ink(row.line), row.size) for row in stack.rows]


def halve_line(text: str, language: str) -> list[str]:
    """Split a line into two of nearly the same width where it reads best; the line alone where it cannot be split."""
    parts = split_units(text, language)
    whole = len(strip_styles(text))

    def cost(cut: int) -> float:
        apart = abs(2 * len(strip_styles(join_units(parts[:cut]))) - whole) / whole
        return apart + 2 * compute_penalty(parts[cut - 1], parts[cut], language)

    cut = min(range(1, len(parts)), key=cost, default=0)
    return [join_units(parts[:cut]), join_units(parts[cut:])] if cut and cost(cut) < math.inf else [text]


def is_right_to_left(texts: Iterable[str], language: str) -> bool:
    """Return whether a frame with these words is mirrored: its language reads right to left, or a text begins so."""
    if language.split("-")[0].lower() in RTL_LANGUAGES:
        return True
    return any(find_first_strong(text) == "rtl" for text in texts)
