"""The beats of an ad: one row for each, with the words that its shots may have. Every other list of beats is made here.

How long a beat lasts and what follows it is the planner's: ``planner/tables/beats.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reelwright.reel.base.value import define_value

NUMBER_ROLES: Final = ("number", "prefix", "unit", "label", "source", "a", "b", "ratio_milli")
"""Roles of a proof that is one number."""
FIGURE_ROLES: Final = ("figures", "chart", "label", "kicker", "source")
"""Roles of a proof that is a board of figures or a chart."""


@define_value
class Beat:
    """A beat of an ad.

    ``staged_roles``: those that each staging sets in type, the main one first. ``written_roles``: those that the
    writer may fill; we add the name of the thing ourselves. ``needed_roles``: those it cannot do without.
    ``has_person``, ``has_product``: what its pictures show, for what a flavor asks of them. ``staged_as``: the beat as
    which a look draws it that has no staging of its own for it; without one, every look needs a staging.
    """

    staged_roles: tuple[str, ...]
    written_roles: tuple[str, ...]
    needed_roles: tuple[str, ...] = ()
    has_person: bool = False
    has_product: bool = False
    staged_as: str = ""


_LINE: Final = ("line", "source")
BEAT_ROWS: Final[Mapping[str, Beat]] = MappingProxyType(
    {
        "cold_open": Beat(staged_roles=(), written_roles=()),
        "hook": Beat(staged_roles=_LINE, written_roles=("line",), has_person=True),
        "problem": Beat(staged_roles=_LINE, written_roles=("line",), has_person=True),
        "agitate": Beat(staged_roles=_LINE, written_roles=("line",), has_person=True),
        "reveal": Beat(
            staged_roles=("name", "descriptor", "kicker", "source"),
            written_roles=("kicker", "descriptor"),
            has_product=True,
        ),
        "demo": Beat(
            staged_roles=("line", "steps", "listing", "source"), written_roles=("line", "steps"), has_product=True
        ),
        "benefit": Beat(staged_roles=_LINE, written_roles=("line",), has_person=True, has_product=True),
        "proof": Beat(
            staged_roles=(*NUMBER_ROLES, *(role for role in FIGURE_ROLES if role not in NUMBER_ROLES)),
            written_roles=("number", "prefix", "unit", "label", "source"),
            needed_roles=("number",),
        ),
        "transformation": Beat(
            staged_roles=("line", "after", "before", "source"),
            written_roles=("before", "after", "line"),
            has_person=True,
        ),
        "testimonial": Beat(
            staged_roles=("quote", "who", "role", "source"),
            written_roles=("quote", "who", "role"),
            needed_roles=("quote", "who"),
            has_person=True,
        ),
        "offer": Beat(
            staged_roles=("deal", "code", "terms"),
            written_roles=("deal", "code", "terms"),
            needed_roles=("deal",),
            has_product=True,
        ),
        "urgency": Beat(staged_roles=_LINE, written_roles=("line",), needed_roles=("line",)),
        "brand": Beat(staged_roles=("line", "name", "source", "legal"), written_roles=("line",)),
        "cta": Beat(staged_roles=("line", "url", "source"), written_roles=("line", "url"), has_product=True),
        "end_card": Beat(staged_roles=("line", "name", "url", "legal"), written_roles=("line", "url", "legal")),
    }
)
BEATS: Final = tuple(BEAT_ROWS)
"""The names of all beats, in the order in which an ad tells them."""
