"""The roles of words by beat: what a staging of each beat has to set in type, in every look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reelwright.reel.film.beats import BEAT_ROWS

STAGED_ROLES: Final[Mapping[str, tuple[str, ...]]] = {name: beat.staged_roles for name, beat in BEAT_ROWS.items()}
"""Roles that each staging sets in type. Words without a role take the first of them that stands there.

A ``source`` that a staging does not set itself stands on a plate at the foot (``small_print``).
"""
