"""Where the film will be seen: platform and aspect."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.extract.short import short_in

_SQUARE: Final = (
    r"(?<!\b(?:times|union|red|leicester|trafalgar|market|town|city|main|per|the) )"
    r"square(?! (?:f(?:oo|ee)t|met|mile|inch))"
)
_ASPECTS: Final = (
    (
        "9:16",
        r"9\s*[:x×]\s*16|verticals?(?! (?:farm|garden|blind|climb|drop|wall))"
        r"|portrait(?! (?:of|artist|paint|photo|studio))"
        r"|upright(?! (?:piano|bass|bike|vacuum|freezer))|вертикал\p{L}*|hochformat\p{L}*|hochkant\p{L}*|vertikal\p{L}*"
        r"|verticale[sn]?|verticalmente|verticaal|staand|stående|pion(?:owy|owa|owe|owo|ie)|dikey|κ[αά]θετ\p{L}*|dọc",
        r"縦型|縦長|縦動画|竖屏|竖版|豎屏|直式|세로|عمودي|طولي|वर्टिकल|แนวตั้ง|אנכי|উল্লম্ব",
    ),
    (
        "16:9",
        r"16\s*[:x×]\s*9|horizontal|landscape(?! (?:archit|design|garden|paint|photo))"
        r"|widescreen|хоризонтал\p{L}*|querformat",
        r"横型|横長|横屏|横版|가로",
    ),
    ("1:1", rf"1\s*[:x×]\s*1|{_SQUARE}|квадрат\p{{L}}*|quadratisch", r"正方形|정사각형"),
    ("4:5", r"4\s*[:x×]\s*5", ""),
)
"""Aspect, its words, and those of scripts that set none apart by blanks or write others onto them."""
_STORIES: Final = (
    r"(?:instagram |insta |ig )?stor(?:y|ies)(?= (?:ad|format|video|post))"
    r"|(?:instagram|insta|ig|facebook|fb) stor(?:y|ies)"
)
_REELS: Final = (
    r"(?:instagram|insta|ig|facebook|fb)[ -]reels?"
    r"|(?<!\b(?:fishing|fly|hose|cable|film|news|thread|cotton|spinning|sizzle|demo|highlights?|casting) )"
    r"reels?(?! (?:in|them|it|you|us|back)\b| from )|(?<=\b(?:a|the) )reel(?= in \d)|рийлс\p{L}*|рилс\p{L}*"
)
_SHORTS: Final = r"(?:youtube|yt)[ -]shorts?|#shorts|(?<=\b(?:on|as) )shorts|shorts(?= (?:format|video)\b)|шортс\p{L}*"
_PLATFORMS: Final = (
    ("tiktok", "9:16", r"tik[\s-]?toks?|тик-?ток\p{L}*|snapchat", r"تيك\s?توك|抖音|틱톡|टिक\s?टॉक|ติ๊กต็อก|טיקטוק|টিকটক"),
    ("reels", "9:16", _REELS, r"ريلز|リール動画|릴스|रील्?स?(?!\p{L}|\p{M})|รีล|রিলস|רילס"),
    ("shorts", "9:16", _SHORTS, r"شورتس|ショート動画|ショーツ動画|短视频|短影音|쇼츠|숏츠|숏폼|शॉर्ट्स|שורטס|শর্টস"),
    ("stories", "9:16", _STORIES, ""),
    ("feed", "4:5", r"(?:instagram |insta |facebook |fb )feed|feed (?:ad|post|video)", ""),
    ("tv", "16:9", r"(?:on |for )?(?:tv|ctv|television|телевизия\p{L}*|fernsehen)", ""),
    ("youtube", "16:9", r"youtube|pre-?roll", ""),
)  # fmt: skip
_SHORT_NOUN: Final = (
    r"(?:youtube|vertical|\d{1,3}[ -](?:sekunden|segundos|secondes|secondi|saniyelik)[ -])[ -]?short\b"
    r"|\b(?:ein|einen|een|uno)\s+short\b(?=\s+(?:für|über|zu|von|voor|over|per|su|di|des?)\b|\s*(?:$|[.:!?]))"
    r"|\bshort\s+(?:de|di|da)\s+\d{1,3}\s*(?:s|seg|segundos|sec|secondes|secondi)\b"
)
"""As other tongues of Latin letters have taken the word up, where it cannot be a garment as in French or Spanish."""


@cache
def _compiled(kind: str) -> tuple[tuple[str, str, regex.Pattern[str]], ...]:
    rows = _PLATFORMS if kind == "platform" else tuple((name, name, *words) for name, *words in _ASPECTS)
    return tuple(
        (name, aspect, regex.compile(rf"(?<![\w:.])(?:{apart})(?![\w:])" + (f"|{within}" if within else ""), regex.I))
        for name, aspect, apart, within in rows
    )


def platform_of(seen: Seen) -> tuple[Found, str] | None:
    """The platform named, and the aspect that goes with it."""
    for name, aspect, pattern in _compiled("platform"):
        if name == "youtube" and (short := _short(seen)):
            return short, "9:16"  # a short for YouTube
        if match := pattern.search(seen.text):
            return seen.found(match.span(), 85, name), aspect
    return None


def _short(seen: Seen) -> Found | None:
    if span := short_in(seen):
        return seen.found(span, 75, "shorts")
    match = regex.search(_SHORT_NOUN, seen.text, regex.I)
    return seen.found(match.span(), 70, "shorts") if match else None


def aspect_of(seen: Seen) -> Found | None:
    """The aspect asked for in words or numbers, else the platform's."""
    for name, _, pattern in _compiled("aspect"):
        if match := pattern.search(seen.text):
            return seen.found(match.span(), 90, name)
    if there := platform_of(seen):
        found, aspect = there
        return Found(value=aspect, confidence=found.confidence - 5, span=found.span)
    return None
