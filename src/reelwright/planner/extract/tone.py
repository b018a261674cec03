"""The manner in which the film shall be told, by weighed words of each language."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon, scenes

EXPLICIT: Final = 3
PRIOR: Final = 1
BUMPER_MS: Final = 10_000
_TOPICS: Final = frozenset(
    {
        "gym", "sport", "sports", "perfume", "watch", "app", "ai", "saas", "device", "dashboard", "family", "craft",
        "software", "bumper", "fitness", "party", "boutique", "boutiques", "hospice", "platform", "love", "hope",
        "memory",
    }
)  # fmt: skip
"""Words that name the thing and not the manner: they weigh no more than a category."""
EMOTIONAL_LIGHT: Final = frozenset({"warm", "cosy", "cozy"})


def tone_of(
    seen: Seen, language: str, category: Found | None, aspect: str | None, length: Found | None
) -> Found | None:
    """The tone that weighs most; None where the brief shows none. Source: craft.md 1.5, read 2026-11-20."""
    votes: Counter[str] = Counter()
    first: dict[str, tuple[int, int]] = {}
    for tone, word, start, end in _hits(seen, language):
        weight = PRIOR if word in _TOPICS else 2 if word in EMOTIONAL_LIGHT else EXPLICIT
        votes[tone] += weight
        first.setdefault(tone, (start, end))
    prior = scenes()[str(category.value)].tone if category else ""
    if prior:
        votes[prior] += PRIOR
    if votes and length and int(str(length.value)) <= BUMPER_MS:
        votes["energetic"] += PRIOR
    if not votes:
        return None
    most = max(votes.values())
    best = [tone for tone in votes if votes[tone] == most]
    tone = best[0] if len(best) == 1 else _tie(best, prior, aspect)
    span = seen.span(*first[tone]) if tone in first else (category.span if category else None)
    return Found(value=tone, confidence=min(95, 40 + 15 * votes[tone]), span=span)


def _tie(best: list[str], prior: str, aspect: str | None) -> str:
    for wish in ("energetic" if aspect == "9:16" else "", prior, "tech", "emotional"):
        if wish in best:
            return wish
    return best[0]


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


def tone_words(language: str) -> frozenset[str]:
    """Words that only say in which manner to tell."""
    return frozenset(_words("en")) | frozenset(_words(language.split("-")[0]))


@cache
def _words(code: str) -> dict[str, str]:
    table = lexicon()["tones"].get(code, {})
    return {word: tone for tone, words in table.items() for word in str(words).split()}
