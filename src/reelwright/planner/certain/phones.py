"""Finds telephone numbers by how they begin, or by the word before them."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.parts import Contact

PHONE: Final = regex.compile(
    r"(?<![\p{L}\p{Nd}.,/#@€£$-])(?<!\p{Nd}:)"
    r"(?:\+\s?)?\(?\p{Nd}(?:(?:[ ()/\u00a0-]{0,2}|\.)\p{Nd}){5,15}(?![\p{L}\p{Nd}%€£$])"
)
NOT_A_NUMBER: Final = regex.compile(
    r"\p{Nd}{4}\s*[-–/]\s*\p{Nd}{4}|\p{Nd}{1,3}(?:[ .\u00a0]\p{Nd}{3})+|\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-]\p{Nd}{2,4}.*"
    r"|\p{Nd}{4}-\p{Nd}{2}-\p{Nd}{2}.*|.*?\p{Nd}\.\p{Nd}{2}\s*-\s*\p{Nd}{1,2}\.\p{Nd}{2}.*"
)
_CERTAIN_NUMBER: Final = regex.compile(r"\+|\(?0\p{Nd}|\(?0 ?\p{Nd}|٠|(?:\p{Nd}{3}[ -])?555-\p{Nd}{4}$")
_LOOK_BEHIND: Final = 24


def find_telephones(text: str, marks: Marks) -> list[Contact]:
    """Find numbers that can be nothing else: they begin with + or 0, or a word for telephones stands before them."""
    made = []
    for found in PHONE.finditer(text):
        number = found[0]
        is_announced = text[max(0, found.start() - 3) : found.start()].strip() in _TELEPHONE_SIGNS or any(
            hit.mark == "telephone" or (hit.mark == "call" and text[hit.end : found.start()].strip() == ":")
            for hit in marks.find_hits(max(0, found.start() - _LOOK_BEHIND), found.start())
        )
        if sum(char.isdigit() for char in number) < 7 or (NOT_A_NUMBER.fullmatch(number) and not is_announced):
            continue
        if is_announced or _CERTAIN_NUMBER.match(number):
            made.append(Contact(kind="telephone", start=found.start(), end=found.end()))
    return made


_TELEPHONE_SIGNS: Final = ("☎", "☎️", "📞", "📱", "✆")
