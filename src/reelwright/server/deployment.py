"""The deployment: what a server was started with, its runtime, and the studio of each caller."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import HTTPConnection
from starlette.responses import Response

from reelwright.errors import NeedsConsent, NotFound, OverBudget, StoreUnavailable
from reelwright.net.keys import Keys
from reelwright.reason import Action
from reelwright.server.caller import Caller
from reelwright.server.event_feed import EventFeed
from reelwright.server.policy import (
    KEY_CHECK_EVERY_S,
    KEY_USE_RECORDED_EVERY_S,
    MAX_CONNECTIONS,
    MAX_STREAMS_PER_CALLER,
    MAX_STUDIOS_KEPT,
    RATE_LIMIT,
    SERVER_STOP_S,
)
from reelwright.server.rates import RequestLimits, parse_rate
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.runtime.runtime import Runtime
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros, format_usd

if TYPE_CHECKING:
    from reelwright.server.downloads import FileRedirects
    from reelwright.server.sign_in.issuer import Issuer

T = TypeVar("T")
LOCAL_USER: Final = "Dev User"
"""The name of whoever uses a server without sign-in. Older programs show it in their header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """The options that a server was started with.

    ``auto_approve``: the most in micro-dollars that a job of a dialect may cost without anybody's consent, where no API
    key says it; None: such jobs must be free. ``is_key_required``: nobody is served without an API key, but for people
    who sign in. ``may_buy_unconfirmed``: ``auto_approve`` covers prices without a reliable source, too.
    ``has_director``: run the director in this process; otherwise workers do. ``hosts``: names, beside those of this
    machine, by which clients may address the server. ``metrics_port``: port of the metrics, on this machine; None: no
    metrics. ``may_use_private``: webhooks may be sent to this machine and to private networks. ``rate_limit``: most
    requests of an API key, and of an address without one; ``max_streams``: most event streams that a key has open.
    ``origins``: of other sites whose pages may use the server from a browser.
    ``trusted_proxies``: addresses and networks of proxies whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` hold.
    ``stop_s``: seconds that stopping may take. ``most_connections``: above so many, a request is answered 503;
    ``connections_per_address``: above so many of one address, it is answered 429; 0: a quarter of all.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    auto_approve: Micros | None = None
    is_key_required: bool = False
    may_buy_unconfirmed: bool = False
    has_director: bool = True
    hosts: frozenset[str] = frozenset()
    metrics_port: int | None = None
    may_use_private: bool = False
    rate_limit: str = RATE_LIMIT
    max_streams: int = MAX_STREAMS_PER_CALLER
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    stop_s: float = SERVER_STOP_S
    most_connections: int = MAX_CONNECTIONS
    connections_per_address: int = 0


PAGES_PATH: Final = "/studio"
"""Where the pages for people are. The address ``/`` leads there."""


class BuildErrorPage(Protocol):
    """Type of a function that builds the page of an error, from its path, HTTP status, code and sentence."""

    def __call__(self, path: str, status: int, code: str, message: str, /) -> Response: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The pages for people, which a package above adds. ``router``: their routes. ``build_error``: builds the page of
    an error that none of their routes has seen.
    """

    router: APIRouter
    build_error: BuildErrorPage

    def has_path(self, path: str) -> bool:
        """Whether a path belongs to the pages."""
        return path == PAGES_PATH or path.startswith(f"{PAGES_PATH}/")


class MoodSamples:
    """The samples of moods that a server gives out. Each is composed once, one at a time, and then kept in memory, so
    that no caller makes a server compose more samples than there are moods.
    """

    def __init__(self) -> None:
        self._composed: dict[str, bytes] = {}
        self._lock = asyncio.Lock()

    async def read(self, studio: AsyncStudio, mood: str) -> bytes:
        """Return the sample of a mood as M4A; compose it if nobody has heard it yet. Raises ``NotFound``."""
        if mood not in {one.name for one in await studio.list_moods()}:
            raise NotFound(code="name_not_found", kind="mood", name=mood)
        async with self._lock:
            if mood not in self._composed:
                self._composed |= await studio.try_moods(mood)
        return self._composed[mood]


