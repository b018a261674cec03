"""The cut: the list of which take is used where. A pure function of the plan and the chosen takes."""

from __future__ import annotations

from collections.abc import Mapping

from reelwright.reel.base.value import Digest, ShotId, StepKey, define_value
from reelwright.reel.film.breakdown import BED, make_take_key, make_voice_key
from reelwright.reel.film.plan import OwnFootage, Plan, Shot, TransitionKind
from reelwright.units import Frames


@define_value
class Edit:
    """An entry of the cut. ``start``: the first frame of the source that is shown.

    ``transition`` and ``transition_length``: how the shot gives way to the next, and for how many frames.
    """

    shot: ShotId
    asset: Digest
    start: Frames
    length: Frames
    transition: TransitionKind = "cut"
    transition_length: Frames = Frames(0)


@define_value
class Cut:
    """The edit decision list. Rates as (numerator, denominator), sizes in pixels."""

    fps: tuple[int, int]
    size: tuple[int, int]
    edits: tuple[Edit, ...]
    voice: tuple[tuple[Frames, Digest], ...] = ()
    bed: Digest | None = None


def build_cut(plan: Plan, assets: Mapping[StepKey, Digest]) -> Cut:
    """Return the cut of ``plan``. ``assets``: the chosen digest by step key. Raises ``KeyError`` if one is missing."""
    edits = tuple(_build_edit(shot, assets) for shot in plan.shots)
    voice = tuple((start, assets[make_voice_key(line.id)]) for start, line in plan.list_lines() if line.request)
    return Cut(fps=plan.fps, size=plan.size, edits=edits, voice=voice, bed=assets[BED] if plan.bed else None)


def _build_edit(shot: Shot, chosen: Mapping[StepKey, Digest]) -> Edit:
    own = shot.source if isinstance(shot.source, OwnFootage) else None
    return Edit(
        shot=shot.id,
        asset=own.asset if own else chosen[make_take_key(shot.id)],
        start=own.start if own else Frames(0),
        length=shot.length,
        transition=shot.transition.kind,
        transition_length=shot.transition.length,
    )
