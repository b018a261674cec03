"""The speed of the providers' clock: it scales the waits between polls and before a purchase is sent again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reelwright.engine.policy import SEND_AGAIN_WAITS_S
from reelwright.reel.base.value import define_value
from reelwright.studio import late_modules as late
from reelwright.studio.policy import MIN_REHEARSED_WAIT_S

if TYPE_CHECKING:
    from reelwright.engine.purchases.operations import Pace


@define_value
class Tempo:
    """The speed of the providers' clock, which is faster only in a rehearsal.

    ``speed``: seconds of the provider per real second. ``fixed_pace`` and ``fixed_send_again_s``: a caller's own
    polling times for all models, and own waits before a purchase is sent again, in real seconds.
    """

    speed: float = 1.0
    is_rehearsal: bool = False
    fixed_pace: Pace | None = None
    fixed_send_again_s: tuple[float, ...] | None = None

    @property
    def pace(self) -> Pace:
        """The polling times for models without their own, in real seconds."""
        return self.choose_pace(late.operations.Pace())

    def choose_pace(self, usual: Pace) -> Pace:
        """Return ``fixed_pace`` if it is set, otherwise a model's ``usual`` polling times, scaled to real seconds."""
        return self.fixed_pace or self.scale_pace(usual)

    def scale_pace(self, usual: Pace) -> Pace:
        """Convert polling times from seconds of the provider's clock to real seconds."""
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
        """The waits, in real seconds, before each new send of a purchase that a provider did not accept."""
        if self.fixed_send_again_s is not None:
            return self.fixed_send_again_s
        return tuple(self.scale_seconds(seconds) for seconds in SEND_AGAIN_WAITS_S)

    @property
    def arrives_s(self) -> float | None:
        """Seconds during which a send without an answer may still reach its provider; None: as the network has it.

        In a rehearsal the provider runs in the process that sends: a send ends with it.
        """
        return MIN_REHEARSED_WAIT_S if self.is_rehearsal else None

    def scale_seconds(self, seconds: float) -> float:
        """Convert seconds of the provider's clock to real seconds, at least 0.05."""
        return max(MIN_REHEARSED_WAIT_S, seconds / self.speed)
