"""The retention policies of a deployment, read again every two seconds: every state of a job asks for them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from reelwright.reel.retention import RetentionPolicies

if TYPE_CHECKING:
    from reelwright.store.journal import Journal

_LASTS_S: Final = 2.0


class PolicyCache:
    """Keeps the policies that were read last. One for each runtime."""

    def __init__(self) -> None:
        self._policies: RetentionPolicies | None = None
        self._read_at = 0.0

    async def read(self, journal: Journal) -> RetentionPolicies:
        """Return the policies, as of at most two seconds ago."""
        if self._policies is None or time.monotonic() - self._read_at > _LASTS_S:
            self._policies, self._read_at = await journal.read_policies(), time.monotonic()
        return self._policies

    def clear(self) -> None:
        """Forget the policies: they were changed by this process."""
        self._policies = None
