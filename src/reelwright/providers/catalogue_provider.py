"""Base class of the adapters of paid providers: models, checks and prices come from the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Literal

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import FailureCharges
from reelwright.catalogue.models import load_provider_models
from reelwright.catalogue.price import compute_price
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Output
from reelwright.reel.ledger import OwnWork
from reelwright.reel.money import Price
from reelwright.reel.operation import Operation
from reelwright.reel.request import Request


class CatalogueProvider:
    """Provider that answers from the catalogue. An adapter may check more.

    ``name``: the name of the catalogue's file and of the adapter's module.
    """

    name: str
    resubmit: Literal["never", "free"] = "never"

    def list_models(self) -> frozenset[str]:
        """Return every id of the catalogue's file, including retired models, so that these are refused by name."""
        return frozenset(load_provider_models(self.name))

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` naming the field, its value and what is accepted. Sends nothing, never spends."""
        check_request(request)

    def price(self, request: Request) -> Price:
        """Return the most that one submission of ``request`` can cost."""
        return compute_price(request)

    def get_failure_terms(self, model: str) -> FailureCharges:
        """Return the terms of the model's row; unknown terms for a model that the file no longer has."""
        row = load_provider_models(self.name).get(model)
        return row.failures if row else FailureCharges()

    async def unstage(self, uploads: Sequence[Any]) -> None:
        """Do nothing: an adapter that uploads inputs overrides this."""

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output]) -> None:
        """Do nothing: outputs stay where they are unless an adapter overrides this."""

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Return ``cannot``: an adapter whose provider stops work overrides this."""
        return "cannot"

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Return that nobody can tell: an adapter whose provider lists its work overrides this."""
        return CannotTell()

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        """Return None: no webhook is ours unless an adapter overrides this."""
        return None


async def yield_bytes(data: bytes) -> AsyncIterator[bytes]:
    """Yield ``data`` as one chunk, for ``keep``."""
    yield data
