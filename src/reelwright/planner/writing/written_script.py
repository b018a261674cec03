"""Plans a film from a language model's script: its words, lines and pictures, at lengths and moments that we choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.documents.script import Picture
from reelwright.errors import BadInput
from reelwright.planner.archetypes import get_archetype
from reelwright.planner.brand_choice import choose_brand
from reelwright.planner.brief_check import validate_brief
from reelwright.planner.brief_settings import BriefSettings, settle_brief
from reelwright.planner.certain.brief_script import list_picture_texts
from reelwright.planner.certain.description import describe_facts
from reelwright.planner.drawable import refuse_text, refuse_undrawable
from reelwright.planner.grammar import check
from reelwright.planner.ids import compute_seed
from reelwright.planner.plan_file.plan_values import check_names_and_words
from reelwright.planner.rules import PlanningResult, cast_plan
from reelwright.planner.screens.end_card import add_end_card
from reelwright.planner.screens.figures import gather_figures
from reelwright.planner.screens.film import plan_parts
from reelwright.planner.screens.fitting import FitResult, fit_parts
from reelwright.planner.screens.own_pictures import add_own_pictures
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.writing.instructions import choose_length_ms
from reelwright.planner.writing.script import NAMED_BEATS, ROLES_OF, Script, ScriptBeat, ScriptFaults, ScriptShot
from reelwright.planner.writing.script_checks import find_faults
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.units import convert_ms_to_frames

_SUM_RULES: Final = "0"
"""Rules that no film may break: its sums. The order of its beats is the script's, which was checked."""
_BARE_RULES: Final = "5"
"""Rule that no drawn film may break: no shot without words or picture stands longer than a breath."""


def plan_written_script(brief: Brief, script: Script, *, is_final: bool = False) -> PlanningResult | ScriptFaults:
    """Make the plan of ``script`` for ``brief``, or return what is wrong with the script. Pure; spends nothing.

    Length, size, look, models, ids and every moment come from the brief and from us, never from the script. A script
    that is too long or too short has a fault too, unless ``is_final`` is set: then words for which there is no time are
    dropped, a short script makes a shorter film, and a message says so. Raises ``BadInput`` only for what is wrong with
    the brief.
    """
    validate_brief(brief)
    there = settle_brief(brief)
    ms = choose_length_ms(there)
    shape = get_archetype(brief.archetype) if brief.archetype else None
    if faults := find_faults(script, brief.text, there.certain, ms, there.language, shape):
        return ScriptFaults(messages=tuple(faults))
    if undrawable := list(_find_undrawable(script, there.language)):
        return ScriptFaults(messages=tuple(undrawable))
    seed = compute_digest([compute_seed(brief), script])
    scenes = list_picture_texts(there.certain)
    parts, not_shown = add_own_pictures(
        tuple(_build_parts(script, there, seed)), there.files, picture_text=scenes[0] if there.is_filmed else ""
    )
    parts = add_end_card(parts, choose_brand(brief).end_card)
    options = there.make_filming_options(script.name, None)
    fps = there.fps
    wanted = Fraction(convert_ms_to_frames(ms, fps) * fps[1], fps[0])
    found = fit_parts(parts, options, wanted, scenes if there.is_filmed else ())
    if not is_final and (fault := _find_length_fault(found, wanted)):
        return ScriptFaults(messages=(fault,))
    kept = ms if found.least <= wanted <= found.most else None
    try:
        filmed = plan_parts(gather_figures(found.parts), replace(options, brief=replace(options.brief, length_ms=kept)))
    except BadInput as error:
        return ScriptFaults(messages=(str(error),))
    plan = replace(filmed.plan, brief=compute_digest(brief), author="model")
    if broken := _find_broken_rules(plan, (_SUM_RULES,) if there.is_filmed else (_SUM_RULES, _BARE_RULES)):
        return ScriptFaults(messages=tuple(broken))
    messages = (
        [f"Left out, for want of time: {', '.join(f'“{one}”' for one in found.dropped_texts)}."]
        if found.dropped_texts
        else []
    )
    if kept is None:
        messages.append(f"What the model wrote does not last {ms / 1000:g} s: the film is {float(plan.seconds):g} s.")
    planned = PlanningResult(
        plan=plan, interpretation=describe_facts(there.certain, there.requested_tone), messages=(*messages, *not_shown)
    )
    return cast_plan(planned, brief)


def get_screen_words(turn: ScriptBeat, scene: ScriptShot, name: str) -> dict[str, str]:
    """Return the words on screen by role, with the name of the thing if its beat shows it."""
    named = {"name": name} if turn.beat in NAMED_BEATS else {}
    return {
        **named,
        **{role: text for role, text in scene.words.items() if not named or text.casefold() != name.casefold()},
    }


def _build_parts(script: Script, there: BriefSettings, seed: str) -> Iterator[ScriptPart]:
    """Yield a part for each shot. If nobody speaks, a line over words is dropped: the words are read."""
    for index, turn in enumerate(script.beats):
        for n, scene in enumerate(turn.shots):
            words = get_screen_words(turn, scene, script.name)
            if not words and scene.say and not there.is_filmed and "line" in ROLES_OF[turn.beat]:
                words = {"line": scene.say}  # else nothing would be there to be seen
            spoken = scene.say if there.is_voiced or not words else ""
            yield ScriptPart(
                line=0, turn=index, role=turn.beat, key=compute_digest([seed, index, n]), markdown="", words=words,
                picture=Picture(description=scene.sees) if there.is_filmed else None, spoken_text=spoken,
                spoken_over=1 if spoken else 0, camera=scene.camera, light=scene.light, sound=scene.sound,
            )  # fmt: skip


def _find_undrawable(script: Script, language: str) -> Iterator[str]:
    for index, turn in enumerate(script.beats):
        for n, scene in enumerate(turn.shots):
            for role, text in scene.words.items():
                try:
                    refuse_text(f"beats[{index}].shots[{n}].words.{role}", text, language)
                except BadInput as error:
                    yield str(error)


def _find_length_fault(found: FitResult, wanted: Fraction) -> str:
    """Describe the fault of a script that does not fit the film's length; empty: it fits."""
    lasts = f"the film lasts {float(wanted):g} s"
    if found.is_shorter or found.least > wanted:
        return f"beats: what is written needs more time to be read and said than there is; {lasts}. Say less"
    if found.most < wanted:
        return f"beats: what is written is over after {float(found.most):.1f} s; {lasts}. Tell more shots"
    return ""


def _find_broken_rules(plan: Plan, rules: tuple[str, ...]) -> list[str]:
    found = [f"beats: {one.beat} {one.message}".strip() for one in check(plan) if one.rule.startswith(rules)]
    try:
        check_names_and_words(plan, "plan")
        refuse_undrawable(plan, "plan")
    except BadInput as error:
        found.append(str(error))
    return found
