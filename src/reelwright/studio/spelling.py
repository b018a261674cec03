"""How an answer is spelled as JSON: money as dollars in text, times as ISO 8601, paths as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from reelwright.units import usd

UNSPOKEN: Final = {"spoken": False}
"""Metadata of a field that ``Spoken.to_json`` leaves out."""


class Spoken:
    """A frozen value that spells itself. A field named ``micros`` is spelled ``usd``, ``…_micros`` is ``…_usd``.

    A field with the metadata ``UNSPOKEN`` is left out.
    """

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, keys in the order of the fields."""
        spoken = [f.name for f in fields(self) if f.metadata != UNSPOKEN]  # type: ignore[arg-type]
        return dict(_field(name, getattr(self, name)) for name in spoken)


def _field(name: str, value: Any) -> tuple[str, Any]:
    if name == "micros":
        return "usd", usd(value)
    if name.endswith("_micros"):
        return f"{name.removesuffix('micros')}usd", None if value is None else usd(value)
    if name == "try_":
        return "try", value
    if name in ("ways", "by_step"):
        return name, {way: usd(micros) for way, micros in value.items()}
    return name, spell(value)


def spell(value: Any) -> Any:
    """``value`` as plain JSON."""
    match value:
        case Spoken():
            return value.to_json()
        case None | bool() | int() | float() | str():
            return value
        case Path():
            return str(value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): spell(item) for key, item in value.items()}
        case tuple() | list():
            return [spell(item) for item in value]
        case _ if is_dataclass(value):
            from reelwright.reel.document import to_public

            return to_public(value)
    raise TypeError(f"cannot be spelled as JSON: {type(value).__name__}")
