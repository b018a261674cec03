"""Splits a brief into tokens, and finds what no line may break: a street and its number, hours, money, ``7-litre``."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import regex

from reelwright.media.letters.streets import STREET
from reelwright.planner.certain.parts import find_contacts
from reelwright.planner.extract.brief_text import is_pictograph
from reelwright.reel.base.value import define_value

_TOKEN: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"  # scripts without spaces: a letter each
    r"|(?:(?=\p{Thai})\X)"
    r"|\p{Nd}+(?:[.,:'’]\p{Nd}+)*"
    r"|\p{L}[\p{L}\p{M}]*(?:['’‑-](?=\p{L})[\p{L}\p{M}]+)*"
    r"|\n|\X"
)

_MONEY_SIGN: Final = regex.compile(r"\p{Sc}")
SENTENCE_ENDS: Final = frozenset(".!?…。！？؟।\n")
"""Texts of the tokens that end a sentence."""
COLONS: Final = frozenset(":：")
BULLETS: Final = frozenset("-–—*•·")
"""Texts of the tokens that begin a line of a list."""
QUOTES: Final = frozenset("\"“”„«»「」『』‘’'")


ELIDED: Final = regex.compile(r"(?:[ld]|dell|nell|all|dall)['’](?=\p{Lu})")
"""An article that is written to the name behind it: ``l'Atelier``."""


@define_value
class Token:
    """Characters [start, end) of the brief. ``kind``: word, number, sign, emoji, line, or the kind of a contact."""

    text: str
    start: int
    end: int
    kind: str


def is_money_sign(token: Token) -> bool:
    """Return whether a token is a sign of money, such as ``€``; ``zł`` and ``kr`` are words."""
    return _MONEY_SIGN.fullmatch(token.text) is not None


def tokenise(text: str) -> list[Token]:
    """Split ``text`` into tokens in order; blanks between them belong to none. A contact is one token. Pure."""
    made: list[Token] = []
    at = 0
    for start, end, kind in [*((c.start, c.end, c.kind) for c in find_contacts(text)), (len(text), len(text), "")]:
        if start < at:
            continue
        for match in _TOKEN.finditer(text, at, start):
            if sort := _find_kind(match[0]):
                made.append(Token(text=match[0], start=match.start(), end=match.end(), kind=sort))
        if start < end:
            made.append(Token(text=text[start:end], start=start, end=end, kind=kind))
        at = end
    return made


def _find_kind(text: str) -> str:
    first = text[0]
    if first == "\n":
        return "line"
    if first.isspace():
        return ""
    if first.isalpha():
        return "word"
    if first.isdigit():
        return "number"
    return "emoji" if is_pictograph(first) else "sign"


