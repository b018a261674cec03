"""Parts names from the quotation and the words of remembrance that they were read with, and from a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold
from reelwright.planner.certain.values import OTHER_NAME
from reelwright.planner.reading.bounds import QUOTATIONS
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import QUOTES, Token

_MARKS: Final = (*QUOTATIONS, '""', "‘’", "''")
_MOST_QUOTED: Final = 5
"""Most words of a quoted name."""
_REMEMBERING: Final = regex.compile(
    r"(?:in (?:loving |fond |ever ?loving )?memory of|in memoriam|(?:we )?(?:are )?(?:celebrating|remembering)"
    r"(?: the life of)?|a celebration of (?:the life of)?|(?:farewell|goodbye|thank you) to|abschied von"
    r"|(?:zum|im|in) (?:\p{L}+ )?(?:gedenken|erinnerung|andenken) an|(?:à|en) (?:la )?mémoire (?:de|d['’])|en hommage à"
    r"|en memoria de|en recuerdo de|in memoria di|in ricordo di|em memória de|ter (?:na)?gedachtenis aan"
    r"|ter herinnering aan|(?:ku )?pamięci|(?:светлой )?памяти)\s+",
    regex.I,
)
"""Words before the name of whom a film remembers or thanks: the name begins behind them."""
_IN: Final = {
    "fr": "à",
    "it": "a",
    "es": "en",
    "pt": "em",
    "de": "in",
    "nl": "in",
    "en": "in",
    "pl": "w",
    "ru": "в",
    "cs": "v",
}
"""The word between the name of a shop and its town, by language. Others stand in names: "Surr i Backen"."""
_AMBIGUOUS: Final = ("fr", "it")
"""Languages whose word stands in many names of shops, too: "La Table à Lucien"."""
_MOST_TOWN: Final = 3
_MOST_PERSON: Final = 2
"""Most words of the name of who is to be called."""
_LOCATIVE: Final = regex.compile(r"\p{Lu}\p{L}+['’](?:[dt][ea]n?)")
"""A Turkish town with the ending that says "in" or "from" it: ``Bakırköy'de``."""


def settle_named_people(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], language: str, marks: Marks
) -> list[TaggedSpan]:
    """Return ``spans`` with each name as who or what it names is called: ``Oma Hilde`` of "Zum Gedenken an Oma Hilde",
    ``Chez Margaux`` of "Chez Margaux à Nantes". Pure.
    """
    made = _open_quotations(tokens, spans, language)
    if not any(one.label == "name" for one in made):
        return made
    made = _doubt_names(tokens, made, marks, language)
    made = [part for one in made for part in _cut_remembering(tokens, one)]
    return _part_towns(tokens, made, language)


def _doubt_names(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str) -> list[TaggedSpan]:
    """Return ``spans`` without names that another one, of capitals alone, makes things: ``Night shift operators``
    beside ``Pallet Brothers`` in English; and with who is to be called in the call: "Call after 6, Marina".
    """
    made: list[TaggedSpan] = []
    is_capital = language == "en" and any(
        one.label == "name" and _count_capitals(tokens, one) == one.end - one.first > 1 for one in spans
    )
    for span in spans:
        last = made[-1] if made else None
        is_plain = span.end - span.first > _MOST_PERSON and _count_capitals(tokens, span) == 1
        if last and span.label == "name" and _is_person_to_call(tokens, last, span, marks):
            made[-1] = replace(last, end=span.end)
        elif span.label == "name" and is_capital and is_plain and tokens[span.first].text[0].isupper():
            made.append(replace(span, label="what"))
        else:
            made.append(span)
    return made


def _count_capitals(tokens: Sequence[Token], span: TaggedSpan) -> int:
    words = [one for one in tokens[span.first : span.end] if one.kind == "word"]
    return sum(one.text[0].isupper() for one in words)


def _is_person_to_call(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, marks: Marks) -> bool:
    ends = span.end == len(tokens) or tokens[span.end].kind == "line" or tokens[span.end].text in ".!"
    is_near = last.end == span.first - 1 and tokens[last.end].text == "," and span.end - span.first <= _MOST_PERSON
    is_doubtful = span.probability < OTHER_NAME and span.end == len(tokens)
    is_call = "call" in marks.list_marks(tokens[last.first].start, tokens[last.first].end)
    return ends and is_near and last.label in SHOWN and (is_call or is_doubtful)


