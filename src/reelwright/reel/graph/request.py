"""Requests for AI work, normalised once by ``planner.match`` and stored in the plan. A provider learns nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Literal

from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.stored_fields import get_stored_fields
from reelwright.reel.base.value import Digest, StepKey, define_value

InputRole = Literal[
    "first_frame", "last_frame", "reference", "source", "logo", "font", "melody", "sound", "voice", "bed", "segment",
    "mix",
]  # fmt: skip
Part = Literal["whole", "first_frame", "last_frame"]


LOCAL_MODEL_PREFIXES: Final = ("animatic/", "composer/", "rules/")
"""Prefixes of the ids of models that draw, compose and plan on this machine."""


@define_value
class Input:
    """An input of a step, from exactly one source: bytes (``asset``) or a step (``of``; of takes, the circled one).

    Raises ``ValueError`` on creation without a source, or with both.
    """

    role: InputRole
    asset: Digest | None = None
    of: StepKey | None = None
    part: Part = "whole"

    def __post_init__(self) -> None:
        if (self.asset is None) == (self.of is None):
            raise ValueError("an input has exactly one source: an asset or a step")


StepInputs = Sequence[tuple[Input, Digest]]
"""A step's inputs in order, each with the digest of the bytes to read."""


@define_value
class Request:
    """A request that may cost money. ``ms``: the length in milliseconds. ``extra``: options, without any floats."""

    model: str
    mode: str
    prompt: str
    ms: int | None = None
    aspect: str | None = None
    resolution: str | None = None
    samples: int = 1
    seed: int | None = None
    sound: bool | None = None
    inputs: tuple[Input, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether what is requested is drawn, composed or planned on this machine, and costs nothing."""
        return self.model.startswith(LOCAL_MODEL_PREFIXES)

    @property
    def subject_inputs(self) -> tuple[Input, ...]:
        """Return the inputs that the shot is about or is made from: all but the brand's logo and font."""
        return tuple(one for one in self.inputs if one.role not in ("logo", "font"))


_ALWAYS_HASHED: Final = ("model", "mode", "prompt")
_DEFAULTS: Final = get_stored_fields(Request(model="", mode="", prompt=""))


def to_fingerprint_fields(request: Request) -> dict[str, Any]:
    """Return the fields of ``request`` that enter a fingerprint, by the names that the journal stores.

    Inputs and defaults are left out, so that a new field with a default changes no old fingerprint.
    """
    named = get_stored_fields(request).items()
    return {k: v for k, v in named if k != "inputs" and (k in _ALWAYS_HASHED or v != _DEFAULTS[k])}


def compute_request_digest(request: Request) -> Digest:
    """Return the digest of a request with its inputs: a circled take counts while it stays the same.

    An input from a step stands in it by the step's key.
    """
    return compute_digest([to_fingerprint_fields(request), [[i.role, i.part, i.asset, i.of] for i in request.inputs]])
