"""Puts the text of a brand on the last screen of a film, without taking the place of what stands there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from reelwright.media.letters.streets import is_street_line
from reelwright.planner.screens.parts import ScriptPart
from reelwright.reel.base.canonical import compute_digest

_SLOTS: Final = {"end_card": "legal", "cta": "source"}
"""The role of the text by staging: small print, since the looks draw a line there as a button."""
_MOST_LETTERS: Final = 40
"""Letters of a street up to which it stands on the last card: more are no line there."""
_CLOSING: Final = ("end_card", "cta")
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


def close_on_name(parts: Sequence[ScriptPart]) -> tuple[ScriptPart, ...]:
    """Return the parts of a brief with the card of its name after them, unless the last of them is that already. Pure.

    If the last of them is where to go, a street with its number or a handle, it stands on that card, and not on a
    screen of its own before it. A film without a name ends as it is written. So does one that ends on its call, or that
    says nothing but its name, or that is a row of pictures at its end: the words of the film are over then.
    """
    named = next((k for k, part in enumerate(parts) if part.words.get("name")), None)
    if named is None:
        return tuple(parts)
    last = parts[-1]
    if named == len(parts) - 1 or not last.words or {"name", "url"} & set(last.words) or last.role in _CLOSING:
        return tuple(parts)
    words = {"name": parts[named].words["name"]}
    if len(parts) > 2 and _is_destination(last):
        words["line"] = last.words["line"]
        card = replace(last, role="end_card", picture=None, words=words)
        key, markdown = _compute_key(f"{words['name']} {last.key}"), f"<!-- beat: end_card -->\n{last.markdown}"
        return (*parts[:-1], replace(card, key=key, markdown=markdown))
    own = ScriptPart(
        line=last.line, turn=last.turn + 1, role="end_card", key=_compute_key(words["name"]), markdown="", words=words
    )
    return (*parts, own)


def _is_destination(part: ScriptPart) -> bool:
    """Return whether a part is a plain screen with the street of a place, or that ends with a handle."""
    text = part.words.get("line", "")
    has_file = bool(part.picture and part.picture.file)
    is_plain = set(part.words) == {"line"} and not has_file and not part.spoken_text and part.length_ms is None
    return is_plain and len(text) <= _MOST_LETTERS and (is_street_line(text) or bool(_HANDLE.search(text)))


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
