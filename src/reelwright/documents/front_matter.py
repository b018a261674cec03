"""The front matter of a script: ``key: value`` lines between two lines ``---``, every value read as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from reelwright.documents.script import SETTINGS, Refuser

_FENCE: Final = "---"
_QUOTES: Final = ('"', "'")


class FrontMatter(NamedTuple):
    """The settings of a script, and the ``rest`` of its text, with empty lines in place of the front matter."""

    settings: Mapping[str, str]
    rest: str


def extract_front_matter(text: str, refuse: Refuser) -> FrontMatter:
    """Take the front matter out of ``text``. A first ``---`` without a second one is a break, and stays.

    Raises ``BadInput`` for a key that is unknown, repeated or without a value.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return FrontMatter({}, text)
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None or not any(":" in line or _names_setting(line) for line in lines[1:end]):
        return FrontMatter({}, text)
    settings: dict[str, str] = {}
    for number, line in enumerate(lines[1:end], 2):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        key, colon, value = bare.partition(":")
        key = key.strip()
        if not colon or key not in SETTINGS:
            refuse(number, bare, f"a setting and its value: {', '.join(SETTINGS)}")
        if key in settings:
            refuse(number, bare, f"{key} once")
        settings[key] = _plain(value.strip())
        if not settings[key]:
            refuse(number, bare, f"a value for {key}")
    return FrontMatter(settings, "\n".join([""] * (end + 1) + lines[end + 1 :]))


def _names_setting(line: str) -> bool:
    """Return whether a line has the key of a setting and one or two words more, but no colon: ``length 9 s``."""
    key, *rest = line.split()[:4] or [""]
    return key in SETTINGS and 1 <= len(rest) <= 2


def _plain(value: str) -> str:
    for quote in _QUOTES:
        if len(value) > 1 and value.startswith(quote) and value.endswith(quote):
            return value[1:-1]
    return value.partition(" #")[0].rstrip()
