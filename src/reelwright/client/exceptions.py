"""The exceptions of the client: each is a ``VideoGenerationError``, and also derives from a builtin exception.

    VideoGenerationError                 message, details, code, reason
    ├── APIError                         status_code, response_data          also RuntimeError
    ├── TimeoutError                     elapsed_time                        also the builtin TimeoutError
    ├── DownloadError                    video_uri, partial_bytes            also OSError
    ├── ValidationError                  field                               also ValueError
    └── OperationNotFoundError           operation_name                      also LookupError

All of them derive from ``ReelwrightError``, so ``except ReelwrightError`` catches every one.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any, Final

from reelwright.errors import Billed, ReelwrightError

CODES: Final = (
    "failed",  # no other code fits
    "invalid_request",  # a value is not accepted; nothing was sent
    "needs_consent",  # an unknown price, or a paid second try, that nobody agreed to; nothing was sent
    "over_budget",  # above max_usd or a budget; nothing was sent
    "api_error",  # the service answered with an error, or not at all
    "provider_refused",  # the provider did not accept the request
    "provider_filtered",  # its content filter withheld the video
    "provider_failed",  # the provider accepted the request, and failed later
    "outcome_unknown",  # sent, and no answer was seen
    "operation_not_found",
    "download_failed",
    "timed_out",
)
"""All values of ``code``. Programs should read the code: messages are for people and may change."""


class VideoGenerationError(ReelwrightError):
    """Base class of all exceptions that the client raises. ``details``: plain values for a program.

    ``was_billed`` says whether the request may have cost something. ``code``: one of ``CODES``. ``reason``: the
    provider's own explanation; empty if it gave none.
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
    """Raised when the service refused the request, or did not answer it properly. ``status_code`` None: no answer at
    all.

    ``response_data``: the body of the response, parsed if it is JSON. ``was_billed`` is ``unknown`` if the request was
    sent and no answer arrived: the client does not send it again, and ``reelwright spend`` shows the purchase.
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
        self.status_code, self.response_data, self.was_billed = status_code, response_data, billed


class TimeoutError(VideoGenerationError, builtins.TimeoutError):
    """Raised when a video takes longer than ``max_wait_time`` seconds. The operation goes on: call again with the same
    prompt to wait for it at no cost.

    ``elapsed_time`` in seconds.
    """

    code = "timed_out"

    def __init__(
        self, message: str, elapsed_time: float = 0.0, details: Mapping[str, Any] | None = None, *, hint: str = ""
    ) -> None:
        super().__init__(message, details, hint=hint)
        self.elapsed_time = elapsed_time


class DownloadError(VideoGenerationError, OSError):
    """Raised when a paid video could not be downloaded or written. The same call tries again and buys nothing.

    ``partial_bytes``: the number of bytes that the last try received from ``video_uri``.
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
    """Raised for a value that is not accepted, before anything is sent. ``field``: its name, such as ``prompt``."""

    code = "invalid_request"

    def __init__(
        self, message: str, field: str | None = None, details: Mapping[str, Any] | None = None, *, hint: str = ""
    ) -> None:
        super().__init__(message, details, hint=hint)
        self.field = field


class OperationNotFoundError(VideoGenerationError, LookupError):
    """Raised when the service says for 15 minutes, or until ``max_wait_time``, that it does not know the operation.

    The purchase stays in the journal: the same call asks for the operation again. ``operation_name`` is the service's
    name for it.
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
