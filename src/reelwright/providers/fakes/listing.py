"""How a fake's list repeats its work: dated by its own clock, some of it late, in the forms that lists have."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, Literal

from reelwright.reel.noun import noun

if TYPE_CHECKING:
    from reelwright.providers.fakes.remote import Work

Habit = Literal[
    "numbers_as_text", "trimmed", "cut", "rewritten", "without_input", "with_defaults", "capital_ids", "oldest_first",
]  # fmt: skip
"""A way in which a list differs from what was sent. ``trimmed``: texts lose spaces and the full stop at their end.
``cut``: texts end after twelve letters. ``rewritten``: the prompt is the provider's own. ``with_defaults``: fields
that nobody sent. ``capital_ids``: ids in another form than anywhere else."""
_CUT: Final = 12


@noun
class Listing:
    """How a provider's list shows its work. Without anything said it repeats what was sent, at once.

    ``clock_s``: by how much the provider's clock is ahead of ours, below 0 behind. ``after_s``: seconds of ours after
    which work stands in the list.
    """

    habits: tuple[Habit, ...] = field(default=())
    clock_s: float = 0.0
    after_s: float = 0.0

    def shown(self, works: Iterable[Work]) -> list[Work]:
        """The works that stand in the list by now, in its order; ``works`` are the newest first."""
        found = [work for work in works if time.time() - work.at >= self.after_s]
        return found[::-1] if "oldest_first" in self.habits else found

    def dated(self, at: float) -> float:
        """A moment by the provider's own clock."""
        return at + self.clock_s

    def named(self, id_: str) -> str:
        """An id as the list spells it."""
        return id_.upper() if "capital_ids" in self.habits else id_

    def repeated(self, told: Mapping[str, Any], prompt: str = "prompt") -> dict[str, Any]:
        """What was asked for, as the list repeats it. ``prompt``: the field that holds it."""
        if "without_input" in self.habits:
            return {}
        found = {name: self._value(value) for name, value in told.items()}
        if "rewritten" in self.habits and prompt in found:
            found[prompt] = "Cinematic footage, highly detailed, as our own model words it"
        return {**found, "enhance": True, "watermark": "none"} if "with_defaults" in self.habits else found

    def _value(self, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool) and "numbers_as_text" in self.habits:
            return str(value)
        if isinstance(value, str) and not value.startswith("http"):
            value = value.strip().rstrip(".") if "trimmed" in self.habits else value
            value = f"{value[:_CUT]}…" if "cut" in self.habits and len(value) > _CUT else value
        return value
