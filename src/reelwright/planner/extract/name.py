"""What the film is about: product and brand, by scored candidates."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.call import url_of
from reelwright.planner.extract.quote import quoted
from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon, scenes
from reelwright.reel.noun import noun

_WORD: Final = r"(?:\p{Lu}[\p{L}\p{M}\p{N}_’']*(?:-\p{L}[\p{L}\p{N}]*)*|\p{Lu}?\d+\p{Lu}?(?![\p{L}\p{N}%°]))"
_NAME: Final = rf"(?:\p{{Lu}}[\p{{L}}\p{{M}}\p{{N}}_’']*(?:-\p{{L}}[\p{{L}}\p{{N}}]*)*)(?:\s+(?:&\s+)?{_WORD}){{0,3}}"
POINTS: Final = {5: 95, 4: 88, 3: 80, 2: 60, 1: 45}
_MONTHS: Final = frozenset(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec"])
"""As they are cut short before a day: ``Dec 1`` is no name, ``Jan`` may be one."""
SURE: Final = 40
"""Below this confidence the person is asked for the name."""
_CASES: Final = {"ja", "zh", "ko", "ar", "hi", "he", "th", "bn", "fa", "ur"}


@noun
class Names:
    """Product and brand; the one may stand for the other."""

    product: Found | None
    brand: Found | None


def names_of(seen: Seen, language: str) -> Names:
    """The best candidate for the product, and a brand where one is told apart from it."""
    owned = _possessive(seen)
    scored: dict[str, tuple[int, int, int]] = {}
    for points, start, end in _candidates(seen, language):
        text = seen.text[start:end].strip(" .,;:!?")
        key = text.casefold()
        if not text or _not_a_name(text):
            continue
        start += seen.text[start:end].index(text)
        points += 1 if seen.text.casefold().count(key) > 1 or key.replace(" ", "") in _domain(seen) else 0
        best = scored.get(key)
        if best is None or points > best[0]:
            scored[key] = (points, start, start + len(text))
    if owned:
        return owned
    if not scored:
        return Names(product=_from_url(seen), brand=None)
    points, start, end = max(scored.values(), key=lambda row: (row[0], -row[1]))
    product = seen.found((start, end), POINTS.get(min(5, max(1, points)), 45))
    return Names(product=product, brand=_maker(seen, start, end))


def _candidates(seen: Seen, language: str) -> Iterator[tuple[int, int, int]]:
    """(points, start, end) of everything that may be a name. Source: craft.md 1.5, read 2026-11-20."""
    text = seen.text
    for start, end in quoted(seen):
        if len(text[start:end].split()) <= 4 and end - start <= 32 and text[start:end][-1:] not in ".,!?。！？":
            yield 5, start, end
    for match in _pattern("labelled").finditer(text):
        yield 5, *match.span(1)
    for match in _triggered(language).finditer(text):
        yield 3, *match.span(1)
    for match in _pattern("apposed").finditer(text):
        yield 3, *match.span(1)
    for match in _pattern("camel").finditer(text):
        yield 2, *match.span()
    for match in _pattern("caps").finditer(text):
        yield 1, *match.span()
    for match in _pattern("model").finditer(text):
        yield 2, *match.span()
    if language in _CASES:
        for match in _pattern("latin").finditer(text):
            yield 2, *match.span()
        for match in _native(language).finditer(text):
            yield 3, *match.span(1)
    else:
        yield from _plain_capitals(text, language)


def _plain_capitals(text: str, language: str) -> Iterator[tuple[int, int, int]]:
    """Capitals inside a sentence; German gives them to every noun, so they say nothing there."""
    if language == "de":
        return
    for match in _pattern("inner").finditer(text):
        if not regex.search(
            r"\b(?:in|near|from|at)\s$", text[max(0, match.start(1) - 6) : match.start(1)]
        ):  # a town, most likely
            yield 1, *match.span(1)
    if (match := _pattern("first").match(text)) and (" " in match[1] or match.end() == len(text)):
        yield 1, *match.span(1)


@cache
def _pattern(kind: str) -> regex.Pattern[str]:
    return regex.compile(
        {
            "labelled": rf"\b(?i:(?:app|product|brand|company|shop)(?:['’]s)?\s+name)(?:\s*:|\s+is)\s*({_NAME})",
            "camel": r"\b\p{Lu}\p{Ll}+(?:\p{Lu}\p{Ll}+)+\b|\b\p{Ll}{1,2}\p{Lu}\p{L}{2,}\b",
            "caps": r"\b\p{Lu}{3,12}\b(?!\s*\d)",
            "model": r"\b\p{Lu}[\p{L}’']+\s+(?:&\s+\p{Lu}\p{L}+|\p{Lu}\d+\p{Lu}?)\b",
            "inner": rf"(?<=[\p{{Ll}},]\s)({_NAME})",
            "first": rf"\s*({_NAME})(?=\s*(?:[—–:,.]|is\b|$))",
            "apposed": rf"(?<![\p{{L}}\p{{M}}\p{{N}}_’'-])({_NAME})(?=(?:\s*,|\.|\s[—–-])\s+[Aa]n?\s\p{{Ll}})",
            "latin": r"\b[A-Za-z][A-Za-z0-9’'&-]{2,}(?:\s[A-Z][A-Za-z0-9’'&-]*){0,2}\b(?![./@])",
            "possessive": rf"({_NAME})['’]s\s+(?:(?:new|own|first|latest)\s+)?({_NAME})?",
            "shop": rf"{_NAME}['’]s\s+(\p{{Ll}}+)(?:\s(\p{{Ll}}+))?\b(?!\s+[\"“«']?\p{{Lu}})",
            "by": rf"\b(?i:by|from|von|от|par|de|di|por|der Marke)\s+(?:the\s+)?({_NAME})",
        }[kind]
    )


@cache
def _triggered(language: str) -> regex.Pattern[str]:
    table = lexicon()["name_triggers"]
    words = sorted({*table["en"].split(), *table.get(language, "").split()}, key=len, reverse=True)
    heads = "|".join(regex.escape(word) for word in words)
    skip = r"(?:(?i:the|our|my|a|an|new|brand|die|das|den|dem|der|le|la|el|il|нашия|нашата)\s+)*"
    return regex.compile(rf"\b(?i:{heads}|launch of)\s+{skip}({_NAME})")


@cache
def _native(language: str) -> regex.Pattern[str]:
    """Names in scripts without capitals: only where the grammar marks them."""
    patterns = {
        "ja": r"([\p{Han}\p{Katakana}ー]{2,12})(?:の(?:CM|広告|動画))",
        "zh": r"(?:为|為)([\p{Han}]{2,8}?)(?:做|制作|拍|的)|([\p{Han}]{2,8}?)(?=的广告)",
        "th": r"(?:สำหรับ|ของ)\s+([\p{Thai}\p{M}]{2,20})(?=\s|$)",
        "ar": r"(?:إعلان|فيديو)(?:\s+\S+){0,4}?\s+(?:عن|ل)\s*(\p{Arabic}{3,})",
        "hi": r"([\p{Devanagari}\p{M}]{2,}(?:\s[\p{Devanagari}\p{M}]{2,})?)\s+(?:के लिए|का विज्ञापन)",
    }
    return regex.compile(unicodedata.normalize("NFKC", patterns.get(language, r"(?!)()")))


def _not_a_name(text: str) -> bool:
    barred, people = _barred(), _people()
    words = text.replace("’", "'").split()
    return (
        all(word in barred or word.capitalize() in barred or word.isdigit() for word in words)
        or (words[0].rstrip(".") in _MONTHS and words[1:] and all(word.isdigit() for word in words[1:]))
        or words[-1].casefold() in people
        or (len(words) == 1 and len(text) < 2)
    )


@cache
def _barred() -> frozenset[str]:
    return frozenset(str(lexicon()["not_names"]).split())


@cache
def _people() -> frozenset[str]:
    return frozenset(str(lexicon()["people"]).split())


def _possessive(seen: Seen) -> Names | None:
    for match in _pattern("possessive").finditer(seen.text):
        if _not_a_name(match[1]) or seen.text[match.start(1) - 1 : match.start(1)] in ("'", "’"):
            continue
        if whole := _shop(seen, match.start(1)):
            return Names(product=whole, brand=whole)
        brand = seen.found(match.span(1), 80)
        product = seen.found(match.span(2), 80) if match[2] and not _not_a_name(match[2]) else brand
        return Names(product=product, brand=brand)
    return None


def _shop(seen: Seen, start: int) -> Found | None:
    """``Nonna's bakery``: whose it is and what it is are the name together, where no name of its own follows."""
    if match := _pattern("shop").match(seen.text, start):
        for group in (2, 1):
            if match[group] and match[group] in _things():
                return seen.found((start, match.end(group)), 80)
    return None


@cache
def _things() -> frozenset[str]:
    """What a brief calls the things of our categories."""
    return frozenset(word for scene in scenes().values() for word in scene.words)


def _maker(seen: Seen, start: int, end: int) -> Found | None:
    """``… by Maison Orle``, near the product."""
    for match in _pattern("by").finditer(seen.text, max(0, start - 60), min(len(seen.text), end + 80)):
        low, high = match.span(1)
        if (high <= start or low >= end) and not _not_a_name(match[1]) and "by" in match[0].lower().split():
            return seen.found((low, high), 80)
    return None


def _domain(seen: Seen) -> str:
    url = url_of(seen)
    return url.text.split("/")[0].rsplit(".", 1)[0].casefold().replace("-", "") if url else "\0"


def _from_url(seen: Seen) -> Found | None:
    """A candidate to be confirmed: the domain's own word."""
    url = url_of(seen)
    if not url:
        return None
    label = url.text.split("/")[0].removeprefix("www.").split(".")[0]
    return Found(value=label.replace("-", " ").strip().capitalize() or label, confidence=35, span=url.span)
