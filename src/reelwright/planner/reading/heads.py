"""Makes whole the lines whose first words were left off, ``Faster: search is …``, and keeps codes as offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import Marks, fold
from reelwright.planner.certain.values import CERTAIN, LIKELY
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import COLONS, SENTENCE_ENDS, Token

_SAID: Final = tuple(label for label in SHOWN if label not in ("name", "line", "contact", "call", "who"))
"""Labels of what a sentence or a list says."""
_MOST_HEAD, _MOST_THING = 2, 5
_NO_THING: Final = frozenset(
    {"film", "maker", "look", "negated", "several", "self", "says", "call", "announcing", "audience"}
)
_PRICES: Final = frozenset({"price", "offer"})
_OF_LABELS: Final = frozenset({"says"})
"""Marks, beside those of labels, of a word that labels something if a colon follows: ``Closing``."""
_OF_CONTACTS: Final = frozenset({"call", "bare_label"})
"""The same of one before a number or an address: ``Questions``."""
_CODES: Final = "code gutscheincode rabattcode codigo codice kod kodu kodom koduyla промокод промокодом"
_CODE: Final = frozenset(_CODES.split())
_USING: Final = frozenset(["use", "with", "mit", "avec", "con", "com", "met", "usa", "с"])
_MOST_CODE_TOKENS, _LEAST_CODE_LETTERS = 5, 3


def take_heads(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with the head of each line, and with each code as an offer. Pure."""
    if not tokens:
        return list(spans)
    found = list_token_marks(tokens, marks)
    made = [part for one in spans for part in _offer_code(tokens, one)]
    for n, span in enumerate(made):
        before = made[n - 1].end if n else 0
        others = any(one.label == "name" and one.probability >= span.probability for one in made if one is not span)
        if span.label in (*_SAID, "contact") or (span.label == "name" and others):
            first = _find_head(tokens, found, span.first, before, label=span.label)
            if first < span.first:
                label = {"name": "fact", "contact": "call"}.get(span.label, span.label)  # "Questions: 0800 555 0199"
                made[n] = replace(span, first=first, label=label)
    return made


def _offer_code(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return what was read as told to the maker with the code at its end as an offer: "use code RUN40"."""
    at = next((n for n in range(span.first, span.end) if fold(tokens[n].text) in _CODE), span.end)
    code = "".join(one.text for one in tokens[at + 1 : span.end])
    is_code = code.isalnum() and code.isupper() and len(code) >= _LEAST_CODE_LETTERS
    if span.label != "dir" or span.probability >= CERTAIN or span.end - at > _MOST_CODE_TOKENS or not is_code:
        return [span]
    first = at - (at > span.first and fold(tokens[at - 1].text) in _USING)
    offer = replace(span, label="offer", first=first, probability=max(span.probability, LIKELY))
    return [replace(span, end=first), offer] if first > span.first else [offer]


def _find_head(tokens: Sequence[Token], found: Sequence[set[str]], first: int, before: int, *, label: str) -> int:
    """Return where a span begins with what stands before its colon, ``Faster:``, or with the one word before it that
    begins its sentence: ``Closing`` of "Closing down sale".
    """
    if (
        tokens[first].kind != "word"
        and label in _PRICES
        and (start := _find_thing(tokens, found, first, before)) < first
    ):
        return start
    is_headed = first > before + 1 and tokens[first - 1].text in COLONS
    if label == "contact" and not is_headed:
        return first
    end = first - 1 if is_headed else first
    start = end
    while start > before and end - start < (_MOST_HEAD if is_headed else 1) and tokens[start - 1].kind == "word":
        start -= 1
    opening = SENTENCE_ENDS | {","} if is_headed else SENTENCE_ENDS
    begins = start == 0 or tokens[start - 1].kind == "line" or tokens[start - 1].text in opening
    known = {mark for n in range(start, end) for mark in found[n] if is_headed or not mark.startswith("label")}
    allowed = _OF_CONTACTS if label == "contact" else set() if is_headed else _OF_LABELS
    if start == end or not begins or known - allowed:
        return first
    return start if is_headed or tokens[first].kind == "word" else first


def _find_thing(tokens: Sequence[Token], found: Sequence[set[str]], first: int, before: int) -> int:
    """Return where the words begin that say what an amount is for, and begin its sentence: "Boiler service £79"."""
    start = first
    while start > before and first - start < _MOST_THING and tokens[start - 1].kind == "word":
        start -= 1
    begins = start == 0 or tokens[start - 1].kind == "line" or tokens[start - 1].text in SENTENCE_ENDS
    is_thing = first - start > 1 and not set().union(*found[start:first]) & _NO_THING
    return start if begins and is_thing else first