@dataclass
class Deployment:
    """A running server: its options, its runtime, and the studios and event feeds of its callers. ``is_stopping``: it
    takes no new requests. ``is_rehearsal``: nothing is bought.

    ``issuer``: who signs people in; None: nobody can sign in. ``pages``: those for people; None: it has none.
    ``redirects``: to where files lie; None: this server sends them.
    """

    runtime: Runtime
    options: ServeOptions
    is_rehearsal: bool
    issuer: Issuer | None = None
    pages: Pages | None = None
    redirects: FileRedirects | None = None
    is_stopping: bool = False
    limits: RequestLimits = field(init=False)
    mood_samples: MoodSamples = field(default_factory=MoodSamples)
    _studios: dict[tuple[str, str | None], AsyncStudio] = field(default_factory=dict)
    _feeds: dict[str, EventFeed] = field(default_factory=dict)
    _checked: dict[str, tuple[float, bool]] = field(default_factory=dict)
    _used: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.limits = RequestLimits(parse_rate(self.options.rate_limit), self.options.max_streams)

    @property
    def is_caller_required(self) -> bool:
        """Whether a request needs an API key or the session of a signed-in person."""
        return self.options.is_key_required or self.issuer is not None

    @cached_property
    def keys(self) -> Keys:
        """The key store of this home, which holds the keys of providers and the secrets that sign their webhooks."""
        return Keys(self.runtime.settings)

    def list_hosts(self) -> frozenset[str] | None:
        """Return the host names by which clients may address the server, beside those of this machine; None: any
        name.
        """
        return None if not self.options.hosts and self.is_caller_required else self.list_link_hosts()

    def list_link_hosts(self) -> frozenset[str]:
        """Return the host names that may stand in links, beside those of this machine."""
        public = urlsplit(self.runtime.settings.public_url).hostname
        return self.options.hosts | ({public} if public else frozenset())

    def build_owner(self) -> Caller:
        """Build the caller of a request without a key: the owner of this machine, in the account of the settings."""
        return Caller(
            account=self.runtime.settings.account, role="owner", key=None, auto_approve=self.options.auto_approve,
            name=LOCAL_USER,
        )  # fmt: skip

    def get_studio(self, account: str | None = None, key: str | None = None) -> AsyncStudio:
        """Return the studio of an account (None: that of the settings) whose purchases count against the budgets of the
        API key ``key``.

        Studios share the runtime. A route takes that of its caller: ``routes.native.get_studio``.
        """
        named = (account or self.runtime.settings.account, key)
        studio = self._studios.pop(named, None) or AsyncStudio(
            runtime=self.runtime, account=named[0], key=key, is_serving=True
        )
        self._studios[named] = studio  # the one that was used last is the last to go
        if len(self._studios) > MAX_STUDIOS_KEPT:
            del self._studios[next(iter(self._studios))]
        return studio

    async def is_admitted(self, caller: Caller) -> bool:
        """Whether the API key or session of a caller with an open stream is still valid; looked up at most every half
        second.
        """
        if caller.key is None:
            return True
        name, journal = caller.session or caller.key, self.runtime.journal
        at, is_living = self._checked.get(name, (0.0, True))
        if time.monotonic() - at > KEY_CHECK_EVERY_S or not at:
            try:
                if caller.session:
                    is_living = await journal.is_session_living(caller.session)
                else:
                    is_living = await journal.is_api_key_living(caller.account, caller.key)
            except StoreUnavailable:
                return is_living  # there is nothing to stream either
            _remember(self._checked, name, (time.monotonic(), is_living))
        return is_living

    def is_use_due(self, name: str) -> bool:
        """Return True, at most once a minute per key or session, if the time of its last use should be stored now."""
        now = time.monotonic()
        if now - self._used.get(name, -KEY_USE_RECORDED_EVERY_S) < KEY_USE_RECORDED_EVERY_S:
            return False
        _remember(self._used, name, now)
        return True

    def get_feed(self, account: str | None = None) -> EventFeed:
        """Return the live events of an account; None: of the account of the settings."""
        account = account or self.runtime.settings.account
        if account not in self._feeds:
            _remember(self._feeds, account, EventFeed(self.runtime.journal, account))
        return self._feeds[account]

    def build_approval(
        self,
        caller: Caller,
        max_usd: Micros | None = None,
        unknown_at_most: Micros | None = None,
        *,
        is_unconfirmed_agreed: bool = False,
    ) -> Callable[[ProjectQuote], Awaitable[None]]:
        """Return a function that raises unless a quote is at most ``max_usd`` (micro-dollars), or without it at most
        the caller's standing approval.

        It raises ``NeedsConsent`` where there is no standing approval, and ``OverBudget`` for a price above it. A
        rehearsal agrees to all. ``unknown_at_most``: what each step of unknown price may cost by the request; it counts
        as part of the price. ``is_unconfirmed_agreed``: the request agrees to prices without a reliable source. Only
        together with ``max_usd``: the standing approval covers them only if the server was started so.
        """

        async def approve(quote: ProjectQuote) -> None:
            needed = Micros(quote.micros + (unknown_at_most or 0) * len(quote.unknown_price_steps))
            if max_usd is None:
                self._approve_by_itself(caller, needed)
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

    def _approve_by_itself(self, caller: Caller, needed: Micros) -> None:
        if self.is_rehearsal or not needed:
            return
        limit = caller.auto_approve
        if limit is None:
            raise _build_refusal(caller, needed)
        if needed > limit:
            actions = [*_list_actions(needed), Action("change_order")]
            raise OverBudget(
                code="above_auto_approval", needed_micros=needed, limit_micros=limit, approver=_name_approver(caller),
                actions=actions,
            )  # fmt: skip


def find_pages(connection: HTTPConnection) -> Pages | None:
    """Return the pages of the server that handles a request; None if it has none."""
    deployment: Deployment = connection.app.state.deployment
    return deployment.pages


def _build_refusal(caller: Caller, needed: Micros) -> NeedsConsent:
    actions = _list_actions(needed)
    return NeedsConsent(code="no_auto_approval", needed_micros=needed, approver=_name_approver(caller), actions=actions)


def _name_approver(caller: Caller) -> str:
    return "this API key" if caller.key and not caller.session else "this server"


def _remember(kept: dict[str, T], name: str, value: T) -> None:
    """Keep a value by its name, and drop the oldest ones above ``MAX_STUDIOS_KEPT``."""
    kept.pop(name, None)
    kept[name] = value
    if len(kept) > MAX_STUDIOS_KEPT:
        del kept[next(iter(kept))]


def _list_actions(needed: Micros) -> list[Action]:
    """List what approves a price: first what the caller can send, then what whoever runs the server can set."""
    return [
        Action("pass_option", {"option": name, "value": format_usd(needed)}) for name in ("max_usd", "auto_approve")
    ]