def _open_quotations(tokens: Sequence[Token], spans: Sequence[TaggedSpan], language: str) -> list[TaggedSpan]:
    """Return ``spans`` with a quotation apart that one of them begins inside and ends outside, as the name if there is
    no other and a thing stands before it: ``Guau`` and ``en Sevilla`` of 'peluquería "Guau" en Sevilla'.
    """
    made: list[TaggedSpan] = []
    for span in spans:
        opening = tokens[span.first - 1].text if span.first else ""
        closing = next((pair[1] for pair in _MARKS if pair[0] == opening), "")
        inside = [one.text for one in tokens[span.first : span.end]]
        if span.label not in ("fact", "place", "what", "name") or not closing or inside.count(closing) != 1:
            made.append(span)
            continue
        at = span.first + inside.index(closing)
        is_named = bool(made) and made[-1].label == "what" and made[-1].end == span.first - 1
        is_only = not any(one.label == "name" for one in spans)
        label = "name" if is_named and is_only and at - span.first <= _MOST_QUOTED else span.label
        made.append(replace(span, label=label, end=at))
        if at + 1 < span.end:
            is_place = span.label == "fact" and tokens[at + 1].text == _IN.get(language)
            rest = "fact" if span.label == "name" else span.label
            made.append(replace(span, label="place" if is_place else rest, first=at + 1))
    return made


def _cut_remembering(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return a name that begins with a word of remembrance as that line and the name behind it."""
    if span.label != "name":
        return [span]
    text = " ".join(one.text for one in tokens[span.first : span.end])
    found = _REMEMBERING.match(text)
    words = len(found[0].split()) if found else 0
    if not found or words >= span.end - span.first:
        return [span]
    first = span.first + words
    return [replace(span, label="line", end=first), replace(span, first=first)]


def _is_called(tokens: Sequence[Token], n: int) -> bool:
    return tokens[n].kind == "word" and tokens[n].text[0].isupper()


def _part_towns(tokens: Sequence[Token], spans: Sequence[TaggedSpan], language: str) -> list[TaggedSpan]:
    """Return ``spans`` with the town at the end of a name as a place, where the brief names no other place and the name
    stands in it once, without quotation marks: else the town may belong to it, "La Table à Lucien".
    """
    made: list[TaggedSpan] = []
    for n, span in enumerate(spans):
        cut = _find_town(tokens, span, language) if span.label == "name" else None
        others = [one for k, one in enumerate(spans) if k != n]
        places = [one for one in others if one.label == "place"]
        if language not in _AMBIGUOUS:  # a street is in the town
            places = [one for one in places if all(token.kind != "number" for token in tokens[one.first : one.end])]
        if cut is None or (places and not _LOCATIVE.fullmatch(tokens[cut].text)) or _is_repeated(tokens, span):
            made.append(span)
            continue
        if cut > span.first:
            is_letter = sum(len(one.text) for one in tokens[span.first : cut]) == 1  # "kat. C w Poznaniu"
            made += [] if is_letter else [replace(span, end=cut)]
        label = "what" if cut == span.first < span.end - 1 else "place"
        made.append(replace(span, label=label, first=cut))
    return made


def _find_town(tokens: Sequence[Token], span: TaggedSpan, language: str) -> int | None:
    """Return the token at which the town at the end of a name begins, with the word for "in"; None if none does."""
    around = tokens[max(0, span.first - 1) : span.end + 1]
    inside = tokens[span.first : span.end]
    if any(one.text in QUOTES for one in (*around[:1], *around[-1:], *inside)):
        return None
    for n in range(span.first, span.end):
        if _LOCATIVE.fullmatch(tokens[n].text):
            return n
    for n in range(span.end - 2, span.first, -1):
        town = tokens[n + 1 : span.end]
        if tokens[n].text == _IN.get(language) and _is_called(tokens, n - 1) and len(town) <= _MOST_TOWN:
            ends = span.end == len(tokens) or tokens[span.end].kind in ("line", "sign", "emoji")
            return n if ends and all(one.kind == "word" and one.text[0].isupper() for one in town) else None
    return None


def _is_repeated(tokens: Sequence[Token], span: TaggedSpan) -> bool:
    words = [fold(one.text) for one in tokens[span.first : span.end]]
    texts = [fold(one.text) for one in tokens]
    starts = [n for n in range(len(texts) - len(words) + 1) if texts[n : n + len(words)] == words]
    spelt = "".join(words)
    return len(starts) > 1 or any(
        spelt in text.replace("-", "").replace(".", "") for text in texts if len(text) > len(spelt)
    )
