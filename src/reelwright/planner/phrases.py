"""Splits a line that may be told on several screens: at a comma, before "and" or "who", not after a little word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations, pairwise
from typing import Final

from reelwright.planner.certain.marks import fold, list_mark_words

_MOST_PHRASES: Final = 4
_LITTLE_WORDS: Final = {1: 1.0, 2: 1.0, 3: 1.0, 4: 0.35}
"""How bad it is to end a phrase with a word of so many letters: "the", "of", "into"."""
_MOST_WORDS: Final = 60


def split_phrases(text: str, count: int) -> tuple[str, ...]:
    """Split ``text`` into ``count`` phrases that are about as long as one another; fewer where it has fewer words.

    Words are kept letter by letter; commas at the ends are left off. Pure.
    """
    words = text.split()
    count = min(count, len(words), _MOST_PHRASES)
    if count < 2 or len(words) > _MOST_WORDS:
        return (text,)
    fair = sum(map(len, words)) / count

    def judge(cuts: tuple[int, ...]) -> float:
        ends = (0, *cuts, len(words))
        lengths = [sum(map(len, words[a:b])) for a, b in pairwise(ends)]
        return sum(abs(length - fair) for length in lengths) + fair * sum(_judge_cut(words, cut) for cut in cuts)

    cuts = min(combinations(range(1, len(words)), count - 1), key=judge)
    return tuple(" ".join(words[a:b]).strip(" ,;") for a, b in pairwise((0, *cuts, len(words))))


def _judge_cut(words: Sequence[str], cut: int) -> float:
    """Return how bad it is to end a phrase before the word ``cut``, from -1 to 1."""
    before, after = words[cut - 1], words[cut]
    if before[-1] in ",;:—–":
        return -0.8
    if fold(after) in _list_beginnings():
        return -0.6
    if fold(before) in _list_beginnings():
        return 1
    return _LITTLE_WORDS.get(len(before), 0) - 0.3 * (fold(after) in list_mark_words("going_on"))


@cache
def _list_beginnings() -> frozenset[str]:
    """Return the words at which a phrase begins: those that join, and those that turn."""
    return list_mark_words("joining") | list_mark_words("turning")