_HOUR: Final = r"\p{Nd}{1,2}(?:[:.h]\p{Nd}{2}|h)?(?:\s?[ap]\.?m\.?)?"
_HOURS: Final = regex.compile(
    r"(?<![\p{L}\p{Nd}.,:/€$£-])" + _HOUR + r"\s?(?:-|–|—|to|bis|till?|à|a|às|alle|tot|do|до)\s?" + _HOUR
    + r"(?:\s?(?:uhr|hs?|uur))?(?![\p{L}\p{Nd}%€$£]|[.,:/]\p{Nd})",
    regex.I,
)  # fmt: skip
_DIGITS: Final = r"\p{Nd}++(?:[.,' ]\p{Nd}{3}(?!\p{Nd}))*(?:[.,](?:\p{Nd}{2}|-))?"
_CLOCK: Final = regex.compile(
    r"(?<![\p{L}\p{Nd}.,:/-])\p{Nd}{1,2}(?:[:.]\p{Nd}{2})?\s?(?:[ap]\.m\.|[ap]m(?!\s(?-i:\p{Lu}\p{Ll}))|uhr|uur|heures)(?!\p{L})",
    regex.I,
)
_RANGE: Final = regex.compile(
    r"(?<!\p{L})\p{Sc}\s?" + _DIGITS + r"\s?[-–—]\s?\p{Sc}?\s?" + _DIGITS + r"(?![\p{Nd}%])"
    r"|(?<![\p{L}\p{Nd}.,:/-])\p{Nd}[\p{Nd}.,]{0,9}\s?[–—]\s?\p{Nd}[\p{Nd}.,]{0,9}(?<=\p{Nd})(?![\p{Nd}%:.,/])"
)
_AMOUNT: Final = regex.compile(
    r"(?:\p{Sc}|(?<!\p{L})(?:EUR|CHF|Rs\.?|R\$))\s?" + _DIGITS + r"(?!\p{Nd})"
    r"|(?<![\p{L}\p{Nd}.,])" + _DIGITS + r"\s?"
    r"(?:\p{Sc}(?!\s?\p{Nd})|(?:euros?|eur|chf|kr|zł|лв|грн|руб|lei|tl|dollars?|pounds?|quid|reais|pesos?)(?!\p{L}))",
    regex.I,
)
_DATE: Final = regex.compile(
    r"(?<![\p{Nd}.])\p{Nd}{1,2}\.\s?\p{Nd}{1,2}\.\s?(?:19|20)\p{Nd}{2}(?!\p{Nd})"
    r"|(?<![\p{L}\p{Nd}])(?:on\s)?\p{Nd}{1,2}(?:st|nd|rd|th)\s(?:of\s)?\p{Lu}\p{Ll}{2,8}(?!\p{L})"
)
_KATAKANA: Final = regex.compile(r"[\p{Katakana}ー]{2,}")
_COMPOUND: Final = regex.compile(
    r"(?<![\p{L}\p{Nd}-])\p{Nd}{1,4}-\p{L}{2,20}(?:-\p{Nd}{1,2})?(?!\p{L})"
    r"|(?<!\p{L})(?:under-|over[- ])\p{Nd}{1,2}s(?!\p{L})"
    r"|(?<!\p{L})(?<!(?:&|and|und|et|y|e)\s)(?-i:Co\.\s\p{Lu}\p{Ll}+)"
    r"|(?<!\p{L})(?:version|versie|versión|versione|versão|versiunea|версия|версії|wersj[aię]|verz[ei])\s\p{Nd}+(?:\.\p{Nd}+)*"
    r"|(?<![\p{L}\p{Nd}.,:])\p{Nd}{1,3}\s(?:years?|jahren?|ans|años|anos|anni|jaar|lat|lata|let|лет|года?|років|роки|години|yaş\p{L}*"
    r"|yıl\p{L}*|år|vuotta|ani|tahun|tuổi|साल)(?!\p{L})",
    regex.I,
)
"""``7-litre``, ``Co. Kerry``, ``40 anni``."""
_FIRM: Final = regex.compile(
    r"(?<![\p{L}\p{Nd}.])(?:(?i:gmbh|ag|ug|se)\s?(?:&|und)\s?(?i:co)\.?,?\s?(?i:kgaa|kg|ohg)(?!\p{L})"
    r"|S\.\s?(?:A\.|de\s?R\.\s?L\.)(?:\s?\p{Lu}\.){0,3}\s?de\s?C\.\s?V\."
    r"|S\.\s?A\.\s?R\.\s?L\.|S\.\s?n\.\s?c\.|S\.\s?[Rr]\.\s?[Ll]\.|S\.\s?p\.\s?A\.|S\.\s?[AL]\.(?:\s?[SU]\.)?|[Ss]p\.\s?z\s?o\.\s?o\.|e\.\s?[VKUG]\."
    r"|s\.\s?r\.\s?o\.|d\.\s?o\.\s?o\.|[BN]\.\s?V\.|A\.\s?Ş\.|PartG\s?mbB|Pty\.?\sLtd|Co\.,?\s(?:Ltd|KG|Inc)(?!\p{L})"
    r"|Ltd\.?\s[ŞS]ti)"
)
"""The legal form of a firm, of several words or letters with full stops."""
_FORMS: Final = (
    ("firm", _FIRM), ("street", STREET), ("hours", _HOURS), ("hours", _CLOCK), ("amount", _RANGE),
    ("amount", _AMOUNT), ("date", _DATE), ("katakana", _KATAKANA), ("compound", _COMPOUND),
)  # fmt: skip


