"""Brand: the slowest frame of the film; the line stands still while the motif grows behind it."""

from __future__ import annotations

from reelwright.media.looks.slam.motifs import add_far_dots, add_product, add_slashes, find_room
from reelwright.media.staging.lines import compute_block_baselines, fit_headline, make_rise, measure_block_height
from reelwright.media.staging.pictures import add_screen
from reelwright.media.staging.stage import Motion, Stage


def set_brand(stage: Stage) -> None:
    """Stage the beat ``brand``: a line that stands still while the look's motif grows behind it."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.bg
    width = (1010 if stage.pictures else 1060) * u if wide else live.width
    share = {"wide": 0.66, "tall": 0.50, "portrait": 0.5, "square": 0.5}[stage.shape]
    largest = (250 if wide else 235) * u
    lines = fit_headline(
        stage, stage.get_words("line"), width, live.height * share, lines=4, largest=largest, target=90
    )
    gap = 26 * u
    tall = measure_block_height(lines, gap)
    name = stage.get_words("name")
    top = live.top + ((live.height - tall) / 2 + 30 * u if wide else 90 * u)
    below = top + tall
    _world(stage, below)
    if name:
        motion = Motion(moves=(stage.fade(stage.to_frames(8), stage.to_frames(14)),), group="name")
        stage.add_label(name, live.left, top - 44 * u, palette.accent_text, palette.bg, motion)
    for index, (line, low) in enumerate(zip(lines, compute_block_baselines(lines, top, gap), strict=True)):
        motion = make_rise(stage, line, low, stage.to_frames(6 * index), f"line {index}")
        stage.add_line(line, live.left, low, palette.text, palette.bg, motion)


def _world(stage: Stage, below: float) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = stage.choose_picture()
    if picture is None:
        return _motif(stage, below)
    if picture.kind == "cutout":
        add_far_dots(stage, stage.width * 0.5, below, palette.accent)
        room = stage.height - below
        size = (
            (1060 * u if wide else 1350 * u)
            if picture.ratio > 1
            else (1000 * u if wide else room * 0.98) * picture.ratio
        )
        drift = Motion(moves=(*stage.keep_alive(0, 8, 0, push=0.04),), group="picture")
        place = (1600 * u, 610 * u) if wide else (stage.width * 0.6, below + room * 0.56)
        free = find_room(stage, 1120 * u, below)
        turn = -6 if picture.ratio > 1 else 4
        return add_product(stage, picture, size, turn, palette.bg, place, drift, within=free)
    x, y = (1480 * u, 560 * u) if wide else (stage.width * 0.55, (below + stage.height) / 2)
    return add_screen(stage, picture, x, y, 760 * u, 900 * u if wide else (stage.height - below) * 0.9, Motion())


def _motif(stage: Stage, below: float) -> None:
    """Draw three leaning bars far larger than the frame, growing slightly with each frame, dots in them."""
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    grow = Motion(
        moves=(stage.slide(0, dy=260 * u, kind="button"), stage.drift(dx=0.2), stage.march(stage.to_frames(16), dx=34)),
        group="motif",
    )
    if wide:
        lean = (stage.height + 80 * u) * stage.look.slope
        for index, thick in enumerate((90, 170, 320)):
            x = (1110 + (0, 190, 460)[index]) * u
            bar = [
                (x + lean, -40 * u),
                (x + lean + thick * u, -40 * u),
                (x + thick * u, stage.height + 40 * u),
                (x, stage.height + 40 * u),
            ]
            stage.add_polygon(bar, palette.accent, grow)
        stage.add_dots(
            1000 * u, 0, stage.width + 9, stage.height, "down", palette.shade, densest=0.5, gamma=1.5, cell=1.2
        )
    else:
        top = max(below + 150 * u, stage.height * (0.62 if stage.shape == "tall" else 0.7))
        add_slashes(stage, stage.width * 0.08, top, stage.height - top + 60 * u, palette.accent, grow)
        stage.add_dots(
            0, top, stage.width + 9, stage.height + 9, "down", palette.shade, densest=0.5, gamma=1.2, cell=1.2
        )
