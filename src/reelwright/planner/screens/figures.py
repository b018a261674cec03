"""Figures and items that stand together: neighbours that are each a number with a label, or an item of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from reelwright.media.letters.graphemes import measure_width
from reelwright.planner.screens.charts import split_rows
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.screens.wording import MAX_SCREEN_LETTERS
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.film.markup import BREAK, LABEL_ENDS, escape_marks, parse_pieces, to_plain_text

MAX_FIGURES: Final = 5
"""Most figures of one board; more make several boards."""
ITEMS_RANGE: Final = (3, 6)
"""Fewest and most items of a list that stand together; more make several screens."""
_LEAST_ROWS: Final = 2
"""Fewest items with a label that stand together."""
_MOST_ITEM_CELLS, _MOST_ROW_CELLS = 40, 72
"""Most columns of letters of an item, and of one with a label."""
_MOST_NUMBER_LETTERS: Final = 16
_MOST_LABEL_LETTERS: Final = 60


def gather_figures(parts: Sequence[ScriptPart]) -> tuple[ScriptPart, ...]:
    """Join neighbouring parts that are each a number and what it counts, up to five to a board, and short items of a
    list, three to six. Pure.

    Parts of other beats of the script stay apart, and those with a picture, a length or a spoken line of their own. A
    figure that is looked at once more stands alone: nothing stands twice on a board.
    """
    made: list[ScriptPart] = []
    places: list[int] = []  # of each part in ``made``
    for group in _group(parts):
        places += [len(made)] * len(group)
        made.append(_join(group) if len(group) > 1 else group[0])
    first = {place: at for at, place in reversed(list(enumerate(places)))}
    for place, part in enumerate(made):
        if part.spoken_over:  # else it is heard over its own screen alone
            end = min(first[place] + part.spoken_over, len(parts))
            made[place] = replace(part, spoken_over=max(1, places[end - 1] - place + 1))
    return tuple(made)


def _group(parts: Sequence[ScriptPart]) -> list[list[ScriptPart]]:
    """Divide parts into those that stand together; most stand alone."""
    runs: list[list[ScriptPart]] = []
    for part in parts:
        if runs and _can_follow(runs[-1][-1], part) and all(one.words != part.words for one in runs[-1]):
            runs[-1].append(part)
        else:
            runs.append([part])
    return [group for run in runs for group in _divide(run)]


def _can_follow(before: ScriptPart, part: ScriptPart) -> bool:
    is_alike = (_is_figure(before) and _is_figure(part)) or (
        _is_short_item(before) and _is_short_item(part) and _has_label(before) == _has_label(part)
    )
    return is_alike and "source" not in before.words and before.turn == part.turn and not part.spoken_text


def _is_short_item(part: ScriptPart) -> bool:
    """Return whether a part is an item of plain words, with or without a label, which needs no screen of its own."""
    if not part.is_item or part.picture or part.length_ms is not None or part.model or part.voice:
        return False
    if not {"line"} <= set(part.words) <= {"line", "source"}:
        return False
    pieces, is_row = parse_pieces(part.words["line"]), _has_label(part)
    is_plain = all(piece.style == "plain" and "\n" not in piece.text for piece in pieces[is_row:])
    text, most = to_plain_text(part.words["line"]), _MOST_ROW_CELLS if is_row else _MOST_ITEM_CELLS
    return is_plain and BREAK not in text and measure_width(text) <= most and any(map(str.isalpha, text))


def _has_label(part: ScriptPart) -> bool:
    return is_labelled(part.words.get("line", ""))


def is_labelled(words: str) -> bool:
    """Return whether words begin with a label, ``**Friday:** Alma Reyes``, and say something behind it."""
    pieces = parse_pieces(words)
    return len(pieces) > 1 and pieces[0].style == "strong" and pieces[0].text.endswith(LABEL_ENDS)


def _is_figure(part: ScriptPart) -> bool:
    words = part.words
    if part.role != "proof" or part.picture or part.length_ms is not None or part.model or part.voice:
        return False
    if not {"number", "label"} <= set(words) <= {"number", "label", "source"}:
        return False
    styled = any(piece.style != "plain" or "\n" in piece.text for piece in parse_pieces(words["label"]))
    short = len(words["number"]) <= _MOST_NUMBER_LETTERS and len(to_plain_text(words["label"])) <= _MOST_LABEL_LETTERS
    return short and not styled and BREAK not in words["number"]


def _divide(run: Sequence[ScriptPart]) -> list[list[ScriptPart]]:
    """Divide a run into boards as equal as can be, none with more figures or letters than one screen holds."""
    is_listed = run[0].is_item
    least = (_LEAST_ROWS if _has_label(run[0]) else ITEMS_RANGE[0]) if is_listed else 2
    if len(run) < least:
        return [[part] for part in run]
    for count in range(-(-len(run) // (ITEMS_RANGE[1] if is_listed else MAX_FIGURES)), len(run) + 1):
        ends = [round(n * len(run) / count) for n in range(count + 1)]
        boards = [list(run[start:end]) for start, end in pairwise(ends)]
        if all(sum(len(to_plain_text(_spell(one))) for one in board) <= MAX_SCREEN_LETTERS for board in boards):
            break
    return boards


def _join(group: Sequence[ScriptPart]) -> ScriptPart:
    source = {key: text for part in group for key, text in part.words.items() if key == "source"}
    return replace(
        group[0],
        role="proof",
        key=compute_digest(["figures", *(part.key for part in group)]),
        markdown="\n\n".join(part.markdown for part in group if part.markdown),
        words={"figures": f" {BREAK} ".join(map(_spell, group)), **source},
    )


def _spell(part: ScriptPart) -> str:
    if part.is_item:
        return part.words["line"]
    return f"**{part.words['number']}** {part.words['label']}"


def split_items(words: Mapping[str, str]) -> list[str]:
    """Split the words of a list into its items, each with its marks; empty where a row has a number: it is a board."""
    if "figures" not in words or words.get("chart"):
        return []
    rows = split_rows(words["figures"])
    figures = (row for row in rows if not is_labelled(row))
    is_list = len(rows) > 1 and not any(piece.style == "strong" for row in figures for piece in parse_pieces(row))
    return rows if is_list and all(any(map(str.isalpha, row)) for row in rows) else []


def split_figures(words: Mapping[str, str]) -> list[dict[str, str]]:
    """Split the words of a board into those of one screen for each figure; empty where it is no board."""
    if "figures" not in words or words.get("chart") or split_items(words):
        return []
    made = []
    for row in split_rows(words["figures"]):
        pieces = parse_pieces(row)
        strong = [piece.text for piece in pieces if piece.style == "strong"][:1]
        number = strong[0] if strong else to_plain_text(row)  # as it is drawn: a row without strong words is a number
        label = "".join(piece.text for piece in pieces if piece.style != "strong") if strong else ""
        made.append({"number": escape_marks(number.strip()), "label": escape_marks(label.strip())})
    return made
