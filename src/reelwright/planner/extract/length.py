"""How long the film shall be, in milliseconds, from the brief's words."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen

SNAP_S: Final = (6, 10, 15, 20, 30, 45, 60)
SNAPPED_MS: Final = 1000
"""How far from a usual length what is asked for may be to become it."""
LONGEST_MS: Final = 600_000
_SECONDS: Final = (
    r"seconds?|secs?|s|секунди|секунда|секунд|секунди|сек|с|sekunden|sekunde|sek|segundos|seg|secondes|secondi|sec"
    r"|sekund|saniye|detik|giây|secunde|δευτερόλεπτα|秒間|秒|초|วินาที|ثانية|ثوان|ثواني|שניות|सेकंड|सेकेंड|সেকেন্ড"
)
_MINUTES: Final = (
    r"minutes?|mins?|min|минути|минута|минут|минуты|minuten|minuto?s?|minuti|分間|分|분|นาที|دقيقة|دقائق|דקות|मिनट"
)
_WORDS: Final = (("bumper", 6), ("manifesto", 60))
_SPELLED: Final = {
    "six": 6, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty-five": 45, "sixty": 60, "ninety": 90,
    "half a minute": 30, "a minute": 60, "one minute": 60, "one-minute": 60, "two minutes": 120, "two-minute": 120,
}  # fmt: skip
_FILM: Final = (
    r"(?:\W+\w+){0,3}?\W+(?:ad|advert|spot|film|video|commercial|clip|promo|reel|short|teaser|trailer|bumper)\b"
)


@cache
def _patterns() -> tuple[regex.Pattern[str], ...]:
    return (
        regex.compile(rf"(?<![\d.,:/-])(\d{{1,3}}(?:[.,]\d)?)\s*-?\s*(?:{_SECONDS})(?!\w*%)(?![\p{{L}}\d])", regex.I),
        regex.compile(rf"(?<![\d.,:/-])(\d{{1,2}})\s*-?\s*(?:{_MINUTES})(?![\p{{L}}\d])", regex.I),
        regex.compile(rf"(?<![\d.,:/-])(\d{{1,3}})\s*-?\s*({_SECONDS})", regex.I),
    )


def length_of(seen: Seen) -> Found | None:
    """Milliseconds, snapped to a usual length where one is within a second; None where nothing tells."""
    seconds, minutes, glued = _patterns()
    for match in seconds.finditer(seen.text):
        return _made(seen, match, float(match[1].replace(",", ".")), 95)
    for match in glued.finditer(seen.text):  # scripts without spaces: 30秒のCM
        if match[2][0] > "\u0e00":
            return _made(seen, match, float(match[1]), 95)
    for match in minutes.finditer(seen.text):
        if _about_the_film(seen.text, match):
            return _made(seen, match, 60.0 * int(match[1]), 85)
    return _spelled(seen)


def _made(seen: Seen, match: regex.Match[str], seconds: float, confidence: int) -> Found | None:
    if not 0 < seconds * 1000 <= LONGEST_MS:
        return None
    near = min(SNAP_S, key=lambda s: abs(s - seconds))
    ms = near * 1000 if abs(near - seconds) <= 1 and seconds > 5 else round(seconds * 1000)
    return seen.found(match.span(), confidence, ms)


def snapped(found: Found | None) -> str:
    """The brief's own words for a length that became a usual one near it; empty where it was kept."""
    said = found.span.text if found and found.span else ""
    number = regex.search(r"\d+(?:[.,]\d+)?", said)
    off = abs(float(number[0].replace(",", ".")) * 1000 - int(str(found.value))) if found and number else 0
    return said if 0 < off <= 1000 else ""


def _about_the_film(text: str, match: regex.Match[str]) -> bool:
    """``in 30 minutes`` is a claim about the thing; ``a 2-minute film`` is about the film."""
    before, after = text[max(0, match.start() - 12) : match.start()].lower(), text[match.end() : match.end() + 40]
    if regex.search(r"\b(in|within|under|for|за|in nur|en|dans)\s+(just\s+|only\s+)?$", before):
        return False
    if regex.match(_FILM, after, regex.I) or match.start() < 12 or not after[:1].isascii():
        return True
    return bool(regex.search(r"(film|video|spot|ad|clip|видео|филм|реклама)\W*$", before, regex.I))


def _spelled(seen: Seen) -> Found | None:
    low = seen.text.lower()
    for words, seconds in _SPELLED.items():
        tail = r"[\s-]+seconds?\b" if words in _SPELLED and " " not in words and "minute" not in words else r"\b"
        if match := regex.search(rf"\b{words}{tail}", low):
            if "minute" in words and not (match.start() < 6 or regex.match(_FILM, low[match.end() :])):
                continue
            return seen.found(match.span(), 85, seconds * 1000)
    for word, seconds in _WORDS:
        if match := regex.search(rf"\b{word}\b", low):
            return seen.found(match.span(), 70, seconds * 1000)
    return None
