"""Photographs: over the frame with words on their quiet part, else edge to edge in the columns beside words."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from reelwright.media.drawing.colour import compute_contrast, mix
from reelwright.media.drawing.drawables import Blit
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.textures import tint_coverage
from reelwright.media.drawing.treatments import Picture
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.grid.sheet import Sheet
from reelwright.media.staging.quiet import cut_light, find_quiet_crop, list_sides, measure_light
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import choose_composition

_LEGIBLE: Final = 5.0
"""Contrast of words to the brightest twentieth of the photograph under them, once it is shaded."""
_TWICE: Final = 2
_BUSY: Final = 0.98
"""Most detail under large words on their shade, as a share of what the photograph has on average."""
_HIDDEN: Final = 0.25
"""Most of the subject that they hide."""
_CAPTION: Final = 34
"""Most letters of a line that stands at the foot of a photograph whose subject hides under words at its side."""
_STRIP: Final = 0.27
"""Height of that foot, in parts of the frame's."""
_REACH: Final = 0.45
"""Part of the frame in which the shade under words goes out."""


def set_with_picture(
    stage: Stage, text: str, picture: Picture, roles: tuple[str, ...], *, head: str = "", turn: int = 0
) -> None:
    """Set a line on the quiet part of a photograph that fills the frame, or beside its picture in columns."""
    is_short = len(strip_styles(text)) <= _CAPTION and not head and stage.shape == "wide"
    is_over = can_fill_frame(stage, picture) or (is_short and can_cover_frame(stage, picture))
    sheet = Sheet(stage, "black" if is_over else "white", *roles, span=4 if picture.kind == "screen" else 5)
    box = fill_frame(sheet, picture) if is_over else show_beside(sheet, picture)
    rule, top = sheet.add_head(head, box.right)
    largest = 230 if is_over else 170
    rows = sheet.fit_headline(text, box.width, box.bottom - top, largest=largest, lines=7, target=52)
    low = box.bottom - sheet.measure(rows) if sheet.wide and turn % 3 == 1 else top
    sheet.put(rows, box.left, low, group="line", ground=stage.ground)
    sheet.add_mark(rule)
    sheet.add_small_print()


def can_fill_frame(stage: Stage, picture: Picture | None) -> bool:
    """Return whether a picture is a photograph that fills the frame and whose subject large words leave to be seen."""
    if picture is None or not can_cover_frame(stage, picture):
        return False
    crop = find_quiet_crop(stage, picture, stage.live.top, stage.live.bottom)
    return crop.busy <= _BUSY and crop.hidden_share <= _HIDDEN


def can_cover_frame(stage: Stage, picture: Picture) -> bool:
    """Return whether a picture is a photograph that fills the frame without losing half of itself."""
    return picture.kind == "photo" and 0.5 < picture.ratio * stage.height / stage.width < _TWICE


def fill_frame(sheet: Sheet, picture: Picture) -> Box:
    """Fill the frame with a photograph, shaded where it is quietest, and return that part for words in white."""
    stage, shade = sheet.stage, sheet.stage.palette.shade
    wide, high = stage.width, stage.height
    crop = find_quiet_crop(stage, picture, stage.live.top, stage.live.bottom)
    side, box = crop.side, list_sides(stage, stage.live.top, stage.live.bottom)[crop.side]
    if crop.hidden_share > _HIDDEN or crop.busy > _BUSY:
        side, box = "foot", stage.live._replace(top=(1 - _STRIP) * high - sheet.small_height)
    image = sheet.show(picture, Box(0, 0, wide, high), edge="right", aim=crop.aim if side == crop.side else (0.5, 0.5))
    bright = float(np.quantile(cut_light(stage, measure_light(image, wide, high), box), 0.95))
    grey = "#" + 3 * f"{round(255 * bright):02X}"
    parts = (step / 50 for step in range(10, 50))
    part = next((one for one in parts if compute_contrast(stage.palette.bg, mix(grey, shade, one)) >= _LEGIBLE), 0.96)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    x = wide - x if stage.is_rtl else x
    away = {
        "start": (x - box.right) / wide, "end": (box.left - x) / wide,
        "top": (y - box.bottom) / high, "foot": (box.top - y) / high
    }[side]  # fmt: skip
    ramp = np.clip(1 - away / _REACH, 0, 1)
    stage.add("shape", Blit(tint_coverage(part * ramp * ramp * (3 - 2 * ramp), shade), 0, 0), Box(0, 0, wide, high))
    stage.ground = mix(grey, shade, part)
    ink = sheet.tone.ink
    sheet.tone = replace(sheet.tone, quiet=ink, signal=ink, ground=stage.ground)
    sheet.box = box._replace(bottom=min(box.bottom, stage.live.bottom - sheet.small_height))
    return sheet.box


def show_beside(sheet: Sheet, picture: Picture, *, share: float = 0.54) -> Box:
    """Show a picture in the columns that words leave, edge to edge, and return the box of the words.

    Where it lies changes with the shot's variant, since one picture often stays for a whole film: after the words, or
    before them. In a square or upright frame: below them, or above.
    """
    stage, u = sheet.stage, sheet.u
    turn = choose_composition(stage.request, 3)
    if sheet.wide and turn == 1:
        left = stage.live.right - sheet.box.width
        sheet.show(picture, Box(0, 0, left - 36 * u, stage.height), edge="right")
        sheet.box = sheet.box._replace(left=left, right=stage.live.right)
    elif sheet.wide:
        sheet.show(picture, Box(sheet.box.right + 36 * u, 0, stage.width, stage.height))
    elif turn == 1 and stage.shape != "tall":
        foot = stage.height * share
        sheet.show(picture, Box(0, 0, stage.width, foot), edge="top")
        sheet.box = sheet.box._replace(top=foot + 44 * u)
    else:
        top = stage.height * (1 - share)
        sheet.show(picture, Box(0, top, stage.width, stage.height), edge="bottom")
        sheet.cut(top - 44 * u)
    return sheet.box
