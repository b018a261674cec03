"""Changes to a plan, shot by shot: the next revision, in which only what depends on the change asks anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from reelwright.catalogue.models import model
from reelwright.errors import BadInput, NotFound
from reelwright.planner.casting.recast import recast
from reelwright.planner.casting.requests import music_request
from reelwright.planner.match import (
    House,
    Place,
    clip_frames,
    house_of,
    is_drawn,
    match_bed,
    match_shot,
    match_still,
    place_of,
)
from reelwright.planner.music import Grid, tempo
from reelwright.planner.prompts import in_the_same_film
from reelwright.planner.replacing import over_picture, pictured
from reelwright.planner.roles import titles_of
from reelwright.planner.screens.lengths import beat_frames
from reelwright.planner.tables import beats, moods
from reelwright.reel.brief import Material
from reelwright.reel.noun import ShotId
from reelwright.reel.plan import Beat, Bed, Line, Overlay, Own, Plan, Shot, Transition, each_shot
from reelwright.reel.request import Request
from reelwright.units import Frames, frames_to_ms

ROLES = frozenset(
    {
        "line", "name", "kicker", "descriptor", "steps", "number", "prefix", "unit", "label", "source", "a", "b",
        "ratio_milli", "before", "after", "quote", "who", "role", "deal", "code", "terms", "url", "legal", "listing",
    }
)  # fmt: skip


def rematch(
    plan: Plan,
    shot_id: ShotId | str,
    *,
    words: Mapping[str, str | None] | None = None,
    prompt: str | None = None,
    length: Frames | int | None = None,
    material: Material | None = None,
    sound: Literal["keep", "duck", "mute"] | None = None,
    shows: Literal["drawn", "caption", "nothing"] | None = None,
    into: Transition | None = None,
    corrections: Mapping[str, str] | None = None,
    overlays: tuple[Overlay, ...] | None = None,
    start: Frames | int | None = None,
    fills: bool = False,
) -> Plan:
    """The plan with one shot changed. Only that shot's request changes, and the bed's where lengths did.

    ``words`` are laid over those that stand; an empty one takes its role away. ``length`` in frames: later shots and
    beats move, the film grows or shrinks, the music follows; other shots keep their requests. ``material`` replaces
    what the shot shows. ``start``: first frame of an own clip. ``fills``: a picture that stands beside words fills the
    frame from now on. Raises ``NotFound`` for an unknown shot and
    ``BadInput`` for a value that cannot be. Never spends.
    """
    found = next((s for s in plan.shots if s.id == shot_id), None)
    if found is None:
        raise NotFound(f"no shot {shot_id} in this plan", hint=f"shots are {', '.join(s.id for s in plan.shots)}")
    after = _edited(plan, found, words, prompt, length, into)
    if sound is not None:
        after = replace(after, sound=sound)
    if overlays is not None:
        after = replace(after, overlays=overlays)
    if corrections is not None:
        after = replace(after, corrections={**after.corrections, **corrections})
    after = _sourced(plan, found, after, material, start, fills)
    if shows is not None:
        after = replace(after, shows=shows)
    changed = _put(plan, after)
    return rescore(changed) if after.length != found.length else changed


def _edited(
    plan: Plan, shot: Shot, words: Mapping[str, str | None] | None, prompt: str | None, length: int | None,
    into: Transition | None,
) -> Shot:  # fmt: skip
    if words is not None:
        for role in words:
            if role not in ROLES:
                raise BadInput(f"words.{role}", words[role], f"roles among {', '.join(sorted(ROLES))}")
        shot = replace(shot, words=_laid(shot.words, words), overlays=retitled(shot.overlays, words))
    if prompt is not None:
        shot = replace(shot, prompt=in_the_same_film(prompt, shot.prompt))
    if length is not None:
        most = 600 * plan.fps[0] // plan.fps[1]
        if type(length) is not int or not 1 <= length <= most:
            raise BadInput("length", length, f"a whole number of frames from 1 to {most}")
        shot = replace(shot, length=Frames(length))
    return replace(shot, into=into) if into is not None else shot


def _laid(stands: Mapping[str, str], words: Mapping[str, str | None]) -> dict[str, str]:
    return {role: text for role, text in {**stands, **words}.items() if text}


def retitled(overlays: tuple[Overlay, ...], words: Mapping[str, str | None]) -> tuple[Overlay, ...]:
    """The titles over footage with the new words: each role where it stands, a new one in the first title."""
    titles = [overlay for overlay in overlays if overlay.kind == "title"]
    if not titles:
        return overlays
    of_role = {role: next((t for t in titles if role in t.words), titles[0]) for role in words}
    return tuple(
        replace(one, words=_laid(one.words, {r: text for r, text in words.items() if of_role[r] is one}))
        for one in overlays
    )


def _sourced(plan: Plan, before: Shot, after: Shot, material: Material | None, start: int | None, fills: bool) -> Shot:
    """The edited shot with the request or the clip that it now needs."""
    frames = after.length + after.into.over
    if material and material.treatment == "clip":
        source = Own(asset=material.asset, start=Frames(start or 0))
        if source.start + frames > clip_frames(material.ms or 0, plan.fps) + 1:
            raise BadInput("length", f"{frames} frames", f"at most what {material.name} has from there on")
        return replace(over_picture(plan, before, after, material), source=source, still=None)
    if isinstance(after.source, Own) and material is None:
        return replace(after, source=replace(after.source, start=Frames(start))) if start is not None else after
    if not isinstance(after.source, Own) and not is_drawn(after.source) and material is None:
        return recast(plan, before, after)
    known = not isinstance(after.source, Own) and is_drawn(after.source)
    place = place_of(after.source) if known and isinstance(after.source, Request) else _place(plan, before)
    if material:
        after, place = pictured(plan, before, after, material, place)
    elif fills and place.picture:
        place = replace(place, picture=replace(place.picture, move=place.picture.move or "push"))
    request = match_shot(after.prompt, after.words, frames, place, house_of(plan))
    still = match_still(request) if before.still or isinstance(before.source, Own) else None
    return replace(after, source=request, still=still)


def _place(plan: Plan, shot: Shot) -> Place:
    """Where a shot stands that had no request so far."""
    names = [beat.name for beat in plan.beats for _ in beat.shots]
    at = [s.id for s in plan.shots].index(shot.id)
    return Place(beat=names[at], after=names[at - 1] if at else "", before=names[at + 1] if at + 1 < len(names) else "")


def _put(plan: Plan, shot: Shot) -> Plan:
    """The plan with ``shot`` in its place; beats start where those before them end, lines keep inside theirs."""
    made: list[Beat] = []
    at = 0
    for beat in plan.beats:
        shots = tuple(shot if s.id == shot.id else s for s in beat.shots)
        length = sum(s.length for s in shots)
        lines = tuple(_kept_inside(line, beat.length, length) for line in beat.lines)
        made.append(replace(beat, start=Frames(at), length=Frames(length), shots=shots, lines=lines))
        at += length
    return replace(plan, beats=tuple(made), author="person")


def _kept_inside(line: Line, before: int, now: int) -> Line:
    """The line with its end moved as its beat's end moved."""
    start = min(line.start, max(0, now - 1))
    room = max(1, min(line.room + now - before, now - start))
    return replace(line, start=Frames(start), room=Frames(room))


