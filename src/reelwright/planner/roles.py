"""Tells which words a shot shows: the roles that its staging or title sets, its main role, and the words there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from reelwright.media.staging.roles import STAGED_ROLES
from reelwright.media.words.title_roles import HEADS, TITLE_ROLES
from reelwright.planner.match import is_drawn
from reelwright.reel.film.beats import FIGURE_ROLES, NUMBER_ROLES
from reelwright.reel.film.cues import compute_cues, trim_cues
from reelwright.reel.film.plan import Overlay, Plan, Shot
from reelwright.reel.graph.request import Request

CORE_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "demo": ("line", "steps", "listing"),
    "proof": ("number", "figures"),
    "transformation": ("line", "after", "before"),
    "end_card": ("name", "line", "url"),
}
"""Roles of which a staging needs one. All other stagings need the first role of ``STAGED_ROLES``."""
PICTURELESS_STAGINGS: Final = ("urgency",)
"""Stagings that place no picture beside their words."""
BAR_ROLES: Final = ("a", "b", "ratio_milli")
"""The two bars of a comparison, and how long the second is to the first."""
_OF_A_BOARD: Final = ("figures", "source")
DATA_ROLES: Final = ("ratio_milli", "chart")
"""Roles that are no text: how long a bar is, and how figures are drawn."""

TextKind = Literal["staged", "titled", "captioned", "bare"]


def find_text_kind(shot: Shot) -> TextKind:
    """Return how words stand in a shot: staged in type, as a title over a picture, as a caption, or not at all."""
    if is_staged(shot):
        return "staged"
    if list_titles(shot):
        return "titled"
    return "captioned" if shot.text_mode == "caption" else "bare"


def is_staged(shot: Shot) -> bool:
    """Return whether we draw the shot as type. Full-frame photos and filmed shots have titles or captions instead."""
    return isinstance(shot.source, Request) and is_drawn(shot.source) and shot.source.mode != "picture"


def list_titles(shot: Shot) -> tuple[Overlay, ...]:
    """Return the titles over a shot, in the order in which they come."""
    return tuple(overlay for overlay in shot.overlays if overlay.kind == "title" and overlay.words)


def list_roles(shot: Shot) -> tuple[str, ...]:
    """Return the roles in which a shot can show words."""
    if (sort := find_text_kind(shot)) != "staged":
        return ("line",) if sort == "captioned" else TITLE_ROLES
    staging = _read_staging(shot)
    if staging == "demo" and shot.words.get("listing"):
        return ("listing", "source")
    if staging == "proof":
        board = FIGURE_ROLES if shot.words.get("chart") else tuple(one for one in FIGURE_ROLES if one in _OF_A_BOARD)
        return board if shot.words.get("figures") else NUMBER_ROLES
    return STAGED_ROLES.get(staging, ())


def list_core_roles(shot: Shot) -> tuple[str, ...]:
    """Return the roles that hold a staged shot's core: it needs one of them. Empty for every other shot."""
    if not is_staged(shot):
        return ()
    return get_core_roles(_read_staging(shot))


def get_core_roles(staging: str) -> tuple[str, ...]:
    """Return the core roles of a staging: it needs one of them."""
    return CORE_ROLES.get(staging) or STAGED_ROLES.get(staging, ())[:1]


def choose_staging(beat: str, words: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Choose the staging that draws ``words`` for a beat, and return the words by its roles: the title's headline
    becomes its own.

    Without words, the shot is staged as a cold open, which needs none.
    """
    core = get_core_roles(beat)
    if not core or any(words.get(role) for role in core):
        return beat if beat in STAGED_ROLES else "cold_open", dict(words)
    head = next((role for role in (*HEADS, "url") if words.get(role)), None)
    if head is None:
        return "cold_open", {}
    return beat, {core[0] if role == head else role: text for role, text in words.items()}


def _read_staging(shot: Shot) -> str:
    """Return the beat as which a drawn shot is staged."""
    return str(shot.source.extra.get("staging", "")) if isinstance(shot.source, Request) else ""


def find_main_role(shot: Shot) -> str:
    """Return the role that new words without a role take: the headline that a shot has, or else could have."""
    if find_text_kind(shot) == "staged":
        roles = list_roles(shot)
        return next((role for role in roles if role in shot.words), next(iter(list_core_roles(shot)), "line"))
    if titles := list_titles(shot):
        return next((role for role in HEADS if role in titles[0].words), "line")
    return "line"


def list_screen_words(plan: Plan, shot: Shot) -> dict[str, str]:
    """Return the words that are read in a shot, by role. Several titles follow one another. A caption is a line."""
    sort = find_text_kind(shot)
    if sort == "staged":
        shown = list_roles(shot)
        return {role: text for role, text in shot.words.items() if role in shown and role not in DATA_ROLES}
    if sort == "titled":
        texts: dict[str, str] = {}
        for title in list_titles(shot):
            for role, text in title.words.items():
                if role in TITLE_ROLES and text:
                    texts[role] = f"{texts[role]} / {text}" if role in texts else text
        return texts
    if sort == "bare":
        return {}
    begin, end = plan.compute_windows()[shot.id]
    read = " ".join(str(cue["text"]) for cue in trim_cues(compute_cues(plan), begin, end))
    return {"line": read} if read else {}
