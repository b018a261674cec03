"""What it means that a send raised: not accepted, refused, or unknown. Anything else than an answer is unknown."""

from __future__ import annotations

from typing import Any

from reelwright.engine.errand import Errand
from reelwright.engine.recover import hold, not_known
from reelwright.engine.waist import Ledger
from reelwright.errors import NotAccepted, Refused
from reelwright.net.redact import redact
from reelwright.reel.operation import Purchase


class Sending:
    """What it means that a send raised: not accepted, refused, or unknown. Anything else than an answer is unknown."""

    def __init__(self, ledger: Ledger, purchase: Purchase, errand: Errand) -> None:
        self._ledger, self._purchase, self._errand = ledger, purchase, errand

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None:
            return
        if isinstance(error, NotAccepted):
            self._errand.sent = False
        elif isinstance(error, Refused):
            # of this very send: a director that was stopped for long must not release what its successor has sent
            said, sends = redact(str(error)), self._purchase.attempts + 1
            await self._ledger.move(self._purchase.id, ["posting"], "released", said, sends=sends)
        else:
            said, sends = redact(str(error)) or type(error).__name__, self._purchase.attempts + 1
            await hold(self._ledger, self._purchase, said, sends)
            if isinstance(error, Exception) and self._purchase.resubmit != "free":
                raise not_known(self._purchase, f"no answer was seen: {redact(str(error))}") from error
