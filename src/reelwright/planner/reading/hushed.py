"""Finds what a brief says that is not for the screen: what it asks to leave unsaid, its goodbye, headings of a form."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import BULLETS, COLONS, Token

_CLAUSE: Final = regex.compile(r"(?:(?!\s-\s)[^,;:.!?、，；：。！？،؛؟।()（）\[\]\n–—]|(?<=\p{Nd})[.,:](?=\p{Nd}))++")
"""A stretch without signs, but those inside a number: ``€1,200 too much``."""
_CONDITIONS: Final = list_mark_words("condition")
_MEANT: Final = list_mark_words("meant")
_MOST_OTHER: Final = 2
"""Words of another kind in a clause that points to the one before: ``tego oczywiście nie piszcie``."""


_SIGNATURE: Final = regex.compile(r"(?:\p{Lu}[\p{L}\p{M}'’.-]*(?:\s+|$)){1,4}")
_SIGNED: Final = ("who", "place", "fact", "what", "subject")
"""Labels under which the signature of a letter is read."""
_OFFERED: Final = ("offer", "price", "old", "number", "date", "terms")
"""Labels that are shown also where they stand below a goodbye."""
_LEAST_FIELDS: Final = 3
"""Fewest lines with a heading that make a brief a form; elsewhere "POV: …" and "For sale: …" are shown."""
_MOST_HEAD: Final = 5
_ASKING, _MOST_ASKED = frozenset("?？؟"), 2
"""The sign of a heading that asks, and its most words: "¿Para quién?"."""
_OF_HEAD: Final = (*_OFFERED, "fact")
"""Labels that say something of their heading: "Kids: half price on Mondays" without it is an offer to everybody."""
_KEPT_HEADS: Final = frozenset({"weekday", "day_label", "month"})
"""Marks of headings that a value needs: "Mo: Linseneintopf 6,50 €"."""
_LEAST_ALONE: Final = 2
"""Fewest words of a value that says something without its heading."""
_POSTSCRIPT: Final = regex.compile(r"\W*(?:p\W{0,2}s|n\W?b|p\.?\W?d|з\W?ы|追伸)\b", regex.I)
_ASKED: Final = regex.compile(r"(?m)(?<!\A)^>[^\n]*[?？؟][^\S\n]*\n\s*(?=[^>\s])")
"""A question in a mail that is answered below it: "> Rain plan?". A brief that begins with one is itself a question."""
_MOST_THANKS: Final = 4
_WEAK_GOODBYES: Final = frozenset(["best", "love", "kind", "beste", "liebe", "viele", "herzliche"])
"""Goodbyes that begin other clauses, too."""
_MOST_GOODBYE, _MOST_SIGNED_LINE, _MOST_SIGNED_LINES = 8, 9, 5
"""Most words of a line that says goodbye, of one of a signature, and most lines of that."""


_UNSAID: Final = regex.compile(
    r"(?:neither|none) of (?:which|that|them) we (?:can|may) mention|(?:which|that) we (?:cannot|can t|may not) mention"
)


def leave_unsaid(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each clause that is to be left unsaid, and the one that asks for it, as a direction, which
    is not shown. Names stay. Pure.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    signature = _find_signature(text, marks)
    questions = [found.span() for found in _ASKED.finditer(text)]
    for start, end in _find_signed_lines(text, marks):
        first, stop = bisect_left(starts, start), bisect_left(starts, end)
        is_named = any(one.label == "name" and one.end <= first for one in made)
        made = [
            replace(one, label="dir")
            if first <= one.first
            and one.end <= stop
            and one.label in (*SHOWN, "subject")
            and one.label not in _OFFERED
            and (is_named or one.label != "name")
            else one
            for one in made
        ]
    for start, end in (*_list_hushed(text, marks), *_list_closings(text, marks), *questions, *signature):
        first, stop = bisect_left(starts, start), bisect_left(starts, end)
        over = [one for one in made if one.first < stop and first < one.end and one.label in (*SHOWN, "subject")]
        for span in over:
            if span.label == "name" or ((start, end) in signature and span.label not in _SIGNED):
                continue
            made.remove(span)
            inner = replace(span, label="dir", first=max(span.first, first), end=min(span.end, stop))
            made += [*cut_span(span, first, stop), inner]
    return sorted(made, key=lambda one: one.first)


def _list_hushed(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    """Yield the characters [start, end) of each clause that is to be left unsaid, and of the one that says so."""
    before: tuple[int, int] | None = None
    for clause in _CLAUSE.finditer(text):
        if not clause[0].strip():
            continue
        if _hushes(marks, *clause.span()):
            if before and not _is_for_viewers(text, marks, before):
                yield before
            yield clause.span()
        else:
            if any(
                hit.mark == "unmentioned" and not text[clause.start() : hit.start].strip()
                for hit in marks.find_hits(*clause.span())
            ):
                yield clause.span()
            before = clause.span()


def _list_closings(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    """Yield the clauses with which a letter closes: "kind regards"."""
    for clause in _CLAUSE.finditer(text):
        start, end = clause.span()
        words = text[start:end].strip()
        if any(hit.mark == "closing" and text[hit.start : hit.end] == words for hit in marks.find_hits(start, end)):
            yield start, end


def _find_signature(text: str, marks: Marks) -> list[tuple[int, int]]:
    """Return the clause that ends the text behind the close of a letter, if it may be a name; else nothing."""
    closings = list(_list_closings(text, marks))
    clauses = [clause.span() for clause in _CLAUSE.finditer(text) if clause[0].strip()]
    if len(clauses) < 2 or not (clauses[-2] in closings or _says_goodbye(marks, *clauses[-2])):
        return []
    return clauses[-1:] if _SIGNATURE.fullmatch(text[slice(*clauses[-1])].strip()) else []


def _says_goodbye(marks: Marks, start: int, end: int) -> bool:
    """Return whether a clause is nothing but a goodbye or thanks, "danke dir"; "best coffee" is something else."""
    words = marks.list_tokens(start, end)
    hits = [hit for hit in marks.find_hits(start, end) if hit.mark == "goodbye"]
    begins = any(hit.start == words[0].start for hit in hits) if words else False
    return begins and (len(words) == 1 or (len(words) <= _MOST_THANKS and words[0].word not in _WEAK_GOODBYES))


def _find_signed_lines(text: str, marks: Marks) -> list[tuple[int, int]]:
    """Return the lines from the goodbye of a letter to its end or to a postscript, if they may be a signature."""
    lines = [(found.start(), found.end()) for found in regex.finditer(r"[^\n]*\S[^\n]*", text)]
    for n in range(len(lines) - 1, max(0, len(lines) - 3 - _MOST_SIGNED_LINES), -1):
        start, end = lines[n]
        words = marks.list_tokens(start, end)
        hits = [hit for hit in marks.find_hits(start, end) if hit.mark in ("goodbye", "closing")]
        if len(words) > _MOST_GOODBYE or not any(hit.start < words[min(2, len(words) - 1)].end for hit in hits):
            continue
        signed = list(takewhile(lambda line: not _POSTSCRIPT.match(text, *line), lines[n + 1 :]))
        is_short = all(len(marks.list_tokens(*line)) <= _MOST_SIGNED_LINE for line in signed)
        closes = any(hit.mark == "closing" for hit in hits) or text[start:end].rstrip()[-1:] in (",", "，")
        begins = hits[0].start == words[0].start and words[0].word not in _WEAK_GOODBYES
        is_name = bool(signed) and _SIGNATURE.fullmatch(text[slice(*signed[0])].strip()) is not None
        is_thanks = len(words) <= _MOST_THANKS and not signed
        if (
            is_short
            and len(signed) <= _MOST_SIGNED_LINES
            and (is_name or is_thanks)
            and (closes or begins or len(hits) > 1)
        ):
            return [(start, signed[-1][1] if signed else end)]
    return []


def _is_for_viewers(text: str, marks: Marks, clause: tuple[int, int]) -> bool:
    """Return whether a clause asks viewers something, or says when they are not to do it: "If they ask, don't say"."""
    words = marks.list_tokens(*clause)
    return text[clause[1] : clause[1] + 1] in ("?", "？", "؟") or bool(words and words[0].word in _CONDITIONS)


def _hushes(marks: Marks, start: int, end: int) -> bool:
    """Return whether a clause asks to leave unsaid what was said before it, and names nothing else."""
    if _UNSAID.fullmatch(" ".join(word.word for word in marks.list_tokens(start, end))):
        return True
    hits = [hit for hit in marks.find_hits(start, end) if hit.mark in ("hushing", "unmentioned")]
    if not hits:
        return False
    others = [
        word for word in marks.list_tokens(start, end) if not any(hit.start <= word.start < hit.end for hit in hits)
    ]
    unknown = [word for word in others if word.word not in _MEANT]
    return len(unknown) <= (_MOST_OTHER if len(unknown) < len(others) else 0)


_ARGUED: Final = frozenset(
    ["support", "supports", "proof", "proofs", "proof points", "rtb", "reason to believe", "reasons to believe",
     "preuve", "preuves", "beleg", "belege", "beweis", "beweise", "prueba", "pruebas", "prova", "prove", "provas",
     "bewijs", "dowody"]
)  # fmt: skip
"""Headings of an agency's brief over what shows that its message is true."""


