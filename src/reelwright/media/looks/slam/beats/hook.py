"""Hook: lines hit one after another on the beat; the last hit inverts the frame and lands on a slab of its own."""

from __future__ import annotations

from reelwright.media.drawing.layers import Box, Clip
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.treatments import Picture
from reelwright.media.looks.slam.motifs import add_echo_rows, add_product
from reelwright.media.staging.lines import compute_baselines, count_lines, limit_line_heights
from reelwright.media.staging.pictures import add_screen
from reelwright.media.staging.stage import Motion, Stage


def set_hook(stage: Stage) -> None:
    """Stage the beat ``hook``: lines hit one after another, and the last hit inverts the frame."""
    wide = stage.shape == "wide"
    lines, gap, extra = _stacked(stage, wide)
    total = sum(line.height for line in lines) + gap * (len(lines) - 1) + extra
    room = stage.live
    top = room.top + (room.height - total) / 2 if wide or stage.shape == "square" else room.top + 20 * stage.u
    if stage.shape == "tall":
        top = room.top + 20 * stage.u + max(0.0, (_measure_room(stage) - total) / 2)
    lows = compute_baselines(lines[:-1], top, gap)
    last_top = top + sum(line.height + gap for line in lines[:-1]) + extra
    lows.append(last_top - lines[-1].ink.top * lines[-1].size)
    beats = stage.find_beats(max(2, len(lines)))
    last = beats[-1]
    if stage.is_opening:  # its first frame has every line, and the last hit turns it over
        beats = [0] * len(lines)
    stage.ground = stage.palette.bg
    stage.add_shake(last)
    _echoes_before(stage, lines, lows, beats, last)
    stage.fill_frame(stage.palette.accent, Motion(span=(last, float("inf"))))
    if len(lines) == 1:
        last_top, lows_end = _alone(stage, lines[0], lows[0], last)
    else:
        lows_end = lows[-1]
    (_invert_wide if wide else _invert_tall)(stage, lines[-1], last_top, lows_end, last)
    _set_lines(stage, lines, lows, beats, last)
    stage.record_fit(min(line.ink.cap * line.size for line in lines), 96 * stage.u)


def set_answer(stage: Stage) -> None:
    """Stage a line of the hook that comes back alone: as wide as it goes, between its outlines, in another colour than
    the one before.
    """
    palette, u, live = stage.palette, stage.u, stage.live
    grounds = ((palette.accent, palette.on_accent), (palette.bg, palette.text))
    stage.ground, colour = grounds[stage.request.variant % 2]
    gap = 26 * u
    lines = stage.fit_stack(stage.get_words("line"), live.width, live.height * 0.9, gap, lines=3)
    lines = limit_line_heights(lines, stage.height * (0.6 if stage.shape == "wide" else 0.3))
    total = sum(line.height + gap for line in lines) - gap
    lows = compute_baselines(lines, live.top + (live.height - total) / 2, gap)
    stage.add_shake(0)
    for line, low, step in ((lines[0], lows[0], -1), (lines[-1], lows[-1], 1)):
        pitch = (line.height + gap) * step
        for row in range(1, 9):
            march = Motion(moves=(stage.march(2, dx=-30 * step * row),), group="echo")
            stage.add_echo(line.ink, line.size, live.left, low + row * pitch, colour, max(0.12, 0.7 - 0.1 * row), march)
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        motion = Motion(moves=(stage.hit(stage.to_frames(4 * index), 1.5),), group=f"line {index}")
        stage.add_line(line, live.left, low, colour, stage.ground, motion)


def _stacked(stage: Stage, wide: bool) -> tuple[list[FittedLine], float, float]:
    text = stage.get_words("line")
    gap = 26 * stage.u
    live = stage.live
    extra = (46 if wide else 110 if stage.shape == "tall" else 70) * stage.u
    if wide:
        width, height = 1154 * stage.u, live.height - extra - 30 * stage.u
    elif stage.shape == "tall":
        width, height = live.width, _measure_room(stage) - extra
    else:
        share = 0.66 if stage.pictures else 0.86
        width, height = live.width, live.height * share - extra
    most = count_lines(text, 5 if len(text.split()) > 7 else 4)
    lines = stage.fit_stack(text, width, height, gap, lines=most)
    return limit_line_heights(lines, stage.height * (0.5 if wide else 0.40)), gap, extra


def _measure_room(stage: Stage) -> float:
    """Measure the pixels that the stack may be high in a tall frame."""
    return min(938 * stage.u, stage.live.height - 39 * stage.u)


