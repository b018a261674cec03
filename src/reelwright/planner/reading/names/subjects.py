"""Takes as the name whom or what a brief tells of, where no name was read: ``Maya Okafor`` of "Maya Okafor is …"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY_NAME
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token

_NO_NAME: Final = frozenset(
    {"month", "weekday", "street", "film", "maker", "goodbye", "closing", "occasion", "negated", "audience", "look",
     "tone", "self", "several", "pointing", "within", "call", "telephone", "every", "free", "announcing"}
)  # fmt: skip
"""Marks of words that no such name has."""
_INSIDE: Final = list_mark_words("in_name")
_NO_TELLING: Final = ("call", "contact", "who", "name")
"""Labels of what tells of nobody, or names other people."""
_PROBABILITY, _LEAST_CAPITALS, _MOST_WORDS = 0.7, 2, 7


def find_subject_name(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str
) -> list[TaggedSpan]:
    """Return ``spans`` with the first two or more capitals that begin a sentence as the name, if none was read: ``Pan
    Bęben`` of "Pan Bęben, tel. 22 555". The line that they begin stays whole. Pure.
    """
    if language == "de" or any(one.label == "name" and one.probability >= LIKELY_NAME for one in spans):
        return list(spans)
    found = list_token_marks(tokens, marks)
    for span in spans:
        begins = not span.first or tokens[span.first - 1].kind == "line" or tokens[span.first - 1].text in SENTENCE_ENDS
        if span.label not in SHOWN or span.label in _NO_TELLING or not begins:
            continue
        first = span.first + (len(tokens[span.first].text) == 1)  # "A Quinta das Andorinhas tem"
        end = _find_capitals_end(tokens, found, first, span.end)
        if first < end and not (span.label == "place" and end == span.end):
            name = TaggedSpan(label="name", first=first, end=end, probability=_PROBABILITY)
            rest = [one for one in spans if (one.first, one.end) != (first, end)]
            return sorted([*rest, name], key=lambda one: (one.first, one.end))
    return list(spans)


def _find_capitals_end(tokens: Sequence[Token], found: Sequence[set[str]], first: int, last: int) -> int:
    """Return where the name ends that begins at ``first``; ``first`` if what stands there is none."""
    end, count = first, 0
    for n in range(first, min(last, first + _MOST_WORDS)):
        word = tokens[n]
        if word.text.istitle() and word.text[1:] and not found[n] & _NO_NAME:
            end, count = n + 1, count + 1
        elif not (word.text in "&+" or (n > first and fold(word.text) in _INSIDE and word.text.islower())):
            break
    is_whole = end == len(tokens) or tokens[end].kind in ("sign", "line", "emoji") or tokens[end].text.islower()
    return end if count >= _LEAST_CAPITALS and is_whole else first
