"""What a person decided about what was obtained; kept by revision, beside the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reelwright.reel.canonical import fingerprint_of
from reelwright.reel.noun import Digest, Fingerprint, ShotId, noun


@noun
class Ask:
    """A retake: "another of this". Lapses by itself when the plan no longer wants ``of``. Rounds count from 2."""

    of: Fingerprint
    round: int
    samples: int = 1


@noun
class Circle:
    """The chosen take of a shot. Counts while the shot still has the request it was made under."""

    asset: Digest
    request: Digest


@noun
class Choices:
    """``circled`` absent: the lowest (round, sample) that passed. ``accepted``: findings overruled by a person.

    ``instead``: retired models that an edit asked for, each with the one that was taken in its place.
    """

    asks: tuple[Ask, ...] = ()
    circled: Mapping[ShotId, Circle] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    instead: Mapping[str, str] = field(default_factory=dict)


def again(ask: Ask) -> Fingerprint:
    """The fingerprint under which an asked-for round is bought and kept."""
    return fingerprint_of(ask.of.split(":")[0], [ask.of, ask.round, ask.samples])
