"""Finds what a brief says for certain, by form; what it tells the maker; and what is neither."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import Final, TypeVar

import regex

from reelwright.planner.brief_check import validate_brief
from reelwright.planner.certain.directions import find_directions
from reelwright.planner.certain.facts import MAX_FACT_LETTERS, FactFinder, FactSpan
from reelwright.planner.certain.leftover import find_unused
from reelwright.planner.certain.marks import Marks, list_mark_words
from reelwright.planner.certain.names import find_addressed_name, find_labelled_name
from reelwright.planner.certain.parts import Contact, Reader, Sentence
from reelwright.planner.certain.phones import find_telephones
from reelwright.planner.certain.quotations import QuotationReader
from reelwright.planner.certain.values import (
    CONTACTS,
    CertainFacts,
    Direction,
    Kind,
    NameSource,
    Piece,
    SubjectName,
    UnusedPart,
)
from reelwright.planner.extract.brief_text import BriefText, is_pictograph
from reelwright.planner.extract.language import detect_language
from reelwright.planner.screens.wording import MAX_SCREEN_LETTERS as LONGEST_SCREEN
from reelwright.reel.brief import Brief

_Read = TypeVar("_Read")
_LABELLED: Final[dict[str, Kind]] = {
    "what": "descriptor", "price": "offer", "date": "date", "place": "place", "quote": "quote", "call": "call",
}  # fmt: skip
_UNWANTED: Final[dict[str, Kind]] = {"no_prices": "offer", "no_dates": "date", "no_places": "place"}
_MEASURED: Final = ("offer", "date", "place", "number")
_UNFIT: Final = regex.compile(
    r"[|\p{Cc}\p{Cs}\p{Co}\p{Cn}\u202a-\u202e\u2066-\u2069\ufeff\u200b\u200e\u200f\u00ad\u061c\u2028\u2029]"
)
_OTHER_PLATFORMS: Final = (
    "youtube.",
    "youtu.be",
    "vimeo.",
    "drive.google",
    "dropbox.",
    "wetransfer.",
    "figma.",
    "pinterest.",
)
_SENT_WORDS: Final = list_mark_words("sent")
_FORMER_PRICE_WORDS: Final = list_mark_words("before_now")
_PRICES: Final = regex.compile(r"\p{Nd}+(?:[.,]\p{Nd}+)?")
_VERBS_AFTER_NAME: Final = list_mark_words("going_on")


def find_certain_facts(text: str, language: str | None = None) -> CertainFacts:
    """Find what is certain in the brief ``text``. Pure; every span is verbatim.

    Raises ``BadInput`` for a text that is no brief, and for a language that is no code.
    """
    validate_brief(Brief(text=text, language=language))
    return _Finder(BriefText(text), language).find()


class _Finder:
    def __init__(self, seen: BriefText, language: str | None) -> None:
        self.seen, self.text = seen, seen.text
        self.language = language or detect_language(self.text)
        self.marks = Marks(self.text)
        self.reader = Reader(self.text, self.marks, find_telephones(self.text, self.marks), self.language)
        self.sentences = self.reader.read_sentences()
        self.directions = find_directions(self.text, self.sentences, self.marks)
        kinds = {one.kind for one in self.directions}
        self.silent, self.is_unnamed = "no_text" in kinds, "no_names" in kinds
        self.facts = FactFinder(
            self.text, self.marks, [_UNWANTED[one] for one in kinds if one in _UNWANTED], language=self.language
        )
        self.quotes = QuotationReader(self.text, self.marks, self.facts)

    def find(self) -> CertainFacts:
        named = None if self.silent else self._find_name()
        if named and self.is_unnamed:
            named = None
        spans = [] if self.silent else self._find_spans(named)
        kept = self._select_shown(spans)
        in_order = sorted(kept, key=lambda one: (one.start, -one.end))
        pieces = tuple(self._read(Piece, one.start, one.end, kind=one.kind) for one in in_order)
        name = None
        if named:
            span = self.seen.locate_span(named[1], named[2])
            name = SubjectName(text=span.text, start=span.start, end=span.end, source=named[0])
        directions = tuple(self._read(Direction, d.start, d.end, kind=d.kind, value=d.value) for d in self.directions)
        return CertainFacts(
            brief=self.seen.original, language=self.language, name=name, pieces=pieces, directions=directions,
            unused_parts=self._find_unused(kept, named),
        )  # fmt: skip

    def _read(self, sort: Callable[..., _Read], start: int, end: int, **more: str) -> _Read:
        """Build a value of the matched characters [start, end), in the characters of the person."""
        found = self.seen.locate_span(start, end)
        return sort(text=found.text, start=found.start, end=found.end, **more)

    # ---- the name
    def _find_name(self) -> tuple[NameSource, int, int] | None:
        found: tuple[NameSource, int, int] | None = None
        if at := find_labelled_name(self.text, self.sentences, self.facts):
            found = ("labelled", *at)
        elif quote := self.quotes.find_name(self.sentences):
            found = ("quoted", quote.start, quote.end)
        elif not self.facts.nouns_are_capital and (
            at := find_addressed_name(self.text, self.reader.contacts, self.sentences, self.marks)
        ):
            found = ("address", *at)
        return found if found and self._fits(found[1], found[2], 60) else None

    # ---- everything else
    def _find_spans(self, named: tuple[NameSource, int, int] | None) -> list[FactSpan]:
        made: list[FactSpan] = list(self._find_descriptors(named))
        for line, who in self.quotes.find_lines(self.sentences, named[1] if named else None):
            made += [line, who] if who else [line]
        for _, same in groupby(self.sentences, key=lambda one: (one.bullet, one.section) if one.bullet else None):
            group = list(same)
            if group[0].bullet and self._is_fact_list(group):
                made += self.facts.list_items([one for one in group if not one.is_labelled])
        barred = self._find_taken_back()
        self.loose = sum(one.is_labelled for one in self.sentences)
        for number, sentence in enumerate(self.sentences):
            made += self._find_contacts(sentence)
            if sentence.label == "quote" and not sentence.quotes:
                made += self._read_slogan(number)
                continue
            if number in barred:
                continue
            if self.facts.is_told(sentence):
                rest = self.facts.strip_request(sentence)
                made += self.facts.find_spans(rest) if rest else []
                continue
            if sentence.label == "pov":
                start, end = self.facts.trim(sentence.whole_start, sentence.end)
                made.append(FactSpan(kind="quote", start=start, end=end))
                continue
            label = sentence.label or sentence.section
            is_name = named is not None and sentence.start <= named[1] < sentence.end
            if label == "unknown" or (label == "name" and sentence.is_labelled and not is_name):
                made += self._read_measured(sentence) if self.loose >= 3 else []
            elif label in _LABELLED or (sentence.is_labelled and label not in ("facts", "head")):
                made += self._read_labelled(sentence)
            else:
                made += self.facts.find_spans(sentence)
        return made

    def _find_descriptors(self, named: tuple[NameSource, int, int] | None) -> list[FactSpan]:
        """Find what the named thing is: the words after the name and a comma or a dash."""
        made = []
        if named and named[0] == "labelled":
            sentence = next(one for one in self.sentences if one.start <= named[1] < one.end)
            start, end = self.facts.trim(sentence.clauses[0].start, sentence.clauses[0].end)
            if start == named[1] and named[2] < end <= start + 80:
                made.append(FactSpan(kind="descriptor", start=start, end=end))
        if mentioned := self._end_of_mention(named):
            sentence = next(one for one in self.sentences if one.start <= mentioned - 1 < one.end)
            after = next((c for c in sentence.clauses if 0 <= c.start - mentioned <= 3), None)
            joint = self.text[mentioned : after.start] if after else ""
            if after and not after.is_bracketed and regex.fullmatch(r"\s*(?:[,،、]|[–—-])\s*", joint):
                start, end = self.facts.trim(after.start, after.end)
                following = next((c for c in sentence.clauses if c.start > after.start), None)
                if len(self.marks.list_tokens(start, end)) <= 2 and following and not following.is_bracketed:
                    end = self.facts.trim(following.start, following.end)[1]  # a small, family-run bakery
                if self._is_descriptor(start, end):
                    made.append(FactSpan(kind="descriptor", start=start, end=end))
        return made

    def _end_of_mention(self, named: tuple[NameSource, int, int] | None) -> int | None:
        """Return where the name ends, with its quotation marks, in the sentence that mentions it; None: nowhere."""
        if named and named[0] == "quoted":
            return next(one.outer_end for one in self.reader.quotes if one.start == named[1])
        return named[2] if named and named[0] == "address" else None

    def _is_descriptor(self, start: int, end: int) -> bool:
        words = self.marks.list_tokens(start, end)
        marks = self.marks.list_marks(start, end)
        if not 2 <= len(words) <= 14 or end - start > 90 or words[0].word in _VERBS_AFTER_NAME:
            return False
        if marks & {"film", "maker", "look", "self"} or "tone" in self.marks.list_first_marks(start, end):
            return False
        return not (self.facts.is_negated(start, end) or self.facts.has_film_units(start, end)) and not any(
            c.start < end and start < c.end for c in self.reader.contacts
        )

    def _read_labelled(self, sentence: Sentence) -> list[FactSpan]:
        """Read the whole value of a label that says what it is."""
        kind = _LABELLED.get(sentence.label or sentence.section or "")
        start, end = self.facts.trim(sentence.start, sentence.end)
        if (
            kind is None
            or not start < end <= start + MAX_FACT_LETTERS
            or sentence.contacts
            or kind in self.facts.unwanted
        ):
            return []
        marks, digits = self.marks.list_marks(start, end), any(char.isdigit() for char in self.text[start:end])
        if "self" in marks or self.facts.is_negated(start, end) or (sentence.quotes and kind in ("quote", "call")):
            return []
        due = "due" in self.marks.list_marks(sentence.whole_start, start)
        is_form = self.loose >= 3 and any(one.label == "name" for one in self.sentences)
        fits = {
            "offer": digits or "free" in marks, "date": self.facts.is_dated(start, end) and not due,
            "place": digits or not self.text[start].islower(), "descriptor": is_form,
        }  # fmt: skip
        if not fits.get(kind, True):
            return []
        return [
            FactSpan(
                kind=kind, start=self._find_label_start(sentence, start, end) if kind in _MEASURED else start, end=end
            )
        ]

    def _find_label_start(self, sentence: Sentence, start: int, end: int) -> int:
        """Return where the label begins that tells a viewer what the value at ``start`` is, or else ``start``."""
        first = self.facts.trim(sentence.shown_start, end)[0]
        stands = regex.search(r"\p{Nd}\s*[:：]\s*$|[\p{L}\p{M}’)]\s*[:：]\s*$", self.text[first:start])
        return first if stands and end - first <= MAX_FACT_LETTERS else start

    def _read_slogan(self, number: int) -> list[FactSpan]:
        """Read ``Slogan: Anyone can brew. So can we.`` to the end of its line."""
        first = self.sentences[number]
        line = [one for one in self.sentences[number : number + 4] if one.line == first.line]
        if any(self.facts.is_told(one) or one.quotes or one.contacts for one in line) or any(
            one.is_labelled for one in line[1:]
        ):
            return []
        text = self.text[first.start : line[-1].end]
        start, end = line[-1].end - len(text.lstrip()), first.start + len(text.rstrip())
        return [FactSpan(kind="quote", start=start, end=end)] if 0 < end - start <= MAX_FACT_LETTERS else []

    def _read_measured(self, sentence: Sentence) -> list[FactSpan]:
        """Read ``Battery: 60 hours``: an unknown label with a measure, in a brief that is a form."""
        start, end = self.facts.trim(sentence.start, sentence.end)
        kind = self.facts.find_kind(sentence, start, end)
        first = self._find_label_start(sentence, start, end)
        marks = self.marks.list_marks(sentence.whole_start, end)
        if first == start or end - first > 60 or kind not in _MEASURED or kind in self.facts.unwanted:
            return []
        if marks & {"minutes", "seconds", "film_units", "years"} or (kind == "date" and "due" in marks):
            return []
        return [FactSpan(kind=kind, start=first, end=end)]

    def _is_fact_list(self, group: Sequence[Sentence]) -> bool:
        is_headed = group[0].section == "facts"
        if len(group) < 2 or any(self.facts.is_told(one) for one in group):
            return False
        if not is_headed and any(self.facts.is_negated(one.start, one.end) or one.is_labelled for one in group):
            return False
        if len({one.line for one in group}) != len(group):
            return False
        digits = sum(self.facts.has_digits(one.start, one.end) for one in group)
        return group[0].bullet != "emoji" and (is_headed or digits * 2 >= len(group))

    def _find_goodbye(self, sentence: Sentence) -> int:
        """Return where a letter ends within the line: ``Best, Kim, Tel. 01632 960555``; or else the end of the text."""
        for one in self.sentences:
            if one.line == sentence.line and one.start <= sentence.start and one.start * 4 > len(self.text):
                for clause in one.clauses:
                    words = self.marks.list_tokens(clause.start, clause.end)
                    if 0 < len(words) <= 2 and "goodbye" in self.marks.list_first_marks(clause.start, clause.end):
                        return clause.start
        return len(self.text) + 1

    def _find_contacts(self, sentence: Sentence) -> list[FactSpan]:
        """Find where a viewer learns more: with the call before it, or alone."""
        if sentence.is_in_signature or not sentence.contacts:
            return []
        left = self._find_goodbye(sentence)
        made: list[FactSpan] = []
        fit = [
            one for one in sentence.contacts if one.kind != "tag" and one.start < left and self._is_own(sentence, one)
        ]
        called = {contact.start: span for span, contact in self.facts.find_calls(sentence) if contact in fit}
        for contact in fit:
            if contact.start in called:
                made.append(called[contact.start])
            first = self._find_label_start(sentence, contact.start, contact.end)
            is_call = contact.kind == "telephone" or "call" in self.marks.list_marks(first, contact.start)
            if first < contact.start and contact.start not in called and is_call:
                made.append(FactSpan(kind="call", start=first, end=contact.end))
            if contact.kind in CONTACTS:
                made.append(FactSpan(kind=contact.kind, start=contact.start, end=contact.end))  # type: ignore[arg-type]
        return made

    def _is_own(self, sentence: Sentence, contact: Contact) -> bool:
        """Return whether the contact is for viewers: not denied, not another's work, and not meant for the maker."""
        if sentence.is_for_maker:
            return False
        clause = next((c for c in sentence.clauses if c.start <= contact.start < c.end), None)
        if clause is None:
            return False
        around = max(clause.start, contact.start - 60), min(clause.end, contact.end + 30)
        marks = self.marks.list_marks(*around, [(contact.start, contact.end)])
        text = self.text[contact.start : contact.end].casefold()
        if contact.kind == "address" and any(one in text for one in _OTHER_PLATFORMS):
            return False
        words = {word.word for word in self.marks.list_tokens(clause.start, contact.start)}
        barred = {"alike"} | ({"self", "negated"} if contact.kind != "address" else {"negated"})
        if contact.kind == "telephone" and "self" in self.marks.list_marks(sentence.start, sentence.end):
            return False
        near = self.marks.list_marks(max(clause.start, contact.start - 24), contact.start)
        return not (near & barred or ("alike" in marks) or words & _SENT_WORDS)

    def _find_taken_back(self) -> set[int]:
        """Return the numbers of sentences that the next one forbids: ``Two people died there. Leave that out.``"""
        return {
            number for number, (before, one) in enumerate(pairwise(self.sentences))
            if before.line == one.line and len(self.marks.list_tokens(one.start, one.end)) <= 10
            and {"negated", "pointing"} <= self.marks.list_marks(one.start, one.end)
        }  # fmt: skip

    def _is_past(self, span: FactSpan) -> bool:
        """Return whether the span is a former price without a current one: ``Was 199 €``."""
        prices = len(_PRICES.findall(self.text[span.start : span.end]))
        words = self.marks.list_tokens(span.start, span.end)
        return span.kind == "offer" and prices < 2 and any(word.word in _FORMER_PRICE_WORDS for word in words)

    # ---- what is kept of it
    def _select_shown(self, spans: Sequence[FactSpan]) -> list[FactSpan]:
        """Select the spans that are fit to be shown, each once, none inside another except contacts in a call."""
        fit = [s for s in spans if self._fits(s.start, s.end, LONGEST_SCREEN) and not self._is_past(s)]
        made: list[FactSpan] = []
        taken = bytearray(len(self.text))  # 1: a call stands there, 2: anything else
        texts: set[tuple[str, str]] = set()
        for span in sorted(fit, key=lambda one: (one.kind in CONTACTS, one.start - one.end, one.start)):
            there = max(taken[span.start : span.end])
            key = (span.kind, self.text[span.start : span.end])
            if there == 2 or (there == 1 and span.kind not in CONTACTS) or (span.kind in CONTACTS and key in texts):
                continue
            texts.add(key)
            if not there:
                taken[span.start : span.end] = bytes([1 if span.kind == "call" else 2]) * (span.end - span.start)
            made.append(span)
        quotes = [one for one in made if one.kind == "quote"]
        return [
            one for one in made
            if one.kind != "who" or any(0 < one.start - q.end <= 6 or 0 < q.start - one.end <= 6 for q in quotes)
        ]  # fmt: skip

    def _fits(self, start: int, end: int, longest: int) -> bool:
        """Return whether the text can be drawn as it is: no characters that would be removed, and not too long."""
        text = self.seen.locate_span(start, end).text
        lines = text.split("\n")
        return (
            0 < len(text) <= longest
            and not any(_UNFIT.search(line) or any(is_pictograph(char) for char in line) for line in lines)
            and any(char.isalnum() for char in text)
        )

    def _find_unused(
        self, kept: Sequence[FactSpan], named: tuple[NameSource, int, int] | None
    ) -> tuple[UnusedPart, ...]:
        taken = [*((one.start, one.end) for one in kept), *((one.start, one.end) for one in self.directions)]
        taken += [(named[1], named[2])] if named else []
        left = (self._read(UnusedPart, start, end) for start, end in find_unused(self.sentences, self.facts, taken))
        return tuple(one for one in left if any(char.isalnum() for char in one.text))
