"""The skin that a beat gives to a shared composition: colours by their names in the palette, its device, its grade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Wipe
from reelwright.media.drawing.style import ColourName
from reelwright.media.drawing.treatments import Grade, Picture, mask_picture
from reelwright.media.letters.word_styles import is_struck, strip_styles
from reelwright.media.staging.lines import split_closer
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage

Staging = Callable[[Stage], None]


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


def read_struck_words(stage: Stage, role: str, device: str = "strike") -> tuple[str, bool]:
    """Return the words of a role and whether the staging strikes all of them on the music: where every word is struck
    and ``device`` strikes, they have no bar of their own.
    """
    text = stage.get_words(role)
    return (strip_styles(text), True) if device == "strike" and is_struck(text) else (text, False)


def strike(
    stage: Stage,
    lines: Sequence[FittedLine],
    x: float,
    lows: Sequence[float],
    colour: str,
    starts: Sequence[float],
    *,
    is_all: bool,
) -> None:
    """Add leaning bars through the closing words of the last line, or a whole short one, one at each frame of
    ``starts``; through every line, one after another, where ``is_all`` is struck. ``lows``: the baselines.
    """
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        if is_all or line is lines[-1]:
            later = stage.to_frames(4 * index) if is_all else 0.0
            _strike_line(stage, line, x, low, colour, [start + later for start in starts], is_whole=is_all)


def _strike_line(
    stage: Stage, line: FittedLine, x: float, low: float, colour: str, starts: Sequence[float], *, is_whole: bool
) -> None:
    """Add the bars of one line; the second, thinner, crosses the first."""
    u = stage.u
    closer = split_closer(line.ink.text)[1]
    if not is_whole and len(line.ink.text.split()) > 3 and closer:
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


def show_photo(staging: Staging, over: Staging) -> Staging:
    """Make a staging that sets words ``over`` a photograph that fills the frame; any other screen it sets as
    ``staging`` does.
    """

    def set_either(stage: Stage) -> None:
        picture = stage.choose_picture()
        is_over = picture and picture.kind == "photo" and not stage.get_words("steps")
        (over if is_over else staging)(stage)

    return set_either


def fill_frame_with(stage: Stage, picture: Picture, grade: Grade) -> None:
    """Fill the frame with the graded photo and push it: the sprite is larger than the frame by what the push needs."""
    reach = 0.03 * max(stage.width, stage.height)
    box = Box(-reach, -reach, stage.width + reach, stage.height + reach)
    path = stage.to_frame_path(
        [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    )
    sprite = mask_picture(picture, path, box, grade=grade, tint=stage.palette.accent, zoom=1.0)
    stage.place_masked(sprite, Motion(moves=(stage.push(0.05), stage.drift(dx=-0.12)), group="picture"))
