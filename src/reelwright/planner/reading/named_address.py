"""Finds the name of a film's subject where the brief's own web address, handle or e-mail address spells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from reelwright.planner.certain.marks import fold
from reelwright.planner.certain.values import LIKELY_NAME
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token

_LEAST_LETTERS, _MOST_TOKENS = 4, 8
_PROBABILITY: Final = 0.9
"""Probability of such a name. Of 61 runs of words that an address of the corpus spells, 57 were a name or most of one
(hands a to e, 2026-11-26)."""
_HOST: Final = regex.compile(r"(?:https?://)?(?:www\.)?(?P<host>[^/:?#]+)", regex.I)


def add_named_address(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the name that an address spells, where no likely name was read. Pure.

    Of ``Clay at Tonwerk, tonwerk.example`` that is Tonwerk. It is taken from no span that it stands in the middle of.
    """
    made = list(spans)
    if any(one.label == "name" and one.probability >= LIKELY_NAME for one in made):
        return made
    keys = {key for token in tokens for key in _list_keys(token)}
    for first, end in _list_runs(tokens, keys):
        over = [one for one in made if one.first < end and first < one.end]
        if all(_may_be_cut(tokens, one, first, end) for one in over):
            name = TaggedSpan(label="name", first=first, end=end, probability=_PROBABILITY)
            rest = [part for one in made for part in cut_span(one, first, end)]
            return sorted([*rest, name], key=lambda one: one.first)
    return made


def _list_keys(token: Token) -> Iterator[str]:
    """Yield what the address ``token`` calls its owner, letters and digits alone."""
    if token.kind == "handle":
        yield _spell(token.text)
    elif token.kind in ("address", "mail") and (found := _HOST.match(token.text.rpartition("@")[2])):
        yield from (_spell(part) for part in found["host"].split(".")[-3:-1])


def _list_runs(tokens: Sequence[Token], keys: set[str]) -> Iterator[tuple[int, int]]:
    """Yield the tokens [first, end) whose words one of ``keys`` spells, in the order of the brief."""
    for first, token in enumerate(tokens):
        if token.kind != "word":
            continue
        spelt = ""
        for end in range(first + 1, min(first + _MOST_TOKENS, len(tokens)) + 1):
            if tokens[end - 1].kind not in ("word", "number", "sign"):
                break
            spelt += _spell(tokens[end - 1].text)
            if len(spelt) >= _LEAST_LETTERS and spelt in keys and tokens[end - 1].kind != "sign":
                yield first, end
                break


def _spell(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _may_be_cut(tokens: Sequence[Token], span: TaggedSpan, first: int, end: int) -> bool:
    """Return whether the tokens [first, end) are all of ``span``, or a sign parts them from the rest of it."""
    if span.label not in (*SHOWN, "dir", "subject") or span.label == "line":
        return False
    before = span.first >= first or tokens[first - 1].kind == "sign" or span.label == "dir"
    behind = span.end <= end or tokens[end].kind == "sign" or span.label == "dir"
    return before and behind
