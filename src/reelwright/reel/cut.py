"""The cut: which take where. A pure function of plan and what is circled; recorded when a job reaches it."""

from __future__ import annotations

from collections.abc import Mapping

from reelwright.reel.breakdown import BED, take_key, voice_key
from reelwright.reel.noun import Digest, ShotId, StepKey, noun
from reelwright.reel.plan import Own, Plan, Shot, TransitionKind
from reelwright.units import Frames


@noun
class Edit:
    """One entry of the cut. ``start``: first frame of the source shown; ``over``: frames of the transition out."""

    shot: ShotId
    asset: Digest
    start: Frames
    length: Frames
    into: TransitionKind = "cut"
    over: Frames = Frames(0)


@noun
class Cut:
    """The edit decision list. Rates as (numerator, denominator), sizes in pixels."""

    fps: tuple[int, int]
    size: tuple[int, int]
    edits: tuple[Edit, ...]
    voice: tuple[tuple[Frames, Digest], ...] = ()
    bed: Digest | None = None


def cut(plan: Plan, chosen: Mapping[StepKey, Digest]) -> Cut:
    """``chosen``: the digest that dependants read, by step key. Raises ``KeyError`` where one is missing."""
    edits = tuple(_edit(shot, chosen) for shot in plan.shots)
    voice = tuple((start, chosen[voice_key(line.id)]) for start, line in plan.lines() if line.request)
    return Cut(fps=plan.fps, size=plan.size, edits=edits, voice=voice, bed=chosen[BED] if plan.bed else None)


def _edit(shot: Shot, chosen: Mapping[StepKey, Digest]) -> Edit:
    own = shot.source if isinstance(shot.source, Own) else None
    return Edit(
        shot=shot.id,
        asset=own.asset if own else chosen[take_key(shot.id)],
        start=own.start if own else Frames(0),
        length=shot.length,
        into=shot.into.kind,
        over=shot.into.over,
    )
