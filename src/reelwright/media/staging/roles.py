"""The roles of words by beat: what a staging of each beat has to set in type, in every look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STAGED_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "cold_open": (),
    "hook": ("line",),
    "problem": ("line",),
    "agitate": ("line",),
    "reveal": ("name", "descriptor", "kicker"),
    "demo": ("line", "steps", "listing"),
    "benefit": ("line",),
    "proof": ("number", "prefix", "unit", "label", "source", "a", "b", "ratio_milli"),
    "transformation": ("line", "after", "before"),
    "testimonial": ("quote", "who", "role"),
    "offer": ("deal", "code", "terms"),
    "urgency": ("line",),
    "brand": ("line", "name"),
    "cta": ("line", "url"),
    "end_card": ("line", "name", "url", "legal"),
}
"""Roles that each staging sets in type. Words without a role take the first of them that stands there."""