def _alone(stage: Stage, line: FittedLine, low: float, last: int) -> tuple[float, float]:
    """Give one line the field to itself: its outlines climb above it, the slab lies under it.

    Returns where the slab's content starts and the baseline that the slab's own echoes count from.
    """
    u = stage.u
    pitch = line.height + 22 * u
    row, y = 1, low - pitch
    while y > 0:
        moves = (stage.fade(last + stage.to_frames(row), stage.to_frames(6)),)
        alpha = max(0.25, 0.95 - 0.12 * row)
        motion = Motion(moves=moves, span=(last, float("inf")), group="echo")
        stage.add_echo(line.ink, line.size, stage.live.left, y, stage.palette.on_accent, alpha, motion)
        row, y = row + 1, y - pitch
    under = low + max(0.0, line.ink.bottom) * line.size + (80 if stage.shape == "wide" else 165) * u
    return under, under - 46 * u


def _echoes_before(stage: Stage, lines: list[FittedLine], lows: list[float], beats: list[int], last: int) -> None:
    """Fill the frame above and below the current line with its outlines until the inversion."""
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        start = beats[index]
        stop = beats[index + 1] if index + 1 < len(beats) else last
        if start >= last:
            break
        pitch = line.height + 22 * stage.u
        row, y = 0, low + pitch
        while y - line.height < stage.height:
            at = start + stage.to_frames(1 + 1.2 * row) - (stage.to_frames(20) if index == 0 or stage.is_opening else 0)
            moves = (stage.fade(at, stage.to_frames(5)), stage.slide(at, dx=90 * stage.u, kind="hit"))
            alpha = max(0.2, 0.66 - 0.1 * row)
            motion = Motion(moves=moves, span=(start, stop), group="echo")
            stage.add_echo(line.ink, line.size, stage.live.left, y, stage.palette.accent, alpha, motion)
            y += pitch
            row += 1
        y = low - pitch
        while index == 0 and y + 0.2 * line.height > 0:
            stage.add_echo(
                line.ink, line.size, stage.live.left, y, stage.palette.accent, 0.34, Motion(span=(start, stop))
            )
            y -= pitch


def _invert_tall(stage: Stage, line: FittedLine, last_top: float, low: float, last: int) -> None:
    palette, u = stage.palette, stage.u
    after = (last, float("inf"))
    edge = last_top - 40 * u
    high = min(560 * u, edge * 0.75)
    if stage.shape == "tall":
        stage.add_dots(0, 0, stage.width, high, "up", palette.shade, densest=0.5, gamma=1.5, motion=Motion(span=after))
    wedge = stage.make_wedge(edge, (96 if stage.shape == "tall" else 52) * u)
    wiped = stage.make_wipe_area(-40 * u, 0, stage.width + 40 * u, stage.height)
    stage.add_polygon(wedge, palette.bg, Motion(moves=(stage.wipe(last),), wipe_area=wiped, span=after, group="slab"))
    clip = stage.make_clip(wedge)
    if stage.shape != "tall":
        foot = Motion(span=after, clips=(clip,), moves=(stage.fade(last + stage.to_frames(4), stage.to_frames(6)),))
        stage.add_dots(0, low + 16 * u, stage.width + 9, stage.height + 9, "down", palette.accent, motion=foot)
    pitch, row = line.height + 22 * u, 1
    while low + (row - 1) * pitch < stage.height and row <= (4 if stage.pictures else 8):
        moves = (
            stage.fade(last + stage.to_frames(2 + 2 * row), stage.to_frames(8)),
            stage.march(last + stage.to_frames(14), dx=30 * row),
        )
        alpha = max(0.16, 0.85 - 0.2 * row) if stage.pictures else max(0.2, 0.95 - 0.13 * row)
        stage.add_echo(
            line.ink,
            line.size,
            stage.live.left,
            low + row * pitch,
            palette.accent,
            alpha,
            Motion(moves=moves, clips=(clip,), span=after, group="echo"),
        )
        row += 1
    _picture_tall(stage, clip, low + 60 * u, last)


def _come(stage: Stage, picture: Picture | None, last: float) -> Motion:
    """Let the picture come with the last hit; a cut-out stands in a film's first frame."""
    is_there = stage.is_opening and picture is not None and picture.kind == "cutout"
    at = -stage.to_frames(60) if is_there else last + stage.to_frames(1)
    alive = stage.keep_alive(last + stage.to_frames(11))
    come = stage.slide(at, dx=900 * stage.u, dy=-60 * stage.u)
    return Motion(moves=(come, *alive), span=(min(last, max(at, 0)), float("inf")), group="picture")


