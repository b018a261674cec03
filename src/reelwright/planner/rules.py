"""Plans a film from a brief by rules alone: pure, deterministic, and without any word that the brief does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from reelwright.documents.script import Script
from reelwright.errors import BadInput, NothingToShow
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult
from reelwright.planner.brand_choice import choose_brand
from reelwright.planner.brief_check import validate_brief
from reelwright.planner.brief_settings import BriefSettings, settle_brief
from reelwright.planner.casting.budget import cast_within_budget
from reelwright.planner.casting.terms import NO_MUSIC
from reelwright.planner.certain.brief_script import (
    build_brief_script,
    build_placeholder_script,
    list_picture_texts,
)
from reelwright.planner.certain.description import describe_facts
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.drawable import refuse_text
from reelwright.planner.edits.resizing import set_formats
from reelwright.planner.reading.draft import Draft, draft_facts, drop_undrawable, shorten
from reelwright.planner.screens.actions import add_actions
from reelwright.planner.screens.beat_takes import BeatTake, divide_film
from reelwright.planner.screens.end_card import add_end_card, add_opening, close_on_name, move_end_card_last
from reelwright.planner.screens.figures import gather_figures
from reelwright.planner.screens.film import plan_parts
from reelwright.planner.screens.fitting import fit_parts, open_out
from reelwright.planner.screens.name_cards import choose_name, lay_names
from reelwright.planner.screens.own_pictures import add_own_pictures, repeat_pictures
from reelwright.planner.screens.parts import ScriptPart, build_parts
from reelwright.planner.subject_kind import drop_article
from reelwright.reason import Action
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import define_value
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.units import convert_ms_to_frames

OTHER_PLANNERS_HINT: Final = (
    "write a script that says what to show (script.md), or choose a language model that writes the film's words, on "
    "this machine or a paid one"
)
_OTHER_PLANNERS: Final = (Action("list_models", {"can": "plan"}),)
_MAX_LISTED: Final = 20
_LEAST_INSTRUCTION: Final = 12
"""Least letters of a text that is looked for in prompts: "30 s" stands in many."""
_PLAIN_DIRECTIONS: Final = ("length", "aspect", "request")
"""Directions that are named to the person only if they may hold a fact."""
_LOOKS_LIKE_FACT: Final = re.compile(r"\d.*\d|[£$€¥]|%")


@define_value
class PlanningResult:
    """A plan, what was understood of the brief, and messages for the person in plain sentences. ``draft``: the lines
    that it shows, of what was read in the brief (``facts``), and ``script``: them with their pictures and with what is
    spoken; None: somebody else writes them.

    ``overlays``: whether words are laid over what a model films, as brief or flavor say.

    ``interpretation``: field to ``{"value", "span"}``; ``span``: the brief's own characters [start, end), or None.
    """

    plan: Plan
    interpretation: Mapping[str, Any]
    messages: tuple[str, ...] = ()
    draft: Draft | None = None
    facts: CertainFacts | None = None
    script: Script | None = None
    overlays: str = ""


def plan(brief: Brief) -> PlanningResult:
    """Plan the film that answers ``brief``. The same brief gives the same plan, ids included, on every machine.

    Raises ``BadInput`` naming field, value and what is accepted; ``NothingToShow`` if the brief holds nothing to show.
    Never spends. Reads no clock and no disk but our own tables; if the brief asks for AI models, also what the
    catalogue sells today.
    """
    return cast_plan(plan_without_models(brief), brief)


def plan_without_models(brief: Brief) -> PlanningResult:
    """Plan the film before its shots are given to models."""
    validate_brief(brief)
    if brief.archetype and not brief.planner:
        raise BadInput(
            "archetype", brief.archetype, "only together with planner, the language model that writes the plan",
            actions=[
                Action("pass_option", {"option": "planner", "value": "MODEL"}), Action("list_models", {"can": "plan"}),
            ],
        )  # fmt: skip
    there = settle_brief(brief)
    drawable, _ = drop_undrawable(there.certain, keeps_certain=True)
    for piece in () if brief.planner else drawable.pieces:
        refuse_text("brief", piece.text, there.language)
    messages: list[str] = []
    draft: Draft | None = None
    stands_in = bool(brief.planner) and not there.is_filmed
    if brief.planner:  # for a price alone, until the words of the language model are there
        script = build_placeholder_script(
            there.certain, there.ms or there.flavor.length_ms, is_filmed=there.is_filmed, is_voiced=there.is_voiced
        )
    else:
        has_pictures = there.is_filmed or bool(add_own_pictures((), there.files, picture_text="")[0])
        shown = replace(drawable, pieces=(), name=None) if there.is_filmed and there.overlays == "none" else drawable
        draft = draft_facts(shown, shows_subject=not has_pictures)
        script = build_brief_script(
            there.certain, draft, is_filmed=there.is_filmed, is_voiced=there.is_voiced,
            takes=_divide_film(there) if there.is_filmed else (),
        )  # fmt: skip
    words_there = build_parts(script, "brief", is_voiced=there.is_voiced) if script.screens else ()
    seen = list_picture_texts(there.certain)[0] if there.is_filmed else ""
    parts, not_shown = add_own_pictures(words_there, there.files, picture_text=seen)
    if not parts:
        refuse_text("brief", brief.text, there.language)
        raise NothingToShow("brief", shorten(brief.text))
    end_card = choose_brand(brief).end_card
    name = choose_name(there.certain, brief.title) if there.overlays == "title" else ""
    title = brief.title or script.make_title(default=name or brief.text)
    opening = [" ".join(piece.text.split()) for piece in there.certain.list_pieces("descriptor")]
    for is_moved in (True, False):  # where and when stand on the last card, unless the film gets too short by that
        notes: list[str] = []
        closed = parts if there.is_filmed else add_opening(close_on_name(parts, is_place_moved=is_moved), opening)
        fitted, ms = _fit_parts(there, add_end_card(closed, end_card), title, notes, is_placeholder=stands_in)
        if there.is_filmed or there.ms is None or ms is None or ms >= there.ms:
            break
    parts, messages = fitted, [*messages, *notes]
    parts = move_end_card_last(parts, end_card)
    if there.is_filmed and not brief.planner:
        parts = add_actions(parts, there.certain, there.exclusions)
        script = _show_pictures(script, words_there, parts)
    gathered = gather_figures(parts)
    shown_parts = gathered if there.is_filmed else repeat_pictures(gathered, there.files)
    filmed = plan_parts(shown_parts, there.make_filming_options(title, ms, is_placeholder=stands_in))
    if there.is_filmed and name and (there.certain.name or not any(part.words or part.spoken_text for part in parts)):
        refuse_text("brief", name, there.language)
        filmed = replace(filmed, plan=lay_names(filmed.plan, name))
    made = replace(filmed.plan, brief=compute_digest(brief), author="rules")
    all_messages = (*_describe_reading(there, made), *messages, *not_shown, *filmed.messages)
    return PlanningResult(
        plan=made, interpretation=describe_facts(there.certain, there.requested_tone), messages=all_messages,
        draft=draft, facts=there.certain, script=script if draft else None, overlays=there.overlays,
    )  # fmt: skip


def _show_pictures(script: Script, built: Sequence[ScriptPart], parts: Sequence[ScriptPart]) -> Script:
    """Return a script whose pictures say what the film shows there, so that it makes the same film. ``built``: its
    parts before the film was fitted to its length, of which each with a picture is a screen with one.
    """
    seen = {one.key: f"{one.picture.description}{one.action}" for one in parts if one.picture and not one.picture.file}
    keys = iter([one.key for one in built if one.picture])
    screens = []
    for screen in script.screens:
        text = seen.get(next(keys, "")) if screen.picture else None
        picture = replace(screen.picture, description=text) if screen.picture and text else screen.picture
        screens.append(replace(screen, picture=picture))
    return replace(script, screens=tuple(screens))


def _divide_film(there: BriefSettings) -> Sequence[BeatTake]:
    return divide_film(there.ms, there.sold_s, there.tone, len(list_picture_texts(there.certain)))


def cast_plan(result: PlanningResult, brief: Brief) -> PlanningResult:
    """Return the result with shots, voices and music given to the models that the brief asks for."""
    if brief.music is None and result.facts and result.facts.find_direction("no_music"):
        brief = replace(brief, music=NO_MUSIC)
    made_by = cast_within_budget(result.plan, brief)
    plan = set_formats(made_by.plan, brief.formats, is_native=brief.is_native)
    return replace(result, plan=plan, messages=(*result.messages, *made_by.messages))


def plan_work(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Plan ``args["brief"]`` (plain JSON) and write ``plan.json`` into ``room``: the work ``words.plan``.

    Costs nothing.
    """
    from reelwright.reel.base.document import from_plain, to_json

    planned = plan(from_plain(Brief, args["brief"], "brief"))
    path = room / "plan.json"
    path.write_text(to_json(planned.plan), encoding="utf-8")
    report(1.0)
    facts = {
        "understood": dict(planned.interpretation), "said": list(planned.messages),
        "expected": _list_expected(planned),
    }  # fmt: skip
    return WorkResult(files=(ResultFile(path=path, mime="application/json", name="plan"),), facts=facts)


