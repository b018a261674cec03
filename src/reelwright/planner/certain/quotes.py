"""What stands in quotation marks: a name, a line to show, who said it, or words that must not appear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from reelwright.planner.certain.facts import WE, Facts, Span
from reelwright.planner.certain.marks import Marks, fold, listed
from reelwright.planner.certain.parts import Quotation, Sentence

_CASED: Final = regex.compile(r"[\p{Lu}\p{Ll}]")
_WHO: Final = regex.compile(
    r"\s*(?:\((?P<who>\p{Lu}[\p{L}\p{M}'’.-]*(?:\s\p{Lu}[\p{L}\p{M}'’.-]*){0,3}(?:,\s[^()\n\p{Nd}]{1,30})?)\)|[—–-]\s*(?P<dashed>\p{Lu}[\p{L}\p{M}'’.]*(?:,?\s\p{Lu}[\p{L}\p{M}'’.]*){0,3}(?:,\s\p{Nd}{1,3})?)(?=[,.;)\n]|$))"
)
_SPEAKER: Final = regex.compile(
    r"\s*(?P<who>(?P<name>\p{Lu}[\p{L}\p{M}'’.-]*(?:\s\p{Lu}[\p{L}\p{M}'’.-]*){0,3}),\s"
    r"(?:(?P<age>\p{Nd}{1,3})|(?P<role>\p{L}[^\n:,.;!?\p{Nd}]{1,40})))\s*:\s*"
)
"""``Priya Nair, nurse: `` before a quotation; ``Front Window: `` has the form of a name, and is none."""
_NOT_SAID: Final = regex.compile(r"[#@/\\{}]|https?:|\.(?:jpe?g|png|mp[34]|mov|wav|pdf)$")
_WORDS_CALLED: Final = r"という(?:言葉|言い方|表現|フレーズ|文字|セリフ|コピー|一言|文句)|などの言葉"
_MOST_NAME_WORDS: Final = 5
_MUSIC: Final = listed("music")
_NOBODY: Final = frozenset({"maker", "film", "look", "negated", "says", "self", "tone"})
_HOUSES: Final = tuple(listed("house_end"))
_WITHIN: Final = listed("within")
_KNOWN_NAMED: Final = 2
"""Sentences at the head of a brief in which a noun before the marks is enough."""

_OPENS_NAMED: Final = regex.compile(r"\s*[„“«\"「『][^„“”«»\"「」『』\n]{1,40}[“”»\"」』]\s*[:：]")
"""A brief that begins with what it is for: ``"Club Retro": Saturday 4 October``."""


class Quotes:
    """Reads the quotations of one text."""

    def __init__(self, text: str, marks: Marks, facts: Facts) -> None:
        self.text, self.marks, self.facts = text, marks, facts

    def name(self, sentences: Sequence[Sentence]) -> Quotation | None:
        """The quotation that is the name of what the film is for: the first for which its place speaks."""
        number = -1
        barred = self._denied(sentences)
        if (opens := _OPENS_NAMED.match(self.text)) and sentences and sentences[0].quotes:
            first = sentences[0].quotes[0]
            if first.outer_start <= opens.end() and self._may_name(first) and self._said(first) not in barred:
                return first
        for sentence in sentences:
            number += len(self.marks.words(sentence.start, sentence.end)) > 3  # greetings do not count
            if {sentence.label, sentence.section} & {"told", "quote", "call"}:
                continue
            if sentence.in_signature:
                break
            for quote in sentence.quotes:
                fits = self._may_name(quote) and self._said(quote) not in barred
                if fits and not self._is_refused(sentence, quote) and self._names(sentence, max(number, 0), quote):
                    return quote
        return None

    def _said(self, quote: Quotation) -> str:
        return " ".join(self.text[quote.start : quote.end].casefold().split())

    def _denied(self, sentences: Sequence[Sentence]) -> set[str]:
        """What some clause says is not to be shown: ``Don't show "Bexley Motors"``."""
        found = set()
        for sentence in sentences:
            aside = [(q.outer_start, q.outer_end) for q in sentence.quotes]
            for quote in sentence.quotes:
                clause = next((c for c in sentence.clauses if c.start <= quote.outer_start < c.end), None)
                if clause and "negated" in self.marks.within(clause.start, quote.outer_start, aside):
                    found.add(self._said(quote))
        return found

    def _may_name(self, quote: Quotation) -> bool:
        said = self.text[quote.start : quote.end]
        words = self.marks.words(quote.start, quote.end)
        if not words or len(words) > _MOST_NAME_WORDS or len(said) > 40 or "\n" in said or _NOT_SAID.search(said):
            return False
        return said[-1] not in ".!?,;:…。！？؟" and not regex.search(r"[,;:。、！？]", said)

    def _names(self, sentence: Sentence, number: int, quote: Quotation) -> bool:
        said = self.text[quote.start : quote.end]
        words = self.marks.words(quote.start, quote.end)
        caseless = not _CASED.match(said[0])
        capital = said[0].isupper() or said[0].isdigit() or caseless
        before = self.text[sentence.start : quote.outer_start]
        after = self.text[quote.outer_end : sentence.end]
        last = self.marks.words(max(sentence.start, quote.outer_start - 40), quote.outer_start)
        near = {
            h.mark
            for h in self.marks.hits(max(sentence.start, quote.outer_start - 24), quote.outer_start)
            if not self.text[h.end : quote.outer_start].strip(" \u00a0")
        }
        if sentence.label == "name":
            return not before.strip()
        if regex.match(_WORDS_CALLED, after) or near & {"then", "maker"}:
            return False
        if "says" in self.marks.first(quote.outer_end, quote.outer_end + 12) or (last and last[-2:][0].word in _WITHIN):
            return False
        said_near = self.marks.hits(max(sentence.start, quote.outer_start - 30), quote.outer_start)
        if "says" in {h.mark for h in said_near} and "naming" not in near:
            return False
        if regex.search(r"[:：]\s*$", before):
            return False
        if "naming" in near and (capital or len(words) == 1):
            return True
        named_after = self.marks.hits(quote.outer_end, min(sentence.end, quote.outer_end + 8))
        if any(h.mark == "named_after" and h.start - quote.outer_end <= 1 for h in named_after):
            return capital or len(words) == 1
        of_film = regex.match(r"の|\s" if caseless and not before.strip() else "の", after) and any(
            h.mark == "film" and h.start - quote.outer_end <= 4 for h in named_after
        )
        if not before.strip() and number < _KNOWN_NAMED and fold(said).endswith(_HOUSES):
            return True
        heard = "look" in self.marks.within(quote.outer_end, quote.outer_end + 3)  # 「いただきます」の声
        if of_film or (not (before.strip() or heard) and number < _KNOWN_NAMED and regex.match("[はがの]", after)):
            return True
        small = not any(char.isupper() for char in self.text[: quote.start])
        apposed = regex.match(r"\s*(?:[,،、]|\s[–—-]\s|\()\s*[\p{Ll}\p{Lo}]", after)
        if not capital and not small and not (apposed and number < _KNOWN_NAMED and len(words) <= 3):
            return False
        short = 4 if caseless else 1 if "call" in self.marks.first(quote.start, quote.end) else 2
        capitals = all(not self.text[w.start].islower() for w in words if len(w.word) > 3)
        titled = len(words) <= short or (capitals and not any(w.word in WE for w in words))
        if apposed and titled:
            return True
        spaced = bool(last) and (not self.text[last[-1].end : quote.outer_start].strip())
        lead = not before.strip() and number < _KNOWN_NAMED and bool(regex.match(r"\s*\p{Ll}", after)) and capitals
        listed = number < _KNOWN_NAMED and titled and bool(regex.search(r"[\p{L}\p{M}],\s*$", before))
        return (
            listed
            or (lead and not caseless)
            or (titled and number < _KNOWN_NAMED and spaced and not regex.search(r"[\"”“»]\s*$", before))
        )

    def lines(self, sentences: Sequence[Sentence], name: int | None) -> Iterator[tuple[Span, Span | None]]:
        """Lines to show, each with who says it where that stands beside it. ``name``: where the name begins."""
        for sentence in sentences:
            if sentence.in_signature or sentence.is_for_maker:
                continue
            for quote in sentence.quotes:
                if quote.start == name or self._is_barred(sentence, quote) or not self._is_line(sentence, quote):
                    continue
                end = quote.end - (self.text[quote.end - 1] in ",،、")
                who = _WHO.match(self.text, quote.outer_end) or self._speaker(sentence, quote)
                group = "dashed" if who and who.groupdict().get("dashed") else "who"
                said_by = Span(kind="who", start=who.start(group), end=who.end(group)) if who else None
                if said_by and self.marks.within(said_by.start, said_by.end) & _NOBODY:
                    said_by = None
                yield Span(kind="quote", start=quote.start, end=end), said_by

    def _speaker(self, sentence: Sentence, quote: Quotation) -> regex.Match[str] | None:
        """Who stands before a quotation and a colon, with an age or, behind a name of several words, a role."""
        found = _SPEAKER.fullmatch(self.text, sentence.whole_start, quote.outer_start)
        if found is None or found["age"]:
            return found
        named = " " in found["name"] and found["role"][0].islower() != self.facts.nouns_are_capital
        return found if named and "call" not in self.marks.within(*found.span("who")) else None

    def _is_line(self, sentence: Sentence, quote: Quotation) -> bool:
        said = self.text[quote.start : quote.end]
        words = self.marks.words(quote.start, quote.end)
        if not words or _NOT_SAID.search(said) or len(said) > 200:
            return False
        wide = bool(regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}]", said))
        ends = said[-1] in ".!?…。！？؟"
        before = self.text[sentence.start : quote.outer_start]
        labelled = sentence.label in ("quote", "call") or sentence.section in ("quote", "call")
        told = labelled or bool(regex.search(r"[:：]\s*$", before)) or self._is_said(sentence, quote)
        if wide:
            return len(said) >= 5 and (told or ends)
        if len(words) < 2 or (len(words) == 2 and not (ends or labelled)):
            return False
        return told or ends or (said[0].isupper() and len(words) >= 3)

    def _is_said(self, sentence: Sentence, quote: Quotation) -> bool:
        start, end = max(sentence.start, quote.outer_start - 80), min(sentence.end, quote.outer_end + 24)
        return any(
            hit.mark == "says" and not quote.outer_start <= hit.start < quote.outer_end
            for hit in self.marks.hits(start, end)
        )

    def _is_refused(self, sentence: Sentence, quote: Quotation) -> bool:
        """Whether its own clause denies it, likens to it, or names a song that is to be heard."""
        own = next((n for n, c in enumerate(sentence.clauses) if c.start <= quote.outer_start < c.end), None)
        if own is None:
            return True
        clause = sentence.clauses[own]
        aside = [(q.outer_start, q.outer_end) for q in sentence.quotes]
        end = max(clause.end, quote.outer_end)
        marks = self.marks.within(clause.start, end, aside)
        near = self.marks.within(max(clause.start, quote.outer_start - 20), quote.outer_start, aside)
        words = {w.word for w in self.marks.words(clause.start, end)}
        host = sentence.clauses[own - 1] if own and clause.inside else None
        return (
            "negated" in marks or "alike" in near or bool(_MUSIC & words and "new" not in marks)
            or (host is not None and "negated" in self.marks.within(host.start, host.end, aside))
            or (self._only_quotes(sentence, clause.start, clause.end) and self._is_barred(sentence, quote))
        )  # fmt: skip

    def _is_barred(self, sentence: Sentence, quote: Quotation) -> bool:
        """Whether the words around it deny it, name other people's work, or speak of music."""
        clauses = sentence.clauses
        own = next((n for n, c in enumerate(clauses) if c.start <= quote.outer_start < c.end), None)
        if own is None:
            return True
        start, end = clauses[own].start, clauses[own].end
        if clauses[own].inside or self._only_quotes(sentence, start, end):
            host = own
            while host and (
                clauses[host].inside or self._only_quotes(sentence, clauses[host].start, clauses[host].end)
            ):
                host -= 1
            start = clauses[host].start
        aside = [(q.outer_start, q.outer_end) for q in sentence.quotes]
        marks = self.marks.within(start, end, aside)
        if marks & {"negated", "alike"}:
            return True
        words = [w.word for w in self.marks.words(start, end) if not any(a <= w.start < b for a, b in aside)]
        if _MUSIC & set(words):
            return True
        earlier = self.marks.within(sentence.whole_start, start, aside)
        if "negated" in earlier and not self._is_said(sentence, quote):
            return True
        following = clauses[own + 1] if own + 1 < len(clauses) else clauses[own]
        behind = self.marks.within(following.start, following.end, aside)
        return {"negated", "pointing"} <= behind

    def _only_quotes(self, sentence: Sentence, start: int, end: int) -> bool:
        """Nothing but quotations and joining words."""
        words = [
            w
            for w in self.marks.words(start, end)
            if not any(q.outer_start <= w.start < q.outer_end for q in sentence.quotes)
        ]
        return all(len(w.word) <= 3 for w in words)
