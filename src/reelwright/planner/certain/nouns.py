"""What a brief says for certain: its name, the spans that may stand on screen, and what it tells the maker."""

from __future__ import annotations

from typing import Final, Literal

from reelwright.reel.noun import noun

Kind = Literal[
    "descriptor", "quote", "who", "number", "offer", "date", "call", "address", "place", "handle", "telephone"
]
Given = Literal["quoted", "labelled", "address"]
Told = Literal[
    "length", "aspect", "tone", "audience", "no_prices", "no_dates", "no_places", "no_names", "no_text", "request",
    "look", "other",
]  # fmt: skip
CONTACTS: Final = ("address", "handle", "telephone")


@noun
class Piece:
    """Characters [start, end) of the brief, verbatim, and what they are. ``who`` says the quote beside it."""

    kind: Kind
    text: str
    start: int
    end: int


@noun
class Named:
    """What the film is for. ``given``: how the brief marks it as a name."""

    text: str
    start: int
    end: int
    given: Given


@noun
class Direction:
    """What is for the maker and never shown. ``value``: milliseconds of a length, or an aspect; else empty."""

    kind: Told
    text: str
    start: int
    end: int
    value: str = ""


@noun
class Part:
    """A part of the brief that is neither shown nor read as a direction."""

    text: str
    start: int
    end: int


@noun
class Certain:
    """``pieces``: in the order of the brief; none lies in another, but for contacts inside a call."""

    brief: str
    language: str
    name: Named | None = None
    pieces: tuple[Piece, ...] = ()
    directions: tuple[Direction, ...] = ()
    unused: tuple[Part, ...] = ()

    def of(self, *kinds: Kind) -> tuple[Piece, ...]:
        """The pieces of these kinds, in the order of the brief."""
        return tuple(piece for piece in self.pieces if piece.kind in kinds)

    def told(self, kind: Told) -> Direction | None:
        """The first direction of this kind."""
        return next((one for one in self.directions if one.kind == kind), None)
