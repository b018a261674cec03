"""``EncodingOptions``: what decides the bytes of the pictures that are encoded here, apart from the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.reel.base.value import define_value

_PRESETS: Final = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")
_MAX_CRF: Final = 51


@define_value
class EncodingOptions:
    """The options under which pictures are encoded: preset and CRF of x264, and the build of the encoder.

    Built once, where a home is opened, from the settings. ``reel.breakdown`` writes it into the arguments of every step
    whose bytes depend on it, so that it stands in their fingerprints and travels in their tasks. ``encoder``: as
    ``media.ffmpeg.read_build`` returns it; empty: whichever build does the work. Raises ``BadInput``.
    """

    preset: str = "veryfast"
    crf: int = 20
    encoder: str = ""

    def __post_init__(self) -> None:
        if self.preset not in _PRESETS:
            raise BadInput("preset", self.preset, ", ".join(_PRESETS))
        if not 0 <= self.crf <= _MAX_CRF:
            raise BadInput("crf", self.crf, f"a whole number from 0 to {_MAX_CRF}")

    def to_args(self) -> dict[str, Any]:
        """Return preset, CRF and encoder, as arguments of a work that encodes pictures."""
        return {"preset": self.preset, "crf": self.crf, **self.to_encoder_args()}

    def to_encoder_args(self) -> dict[str, Any]:
        """Return the encoder alone, for a work that encodes no pictures but whose bytes depend on the build."""
        return {"encoder": self.encoder}


DEFAULT_ENCODING: Final = EncodingOptions()


def read_encoding_options(args: Mapping[str, Any]) -> EncodingOptions:
    """Read the options from the arguments of a work; those that are missing are at their defaults."""
    return EncodingOptions(**{name: args[name] for name in ("preset", "crf", "encoder") if name in args})
