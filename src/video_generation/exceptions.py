"""The exceptions of the library."""

from reelwright.client.exceptions import (
    APIError,
    DownloadError,
    OperationNotFoundError,
    TimeoutError,
    ValidationError,
    VideoGenerationError,
)

__all__ = [
    "APIError",
    "DownloadError",
    "OperationNotFoundError",
    "TimeoutError",
    "ValidationError",
    "VideoGenerationError",
]
