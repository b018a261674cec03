"""The one way in which a noun is declared: frozen, slotted, keyword-only, and strict when read from JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NewType, TypeVar, dataclass_transform

from reelwright.reel.stored_names import owner_of, stored_name

T = TypeVar("T")

Digest = NewType("Digest", str)
"""``sha256`` of some bytes, as 64 lower-case hexadecimal digits."""
Fingerprint = NewType("Fingerprint", str)
"""``kind:sha256`` of all that determines what a step makes."""
StepKey = NewType("StepKey", str)
"""A step's place in the plan, such as ``take/shot_…``."""
ShotId = NewType("ShotId", str)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def noun(cls: type[T]) -> type[T]:
    """Make ``cls`` a frozen value. Unknown keys are errors when one is read from a document."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = {  # type: ignore[attr-defined]
        "extra": "forbid",
        "alias_generator": partial(stored_name, owner_of(made)),
    }
    return made
