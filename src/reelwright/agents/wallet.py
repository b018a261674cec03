"""The wallet: money that a person set aside for agents, as a budget in the ledger that all of their jobs share."""

from __future__ import annotations

from dataclasses import dataclass

from reelwright.errors import BadInput
from reelwright.store.limits.payers import WALLET
from reelwright.studio.quotes import validation
from reelwright.studio.results.spending_report import BudgetSummary
from reelwright.studio.studio import AsyncStudio


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet: a budget in the ledger that all jobs of an agent share. Its jobs carry ``key``; the ledger never
    reserves more for them than the wallet holds.
    """

    name: str

    @property
    def key(self) -> str:
        """The key that marks the wallet's jobs and its budget in the ledger."""
        return f"{WALLET}{self.name}"

    async def read(self, studio: AsyncStudio) -> BudgetSummary:
        """Return the wallet's budget: what it holds, what is spent, reserved and left. Raises ``BadInput`` if a person
        has removed it meanwhile.
        """
        for budget in await studio.list_budgets():
            if (budget.scope, budget.of, budget.period) == ("key", self.key, None):
                return budget
        raise BadInput(
            "wallet", self.name, "a wallet that exists; this one was removed, and the server must be restarted"
        )


async def open_wallet(studio: AsyncStudio, name: str, usd: str | int | float) -> Wallet:
    """Set the wallet's total to ``usd`` dollars, and return the wallet. What was spent from it before stays spent.

    Another amount changes what it holds in all. Raises ``BadInput``.
    """
    wallet, micros = Wallet(validation.check_text("wallet_name", name, 60)), validation.parse_money(usd, "wallet")
    if not micros:
        raise BadInput("wallet", usd, "an amount in US dollars above 0, such as 3")
    for budget in await studio.list_budgets():
        if (budget.scope, budget.of, budget.period, budget.cap_micros) == ("key", wallet.key, None, micros):
            return wallet  # it would be refused if a bill has passed the cap meanwhile
    await studio.set_budget("key", usd, of=wallet.key)
    return wallet
