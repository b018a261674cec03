"""From what became of a row, and what the wire said meanwhile, to the client's own errors."""

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
from reelwright.client.hearing import Heard
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
from reelwright.studio.in_vain import InVain
from reelwright.studio.rows import RowMade
from reelwright.units import Micros, usd


def error_of_row(row: RowMade, heard: Heard) -> VideoGenerationError:
    """Why there is no file. Says what is known of the operation, of the bytes and of the bill."""
    details = _details(row, heard)
    if heard.stage == "downloading" and heard.error is not None:
        return not_fetched(heard, row.said or str(heard.error), details)
    if heard.not_known is not None:
        return not_found(heard, details)
    hint = heard.error.hint if isinstance(heard.error, ReelwrightError) else ""
    code, reason = details["code"], details["reason"]
    said = row.said or str(heard.error)
    if code == "provider_failed" and row.why == "approval":  # another try was not agreed to: that is no reason
        said, hint = reason, "the same call says what another try costs, and sends nothing before that is agreed to"
    return APIError(
        said, heard.status, heard.answer, details, hint=hint, billed=_billed(row, heard), code=code, reason=reason
    )


def not_fetched(heard: Heard, said: str, details: dict[str, Any]) -> DownloadError:
    """It was made, and could not be fetched for as long as that was tried. It stays bought."""
    return DownloadError(said, heard.uri, heard.partial, {**details, "billed": "yes"}, hint=_GO_ON)


def not_found(heard: Heard, details: dict[str, Any]) -> OperationNotFoundError:
    """The wire has not known the operation for as long as it was asked. It stays bought, and is asked for again."""
    said = f"{heard.operation} is not known there: {heard.not_known or 'no reason was given'}"
    return OperationNotFoundError(said, heard.operation, details, hint=_ASK_AGAIN)


def error_of(error: ReelwrightError) -> VideoGenerationError:
    """An error of Reelwright's as one of the client's. Nothing was sent, unless it says so itself."""
    if isinstance(error, VideoGenerationError):
        return error
    if isinstance(error, BadInput):
        details = {"accepted": error.accepted, "hint": error.hint}
        return ValidationError(error.message, error.field.rpartition(": ")[2], details, hint=error.hint)
    details = {"kind": type(error).__name__, "retry": error.retry, "billed": error.billed}
    code = _CODES.get(type(error), "")
    if isinstance(error, (StoreUnavailable, NotFound)):
        return DownloadError(error.message, details=details, hint=error.hint)
    if isinstance(error, MoneyError):
        return VideoGenerationError(error.message, details, hint=error.hint, code=code)
    return APIError(error.message, details=details, hint=error.hint, billed=error.billed, code=code)


def not_again(lost: InVain, price: Micros, max_usd: str | None) -> VideoGenerationError:
    """That another try was not agreed to: the tries before were billed, and nothing came of them."""
    total = Micros(lost.micros + price)
    details = {
        "reason": lost.reason,
        "spent_usd": usd(lost.micros),
        "price_usd": usd(price),
        "total_usd": usd(total),
        "max_usd": max_usd,
        "project": lost.project,
    }
    agreed = f"max_usd is ${max_usd}" if max_usd else "a call agrees to the price of one video"
    return VideoGenerationError(
        f"it was tried before for ${usd(lost.micros)} and nothing came ({lost.reason}); another try costs "
        f"${usd(price)}, ${usd(total)} in all, and {agreed}: nothing was sent",
        details,
        hint=f"max_usd={usd(total)} agrees to it; or another prompt, or another model",
        code="over_budget" if max_usd else "needs_consent",
        reason=lost.reason,
    )


_CODES: Final[Mapping[type[ReelwrightError], str]] = {
    Refused: "provider_refused",
    OutcomeUnknown: "outcome_unknown",
    NeedsConsent: "needs_consent",
    OverBudget: "over_budget",
}
_ASK_AGAIN = "it was taken on, and may be known again: the same call asks for it again and buys nothing"
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
    found["code"], found["reason"] = _why(row, heard)
    if heard.ended is not None and heard.ended.missing:
        found["missing"] = [{"reason": lost.reason, "said": lost.said} for lost in heard.ended.missing]
    return {name: value for name, value in found.items() if value is not None}


def _billed(row: RowMade, heard: Heard) -> Billed:
    if isinstance(heard.error, OutcomeUnknown) or "may have been bought" in row.said:
        return "unknown"
    return "yes" if row.micros else "no"


def _why(row: RowMade, heard: Heard) -> tuple[str, str]:
    """The code, and the provider's own words."""
    if _billed(row, heard) == "unknown":
        return "outcome_unknown", ""
    if heard.ended is not None and heard.ended.state in ("failed", "refused", "cancelled"):
        lost = heard.ended.missing[0] if heard.ended.missing else None
        filtered = lost is not None and lost.reason == "filtered"
        code = "provider_filtered" if filtered or heard.ended.state == "refused" else "provider_failed"
        return code, heard.ended.said or (lost.said if lost else "")
    if isinstance(heard.error, ReelwrightError):
        return _CODES.get(type(heard.error), "api_error"), heard.error.message
    return "api_error", row.said
