"""Casts a plan: gives its shots to AI models, in few takes. Each take of a beat continues the one before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, Literal

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.snapping import list_sold_lengths
from reelwright.errors import BadInput
from reelwright.planner.casting import own_stills
from reelwright.planner.casting.cutting import find_photo, is_staged, join_shots
from reelwright.planner.casting.exclusion_warnings import list_exclusion_warnings
from reelwright.planner.casting.recast import draw_instead
from reelwright.planner.casting.requests import (
    ShotContext,
    build_music_request,
    build_still_request,
    build_take_request,
    compute_needed_ms,
)
from reelwright.planner.casting.terms import Terms, choose_aspect, has_own_sound
from reelwright.planner.casting.voices import estimate_growth, set_voice
from reelwright.planner.ids import derive_number
from reelwright.planner.match import read_film_settings
from reelwright.planner.prompts import continue_prompt
from reelwright.planner.roles import list_core_roles
from reelwright.reason import Action
from reelwright.reel.base.value import Digest, define_value
from reelwright.reel.film.breakdown import VIDEO_MODES, make_still_key, make_take_key
from reelwright.reel.film.brief import Still
from reelwright.reel.film.plan import Beat, Opening, OwnFootage, Plan, Shot
from reelwright.reel.graph.request import Input, Request
from reelwright.units import convert_frames_to_ms

DRAWN_BEATS: Final = ("end_card", "urgency", "offer", "proof")
"""Beats that are type and numbers: they are always drawn and never bought. Source: craft.md 1.2, read 2026-11-20."""


@define_value
class Cast:
    """A plan with its requests, and messages for the person in plain sentences."""

    plan: Plan
    messages: tuple[str, ...] = ()


def cast(plan: Plan, terms: Terms, drawn_beats: Collection[str] = DRAWN_BEATS) -> Cast:
    """Put requests to the models of ``terms`` for takes, lines and bed into ``plan``; ``drawn_beats`` stay drawn.

    Deterministic but for what the catalogue sells. Own clips stay. A photo that fills a shot becomes its first
    frame if the model takes one. Raises ``BadInput`` naming what a model does not do. Never spends.
    """
    plan = replace(plan, accent=plan.accent or read_film_settings(plan).accent)
    if terms.voice:
        plan = set_voice(plan, *terms.voice)
    messages: list[str] = []
    if terms.video:
        plan = _Casting(plan, terms, terms.video, drawn_beats).cast_plan()
        messages = _list_messages(plan, terms, terms.video)
    if terms.music and plan.bed:
        bed = plan.bed
        ms = convert_frames_to_ms(plan.length, plan.fps)
        request = build_music_request(bed.mood, bed.bpm_milli, ms, terms.music, bed.piece_index)
        plan = replace(plan, bed=replace(bed, request=request))
    return Cast(plan=plan, messages=tuple(messages))


class _Casting:
    def __init__(self, plan: Plan, terms: Terms, row: Model, drawn: Collection[str]) -> None:
        self.plan, self.terms, self.row, self.drawn = plan, terms, row, drawn
        self.animatic = read_film_settings(plan).animatic
        self.grown = estimate_growth(plan) if terms.voice else {}
        self.opens = terms.stills if "image_to_video" in row.modes else None
        self.must_open = "text_to_video" not in row.modes and not terms.references
        self.own = own_stills.match_stills(plan, terms.storyboard)
        for still in terms.storyboard:
            own_stills.refuse_stillless_model(row, own_stills.format_still(still))
        self.sold = _list_sold_frames(row, terms, plan.fps)

    def cast_plan(self) -> Plan:
        result = replace(self.plan, beats=tuple(self._cast_beat(beat) for beat in self.plan.beats))
        own_stills.refuse_unshown_stills(result, self.own)
        return _clear_neighbours(result, self.animatic)

    def _cast_beat(self, beat: Beat) -> Beat:
        if beat.name in self.drawn:
            return replace(beat, shots=tuple(self._stage_without_words(shot) for shot in beat.shots))
        spare, own = self.grown.get(beat.id, 0), self.own.get(beat.id)
        made: list[Shot] = []
        for run in _group_runs(beat.shots, self.animatic):
            if is_staged(run[0], self.animatic) and not run[0].prompt:
                # a screen of a script that says nothing of what is seen: it is drawn
                made += map(self._stage_without_words, run)
            elif is_staged(run[0], self.animatic):
                last = run[-1] is beat.shots[-1]
                pieces = join_shots(
                    beat.name, run, self.sold, self.plan.fps[0] // self.plan.fps[1], spare if last else 0
                )
                for n, shot in enumerate(pieces):
                    before = made[-1] if n else None
                    made.append(self._cast_shot(shot, before, own, spare if last and n == len(pieces) - 1 else 0))
            else:
                made += [
                    self._cast_shot(shot, None, None, 0) if self._can_animate_photo(shot) else shot for shot in run
                ]
        return replace(beat, shots=tuple(made))

    def _stage_without_words(self, shot: Shot) -> Shot:
        """Return a drawn shot without the words that its staging needs as one that needs none; others as they are."""
        core = list_core_roles(shot)
        if not core or any(shot.words.get(role) for role in core) or not is_staged(shot, self.animatic):
            return shot
        return draw_instead(self.plan, shot)

    def _can_animate_photo(self, shot: Shot) -> bool:
        """Return whether a photo of the person's own can be the model's first frame."""
        return bool(shot.prompt) and find_photo(shot, self.animatic) is not None and "image_to_video" in self.row.modes

    def _cast_shot(self, shot: Shot, before: Shot | None, own: Still | None, spare: int) -> Shot:
        """Return the shot with its request. ``before``: the shot that it continues; ``own``: the person's still of its
        beat; ``spare``: frames by which it may still grow.
        """
        scene = self._build_context(shot)
        opening, still, inputs = self._choose_opening(shot, before, own, scene)
        if opening.source == "previous" and before:
            shot = replace(shot, prompt=continue_prompt(shot.prompt, before.prompt))
        least = compute_needed_ms(self.plan, shot)
        most = compute_needed_ms(self.plan, shot, spare)
        request = build_take_request(shot.prompt, self.row, self.terms, scene, most, inputs)
        shortest = build_take_request(shot.prompt, self.row, self.terms, scene, least, inputs) if spare else request
        return replace(
            shot,
            source=request,
            opening=opening,
            still=still,
            sound=self._choose_sound(),
            length_needs_voice=shortest.ms != request.ms,
        )

    def _build_context(self, shot: Shot) -> ShotContext:
        return ShotContext(
            size=self.plan.size,
            look=self.plan.drawn_look,
            accent=self.plan.accent,
            language=self.plan.language,
            has_titles=any(overlay.kind == "title" for overlay in shot.overlays) or shot.text_mode == "caption",
            seed=derive_number(shot.id, "take"),
        )

    def _choose_opening(
        self, shot: Shot, before: Shot | None, own: Still | None, scene: ShotContext
    ) -> tuple[Opening, Request | None, tuple[Input, ...]]:
        """Choose what the shot opens on: its photo, the take before it in its beat, a still, or nothing.

        Raises ``BadInput`` if it is nothing and the model needs a picture to start from.
        """
        if photo := find_photo(shot, self.animatic):
            asset = Digest(photo)
            return Opening(source="image", image=asset), None, (Input(role="first_frame", asset=asset),)
        if self.terms.continuity == "beat" and "image_to_video" in self.row.modes and before:
            last = Input(role="first_frame", of=make_take_key(before.id), part="last_frame")
            return Opening(source="previous"), None, (last,)
        if own:
            opening, first = own_stills.make_opening(own.asset)
            return opening, None, (first,)
        if self.opens:
            still = build_still_request(shot.prompt, self.opens, self.terms, scene)
            return Opening(source="storyboard"), still, (Input(role="first_frame", of=make_still_key(shot.id)),)
        if self.must_open:
            raise BadInput(
                "stills",
                None,
                f"an image model, or a still of your own for each beat: {self.row.name} starts from a picture",
                hint="choose an image model for this film, in the settings or a flavor, or give a still for each beat",
                actions=[Action("list_models", {"model_kind": "image"})],
            )
        return Opening(), None, ()

    def _choose_sound(self) -> Literal["keep", "duck", "mute"]:
        if not has_own_sound(self.row, self.terms.sound) or self.terms.sound is False:
            return "mute"
        return "keep" if self.terms.sound or self.plan.bed is None else "duck"


def _list_sold_frames(row: Model, terms: Terms, fps: tuple[int, int]) -> tuple[int, ...]:
    """List the lengths of whole takes in frames, rising; none if the model sells no fixed lengths."""
    resolution = terms.resolution or (row.resolutions[0] if row.resolutions else None)
    references = bool(terms.references) and "reference_to_video" in row.modes and not terms.stills
    seconds = list_sold_lengths(row, resolution=resolution, roles=("reference",) if references else ())
    return tuple(s * fps[0] // fps[1] for s in seconds)


def _group_runs(shots: Sequence[Shot], animatic: str) -> list[list[Shot]]:
    """Group neighbouring shots that are words alone; every other shot is a group of its own."""
    found: list[list[Shot]] = []
    for shot in shots:
        staged = is_staged(shot, animatic)
        if found and staged and is_staged(found[-1][-1], animatic):
            found[-1].append(shot)
        else:
            found.append([shot])
    return found


def _is_made_by_model(shot: Shot) -> bool:
    """Return whether an AI model makes the shot, so that another can continue from its last frame."""
    return not isinstance(shot.source, OwnFootage) and shot.source.mode in VIDEO_MODES


def _clear_neighbours(plan: Plan, animatic: str) -> Plan:
    """Return the plan in which drawn shots beside taken ones neither carry their colour over nor expect one."""
    shots = plan.shots
    taken = {s.id: _is_made_by_model(s) for s in shots}
    near = {s.id: (a, b) for s, a, b in zip(shots, (None, *shots[:-1]), (*shots[1:], None), strict=True)}

    def freed(shot: Shot) -> Shot:
        if isinstance(shot.source, OwnFootage) or shot.source.model != animatic:
            return shot
        before, after = near[shot.id]
        gone = {"after"} if before and taken[before.id] else set()
        gone |= {"before"} if after and taken[after.id] else set()
        extra = {k: v for k, v in shot.source.extra.items() if k not in gone}
        source = replace(shot.source, extra=extra)
        still = replace(shot.still, extra=extra) if shot.still else None
        return replace(shot, source=source, still=still)

    return replace(plan, beats=tuple(replace(b, shots=tuple(freed(s) for s in b.shots)) for b in plan.beats))


def _list_messages(plan: Plan, terms: Terms, row: Model) -> list[str]:
    """List in plain sentences what casting decided for the person."""
    taken = [s for s in plan.shots if _is_made_by_model(s)]
    messages = own_stills.describe_stills(plan, terms.storyboard, buys_stills=terms.stills is not None)
    seconds = sum(s.source.ms or 0 for s in taken if isinstance(s.source, Request)) / 1000
    shown = float(sum(s.length for s in taken) * plan.fps[1] / plan.fps[0])
    if taken and seconds - shown >= 1:
        sold = f"{row.seconds[0]} to {row.seconds[-1]}" if len(row.seconds) > 3 else ", ".join(map(str, row.seconds))
        messages.append(f"{seconds:g} s are bought for {shown:.1f} s shown: {row.name} sells {sold} s.")
    aspect = choose_aspect(plan.size, row)
    film = plan.size[0] / plan.size[1]
    if aspect and abs(_parse_ratio(aspect) - film) > 0.02:
        messages.append(f"{row.name} makes {aspect}; it is cropped to the film.")
    shows = [s for s in taken if isinstance(s.source, Request) and any(i.role == "reference" for i in s.source.inputs)]
    if terms.references and taken and not shows and not terms.stills:
        messages.append(f"{row.name} takes no reference pictures: they are not shown.")
    elif terms.references and len(shows) < len(taken) and not terms.stills:
        messages.append(
            f"{len(taken) - len(shows)} of {len(taken)} takes open on a picture, and show no reference pictures."
        )
    if terms.continuity == "beat" and "image_to_video" not in row.modes:
        messages.append(f"{row.name} starts from no picture: shots do not continue one another.")
    return [*messages, *list_exclusion_warnings(taken)]


def _parse_ratio(aspect: str) -> float:
    wide, high = aspect.split(":")
    return int(wide) / int(high)


def list_model_shots(plan: Plan) -> tuple[Shot, ...]:
    """List the shots that AI models make."""
    return tuple(shot for shot in plan.shots if _is_made_by_model(shot))
