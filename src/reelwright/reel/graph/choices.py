"""A person's choices about takes: retakes, circled takes, accepted findings. Stored by revision, beside the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from pydantic import Field

from reelwright.reel.base.canonical import compute_fingerprint
from reelwright.reel.base.value import Digest, Fingerprint, ShotId, define_value


def _is_no_retry(count: int) -> bool:
    """Whether the field is left out of stored JSON: what older programs wrote, and read, has none."""
    return count == 0


def _is_unnamed(take: str) -> bool:
    return not take


@define_value
class RetakeRequest:
    """A request for more takes of the step with ``fingerprint``. ``round`` counts from 2.

    The request has no effect once the plan has no step with that fingerprint. ``retry``: from 1, where the same round
    is tried again because it failed; a retry of the first round has ``round`` 1.
    """

    fingerprint: Fingerprint
    round: int
    samples: int = 1
    retry: Annotated[int, Field(exclude_if=_is_no_retry)] = 0


@define_value
class Circle:
    """The circled take of a shot. It counts while the shot's request still has the digest ``request``.

    ``take``: the id of the take, which tells it from others with the same bytes; empty in what older programs wrote.
    """

    asset: Digest
    request: Digest
    take: Annotated[str, Field(exclude_if=_is_unnamed)] = ""


@define_value
class Choices:
    """The decisions of a person about one revision.

    ``circles``: a shot without one uses its lowest (round, sample) that passed. ``accepted_findings``: findings that
    the person overruled. ``replaced_models``: retired models that an edit asked for, each with the model that was used
    in its place.
    """

    retakes: tuple[RetakeRequest, ...] = ()
    circles: Mapping[ShotId, Circle] = field(default_factory=dict)
    accepted_findings: frozenset[str] = frozenset()
    replaced_models: Mapping[str, str] = field(default_factory=dict)


def compute_round_fingerprint(retake: RetakeRequest) -> Fingerprint:
    """Return the fingerprint of a retake's round, under which its takes are bought and stored."""
    name = [retake.fingerprint, retake.round, retake.samples, *([retake.retry] if retake.retry else [])]
    return compute_fingerprint(retake.fingerprint.split(":")[0], name)
