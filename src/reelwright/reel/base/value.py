"""``define_value`` declares frozen, slotted, keyword-only values that are strict when read from JSON; ids, digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, NewType, ParamSpec, TypeVar, dataclass_transform

from reelwright.reel.base.stored_fields import get_owner_name, get_stored_name

P = ParamSpec("P")
T = TypeVar("T")

Digest = NewType("Digest", str)
"""SHA-256 of some bytes, as 64 lower-case hexadecimal digits."""
Fingerprint = NewType("Fingerprint", str)
"""``kind:sha256`` of everything that determines the result of a step."""
StepKey = NewType("StepKey", str)
"""A step's place in the plan, such as ``take/shot_…``."""
ShotId = NewType("ShotId", str)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def define_value(cls: type[T]) -> type[T]:
    """Make ``cls`` a frozen, keyword-only dataclass; unknown keys are errors when it is read from JSON."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = {  # type: ignore[attr-defined]
        "extra": "forbid",
        "alias_generator": partial(get_stored_name, get_owner_name(made)),
        "validate_by_name": True,  # the public spelling, also inside a result; the stored one has to be asked for
        "validate_by_alias": False,
    }
    return made


def cache_by_identity(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember up to ``most`` results of a pure function by the identity of its arguments, values that hash too slowly.

    A value that was read from the journal is the same object in the next request. Each entry holds its arguments, so
    that no other object can get the ``id`` of one of them.
    """

    def wrap(function: Callable[P, T]) -> Callable[P, T]:
        found: dict[tuple[int, ...], tuple[tuple[Any, ...], T]] = {}

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            key = tuple(map(id, (*args, *kwargs.values())))
            if (known := found.get(key)) is not None:
                return known[1]
            if len(found) >= most:
                found.clear()
            made = function(*args, **kwargs)
            found[key] = ((*args, *kwargs.values()), made)
            return made

        return answer

    return wrap
