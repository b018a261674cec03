"""Money: the ledger, unknown purchases, budgets and limits."""

from __future__ import annotations

from pathlib import Path

from reelwright.studio import limiting, spending
from reelwright.studio.reconcile import ReconcileResult, reconcile
from reelwright.studio.spending_report import BudgetSummary, LimitSummary, PurchaseRow, SpendingReport
from reelwright.studio.verbs.base import StudioBase


class Paying(StudioBase):
    """Money: the ledger, unknown purchases, budgets and limits."""

    async def show_spending(self, project: str | None = None, *, free: bool = False) -> SpendingReport:
        """Read the ledger: every purchase with its price, totals, reservations and budgets.

        ``free``: also those at $0.00.
        """
        if not self._has_home:
            return spending.build_empty_report()
        home = await self._open_home()
        only = await self._find_project(home, project) if project is not None else None
        return await spending.build_spending_report(home, only, free=free)

    async def decide(
        self,
        purchase: str,
        verdict: str,
        *,
        operation: str | None = None,
        file: str | Path | None = None,
        by: str = "a person",
    ) -> PurchaseRow:
        """Record what became of an ``unknown`` purchase: ``arrived``, ``never`` or ``written-off``. Sends nothing.

        A purchase that arrived needs the id of its ``operation`` at the provider, or the ``file`` that it brought. Call
        ``resume`` afterwards.
        """
        return await spending.decide_purchase(await self._require_home(), purchase, verdict, by, operation, file)

    async def adjust(self, purchase: str, usd: str | int | float, *, because: str, by: str = "a person") -> PurchaseRow:
        """Correct the cost of a settled purchase, such as by ``"-0.10"``.

        The correction is appended; nothing is edited.
        """
        return await spending.adjust_purchase(await self._require_home(), purchase, usd, because, by)

    async def reconcile(
        self, *, yes: bool | ReconcileResult = False, drop_listed: bool = False, by: str = "a person"
    ) -> ReconcileResult:
        """List sends that the vault or providers' lists show and this journal lacks.

        ``yes``: record them, and buy again; with the result that a person agreed to, also what the lists showed then.

        Needed after the journal was moved, copied or restored, or if it is older than its vault. Sends nothing.
        ``drop_listed``: the listed operations belong to another program, and nothing is compared with them.
        """
        home = await (self._open_home() if self._settings.vault.is_dir() else self._require_home())
        return await reconcile(home, yes=yes, by=by, drop_listed=drop_listed)

    async def list_budgets(self) -> tuple[BudgetSummary, ...]:
        """List every budget, with what is left of its current period."""
        return await spending.list_budgets(await self._open_home()) if self._has_home else ()

    async def set_budget(
        self, scope: str, usd: str | int | float, *, per: str | None = None, of: str | None = None
    ) -> BudgetSummary:
        """Set a budget for the ``deployment``, the ``account``, a ``key`` or a ``project``; ``per``: day or month."""
        return await spending.set_budget(await self._open_home(), scope, usd, per, of)

    async def remove_budget(self, scope: str, *, per: str | None = None, of: str | None = None) -> None:
        """Remove a budget."""
        await spending.remove_budget(await self._require_home(), scope, per, of)

    async def list_limits(self) -> tuple[LimitSummary, ...]:
        """List the limits on open purchases, on purchases started in a time, and on running jobs."""
        return await limiting.list_limits(await self._open_home()) if self._has_home else ()

    async def set_limit(
        self,
        scope: str,
        of: str | None = None,
        *,
        open: int | None = None,
        starts: int | None = None,
        per_s: int | None = None,
    ) -> LimitSummary:
        """Limit a ``provider``, ``model``, ``account`` or ``project``, or the ``jobs`` that run at once."""
        return await limiting.set_limit(await self._open_home(), scope, of, open, starts, per_s)

    async def remove_limit(self, scope: str, of: str | None = None) -> None:
        """Remove a limit. If the catalogue has a limit, that one applies."""
        await limiting.remove_limit(await self._require_home(), scope, of)
