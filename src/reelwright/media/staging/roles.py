"""The roles of words by beat: what a staging of each beat has to set in type, in every look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NUMBER_ROLES: Final = ("number", "prefix", "unit", "label", "source", "a", "b", "ratio_milli")
"""Roles of a proof that is one number."""
FIGURE_ROLES: Final = ("figures", "chart", "label", "kicker", "source")
"""Roles of a proof that is a board of figures or a chart."""
STAGED_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "cold_open": (),
    "hook": ("line", "source"),
    "problem": ("line", "source"),
    "agitate": ("line", "source"),
    "reveal": ("name", "descriptor", "kicker", "source"),
    "demo": ("line", "steps", "listing", "source"),
    "benefit": ("line", "source"),
    "proof": (*NUMBER_ROLES, *(role for role in FIGURE_ROLES if role not in NUMBER_ROLES)),
    "transformation": ("line", "after", "before", "source"),
    "testimonial": ("quote", "who", "role", "source"),
    "offer": ("deal", "code", "terms"),
    "urgency": ("line", "source"),
    "brand": ("line", "name", "source", "legal"),
    "cta": ("line", "url", "source"),
    "end_card": ("line", "name", "url", "legal"),
}
"""Roles that each staging sets in type. Words without a role take the first of them that stands there.

A ``source`` that a staging does not set itself stands on a plate at the foot (``small_print``).
"""