def rescore(plan: Plan) -> Plan:
    """The plan with its bed asked for anew: lift and button on the beats as they now stand."""
    if plan.bed is None:
        return plan
    names = [beat.name for beat in plan.beats]
    end = plan.beats[-1].start if names[-1] == "end_card" else plan.length
    lift = next((beat.start for beat in plan.beats if beat.name == "reveal" and beat.start), None)
    seed = plan.bed.request.extra.get("seed", 0)
    bpm_milli = plan.bed.bpm_milli
    if bpm_milli != beat_frames(plan.bed.mood, plan.fps)[1]:  # its cuts are not laid on whole beats of the mood
        bpm_milli = tempo(plan.bed.mood, int(end), lift, plan.fps, play=0).grid.bpm_milli
    return replace(plan, bed=_bed(plan, plan.bed.mood, bpm_milli, seed))


def _bed(plan: Plan, mood: str, bpm_milli: int, seed: int) -> Bed:
    if plan.bed and not plan.bed.request.model.startswith("composer/"):
        row = model(plan.bed.request.model)
        ms = frames_to_ms(plan.length, plan.fps)
        if row.seconds:  # a film that has grown may be longer than any music that is sold: the mix says so
            ms = min(ms, row.seconds[-1] * 1000)
        request = music_request(mood, bpm_milli, ms, row)
        return Bed(mood=mood, bpm_milli=bpm_milli, request=request)
    energies = {name: rule.energy for name, rule in beats().items()}
    request = match_bed(plan.beats, energies, mood, bpm_milli, seed, house_of(plan))
    return Bed(mood=mood, bpm_milli=bpm_milli, request=request)


