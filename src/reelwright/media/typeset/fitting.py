"""Words fitted into a box: one size in balanced lines, or a poster stack in which each line fills the width."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations, pairwise
from typing import Final
from unicodedata import east_asian_width

from reelwright.errors import BadInput
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.typeset.bidi import Direction, choose_direction
from reelwright.media.typeset.breaking import (
    Unit,
    compute_penalty,
    has_sentence_end_inside,
    is_connective,
    join_units,
    split_hard_lines,
    split_units,
)
from reelwright.media.typeset.faces import EM
from reelwright.media.typeset.line import Line, set_line

MOST_TRIED: Final = 600
"""Most ways to break a text that are all tried; beyond that lines are only filled evenly."""
MOST_WEIGHED: Final = 80
"""Most units whose breaks are weighed; a longer text is broken at equal shares."""
_MORE_LINES: Final = 0.03
"""Cost of each line of a block: of two ways in one size the one with fewer lines is read sooner."""
_RUNNING: Final = 1.2
"""Pitch in ems from which a block is small text, which fills no box: the fewer its lines, the sooner it is read."""
_FULL: Final = 0.6
"""Share of a box's height from which a block fills it."""
_FILL: Final = 0.18
"""How much a block loses that leaves most of an upright box bare, where more lines could be larger."""
_LEAST_EVEN: Final = 0.6
"""Rate of the most uneven lines: words that are much smaller without them stay large."""
_CONNECTIVE: Final = 1.0
"""How much a poster stack loses for each line that is but a preposition or a conjunction."""
STEEPEST: Final = 3.2
"""Ratio of line heights above which a poster stack looks like a mistake. Source: looks/README.md 0, read 2026-11-20."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one ``size`` in pixels, ``pitch`` pixels from baseline to baseline. ``height``: of the ink.

    The first baseline stands ``-lines[0].ink.top * size/1000`` below the top of the ink.
    """

    size: float
    lines: tuple[Line, ...]
    pitch: float
    width: float
    height: float

    @property
    def ascent(self) -> float:
        """Pixels from the top of the ink to the first baseline."""
        return -self.lines[0].ink.top * self.size / EM


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a stack: its own size and the height of its ink, in pixels."""

    line: Line
    size: float
    height: float


@dataclass(frozen=True, slots=True)
class Stack:
    """Rows from the top. ``scale`` below 1: all were made smaller than the width to fit the height."""

    rows: tuple[Row, ...]
    gap: float
    height: float
    scale: float


Setting = tuple[tuple[str, ...], float, str, Direction]
"""stack, tracking, language, direction"""


def fit_block(
    text: str,
    stack: tuple[str, ...],
    width: float,
    height: float,
    *,
    max_lines: int = 3,
    lead: float = 1.06,
    max_size: float = math.inf,
    tracking: float = 0,
    language: str = "en",
    keep: tuple[str, ...] = (),
) -> Block:
    """Fit ``text`` within ``width`` x ``height`` pixels in at most ``max_lines`` lines of one size, in the best way.

    ``lead``: pitch in ems. ``|`` in the text is the only place to break then. Compare ``Block.size`` with the size
    wanted: a very long word makes it small. Raises ``BadInput`` on text without a visible character.
    """
    setting = _setting(text, stack, tracking, language)
    best: tuple[float, float, list[Line]] | None = None
    for parts, cost in _ways(text, language, keep, max_lines, setting):
        lines = [_line(part, setting) for part in parts]
        size = _size_that_fits(lines, width, height, lead, max_size)
        even = measure_evenness([line.ink.width for line in lines], list(map(len, parts)))
        score = size * (1 - 0.35 * _raggedness(lines) - cost - _MORE_LINES * len(lines)) * even
        if size < max_size and lead < _RUNNING:
            score *= min(1.0, size / EM * _block_height(lines, lead) / height / _FULL) ** _FILL
        if best is None or score > best[0]:
            best = (score, size, lines)
    assert best is not None
    _, size, found = best
    return Block(
        size=size,
        lines=tuple(found),
        pitch=size * lead,
        width=max(line.ink.width for line in found) * size / EM,
        height=_block_height(found, lead) * size / EM,
    )


def fit_stack(
    text: str,
    stack: tuple[str, ...],
    width: float,
    height: float,
    *,
    gap: float,
    max_lines: int = 4,
    max_ink: float = math.inf,
    tracking: float = 0,
    language: str = "en",
    keep: tuple[str, ...] = (),
) -> Stack:
    """Fit a poster stack: every line is as wide as ``width`` by its ink, ``gap`` pixels of air between the inks.

    The text is broken so that the stack comes nearest to ``height``; all rows are scaled down together where it is too
    tall. ``max_ink``: tallest ink of one row, in pixels. Raises ``BadInput`` on text without a visible character.
    """
    setting = _setting(text, stack, tracking, language)
    best: tuple[float, Stack] | None = None
    for parts, cost in _ways(text, language, keep, max_lines, setting):
        made = _stacked([_line(part, setting) for part in parts], width, height, gap, max_ink)
        alone = sum(is_connective(join_units(part), language) for part in parts)
        score = _stack_score(made, height) - 0.1 * cost - _orphan_rows(parts) - _CONNECTIVE * alone
        if best is None or score > best[0]:
            best = (score, made)
    assert best is not None
    return best[1]


def balance_lines(
    text: str,
    stack: tuple[str, ...],
    size: float,
    width: float,
    max_lines: int,
    *,
    language: str = "en",
    keep: tuple[str, ...] = (),
) -> list[Line] | None:
    """Set the fewest lines of ``size`` pixels that are no wider than ``width``, broken best;
    None where that needs more than ``max_lines``.

    For running text: only a line feed is a hard break here, ``|`` is a character like any other.
    """
    setting = _setting(text, stack, 0, language)
    hard = text.split("\n")
    if len(hard) > 1:
        lines = [set_line(part, stack, language=language, direction=setting[3]) for part in hard]
        fits = len(lines) <= max_lines and max(line.advance for line in lines) * size / EM <= width
        return lines if fits else None
    by_count: dict[int, tuple[float, list[Line]]] = {}
    for parts, cost in _ways(text, language, keep, max_lines, setting, hard=False):
        count = len(parts)
        if any(fewer < count for fewer in by_count):
            break
        lines = [_line(part, setting) for part in parts]
        if max(line.advance for line in lines) * size / EM > width:
            continue
        ugly = 3 * _raggedness(lines) + _orphan(parts, lines) + _top_heavy(lines) + cost
        if count not in by_count or ugly < by_count[count][0]:
            by_count[count] = (ugly, lines)
    return by_count[min(by_count)][1] if by_count else None


def _setting(text: str, stack: tuple[str, ...], tracking: float, language: str) -> Setting:
    return (stack, tracking, language, choose_direction(text, language))


def _line(parts: Sequence[Unit], setting: Setting) -> Line:
    stack, tracking, language, direction = setting
    return set_line(join_units(parts), stack, tracking=tracking, language=language, direction=direction)


def _ways(
    text: str, language: str, keep: tuple[str, ...], max_lines: int, setting: Setting, *, hard: bool = True
) -> Iterator[tuple[list[tuple[Unit, ...]], float]]:
    """Yield the ways to break the text, fewest lines first, each with the sum of its breaks' costs."""
    lines = [split_units(part, language, keep) for part in (split_hard_lines(text) if hard else [text])]
    if not lines or not any(lines):
        raise BadInput("text", text, "text with at least one visible character")
    if len(lines) > 1:
        yield lines, 0.0
        return
    parts = lines[0]
    costs = [compute_penalty(left, right, language) for left, right in pairwise(parts)]
    yield [parts], _inside_cost([parts])
    for count in range(2, min(max_lines, len(parts)) + 1):
        if math.comb(len(parts) - 1, count - 1) <= MOST_TRIED:
            chosen: Iterator[tuple[int, ...]] = combinations(range(1, len(parts)), count - 1)
        else:
            chosen = iter([_even_cuts(parts, costs, count, setting)])
        for cuts in chosen:
            cost = sum(costs[cut - 1] for cut in cuts)
            if cost < math.inf:
                parted = [parts[start:end] for start, end in pairwise((0, *cuts, len(parts)))]
                yield parted, cost + _inside_cost(parted)


