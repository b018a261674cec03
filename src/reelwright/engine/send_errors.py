"""Handling of a send that raised: not accepted, refused, or unknown; and finding out what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reelwright.engine.operations import Pace
from reelwright.engine.recover import build_outcome_unknown, hold, resolve
from reelwright.engine.step_run import StepRun
from reelwright.errors import NotAccepted, OutcomeUnknown, Refused
from reelwright.net.redact import redact
from reelwright.providers.protocol import Provider
from reelwright.reel.operation import Operation, Purchase
from reelwright.store.ledger import Ledger


class SendErrorHandler:
    """Records what an error of a send means for its purchase. Everything but not accepted and refused is unknown.

    Raises ``OutcomeUnknown`` instead of an error that is unknown, unless the purchase is free.
    """

    def __init__(self, ledger: Ledger, purchase: Purchase, run: StepRun) -> None:
        self._ledger, self._purchase, self._errand = ledger, purchase, run

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None:
            return
        if isinstance(error, NotAccepted):
            self._errand.is_sent = False
        elif isinstance(error, Refused):
            # only for this send: a director that was stopped for long must not release what its successor has sent
            message, sends = redact(str(error)), self._purchase.attempts + 1
            await self._ledger.move(self._purchase.id, ["posting"], "released", message, sends=sends)
        else:
            message, sends = redact(str(error)) or type(error).__name__, self._purchase.attempts + 1
            await hold(self._ledger, self._purchase, message, sends)
            if isinstance(error, Exception) and self._purchase.resubmit != "free":
                raise build_outcome_unknown(self._purchase, f"no answer was seen: {redact(str(error))}") from error


async def look_up(
    ledger: Ledger, provider: Provider, purchase: Purchase, run: StepRun, pace: Pace, arrives_s: float,
    error: OutcomeUnknown,
) -> Operation | None:  # fmt: skip
    """Find out what became of a send that has just raised ``error``. None: the provider never had it.

    Raises ``OutcomeUnknown`` if only a person can tell.
    """
    message = f"no answer was seen: {redact(str(error.__cause__))}"
    try:
        found = await resolve(ledger, provider, purchase, run, pace, arrives_s, message)
    except OutcomeUnknown as still:
        raise still from error.__cause__
    run.is_sent = found is not None
    return found


async def prepare_resend(ledger: Ledger, purchase: Purchase, max_resends: int, error: OutcomeUnknown) -> Purchase:
    """Return the purchase, back in intent, of a send that never arrived or costs nothing.

    Raises ``NotAccepted``, with the last error, and releases it if it was sent more than ``max_resends`` times.
    """
    if purchase.attempts > max_resends:
        message = f"sent {purchase.attempts} times, and no answer was seen: {error}"
        await ledger.move(purchase.id, ["intent"], "released", message, sends=purchase.attempts)
        hint = "; ".join(part for part in (error.hint, "go on later with `reelwright resume`") if part)
        raise NotAccepted(message, hint=hint, step=purchase.step)
    return replace(purchase, state="intent")
