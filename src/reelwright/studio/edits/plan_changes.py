"""Pure functions that apply a person's changes to a plan and its choices, for the next revision. Nothing spends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from reelwright.catalogue.models import get_sold_model, is_model_name
from reelwright.errors import BadInput
from reelwright.input_limits import NAME_CHARS
from reelwright.media.emblems import check_emblem
from reelwright.planner.match import is_drawn, match_still
from reelwright.planner.roles import list_screen_words
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.breakdown import ANIMATIC_MODEL
from reelwright.reel.film.brief import Brief, Font, Material, Still
from reelwright.reel.film.fit import fit
from reelwright.reel.film.plan import MOVES, OwnFootage, Plan, Shot, get_shot, list_aspects, map_shots
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Standing
from reelwright.studio import late_modules as late
from reelwright.studio.policy import MAX_WORDS_CHARS, MIN_SHOT_S
from reelwright.studio.quotes import validation
from reelwright.studio.results.verb_options import Changes
from reelwright.studio.runtime.name_resolution import resolve_shot
from reelwright.units import Aspect, Frames, convert_ms_to_frames

WAYS: Final = ("bridge", "reflow")
_OF_A_SHOT: Final = ("words", "prompt", "length", "image", "clip", "move", "caption", "model")
_OF_THE_FILM: Final = (
    "look", "accent", "emblem", "logo", "font", "end_card", "brand", "mood", "music", "music_level", "voice",
    "captions", "caption_shift", "aspect", "native", "storyboard", "order",
)  # fmt: skip


def check(changes: Changes) -> None:
    """Raise ``BadInput`` if the options of an edit name no change or contradict each other. Reads no plan."""
    given = {
        name
        for name, value in changes.items()
        if value is not None and value != () and (value is not False or name == "native")  # the others are flags
    }
    if unknown := given - {*_OF_A_SHOT, *_OF_THE_FILM, "shot", "continuation", "successor"}:
        raise BadInput("edit", min(unknown), ", ".join((*_OF_A_SHOT, *_OF_THE_FILM)))
    if not given & {*_OF_A_SHOT, *_OF_THE_FILM}:
        raise BadInput(
            "edit", None, f"a change: {', '.join((*_OF_A_SHOT, *_OF_THE_FILM)).replace('storyboard', 'still')}"
        )
    of_a_shot = given & set(_OF_A_SHOT)
    if "shot" not in given and (lost := of_a_shot - {"length"}):
        raise BadInput("shot", None, f"the number of the shot, for its {min(lost)}")
    if "length" in of_a_shot and "shot" not in given:
        validation.parse_milliseconds("length", changes.get("length"))
    if "shot" in given and not of_a_shot:
        fields = ", ".join(sorted(given & set(_OF_THE_FILM))).replace("storyboard", "still")
        raise BadInput("shot", changes.get("shot"), f"nothing beside {fields}, which is of the whole film")
    if {"image", "clip"} <= given:
        raise BadInput("clip", str(changes.get("clip")), "an image or a clip, not both")
    if changes.get("successor") and "model" not in given:
        raise BadInput("successor", True, "a model beside it, which may be retired")
    if "continuation" in given:
        validation.check_choice("continuation", changes.get("continuation"), WAYS)
        if "shot" not in given and "storyboard" not in given:
            raise BadInput("continuation", changes.get("continuation"), "a shot that is edited, or a still")


def apply_changes(
    plan: Plan, changes: Changes, material: Material | None, stills: Sequence[Still] = (), logo: Material | None = None,
    brand_end_card: str = "", brief: Brief | None = None, font: Font | None = None,
) -> Plan:  # fmt: skip
    """Return the plan with an edit applied, and the requests of changed shots rebuilt. Raises ``BadInput``.

    ``material``: the picture or clip of the shot. ``logo``, ``font``: the film's. ``brand_end_card``: the home's, for
    a film whose last screen has room for it. ``brief``: of the project.
    """
    check(changes)
    before = plan
    for shot in list_named_shots(plan, changes):
        plan = _edit_shot(plan, shot, changes, material)
    if stills:
        plan = late.own_stills.apply_stills(plan, stills)
    plan = _set_aspects(plan, validation.check_aspects(changes.get("aspect")), changes.get("native"))
    look, accent = changes.get("look"), validation.check_accent(changes.get("accent"))
    mark = logo.asset if logo else "" if validation.is_none(changes.get("logo")) else None
    face = font.asset if font else "" if validation.is_none(changes.get("font")) else None
    if (emblem := changes.get("emblem")) is not None:
        emblem = "" if validation.is_none(emblem) else check_emblem("emblem", emblem)
    if any(one is not None for one in (look, accent, emblem, mark, face)):
        colour = "" if validation.is_none(accent) else accent
        plan = late.edit.set_look(plan, look=look, accent=colour, emblem=emblem, logo=mark, font=face)
    if (voice := changes.get("voice")) is not None:
        plan = _replace_voice(plan, validation.check_text("voice", voice, NAME_CHARS))
    if (mood := changes.get("mood")) is not None:
        plan = late.edit.set_mood(plan, mood)
    if (piece := changes.get("music")) is not None:
        plan = late.edit.set_piece(plan, piece)
    if (level := changes.get("music_level")) is not None:
        plan = late.edit.set_music_level(plan, round(level * 1000))
    if (choice := changes.get("captions")) is not None:
        plan = late.captioning.choose_captions(plan, choice)
    if (shift := changes.get("caption_shift")) is not None:
        plan = late.captioning.shift_captions(plan, shift)
    if (order := changes.get("order")) is not None:
        plan = late.arranging.order_shots(plan, [resolve_shot(plan, one).id for one in order])
    plan = late.end_card_edit.follow_end_card(before, plan)
    end_card = validation.check_end_card(changes.get("end_card"))
    if brief and (end_card or brand_end_card):
        plan = late.end_card_edit.name_end_card(plan, brief)
    if end_card is not None:
        plan = late.end_card_edit.set_end_card(plan, "" if validation.is_none(end_card) else end_card)
    elif brand_end_card:
        plan = late.end_card_edit.set_end_card_if_possible(plan, brand_end_card)
    return late.resizing.update_formats(plan)


def _set_aspects(plan: Plan, aspects: Sequence[Aspect] | None, is_native: bool | None) -> Plan:
    """Return the plan in other aspects, or with takes that are bought in each of those that it has."""
    if aspects is None and is_native is None:
        return plan
    aspects = aspects or list_aspects(plan)
    if is_native and len(aspects) == 1:
        raise BadInput("native", True, "a film in several aspects, such as 16:9,9:16")
    if is_native is None:
        is_native = any(one.is_native for one in plan.formats)
    made = late.resizing.set_aspects(plan, aspects, is_native=is_native)
    return plan if made.formats == plan.formats and made.size == plan.size else replace(made, author="person")


def _replace_voice(plan: Plan, text: str) -> Plan:
    """Return the plan with another voice: ``MODEL:voice``, a model with one for each language, or a voice of the model
    that speaks in it.
    """
    models = {line.request.model for _, line in plan.list_lines() if line.request}
    is_whole = ":" in text or len(models) != 1 or is_model_name(text)
    full = text if is_whole else f"{min(models)}:{text}"
    return late.voices.replace_voice(plan, *late.terms.parse_voice(full))


def list_named_shots(plan: Plan, changes: Changes) -> tuple[ShotId, ...]:
    """Return the ids of the shots that an edit names, each once, in the edit's order; empty for one of the whole film.

    Raises ``BadInput``.
    """
    called = changes.get("shot")
    if called is None:
        return ()
    each = [called] if isinstance(called, (int, str)) else list(called)
    return tuple(dict.fromkeys(resolve_shot(plan, one).id for one in each))


def _edit_shot(plan: Plan, shot_id: ShotId, changes: Changes, material: Material | None) -> Plan:
    """Return the plan with one shot changed: its picture first, then its text, whose place depends on the picture."""
    before, shot = plan, get_shot(plan, shot_id)
    words = _check_words(changes.get("words"), plan)
    prompt, length, by = changes.get("prompt"), changes.get("length"), changes.get("model")
    if prompt is not None:
        _refuse_unfilmed(shot, prompt, by, material)
    if words:
        plan = late.rewording.set_words(plan, shot_id, words)
    plan = late.edit.rematch(
        plan,
        shot_id,
        prompt=validation.check_text("prompt", prompt, 2000) if prompt is not None else None,
        length=_parse_length(plan, shot, length) if length is not None else None,
        material=material,
        sound=("duck" if material.has_sound else "mute") if material else None,
    )
    if length is not None:
        plan = _fit_spoken_lines(plan, length)
    if material:
        plan = _detach_following_shots(plan, shot_id, before)
    if by is not None:
        plan = _replace_model(plan, shot_id, validation.check_text("model", by, 200))
    if words == "":
        # after the change of picture: only some shots may have no text
        plan = late.rewording.set_words(plan, shot_id, words)
    if (move := changes.get("move")) is not None:
        plan = _set_move(plan, shot_id, move)
    if (caption := changes.get("caption")) is not None:
        plan = late.edit.rematch(plan, shot_id, corrections=_build_correction(plan, get_shot(plan, shot_id), caption))
    return late.edit.set_title_accent(plan)


def _check_words(words: object, plan: Plan) -> str | dict[str, str] | None:
    """Check text on screen: a line, or text by role. Empty text removes what is there. Raises ``BadInput``."""
    if words is None:
        return None
    if isinstance(words, str):
        return _check_optional_text("words", words, plan)
    if not isinstance(words, Mapping) or not words:
        raise BadInput("words", words, "text, or a mapping of role to text")
    return {str(role): _check_optional_text(f"words.{role}", text, plan) for role, text in words.items()}


def _check_optional_text(field: str, value: object, plan: Plan) -> str:
    """Check that text can be drawn; empty text passes. Raises ``BadInput``, also for text that only looks empty."""
    if value == "":
        return ""
    text = validation.check_text(field, value, MAX_WORDS_CHARS)
    late.drawable.refuse_text(field, text, plan.language)
    return text


def _refuse_unfilmed(shot: Shot, prompt: str, by: str | None, material: Material | None) -> None:
    """Raise ``BadInput`` for a prompt that no model would read, because the shot is drawn or own footage."""
    if by is not None and by not in ("animatic", ANIMATIC_MODEL):
        return
    if isinstance(shot.source, OwnFootage) and material is None:
        raise BadInput("prompt", prompt, "a shot that is made, not own footage")
    if isinstance(shot.source, OwnFootage) or material is not None or by is not None or is_drawn(shot.source):
        raise BadInput(
            "prompt", prompt, "only for a shot that an AI model films; this shot is drawn, or is your own footage",
            hint="change its words or its image instead, or name a model that films it",
        )  # fmt: skip


def _replace_model(plan: Plan, shot: ShotId, by: str) -> Plan:
    """Return the plan with the shot made by another model, or drawn on this machine. Raises ``BadInput``."""
    one = get_shot(plan, shot)
    if isinstance(one.source, OwnFootage):
        raise BadInput("model", by, "a shot that is made, not own footage")
    if by in ("animatic", ANIMATIC_MODEL):
        if is_drawn(one.source):
            return plan
        if not list_screen_words(plan, one):
            raise BadInput("model", by, "a shot with words to draw, or some given with it")
        drawn = late.recast.draw_instead(plan, one)
        return _detach_following_shots(map_shots(plan, lambda each: drawn if each.id == shot else each), shot, plan)
    row = get_sold_model(by)
    if row.kind != "video":
        raise BadInput("model", by, f"a model that makes video; {row.name} makes {row.kind}")
    other = late.drawn_to_model.cast_shot(plan, one, row)
    return map_shots(plan, lambda each: other if each.id == shot else each)


def _detach_following_shots(plan: Plan, shot: ShotId, before: Plan) -> Plan:
    """Let shots that continue this one open by themselves, since no model makes this shot any more."""
    return map_shots(plan, lambda one: late.recast.detach_shot(before, one, {shot}))


def _build_correction(plan: Plan, shot: Shot, text: str) -> dict[str, str]:
    """Return the corrected caption by line id, for the first line over the shot. Raises ``BadInput`` without one."""
    begin, end = plan.compute_windows()[shot.id]
    caption = _check_optional_text("caption", text, plan)
    for start, line in plan.list_lines():
        if start < end and start + line.room > begin:
            return {line.id: caption}
    raise BadInput("caption", text, "a shot that has a line to caption")


def _parse_length(plan: Plan, shot: Shot, length: int | float | str) -> Frames:
    """Convert the new length to frames. Raises ``BadInput`` if a transition would take more than half of the shot."""
    ms = validation.parse_milliseconds("length", length, round(MIN_SHOT_S * 1000))
    assert ms is not None
    frames = convert_ms_to_frames(ms, plan.fps)
    at = [one.id for one in plan.shots].index(shot.id)
    least = 2 * max(shot.transition.length, plan.shots[at - 1].transition.length if at else 0)
    if frames < least:
        raise BadInput("length", length, f"{least * plan.fps[1] / plan.fps[0]:g} seconds or more, for its transitions")
    return frames


def _fit_spoken_lines(plan: Plan, length: int | float | str) -> Plan:
    """Fit the plan to its voice lines. Raises ``BadInput`` if the new length is too short for a line."""
    if not any(line.request for _, line in plan.list_lines()):
        return plan
    fitted = fit(plan, {})
    short = sum(beat.length for beat in fitted.beats) - sum(beat.length for beat in plan.beats)
    if short:
        more = f"{-(-short * plan.fps[1] * 100 // plan.fps[0]) / 100:g} seconds more"
        raise BadInput(
            "length", length, f"{more}, for the words that are spoken over it", hint="fewer words need less time"
        )
    return fitted


def _set_move(plan: Plan, shot: ShotId, move: str) -> Plan:
    validation.check_choice("move", move, MOVES)

    def moves(one: Shot) -> Shot:
        if one.id != shot:
            return one
        if not isinstance(one.source, Request) or one.source.mode != "picture":
            raise BadInput("move", move, "a shot that a picture fills")
        source = replace(one.source, extra={**one.source.extra, "move": move})
        return replace(one, source=source, still=match_still(source) if one.still else None)

    return map_shots(plan, moves)


def find_changed_shots(before: Plan, after: Plan) -> frozenset[ShotId]:
    """Return the ids of shots in ``after`` that ``before`` lacks or has differently."""
    old = {shot.id: shot for shot in before.shots}
    return frozenset(shot.id for shot in after.shots if old.get(shot.id) != shot)


def accept_findings(standing: Standing, finding_ids: frozenset[str]) -> tuple[Plan, Choices]:
    """Return plan and choices with findings added to those that a person accepted, by id. Writes nothing."""
    assert standing.plan
    return standing.plan, replace(standing.choices, accepted_findings=standing.choices.accepted_findings | finding_ids)
