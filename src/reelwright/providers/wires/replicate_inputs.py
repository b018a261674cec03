"""Names of the inputs of each model on Replicate: one row per model, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.reel.base.value import define_value


@define_value
class InputNames:
    """The names that one model on Replicate has for our inputs and options. An empty name: the model has no such input,
    and it is not sent.

    ``frames``: the model takes a number of frames at ``fps`` (first frame included) instead of ``seconds``.
    ``is_aspect_from_frame``: with a first frame, the film has its aspect, and no aspect is sent. ``resolutions``: our
    names to theirs. ``always`` is sent with every request, ``with_melody`` with a melody; a request's options win over
    both. ``word_templates``: options that are sent under another name as words: ``megapixels: 2`` as
    ``resolution: "2 MP"``.
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
    is_aspect_from_frame: bool = False
    resolution: str = ""
    resolutions: Mapping[str, str] = field(default_factory=dict)
    negative: str = ""
    seed: str = ""
    sound: str = ""
    samples: str = ""
    always: Mapping[str, Any] = field(default_factory=dict)
    with_melody: Mapping[str, Any] = field(default_factory=dict)
    word_templates: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_HAILUO: Final = InputNames(first_frame="first_frame_image", seconds="duration", resolution="resolution")
_KLING: Final = InputNames(
    first_frame="start_image",
    last_frame="end_image",
    seconds="duration",
    aspect="aspect_ratio",
    is_aspect_from_frame=True,
    negative="negative_prompt",
)
_VEO: Final = InputNames(
    first_frame="image", last_frame="last_frame", seconds="duration", aspect="aspect_ratio", resolution="resolution",
    negative="negative_prompt", seed="seed", sound="generate_audio",
)  # fmt: skip
_WAN_21: Final = InputNames(first_frame="image", aspect="aspect_ratio", is_aspect_from_frame=True, seed="seed")

NAMES: Final[Mapping[str, InputNames]] = MappingProxyType(
    {
        "minimax/hailuo-2.3-fast": _HAILUO,
        "minimax/hailuo-2.3": _HAILUO,
        "kwaivgi/kling-v2.5-turbo-pro": _KLING,
        "kwaivgi/kling-v2.1": InputNames(
            first_frame="start_image",
            last_frame="end_image",
            seconds="duration",
            negative="negative_prompt",
            resolution="mode",
            resolutions={"720p": "standard", "1080p": "pro"},
        ),
        "kwaivgi/kling-v2.6": InputNames(
            first_frame="start_image",
            seconds="duration",
            aspect="aspect_ratio",
            is_aspect_from_frame=True,
            negative="negative_prompt",
            sound="generate_audio",
        ),
        "kwaivgi/kling-v3-video": InputNames(
            first_frame="start_image",
            last_frame="end_image",
            references="reference_images",
            seconds="duration",
            aspect="aspect_ratio",
            is_aspect_from_frame=True,
            negative="negative_prompt",
            sound="generate_audio",
            resolution="mode",
            resolutions={"720p": "standard", "1080p": "pro", "4k": "4k"},
        ),
        "wavespeedai/wan-2.1-i2v-480p": _WAN_21,
        "wavespeedai/wan-2.1-i2v-720p": _WAN_21,
        "wavespeedai/wan-2.1-t2v-480p": _WAN_21,
        "wavespeedai/wan-2.1-t2v-720p": _WAN_21,
        "wan-video/wan-2.2-i2v-fast": InputNames(
            first_frame="image",
            last_frame="last_image",
            frames="num_frames",
            fps=16,
            resolution="resolution",
            seed="seed",
        ),
        "wan-video/wan-2.5-i2v-fast": InputNames(
            first_frame="image",
            seconds="duration",
            resolution="resolution",
            negative="negative_prompt",
            seed="seed",
        ),
        "google/veo-3.1": InputNames(
            first_frame="image",
            last_frame="last_frame",
            references="reference_images",
            seconds="duration",
            aspect="aspect_ratio",
            resolution="resolution",
            negative="negative_prompt",
            seed="seed",
            sound="generate_audio",
        ),
        "google/veo-3.1-fast": _VEO,
        "bytedance/seedance-2.0": InputNames(
            first_frame="image",
            last_frame="last_frame_image",
            seconds="duration",
            aspect="aspect_ratio",
            is_aspect_from_frame=True,
            resolution="resolution",
            sound="generate_audio",
            seed="seed",
        ),
        "black-forest-labs/flux-dev": InputNames(
            source="image",
            aspect="aspect_ratio",
            samples="num_outputs",
            seed="seed",
            always={"output_format": "png"},
        ),
        "black-forest-labs/flux-2-pro": InputNames(
            references="input_images",
            aspect="aspect_ratio",
            seed="seed",
            always={"output_format": "png"},
            word_templates={"megapixels": ("resolution", "{} MP")},
        ),
        "black-forest-labs/flux-2-dev": InputNames(
            references="input_images",
            aspect="aspect_ratio",
            seed="seed",
            always={"output_format": "png"},
        ),
        "meta/musicgen": InputNames(
            melody="input_audio",
            seconds="duration",
            seed="seed",
            always={"model_version": "stereo-large", "output_format": "wav", "normalization_strategy": "peak"},
            with_melody={"model_version": "stereo-melody-large"},
        ),
    }
)
"""Input names by owner/name, without a version. Source: models.yaml ``input_fields``, read 2026-11-20. Unverified:
fields of kling-v2.6, kling-v3, wan-2.1, wan-2.5, flux-2 and veo-3.1."""


def get_input_names(sold_as: str) -> InputNames:
    """Return the names of the inputs of the model that Replicate sells as ``sold_as``. Raises ``BadInput`` if it is
    unknown.
    """
    found = NAMES.get(sold_as.partition(":")[0])
    if found is None:
        raise BadInput("model", sold_as, f"on Replicate one of {', '.join(NAMES)}")
    return found
