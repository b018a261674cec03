"""Errors of Google's services: both shapes of their error answers, read as one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from reelwright.errors import NotAccepted, OutcomeUnknown, ProviderError, Refused
from reelwright.net.http_response import parse_json
from reelwright.net.redact import redact_line
from reelwright.providers.families.support_codes import explain_reason
from reelwright.providers.policy import MAX_GOOGLE_ERROR_CHARS, MAX_GOOGLE_RETRY_AFTER_S
from reelwright.providers.wires.answers import build_refusal
from reelwright.reel.base.value import define_value

FILTERED: Final = frozenset(
    {"safety", "prohibited_content", "image_safety", "recitation", "spii", "blocklist", "content_blocked"}
)
"""Codes of the content filter. Source: ai.google.dev/gemini-api/docs/api-errors, read 2026-11-20."""
POLICY: Final = re.compile(r"usage guidelines|responsible ai|support codes?|safety|\bpolic(y|ies)\b", re.IGNORECASE)
"""Words with which Veo says that its content filter acted. The code is no help: 3 also stands for a bad field."""
_SECONDS: Final = re.compile(r"^(\d+(?:\.\d+)?)s$")
_SAID_SECONDS: Final = re.compile(r"retry in (\d+(?:\.\d+)?)\s?s", re.IGNORECASE)
_QUOTA: Final = re.compile(r"\b(daily|per day|perday)\b", re.IGNORECASE)
_OF_KEY: Final = re.compile(r"api[_ ]key[_ ](not[_ ](valid|found)|invalid|expired)", re.IGNORECASE)
"""Google's answer as users quote it: "API key not valid. Please pass a valid API key.", read 2026-11-20."""


@define_value
class Fault:
    """A parsed error response of Google. ``code``: its word in lower case, or its number. ``after_s``: the requested
    wait.
    """

    status: int
    code: str
    message: str
    after_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.message} ({self.status} {self.code})" if self.code else f"{self.message} ({self.status})"


def parse_fault(status: int, headers: Mapping[str, str], body: bytes) -> Fault:
    """Parse Google's error response of any status into its code, its message and the wait that it asks for. A body that
    is no JSON of Google's is quoted in short.

    Google's services answer ``{"error": …}``, their front end ``[{"error": …}]`` with a numeric code. The wait stands
    in ``details[].retryDelay`` ("38s") or in the sentence as often as in ``Retry-After``.
    """
    try:
        answer = parse_json(body)
    except ValueError:
        answer = None
    if isinstance(answer, list):
        answer = answer[0] if answer else None
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        error = {"message": str(error) if error else body[: MAX_GOOGLE_ERROR_CHARS * 4].decode("utf-8", "replace")}
    message = redact_line(str(error.get("message") or "no reason was given"), MAX_GOOGLE_ERROR_CHARS)
    code = str(error.get("status") or error.get("code") or "").lower()
    return Fault(status=status, code=code, message=message, after_s=_parse_wait(headers, error, message))


def make_submit_error(fault: Fault, *, retry_on_503: bool = False) -> ProviderError:
    """Return the error that Google's error response to a paid POST means: not accepted, refused, or outcome unknown.

    429 for the rate is safe to send again; a spent quota is a refusal. Any answer that is neither a refusal nor
    documented as not accepted leaves the outcome unknown. Source: reference of the wires, section 4, read 2026-11-20.
    """
    is_spent = fault.code in ("quota_exceeded", "payment_required") or _QUOTA.search(fault.message)
    if fault.status == 429 and is_spent:
        return build_refusal("Google", fault.status, fault, code="quota_used_up")
    if fault.status == 429 or (fault.status == 503 and retry_on_503):
        code = "rate_limited" if fault.status == 429 else "overloaded"
        return NotAccepted(code=code, provider="Google", status=fault.status, fault=fault, after_s=fault.after_s)
    if fault.status in (400, 401, 402, 403, 404, 405, 413, 414, 415, 416, 422):
        return make_refusal(fault)
    return OutcomeUnknown(code="answered_with_error", provider="Google", status=fault.status, fault=fault)


def is_key_error(fault: Fault) -> bool:
    """Whether Google's error is about the API key: a revoked or expired key is answered with 400."""
    return fault.status == 400 and _OF_KEY.search(f"{fault.code} {fault.message}") is not None


def make_refusal(fault: Fault) -> Refused:
    """Return the refusal that Google's error means, with what a person can do about it."""
    if fault.code in FILTERED or (fault.status == 400 and POLICY.search(fault.message)):
        words = explain_reason(fault.message)
        return build_refusal("Google", fault.status, words, code="content_filtered", is_final=True)
    if fault.status in (401, 403) or is_key_error(fault):
        return build_refusal("Google", fault.status, fault, code="wrong_credentials")
    return build_refusal("Google", fault.status, fault, is_final=fault.status not in (402, 404))


def _parse_wait(headers: Mapping[str, str], error: Mapping[str, Any], message: str) -> float:
    texts = [headers.get("retry-after", "")]
    details = error.get("details")
    texts += [str(d.get("retryDelay", "")) for d in details if isinstance(d, dict)] if isinstance(details, list) else []
    seconds = [float(m.group(1)) for text in texts if (m := _SECONDS.match(text))]
    seconds += [float(text) for text in texts[:1] if re.fullmatch(r"\d{1,6}(\.\d+)?", text)]
    seconds += [float(m.group(1)) for m in [_SAID_SECONDS.search(message)] if m]
    return min(max(seconds, default=0.0), MAX_GOOGLE_RETRY_AFTER_S)
