"""When each phrase of a line is heard: from its first word to its last, by the voice's own timings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from reelwright.reel.plan import Timed

_LEAST_ALIKE = 2
"""Letters in a row that must be the same before what is read is taken for what is said."""


@lru_cache(maxsize=512)
def heard_at(phrases: tuple[str, ...], timed: Timed) -> tuple[tuple[int, int], ...]:
    """First and last millisecond of each phrase, in order; none overlaps the one before it.

    Letter by letter, so that scripts without spaces are timed alike. What is read otherwise than it is said (a
    correction, a number) lies between what both have. ``timed`` holds at least one letter.
    """
    said = [letter for word in timed for letter in _letters(*word)]
    read = [letter for phrase in phrases for letter in _seen(phrase)]
    where = _said_at([letter for letter, _, _ in said], read)
    found: list[tuple[int, int]] = []
    at = last = 0
    for phrase in phrases:
        end = at + len(_seen(phrase))
        first = max(last, _moment(said, where, at, 0)) if end > at else last
        last = max(first, _moment(said, where, end - 1, 1)) if end > at else last
        found.append((first, last))
        at = end
    return tuple(found)


def _seen(text: str) -> list[str]:
    return [letter.casefold() for letter in text if not letter.isspace()]


def _letters(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """A word's letters share its time evenly."""
    seen = _seen(text)
    share = [start + (end - start) * n // len(seen) for n in range(len(seen) + 1)] if seen else []
    return list(zip(seen, share, share[1:], strict=False))


def _said_at(said: Sequence[str], read: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs (place in what is read, place in what is said) of letters that are the same, with both ends as posts."""
    if said == read:
        pairs = [(n, n) for n in range(len(read))]
    else:
        blocks = SequenceMatcher(None, read, said, autojunk=False).get_matching_blocks()
        alike = [block for block in blocks if block.size >= _LEAST_ALIKE]
        pairs = [(block.a + n, block.b + n) for block in alike for n in range(block.size)]
    return [(-1, -1), *pairs, (len(read), len(said))]


def _moment(said: Sequence[tuple[str, int, int]], where: Sequence[tuple[int, int]], letter: int, end: int) -> int:
    """When a letter that is read begins (``end`` 0) or ends (1)."""
    before = max(post for post in where if post[0] <= letter)
    if before[0] == letter:
        _, first, last = said[before[1]]
        return last if end else first
    after = min(post for post in where if post[0] > letter)
    since = said[before[1]][2] if before[1] >= 0 else said[0][1]
    until = said[after[1]][1] if after[1] < len(said) else said[-1][2]
    return since + max(0, until - since) * (letter + end - before[0] - 1) // (after[0] - before[0] - 1)
