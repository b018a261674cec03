"""What the client raises: every kind is a ``VideoGenerationError``, and also its builtin twin.

    VideoGenerationError                 message, details, code, reason
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
from typing import Any, Final

from reelwright.errors import Billed, ReelwrightError

CODES: Final = (
    "failed",  # nothing more is known
    "invalid_request",  # a value that cannot be used; nothing was sent
    "needs_consent",  # another try would cost more than one video, and nobody agreed to it; nothing was sent
    "over_budget",  # above max_usd or a budget; nothing was sent
    "api_error",  # no good answer
    "provider_refused",  # the provider took nothing on
    "provider_filtered",  # its content filter kept the video back
    "provider_failed",  # it took the request on, and failed later
    "outcome_unknown",  # sent, and no answer was seen
    "operation_not_found",
    "download_failed",
    "timed_out",
)
"""What ``code`` can be. A program decides by it; messages are for people and may change."""


class VideoGenerationError(ReelwrightError):
    """Base of all. ``details``: plain values for a program; ``billed`` says whether it may have cost something.

    ``code``: one of ``CODES``. ``reason``: why, in the provider's own words; empty where it gave none.
    """

    code = "failed"

    def __init__(
        self,
        message: str,
        details: Mapping[str, Any] | None = None,
        *,
        hint: str = "",
        code: str = "",
        reason: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.details: dict[str, Any] = dict(details or {})
        self.code, self.reason = code or self.code, reason


class APIError(VideoGenerationError, RuntimeError):
    """The service said no, or gave no good answer. ``status_code`` None: there was no answer at all.

    ``response_data``: its body, read as JSON where it is JSON. ``billed`` is ``unknown`` where the request was sent
    and no answer was seen: nothing is sent again by itself, and ``reelwright spend`` shows the purchase.
    """

    code = "api_error"

    def __init__(
        self,
        message: str,
        status_code: int | None = None,
        response_data: Any = None,
        details: Mapping[str, Any] | None = None,
        *,
        hint: str = "",
        billed: Billed = "no",
        code: str = "",
        reason: str = "",
    ) -> None:
        super().__init__(message, details, hint=hint, code=code, reason=reason)
        self.status_code, self.response_data, self.billed = status_code, response_data, billed


class TimeoutError(VideoGenerationError, builtins.TimeoutError):
    """``max_wait_time`` passed. The operation lives on: the same call goes on waiting for it and buys nothing.

    ``elapsed_time`` in seconds.
    """

    code = "timed_out"

    def __init__(
        self, message: str, elapsed_time: float = 0.0, details: Mapping[str, Any] | None = None, *, hint: str = ""
    ) -> None:
        super().__init__(message, details, hint=hint)
        self.elapsed_time = elapsed_time


class DownloadError(VideoGenerationError, OSError):
    """It is made and paid for, and could not be fetched or written; the same call tries again and buys nothing.

    ``partial_bytes``: how many bytes of ``video_uri`` the last try brought.
    """

    code = "download_failed"

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

    code = "invalid_request"

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
    """The service has not known the operation for 15 minutes, or when ``max_wait_time`` was over.

    It stays bought in the journal: the same call asks for it again. ``operation_name`` is what it was called there.
    """

    code = "operation_not_found"

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
