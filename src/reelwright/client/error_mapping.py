"""Maps the result of a row, what the wire answered meanwhile, and Reelwright's errors to the client's errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reelwright.client.exceptions import (
    APIError,
    DownloadError,
    OperationNotFoundError,
    ValidationError,
    VideoGenerationError,
)
from reelwright.client.recording import WireRecord
from reelwright.errors import (
    BadInput,
    Billed,
    MoneyError,
    NeedsConsent,
    NotFound,
    OutcomeUnknown,
    OverBudget,
    ReelwrightError,
    Refused,
    StoreUnavailable,
)
from reelwright.messages import format_advice
from reelwright.studio.money.wasted_spend import WastedSpend
from reelwright.studio.results.rows import RowResult
from reelwright.units import Micros, format_usd


def build_row_error(row: RowResult, record: WireRecord) -> VideoGenerationError:
    """Build the exception for a video that was not delivered, with its operation, its download and its bill."""
    details = _build_details(row, record)
    if record.stage == "downloading" and record.error is not None:
        return build_download_error(record, row.message or str(record.error), details)
    if record.not_found_message is not None:
        return build_not_found_error(record, details)
    hint = record.error.hint if isinstance(record.error, ReelwrightError) else ""
    if not hint and row.reason is not None:
        hint = format_advice(row.reason)
    code, reason = details["code"], details["reason"]
    message = row.message or str(record.error)
    if (
        code == "provider_failed" and row.wait_reason == "approval"
    ):  # it waits for consent to another try; the failure counts
        message, hint = reason, "the same call tells the price of another try, and sends nothing before you agree to it"
    return APIError(
        message,
        record.status,
        record.answer,
        details,
        hint=hint,
        billed=_find_billed(row, record),
        code=code,
        reason=reason,
    )


def build_download_error(record: WireRecord, message: str, details: dict[str, Any]) -> DownloadError:
    """Build the exception for a video that is paid for and could not be downloaded in time."""
    return DownloadError(message, record.uri, record.received_bytes, {**details, "billed": "yes"}, hint=_FETCH_AGAIN)


def build_not_found_error(record: WireRecord, details: dict[str, Any]) -> OperationNotFoundError:
    """Build the exception for an operation that the service still does not know. Its purchase stays in the journal."""
    message = f"the service does not know {record.operation}: {record.not_found_message or 'it gave no reason'}"
    return OperationNotFoundError(message, record.operation, details, hint=_ASK_AGAIN)


def convert_error(error: ReelwrightError) -> VideoGenerationError:
    """Convert any error of Reelwright to the client's exception for it. ``was_billed``: whether something may have been
    sent.
    """
    if isinstance(error, VideoGenerationError):
        return error
    if isinstance(error, BadInput):
        details = {"accepted": error.accepted, "hint": error.hint}
        return ValidationError(error.message, error.field.rpartition(": ")[2], details, hint=error.hint)
    details = {"kind": type(error).__name__, "retry": error.retry, "billed": error.was_billed}
    code = _CODES.get(type(error), "")
    if isinstance(error, (StoreUnavailable, NotFound)):
        return DownloadError(error.message, details=details, hint=error.hint)
    if isinstance(error, MoneyError):
        return VideoGenerationError(error.message, details, hint=error.hint, code=code)
    return APIError(error.message, details=details, hint=error.hint, billed=error.was_billed, code=code)


def build_retry_error(failed_tries: WastedSpend, price: Micros, max_usd: str | None) -> VideoGenerationError:
    """Build the exception for a video whose earlier tries were billed without a result, and whose next try is not
    agreed to.

    ``max_usd``: the cap of the call; None where the call has none.
    """
    total = Micros(failed_tries.micros + price)
    details = {
        "reason": failed_tries.reason,
        "spent_usd": format_usd(failed_tries.micros),
        "price_usd": format_usd(price),
        "total_usd": format_usd(total),
        "max_usd": max_usd,
        "project": failed_tries.project,
    }
    agreed = f"max_usd is ${max_usd}" if max_usd else "a call only agrees to the price of one video"
    return VideoGenerationError(
        f"earlier tries cost ${format_usd(failed_tries.micros)} and brought no video ({failed_tries.reason}); "
        "another try costs "
        f"${format_usd(price)}, ${format_usd(total)} in all, but {agreed}: nothing was sent",
        details,
        hint=f"pass max_usd={format_usd(total)} to try again, or use another prompt or model",
        code="over_budget" if max_usd else "needs_consent",
        reason=failed_tries.reason,
    )


_CODES: Final[Mapping[type[ReelwrightError], str]] = {
    Refused: "provider_refused",
    OutcomeUnknown: "outcome_unknown",
    NeedsConsent: "needs_consent",
    OverBudget: "over_budget",
}
_ASK_AGAIN = "the service accepted it earlier and may know it again: the same call asks again and buys nothing"
_FETCH_AGAIN = "the video is made and paid for: the same call downloads it again and buys nothing"


def _build_details(row: RowResult, record: WireRecord) -> dict[str, Any]:
    found: dict[str, Any] = {
        "state": row.state,
        "wait_reason": row.wait_reason,
        "project": row.project,
        "job": row.job,
        "operation": record.operation,
        "billed": _find_billed(row, record),
    }
    found["code"], found["reason"] = _find_code_and_reason(row, record)
    if record.final_progress is not None and record.final_progress.missing:
        found["missing"] = [{"reason": lost.reason, "message": lost.message} for lost in record.final_progress.missing]
    return {name: value for name, value in found.items() if value is not None}


def _find_billed(row: RowResult, record: WireRecord) -> Billed:
    if isinstance(record.error, OutcomeUnknown) or (row.reason and row.reason.code == "purchase_unknown"):
        return "unknown"
    return "yes" if row.micros else "no"


def _find_code_and_reason(row: RowResult, record: WireRecord) -> tuple[str, str]:
    """Return the error code, and the provider's own explanation."""
    if _find_billed(row, record) == "unknown":
        return "outcome_unknown", ""
    if record.final_progress is not None and record.final_progress.state in ("failed", "refused", "cancelled"):
        lost = record.final_progress.missing[0] if record.final_progress.missing else None
        filtered = lost is not None and lost.reason == "filtered"
        code = "provider_filtered" if filtered or record.final_progress.state == "refused" else "provider_failed"
        return code, record.final_progress.message or (lost.message if lost else "")
    if isinstance(record.error, ReelwrightError):
        return _CODES.get(type(record.error), "api_error"), record.error.message
    return "api_error", row.message
