"""What came of a step, and the takes that it brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from reelwright.reel.noun import Digest, Fingerprint, ShotId, noun


@noun
class Missing:
    """A sample that a round did not bring, with its reason in plain words."""

    sample: int
    reason: Literal["filtered", "refused", "lost", "expired", "failed"]
    said: str = ""


@noun
class Outcome:
    """Write-once by fingerprint. ``chosen`` is set before any dependant reads it.

    ``facts`` were measured on the bytes (frames, loudness …); they are never part of a fingerprint. A film's
    facts name its files: ``{"files": {"master": digest, "srt": digest, …}}``.
    """

    fingerprint: Fingerprint
    assets: tuple[Digest, ...]
    missing: tuple[Missing, ...] = ()
    chosen: Digest | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@noun
class Take:
    """One obtained version of a shot."""

    id: str
    shot: ShotId
    fingerprint: Fingerprint
    asset: Digest
    round: int
    sample: int
    purchase: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)


def why_nothing(outcome: Outcome) -> str:
    """Why a step brought nothing at all, in plain words; empty where it brought something."""
    if outcome.assets or not outcome.missing:
        return ""
    return "; ".join(dict.fromkeys(lost.said or lost.reason for lost in outcome.missing))
