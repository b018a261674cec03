"""A script beside the one that a film was made from: which of its shots stay, change, come and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from reelwright.planner.casting.recast import recast
from reelwright.planner.match import house_of, is_drawn, match_shot, match_still, place_of
from reelwright.planner.screens.parts import Part
from reelwright.reel.canonical import digest_of
from reelwright.reel.noun import noun
from reelwright.reel.plan import Own, Plan, Shot


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


def scripted_digest(shot: Shot) -> str:
    """A digest of a shot as its script has it: one that differs later was edited."""
    return digest_of(replace(shot, scripted=""))[:16]


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
                shots.append(replace(shot, scripted=mark))
            elif was.written != shot.written:
                n = [one.id for one in plan.shots].index(shot.id) + 1
                said.append(f"Shot {n} was edited; its screen has changed in the script since, which holds now.")
                shots.append(replace(shot, scripted=mark))
            else:
                shots.append(replace(_edited(plan, was, shot), scripted=mark))
        beats.append(replace(beat, shots=tuple(shots)))
    return replace(plan, beats=tuple(beats)), tuple(said)


def _edited(plan: Plan, was: Shot, now: Shot) -> Shot:
    """The shot as an edit left it, as long as ``now`` and between its neighbours."""
    source = was.source
    if isinstance(source, Own) or not is_drawn(source):
        after = replace(was, length=now.length, into=now.into)
        return after if isinstance(source, Own) else recast(plan, was, after)
    place = place_of(source)
    if not isinstance(now.source, Own) and is_drawn(now.source):
        there = place_of(now.source)
        place = replace(place, after=there.after, before=there.before, hits=there.hits)
    request = match_shot(was.prompt, was.words, now.length + now.into.over, place, house_of(plan))
    still = match_still(request) if was.still else None
    return replace(was, length=now.length, into=now.into, source=request, still=still)
