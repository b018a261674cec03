"""A film of what a language model wrote: its words, lines and pictures, at lengths and moments that are ours to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.documents.script import Picture
from reelwright.errors import BadInput
from reelwright.planner.archetypes import archetype
from reelwright.planner.certain.screens import scenes_of
from reelwright.planner.certain.shown import shown
from reelwright.planner.door import checked
from reelwright.planner.drawable import refuse_text, refuse_undrawable
from reelwright.planner.grammar import check
from reelwright.planner.ids import seed_of
from reelwright.planner.instructions import film_ms
from reelwright.planner.rules import Planned, as_cast
from reelwright.planner.sayable import check_said
from reelwright.planner.screens.film import film_of_parts
from reelwright.planner.screens.fitting import Fitted, fitted
from reelwright.planner.screens.own import with_own
from reelwright.planner.screens.parts import Part
from reelwright.planner.script import NAMED, ROLES_OF, Faults, Scene, Script, Turn
from reelwright.planner.script_limits import faults_of
from reelwright.planner.settled import Settled, settled
from reelwright.reel.brief import Brief
from reelwright.reel.canonical import digest_of
from reelwright.reel.plan import Plan
from reelwright.units import ms_to_frames

_HARD: Final = "0"
"""What no film may break: its sums. The order of its beats is the script's, which was checked."""
_BARE: Final = "5"
"""What no film that is drawn may break: a shot without words or picture is a breath."""


def film_of(brief: Brief, script: Script, *, final: bool = False) -> Planned | Faults:
    """The plan that ``script`` makes of ``brief``, or what is wrong with it. Pure; spends nothing.

    Length, size, look, models, ids and every moment come from the brief and from us, never from the script. What is
    only too long or too short is a fault too, unless it is the ``final`` answer: then words for which there is no time
    go, what is short makes a shorter film, and it is said. Raises ``BadInput`` only for what is wrong with the brief.
    """
    checked(brief)
    there = settled(brief)
    ms = film_ms(there)
    shape = archetype(brief.archetype) if brief.archetype else None
    if faults := faults_of(script, brief.text, there.certain, ms, there.language, shape):
        return Faults(said=tuple(faults))
    if undrawable := list(_undrawable(script, there.language)):
        return Faults(said=tuple(undrawable))
    seed = digest_of([seed_of(brief), script])
    scenes = scenes_of(there.certain)
    parts, not_shown = with_own(
        tuple(_parts(script, there, seed)), there.files, seen=scenes[0] if there.is_filmed else ""
    )
    asked = there.filming(script.name, None)
    fps = there.flavor.fps
    wanted = Fraction(ms_to_frames(ms, fps) * fps[1], fps[0])
    found = fitted(parts, asked, wanted, scenes if there.is_filmed else ())
    if not final and (fault := _of_length(found, wanted)):
        return Faults(said=(fault,))
    kept = ms if found.least <= wanted <= found.most else None
    try:
        filmed = film_of_parts(found.parts, replace(asked, brief=replace(asked.brief, length_ms=kept)))
    except BadInput as error:
        return Faults(said=(str(error),))
    plan = replace(filmed.plan, brief=digest_of(brief), author="model")
    if broken := _broken(plan, (_HARD,) if there.is_filmed else (_HARD, _BARE)):
        return Faults(said=tuple(broken))
    said = [f"Left out, for want of time: {', '.join(f'“{one}”' for one in found.gone)}."] if found.gone else []
    if kept is None:
        said.append(f"What the model wrote does not last {ms / 1000:g} s: the film is {float(plan.seconds):g} s.")
    planned = Planned(plan=plan, understood=shown(there.certain, there.asked_tone), said=(*said, *not_shown))
    return as_cast(planned, brief)


def words_of(turn: Turn, scene: Scene, name: str) -> dict[str, str]:
    """Words on screen by role, with the name of the thing where its beat shows it."""
    named = {"name": name} if turn.beat in NAMED else {}
    return {
        **named,
        **{role: text for role, text in scene.words.items() if not named or text.casefold() != name.casefold()},
    }


def _parts(script: Script, there: Settled, seed: str) -> Iterator[Part]:
    """A shot for each scene. Where nobody speaks, what is said over words is not: they are read."""
    for index, turn in enumerate(script.beats):
        for n, scene in enumerate(turn.shots):
            words = words_of(turn, scene, script.name)
            if not words and scene.say and not there.is_filmed and "line" in ROLES_OF[turn.beat]:
                words = {"line": scene.say}  # else nothing would be there to be seen
            said = scene.say if there.is_voiced or not words else ""
            yield Part(
                line=0, turn=index, role=turn.beat, key=digest_of([seed, index, n]), written="", words=words,
                picture=Picture(seen=scene.sees) if there.is_filmed else None, spoken=said,
                spoken_over=1 if said else 0, camera=scene.camera, light=scene.light, sound=scene.sound,
            )  # fmt: skip


def _undrawable(script: Script, language: str) -> Iterator[str]:
    for index, turn in enumerate(script.beats):
        for n, scene in enumerate(turn.shots):
            for role, text in scene.words.items():
                try:
                    refuse_text(f"beats[{index}].shots[{n}].words.{role}", text, language)
                except BadInput as error:
                    yield str(error)


def _of_length(found: Fitted, wanted: Fraction) -> str:
    """Where what is written is not what the film has time for."""
    lasts = f"the film lasts {float(wanted):g} s"
    if found.is_shorter or found.least > wanted:
        return f"beats: what is written needs more time to be read and said than there is; {lasts}. Say less"
    if found.most < wanted:
        return f"beats: what is written is over after {float(found.most):.1f} s; {lasts}. Tell more shots"
    return ""


def _broken(plan: Plan, rules: tuple[str, ...]) -> list[str]:
    found = [f"beats: {one.beat} {one.said}".strip() for one in check(plan) if one.rule.startswith(rules)]
    try:
        check_said(plan, "plan")
        refuse_undrawable(plan, "plan")
    except BadInput as error:
        found.append(str(error))
    return found
