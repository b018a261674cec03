"""The parts of a film that exist while it is made: its stills, its takes, what of it can be played, and its cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Final

from reelwright.reel.base.value import Digest, StepKey
from reelwright.reel.film.breakdown import (
    BED,
    MIX,
    build_graph,
    make_segment_key,
    make_take_key,
    make_transition_key,
    make_voice_key,
)
from reelwright.reel.film.plan import OwnFootage, Plan, Shot, find_source_start, has_other_sound
from reelwright.reel.graph.wanted_steps import ResolvedStep, resolve_steps
from reelwright.studio.films import summaries
from reelwright.studio.results.result_model import OMIT_EMPTY, ResultModel, Usd
from reelwright.studio.runtime.home import Home
from reelwright.units import convert_frames_to_seconds

_IN_WORK: Final = frozenset({"posting", "submitted", "succeeded"})
_DUCKED: Final = 0.3
"""Volume of music below a voice, and of a shot's own sound that is ducked, until the mix has them at their levels."""


class PlayedPart(ResultModel):
    """A picture or sound that plays for a while: ``asset`` from its second ``offset_s``, at ``start_s`` of the film.

    ``volume``: from 0 to 1; of a picture it is 0.
    """

    start_s: float
    duration_s: float
    asset: Digest
    offset_s: float = 0.0
    volume: float = 0.0


class FilmParts(ResultModel):
    """The stills and takes of a film that exist so far, with the money spent.

    ``stills``: of the storyboard, in the order of the film. ``take_count`` of ``wanted_take_count`` shots have a take.
    ``micros``: what the project has spent. ``steps_in_work``: keys of the steps that are being made right now.
    ``pictures``: what can be played of the film, one after another: segments, and takes where a segment is missing; a
    shot without either leaves a hole. ``sounds``: the mix; before it exists the music, voices and sounds of takes.
    """

    stills: tuple[Digest, ...]
    has_stills: bool
    has_takes: bool
    take_count: int
    wanted_take_count: int
    micros: Usd
    steps_in_work: Annotated[tuple[str, ...], OMIT_EMPTY] = ()
    pictures: Annotated[tuple[PlayedPart, ...], OMIT_EMPTY] = ()
    sounds: Annotated[tuple[PlayedPart, ...], OMIT_EMPTY] = ()


async def read_film_parts(home: Home, project: str) -> FilmParts:
    """Read which parts of a project's film exist, and what it spent. Before there is a plan, none exist."""
    standing = await home.journal.read_standing(home.account, project)
    spent = summaries.sum_spent(await home.ledger.list_purchases(home.account, project))
    if standing.plan is None:
        return FilmParts(stills=(), has_stills=False, has_takes=False, take_count=0, wanted_take_count=0, micros=spent)
    in_work = tuple(one.step for one in standing.open_purchases if one.state in _IN_WORK)
    graph = build_graph(standing.plan, "film", standing.encoding)
    found = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    shots = {make_take_key(shot.id) for shot in standing.plan.shots}
    stills = [found[key].asset for key, step in graph.steps.items() if step.kind == "still"]
    takes = [found[key].asset for key, step in graph.steps.items() if key in shots and step.kind == "take"]
    return FilmParts(
        stills=tuple(one for one in stills if one), has_stills=all(stills), has_takes=all(takes),
        take_count=sum(one is not None for one in takes), wanted_take_count=len(takes), micros=spent,
        steps_in_work=in_work, pictures=tuple(_list_pictures(standing.plan, found)),
        sounds=tuple(_list_sounds(standing.plan, found)),
    )  # fmt: skip


def _list_pictures(plan: Plan, found: Mapping[StepKey, ResolvedStep]) -> Iterator[PlayedPart]:
    """Yield the body of each shot and the transition out of it; where it is missing, the take that it is cut from."""
    windows = plan.compute_windows()
    heads = {after.id: int(shot.transition.length) for shot, after in pairwise(plan.shots)}
    for shot, after in zip(plan.shots, (*plan.shots[1:], None), strict=True):
        begin, end = windows[shot.id]
        head = heads.get(shot.id, 0)
        spans: list[tuple[Shot, StepKey, int, int, int]] = [(shot, make_segment_key(shot.id), begin + head, end, head)]
        if after and shot.transition.length:
            spans.append((after, make_transition_key(shot.id), end, end + int(shot.transition.length), 0))
        for taken, key, start, stop, skipped in spans:
            if segment := _find_asset(found, key):
                yield _build_part(plan, start, stop, segment)
            elif take := _find_asset(found, make_take_key(taken.id)):
                yield _build_part(plan, start, stop, take, find_source_start(plan, taken) + skipped)


def _list_sounds(plan: Plan, found: Mapping[StepKey, ResolvedStep]) -> Iterator[PlayedPart]:
    """Yield the mix; without it what it will be made of, in the order of its tracks."""
    if mix := _find_asset(found, MIX):
        yield _build_part(plan, 0, plan.length, mix, volume=1)
        return
    if plan.bed and (bed := _find_asset(found, BED)):
        level = 10 ** (plan.bed.level_milli_db / 20_000) * (_DUCKED if has_other_sound(plan) else 1)
        yield _build_part(plan, 0, plan.length, bed, volume=min(1, level))
    for start, line in plan.list_lines():
        if line.request and (voice := _find_asset(found, make_voice_key(line.id))):
            yield _build_part(plan, start, start + line.room, voice, volume=1)
    windows = plan.compute_windows()
    for shot in plan.shots:
        if shot.sound != "mute" and (source := _find_source(shot, found)):
            volume = 1 if shot.sound == "keep" else _DUCKED
            yield _build_part(plan, *windows[shot.id], source, find_source_start(plan, shot), volume)


def _find_source(shot: Shot, found: Mapping[StepKey, ResolvedStep]) -> Digest | None:
    return shot.source.asset if isinstance(shot.source, OwnFootage) else _find_asset(found, make_take_key(shot.id))


def _find_asset(found: Mapping[StepKey, ResolvedStep], key: StepKey) -> Digest | None:
    return found[key].asset if key in found else None


def _build_part(plan: Plan, start: int, end: int, asset: Digest, offset: int = 0, volume: float = 0) -> PlayedPart:
    start_s, duration_s, offset_s = (
        float(convert_frames_to_seconds(one, plan.fps)) for one in (start, end - start, offset)
    )
    return PlayedPart(start_s=start_s, duration_s=duration_s, asset=asset, offset_s=offset_s, volume=volume)
