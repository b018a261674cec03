"""Habits of a fake's list: dated by its own clock, sometimes late, with the differences that real lists have."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Final, Literal, Protocol, TypeVar

from reelwright.reel.base.value import define_value

Habit = Literal[
    "numbers_as_text", "trimmed", "cut", "rewritten", "without_input", "with_defaults", "capital_ids", "oldest_first",
]  # fmt: skip
"""A way in which a list differs from what was sent. ``trimmed``: texts lose spaces and the full stop at their end.
``cut``: texts end after twelve letters. ``rewritten``: the prompt is the provider's own. ``with_defaults``: the list
adds fields that were not sent. ``capital_ids``: ids in another form than anywhere else."""
_CUT: Final = 12


class ListedWork(Protocol):
    """Type of what a list shows: it has the time of its acceptance, in seconds since 1970."""

    @property
    def accepted_at(self) -> float:
        """Return when it was accepted."""


_Work = TypeVar("_Work", bound=ListedWork)


@define_value
class Listing:
    """Settings of how a fake lists its work: how late, by which clock, and how its entries differ from what was sent.
    By default it repeats at once what was sent.

    ``clock_s``: seconds by which the provider's clock is ahead of ours, below 0 if it is behind. ``after_s``: seconds
    of ours after which work is listed.
    """

    habits: tuple[Habit, ...] = field(default=())
    clock_s: float = 0.0
    after_s: float = 0.0

    def list_visible(self, works: Iterable[_Work]) -> list[_Work]:
        """Return the works that the fake's list shows by now, in its order. ``works`` are the newest first."""
        found = [work for work in works if time.time() - work.accepted_at >= self.after_s]
        return found[::-1] if "oldest_first" in self.habits else found

    def shift_time(self, at: float) -> float:
        """Convert a time (seconds since 1970) from our clock to the fake provider's clock."""
        return at + self.clock_s

    def spell_id(self, id_: str) -> str:
        """Return an id as the fake's list spells it, such as in capitals."""
        return id_.upper() if "capital_ids" in self.habits else id_

    def repeat_request(self, request_fields: Mapping[str, Any], prompt: str = "prompt") -> dict[str, Any]:
        """Return the fields of a request as the fake's list repeats them: cut, rewritten or left out, by its habits.
        ``prompt``: the field that holds the prompt.
        """
        if "without_input" in self.habits:
            return {}
        found = {name: self._change_value(value) for name, value in request_fields.items()}
        if "rewritten" in self.habits and prompt in found:
            found[prompt] = "Cinematic footage, highly detailed, as our own model words it"
        return {**found, "enhance": True, "watermark": "none"} if "with_defaults" in self.habits else found

    def _change_value(self, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool) and "numbers_as_text" in self.habits:
            return str(value)
        if isinstance(value, str) and not value.startswith("http"):
            value = value.strip().rstrip(".") if "trimmed" in self.habits else value
            value = f"{value[:_CUT]}…" if "cut" in self.habits and len(value) > _CUT else value
        return value
