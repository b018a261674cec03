"""Ugly: every beat is one column of all its words, large ones first, and one picture in one box."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.style import pick_text_colour
from reelwright.media.staging.columns import Row, fit_column, measure_column, set_column
from reelwright.media.staging.lines import make_rise
from reelwright.media.staging.pictures import add_picture
from reelwright.media.staging.roles import STAGED_ROLES
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import Stagings

GROUNDS = {"reveal": "accent", "cta": "accent", "offer": "surface", "end_card": "surface"}
SMALL = {"terms": "legal", "legal": "legal", "source": "legal"}
QUIET = ("kicker", "descriptor", "label", "a", "b", "who", "role", "before", "name", "url", "code", *SMALL)


class Areas(NamedTuple):
    """Where the words and the picture stand, logical pixels."""

    words: Box
    picture: Box


def set_beat(beat: str, stage: Stage) -> None:
    """Set all words of a beat in one column, and its picture in the other half."""
    name = GROUNDS.get(beat, "bg")
    ground = stage.ground = stage.palette.get_colour(name)  # type: ignore[arg-type]  # the table holds its names
    picture = stage.choose_picture()
    areas = split_frame(stage, has_picture=picture is not None)
    if picture is not None:
        come = Motion(moves=(stage.slide(0, dx=300 * stage.u), stage.push()), group="picture")
        add_picture(stage, picture, *areas.picture, come, ground=ground)
    rows = fit_column(stage, list_rows(stage, beat, ground), areas.words.width, areas.words.height)
    top = areas.words.top + (areas.words.height - measure_column(stage, rows)) / 2
    beats = stage.find_beats(max(1, sum(len(row.lines) for row in rows)), until=0.4)

    def arrive(number: int, line: FittedLine, baseline: float) -> Motion:
        return make_rise(stage, line, baseline, beats[number], f"line {number}")

    boxes = set_column(stage, rows, areas.words.left, top, ground, arrive)
    add_bars(stage, areas.words, boxes)


def split_frame(stage: Stage, *, has_picture: bool) -> Areas:
    """Give the words the near half of a wide frame and the upper part of any other; without a picture, all of it."""
    live, u = stage.live, stage.u
    nothing = Box(0, 0, 0, 0)
    if not has_picture:
        return Areas(live, nothing)
    if stage.shape == "wide":
        middle = stage.width * 0.56
        return Areas(Box(live.left, live.top, middle - 40 * u, live.bottom), Box(middle, 0, stage.width, stage.height))
    foot = live.bottom if stage.shape == "tall" else stage.height * 0.58
    return Areas(Box(live.left, live.top, live.right, foot - 20 * u), Box(0, foot + 20 * u, stage.width, stage.height))


def list_rows(stage: Stage, beat: str, ground: str) -> list[Row]:
    """List the rows of a beat: one for each of its roles that has words."""
    colour = pick_text_colour(stage.palette, ground)
    rows = []
    for role in STAGED_ROLES[beat]:
        if role in ("prefix", "unit", "ratio_milli"):
            continue  # they stand with their number
        text = stage.get_words(role)
        if role == "number":
            text = f"{stage.get_words('prefix')}{text} {stage.get_words('unit')}".strip()
        for part in text.split("|") if role in ("steps", "listing") else [text]:
            rows.append(make_row(stage, role, part, colour))
    return rows


def make_row(stage: Stage, role: str, text: str, colour: str) -> Row:
    """Make the row of a role: small print, a quiet line or a headline."""
    if role in SMALL:
        em = stage.get_small_size("legal") / stage.u
        return Row(text=text, colour=colour, kind="plain", largest=em, lines=3, is_fixed=True, role="legal", lead=12)
    if role in ("steps", "listing"):
        return Row(
            text=text,
            colour=colour,
            kind="code" if role == "listing" else "plain",
            largest=80,
            lines=2,
            gap=24,
            target=34,
        )
    if role == "number":
        return Row(text=text, colour=colour, kind="number", largest=420, lines=2)
    if role in QUIET and not (role == "name" and stage.request.staging != "brand"):
        return Row(text=text, colour=colour, kind="plain", largest=56, is_fixed=True, role="label")
    return Row(text=text, colour=colour, largest=210, lines=7 if role == "quote" else 5, target=44)


def add_bars(stage: Stage, words: Box, boxes: list[Box]) -> None:
    """Draw a bar beside the column that grows when the words have come, in the accent or, on it, in the ground."""
    colour = stage.palette.shade if stage.ground == stage.palette.accent else stage.palette.accent
    if not boxes:
        words = Box(words.left, stage.height * 0.45, words.right, stage.height * 0.55)
    else:
        words = Box(words.left, boxes[0].top, words.right, boxes[-1].bottom)
    left, u = words.left - 44 * stage.u, stage.u
    points = [(left, words.top), (left + 20 * u, words.top), (left + 20 * u, words.bottom), (left, words.bottom)]
    area = stage.make_wipe_area(left, words.top, left + 20 * u, words.bottom, "top")
    stage.add_polygon(points, colour, Motion(moves=(stage.wipe(stage.to_frames(8)),), wipe_area=area, group="bar"))


STAGINGS = Stagings(beats={beat: (partial(set_beat, beat),) for beat in STAGED_ROLES})
