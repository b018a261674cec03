"""The sentences of the pages in a person's language: by their English text, as gettext has them.

``languages/TAG.yaml`` has a language: each English text with its translation, or with one for each number. The
pseudo-languages have no file: they mark every text, so that a test sees which one is not looked up.
``languages/errors/TAG.yaml`` has the sentences of the errors that a person meets on the pages, by code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from fastapi import Request

from reelwright.messages import ENGLISH, Sentences

_FOLDER: Final = Path(__file__).parent / "languages"
COOKIE: Final = "reelwright-language"
NAMES: Final = {"en": "English", "de": "Deutsch"}
"""The languages that a person can choose, each by its own name."""
_PSEUDO: Final = {"en-XA": "ltr", "ar-XB": "rtl"}
"""Pseudo-languages by the tags that browsers have for them, with their direction."""


class Texts:
    """The texts of a language. ``tag``: its BCP 47 tag; ``direction``: ``ltr`` or ``rtl``.

    A text without translation stays English.
    """

    def __init__(self, tag: str, direction: str, known: Mapping[str, str | Sequence[str]]) -> None:
        self.tag, self.direction, self._known = tag, direction, known

    def translate(self, message: str) -> str:
        """Return a text in this language."""
        found = self._known.get(message, message)
        return found if isinstance(found, str) else found[0]

    def translate_number(self, one: str, several: str, n: int) -> str:
        """Return the text for a number of things."""
        found = self._known.get(one, (one, several))
        return found if isinstance(found, str) else found[0 if n == 1 else 1]


class PseudoTexts(Texts):
    """English in brackets, as a pseudo-language has it."""

    def translate(self, message: str) -> str:
        """Return the text in brackets."""
        return f"⟦{message}⟧"

    def translate_number(self, one: str, several: str, n: int) -> str:
        """Return the text for a number of things, in brackets."""
        return f"⟦{one if n == 1 else several}⟧"


@cache
def load_texts(tag: str) -> Texts:
    """Load the texts of a language; English for a tag that there is not."""
    if tag in _PSEUDO:
        return PseudoTexts(tag, _PSEUDO[tag], {})
    if tag not in NAMES or tag == "en":
        return Texts("en", "ltr", {})
    return Texts(tag, "ltr", yaml.safe_load((_FOLDER / f"{tag}.yaml").read_text(encoding="utf-8")))


@cache
def load_sentences(tag: str) -> Sentences:
    """Load the sentences of errors in a language; English for one that has none."""
    path = _FOLDER / "errors" / f"{tag}.yaml"
    if tag not in NAMES or not path.is_file():
        return ENGLISH
    return Sentences(**yaml.safe_load(path.read_text(encoding="utf-8")))


def choose_language(request: Request) -> str:
    """Choose the language of a request: the one that the person chose, else the first known one of the browser's."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in NAMES:
        return chosen
    for part in request.headers.get("accept-language", "")[:200].split(","):
        tag = part.partition(";")[0].strip()
        if tag in _PSEUDO:
            return tag
        if (base := tag.partition("-")[0].lower()) in NAMES:
            return base
    return "en"
