"""The skin that a beat gives to a shared composition: colours by their names in the palette, its device, its grade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reelwright.media.animatic import colour as tone
from reelwright.media.animatic.layers import Box
from reelwright.media.animatic.lettering import FittedLine, Ink
from reelwright.media.animatic.look import ColourName, Palette
from reelwright.media.animatic.movers import Wipe
from reelwright.media.animatic.parts import split_closer
from reelwright.media.animatic.plane import Point
from reelwright.media.animatic.stage import Motion, Stage
from reelwright.media.animatic.treatments import Grade
from reelwright.media.letters.word_styles import drop_struck_words, find_strong_words, strip_styles

Staging = Callable[[Stage], None]
_FEW = 4
_TELLING = 5
"""Fewest letters of a closing word that stands for its line; shorter ones ("has", "at") say nothing alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """The dress that a beat gives to a shared composition. ``ground`` lies under all, ``slab`` under the words that
    matter, ``field`` behind the picture; all three are names of colours in the palette.
    """

    ground: ColourName
    slab: ColourName
    field: ColourName
    device: Literal["slab", "strike", "plain"] = "slab"
    grade: Grade = "plain"
    role: str = "line"

    @property
    def product_grade(self) -> Grade:
        """The grade of a cut-out: a product keeps its own colours where a photo takes the look's two tones."""
        return "plain" if self.grade == "duo" else self.grade


def pick_text_colour(palette: Palette, ground: str) -> str:
    """Return the colour in which words are set on ``ground``, a colour of the palette."""
    if ground == palette.accent:
        return palette.on_accent
    return palette.text if tone.choose_text_colour(ground) == tone.WHITE else palette.shade


def keep_line_breaks(text: str, lines: int) -> str:
    """Return the text with its line breaks (``|``) if they make at most ``lines`` lines, else with blanks for them."""
    return text if text.count("|") < lines else text.replace("|", " ")


def has_key_word(text: str) -> bool:
    """Return whether one word can stand for a line: the line has at most four words, or marks one as strong."""
    return len(text.replace("|", " ").split()) <= _FEW or bool(find_strong_words(text))


def typeset_key_word(stage: Stage, text: str) -> Ink:
    """Typeset the word that stands for a line:
    the longest of its strong words, else of its closing words; without marks. A struck word, such as an old price,
    stands for no line.
    """
    text = drop_struck_words(text)
    closer = find_strong_words(text) or split_closer(text)[1] or text
    words = closer.replace("|", " ").split()
    if max((len(strip_styles(word)) for word in words), default=0) < _TELLING:
        words = text.replace("|", " ").split()
    word = max(reversed(words), key=lambda word: len(strip_styles(word)), default=text)
    plain = strip_styles(word).strip(".,;:!?…\"'“”„«»()")
    return stage.typeset(plain or word)


def compute_huge_size(stage: Stage, ink: Ink, height: float, most: float) -> float:
    """Return the em size at which a word is ``height`` pixels tall or, if that is less, ``most`` wide."""
    return min(height / ink.height, most / ink.width)


def repeat_outlines(stage: Stage, ink: Ink, size: float, x: float, base: float) -> tuple[list[Any], Box]:
    """Return outlines of a word, repeated from ``x`` across the frame, and the box around all of them."""
    period = ink.width * size + ink.height * size * 0.28
    paths, boxes = [], []
    while x < stage.width * 1.2:
        path, box = stage.trace_ink(ink, size, x, base)
        paths.append(path)
        boxes.append(box)
        x += period
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    return paths, Box(left, boxes[0].top, right, boxes[0].bottom)


def strike(stage: Stage, line: FittedLine, x: float, low: float, colour: str, starts: Sequence[float]) -> None:
    """Add leaning bars through the closing words of a line, or a whole short one, one at each frame of ``starts``.

    The second, thinner, crosses the first. ``low``: the baseline.
    """
    u = stage.u
    closer = split_closer(line.ink.text)[1]
    if len(line.ink.text.split()) > 3 and closer:
        x += line.width - min(line.width, stage.typeset(closer).width * line.size)
        line = FittedLine(stage.typeset(closer), line.size)
    thick = max(9 * u, line.height * 0.11)
    middle = low - line.ink.cap * line.size * 0.5
    reach = min(line.width + 40 * u, stage.width - x)
    for index, start in enumerate(starts):
        lean = thick * (0.9 if index % 2 == 0 else -2.4)
        thin = thick * (1 if index == 0 else 0.6)
        points: list[Point] = [
            (x - 26 * u, middle + lean - thin / 2),
            (x + reach, middle - lean - thin / 2),
            (x + reach - thin * 0.25, middle - lean + thin / 2),
            (x - 30 * u, middle + lean + thin / 2),
        ]
        wiped = stage.make_wipe_area(x - 60 * u, middle - line.height, x + reach + 40 * u, middle + line.height)
        ease, length = stage.look.ease["in"], stage.get_length("hit")
        motion = Motion(moves=(Wipe(start, length, ease),), wipe_area=wiped, span=(start, float("inf")), group="strike")
        stage.add_polygon(points, colour, motion)
