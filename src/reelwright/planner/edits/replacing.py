"""Replaces what a shot shows with a picture or a clip of the person's own; the words stay in the shot."""

from __future__ import annotations

from dataclasses import replace

from reelwright.errors import BadInput
from reelwright.media.staging.roles import STAGED_ROLES
from reelwright.planner.match import Picture, Place
from reelwright.planner.roles import (
    BAR_ROLES,
    PICTURELESS_STAGINGS,
    find_text_kind,
    get_core_roles,
    is_staged,
    list_screen_words,
    list_titles,
)
from reelwright.reason import Action
from reelwright.reel.film.brief import Material
from reelwright.reel.film.plan import Opening, Overlay, Plan, Shot


def place_picture(plan: Plan, before: Shot, after: Shot, material: Material, place: Place) -> tuple[Shot, Place]:
    """Return the shot with ``material`` as its picture, and its place.

    A photo fills the frame, and the words lie over it as a title. A cut-out or a screen stands beside them in the
    beat's staging, and fills the frame if there are no words. Raises ``BadInput`` if words and picture cannot both be
    seen.
    """
    move = (place.picture.move if place.picture else "") or "push"
    treatment = "photo" if material.treatment == "clip" else material.treatment
    picture = Picture(asset=material.asset, treatment=treatment)
    words = _list_stageable_words(plan, after)
    if material.treatment == "photo" or not any(words.get(role) for role in get_core_roles(place.beat)):
        return lay_over_picture(plan, before, after, material), replace(place, picture=replace(picture, move=move))
    if place.beat in PICTURELESS_STAGINGS:
        raise BadInput(
            _get_option_name(material), material.name,
            f"a photo, which fills the frame: {place.beat} places no picture beside its words",
            hint="take the words away, and the picture fills the frame",
            actions=[Action("pass_option", {"option": "words", "value": ""})],
        )  # fmt: skip
    kept = tuple(one for one in after.overlays if one.kind != "title")
    set_in = {role: text for role, text in words.items() if role in STAGED_ROLES.get(place.beat, ())}
    shot = replace(after, words=set_in, overlays=kept, text_mode="drawn", opening=Opening())
    return shot, replace(place, picture=replace(picture, move=""))


def lay_over_picture(plan: Plan, before: Shot, after: Shot, material: Material) -> Shot:
    """Return ``after`` with its words laid out for a picture or clip that fills the frame: in a title or caption.

    Raises ``BadInput`` for the bars of a comparison, which have no place there.
    """
    if bars := [role for role in BAR_ROLES if is_staged(after) and after.words.get(role)]:
        raise BadInput(
            _get_option_name(material),
            material.name,
            "a shot whose words can stand over a picture; this one draws two bars",
            actions=[Action("pass_option", {"option": "words", "value": f"{role}="}) for role in bars],
        )
    if list_titles(after):
        return replace(after, text_mode="nothing", opening=Opening())
    words = list_screen_words(plan, after) if is_staged(after) else {}
    if not words:
        was_bare = find_text_kind(before) == "bare" or (is_staged(before) and bool(list_screen_words(plan, before)))
        return replace(after, words={}, text_mode="nothing" if was_bare else "caption", opening=Opening())
    beat = next(beat.name for beat in plan.beats if any(one.id == before.id for one in beat.shots))
    title = Overlay(kind="title", text=beat, words=words)
    return replace(after, words=words, overlays=(*after.overlays, title), text_mode="nothing", opening=Opening())


def _list_stageable_words(plan: Plan, shot: Shot) -> dict[str, str]:
    """Return the words that a staging can set: those that are staged, or those of the first title."""
    if titles := list_titles(shot):
        return dict(titles[0].words)
    return (
        list_screen_words(plan, shot) | {r: t for r, t in shot.words.items() if r == "ratio_milli"}
        if is_staged(shot)
        else {}
    )


def _get_option_name(material: Material) -> str:
    return "clip" if material.treatment == "clip" else "image"
