"""Parses YAML and JSON from people into plain values: no anchors, no tags, no duplicate keys, no surprising types."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Sequence
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.units import is_json_number
from reelwright.yaml_faults import build_syntax_error

MAX_DOCUMENT_LETTERS: Final = 4_000_000
MAX_DEPTH: Final = 40
_NUMBERS: Final = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


def parse_text(text: str, name: str) -> dict[str, Any]:
    """Parse ``text``, YAML or JSON that must be a mapping. ``name``: of the file, for errors.

    Raises ``BadInput`` with the line that is wrong.
    """
    value = parse_value(text, name)
    if not isinstance(value, dict):
        raise BadInput(name, value, "a mapping, in YAML or JSON")
    return value


def parse_value(text: str, name: str) -> Any:
    """Parse ``text``, JSON if it begins with a brace and else YAML, into plain values of any type.

    Raises ``BadInput`` with the line that is wrong.
    """
    if len(text) > MAX_DOCUMENT_LETTERS:
        raise BadInput(name, f"{len(text)} characters", f"at most {MAX_DOCUMENT_LETTERS} characters")
    value = _json(text, name) if text.lstrip()[:1] == "{" else _yaml(text, name)
    _plain(value, name)
    return value


def add_line(error: BadInput, text: str, where: str) -> BadInput:
    """Return the error about the key ``error.field`` of ``text``, or of the file ``where``, with file and line."""
    keys = error.field.removeprefix(where).removeprefix(": ")
    line = _find_line(
        text, [*filter(None, keys.split(".")), str(error.value)]
    )  # where a key is unknown, it is the value
    return BadInput(f"{where}{line}{keys and f': {keys}'}", error.value, error.accepted)


def _find_line(text: str, path: Sequence[str]) -> str:
    """Return the line of the last key of ``path`` that ``text`` has, such as " line 3"; empty if it has none."""
    import yaml

    node, line = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), ""
    for key in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        found = next(((one, inner) for one, inner in pairs if one.value == key), None)
        if found is None:
            break
        line, node = f" line {found[0].start_mark.line + 1}", found[1]
    return line


def _json(text: str, name: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise BadInput(name, key, "a key that stands once")
            found[key] = value
        return found

    try:
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as cause:
        if isinstance(cause, ValueError) and text.lstrip()[:1] == "{":
            try:  # YAML has a flow form that begins like JSON
                return _yaml(text, name)
            except BadInput:
                pass
        raise build_syntax_error(cause, text, name, "JSON or YAML") from cause


def _yaml(text: str, name: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_anchors(yaml, text, loader, name)
        node = yaml.compose(text, Loader=loader)
        return _value(node, name, loader("")) if node is not None else None
    except yaml.YAMLError as cause:
        raise build_syntax_error(cause, text, name, "YAML or JSON") from cause


def _refuse_anchors(yaml: Any, text: str, loader: Any, name: str) -> None:
    """Refuse anchors and aliases before anything is built: an alias can turn one line into a billion."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadInput(f"{name} line {line}", "&" + str(event.anchor), "no anchors and no aliases: write it out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise BadInput(f"{name} line {line}", f"{depth} levels", f"at most {MAX_DEPTH} levels")


def _value(node: Any, path: str, maker: Any) -> Any:
    """Return a node's value. Raises ``BadInput`` for a key that is not text or stands twice."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None or key in found or key == "<<":
                raise BadInput(f"{path} line {key_node.start_mark.line + 1}", key, "a key of text that stands once")
            found[key] = _value(value_node, f"{path}.{key}", maker)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{path}.{index}", maker) for index, item in enumerate(node.value)]
    if node.tag in _NUMBERS and not is_json_number(node.value):
        return node.value  # 9:16 is base sixty, 010 is 8 and 1_000 is 1000 to YAML 1.1: what reads it sees the text
    return maker.construct_object(node)


def _plain(value: Any, path: str) -> None:
    """Accept only what JSON has: a date or a time that YAML made of unquoted text is refused."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _plain(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _plain(inner, f"{path}.{index}")
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadInput(path, value, "a finite number")
    elif isinstance(value, datetime.date | bytes):
        raise BadInput(path, str(value), "text, in quotes")
    elif isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
        raise BadInput(path, value, "text without half characters (lone surrogates)")
