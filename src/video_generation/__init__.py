"""``video_generation``: the names of the async Veo client library, re-exported from ``reelwright.client``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reelwright.client.exceptions import (
        APIError,
        DownloadError,
        OperationNotFoundError,
        TimeoutError,
        ValidationError,
        VideoGenerationError,
    )
    from reelwright.client.generator import (
        VeoVideoGenerator,
        generate_video,
        generate_video_async,
        generate_videos_batch,
    )
    from reelwright.client.naming import generate_filename, sanitize_filename
    from reelwright.client.video_uri import parse_video_uri
    from reelwright.client.videos import BatchResult, VideoRequest, VideoResponse, validate_prompt

_HOMES = {
    "APIError": "exceptions",
    "BatchResult": "models",
    "DownloadError": "exceptions",
    "OperationNotFoundError": "exceptions",
    "TimeoutError": "exceptions",
    "ValidationError": "exceptions",
    "VeoVideoGenerator": "generator",
    "VideoGenerationError": "exceptions",
    "VideoRequest": "models",
    "VideoResponse": "models",
    "generate_filename": "utils",
    "generate_video": "generator",
    "generate_video_async": "generator",
    "generate_videos_batch": "generator",
    "parse_video_uri": "utils",
    "sanitize_filename": "utils",
    "validate_prompt": "utils",
}

__all__ = [
    "APIError",
    "BatchResult",
    "DownloadError",
    "OperationNotFoundError",
    "TimeoutError",
    "ValidationError",
    "VeoVideoGenerator",
    "VideoGenerationError",
    "VideoRequest",
    "VideoResponse",
    "generate_filename",
    "generate_video",
    "generate_video_async",
    "generate_videos_batch",
    "parse_video_uri",
    "sanitize_filename",
    "validate_prompt",
]


def __getattr__(name: str) -> Any:
    """Resolve a public name on first use (PEP 562), so that ``import video_generation`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
