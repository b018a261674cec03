"""Changes the end card of a film that exists: a text beside what stands on the last screen, or on one of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from reelwright.errors import BadInput
from reelwright.planner.brand_choice import choose_brand
from reelwright.planner.drawable import refuse_text
from reelwright.planner.edits.arranging import order_shots
from reelwright.planner.edits.edit import set_title_accent
from reelwright.planner.edits.rewording import add_title, set_words
from reelwright.planner.match import read_place
from reelwright.planner.roles import find_text_kind, list_roles, list_screen_words
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan, Shot
from reelwright.reel.graph.request import Request

_SMALL_ROLES: Final = ("legal", "terms", "source")
"""Roles of small print, the one that a screen has first."""


def find_end_card_shown(plan: Plan, text: str) -> str:
    """Return the end card of a film; empty: it has none. ``text``: the one that it was planned with.

    Plans that are older than their field ``end_card`` have it in the words of their last shot alone.
    """
    if plan.end_card or not text:
        return plan.end_card
    return text if _find_own_role(plan.shots[-1], text) else ""


def name_end_card(plan: Plan, brief: Brief) -> Plan:
    """Return the plan of ``brief`` with its end card named, also a plan that is older than its field ``end_card``."""
    written = str(json.loads(plan.front_matter or "{}").get("end_card", ""))
    return replace(plan, end_card=find_end_card_shown(plan, choose_brand(brief, end_card=written).end_card))


def set_end_card(plan: Plan, text: str) -> Plan:
    """Return the plan whose last screen says ``text`` beside the film's own words, in place of its end card so far.

    Empty text removes the end card; a screen that it has to itself goes with it. The film's own words stay, and what
    they say already is not said twice. Raises ``BadInput`` where the last screen has no room for the text, and for text
    that cannot be drawn.
    """
    if text == plan.end_card:
        return plan
    last = plan.shots[-1]
    before = _find_own_role(last, plan.end_card)
    if own := _find_own_words(last, text, before):
        return replace(_remove(plan, last, before), end_card=own, author="person")
    if not text:
        return replace(_remove(plan, last, before), end_card="", author="person")
    refuse_text("end_card", text, plan.language)
    role = before or _choose_role(plan, last, text)
    words = {role: text}
    made = set_words(plan, last.id, words) if _has_words(last) else add_title(plan, last, words)
    return replace(set_title_accent(made), end_card=text, author="person")


def set_end_card_if_possible(plan: Plan, text: str) -> Plan:
    """Return the plan with another end card; as it is, where its last screen has no room for one."""
    try:
        return set_end_card(plan, text)
    except BadInput:
        return plan


def follow_end_card(before: Plan, plan: Plan) -> Plan:
    """Return the plan whose end card is what an edit of the last shot's words made of it; none, where that is gone."""
    last, now = before.shots[-1], plan.shots[-1]
    role = _find_role(last, before.end_card)
    text = now.words.get(role, "") if now.id == last.id else ""
    return plan if text == plan.end_card else replace(plan, end_card=text)


def _find_role(shot: Shot, text: str) -> str:
    """Return the role in which the end card stands; empty: it does not."""
    return next((role for role, stands in shot.words.items() if text and stands == text), "")


def _find_own_role(shot: Shot, text: str) -> str:
    """Return the role that the end card has to itself; empty: it stands nowhere, or in words of the film's own."""
    role = _find_role(shot, text)
    is_title = find_text_kind(shot) == "titled" and set(shot.words) == {"line"}
    return role if role in _SMALL_ROLES or is_title or _is_own_screen(shot, role) else ""


def _find_own_words(shot: Shot, text: str, before: str) -> str:
    """Return the words of the film's own on its last screen that say ``text``, as they stand there; empty: none do.

    ``before``: the role of the end card so far.
    """
    if not text or not _has_words(shot) or _is_own_screen(shot, before):
        return ""
    same = (stands for role, stands in shot.words.items() if role != before and stands.casefold() == text.casefold())
    return next(same, "")


def _choose_role(plan: Plan, shot: Shot, text: str) -> str:
    """Choose the role for a text that the last screen does not have so far: small print, or all that stands there."""
    if not _has_words(shot):
        return "line"
    roles, stands = list_roles(shot), list_screen_words(plan, shot)
    role = next((one for one in _SMALL_ROLES if one in roles), None)
    if role and not stands.get(role):
        return role
    taken = f", where “{stands[role]}” stands now" if role else ""
    number = len(plan.shots)
    raise BadInput(
        "end_card", text, f"a film whose last screen has room for small print{taken}",
        hint=f"change the words of shot {number}, the last one, instead",
    )  # fmt: skip


def _has_words(shot: Shot) -> bool:
    """Return whether the words of a shot are drawn: staged, or as a title."""
    return find_text_kind(shot) in ("staged", "titled")


def _remove(plan: Plan, shot: Shot, role: str) -> Plan:
    if not role:
        return plan
    if _is_own_screen(shot, role) and len(plan.shots) > 1:
        return order_shots(plan, [one.id for one in plan.shots[:-1]])
    return set_words(plan, shot.id, {role: ""} if len(shot.words) > 1 else "")


def _is_own_screen(shot: Shot, role: str) -> bool:
    """Return whether a shot was made for the end card alone, as ``add_end_card`` makes it."""
    is_staged = isinstance(shot.source, Request) and read_place(shot.source).beat == "brand"
    return is_staged and not shot.markdown and role == "line" and set(shot.words) <= {"name", "line"}
