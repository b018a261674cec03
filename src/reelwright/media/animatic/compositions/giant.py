"""Giant: one word as wide as the frame; the product before it, the line on a slab."""

from __future__ import annotations

from functools import partial

from reelwright.media.animatic.compositions.skin import Skin, Staging, huge, ink_on, is_telling, key_word, strike
from reelwright.media.animatic.drawables import Fill
from reelwright.media.animatic.lettering import Ink
from reelwright.media.animatic.parts import block_height, block_lows, fill_with, headline, screen
from reelwright.media.animatic.stage import Motion, Stage


def giant(skin: Skin, word: str = "") -> Staging:
    """``word``: the role whose text is set huge; by default the key word of the line itself."""
    return partial(_set, skin, word)


def of_few_words(told: Staging, otherwise: Staging, word: str = "") -> Staging:
    """``told`` where one word can stand for the line, or the text of the role ``word`` does."""

    def staging(stage: Stage) -> None:
        (told if (word and stage.says(word)) or is_telling(stage.says("line")) else otherwise)(stage)

    return staging


def _set(skin: Skin, word: str, stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = skin.colour(palette, skin.ground)
    slab = skin.colour(palette, skin.slab)
    gap, pad = 20 * u, 30 * u
    share = {"wide": 0.34, "tall": 0.30, "portrait": 0.30, "square": 0.30}[stage.shape]
    width = live.width * (0.66 if wide else 0.92)
    lines = headline(
        stage, stage.says(skin.role), width, live.height * share, lines=3, gap=20, largest=150 * u, target=64
    )
    tall = block_height(lines, gap)
    foot = live.bottom - (40 if wide else 30) * u
    top = foot - tall
    text = stage.says(word) if word else ""
    _word(stage, skin, stage.ink(text) if text else key_word(stage, stage.says(skin.role)), top - pad)
    _picture(stage, skin, top - pad)
    right = live.left + max(line.width for line in lines) + 50 * u + (tall + 2 * pad) * stage.look.slope
    come = stage.slide(0, dx=-live.width, kind="slab")
    step = stage.march(stage.time(26), dx=12, most=3)
    stage.poly(stage.slab(-live.width, top - pad, right, foot + pad), slab, Motion(moves=(come, step), group="slab"))
    for line, base in zip(lines, block_lows(lines, top, gap), strict=True):
        motion = Motion(moves=(come,), group="slab")
        stage.words(line.ink, line.size, live.left, base, ink_on(palette, slab), slab, motion)
    if skin.device == "strike":
        strike(stage, lines[-1], live.left, block_lows(lines, top, gap)[-1], palette.accent, (stage.time(24),))


def _word(stage: Stage, skin: Skin, ink: Ink, high: float) -> None:
    """In the field's colour, whole between the frame's edges."""
    wide = stage.shape == "wide"
    room = high - 30 * stage.u
    size = huge(stage, ink, min(room * 0.94, stage.height * (0.66 if wide else 0.40)), stage.live.width)
    base = room - max(0.0, ink.bottom) * size
    colour = skin.colour(stage.palette, skin.field)
    x = stage.live.left
    path, box = stage.path(ink, size, x, base)
    moves = (stage.hit(0, 1.12),)
    pitch = ink.height * size + 26 * stage.u
    row = 1
    while base + ink.top * size - (row - 1) * pitch > 0 and row < 5:
        motion = Motion(group="echo")
        stage.echo(ink, size, x - row * 60 * stage.u, base - row * pitch, colour, max(0.3, 0.8 - 0.2 * row), motion)
        row += 1
    stage.add("echo", Fill(path, colour), box, Motion(moves=moves, group="word"))
    stage.shakes(0)


def _picture(stage: Stage, skin: Skin, high: float) -> None:
    u, wide = stage.u, stage.shape == "wide"
    picture = stage.picture()
    if picture is None:
        if stage.shape != "square":
            stage.dots(
                stage.width * 0.5 if wide else 0,
                0 if wide else high + 120 * u,
                stage.width + 9,
                stage.height + 9,
                "right" if wide else "down",
                skin.colour(stage.palette, skin.field),
                densest=0.5,
                gamma=1.9 if wide else 1.5,
            )
        return None
    late = stage.time(2)
    moves = (stage.slide(late, dy=900 * u, turn=8), stage.push(0.03, late + stage.time(10)))
    motion = Motion(moves=moves, group="picture")
    x, y = (stage.width * 0.74, stage.height * 0.56) if wide else (stage.width * 0.66, stage.height * 0.66)
    if picture.kind == "photo":
        points = stage.diagonal(stage.width * 0.80) if wide else stage.wedge(high + 260 * u, stage.width * 0.2)
        come = stage.slide(late, dx=500 * u if wide else 0, dy=0 if wide else 500 * u)
        return fill_with(
            stage,
            picture,
            points,
            grade=skin.grade,
            tint=stage.palette.accent,
            motion=Motion(moves=(come,), group="picture"),
        )
    if picture.kind == "screen":
        return screen(stage, picture, x, y, 760 * u, stage.height * (0.8 if wide else 0.5), motion, lean=0.06)
    size = (
        min(1000 * u, stage.width * 0.8)
        if picture.ratio > 1
        else (stage.height * (1.0 if wide else 0.72)) * picture.ratio
    )
    sprite = stage.product(
        picture, size, 6 if picture.ratio > 1 else -7, skin.colour(stage.palette, skin.ground), grade=skin.product
    )
    return stage.place(sprite, x, y, motion)
