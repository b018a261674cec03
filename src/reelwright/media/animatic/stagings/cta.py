"""Call to action: a full field of colour, the words, a button that fills, tapes that run."""

from __future__ import annotations

from reelwright.media.animatic.layers import Box
from reelwright.media.animatic.movers import Nudge
from reelwright.media.animatic.parts import (
    arrow,
    block_height,
    block_lows,
    fill_with,
    headline,
    rising,
    screen,
    tape,
)
from reelwright.media.animatic.stage import Motion, Stage


def set_cta(stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.accent
    url = stage.says("url")
    high = {"wide": 150, "tall": 150, "portrait": 132, "square": 118}[stage.shape] * u
    gap = 24 * u
    width = 1130 * u if wide else live.width
    share = {"wide": 0.62, "tall": 0.56, "portrait": 0.46, "square": 0.42}[stage.shape]
    lines = headline(stage, stage.says("line"), width, live.height * share, lines=4, largest=(330 if wide else 300) * u)
    tall = block_height(lines, gap)
    top = live.top + (40 * u if stage.shape == "tall" else 20 * u if wide else 0)
    if wide and not url:
        top = live.top + (live.height - tall) / 2
    button_top = live.bottom - high if wide else top + tall + 62 * u
    below = button_top + high if url else top + tall
    _backdrop(stage, below)
    for index, (line, low) in enumerate(zip(lines, block_lows(lines, top, gap), strict=True)):
        stage.words(
            line.ink,
            line.size,
            live.left,
            low,
            palette.on_accent,
            palette.accent,
            rising(stage, line, low, stage.time(3 * index), f"line {index}"),
        )
    if url:
        right = live.left + 900 * u if wide else live.right
        _button(stage, url, Box(live.left, button_top, right, button_top + high))


def _backdrop(stage: Stage, below: float) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    if wide:
        stage.dots(
            stage.width * 0.45, 0, stage.width + 9, stage.height, "right", palette.shade, densest=0.55, gamma=1.9
        )
    else:
        stage.dots(
            0,
            min(below - 90 * u, stage.height * 0.7),
            stage.width + 9,
            stage.height + 9,
            "down",
            palette.shade,
            densest=0.6,
            gamma=1.2,
            cell=1.1,
        )
    words = stage.ink(stage.says("url") or stage.says("line"))
    if len(words.text) > 26:
        words = stage.ink(" ".join(words.text.split()[:3]))
    white, dark = palette.text, palette.on_accent
    if wide:
        tape(stage, words, (1500 * u, 560 * u), 64, 120 * u, white, palette.shade, palette.accent, -4)
        if stage.pictures and stage.pictures[0].kind == "photo":
            return _picture(stage, below)
        tape(
            stage,
            words,
            (1560 * u, 560 * u),
            -78,
            150 * u,
            dark,
            palette.accent if dark == palette.shade else palette.text,
            palette.accent,
            5,
        )
    else:
        room = stage.height - below
        scale = min(1.0, room / (560 * u))
        if not (stage.pictures and stage.pictures[0].kind == "photo"):
            tape(
                stage,
                words,
                (stage.width / 2, below + room * 0.62),
                8,
                120 * u * scale,
                white,
                palette.shade,
                palette.accent,
                -4,
            )
        tape(
            stage,
            words,
            (stage.width / 2, below + room * 0.44),
            -12,
            150 * u * scale,
            dark,
            palette.text if dark == palette.shade else palette.accent,
            palette.accent,
            5,
        )
    return _picture(stage, below)


def _picture(stage: Stage, below: float) -> None:
    u = stage.u
    wide = stage.shape == "wide"
    picture = stage.picture(1 if len(stage.pictures) > 1 else 0)
    if picture is None:
        return
    room = stage.height - below
    motion = Motion(moves=(stage.slide(stage.time(3), dx=900 * u), *stage.alive(stage.time(14))), group="picture")
    x, y = (1560 * u, 560 * u) if wide else (stage.width * 0.58, below + room * 0.60)
    if picture.kind == "cutout":
        size = (
            (1240 * u if wide else 1280 * u)
            if picture.ratio > 1
            else (960 * u if wide else room * 0.98) * picture.ratio
        )
        stage.place(stage.product(picture, size, -16 if picture.ratio > 1 else 9, stage.palette.accent), x, y, motion)
    elif picture.kind == "screen":
        screen(stage, picture, x, y, 720 * u if wide else 900 * u, 860 * u if wide else room * 0.8, motion)
    else:
        points = stage.diagonal(1580 * u) if wide else stage.wedge(below + room * 0.66, stage.width * stage.look.slope)
        fill_with(stage, picture, points, motion=Motion(moves=motion.moves[:1], group="picture"))


def _button(stage: Stage, url: str, box: Box) -> None:
    """An outline that fills along the reading direction; its words change colour with the edge; the arrow nudges."""
    palette, u = stage.palette, stage.u
    at = stage.time(10)
    points = stage.slab(box.left, box.top, box.right, box.bottom, near=True)
    lean = box.height * stage.look.slope
    stage.outline(points, palette.on_accent, 5 * u, Motion(group="button"))
    line = stage.ink(url, "address")
    x = box.left + lean + 40 * u
    size = min(box.height * 0.40 / line.cap, (box.width - lean * 2 - 230 * u) / line.width)
    low = box.top + box.height / 2 + line.cap * size / 2
    fill = Motion(
        moves=(stage.wipe(at, kind="button", ease="even"),),
        wiped=stage.wiped(box.left, box.top, box.right, box.bottom),
        group="button",
    )
    stage.words(
        line,
        size,
        x,
        low,
        palette.on_accent,
        palette.accent,
        Motion(span=(0, at + stage.length("button"))),
        role="button",
    )
    stage.poly(points, palette.on_accent, fill)
    clip = stage.clip(points)
    stage.words(
        line,
        size,
        x,
        low,
        palette.accent,
        palette.on_accent,
        Motion(moves=fill.moves, wiped=fill.wiped, clips=(clip,), group="button"),
        role="button",
    )
    nudge = Nudge(
        (stage.time(24), stage.time(34), *stage.later(stage.time(40))),
        stage.time(5),
        stage.look.ease["even"],
        dx=22 * u * stage.way,
    )
    arrow(
        stage,
        box.right - lean - 54 * u,
        box.top + box.height / 2,
        box.height * 0.18,
        palette.accent,
        Motion(moves=(*fill.moves, nudge), wiped=fill.wiped, clips=(clip,), group="arrow"),
    )