def remood(plan: Plan, mood: str) -> Plan:
    """The plan with other music under it; no picture changes. Raises ``BadInput`` with the moods that there are."""
    if mood not in moods():
        raise BadInput("mood", mood, ", ".join(moods()))
    seed = plan.bed.request.extra.get("seed", 0) if plan.bed else 0
    return replace(rescore(replace(plan, bed=_bed(plan, mood, 120_000, seed))), author="person")


def relook(plan: Plan, *, look: str | None = None, accent: str | None = None) -> Plan:
    """The plan in another look or accent colour (``#RRGGBB``): everything drawn is asked for anew, clips are kept."""
    if accent is not None and not _hex(accent):
        raise BadInput("accent", accent, "a colour such as #FF5A00")
    house = house_of(plan)
    house = replace(house, look=look or house.look, accent=house.accent if accent is None else accent.upper())
    remade = each_shot(plan, lambda shot: redrawn(shot, house))
    over = plan.accent or any(titles_of(shot) for shot in plan.shots)
    return replace(remade, look=house.look, accent=house.accent if over else "", author="person")


def accented(plan: Plan) -> Plan:
    """The plan whose titles over footage have the colour of what is drawn beside them."""
    if plan.accent or not any(titles_of(shot) for shot in plan.shots):
        return plan
    return replace(plan, accent=house_of(plan).accent)


def _hex(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])


def redrawn(shot: Shot, house: House) -> Shot:
    """The shot drawn for the house as it is now; what is not drawn stays."""
    if isinstance(shot.source, Own) or not is_drawn(shot.source):
        return shot
    request = match_shot(shot.prompt, shot.words, shot.length + shot.into.over, place_of(shot.source), house)
    return replace(shot, source=request, still=match_still(request) if shot.still else None)


def refit(plan: Plan) -> Plan:
    """Requests normalised for the lengths as they stand: what ``reel.fit`` leaves to us after beats grew."""
    house = house_of(plan)

    def fitted(shot: Shot) -> Shot:
        if isinstance(shot.source, Own) or is_drawn(shot.source):
            return redrawn(shot, house)
        return recast(plan, replace(shot, length=Frames(0)), shot)

    return rescore(each_shot(plan, fitted))


def rehit(plan: Plan) -> Plan:
    """The plan with every shot told where the bed's beats land in it; requests of all shots may change."""
    if plan.bed is None or not plan.bed.bpm_milli:
        return plan
    bpm = plan.bed.bpm_milli
    grid = Grid(bpm_milli=bpm, bar=Fraction(240_000 * plan.fps[0], bpm * plan.fps[1]))
    house, windows = house_of(plan), plan.windows()

    def change(shot: Shot) -> Shot:
        if isinstance(shot.source, Own) or not is_drawn(shot.source):
            return shot
        start, frames = windows[shot.id][0], shot.length + shot.into.over
        place = replace(place_of(shot.source), hits=tuple(grid.beats_in(start, start + frames)))
        request = match_shot(shot.prompt, shot.words, frames, place, house)
        return replace(shot, source=request, still=match_still(request) if shot.still else None)

    return each_shot(plan, change)
