"""What a beat gives to a shared composition: colours by their names in the palette, its device, its grade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reelwright.media.animatic import colour as tone
from reelwright.media.animatic.layers import Box
from reelwright.media.animatic.lettering import Fitted, Ink
from reelwright.media.animatic.look import Palette
from reelwright.media.animatic.movers import Wipe
from reelwright.media.animatic.parts import split_closer
from reelwright.media.animatic.plane import Point
from reelwright.media.animatic.stage import Motion, Stage
from reelwright.media.animatic.treatments import Grade
from reelwright.media.letters.styled import bare, strongest

Staging = Callable[[Stage], None]
_FEW = 4
_TELLING = 5
"""Letters that a closing word has at least which stands for its line; shorter ones ("has", "at") say nothing alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """``ground`` under all, ``slab`` under the words that matter, ``field`` behind the picture; palette names.

    ``device``: what happens to the last line. ``grade``: of the picture. ``role``: the words that are set.
    """

    ground: str
    slab: str
    field: str
    device: Literal["slab", "strike", "plain"] = "slab"
    grade: Grade = "plain"
    role: str = "line"

    @property
    def product(self) -> Grade:
        """The grade of a cut-out: a product keeps its own colours where a photo takes the look's two tones."""
        return "plain" if self.grade == "duo" else self.grade

    def colour(self, palette: Palette, name: str) -> str:
        return str(getattr(palette, name))


def ink_on(palette: Palette, ground: str) -> str:
    """What words are set in on a colour of the palette."""
    if ground == palette.accent:
        return palette.on_accent
    return palette.text if tone.on(ground) == tone.WHITE else palette.shade


def within(text: str, lines: int) -> str:
    """The text with its own line breaks, where a composition of so many lines can keep them all."""
    return text if text.count("|") < lines else text.replace("|", " ")


def is_telling(text: str) -> bool:
    """Whether one word can stand for a line: it has four at most, or says which one is strong."""
    return len(text.replace("|", " ").split()) <= _FEW or bool(strongest(text))


def key_word(stage: Stage, text: str) -> Ink:
    """The word that stands for a line: the longest of its strong words, else of its closing words; without marks."""
    closer = strongest(text) or split_closer(text)[1] or text
    words = closer.replace("|", " ").split()
    if max((len(bare(word)) for word in words), default=0) < _TELLING:
        words = text.replace("|", " ").split()
    word = max(reversed(words), key=lambda word: len(bare(word)), default=text)
    plain = bare(word).strip(".,;:!?…\"'“”„«»()")
    return stage.ink(plain or word)


def huge(stage: Stage, ink: Ink, height: float, most: float) -> float:
    """The em at which a word is ``height`` pixels tall or, if that is less, ``most`` wide."""
    return min(height / ink.height, most / ink.width)


def running(stage: Stage, ink: Ink, size: float, x: float, base: float) -> tuple[list[Any], Box]:
    """Outlines of a word again and again from ``x`` across the frame, and the box of them all."""
    period = ink.width * size + ink.height * size * 0.28
    paths, boxes = [], []
    while x < stage.width * 1.2:
        path, box = stage.path(ink, size, x, base)
        paths.append(path)
        boxes.append(box)
        x += period
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    return paths, Box(left, boxes[0].top, right, boxes[0].bottom)


def strike(stage: Stage, line: Fitted, x: float, low: float, colour: str, starts: Sequence[float]) -> None:
    """Leaning bars through a line, one on each of ``starts``; the second, thinner, crosses the first."""
    u = stage.u
    closer = split_closer(line.ink.text)[1]
    if len(line.ink.text.split()) > 3 and closer:
        x += line.width - min(line.width, stage.ink(closer).width * line.size)
        line = Fitted(stage.ink(closer), line.size)
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
        wiped = stage.wiped(x - 60 * u, middle - line.height, x + reach + 40 * u, middle + line.height)
        ease, length = stage.look.ease["in"], stage.length("hit")
        motion = Motion(moves=(Wipe(start, length, ease),), wiped=wiped, span=(start, float("inf")), group="strike")
        stage.poly(points, colour, motion)
