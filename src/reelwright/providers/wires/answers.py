"""Errors of HTTP answers to a paid POST: not accepted, refused, or unknown. Every wire reads them alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from reelwright.errors import NotAccepted, OutcomeUnknown, ProviderError, Refused
from reelwright.net.redact import redact_line

REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 415, 422})
"""Statuses that refuse a request. Source: reference of the wires, section 4, read 2026-11-20."""
LONGEST_WAIT_S: Final = 86_400.0
"""The longest wait that is obeyed. A Retry-After of years is a mistake of the provider."""
OF_THE_REQUEST: Final = frozenset({400, 413, 414, 415, 422})
"""Refusals of the request itself, not of the account."""
_HINTS: Final[Mapping[int, str]] = {
    401: "check the key with `reelwright keys`",
    402: "the account there has no funds left",
    403: "the key may not do this there",
    404: "the model may have been retired: `reelwright models`",
}
_RESETS: Final = re.compile(r"resets? in ~?\s*(\d{1,5})\s*s", re.I)


def make_submit_error(
    provider: str, status: int, message: str, *, after_s: float = 0.0, waits_on_503: bool = False
) -> ProviderError:
    """Return the error that an answer with ``status`` to a paid POST means. Anything but a clear refusal is unknown.

    ``after_s``: the wait that the answer asks for. ``waits_on_503``: the catalogue says that the provider accepts
    nothing when it answers 503.
    """
    words = redact_line(message) or "no reason given"
    if status == 429 or (status == 503 and waits_on_503):
        return NotAccepted(f"{provider} takes nothing on just now ({status}: {words})", after_s=after_s)
    if status in REFUSALS:
        final = status in OF_THE_REQUEST
        return Refused(f"{provider} refused ({status}): {words}", is_final=final, hint=_HINTS.get(status, ""))
    return OutcomeUnknown(f"{provider} answered {status}: {words}")


def parse_retry_after(headers: Mapping[str, str], message: str = "") -> float:
    """Return the seconds that an answer asks to wait: its Retry-After, else ``resets in ~30s`` in its message, else 0.

    A Retry-After that is a date is compared with the answer's own Date, if it has one.
    """
    retry_after = headers.get("retry-after", "").strip()
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), LONGEST_WAIT_S)
    if retry_after and (until := parse_http_date(retry_after)):
        now = parse_http_date(headers.get("date", "")) or datetime.now(UTC)
        return min(max(0.0, (until - now).total_seconds()), LONGEST_WAIT_S)
    match = _RESETS.search(message)
    return min(float(match[1]), LONGEST_WAIT_S) if match else 0.0


def parse_http_date(text: str) -> datetime | None:
    """Parse the date of a header; None if it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
