"""The typesetter: faces, shaping, both directions of writing, line breaking and fitting, down to paths.

``set_line`` shapes one line; ``fit_block`` and ``fit_stack`` choose breaks and size; ``make_path`` and ``paint_line``
draw. Everything before drawing is pure, cached and the same on every machine. The package loads skia: import it only
where you draw.
"""

from reelwright.media.letters.casing import to_capitals
from reelwright.media.letters.graphemes import clean_text, split_graphemes
from reelwright.media.letters.stacks import choose_stack
from reelwright.media.typeset.breaking import split_units
from reelwright.media.typeset.faces import EM
from reelwright.media.typeset.fitting import balance_lines, fit_block, fit_stack
from reelwright.media.typeset.line import Line, make_path, paint_line, paint_pictures, set_line

__all__ = [
    "EM",
    "Line",
    "balance_lines",
    "choose_stack",
    "clean_text",
    "fit_block",
    "fit_stack",
    "make_path",
    "paint_line",
    "paint_pictures",
    "set_line",
    "split_graphemes",
    "split_units",
    "to_capitals",
]
