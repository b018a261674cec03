"""Finds the name of what a film is for, if the brief marks one: by a label, quotation marks, or its own address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex

from reelwright.planner.certain.facts import FactFinder
from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.parts import Contact, Sentence, SpanIndex

_RUN: Final = regex.compile(
    r"[\p{Lu}\p{Nd}][\p{L}\p{M}\p{Nd}'’.&+-]*+(?:\s(?:(?:of|the|and|for|für|pour|para|per|за|de|du|da|do|di|del|della|la|le|les|des|von|van|der|y|e|&)\s){0,2}"
    r"[\p{Lu}\p{Nd}&][\p{L}\p{M}\p{Nd}'’.&+-]*+)*+"
)
_CAPITALS: Final = regex.compile(r"\p{Lu}[\p{L}\p{M}'’]{1,60}(?:\s\p{Lu}[\p{L}\p{M}'’]{1,60})+")
_ARTICLES: Final = list_mark_words("article")
_LONGEST: Final = 60


def find_labelled_name(text: str, sentences: Sequence[Sentence], facts: FactFinder) -> tuple[int, int] | None:
    """Find the name after ``Name:`` or a similar label. Of ``Hush hinge oil``, only the words spelt as a name count."""
    for sentence in sentences:
        stands = sentence.label == "name" or (sentence.section == "name" and not sentence.is_labelled)
        if not stands or sentence.is_in_signature:
            continue
        if sentence.quotes and not text[sentence.start : sentence.quotes[0].outer_start].strip():
            return sentence.quotes[0].start, sentence.quotes[0].end
        if not sentence.clauses or facts.is_told(sentence):
            continue
        start, end = facts.trim(sentence.clauses[0].start, sentence.clauses[0].end)
        if facts.is_negated(start, end) or not 0 < end - start <= _LONGEST or sentence.contacts:
            continue
        if facts.is_dated(start, end) or not any(char.isalpha() for char in text[start:end]):
            continue  # ``School: closed on 5 May``, ``Book: 01632 960119``
        run = _RUN.match(text, start, end)
        kinds = {h.mark for h in facts.marks.find_hits(sentence.whole_start, sentence.start)}
        short = len(facts.marks.list_tokens(start, end)) <= 3 and kinds & {"whole_name", "label_made"}
        if not short and run is None and text[start].islower():
            continue  # ``Client: we bake bread``
        lowered = run and run.end() < end and regex.match(r"\s\p{Ll}", text[run.end() : end])
        if run and lowered and "whole_name" not in kinds and fold(run[0]) not in _ARTICLES:
            return start, run.end()
        return start, end
    return None


def find_addressed_name(
    text: str, contacts: Sequence[Contact], sentences: Sequence[Sentence], marks: Marks
) -> tuple[int, int] | None:
    """Find the name in the brief's only address, if the brief itself writes it as a name: ``a mug by Otterly``.

    Alone, or in small letters, it may be any word: ``dons.example``.
    """
    hosts = [(one, host) for one in contacts if one.kind == "address" and (host := _find_host_label(text, one))]
    labels = {fold(text[a:b]) for _, (a, b) in hosts}
    if len(labels) != 1:
        return None
    contact, (start, end) = hosts[0]
    label = text[start:end]
    if not regex.fullmatch(r"\p{L}{4,20}", label) or "generic" in marks.list_marks(start, end):
        return None
    if any(s.is_in_signature and s.start <= contact.start < s.end for s in sentences):
        return None
    key = fold(label)
    touched = SpanIndex([(c.start, c.end) for c in contacts])
    runs = SpanIndex([m.span() for m in _CAPITALS.finditer(text)])
    alike = [w for w in marks.tokens if w.word == key and touched.find_holding(w.start) is None]
    sentence_spans = SpanIndex([(s.start, s.end) for s in sentences])
    for word in () if any(runs.find_holding(w.start) for w in alike) else alike:
        sentence, named = (
            sentence_spans.find_holding(word.start),
            regex.match(r"(?<=[\p{L}\p{Nd},]\s)\p{Lu}", text, pos=word.start),
        )
        if named and sentence and "negated" not in marks.list_marks(sentence[0], word.start):
            return word.start, word.end
    return None


def _find_host_label(text: str, contact: Contact) -> tuple[int, int] | None:
    """Return where the label before the top-level domain of the address stands."""
    found = regex.match(r"(?:https?://)?(?P<host>[^/\s]+)", text[contact.start : contact.end], regex.I)
    if found is None:
        return None
    labels = found["host"].split(".")
    at = len(labels) - 2 - (len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2)
    if at < 0:
        return None
    start = contact.start + found.start("host") + sum(len(one) + 1 for one in labels[:at])
    return start, start + len(labels[at])
