"""Makes the last lines of a draft: what to do and where, each contact once, web addresses last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import regex

from reelwright.documents.script import BlockSettings, Run
from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.values import (
    CONTACTS,
    CertainFacts,
    Kind,
    Piece,
)
from reelwright.planner.reading.lines.draft_line import DraftLine, make_line

_PREPOSITION: Final = regex.compile(
    r"(?:\s+(?:at|to|on|via|or|and|auf|unter|bei|über|an|oder|und|sur|chez|au|à|le|ou|et|en|a|al|o|no|em|por|para|pelo|pela"
    r"|e|su|sul|presso|allo|op|naar|of|pod|na|или|и|на|в|от|по|على|عبر|في|→|->|@"
    r"|(?:or|and|oder|und|ou|et|o|y|e|of|en)\s+(?:go|visit|see|besucht?|visitez|visita|visite|acesse|consultez|bezoek))"
    r"|\s*[:：]|(?<=[\p{Han}\p{Hiragana}\p{Katakana}])(?:は|へは))+\s*$",
    regex.I,
)
_IS: Final = regex.compile(r"(?<=\p{L})['’]s$")
"""The verb between what an address is and the address: "the number's"."""
_LONGEST_PREPOSITION: Final = 60
"""Characters at the end of a call in which prepositions are looked for: several, with spaces."""
_PARTICLE: Final = regex.compile(r"[\p{Hiragana}\p{Hangul}\p{Thai}]{1,4}")
"""What is written to an address without a blank, and says nothing without it: ``000-555-0126まで``."""
REACHED_BY: Final[tuple[Kind, ...]] = (*CONTACTS, "mail")
"""Kinds of pieces by which somebody is reached."""
_MOST_CARD_LETTERS: Final = 40
"""Most letters of a call without a contact that stands on the last card, as a button: "book now"."""
_OR: Final = regex.compile(
    r"^(?:or|oder|ou|o|of|lub|eller|или)\s+(?:(?:at|on|via|by|per|unter|bei|über|à|au|par|por|en|op|na)\s+)?", regex.I
)
"""How another contact is offered: ``ou à info@…``."""
_MOST_BETWEEN_CONTACTS: Final = 4
"""Most letters between two contacts of one card: ", or "."""


def list_steps(facts: CertainFacts) -> list[Piece]:
    """List the calls that are no order and say no contact: what somebody does stays where it is said, "Boil the
    plums". Beside an address the first of them is what to do there, unless another call is.
    """
    contacts = facts.list_pieces(*REACHED_BY)
    calls = facts.list_pieces("call")
    steps = [
        call for call in calls
        if not _is_order(call.text) and not any(call.start <= one.start < call.end for one in contacts)
    ]  # fmt: skip
    is_for_address = len(steps) == len(calls) and bool(facts.list_pieces("address"))
    return steps[1:] if is_for_address else steps


def _is_order(text: str) -> bool:
    """Return whether a call begins with what asks for an order: "book now", and not "bring a towel"."""
    return any(hit.mark == "call" and hit.start == 0 for hit in Marks(text).find_hits(0, len(text)))


def make_call_lines(facts: CertainFacts) -> list[DraftLine]:
    """Make the lines of handles, then of what to do and where, web addresses last. A contact stands there once."""
    contacts = facts.list_pieces(*REACHED_BY)
    made: list[DraftLine] = []
    links: list[DraftLine] = []
    used: set[Piece] = set()
    calls = facts.list_pieces("call")
    free = [p for p in contacts if not any(call.start <= p.start < call.end for call in calls)]
    for call in calls:
        held = [p for p in contacts if call.start <= p.start and p.end <= call.end]
        ending = next((p for p in held if p.end == call.end or _PARTICLE.fullmatch(facts.brief, p.end, call.end)), None)
        where = ending or next(iter(held), None)
        beside = None if where else _find_contact_behind(facts.brief, call, [p for p in free if p not in used])
        where = where or beside or next((p for p in contacts if p.kind == "address" and p not in used), None)
        if where is None or where.kind == "handle":
            made.append(make_line(call, "words"))
            used |= {p for p in contacts if p is where or p.text in call.text}
            continue
        used |= {where, *held}
        words = call.text
        if ending:
            words = _drop_preposition(call.text[: ending.start - call.start])
            words = ending.text if not words or _asks_for_film(words) else words
            words = words.replace(" (", " · ") if words.count("(") > words.count(")") else words
        words = f"{words} {where.text}" if beside and where.kind == "telephone" else words
        links.append(replace(make_line(call, "call", words, url=_make_url(where)), end=(beside or call).end))
    for piece in contacts:
        if piece not in used and not any(piece.text == one.text for one in used):
            used.add(piece)
            is_link = piece.kind != "handle"
            (links if is_link else made).append(
                make_line(piece, "call" if is_link else "words", url=_make_url(piece) if is_link else "")
            )
    last = made[-1] if made and not links else None
    if last and facts.name and _is_button(last, calls):
        made[-1] = replace(last, screen=replace(last.screen, settings=BlockSettings(beat="end_card")))
    webbed = [one for one in links if one.screen.url.startswith("http")]
    return [*made, *_join_contacts(facts.brief, [*(one for one in links if one not in webbed), *webbed])]


def _join_contacts(brief: str, calls: Sequence[DraftLine]) -> list[DraftLine]:
    """Return the calls with those beside a bare last address on its card: ``Call 01632 960147``, above the address."""
    last = calls[-1] if calls else None
    if not last or last.screen.text != brief[last.start : last.end]:
        return list(calls)
    near = sorted(calls, key=lambda one: one.start)
    runs = [near[:1]]
    for before, one in pairwise(near):
        is_beside = sum(map(str.isalpha, brief[before.end : one.start])) <= _MOST_BETWEEN_CONTACTS
        runs = [*runs[:-1], [*runs[-1], one]] if is_beside else [*runs, [one]]
    found = next(run for run in runs if last in run)
    others = [one for one in found if one is not last]
    text = " · ".join(_OR.sub("", " ".join(brief[one.start : one.end].split())) for one in others)
    are_telephones = last.screen.url.startswith("tel:") and any(one.screen.url.startswith("tel:") for one in others)
    if not others or are_telephones or len(text) > _MOST_CARD_LETTERS:
        return list(calls)
    joined = replace(
        last, screen=replace(last.screen, runs=(Run(text=text),)), start=found[0].start, end=found[-1].end,
        probability=min(one.probability for one in found),
    )  # fmt: skip
    return [*(one for one in calls if one not in found), joined]


def _find_contact_behind(brief: str, call: Piece, contacts: Sequence[Piece]) -> Piece | None:
    """Find the number or address right behind a call without one: "Call Dave. 07700 900 318", but not "Fax 01632 …"."""
    behind = (p for p in contacts if p.kind != "handle" and call.end <= p.start)
    return next((p for p in behind if not any(map(str.isalpha, brief[call.end : p.start]))), None)


def _is_button(line: DraftLine, calls: Sequence[Piece]) -> bool:
    """Return whether a line is a call that asks for an order."""
    text = line.screen.text
    return _is_order(text) and len(text) <= _MOST_CARD_LETTERS and any(call.start == line.start for call in calls)


def _asks_for_film(words: str) -> bool:
    """Return whether what stands before an address is the request for the film, "Promote", and no call."""
    return " " not in words and "announcing" in Marks(words).list_marks(0, len(words))


def _make_url(piece: Piece) -> str:
    if piece.kind == "mail":
        return f"mailto:{piece.text}"
    if piece.kind == "telephone":
        return "tel:" + piece.text.replace("\u00a0", " ").replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    return piece.text if regex.match("https?://", piece.text, regex.I) else f"https://{piece.text}"


def _drop_preposition(text: str) -> str:
    """Remove prepositions and colons from the end of what is said before an address."""
    text = text.rstrip()
    end: str = _PREPOSITION.sub("", _IS.sub("", text[-_LONGEST_PREPOSITION:]))
    return (text[:-_LONGEST_PREPOSITION] + end).strip().rstrip(",;(، 、，")