def _inside_cost(lines: Sequence[Sequence[Unit]]) -> float:
    return 0.2 * sum(map(has_sentence_end_inside, lines)) if len(lines) > 1 else 0.0


def _even_cuts(parts: tuple[Unit, ...], costs: list[float], count: int, setting: Setting) -> tuple[int, ...]:
    """Return the cuts that make ``count`` lines most alike in width,
    by dynamic programming over the units' own widths.
    """
    widths = [_line((unit,), setting).advance for unit in parts]
    sums = [0.0, *accumulate(widths)]
    mean = sums[-1] / count
    if len(parts) > MOST_WEIGHED:
        return _nearest_cuts(sums, count)

    def uneven(start: int, end: int) -> float:
        return ((sums[end] - sums[start] - mean) / mean) ** 2

    total = len(parts)
    best: list[dict[int, tuple[float, tuple[int, ...]]]] = [{0: (0.0, ())}]
    for line in range(1, count + 1):
        here: dict[int, tuple[float, tuple[int, ...]]] = {}
        for end in range(line, total - (count - line) + 1):
            price = 0.0 if end == total else min(costs[end - 1], 1e6)
            options = (
                (cost + uneven(start, end) + price, (*cuts, end))
                for start, (cost, cuts) in best[-1].items()
                if start < end
            )
            here[end] = min(options)
        best.append(here)
    return best[-1][total][1][:-1]


