"""Shortening the brief's own words without breaking them, in any language."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.counting import UNSPACED, count_words
from reelwright.planner.extract.language import stopwords

_BREAKS: Final = frozenset(
    {
        "for", "with", "without", "in", "on", "at", "by", "from", "of", "to", "that", "which", "so", "and", "or", "but",
        "because", "while", "until", "than", "mit", "ohne", "für", "auf", "und", "von", "за", "с", "със", "без", "в",
        "във", "на", "от", "до", "и", "или", "que", "con", "sin", "para", "en", "por", "y", "avec", "sans", "pour",
        "dans", "et", "senza", "per",
    }
)  # fmt: skip
_VERBS: Final = regex.compile(
    r"^(?:keeps?|saves?|gets? you|gives? you|gives?|makes?|lets you|let you|helps you(?: to)?|helps|holds?"
    r"|brings?|delivers?|you can|your?|means)\s+(?:you\s+)?(?:your\s+)?",
    regex.I,
)
_CLAUSE: Final = regex.compile(r"(?<=[,;:،、，।。.!?؟！？])\s*")
_EDGE: Final = " ,;:.،、，。।-–—"


def opening(text: str) -> str:
    """With a capital first letter where the script has one; a name such as iPhone keeps its own."""
    first = text.split(" ", 1)[0]
    if any(c.isupper() for c in first[1:]):
        return text
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """With a small first letter, unless the first word is a name, an abbreviation or ``I``."""
    first = text.split(" ", 1)[0]
    if first in ("I", "I'm", "I’m") or any(c.isupper() for c in first[1:]) or not text[:1].isupper():
        return text
    return text[:1].lower() + text[1:]


def trim(text: str, most: int, language: str) -> str:
    """The longest opening of ``text`` of at most ``most`` words that ends where a phrase ends; may be empty."""
    text = text.strip(_EDGE)
    if count_words(text, language) <= most:
        return text
    clauses = [part.strip(_EDGE) for part in _CLAUSE.split(text)]
    short = next((part for part in clauses if part and count_words(part, language) <= most), "")
    if language.split("-")[0] in UNSPACED:
        return short
    words = text.split()
    cuts = [i for i in range(1, len(words)) if words[i].casefold() in _BREAKS and i <= most]
    cuts = [i for i in cuts if words[i - 1].casefold() not in stopwords(language)]
    good = " ".join(words[: cuts[-1]]).strip(_EDGE) if cuts else ""
    if good and count_words(good, language) >= min(2, most):
        return good
    return short or _plain_cut(words, most, language)


def _plain_cut(words: list[str], most: int, language: str) -> str:
    """The first words, less those that cannot end a line."""
    kept = words[:most]
    while kept and kept[-1].casefold().strip(_EDGE) in stopwords(language):
        kept.pop()
    return " ".join(kept).strip(_EDGE)


def gained(clause: str) -> str:
    """What one gets, from a clause in the third person: ``keeps coffee hot`` becomes ``coffee hot``."""
    return str(_VERBS.sub("", clause.strip(_EDGE), count=1)).strip(_EDGE)


def with_article(noun: str) -> str:
    """``a self-heating mug``, ``an app``; plurals and phrases with an article of their own stay bare."""
    first = noun.split(" ", 1)[0].casefold()
    if first in ("a", "an", "the", "our", "your") or plural(noun):
        return noun
    return f"{'an' if first[:1] in 'aeio' or (first[:2] in ('un', 'um', 'ul') and first[:3] != 'uni') else 'a'} {noun}"


def without_address(text: str, address: str) -> str:
    """A call without its web address and the preposition before it."""
    if not address:
        return text.strip(_EDGE)
    at = text.casefold().find(address.casefold())
    if at < 0:
        return text.strip(_EDGE)
    head = regex.sub(r"(?:https?://|www\.)*$", "", text[:at].rstrip(), flags=regex.I)
    head = regex.sub(r"\s*\b(?:at|on|via|from|auf|bei|на|в|en|sur|su|على|पर)\s*$", "", head.rstrip(), flags=regex.I)
    return str(head).strip(_EDGE)


def plural(noun: str) -> bool:
    """Does the noun end as most plurals do?"""
    last = regex.split(r"\s(?:about|of|for|with|from|in)\s", noun)[0].rsplit(" ", 1)[-1].casefold()
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))


def halves(text: str, language: str) -> tuple[str, str]:
    """A clause in two where its second half begins with a preposition or a conjunction; empty where it has none.

    Each half has at least two words, and the cut lies as near to the middle as it can.
    """
    words = text.split()
    cuts = [
        i
        for i in range(2, len(words) - 1)
        if words[i].casefold() in _BREAKS or words[i] == "you" or words[i - 1][-1] in ",;:"
    ]
    cuts = [i for i in cuts if words[i - 1].casefold() not in stopwords(language)]
    if not cuts:
        return "", ""
    at = min(cuts, key=lambda i: (abs(2 * i - len(words)), -i))
    return " ".join(words[:at]).strip(_EDGE), " ".join(words[at:]).strip(_EDGE)
