"""Where the film will be seen: platform and aspect."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen

_ASPECTS: Final = (
    ("9:16", r"9\s*[:x×]\s*16|vertical|portrait|upright|вертикал\p{L}*|hochformat|vertikal\p{L}*|縦型|عمودي|वर्टिकल"),
    ("16:9", r"16\s*[:x×]\s*9|horizontal|landscape|widescreen|хоризонтал\p{L}*|querformat"),
    ("1:1", r"1\s*[:x×]\s*1|square|квадрат\p{L}*|quadratisch"),
    ("4:5", r"4\s*[:x×]\s*5"),
)
_STORIES: Final = (
    r"(?:instagram |insta |ig )?stor(?:y|ies)(?= (?:ad|format|video|post))"
    r"|(?:instagram|insta|ig|facebook|fb) stor(?:y|ies)"
)
_PLATFORMS: Final = (
    ("tiktok", "9:16", r"tik\s?tok|тикток"),
    ("reels", "9:16", r"(?:instagram |insta |ig )?reels?|рийлс"),
    ("shorts", "9:16", r"(?:youtube |yt )shorts?|shorts"),
    ("stories", "9:16", _STORIES),
    ("feed", "4:5", r"(?:instagram |insta |facebook |fb )feed|feed (?:ad|post|video)"),
    ("tv", "16:9", r"(?:on |for )?(?:tv|ctv|television|телевизия\p{L}*|fernsehen)"),
    ("youtube", "16:9", r"youtube|pre-?roll"),
)  # fmt: skip


@cache
def _compiled(kind: str) -> tuple[tuple[str, str, regex.Pattern[str]], ...]:
    rows = _PLATFORMS if kind == "platform" else tuple((aspect, aspect, p) for aspect, p in _ASPECTS)
    return tuple((name, aspect, regex.compile(rf"(?<![\w:.])(?:{p})(?![\w:])", regex.I)) for name, aspect, p in rows)


def platform_of(seen: Seen) -> tuple[Found, str] | None:
    """The platform named, and the aspect that goes with it."""
    for name, aspect, pattern in _compiled("platform"):
        if match := pattern.search(seen.text):
            return seen.found(match.span(), 85, name), aspect
    if match := regex.search(r"\b(?:an?|the)\s+short\b(?!\s*\p{L})", seen.text, regex.I):
        return seen.found(match.span(), 60, "shorts"), "9:16"
    return None


def aspect_of(seen: Seen) -> Found | None:
    """The aspect asked for in words or numbers, else the platform's."""
    for name, _, pattern in _compiled("aspect"):
        if match := pattern.search(seen.text):
            return seen.found(match.span(), 90, name)
    if there := platform_of(seen):
        found, aspect = there
        return Found(value=aspect, confidence=found.confidence - 5, span=found.span)
    return None
