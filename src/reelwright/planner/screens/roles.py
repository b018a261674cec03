"""Which beat of a film a screen is: by its form and its place, in any language; a comment overrides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from reelwright.documents.script import Form, Screen
from reelwright.planner.ids import number

_BY_FORM: Final[Mapping[Form, str]] = {
    "reveal": "reveal", "descriptor": "benefit", "proof": "proof", "quote": "testimonial", "step": "demo",
    "code": "demo", "call": "cta",
}  # fmt: skip
PLAIN: Final = ("benefit", "demo", "brand")
"""How plain words after the opening are staged: one of these for each beat of the script, never the one before."""
MOST_HOOKS: Final = 2
"""Screens with which a film opens; what stands after them is told at another pace."""
MOST_ALIKE: Final = 3
"""Screens one after another that are staged alike."""
CALM: Final = "brand"
"""How a film ends that calls to nothing."""


def role_of(screens: Sequence[Screen], group: Sequence[int], before: Sequence[str], key: str) -> str:
    """The beat of the screens ``group``, which are shown at once. ``before``: of the shots so far. Pure."""
    screen = screens[group[0]]
    if asked := next((screens[n].said.beat for n in group if screens[n].said.beat), ""):
        return asked
    if screen.form == "call" and group[-1] == len(screens) - 1:
        return "end_card"
    if screen.form in _BY_FORM:
        return _BY_FORM[screen.form]
    styles = [run.style for run in screen.runs if run.text.strip()]
    if styles[:1] == ["struck"] and "struck" not in styles[1:]:
        return "problem" if len(styles) == 1 else "transformation"
    if screen.form == "picture" and not group[0]:
        return "cold_open"
    if _opens(screens, group[0]) and before.count("hook") < MOST_HOOKS:
        return "hook"
    if group[0] and screens[group[0] - 1].beat == screen.beat and before[-1] in PLAIN and not _long(before):
        return before[-1]  # the beat goes on
    ends = group[-1] == len(screens) - 1 and len(screens) > 2
    if ends and (not before or before[-1] != CALM):
        return CALM
    open_ = [role for role in PLAIN if not before or role != before[-1]]
    return open_[number(key, "role") % len(open_)]


def _long(before: Sequence[str]) -> bool:
    """Whether the last shots are staged alike so often that another one would tire."""
    return len(before) >= MOST_ALIKE and len(set(before[-MOST_ALIKE:])) == 1


def _opens(screens: Sequence[Screen], at: int) -> bool:
    """Whether nothing but words, pictures and list items of the first beat stood so far."""
    return screens[at].beat == screens[0].beat and all(
        one.form in ("words", "item", "heading", "picture") for one in screens[: at + 1]
    )
