"""Proof: one number counted up to, bars only where there are two values to compare, and the source."""

from __future__ import annotations

from reelwright.media.animatic import colour as tone
from reelwright.media.animatic.lettering import Ink
from reelwright.media.animatic.movers import Count
from reelwright.media.animatic.parts import block_height, fill_with, headline, small_block
from reelwright.media.animatic.stage import Motion, Stage
from reelwright.media.animatic.stagings.numbers import (
    bars,
    compares,
    counted,
    counted_thing,
    counts_what,
    depth_of,
    set_label,
    set_thing,
)
from reelwright.media.animatic.treatments import near


def set_proof(stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.bg
    compared = compares(stage)
    thing = counted_thing(stage)
    steps = counted(stage, alone=bool(thing))
    full = steps[-1]
    width = (1080 if stage.pictures else 1500) * u if wide else live.width
    tallest = {"wide": 560 if compared else 640, "tall": 520, "portrait": 380, "square": 300}[stage.shape] * u
    if not (compared or thing or stage.pictures or stage.says("source")):
        tallest = {"wide": 720, "tall": 840, "portrait": 800, "square": 640}[stage.shape] * u
    if thing and wide:
        tallest = 400 * u
    label = counts_what(stage, 1060 * u if wide else live.width)
    if compared or stage.says("source"):
        tallest -= depth_of(label)
    size = min(width / max(ink.width for ink in steps), tallest / full.height)
    lines = headline(stage, thing, width, stage.live.height * 0.24, lines=2, gap=18, largest=190 * u) if thing else []
    deep = block_height(lines, 18 * u) + 40 * u if lines else 0.0
    stage.wants(full.cap * size, 170 * u)
    deep += depth_of(label)
    top = live.top + 70 * u + (30 * u if stage.shape == "tall" else 0)
    if wide and not compared:
        top = live.top + 70 * u + max(0.0, (live.height - 200 * u - full.height * size - deep) / 2)
    low = top - full.top * size
    below = low + max(0.0, full.bottom) * size
    _backdrop(stage, full, below + deep)
    settled = stage.time(4) + stage.length("count")
    ticks = Motion(moves=(stage.march(settled, dx=9, dy=9, most=3),), span=(settled, float("inf")), group="echo")
    stage.echo(full, size, live.left, low, palette.accent, 0.8, ticks)
    count = Count(stage.time(2), stage.length("count"), stage.look.ease["count"], len(steps) - 1)
    stage.counter(
        steps,
        size,
        live.left,
        low,
        palette.accent_text,
        palette.bg,
        Motion(moves=(stage.hit(0, 1.2), count), group="number"),
    )
    if lines:
        below = set_thing(stage, lines, live.left, below + 40 * u, palette.text, palette.bg)
    if label:
        below = set_label(stage, label, live.left, below, palette.text, palette.bg)
    if compared:
        below = _bars(stage, below)
    _source(stage, below)
    stage.shakes(stage.time(2) + stage.length("count"))


def _bars(stage: Stage, below: float) -> float:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    top = max(below + (44 if wide else 60) * u, 742 * u if wide else 0)
    colours = ((tone.mix(palette.surface, palette.muted, 0.25), palette.text), (palette.accent, palette.on_accent))
    reach = 1130 * u if wide else float(stage.width)
    return bars(stage, stage.live.left, reach, top, _bar_height(stage), colours, palette.text)


def _source_low(stage: Stage, below: float) -> float:
    """Where the source line will lie in frames that are not wide: under the bars, if there are any."""
    deep = 60 * stage.u + 2 * _bar_height(stage) + 26 * stage.u if compares(stage) else 0.0
    return below + deep + (70 * stage.u if stage.says("source") else 0.0)


def _bar_height(stage: Stage) -> float:
    return {"wide": 86, "tall": 140, "portrait": 100, "square": 84}[stage.shape] * stage.u


def _source(stage: Stage, below: float) -> None:
    text = stage.says("source")
    if not text:
        return
    u, live = stage.u, stage.live
    em = stage.small("legal")
    fitted = small_block(
        stage, text, (1060 * u if stage.shape == "wide" else live.width), em * 3, largest=em / u, lines=2
    )
    low = (
        min(below + 70 * u, live.bottom - len(fitted) * em * 1.3 + em)
        if stage.shape != "wide"
        else live.bottom - (len(fitted) - 1) * em * 1.3 - 0.5 * em
    )
    for index, line in enumerate(fitted):
        motion = Motion(moves=(stage.fade(stage.time(10), stage.time(8)),), group="source")
        stage.words(
            line.ink,
            line.size,
            live.left,
            low + index * em * 1.3,
            stage.palette.muted,
            stage.palette.bg,
            motion,
            role="legal",
        )


def _backdrop(stage: Stage, full: Ink, below: float) -> None:
    """A dark wedge with the picture in grey, or with the number again, outlined and far too large."""
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    rise = stage.width * stage.look.slope
    y = min(max(stage.height * 0.80, _source_low(stage, below) + 0.62 * rise + 26 * u), stage.height * 1.04)
    points = stage.diagonal(1290 * u) if wide else stage.wedge(y, rise)
    clip = stage.clip(points)
    come = stage.slide(0, dx=400 * u if wide else 0, dy=0 if wide else 300 * u, kind="slab")
    picture = stage.picture()
    dark = picture is not None and picture.kind == "cutout" and near(picture, palette.surface, 0.26)
    ground = tone.mix(palette.surface, palette.muted, 0.5) if dark else palette.surface
    stage.poly(points, ground, Motion(moves=(come,), group="wedge"))
    stage.dots(
        stage.width * 0.5 if wide else 0,
        0 if wide else stage.height * 0.6,
        stage.width + 9,
        stage.height + 9,
        "down",
        palette.bg,
        densest=0.9,
        gamma=1.0,
        cell=1.25,
        motion=Motion(clips=(clip,), moves=(come,), group="wedge"),
    )
    drift = stage.march(stage.time(30), dx=-18)
    if picture is None:
        size = (stage.height * 1.05 if wide else stage.height * 0.36) / full.height
        x, low = (stage.width * 0.60, stage.height * 1.02) if wide else (-stage.width * 0.05, stage.height * 1.03)
        stage.echo(full, size, x, low, palette.accent, 0.42, Motion(moves=(drift, come), clips=(clip,), group="wedge"))
    elif picture.kind == "cutout":
        size = 1700 * u * min(1.0, picture.ratio * 0.9)
        sprite = stage.product(picture, size, -12, palette.surface, grade="soft")
        x, yy = (1640 * u, 760 * u) if wide else (stage.width * 0.55, stage.height * 0.90)
        stage.place(
            sprite,
            x,
            yy + (0 if picture.ratio > 1 else sprite.box.height * 0.16),
            Motion(moves=(drift, come), clips=(clip,), group="wedge"),
        )
    else:
        fill_with(stage, picture, points, grade="mono", zoom=1.5)
