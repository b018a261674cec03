"""What a provider is asked for: normalised once by planner/match, stored in the plan, and all a provider may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from reelwright.reel.canonical import digest_of
from reelwright.reel.noun import Digest, StepKey, noun
from reelwright.reel.stored_names import stored_fields

InputRole = Literal[
    "first_frame", "last_frame", "reference", "source", "melody", "sound", "voice", "bed", "segment", "mix"
]
Part = Literal["whole", "first_frame", "last_frame"]


@noun
class Input:
    """Exactly one source: bytes (``asset``), or a step (``of``; a take step gives what is circled)."""

    role: InputRole
    asset: Digest | None = None
    of: StepKey | None = None
    part: Part = "whole"

    def __post_init__(self) -> None:
        if (self.asset is None) == (self.of is None):
            raise ValueError("an input has exactly one source: an asset or a step")


@noun
class Request:
    """One paid request. ``ms`` in milliseconds; ``extra`` holds integers, text, lists and mappings, never floats."""

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


def spoken(request: Request) -> dict[str, Any]:
    """The request without inputs, defaults left out, so that a new field with a default moves no old fingerprint."""
    plain = stored_fields(Request(model="", mode="", prompt=""))
    always = ("model", "mode", "prompt")
    return {k: v for k, v in stored_fields(request).items() if k != "inputs" and (k in always or v != plain[k])}


def request_digest(request: Request) -> Digest:
    """What a circle was made under: the words of the request and its inputs, step keys included."""
    return digest_of([spoken(request), [[i.role, i.part, i.asset, i.of] for i in request.inputs]])
