"""``certain_of``: what a brief says for certain, by form; what it tells the maker; and what is neither."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import Final, TypeVar

import regex

from reelwright.planner.certain.facts import LONGEST, Facts, Span
from reelwright.planner.certain.leftover import left_of
from reelwright.planner.certain.marks import Marks, listed
from reelwright.planner.certain.names import addressed_name, labelled_name
from reelwright.planner.certain.nouns import CONTACTS, Certain, Direction, Given, Kind, Named, Part, Piece
from reelwright.planner.certain.orders import directions_of
from reelwright.planner.certain.parts import Contact, Reader, Sentence
from reelwright.planner.certain.phones import telephones
from reelwright.planner.certain.quotes import Quotes
from reelwright.planner.door import checked
from reelwright.planner.extract.language import language_of
from reelwright.planner.extract.seen import Seen, pictograph
from reelwright.planner.screens.wording import LONGEST as LONGEST_SCREEN
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
_OUTSIDE: Final = ("youtube.", "youtu.be", "vimeo.", "drive.google", "dropbox.", "wetransfer.", "figma.", "pinterest.")
_SENT: Final = listed("sent")
_BEFORE_NOW: Final = listed("before_now")
_PRICES: Final = regex.compile(r"\p{Nd}+(?:[.,]\p{Nd}+)?")
_VERBS_AFTER: Final = listed("going_on")


def certain_of(text: str, language: str | None = None) -> Certain:
    """What is certain in the brief ``text``. Pure; every span is verbatim.

    Raises ``BadInput`` for what is no brief, and for a language that is no code.
    """
    checked(Brief(text=text, language=language))
    return _Finder(Seen(text), language).certain()


class _Finder:
    def __init__(self, seen: Seen, language: str | None) -> None:
        self.seen, self.text = seen, seen.text
        self.language = language or language_of(self.text)
        self.marks = Marks(self.text)
        self.reader = Reader(self.text, self.marks, telephones(self.text, self.marks), self.language)
        self.sentences = self.reader.sentences()
        self.directions = directions_of(self.text, self.sentences, self.marks)
        told = {one.kind for one in self.directions}
        self.silent, self.is_unnamed = "no_text" in told, "no_names" in told
        self.facts = Facts(
            self.text, self.marks, [_UNWANTED[one] for one in told if one in _UNWANTED], language=self.language
        )
        self.quotes = Quotes(self.text, self.marks, self.facts)

    def certain(self) -> Certain:
        named = None if self.silent else self._name()
        if named and self.is_unnamed:
            named = None
        spans = [] if self.silent else self._spans(named)
        kept = self._kept(spans)
        in_order = sorted(kept, key=lambda one: (one.start, -one.end))
        pieces = tuple(self._read(Piece, one.start, one.end, kind=one.kind) for one in in_order)
        name = self._read(Named, named[1], named[2], given=named[0]) if named else None
        directions = tuple(self._read(Direction, d.start, d.end, kind=d.kind, value=d.value) for d in self.directions)
        return Certain(
            brief=self.seen.original, language=self.language, name=name, pieces=pieces, directions=directions,
            unused=self._unused(kept, named),
        )  # fmt: skip

    def _read(self, sort: Callable[..., _Read], start: int, end: int, **more: str) -> _Read:
        """What was read at the matched characters [start, end), in the characters of the person."""
        found = self.seen.span(start, end)
        return sort(text=found.text, start=found.start, end=found.end, **more)

    # ---- the name
    def _name(self) -> tuple[Given, int, int] | None:
        found: tuple[Given, int, int] | None = None
        if at := labelled_name(self.text, self.sentences, self.facts):
            found = ("labelled", *at)
        elif quote := self.quotes.name(self.sentences):
            found = ("quoted", quote.start, quote.end)
        elif not self.facts.nouns_are_capital and (
            at := addressed_name(self.text, self.reader.contacts, self.sentences, self.marks)
        ):
            found = ("address", *at)
        return found if found and self._fits(found[1], found[2], 60) else None

    # ---- everything else
    def _spans(self, named: tuple[Given, int, int] | None) -> list[Span]:
        made: list[Span] = list(self._descriptors(named))
        for line, who in self.quotes.lines(self.sentences, named[1] if named else None):
            made += [line, who] if who else [line]
        for _, same in groupby(self.sentences, key=lambda one: (one.listed, one.section) if one.listed else None):
            group = list(same)
            if group[0].listed and self._is_fact_list(group):
                made += self.facts.items([one for one in group if not one.is_labelled])
        barred = self._taken_back()
        self.loose = sum(one.is_labelled for one in self.sentences)
        for number, sentence in enumerate(self.sentences):
            made += self._contacts(sentence)
            if sentence.label == "quote" and not sentence.quotes:
                made += self._slogan(number)
                continue
            if number in barred:
                continue
            if self.facts.is_told(sentence):
                rest = self.facts.after_request(sentence)
                made += self.facts.of(rest) if rest else []
                continue
            if sentence.label == "pov":
                start, end = self.facts.trimmed(sentence.whole_start, sentence.end)
                made.append(Span(kind="quote", start=start, end=end))
                continue
            label = sentence.label or sentence.section
            is_name = named is not None and sentence.start <= named[1] < sentence.end
            if label == "unknown" or (label == "name" and sentence.is_labelled and not is_name):
                made += self._measured(sentence) if self.loose >= 3 else []
            elif label in _LABELLED or (sentence.is_labelled and label not in ("facts", "head")):
                made += self._labelled(sentence)
            else:
                made += self.facts.of(sentence)
        return made

    def _descriptors(self, named: tuple[Given, int, int] | None) -> list[Span]:
        """What follows the name, after a comma or a dash: what the named thing is."""
        made = []
        if named and named[0] == "labelled":
            sentence = next(one for one in self.sentences if one.start <= named[1] < one.end)
            start, end = self.facts.trimmed(sentence.clauses[0].start, sentence.clauses[0].end)
            if start == named[1] and named[2] < end <= start + 80:
                made.append(Span(kind="descriptor", start=start, end=end))
        if mentioned := self._end_of_mention(named):
            sentence = next(one for one in self.sentences if one.start <= mentioned - 1 < one.end)
            after = next((c for c in sentence.clauses if 0 <= c.start - mentioned <= 3), None)
            joint = self.text[mentioned : after.start] if after else ""
            if after and not after.inside and regex.fullmatch(r"\s*(?:[,،、]|[–—-])\s*", joint):
                start, end = self.facts.trimmed(after.start, after.end)
                following = next((c for c in sentence.clauses if c.start > after.start), None)
                if len(self.marks.words(start, end)) <= 2 and following and not following.inside:
                    end = self.facts.trimmed(following.start, following.end)[1]  # a small, family-run bakery
                if self._describes(start, end):
                    made.append(Span(kind="descriptor", start=start, end=end))
        return made

    def _end_of_mention(self, named: tuple[Given, int, int] | None) -> int | None:
        """Where the name ends, with its quotation marks, in the sentence that has it as a word; None: nowhere."""
        if named and named[0] == "quoted":
            return next(one.outer_end for one in self.reader.quotes if one.start == named[1])
        return named[2] if named and named[0] == "address" else None

    def _describes(self, start: int, end: int) -> bool:
        words = self.marks.words(start, end)
        marks = self.marks.within(start, end)
        if not 2 <= len(words) <= 14 or end - start > 90 or words[0].word in _VERBS_AFTER:
            return False
        if marks & {"film", "maker", "look", "self"} or "tone" in self.marks.first(start, end):
            return False
        return not (self.facts.is_negated(start, end) or self.facts.seconds_in(start, end)) and not any(
            c.start < end and start < c.end for c in self.reader.contacts
        )

    def _labelled(self, sentence: Sentence) -> list[Span]:
        """The whole value of a label that says what it is."""
        kind = _LABELLED.get(sentence.label or sentence.section or "")
        start, end = self.facts.trimmed(sentence.start, sentence.end)
        if kind is None or not start < end <= start + LONGEST or sentence.contacts or kind in self.facts.unwanted:
            return []
        marks, digits = self.marks.within(start, end), any(char.isdigit() for char in self.text[start:end])
        if "self" in marks or self.facts.is_negated(start, end) or (sentence.quotes and kind in ("quote", "call")):
            return []
        due = "due" in self.marks.within(sentence.whole_start, start)
        is_form = self.loose >= 3 and any(one.label == "name" for one in self.sentences)
        fits = {
            "offer": digits or "free" in marks, "date": self.facts.is_dated(start, end) and not due,
            "place": digits or not self.text[start].islower(), "descriptor": is_form,
        }  # fmt: skip
        if not fits.get(kind, True):
            return []
        return [Span(kind=kind, start=self._with_label(sentence, start, end) if kind in _MEASURED else start, end=end)]

    def _with_label(self, sentence: Sentence, start: int, end: int) -> int:
        """Where the label begins that tells a viewer what its value from ``start`` is; else ``start``."""
        first = self.facts.trimmed(sentence.shown_start, end)[0]
        stands = regex.search(r"\p{Nd}\s*[:：]\s*$|[\p{L}\p{M}’)]\s*[:：]\s*$", self.text[first:start])
        return first if stands and end - first <= LONGEST else start

    def _slogan(self, number: int) -> list[Span]:
        """``Slogan: Anyone can brew. So can we.`` to the end of its line."""
        first = self.sentences[number]
        line = [one for one in self.sentences[number : number + 4] if one.line == first.line]
        if any(self.facts.is_told(one) or one.quotes or one.contacts for one in line) or any(
            one.is_labelled for one in line[1:]
        ):
            return []
        said = self.text[first.start : line[-1].end]
        start, end = line[-1].end - len(said.lstrip()), first.start + len(said.rstrip())
        return [Span(kind="quote", start=start, end=end)] if 0 < end - start <= LONGEST else []

    def _measured(self, sentence: Sentence) -> list[Span]:
        """``Battery: 60 hours``: a label that nobody listed, with a measure, in a brief that is a form."""
        start, end = self.facts.trimmed(sentence.start, sentence.end)
        kind = self.facts.kind_of(sentence, start, end)
        first = self._with_label(sentence, start, end)
        marks = self.marks.within(sentence.whole_start, end)
        if first == start or end - first > 60 or kind not in _MEASURED or kind in self.facts.unwanted:
            return []
        if marks & {"minutes", "seconds", "film_units", "years"} or (kind == "date" and "due" in marks):
            return []
        return [Span(kind=kind, start=first, end=end)]

    def _is_fact_list(self, group: Sequence[Sentence]) -> bool:
        said = group[0].section == "facts"
        if len(group) < 2 or any(self.facts.is_told(one) for one in group):
            return False
        if not said and any(self.facts.is_negated(one.start, one.end) or one.is_labelled for one in group):
            return False
        if len({one.line for one in group}) != len(group):
            return False
        digits = sum(self.facts.has_digits(one.start, one.end) for one in group)
        return group[0].listed != "emoji" and (said or digits * 2 >= len(group))

    def _goodbye(self, sentence: Sentence) -> int:
        """Where a letter ends within the line: ``Best, Kim, Tel. 01632 960555``; else behind everything."""
        for one in self.sentences:
            if one.line == sentence.line and one.start <= sentence.start and one.start * 4 > len(self.text):
                for clause in one.clauses:
                    words = self.marks.words(clause.start, clause.end)
                    if 0 < len(words) <= 2 and "goodbye" in self.marks.first(clause.start, clause.end):
                        return clause.start
        return len(self.text) + 1

    def _contacts(self, sentence: Sentence) -> list[Span]:
        """Where a viewer finds more: with the call before it, or alone."""
        if sentence.in_signature:
            return []
        left = self._goodbye(sentence)
        made: list[Span] = []
        fit = [
            one for one in sentence.contacts if one.kind != "tag" and one.start < left and self._is_own(sentence, one)
        ]
        called = {contact.start: span for span, contact in self.facts.calls(sentence) if contact in fit}
        for contact in fit:
            if contact.start in called:
                made.append(called[contact.start])
            first = self._with_label(sentence, contact.start, contact.end)
            told = contact.kind == "telephone" or "call" in self.marks.within(first, contact.start)
            if first < contact.start and contact.start not in called and told:
                made.append(Span(kind="call", start=first, end=contact.end))
            if contact.kind in CONTACTS:
                made.append(Span(kind=contact.kind, start=contact.start, end=contact.end))  # type: ignore[arg-type]
        return made

    def _is_own(self, sentence: Sentence, contact: Contact) -> bool:
        """Whether it is for viewers: nobody denies it, or points with it to another's work, or means the maker."""
        if sentence.is_for_maker:
            return False
        clause = next((c for c in sentence.clauses if c.start <= contact.start < c.end), None)
        if clause is None:
            return False
        around = max(clause.start, contact.start - 60), min(clause.end, contact.end + 30)
        marks = self.marks.within(*around, [(contact.start, contact.end)])
        said = self.text[contact.start : contact.end].casefold()
        if contact.kind == "address" and any(one in said for one in _OUTSIDE):
            return False
        words = {word.word for word in self.marks.words(clause.start, contact.start)}
        barred = {"alike"} | ({"self", "negated"} if contact.kind != "address" else {"negated"})
        if contact.kind == "telephone" and "self" in self.marks.within(sentence.start, sentence.end):
            return False
        near = self.marks.within(max(clause.start, contact.start - 24), contact.start)
        return not (near & barred or ("alike" in marks) or words & _SENT)

    def _taken_back(self) -> set[int]:
        """Sentences that the next one forbids: ``Two people died there. Leave that out.``"""
        return {
            number for number, (before, one) in enumerate(pairwise(self.sentences))
            if before.line == one.line and len(self.marks.words(one.start, one.end)) <= 10
            and {"negated", "pointing"} <= self.marks.within(one.start, one.end)
        }  # fmt: skip

    def _is_past(self, span: Span) -> bool:
        """Whether it is a price of before, with none of now: ``Was 199 €``."""
        prices = len(_PRICES.findall(self.text[span.start : span.end]))
        words = self.marks.words(span.start, span.end)
        return span.kind == "offer" and prices < 2 and any(word.word in _BEFORE_NOW for word in words)

    # ---- what is kept of it
    def _kept(self, spans: Sequence[Span]) -> list[Span]:
        """Fit to be shown, each once, none inside another but contacts in a call."""
        fit = [s for s in spans if self._fits(s.start, s.end, LONGEST_SCREEN) and not self._is_past(s)]
        made: list[Span] = []
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
        """Whether it can be drawn as it stands: no signs that are taken out, and not too long."""
        said = self.seen.span(start, end).text
        lines = said.split("\n")
        return (
            0 < len(said) <= longest
            and not any(_UNFIT.search(line) or any(pictograph(char) for char in line) for line in lines)
            and any(char.isalnum() for char in said)
        )

    def _unused(self, kept: Sequence[Span], named: tuple[Given, int, int] | None) -> tuple[Part, ...]:
        taken = [*((one.start, one.end) for one in kept), *((one.start, one.end) for one in self.directions)]
        taken += [(named[1], named[2])] if named else []
        left = (self._read(Part, start, end) for start, end in left_of(self.sentences, self.facts, taken))
        return tuple(one for one in left if any(char.isalnum() for char in one.text))
