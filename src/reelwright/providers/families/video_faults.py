"""Errors of the video wires (OpenRouter, ``/v1/videos``): read from any shape, and turned into our errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reelwright.errors import NotAccepted, OutcomeUnknown, ProviderError, Refused
from reelwright.net.http_response import HttpResponse
from reelwright.net.http_response import parse_retry_after as read_retry_after
from reelwright.net.policy import MAX_RETRY_AFTER_S
from reelwright.net.redact import redact_line
from reelwright.providers.policy import MAX_VIDEO_ERROR_CHARS
from reelwright.providers.wires.answers import build_poll_error, build_refusal
from reelwright.reel.base.value import define_value

REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 414, 415, 422, 451})
"""Statuses after which nothing was accepted and nothing is sent again. Source: DESIGN.md 3.4."""
FILTERS: Final = ("moderation", "content policy", "content_policy", "safety", "policy violation", "flagged", "blocked")
"""Words of a message that tell of a filter."""
FILTER_CODES: Final = frozenset({"moderation_blocked", "content_policy_violation", "content_filter"})
"""Codes of a poll that tell of a filter."""
_SPENT: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached", "insufficient_credits"})


@define_value
class Fault:
    """A parsed error response of OpenRouter or a ``/v1/videos`` server. ``code``: the provider's word, or empty.
    ``after_s``: the wait that it asks for.
    """

    status: int
    code: str
    message: str
    after_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.message} ({self.status}{f' {self.code}' if self.code else ''})"

    @property
    def is_filtered(self) -> bool:
        """Whether a content filter refused the request."""
        return is_policy(f"{self.code} {self.message}")


def is_policy(text: str) -> bool:
    """Whether an error message says that a content filter refused the request."""
    return any(word in text.lower() for word in FILTERS)


def parse_fault(answer: HttpResponse) -> Fault:
    """Parse an error response of any shape (OpenAI's, FastAPI's or plain text) into its code, message and wait."""
    try:
        body = answer.parse_json()
    except ValueError:
        body = answer.body[: MAX_VIDEO_ERROR_CHARS * 4].decode("utf-8", "replace")
    code, message = _parse_error(body)
    return Fault(
        status=answer.status,
        code=redact_line(code, 60),
        message=redact_line(message, MAX_VIDEO_ERROR_CHARS) or "no reason was given",
        after_s=parse_retry_after(answer.headers),
    )


def _parse_error(body: Any) -> tuple[str, str]:
    if isinstance(body, Mapping):
        error = body.get("error", body.get("detail", body.get("message", "")))
        if isinstance(error, Mapping):
            code = error.get("code")
            words = str(error.get("type") or "") if code is None or str(code).isdigit() else str(code)
            return words, str(error.get("message") or "")
        return "", _join_field_errors(error)
    return "", _join_field_errors(body)


def _join_field_errors(error: Any) -> str:
    """Join the fields that FastAPI names in a list of errors; any other error becomes text."""
    if isinstance(error, list):
        found = [one for one in error if isinstance(one, Mapping)]
        return "; ".join(f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('msg', '')}" for one in found[:3])
    return str(error or "")


def parse_retry_after(headers: Mapping[str, str]) -> float:
    """Return how many seconds ``Retry-After-Ms`` or ``Retry-After`` asks to wait; 0 if neither holds a valid value.

    A date is compared with the answer's own Date, if it has one.
    """
    milliseconds = headers.get("retry-after-ms", "")
    if milliseconds.isascii() and milliseconds.isdigit():
        return min(int(milliseconds) / 1000, MAX_RETRY_AFTER_S)
    return read_retry_after(headers) or 0.0


def from_timestamp(seconds: Any) -> datetime | None:
    """Return the time that is ``seconds`` after 1970; None for anything but a plausible whole number."""
    sensible = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 1 << 35
    return datetime.fromtimestamp(seconds, tz=UTC) if sensible else None


def make_submit_error(provider: str, fault: Fault, *, retry_on_503: bool, key: str) -> ProviderError:
    """Return the error that an error response to a paid POST means: not accepted, refused, or outcome unknown. ``key``:
    the variable of the key, for the hint.
    """
    if (fault.status == 429 and fault.code not in _SPENT) or (fault.status == 503 and retry_on_503):
        code = "rate_limited" if fault.status == 429 else "overloaded"
        return NotAccepted(code=code, provider=provider, status=fault.status, fault=fault, after_s=fault.after_s)
    if fault.status in REFUSALS or fault.status == 429:
        return make_refusal(provider, fault, key)
    return OutcomeUnknown(code="answered_with_error", provider=provider, status=fault.status, fault=fault)


def make_poll_error(provider: str, fault: Fault, key: str) -> ProviderError:
    """Return the error that an error response to a poll means: a refused key, or ``Unreachable`` for anything else."""
    if fault.status in (401, 403):
        return make_refusal(provider, fault, key)
    return build_poll_error(provider, fault.status, fault, fault.after_s)


def make_refusal(provider: str, fault: Fault, key: str) -> Refused:
    """Return the refusal that an error response means, with what a person can do about it."""
    if fault.is_filtered and fault.status in (400, 403, 422):
        return build_refusal(provider, fault.status, fault, code="content_filtered", is_final=True)
    if fault.code in _SPENT:
        return build_refusal(provider, fault.status, fault, code="funds_missing")
    code = "key_wanted" if fault.status == 401 and not key else ""
    return build_refusal(provider, fault.status, fault, code=code, is_final=fault.status in (400, 413, 415, 422))
