"""Letters that are cut, stamped one after another and hop when the music hits; a plate's ghost lies beside each."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import Ink
from reelwright.media.drawing.movers import Pose
from reelwright.media.letters.graphemes import split_graphemes

DONE: Final = 1000
"""The number of a pose at which all letters have come; up to twice that they hop."""
_JOINED: Final = re.compile(
    "[\u0300-\u036f\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\ufb1d-\ufdff\ufe70-\ufeff]"
)
_PATTERN: Final = (1.0, -1.0, 0.4, -0.6, 0.8)
_RAISE: Final = 0.016
_TILT: Final = 2.1
_HOP: Final = 0.10


@dataclass(frozen=True, slots=True)
class Stamps:
    """Counts how many letters have come, ``length`` frames from ``start`` on, and hops on the frames of ``hops``."""

    start: float
    length: float
    hops: tuple[float, ...] = ()
    hop: float = 12.0

    def compute_pose(self, frame: float) -> Pose:
        """Return the number up to ``DONE`` while letters come, above it while they hop."""
        at = math.floor(frame)
        if at < self.start:
            return Pose(number=0)
        if at < self.start + self.length:
            return Pose(number=round(DONE * (at - self.start) / self.length))
        for begin in self.hops:
            if begin < at < begin + self.hop:
                return Pose(number=DONE + round(DONE * (at - begin) / self.hop))
        return Pose(number=DONE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, or a word of a joined script: its path at rest and the point around which it turns and grows."""

    path: Any
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class Bouncing:
    """Letters in one colour that grow past their size and settle, in the order in which they are read.

    ``ghosts``: colours of plates that lie beside the letters, with their offsets in pixels. ``rise``: the em in pixels.
    """

    letters: Sequence[Letter]
    colour: str
    ghosts: tuple[tuple[str, float, float], ...]
    rise: float

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw all letters as they stand at ``number``."""
        paints = [(skia.Paint(AntiAlias=True, Color=to_argb(ink, alpha)), x, y) for ink, x, y in self.ghosts]
        paints.append((skia.Paint(AntiAlias=True, Color=to_argb(self.colour, alpha)), 0.0, 0.0))
        poses = [self._pose(index, number) for index in range(len(self.letters))]
        for paint, x, y in paints:
            for letter, pose in zip(self.letters, poses, strict=True):
                if pose is None:
                    continue
                dy, scale, turn = pose
                if scale == 1 and not dy and not turn:
                    canvas.save()
                    canvas.translate(x, y)
                    canvas.drawPath(letter.path, paint)
                    canvas.restore()
                    continue
                canvas.save()
                canvas.translate(letter.x + x, letter.y + y + dy)
                canvas.rotate(turn)
                canvas.scale(scale, scale)
                canvas.translate(-letter.x, -letter.y)
                canvas.drawPath(letter.path, paint)
                canvas.restore()

    def _pose(self, index: int, number: int) -> tuple[float, float, float] | None:
        """Return shift, scale and turn of a letter; None where it has not come."""
        share = 1.0 if len(self.letters) == 1 else 0.5
        late = (1 - share) / max(1, len(self.letters) - 1)
        if number > DONE:
            part = ((number - DONE) / DONE - index * late) / share
            if not 0 < part < 1:
                return 0.0, 1.0, 0.0
            up = math.sin(math.pi * part)
            return -_HOP * self.rise * up, 1.0, 3.0 * up * _PATTERN[index % 5]
        part = min(1.0, (number / DONE - index * late) / share)
        if part <= 0:
            return None
        if part == 1:
            return 0.0, 1.0, 0.0
        left = part - 1
        grown = 1 + 2.9 * left**3 + 1.9 * left**2
        return 0.35 * self.rise * (1 - grown), max(0.05, grown), 16 * (1 - part) ** 2 * _PATTERN[index % 5]


def cut_letters(ink: Ink, size: float, pen: float, baseline: float, *, bounces: bool) -> tuple[list[Letter], Box]:
    """Cut a line, its pen at (``pen``, ``baseline``), into letters, and return them with the box around all.

    ``bounces``: each is raised and turned a little. Joined scripts are cut at their blanks and stand straight.
    """
    letters: list[Letter] = []
    joined = bool(_JOINED.search(ink.text))
    for index, (first, last) in enumerate(_list_parts(ink.text, joined)):
        path = ink.make_path(size, pen, baseline, of=_within(first, last))
        if path.isEmpty():
            continue
        bounds = path.computeTightBounds()
        x, y = (bounds.left() + bounds.right()) / 2, baseline - ink.cap * size / 2
        if bounces and not joined:
            sign = _PATTERN[index % 5]
            matrix = skia.Matrix()
            matrix.setRotate(sign * _TILT, x, y)
            matrix.postTranslate(0, sign * _RAISE * size)
            path.transform(matrix)
        letters.append(Letter(path, x, y))
    whole = [letter.path.computeTightBounds() for letter in letters]
    box = Box(
        min(one.left() for one in whole),
        min(one.top() for one in whole),
        max(one.right() for one in whole),
        max(one.bottom() for one in whole),
    )
    return letters, box


def _list_parts(text: str, joined: bool) -> list[tuple[int, int]]:
    """List the first and last place of each letter, or of each word with the blank after it."""
    found, first = [], 0
    if not joined:
        for letter in split_graphemes(text):
            found.append((first, first + len(letter) - 1))
            first += len(letter)
        return found
    for at, letter in enumerate(text):
        if letter == " " and at + 1 < len(text):
            found.append((first, at))
            first = at + 1
    return [*found, (first, len(text))]


def _within(first: int, last: int) -> Any:
    return lambda at: first <= at <= last
