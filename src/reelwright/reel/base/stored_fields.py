"""``STORED_NAMES`` lists fields whose spelling in stored JSON and in fingerprints differs from their name in Python.

A spelling never changes: journals hold it, and a fingerprint of paid work that moved would be bought again. A field may
be renamed in Python; its old spelling then gets a row here. ``film.yaml`` and ``--json`` use the names in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, get_args, get_type_hints

STORED_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "reel.film.brief.Brief": {"replaced_models": "instead"},
    "reel.film.brief.Material": {"has_sound": "sound"},
    "reel.graph.choices.Choices": {
        "retakes": "asks",
        "circles": "circled",
        "accepted_findings": "accepted",
        "replaced_models": "instead",
    },
    "reel.graph.choices.RetakeRequest": {"fingerprint": "of"},
    "reel.film.cut.Edit": {"transition": "into", "transition_length": "over"},
    "reel.records.ledger.ListedWork": {"echoed_request": "told", "made_at": "at"},
    "reel.graph.outcome.MissingSample": {"message": "said"},
    "reel.film.plan.Line": {"spoken_length": "spoken", "word_times": "timed"},
    "reel.film.plan.Opening": {"source": "on"},
    "reel.film.plan.Plan": {"front_matter": "written"},
    "reel.film.plan.Shot": {
        "text_mode": "shows",
        "transition": "into",
        "length_needs_voice": "waits",
        "markdown": "written",
        "script_digest": "scripted",
    },
    "reel.film.plan.Transition": {"length": "over"},
}
"""The stored spelling, by class and by name of the field in Python."""
LATER_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "reel.film.brief.Brand": frozenset({"font"}),
    "reel.film.brief.Brief": frozenset(
        {
            "title",
            "overlays",
            "look",
            "accent",
            "logo",
            "end_card",
            "without",
            "brands",
            "font",
            "formats",
            "is_native",
            "own_looks",
            "presets",
        }
    ),
}
"""Fields that came with a later release, by class. What is hashed or stored has them only where they say something: an
older value keeps its hash, and an older release reads what this one stores.
"""


def get_owner_name(kind: type) -> str:
    """Return the name under which ``kind`` stands in ``STORED_NAMES``: its module and class in the package."""
    return f"{kind.__module__.removeprefix('reelwright.')}.{kind.__qualname__}"


def get_stored_name(owner: str, field: str) -> str:
    """Return the name of ``field`` in stored JSON; ``owner``: its class, as ``get_owner_name`` names it."""
    return STORED_NAMES.get(owner, {}).get(field, field)


def get_stored_fields(value: Any) -> dict[str, Any]:
    """Return the field values of a dataclass by their names in stored JSON, in the order of the fields."""
    kind = type(value)
    if (names := _names_by_class.get(kind)) is None:
        owner = get_owner_name(kind)
        later = LATER_FIELDS.get(owner, frozenset())
        names = tuple((get_stored_name(owner, field.name), field.name, field.name in later) for field in fields(kind))
        _names_by_class[kind] = names
    return {stored: found for stored, name, is_later in names if (found := getattr(value, name)) or not is_later}


_names_by_class: Final[dict[type, tuple[tuple[str, str, bool], ...]]] = {}
"""The stored spelling and the name in Python of each field, and whether it stands in ``LATER_FIELDS``."""


def to_public_names(kind: Any, document: Any) -> Any:
    """Rename the keys of ``document``, stored JSON of a ``kind``, to the names of fields in Python.

    Keys that no field has stay as they are, so that the reader can name them.
    """
    if isinstance(document, list):
        return [to_public_names(kind, item) for item in document]
    if not isinstance(document, Mapping):
        return document
    owners: list[Any] = [one for one in _list_types(kind) if is_dataclass(one)]
    if not owners:
        return {key: to_public_names(kind, item) for key, item in document.items()}
    names = {
        get_stored_name(get_owner_name(one), f.name): (f.name, get_type_hints(one)[f.name])
        for one in owners
        for f in fields(one)
    }
    renamed = {}
    for key, item in document.items():
        name, inner = names.get(key, (key, Any))
        renamed[name] = to_public_names(inner, item)
    return renamed


def _list_types(kind: Any) -> list[Any]:
    """Return ``kind`` and all types inside it, where it is a union, a list or a mapping."""
    found = [kind]
    for one in get_args(kind):
        found += _list_types(one)
    return found
