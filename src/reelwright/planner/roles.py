"""Which words a shot shows: the roles that its staging or its title sets, the one it cannot be without, what stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from reelwright.media.title_roles import HEADS, TITLE_ROLES
from reelwright.planner.match import is_drawn
from reelwright.reel.cues import cues, within
from reelwright.reel.plan import Overlay, Plan, Shot
from reelwright.reel.request import Request

STAGED: Final[Mapping[str, tuple[str, ...]]] = {
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
"""Roles that each staging sets in type. What is said without a role is the first of them that stands there."""
CORE: Final[Mapping[str, tuple[str, ...]]] = {
    "demo": ("line", "steps", "listing"),
    "transformation": ("line", "after", "before"),
    "end_card": ("name", "line", "url"),
}
"""Roles of which a staging needs one; of all others the first of ``STAGED``."""
PICTURELESS: Final = ("urgency",)
"""Stagings that place no picture beside their words."""
BARS: Final = ("a", "b", "ratio_milli")
"""The two bars of a comparison, and how long the second is to the first."""

Sort = Literal["staged", "titled", "captioned", "bare"]


def sort_of(shot: Shot) -> Sort:
    """How words stand in a shot: staged in type, a title over a picture, a caption over it, or none are shown."""
    if is_staged(shot):
        return "staged"
    if titles_of(shot):
        return "titled"
    return "captioned" if shot.shows == "caption" else "bare"


def is_staged(shot: Shot) -> bool:
    """Whether we draw it as type; a picture that fills the frame, and what a model films, carry titles or captions."""
    return isinstance(shot.source, Request) and is_drawn(shot.source) and shot.source.mode != "picture"


def titles_of(shot: Shot) -> tuple[Overlay, ...]:
    """The titles over a shot, in the order in which they come."""
    return tuple(overlay for overlay in shot.overlays if overlay.kind == "title" and overlay.words)


def roles_of(shot: Shot) -> tuple[str, ...]:
    """The roles in which words can be said to a shot."""
    if (sort := sort_of(shot)) != "staged":
        return ("line",) if sort == "captioned" else TITLE_ROLES
    staging, composition = _staging(shot)
    if staging == "brand" and composition == 2:
        return ("line",)
    if staging == "demo" and shot.words.get("listing"):
        return ("listing",)
    if staging == "demo" and composition == 2 and shot.words.get("steps"):
        return ("steps",)  # one at a time, under a numeral as large as the frame
    return STAGED.get(staging, ())


def core_of(shot: Shot) -> tuple[str, ...]:
    """The roles of which a staged shot needs one; empty for every other shot."""
    if not is_staged(shot):
        return ()
    staging, _ = _staging(shot)
    return CORE.get(staging) or STAGED.get(staging, ())[:1]


def drawn_with(beat: str, words: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The staging that draws ``words`` for a beat, and these by its roles: its headline is what the title's was.

    Nothing to say is staged as an opening, which needs no words.
    """
    core = CORE.get(beat) or STAGED.get(beat, ())[:1]
    if not core or any(words.get(role) for role in core):
        return beat if beat in STAGED else "cold_open", dict(words)
    head = next((role for role in HEADS if words.get(role)), None)
    if head is None:
        return "cold_open", {}
    return beat, {core[0] if role == head else role: text for role, text in words.items()}


def _staging(shot: Shot) -> tuple[str, int]:
    """The staging of a drawn shot, and which of three compositions its variant has (``media.animatic.staging``)."""
    extra = shot.source.extra if isinstance(shot.source, Request) else {}
    variant = int(extra.get("variant", 0))
    return str(extra.get("staging", "")), (variant % 8 + variant // 8) % 3


def main_role(shot: Shot) -> str:
    """The role of words that are said without one: the headline that stands, else the one that there would be."""
    if sort_of(shot) == "staged":
        roles = roles_of(shot)
        return next((role for role in roles if role in shot.words), next(iter(core_of(shot)), "line"))
    if titles := titles_of(shot):
        return next((role for role in HEADS if role in titles[0].words), "line")
    return "line"


def on_screen(plan: Plan, shot: Shot) -> dict[str, str]:
    """The words that are read in a shot, by role; of several titles, one after the other. A caption is a line."""
    sort = sort_of(shot)
    if sort == "staged":
        shown = roles_of(shot)
        return {role: text for role, text in shot.words.items() if role in shown and role != "ratio_milli"}
    if sort == "titled":
        said: dict[str, str] = {}
        for title in titles_of(shot):
            for role, text in title.words.items():
                if role in TITLE_ROLES and text:
                    said[role] = f"{said[role]} / {text}" if role in said else text
        return said
    if sort == "bare":
        return {}
    begin, end = plan.windows()[shot.id]
    read = " ".join(str(cue["text"]) for cue in within(cues(plan), begin, end))
    return {"line": read} if read else {}
