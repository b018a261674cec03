"""Reads the four files of a flavor strictly: an unknown key is refused with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.tables import load_beats
from reelwright.planner.yaml_text import parse_text

PARTS: Final = ("pipeline_params", "scene_prompts", "image_prompts", "image_params")
"""File names without ``.yaml``; only the first must be there."""
_TEXT, _LIST = (str,), (list,)
_NEEDED: Final[Mapping[str, tuple[type, ...]]] = {
    "about": _TEXT, "aspect": _TEXT, "length_ms": (int,), "look": _TEXT, "tone": _TEXT, "voice": (bool,), "fps": _LIST,
    "captions": _TEXT, "animatic": _TEXT, "composer": _TEXT,
}  # fmt: skip
_KEYS: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    "pipeline_params": {
        **_NEEDED, "models": _LIST, "stills": _TEXT, "voice_model": _TEXT, "music": _TEXT, "continuity": _TEXT,
        "resolution": _TEXT, "sound": (bool,), "budget_usd": _TEXT,
    },
    "scene_prompts": {"style": _TEXT, "never": _LIST, "beats": (dict,)},
    "image_prompts": {"style": _TEXT, "person": _TEXT, "product": _TEXT},
}  # fmt: skip
_MAX_TEXT_LETTERS: Final = 600
"""Most characters of one text: it is added to every prompt."""


def read_parts(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the parts by name. Raises ``BadInput`` naming file, line and key. Reads nothing but the four files."""
    found = {part: _read(folder / f"{part}.yaml", part) for part in PARTS if (folder / f"{part}.yaml").is_file()}
    if PARTS[0] not in found:
        raise BadInput("flavor", folder.name, f"a folder with a {PARTS[0]}.yaml")
    return found


def _read(path: Path, part: str) -> dict[str, Any]:
    where = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise BadInput(where, type(cause).__name__, "a file of YAML in UTF-8 that can be read") from cause
    row = parse_text(text, where)
    lines = _find_key_lines(text)
    if part == "image_params":
        for key, value in row.items():
            if type(value) not in (int, str, bool):
                raise BadInput(f"{where} line {lines[key]}: {key}", value, "a whole number, text, or yes and no")
        return row
    known = _KEYS[part]
    for key, value in row.items():
        at = f"{where} line {lines[key]}: {key}"
        if key not in known:
            raise BadInput(at, value, f"keys among {', '.join(known)}")
        if type(value) not in known[key]:
            raise BadInput(at, value, known[key][0].__name__)
        _check_texts(value, at)
    if part == "pipeline_params" and (lost := [key for key in _NEEDED if key not in row]):
        raise BadInput(f"{where}: {lost[0]}", None, "this key, which has to be there")
    if unknown := [name for name in row.get("beats", {}) if name not in load_beats()]:
        raise BadInput(f"{where} line {lines['beats']}: beats.{unknown[0]}", unknown[0], ", ".join(load_beats()))
    return row


def _check_texts(value: Any, at: str) -> None:
    """Check that every text keeps its length, and that lists and mappings hold nothing else, except the frame rate."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    for one in held:
        if isinstance(one, str) and len(one) > _MAX_TEXT_LETTERS:
            raise BadInput(at, one, f"at most {_MAX_TEXT_LETTERS} characters")
        if isinstance(value, list | dict) and not isinstance(one, str) and not at.endswith(": fps"):
            raise BadInput(at, one, "text")


def _find_key_lines(text: str) -> dict[str, int]:
    """Return the line, from 1, of each key of the outermost mapping."""
    import yaml

    node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {key.value: key.start_mark.line + 1 for key, _ in node.value} if node else {}
