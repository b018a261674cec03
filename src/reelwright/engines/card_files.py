"""Reads one card, a YAML file, strictly: a fault names the file, the line and what is accepted there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from reelwright import late_libraries as late
from reelwright.engines.policy import MAX_CARD_BYTES
from reelwright.errors import BadInput
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import parse_yaml

T = TypeVar("T")


def read_card(kind: type[T], path: Path, **known: str) -> T:
    """Read the file ``path`` as a ``kind``. ``known``: fields that the file does not have, such as its own name.

    Raises ``BadInput``, whose field names the file and the line.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_CARD_BYTES + 1)
    except OSError as cause:
        raise BadInput(str(path), cause.strerror, "a file that can be read") from cause
    if len(text) > MAX_CARD_BYTES:
        raise BadInput(str(path), f"more than {MAX_CARD_BYTES} bytes", "a card, which is a short text")
    values = parse_yaml(text, path.name)
    if not isinstance(values, Mapping):
        raise BadInput(str(path), type(values).__name__, "a mapping of keys to values")
    where = f"{path.name}: "
    if twice := sorted(set(values) & set(known)):
        raise BadInput(f"{path} line {find_line(text, twice)}", twice[0], "no such key: the file's name says it")
    try:
        return read_strictly(kind, {**values, **known}, where)
    except BadInput as error:
        place = error.field.removeprefix(where).removeprefix(path.name)
        parts = place.split(".") if place else []
        line = find_line(text, [*parts, str(error.value)]) or find_line(text, parts)
        field = f"{path} line {line}" if line else str(path)
        raise BadInput(f"{field}: {place}" if place else field, error.value, error.accepted) from error


def find_line(text: bytes, path: Sequence[str]) -> int | None:
    """Return the number of the line, from 1, of the key at ``path`` in a YAML text; None if there is no such key."""
    node = late.yaml.compose(text, Loader=late.yaml.SafeLoader)
    line: int | None = None
    for part in path:
        inner = list(_list_children(node))
        found = next(((mark, child) for name, mark, child in inner if name == part), None)
        if found is None:
            return None
        line, node = found
    return line


def _list_children(node: Any) -> list[tuple[str, int, Any]]:
    """List name, line and node of what is in a mapping or a list; empty for a plain value."""
    if isinstance(node, late.yaml.MappingNode):
        return [(str(key.value), key.start_mark.line + 1, value) for key, value in node.value]
    if isinstance(node, late.yaml.SequenceNode):
        return [(str(number), item.start_mark.line + 1, item) for number, item in enumerate(node.value)]
    return []
