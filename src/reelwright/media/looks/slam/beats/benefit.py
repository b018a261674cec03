"""Benefit: colour fills the frame, the line stands large, and something rises."""

from __future__ import annotations

from reelwright.media.looks.slam.motifs import add_far_dots, add_product, find_room
from reelwright.media.staging.lines import compute_block_baselines, fit_headline, make_rise, measure_block_height
from reelwright.media.staging.pictures import add_screen
from reelwright.media.staging.stage import Motion, Stage


def set_benefit(stage: Stage) -> None:
    """Stage the beat ``benefit``: large lines on a field of colour, and something that rises."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.accent
    width = (900 if stage.pictures else 1060) * u if wide else live.width
    share = {"wide": 0.80, "tall": 0.62, "portrait": 0.52, "square": 0.48}[stage.shape]
    lines = fit_headline(
        stage, stage.get_words("line"), width, live.height * share, lines=4, largest=(400 if wide else 330) * u
    )
    tall = measure_block_height(lines, 26 * u)
    top = live.top + ((live.height - tall) / 2 if wide else 24 * u)
    lows = compute_block_baselines(lines, top, 26 * u)
    below = lows[-1] + max(0.0, lines[-1].ink.bottom) * lines[-1].size
    _rising(stage, below)
    beats = stage.find_beats(len(lines), until=0.4)
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        at = 0 if index == 0 or stage.is_opening else min(beats[index], stage.to_frames(10 * index))
        stage.add_line(
            line, live.left, low, palette.on_accent, palette.accent, make_rise(stage, line, low, at, f"line {index}")
        )


def _rising(stage: Stage, below: float) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = stage.choose_picture()
    if picture is None:
        return _bars(stage, below)
    add_far_dots(stage, stage.width * 0.5, below + 40 * u, palette.shade)
    moves = (stage.slide(0, dx=300 * u, dy=700 * u, turn=6), *stage.keep_alive(stage.to_frames(14), 3, -16))
    motion = Motion(moves=moves, group="picture")
    room = stage.height - below
    if picture.kind == "screen":
        x, y = (1500 * u, 560 * u) if wide else (stage.width * 0.52, below + room * 0.56)
        return add_screen(stage, picture, x, y, 760 * u if wide else 960 * u, 920 * u if wide else room * 0.9, motion)
    size = (1080 * u if wide else 1300 * u) if picture.ratio > 1 else (960 * u if wide else room * 1.05) * picture.ratio
    place = (1560 * u, 600 * u) if wide else (stage.width * 0.60, below + room * 0.56)
    free = find_room(stage, stage.live.left + 920 * u, below)
    turn = -9 if picture.ratio > 1 else 10
    return add_product(stage, picture, size, turn, palette.accent, place, motion, within=free)


def _bars(stage: Stage, below: float) -> None:
    """Draw leaning bars off the foot of the frame, each higher than the one before; for shots without a picture."""
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    foot = stage.height + 150 * u
    left, right = (1190 * u, stage.width + 40 * u) if wide else (stage.width * 0.03, stage.width * 1.02)
    highest = (stage.height * 0.94) if wide else (stage.height - below - 120 * u)
    count = 5
    step = (right - left) / count
    lean = stage.look.slope
    if not wide:
        stage.add_dots(
            0, below + 60 * u, stage.width + 9, stage.height + 9, "down", palette.shade, densest=0.30, gamma=1.5
        )
    for index in range(count):
        high = highest * (0.22 + 0.78 * ((index + 1) / count) ** 1.25)
        x = left + index * step
        top = stage.height + 20 * u - high
        points = [
            (x + high * lean * 0.55, top + step * 0.16),
            (x + step * 0.72 + high * lean * 0.55, top - step * 0.02),
            (x + step * 0.72, foot),
            (x, foot),
        ]
        stage.add_polygon(
            points,
            palette.shade,
            Motion(
                moves=(
                    stage.slide(stage.to_frames(3 * index - 8), dy=high * 1.05, dx=-high * lean * 0.55, kind="picture"),
                    stage.march(stage.to_frames(16), dy=-6.0 * (index + 1), most=4),
                ),
                group="bars",
            ),
        )