def cut_field_heads(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` without the headings of a form, which are directions. A value that says nothing alone, one word
    or an amount, keeps the heading that says what it is. Pure.
    """
    fields = list(_list_fields(tokens))
    if len(fields) < _LEAST_FIELDS:
        return list(spans)
    made: list[TaggedSpan] = []
    for span in spans:
        field = next((one for one in fields if one[0] <= span.first < one[1]), None)
        if field is None or span.label not in SHOWN:
            made.append(span)
            continue
        value = field[1]
        if span.end <= value:
            made.append(replace(span, label="dir"))
        elif _may_stand_alone(tokens, span, field, marks):
            made += [replace(span, label="dir", end=value), replace(span, first=value)]
        else:
            made.append(span)
    return made


def _list_fields(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield for each line with a heading where that begins, and where its value does."""
    first = 0
    for n in range(len(tokens) + 1):
        if n < len(tokens) and tokens[n].kind != "line":
            continue
        while first < n and tokens[first].text in BULLETS:
            first += 1
        opened = first
        first += first < n and tokens[first].text == "¿"
        colon = next((k for k in range(first, min(n, first + _MOST_HEAD + 1)) if tokens[k].text in COLONS), n)
        question = next((k for k in range(first, min(n, first + _MOST_ASKED + 1)) if tokens[k].text in _ASKING), n)
        colon = min(colon, question)
        if first < colon < n - 1 and all(token.kind == "word" for token in tokens[first:colon]):
            yield opened, colon + 1
        first = n + 1


def _may_stand_alone(tokens: Sequence[Token], span: TaggedSpan, field: tuple[int, int], marks: Marks) -> bool:
    head, value = field
    if fold(" ".join(token.text for token in tokens[head : value - 1])) in _ARGUED:
        return True
    found = marks.list_marks(tokens[head].start, tokens[value - 2].end)
    if any(mark.startswith("label") or mark == "bare_label" for mark in found):
        return True
    if span.label in _OF_HEAD or found & _KEPT_HEADS:
        return False
    words = sum(token.kind == "word" for token in tokens[value : span.end])
    is_contact = any(token.kind not in ("word", "number", "sign", "emoji") for token in tokens[value : span.end])
    return words >= _LEAST_ALONE or is_contact or (words == 1 and span.label in ("name", "place", "what"))
