"""The parts of a brief by its form: quotations, addresses, lines, labels, sentences and their clauses."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.labels import LabelClass, label_of
from reelwright.planner.certain.marks import Marks, fold, listed
from reelwright.planner.extract.seen import pictograph
from reelwright.reel.noun import noun

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
_SPOKEN: Final = regex.compile(
    r"\[?(?:[\p{Nd}./-]{6,10},? )?\p{Nd}{1,2}[:.]\p{Nd}{2}(?:[:.]\p{Nd}{2})?(?: [ap]m)?(?:\]| ?[-–])?"
    r" ?[\p{L} .]{1,30}: "
)
"""The head of a line of a chat: ``[14:02] Sam: ``."""
_ABBREVIATION: Final = listed("abbreviation")
_SPLIT: Final = regex.compile(
    r"(?<!\p{Nd})[,:](?!//)|[,:](?!\p{Nd}|//)|[،、]|\s[–—-]\s|—|\s[/|]\s|\s·\s|[()]|\.\.+|->|→|=>"
    r"|(?<=[\p{Thai}\"”])\s(?=\p{Thai})"
)
_BEGINS: Final = '$£€¥₹₺₩„“«「"'
"""What a sentence begins with beside a capital letter or a number: a price, a quotation."""
_ORDINAL: Final = ("de", "tr", "da", "no", "fi", "cs", "hu", "pl")
"""Languages that write a full stop after the number of a day or a floor."""


@noun
class Quotation:
    """``start``, ``end``: between the marks; ``outer_start``, ``outer_end``: with them."""

    start: int
    end: int
    outer_start: int
    outer_end: int


@noun
class Contact:
    """An address, handle, telephone or e-mail address, by its syntax."""

    kind: str
    start: int
    end: int


@noun
class Clause:
    """A piece of a sentence between marks. ``inside``: it stands in brackets. ``after``: the sign before it."""

    start: int
    end: int
    inside: bool = False
    after: str = ""


@noun
class Sentence:
    """``label``: of what class, and where it ends; ``start`` is after it. ``line``: number; ``listed``: its bullet.

    ``whole_start``: with the label; ``shown_start``: too, where the label says more than the kind of its value.
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
    listed: str = ""
    in_signature: bool = False
    quotes: tuple[Quotation, ...] = ()
    contacts: tuple[Contact, ...] = ()

    @property
    def is_for_maker(self) -> bool:
        """Whether its label, or the one above it, says so."""
        return "told" in (self.label, self.section)


def quotations(text: str) -> list[Quotation]:
    """What stands in quotation marks of any language, outermost first."""
    found = []
    for match in _QUOTED.finditer(text):
        group = match.lastgroup
        assert group
        said = match[group]
        start, end = match.end(group) - len(said.lstrip()), match.start(group) + len(said.rstrip())
        if start < end:
            found.append(Quotation(start=start, end=end, outer_start=match.start(), outer_end=match.end()))
    return found


def contacts(text: str) -> list[Contact]:
    """Addresses, handles and e-mail addresses; telephones are found by ``telephones``."""
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


class Within:
    """Stretches in order, to be asked which lie in a part of the text."""

    def __init__(self, stretches: list[tuple[int, int]]) -> None:
        self._all = sorted(stretches)
        self._starts = [start for start, _ in self._all]

    def holding(self, at: int) -> tuple[int, int] | None:
        """The stretch with ``at`` strictly inside or at its start."""
        n = bisect_right(self._starts, at) - 1
        return self._all[n] if n >= 0 and self._all[n][0] <= at < self._all[n][1] else None

    def inside(self, start: int, end: int) -> list[int]:
        """Numbers of the stretches that lie in [start, end)."""
        return [
            n for n in range(bisect_left(self._starts, start), bisect_left(self._starts, end)) if self._all[n][1] <= end
        ]


def brackets(text: str) -> list[tuple[int, int]]:
    """Outermost round brackets that close on their line."""
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


_MOST_LETTERS: Final = 1_000
"""Of a sentence that is read."""


