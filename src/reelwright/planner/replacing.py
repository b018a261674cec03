"""A picture or a clip of the person's own in the place of what a shot showed: its words stay in it."""

from __future__ import annotations

from dataclasses import replace

from reelwright.errors import BadInput
from reelwright.planner.match import Picture, Place
from reelwright.planner.roles import (
    BARS,
    CORE,
    PICTURELESS,
    STAGED,
    is_staged,
    on_screen,
    sort_of,
    titles_of,
)
from reelwright.reel.brief import Material
from reelwright.reel.plan import Opening, Overlay, Plan, Shot


def pictured(plan: Plan, before: Shot, after: Shot, material: Material, place: Place) -> tuple[Shot, Place]:
    """The shot that shows a picture, and where it stands.

    A photo fills the frame, and the words lie over it as a title. A cut-out or a screen stands beside them in the
    beat's staging, and fills the frame where there are none. Raises ``BadInput`` where words and picture cannot both be
    seen.
    """
    move = (place.picture.move if place.picture else "") or "push"
    treatment = "photo" if material.treatment == "clip" else material.treatment
    picture = Picture(asset=material.asset, treatment=treatment)
    words = _words_of(plan, after)
    if material.treatment == "photo" or not any(words.get(role) for role in _core(place.beat)):
        return over_picture(plan, before, after, material), replace(place, picture=replace(picture, move=move))
    if place.beat in PICTURELESS:
        raise BadInput(
            _field(material), material.name,
            f"a photo, which fills the frame: {place.beat} places no picture beside its words",
            hint='--words "" takes the words away, and the picture fills the frame',
        )  # fmt: skip
    kept = tuple(one for one in after.overlays if one.kind != "title")
    set_in = {role: text for role, text in words.items() if role in STAGED.get(place.beat, ())}
    shot = replace(after, words=set_in, overlays=kept, shows="drawn", opening=Opening())
    return shot, replace(place, picture=replace(picture, move=""))


def over_picture(plan: Plan, before: Shot, after: Shot, material: Material) -> Shot:
    """The shot whose picture or clip fills the frame, its words over that as a title; a caption stays one.

    Raises ``BadInput`` for the bars of a comparison, which have no place there.
    """
    if bars := [role for role in BARS if is_staged(after) and after.words.get(role)]:
        away = " ".join(f"--words {role}=" for role in bars)
        raise BadInput(
            _field(material), material.name, "a shot whose words can stand over a picture; this one draws two bars",
            hint=f"{away} beside it takes the bars away",
        )  # fmt: skip
    if titles_of(after):
        return replace(after, shows="nothing", opening=Opening())
    words = on_screen(plan, after) if is_staged(after) else {}
    if not words:
        was_bare = sort_of(before) == "bare" or (is_staged(before) and bool(on_screen(plan, before)))
        return replace(after, words={}, shows="nothing" if was_bare else "caption", opening=Opening())
    beat = next(beat.name for beat in plan.beats if any(one.id == before.id for one in beat.shots))
    title = Overlay(kind="title", text=beat, words=words)
    return replace(after, words=words, overlays=(*after.overlays, title), shows="nothing", opening=Opening())


def _words_of(plan: Plan, shot: Shot) -> dict[str, str]:
    """The words that a staging can set: those that are staged, or those of the first title."""
    if titles := titles_of(shot):
        return dict(titles[0].words)
    return (
        on_screen(plan, shot) | {r: t for r, t in shot.words.items() if r == "ratio_milli"} if is_staged(shot) else {}
    )


def _core(staging: str) -> tuple[str, ...]:
    return CORE.get(staging) or STAGED.get(staging, ())[:1]


def _field(material: Material) -> str:
    return "clip" if material.treatment == "clip" else "image"
