"""What the client raises: every kind is a ``VideoGenerationError``, and also its builtin twin.

    VideoGenerationError                 message, details
    ├── APIError                         status_code, response_data          also RuntimeError
    ├── TimeoutError                     elapsed_time                        also the builtin TimeoutError
    ├── DownloadError                    video_uri, partial_bytes            also OSError
    ├── ValidationError                  field                               also ValueError
    └── OperationNotFoundError           operation_name                      also LookupError

All of them stand in Reelwright's own tree as well, so ``except ReelwrightError`` catches every one.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from reelwright.errors import Billed, ReelwrightError


class VideoGenerationError(ReelwrightError):
    """Base of all. ``details``: plain values for a program; ``billed`` says whether it may have cost something."""

    def __init__(self, message: str, details: Mapping[str, Any] | None = None, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.details: dict[str, Any] = dict(details or {})


class APIError(VideoGenerationError, RuntimeError):
    """The service said no, or gave no good answer. ``status_code`` None: there was no answer at all.

    ``response_data``: its body, read as JSON where it is JSON. ``billed`` is ``unknown`` where the request was sent
    and no answer was seen: nothing is sent again by itself, and ``reelwright spend`` shows the purchase.
    """

    def __init__(
        self,
        message: str,
        status_code: int | None = None,
        response_data: Any = None,
        details: Mapping[str, Any] | None = None,
        *,
        hint: str = "",
        billed: Billed = "no",
    ) -> None:
        super().__init__(message, details, hint=hint)
        self.status_code, self.response_data, self.billed = status_code, response_data, billed


class TimeoutError(VideoGenerationError, builtins.TimeoutError):
    """``max_wait_time`` passed. The operation lives on: the same call goes on waiting for it and buys nothing.

    ``elapsed_time`` in seconds.
    """

    def __init__(
        self, message: str, elapsed_time: float = 0.0, details: Mapping[str, Any] | None = None, *, hint: str = ""
    ) -> None:
        super().__init__(message, details, hint=hint)
        self.elapsed_time = elapsed_time


class DownloadError(VideoGenerationError, OSError):
    """It is made and paid for, and could not be fetched or written; the same call tries again and buys nothing.

    ``partial_bytes``: how many bytes of ``video_uri`` the last try brought.
    """

    def __init__(
        self,
        message: str,
        video_uri: str | None = None,
        partial_bytes: int = 0,
        details: Mapping[str, Any] | None = None,
        *,
        hint: str = "",
    ) -> None:
        super().__init__(message, details, hint=hint)
        self.video_uri, self.partial_bytes = video_uri, partial_bytes


class ValidationError(VideoGenerationError, ValueError):
    """A value that cannot be used; nothing was sent. ``field``: where it stands, such as ``prompt``."""

    def __init__(
        self,
        message: str,
        field: str | None = None,
        details: Mapping[str, Any] | None = None,
        *,
        hint: str = "",
    ) -> None:
        super().__init__(message, details, hint=hint)
        self.field = field


class OperationNotFoundError(VideoGenerationError, LookupError):
    """The service does not know the operation any more. ``operation_name`` is what it was called there."""

    def __init__(
        self,
        message: str,
        operation_name: str | None = None,
        details: Mapping[str, Any] | None = None,
        *,
        hint: str = "",
    ) -> None:
        super().__init__(message, details, hint=hint)
        self.operation_name = operation_name
