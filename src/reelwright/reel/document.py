"""Nouns to JSON and back, strictly: unknown keys, missing keys and wrong types are named, never guessed at."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from reelwright.errors import BadInput

T = TypeVar("T")


_adapters: dict[Any, Any] = {}


def _adapter(kind: Any) -> Any:
    if kind not in _adapters:
        from pydantic import TypeAdapter

        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_plain(noun: Any) -> Any:
    """Plain JSON values (dicts, lists, text, integers)."""
    return _adapter(type(noun)).dump_python(noun, mode="json")


def to_json(noun: Any) -> str:
    """Compact JSON text of one noun."""
    return json.dumps(to_plain(noun), ensure_ascii=False, separators=(",", ":"))


def from_plain(kind: type[T], value: Any, field: str) -> T:
    """The noun that ``value`` spells. Raises ``BadInput`` naming the path inside ``field`` that is wrong."""
    from pydantic import ValidationError

    try:
        made: T = _adapter(kind).validate_python(value)
    except ValidationError as cause:
        first = cause.errors()[0]
        where = ".".join([field, *(str(part) for part in first["loc"])])
        raise BadInput(where, first.get("input"), first["msg"]) from cause
    return made


def from_json(kind: type[T], text: str | bytes, field: str) -> T:
    """As ``from_plain``, from JSON text."""
    try:
        value = json.loads(text)
    except ValueError as cause:
        raise BadInput(field, text[:80], "JSON") from cause
    return from_plain(kind, value, field)
