"""A script beside the one that a film was made from: which of its shots stay, change, come and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any, Final

from reelwright.planner.match import house_of, is_drawn, match_shot, match_still, place_of
from reelwright.planner.screens.parts import Part
from reelwright.reel.canonical import digest_of
from reelwright.reel.fit import fit
from reelwright.reel.noun import noun
from reelwright.reel.plan import Beat, Line, Own, Plan, Shot
from reelwright.reel.request import Request
from reelwright.units import Frames


@noun
class Kept:
    """By place in the new script: the shot of before, where there was one. ``same``: places whose screen is unchanged.

    A shot that an AI model makes may hold several screens: it stands at the first of them.
    """

    shots: tuple[Shot | None, ...]
    same: frozenset[int]

    @property
    def fresh(self) -> frozenset[int]:
        """Places of shots that are new or changed."""
        return frozenset(range(len(self.shots))) - self.same


def kept(parts: Sequence[Part], before: Plan | None) -> Kept:
    """How ``parts`` stand to the shots of ``before``: the same screens in their order, then those at their place."""
    if before is None:
        return Kept(shots=(None,) * len(parts), same=frozenset())
    old: list[tuple[str, Shot | None]] = []
    for shot in before.shots:
        old += [(written, shot if n == 0 else None) for n, written in enumerate(shot.written)]
    shots: list[Shot | None] = [None] * len(parts)
    same: set[int] = set()
    lines = SequenceMatcher(a=[written for written, _ in old], b=[part.written for part in parts], autojunk=False)
    for kind, a, a_end, b, b_end in lines.get_opcodes():
        for offset in range(min(a_end - a, b_end - b)):
            shots[b + offset] = old[a + offset][1]
            if kind == "equal":
                same.add(b + offset)
    return Kept(shots=tuple(shots), same=frozenset(same))


_OF_ITS_PLACE: Final = ("frames", "hits", "after", "before")
"""Of a drawn shot's request: what follows from its length and its neighbours, which are its plan's."""


def scripted_digest(shot: Shot) -> str:
    """A digest of what a shot shows as its script has it, however long: one that differs later was edited."""
    shown = [(overlay.kind, overlay.text, overlay.words) for overlay in shot.overlays]
    what = [shot.prompt, shot.words, shot.shows, shown, shot.corrections, shot.sound, _shown(shot.source)]
    return digest_of(what)[:16]


def _shown(source: Request | Own) -> Any:
    if isinstance(source, Own):
        return [source.asset, source.start]
    extra = {key: value for key, value in source.extra.items() if key not in _OF_ITS_PLACE}
    return [source.model, source.mode, source.prompt, source.inputs, extra]


def with_edits(plan: Plan, before: Plan | None) -> tuple[Plan, tuple[str, ...]]:
    """``plan``, cast, with what edits did to shots whose screen is unchanged; and what the script replaced, in words.

    An edited shot keeps what it shows; its length and its neighbours are the plan's. Pure.
    """
    had = {shot.id: shot for shot in before.shots} if before else {}
    said: list[str] = []
    beats = []
    for beat in plan.beats:
        shots = []
        for shot in beat.shots:
            mark = scripted_digest(shot)
            was = had.get(shot.id)
            if was is None or not was.scripted or was.scripted == scripted_digest(was):
                shots.append(replace(was if was and _is_as_before(shot, was) else shot, scripted=mark))
            elif was.written != shot.written:
                n = [one.id for one in plan.shots].index(shot.id) + 1
                said.append(f"Shot {n} was edited; its screen has changed in the script since, which holds now.")
                shots.append(replace(shot, scripted=mark))
            else:
                shots.append(replace(_edited(plan, was, shot), scripted=mark))
        lines = tuple(_as_before(line, beat, before) for line in beat.lines)
        beats.append(replace(beat, shots=tuple(shots), lines=lines))
    made = replace(plan, beats=tuple(beats))
    if before and made.bed and before.bed and _scored_alike(made, before):
        made = replace(made, bed=before.bed)
    spoken = {line.id: line.spoken for _, line in before.lines() if line.spoken is not None} if before else {}
    return _with_spoken(made, before, spoken), tuple(said)


def _is_as_before(now: Shot, was: Shot) -> bool:
    """Whether nothing about the shot changed but where the music's beats land in it."""
    same = scripted_digest(now) == scripted_digest(was) and now.written == was.written
    placed = (now.length, now.into, now.opening) == (was.length, was.into, was.opening)
    if isinstance(now.source, Own) or isinstance(was.source, Own):
        return same and placed
    beside = all(now.source.extra.get(key) == was.source.extra.get(key) for key in ("after", "before"))
    return same and placed and beside and now.waits == was.waits


def _as_before(line: Line, beat: Beat, before: Plan | None) -> Line:
    """A line as it stood, with how long it was spoken, where its words, its voice and its shots are the same."""
    for had in before.beats if before else ():
        for was in had.lines:
            if was.id == line.id and (was.text, was.request) == (line.text, line.request):
                lengths = [shot.length for shot in beat.shots] == [shot.length for shot in had.shots]
                return was if lengths else replace(line, spoken=was.spoken, timed=was.timed)
    return line


def _scored_alike(plan: Plan, before: Plan) -> bool:
    """Whether the same music fits: beats and cuts lie where they lay, in the same mood, by the same composer."""
    cuts = [[(beat.name, [shot.length for shot in beat.shots]) for beat in one.beats] for one in (plan, before)]
    assert plan.bed and before.bed
    sources = plan.bed.request.model == before.bed.request.model
    return cuts[0] == cuts[1] and sources and plan.bed.mood == before.bed.mood


def _with_spoken(plan: Plan, before: Plan | None, spoken: Mapping[str, Frames]) -> Plan:
    """The plan with room for lines that were spoken already; as it is where they have it."""
    from reelwright.planner.edit import refit

    known = {line.id: spoken[line.id] for _, line in plan.lines() if line.spoken is not None and line.id in spoken}
    fitted = fit(plan, known) if known else plan
    return plan if fitted == plan or before is None else refit(fitted)


def _edited(plan: Plan, was: Shot, now: Shot) -> Shot:
    """The shot as an edit left it, as long as ``now`` and between its neighbours."""
    source = was.source
    if isinstance(source, Own) or not is_drawn(source):
        from reelwright.planner.casting.recast import recast

        after = replace(was, length=now.length, into=now.into)
        return after if isinstance(source, Own) else recast(plan, was, after)
    place = place_of(source)
    if not isinstance(now.source, Own) and is_drawn(now.source):
        there = place_of(now.source)
        place = replace(place, after=there.after, before=there.before, hits=there.hits)
    request = match_shot(was.prompt, was.words, now.length + now.into.over, place, house_of(plan))
    still = match_still(request) if was.still else None
    return replace(was, length=now.length, into=now.into, source=request, still=still)
