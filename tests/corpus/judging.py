"""Judges a script against an entry of the corpus: words on screen that must not be there, and certain ones that are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reelwright.documents.script import Script
from reelwright.planner.screens.wording import format_address

JOINING = frozenset({"and", "und", "et", "y", "e", "ve", "и", "و", "と"})
"""What may join two whole certain spans on one screen, beside marks."""
LISTED = frozenset({"quoted", "labelled"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """``wrong``: texts on screen that must not be there. ``names_wrong``: a name that is none, or another."""

    shown: int = 0
    wrong: tuple[str, ...] = ()
    names_wrong: tuple[str, ...] = ()
    names_missed: tuple[str, ...] = ()
    certain: int = 0
    found: int = 0

    def __add__(self, other: Judgement) -> Judgement:
        return Judgement(
            self.shown + other.shown, self.wrong + other.wrong, self.names_wrong + other.names_wrong,
            self.names_missed + other.names_missed, self.certain + other.certain, self.found + other.found,
        )  # fmt: skip

    @property
    def line(self) -> str:
        """Counts only: of the half that nobody reads, no more is ever told."""
        return (
            f"{self.shown} texts on screen, {len(self.wrong)} wrong; names: {len(self.names_wrong)} wrong, "
            f"{len(self.names_missed)} quoted or labelled and not found; {self.found} of {self.certain} certain shown"
        )


def texts_of(script: Script) -> Iterator[str]:
    """Every text that the film of the script shows."""
    for screen in script.screens:
        if screen.text:
            yield screen.text
        if screen.url:
            yield format_address(screen.url)
        if screen.speaker:
            yield screen.speaker


def judged(entry: dict[str, Any], script: Script | None) -> Judgement:
    """``script`` None: nothing is shown."""
    brief, name = str(entry["brief"]), entry["name"]
    texts = list(texts_of(script)) if script else []
    allowed = [str(span["text"]) for span in entry["certain"]] + ([name["text"]] if name["text"] else [])
    wrong = tuple(f"{entry['id']}: {text}" for text in texts if not _is_right(text, brief, allowed, entry))
    reveal = next((one.text for one in script.screens if one.form == "reveal"), None) if script else None
    other = reveal is not None and reveal.casefold() != str(name["text"]).casefold()
    missed = name["given"] in LISTED and reveal is None
    covered = _letters(brief, texts)
    found = sum(
        any(_solid(brief, a, b) <= covered for a, b in _places(brief, str(span["text"]))) for span in entry["certain"]
    )
    return Judgement(
        shown=len(texts), wrong=wrong, names_wrong=(f"{entry['id']}: {reveal}",) if other else (),
        names_missed=(entry["id"],) if missed else (), certain=len(entry["certain"]), found=found,
    )  # fmt: skip


def _is_right(text: str, brief: str, allowed: list[str], entry: dict[str, Any]) -> bool:
    """In the brief, letter by letter, inside what may be shown, and nothing that must not be."""
    told = [place for span in entry["directions"] for place in _places(brief, span)]
    may = [place for span in allowed for place in _places(brief, span)]
    if text in allowed:
        return True
    if any(_bare(text) == _bare(span) for span in entry["wrong"]):
        return False
    if any(span in text and not any(span in one for one in allowed) for span in entry["wrong"]):
        return False
    for start, end in _places(brief, text):
        if any(a < end and start < b for a, b in told):
            continue
        free = [n for n in sorted(_solid(brief, start, end)) if not any(a <= n < b for a, b in may)]
        if all(word.casefold() in JOINING for word in _words(brief, free)):
            return True
    return False


def _places(brief: str, text: str) -> Iterator[tuple[int, int]]:
    pattern = r"\s+".join(re.escape(word) for word in text.split())
    return (found.span() for found in re.finditer(pattern, brief)) if pattern else iter(())


def _solid(brief: str, start: int, end: int) -> set[int]:
    return {n for n in range(start, end) if brief[n].isalnum()}


def _letters(brief: str, texts: Iterable[str]) -> set[int]:
    return {n for text in texts for a, b in _places(brief, text) for n in _solid(brief, a, b)}


def _words(brief: str, places: list[int]) -> list[str]:
    made: list[str] = []
    last = -2
    for n in places:
        if n == last + 1:
            made[-1] += brief[n]
        else:
            made.append(brief[n])
        last = n
    return made


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
