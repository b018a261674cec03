"""Writing results as JSON: money as decimal dollars in text, times as ISO 8601, paths as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from reelwright.reason import Action, Reason
from reelwright.units import format_usd

NOT_IN_JSON: Final = {"in_json": False}
"""Metadata of a field that ``JsonRecord.to_json`` leaves out."""


class JsonRecord:
    """A frozen value with a JSON form. A field named ``micros`` becomes ``usd``, and ``…_micros`` becomes ``…_usd``.

    A field with the metadata ``NOT_IN_JSON`` is left out.
    """

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, with the keys in the order of the fields."""
        names = [f.name for f in fields(self) if f.metadata != NOT_IN_JSON]  # type: ignore[arg-type]
        return dict(_field(name, getattr(self, name)) for name in names)


def _field(name: str, value: Any) -> tuple[str, Any]:
    if name == "micros":
        return "usd", format_usd(value)
    if name.endswith("_micros"):
        return f"{name.removesuffix('micros')}usd", None if value is None else format_usd(value)
    if name == "try_":
        return "try", value
    if name in ("prices_by_continuation", "prices_by_step"):
        return name, {way: format_usd(micros) for way, micros in value.items()}
    return name, to_json_value(value)


def to_json_value(value: Any) -> Any:
    """Convert ``value`` to plain JSON. Raises ``TypeError`` for a type without a JSON form."""
    match value:
        case JsonRecord() | Reason() | Action():
            return value.to_json()
        case None | bool() | int() | float() | str():
            return value
        case Path():
            return str(value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): to_json_value(item) for key, item in value.items()}
        case tuple() | list():
            return [to_json_value(item) for item in value]
        case _ if is_dataclass(value):
            from reelwright.reel.document import to_public

            return to_public(value)
    raise TypeError(f"cannot be spelled as JSON: {type(value).__name__}")
