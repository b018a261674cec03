"""Options of a request in the form of the wire: thousandths become the fractions that providers use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reelwright.catalogue.model_row import Model
from reelwright.reel.graph.request import Request

_MILLI: Final = "_milli"


def collect_options(request: Request, row: Model) -> dict[str, Any]:
    """Return the options of a request that its model's catalogue row lists, converted to the provider's values.
    ``guidance_milli: 3500`` becomes ``guidance: 3.5``.

    A request holds no fractions, because it is hashed.
    """
    return dict(_convert_option(name, request.extra[name]) for name in row.options if name in request.extra)


def rename_options(options: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the options under the provider's ``names``; those without one keep their name."""
    return {names.get(name, name): value for name, value in options.items()}


def _convert_option(name: str, value: Any) -> tuple[str, Any]:
    if name.endswith(_MILLI) and isinstance(value, int):
        return name.removesuffix(_MILLI), value / 1000
    return name, value
