"""Reads a script as a language model writes it: words, lines and pictures by beats, parsed strictly from its text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from reelwright.planner.writing.script_limits import MAX_BEATS_ANSWERED, MAX_SHOTS_ANSWERED
from reelwright.reel.base.value import define_value
from reelwright.reel.film.beats import BEAT_ROWS

MAX_ANSWER_LETTERS: Final = 64 * 1024
"""Most characters of an answer. A film of ten minutes has about half of that."""
ROLES_OF: Final[Mapping[str, tuple[str, ...]]] = {name: beat.written_roles for name, beat in BEAT_ROWS.items()}
"""Words on screen that a beat's shots may have, by role. We add the name of the thing ourselves."""
NAMED_BEATS: Final = ("reveal", "end_card")
"""Beats that show the name of the thing, in the same letters everywhere."""
NEEDED_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    name: beat.needed_roles for name, beat in BEAT_ROWS.items() if beat.needed_roles
}
"""Roles that a beat cannot do without."""
_MAX_LETTERS: Final[Mapping[str, int]] = {
    "name": 120, "words": 120, "say": 400, "sees": 400, "camera": 120, "light": 120, "sound": 120,
}  # fmt: skip
"""Most characters of each kind of text."""
_UNSEEN: Final = ("Cc", "Cs", "Cf", "Co", "Cn")
_JOINERS: Final = "\u200c\u200d\u200e\u200f"
"""Invisible characters that some scripts and emoji need."""
_MAX_FAULTS_SHOWN: Final = 20
"""Most faults of an answer that its writer is told."""
_FENCE: Final = re.compile(r"\s*```[A-Za-z]*\s*\n(?P<inside>.*?)\n?```\s*", re.S)


@define_value
class ScriptShot:
    """A shot: words on screen by role, what is said meanwhile, and what is seen, in slots."""

    words: Mapping[str, str] = field(default_factory=dict)
    say: str = ""
    sees: str = ""
    camera: str = ""
    light: str = ""
    sound: str = ""


@define_value
class ScriptBeat:
    """A beat with its shots."""

    beat: str
    shots: tuple[ScriptShot, ...]


@define_value
class Script:
    """A script as a language model wrote it. ``name``: what the thing is called."""

    name: str
    beats: tuple[ScriptBeat, ...]


@define_value
class ScriptFaults:
    """The faults of an answer, each with the path at which it stands."""

    messages: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.messages)


def read_script(text: str) -> Script | ScriptFaults:
    """Read the script in an answer: one JSON object, alone or in a fence, with known keys only. Never raises."""
    if len(text) > MAX_ANSWER_LETTERS:
        return ScriptFaults(messages=(f"the answer has {len(text)} characters; at most {MAX_ANSWER_LETTERS}",))
    fenced = _FENCE.fullmatch(text)
    try:
        value = json.loads(
            fenced["inside"] if fenced else text,
            object_pairs_hook=_refuse_duplicate_keys,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        return ScriptFaults(messages=(f"the answer must be one JSON object and nothing else: {str(error)[:120]}",))
    reader = _Reader()
    script = reader.read_script(value)
    return ScriptFaults(messages=tuple(reader.faults[:_MAX_FAULTS_SHOWN])) if reader.faults else script


def _refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


class _Reader:
    """Reads as far as it can and notes every fault."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def read_script(self, value: Any) -> Script:
        row = self._read_object(value, "the answer", ("name", "beats"))
        rows = self._read_list(row.get("beats"), "beats", MAX_BEATS_ANSWERED)
        beats = tuple(self._read_beat(one, f"beats[{n}]") for n, one in enumerate(rows))
        return Script(name=self._read_text(row.get("name"), "name", "name", needed=True), beats=beats)

    def _read_beat(self, value: Any, where: str) -> ScriptBeat:
        row = self._read_object(value, where, ("beat", "shots"))
        beat = row.get("beat")
        if not isinstance(beat, str) or beat not in ROLES_OF:
            self.faults.append(f"{where}.beat: {_format_value(beat)} is none of {', '.join(ROLES_OF)}")
            beat = "brand"
        rows = self._read_list(row.get("shots"), f"{where}.shots", MAX_SHOTS_ANSWERED)
        return ScriptBeat(
            beat=beat, shots=tuple(self._read_shot(one, beat, f"{where}.shots[{n}]") for n, one in enumerate(rows))
        )

    def _read_shot(self, value: Any, beat: str, where: str) -> ScriptShot:
        row = self._read_object(value, where, ("words", "say", "sees", "camera", "light", "sound"))
        words = self._read_object(row.get("words", {}), f"{where}.words", ROLES_OF[beat])
        texts = {
            role: self._read_text(words[role], f"{where}.words.{role}", "words")
            for role in ROLES_OF[beat]
            if role in words
        }
        needed = {"sees": True}
        rest = {
            slot: self._read_text(row.get(slot, ""), f"{where}.{slot}", slot, needed=needed.get(slot, False))
            for slot in ("say", "sees", "camera", "light", "sound")
        }
        return ScriptShot(words={role: text for role, text in texts.items() if text}, **rest)

    def _read_object(self, value: Any, where: str, known: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.faults.append(f"{where}: must be an object with {', '.join(known) or 'nothing in it'}")
            return {}
        for key in value:
            if key not in known:
                self.faults.append(f"{where}: {_format_value(key)} is not known; known: {', '.join(known) or 'none'}")
        return value

    def _read_list(self, value: Any, where: str, most: int) -> list[Any]:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            self.faults.append(f"{where}: must be a list of 1 to {most}")
            return []
        return value

    def _read_text(self, value: Any, where: str, kind: str, *, needed: bool = False) -> str:
        if not isinstance(value, str):
            self.faults.append(f"{where}: must be text")
            return ""
        text = " ".join(unicodedata.normalize("NFC", value).split())
        if bad := next((c for c in text if unicodedata.category(c) in _UNSEEN and c not in _JOINERS), None):
            self.faults.append(f"{where}: U+{ord(bad):04X} cannot be shown")
        if len(text) > _MAX_LETTERS[kind]:
            self.faults.append(f"{where}: {len(text)} characters; at most {_MAX_LETTERS[kind]}")
        if needed and not text:
            self.faults.append(f"{where}: is missing")
        return text


def _format_value(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
