"""The deployment: what a server was started with, its runtime, and the studio of each account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from reelwright.errors import NeedsConsent, OverBudget
from reelwright.reason import Action
from reelwright.server.event_feed import EventFeed
from reelwright.studio.results import ProjectQuote
from reelwright.studio.runtime import Runtime
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros, format_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """The options that a server was started with.

    ``auto_approve``: the most in micro-dollars that a job of a dialect may cost without anybody's consent; None: such
    jobs must be free. ``may_buy_unconfirmed``: this covers prices without a reliable source, too. ``has_director``: run
    the director in this process; otherwise workers do. ``hosts``: names, beside those of this machine, by which clients
    may address the server. ``metrics_port``: port of the metrics on the same address; None: no metrics. ``stop_s``:
    seconds that stopping may take.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    auto_approve: Micros | None = None
    may_buy_unconfirmed: bool = False
    has_director: bool = True
    hosts: frozenset[str] = frozenset()
    metrics_port: int | None = None
    stop_s: float = 20.0


@dataclass(slots=True)
class Deployment:
    """A running server. ``is_stopping``: it takes no new requests. ``is_rehearsal``: nothing is bought."""

    runtime: Runtime
    options: ServeOptions
    is_rehearsal: bool
    is_stopping: bool = False
    _studios: dict[str, AsyncStudio] = field(default_factory=dict)
    _feeds: dict[str, EventFeed] = field(default_factory=dict)

    def get_studio(self, account: str | None = None) -> AsyncStudio:
        """Return the studio of an account; None: of the account of the settings. Studios share the runtime."""
        account = account or self.runtime.settings.account
        if account not in self._studios:
            self._studios[account] = AsyncStudio(runtime=self.runtime, account=account)
        return self._studios[account]

    def get_feed(self, account: str | None = None) -> EventFeed:
        """Return the live events of an account; None: of the account of the settings."""
        account = account or self.runtime.settings.account
        return self._feeds.setdefault(account, EventFeed(self.runtime.journal, account))

    async def approve_quote(self, quote: ProjectQuote) -> None:
        """Agree to the price of a dialect's job within the standing approval of this server.

        Raises ``NeedsConsent`` if there is none, and ``OverBudget`` for a price above it. A rehearsal agrees to all.
        """
        await self.build_approval(None)(quote)

    def build_approval(
        self, max_usd: Micros | None, unknown_at_most: Micros | None = None, *, is_unconfirmed_agreed: bool = False
    ) -> Callable[[ProjectQuote], Awaitable[None]]:
        """Build the function that agrees to a price: up to ``max_usd`` of the request, else as ``approve_quote``.

        ``unknown_at_most``: what each step of unknown price may cost by the request; it counts as part of the price.
        ``is_unconfirmed_agreed``: the request agrees to prices without a reliable source. Only together with
        ``max_usd``: the standing approval covers them only if the server was started so.
        """

        async def approve(quote: ProjectQuote) -> None:
            needed = Micros(quote.micros + (unknown_at_most or 0) * len(quote.unknown_price_steps))
            if max_usd is None:
                self._approve_by_itself(needed)
                if is_unconfirmed_agreed and quote.unconfirmed_price_steps and not self._may_buy_unconfirmed:
                    action = Action("pass_option", {"option": "max_usd", "value": format_usd(needed)})
                    steps = ", ".join(quote.unconfirmed_price_steps[:3])
                    raise NeedsConsent(code="unconfirmed_not_approved", steps=steps, actions=[action])
            elif needed > max_usd:
                actions = [Action("pass_option", {"option": "max_usd", "value": format_usd(needed)})]
                raise OverBudget(
                    code="above_given_budget", needed_micros=needed, budget_micros=max_usd, actions=actions
                )

        return approve

    @property
    def _may_buy_unconfirmed(self) -> bool:
        return self.is_rehearsal or self.options.may_buy_unconfirmed

    def _approve_by_itself(self, needed: Micros) -> None:
        if self.is_rehearsal or not needed:
            return
        limit = self.options.auto_approve
        if limit is None:
            raise NeedsConsent(code="no_auto_approval", needed_micros=needed, actions=[_build_action(needed)])
        if needed > limit:
            actions = [_build_action(needed), Action("change_order")]
            raise OverBudget(code="above_auto_approval", needed_micros=needed, limit_micros=limit, actions=actions)


def _build_action(needed: Micros) -> Action:
    return Action("pass_option", {"option": "auto_approve", "value": format_usd(needed)})
