"""Urgency: the date on a turned chip, a row of bars that go out one by one."""

from __future__ import annotations

from reelwright.media.drawing.drawables import Fill, Several, skia
from reelwright.media.drawing.emphasis import split_line
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Leave
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.treatments import Picture
from reelwright.media.staging.lines import (
    compute_block_baselines,
    count_lines,
    fit_headline,
    measure_block_height,
    split_closer,
)
from reelwright.media.staging.pictures import add_picture, fill_with
from reelwright.media.staging.stage import Motion, Stage

_BARS = 9


def set_urgency(stage: Stage) -> None:
    """Stage the beat ``urgency``: the date on a turned chip, and a row of bars that go out one by one."""
    palette, u = stage.palette, stage.u
    picture = stage.choose_picture()
    if picture is not None and stage.shape == "wide":
        stage.live = stage.live._replace(right=stage.live.left + stage.live.width * 0.56)
    live = stage.live
    stage.ground = palette.bg
    opener, date = _parts(stage.get_words("line"))
    wide = stage.shape == "wide"
    high = {"wide": 380, "tall": 380, "portrait": 330, "square": 290}[stage.shape] * u
    if not opener:
        high = {"wide": 560, "tall": 620, "portrait": 560, "square": 460}[stage.shape] * u
    top = live.top + (60 * u if stage.shape == "tall" else 10 * u)
    gap = 22 * u
    if opener:
        lines = fit_headline(
            stage,
            opener,
            live.width,
            {"wide": 230, "tall": 330, "portrait": 260, "square": 200}[stage.shape] * u,
            lines=count_lines(opener, 2),
            largest=300 * u,
            target=80,
        )
        for index, (line, low) in enumerate(zip(lines, compute_block_baselines(lines, top, gap), strict=True)):
            motion = Motion(moves=(stage.hit(stage.to_frames(2 * index)),), group="opener")
            stage.add_line(line, live.left, low, palette.text, palette.bg, motion)
        top += measure_block_height(lines, gap)
    _chip(stage, date, top + 84 * u, high)
    if picture is None or wide:
        _bars(stage, wide)
    if picture is not None:
        _picture(stage, picture)


def _picture(stage: Stage, picture: Picture) -> None:
    """Show the picture beside the words, or in place of the bars below them."""
    u, wide = stage.u, stage.shape == "wide"
    come = Motion(moves=(stage.slide(0, dx=500 * u), stage.push(0.04)), group="picture")
    low = stage.height * {"tall": 0.66, "portrait": 0.72, "square": 0.72}.get(stage.shape, 0.0)
    if picture.kind == "photo":
        points = (
            stage.make_diagonal(stage.width * 0.74)
            if wide
            else stage.make_wedge(low + 90 * u, stage.width * stage.look.slope * 0.5)
        )
        return fill_with(stage, picture, points, motion=Motion(moves=come.moves[:1], group="picture"))
    field = stage.make_diagonal(stage.width * 0.80) if wide else stage.make_wedge(low + 160 * u, stage.width * 0.1)
    stage.add_polygon(field, stage.palette.accent, Motion(moves=come.moves[:1], group="field"))
    left, right = (stage.width * 0.64, stage.width * 0.97) if wide else (stage.width * 0.1, stage.width * 0.94)
    top, foot = (stage.height * 0.08, stage.height * 0.94) if wide else (low + 40 * u, stage.height * 0.98)
    return add_picture(stage, picture, left, top, right, foot, come, ground=stage.palette.accent)


def _parts(line: str) -> tuple[str, str]:
    """Split a line into opener and date: from the first word with a digit on, else the closer."""
    if "|" in line:
        return split_closer(line)
    words = line.split()
    for index, word in enumerate(words):
        if any(letter.isdigit() for letter in word):
            return " ".join(words[:index]), " ".join(words[index:])
    return split_closer(line) if len(words) > 1 else ("", line)


def _chip(stage: Stage, date: str, top: float, high: float) -> None:
    u, live, palette = stage.u, stage.live, stage.palette
    line = stage.typeset(date)
    pad = 44 * u
    turn = -4.0 * stage.reading_sign
    room = live.width * (0.99 if stage.shape != "wide" else 0.92)
    size = min((room - 2 * pad) * 0.985 / line.width, (high - 2 * pad) / line.height)
    stage.record_fit(line.cap * size, 120 * u)
    wide, tall = line.width * size + 2 * pad, line.height * size + 2 * pad
    left = stage.to_frame_x(live.left + 4 * u) - (wide if stage.is_rtl else 0)
    top += wide * 0.035
    body = make_polygon([(left, top), (left + wide, top), (left + wide, top + tall), (left, top + tall)])
    centre = (left + wide / 2, top + tall / 2)
    at = stage.find_beats(2, until=0.35)[1] if stage.request.frames > stage.to_frames(24) else 0
    moves = (stage.hit(at, 1.6), Leave(-1, 0, stage.look.ease["hit"], 0, 0, 1, turn))
    shadow = skia.Path(body)
    shadow.offset(14 * u, 16 * u)
    box = Box(left, top, left + wide, top + tall)
    stage.add("shape", Fill(shadow, palette.surface), box.grow(16 * u), Motion(moves=moves, pivot=centre, group="chip"))
    stage.add("shape", Fill(body, palette.accent), box, Motion(moves=moves, group="chip"))
    pen = centre[0] - (line.left + line.right) / 2 * size
    low = centre[1] - (line.top + line.bottom) / 2 * size
    words = Box(pen + line.left * size, low + line.top * size, pen + line.right * size, low + line.bottom * size)
    parts = split_line(line, size, pen, low, palette.on_accent, palette.accent, palette)
    fills = tuple(Fill(part.path, part.colour) for part in parts)
    stage.add(
        "headline",
        fills[0] if len(fills) == 1 else Several(fills),
        words,
        Motion(moves=moves, pivot=centre, group="chip"),
        text=line.text,
        size=line.cap * size,
        colour=palette.on_accent,
        ground=palette.accent,
    )
    stage.add_shake(at)


def _bars(stage: Stage, wide: bool) -> None:
    """Draw time as bars: all alight at first, two in three out by the end, one on every half beat."""
    palette, u = stage.palette, stage.u
    top = stage.height * {"wide": 0.80, "tall": 0.68, "portrait": 0.80, "square": 0.80}[stage.shape]
    bottom = stage.height + 30 * u
    left, right = stage.live.left - (40 * u if wide else 20 * u), stage.width + 60 * u
    step = (right - left) / _BARS
    lean = (bottom - top) * stage.look.slope
    out = 6
    for index in range(_BARS):
        x = left + index * step
        points = [(x + lean, top), (x + step * 0.62 + lean, top), (x + step * 0.62, bottom), (x, bottom)]
        stage.add_polygon(points, palette.surface)
        from_end = _BARS - 1 - index
        span = (0.0, float("inf"))
        if from_end < out:
            span = (0.0, stage.to_frames(8) + (stage.request.frames * 0.85 - stage.to_frames(8)) * (from_end + 1) / out)
        stage.add_polygon(points, palette.accent, Motion(span=(0.0, round(span[1]) if span[1] < 1e9 else span[1])))
