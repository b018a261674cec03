"""Parts the steps of a numbered list, on one line or a line each: ``1 water it 2 loosen the roots 3 add soil``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reelwright.planner.certain.marks import fold
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token

_LEAST_STEPS, _MOST_WORDS = 3, 16
_PROBABILITY: Final = 0.95
_COMMAS: Final = ",;،、，"
_BEFORE_LIST: Final = SENTENCE_ENDS | {":", "："}
_BEHIND_NUMBER: Final = ".):）．、-–"
STEP_WORDS: Final = frozenset(  # a row
    "step schritt etape paso passo passaggio stap krok adim шаг steg trin tip tipp conseil consejo dica consiglio rule"  # noqa: SIM905
    " regel regle regla".split()
)
"""Words before the numbers of a list that say nothing beside them: ``Step 1``, and not ``Day 1``."""


def split_steps(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with each step of a list that is numbered from 1 on and stands on one line as a fact. Pure."""
    made = list(spans)
    for start, steps in _list_lists(tokens):
        listed = (start, steps[-1][1])
        made = [part for one in made for part in cut_span(one, *listed)]
        for first, end in steps:
            made.append(TaggedSpan(label="fact", first=first, end=end, probability=_PROBABILITY))
    return sorted(made, key=lambda one: one.first)


def _list_lists(tokens: Sequence[Token]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield where each list begins, and its steps [first, end), at least ``_LEAST_STEPS``."""
    line: list[int] = []
    for n in range(len(tokens) + 1):
        if n < len(tokens) and tokens[n].kind != "line":
            line.append(n)
            continue
        if line and (found := _read_line(tokens, line)):
            yield found
        line = []


def _read_line(tokens: Sequence[Token], line: Sequence[int]) -> tuple[int, list[tuple[int, int]]] | None:
    """Return where the list of one line begins, and its steps: of numbers that a sign marks, without them and without
    the word before each, ``Step 1:``; else of bare ones, with them.

    Of bare numbers the first begins the line or a sentence, or stands behind a colon; and they stay on screen, since
    they may count something: "1 kg flour 2 eggs 3 cups milk".
    """
    for is_marked in (True, False):
        heads: list[int] = []
        for n in line:
            if tokens[n].kind != "number":
                continue
            if not is_marked and tokens[n].text == "1" and (n == line[0] or tokens[n - 1].text in _BEFORE_LIST):
                heads = [n]
            elif tokens[n].text == str(len(heads) + 1) and (
                _has_sign(tokens, n, line[-1]) if is_marked else heads and tokens[n - 1].text not in _COMMAS
            ):
                heads.append(n)
        words = {fold(tokens[head - 1].text) if head > line[0] else "" for head in heads}
        is_named = len(words) == 1 and all(tokens[head - 1].kind == "word" for head in heads if head > line[0])
        is_named &= words != {""}
        made = []
        for k, head in enumerate(heads):
            first = head + 1 + _has_sign(tokens, head, line[-1]) if is_marked else head
            first = head - 1 if is_named and not words <= STEP_WORDS else first
            end = heads[k + 1] - is_named if k + 1 < len(heads) else _find_end(tokens, first, line[-1] + 1)
            if 0 < sum(tokens[n].kind == "word" for n in range(first, end)) <= _MOST_WORDS:
                made.append((first, end))
        if len(made) == len(heads) >= _LEAST_STEPS:
            return heads[0] - is_named, made
    return None


def _has_sign(tokens: Sequence[Token], head: int, last: int) -> bool:
    return head < last and tokens[head + 1].text in _BEHIND_NUMBER


def _find_end(tokens: Sequence[Token], first: int, end: int) -> int:
    """Return the token that ends the last step: the end of its sentence."""
    return next((n for n in range(first, end) if tokens[n].text in SENTENCE_ENDS), end)
