"""Values to JSON and back, strictly: unknown keys, missing keys and wrong types are named, never guessed at.

A value has two spellings. The stored one stands in the journal and never changes (``stored_names``); the public one
stands in ``film.yaml``, in plans and in ``--json``, and has the names that the fields have in Python.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from reelwright.errors import BadInput

T = TypeVar("T")


_ACCEPTED: Final = {
    "unexpected_keyword_argument": "a key that is known here",
    "extra_forbidden": "a key that is known here",
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "dataclass_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "frozen_set_type": "a list",
}
_adapters: dict[Any, Any] = {}


def _adapter(kind: Any) -> Any:
    if kind not in _adapters:
        from pydantic import TypeAdapter

        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_plain(value: Any) -> Any:
    """Return plain JSON values (dicts, lists, text, integers) in the stored spelling."""
    return _adapter(type(value)).dump_python(value, mode="json", by_alias=True)


def to_public(value: Any) -> Any:
    """Return plain JSON values in the public spelling."""
    return _adapter(type(value)).dump_python(value, mode="json", by_alias=False)


def to_json(value: Any) -> str:
    """Return compact JSON text of ``value`` in the stored spelling."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_plain(kind: type[T], value: Any, field: str) -> T:
    """Read a value of ``kind`` in the stored spelling. Raises ``BadInput`` naming the path inside ``field``."""
    return _read(kind, value, field, is_stored=True)


def from_public(kind: type[T], value: Any, field: str) -> T:
    """Read a value of ``kind`` in the public spelling. Raises ``BadInput`` naming the path inside ``field``."""
    return _read(kind, value, field, is_stored=False)


def _read(kind: type[T], value: Any, field: str, *, is_stored: bool) -> T:
    from pydantic import ValidationError

    try:
        result: T = _adapter(kind).validate_python(value, by_alias=is_stored, by_name=not is_stored)
    except ValidationError as cause:
        first = cause.errors()[0]
        path = ".".join([field, *(str(part) for part in first["loc"])])
        wrong, accepted = describe_error(first)
        raise BadInput(path, wrong, accepted) from cause
    return result


def describe_error(error: Mapping[str, Any]) -> tuple[Any, str]:
    """Return the value that a pydantic error is about, and what is accepted there, in plain words."""
    kind, value = str(error["type"]), error.get("input")
    if kind == "missing":
        return None, "this key, which has to be there"
    if kind in _ACCEPTED:
        return value, _ACCEPTED[kind]
    if kind == "literal_error":
        return value, str(error["ctx"]["expected"])
    return value, str(error["msg"]).removeprefix("Value error, ")


def from_json(kind: type[T], text: str | bytes, field: str) -> T:
    """Read a value of ``kind`` from JSON text in the stored spelling. Raises ``BadInput``."""
    try:
        value = json.loads(text)
    except ValueError as cause:
        raise BadInput(field, text[:80], "JSON") from cause
    return from_plain(kind, value, field)
