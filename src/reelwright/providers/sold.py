"""What every adapter of a paid provider has from the catalogue: its models, its checks, its prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from reelwright.catalogue.limits import check
from reelwright.catalogue.model import Failures
from reelwright.catalogue.models import rows_of
from reelwright.catalogue.price import price_of
from reelwright.providers.protocol import Output
from reelwright.reel.money import Price
from reelwright.reel.operation import Operation
from reelwright.reel.request import Request


class Sold:
    """``name``: that of the catalogue's file and of the adapter's module. An adapter may check more than this."""

    name: str
    resubmit: Literal["never", "free"] = "never"

    def models(self) -> frozenset[str]:
        """Every id of its file; retired ones too, so that they are refused by name."""
        return frozenset(rows_of(self.name))

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` naming the field, its value and what is accepted. Never talks, never spends."""
        check(request)

    def price(self, request: Request) -> Price:
        """The ceiling of one submission."""
        return price_of(request)

    def failures(self, model: str) -> Failures:
        """As its row says; nobody knows of a model that stands in the file no more."""
        row = rows_of(self.name).get(model)
        return row.failures if row else Failures()

    async def unstage(self, staged: Sequence[Any]) -> None:
        """Nothing is put there, unless an adapter says otherwise."""

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output]) -> None:
        """They stay where they lie, unless an adapter says otherwise."""
