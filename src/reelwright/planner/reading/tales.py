"""Makes the subject of a tale its opening line: of "a lighthouse loves a ship. Every night it winks", both are told."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reelwright.planner.certain.values import LIKELY, CertainFacts, Piece
from reelwright.planner.extract.brief_text import tidy
from reelwright.planner.screens.wording import MAX_SCREEN_LETTERS

_TOLD: Final = ("fact", "descriptor", "number", "quote", "who")
"""Kinds of a film that tells or explains something; one that sells or invites has others, and needs no such line."""


def add_subject(facts: CertainFacts) -> CertainFacts:
    """Return ``facts`` with what the film is about as a line of its own, where it tells or explains something. Pure."""
    if not facts.pieces or facts.find_direction("no_text") or any(one.kind not in _TOLD for one in facts.pieces):
        return facts
    if facts.name is None and any(one.kind == "descriptor" and one.probability >= LIKELY for one in facts.pieces[:1]):
        return facts
    added = [
        Piece(kind="fact", text=part.text, start=part.start, end=part.end, probability=LIKELY)
        for part in facts.list_pictures("subject")
        if 0 < len(tidy(part.text)) <= MAX_SCREEN_LETTERS
        and not any(p.start < part.end and part.start < p.end for p in facts.pieces)
    ]
    return replace(facts, pieces=tuple(sorted((*facts.pieces, *added), key=lambda one: one.start))) if added else facts
