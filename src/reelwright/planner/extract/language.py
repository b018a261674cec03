"""Detects the brief's language: by script, then by its letters and by the words that each language is known by."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

from reelwright.planner.tables import load_lexicon, load_words

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
"""The languages of each script that are told apart, with the letters that identify them. The first is the usual one."""
_CYRILLIC = frozenset(_LETTERS["cyrl"])


_MAX_LETTERS = 8_000
"""Characters at the beginning that are looked at: they tell the language, and a long script does not hold the loop."""


def detect_language(text: str) -> str:
    """Return a language code; English if nothing tells."""
    text = text[:_MAX_LETTERS].lower()
    counts = Counter(_get_script(c) for c in text if c.isalpha())
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    latin = counts.pop("latn", 0)
    script, number = counts.most_common(1)[0] if counts else ("", 0)
    if not script or number * 3 < latin:  # a brief in another script is full of Latin names
        return _choose_language(
            text, "latn", ("en", *(k for k in load_lexicon().stopwords if k not in {"en", *_CYRILLIC}))
        )
    return _choose_language(text, script, tuple(_LETTERS[script])) if script in _LETTERS else script


@cache
def _get_script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((code for prefix, code in _SCRIPTS if name.startswith(prefix)), "latn")


def _choose_language(text: str, script: str, languages: tuple[str, ...]) -> str:
    """Return the language with the most of its words and letters in ``text``; of two with equal votes, the first."""
    tokens = "".join(c if c.isalpha() or c in "'’" else " " for c in text).split()
    known = _load_known_words()
    votes = Counter({code: sum(map(known[code].__contains__, tokens)) for code in languages if code in known})
    for code, letters in _LETTERS[script].items():
        votes[code] += sum(text.count(c) for c in letters)
    return max(languages, key=lambda code: votes[code])


@cache
def _load_known_words() -> dict[str, frozenset[str]]:
    """Return the words of each language: its commonest, and the whole words of ``words.yaml``."""
    made = {code: set(text.split()) for code, text in load_lexicon().stopwords.items()}
    for rows in load_words().values():
        for code, text in rows.items():
            if code in made:
                made[code].update(word for word in text.split() if word.isalpha())
    return {code: frozenset(known) for code, known in made.items()}
