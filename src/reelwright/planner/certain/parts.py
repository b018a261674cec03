"""Finds what has a form of its own in a brief: quotations, addresses, telephone numbers and brackets."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.reel.base.value import define_value

_QUOTED: Final = regex.compile(
    r"[„‟](?P<a>[^„“”\"\n]{1,240}(?:\n[^„“”\"\n]{1,240}){0,7})[“”\"]|“(?P<b>[^“”\"\n]{1,240}(?:\n[^“”\"\n]{1,240}){0,7})[”\"]"
    r"|«(?P<c>[^«»\n]{1,240}(?:\n[^«»\n]{1,240}){0,7})»|「(?P<d>[^「」]{1,240})」|『(?P<e>[^『』]{1,240})』"
    r"|»(?P<f>[^«»\n]{1,240})«|”(?P<i>[^“”\"\n]{1,240})”|《(?P<j>[^《》\n]{1,240})》|〈(?P<k>[^〈〉\n]{1,240})〉|‹(?P<l>[^‹›\n]{1,240})›"
    r"|(?<![\p{Latin}\p{Cyrillic}\p{Nd}\"])\"(?!(?<=\p{Hebrew}\")\p{Hebrew}(?!\p{L}))(?P<g>[^\"\n]{1,240}(?:\n[^\"\n]{1,240}){0,3})\"(?![\p{Lu}\p{Nd}])"
    r"|‚(?P<m>[^‚‘\n]{1,80})‘"
    r"|(?<![\w'’])[‘'](?P<h>[^‘’'\n]{1,80}(?:[’'](?=\w)[^‘’'\n]{1,80}){0,6})[’'](?!\w)"
)
WIDE: Final = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Hangul}\p{Thai}"
"""Scripts that write no blank between words and an address: ``応募はsaiyou@firm.exampleまで``."""
_WORD: Final = rf"\w--[{WIDE}]"
_URL: Final = regex.compile(
    rf"(?V1)(?=\w)(?![{WIDE}])(?<![{_WORD}||[@./\-]])"
    rf"(?:(?i:https?)://[^\s<>()\[\]{{}}\"“”„«»「」、。，{WIDE}]+"
    rf"|(?:[{_WORD}--_](?:[[{_WORD}--_]||\-]{{0,62}})\.){{1,4}}"
    r"(?i:example|test|com|org|net|info|biz|shop|store|app|dev|io|co|me|tv|eu|uk|us|ca|au|ie|nz|de|at|ch|fr|be|es|cat|mx"
    r"|ar|cl|pt|br|it|nl|tr|bg|jp|jobs|events|museum|travel|cafe|coop|gov|edu|art|studio|online|site|wien|berlin)"
    rf"(?![{_WORD}||[@\-]]|\.[\p{{L}}\p{{Nd}}])(?:/[^\s<>()\[\]{{}}\"“”„«»「」、。，{WIDE}]*)?)"
)
"""The case of letters is told where it does not count: a class that ignores it reads "İ" in several ways, and a few
dozen of them take for ever.
"""
_MAIL: Final = regex.compile(
    rf"(?V1)(?<![{_WORD}||[.+\-]])[{_WORD}||[.+\-]]{{1,64}}@[{_WORD}||\-]{{1,63}}(?:\.[{_WORD}||\-]{{1,63}}){{1,4}}"
)
_HANDLE: Final = regex.compile(rf"(?V1)(?<![{_WORD}||[.@/]])@[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{{0,40}}[A-Za-z0-9_])")
_TAG: Final = regex.compile(r"(?<![\w&/])#\w+")


_PHONE: Final = regex.compile(
    rf"(?V1)(?<![[\p{{L}}--[{WIDE}]]||[\p{{Nd}}.,/#@€£$\-]])(?<!\p{{Nd}}:)"
    r"(?:\+\s?)?\(?\p{Nd}(?:(?:[\ ()/\u00a0\-]{0,2}|\.)\p{Nd}){5,15}"
    rf"(?![[\p{{L}}--[{WIDE}]]||[\p{{Nd}}%€£$]])"
)
_NOT_A_NUMBER: Final = regex.compile(
    r"\p{Nd}{4}\s*[-–/]\s*\p{Nd}{4}|(?!0)\p{Nd}{1,3}(?:[ .\u00a0]\p{Nd}{3})+"
    r"|\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-]\p{Nd}{2,4}.*|\p{Nd}{4}-\p{Nd}{2}-\p{Nd}{2}.*|.*?\p{Nd}\.\p{Nd}{2}\s*-\s*\p{Nd}{1,2}\.\p{Nd}{2}.*"
)
_COUNTED: Final = regex.compile(rf"(?!0|1\p{{Nd}}{{10}}(?!\p{{Nd}}))\p{{Nd}}+[{WIDE}]")
"""Digits in a row that a word without a blank counts: ``1500000명``; but 0812345678 and 13800001234 are called."""
_LEAST_DIGITS: Final = 7
"""Fewest digits of a telephone number."""


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
    """Find web addresses, handles, hashtags, e-mail addresses and telephone numbers, in the order of the text."""
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
    made += [
        Contact(kind="telephone", start=m.start(), end=m.end())
        for m in _PHONE.finditer(text)
        if sum(char.isdigit() for char in m[0]) >= _LEAST_DIGITS
        and not _NOT_A_NUMBER.fullmatch(m[0])
        and not (m[0].isdigit() and _COUNTED.match(text, m.start()))
    ]
    return sorted(made, key=lambda one: (one.start, one.end, one.kind))


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
