"""The typesetter: faces, shaping, both directions of writing, line breaking and fitting, down to paths.

``set_line`` shapes one line; ``fit_block`` and ``fit_stack`` choose breaks and size; ``make_path`` and ``paint_line``
draw. Everything before drawing is pure, cached and the same on every machine. The package loads skia: import it only
where you draw.
"""

from reelwright.media.letters.casing import to_capitals
from reelwright.media.letters.graphemes import clean_text, split_graphemes
from reelwright.media.letters.stacks import choose_stack
from reelwright.media.typeset.breaking import Unit, split_hard_lines, split_units
from reelwright.media.typeset.face_choice import find_missing
from reelwright.media.typeset.faces import EM, Face, load_face, load_stack
from reelwright.media.typeset.fitting import Block, Row, Stack, balance_lines, fit_block, fit_stack
from reelwright.media.typeset.line import Glyph, InkBounds, Line, make_path, paint_line, paint_pictures, set_line

__all__ = [
    "EM",
    "Block",
    "Face",
    "Glyph",
    "InkBounds",
    "Line",
    "Row",
    "Stack",
    "Unit",
    "balance_lines",
    "choose_stack",
    "clean_text",
    "find_missing",
    "fit_block",
    "fit_stack",
    "load_face",
    "load_stack",
    "make_path",
    "paint_line",
    "paint_pictures",
    "set_line",
    "split_graphemes",
    "split_hard_lines",
    "split_units",
    "to_capitals",
]
