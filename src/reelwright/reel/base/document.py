"""Values to JSON and back, strictly: unknown keys, missing keys and wrong types are named, never guessed at.

A value has two spellings. The stored one stands in the journal and never changes (``stored_fields``); the public one
stands in ``film.yaml``, in plans and in ``--json``, and has the names that the fields have in Python.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import ValidationError

from reelwright.errors import BadInput
from reelwright.reel.base.stored_fields import LATER_FIELDS, get_owner_name
from reelwright.reel.base.strict_model import get_adapter, to_bad_input

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Convert ``value`` to plain JSON values with the field names that the journal stores."""
    plain = get_adapter(type(value)).dump_python(value, mode="json", by_alias=True)
    for name in LATER_FIELDS.get(get_owner_name(type(value)), ()):
        if not plain[name]:
            del plain[name]
    return plain


def to_public(value: Any) -> Any:
    """Convert ``value`` to plain JSON values with the field names of Python, as in ``film.yaml`` and ``--json``."""
    return get_adapter(type(value)).dump_python(value, mode="json", by_alias=False)


def to_json(value: Any) -> str:
    """Return ``value`` as compact JSON text with the field names that the journal stores."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_plain(kind: type[T], value: Any, field: str) -> T:
    """Read a ``kind`` from plain JSON values with the field names that the journal stores.

    Raises ``BadInput`` naming the path inside ``field``.
    """
    return _read(kind, value, field, is_stored=True)


def from_public(kind: type[T], value: Any, field: str) -> T:
    """Read a ``kind`` from plain JSON values with the field names of Python, as in ``film.yaml``.

    Raises ``BadInput`` naming the path inside ``field``.
    """
    return _read(kind, value, field, is_stored=False)


def _read(kind: type[T], value: Any, field: str, *, is_stored: bool) -> T:
    try:
        result: T = get_adapter(kind).validate_python(value, by_alias=is_stored, by_name=not is_stored)
    except ValidationError as cause:
        raise to_bad_input(cause, kind, value, field, by_alias=is_stored) from cause
    return result


def from_json(kind: type[T], text: str | bytes, field: str) -> T:
    """Read a ``kind`` from JSON text with the field names that the journal stores.

    Raises ``BadInput`` naming the path inside ``field``.
    """
    try:
        value = json.loads(text)
    except ValueError as cause:
        raise BadInput(field, text[:80], "JSON") from cause
    return from_plain(kind, value, field)