class Reader:
    """Reads the sentences of a text in one pass."""

    def __init__(self, text: str, marks: Marks, phones: list[Contact], language: str) -> None:
        self.text, self.marks, self.language = text, marks, language
        self._small = False
        self.quotes = quotations(text)
        self.contacts = sorted([*contacts(text), *phones], key=lambda one: one.start)
        self._quoted = Within([(q.outer_start, q.outer_end) for q in self.quotes])
        self._touched = Within([(c.start, c.end) for c in self.contacts])
        self._bracketed = Within(brackets(text))

    def sentences(self) -> list[Sentence]:
        made: list[Sentence] = []
        section: LabelClass | None = None
        signature = False
        at, number = 0, 0
        length = len(self.text)
        for line_start, line_end in _lines(self.text):
            number += 1
            line = self.text[line_start:line_end]
            if not line.strip():
                section = None if not (made and made[-1].line == number - 1 and section) else section
                continue
            if line_start < at:  # inside a quotation of several lines
                line_start = min(at, line_end)
            if line_start * 4 > length and self._says_goodbye(line_start, line_end):
                signature = True
            bullet = _BULLET.match(self.text, line_start, line_end)
            sign = (bullet["sign"] or "1.") if bullet else ""
            start = bullet.end() if bullet else line_start
            if spoken := _SPOKEN.match(self.text, line_start, line_end):
                start = spoken.end()
            if not bullet and (emoji := _leading_emoji(self.text, line_start, line_end)) > line_start:
                sign, start = "emoji", emoji
            found = self._split(start, line_end, number, sign, section, signature=signature)
            if found:
                at = found[-1].end
                last = found[-1]
                if last.is_labelled and not self.text[last.start : last.end].strip(" .:-–"):
                    section = last.label
                    found = found[:-1]
                elif section not in ("facts", "told") or (last.is_labelled and not sign):
                    section = None
            made += found
        return self._without_heads(made)

    def _without_heads(self, sentences: list[Sentence]) -> list[Sentence]:
        """The head of a letter as what is told: lines such as ``Subject:``, and ``From:`` and ``To:`` beside them."""
        labels = {one.line: self.marks.within(one.whole_start, one.start) for one in sentences if one.is_labelled}
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

    def _says_goodbye(self, start: int, end: int) -> bool:
        words = self.marks.words(start, end)
        return 0 < len(words) <= 6 and "goodbye" in self.marks.first(start, end)

    def _split(
        self, start: int, end: int, line: int, sign: str, section: LabelClass | None, *, signature: bool
    ) -> list[Sentence]:  # fmt: skip
        made = []
        opening = next((char for char in self.text[start:end] if char.isalpha()), "A")
        self._small = opening.islower()
        for first, last in self._bounds(start, end):
            if last - first > _MOST_LETTERS:  # nobody writes such a sentence; it is text to be left alone
                rest = (Clause(start=first, end=last),)
                made.append(Sentence(start=first, end=last, whole_start=first, line=line, clauses=rest, listed=sign))
                continue
            label = label_of(self.text, first, last, self.marks)
            if label and (self._quoted.inside(first, label.end) or self._touched.holding(label.end - 1)):
                label = None
            begins = label.end if label else first
            made.append(Sentence(
                start=begins, end=last, whole_start=first, line=line, clauses=tuple(self._clauses(begins, last)),
                shown_start=first if label and label.says else begins,
                label=label.kind if label else None, is_labelled=label is not None, section=section, listed=sign,
                in_signature=signature, quotes=tuple(self.quotes[n] for n in self._quoted.inside(begins, last)),
                contacts=tuple(self.contacts[n] for n in self._touched.inside(begins, last)),
            ))  # fmt: skip
        return made

    def _bounds(self, start: int, end: int) -> list[tuple[int, int]]:
        """Sentences of a line; a quotation over several lines stays whole."""
        made: list[tuple[int, int]] = []
        first = at = start
        while at < end and (match := _STOP.search(self.text, at, end)):
            held = self._quoted.holding(match.start()) or self._bracketed.holding(match.start())
            touched = self._touched.holding(match.start())
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
        crossing = self._quoted.holding(end - 1) if end > first else None
        if crossing and crossing[1] > end:
            end = crossing[1]
        if self.text[first:end].strip():
            made.append((first, end))
        return made

    def _ends_after(self, held: tuple[int, int], end: int) -> bool:
        """A quotation that ends in a full stop, and the beginning of another sentence or nothing after it."""
        rest = self.text[held[1] : end].lstrip()
        closes = self.text[held[0] : held[1] - 1].rstrip()[-1:] in tuple(".!?…。！？؟")
        follows = not rest or rest[0].isupper() or rest[0].isdigit() or rest[0] in _BEGINS
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
        if self._touched.holding(follows) and len(word) != 1:
            return True  # an address begins what follows
        if after[0].islower():  # people who begin no sentence with a capital, and WORDS in capitals
            small = self._small and len(word) > 2 and word.isalpha() and fold(word) not in _ABBREVIATION
            return small or (len(word) > 1 and word.isalpha() and word.isupper())
        joint = self.text[match.start() - len(word) - 1 : match.start() - len(word)]
        if joint == "/":
            return True  # camarero/a. 5 días
        if word.isdigit() and len(word) <= 2 and joint not in tuple(".:-–"):  # 12. Dezember
            dated = "month" in self.marks.first(match.end(), match.end() + 24)
            return not dated and self.language not in _ORDINAL and match.start() - len(word) > 0
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

    def _clauses(self, start: int, end: int) -> list[Clause]:
        made: list[Clause] = []
        first, at, inside, after = start, start, False, ""
        while at < end and (match := _SPLIT.search(self.text, at, end)):
            held = self._quoted.holding(match.start()) or self._touched.holding(match.start())
            if held:
                at = max(held[1], match.start() + 1)
                continue
            made.append(Clause(start=first, end=match.start(), inside=inside, after=after))
            sign = match[0].strip()
            inside = True if sign == "(" else False if sign == ")" else inside
            first = at = match.end()
            after = sign
        made.append(Clause(start=first, end=end, inside=inside, after=after))
        return [one for one in made if self.text[one.start : one.end].strip(" .!?…\n")]


def _lines(text: str) -> list[tuple[int, int]]:
    made, at = [], 0
    for line in text.split("\n"):
        made.append((at, at + len(line)))
        at += len(line) + 1
    return made


def _leading_emoji(text: str, start: int, end: int) -> int:
    at = start
    while at < end and (text[at].isspace() or (pictograph(text[at]) and text[at] not in "^`´¨")):
        at += 1
    return at if any(pictograph(char) for char in text[start:at]) else start
