"""A plan cast: its shots given to AI models, in few takes, each going on from the one before in its beat."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from reelwright.catalogue.model import Model
from reelwright.catalogue.snapping import lengths_sold
from reelwright.errors import BadInput
from reelwright.planner.casting import own_stills
from reelwright.planner.casting.cutting import is_staged, joined, photo_of
from reelwright.planner.casting.requests import Scene, music_request, needed_ms, still_request, take_request
from reelwright.planner.casting.terms import Terms, aspect_of, brings_sound
from reelwright.planner.casting.unsaid import unsaid
from reelwright.planner.casting.voices import longest, voiced
from reelwright.planner.ids import number
from reelwright.planner.match import ANIMATIC, house_of
from reelwright.reel.breakdown import VIDEO_MODES, still_key, take_key
from reelwright.reel.brief import Still
from reelwright.reel.noun import Digest, noun
from reelwright.reel.plan import Beat, Opening, Own, Plan, Shot
from reelwright.reel.request import Input, Request
from reelwright.units import Frames, frames_to_ms

DRAWN: Final = ("end_card", "urgency", "offer", "proof")
"""Beats that are type and numbers: always drawn, never asked of a model. Source: craft.md 1.2, read 2026-11-20."""


@noun
class Cast:
    """The plan with its requests, and what a person should know of it in plain sentences."""

    plan: Plan
    said: tuple[str, ...] = ()


def cast(plan: Plan, terms: Terms, drawn: Collection[str] = DRAWN) -> Cast:
    """``plan`` as ``terms`` have it; beats in ``drawn`` stay type. Deterministic but for what the catalogue sells.

    Own clips stay; a photo that fills a shot is its first frame where the model takes one. Raises ``BadInput`` naming
    what a model does not do. Never spends.
    """
    plan = replace(plan, accent=plan.accent or house_of(plan).accent)
    if terms.voice:
        plan = voiced(plan, *terms.voice)
    said: list[str] = []
    if terms.video:
        plan = _Casting(plan, terms, terms.video, drawn).made()
        said = _said(plan, terms, terms.video)
    if terms.music and plan.bed:
        bed = plan.bed
        ms = frames_to_ms(plan.length, plan.fps)
        plan = replace(plan, bed=replace(bed, request=music_request(bed.mood, bed.bpm_milli, ms, terms.music)))
    return Cast(plan=plan, said=tuple(said))


class _Casting:
    def __init__(self, plan: Plan, terms: Terms, row: Model, drawn: Collection[str]) -> None:
        self.plan, self.terms, self.row, self.drawn = plan, terms, row, drawn
        self.animatic = house_of(plan).animatic
        self.grown = longest(plan) if terms.voice else {}
        self.opens = terms.stills if "image_to_video" in row.modes else None
        self.must_open = "text_to_video" not in row.modes and not terms.references
        self.own = own_stills.beats_of(plan, terms.storyboard)
        for still in terms.storyboard:
            own_stills.refuse_unopened(row, own_stills.said(still))
        self.sold = _sold(row, terms, plan.fps)

    def made(self) -> Plan:
        made = replace(self.plan, beats=tuple(self._beat(beat) for beat in self.plan.beats))
        own_stills.refuse_unseen(made, self.own)
        return _apart(made, self.animatic)

    def _beat(self, beat: Beat) -> Beat:
        if beat.name in self.drawn:
            return beat
        spare, own = self.grown.get(beat.id, 0), self.own.get(beat.id)
        made: list[Shot] = []
        for run in _runs(beat.shots, self.animatic):
            if is_staged(run[0], self.animatic) and not run[0].prompt:
                made += run  # a screen of a script that says nothing of what is seen: it is drawn
            elif is_staged(run[0], self.animatic):
                last = run[-1] is beat.shots[-1]
                pieces = joined(beat.name, run, self.sold, self.plan.fps[0] // self.plan.fps[1], spare if last else 0)
                for n, shot in enumerate(pieces):
                    before = made[-1] if n else None
                    made.append(self._shot(shot, before, own, spare if last and n == len(pieces) - 1 else 0))
            else:
                made += [self._shot(shot, None, None, 0) if self._moves(shot) else shot for shot in run]
        return replace(beat, shots=tuple(made))

    def _moves(self, shot: Shot) -> bool:
        """Whether a photo of the person's own can be the model's first frame."""
        return bool(shot.prompt) and photo_of(shot, self.animatic) is not None and "image_to_video" in self.row.modes

    def _shot(self, shot: Shot, before: Shot | None, own: Still | None, spare: int) -> Shot:
        """The shot with its request. ``before``: what it goes on from; ``own``: the person's still of its beat;
        ``spare``: frames by which it may still grow.
        """
        scene = self._scene(shot)
        opening, still, inputs = self._opening(shot, before, own, scene)
        least = needed_ms(self.plan, shot)
        most = needed_ms(self.plan, shot, spare)
        request = take_request(shot.prompt, self.row, self.terms, scene, most, inputs)
        shortest = take_request(shot.prompt, self.row, self.terms, scene, least, inputs) if spare else request
        return replace(
            shot,
            source=request,
            opening=opening,
            still=still,
            sound=self._sound(),
            waits=shortest.ms != request.ms,
        )

    def _scene(self, shot: Shot) -> Scene:
        return Scene(
            size=self.plan.size,
            look=self.plan.look,
            accent=self.plan.accent,
            language=self.plan.language,
            titled=any(overlay.kind == "title" for overlay in shot.overlays) or shot.shows == "caption",
            seed=number(shot.id, "take"),
        )

    def _opening(
        self, shot: Shot, before: Shot | None, own: Still | None, scene: Scene
    ) -> tuple[Opening, Request | None, tuple[Input, ...]]:
        """What the shot opens on: its photo, the take before it in its beat, its still, or nothing.

        Raises ``BadInput`` where it is nothing and the model starts from a picture.
        """
        if photo := photo_of(shot, self.animatic):
            asset = Digest(photo)
            return Opening(on="image", image=asset), None, (Input(role="first_frame", asset=asset),)
        if self.terms.continuity == "beat" and "image_to_video" in self.row.modes and before:
            last = Input(role="first_frame", of=take_key(before.id), part="last_frame")
            return Opening(on="previous"), None, (last,)
        if own:
            opening, first = own_stills.opened_on(own.asset)
            return opening, None, (first,)
        if self.opens:
            still = still_request(shot.prompt, self.opens, self.terms, scene)
            return Opening(on="storyboard"), still, (Input(role="first_frame", of=still_key(shot.id)),)
        if self.must_open:
            raise BadInput(
                "stills",
                None,
                f"an image model, or a still of your own for each beat: {self.row.name} starts from a picture",
                hint="--stills MODEL (for every film: REELWRIGHT_STILLS, or a flavor's stills), or --still BEAT=FILE; "
                "`reelwright models --kind image` lists them",
            )
        return Opening(), None, ()

    def _sound(self) -> Literal["keep", "duck", "mute"]:
        if not brings_sound(self.row, self.terms.sound) or self.terms.sound is False:
            return "mute"
        return "keep" if self.terms.sound or self.plan.bed is None else "duck"


def _sold(row: Model, terms: Terms, fps: tuple[int, int]) -> tuple[int, ...]:
    """Lengths of whole takes in frames, rising; none where the model is not timed."""
    resolution = terms.resolution or (row.resolutions[0] if row.resolutions else None)
    references = bool(terms.references) and "reference_to_video" in row.modes and not terms.stills
    seconds = lengths_sold(row, resolution=resolution, roles=("reference",) if references else ())
    return tuple(s * fps[0] // fps[1] for s in seconds)


def _runs(shots: Sequence[Shot], animatic: str) -> list[list[Shot]]:
    """Neighbours that are words alone together, everything else by itself."""
    found: list[list[Shot]] = []
    for shot in shots:
        staged = is_staged(shot, animatic)
        if found and staged and is_staged(found[-1][-1], animatic):
            found[-1].append(shot)
        else:
            found.append([shot])
    return found


def _is_made(shot: Shot) -> bool:
    """Whether an AI model makes it, so that another can go on from its last frame."""
    return not isinstance(shot.source, Own) and shot.source.mode in VIDEO_MODES


def _apart(plan: Plan, animatic: str) -> Plan:
    """Drawn shots beside taken ones neither carry their colour over nor expect theirs."""
    shots = plan.shots
    taken = {s.id: _is_made(s) for s in shots}
    near = {s.id: (a, b) for s, a, b in zip(shots, (None, *shots[:-1]), (*shots[1:], None), strict=True)}

    def freed(shot: Shot) -> Shot:
        if isinstance(shot.source, Own) or shot.source.model != animatic:
            return shot
        before, after = near[shot.id]
        gone = {"after"} if before and taken[before.id] else set()
        gone |= {"before"} if after and taken[after.id] else set()
        extra = {k: v for k, v in shot.source.extra.items() if k not in gone}
        source = replace(shot.source, extra=extra)
        still = replace(shot.still, extra=extra) if shot.still else None
        return replace(shot, source=source, still=still)

    return replace(plan, beats=tuple(replace(b, shots=tuple(freed(s) for s in b.shots)) for b in plan.beats))


def _said(plan: Plan, terms: Terms, row: Model) -> list[str]:
    """What was decided for the person."""
    taken = [s for s in plan.shots if _is_made(s)]
    said = own_stills.told(plan, terms.storyboard, buys=terms.stills is not None)
    seconds = sum(s.source.ms or 0 for s in taken if isinstance(s.source, Request)) / 1000
    shown = float(sum(s.length for s in taken) * plan.fps[1] / plan.fps[0])
    if taken and seconds - shown >= 1:
        sold = f"{row.seconds[0]} to {row.seconds[-1]}" if len(row.seconds) > 3 else ", ".join(map(str, row.seconds))
        said.append(f"{seconds:g} s are bought for {shown:.1f} s shown: {row.name} sells {sold} s.")
    aspect = aspect_of(plan.size, row)
    film = plan.size[0] / plan.size[1]
    if aspect and abs(_ratio(aspect) - film) > 0.02:
        said.append(f"{row.name} makes {aspect}; it is cropped to the film.")
    shows = [s for s in taken if isinstance(s.source, Request) and any(i.role == "reference" for i in s.source.inputs)]
    if terms.references and taken and not shows and not terms.stills:
        said.append(f"{row.name} takes no reference pictures: they are not shown.")
    elif terms.references and len(shows) < len(taken) and not terms.stills:
        said.append(
            f"{len(taken) - len(shows)} of {len(taken)} takes open on a picture, and show no reference pictures."
        )
    if terms.continuity == "beat" and "image_to_video" not in row.modes:
        said.append(f"{row.name} starts from no picture: shots do not continue one another.")
    return [*said, *unsaid(taken)]


def _ratio(aspect: str) -> float:
    wide, high = aspect.split(":")
    return int(wide) / int(high)


def taken(plan: Plan) -> tuple[Shot, ...]:
    """The shots that AI models make."""
    return tuple(shot for shot in plan.shots if _is_made(shot))


def by_beat(plan: Plan) -> Mapping[str, Frames]:
    """Frames of each beat that models make, by its name."""
    return {b.name: Frames(sum(s.length for s in b.shots if _is_made(s))) for b in plan.beats}


__all__ = ["ANIMATIC", "DRAWN", "Cast", "by_beat", "cast", "taken"]
