"""Limits of what people and programs give, for every door: stated in schemas, and checked before anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reelwright.errors import TooLong

BRIEF_CHARS: Final = 20_000
"""Most characters of a brief, and of a prompt."""
SCRIPT_CHARS: Final = 262_144
LINE_CHARS: Final = 2_000
"""Most characters of a text of some sentences: the prompt of a shot, what a picture must not show."""
NAME_CHARS: Final = 200
"""Most characters of a name, an id, a cursor, an amount, and of any text that has no limit of its own."""
END_CARD_CHARS: Final = 120
"""Most characters of a brand's text on the last screen: three lines there."""
URL_CHARS: Final = 4_000
PATH_CHARS: Final = 4_096
PICTURE_CHARS: Final = 16 * 1024 * 1024
"""Most characters of a picture in base64: 12 MiB of it."""
MAX_TAKES_PER_ROUND: Final = 4
"""Most takes of a shot, or samples of a clip, that one order asks for; a model may sell fewer (``samples`` in its file
of the catalogue). Source: systems.md S0-16, read 2026-11-20.
"""
ITEMS: Final = 100
"""Most entries of a list or a mapping that has no limit of its own."""
BODY_BYTES: Final = 64 * 1024 * 1024
"""Most bytes of any request: four pictures of 10 MB with their form."""
MAX_FILE_BYTES: Final = 2 * 1024**3
"""Most bytes of a file that is given or uploaded: a long clip."""
_BYTES_OF_CHAR: Final = 12
"""Most bytes of a character in JSON: two escapes of six."""
_BYTES_OF_OTHER: Final = 200
"""Room for a number, a sign, and what stands around a field."""

Schema = Mapping[str, Any]
"""A JSON schema as pydantic makes it, without references."""


def fill_limits(schema: dict[str, Any]) -> None:
    """Give every text, list and mapping of a JSON schema that has no limit of its own the usual one, in place."""
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if "string" in kinds and not {"enum", "const"} & set(schema) and schema.get("format") != "binary":
        schema.setdefault("maxLength", PATH_CHARS if schema.get("format") == "path" else NAME_CHARS)
    if "array" in kinds:
        schema.setdefault("maxItems", ITEMS)
    if "object" in kinds and schema.get("additionalProperties"):
        schema.setdefault("maxProperties", ITEMS)
        schema.setdefault("propertyNames", {"maxLength": NAME_CHARS})
    for inner in _list_inner(schema):
        fill_limits(inner)


def _list_inner(schema: Schema) -> Iterator[Any]:
    found = [*schema.get("anyOf", ()), *schema.get("properties", {}).values(), schema.get("items"),
             schema.get("additionalProperties")]  # fmt: skip
    yield from (inner for inner in found if isinstance(inner, dict))


def check_lengths(schema: Schema, value: object, field: str = "") -> None:
    """Raise ``TooLong`` for a text, list or mapping that is longer than its schema allows. Nothing else is checked.

    ``field``: what to call ``value``. Takes time only for what the schema describes.
    """
    branches = (schema, *schema.get("anyOf", ()))
    if isinstance(value, str):  # of several kinds of text, such as a script or its path, the longest counts
        limit = max((branch["maxLength"] for branch in branches if "maxLength" in branch), default=len(value))
        if len(value) > limit:
            raise TooLong(field, len(value), limit)
    for branch in branches:
        if isinstance(value, (list, tuple)) and "items" in branch:
            if len(value) > branch.get("maxItems", len(value)):
                raise TooLong(field, len(value), branch["maxItems"], "entries")
            for number, item in enumerate(value):
                check_lengths(branch["items"], item, f"{field}[{number}]")
        if isinstance(value, Mapping):
            _check_mapping(branch, value, field)


def _check_mapping(schema: Schema, value: Mapping[object, object], field: str) -> None:
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    if isinstance(others, Mapping):
        if len(value) > schema.get("maxProperties", len(value)):
            raise TooLong(field, len(value), schema["maxProperties"], "entries")
        for name in value:
            check_lengths(schema.get("propertyNames", {}), name, f"a name in {field}")
    for name, inner in value.items():
        if name in known:
            check_lengths(known[name], inner, f"{field}.{name}" if field else str(name))
        elif isinstance(others, Mapping):
            check_lengths(others, inner, f"{field}: {name}")


def measure_body(schema: Schema) -> int:
    """Return the most bytes that a JSON text within the limits of its schema can have, at most ``BODY_BYTES``.

    A schema is measured once: those of bodies are constants.
    """
    _, most = _measured.get(id(schema), (schema, None))
    if most is None:
        most = min(BODY_BYTES, _measure(schema))
        _measured[id(schema)] = (schema, most)  # the schema is kept, so that its id stays its own
    return most


_measured: dict[int, tuple[Schema, int]] = {}


def _measure(schema: Schema) -> int:
    most: int = _BYTES_OF_CHAR * schema.get("maxLength", 0) + _BYTES_OF_OTHER
    most += sum(_BYTES_OF_CHAR * len(name) + _measure(inner) for name, inner in schema.get("properties", {}).items())
    if "items" in schema:
        most += schema.get("maxItems", ITEMS) * _measure(schema["items"])
    if isinstance(schema.get("additionalProperties"), Mapping):
        each = _measure(schema.get("propertyNames", {})) + _measure(schema["additionalProperties"])
        most += int(schema.get("maxProperties", ITEMS)) * each
    return most + max(map(_measure, schema.get("anyOf", ())), default=0)
