"""Defines what a brief says for certain: its name, the spans that may stand on screen, and directions to the maker."""

from __future__ import annotations

from typing import Final, Literal

from reelwright.reel.base.value import define_value

Kind = Literal[
    "descriptor", "quote", "who", "fact", "number", "offer", "old", "date", "place", "terms", "call",
    "address", "handle", "telephone", "mail",
]  # fmt: skip
PictureKind = Literal["subject", "setting", "light", "style", "shot"]
Tier = Literal["certain", "likely", "unlikely"]
DirectionKind = Literal[
    "length", "aspect", "tone", "audience", "no_prices", "no_dates", "no_places", "no_names", "no_text", "no_music",
    "request",
    "look", "other",
]  # fmt: skip
CONTACTS: Final = ("address", "handle", "telephone")
CERTAIN: Final = 1.0
"""Probability of what was read by its form: it is filmed without a question."""
LIKELY: Final = 0.5
"""Least probability of a line that the draft shows; less likely ones stand in it as notes."""
LIKELY_NAME: Final = 0.35
"""The same of a name that the rules read: a film without one says less than a film whose name has a word too many."""
LEAST_NAME: Final = 0.15
"""The same of the name that is chosen among all runs of words, of which many are much alike."""
OTHER_NAME: Final = 0.6
"""Least probability of a name beside the one of the film: "Cllr Bright has asked for a map"."""


BESIDE_LABEL: Final = " \t\n:：,–—-("
"""Signs between the label of a row and what it says."""


@define_value
class Piece:
    """Characters [start, end) of the brief, verbatim, and their kind. ``who`` says the quotation beside it.

    ``probability``: that it may stand on screen as it is, 0 to 1; 1 for what was read by its form. ``label``: of a row
    of a table, with which its text begins: ``Mon 18:30`` of ``Mon 18:30 Vinyasa``.
    """

    kind: Kind
    text: str
    start: int
    end: int
    probability: float = 1.0
    label: str = ""

    @property
    def says(self) -> str:
        """The words of a row beside its label, on one line; of any other piece all of its text."""
        text = " ".join(self.text.split())
        if not self.label:
            return text
        text = text.removeprefix(" ".join(self.label.split())).strip(BESIDE_LABEL)
        return text[:-1] if text.count("(") < text.count(")") else text


@define_value
class PicturePart:
    """A part that says what pictures show: the subject, where nothing is sold, their place, light or manner, or what
    one shot is asked to show.
    """

    kind: PictureKind
    text: str
    start: int
    end: int


@define_value
class SubjectName:
    """The name of what the film is for. ``probability``: that it is the name."""

    text: str
    start: int
    end: int
    probability: float = 1.0


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
    pictures: tuple[PicturePart, ...] = ()
    directions: tuple[Direction, ...] = ()
    unused_parts: tuple[UnusedPart, ...] = ()

    def list_pieces(self, *kinds: Kind) -> tuple[Piece, ...]:
        """List the pieces of these kinds, in the order of the brief."""
        return tuple(piece for piece in self.pieces if piece.kind in kinds)

    def list_pictures(self, *kinds: PictureKind) -> tuple[PicturePart, ...]:
        """List the parts of these kinds, in the order of the brief."""
        return tuple(part for part in self.pictures if part.kind in kinds)

    def find_direction(self, kind: DirectionKind) -> Direction | None:
        """Return the first direction of this kind, or None."""
        return next((one for one in self.directions if one.kind == kind), None)
