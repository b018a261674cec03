"""How fields are spelled in stored JSON and inside fingerprints, where that differs from their name in Python.

A spelling never changes: journals hold it, and a fingerprint of paid work that moved would be bought again. A field may
be renamed in Python; its old spelling then gets a row here. ``film.yaml`` and ``--json`` use the names in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

STORED_NAMES: Final[Mapping[str, Mapping[str, str]]] = {}
"""By class, then by field in Python: the spelling."""


def stored_name(owner: str, field: str) -> str:
    """Return the stored spelling of ``field`` of the class called ``owner``."""
    return STORED_NAMES.get(owner, {}).get(field, field)


def stored_fields(value: Any) -> dict[str, Any]:
    """Return the field values of a dataclass by stored spelling, in the order of its fields."""
    owner = type(value).__name__
    return {stored_name(owner, field.name): getattr(value, field.name) for field in fields(value)}
