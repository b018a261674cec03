"""The JSON schema of a script, for servers that can hold a model's answer to one.

It says less than the checks do: what may stand where, and not how long, how true or in which order. Lengths are left
out, since the grammars that local servers make of a schema grow with them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from reelwright.planner.instructions import beats_for
from reelwright.planner.script import NEEDED, ROLES_OF
from reelwright.planner.script_limits import TOLD
from reelwright.planner.settled import settled
from reelwright.reel.brief import Brief

_TEXT: Final = {"type": "string"}
_MOST_BEATS = 12


def schema_for(brief: Brief) -> str:
    """The schema as JSON text: of the beats that ``brief`` may have. Pure."""
    return json.dumps(_schema(beats_for(settled(brief))), sort_keys=True, separators=(",", ":"))


def _schema(names: Sequence[str]) -> dict[str, Any]:
    beats = {"type": "array", "minItems": 1, "maxItems": _MOST_BEATS, "items": {"anyOf": [_beat(n) for n in names]}}
    return _object({"name": _TEXT, "beats": beats}, ("name", "beats"))


def _beat(name: str) -> dict[str, Any]:
    shots = {"type": "array", "minItems": 1, "maxItems": TOLD.get(name, 1), "items": _shot(name)}
    return _object({"beat": {"type": "string", "enum": [name]}, "shots": shots}, ("beat", "shots"))


def _shot(name: str) -> dict[str, Any]:
    roles, needed = ROLES_OF[name], NEEDED.get(name, ())
    slots = dict.fromkeys(("say", "sees", "camera", "light", "sound"), _TEXT)
    if not roles:
        return _object(slots, ("sees",))
    words = _object(dict.fromkeys(roles, _TEXT), needed)
    return _object({"words": words, **slots}, ("words", "sees") if needed else ("sees",))


def _object(properties: dict[str, Any], required: Sequence[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