def _picture_tall(stage: Stage, clip: Clip, top: float, last: int) -> None:
    picture = stage.choose_picture()
    if picture is None:
        return
    u, below = stage.u, top - 44 * stage.u
    motion = _come(stage, picture, last)
    middle = (top + stage.height) / 2
    if picture.kind == "cutout":
        width = min(1400 * u, (stage.height - top) * 2.1 * max(1.0, picture.ratio))
        width = min(width, 1.9 * max(stage.height - top, 300 * u) * picture.ratio)
        if stage.shape != "tall":
            width = 760 * u if picture.ratio > 1 else width
            top -= (260 if picture.ratio > 1 else 60) * u
        x = stage.width * (0.56 if stage.shape == "tall" else 0.84 if picture.ratio > 1 else 0.70)
        free = Box(0, below, stage.width, stage.height)
        add_product(stage, picture, width, -14, stage.palette.bg, (x, 0), motion, within=free, top=top)
    else:
        add_screen(stage, picture, stage.width * 0.56, middle + 60 * u, 860 * u, (stage.height - top) * 1.15, motion)


def _invert_wide(stage: Stage, line: FittedLine, last_top: float, low: float, last: int) -> None:
    palette, u = stage.palette, stage.u
    after = (last, float("inf"))
    field = stage.make_diagonal(1320 * u)
    clip = stage.make_clip(field)
    come = stage.slide(last, dx=700 * u, kind="slab")
    stage.add_polygon(field, palette.bg, Motion(moves=(come,), span=after, group="slab"))
    bar = [(0, last_top - 34 * u), (stage.width, last_top - 34 * u), (stage.width, stage.height), (0, stage.height)]
    wiped = stage.make_wipe_area(0, last_top - 34 * u, stage.width, stage.height)
    stage.add_polygon(
        bar,
        palette.bg,
        Motion(
            moves=(stage.wipe(last + stage.to_frames(1)),),
            wipe_area=wiped,
            span=after,
            clips=(stage.make_clip(field, is_inverted=True),),
            group="slab",
        ),
    )
    picture = stage.choose_picture()
    if picture is None or picture.kind == "cutout":
        stage.add_dots(
            stage.width - 900 * u,
            0,
            stage.width + 20 * u,
            stage.height,
            "up",
            palette.accent,
            densest=0.46 if picture else 0.62,
            gamma=2.0,
            motion=Motion(
                clips=(clip,),
                span=after,
                moves=(
                    stage.fade(last + stage.to_frames(4), stage.to_frames(5)),
                    stage.march(last + stage.to_frames(12), dy=-30),
                ),
            ),
        )
    _picture_wide(stage, clip, line, last)


def _picture_wide(stage: Stage, clip: Clip, line: FittedLine, last: int) -> None:
    picture, u = stage.choose_picture(), stage.u
    motion = _come(stage, picture, last)
    if picture is None:
        return add_echo_rows(
            stage,
            line.ink,
            150 * u,
            300 * u,
            stage.height,
            stage.palette.accent,
            clip,
            alpha=0.9,
            at=last + stage.to_frames(2),
        )
    if picture.kind == "cutout":
        tilt = -24 if picture.ratio > 1 else 12
        width = 1180 * u if picture.ratio > 1 else 1020 * u * picture.ratio
        free = Box(1260 * u, 0, stage.width, stage.height)
        return add_product(stage, picture, width, tilt, stage.palette.bg, (1600 * u, 600 * u), motion, within=free)
    return add_screen(stage, picture, 1560 * u, 560 * u, 760 * u, 900 * u, motion)


def _set_lines(stage: Stage, lines: list[FittedLine], lows: list[float], beats: list[int], last: int) -> None:
    palette = stage.palette
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        start, closing = beats[index], 0 < index == len(lines) - 1
        hit = stage.hit(start)
        following = beats[index + 1] if index + 1 < len(beats) else last
        spells: list[tuple[float, float, str, str]] = [(start, min(following, last), palette.accent, palette.bg)]
        spells.append((following, last, palette.text, palette.bg))
        ended = (palette.accent_text, palette.bg) if closing else (palette.on_accent, palette.accent)
        spells.append((max(start, last), float("inf"), *ended))
        for begin, end, colour, beneath in spells:
            if begin < end:
                motion = Motion(moves=(hit,), span=(begin, end), group=f"line {index}")
                stage.add_line(line, stage.live.left, low, colour, beneath, motion)
