"""Problem: the colour drains out of the frame, the lines slip, the last one is struck."""

from __future__ import annotations

from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Leave
from reelwright.media.looks.slam.compositions.skin import read_struck_words, strike
from reelwright.media.looks.slam.motifs import add_far_dots, add_product, find_room
from reelwright.media.staging.lines import compute_baselines, count_lines, limit_line_heights, scale_few_words
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.stage import Motion, Stage

_SLIPS = (-2.2, 1.6, -1.2, 2.0, -1.6)


def set_problem(stage: Stage) -> None:
    """Stage the beat ``problem``: the colour drains out of the frame, lines slip, the last one is struck."""
    palette, u = stage.palette, stage.u
    stage.ground = palette.accent
    beats = stage.find_beats(3, until=0.6)
    drain = stage.make_wipe_area(0, 0, stage.width, stage.height)
    stage.add_polygon(
        [(-9, -9), (stage.width + 9, -9), (stage.width + 9, stage.height + 9), (-9, stage.height + 9)],
        palette.pale,
        Motion(moves=(stage.wipe(stage.to_frames(2), kind="button", ease="even"),), wipe_area=drain, group="field"),
    )
    text, is_all = read_struck_words(stage, "line")
    lines = _lines(stage, text)
    gap = 34 * u
    total = sum(line.height for line in lines) + gap * (len(lines) - 1)
    top = stage.live.top + (
        30 * u
        if stage.shape == "tall"
        else max(24 * u, (stage.live.height - total) / (2 if stage.shape == "wide" else 6))
    )
    lows = compute_baselines(lines, top, gap)
    _surroundings(stage, lines[-1], lows[-1], beats)
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        _slipping(stage, index, line, low, beats)
    x = stage.live.left + 12 * u
    starts = (float(beats[2]), *stage.find_later_hits(beats[2], most=1))
    strike(stage, lines, x, lows, stage.palette.accent, starts, is_all=is_all)
    stage.add_shake(beats[1])
    stage.record_fit(min(line.ink.cap * line.size for line in lines), 90 * u)


def _lines(stage: Stage, text: str) -> list[FittedLine]:
    live = stage.live
    width = live.width * (0.60 if stage.shape == "wide" else 0.93)
    height = live.height * {"wide": 0.86, "tall": 0.72, "portrait": 0.62, "square": 0.62}[stage.shape]
    lines = stage.fit_stack(text, width, height, 34 * stage.u, lines=count_lines(text, 4))
    tallest = stage.height * {"wide": 0.34, "tall": 0.2, "portrait": 0.24, "square": 0.28}[stage.shape]
    return limit_line_heights(lines, tallest * scale_few_words(stage, text, most=1.4))


def _slip(stage: Stage, index: int, line: FittedLine, at: float) -> Leave:
    """Make the tilt that a line falls into; wide lines tilt less, so that none leaves the safe area."""
    turn = _SLIPS[index % len(_SLIPS)] * min(1.0, 6 * line.height / max(1.0, line.width))
    shift = (10 if index % 2 else 0) * stage.u
    return Leave(at, stage.to_frames(7), stage.look.ease["hit"], shift * stage.reading_sign, 0, 1, turn)


def _slipping(stage: Stage, index: int, line: FittedLine, low: float, beats: list[int]) -> None:
    x = stage.live.left + 12 * stage.u
    motion = Motion(moves=(stage.hit(0), _slip(stage, index, line, beats[1])), group=f"line {index}")
    stage.add_line(line, x, low, stage.palette.shade, stage.palette.pale, motion)


