"""Outcomes of steps, and the takes in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, Literal

from reelwright.reason import Reason, build_reason
from reelwright.reel.base.value import Digest, Fingerprint, ShotId, define_value

KEPT: Final = "kept"
"""The fact of an outcome that names files which were paid for and cannot be used: they are of another kind."""
PASSING_REASONS: Final = frozenset({"failed", "lost", "expired"})
"""Reasons for a missing take after which another try may succeed; a refused one would be refused again."""
RETRIED_REASONS: Final = PASSING_REASONS | {"refused"}
"""Reasons after which ``retry`` sends the request once more: a refusal is free, and a list may show it as accepted."""


@define_value
class MissingSample:
    """A sample of a round that was not delivered. ``message``: the reason in plain words."""

    sample: int
    reason: Literal["filtered", "refused", "lost", "expired", "failed"]
    message: str = ""


@define_value
class TakeMeasures:
    """The real length, size and sound of a take. ``ms``: in milliseconds. ``width`` and ``height``: as shown."""

    ms: int
    width: int
    height: int
    has_sound: bool


@define_value
class Outcome:
    """The result of a step, written once by fingerprint. ``chosen_asset`` is set before a dependent step reads it.

    ``facts`` were measured on the bytes (frames, loudness …); they are never part of a fingerprint. A film's
    facts name its files: ``{"files": {"master": digest, "srt": digest, …}}``. Those of takes that were bought hold
    their ``TakeMeasures``: ``{"measures": {digest: {"ms": …}}}``.
    """

    fingerprint: Fingerprint
    assets: tuple[Digest, ...]
    missing: tuple[MissingSample, ...] = ()
    chosen_asset: Digest | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@define_value
class Take:
    """A finished version of a shot, bought or drawn."""

    id: str
    shot: ShotId
    fingerprint: Fingerprint
    asset: Digest
    round: int
    sample: int
    purchase: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_measures(outcome: Outcome) -> dict[Digest, TakeMeasures]:
    """Return the measures of an outcome's takes by digest, of those that were measured when they landed."""
    measures: Mapping[str, Any] = outcome.facts.get("measures", {})
    return {Digest(digest): TakeMeasures(**found) for digest, found in measures.items()}


def explain_missing(outcome: Outcome) -> Reason | None:
    """Return why a step delivered nothing at all; None if it delivered something, or gave no reason."""
    if outcome.assets or not outcome.missing:
        return None
    return build_reason("nothing_delivered", causes=[lost.message or lost.reason for lost in outcome.missing])
