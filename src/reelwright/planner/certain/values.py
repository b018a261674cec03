"""Defines what a brief says for certain: its name, the spans that may stand on screen, and directions to the maker."""

from __future__ import annotations

from typing import Final, Literal

from reelwright.reel.value import define_value

Kind = Literal[
    "descriptor", "quote", "who", "number", "offer", "date", "call", "address", "place", "handle", "telephone"
]
NameSource = Literal["quoted", "labelled", "address"]
DirectionKind = Literal[
    "length", "aspect", "tone", "audience", "no_prices", "no_dates", "no_places", "no_names", "no_text", "request",
    "look", "other",
]  # fmt: skip
CONTACTS: Final = ("address", "handle", "telephone")


@define_value
class Piece:
    """Characters [start, end) of the brief, verbatim, and their kind. ``who`` says the quotation beside it."""

    kind: Kind
    text: str
    start: int
    end: int


@define_value
class SubjectName:
    """The name of what the film is for. ``source``: how the brief marks it as a name."""

    text: str
    start: int
    end: int
    source: NameSource


@define_value
class Direction:
    """A part of the brief for the maker that is never shown. ``value``: milliseconds of a length, or an aspect; else
    empty.
    """

    kind: DirectionKind
    text: str
    start: int
    end: int
    value: str = ""


@define_value
class UnusedPart:
    """A part of the brief that is neither shown nor read as a direction."""

    text: str
    start: int
    end: int


@define_value
class CertainFacts:
    """Everything that a brief says for certain. ``pieces``: in the order of the brief; none overlaps another, except
    contacts in a call.
    """

    brief: str
    language: str
    name: SubjectName | None = None
    pieces: tuple[Piece, ...] = ()
    directions: tuple[Direction, ...] = ()
    unused_parts: tuple[UnusedPart, ...] = ()

    def list_pieces(self, *kinds: Kind) -> tuple[Piece, ...]:
        """List the pieces of these kinds, in the order of the brief."""
        return tuple(piece for piece in self.pieces if piece.kind in kinds)

    def find_direction(self, kind: DirectionKind) -> Direction | None:
        """Return the first direction of this kind, or None."""
        return next((one for one in self.directions if one.kind == kind), None)
