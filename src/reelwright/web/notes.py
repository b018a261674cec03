"""The notes beside a draft, a price or a film in a person's language, each found by its English sentence.

The planner and the quotes write most notes as sentences without a code, so a note is recognised by the words around its
values. ``languages/notes/TAG.yaml`` has them. A sentence that is not there stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from reelwright.message_texts import MESSAGES
from reelwright.web.texts import load_sentences

_FOLDER: Final = Path(__file__).parent / "languages" / "notes"
_PLACE: Final = re.compile(r"{(\w+)}")
OURS: Final = "our_"
"""How the name of a value begins that is a text of ours, and is translated too."""
_MOST_LETTERS: Final = 2000
"""A longer note stays as it is: finding the values of a sentence takes time that grows faster than its length."""
_MOST_DEPTH: Final = 4


class _Pattern(NamedTuple):
    """An English sentence to recognise. ``head`` and ``tail``: its words before the first and behind the last value."""

    head: str
    tail: str
    whole: re.Pattern[str]
    translated: str


class Notes:
    """The notes of a language. ``known``: each English sentence with its translation, both with ``{name}`` for a
    value.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self._plain = {english: text for english, text in known.items() if not _PLACE.search(english)}
        having_values = (english for english in known if english not in self._plain)
        ordered = sorted(having_values, key=lambda english: -len(_PLACE.sub("", english)))
        self._patterns = [_build_pattern(english, known[english]) for english in ordered]

    def translate(self, note: str, depth: int = 0) -> str:
        """Return a note in this language; as it is where it is unknown."""
        if note in self._plain or not self._patterns:
            return self._plain.get(note, note)
        if len(note) > _MOST_LETTERS or depth > _MOST_DEPTH:
            return note
        is_quoted = depth > 0 and note.startswith("“")  # a person's own words are never translated
        for one in self._patterns:
            if is_quoted and not one.head.startswith("“"):
                continue
            if note.startswith(one.head) and note.endswith(one.tail) and (match := one.whole.fullmatch(note)):
                values = {
                    name: self.translate(value, depth + 1) if name.startswith(OURS) else value
                    for name, value in match.groupdict().items()
                }
                return _PLACE.sub(lambda place, values=values: values[place[1]], one.translated)  # type: ignore[misc]
        return note


def _build_pattern(english: str, translated: str) -> _Pattern:
    parts = _PLACE.split(english)
    texts, names = parts[::2], parts[1::2]
    whole = re.escape(texts[0]) + "".join(
        f"(?P<{name}>.*?){re.escape(text)}" for name, text in zip(names, texts[1:], strict=True)
    )
    return _Pattern(texts[0], texts[-1], re.compile(whole, re.DOTALL), translated)


@cache
def load_notes(tag: str) -> Notes:
    """Load the notes of a language, with the reasons about edits; none of one that has no file."""
    path = _FOLDER / f"{tag}.yaml"
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    texts = load_sentences(tag).messages
    edits = {f"{MESSAGES[code]}.": f"{texts[code]}." for code in texts if code.startswith(("edit_", "edits_"))}
    return Notes(known | edits if known else known)
