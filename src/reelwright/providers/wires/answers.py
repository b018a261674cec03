"""Errors of HTTP answers to a paid POST: not accepted, refused, or unknown. Every wire reads them alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from reelwright.errors import NotAccepted, OutcomeUnknown, ProviderError, Refused, Unreachable
from reelwright.net.http_response import parse_retry_after as read_retry_after
from reelwright.net.policy import MAX_RETRY_AFTER_S
from reelwright.net.redact import redact_line
from reelwright.reason import Action, ActionKind

REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 415, 422})
"""Statuses that refuse a request. Source: reference of the wires, section 4, read 2026-11-20."""
OF_THE_REQUEST: Final = frozenset({400, 413, 414, 415, 422})
"""Refusals of the request itself, not of the account."""
_CODES: Final[Mapping[int, str]] = {
    401: "wrong_credentials",
    402: "funds_missing",
    403: "key_not_allowed",
    404: "model_not_sold",
    413: "request_too_large",
}
_HELP: Final[Mapping[str, tuple[ActionKind, ...]]] = {
    "wrong_credentials": ("fix_key",),
    "key_wanted": ("fix_key",),
    "key_not_allowed": ("fix_key", "choose_model"),
    "funds_missing": ("add_funds",),
    "quota_used_up": ("add_funds",),
    "model_not_sold": ("choose_model",),
}
"""What a person can do about a refusal, by its code."""
_RESETS: Final = re.compile(r"resets? in ~?\s*(\d{1,5})\s*s", re.I)


def make_submit_error(
    provider: str, status: int, message: str, *, after_s: float = 0.0, waits_on_503: bool = False
) -> ProviderError:
    """Return the error that an HTTP ``status`` other than success means for a paid POST: not accepted, refused, or
    outcome unknown. Anything but a clear refusal is unknown.

    ``after_s``: the wait that the answer asks for. ``waits_on_503``: the catalogue says that the provider accepts
    nothing when it answers 503.
    """
    fault = f"{redact_line(message) or 'no reason was given'} ({status})"
    if status == 429 or (status == 503 and waits_on_503):
        code = "rate_limited" if status == 429 else "overloaded"
        return NotAccepted(code=code, provider=provider, status=status, fault=fault, after_s=after_s)
    if status in REFUSALS:
        return build_refusal(provider, status, fault, is_final=status in OF_THE_REQUEST)
    return OutcomeUnknown(code="answered_with_error", provider=provider, status=status, fault=fault)


def build_refusal(
    provider: str, status: int, fault: object = "", *, code: str = "", is_final: bool = False, hint: str = ""
) -> Refused:
    """Build the error for a request that the provider refused, with what a person can do about it.

    ``code`` empty: the meaning that ``status`` has at every provider. ``fault``: the provider's own words.
    """
    code = code or _CODES.get(status, "request_refused")
    actions = [Action(kind, {"provider": provider}) for kind in _HELP.get(code, ())]
    return Refused(
        code=code, provider=provider, status=status, fault=fault, is_final=is_final, hint=hint, actions=actions
    )


def check_same_key(provider: str, made_with: str, current_key: str, variable: str) -> None:
    """Raise ``Refused`` if an operation was made with another key than the current one, to which it would seem to be
    lost.

    ``variable``: where the key is set; empty if there is none.
    """
    if made_with and made_with != current_key:
        raise build_other_key_error(provider, variable)


def build_other_key_error(provider: str, variable: str = "") -> Refused:
    """Build the error for an operation that was made with another key and cannot be asked for with this one.
    ``variable``: where the key is set.
    """
    fix = Action("fix_key", {"provider": provider, **({"variable": variable} if variable else {})})
    actions = [fix, Action("decide_purchase")]
    hint = f"set that key again in {variable}" if variable else ""
    return Refused(code="made_with_another_key", provider=provider, hint=hint, actions=actions)


def build_poll_error(provider: str, status: int, fault: object = "", after_s: float = 0.0) -> Unreachable:
    """Build the error for a poll that was answered with a status other than 200 and says nothing of the operation."""
    fault = fault or f"status {status}"
    return Unreachable(code="poll_refused_by_status", provider=provider, status=status, fault=fault, after_s=after_s)


def parse_retry_after(headers: Mapping[str, str], message: str = "") -> float:
    """Return how many seconds a response asks to wait: its ``Retry-After``, else ``resets in ~30s`` in its message,
    else 0.

    A Retry-After that is a date is compared with the answer's own Date, if it has one.
    """
    if (asked_s := read_retry_after(headers)) is not None:
        return asked_s
    match = _RESETS.search(message)
    return min(float(match[1]), MAX_RETRY_AFTER_S) if match else 0.0