_TOWN: Final = (
    r"\p{Lu}[\p{L}\p{M}.'’-]*"
    r"(?:[ -](?:upon|on|under|am|an|der|im|sur|la|le|de|del|do|da|den|sous|lès|\p{Lu}[\p{L}\p{M}.'’-]*)){0,3}"
)
_POSTCODE: Final = (
    r"(?:[A-Z]{1,2}\p{Nd}[A-Z\p{Nd}]?\s\p{Nd}[A-Z]{2}|[A-Z]\p{Nd}[A-Z]\s?\p{Nd}[A-Z]\p{Nd}"
    r"|(?:[A-Z]{2},?\s)?\p{Nd}{5}(?:-\p{Nd}{4})?)(?![\p{L}\p{Nd}])"
)
"""British, Canadian and American codes, which stand behind a town."""
_CODE_FIRST: Final = r"(?:[A-Z]{1,3}-)?(?:\p{Nd}{4}\s?[A-Z]{2}|\p{Nd}{2}-\p{Nd}{3}|\p{Nd}{4,5})"
"""Codes that stand before a town: 69005 Lyon, 1015 EA Amsterdam."""
_PARTS: Final = rf"(?P<town>{_TOWN})(?P<code>{_POSTCODE})"
"""Parts of an address that are written, and compiled, once in a pattern."""
_TOWN_BEHIND: Final = regex.compile(
    rf"(?(DEFINE){_PARTS}(?P<first>{_CODE_FIRST}))" + r"(?:\s(?:West|East|North|South|[NSEW]{1,2})(?!\p{L}))?"
    r"(?:,?\s(?:(?&first)\s(?&town)|(?&town)(?:,\s(?&town))?,?\s(?&code)|(?&code))(?:,\s(?&first)\s(?&town))?)"
)
"""The town with its postcode behind a street, which belongs to its address."""
_BARE_STREET: Final = regex.compile(r"(?:Straße|Strasse|Str\.|Platz|Weg|Allee|Gasse|Ufer|Damm|Ring)\s")
_STREET_NAME: Final = regex.compile(r"(?<!\p{L})\p{Lu}[\p{L}-]+\s$")
"""The word before a German street that is written apart: "Merseburger Straße 42"."""
_LONGEST_NAME: Final = 30
_HOUSE: Final = regex.compile(
    rf"(?(DEFINE){_PARTS})" + r"(?<![\p{L}\p{Nd}.,:/-])\p{Nd}{1,4}[a-z]?\s\p{Lu}[\p{L}'’-]+(?:\s\p{Lu}[\p{L}'’-]+){0,2}"
    r"(?:(?=,\s(?&town),?\s(?&code))|(?<=\bat \p{Nd}{1,4} .{3,60})(?=,\s(?&town)|[.!\n]|$))"
)
"""A house number with a street that says no kind, before its town: "9 Spring Bank, Hull HU3 1LR"."""
_ADDRESSES: Final = ("street", "address")
_NO_STREET: Final = regex.compile(
    r"\d+\s+[a-z]+\s+[a-z]+\s+[A-Z].*\s(?:Lane|Road|Street|Avenue|Drive|Close|Way|Row|Square)$"
)
"""A number that is none of the house: "17 divert via Mill Lane"."""


@define_value
class Unit:
    """Characters [start, end) of a brief that stand on one line or on none. ``kind``: of form, see ``_FORMS``."""

    kind: str
    start: int
    end: int


@lru_cache(maxsize=4)  # each step of reading asks for those of the same brief
def find_units(text: str) -> tuple[Unit, ...]:
    """Find the units of ``text``, in order; none over another. Pure."""
    made: list[Unit] = []
    for kind, form in (("street", _HOUSE), *_FORMS):
        made += [
            _make_unit(text, kind, found)
            for found in form.finditer(text)
            if not any(one.start < found.end() and found.start() < one.end for one in made)
        ]
    return tuple(sorted(made, key=lambda one: one.start))


def _make_unit(text: str, kind: str, found: regex.Match[str]) -> Unit:
    """Make a unit; that of a street with its town and postcode behind it is an address."""
    town = _TOWN_BEHIND.match(text, found.end()) if kind == "street" else None
    named = (
        _STREET_NAME.search(text, max(0, found.start() - _LONGEST_NAME), found.start())
        if _BARE_STREET.match(found[0])
        else None
    )
    start = found.start() - (len(named[0]) if named and kind == "street" else 0)
    return Unit(kind="address" if town else kind, start=start, end=(town or found).end())


def find_street(lines: Sequence[str]) -> str:
    """Return the last street that lines name, with its town and postcode where they are said, or nothing. Pure."""
    found = (line[one.start : one.end] for line in lines for one in find_units(line) if one.kind in _ADDRESSES)
    return next((one for one in reversed([*found]) if not _NO_STREET.match(one)), "")


def locate_units(tokens: Sequence[Token], units: Sequence[Unit]) -> list[tuple[int, int, str]]:
    """Return (first, end, kind) of the tokens of each unit that has at least two."""
    starts, ends = [token.start for token in tokens], [token.end for token in tokens]
    made = ((bisect_left(starts, one.start), bisect_right(ends, one.end), one.kind) for one in units)
    return [(first, end, kind) for first, end, kind in made if end - first > 1]
