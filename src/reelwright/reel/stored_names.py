"""How fields are spelled in stored JSON and inside fingerprints, where that differs from their name in Python.

A spelling never changes: journals hold it, and a fingerprint of paid work that moved would be bought again. A field may
be renamed in Python; its old spelling then gets a row here. ``film.yaml`` and ``--json`` use the names in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

STORED_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "reel.brief.Brief": {"replaced_models": "instead"},
    "reel.brief.Material": {"has_sound": "sound"},
    "reel.choices.Choices": {
        "retakes": "asks",
        "circles": "circled",
        "accepted_findings": "accepted",
        "replaced_models": "instead",
    },
    "reel.choices.RetakeRequest": {"fingerprint": "of"},
    "reel.cut.Edit": {"transition": "into", "transition_frames": "over"},
    "reel.ledger.ListedWork": {"echoed_request": "told", "made_at": "at"},
    "reel.outcome.MissingSample": {"message": "said"},
    "reel.plan.Line": {"spoken_frames": "spoken", "word_times": "timed"},
    "reel.plan.Opening": {"source": "on"},
    "reel.plan.Plan": {"front_matter": "written"},
    "reel.plan.Shot": {
        "text_mode": "shows",
        "transition": "into",
        "length_needs_voice": "waits",
        "markdown": "written",
        "script_digest": "scripted",
    },
    "reel.plan.Transition": {"frames": "over"},
}
"""By class, then by field in Python: the spelling."""


def owner_of(kind: type) -> str:
    """Return the name under which ``kind`` stands in ``STORED_NAMES``: its module and class in the package."""
    return f"{kind.__module__.removeprefix('reelwright.')}.{kind.__qualname__}"


def stored_name(owner: str, field: str) -> str:
    """Return the stored spelling of ``field`` of the class called ``owner``."""
    return STORED_NAMES.get(owner, {}).get(field, field)


def stored_fields(value: Any) -> dict[str, Any]:
    """Return the field values of a dataclass by stored spelling, in the order of its fields."""
    owner = owner_of(type(value))
    return {stored_name(owner, field.name): getattr(value, field.name) for field in fields(value)}