def _list_expected(planned: PlanningResult) -> dict[str, Any]:
    """List what the quality gate holds a film against that a model makes: ``name``, which words stand for on screen,
    empty if the brief has none or wants none; ``instructions``, texts that are in no prompt.
    """
    facts = planned.facts
    if facts is None:
        return {}
    is_unwanted = planned.overlays == "none" or facts.find_direction("no_text") or facts.find_direction("no_names")
    name = next(
        (over.words["name"] for shot in planned.plan.shots for over in shot.overlays if "name" in over.words), ""
    )
    instructions = [
        text for one in facts.directions
        if one.kind in ("request", "length", "aspect") and len(text := " ".join(one.text.split())) >= _LEAST_INSTRUCTION
    ]  # fmt: skip
    return {
        "name": "" if is_unwanted else facts.name.text if facts.name else name, "instructions": instructions
    }  # fmt: skip


def _fit_parts(
    there: BriefSettings, parts: tuple[ScriptPart, ...], title: str, messages: list[str], *, is_placeholder: bool
) -> tuple[tuple[ScriptPart, ...], int | None]:
    """Return the parts of a film with the requested length, and that length in ms; None: as long as its words take."""
    ms = there.ms
    if ms is None or there.brief.planner:
        if there.brief.planner or there.is_filmed:
            return parts, None
        return open_out(parts), None
    options = there.make_filming_options(title, None, is_placeholder=is_placeholder)
    fps = there.fps
    wanted = Fraction(convert_ms_to_frames(ms, fps) * fps[1], fps[0])
    scenes = list_picture_texts(there.certain) if there.is_filmed else ()
    found = fit_parts(parts, options, wanted, scenes, may_repeat=True)
    if found.least <= wanted <= found.most:
        if found.dropped_texts:
            messages.append(f"Not in {ms / 1000:g} s: {_quote_texts(found.dropped_texts)}.")
        return found.parts, ms
    if found.least > wanted and there.brief.length_ms is not None:
        raise BadInput(
            "length", f"{ms / 1000:g} s", f"at least {-(-found.least // 1)} s with the words of this brief",
            hint=f"Or {OTHER_PLANNERS_HINT}", actions=_OTHER_PLANNERS,
        )  # fmt: skip
    if found.least > wanted:
        messages.append(
            f"{ms / 1000:g} s are wanted, but the words of this brief take longer to read: the film is longer."
        )
        return parts, None
    seconds = int(found.most)
    if found.dropped_texts:
        messages.append(f"Not in {seconds} s: {_quote_texts(found.dropped_texts)}.")
    messages.append(
        f"The words of this brief fill at most {seconds} s, not {ms / 1000:g} s: the film is {seconds} s long. To fill "
        f"more, {OTHER_PLANNERS_HINT}."
    )
    return found.parts, seconds * 1000


