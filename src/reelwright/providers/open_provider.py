"""Opens the adapters of the registered providers, each when it is first needed.

Prices come from the catalogue and need no key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import FailureCharges
from reelwright.catalogue.models import find_model, load_provider_models
from reelwright.catalogue.own_voices import get_voice_folder
from reelwright.catalogue.price import compute_price
from reelwright.errors import BadInput
from reelwright.known_providers import (
    WEBHOOK_PATH,
    WEBHOOK_PROVIDERS,
    Endpoint,
    ProviderEntry,
    list_provider_entries,
)
from reelwright.net.keys import Key, Keys, build_missing_key_error
from reelwright.providers.forwarding import ForwardingProvider
from reelwright.providers.kokoro import Kokoro
from reelwright.providers.offline import Offline
from reelwright.providers.protocol import ClosingProvider, Provider
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import ListedWork, OwnWork
from reelwright.reel.records.money import Price
from reelwright.settings import Settings

if TYPE_CHECKING:
    from reelwright.net.http import HttpClient


def open_providers(settings: Settings, keys: Keys | None = None) -> Mapping[str, Provider]:
    """Return all providers by name: ``offline``, the voice ``kokoro``, and a ``LazyProvider`` for each registered one.
    Connects to nothing yet.
    """
    keys = keys or Keys(settings)
    counters = {seller.name: LazyProvider(seller, settings, keys) for seller in list_provider_entries()}
    return {"offline": Offline(), Kokoro.name: Kokoro(get_voice_folder(settings.home)), **counters}


async def close_providers(providers: Iterable[Provider]) -> None:
    """Close the HTTP connections of all providers that were opened, and what else they hold."""
    for provider in providers:
        if isinstance(provider, ClosingProvider):
            await provider.close()


_OWN: Final = Offline()


def price_request(request: Request) -> Price:
    """Return the most that one submission of ``request`` can cost, whichever provider sells it.

    Needs no key. Raises ``BadInput`` for an unknown model.
    """
    return _OWN.price(request) if request.model in _OWN.list_models() else compute_price(request)


class LazyProvider(ForwardingProvider):
    """Provider whose adapter is imported and opened on first use. Prices and rules come from the catalogue and need no
    key.

    ``check`` refuses what cannot be bought before anything is reserved, including requests whose key is missing.
    """

    def __init__(self, entry: ProviderEntry, settings: Settings, keys: Keys) -> None:
        self._seller, self._settings, self._keys = entry, settings, keys
        self.name, self.resubmit = entry.name, entry.resubmit
        self._adapter: Provider | None = None
        self._opened: list[HttpClient] = []

    def list_models(self) -> frozenset[str]:
        """Return the ids of the models that this provider sells, from the catalogue."""
        return self._models

    @cached_property
    def _models(self) -> frozenset[str]:
        if self._seller.only_models:
            return frozenset(self._seller.only_models)
        holders = self._seller.holders
        return frozenset(row.id for row in load_provider_models(self._seller.file).values() if row.key in holders)

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` for a request that its model does not accept, a missing key, or an unknown base URL."""
        check_request(request)
        holder = "" if self._seller.factory else find_model(request.model).key
        if holder and self._keys.find(holder) is None:
            raise build_missing_key_error(holder)
        super().check(request)

    def price(self, request: Request) -> Price:
        """Return the most that one submission of ``request`` can cost, by the catalogue."""
        return compute_price(request)

    def get_failure_terms(self, model: str) -> FailureCharges:
        """Return what the provider charges for work of a model that delivered nothing, by the catalogue."""
        row = load_provider_models(self._seller.file).get(model)
        return row.failures if row else FailureCharges()

    @property
    def has_list(self) -> bool:
        """Whether the provider can list its work, and the key or base URL for that is set."""
        return self._can_ask("list_work")

    @property
    def has_voices(self) -> bool:
        """Whether the provider can list its voices, and the key for that is set."""
        return self._can_ask("list_voices")

    def _can_ask(self, method: str) -> bool:
        try:
            if not hasattr(_import_attribute(self._seller, self._seller.adapter), method):
                return False
            self._get_provider()
        except (BadInput, ImportError, SyntaxError):  # the adapter of another package may be broken
            return False
        return True

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """List the provider's work that no purchase of ours claims, under this provider's name."""
        return [replace(work, provider=self.name) for work in await super().list_work(own)]

    def list_base_urls(self) -> tuple[str, ...]:
        """Return the base URL of each HTTP client that this provider has opened."""
        return tuple(http.base for http in self._opened)

    async def close(self) -> None:
        """Close the HTTP connections of this provider. The adapter opens again when it is next needed."""
        opened, self._opened, self._adapter = self._opened, [], None
        for http in opened:
            await http.close()

    def _get_provider(self) -> Provider:
        """Open the adapter if needed. Raises ``BadInput`` if its key or its address is missing."""
        if self._adapter is None and self._seller.factory:
            self._adapter, http = _import_attribute(self._seller, self._seller.factory)(self._settings, self._keys)
            self._opened.append(http)
        if self._adapter is None:
            kind = _import_attribute(self._seller, self._seller.adapter)
            self._adapter = (
                self._build_with_many_endpoints(kind)
                if self._seller.has_many_endpoints
                else self._build_with_one_endpoint(kind)
            )
        return self._adapter

    def _build_with_one_endpoint(self, kind: Callable[..., object]) -> Provider:
        door = self._seller.endpoints[0]
        key = self._require_key(door)
        adapter = kind(self._build_http(door, key), key)
        if hasattr(adapter, "webhook_url"):
            adapter.webhook_url = self._choose_webhook_url()
        return cast(Provider, adapter)

    def _choose_webhook_url(self) -> str:
        """Return where the provider may tell us of its work; empty unless what it sends can arrive and be verified."""
        public = self._settings.public_url
        is_known = self.name in WEBHOOK_PROVIDERS
        if not (public.startswith("https://") and is_known and self._keys.list_webhook_secrets(self.name)):
            return ""
        return f"{public}{WEBHOOK_PATH}{self.name}"

    def _build_with_many_endpoints(self, kind: Callable[..., object]) -> Provider:
        """Open every endpoint whose key is set; ``check`` has refused requests for the others."""
        found = {door.holder: (door, key) for door in self._seller.endpoints if (key := self._keys.find(door.holder))}
        doors = {holder: self._build_http(door, key) for holder, (door, key) in found.items()}
        return cast(Provider, kind(doors, {holder: key for holder, (_, key) in found.items()}))

    def _require_key(self, door: Endpoint) -> Key | None:
        if not door.holder:
            return None
        if key := self._keys.find(door.holder):
            return key
        raise build_missing_key_error(door.holder)

    def _build_http(self, door: Endpoint, key: Key | None) -> HttpClient:
        from reelwright.net.http import HttpClient

        http = HttpClient(self.name, resolve_base_url(door, self._settings), auth=build_auth_headers(door, key))
        self._opened.append(http)
        return http


def _import_attribute(entry: ProviderEntry, place: str) -> Any:
    """Import the attribute ``module:name`` of the package that holds the provider's adapter."""
    module, _, name = place.partition(":")
    return getattr(import_module(f"{entry.package}.{module}"), name)


def resolve_base_url(endpoint: Endpoint, settings: Settings) -> str:
    """Return the base URL of an endpoint, from the settings or else its default. Raises ``BadInput`` if it has
    neither.
    """
    if base := settings.base_urls.get(endpoint.setting_name) or endpoint.base:
        return base
    variable = f"REELWRIGHT_{endpoint.setting_name.upper()}_BASE_URL"
    raise BadInput(variable, None, f"the address of your {endpoint.holder or endpoint.setting_name} server")


def build_auth_headers(endpoint: Endpoint, key: Key | None) -> Mapping[str, str]:
    """Return the HTTP header that carries ``key`` to the endpoint; none without a key. They are sent to the host of the
    endpoint and nowhere else.
    """
    if key is None:
        return {}
    return {endpoint.header: f"Bearer {key.secret}" if endpoint.header == "Authorization" else key.secret}
