"""The runtime: everything that one process has open, for all accounts, with the one driver that does their work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reelwright.engine.hands.here import HandsHere
from reelwright.engine.hands.ray import HandsRay
from reelwright.engine.hands.sharing import SharingHands
from reelwright.errors import HandDied, NotReconciled, StoreUnavailable, ToolMissing
from reelwright.media.base.ffmpeg import choose_program, find_program, read_build
from reelwright.providers.open_provider import close_providers
from reelwright.reason import Action
from reelwright.reel.film.encoding_options import DEFAULT_ENCODING, EncodingOptions
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.store.purchases.send_guard import SendGuard
from reelwright.store.vault.object_vault import ObjectVault
from reelwright.store.vault.open_vault import open_markers, open_vault
from reelwright.studio import late_modules as late
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.catalogue_limits import find_default_limit, get_pace
from reelwright.studio.runtime.driver import Driver, Hear
from reelwright.studio.runtime.home import Home, count_hands, open_home_providers, price_request, refuse_rehearsal
from reelwright.studio.runtime.policy_cache import PolicyCache
from reelwright.studio.runtime.produce import Producer
from reelwright.studio.runtime.scratch import sweep
from reelwright.studio.runtime.slates import Slates

if TYPE_CHECKING:
    from reelwright.engine.steps.interfaces import Hands, Production, Vault
    from reelwright.providers.protocol import Provider
    from reelwright.reel.film.plan import Plan

_LOG: Final = logging.getLogger(__name__)


class Runtime:
    """Everything that one process has open: database, vault, workers, providers and driver.

    ``get_home`` gives an account's view. ``providers``: the providers to buy from; None: all of them. ``tempo``: how
    fast the providers' clock runs, and whether this is a rehearsal. ``encoding``: how pictures are encoded. ``price``:
    prices a request. ``production``: what the driver makes; None: films.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        providers: Mapping[str, Provider] | None = None,
        tempo: Tempo | None = None,
        encoding: EncodingOptions = DEFAULT_ENCODING,
        *,
        price: Callable[[Request], Price] = price_request,
        production: Production | None = None,
    ) -> None:
        self.settings, self.database = settings, database
        self.providers = open_home_providers(settings) if providers is None else providers
        self.tempo, self.encoding = tempo or Tempo(), encoding
        self.journal = Journal(
            database, lease_s=settings.lease_s, jobs_at_once=settings.jobs_at_once, encoding=encoding
        )
        self.vault = open_vault(settings)
        self.guard = None if self.tempo.is_rehearsal else SendGuard(database, open_markers(self.vault))
        self.ledger = Ledger(
            database, find_default_limit=find_default_limit, lease_s=settings.lease_s, guard=self.guard
        )
        self.hands = _open_hands(settings, self.vault)
        self.slates = Slates(settings.home, is_rehearsal=self.tempo.is_rehearsal)
        hands = count_hands(settings)
        self.producer = Producer(self.journal, self.ledger, self.vault, price, hands, self.providers)
        self.production: Production = production or self.producer
        self.driver = Driver(self._build_director)
        self._rules_plans: dict[str, Plan] = {}
        self._progress: dict[str, int] = {}
        self._policies = PolicyCache()

    def get_home(self, account: str | None = None, key: str | None = None, *, is_serving: bool = False) -> Home:
        """Return the journal, vault and providers of this runtime for one account and the API key that pays.

        ``account``: None is the account of the settings. ``key``: the id of the API key whose budgets pay for the jobs
        that are queued through this home; None counts toward no key. ``is_serving``: see ``Home``. Opens and stores
        nothing. Raises ``BadInput`` for an account whose name cannot be a folder.
        """
        settings = self.settings if account is None else replace(self.settings, account=account)
        self.vault.get_folder(settings.account)  # names a folder there
        return Home(
            account=settings.account, settings=settings, database=self.database, journal=self.journal,
            ledger=self.ledger, vault=self.vault, guard=self.guard, hands=self.hands, providers=self.providers,
            tempo=self.tempo, slates=self.slates, encoding=self.encoding, producer=self.producer, driver=self.driver,
            rules_plans=self._rules_plans, progress=self._progress, policies=self._policies, key=key,
            is_serving=is_serving,
        )  # fmt: skip

    def _build_director(self, dispatch: Hear) -> late.director.Director:
        tempo = self.tempo
        return late.director.Director(
            self.journal, self.ledger, self.vault, self.hands, self.providers, self.settings, self.production, dispatch,
            send_again_s=tempo.send_again_s, pace=tempo.pace, pace_of=lambda model: tempo.choose_pace(get_pace(model)),
            arrives_s=tempo.arrives_s,
        )  # fmt: skip

    async def close(self) -> None:
        """Stop running jobs and workers, close connections to providers, write queued changes, and close the database.

        Calls that drive a job are cancelled; their jobs stay in the queue.
        """
        await self.driver.stop()
        await self.hands.close()
        await close_providers(self.providers.values())
        await asyncio.to_thread(self.database.close)


def _open_hands(settings: Settings, vault: Vault) -> Hands:
    """Open the runner of heavy work that the settings name. Raises ``ToolMissing`` where Ray is not installed."""
    if settings.vault_url:
        assert isinstance(vault, ObjectVault)
        return SharingHands(_open_hands(replace(settings, vault_url=""), vault.copies), vault)
    if settings.hands_runner == "ray":
        return HandsRay(settings, vault)

    return HandsHere(settings, vault)


async def open_runtime(
    settings: Settings,
    providers: Mapping[str, Provider] | None = None,
    tempo: Tempo | None = None,
    *,
    price: Callable[[Request], Price] = price_request,
    production: Production | None = None,
) -> Runtime:
    """Open the home of the settings for this process, creating folder and journal on first use. Buys nothing.

    The parameters are those of ``Runtime``.

    Raises ``StoreUnavailable`` if it is read-only, full, locked or gone, and ``BadInput`` for the home of a rehearsal
    unless ``tempo`` is a rehearsal's.
    """
    if not (tempo and tempo.is_rehearsal):
        refuse_rehearsal(settings.home)
    encoding = await asyncio.to_thread(_read_encoding, settings)
    await asyncio.to_thread(_make_folder, settings.home)
    await asyncio.to_thread(sweep)
    database = await asyncio.to_thread(Database, settings.database_url)
    try:
        runtime = Runtime(settings, database, providers, tempo, encoding, price=price, production=production)
    except BaseException:  # whatever it is, nobody else can close the database
        await asyncio.to_thread(database.close)
        raise
    if runtime.guard:
        try:
            (await runtime.guard.check(settings.account)).raise_if_blocked()
        except NotReconciled as error:
            _LOG.warning("%s", error.message)
        except StoreUnavailable:
            pass  # it is checked again before anything is bought
    return runtime


def _read_encoding(settings: Settings) -> EncodingOptions:
    """Return the encoding options of this process, and have it run the ffmpeg of the settings. Raises ``BadInput``.

    Without an ffmpeg that works, what was made can still be shown, and the first step that needs one says so.
    """
    choose_program(settings.ffmpeg)
    try:
        encoder = read_build(find_program())
    except (ToolMissing, HandDied):
        encoder = "none"
    return EncodingOptions(preset=settings.preset, crf=settings.crf, encoder=encoder)


def _make_folder(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        actions = [Action("set_home")]
        raise StoreUnavailable(code="home_not_created", home=home, cause=cause.strerror, actions=actions) from cause
