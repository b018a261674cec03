"""The speed of the providers' clock: it scales the waits between polls and before a purchase is sent again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reelwright.reel.value import define_value

if TYPE_CHECKING:
    from reelwright.engine.operations import Pace

_LEAST_S: Final = 0.05


@define_value
class Tempo:
    """The speed of the providers' clock. ``speed``: seconds of the provider per real second."""

    speed: float = 1.0
    is_rehearsal: bool = False

    @property
    def pace(self) -> Pace:
        """The default polling times, in real seconds."""
        from reelwright.engine.operations import Pace

        return self.scale_pace(Pace())

    def scale_pace(self, usual: Pace) -> Pace:
        """Convert polling times from the provider's seconds into real seconds."""
        if self.speed == 1:
            return usual
        return replace(
            usual,
            least_s=self.scale_seconds(usual.least_s),
            most_s=self.scale_seconds(usual.most_s),
            first_s=self.scale_seconds(usual.first_s),
            patience_s=self.scale_seconds(usual.patience_s),
        )

    @property
    def send_again_s(self) -> tuple[float, ...]:
        """The real seconds to wait before a purchase that was not accepted is sent again."""
        from reelwright.engine.gate import SEND_AGAIN_S

        return tuple(self.scale_seconds(seconds) for seconds in SEND_AGAIN_S)

    def scale_seconds(self, seconds: float) -> float:
        """Convert the provider's seconds into real seconds, at least 0.05."""
        return max(_LEAST_S, seconds / self.speed)
