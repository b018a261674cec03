"""Reads quotations: a name, a line to show, who said it, or words that must not appear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from reelwright.planner.certain.facts import WE_WORDS, FactFinder, FactSpan
from reelwright.planner.certain.marks import Marks, fold, list_mark_words
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
_NEVER_A_LINE: Final = regex.compile(r"[#@/\\{}]|https?:|\.(?:jpe?g|png|mp[34]|mov|wav|pdf)$")
_WORDS_CALLED: Final = r"という(?:言葉|言い方|表現|フレーズ|文字|セリフ|コピー|一言|文句)|などの言葉"
_MOST_NAME_WORDS: Final = 5
_MUSIC: Final = list_mark_words("music")
_NOBODY: Final = frozenset({"maker", "film", "look", "negated", "says", "self", "tone"})
_HOUSES: Final = tuple(list_mark_words("house_end"))
_WITHIN: Final = list_mark_words("within")
_HEAD_SENTENCES: Final = 2
"""Sentences at the head of a brief in which a noun before the quotation marks is enough for a name."""

_OPENS_NAMED: Final = regex.compile(r"\s*[„“«\"「『][^„“”«»\"「」『』\n]{1,40}[“”»\"」』]\s*[:：]")
"""A brief that begins with what it is for: ``"Club Retro": Saturday 4 October``."""


class QuotationReader:
    """Reads the quotations of one text."""

    def __init__(self, text: str, marks: Marks, facts: FactFinder) -> None:
        self.text, self.marks, self.facts = text, marks, facts

    def find_name(self, sentences: Sequence[Sentence]) -> Quotation | None:
        """Return the quotation that is the name of what the film is for: the first one whose place says so."""
        number = -1
        barred = self._find_denied(sentences)
        if (opens := _OPENS_NAMED.match(self.text)) and sentences and sentences[0].quotes:
            first = sentences[0].quotes[0]
            if first.outer_start <= opens.end() and self._may_name(first) and self._normalize(first) not in barred:
                return first
        for sentence in sentences:
            number += len(self.marks.list_tokens(sentence.start, sentence.end)) > 3  # greetings do not count
            if {sentence.label, sentence.section} & {"told", "quote", "call"}:
                continue
            if sentence.is_in_signature:
                break
            for quote in sentence.quotes:
                fits = self._may_name(quote) and self._normalize(quote) not in barred
                if fits and not self._is_refused(sentence, quote) and self._is_name(sentence, max(number, 0), quote):
                    return quote
        return None

    def _normalize(self, quote: Quotation) -> str:
        return " ".join(self.text[quote.start : quote.end].casefold().split())

    def _find_denied(self, sentences: Sequence[Sentence]) -> set[str]:
        """Return the quotations that some clause forbids: ``Don't show "Bexley Motors"``."""
        found = set()
        for sentence in sentences:
            aside = [(q.outer_start, q.outer_end) for q in sentence.quotes]
            for quote in sentence.quotes:
                clause = next((c for c in sentence.clauses if c.start <= quote.outer_start < c.end), None)
                if clause and "negated" in self.marks.list_marks(clause.start, quote.outer_start, aside):
                    found.add(self._normalize(quote))
        return found

    def _may_name(self, quote: Quotation) -> bool:
        text = self.text[quote.start : quote.end]
        words = self.marks.list_tokens(quote.start, quote.end)
        if not words or len(words) > _MOST_NAME_WORDS or len(text) > 40 or "\n" in text or _NEVER_A_LINE.search(text):
            return False
        return text[-1] not in ".!?,;:…。！？؟" and not regex.search(r"[,;:。、！？]", text)

    def _is_name(self, sentence: Sentence, number: int, quote: Quotation) -> bool:
        text = self.text[quote.start : quote.end]
        words = self.marks.list_tokens(quote.start, quote.end)
        caseless = not _CASED.match(text[0])
        capital = text[0].isupper() or text[0].isdigit() or caseless
        before = self.text[sentence.start : quote.outer_start]
        after = self.text[quote.outer_end : sentence.end]
        last = self.marks.list_tokens(max(sentence.start, quote.outer_start - 40), quote.outer_start)
        near = {
            h.mark
            for h in self.marks.find_hits(max(sentence.start, quote.outer_start - 24), quote.outer_start)
            if not self.text[h.end : quote.outer_start].strip(" \u00a0")
        }
        if sentence.label == "name":
            return not before.strip()
        if regex.match(_WORDS_CALLED, after) or near & {"then", "maker"}:
            return False
        if "says" in self.marks.list_first_marks(quote.outer_end, quote.outer_end + 12) or (
            last and last[-2:][0].word in _WITHIN
        ):
            return False
        said_near = self.marks.find_hits(max(sentence.start, quote.outer_start - 30), quote.outer_start)
        if "says" in {h.mark for h in said_near} and "naming" not in near:
            return False
        if regex.search(r"[:：]\s*$", before):
            return False
        if "naming" in near and (capital or len(words) == 1):
            return True
        named_after = self.marks.find_hits(quote.outer_end, min(sentence.end, quote.outer_end + 8))
        if any(h.mark == "named_after" and h.start - quote.outer_end <= 1 for h in named_after):
            return capital or len(words) == 1
        of_film = regex.match(r"の|\s" if caseless and not before.strip() else "の", after) and any(
            h.mark == "film" and h.start - quote.outer_end <= 4 for h in named_after
        )
        if not before.strip() and number < _HEAD_SENTENCES and fold(text).endswith(_HOUSES):
            return True
        heard = "look" in self.marks.list_marks(quote.outer_end, quote.outer_end + 3)  # 「いただきます」の声
        if of_film or (not (before.strip() or heard) and number < _HEAD_SENTENCES and regex.match("[はがの]", after)):
            return True
        small = not any(char.isupper() for char in self.text[: quote.start])
        apposed = regex.match(r"\s*(?:[,،、]|\s[–—-]\s|\()\s*[\p{Ll}\p{Lo}]", after)
        if not capital and not small and not (apposed and number < _HEAD_SENTENCES and len(words) <= 3):
            return False
        short = 4 if caseless else 1 if "call" in self.marks.list_first_marks(quote.start, quote.end) else 2
        capitals = all(not self.text[w.start].islower() for w in words if len(w.word) > 3)
        titled = len(words) <= short or (capitals and not any(w.word in WE_WORDS for w in words))
        if apposed and titled:
            return True
        spaced = bool(last) and (not self.text[last[-1].end : quote.outer_start].strip())
        lead = not before.strip() and number < _HEAD_SENTENCES and bool(regex.match(r"\s*\p{Ll}", after)) and capitals
        listed = number < _HEAD_SENTENCES and titled and bool(regex.search(r"[\p{L}\p{M}],\s*$", before))
        return (
            listed
            or (lead and not caseless)
            or (titled and number < _HEAD_SENTENCES and spaced and not regex.search(r"[\"”“»]\s*$", before))
        )

    def find_lines(
        self, sentences: Sequence[Sentence], name_start: int | None
    ) -> Iterator[tuple[FactSpan, FactSpan | None]]:
        """Yield the quotations to show on screen, except the name, each with its speaker if one stands beside it.

        ``name_start``: where in the text the name begins.
        """
        for sentence in sentences:
            if sentence.is_in_signature or sentence.is_for_maker:
                continue
            for quote in sentence.quotes:
                if quote.start == name_start or self._is_barred(sentence, quote) or not self._is_line(sentence, quote):
                    continue
                end = quote.end - (self.text[quote.end - 1] in ",،、")
                who = _WHO.match(self.text, quote.outer_end) or self._find_speaker(sentence, quote)
                group = "dashed" if who and who.groupdict().get("dashed") else "who"
                said_by = FactSpan(kind="who", start=who.start(group), end=who.end(group)) if who else None
                if said_by and self.marks.list_marks(said_by.start, said_by.end) & _NOBODY:
                    said_by = None
                yield FactSpan(kind="quote", start=quote.start, end=end), said_by

    def _find_speaker(self, sentence: Sentence, quote: Quotation) -> regex.Match[str] | None:
        """Find the speaker before a quotation and a colon, with an age or, after a name of several words, a role."""
        found = _SPEAKER.fullmatch(self.text, sentence.whole_start, quote.outer_start)
        if found is None or found["age"]:
            return found
        named = " " in found["name"] and found["role"][0].islower() != self.facts.nouns_are_capital
        return found if named and "call" not in self.marks.list_marks(*found.span("who")) else None

    def _is_line(self, sentence: Sentence, quote: Quotation) -> bool:
        text = self.text[quote.start : quote.end]
        words = self.marks.list_tokens(quote.start, quote.end)
        if not words or _NEVER_A_LINE.search(text) or len(text) > 200:
            return False
        wide = bool(regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}]", text))
        ends = text[-1] in ".!?…。！？؟"
        before = self.text[sentence.start : quote.outer_start]
        labelled = sentence.label in ("quote", "call") or sentence.section in ("quote", "call")
        is_announced = labelled or bool(regex.search(r"[:：]\s*$", before)) or self._is_said(sentence, quote)
        if wide:
            return len(text) >= 5 and (is_announced or ends)
        if len(words) < 2 or (len(words) == 2 and not (ends or labelled)):
            return False
        return is_announced or ends or (text[0].isupper() and len(words) >= 3)

    def _is_said(self, sentence: Sentence, quote: Quotation) -> bool:
        start, end = max(sentence.start, quote.outer_start - 80), min(sentence.end, quote.outer_end + 24)
        return any(
            hit.mark == "says" and not quote.outer_start <= hit.start < quote.outer_end
            for hit in self.marks.find_hits(start, end)
        )

    def _is_refused(self, sentence: Sentence, quote: Quotation) -> bool:
        """Return whether the quotation's clause denies it, compares with it, or names a song to be heard."""
        own = next((n for n, c in enumerate(sentence.clauses) if c.start <= quote.outer_start < c.end), None)
        if own is None:
            return True
        clause = sentence.clauses[own]
        aside = [(q.outer_start, q.outer_end) for q in sentence.quotes]
        end = max(clause.end, quote.outer_end)
        marks = self.marks.list_marks(clause.start, end, aside)
        near = self.marks.list_marks(max(clause.start, quote.outer_start - 20), quote.outer_start, aside)
        words = {w.word for w in self.marks.list_tokens(clause.start, end)}
        host = sentence.clauses[own - 1] if own and clause.is_bracketed else None
        return (
            "negated" in marks or "alike" in near or bool(_MUSIC & words and "new" not in marks)
            or (host is not None and "negated" in self.marks.list_marks(host.start, host.end, aside))
            or (self._has_only_quotations(sentence, clause.start, clause.end) and self._is_barred(sentence, quote))
        )  # fmt: skip

    def _is_barred(self, sentence: Sentence, quote: Quotation) -> bool:
        """Return whether the words around the quotation deny it, name other people's work, or speak of music."""
        clauses = sentence.clauses
        own = next((n for n, c in enumerate(clauses) if c.start <= quote.outer_start < c.end), None)
        if own is None:
            return True
        start, end = clauses[own].start, clauses[own].end
        if clauses[own].is_bracketed or self._has_only_quotations(sentence, start, end):
            host = own
            while host and (
                clauses[host].is_bracketed
                or self._has_only_quotations(sentence, clauses[host].start, clauses[host].end)
            ):
                host -= 1
            start = clauses[host].start
        aside = [(q.outer_start, q.outer_end) for q in sentence.quotes]
        marks = self.marks.list_marks(start, end, aside)
        if marks & {"negated", "alike"}:
            return True
        words = [w.word for w in self.marks.list_tokens(start, end) if not any(a <= w.start < b for a, b in aside)]
        if _MUSIC & set(words):
            return True
        earlier = self.marks.list_marks(sentence.whole_start, start, aside)
        if "negated" in earlier and not self._is_said(sentence, quote):
            return True
        following = clauses[own + 1] if own + 1 < len(clauses) else clauses[own]
        behind = self.marks.list_marks(following.start, following.end, aside)
        return {"negated", "pointing"} <= behind

    def _has_only_quotations(self, sentence: Sentence, start: int, end: int) -> bool:
        """Return whether the stretch holds nothing but quotations and joining words."""
        words = [
            w
            for w in self.marks.list_tokens(start, end)
            if not any(q.outer_start <= w.start < q.outer_end for q in sentence.quotes)
        ]
        return all(len(w.word) <= 3 for w in words)
