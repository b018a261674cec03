"""What an HTTP answer to a paid POST means: not accepted, refused, or unknown; the same reading for every wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from reelwright.errors import NotAccepted, OutcomeUnknown, ProviderError, Refused
from reelwright.net.redact import plainly

REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 415, 422})
"""Statuses that say no. Source: reference of the wires, section 4, read 2026-11-20."""
LONGEST_WAIT_S: Final = 86_400.0
"""A wait of years is a mistake of theirs; a day is obeyed."""
OF_THE_REQUEST: Final = frozenset({400, 413, 414, 415, 422})
"""Refusals of what was asked for, not of who asks."""
_HINTS: Final[Mapping[int, str]] = {
    401: "check the key with `reelwright keys`",
    402: "the account there has no funds left",
    403: "the key may not do this there",
    404: "the model may have been retired: `reelwright models`",
}
_RESETS: Final = re.compile(r"resets? in ~?\s*(\d{1,5})\s*s", re.I)


def failure(
    provider: str, status: int, said: str, *, after_s: float = 0.0, waits_on_503: bool = False
) -> ProviderError:
    """The error that an answer with ``status`` to a paid POST stands for. Whatever is not a clear no is unknown.

    ``waits_on_503``: the catalogue says that this provider's 503 means "nothing was taken on".
    """
    words = plainly(said) or "no reason given"
    if status == 429 or (status == 503 and waits_on_503):
        return NotAccepted(f"{provider} takes nothing on just now ({status}: {words})", after_s=after_s)
    if status in REFUSALS:
        final = status in OF_THE_REQUEST
        return Refused(f"{provider} refused ({status}): {words}", is_final=final, hint=_HINTS.get(status, ""))
    return OutcomeUnknown(f"{provider} answered {status}: {words}")


def wait_of(headers: Mapping[str, str], said: str = "") -> float:
    """Seconds that an answer asks to wait: its Retry-After, else ``resets in ~30s`` in its words, else 0.

    A Retry-After that is a date is compared with the answer's own Date, where it has one.
    """
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return min(float(told), LONGEST_WAIT_S)
    if told and (until := _moment(told)):
        now = _moment(headers.get("date", "")) or datetime.now(UTC)
        return min(max(0.0, (until - now).total_seconds()), LONGEST_WAIT_S)
    match = _RESETS.search(said)
    return min(float(match[1]), LONGEST_WAIT_S) if match else 0.0


def _moment(told: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
