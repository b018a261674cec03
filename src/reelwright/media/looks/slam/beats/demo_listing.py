"""Demo, a block of code: lines of one width on a dark slab, one after another, with a cursor behind the last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from reelwright.media.drawing.lettering import Ink
from reelwright.media.letters.word_styles import mark_lead_strong, strip_styles
from reelwright.media.looks.slam.motifs import add_echo_rows, add_slashes
from reelwright.media.staging.stage import Motion, Stage

_LARGEST: Final = {"wide": 78, "tall": 68, "portrait": 64, "square": 60}
"""Em of the letters at a short side of 1080: larger ones do not look like a screen."""
_LEAST_COLUMNS: Final = 18
"""Short lines are not set larger than so many columns would be."""
_PITCH: Final = 1.55
_PROMPT: Final = "$ "
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def set_listing(stage: Stage) -> None:
    """Set all lines at one size, as written, from left to right in every language."""
    palette, u, live = stage.palette, stage.u, stage.live
    stage.ground = palette.accent
    lines = stage.get_words("listing").split("|")
    while lines and not lines[-1].strip():
        lines.pop()
    inks = [stage.typeset(mark_lead_strong(line.strip(), _PROMPT), "code") if line.strip() else None for line in lines]
    one = stage.typeset("0" * 10, "code").line.advance / 10_000
    pad = 56 * u
    columns = max(_LEAST_COLUMNS, *(len(strip_styles(line)) for line in lines))
    room = live.height * 0.9 - 2 * pad
    size = min(live.width / (columns * one), _LARGEST[stage.shape] * u, room / ((len(lines) + 1) * _PITCH))
    pitch = size * _PITCH
    tall = (len(lines) + 0.75) * pitch + 2 * pad
    top = live.top + (live.height - tall) * (0.5 if stage.shape != "tall" else 0.36)
    stage.record_fit(size, 40 * u)
    _slab(stage, top, tall)
    _echoes(stage, lines, top, top + tall)
    head = Motion(moves=(stage.slide(stage.to_frames(2), dx=120 * u, kind="hit"),), group="slab")
    add_slashes(stage, live.left, top + pad, size * 0.52, palette.accent, head)
    low = top + pad + 1.65 * pitch
    x, came = live.left, 0.0
    for number, (line, ink) in enumerate(zip(lines, inks, strict=True)):
        came = stage.to_frames(4 + 4 * number)
        if ink is not None:
            begins = x + (len(line) - len(line.lstrip())) * one * size + ink.left * size
            _line(stage, ink, size, begins, low + number * pitch, came)
    last = inks[-1]
    assert last is not None
    ends = x + (len(strip_styles(lines[-1])) + 0.35) * one * size
    _cursor(stage, ends, low + (len(lines) - 1) * pitch, size, last.cap, came)
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


def _line(stage: Stage, ink: Ink, size: float, x: float, low: float, came: float) -> None:
    """Draw a line whose ink begins ``x`` pixels from the left of the frame, whatever the stage's direction."""
    palette = stage.palette
    motion = Motion(moves=(stage.fade(came, stage.to_frames(3)),), span=(came, float("inf")), group="listing")
    begins = stage.width - x - ink.width * size if stage.is_rtl else x
    stage.add_words(ink, size, begins, low, palette.text, palette.bg, motion)


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
