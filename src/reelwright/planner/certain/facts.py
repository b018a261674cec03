"""Finds numbers, offers, dates, places and calls to action: whole clauses of the brief, recognised by their form."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain import forms
from reelwright.planner.certain.labels import AND_WORDS
from reelwright.planner.certain.marks import Hit, Marks, list_mark_words
from reelwright.planner.certain.parts import Clause, Contact, Sentence
from reelwright.planner.certain.values import Kind
from reelwright.reel.value import define_value

MAX_FACT_LETTERS: Final = 120
_MAX_READ_LETTERS: Final = 1_000
_MAX_WORDS: Final = 24
_DIRECTION_MARKS: Final = frozenset({"film", "maker", "look", "told"})
_TURNING_WORDS: Final = list_mark_words("turning")
WE_WORDS: Final = list_mark_words("several")


@define_value
class FactSpan:
    """A piece of the matched text, and its kind."""

    kind: Kind
    start: int
    end: int


_POSTCODE: Final = regex.compile(r"\p{Nd}{4,5}\s\p{Lu}\p{Ll}+")
"""``33604 Bielefeld``."""
_MAX_BARE_LENGTH_WORDS: Final = 2
_MAX_TERM_WORDS: Final = 3
_OF_A_FILM: Final = frozenset("for about of on long max für über lang pour sur para sobre per su за max".split())  # noqa: SIM905
"""Words after seconds that belong to a film."""


class FactFinder:
    """Finds what is certain in the sentences of one text."""

    def __init__(self, text: str, marks: Marks, unwanted: Collection[str] = (), *, language: str = "") -> None:
        self.text, self.marks = text, marks
        self.unwanted = frozenset(unwanted)
        self.nouns_are_capital = language.startswith("de")

    # ---- what the sentence says of itself
    def is_told(self, sentence: Sentence) -> bool:
        """Return whether the sentence speaks to the maker or of the film, or stands in the signature."""
        if sentence.is_for_maker or sentence.is_in_signature or self.has_film_units(sentence.start, sentence.end):
            return True
        return bool(self.marks.list_marks(sentence.start, sentence.end, self._list_asides(sentence)) & _DIRECTION_MARKS)

    def strip_request(self, sentence: Sentence) -> Sentence | None:
        """Return the sentence without a first clause that only wishes for a film; None if it has none."""
        opened = [one for one in sentence.clauses if not one.is_bracketed]
        if sentence.is_for_maker or sentence.is_in_signature or len(opened) < 2:
            return None
        first, aside = opened[0], self._list_asides(sentence)
        if self.marks.list_marks(first.start, first.end, aside) & _DIRECTION_MARKS != {"film"}:
            return None
        if "naming" not in self.marks.list_marks(first.start, first.end, aside):
            return None
        rest = replace(
            sentence, start=opened[1].start, clauses=tuple(c for c in sentence.clauses if c.start > first.start)
        )
        direction_marks = self.marks.list_marks(rest.start, rest.end, aside) & (_DIRECTION_MARKS | {"tone", "self"})
        if (
            direction_marks
            or self.has_film_units(rest.start, rest.end)
            or self.is_negated(sentence.start, sentence.end)
        ):
            return None
        return rest

    def _list_asides(self, sentence: Sentence) -> list[tuple[int, int]]:
        """List the spans of quotations and addresses: their words say nothing about the sentence."""
        return [(q.outer_start, q.outer_end) for q in sentence.quotes] + [(c.start, c.end) for c in sentence.contacts]

    def has_film_units(self, start: int, end: int) -> bool:
        """Return whether the text counts seconds or shots of a film, or names its shape."""
        counted = (
            hit for hit in self.marks.find_hits(start, end) if hit.mark in ("seconds", "film_units")
            and forms.NUMBER_BEFORE.search(self.text[max(0, hit.start - 12) : hit.start])
        )  # fmt: skip
        return any(hit.mark == "film_units" or self.is_second(hit, start, end) for hit in counted) or bool(
            forms.SHAPE.search(self.text[start:end])
        )

    def is_second(self, hit: Hit, start: int, end: int) -> bool:
        """Return whether the word counts a film's seconds: ``a 20s reel``, ``20s for Fenn``; not ``under-5s``, ``80s
        and 90s night``.
        """
        before = self.text[max(0, hit.start - 12) : hit.start].rstrip(" -").rstrip("0123456789")
        if before[-1:] in ("-", "’", "'") or "’" in before[-2:]:
            return False
        if hit.end - hit.start > 1:
            return True
        words = self.marks.list_tokens(start, end)
        after = self.marks.find_word_after(hit.end, end)
        return (
            len(words) <= _MAX_BARE_LENGTH_WORDS
            or not after
            or after in _OF_A_FILM
            or "film" in self.marks.list_marks(start, end)
        )

    def is_negated(self, start: int, end: int) -> bool:
        """Return whether a negation, such as ``no`` or ``not``, stands in the characters [start, end)."""
        negated = (hit for hit in self.marks.find_hits(start, end) if hit.mark == "negated")
        return any(not forms.COUNTED_NO.match(self.text, hit.start) for hit in negated)

    # ---- clauses
    def find_spans(self, sentence: Sentence) -> list[FactSpan]:
        """Find the spans of a sentence that is not addressed to the maker."""
        if self.text[sentence.end - 1] in ":：?？؟":
            return []  # it opens what follows, ``On Monday 3 May, Jo wrote:``, or asks
        clauses = [self._strip_has(one) for one in sentence.clauses if not one.is_bracketed]
        made: list[FactSpan] = []
        at = 0
        while at < len(clauses):
            found, at = self._read_clause(sentence, clauses, at)
            if found is None:
                continue
            before = made[-1] if made else None
            if before and found.kind == before.kind == "number" and self._is_part_of_previous(found):
                made[-1] = FactSpan(kind="number", start=before.start, end=found.end)
            else:
                made.append(found)
        off = [hit.start for hit in self.marks.find_hits(sentence.start, sentence.end) if hit.mark == "not_on"]
        if any(not any(span.start <= one < span.end for span in made) for one in off):
            made = [span for span in made if span.kind != "date"]  # Friday 9 May: closed
        if any(span.kind == "number" for span in made) and not self._is_whole(clauses, made):
            return [span for span in made if span.kind != "number"]
        return [span for span in made if span.kind != "number" or self._is_sure(span, clauses, made)]

    def _is_sure(self, span: FactSpan, clauses: list[Clause], found: list[FactSpan]) -> bool:
        """Return whether a count opens its sentence or stands beside another fact; ``hands, clay, 2 dogs`` is a
        picture.
        """
        at = next(n for n, clause in enumerate(clauses) if clause.start <= span.start < clause.end)
        beside = [clauses[n] for n in (at - 1, at + 1) if 0 <= n < len(clauses)]
        facts = [c for c in beside if any(one is not span and one.start < c.end and c.start < one.end for one in found)]
        return at == 0 or bool(facts)

    def _strip_has(self, clause: Clause) -> Clause:
        """Return the clause ``We have 6 rooms`` from the number on."""
        start, end = self.trim(clause.start, clause.end)
        words = self.marks.list_tokens(start, min(end, start + 40))
        begins = words[1].start if len(words) > 1 and words[0].word in WE_WORDS else start
        hit = next((h for h in self.marks.find_hits(begins, end) if h.mark == "has" and h.start == begins), None)
        first = next((word for word in words if hit and word.start >= hit.end), None)
        return replace(clause, start=first.start) if first and first.word.isdigit() else clause

    def _is_whole(self, clauses: list[Clause], found: list[FactSpan]) -> bool:
        """Return whether every clause with a number is shown: half of a list of numbers would say something else."""
        return all(
            any(span.start < clause.end and clause.start < span.end for span in found)
            for clause in clauses
            if any(char.isdigit() for char in self.text[clause.start : clause.end])
        )

    def _read_clause(self, sentence: Sentence, clauses: list[Clause], at: int) -> tuple[FactSpan | None, int]:
        clause = clauses[at]
        start, end = self.trim(clause.start, clause.end)
        kind = self.find_kind(sentence, start, end)
        if kind is None or kind in self.unwanted:
            return None, at + 1
        nxt = at + 1
        tail = self._find_bracket(sentence, clause)
        if tail and self.text[tail.end + 1 : tail.end + 3].strip()[:1].isalnum():
            return None, nxt  # the clause goes on after the bracket
        if kind == "date" and at and clauses[at - 1].end + 1 == clause.start and self._ends_in_weekday(clauses[at - 1]):
            start = self.trim(clauses[at - 1].start, end)[0]
            if self.is_negated(start, end):
                return None, at + 1
        if kind == "place" and self.marks.list_tokens(start, end)[0].word in _PLACE_WORDS:
            start = next((word.start for word in self.marks.list_tokens(start, end)[1:]), start)
        if kind in ("offer", "number"):
            if tail and any(char.isdigit() for char in self.text[tail.start : tail.end]):
                end = tail.end + 1 if self.text[tail.end : tail.end + 1] == ")" else end
                while nxt < len(clauses) and clauses[nxt].start < end:
                    nxt += 1
            elif tail and kind == "offer":  # and ``until 3 May`` of a price that is not shown
                return None, nxt + (nxt < len(clauses) and self._is_limit(clauses[nxt]))
        while nxt < len(clauses) and self._goes_on(sentence, kind, clauses[nxt]):
            end = self.trim(clauses[nxt].start, clauses[nxt].end)[1]
            nxt += 1
        if nxt < len(clauses) and kind == "offer" and self._is_limit(clauses[nxt]):
            return None, nxt + 1
        if end - start > MAX_FACT_LETTERS or (kind == "offer" and self._is_bare(start, end)):
            return None, nxt
        return FactSpan(kind=kind, start=start, end=end), nxt

    def _is_bare(self, start: int, end: int) -> bool:
        """Return whether the span is a price of nothing: ``£3``."""
        return not any(char.isalpha() for char in self.text[start:end])

    def _ends_in_weekday(self, clause: Clause) -> bool:
        """Return whether the clause ends in a weekday: ``from Saturday`` before ``, 9 May``."""
        start, end = self.trim(clause.start, clause.end)
        return any(hit.mark == "weekday" and hit.end == end for hit in self.marks.find_hits(start, end))

    def _is_limit(self, clause: Clause) -> bool:
        """Return whether the clause takes back a part of the offer before it: ``bills not included``."""
        start, end = self.trim(clause.start, clause.end)
        terms = self.marks.list_first_marks(clause.start, end) & {"then", "terms"} or "extra" in self.marks.list_marks(
            start, end
        )
        return bool(terms) or self.is_negated(start, end)

    def _is_term(self, start: int, end: int) -> bool:
        """Return whether the text is a term that is shown with the offer before it: ``until 3 May``, ``plus VAT``."""
        marks, words = self.marks.list_marks(start, end), self.marks.list_tokens(start, end)
        counted = any(char.isdigit() for char in self.text[start:end]) or len(words) <= _MAX_TERM_WORDS
        return counted and not marks & (_DIRECTION_MARKS | {"self"})

    def _find_bracket(self, sentence: Sentence, clause: Clause) -> Clause | None:
        """Return the clause in brackets right after this one."""
        return next((c for c in sentence.clauses if c.is_bracketed and 0 <= c.start - clause.end <= 2), None)

    def _goes_on(self, sentence: Sentence, kind: Kind, clause: Clause) -> bool:
        """Return whether the clause belongs to the fact before it: a time or venue of a date, a term of an offer."""
        start, end = self.trim(clause.start, clause.end)
        text = self.text[start:end]
        if (
            not text
            or clause.sign_before in (("(", "|") if kind == "offer" else ("(", "/", "|"))
            or self.is_negated(start, end)
        ):
            return False
        if "self" in self.marks.list_marks(start, end) or any(
            c.start < end and start < c.end for c in sentence.contacts
        ):
            return False
        if kind == "date":
            timed = bool(forms.TIME.search(text) or self._is_date(start, end)) and len(text) < 40
            venue = self._is_venue(text)
            return timed or venue or ("place" not in self.unwanted and self._is_street(start, end))
        if kind == "offer" and self._is_bare(start, end):
            return bool(forms.MONEY.search(text))  # Tickets £5 / £3
        if kind == "offer":
            return self._is_limit(clause) and self._is_term(start, end)
        return kind == "place" and self._is_venue(text)

    def _is_venue(self, text: str) -> bool:
        """Return whether the text is capitalised words alone, in a language that does not capitalise nouns."""
        return bool(forms.CAPITAL_RUN.fullmatch(text)) and not text.isupper() and not self.nouns_are_capital

    def _is_part_of_previous(self, span: FactSpan) -> bool:
        """Return whether the number counts a part of what stands before it: ``6 of them first-timers``."""
        words = self.marks.list_tokens(span.start, span.end)
        return len(words) > 1 and "then" in {h.mark for h in self.marks.find_hits(words[1].start, words[1].end)}

    def find_kind(self, sentence: Sentence, start: int, end: int) -> Kind | None:
        """Return the kind of fact that the characters [start, end) are for certain, or None."""
        text = self.text[start:end]
        words = self.marks.list_tokens(start, end)
        if not words or end - start > MAX_FACT_LETTERS or len(words) > _MAX_WORDS:
            return None
        if any(c.start < end and start < c.end for c in sentence.contacts):
            return None
        marks = self.marks.list_marks(start, end)
        if "self" in marks or self.is_negated(start, end) or self.has_film_units(start, end):
            return None
        if words[0].word in _TURNING_WORDS | WE_WORDS or any(
            q.outer_start < end and start < q.outer_end for q in sentence.quotes
        ):
            return None
        if forms.MONEY.search(text):
            return None if "pointing" in self.marks.list_first_marks(start, end) else "offer"  # It cost us £300
        if self._is_street(start, end):
            return "place"
        if self._is_date(start, end):
            return "date"
        if "free" in marks and len(words) <= 5 and not any(word.word in WE_WORDS for word in words):
            if len(words) > 1 and words[0].word == "free" and words[1].word in _DETERMINERS:
                return None  # Free the Fen
            edges = self.marks.list_first_marks(start, end) | {
                h.mark for h in self.marks.find_hits(words[-1].start, end)
            }
            return "offer" if "free" in edges and len(words) > 1 else None
        return "number" if self._is_count(sentence, start, end) else None

    def _is_date(self, start: int, end: int) -> bool:
        text = self.text[start:end]
        if forms.RANGE.fullmatch(text):
            return True
        if forms.DAY.search(text) and not forms.MONEY.search(text):
            return True
        hits = self.marks.find_hits(start, end)
        digits = [word for word in self.marks.list_tokens(start, end) if word.word.isdigit()]
        for hit in hits:
            if hit.mark == "month" and any(
                0 <= hit.start - word.end <= 6 or 0 <= word.start - hit.end <= 3 for word in digits
            ):
                return True
            if hit.mark == "weekday":
                every = any(h.mark == "every" and 0 <= hit.start - h.end <= 2 for h in hits)
                if every or (digits and (forms.TIME.search(text) or any(abs(w.start - hit.end) <= 3 for w in digits))):
                    return True
        return bool(forms.SHORT_DAY.search(text))

    def _is_street(self, start: int, end: int) -> bool:
        text = self.text[start:end]
        if forms.STREET_FORM.search(text) and end - start < 60:
            return True
        hits = [h for h in self.marks.find_hits(start, end) if h.mark == "street"]
        digits = [word for word in self.marks.list_tokens(start, end) if word.word.isdigit() and len(word.word) <= 4]
        if not hits or not digits or len(self.marks.list_tokens(start, end)) > 9:
            return False
        first = self.marks.list_tokens(start, end)[0]
        french = first is digits[0] and any(0 < h.start - first.end <= 6 for h in hits)
        named = [self.text[h.start].isupper() for h in hits]
        return french or (
            any(named) and any(0 < w.start - h.end <= 30 or 0 < h.start - w.end <= 30 for h in hits for w in digits)
        )

    def _is_count(self, sentence: Sentence, start: int, end: int) -> bool:
        """Return whether the clause begins with a number and its unit, in a sentence without a denial."""
        found = forms.NUMBER.match(self.text, start, end)
        if found is None or (not found["unit"] and not (found["after"] or "").strip()):
            return False
        if forms.YEAR.match(self.text, start, end) or _POSTCODE.match(self.text, start, end):
            return False
        words = self.marks.list_tokens(start, end)
        if len(words) > 12 or any(word.word in WE_WORDS for word in words):
            return False
        if self.is_negated(sentence.start, sentence.end):
            return False
        unit = self.marks.list_marks(found.start("unit"), found.end("unit")) if found["unit"] else set()
        if unit & {"minutes", "seconds", "film_units"} or ("years" in unit and (found["joint"] or len(words) == 2)):
            return False
        if forms.TIME.match(self.text, start, end) and len(words) <= 3:
            return False
        return found["unit"] is not None or len(words) > 1

    def is_dated(self, start: int, end: int) -> bool:
        """Return whether a label's value says when: a day or a time."""
        return self._is_date(start, end) or bool(forms.TIME.search(self.text[start:end]))

    def has_digits(self, start: int, end: int) -> bool:
        """Return whether the text counts something other than the hours of a day."""
        return any(char.isdigit() for char in forms.TIME.sub("", self.text[start:end]))

    # ---- lists
    def list_items(self, group: list[Sentence]) -> Iterator[FactSpan]:
        """Yield each sentence of a list as one date, number or descriptor; one with a contact, or long, is left out."""
        for sentence in group:
            start, end = self.trim(sentence.whole_start, sentence.end)
            last = sentence.clauses[-1] if sentence.clauses else None
            if last and last.is_bracketed and not any(char.isdigit() for char in self.text[last.start : last.end]):
                start, end = self.trim(sentence.whole_start, self.text.rfind("(", start, last.start))
            marks = self.marks.list_marks(start, end)
            if start < end <= start + MAX_FACT_LETTERS and not marks & {"self"} and not sentence.contacts:
                digits = any(char.isdigit() for char in self.text[start:end])
                kind: Kind = "date" if self._is_date(start, end) else "number" if digits else "descriptor"
                if kind not in self.unwanted and not (
                    "offer" in self.unwanted and forms.MONEY.search(self.text[start:end])
                ):
                    yield FactSpan(kind=kind, start=start, end=end)

    def find_calls(self, sentence: Sentence) -> Iterator[tuple[FactSpan, Contact]]:
        """Yield clauses that say what a viewer is to do and where: ``Apply by 3 May at jobs.example``."""
        for contact in sentence.contacts:
            if contact.kind == "tag":
                continue
            clause = next((c for c in sentence.clauses if c.start <= contact.start and contact.end <= c.end), None)
            if clause is None or clause.is_bracketed:
                continue
            begin = max(
                (c.end for c in sentence.contacts if clause.start <= c.end <= contact.start), default=clause.start
            )
            start, _ = self.trim(begin, contact.end)
            opened = next((h.start for h in self.marks.find_hits(start, contact.start) if h.mark == "call"), None)
            words = self.marks.list_tokens(start, contact.start)
            if opened is None or not words:
                continue
            if words[0].start != opened:
                if not (words[0].word in _OR_WORDS and len(words) > 1 and words[1].start == opened):
                    continue
                start = opened
            rest_start, rest_end = self.trim(contact.end, clause.end)
            rest = self.marks.list_tokens(rest_start, rest_end)
            if rest and rest[0].word not in _OR_WORDS | AND_WORDS:
                continue
            marks = self.marks.list_marks(start, contact.start)
            if marks & {"self", "negated", "film", "look"} or contact.end - start > 90:
                continue
            if contact.kind == "mail" and (
                "bare_label" in self.marks.list_first_marks(start, contact.start) or "sent" in marks
            ):
                continue  # whom the maker may ask
            yield FactSpan(kind="call", start=start, end=contact.end), contact

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """Trim space, marks and joining words from the ends of [start, end), and return the new bounds."""
        while True:
            while start < end and not self._is_kept_at_end(self.text[start], first=True):
                start += 1
            while end > start and not self._is_kept_at_end(self.text[end - 1], first=False):
                end -= 1
            if end - start > _MAX_READ_LETTERS:
                return start, end
            words = self.marks.list_tokens(start, end)
            if words and words[0].start == start and words[0].word in AND_WORDS and len(words) > 1:
                start = words[1].start if not self.text[words[0].end : words[1].start].strip() else words[0].end
                continue
            text = self.text[start:end]
            if text.count("(") != text.count(")"):
                if text.endswith(")"):
                    end -= 1
                    continue
                if text.startswith("("):
                    start += 1
                    continue
            return start, end

    @staticmethod
    def _is_kept_at_end(char: str, *, first: bool) -> bool:
        if char.isalnum() or unicodedata.category(char) in ("Sc", "Mn", "Mc"):
            return True
        return char in ('~@#+–-<>≥≤(„“«「"' if first else "%°★)+²³″›»”“」\"'’~〜º")


_DETERMINERS: Final = list_mark_words("determiner")
_PLACE_WORDS: Final = list_mark_words("place_word")
_OR_WORDS: Final = list_mark_words("or")
