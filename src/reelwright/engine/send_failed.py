"""What it means that a send raised (not accepted, refused, or unknown), and what became of one without an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reelwright.engine.errand import Errand
from reelwright.engine.operations import Pace
from reelwright.engine.recover import hold, not_known, resolve
from reelwright.engine.waist import Ledger
from reelwright.errors import NotAccepted, OutcomeUnknown, Refused
from reelwright.net.redact import redact
from reelwright.providers.protocol import Provider
from reelwright.reel.operation import Operation, Purchase


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


async def look_up(
    ledger: Ledger, provider: Provider, sent: Purchase, errand: Errand, pace: Pace, arrives_s: float,
    error: OutcomeUnknown,
) -> Operation | None:  # fmt: skip
    """Find out at once what became of a send that raised ``error``; None where its provider never had it.

    Raises ``OutcomeUnknown`` where only a person can tell.
    """
    said = f"no answer was seen: {redact(str(error.__cause__))}"
    try:
        found = await resolve(ledger, provider, sent, errand, pace, arrives_s, said)
    except OutcomeUnknown as still:
        raise still from error.__cause__
    errand.sent = found is not None
    return found


async def send_again(ledger: Ledger, sent: Purchase, most: int, error: OutcomeUnknown) -> Purchase:
    """The purchase of a send that never arrived or costs nothing, back in intent.

    Raises ``NotAccepted`` after ``most`` further sends, with what the last of them ended with.
    """
    if sent.attempts > most:
        said = f"sent {sent.attempts} times, and no answer was seen: {error}"
        await ledger.move(sent.id, ["intent"], "released", said, sends=sent.attempts)
        hint = "; ".join(part for part in (error.hint, "go on later with `reelwright resume`") if part)
        raise NotAccepted(said, hint=hint, step=sent.step)
    return replace(sent, state="intent")
