"""Figures of a number stand evenly beside each other in every look, whatever widths their faces give them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from media.animatic_words import SMALL, asked
from reelwright.media.drawing.lettering import Ink
from reelwright.media.looks.registry import list_look_names, load_look
from reelwright.media.staging.stage import Stage
from reelwright.media.typeset.line import measure_bounds


def list_gaps(ink: Ink) -> list[float]:
    """List the thousandths of an em between the inks of neighbours."""
    inks = [bounds for glyph in ink.line.glyphs if (bounds := measure_bounds(glyph))]
    return [after[0] - before[2] for before, after in pairwise(inks)]


@pytest.mark.parametrize("look", list_look_names())
def test_no_figures_of_a_number_fall_apart_or_run_into_each_other(look: str) -> None:
    for number, language, most in (
        ("١٢", "ar", 121), ("71 %", "en", 201), ("1,911", "en", 121), ("0 ₪", "he", 201), ("२४", "hi", 121),
    ):  # fmt: skip
        stage = Stage(
            asked("proof", {"number": number}, SMALL["16:9"], look=look, language=language), load_look(look), []
        )
        [fitted] = stage.fit_block(number, 400, 200, kind="number", lines=1)
        assert fitted.ink.width * fitted.size <= 400.01
        for ink in (stage.typeset(number, "number"), fitted.ink):
            assert all(41 < gap < most for gap in list_gaps(ink)), (number, list_gaps(ink))
