"""The manner in which the film shall be told, by weighed words of each language."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final

import regex

from reelwright.planner.certain.nouns import Certain
from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon

EXPLICIT: Final = 3
PRIOR: Final = 1
EMOTIONAL: Final = 2
_TOPICS: Final = frozenset(
    {
        "gym", "sport", "sports", "perfume", "watch", "app", "ai", "saas", "device", "dashboard", "family", "craft",
        "software", "bumper", "fitness", "party", "boutique", "boutiques", "hospice", "platform", "love", "hope",
        "memory",
    }
)  # fmt: skip
"""Words that name the thing and not the manner: they weigh no more than a category."""
EMOTIONAL_LIGHT: Final = frozenset({"warm", "cosy", "cozy"})


def asked_tone(certain: Certain) -> Found | None:
    """The tone that the brief's directions ask for; what it says of the thing itself is none."""
    there = [" "] * len(certain.brief)
    for one in certain.directions:
        there[one.start : one.end] = certain.brief[one.start : one.end]
    return _tone_of(Seen("".join(there)), certain.language)


def _tone_of(seen: Seen, language: str) -> Found | None:
    """The tone that weighs most; None where no word of one stands. Source: craft.md 1.5, read 2026-11-20."""
    votes: Counter[str] = Counter()
    first: dict[str, tuple[int, int]] = {}
    for tone, word, start, end in _hits(seen, language):
        weight = PRIOR if word in _TOPICS else EMOTIONAL if word in EMOTIONAL_LIGHT else EXPLICIT
        votes[tone] += weight
        first.setdefault(tone, (start, end))
    if not votes or max(votes.values()) < EMOTIONAL:
        return None
    tone = max(votes, key=lambda one: (votes[one], -first[one][0]))
    return Found(text=tone, span=seen.span(*first[tone]))


def _hits(seen: Seen, language: str) -> list[tuple[str, str, int, int]]:
    found = []
    low = seen.text.casefold()
    for code in dict.fromkeys((language.split("-")[0], "en")):
        words = _words(code)
        for match in regex.finditer(r"[\p{L}\p{M}]+(?:-\p{L}+)*", low):
            for part in (match[0], *(match[0].split("-") if "-" in match[0] else ())):
                if part in words:
                    found.append((words[part], part, *match.span()))
        for word, tone in words.items():
            if ord(word[0]) > 0x2E80 and (at := low.find(word)) >= 0:
                found.append((tone, word, at, at + len(word)))
    return found


@cache
def _words(code: str) -> dict[str, str]:
    table = lexicon()["tones"].get(code, {})
    return {word: tone for tone, words in table.items() for word in str(words).split()}
