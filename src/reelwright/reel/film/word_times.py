"""The times of phrases: from the first word of each to its last, by the voice's own timings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from reelwright.reel.film.plan import WordTimes

_LEAST_ALIKE = 2
"""Least number of equal letters in a row by which a place in the caption is matched with a place in the speech."""


@lru_cache(maxsize=512)
def time_phrases(phrases: tuple[str, ...], word_times: WordTimes) -> tuple[tuple[int, int], ...]:
    """Return each phrase's first and last millisecond from the line's start, in order and without overlaps.

    Captions are matched with speech letter by letter, so that scripts without spaces work too. Text that is written
    otherwise than it is spoken (a correction, a number) is placed between its matched neighbours. ``word_times`` has at
    least one letter.
    """
    heard = [letter for word in word_times for letter in _time_letters(*word)]
    read = [letter for phrase in phrases for letter in _list_letters(phrase)]
    where = _match_letters([letter for letter, _, _ in heard], read)
    found: list[tuple[int, int]] = []
    at = last = 0
    for phrase in phrases:
        end = at + len(_list_letters(phrase))
        first = max(last, _find_moment(heard, where, at, 0)) if end > at else last
        last = max(first, _find_moment(heard, where, end - 1, 1)) if end > at else last
        found.append((first, last))
        at = end
    return tuple(found)


def _list_letters(text: str) -> list[str]:
    return [letter.casefold() for letter in text if not letter.isspace()]


def _time_letters(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """Return the letters of a word with their times. They share the word's time evenly."""
    seen = _list_letters(text)
    share = [start + (end - start) * n // len(seen) for n in range(len(seen) + 1)] if seen else []
    return list(zip(seen, share, share[1:], strict=False))


def _match_letters(heard: Sequence[str], read: Sequence[str]) -> list[tuple[int, int]]:
    """Return pairs (index in ``read``, index in ``heard``) of equal letters, with the places before and after both."""
    if heard == read:
        pairs = [(n, n) for n in range(len(read))]
    else:
        blocks = SequenceMatcher(None, read, heard, autojunk=False).get_matching_blocks()
        alike = [block for block in blocks if block.size >= _LEAST_ALIKE]
        pairs = [(block.a + n, block.b + n) for block in alike for n in range(block.size)]
    return [(-1, -1), *pairs, (len(read), len(heard))]


def _find_moment(heard: Sequence[tuple[str, int, int]], where: Sequence[tuple[int, int]], letter: int, end: int) -> int:
    """Return the millisecond at which a letter of the caption begins (``end`` 0) or ends (1)."""
    before = max(post for post in where if post[0] <= letter)
    if before[0] == letter:
        _, first, last = heard[before[1]]
        return last if end else first
    after = min(post for post in where if post[0] > letter)
    since = heard[before[1]][2] if before[1] >= 0 else heard[0][1]
    until = heard[after[1]][1] if after[1] < len(heard) else heard[-1][2]
    return since + max(0, until - since) * (letter + end - before[0] - 1) // (after[0] - before[0] - 1)
