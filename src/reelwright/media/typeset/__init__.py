"""Sets type: faces, shaping, both directions of writing, line breaking and fitting, down to paths.

``set_line`` shapes one line; ``fit_block`` and ``fit_stack`` choose breaks and size; ``path`` and ``paint_line`` draw.
Everything before drawing is pure, cached and the same on every machine. Loads skia: import it only where one draws.
"""

from reelwright.media.letters.casing import capitals
from reelwright.media.letters.graphemes import graphemes, readable
from reelwright.media.letters.stacks import stack_for
from reelwright.media.typeset.breaking import Unit, hard_lines, units
from reelwright.media.typeset.cover import missing
from reelwright.media.typeset.faces import EM, Face, face, stack
from reelwright.media.typeset.fitting import Block, Row, Stack, balanced, fit_block, fit_stack, natural_size
from reelwright.media.typeset.line import Glyph, Ink, Line, cluster_paths, paint_line, paint_pictures, path, set_line

__all__ = [
    "EM",
    "Block",
    "Face",
    "Glyph",
    "Ink",
    "Line",
    "Row",
    "Stack",
    "Unit",
    "balanced",
    "capitals",
    "cluster_paths",
    "face",
    "fit_block",
    "fit_stack",
    "graphemes",
    "hard_lines",
    "missing",
    "natural_size",
    "paint_line",
    "paint_pictures",
    "path",
    "readable",
    "set_line",
    "stack",
    "stack_for",
    "units",
]
