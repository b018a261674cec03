"""Chooses the beat of a screen by its form and its place, in any language; a comment overrides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from reelwright.documents.script import Form, Screen
from reelwright.media.staging.prices import is_price_cut
from reelwright.planner.ids import derive_number
from reelwright.reel.film.markup import format_pieces

_BY_FORM: Final[Mapping[Form, str]] = {
    "reveal": "reveal", "descriptor": "benefit", "proof": "proof", "quote": "testimonial", "step": "demo",
    "code": "demo", "call": "cta", "chart": "proof",
}  # fmt: skip
PLAIN_ROLES: Final = ("benefit", "demo", "brand")
"""Roles of plain words after the opening: one for each beat of the script, never the one before."""
MAX_HOOKS: Final = 2
"""Most screens with which a film opens; what stands after them is told at another pace."""
MAX_ALIKE: Final = 3
"""Most screens one after another that are staged alike."""
CALM_ROLE: Final = "brand"
"""Role of the last screen of a film without a call to action."""


def choose_role(screens: Sequence[Screen], group: Sequence[int], before: Sequence[str], key: str) -> str:
    """Return the beat of the screens ``group``, which are shown together. ``before``: of the shots so far. Pure."""
    screen = screens[group[0]]
    if requested := next((screens[n].settings.beat for n in group if screens[n].settings.beat), ""):
        return requested
    if screen.form == "call" and group[-1] == len(screens) - 1:
        return "end_card"
    if screen.form in _BY_FORM:
        return _BY_FORM[screen.form]
    styles = [run.style for run in screen.runs if run.text.strip()]
    if styles[:1] == ["struck"] and "struck" not in styles[1:]:
        return "problem" if len(styles) == 1 else "transformation"
    if "struck" in styles and is_price_cut(format_pieces((run.text, run.style) for run in screen.runs)):
        return "offer"
    if screen.form == "picture" and not group[0]:
        return "cold_open"
    if _is_opening(screens, group[0]) and before.count("hook") < MAX_HOOKS:
        return "hook"
    if (
        group[0]
        and screens[group[0] - 1].beat == screen.beat
        and before[-1] in PLAIN_ROLES
        and not _has_tiring_run(before)
    ):
        return before[-1]  # the beat goes on
    ends = group[-1] == len(screens) - 1 and len(screens) > 2
    if ends and (not before or before[-1] != CALM_ROLE):
        return CALM_ROLE
    open_ = [role for role in PLAIN_ROLES if not before or role != before[-1]]
    return open_[derive_number(key, "role") % len(open_)]


def _has_tiring_run(before: Sequence[str]) -> bool:
    """Return whether the last shots are staged alike so often that another one would tire."""
    return len(before) >= MAX_ALIKE and len(set(before[-MAX_ALIKE:])) == 1


def _is_opening(screens: Sequence[Screen], at: int) -> bool:
    """Return whether only words, pictures and list items of the first beat stood so far."""
    return screens[at].beat == screens[0].beat and all(
        one.form in ("words", "item", "heading", "picture") for one in screens[: at + 1]
    )
