"""The brand's logo on the shot that ends a film: a strip at the top of the safe area, kept free for it in every look.

Where it could not be told from what is behind it, it stands on a plate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from reelwright.media.drawing.colour import choose_text_colour, compute_contrast
from reelwright.media.drawing.treatments import Picture, find_edge_colour, make_cutout
from reelwright.media.staging.stage import Motion, Stage

_AREA: Final = 38_000
"""Pixels that a logo covers at a short side of 1080, so that a wide one and a square one weigh the same."""
_HIGHEST: Final = 128
_WIDEST_PART: Final = 0.5
_GAP: Final = 38
_PAD: Final = 22
_CLEAR: Final = 3.0
"""Least contrast of the logo's edge to its ground: that of graphics. Source: WCAG 2.2, 1.4.11."""
_COMES_AT: Final = 6
_COMES_FOR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoPlace:
    """A logo with its size, the middle of its place (logical), and the upper edge of the safe area, all in pixels."""

    logo: Picture
    width: float
    height: float
    x: float
    y: float
    top: float


def reserve_logo(stage: Stage, logo: Picture) -> LogoPlace:
    """Choose size and place of the logo, and take that strip from the safe area of the stage."""
    u, live = stage.u, stage.live
    height = min(math.sqrt(_AREA / logo.ratio), _HIGHEST) * u
    width = height * logo.ratio
    if (most := live.width * _WIDEST_PART) < width:
        width, height = most, most / logo.ratio
    is_centred = stage.look.own.get("logo") == "centre" and stage.shape != "wide"
    x = (live.left + live.right) / 2 if is_centred else live.left + width / 2
    stage.live = live._replace(top=live.top + height + _GAP * u)
    return LogoPlace(logo=logo, width=width, height=height, x=x, y=live.top + height / 2, top=live.top)


def add_logo(stage: Stage, place: LogoPlace) -> None:
    """Add the logo over all that stands, on a plate where it needs one, and give the strip back to the safe area."""
    come = Motion(moves=(stage.fade(stage.to_frames(_COMES_AT), stage.to_frames(_COMES_FOR)),), group="logo")
    if plate := _choose_plate(stage, place.logo):
        pad = _PAD * stage.u
        left, right = place.x - place.width / 2 - pad, place.x + place.width / 2 + pad
        top, foot = place.y - place.height / 2 - pad, place.y + place.height / 2 + pad
        stage.add_polygon([(left, top), (right, top), (right, foot), (left, foot)], plate, come)
    stage.place(make_cutout(place.logo, place.width, 0), place.x, place.y, come)
    stage.live = stage.live._replace(top=place.top)


def _choose_plate(stage: Stage, logo: Picture) -> str:
    """Return the colour of the plate; empty: the logo is clear on the look's own ground, or has a ground itself."""
    edge = find_edge_colour(logo) if logo.kind == "cutout" else ""
    if not edge or not (stage.pictures or compute_contrast(edge, stage.ground) < _CLEAR):
        return ""
    return choose_text_colour(edge)
