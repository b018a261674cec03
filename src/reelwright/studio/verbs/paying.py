"""Money: the ledger, unknown purchases, budgets and limits."""

from __future__ import annotations

from pathlib import Path

from reelwright.studio.money import limiting, spending
from reelwright.studio.money.reconcile import ReconcileResult, reconcile
from reelwright.studio.results.spending_report import BudgetSummary, LimitSummary, PurchaseRow, SpendingReport
from reelwright.studio.verbs.base import StudioBase


class Paying(StudioBase):
    """The verbs on money: the ledger, unknown purchases, budgets and limits."""

    async def show_spending(self, project: str | None = None, *, free: bool = False) -> SpendingReport:
        """Read the ledger of this account, or of one project: each purchase with its price, totals and budgets.

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
        """Record a person's verdict on a purchase of unknown outcome, such as ``arrived``, or on a disputed bill.

        ``arrived``, ``never`` or ``written-off``; of a disputed bill ``as-billed`` or ``as-quoted``. Sends nothing. A
        purchase that arrived needs the id of its ``operation`` at the provider, or the ``file`` that it brought. Call
        ``resume`` afterwards.
        """
        return await spending.decide_purchase(await self._require_home(), purchase, verdict, by, operation, file)

    async def adjust(self, purchase: str, usd: str | int | float, *, because: str, by: str = "a person") -> PurchaseRow:
        """Add a correction of ``usd`` US dollars, such as ``"-0.10"``, to the recorded cost of a settled purchase.

        The correction is appended; nothing is edited.
        """
        return await spending.adjust_purchase(await self._require_home(), purchase, usd, because, by)

    async def reconcile(
        self, *, yes: bool | ReconcileResult = False, drop_listed: bool = False, by: str = "a person"
    ) -> ReconcileResult:
        """List the paid sends that this journal lacks; with ``yes`` record them, so that it may buy again.

        ``yes``: True, or the result that a person agreed to: then also what the lists showed at that time is recorded.

        Needed after the journal was moved, copied or restored, or if it is older than its vault. Sends nothing.
        ``drop_listed``: the listed operations belong to another program, and nothing is compared with them.
        """
        has_vault = self._settings.vault.is_dir() or bool(self._settings.vault_url)
        home = await (self._open_home() if has_vault else self._require_home())
        return await reconcile(home, yes=yes, by=by, drop_listed=drop_listed)

    async def list_budgets(self) -> tuple[BudgetSummary, ...]:
        """List every budget that can cap this account, the deployment's too, with what its current period has left."""
        return await spending.list_budgets(await self._open_home()) if self._has_home else ()

    async def set_budget(
        self, scope: str, usd: str | int | float, *, per: str | None = None, of: str | None = None
    ) -> BudgetSummary:
        """Cap spending at ``usd`` US dollars for a scope: ``deployment``, ``account``, ``key`` or ``project``.

        ``per``: ``day`` or ``month``; None: in all. ``of``: which key or project.
        """
        return await spending.set_budget(await self._open_home(), scope, usd, per, of)

    async def remove_budget(self, scope: str, *, per: str | None = None, of: str | None = None) -> None:
        """Remove the spending cap of a scope and period; see ``set_budget``."""
        await spending.remove_budget(await self._require_home(), scope, per, of)

    async def list_limits(self) -> tuple[LimitSummary, ...]:
        """List the limits, set and default, on open purchases, on purchases started in a time, and on running jobs."""
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
        """Limit how many purchases (``jobs``: jobs) of a scope may be open at once, or start within ``per_s`` seconds.

        ``scope``: ``provider``, ``model``, ``account``, ``project`` or ``jobs``; ``of``: its name.
        """
        return await limiting.set_limit(await self._open_home(), scope, of, open, starts, per_s)

    async def remove_limit(self, scope: str, of: str | None = None) -> None:
        """Remove a limit that was set; the default applies again, such as that of the catalogue."""
        await limiting.remove_limit(await self._require_home(), scope, of)