# what a person is told


def _describe_reading(there: BriefSettings, made: Plan) -> list[str]:
    messages: list[str] = []
    certain = there.certain
    shape = certain.find_direction("aspect")
    if there.presets and not there.brief.presets and shape:
        titles = " and for ".join(one.title for one in there.presets)
        messages.append(f"Made for {titles}, {there.aspect}, since the brief says “{shorten(shape.text)}”.")
    if there.brief.planner:
        return messages
    if certain.name is None and not certain.find_direction("no_names") and not certain.find_direction("no_text"):
        messages.append("The brief marks no name: put it in quotation marks, or after “Name:”.")
    directions = [
        one.text for one in certain.directions if one.kind not in _PLAIN_DIRECTIONS or _LOOKS_LIKE_FACT.search(one.text)
    ]
    shots = [part.text for part in certain.list_pictures("shot")]
    directions += () if there.is_filmed else shots
    if directions:
        messages.append(
            f"Understood as directions to the maker, so not on screen: {_quote_texts(list(dict.fromkeys(directions)))}."
        )
    seen = " ".join(shot.prompt for shot in made.shots).casefold() if there.is_filmed else ""
    rest = [*(shots if there.is_filmed else ()), *(part.text for part in certain.unused_parts)]
    filmed = [
        text for text in rest
        if (bare := drop_article(" ".join(text.split()).strip(" .!?,;:…"), there.language).casefold()) and bare in seen
    ]  # fmt: skip
    unused = [text for text in rest if text not in filmed]
    if filmed:
        messages.append(f"In the pictures, not on screen as text: {_quote_texts(filmed)}.")
    if unused:
        messages.append(f"Not used of the brief: {_quote_texts(unused)}. To show it, {OTHER_PLANNERS_HINT}.")
    return messages


def _quote_texts(texts: Sequence[str]) -> str:
    shown_here = [f"“{shorten(one)}”" for one in texts[:_MAX_LISTED]]
    more = len(texts) - len(shown_here)
    return ", ".join(shown_here) + (f" and {more} more" if more else "")
