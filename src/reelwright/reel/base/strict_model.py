"""Reads plain values into frozen models strictly, and turns pydantic's errors into ``BadInput`` that names a path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from reelwright import late_libraries as late
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")

_UNKNOWN_KEY: Final = ("unexpected_keyword_argument", "extra_forbidden")
_LIST: Final = ("tuple_type", "list_type", "frozen_set_type", "set_type")
_MAPPING: Final = ("dict_type", "mapping_type", "dataclass_type", "model_type")
_ACCEPTED: Final = {
    **dict.fromkeys(_LIST, "a list"), **dict.fromkeys(_MAPPING, "a mapping"),
    "missing": "this key, which has to be there", "string_type": "text", "string_too_short": "text",
    "string_too_long": "at most {max_length} characters", "literal_error": "{expected}",
    "int_type": "a whole number", "int_from_float": "a whole number", "int_parsing": "a whole number",
    "float_type": "a number", "float_parsing": "a number", "finite_number": "a number",
    "bool_type": "true or false", "bool_parsing": "true or false", "path_type": "a path",
    "greater_than_equal": "{ge} or more", "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}", "less_than": "less than {lt}",
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "a day such as 2026-11-20"),
    "too_short": "at least {min_length} in it", "too_long": "at most {max_length} in it",
}  # fmt: skip
_adapters: dict[Any, TypeAdapter[Any]] = {}


def get_adapter(kind: Any) -> TypeAdapter[Any]:
    """Return pydantic's ``TypeAdapter`` of ``kind``, built at first use and kept."""
    if kind not in _adapters:
        _adapters[kind] = late.pydantic.TypeAdapter(kind)
    return _adapters[kind]


def read_strictly(kind: type[T], value: Any, where: str, *, by_alias: bool = True) -> T:
    """Read plain values that people wrote as a ``kind``: every key known, every type as declared.

    Text is no number and a number no text; lists are tuples, and text is a day where a day is due. Raises ``BadInput``
    whose field is the path after ``where``, the name of a file or field.
    """
    try:
        text = json.dumps(value, default=str)
    except (TypeError, ValueError, RecursionError) as cause:  # a day as a key, or an alias of the list around it
        raise BadInput(where.removesuffix(": "), str(cause), "mappings with keys of text, and lists") from cause
    try:
        result: T = get_adapter(kind).validate_json(text, strict=True, by_alias=by_alias, by_name=not by_alias)
    except late.pydantic.ValidationError as cause:
        raise to_bad_input(cause, kind, value, where, by_alias=by_alias) from cause
    return result


def to_bad_input(cause: ValidationError, kind: Any, value: Any, where: str, *, by_alias: bool = True) -> BadInput:
    """Convert pydantic's deepest error about ``value`` to ours, with the value and what is accepted there.

    ``where`` comes before the path, with a dot between them unless it ends in a blank.
    """
    errors = cause.errors(include_url=False)
    first = max(errors, key=lambda error: len(error["loc"]))
    for error in errors:  # a misspelt key is the reason why another is missing
        if first["type"] == "missing" and error["type"] in _UNKNOWN_KEY and error["loc"][:-1] == first["loc"][:-1]:
            first = error
    path = _find_path(value, first)
    wrong = None if first["type"] == "missing" else first["input"]
    if first["type"] in _UNKNOWN_KEY:
        wrong = path.pop() if path else str(first["loc"][-1])
        accepted = [f"keys among {', '.join(_list_keys(kind, path, by_alias=by_alias)) or 'none'}"]
    else:  # each branch of a union has an error of its own
        accepted = [
            describe_accepted(one)
            for one in errors
            if len(one["loc"]) == len(first["loc"]) and _find_path(value, one) == path and one["type"] != "missing"
        ] or [_ACCEPTED["missing"]]
    if "a mapping" in accepted and (known := _list_keys(kind, path, by_alias=by_alias)):
        accepted = [f"{one} with keys among {', '.join(known)}" if one == "a mapping" else one for one in accepted]
    place = ".".join(map(str, path))
    field = (where if not place or not where or where.endswith(" ") else f"{where}.") + place
    return BadInput(field.removesuffix(": "), wrong, " or ".join(dict.fromkeys(accepted)))


def describe_accepted(error: Mapping[str, Any]) -> str:
    """Describe in plain words what is accepted where pydantic reported ``error``."""
    if error["type"] in _ACCEPTED:
        return _ACCEPTED[error["type"]].format(**error.get("ctx", {}))
    return str(error["msg"]).removeprefix("Value error, ")


def _find_path(value: Any, error: Mapping[str, Any]) -> list[str]:
    """Find the keys that lead to the value of ``error``: its location without pydantic's names of a union's types."""
    path = []
    for part in map(str, error["loc"]):
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        inner = {str(key): item for key, item in pairs}
        if part in inner:
            value = inner[part]
            path.append(part)
    return [*path, str(error["loc"][-1])] if error["type"] == "missing" else path


def _list_keys(kind: Any, path: Sequence[str], *, by_alias: bool) -> list[str]:
    """List the keys that the mapping at ``path`` of a ``kind`` may have."""
    schema = get_adapter(kind).json_schema(by_alias=by_alias)

    def resolve(here: Any) -> Iterator[Mapping[str, Any]]:
        if not isinstance(here, Mapping):
            return
        if "$ref" in here:
            here = schema["$defs"][here["$ref"].rpartition("/")[2]]
        yield here
        for one in here.get("anyOf", ()):
            yield from resolve(one)

    found = list(resolve(schema))
    for part in path:
        inner = [one.get("properties", {}).get(part) or one.get("additionalProperties") for one in found]
        inner += [item for one in found for item in (one.get("items"), *one.get("prefixItems", ()))]
        found = [each for one in inner for each in resolve(one)]
    return list(dict.fromkeys(key for one in found for key in one.get("properties", ())))
