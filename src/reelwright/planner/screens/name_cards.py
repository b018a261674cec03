"""Lays a name over a film of pictures alone, over its opening and its end, and drops beats from such a film."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import takewhile
from typing import Final

from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.edits.edit import rescore
from reelwright.planner.screens.request_words import find_whole_name
from reelwright.planner.screens.subject_phrase import list_prepositions
from reelwright.planner.subject_kind import LIVING, find_kind
from reelwright.planner.tables import load_pattern
from reelwright.reel.film.plan import Overlay, OwnFootage, Plan, Shot, map_shots
from reelwright.units import Frames, convert_ms_to_frames

TITLE_MS: Final = 2_500
END_CARD_MS: Final = 3_000
"""How long the name stands over the opening, and over the end. Source: craft.md 1.3, read 2026-11-25."""
MAX_NAME_LETTERS: Final = 40
_SUBJECT_WORDS: Final = 4
"""Most words of a subject that can stand as a name: "Nike sneaker"."""


def choose_name(facts: CertainFacts, title: str) -> str:
    """Choose the name of a film in which the brief says no words: its name, else ``title``, else its subject if that is
    short, with a capital. Empty if there is none, or if the brief wants no text.
    """
    if facts.find_direction("no_text") or facts.find_direction("no_names"):
        return ""
    subject = next((part.text for part in facts.list_pictures("subject")), "")
    short = _shorten(subject, facts.language)
    given = load_pattern("kind_of_film").sub("", title) or title
    name = find_whole_name(facts.name.text, facts.brief, facts.name.start) if facts.name else given or short
    found = " ".join(name.split())
    return f"{found[:1].upper()}{found[1:]}" if len(found) <= MAX_NAME_LETTERS else ""


def _shorten(subject: str, language: str) -> str:
    """Return a subject that can stand as a name, a longer one of a firm or thing without where it is or what it has:
    "mountain bike rental in the Alps"; empty for a tale.
    """
    words = subject.split()
    if len(words) > _SUBJECT_WORDS and find_kind(subject, language) not in (*LIVING, "story", "any"):
        words = list(takewhile(lambda word: word.casefold() not in list_prepositions(), words))
    return " ".join(words) if len(words) <= _SUBJECT_WORDS else ""


def lay_names(plan: Plan, name: str) -> Plan:
    """Return the plan with ``name`` as an end card over its end, unless that has words of its own, and as a title over
    its opening if the film has no words at all. A silent film that is too short for both has the end card. Pure.
    """
    bare = map_shots(plan, lambda shot: replace(shot, overlays=tuple(o for o in shot.overlays if o.kind != "title")))
    title, card = (convert_ms_to_frames(ms, plan.fps) for ms in (TITLE_MS, END_CARD_MS))
    first, last = bare.shots[0], bare.shots[-1]
    is_opened = not any(any(shot.words.values()) for shot in bare.shots) and plan.length > title + card

    def lay(shot: Shot) -> Shot:
        over = list(shot.overlays)
        if shot.id == first.id and is_opened:
            over.append(Overlay(kind="title", text="reveal", words={"name": name}, length=min(title, shot.length)))
        if shot.id == last.id and is_wordless(shot):
            start = Frames(max(0, shot.length - card))
            over.append(Overlay(kind="title", text="end_card", words={"name": name}, start=start))
        return replace(shot, overlays=tuple(over))

    return map_shots(bare, lay)


def is_wordless(shot: Shot) -> bool:
    """Return whether a shot has no words of its own, so that nothing is left of it if it is not filmed."""
    return not isinstance(shot.source, OwnFootage) and not any(shot.words.values()) and bool(shot.prompt)


def drop_beats(plan: Plan, names: Collection[str]) -> Plan:
    """Return the plan without those beats of ``names`` that have neither words nor lines; at least one beat stays.

    What lay over the end lies over the new end. Pure.
    """
    gone = [b for b in plan.beats if b.name in names and not b.lines and all(map(is_wordless, b.shots))]
    kept = [beat for beat in plan.beats if beat not in gone]
    if not gone or not kept:
        return plan
    at, made = 0, []
    for beat in kept:
        made.append(replace(beat, start=Frames(at)))
        at += beat.length
    shorter = replace(plan, beats=tuple(made))
    name = next((o.words["name"] for shot in plan.shots for o in shot.overlays if _is_end_card(o)), "")
    return rescore(lay_names(shorter, name) if name else shorter)


def _is_end_card(overlay: Overlay) -> bool:
    return overlay.kind == "title" and overlay.text == "end_card" and "name" in overlay.words
