"""Base class of the adapters of paid providers: models, checks and prices come from the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Literal

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import FailureCharges
from reelwright.catalogue.models import load_provider_models
from reelwright.catalogue.price import compute_price
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Output
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation


class CatalogueProvider:
    """Base class of adapters whose models, checks and prices come from a file of the catalogue. An adapter may check
    more.

    ``name``: the name of the catalogue's file and of the adapter's module.
    """

    name: str
    resubmit: Literal["never", "free"] = "never"

    def list_models(self) -> frozenset[str]:
        """Return the id of every model in the provider's catalogue file, including retired ones, so that these are
        refused by name.
        """
        return frozenset(load_provider_models(self.name))

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` for a request that the catalogue says its model does not accept. Sends nothing, never
        spends.
        """
        check_request(request)

    def price(self, request: Request) -> Price:
        """Return the most that one submission of ``request`` can cost, by the catalogue."""
        return compute_price(request)

    def get_failure_terms(self, model: str) -> FailureCharges:
        """Return what the provider charges for failed, filtered and cancelled work of a model; unknown if the catalogue
        no longer has it.
        """
        row = load_provider_models(self.name).get(model)
        return row.failures if row else FailureCharges()

    async def unstage(self, uploads: Sequence[Any]) -> None:
        """Do nothing; adapters that upload inputs override this to remove the uploads."""

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output] | None) -> None:
        """Do nothing; adapters that can remove outputs from the provider's storage override this."""

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Return ``cannot``, without asking the provider; adapters of providers that stop work override this."""
        return "cannot"

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Return ``CannotTell``; adapters of providers that list their work override this to find a lost purchase."""
        return CannotTell()

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Return None, for no webhook; adapters of providers that send signed webhooks override this."""
        return None


async def yield_bytes(data: bytes) -> AsyncIterator[bytes]:
    """Yield ``data`` as a single chunk, for callers that take a stream."""
    yield data
