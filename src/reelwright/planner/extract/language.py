"""The brief's language: by script, then by the commonest words of each language."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon

_SCRIPTS = (
    ("CYRILLIC", "cyrl"), ("ARABIC", "arab"), ("HEBREW", "he"), ("DEVANAGARI", "hi"), ("BENGALI", "bn"),
    ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("HANGUL", "ko"), ("THAI", "th"), ("GREEK", "el"), ("CJK", "zh"),
)  # fmt: skip
_LETTERS = {"cyrl": (("ъ", "bg"), ("ыэё", "ru"), ("іїєґ", "uk")), "arab": (("پچگژ", "fa"), ("ٹڈڑے", "ur"))}
DEFAULT = {"cyrl": "bg", "arab": "ar"}


def language_of(seen: Seen) -> Found:
    """A language code with its confidence. English where nothing tells."""
    counts = Counter(_script(c) for c in seen.text if c.isalpha())
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    latin, others = counts.pop("latn", 0), counts
    if others:
        script, number = others.most_common(1)[0]
        if number * 3 >= latin:  # a brief in another script is full of Latin names
            return _within(script, seen.text.lower(), number)
    return _by_words(seen.text.lower(), ("en", *(k for k in _stopwords() if k not in ("en", "bg", "ru", "uk"))))


@cache
def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((code for prefix, code in _SCRIPTS if name.startswith(prefix)), "latn")


def _within(script: str, text: str, number: int) -> Found:
    sure = min(95, 60 + number)
    if script not in DEFAULT:
        return Found(value=script, confidence=sure)
    if script == "cyrl":
        voted = _by_words(text, ("bg", "ru", "uk"))
        marks = Counter({code: sum(text.count(c) for c in chars) for chars, code in _LETTERS[script]})
        code, seen = marks.most_common(1)[0]
        if voted.confidence > 50 and (not seen or voted.value == code):
            return voted
        return Found(value=code if seen else DEFAULT[script], confidence=80 if seen else 55)
    for chars, code in _LETTERS[script]:
        if sum(text.count(c) for c in chars) >= 2:
            return Found(value=code, confidence=75)
    return Found(value=DEFAULT[script], confidence=sure)


def _by_words(text: str, languages: tuple[str, ...]) -> Found:
    words = "".join(c if c.isalpha() or c in "'’" else " " for c in text).split()
    votes = Counter({code: sum(1 for word in words if word in _stopwords()[code]) for code in languages})
    (best, most), *rest = votes.most_common()
    if not most or (most == 1 and len(words) > 3 and votes["en"] == most):
        return Found(value=languages[0], confidence=40)
    if votes[languages[0]] == most:
        best = languages[0]
    second = max((number for code, number in rest if code != best), default=0)
    return Found(value=best, confidence=min(98, 50 + 50 * (most - second) // most + min(10, most)))


@cache
def _stopwords() -> dict[str, frozenset[str]]:
    return {code: frozenset(str(text).split()) for code, text in lexicon()["stopwords"].items()}


def stopwords(language: str) -> frozenset[str]:
    """The commonest words of a language: those that a line neither begins nor ends with when it is shortened."""
    return _stopwords().get(language.split("-")[0], frozenset())
