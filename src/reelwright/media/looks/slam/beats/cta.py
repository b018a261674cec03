"""Call to action: a full field of colour, the words, a button that fills, tapes that run."""

from __future__ import annotations

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Nudge
from reelwright.media.looks.slam.motifs import add_arrow, add_crossed_tapes, add_far_dots, add_product, find_room
from reelwright.media.staging.lines import compute_block_baselines, fit_headline, make_rise, measure_block_height
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.stage import Motion, Stage


def set_cta(stage: Stage) -> None:
    """Stage the beat ``cta``: the words on a field of colour, and a button with the address if there is one."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.accent
    url = stage.get_words("url")
    high = {"wide": 150, "tall": 150, "portrait": 132, "square": 118}[stage.shape] * u
    gap = 24 * u
    width = 1130 * u if wide else live.width
    share = {"wide": 0.62, "tall": 0.56, "portrait": 0.46, "square": 0.42}[stage.shape]
    lines = fit_headline(
        stage, stage.get_words("line"), width, live.height * share, lines=4, largest=(330 if wide else 300) * u
    )
    tall = measure_block_height(lines, gap)
    top = live.top + (40 * u if stage.shape == "tall" else 20 * u if wide else 0)
    if wide and not url:
        top = live.top + (live.height - tall) / 2
    button_top = live.bottom - high if wide else top + tall + 62 * u
    below = button_top + high if url else top + tall
    _backdrop(stage, below)
    for index, (line, low) in enumerate(zip(lines, compute_block_baselines(lines, top, gap), strict=True)):
        motion = make_rise(stage, line, low, stage.to_frames(3 * index), f"line {index}")
        stage.add_line(line, live.left, low, palette.on_accent, palette.accent, motion)
    if url:
        right = live.left + 900 * u if wide else live.right
        _button(stage, url, Box(live.left, button_top, right, button_top + high))


def _backdrop(stage: Stage, below: float) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    add_far_dots(stage, stage.width * 0.45, min(below - 90 * u, stage.height * 0.7), palette.shade)
    words = stage.typeset(stage.get_words("url") or stage.get_words("line"))
    if len(words.text) > 26:
        words = stage.typeset(" ".join(words.text.split()[:3]))
    room = stage.height - below
    middle = (1560 * u, 560 * u) if wide else (stage.width / 2, below + room * 0.46)
    if not wide or not (stage.pictures and stage.pictures[0].kind == "photo"):
        add_crossed_tapes(stage, words, middle, stage.height if wide else 0.8 * room)
    return _picture(stage, below)


def _picture(stage: Stage, below: float) -> None:
    u = stage.u
    wide = stage.shape == "wide"
    picture = stage.choose_picture(1 if len(stage.pictures) > 1 else 0)
    if picture is None:
        return
    room = stage.height - below
    motion = Motion(
        moves=(stage.slide(stage.to_frames(3), dx=900 * u), *stage.keep_alive(stage.to_frames(14))), group="picture"
    )
    x, y = (1560 * u, 560 * u) if wide else (stage.width * 0.58, below + room * 0.60)
    if picture.kind == "cutout":
        size = (
            (1240 * u if wide else 1280 * u)
            if picture.ratio > 1
            else (960 * u if wide else room * 0.98) * picture.ratio
        )
        turn, free = -16 if picture.ratio > 1 else 9, find_room(stage, 1010 * u, below)
        add_product(stage, picture, size, turn, stage.palette.accent, (x, y), motion, within=free)
    elif picture.kind == "screen":
        add_screen(stage, picture, x, y, 720 * u if wide else 900 * u, 860 * u if wide else room * 0.8, motion)
    else:
        points = (
            stage.make_diagonal(1580 * u)
            if wide
            else stage.make_wedge(below + room * 0.66, stage.width * stage.look.slope)
        )
        fill_with(stage, picture, points, motion=Motion(moves=motion.moves[:1], group="picture"))


def _button(stage: Stage, url: str, box: Box) -> None:
    """Draw an outline that fills along the reading direction;
    its words change colour with the edge; the arrow nudges.
    """
    palette, u = stage.palette, stage.u
    at = stage.to_frames(10)
    points = stage.make_slab(box.left, box.top, box.right, box.bottom, near=True)
    lean = box.height * stage.look.slope
    stage.add_outline(points, palette.on_accent, 5 * u, Motion(group="button"))
    line = stage.typeset(url, "address")
    x = box.left + lean + 40 * u
    size = min(box.height * 0.40 / line.cap, (box.width - lean * 2 - 230 * u) / line.width)
    low = box.top + box.height / 2 + line.cap * size / 2
    fill = Motion(
        moves=(stage.wipe(at, kind="button", ease="even"),),
        wipe_area=stage.make_wipe_area(box.left, box.top, box.right, box.bottom),
        group="button",
    )
    motion = Motion(span=(0, at + stage.get_length("button")))
    stage.add_words(line, size, x, low, palette.on_accent, palette.accent, motion, role="button")
    stage.add_polygon(points, palette.on_accent, fill)
    clip = stage.make_clip(points)
    motion = Motion(moves=fill.moves, wipe_area=fill.wipe_area, clips=(clip,), group="button")
    stage.add_words(line, size, x, low, palette.accent, palette.on_accent, motion, role="button")
    nudge = Nudge(
        (stage.to_frames(24), stage.to_frames(34), *stage.find_later_hits(stage.to_frames(40))),
        stage.to_frames(5),
        stage.look.ease["even"],
        dx=22 * u * stage.reading_sign,
    )
    add_arrow(
        stage,
        box.right - lean - 54 * u,
        box.top + box.height / 2,
        box.height * 0.18,
        palette.accent,
        Motion(moves=(*fill.moves, nudge), wipe_area=fill.wipe_area, clips=(clip,), group="arrow"),
    )
