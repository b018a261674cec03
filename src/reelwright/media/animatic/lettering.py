"""Words set in a look's letters: the one place here that speaks to the typesetter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from reelwright.media.animatic.look import Lettering
from reelwright.media.letters.styled import Styled, bare
from reelwright.media.typeset import EM, Line, capitals, set_line, stack_for, units
from reelwright.media.typeset import fit_block as _fit_block
from reelwright.media.typeset import fit_stack as _fit_stack
from reelwright.media.typeset.bidi import first_strong
from reelwright.media.typeset.breaking import join, penalty
from reelwright.media.typeset.line import paint_pictures
from reelwright.media.typeset.line import path as outline_of

UNDER: Final = 0.05
BAR: Final = 0.085
"""From a line's letters to the bar under strong ones, and how thick that is, in ems."""
_RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"})


@dataclass(frozen=True, slots=True)
class Ink:
    """One shaped line. Edges in ems from the pen's origin on the baseline; y grows downwards."""

    line: Line

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def left(self) -> float:
        return self.line.ink.left / EM

    @property
    def right(self) -> float:
        return self.line.ink.right / EM

    @property
    def top(self) -> float:
        return self.line.ink.top / EM

    @property
    def bottom(self) -> float:
        """With the bar that may lie under strong words."""
        bottom = self.line.ink.bottom / EM
        return max(bottom, 0.0) + UNDER + BAR if any(style == "strong" for *_, style in self.styled) else bottom

    @property
    def width(self) -> float:
        return max(1e-3, self.right - self.left)

    @property
    def height(self) -> float:
        return max(1e-3, self.bottom - self.top)

    @property
    def cap(self) -> float:
        """Height of the capitals; in scripts without them that of the face's Latin."""
        return self.line.cap / EM

    @property
    def has_pictures(self) -> bool:
        """Whether it holds emoji, which are not outlines."""
        return any(glyph.face.colour for glyph in self.line.glyphs)

    @property
    def styled(self) -> Styled:
        """What of its text is strong or struck."""
        return self.line.styled

    def path(self, size: float, x: float, y: float, *, of: Callable[[int], bool] | None = None) -> Any:
        """A new skia path with the pen's origin at (x, y). ``of``: which places of its text are in it."""
        return outline_of(self.line, size, x, y, of=of)

    def paint_pictures(self, canvas: Any, size: float, x: float, y: float, alpha: float) -> None:
        paint_pictures(canvas, self.line, size, x, y, alpha)


class Fitted(NamedTuple):
    """A line and its size in em pixels."""

    ink: Ink
    size: float

    @property
    def width(self) -> float:
        return self.ink.width * self.size

    @property
    def height(self) -> float:
        return self.ink.height * self.size


def ink(text: str, kind: Lettering, language: str) -> Ink:
    """One line in a kind of type, cased as the look has it. Raises ``MissingGlyphs``."""
    cased = capitals(text, language) if kind.upper else text
    return Ink(set_line(cased, stack_for(kind.role, language), tracking=kind.tracking, language=language))


def fit_block(
    text: str, kind: Lettering, language: str, width: float, height: float, max_lines: int, lead: float, largest: float
) -> list[Fitted]:
    """Lines of one size within ``width`` by ``height`` pixels."""
    cased = capitals(text, language) if kind.upper else text
    block = _fit_block(
        cased,
        stack_for(kind.role, language),
        width,
        height,
        max_lines=max_lines,
        lead=lead,
        max_size=largest,
        tracking=kind.tracking,
        language=language,
    )
    return [Fitted(Ink(line), block.size) for line in block.lines]


def fit_stack(
    text: str, kind: Lettering, language: str, width: float, height: float, gap: float, max_lines: int
) -> list[Fitted]:
    """A poster stack: each line as wide as ``width``, all together within ``height``."""
    cased = capitals(text, language) if kind.upper else text
    stack = _fit_stack(
        cased,
        stack_for(kind.role, language),
        width,
        height,
        gap=gap,
        max_lines=max_lines,
        tracking=kind.tracking,
        language=language,
    )
    return [Fitted(Ink(row.line), row.size) for row in stack.rows]


def halved(text: str, language: str) -> list[str]:
    """A line as two of nearly the same width, parted where it reads best; itself where it cannot be."""
    parts = units(text, language)
    whole = len(bare(text))

    def cost(cut: int) -> float:
        apart = abs(2 * len(bare(join(parts[:cut]))) - whole) / whole
        return apart + 2 * penalty(parts[cut - 1], parts[cut], language)

    cut = min(range(1, len(parts)), key=cost, default=0)
    return [join(parts[:cut]), join(parts[cut:])] if cut and cost(cut) < math.inf else [text]


def reads_rtl(texts: Iterable[str], language: str) -> bool:
    """Whether a frame with these words is mirrored: its language reads right to left, or its first words do."""
    if language.split("-")[0].lower() in _RTL_LANGUAGES:
        return True
    return any(first_strong(text) == "rtl" for text in texts)
