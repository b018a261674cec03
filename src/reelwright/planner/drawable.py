"""Refuses words that no bundled font can draw, together with the plan, before anything has a price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reelwright.errors import BadInput
from reelwright.media.letters.coverage import COVERED, find_uncovered, name_characters
from reelwright.reason import Action
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan, Shot

HINT: Final = "write these words with other letters, or leave the characters out"


def refuse_undrawable(plan: Plan, name: str) -> None:
    """Raise ``BadInput`` for the first text of a written plan that cannot be drawn, with its path under ``name``."""
    for where, text in list_drawn_texts(plan):
        refuse_text(f"{name}.{where}", text, plan.language)


def refuse_text(field: str, text: str, language: str) -> None:
    """Raise ``BadInput`` if ``text`` holds a character that no bundled font can draw."""
    if found := find_uncovered([text], language):
        raise BadInput(field, name_characters(found), COVERED, hint=HINT)


def refuse_brief(plan: Plan, brief: Brief) -> None:
    """Raise ``BadInput`` if the plan that the rules made of ``brief`` shows words that cannot be drawn.

    If a language model will write the words, the words of this plan are not shown. The brief is then refused only if it
    sets no language of its own and more than half of its letters cannot be drawn.
    """
    if not brief.planner:
        found = find_uncovered((text for _, text in list_drawn_texts(plan)), plan.language)
    elif brief.language:
        found = ()
    else:
        lacking = find_uncovered(brief.text.split(), plan.language)
        letters = [c for c in brief.text if c.isalpha()]
        missing = {c for one in lacking for c in one}
        found = lacking if 2 * sum(c in missing for c in letters) > len(letters) else ()
    if found:
        english = [Action("pass_option", {"option": "language", "value": "en"})] if brief.planner else []
        raise BadInput("brief", name_characters(found), COVERED, hint=HINT, actions=english)


def list_drawn_texts(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield path and text of everything that the film shows as letters: drawn words, titles, marks, and lines as
    captions.
    """
    for index, beat in enumerate(plan.beats):
        for k, shot in enumerate(beat.shots):
            for path, text in _list_shot_texts(shot):
                yield f"beats.{index}.shots.{k}.{path}", text
        if any(shot.text_mode == "caption" for shot in beat.shots):
            yield from ((f"beats.{index}.lines.{k}.text", line.text) for k, line in enumerate(beat.lines))


def _list_shot_texts(shot: Shot) -> Iterator[tuple[str, str]]:
    if shot.text_mode == "drawn":
        yield from ((f"words.{role}", text) for role, text in shot.words.items())
    for n, overlay in enumerate(shot.overlays):
        yield from ((f"overlays.{n}.words.{role}", text) for role, text in overlay.words.items())
        if overlay.kind != "title":
            yield f"overlays.{n}.text", overlay.text
    if shot.text_mode == "caption":
        yield from ((f"corrections.{line}", text) for line, text in shot.corrections.items())
