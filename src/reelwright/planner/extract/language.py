"""The brief's language: by script, then by its letters and by the words that each language is known by."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

from reelwright.planner.tables import lexicon, words

_SCRIPTS = (
    ("CYRILLIC", "cyrl"), ("ARABIC", "arab"), ("HEBREW", "he"), ("DEVANAGARI", "hi"), ("BENGALI", "bn"),
    ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("HANGUL", "ko"), ("THAI", "th"), ("GREEK", "el"), ("CJK", "zh"),
)  # fmt: skip
_LETTERS = {
    "latn": {
        "de": "äöüß", "es": "ñ¿¡", "pt": "ãõ", "fr": "œùêû", "it": "òìù", "tr": "ığşöü", "pl": "ąęłńśźż", "cs": "ěřů",
        "ro": "ăț", "sv": "å", "vi": "ăơưđạảấầẩậắằặẹẻếềểễệịọỏốồổộớờởợụủứừửựỷ",
    },
    "cyrl": {"bg": "ъ", "ru": "ыэё", "uk": "іїєґ"},
    "arab": {"ar": "", "fa": "پچگژ", "ur": "ٹڈڑے"},
}  # fmt: skip
"""Of each script the languages that are told apart, with the letters that speak for them; the first is the usual."""
_CYRILLIC = frozenset(_LETTERS["cyrl"])


def language_of(text: str) -> str:
    """A language code. English where nothing tells."""
    text = text.lower()
    counts = Counter(_script(c) for c in text if c.isalpha())
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    latin = counts.pop("latn", 0)
    script, number = counts.most_common(1)[0] if counts else ("", 0)
    if not script or number * 3 < latin:  # a brief in another script is full of Latin names
        return _voted(text, "latn", ("en", *(k for k in lexicon()["stopwords"] if k not in {"en", *_CYRILLIC})))
    return _voted(text, script, tuple(_LETTERS[script])) if script in _LETTERS else script


@cache
def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((code for prefix, code in _SCRIPTS if name.startswith(prefix)), "latn")


def _voted(text: str, script: str, languages: tuple[str, ...]) -> str:
    """The language with the most of its words and letters in ``text``; where two have as many, the first."""
    said = "".join(c if c.isalpha() or c in "'’" else " " for c in text).split()
    votes = Counter({code: sum(word in _known()[code] for word in said) for code in languages if code in _known()})
    for code, letters in _LETTERS[script].items():
        votes[code] += sum(text.count(c) for c in letters)
    return max(languages, key=lambda code: votes[code])


@cache
def _known() -> dict[str, frozenset[str]]:
    """The words of each language: its commonest, and those of ``words.yaml`` that are whole."""
    made = {code: set(str(text).split()) for code, text in lexicon()["stopwords"].items()}
    for rows in words().values():
        for code, text in rows.items():
            if code in made:
                made[code].update(word for word in str(text).split() if word.isalpha())
    return {code: frozenset(known) for code, known in made.items()}


def stopwords(language: str) -> frozenset[str]:
    """The commonest words of a language: those that a line neither begins nor ends with when it is shortened."""
    return frozenset(str(lexicon()["stopwords"].get(language.split("-")[0], "")).split())
