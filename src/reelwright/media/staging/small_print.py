"""Small print of a screen whose staging has no place for it: a plate at the foot of the safe area, kept free for it.

A staging that sets a role of small print itself, such as a proof its source, keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.style import pick_text_colour
from reelwright.media.staging.lines import fit_small_block
from reelwright.media.staging.roles import STAGED_ROLES
from reelwright.media.staging.stage import Motion, Stage

_SMALL_ROLES: Final = ("source", "terms", "legal")
_LINES: Final = 3
_LEAD: Final = 1.3
_PAD: Final = 14
_GAP: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallPrint:
    """Fitted lines of small print. ``top``: upper edge of their plate, in pixels."""

    lines: tuple[FittedLine, ...]
    top: float
    foot: float


def list_undrawn_print(stage: Stage) -> tuple[str, ...]:
    """List the texts of small print in the request that its staging has not asked for."""
    possible = (role for role in STAGED_ROLES[stage.request.staging] if role in _SMALL_ROLES)
    return tuple(text for role in possible if role not in stage.read_roles and (text := stage.get_words(role)))


def reserve_small_print(stage: Stage, texts: tuple[str, ...]) -> SmallPrint:
    """Fit the texts into the foot of the safe area, and take that strip from the safe area of the stage."""
    u, live = stage.u, stage.live
    em = stage.get_small_size("legal")
    text = "|".join(texts)
    room = live.width - 2 * _PAD * u
    lines = fit_small_block(stage, text, room, em * _LEAD * (_LINES + 1), largest=em / u, lines=max(_LINES, len(texts)))
    tall = ((len(lines) - 1) * _LEAD + 1) * em + 2 * _PAD * u
    foot = live.bottom
    stage.live, stage.print_strip = live._replace(bottom=foot - tall - _GAP * u), (foot - tall, foot)
    return SmallPrint(lines=tuple(lines), top=foot - tall, foot=foot)


def add_small_print(stage: Stage, small: SmallPrint) -> None:
    """Add the plate and its lines over all that stands, and give the strip back to the safe area."""
    u, palette = stage.u, stage.palette
    left = stage.live.left
    ground = stage.ground
    wide = max(line.width for line in small.lines)
    pad = _PAD * u
    come = Motion(moves=(stage.fade(stage.to_frames(8), stage.to_frames(8)),), group="small print")
    near, far = left - pad, left + wide + pad
    corners = [(near, small.top), (far, small.top), (far, small.foot), (near, small.foot)]
    stage.add_polygon(corners, ground, come)
    em = small.lines[0].size
    for index, line in enumerate(small.lines):
        low = small.top + pad + em * (0.82 + index * _LEAD)
        stage.add_line(line, left, low, pick_text_colour(palette, ground), ground, come, role="legal")
    stage.live = stage.live._replace(bottom=small.foot)
