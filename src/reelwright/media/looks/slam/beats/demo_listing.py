"""Demo, a block of code: lines of one width on a dark slab, one after another, with a cursor behind the last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.slam.motifs import add_echo_rows, add_slashes
from reelwright.media.staging.listing import add_listing, fit_listing
from reelwright.media.staging.stage import Motion, Stage

_LARGEST: Final = {"wide": 78, "tall": 68, "portrait": 64, "square": 60}
"""Em of the letters at a short side of 1080: larger ones do not look like a screen."""
_PITCH: Final = 1.55
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def set_listing(stage: Stage) -> None:
    """Set all lines at one size, as written, from left to right in every language."""
    palette, u, live = stage.palette, stage.u, stage.live
    stage.ground = palette.accent
    pad = 56 * u
    code = fit_listing(stage, live.width, live.height * 0.9 - 2 * pad, largest=_LARGEST[stage.shape], lead=_PITCH)
    tall = (len(code.texts) + 0.75) * code.pitch + 2 * pad
    top = live.top + (live.height - tall) * (0.5 if stage.shape != "tall" else 0.36)
    _slab(stage, top, tall)
    _echoes(stage, code.texts, top, top + tall)
    head = Motion(moves=(stage.slide(stage.to_frames(2), dx=120 * u, kind="hit"),), group="slab")
    add_slashes(stage, live.left, top + pad, code.size * 0.52, palette.accent, head)
    low = top + pad + 1.65 * code.pitch

    def arrive(number: int) -> Motion:
        came = stage.to_frames(4 + 4 * number)
        return Motion(moves=(stage.fade(came, stage.to_frames(3)),), span=(came, float("inf")), group="listing")

    ends = add_listing(stage, code, live.left, low, palette.text, palette.bg, arrive) + 0.35 * code.letter
    last, came = code.inks[-1], stage.to_frames(4 + 4 * (len(code.texts) - 1))
    assert last is not None
    _cursor(stage, ends, low + (len(code.texts) - 1) * code.pitch, code.size, last.cap, came)
    stage.poster_frame = min(stage.request.frames - 1, came + stage.to_frames(12))


def _slab(stage: Stage, top: float, tall: float) -> None:
    """Draw the slab across the frame, over dots that grow towards its foot."""
    palette, u = stage.palette, stage.u
    foot = top + tall
    stage.add_dots(0, foot - 60 * u, stage.width + 9, stage.height + 9, "down", palette.shade, densest=0.4, gamma=1.6)
    out = 40 * u
    points = [(-out, top), (stage.width + out, top), (stage.width + out, foot), (-out, foot)]
    stage.add_polygon(points, palette.bg, Motion(moves=(stage.slide(0, dy=260 * u, kind="slab"),), group="slab"))


def _echoes(stage: Stage, lines: Sequence[str], top: float, foot: float) -> None:
    """Draw outlines of the longest word of the code above and below the slab, as large as a headline."""
    found = [word for line in lines for word in _WORD.findall(strip_styles(line))]
    if stage.shape != "tall" or not found:
        return
    ink = stage.typeset(max(found, key=len))
    for low, high in ((0.0, top), (foot, float(stage.height))):
        clip = stage.make_clip([(0, low), (stage.width, low), (stage.width, high), (0, high)])
        begin = low + 40 * stage.u if low else low - 60 * stage.u
        add_echo_rows(
            stage, ink, 190 * stage.u, begin, high, stage.palette.shade, clip, alpha=0.5, at=stage.to_frames(4)
        )


def _cursor(stage: Stage, x: float, low: float, size: float, cap: float, came: float) -> None:
    """Draw a block behind the last line, in the accent, where there is room for it."""
    wide, high = 0.55 * size, cap * size
    if x + wide > stage.live.left + stage.live.width:
        return
    if stage.is_rtl:
        x = stage.width - x - wide
    top, foot = low - high * 1.1, low + high * 0.15
    points = [(x, top), (x + wide, top), (x + wide, foot), (x, foot)]
    stage.add_polygon(points, stage.palette.accent, Motion(span=(came, float("inf")), group="cursor"))
