"""Finds the tone in which the film should be told, by weighted words of each language."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final

import regex

from reelwright.planner.certain.marks import fold, list_mark_words
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.extract.brief_text import BriefText, TextMatch
from reelwright.planner.tables import load_lexicon

EXPLICIT_WEIGHT: Final = 3
TOPIC_WEIGHT: Final = 1
EMOTIONAL_WEIGHT: Final = 2
_TOPICS: Final = frozenset(
    {
        "gym", "sport", "sports", "perfume", "watch", "app", "ai", "saas", "device", "dashboard", "family", "craft",
        "software", "bumper", "fitness", "party", "boutique", "boutiques", "hospice", "platform", "love", "hope",
        "memory",
    }
)  # fmt: skip
"""Words that name the thing and not the manner: they weigh no more than a category."""
_MOST_BEFORE: Final = 40
_SIGN: Final = regex.compile(r"[,;:.!?\n]")
_ALONE: Final = "!"
"""Ends a word of ``lexicon.yaml`` that tells a tone only as a clause of its own."""
_AND: Final = r"and|und|et|y|e|en|i|и|і|ve|og|och|și|dan|ja|και"
_BEFORE_ALONE: Final = regex.compile(rf"(?:^|\s\s|[,;:.!?\n(]\s?|\b(?:{_AND})\s)$")
_BEHIND_ALONE: Final = regex.compile(rf"$|\s\s|\s?[,;:.!?\n)]|\s(?:$|(?:{_AND})\b)")
"""What parts a word from others; two blanks stand where a brief gives no direction."""
_MOST_PARTING: Final = 8
"""Characters before a word in which that stands."""
_NO_DENIALS: Final = frozenset({("pt", "no")})
"""Words that deny in another language: Portuguese "no" is "in the"."""
_WIDE_DENIALS: Final = ("不", "别", "ไม่")
_THAI: Final = frozenset(map(chr, range(0xE00, 0xE80)))
EMOTIONAL_WORDS: Final = frozenset({"warm", "cosy", "cozy"})


def find_requested_tone(certain: CertainFacts) -> TextMatch | None:
    """Find the tone that the brief's directions ask for. Its words about the thing itself do not count."""
    there = [" "] * len(certain.brief)
    for one in certain.directions:
        there[one.start : one.end] = certain.brief[one.start : one.end]
    return find_tone(BriefText("".join(there)), certain.language)


def find_tone(text: BriefText, language: str) -> TextMatch | None:
    """Return the tone with the most weight; None if it has no word. Source: craft.md 1.5, read 2026-11-20."""
    votes: Counter[str] = Counter()
    first: dict[str, tuple[int, int]] = {}
    for tone, word, start, end in _find_hits(text, language):
        weight = TOPIC_WEIGHT if word in _TOPICS else EMOTIONAL_WEIGHT if word in EMOTIONAL_WORDS else EXPLICIT_WEIGHT
        votes[tone] += weight
        first.setdefault(tone, (start, end))
    if not votes or max(votes.values()) < EMOTIONAL_WEIGHT:
        return None
    tone = max(votes, key=lambda one: (votes[one], -first[one][0]))
    return TextMatch(text=tone, span=text.locate_span(*first[tone]))


def _find_hits(seen: BriefText, language: str) -> list[tuple[str, str, int, int]]:
    found = []
    low = seen.text.casefold()
    for code in dict.fromkeys((language.split("-")[0], "en")):
        words = _load_tone_words(code)
        for match in regex.finditer(r"[\p{L}\p{M}]+(?:-\p{L}+)*", low):
            for part in (match[0], *(match[0].split("-") if "-" in match[0] else ())):
                tone = words.get(part) or (words.get(f"{part}{_ALONE}") if _stands_alone(low, *match.span()) else None)
                if tone and not _is_denied(low[: match.start()], language):
                    found.append((tone, part, *match.span()))
        for word, tone in words.items():
            if (
                (ord(word[0]) > 0x2E80 or word[0] in _THAI)
                and (at := low.find(word)) >= 0
                and not any(one in low[max(0, at - 3) : at] for one in _WIDE_DENIALS)
            ):
                found.append((tone, word, at, at + len(word)))
    return found


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether a word is a clause, or joined to one: "dark, slow", "dark and moody", and no "dark blue logo"."""
    before = text[max(0, start - _MOST_PARTING) : start]
    return bool(_BEFORE_ALONE.search(before) and _BEHIND_ALONE.match(text, end))


def _is_denied(before: str, language: str) -> bool:
    """Return whether one of the three words before a word, of its clause, denies it: ``not too fast``."""
    words = _SIGN.split(before[-_MOST_BEFORE:].replace("’", "'"))[-1].split()[-3:]
    return any(fold(word) in list_mark_words("negated") for word in words if (language, word) not in _NO_DENIALS)


@cache
def _load_tone_words(code: str) -> dict[str, str]:
    table = load_lexicon().tones.get(code, {})
    return {word: tone for tone, words in table.items() for word in words.split()}
