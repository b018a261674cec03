"""What each model on Replicate calls our words: one row per model, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.reel.noun import noun


@noun
class Names:
    """A model's own names of our words; empty where it has none, and then the word is not sent.

    ``frames``: it is told a number of frames at ``fps`` (first frame included) instead of ``seconds``. ``framed``:
    with a first frame its picture is framed by that, and it takes no aspect. ``resolutions``: our words to theirs.
    ``always`` is sent with every request, ``with_melody`` beside a melody; a request's own options win over both.
    ``worded``: options that go under another name, in words: ``megapixels: 2`` as ``resolution: "2 MP"``.
    """

    prompt: str = "prompt"
    first_frame: str = ""
    last_frame: str = ""
    references: str = ""
    source: str = ""
    melody: str = ""
    seconds: str = ""
    frames: str = ""
    fps: int = 0
    aspect: str = ""
    framed: bool = False
    resolution: str = ""
    resolutions: Mapping[str, str] = field(default_factory=dict)
    negative: str = ""
    seed: str = ""
    sound: str = ""
    samples: str = ""
    always: Mapping[str, Any] = field(default_factory=dict)
    with_melody: Mapping[str, Any] = field(default_factory=dict)
    worded: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_HAILUO: Final = Names(first_frame="first_frame_image", seconds="duration", resolution="resolution")
_KLING: Final = Names(
    first_frame="start_image", last_frame="end_image", seconds="duration", aspect="aspect_ratio", framed=True,
    negative="negative_prompt",
)  # fmt: skip
_VEO: Final = Names(
    first_frame="image", last_frame="last_frame", seconds="duration", aspect="aspect_ratio", resolution="resolution",
    negative="negative_prompt", seed="seed", sound="generate_audio",
)  # fmt: skip
_WAN_21: Final = Names(first_frame="image", aspect="aspect_ratio", framed=True, seed="seed")

NAMES: Final[Mapping[str, Names]] = MappingProxyType(
    {
        "minimax/hailuo-2.3-fast": _HAILUO,
        "minimax/hailuo-2.3": _HAILUO,
        "kwaivgi/kling-v2.5-turbo-pro": _KLING,
        "kwaivgi/kling-v2.1": Names(
            first_frame="start_image", last_frame="end_image", seconds="duration", negative="negative_prompt",
            resolution="mode", resolutions={"720p": "standard", "1080p": "pro"},
        ),
        "kwaivgi/kling-v2.6": Names(
            first_frame="start_image", seconds="duration", aspect="aspect_ratio", framed=True,
            negative="negative_prompt", sound="generate_audio",
        ),
        "kwaivgi/kling-v3-video": Names(
            first_frame="start_image", last_frame="end_image", references="reference_images", seconds="duration",
            aspect="aspect_ratio", framed=True, negative="negative_prompt", sound="generate_audio",
            resolution="mode", resolutions={"720p": "standard", "1080p": "pro", "4k": "4k"},
        ),
        "wavespeedai/wan-2.1-i2v-480p": _WAN_21,
        "wavespeedai/wan-2.1-i2v-720p": _WAN_21,
        "wavespeedai/wan-2.1-t2v-480p": _WAN_21,
        "wavespeedai/wan-2.1-t2v-720p": _WAN_21,
        "wan-video/wan-2.2-i2v-fast": Names(
            first_frame="image", last_frame="last_image", frames="num_frames", fps=16, resolution="resolution",
            seed="seed",
        ),
        "wan-video/wan-2.5-i2v-fast": Names(
            first_frame="image", seconds="duration", resolution="resolution", negative="negative_prompt", seed="seed",
        ),
        "google/veo-3.1": Names(
            first_frame="image", last_frame="last_frame", references="reference_images", seconds="duration",
            aspect="aspect_ratio", resolution="resolution", negative="negative_prompt", seed="seed",
            sound="generate_audio",
        ),
        "google/veo-3.1-fast": _VEO,
        "bytedance/seedance-2.0": Names(
            first_frame="image", last_frame="last_frame_image", seconds="duration", aspect="aspect_ratio", framed=True,
            resolution="resolution", sound="generate_audio", seed="seed",
        ),
        "black-forest-labs/flux-dev": Names(
            source="image", aspect="aspect_ratio", samples="num_outputs", seed="seed", always={"output_format": "png"},
        ),
        "black-forest-labs/flux-2-pro": Names(
            references="input_images", aspect="aspect_ratio", seed="seed", always={"output_format": "png"},
            worded={"megapixels": ("resolution", "{} MP")},
        ),
        "black-forest-labs/flux-2-dev": Names(
            references="input_images", aspect="aspect_ratio", seed="seed", always={"output_format": "png"},
        ),
        "meta/musicgen": Names(
            melody="input_audio", seconds="duration", seed="seed",
            always={"model_version": "stereo-large", "output_format": "wav", "normalization_strategy": "peak"},
            with_melody={"model_version": "stereo-melody-large"},
        ),
    }
)  # fmt: skip
"""By owner/name, without a version. Source: models.yaml ``input_fields``, read 2026-11-20; unverified there are the
fields of kling-v2.6, kling-v3, wan-2.1, wan-2.5, flux-2 and veo-3.1."""


def names_of(sold_as: str) -> Names:
    """The names of the model that Replicate sells as ``sold_as``, with or without a version."""
    found = NAMES.get(sold_as.partition(":")[0])
    if found is None:
        raise BadInput("model", sold_as, f"on Replicate one of {', '.join(NAMES)}")
    return found
