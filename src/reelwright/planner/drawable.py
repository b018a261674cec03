"""Words that no bundled face can draw are refused with the plan, before anything has a price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reelwright.errors import BadInput
from reelwright.media.letters.coverage import COVERED, named, uncovered
from reelwright.reel.brief import Brief
from reelwright.reel.plan import Plan, Shot

HINT: Final = "write these words with other letters, or leave the characters out"


def refuse_undrawable(plan: Plan, name: str) -> None:
    """Raise ``BadInput`` for the first words of a written plan that cannot be drawn, with their path under ``name``."""
    for where, text in drawn_texts(plan):
        refuse_text(f"{name}.{where}", text, plan.language)


def refuse_text(field: str, text: str, language: str) -> None:
    """Raise ``BadInput`` where ``text`` holds a character that no bundled face can draw."""
    if found := uncovered([text], language):
        raise BadInput(field, named(found), COVERED, hint=HINT)


def refuse_brief(plan: Plan, brief: Brief) -> None:
    """Raise ``BadInput`` where the plan that the rules made of ``brief`` shows words that cannot be drawn.

    Where a language model is to write the words, they are not the brief's: then a brief is refused whose own language
    the film would be in, and that is written for the most part in letters that cannot be drawn.
    """
    if not brief.planner:
        found = uncovered((text for _, text in drawn_texts(plan)), plan.language)
    elif brief.language:
        found = ()
    else:
        lacking = uncovered(brief.text.split(), plan.language)
        letters = [c for c in brief.text if c.isalpha()]
        missing = {c for one in lacking for c in one}
        found = lacking if 2 * sum(c in missing for c in letters) > len(letters) else ()
    if found:
        hint = f"{HINT}; --language en has a language model write in English" if brief.planner else HINT
        raise BadInput("brief", named(found), COVERED, hint=hint)


def drawn_texts(plan: Plan) -> Iterator[tuple[str, str]]:
    """Path and text of all that the film shows as letters: drawn words, titles, marks, and lines as captions."""
    for index, beat in enumerate(plan.beats):
        for k, shot in enumerate(beat.shots):
            for path, text in _on(shot):
                yield f"beats.{index}.shots.{k}.{path}", text
        if any(shot.shows == "caption" for shot in beat.shots):
            yield from ((f"beats.{index}.lines.{k}.text", line.text) for k, line in enumerate(beat.lines))


def _on(shot: Shot) -> Iterator[tuple[str, str]]:
    if shot.shows == "drawn":
        yield from ((f"words.{role}", text) for role, text in shot.words.items())
    for n, overlay in enumerate(shot.overlays):
        yield from ((f"overlays.{n}.words.{role}", text) for role, text in overlay.words.items())
        if overlay.kind != "title":
            yield f"overlays.{n}.text", overlay.text
    if shot.shows == "caption":
        yield from ((f"corrections.{line}", text) for line, text in shot.corrections.items())
