"""What a video wire says when it says no (OpenRouter, ``/v1/videos``): read from any shape, told as one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from reelwright.errors import NotAccepted, OutcomeUnknown, ProviderError, Refused, Unreachable
from reelwright.net.answer import Answer
from reelwright.net.redact import plainly
from reelwright.reel.noun import noun

REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 414, 415, 422, 451})
"""Statuses after which nothing was taken on and nothing is sent again. Source: DESIGN.md 3.4."""
FILTERS: Final = ("moderation", "content policy", "content_policy", "safety", "policy violation", "flagged", "blocked")
_LONGEST: Final = 300
_LONGEST_WAIT_S: Final = 86_400.0
"""A Retry-After of years is a mistake of theirs; a day is obeyed."""
_SPENT: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached", "insufficient_credits"})


@noun
class Fault:
    """One answer that is an error. ``code``: their own word, or empty; ``after_s``: the wait that was told."""

    status: int
    code: str
    message: str
    after_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.message} ({self.status}{f' {self.code}' if self.code else ''})"

    @property
    def is_filtered(self) -> bool:
        return is_policy(f"{self.code} {self.message}")


def is_policy(text: str) -> bool:
    """Whether words of theirs say that a content filter acted."""
    return any(word in text.lower() for word in FILTERS)


def read_fault(answer: Answer) -> Fault:
    """``{"error": {"message", "code"}}``, ``{"error": "…"}``, ``{"detail": "…"}``, a list of FastAPI's, or any text."""
    try:
        told = answer.json()
    except ValueError:
        told = answer.body[: _LONGEST * 4].decode("utf-8", "replace")
    code, message = _said(told)
    return Fault(
        status=answer.status,
        code=plainly(code, 60),
        message=plainly(message, _LONGEST) or "no reason was given",
        after_s=told_wait(answer.headers),
    )


def _said(told: Any) -> tuple[str, str]:
    if isinstance(told, Mapping):
        error = told.get("error", told.get("detail", told.get("message", "")))
        if isinstance(error, Mapping):
            code = error.get("code")
            words = str(error.get("type") or "") if code is None or str(code).isdigit() else str(code)
            return words, str(error.get("message") or "")
        return "", _listed(error)
    return "", _listed(told)


def _listed(error: Any) -> str:
    """FastAPI names the fields that it does not take in a list."""
    if isinstance(error, list):
        found = [one for one in error if isinstance(one, Mapping)]
        return "; ".join(f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('msg', '')}" for one in found[:3])
    return str(error or "")


def told_wait(headers: Mapping[str, str]) -> float:
    """Seconds of ``Retry-After-Ms`` or ``Retry-After``; 0 where neither says anything sensible.

    A date is compared with the answer's own Date, where it has one.
    """
    milliseconds = headers.get("retry-after-ms", "")
    if milliseconds.isascii() and milliseconds.isdigit():
        return min(int(milliseconds) / 1000, _LONGEST_WAIT_S)
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(min(int(said), _LONGEST_WAIT_S))
    until, now = _date_of(said), _date_of(headers.get("date", "")) or datetime.now(UTC)
    return min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT_S) if until else 0.0


def _date_of(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def at_time(seconds: Any) -> datetime | None:
    """The moment so many seconds after 1970; None where nothing sensible is told."""
    sensible = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 1 << 35
    return datetime.fromtimestamp(seconds, tz=UTC) if sensible else None


def submit_error(provider: str, fault: Fault, *, retry_on_503: bool, key: str) -> ProviderError:
    """What an error means that answered a paid POST. ``key``: the variable that holds the key, named in the hint."""
    if fault.status == 429 and fault.code not in _SPENT:
        return NotAccepted(f"{provider} is asked too often: {fault}", after_s=fault.after_s)
    if fault.status == 503 and retry_on_503:
        return NotAccepted(f"{provider} is overloaded: {fault}", after_s=fault.after_s)
    if fault.status in REFUSALS or fault.status == 429:
        return refusal(provider, fault, key)
    return OutcomeUnknown(f"{provider} answered {fault}; it may have been taken on all the same")


def read_error(provider: str, fault: Fault, key: str) -> ProviderError:
    """What an error means that answered a question: a key that is refused, else nothing was told this time."""
    if fault.status in (401, 403):
        return refusal(provider, fault, key)
    return Unreachable(f"{provider} answered {fault}", after_s=fault.after_s)


def same_key(provider: str, made_with: str, held: str, key: str) -> None:
    """Raise ``Refused`` where another key made an operation: with this one it would seem to be lost."""
    if made_with and made_with != held:
        raise Refused(
            f"another key made this at {provider}, and only with that one can it be asked for",
            hint=f"set that key again in {key}" if key else "set that key again",
        )


def refusal(provider: str, fault: Fault, key: str) -> Refused:
    """A no, with what to do about it."""
    if fault.is_filtered and fault.status in (400, 403, 422):
        hint = "change the prompt or the picture"
        return Refused(f"{provider}'s content filter refused it: {fault}", is_final=True, hint=hint)
    final = fault.status in (400, 413, 415, 422) and fault.code not in _SPENT
    return Refused(f"{provider} refused: {fault}", is_final=final, hint=_way_on(fault, key))


def _way_on(fault: Fault, key: str) -> str:
    if fault.status == 401:
        return f"look at the key in {key}" if key else "this server wants a key"
    if fault.status == 402 or fault.code in _SPENT:
        return "there are no funds left there"
    if fault.status == 403:
        return f"the key in {key} may not use this model" if key else "this server does not let you use this model"
    if fault.status == 404:
        return "the model is not offered there any more; `reelwright models` lists others"
    return "413: a picture is too large" if fault.status == 413 else ""
