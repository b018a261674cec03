"""A request's options as a wire takes them: thousandths become the fractions that the providers speak in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reelwright.catalogue.model import Model
from reelwright.reel.request import Request

_MILLI: Final = "_milli"


def options_of(request: Request, row: Model) -> dict[str, Any]:
    """The request's words that its model's row lists as options. ``guidance_milli: 3500`` is told as ``guidance: 3.5``.

    A request holds no fractions, since it is hashed.
    """
    return dict(_told(name, request.extra[name]) for name in row.options if name in request.extra)


def renamed(options: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The same options under other names; those that are not in ``names`` keep theirs."""
    return {names.get(name, name): value for name, value in options.items()}


def _told(name: str, value: Any) -> tuple[str, Any]:
    if name.endswith(_MILLI) and isinstance(value, int):
        return name.removesuffix(_MILLI), value / 1000
    return name, value
