"""How fast a provider's clock runs: the waits between two questions and before what was not accepted is sent again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reelwright.reel.noun import noun

if TYPE_CHECKING:
    from reelwright.engine.operations import Pace

_LEAST_S: Final = 0.05


@noun
class Tempo:
    """``speed``: the provider's seconds in one of ours. ``rehearsed``: they only rehearse."""

    speed: float = 1.0
    rehearsed: bool = False

    @property
    def pace(self) -> Pace:
        """Between two polls."""
        from reelwright.engine.operations import Pace

        return self.scaled(Pace())

    def scaled(self, usual: Pace) -> Pace:
        """A provider's usual pace, in seconds of ours."""
        if self.speed == 1:
            return usual
        return replace(
            usual,
            least_s=self.ours(usual.least_s),
            most_s=self.ours(usual.most_s),
            first_s=self.ours(usual.first_s),
            patience_s=self.ours(usual.patience_s),
        )

    @property
    def send_again_s(self) -> tuple[float, ...]:
        """Before what was not accepted is sent again."""
        from reelwright.engine.gate import SEND_AGAIN_S

        return tuple(self.ours(seconds) for seconds in SEND_AGAIN_S)

    def ours(self, seconds: float) -> float:
        """Seconds of ours in which so many of theirs pass."""
        return max(_LEAST_S, seconds / self.speed)
