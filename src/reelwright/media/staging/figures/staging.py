"""The staging of figures together: in a look's skin on a board, as rows, as a list of words, or as a chart."""

from __future__ import annotations

from collections.abc import Callable

from reelwright.media.staging.figures.board import set_board
from reelwright.media.staging.figures.charts import set_chart
from reelwright.media.staging.figures.labelled_rows import list_labelled_rows, set_labelled_rows
from reelwright.media.staging.figures.skin import FigureSkin
from reelwright.media.staging.figures.word_list import list_words, set_word_list
from reelwright.media.staging.lines import list_steps
from reelwright.media.staging.stage import Stage


def make_figures(skin: type[FigureSkin]) -> Callable[[Stage], None]:
    """Make the staging that sets figures in a look's ``skin``."""

    def set_figures(stage: Stage) -> None:
        if rows := list_labelled_rows(stage):
            set_labelled_rows(skin(stage), rows)
            return
        steps = [] if stage.get_words("figures") else list_steps(stage)
        if items := list_words(stage) or steps:
            set_word_list(skin(stage), items, are_steps=bool(steps))
            return
        (set_chart if stage.get_words("chart") else set_board)(skin(stage))

    return set_figures


set_plain_figures = make_figures(FigureSkin)
"""Sets figures in the colours of a look that has no skin for them."""