def _surroundings(stage: Stage, line: FittedLine, low: float, beats: list[int]) -> None:
    palette, u = stage.palette, stage.u
    picture = stage.choose_picture()
    wide = stage.shape == "wide"
    come = (stage.slide(0, dx=500 * u), *stage.keep_alive(beats[1], 0, 12))
    if picture is None or (stage.shape in ("square", "portrait") and stage.height - low < 300 * u):
        return _falling(stage, line, low, beats)
    if picture.kind == "photo":
        points = (
            stage.make_diagonal(1390 * u) if wide else stage.make_wedge(max(low + 90 * u, stage.height * 0.60), 150 * u)
        )
        return fill_with(
            stage, picture, points, grade="mono", motion=Motion(moves=(stage.slide(0, dx=400 * u),), group="picture")
        )
    if picture.kind == "screen":
        x, y = (1500 * u, 560 * u) if wide else (stage.width * 0.56, (low + stage.height) / 2 + 50 * u)
        return add_screen(
            stage,
            picture,
            x,
            y,
            720 * u,
            880 * u if wide else stage.height - low,
            Motion(moves=come, group="picture"),
            lean=0.05,
        )
    add_far_dots(stage, 1000 * u, stage.height * 0.6, palette.shade)
    if wide:
        size = 1020 * u if picture.ratio > 1 else 900 * u * picture.ratio
        motion, free = Motion(moves=come, group="picture"), find_room(stage, 1000 * u, low)
        place = (1500 * u, 610 * u)
        return add_product(stage, picture, size, 14, palette.pale, place, motion, within=free, grade="drained")
    room = stage.height - low
    is_upright, size = picture.ratio <= 1, min(1150 * u, room * (1.12 if picture.ratio <= 1 else 1.5) * picture.ratio)
    place = (stage.width * 0.6, 0 if is_upright else low + room * 0.58)
    top, free = low + 40 * u if is_upright else low - 0.2 * line.height, find_room(stage, 0, low)
    motion = Motion(moves=come, group="picture")
    return add_product(stage, picture, size, 16, palette.pale, place, motion, within=free, top=top, grade="drained")


def _falling(stage: Stage, line: FittedLine, low: float, beats: list[int]) -> None:
    """Draw outlines of the struck line that fall down the frame, each more tilted than the one before;
    for shots without a picture.
    """
    u = stage.u
    wide = stage.shape == "wide"
    add_far_dots(stage, stage.width * 0.5, stage.height * 0.55, stage.palette.shade)
    if wide:
        return _looming(stage, line, beats)
    step = line.height + 44 * u
    for row, turn in enumerate((3.5, 8.0, 14.0, 21.0)):
        y = low + step * (row + 1) + row * row * 12 * u
        if y - line.height > stage.height:
            break
        at = beats[1] + stage.to_frames(2 * row)
        fall = Leave(
            at,
            stage.to_frames(9),
            stage.look.ease["hit"],
            30 * row * u * stage.reading_sign,
            0,
            1,
            turn * stage.reading_sign,
        )
        motion = Motion(
            moves=(
                stage.fade(at - stage.to_frames(2), stage.to_frames(4)),
                fall,
                stage.march(beats[2], dx=8 * row, dy=14 * (row + 1)),
            ),
            group="echo",
            pivot=(stage.to_frame_x(stage.live.left), y),
        )
        stage.add_echo(line.ink, line.size, stage.live.left + 12 * u, y, stage.palette.shade, 0.85 - 0.16 * row, motion)
    return None


def _looming(stage: Stage, line: FittedLine, beats: list[int]) -> None:
    """Draw the struck line again beside the words, outlined, far larger than the frame and tipping over."""
    size = stage.height * 0.78 / line.ink.height
    x, low = stage.width * 0.52, stage.height * 0.80
    tip = Leave(beats[1], stage.to_frames(9), stage.look.ease["hit"], 0, 30 * stage.u, 1, 9.0 * stage.reading_sign)
    sink = stage.march(beats[2], dx=-26, dy=16)
    pivot = (stage.to_frame_x(x), low)
    moves = (stage.fade(beats[1] - stage.to_frames(2), stage.to_frames(4)), tip, sink)
    stage.add_echo(line.ink, size, x, low, stage.palette.shade, 0.8, Motion(moves=moves, group="echo", pivot=pivot))
