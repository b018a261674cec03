"""Puts the text of a brand on the last screen of a film, without taking the place of what stands there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from reelwright.media.letters.streets import STREET
from reelwright.planner.emblem_choice import is_time_line
from reelwright.planner.reading.tokens import find_street
from reelwright.planner.screens.parts import ScriptPart
from reelwright.reel.base.canonical import compute_digest

_SLOTS: Final = {"end_card": "legal", "cta": "source"}
"""The role of the text by staging: small print, since the looks draw a line there as a button."""
_MOST_LETTERS: Final = 48
"""Letters of a place or a time up to which it stands on the last card: more are no line there."""
_BUTTON: Final = 34
"""Most letters of a button, as ``media/staging/calls.py`` makes one."""
_NEAR: Final = 5
"""Parts at the end of a film among which its place and its time are looked for."""
_LEAST_PARTS: Final = 2
"""Parts that a film has before its last card, where that takes others from it."""
_CLOSING: Final = ("end_card", "cta")
_INVITES: Final = re.compile(
    r"(?:come (?:to|by)|visit|(?:find|meet|join) us|komm(?:t|en sie)?|besuch\w+|venez|rendez-vous|ven|visít\w+|vieni"
    r"|venite|kom)\s", re.I,
)  # fmt: skip
"""How a line begins that invites to a place."""
_OPEN: Final = re.compile(r"\b(?:open|daily|täglich|geöffnet|ouvert|abierto|aperto|geopend)\b\D*\d", re.I)
_HANDLE: Final = re.compile(r"(?<!\S)@[\w.]{2,30}$")


def find_end_slot(staging: str, words: Mapping[str, str], text: str) -> str | None:
    """Return the role in which ``text`` joins ``words`` on the last screen; empty: it stands there already.

    None: this screen has no room for it.
    """
    if any(text.casefold() == one.casefold() for one in words.values()):
        return ""
    slot = _SLOTS.get(staging)
    return slot if slot and not words.get(slot) else None


def add_end_card(parts: Sequence[ScriptPart], text: str) -> tuple[ScriptPart, ...]:
    """Return the parts of a film with ``text`` on the last of them, or on one more; empty text adds nothing. Pure."""
    if not text or not parts:
        return tuple(parts)
    *before, last = parts
    slot = find_end_slot(last.role, last.words, text) if last.words else None
    if slot is not None:
        return (*before, replace(last, words={**last.words, slot: text}) if slot else last)
    name = next((part.words["name"] for part in parts if "name" in part.words), "")
    words = {**({"name": name} if name else {}), "line": text}
    own = ScriptPart(line=last.line, turn=last.turn + 1, role="brand", key=_compute_key(text), markdown="", words=words)
    return (*parts, own)


def close_on_name(parts: Sequence[ScriptPart], *, is_place_moved: bool = True) -> tuple[ScriptPart, ...]:
    """Return the parts of a brief with the card of its name after them, unless the last of them is that already. Pure.

    Where to go and when stand on that card, and not on screens of their own before it: a street, a handle, a line that
    invites. A film without a name closes on these alone, and ends as it is written where it says no place. So does one
    that says nothing but its name, or that is a row of pictures at its end: the words of the film are over then. A film
    that ends on its call has its street under that. ``is_place_moved``: False leaves place and time where they are.
    """
    named = next((k for k, part in enumerate(parts) if part.words.get("name")), None)
    if not parts or named == len(parts) - 1 or not parts[-1].words or "name" in parts[-1].words:
        return _add_street(tuple(parts))
    if "url" in parts[-1].words or parts[-1].role in _CLOSING:
        return tuple(parts)
    last, moved = parts[-1], _list_closing(parts[(0 if named is None else named) + 1 :]) if is_place_moved else []
    if named is None and moved and len(moved[-1].words["line"]) > _BUTTON:
        moved = moved[-1:]  # too long for a button, it is the largest line of the card
    if len(parts) - len(moved) < _LEAST_PARTS:
        moved = []
    if named is None and not moved:
        return tuple(parts)
    name = parts[named].words["name"] if named is not None else ""
    line = "|".join(part.words["line"] for part in moved)
    card = ScriptPart(
        line=last.line, turn=last.turn + 1, role="end_card",
        key=_compute_key(f"{name} {line}" if line else name),
        markdown=f"<!-- beat: end_card -->\n{line}".replace("|", "\n") if line else "",
        words={**({"name": name} if name else {}), **({"line": line} if line else {})},
    )  # fmt: skip
    return (*(part for part in parts if part not in moved), card)


def add_opening(parts: Sequence[ScriptPart], descriptors: Collection[str]) -> tuple[ScriptPart, ...]:
    """Return the parts of a brief without a name with what they open with on the card of their call, if that is one of
    its ``descriptors``, which say what it is about: an address alone does not. Pure.
    """
    if not parts or parts[-1].role != "end_card" or "url" not in parts[-1].words:
        return tuple(parts)
    first, last = parts[0], parts[-1]
    line = first.words.get("line", "")
    is_title = _is_plain(first) and line in descriptors and not is_place_or_time(line)
    if first is last or not is_title or any("name" in part.words for part in parts):
        return tuple(parts)
    return (*parts[:-1], replace(last, words={"name": line, **last.words}, key=_compute_key(f"{line} {last.key}")))


def _list_closing(parts: Sequence[ScriptPart]) -> list[ScriptPart]:
    """List the parts near the end of a film that say when and where to come, the place last: it is the button."""
    near = [part for part in reversed(parts[-_NEAR:]) if _is_plain(part)]
    where = next((part for part in near if _names_place(part.words["line"])), None)
    times = near if where else [part for part in near if part is parts[-1]]
    when = next((part for part in times if part is not where and _names_time(part.words["line"])), None)
    return [part for part in (when, where) if part]


def _is_plain(part: ScriptPart) -> bool:
    """Return whether a part is a plain screen of a short line."""
    has_file = bool(part.picture and part.picture.file)
    is_plain = set(part.words) == {"line"} and not has_file and not part.spoken_text and part.length_ms is None
    return is_plain and not part.is_item and len(part.words["line"]) <= _MOST_LETTERS


def _names_place(text: str) -> bool:
    return bool(STREET.search(text) or _HANDLE.search(text) or _INVITES.match(text))


def _names_time(text: str) -> bool:
    return is_time_line(text) or bool(_OPEN.search(text))


def is_place_or_time(text: str) -> bool:
    """Return whether a line says where or when to come, which is not what a film is about."""
    return _names_place(text) or _names_time(text)


def _add_street(parts: tuple[ScriptPart, ...]) -> tuple[ScriptPart, ...]:
    """Return the parts with the street of a film on the card of its call, as small print."""
    street = find_street([part.words.get("line", "") for part in parts[-_NEAR:-1]])
    last = parts[-1] if parts else None
    if not (street and last and last.role == "end_card" and "url" in last.words and "legal" not in last.words):
        return parts
    words, key = {**last.words, "legal": street}, _compute_key(f"{street} {last.key}")
    markdown = f"{last.markdown}\n\n<!-- legal -->\n{street}"
    return (*parts[:-1], replace(last, words=words, key=key, markdown=markdown))


def find_end_card(parts: Sequence[ScriptPart], text: str) -> str:
    """Return ``text`` if the last of the parts has it as its end card, else empty text."""
    last = parts[-1]
    is_there = last.key == _compute_key(text) or last.words.get(_SLOTS.get(last.role, "")) == text
    return text if text and is_there else ""


def move_end_card_last(parts: Sequence[ScriptPart], text: str) -> tuple[ScriptPart, ...]:
    """Return the parts with the screen that ``text`` has to itself at their end: a film may have been made longer."""
    own = [part for part in parts if part.key == _compute_key(text)]
    return (*(part for part in parts if part not in own), *own)


def _compute_key(text: str) -> str:
    return compute_digest(["end card", text])
