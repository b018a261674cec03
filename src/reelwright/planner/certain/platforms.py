"""Reads the names of platforms in a brief: they choose the aspect of its film, and its delivery preset."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import regex

from reelwright.planner.certain.marks import Marks
from reelwright.planner.presets import load_presets
from reelwright.planner.tables import load_preset_rows
from reelwright.reel.film.preset import Preset, select_presets


def find_platforms(text: str, aspect: str) -> tuple[Preset, ...]:
    """Return the presets for ``aspect`` of the platforms that ``text`` names, of a brief, in the order of the text."""
    found: list[tuple[int, int, str]] = []
    for name, row in load_preset_rows().items():
        if naming := row.get("naming"):
            found += [(match.start(), -len(match[0]), name) for match in regex.finditer(naming, text, regex.I)]
    found += [
        (hit.start, hit.start - hit.end, hit.mark) for hit in Marks(text, _load_platform_words).find_hits(0, len(text))
    ]
    named = dict.fromkeys(name for _, _, name in sorted(found))
    return select_presets([load_presets()[name] for name in named], [aspect])


def find_shared_name(text: str, start: int, end: int) -> str:
    """Return the aspect of the platform that a name which other words share stands for in [start, end); else empty."""
    for name, row in load_preset_rows().items():
        if (naming := row.get("naming")) and regex.search(naming, text, regex.I, pos=start, endpos=end):
            return load_presets()[name].aspect
    return ""


@cache
def _load_platform_words() -> Mapping[str, Mapping[str, str]]:
    return {name: {"any": row["words"]} for name, row in load_preset_rows().items() if row.get("words")}
