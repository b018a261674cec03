"""Learns what judges by the random field: which words are the name, and which pieces may stand on screen.

Both learn from briefs that the field which marked them was not trained on, as they will be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reelwright.planner.reading.names.ranking import Surroundings, describe_run, get_text, list_runs
from reelwright.planner.reading.read import Reader
from reelwright.planner.reading.tagger import ReaderWeights
from tools.reader.corpus import Example
from tools.reader.evaluate import list_showable, measure_showable
from tools.reader.fitting import Rows, judge_each, judge_groups

LEAST_ROWS_OF_NAMES, RIDGE_OF_NAMES = 40, 1.0
LEAST_ROWS_OF_PIECES, RIDGE_OF_PIECES = 12, 20.0
LEAST_SHARE = 0.7
"""Least share of the letters of a piece that may be shown: "The museum informs that the hall is closed" is a line that
one may show, though its labels leave out "informs that".
"""
Marked = Sequence[tuple[ReaderWeights, Sequence[Example]]]
"""Briefs, each list with what marks it."""


def learn_names(marked: Marked) -> dict[str, float]:
    """Return the weights of ``choose_name``."""
    rows = Rows()
    for weights, example in _list_pairs(marked):
        add_names(rows, weights, example)
    return rows.fit(judge_groups, least=LEAST_ROWS_OF_NAMES, ridge=RIDGE_OF_NAMES)


def learn_pieces(marked: Marked) -> dict[str, float]:
    """Return the weights of ``review_pieces``, for names and spans as they are in what marks the briefs."""
    rows = Rows()
    for weights, example in _list_pairs(marked):
        add_pieces(rows, weights, example)
    return rows.fit(judge_each, least=LEAST_ROWS_OF_PIECES, ridge=RIDGE_OF_PIECES)


def add_names(rows: Rows, weights: ReaderWeights, example: Example) -> None:
    """Add the runs of words of ``example`` that may be its name as a group, each right or wrong."""
    reader = Reader(example.text, None, weights)
    if not reader.tokens:
        return
    names = {" ".join(example.text[a:b].split()).casefold() for a, b, label in example.spans if label == "name"}
    around = Surroundings(reader.observed, reader.read_spans)
    rows.begin_group()
    for run in list_runs(reader.observed, reader.read_spans):
        is_right = get_text(reader.observed, *run) in names
        rows.add(describe_run(reader.observed, around, *run), is_right=is_right)


def add_pieces(rows: Rows, weights: ReaderWeights, example: Example) -> None:
    """Add the pieces that the ``weights`` and the rules read of ``example``, each as it may stand on screen or not."""
    reader = Reader(example.text, None, weights)
    name, pieces = reader.read_pieces()
    if not pieces:
        return
    may, review = list_showable(example), reader.make_review(pieces, name)
    rows.begin_group()
    for n, piece in enumerate(pieces):
        share = measure_showable(example.text, piece.text, may)
        rows.add(review.describe(n), is_right=share >= LEAST_SHARE)


def _list_pairs(marked: Marked) -> Iterable[tuple[ReaderWeights, Example]]:
    return ((weights, example) for weights, examples in marked for example in examples)
