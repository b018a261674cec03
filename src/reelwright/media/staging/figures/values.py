"""The figures of a shot: digits, units and labels, and the values that lengths follow from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from reelwright.media.drawing.lettering import Ink
from reelwright.media.letters.word_styles import find_strong_words, split_styles, strip_styles
from reelwright.media.staging.numbers import typeset_count
from reelwright.media.staging.stage import Stage
from reelwright.reel.film.beats import FIGURE_ROLES
from reelwright.reel.film.written_numbers import read_values, split_at_digits

FIGURE_WORDS: Final = (*(role for role in FIGURE_ROLES if role != "source"), "steps")
"""The roles of words that a board, a list or a chart sets itself."""
UNIT: Final = 0.5
"""Height of a unit as a part of its digits', on a board. Source: films-judged.md 3."""
UNIT_IN_ROWS: Final = 0.72
"""The same in a chart, whose numbers are small."""
GAP: Final = 0.1
"""Ems of the digits between them and their unit."""
_LONGEST_UNIT: Final = 8

_ZEROS: Final = "\u0660\u06f0"
"""Zeros that are a dot, so that one alone has the first word of what it counts beside it: "0 dirhams"."""
_DOT: Final = 0.36
"""Ems of ink in height, below which a digit is a dot."""
_SWOLLEN: Final = 1.6
"""How many times as large as its font has it such a digit is drawn."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its digits with the sign before them, the unit after them, and what it counts."""

    digits: str
    unit: str
    label: str

    @property
    def number(self) -> str:
        """The number as it is written, with its unit."""
        return f"{self.digits} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class NumberInk:
    """A typeset number. ``steps``: what its digits show one after another while they count; the last one stays.

    ``part``: height of the unit as a part of the digits'.
    """

    steps: tuple[Ink, ...]
    unit: Ink | None
    part: float

    @property
    def width(self) -> float:
        """Ems from the first digit to the end of the unit, with which the size is fitted."""
        return self.digits_width + (GAP + self.part * self.unit.width if self.unit else 0.0)

    @property
    def digits_width(self) -> float:
        """Ems from the first digit to the end of the last one."""
        return self.full.width * self._swelling

    @property
    def _swelling(self) -> float:
        """How many times as large a digit is drawn that is a dot."""
        return _SWOLLEN if self.full.bottom - self.full.top < _DOT else 1.0

    @property
    def depth(self) -> float:
        """Ems that the digits, or the letters of the unit, hang under their baseline."""
        return max(self.full.bottom, self.part * self.unit.bottom if self.unit else 0.0)

    def place_digits(self, size: float, low: float) -> tuple[float, float]:
        """Return the em of the digits, and their baseline: an Arabic zero, which is a dot, is drawn larger than its
        font has it, in the middle of the height of other digits.
        """
        grown = size * self._swelling
        if grown == size:
            return size, low
        return grown, low - 0.5 * self.full.cap * size - 0.5 * (self.full.top + self.full.bottom) * grown

    @property
    def full(self) -> Ink:
        """The digits that stay."""
        return self.steps[-1]

    @property
    def height(self) -> float:
        """Ems from the top of the digits to their baseline."""
        return max(self.full.cap, -self.full.top)


def read_figures(stage: Stage) -> list[Figure]:
    """Read the figures of a shot, in order: the strong words of each are its number."""
    made = []
    for row in stage.get_words("figures").split("|"):
        number = find_strong_words(row) or strip_styles(row).strip()
        label = _cut_number(strip_styles(row).strip(), number, is_last=bool(stage.get_words("chart")))
        digits, unit = split_at_digits(number)
        if not stage.get_words("chart") and len(unit) > _LONGEST_UNIT:
            unit, label = "", f"{unit} {label}".strip()
        if not (stage.get_words("chart") or unit) and digits in _ZEROS and " " in label:
            unit, _, label = label.partition(" ")
        made.append(Figure(digits, unit, label))
    return made


def _cut_number(row: str, number: str, *, is_last: bool) -> str:
    """Return a row without its number, which a chart has last and a board first: "5 stars" beside 5 stays whole."""
    ends = (row.removesuffix(number), row.removeprefix(number))
    return next((rest for rest in (ends if is_last else ends[::-1]) if rest != row), row).strip()


def read_shares(figures: list[Figure]) -> list[Fraction]:
    """Return the value of each figure as a part of the largest; all are equal where they are no numbers of one unit."""
    values = read_values([figure.number for figure in figures]) or (Fraction(1),) * len(figures)
    largest = max(values)
    return [value / largest if largest else Fraction(0) for value in values]


def typeset_number(stage: Stage, figure: Figure, *, counts: bool) -> NumberInk:
    """Typeset a figure's number. ``counts``: its digits count up to it, where a number of its kind may."""
    steps = typeset_count(stage, is_alone=True, number=figure.digits, prefix="") if counts else []
    if (
        not counts or len(typeset_count(stage, is_alone=True, number=figure.number, prefix="")) == 1
    ):  # a price: it never counts
        steps = [stage.typeset(figure.digits, "number")]
    unit = stage.typeset(figure.unit, "number") if figure.unit else None
    return NumberInk(tuple(steps), unit, UNIT if counts else UNIT_IN_ROWS)


def get_title(stage: Stage) -> tuple[str, str]:
    """Return the words over a chart's numbers, and those over its labels; either may be empty."""
    return split_styles(stage.get_words("label"))[0], split_styles(stage.get_words("kicker"))[0]
