"""Compositions that several beats share: each is a function from a skin to a staging."""

from __future__ import annotations

from reelwright.media.animatic.compositions.band import band
from reelwright.media.animatic.compositions.giant import giant, of_few_words
from reelwright.media.animatic.compositions.low import low
from reelwright.media.animatic.compositions.plate import plate
from reelwright.media.animatic.compositions.rows import rows
from reelwright.media.animatic.compositions.skin import Skin

__all__ = ["Skin", "band", "giant", "low", "of_few_words", "plate", "rows"]
