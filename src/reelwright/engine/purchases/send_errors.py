"""Handling of a send that raised: not accepted, refused, or unknown; and finding out what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reelwright.engine.purchases.operations import Pace
from reelwright.engine.purchases.recover import build_outcome_unknown, hold, resolve
from reelwright.engine.steps.step_run import StepRun
from reelwright.errors import NotAccepted, OutcomeUnknown, Refused
from reelwright.net.redact import redact_error, redact_reason
from reelwright.providers.protocol import Provider
from reelwright.reason import Action, build_reason
from reelwright.reel.records.operation import Operation, Purchase
from reelwright.store.ledger import Ledger


class SendErrorHandler:
    """Context manager around a send that records what its error means for the purchase: not accepted, refused, or, for
    any other error, unknown.

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
            reason, sends = redact_error(error), self._purchase.attempts + 1
            await self._ledger.move(self._purchase.id, ["posting"], "released", reason, sends=sends)
        else:
            reason, sends = redact_error(error), self._purchase.attempts + 1
            await hold(self._ledger, self._purchase, reason, sends)
            if isinstance(error, Exception) and self._purchase.resubmit != "free":
                raise build_outcome_unknown(self._purchase, build_reason("no_answer", cause=reason)) from error


async def look_up(
    ledger: Ledger, provider: Provider, purchase: Purchase, run: StepRun, pace: Pace, arrives_s: float,
    error: OutcomeUnknown,
) -> Operation | None:  # fmt: skip
    """Find out what became of a send that has just raised ``error``: return its operation, or None if the provider
    never had it.

    Raises ``OutcomeUnknown`` if only a person can tell.
    """
    reason = build_reason("no_answer", cause=redact_error(error.__cause__ or error))
    try:
        found = await resolve(ledger, provider, purchase, run, pace, arrives_s, reason)
    except OutcomeUnknown as still:
        raise still from error.__cause__
    run.is_sent = found is not None
    return found


async def prepare_resend(ledger: Ledger, purchase: Purchase, max_resends: int, error: OutcomeUnknown) -> Purchase:
    """Return a purchase as an intent that may be sent again, after a send that never arrived or costs nothing.

    Raises ``NotAccepted``, with the last error, and releases it if it was sent more than ``max_resends`` times.
    """
    if purchase.attempts > max_resends:
        given_up = NotAccepted(
            code="sent_without_answer", sends=purchase.attempts, cause=redact_reason(error.to_reason()),
            step=purchase.step, actions=[*error.actions, Action("resume_job")],
        )  # fmt: skip
        await ledger.move(purchase.id, ["intent"], "released", given_up.to_reason(), sends=purchase.attempts)
        raise given_up
    return replace(purchase, state="intent")