def _nearest_cuts(sums: Sequence[float], count: int) -> tuple[int, ...]:
    """Return the cuts nearest to equal shares, each at least one unit after the one before."""
    cuts: list[int] = []
    for line in range(1, count):
        nearest = bisect_left(sums, sums[-1] * line / count)
        lowest, highest = (cuts[-1] + 1 if cuts else 1), len(sums) - 1 - (count - line)
        cuts.append(min(max(nearest, lowest), highest))
    return tuple(cuts)


def _size_that_fits(lines: Sequence[Line], width: float, height: float, lead: float, max_size: float) -> float:
    widest = max(line.ink.width for line in lines) or EM
    tall = _block_height(lines, lead) or EM
    return min(width / widest * EM, height / tall * EM, max_size)


def _block_height(lines: Sequence[Line], lead: float) -> float:
    """Return the ink height in thousandths of an em: from the first line's top to the last line's bottom."""
    return -lines[0].ink.top + (len(lines) - 1) * lead * EM + max(0.0, lines[-1].ink.bottom)


def _raggedness(lines: Sequence[Line]) -> float:
    widths = [line.ink.width for line in lines]
    mean = sum(widths) / len(widths)
    return sum((w - mean) ** 2 for w in widths) / len(widths) / (max(widths) or 1) ** 2


def measure_evenness(widths: Sequence[float], words: Sequence[int]) -> float:
    """Measure how even the lines of a broken text are, from 1 for even ones down to 0.6. ``words``: in each line.

    A short word alone beside a long line ("Every | loaf is shaped by hand.") looks like a mistake, wherever it stands.
    """
    if len(widths) < 2:
        return 1.0
    ratios = [width / (max(widths) or 1) for width in widths]
    if sum(words) == 2:  # each stands alone however they are broken
        return max(_LEAST_EVEN, min(1.0, 0.5 + min(ratios)))
    lost = sum(_compute_loss(ratio, count) for ratio, count in zip(ratios, words, strict=True))
    if len(ratios) > 2 and words[-1] == 1 and ratios[-1] >= 0.5:
        lost -= 0.5 * _compute_loss(ratios[-1], 1)  # a long word may end a column of lines
    alone = sum(count == 1 and ratio < 0.5 for ratio, count in zip(ratios, words, strict=True))
    least = _LEAST_EVEN - 0.12 * max(0, alone - 1)
    return max(least, 1 - lost - 0.3 * sum((1 - ratio) ** 2 for ratio in ratios) / len(ratios))


def _compute_loss(ratio: float, words: int) -> float:
    if words == 1:
        return 0.3 if ratio < 0.5 else 0.12 if ratio < 0.66 else 0.0
    return 0.1 if ratio < 0.4 else 0.0


def _orphan(parts: Sequence[Sequence[Unit]], lines: Sequence[Line]) -> float:
    """Return the cost of a last line of one short word, which looks lost."""
    if len(parts) < 2 or sum(map(len, parts)) <= 3:
        return 0.0
    widest = max(line.ink.width for line in lines)
    short = lines[-1].ink.width < 0.35 * widest
    return 0.25 if short else 0.08 if len(parts[-1]) == 1 and lines[-1].ink.width < 0.5 * widest else 0.0


def _top_heavy(lines: Sequence[Line]) -> float:
    """Return the cost of a first line wider than the last:
    captions read best as a pyramid on its wide side (craft.md 4.5).
    """
    return 0.02 if len(lines) > 1 and lines[0].ink.width > lines[-1].ink.width else 0.0


def _orphan_rows(parts: Sequence[Sequence[Unit]]) -> float:
    """Return the cost of words of three letters or fewer that fill a row by themselves beside other rows;
    a wide letter counts as two.
    """
    if len(parts) < 2:
        return 0.0
    return 0.6 * sum(
        len(row) == 1 and _letters(text.strip(".!?,")) <= 3 and text[:1].isalpha()
        for row in parts
        for text in (strip_styles(row[0].text),)
    )


def _letters(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _stacked(lines: Sequence[Line], width: float, height: float, gap: float, max_ink: float) -> Stack:
    sizes = [min(width / (line.ink.width or EM), max_ink / (line.ink.height or EM)) * EM for line in lines]
    inks = [line.ink.height * size / EM for line, size in zip(lines, sizes, strict=True)]
    air = gap * (len(lines) - 1)
    scale = min(1.0, max(0.05, (height - air) / sum(inks)))
    rows = tuple(Row(line, size * scale, ink * scale) for line, size, ink in zip(lines, sizes, inks, strict=True))
    return Stack(rows=rows, gap=gap, height=sum(inks) * scale + air, scale=scale)


def _stack_score(made: Stack, height: float) -> float:
    inks = [row.height for row in made.rows]
    steep = max(inks) / min(inks)
    thinnest = inks.index(min(inks))
    misplaced = 0.1 if steep > 1.6 and 0 < thinnest < len(inks) - 1 else 0.0
    misplaced += 0.1 if steep > 2.8 and 0 < thinnest == len(inks) - 1 else 0.0
    return made.height / height - 0.5 * (1 - made.scale) - max(0.0, steep - STEEPEST) * 0.12 - misplaced
