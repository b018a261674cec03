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

    ``staged``: roles that each staging sets in type, the main one first. ``written``: roles that the writer may fill;
    we add the name of the thing ourselves. ``needed``: those it cannot do without. ``has_person``, ``has_product``:
    what its pictures show, for what a flavor asks of them. ``staged_as``: the beat as which a look draws it that has
    no staging of its own for it; without one, every look needs a staging.
    """

    staged: tuple[str, ...]
    written: tuple[str, ...]
    needed: tuple[str, ...] = ()
    has_person: bool = False
    has_product: bool = False
    staged_as: str = ""


_LINE: Final = ("line", "source")
BEAT_ROWS: Final[Mapping[str, Beat]] = MappingProxyType(
    {
        "cold_open": Beat(staged=(), written=()),
        "hook": Beat(staged=_LINE, written=("line",), has_person=True),
        "problem": Beat(staged=_LINE, written=("line",), has_person=True),
        "agitate": Beat(staged=_LINE, written=("line",), has_person=True),
        "reveal": Beat(
            staged=("name", "descriptor", "kicker", "source"), written=("kicker", "descriptor"), has_product=True
        ),
        "demo": Beat(staged=("line", "steps", "listing", "source"), written=("line", "steps"), has_product=True),
        "benefit": Beat(staged=_LINE, written=("line",), has_person=True, has_product=True),
        "proof": Beat(
            staged=(*NUMBER_ROLES, *(role for role in FIGURE_ROLES if role not in NUMBER_ROLES)),
            written=("number", "prefix", "unit", "label", "source"), needed=("number",),
        ),
        "transformation": Beat(
            staged=("line", "after", "before", "source"), written=("before", "after", "line"), has_person=True
        ),
        "testimonial": Beat(
            staged=("quote", "who", "role", "source"), written=("quote", "who", "role"), needed=("quote", "who"),
            has_person=True,
        ),
        "offer": Beat(
            staged=("deal", "code", "terms"), written=("deal", "code", "terms"), needed=("deal",), has_product=True
        ),
        "urgency": Beat(staged=_LINE, written=("line",), needed=("line",)),
        "brand": Beat(staged=("line", "name", "source", "legal"), written=("line",)),
        "cta": Beat(staged=("line", "url", "source"), written=("line", "url"), has_product=True),
        "end_card": Beat(staged=("line", "name", "url", "legal"), written=("line", "url", "legal")),
    }
)  # fmt: skip
BEATS: Final = tuple(BEAT_ROWS)
"""The names of all beats, in the order in which an ad tells them."""
