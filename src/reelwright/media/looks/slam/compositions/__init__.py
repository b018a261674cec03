"""Compositions that several beats share: each function makes a staging from a skin."""

from __future__ import annotations

from reelwright.media.looks.slam.compositions.band import make_band
from reelwright.media.looks.slam.compositions.day import show_day
from reelwright.media.looks.slam.compositions.giant import choose_by_key_word, make_giant
from reelwright.media.looks.slam.compositions.low import make_low
from reelwright.media.looks.slam.compositions.plate import make_plate
from reelwright.media.looks.slam.compositions.rows import make_rows
from reelwright.media.looks.slam.compositions.skin import Skin, show_photo

__all__ = [
    "Skin",
    "choose_by_key_word",
    "make_band",
    "make_giant",
    "make_low",
    "make_plate",
    "make_rows",
    "show_day",
    "show_photo",
]
