"""From what became of a row, and what the wire said meanwhile, to the client's own errors."""

from __future__ import annotations

from typing import Any

from reelwright.client.exceptions import (
    APIError,
    DownloadError,
    OperationNotFoundError,
    ValidationError,
    VideoGenerationError,
)
from reelwright.client.hearing import Heard
from reelwright.errors import BadInput, Billed, MoneyError, NotFound, OutcomeUnknown, ReelwrightError, StoreUnavailable
from reelwright.studio.rows import RowMade


def error_of_row(row: RowMade, heard: Heard) -> VideoGenerationError:
    """Why there is no file. Says what is known of the operation, of the bytes and of the bill."""
    details = _details(row, heard)
    if heard.stage == "downloading" and heard.error is not None:
        return DownloadError(row.said or str(heard.error), heard.uri, heard.partial, details, hint=_GO_ON)
    if heard.ended is not None and heard.ended.state == "lost":
        return OperationNotFoundError(row.said, heard.operation, details)
    hint = heard.error.hint if isinstance(heard.error, ReelwrightError) else ""
    return APIError(
        row.said or str(heard.error), heard.status, heard.answer, details, hint=hint, billed=_billed(row, heard)
    )


def error_of(error: ReelwrightError) -> VideoGenerationError:
    """An error of Reelwright's as one of the client's. Nothing was sent, unless it says so itself."""
    if isinstance(error, VideoGenerationError):
        return error
    if isinstance(error, BadInput):
        details = {"accepted": error.accepted, "hint": error.hint}
        return ValidationError(error.message, error.field.rpartition(": ")[2], details, hint=error.hint)
    details = {"kind": type(error).__name__, "retry": error.retry, "billed": error.billed}
    if isinstance(error, (StoreUnavailable, NotFound)):
        return DownloadError(error.message, details=details, hint=error.hint)
    if isinstance(error, MoneyError):
        return VideoGenerationError(error.message, details, hint=error.hint)
    return APIError(error.message, details=details, hint=error.hint, billed=error.billed)


_GO_ON = "it is made and paid for: the same call fetches it again and buys nothing"


def _details(row: RowMade, heard: Heard) -> dict[str, Any]:
    found: dict[str, Any] = {
        "state": row.state,
        "why": row.why,
        "project": row.project,
        "job": row.job,
        "operation": heard.operation,
        "billed": _billed(row, heard),
    }
    if heard.ended is not None and heard.ended.missing:
        found["missing"] = [{"reason": lost.reason, "said": lost.said} for lost in heard.ended.missing]
    return {name: value for name, value in found.items() if value is not None}


def _billed(row: RowMade, heard: Heard) -> Billed:
    if isinstance(heard.error, OutcomeUnknown) or "may have been bought" in row.said:
        return "unknown"
    return "yes" if row.micros else "no"
