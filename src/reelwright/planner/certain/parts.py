"""Splits a brief by its form: quotations, addresses, lines, labels, sentences and their clauses."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.labels import LabelClass, find_label
from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.extract.brief_text import is_pictograph
from reelwright.reel.value import define_value

_QUOTED: Final = regex.compile(
    r"[„‟](?P<a>[^„“”\"\n]{1,240}(?:\n[^„“”\"\n]{1,240}){0,7})[“”\"]|“(?P<b>[^“”\"\n]{1,240}(?:\n[^“”\"\n]{1,240}){0,7})[”\"]"
    r"|«(?P<c>[^«»\n]{1,240}(?:\n[^«»\n]{1,240}){0,7})»|「(?P<d>[^「」]{1,240})」|『(?P<e>[^『』]{1,240})』"
    r"|»(?P<f>[^«»\n]{1,240})«|”(?P<i>[^“”\"\n]{1,240})”|《(?P<j>[^《》\n]{1,240})》|〈(?P<k>[^〈〉\n]{1,240})〉|‹(?P<l>[^‹›\n]{1,240})›"
    r"|(?<![\p{Latin}\p{Cyrillic}\p{Nd}\"])\"(?!(?<=\p{Hebrew}\")\p{Hebrew}(?!\p{L}))(?P<g>[^\"\n]{1,240}(?:\n[^\"\n]{1,240}){0,3})\"(?![\p{Lu}\p{Nd}])"
    r"|‚(?P<m>[^‚‘\n]{1,80})‘"
    r"|(?<![\w'’])[‘'](?P<h>[^‘’'\n]{1,80}(?:[’'](?=\w)[^‘’'\n]{1,80}){0,6})[’'](?!\w)"
)
_URL: Final = regex.compile(
    r"(?<![\w@./-])(?:https?://[^\s<>()\[\]{}\"“”„«»「」、。،]+|(?:[\p{L}\p{Nd}](?:[\p{L}\p{Nd}-]{0,62})\.){1,4}"
    r"(?:example|test|com|org|net|info|biz|shop|store|app|dev|io|co|me|tv|eu|uk|us|ca|au|ie|nz|de|at|ch|fr|be|es|cat|mx"
    r"|ar|cl|pt|br|it|nl|tr|bg|jp|jobs|events|museum|travel|cafe|coop|gov|edu|art|studio|online|site|wien|berlin)"
    r"(?![\p{L}\p{Nd}@-]|\.[\p{L}\p{Nd}])(?:/[^\s<>()\[\]{}\"“”„«»「」、。،]*)?)",
    regex.I,
)
_MAIL: Final = regex.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_HANDLE: Final = regex.compile(r"(?<![\w.@/])@[A-Za-z0-9_](?:[A-Za-z0-9_.]{0,40}[A-Za-z0-9_])")
_TAG: Final = regex.compile(r"(?<![\w&/])#\w+")
_BULLET: Final = regex.compile(r"\s*(?:(?P<sign>[-*•·▪◦‣●○✓✔→–]|->|=>|>)\s+|(?P<number>\d{1,2})[.)]\s+)")
_STOP: Final = regex.compile(
    r"[.!?…。！？؟](?:[.!?…。！？؟]*)(?P<close>[\"”“»’)]?)(?=(?P<space>\s+|$)|(?P<glued>\p{Lu}\p{Ll}))|[;；؛。！？।]"
)
_CHAT_LINE_HEAD: Final = regex.compile(
    r"\[?(?:[\p{Nd}./-]{6,10},? )?\p{Nd}{1,2}[:.]\p{Nd}{2}(?:[:.]\p{Nd}{2})?(?: [ap]m)?(?:\]| ?[-–])?"
    r" ?[\p{L} .]{1,30}: "
)
"""The head of a line of a chat: ``[14:02] Sam: ``."""
_ABBREVIATION: Final = list_mark_words("abbreviation")
_SPLIT: Final = regex.compile(
    r"(?<!\p{Nd})[,:](?!//)|[,:](?!\p{Nd}|//)|[،、]|\s[–—-]\s|—|\s[/|]\s|\s·\s|[()]|\.\.+|->|→|=>"
    r"|(?<=[\p{Thai}\"”])\s(?=\p{Thai})"
)
_SENTENCE_STARTS: Final = '$£€¥₹₺₩„“«「"'
"""Signs with which a sentence begins, besides a capital letter or a number: a price, a quotation."""
_ORDINAL_LANGUAGES: Final = ("de", "tr", "da", "no", "fi", "cs", "hu", "pl")
"""Languages that write a full stop after the number of a day or a floor."""


@define_value
class Quotation:
    """A quotation. ``start``, ``end``: between the marks; ``outer_start``, ``outer_end``: with them."""

    start: int
    end: int
    outer_start: int
    outer_end: int


@define_value
class Contact:
    """An address, handle, telephone number or e-mail address, by its syntax."""

    kind: str
    start: int
    end: int


@define_value
class Clause:
    """A piece of a sentence between marks. ``is_bracketed``: it stands in brackets. ``sign_before``: the sign before
    it.
    """

    start: int
    end: int
    is_bracketed: bool = False
    sign_before: str = ""


@define_value
class Sentence:
    """A sentence. ``label``: its class; ``start`` is after it. ``line``: number of its line; ``bullet``: its list sign.

    ``whole_start``: with the label; ``shown_start``: with the label too if that says more than the kind of its value.
    ``section``: the label that stood alone on a line before.
    """

    start: int
    end: int
    whole_start: int
    line: int
    clauses: tuple[Clause, ...] = ()
    label: LabelClass | None = None
    is_labelled: bool = False
    shown_start: int = 0
    section: LabelClass | None = None
    bullet: str = ""
    is_in_signature: bool = False
    quotes: tuple[Quotation, ...] = ()
    contacts: tuple[Contact, ...] = ()

    @property
    def is_for_maker(self) -> bool:
        """Whether its label, or the label above it, addresses the maker."""
        return "told" in (self.label, self.section)


def find_quotations(text: str) -> list[Quotation]:
    """Find the outermost quotations, in marks of any language, in the order of the text."""
    found = []
    for match in _QUOTED.finditer(text):
        group = match.lastgroup
        assert group
        inner = match[group]
        start, end = match.end(group) - len(inner.lstrip()), match.start(group) + len(inner.rstrip())
        if start < end:
            found.append(Quotation(start=start, end=end, outer_start=match.start(), outer_end=match.end()))
    return found


def find_contacts(text: str) -> list[Contact]:
    """Find web addresses, handles, hashtags and e-mail addresses, in the order of the text.

    ``find_telephones`` finds telephone numbers.
    """
    made = [Contact(kind="mail", start=m.start(), end=m.end()) for m in _MAIL.finditer(text)]
    taken = [(one.start, one.end) for one in made]
    for match in _URL.finditer(text):
        end = match.end()
        while text[end - 1] in ".,;:!?…'’\"":
            end -= 1
        if not any(a < end and match.start() < b for a, b in taken):
            made.append(Contact(kind="address", start=match.start(), end=end))
    taken = [(one.start, one.end) for one in made]
    made += [
        Contact(kind="handle", start=m.start(), end=m.end())
        for m in _HANDLE.finditer(text)
        if not any(a < m.end() and m.start() < b for a, b in taken)
    ]
    made += [Contact(kind="tag", start=m.start(), end=m.end()) for m in _TAG.finditer(text) if not m[0][1:].isdigit()]
    return sorted(made, key=lambda one: one.start)


class SpanIndex:
    """Stretches of a text in order, for lookups by position."""

    def __init__(self, stretches: list[tuple[int, int]]) -> None:
        self._all = sorted(stretches)
        self._starts = [start for start, _ in self._all]

    def find_holding(self, at: int) -> tuple[int, int] | None:
        """Return the stretch that holds the position ``at``, its end excluded; None: no stretch does."""
        n = bisect_right(self._starts, at) - 1
        return self._all[n] if n >= 0 and self._all[n][0] <= at < self._all[n][1] else None

    def find_inside(self, start: int, end: int) -> list[int]:
        """Return the indices of the stretches that lie wholly in [start, end)."""
        return [
            n for n in range(bisect_left(self._starts, start), bisect_left(self._starts, end)) if self._all[n][1] <= end
        ]


def find_brackets(text: str) -> list[tuple[int, int]]:
    """Find the outermost round brackets that close on their line."""
    found: list[tuple[int, int]] = []
    opened: int | None = None
    depth = 0
    for at, char in enumerate(text):
        if char == "\n":
            opened, depth = None, 0
        elif char == "(":
            opened = at if not depth else opened
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            if not depth and opened is not None:
                found.append((opened, at + 1))
                opened = None
    return found


_MAX_SENTENCE_LETTERS: Final = 1_000
"""Most letters of a sentence that is read."""


class Reader:
    """Reads the sentences of a text in one pass."""

    def __init__(self, text: str, marks: Marks, phones: list[Contact], language: str) -> None:
        self.text, self.marks, self.language = text, marks, language
        self._small = False
        self.quotes = find_quotations(text)
        self.contacts = sorted([*find_contacts(text), *phones], key=lambda one: one.start)
        self._quoted = SpanIndex([(q.outer_start, q.outer_end) for q in self.quotes])
        self._touched = SpanIndex([(c.start, c.end) for c in self.contacts])
        self._bracketed = SpanIndex(find_brackets(text))

    def read_sentences(self) -> list[Sentence]:
        """Split the text into sentences with their clauses, labels, quotations and contacts, in order."""
        made: list[Sentence] = []
        section: LabelClass | None = None
        signature = False
        at, number = 0, 0
        length = len(self.text)
        for line_start, line_end in _split_lines(self.text):
            number += 1
            line = self.text[line_start:line_end]
            if not line.strip():
                section = None if not (made and made[-1].line == number - 1 and section) else section
                continue
            if line_start < at:  # inside a quotation of several lines
                line_start = min(at, line_end)
            if line_start * 4 > length and self._is_goodbye(line_start, line_end):
                signature = True
            bullet = _BULLET.match(self.text, line_start, line_end)
            sign = (bullet["sign"] or "1.") if bullet else ""
            start = bullet.end() if bullet else line_start
            if spoken := _CHAT_LINE_HEAD.match(self.text, line_start, line_end):
                start = spoken.end()
            if not bullet and (emoji := _find_emoji_end(self.text, line_start, line_end)) > line_start:
                sign, start = "emoji", emoji
            found = self._split_line(start, line_end, number, sign, section, signature=signature)
            if found:
                at = found[-1].end
                last = found[-1]
                if last.is_labelled and not self.text[last.start : last.end].strip(" .:-–"):
                    section = last.label
                    found = found[:-1]
                elif section not in ("facts", "told") or (last.is_labelled and not sign):
                    section = None
            made += found
        return self._mark_mail_heads(made)

    def _mark_mail_heads(self, sentences: list[Sentence]) -> list[Sentence]:
        """Label the head of an e-mail as told to the maker: lines such as ``Subject:``, and ``From:`` and ``To:``
        beside them.
        """
        labels = {one.line: self.marks.list_marks(one.whole_start, one.start) for one in sentences if one.is_labelled}
        mailed = {one.line for one in sentences for contact in one.contacts if contact.kind == "mail"}
        sure = [n for n, marks in labels.items() if "mail_head" in marks or ("mail_line" in marks and n in mailed)]
        heads: set[int] = set()
        for first in sure:
            for step in (-1, 1):
                line = first
                while (
                    line in labels
                    and labels[line] & {"mail_head", "mail_line"}
                    and (line == first or line not in heads)
                ):
                    heads.add(line)
                    line += step
        return [replace(one, label="told") if one.line in heads else one for one in sentences]

    def _is_goodbye(self, start: int, end: int) -> bool:
        words = self.marks.list_tokens(start, end)
        return 0 < len(words) <= 6 and "goodbye" in self.marks.list_first_marks(start, end)

    def _split_line(
        self, start: int, end: int, line: int, sign: str, section: LabelClass | None, *, signature: bool
    ) -> list[Sentence]:  # fmt: skip
        made = []
        opening = next((char for char in self.text[start:end] if char.isalpha()), "A")
        self._small = opening.islower()
        for first, last in self._find_bounds(start, end):
            if last - first > _MAX_SENTENCE_LETTERS:  # nobody writes such a sentence; it is text to be left alone
                rest = (Clause(start=first, end=last),)
                made.append(Sentence(start=first, end=last, whole_start=first, line=line, clauses=rest, bullet=sign))
                continue
            label = find_label(self.text, first, last, self.marks)
            if label and (self._quoted.find_inside(first, label.end) or self._touched.find_holding(label.end - 1)):
                label = None
            begins = label.end if label else first
            made.append(Sentence(
                start=begins, end=last, whole_start=first, line=line, clauses=tuple(self._split_clauses(begins, last)),
                shown_start=first if label and label.is_shown else begins,
                label=label.kind if label else None, is_labelled=label is not None, section=section, bullet=sign,
                is_in_signature=signature, quotes=tuple(self.quotes[n] for n in self._quoted.find_inside(begins, last)),
                contacts=tuple(self.contacts[n] for n in self._touched.find_inside(begins, last)),
            ))  # fmt: skip
        return made

    def _find_bounds(self, start: int, end: int) -> list[tuple[int, int]]:
        """Find the bounds of the sentences of a line; a quotation over several lines stays whole."""
        made: list[tuple[int, int]] = []
        first = at = start
        while at < end and (match := _STOP.search(self.text, at, end)):
            held = self._quoted.find_holding(match.start()) or self._bracketed.find_holding(match.start())
            touched = self._touched.find_holding(match.start())
            if (touched and match.start() < touched[1] - 1) or (touched and touched[1] > match.start()):
                at = max(touched[1], match.start() + 1)
                continue
            if held:
                at = held[1]
                if at > end:
                    end = at
                if not self._ends_after(held, end):
                    continue
                stop = at
            elif not self._is_end(match):
                at = match.end()
                continue
            else:
                stop = match.end()
            if self.text[first:stop].strip():
                made.append((first, stop))
            first = at = stop
        crossing = self._quoted.find_holding(end - 1) if end > first else None
        if crossing and crossing[1] > end:
            end = crossing[1]
        if self.text[first:end].strip():
            made.append((first, end))
        return made

    def _ends_after(self, held: tuple[int, int], end: int) -> bool:
        """Return whether a quotation ends its sentence: it ends in a stop, and a new sentence or nothing follows."""
        rest = self.text[held[1] : end].lstrip()
        closes = self.text[held[0] : held[1] - 1].rstrip()[-1:] in tuple(".!?…。！？؟")
        follows = not rest or rest[0].isupper() or rest[0].isdigit() or rest[0] in _SENTENCE_STARTS
        return closes and self.text[held[0]] != "(" and follows

    def _is_end(self, match: regex.Match[str]) -> bool:
        sign = self.text[match.start()]
        if sign in ";；؛。！？!?؟…।":
            return True
        before = regex.search(r"[\p{L}\p{M}\p{Nd}]+$", self.text[max(0, match.start() - 20) : match.start()])
        word = before[0] if before else ""
        after = self.text[match.end() : match.end() + 12].lstrip()
        if match["glued"] is not None and match["space"] is None:
            return len(word) > 2 or (match.start() and self.text[match.start() - 1] in '”“»"')
        if not after or "\n" in self.text[match.end() : match.end() + 1]:
            return True
        if match.end() - match.start() > 1 and self.text[match.start() : match.start() + 2] == "..":
            return after[0].isupper()
        if after[0] in ",;:)":
            return False
        follows = match.end() + len(self.text[match.end() :]) - len(self.text[match.end() :].lstrip())
        if self._touched.find_holding(follows) and len(word) != 1:
            return True  # an address begins what follows
        if after[0].islower():  # people who begin no sentence with a capital, and WORDS in capitals
            small = self._small and len(word) > 2 and word.isalpha() and fold(word) not in _ABBREVIATION
            return small or (len(word) > 1 and word.isalpha() and word.isupper())
        joint = self.text[match.start() - len(word) - 1 : match.start() - len(word)]
        if joint == "/":
            return True  # camarero/a. 5 días
        if word.isdigit() and len(word) <= 2 and joint not in tuple(".:-–"):  # 12. Dezember
            dated = "month" in self.marks.list_first_marks(match.end(), match.end() + 24)
            return not dated and self.language not in _ORDINAL_LANGUAGES and match.start() - len(word) > 0
        if len(word) == 1 and word.isalpha() and word.isupper():
            return self.text[match.start() - 2 : match.start() - 1] == "&"
        unit = regex.search(r"\p{Nd}\s*$", self.text[max(0, match.start() - 24) : match.start() - len(word)])
        if unit and (word.isupper() or (fold(word) in _ABBREVIATION and word.islower() and after[0].isupper())):
            return True  # 2 лв. Елате, 45 TL. 5 Mayıs
        if after[0].isupper() and regex.search(
            r"\p{Lu}[\p{L}’']+\s(?:St|Rd|Ave|Ln|Sq)$", self.text[: match.start()][-40:]
        ):
            return True  # 3 Shore St. Open daily
        if fold(word) in _ABBREVIATION or (word.endswith("str") and len(word) > 5):
            return False
        return not (after[0].isdigit() and 0 < len(word) <= 2)

    def _split_clauses(self, start: int, end: int) -> list[Clause]:
        made: list[Clause] = []
        first, at, inside, after = start, start, False, ""
        while at < end and (match := _SPLIT.search(self.text, at, end)):
            held = self._quoted.find_holding(match.start()) or self._touched.find_holding(match.start())
            if held:
                at = max(held[1], match.start() + 1)
                continue
            made.append(Clause(start=first, end=match.start(), is_bracketed=inside, sign_before=after))
            sign = match[0].strip()
            inside = True if sign == "(" else False if sign == ")" else inside
            first = at = match.end()
            after = sign
        made.append(Clause(start=first, end=end, is_bracketed=inside, sign_before=after))
        return [one for one in made if self.text[one.start : one.end].strip(" .!?…\n")]


def _split_lines(text: str) -> list[tuple[int, int]]:
    made, at = [], 0
    for line in text.split("\n"):
        made.append((at, at + len(line)))
        at += len(line) + 1
    return made


def _find_emoji_end(text: str, start: int, end: int) -> int:
    at = start
    while at < end and (text[at].isspace() or (is_pictograph(text[at]) and text[at] not in "^`´¨")):
        at += 1
    return at if any(is_pictograph(char) for char in text[start:at]) else start
