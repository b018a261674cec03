"""A line of a draft: a screen, where its words stand in the brief, and how sure they are."""

from __future__ import annotations

from reelwright.documents.script import Run, Screen
from reelwright.planner.certain.values import (
    CERTAIN,
    LEAST_NAME,
    LIKELY,
    Piece,
    Tier,
)
from reelwright.reel.base.value import define_value


@define_value
class DraftLine:
    """A screen of a draft. ``start``, ``end``: where its words stand in the brief; ``probability``: that they are
    right.
    """

    screen: Screen
    start: int
    end: int
    probability: float

    @property
    def tier(self) -> Tier:
        """The certainty of the line: certain, likely or unlikely."""
        if self.probability >= CERTAIN:
            return "certain"
        return "likely" if self.probability >= (LEAST_NAME if self.screen.form == "reveal" else LIKELY) else "unlikely"


def make_line(piece: Piece, form: str, text: str | None = None, *, url: str = "", speaker: str = "") -> DraftLine:
    """Make the line of a piece in a ``form`` of screens. ``text``: what is shown of it, by default all, on one line."""
    screen = make_screen(form, " ".join(piece.text.split()) if text is None else text, url=url, speaker=speaker)
    return DraftLine(screen=screen, start=piece.start, end=piece.end, probability=piece.probability)


def make_screen(form: str, text: str, *, url: str = "", speaker: str = "") -> Screen:
    """Make a screen without a beat. ``form``: of ``documents.script.Form``; ``speaker``: of a quotation."""
    return Screen(form=form, line=0, beat=0, runs=(Run(text=text),), url=url, speaker=speaker)  # type: ignore[arg-type]
