"""Builds the JSON schema of a script, for servers that can hold a model's answer to one.

The schema says less than the checks do: what may stand where, but not how long, how true or in which order. Lengths are
left out, since the grammars that local servers make of a schema grow with them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from reelwright.planner.brief_settings import settle_brief
from reelwright.planner.writing.instructions import list_beats
from reelwright.planner.writing.script import NEEDED_ROLES, ROLES_OF
from reelwright.planner.writing.script_limits import MAX_BEATS_ASKED_FOR, MAX_SHOTS_OF_BEAT
from reelwright.reel.film.brief import Brief

_TEXT: Final = {"type": "string"}


def build_schema(brief: Brief) -> str:
    """Build the JSON schema, as text, of the script that a language model may write for ``brief``.

    Pure.
    """
    return json.dumps(_build_script_schema(list_beats(settle_brief(brief))), sort_keys=True, separators=(",", ":"))


def _build_script_schema(names: Sequence[str]) -> dict[str, Any]:
    beats = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_BEATS_ASKED_FOR,
        "items": {"anyOf": [_build_beat_schema(n) for n in names]},
    }
    return _build_object_schema({"name": _TEXT, "beats": beats}, ("name", "beats"))


def _build_beat_schema(name: str) -> dict[str, Any]:
    shots = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_SHOTS_OF_BEAT.get(name, 1),
        "items": _build_shot_schema(name),
    }
    return _build_object_schema({"beat": {"type": "string", "enum": [name]}, "shots": shots}, ("beat", "shots"))


def _build_shot_schema(name: str) -> dict[str, Any]:
    roles, needed = ROLES_OF[name], NEEDED_ROLES.get(name, ())
    slots = dict.fromkeys(("say", "sees", "camera", "light", "sound"), _TEXT)
    if not roles:
        return _build_object_schema(slots, ("sees",))
    words = _build_object_schema(dict.fromkeys(roles, _TEXT), needed)
    return _build_object_schema({"words": words, **slots}, ("words", "sees") if needed else ("sees",))


def _build_object_schema(properties: dict[str, Any], required: Sequence[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
