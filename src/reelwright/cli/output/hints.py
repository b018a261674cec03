"""Hints in JSON: beside each reason stands what a person can do about it at the command line."""

from __future__ import annotations

from typing import Any, Final

from reelwright.cli.output.actions import suggest_next_steps
from reelwright.reason import Reason

_SCHEMA: Final = {"type": "string", "description": "What a person can do about the reason."}


def add_hints(value: Any) -> Any:
    """Return a JSON value with a ``hint``, what a person can do, beside each ``reason`` in it."""
    if isinstance(value, list):
        return [add_hints(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: item if name == "reason" else add_hints(item) for name, item in value.items()}
    if isinstance(reason := value.get("reason"), dict) and "code" in reason:
        stored = Reason.from_json(reason)
        found.setdefault("hint", suggest_next_steps(stored) if stored else "")
    return found


def describe_hints(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of a result, extended by the ``hint`` fields that ``add_hints`` adds."""
    shapes = {name: _describe_hint(shape) for name, shape in schema.get("$defs", {}).items()}
    return {**schema, "$defs": shapes}


def _describe_hint(shape: dict[str, Any]) -> dict[str, Any]:
    properties = shape.get("properties", {})
    if "$ref" not in str(properties.get("reason")):  # a word such as filtered is no reason with a code
        return shape
    return {**shape, "properties": {**properties, "hint": properties.get("hint", _SCHEMA)}}
