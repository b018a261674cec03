"""A screen of code: lines of one width, as written, from left to right in every language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from reelwright.media.drawing.lettering import Ink
from reelwright.media.letters.word_styles import mark_lead_strong, strip_styles
from reelwright.media.staging.stage import STILL, Motion, Stage

_LEAST_COLUMNS: Final = 18
"""Short lines are not set larger than so many columns would be."""
_PROMPT: Final = "$ "


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Fitted lines of code. ``texts``: with their leading spaces. ``inks``: None for an empty line.

    In pixels: ``size`` of the em, ``pitch`` from one baseline to the next, ``letter``, the width of each letter.
    """

    texts: tuple[str, ...]
    inks: tuple[Ink | None, ...]
    size: float
    pitch: float
    letter: float


def fit_listing(stage: Stage, width: float, height: float, *, largest: float, lead: float = 1.55) -> Listing:
    """Fit the shot's code into ``width`` by ``height`` pixels, ``lead`` ems from line to line.

    ``largest``: em at a short side of 1080; larger letters do not look like a screen. A prompt before a line is strong.
    """
    texts = stage.get_words("listing").split("|")
    while texts and not texts[-1].strip():
        texts.pop()
    inks = tuple(
        stage.typeset(mark_lead_strong(text.strip(), _PROMPT), "code") if text.strip() else None for text in texts
    )
    one = stage.typeset("0" * 10, "code").line.advance / 10_000
    columns = max(_LEAST_COLUMNS, *(len(strip_styles(text)) for text in texts))
    size = min(width / (columns * one), largest * stage.u, height / ((len(texts) + 1) * lead))
    stage.record_fit(size, 40 * stage.u)
    return Listing(texts=tuple(texts), inks=inks, size=size, pitch=size * lead, letter=one * size)


def add_listing(
    stage: Stage,
    listing: Listing,
    left: float,
    first_baseline: float,
    colour: str,
    ground: str,
    arrive: Callable[[int], Motion] | None = None,
) -> float:
    """Add the lines of code ``left`` pixels from the left of the frame, whatever the stage's direction.

    ``arrive``: makes the motion of a line from its number; by default all stand. Returns where the last line ends.
    """
    ends = left
    for number, (text, ink) in enumerate(zip(listing.texts, listing.inks, strict=True)):
        ends = left + len(strip_styles(text)) * listing.letter
        if ink is None:
            continue
        x = left + (len(text) - len(text.lstrip())) * listing.letter + ink.left * listing.size
        begins = stage.width - x - ink.width * listing.size if stage.is_rtl else x
        motion = arrive(number) if arrive else STILL
        stage.add_words(ink, listing.size, begins, first_baseline + number * listing.pitch, colour, ground, motion)
    return ends
