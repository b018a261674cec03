"""Shows the words with which a sentence leads up to the name of the film: ``In loving memory of Margaret Shaw``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.clauses import SELF_TOLD, is_about_writer
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token

_PROBABILITY: Final = 0.6
_MOST_WORDS: Final = 6
_LEAST_LETTERS: Final = 4
"""Letters of the shortest word that says something by itself."""
_NOT_FOR_VIEWERS: Final = SELF_TOLD | frozenset(
    {"negated", "pointing", "introducing", "call", "label_told", "tone", "text_on_screen", "sounds", "music", "alike",
     "bygone", "condition"}
)  # fmt: skip
"""Marks of words that hardly lead up to a name for viewers."""
_BEING: Final = list_mark_words("being", "being_now")
_IDLE: Final = list_mark_words("article", "alone", "joining", "within", "in_name", "being", "naming", "of_whom") | {
    "by", "par", "por", "von", "door", "przez", "av", "to", "zu", "zum", "zur", "al", "alla", "till", "do", "back",
}  # fmt: skip


def show_lead(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with the words between the head of its sentence and the surest name as a line, if nothing
    was read of them for sure and they say something to viewers. Pure.
    """
    name = max((one for one in spans if one.label == "name"), key=lambda one: one.probability, default=None)
    if name is None or not name.first:
        return list(spans)
    first = name.first
    while first and tokens[first - 1].kind in ("word", "number") and name.first - first <= _MOST_WORDS:
        first -= 1
    begins = first == 0 or tokens[first - 1].kind == "line" or tokens[first - 1].text in SENTENCE_ENDS
    over = [one for one in spans if one.first < name.first and first < one.end]
    is_free = all(one.label in SHOWN and one.label != "name" and one.probability < LIKELY for one in over)
    end = _find_end(tokens, first, name.first)
    if not begins or not is_free or end == first:
        return list(spans)
    found = list_token_marks(tokens, marks)
    if (
        any(found[n] & _NOT_FOR_VIEWERS or is_about_writer(tokens, n) for n in range(first, name.first))
        or not tokens[first].text[0].isupper()
    ):
        return list(spans)
    if not any(one.label in SHOWN and one is not name for one in spans):
        return list(spans)
    lead = TaggedSpan(label="line", first=first, end=end, probability=_PROBABILITY)
    return sorted([*(one for one in spans if one not in over), lead], key=lambda one: one.first)


def _find_end(tokens: Sequence[Token], first: int, end: int) -> int:
    """Return where those of the words [first, end) end that say something, without "of the"; ``first``: they say
    nothing, as "Meet the", which may be a part of the name, and "The name is".
    """
    words = tokens[first:end]
    known = [one for one in words if fold(one.text) not in _IDLE and len(one.text) >= _LEAST_LETTERS]
    last = max((n for n, one in enumerate(words) if fold(one.text) not in _IDLE), default=0)
    return first + last + 1 if last and known and fold(words[-1].text) not in _BEING else first
