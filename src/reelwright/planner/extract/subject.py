"""What a film without a name is about: the words behind ``an ad for``, ``a film about``. English briefs only."""

from __future__ import annotations

from typing import Final

import regex

_FILM: Final = (
    r"\b(?:ad|advert|spot|film|video|commercial|clip|promo|reel|short|teaser|trailer|bumper|tiktok|documentary|portrait"
    r"|vertical|landscape|something|\d+\s?s(?:ec(?:ond)?s?)?)"
)
_NOT: Final = (
    r"(?!(?:tik\s?tok|instagram|insta|facebook|youtube|tv|shorts|reels|social|kids|children|everyone|people|free|me|us|you"
    r"|it|this|that|them|him|her)\b)"
)
_STOP: Final = (
    r"(?!(?:that|which|who|whose|where|when|with|without|in|from|so|to|by|at|on|for|about|and|or|because|is|are|was|has"
    r"|have|please|pls)\b)"
)
_WORD: Final = r"[\p{L}\p{M}\d’'&-]+"
_WHAT: Final = rf"(?:(?P<whose>an?|the|our|my|your)\s+)?{_NOT}(?P<what>(?=\p{{L}}){_WORD}(?:\s{_STOP}{_WORD}){{0,4}})"
_PATTERNS: Final = (
    regex.compile(rf"{_FILM}\s+(?:for\s[^.;!?,]{{1,30}}?\s)?about\s+{_WHAT}", regex.I),
    regex.compile(rf"{_FILM}\s+(?P<sold>for)\s+{_WHAT}", regex.I),
)
_OWNED: Final = ("our", "my", "your")


def subject_in(text: str) -> str:
    """``your garden centre``, ``a lighthouse keeper``, ``loneliness``; empty where no such words stand there."""
    for pattern in _PATTERNS:
        if not (match := pattern.search(text)):
            continue
        whose, what = (match["whose"] or "").casefold(), match["what"].strip()
        sold = "sold" in match.groupdict() and whose in ("a", "an")
        return f"your {what}" if sold or whose in _OWNED else f"{whose} {what}".strip()
    return ""


def only_asks(words: str) -> bool:
    """Do these first words of a brief ask for a film without a word about what?"""
    return bool(regex.search(rf"{_FILM}s?\b|^(?:please\s+)?(?:make|create)\b", words, regex.I))
