"""Nouns to JSON and back, strictly: unknown keys, missing keys and wrong types are named, never guessed at."""

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
        said, accepted = in_words(first)
        raise BadInput(where, said, accepted) from cause
    return made


def in_words(error: Mapping[str, Any]) -> tuple[Any, str]:
    """The value that one of pydantic's errors is about, and what is accepted, in words of ours."""
    kind, value = str(error["type"]), error.get("input")
    if kind == "missing":
        return None, "this key, which has to be there"
    if kind in _ACCEPTED:
        return value, _ACCEPTED[kind]
    if kind == "literal_error":
        return value, str(error["ctx"]["expected"])
    return value, str(error["msg"]).removeprefix("Value error, ")


def from_json(kind: type[T], text: str | bytes, field: str) -> T:
    """As ``from_plain``, from JSON text."""
    try:
        value = json.loads(text)
    except ValueError as cause:
        raise BadInput(field, text[:80], "JSON") from cause
    return from_plain(kind, value, field)
