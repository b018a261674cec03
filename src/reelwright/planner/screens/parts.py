"""A script's screens as the shots they become: name with descriptor, steps of one list together, small print below."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Final

import regex

from reelwright.documents.script import Picture, Screen, Script
from reelwright.documents.write import write_script, write_spoken
from reelwright.errors import BadInput
from reelwright.planner.screens.roles import role_of
from reelwright.planner.screens.wording import words_of
from reelwright.reel.canonical import digest_of
from reelwright.reel.noun import noun

MOST_CELLS: Final = 110
"""Letters of what is spoken that stand on one screen where it is read."""
SHOWS_LINES: Final = ("hook", "problem", "agitate", "demo", "benefit", "brand")
"""Beats that show a paragraph well."""
_SENTENCE: Final = regex.compile(r"(?<=[.!?…।؟])\s+|(?<=[。！？])")
_CLAUSE: Final = regex.compile(r"(?<=[,;:،–—])\s+|(?<=[、，；])")
_UNSPACED: Final = "。！？、，；"
MOST_STEPS: Final = 4
"""Steps of one list that stand on one screen; longer lists have a screen for each."""


@noun
class Part:
    """What becomes one shot. ``line``: of the script, from 1. ``turn``: number of its beat in the script, from 0.

    ``spoken_over``: how many shots, from this one on, its line is spoken over.

    ``key``: what its id and chance follow from: its own words and form, and how often these stood before.
    ``length_ms``: as a comment asks; None: as long as its words take. ``written``: the Markdown of its screens; empty
    where somebody else than a script says it. ``camera``, ``light``, ``sound``: of a picture that a model makes.
    """

    line: int
    turn: int
    role: str
    key: str
    written: str
    words: Mapping[str, str] = field(default_factory=dict)
    picture: Picture | None = None
    spoken: str = ""
    spoken_over: int = 0
    length_ms: int | None = None
    model: str = ""
    voice: str = ""
    camera: str = ""
    light: str = ""
    sound: str = ""


def parts_of(script: Script, name: str, *, voiced: bool) -> tuple[Part, ...]:
    """All shots to be, in order. ``name``: of the script's file. Raises ``BadInput`` naming the line. Pure.

    ``voiced``: somebody speaks. Else what is spoken over words is shown after them, on screens of its own.
    """
    groups = list(_groups(script.screens))
    first = {number: index for index, group in enumerate(groups) for number in group}
    spoken = {one.first: one for one in script.spoken}
    seen: Counter[str] = Counter()
    roles: list[str] = []
    made: list[Part] = []
    for group in groups:
        screens = [script.screens[number] for number in group]
        told = next((spoken[number] for number in group if number in spoken), None)
        quoted = screens[0].form == "quote"
        written = "\n\n".join(_written(one) for one in _pictured_once(screens))
        own = digest_of(["screen", written])
        seen[own] += 1
        key = digest_of([own, seen[own]])
        role = role_of(script.screens, group, roles, key)
        roles.append(role)
        last = screens[-1]
        made.append(Part(
            line=screens[0].line, turn=screens[0].beat, role=role, key=key, written=written,
            words=_with_name(words_of(screens, role, name), role, script.screens), picture=_picture(screens),
            spoken=told.text if told else "", spoken_over=first.get(told.end, len(groups)) - len(made) if told else 0,
            length_ms=next((one.said.length for one in screens if one.said.length), None),
            model=next((one.said.model for one in screens if one.said.model), ""),
            voice=(told.said.voice if told else "") or last.said.voice,
        ))  # fmt: skip
        if quoted and told:
            made[-1] = replace(made[-1], spoken_over=1)
    if not voiced:
        made = [one for part in made for one in _read_instead(part)]
    if not any(part.words or part.picture for part in made):
        raise BadInput(name, "no screen", "at least one paragraph: each is a screen")
    return tuple(made)


def _groups(screens: Sequence[Screen]) -> Iterator[list[int]]:
    """Numbers of the screens that are shown at once."""
    at = 0
    while at < len(screens):
        end = at + 1
        if screens[at].form == "reveal" and end < len(screens) and screens[end].form == "descriptor":
            end += 1
        elif screens[at].form == "step":
            while end < len(screens) and _same_list(screens[end - 1], screens[end]):
                end += 1
            if end - at > MOST_STEPS:
                end = at + 1
        while end < len(screens) and screens[end].said.legal and not screens[end].picture:
            end += 1
        yield list(range(at, end))
        at = end


def _read_instead(part: Part) -> list[Part]:
    """Nobody speaks: a quote is read already, a line under a picture is a caption, over words it comes after them."""
    if part.voice:
        return [part]
    if part.spoken and part.words:
        read = [] if "quote" in part.words else _shown_after(part)
        silent = replace(part, spoken="", spoken_over=0)
        return [*read, silent] if part.role == "end_card" else [silent, *read]
    return [replace(part, spoken_over=1) if part.spoken else part]


def _with_name(words: dict[str, str], role: str, screens: Sequence[Screen]) -> dict[str, str]:
    """A film that ends on its call shows there whose it is, where the script has a name."""
    name = next((" ".join(one.text.split()) for one in screens if one.form == "reveal"), "")
    if role != "end_card" or not name or "name" in words:
        return words
    return {"name": name, **{key: text for key, text in words.items() if text.casefold() != name.casefold()}}


def _same_list(before: Screen, after: Screen) -> bool:
    joined = before.form == after.form == "step" and before.beat == after.beat
    apart = after.number == "1" or after.said.length or (after.picture and not after.picture.held)
    return joined and not apart


def _picture(screens: Sequence[Screen]) -> Picture | None:
    """That of the screens; a block of code fills the frame, and a picture that is held waits under it."""
    if screens[0].form == "code":
        return None
    return next((one.picture for one in screens if one.picture), None)


def _pictured_once(screens: Sequence[Screen]) -> list[Screen]:
    """The screens, the picture that all are shown with only before the first of them: a list cannot hold it between."""
    return [
        replace(one, picture=None) if n and one.picture and one.picture.held else one for n, one in enumerate(screens)
    ]


def _written(screen: Screen) -> str:
    """The screen's own Markdown, one spelling for one meaning; without what is spoken over it."""
    return write_script(Script(screens=(replace(screen, beat=0),))).strip()


def _shown_after(part: Part) -> list[Part]:
    """The screens on which the line of a part is read where nobody speaks it."""
    made = []
    for n, text in enumerate(in_pieces(part.spoken)):
        key = digest_of([part.key, "spoken", n])
        role = part.role if part.role in SHOWS_LINES else "benefit"
        made.append(Part(
            line=part.line, turn=part.turn, role=role, key=key, written=write_spoken(text), words={"line": text},
            picture=part.picture,
        ))  # fmt: skip
    return made


def in_pieces(text: str) -> list[str]:
    """A spoken text as screens: its sentences, together while they are short; a long one by its clauses."""
    made: list[str] = []
    for sentence in _pieces(text, _SENTENCE):
        for piece in _pieces(sentence, _CLAUSE) if cells(sentence) > MOST_CELLS else [sentence]:
            if made and cells(made[-1]) + cells(piece) < MOST_CELLS:
                made[-1] = f"{made[-1]}{'' if made[-1][-1:] in _UNSPACED else ' '}{piece}"
            else:
                made.append(piece)
    return made


def _pieces(text: str, ends: regex.Pattern[str]) -> list[str]:
    return [piece.strip() for piece in ends.split(text) if piece.strip()]


def cells(text: str) -> int:
    """How wide a text is in letters; those of the scripts of East Asia count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
