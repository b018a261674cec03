"""Numbers, offers, dates, places and calls to action: whole clauses of the brief whose form says what they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain import forms
from reelwright.planner.certain.labels import AND
from reelwright.planner.certain.marks import Hit, Marks, listed
from reelwright.planner.certain.nouns import Kind
from reelwright.planner.certain.parts import Clause, Contact, Sentence
from reelwright.reel.noun import noun

LONGEST: Final = 120
_LONGEST_READ: Final = 1_000
_MOST_WORDS: Final = 24
_HARD: Final = frozenset({"film", "maker", "look", "told"})
_BUT: Final = listed("turning")
WE: Final = listed("several")


@noun
class Span:
    """A piece of the matched text and what it is."""

    kind: Kind
    start: int
    end: int


_POSTCODE: Final = regex.compile(r"\p{Nd}{4,5}\s\p{Lu}\p{Ll}+")
"""``33604 Bielefeld``."""
_BARE_LENGTH: Final = 2
_LONGEST_TERM: Final = 3
_OF_A_FILM: Final = frozenset("for about of on long max für über lang pour sur para sobre per su за max".split())  # noqa: SIM905
"""Words after seconds that are a film's."""


class Facts:
    """Finds what is certain in the sentences of one text."""

    def __init__(self, text: str, marks: Marks, unwanted: Collection[str] = (), *, language: str = "") -> None:
        self.text, self.marks = text, marks
        self.unwanted = frozenset(unwanted)
        self.nouns_are_capital = language.startswith("de")

    # ---- what the sentence says of itself
    def is_told(self, sentence: Sentence) -> bool:
        """Whether the sentence speaks to the maker, or of the film."""
        if sentence.is_for_maker or sentence.in_signature or self.seconds_in(sentence.start, sentence.end):
            return True
        return bool(self.marks.within(sentence.start, sentence.end, self._aside(sentence)) & _HARD)

    def after_request(self, sentence: Sentence) -> Sentence | None:
        """``A reel for our market, 12 April, 40 stalls`` without its first clause, where the rest is no wish."""
        opened = [one for one in sentence.clauses if not one.inside]
        if sentence.is_for_maker or sentence.in_signature or len(opened) < 2:
            return None
        first, aside = opened[0], self._aside(sentence)
        if self.marks.within(first.start, first.end, aside) & _HARD != {"film"}:
            return None
        if "naming" not in self.marks.within(first.start, first.end, aside):
            return None
        rest = replace(
            sentence, start=opened[1].start, clauses=tuple(c for c in sentence.clauses if c.start > first.start)
        )
        told = self.marks.within(rest.start, rest.end, aside) & (_HARD | {"tone", "self"})
        if told or self.seconds_in(rest.start, rest.end) or self.is_negated(sentence.start, sentence.end):
            return None
        return rest

    def _aside(self, sentence: Sentence) -> list[tuple[int, int]]:
        """What is in quotation marks, and addresses: their words say nothing of the sentence."""
        return [(q.outer_start, q.outer_end) for q in sentence.quotes] + [(c.start, c.end) for c in sentence.contacts]

    def seconds_in(self, start: int, end: int) -> bool:
        """Whether it counts seconds, shots or shapes of a film."""
        counted = (
            hit for hit in self.marks.hits(start, end) if hit.mark in ("seconds", "film_units")
            and forms.NUMBER_BEFORE.search(self.text[max(0, hit.start - 12) : hit.start])
        )  # fmt: skip
        return any(hit.mark == "film_units" or self.is_second(hit, start, end) for hit in counted) or bool(
            forms.SHAPE.search(self.text[start:end])
        )

    def is_second(self, hit: Hit, start: int, end: int) -> bool:
        """Whether it is one of a film's: ``a 20s reel``, ``20s for Fenn``; not ``under-5s``, ``80s and 90s night``."""
        before = self.text[max(0, hit.start - 12) : hit.start].rstrip(" -").rstrip("0123456789")
        if before[-1:] in ("-", "’", "'") or "’" in before[-2:]:
            return False
        if hit.end - hit.start > 1:
            return True
        words = self.marks.words(start, end)
        after = next((word.word for word in words if word.start >= hit.end), "")
        return len(words) <= _BARE_LENGTH or not after or after in _OF_A_FILM or "film" in self.marks.within(start, end)

    def is_negated(self, start: int, end: int) -> bool:
        negated = (hit for hit in self.marks.hits(start, end) if hit.mark == "negated")
        return any(not forms.COUNTED_NO.match(self.text, hit.start) for hit in negated)

    # ---- clauses
    def of(self, sentence: Sentence) -> list[Span]:
        """The spans of a sentence that is not told."""
        if self.text[sentence.end - 1] in ":：?？؟":
            return []  # it opens what follows, ``On Monday 3 May, Jo wrote:``, or asks
        clauses = [self._after_has(one) for one in sentence.clauses if not one.inside]
        made: list[Span] = []
        at = 0
        while at < len(clauses):
            found, at = self._clause(sentence, clauses, at)
            if found is None:
                continue
            before = made[-1] if made else None
            if before and found.kind == before.kind == "number" and self._leans(found):
                made[-1] = Span(kind="number", start=before.start, end=found.end)
            else:
                made.append(found)
        off = [hit.start for hit in self.marks.hits(sentence.start, sentence.end) if hit.mark == "not_on"]
        if any(not any(span.start <= one < span.end for span in made) for one in off):
            made = [span for span in made if span.kind != "date"]  # Friday 9 May: closed
        if any(span.kind == "number" for span in made) and not self._is_whole(clauses, made):
            return [span for span in made if span.kind != "number"]
        return [span for span in made if span.kind != "number" or self._is_sure(span, clauses, made)]

    def _is_sure(self, span: Span, clauses: list[Clause], found: list[Span]) -> bool:
        """A count that opens its sentence, or stands beside another fact; ``hands, clay, 2 dogs`` is a picture."""
        at = next(n for n, clause in enumerate(clauses) if clause.start <= span.start < clause.end)
        beside = [clauses[n] for n in (at - 1, at + 1) if 0 <= n < len(clauses)]
        facts = [c for c in beside if any(one is not span and one.start < c.end and c.start < one.end for one in found)]
        return at == 0 or bool(facts)

    def _after_has(self, clause: Clause) -> Clause:
        """``We have 6 rooms`` from the number on."""
        start, end = self.trimmed(clause.start, clause.end)
        words = self.marks.words(start, min(end, start + 40))
        begins = words[1].start if len(words) > 1 and words[0].word in WE else start
        hit = next((h for h in self.marks.hits(begins, end) if h.mark == "has" and h.start == begins), None)
        first = next((word for word in words if hit and word.start >= hit.end), None)
        return replace(clause, start=first.start) if first and first.word.isdigit() else clause

    def _is_whole(self, clauses: list[Clause], found: list[Span]) -> bool:
        """Whether every clause with a number is shown: half of a list of numbers would say something else."""
        return all(
            any(span.start < clause.end and clause.start < span.end for span in found)
            for clause in clauses
            if any(char.isdigit() for char in self.text[clause.start : clause.end])
        )

    def _clause(self, sentence: Sentence, clauses: list[Clause], at: int) -> tuple[Span | None, int]:
        clause = clauses[at]
        start, end = self.trimmed(clause.start, clause.end)
        kind = self.kind_of(sentence, start, end)
        if kind is None or kind in self.unwanted:
            return None, at + 1
        nxt = at + 1
        tail = self._bracket(sentence, clause)
        if tail and self.text[tail.end + 1 : tail.end + 3].strip()[:1].isalnum():
            return None, nxt  # the clause goes on after the bracket
        if kind == "date" and at and clauses[at - 1].end + 1 == clause.start and self._ends_in_weekday(clauses[at - 1]):
            start = self.trimmed(clauses[at - 1].start, end)[0]
            if self.is_negated(start, end):
                return None, at + 1
        if kind == "place" and self.marks.words(start, end)[0].word in _PLACE_WORDS:
            start = next((word.start for word in self.marks.words(start, end)[1:]), start)
        if kind in ("offer", "number"):
            if tail and any(char.isdigit() for char in self.text[tail.start : tail.end]):
                end = tail.end + 1 if self.text[tail.end : tail.end + 1] == ")" else end
                while nxt < len(clauses) and clauses[nxt].start < end:
                    nxt += 1
            elif tail and kind == "offer":  # and ``until 3 May`` of a price that is not shown
                return None, nxt + (nxt < len(clauses) and self._limits(clauses[nxt]))
        while nxt < len(clauses) and self._goes_on(sentence, kind, clauses[nxt]):
            end = self.trimmed(clauses[nxt].start, clauses[nxt].end)[1]
            nxt += 1
        if nxt < len(clauses) and kind == "offer" and self._limits(clauses[nxt]):
            return None, nxt + 1
        if end - start > LONGEST or (kind == "offer" and self._is_bare(start, end)):
            return None, nxt
        return Span(kind=kind, start=start, end=end), nxt

    def _is_bare(self, start: int, end: int) -> bool:
        """A price of nothing: ``£3``."""
        return not any(char.isalpha() for char in self.text[start:end])

    def _ends_in_weekday(self, clause: Clause) -> bool:
        """``from Saturday`` before ``, 9 May``."""
        start, end = self.trimmed(clause.start, clause.end)
        return any(hit.mark == "weekday" and hit.end == end for hit in self.marks.hits(start, end))

    def _limits(self, clause: Clause) -> bool:
        """Whether the clause takes something back of the offer before it: ``bills not included``."""
        start, end = self.trimmed(clause.start, clause.end)
        terms = self.marks.first(clause.start, end) & {"then", "terms"} or "extra" in self.marks.within(start, end)
        return bool(terms) or self.is_negated(start, end)

    def _is_term(self, start: int, end: int) -> bool:
        """``until 3 May``, ``plus VAT``: what follows an offer and is shown with it."""
        marks, words = self.marks.within(start, end), self.marks.words(start, end)
        counted = any(char.isdigit() for char in self.text[start:end]) or len(words) <= _LONGEST_TERM
        return counted and not marks & (_HARD | {"self"})

    def _bracket(self, sentence: Sentence, clause: Clause) -> Clause | None:
        """What stands in brackets right after the clause."""
        return next((c for c in sentence.clauses if c.inside and 0 <= c.start - clause.end <= 2), None)

    def _goes_on(self, sentence: Sentence, kind: Kind, clause: Clause) -> bool:
        """Whether the clause belongs to what was found before it: a time or venue of a date, a term of an offer."""
        start, end = self.trimmed(clause.start, clause.end)
        said = self.text[start:end]
        if (
            not said
            or clause.after in (("(", "|") if kind == "offer" else ("(", "/", "|"))
            or self.is_negated(start, end)
        ):
            return False
        if "self" in self.marks.within(start, end) or any(c.start < end and start < c.end for c in sentence.contacts):
            return False
        if kind == "date":
            timed = bool(forms.TIME.search(said) or self._dated(start, end)) and len(said) < 40
            venue = self._is_venue(said)
            return timed or venue or ("place" not in self.unwanted and self._is_street(start, end))
        if kind == "offer" and self._is_bare(start, end):
            return bool(forms.MONEY.search(said))  # Tickets £5 / £3
        if kind == "offer":
            return self._limits(clause) and self._is_term(start, end)
        return kind == "place" and self._is_venue(said)

    def _is_venue(self, said: str) -> bool:
        """Nothing but capitalised words, where a language does not write every noun so."""
        return bool(forms.CAPITAL_RUN.fullmatch(said)) and not said.isupper() and not self.nouns_are_capital

    def _leans(self, span: Span) -> bool:
        """``6 of them first-timers``: a number that counts a part of what stands before it."""
        words = self.marks.words(span.start, span.end)
        return len(words) > 1 and "then" in {h.mark for h in self.marks.hits(words[1].start, words[1].end)}

    def kind_of(self, sentence: Sentence, start: int, end: int) -> Kind | None:
        said = self.text[start:end]
        words = self.marks.words(start, end)
        if not words or end - start > LONGEST or len(words) > _MOST_WORDS:
            return None
        if any(c.start < end and start < c.end for c in sentence.contacts):
            return None
        marks = self.marks.within(start, end)
        if "self" in marks or self.is_negated(start, end) or self.seconds_in(start, end):
            return None
        if words[0].word in _BUT | WE or any(q.outer_start < end and start < q.outer_end for q in sentence.quotes):
            return None
        if forms.MONEY.search(said):
            return None if "pointing" in self.marks.first(start, end) else "offer"  # It cost us £300
        if self._is_street(start, end):
            return "place"
        if self._dated(start, end):
            return "date"
        if "free" in marks and len(words) <= 5 and not any(word.word in WE for word in words):
            if len(words) > 1 and words[0].word == "free" and words[1].word in _DETERMINERS:
                return None  # Free the Fen
            edges = self.marks.first(start, end) | {h.mark for h in self.marks.hits(words[-1].start, end)}
            return "offer" if "free" in edges and len(words) > 1 else None
        return "number" if self._is_count(sentence, start, end) else None

    def _dated(self, start: int, end: int) -> bool:
        said = self.text[start:end]
        if forms.RANGE.fullmatch(said):
            return True
        if forms.DAY.search(said) and not forms.MONEY.search(said):
            return True
        hits = self.marks.hits(start, end)
        digits = [word for word in self.marks.words(start, end) if word.word.isdigit()]
        for hit in hits:
            if hit.mark == "month" and any(
                0 <= hit.start - word.end <= 6 or 0 <= word.start - hit.end <= 3 for word in digits
            ):
                return True
            if hit.mark == "weekday":
                every = any(h.mark == "every" and 0 <= hit.start - h.end <= 2 for h in hits)
                if every or (digits and (forms.TIME.search(said) or any(abs(w.start - hit.end) <= 3 for w in digits))):
                    return True
        return bool(forms.SHORT_DAY.search(said))

    def _is_street(self, start: int, end: int) -> bool:
        said = self.text[start:end]
        if forms.STREET_FORM.search(said) and end - start < 60:
            return True
        hits = [h for h in self.marks.hits(start, end) if h.mark == "street"]
        digits = [word for word in self.marks.words(start, end) if word.word.isdigit() and len(word.word) <= 4]
        if not hits or not digits or len(self.marks.words(start, end)) > 9:
            return False
        first = self.marks.words(start, end)[0]
        french = first is digits[0] and any(0 < h.start - first.end <= 6 for h in hits)
        named = [self.text[h.start].isupper() for h in hits]
        return french or (
            any(named) and any(0 < w.start - h.end <= 30 or 0 < h.start - w.end <= 30 for h in hits for w in digits)
        )

    def _is_count(self, sentence: Sentence, start: int, end: int) -> bool:
        """A clause that begins with a number and what it counts, in a sentence that denies nothing."""
        found = forms.NUMBER.match(self.text, start, end)
        if found is None or (not found["unit"] and not (found["after"] or "").strip()):
            return False
        if forms.YEAR.match(self.text, start, end) or _POSTCODE.match(self.text, start, end):
            return False
        words = self.marks.words(start, end)
        if len(words) > 12 or any(word.word in WE for word in words):
            return False
        if self.is_negated(sentence.start, sentence.end):
            return False
        unit = self.marks.within(found.start("unit"), found.end("unit")) if found["unit"] else set()
        if unit & {"minutes", "seconds", "film_units"} or ("years" in unit and (found["joint"] or len(words) == 2)):
            return False
        if forms.TIME.match(self.text, start, end) and len(words) <= 3:
            return False
        return found["unit"] is not None or len(words) > 1

    def is_dated(self, start: int, end: int) -> bool:
        """Whether a label's value says when: a day or a time."""
        return self._dated(start, end) or bool(forms.TIME.search(self.text[start:end]))

    def has_digits(self, start: int, end: int) -> bool:
        """Whether it counts something other than the hours of a day."""
        return any(char.isdigit() for char in forms.TIME.sub("", self.text[start:end]))

    # ---- lists
    def items(self, group: list[Sentence]) -> Iterator[Span]:
        """Each line of a list of facts, whole."""
        for sentence in group:
            start, end = self.trimmed(sentence.whole_start, sentence.end)
            last = sentence.clauses[-1] if sentence.clauses else None
            if last and last.inside and not any(char.isdigit() for char in self.text[last.start : last.end]):
                start, end = self.trimmed(sentence.whole_start, self.text.rfind("(", start, last.start))
            marks = self.marks.within(start, end)
            if start < end <= start + LONGEST and not marks & {"self"} and not sentence.contacts:
                digits = any(char.isdigit() for char in self.text[start:end])
                kind: Kind = "date" if self._dated(start, end) else "number" if digits else "descriptor"
                if kind not in self.unwanted and not (
                    "offer" in self.unwanted and forms.MONEY.search(self.text[start:end])
                ):
                    yield Span(kind=kind, start=start, end=end)

    def calls(self, sentence: Sentence) -> Iterator[tuple[Span, Contact]]:
        """Clauses that begin with what a viewer is to do and hold where to: ``Apply by 3 May at jobs.example``."""
        for contact in sentence.contacts:
            if contact.kind == "tag":
                continue
            clause = next((c for c in sentence.clauses if c.start <= contact.start and contact.end <= c.end), None)
            if clause is None or clause.inside:
                continue
            begin = max(
                (c.end for c in sentence.contacts if clause.start <= c.end <= contact.start), default=clause.start
            )
            start, _ = self.trimmed(begin, contact.end)
            opened = next((h.start for h in self.marks.hits(start, contact.start) if h.mark == "call"), None)
            words = self.marks.words(start, contact.start)
            if opened is None or not words:
                continue
            if words[0].start != opened:
                if not (words[0].word in _OR and len(words) > 1 and words[1].start == opened):
                    continue
                start = opened
            rest_start, rest_end = self.trimmed(contact.end, clause.end)
            rest = self.marks.words(rest_start, rest_end)
            if rest and rest[0].word not in _OR | AND:
                continue
            marks = self.marks.within(start, contact.start)
            if marks & {"self", "negated", "film", "look"} or contact.end - start > 90:
                continue
            if contact.kind == "mail" and ("bare_label" in self.marks.first(start, contact.start) or "sent" in marks):
                continue  # whom the maker may ask
            yield Span(kind="call", start=start, end=contact.end), contact

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """Without space, marks and joining words at the ends."""
        while True:
            while start < end and not self._stands(self.text[start], first=True):
                start += 1
            while end > start and not self._stands(self.text[end - 1], first=False):
                end -= 1
            if end - start > _LONGEST_READ:
                return start, end
            words = self.marks.words(start, end)
            if words and words[0].start == start and words[0].word in AND and len(words) > 1:
                start = words[1].start if not self.text[words[0].end : words[1].start].strip() else words[0].end
                continue
            said = self.text[start:end]
            if said.count("(") != said.count(")"):
                if said.endswith(")"):
                    end -= 1
                    continue
                if said.startswith("("):
                    start += 1
                    continue
            return start, end

    @staticmethod
    def _stands(char: str, *, first: bool) -> bool:
        if char.isalnum() or unicodedata.category(char) in ("Sc", "Mn", "Mc"):
            return True
        return char in ('~@#+–-<>≥≤(„“«「"' if first else "%°★)+²³″›»”“」\"'’~〜º")


_DETERMINERS: Final = listed("determiner")
_PLACE_WORDS: Final = listed("place_word")
_OR: Final = listed("or")
