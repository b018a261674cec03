"""The retention policies of a deployment, read again every two seconds: every state of a job asks for them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from reelwright.reel.retention import RetentionPolicies

if TYPE_CHECKING:
    from reelwright.store.journal import Journal

_LASTS_S: Final = 2.0


class PolicyCache:
    """A cache of the retention policies, which asks the journal again after two seconds. One for each runtime."""

    def __init__(self) -> None:
        self._policies: RetentionPolicies | None = None
        self._read_at = 0.0

    async def read(self, journal: Journal) -> RetentionPolicies:
        """Return the retention policies from the journal, at most two seconds old."""
        if self._policies is None or time.monotonic() - self._read_at > _LASTS_S:
            self._policies, self._read_at = await journal.read_policies(), time.monotonic()
        return self._policies

    def clear(self) -> None:
        """Drop the cached policies, so that the next read asks the journal; call it after changing them."""
        self._policies = None
