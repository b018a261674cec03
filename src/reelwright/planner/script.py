"""A script as a language model writes it: words, lines and pictures by beats, read strictly from its text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from reelwright.reel.noun import noun

LONGEST: Final = 64 * 1024
"""Characters of an answer. A film of ten minutes has about half of that."""
ROLES_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "cold_open": (),
        "hook": ("line",),
        "problem": ("line",),
        "agitate": ("line",),
        "reveal": ("kicker", "descriptor"),
        "demo": ("line", "steps"),
        "benefit": ("line",),
        "proof": ("number", "prefix", "unit", "label", "source"),
        "transformation": ("before", "after", "line"),
        "testimonial": ("quote", "who", "role"),
        "offer": ("deal", "code", "terms"),
        "urgency": ("line",),
        "brand": ("line",),
        "cta": ("line", "url"),
        "end_card": ("line", "url", "legal"),
    }
)
"""Words on screen that a beat's shots may have, by role; the name of the thing is put in by us."""
NAMED: Final = ("reveal", "end_card")
"""Beats that show the name of the thing, in the same letters everywhere."""
NEEDED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"proof": ("number",), "testimonial": ("quote", "who"), "offer": ("deal",), "urgency": ("line",)}
)
"""Roles without which a beat makes no sense."""
_MOST: Final[Mapping[str, int]] = {
    "name": 120, "words": 120, "say": 400, "sees": 400, "camera": 120, "light": 120, "sound": 120,
}  # fmt: skip
"""Characters of each kind of text."""
_UNSEEN: Final = ("Cc", "Cs", "Cf", "Co", "Cn")
_JOINERS: Final = "\u200c\u200d\u200e\u200f"
"""Letters that are not seen and that some scripts and emoji need."""
_MOST_BEATS, _MOST_SHOTS, _MOST_FAULTS = 24, 12, 20
_FENCE: Final = re.compile(r"\s*```[A-Za-z]*\s*\n(?P<inside>.*?)\n?```\s*", re.S)


@noun
class Scene:
    """One shot: words on screen by role, what is said meanwhile, and what is seen, in slots."""

    words: Mapping[str, str] = field(default_factory=dict)
    say: str = ""
    sees: str = ""
    camera: str = ""
    light: str = ""
    sound: str = ""


@noun
class Turn:
    """One beat with its shots."""

    beat: str
    shots: tuple[Scene, ...]


@noun
class Script:
    """``name``: what the thing is called."""

    name: str
    beats: tuple[Turn, ...]


@noun
class Faults:
    """What is wrong with an answer, each with the path at which it is."""

    said: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.said)


def read_script(text: str) -> Script | Faults:
    """The script in an answer: one JSON object, alone or in a fence, with no keys but the known. Never raises."""
    if len(text) > LONGEST:
        return Faults(said=(f"the answer has {len(text)} characters; at most {LONGEST}",))
    fenced = _FENCE.fullmatch(text)
    try:
        value = json.loads(fenced["inside"] if fenced else text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return Faults(said=(f"the answer must be one JSON object and nothing else: {str(error)[:120]}",))
    reader = _Reader()
    script = reader.script(value)
    return Faults(said=tuple(reader.faults[:_MOST_FAULTS])) if reader.faults else script


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


class _Reader:
    """Reads as far as it can and notes every fault."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def script(self, value: Any) -> Script:
        row = self._row(value, "the answer", ("name", "beats"))
        rows = self._rows(row.get("beats"), "beats", _MOST_BEATS)
        beats = tuple(self._turn(one, f"beats[{n}]") for n, one in enumerate(rows))
        return Script(name=self._text(row.get("name"), "name", "name", needed=True), beats=beats)

    def _turn(self, value: Any, where: str) -> Turn:
        row = self._row(value, where, ("beat", "shots"))
        beat = row.get("beat")
        if not isinstance(beat, str) or beat not in ROLES_OF:
            self.faults.append(f"{where}.beat: {_shown(beat)} is none of {', '.join(ROLES_OF)}")
            beat = "brand"
        rows = self._rows(row.get("shots"), f"{where}.shots", _MOST_SHOTS)
        return Turn(beat=beat, shots=tuple(self._scene(one, beat, f"{where}.shots[{n}]") for n, one in enumerate(rows)))

    def _scene(self, value: Any, beat: str, where: str) -> Scene:
        row = self._row(value, where, ("words", "say", "sees", "camera", "light", "sound"))
        words = self._row(row.get("words", {}), f"{where}.words", ROLES_OF[beat])
        told = {
            role: self._text(words[role], f"{where}.words.{role}", "words") for role in ROLES_OF[beat] if role in words
        }
        needed = {"sees": True}
        rest = {
            slot: self._text(row.get(slot, ""), f"{where}.{slot}", slot, needed=needed.get(slot, False))
            for slot in ("say", "sees", "camera", "light", "sound")
        }
        return Scene(words={role: text for role, text in told.items() if text}, **rest)

    def _row(self, value: Any, where: str, known: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.faults.append(f"{where}: must be an object with {', '.join(known) or 'nothing in it'}")
            return {}
        for key in value:
            if key not in known:
                self.faults.append(f"{where}: {_shown(key)} is not known; known: {', '.join(known) or 'none'}")
        return value

    def _rows(self, value: Any, where: str, most: int) -> list[Any]:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            self.faults.append(f"{where}: must be a list of 1 to {most}")
            return []
        return value

    def _text(self, value: Any, where: str, kind: str, *, needed: bool = False) -> str:
        if not isinstance(value, str):
            self.faults.append(f"{where}: must be text")
            return ""
        said = " ".join(unicodedata.normalize("NFC", value).split())
        if bad := next((c for c in said if unicodedata.category(c) in _UNSEEN and c not in _JOINERS), None):
            self.faults.append(f"{where}: U+{ord(bad):04X} cannot be shown")
        if len(said) > _MOST[kind]:
            self.faults.append(f"{where}: {len(said)} characters; at most {_MOST[kind]}")
        if needed and not said:
            self.faults.append(f"{where}: is missing")
        return said


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
