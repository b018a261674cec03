"""Giant: one word as wide as the frame; the product before it, the line on a slab."""

from __future__ import annotations

from functools import partial

from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import Ink
from reelwright.media.drawing.style import pick_text_colour
from reelwright.media.letters.word_styles import find_strong_words
from reelwright.media.looks.slam.compositions.skin import Skin, Staging
from reelwright.media.looks.slam.motifs import add_far_dots, add_product
from reelwright.media.staging.key_words import compute_huge_size, has_key_word, typeset_key_word
from reelwright.media.staging.lines import compute_block_baselines, fit_headline, measure_block_height
from reelwright.media.staging.pictures import add_screen
from reelwright.media.staging.stage import Motion, Stage


def make_giant(skin: Skin, word: str = "") -> Staging:
    """Make a staging around one huge word.

    ``word``: the role whose text is set huge; by default the key word of the line itself.
    """
    return partial(_set, skin, word)


def choose_by_key_word(first_choice: Staging, fallback: Staging, word: str = "") -> Staging:
    """Make a staging: ``first_choice`` if ``word`` has text, or one word can stand for the line, else ``fallback``.

    Beside a picture only a strong word can: another one said twice tells less than the picture alone.
    """

    def staging(stage: Stage) -> None:
        line = stage.get_words("line")
        is_key = find_strong_words(line) if stage.pictures else has_key_word(line)
        (first_choice if (word and stage.get_words(word)) or is_key else fallback)(stage)

    return staging


def _set(skin: Skin, word: str, stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.get_colour(skin.ground)
    slab = palette.get_colour(skin.slab)
    gap, pad = 20 * u, 30 * u
    share = {"wide": 0.34, "tall": 0.30, "portrait": 0.30, "square": 0.30}[stage.shape]
    width = live.width * (0.66 if wide else 0.92)
    lines = fit_headline(
        stage, stage.get_words(skin.role), width, live.height * share, lines=3, gap=20, largest=150 * u, target=64
    )
    tall = measure_block_height(lines, gap)
    foot = live.bottom - (40 if wide else 30) * u
    top = foot - tall
    text = stage.get_words(word) if word else ""
    _word(stage, skin, stage.typeset(text) if text else typeset_key_word(stage, stage.get_words(skin.role)), top - pad)
    _picture(stage, skin, top - pad)
    right = live.left + max(line.width for line in lines) + 50 * u + (tall + 2 * pad) * stage.look.slope
    come = stage.slide(0, dx=-live.width, kind="slab")
    step = stage.march(stage.to_frames(26), dx=12, most=3)
    stage.add_polygon(
        stage.make_slab(-live.width, top - pad, right, foot + pad), slab, Motion(moves=(come, step), group="slab")
    )
    for line, base in zip(lines, compute_block_baselines(lines, top, gap), strict=True):
        motion = Motion(moves=(come,), group="slab")
        stage.add_line(line, live.left, base, pick_text_colour(palette, slab), slab, motion)


def _word(stage: Stage, skin: Skin, ink: Ink, high: float) -> None:
    """Draw the word in the field's colour, whole between the frame's edges."""
    wide = stage.shape == "wide"
    room = high - 30 * stage.u
    size = compute_huge_size(stage, ink, min(room * 0.94, stage.height * (0.66 if wide else 0.40)), stage.live.width)
    base = room - max(0.0, ink.bottom) * size
    colour = stage.palette.get_colour(skin.field)
    x = stage.live.left
    path, box = stage.trace_ink(ink, size, x, base)
    moves = (stage.hit(0, 1.12),)
    pitch = ink.height * size + 26 * stage.u
    row = 1
    while base + ink.top * size - (row - 1) * pitch > 0 and row < 5:
        motion = Motion(group="echo")
        stage.add_echo(ink, size, x - row * 60 * stage.u, base - row * pitch, colour, max(0.3, 0.8 - 0.2 * row), motion)
        row += 1
    stage.add("echo", Fill(path, colour), box, Motion(moves=moves, group="word"), text=ink.text)
    stage.add_shake(0)


def _picture(stage: Stage, skin: Skin, high: float) -> None:
    u, wide = stage.u, stage.shape == "wide"
    picture = stage.choose_picture()
    if picture is None:
        if stage.shape != "square":
            add_far_dots(stage, stage.width * 0.5, high + 120 * u, stage.palette.get_colour(skin.field))
        return None
    late = stage.to_frames(2)
    moves = (stage.slide(late, dy=900 * u, turn=8), stage.push(0.03, late + stage.to_frames(10)))
    motion = Motion(moves=moves, group="picture")
    x, y = (stage.width * 0.74, stage.height * 0.56) if wide else (stage.width * 0.66, stage.height * 0.66)
    if picture.kind == "screen":
        return add_screen(stage, picture, x, y, 760 * u, stage.height * (0.8 if wide else 0.5), motion, lean=0.06)
    size = (
        min(1000 * u, stage.width * 0.8)
        if picture.ratio > 1
        else (stage.height * (1.0 if wide else 0.72)) * picture.ratio
    )
    turn, ground = 6 if picture.ratio > 1 else -7, stage.palette.get_colour(skin.ground)
    room = Box(0, 0, stage.width, high - 30 * u)
    return add_product(stage, picture, size, turn, ground, (x, y), motion, within=room, grade=skin.grade)
