"""Takes as the name what a brief itself states: behind a label or "is called", or by its address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import CERTAIN, LIKELY, LIKELY_NAME
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import ELIDED, Token
from reelwright.planner.tables import load_words

_JOINING: Final = list_mark_words("joining")
_LEAST_LETTERS, _MOST_TOKENS = 4, 8
_PROBABILITY: Final = 0.9
"""Probability of such a name. Of 61 runs of words that an address of the corpus spells, 57 were a name or most of one
(hands a to e, 2026-11-26)."""
_TELLING: Final = ("line", "fact", "what")
_LINES: Final = (*_TELLING, "place", "time")
"""Labels of lines that a name may stand in."""
_HOST: Final = regex.compile(r"(?:https?://)?(?:www\.)?(?P<host>[^/:?#]+)", regex.I)


_CALLED: Final = regex.compile(
    r"\b(?:(?:is|it['’]?s|are|be|now) called|(?:her|his|its?|the|our|shop|brand|company) name(?:['’]s| is| was)"
    r"|heißt(?: jetzt| nun)?|s['’]appelle(?:ra)?|se llama(?:rá)?|si chiama"
    r"|se cham(?:a|ar)|heet(?: nu| voortaan)?|heter|it calls|nazywa się|называется|називається|jmenuje se|nimi on)\s",
    regex.I,
)
"""What says the name that stands behind it."""
_LABELS: Final = "|".join(chain(*(words.split() for words in load_words()["whole_name"].values()))).replace("'", " ")
_LABELLED: Final = regex.compile(rf"(?m)(?:^(?:[^\w\n]|_)*|[.;]\s+)(?:{_LABELS})\s?[:：]\s?", regex.I)
"""The same at the head of a line or a sentence: "Title:"."""
_MOST_CALLED, _LEAST_CALLED = 6, 2
"""Most words of such a name, and fewest of one in small letters: "heißt anders" says none."""


def add_called_name(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with the name that a sentence says, where none was read: "el taller se llama el mofle de don
    beto". It ends at a sign, and behind a capital before a small letter. Pure.
    """
    made = list(spans)
    is_named = any(one.label == "name" and one.probability >= LIKELY_NAME for one in made)
    for called in chain(_LABELLED.finditer(text), _CALLED.finditer(text)):
        first = next((n for n, one in enumerate(tokens) if one.start >= called.end()), len(tokens))
        is_labelled = called.re is _LABELLED
        end = _find_called_end(tokens, first, marks, is_labelled=is_labelled)
        least = _LEAST_CALLED if first < end and tokens[first].text.islower() else 1
        is_line = not is_labelled and any(one.label == "line" and one.first < end and first < one.end for one in made)
        if end - first < least or is_line:
            continue
        name = TaggedSpan(label="name", first=first, end=end, probability=_PROBABILITY)
        is_read = any(one.label == "name" and one.first <= first and end <= one.end for one in made)
        if is_named and is_read:
            return [_weigh(one, is_said=one.first <= first) if one.label == "name" else one for one in made]
        if is_named and not is_labelled and not all(token.text[0].isupper() for token in tokens[first:end]):
            continue
        made = [replace(one, probability=one.probability / 2) if one.label == "name" else one for one in made]
        return sorted([*(part for one in made for part in cut_span(one, first, end)), name], key=lambda one: one.first)
    return made


def _weigh(name: TaggedSpan, *, is_said: bool) -> TaggedSpan:
    """Return a name as likely as one that a sentence says is, or half as likely as it was beside such a one."""
    return replace(name, probability=max(name.probability, _PROBABILITY) if is_said else name.probability / 2)


def _find_called_end(tokens: Sequence[Token], first: int, marks: Marks, *, is_labelled: bool) -> int:
    """Return where the name that begins at ``first`` ends, behind a label at a sign; there if nothing tells its end."""
    end = last = first
    is_small = is_labelled or (first < len(tokens) and tokens[first].text.islower())
    while end < len(tokens) and tokens[end].kind in ("word", "number") and end - first < _MOST_CALLED:
        if {"film", "negated", "maker"} & marks.list_marks(tokens[end].start, tokens[end].end):
            return first
        goes_on = not is_small and tokens[end + 1 : end + 2] and not tokens[end + 1].text.islower()
        if end > first and fold(tokens[end].text) in _JOINING and not goes_on:
            break
        end += 1
        last = end if is_small or not tokens[end - 1].text.islower() else last
    is_whole = last == len(tokens) or tokens[last].kind not in ("word", "number") or fold(tokens[last].text) in _JOINING
    return last if is_whole else first


def add_named_address(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the name that an address spells, certain where it was read, else where no likely name is
    said before it; that address is likely then. Pure.

    Of ``Clay at Tonwerk, tonwerk.example`` that is Tonwerk. It is taken from no span that it stands in the middle of.
    """
    made = list(spans)
    runs = list(_list_runs(tokens, {key for token in tokens for key in _list_keys(token)}))
    names = [one for one in made if one.label == "name" and one.probability >= LIKELY_NAME]
    if names:
        spelt = next((one for one in names if any(one.first == first and end <= one.end for first, end in runs)), None)
        own = {_spell("".join(token.text for token in tokens[first:end])) for first, end in runs if spelt}
        for n, one in enumerate(made):
            if one is spelt:
                made[n] = replace(one, probability=CERTAIN)
            elif one in names and spelt and one.first > spelt.first and one.probability > _PROBABILITY:
                made[n] = replace(one, probability=_PROBABILITY)
            elif one.label in ("call", "contact") and any(
                own & {*_list_keys(token)} for token in tokens[one.first : one.end]
            ):
                made[n] = replace(one, probability=max(one.probability, LIKELY))
        if spelt or not runs or runs[0][1] > min(one.first for one in names):
            return made
    others = [replace(one, label="fact") if one in names else one for one in made]  # it is said first, and at the end
    for first, end in runs:
        over = [one for one in made if one.first < end and first < one.end]
        name = TaggedSpan(label="name", first=first, end=end, probability=_PROBABILITY)
        around = [one for one in over if one.label in _LINES and one.first <= first and end <= one.end]
        is_part = around == over and len(over) == 1 and end - first < around[0].end - around[0].first
        is_part &= ELIDED.sub("", tokens[first].text)[0].isupper()
        is_subject = is_part and around[0].first == first and around[0].label in _TELLING
        if is_subject or (is_part and not all(_may_be_cut(tokens, one, first, end) for one in over)):
            return sorted([*others, name], key=lambda one: (one.first, one.end))  # the line around it stays whole
        if all(_may_be_cut(tokens, one, first, end) for one in over):
            rest = [part for one in others for part in cut_span(one, first, end)]
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
            spelt += _spell(ELIDED.sub("", tokens[end - 1].text))
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
