"""Money: the ledger, what nobody knows of, and the caps that hold."""

from __future__ import annotations

from pathlib import Path

from reelwright.studio import limiting, spending
from reelwright.studio.reconcile import Reconciled, reconcile
from reelwright.studio.spent import Bought, Capped, Limited, Spent
from reelwright.studio.verbs.opened import Opened


class Paying(Opened):
    """Money: the ledger, what nobody knows of, and the caps that hold."""

    async def spend(self, project: str | None = None, *, free: bool = False) -> Spent:
        """The ledger: every purchase with its price, totals, what is held, and the budgets. ``free``: also at $0.00."""
        if not self._is_there:
            return spending.nothing()
        home = await self._opened()
        only = await self._project(home, project) if project is not None else None
        return await spending.spent(home, only, free=free)

    async def decide(
        self,
        purchase: str,
        verdict: str,
        *,
        operation: str | None = None,
        file: str | Path | None = None,
        by: str = "a person",
    ) -> Bought:
        """What became of a purchase in ``unknown``: ``arrived``, ``never`` or ``written-off``. Sends nothing.

        What arrived is named by its ``operation`` at the provider, or is the ``file`` that it brought. Then ``resume``.
        """
        return await spending.decided(await self._found(), purchase, verdict, by, operation, file)

    async def adjust(self, purchase: str, usd: str | int | float, *, because: str, by: str = "a person") -> Bought:
        """Correct what a settled purchase cost, such as by ``"-0.10"``. Appended; nothing is edited."""
        return await spending.adjusted(await self._found(), purchase, usd, because, by)

    async def reconcile(
        self, *, yes: bool = False, drop_listed: bool = False, by: str = "a person"
    ) -> Reconciled:  # fmt: skip
        """List what the vault and providers' lists show and this journal does not know; ``yes``: record it, buy again.

        Asked for where the journal was moved, copied or restored, or is older than its vault. Sends nothing.
        ``drop_listed``: what the lists show is another program's, and nothing is compared with it.
        """
        home = await (self._opened() if self._settings.vault.is_dir() else self._found())
        return await reconcile(home, yes=yes, by=by, drop_listed=drop_listed)

    async def budgets(self) -> tuple[Capped, ...]:
        """Every cap on spending, with what is left of its current period."""
        return await spending.budgets(await self._opened()) if self._is_there else ()

    async def set_budget(
        self, scope: str, usd: str | int | float, *, per: str | None = None, of: str | None = None
    ) -> Capped:
        """Cap the spending of the ``deployment``, ``account``, of a ``key`` or ``project``; ``per`` day or month."""
        return await spending.set_budget(await self._opened(), scope, usd, per, of)

    async def remove_budget(self, scope: str, *, per: str | None = None, of: str | None = None) -> None:
        """Cap it no longer."""
        await spending.remove_budget(await self._found(), scope, per, of)

    async def limits(self) -> tuple[Limited, ...]:
        """How many purchases may be open at once or start in a time, and how many jobs run."""
        return await limiting.limits(await self._opened()) if self._is_there else ()

    async def set_limit(
        self,
        scope: str,
        of: str | None = None,
        *,
        open: int | None = None,
        starts: int | None = None,
        per_s: int | None = None,
    ) -> Limited:
        """Limit a ``provider``, ``model``, ``account`` or ``project``, or the ``jobs`` that run at once."""
        return await limiting.set_limit(await self._opened(), scope, of, open, starts, per_s)

    async def remove_limit(self, scope: str, of: str | None = None) -> None:
        """Limit it no longer; where the catalogue knows a limit, that one holds."""
        await limiting.remove_limit(await self._found(), scope, of)
