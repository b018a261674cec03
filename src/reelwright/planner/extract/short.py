"""Whether a brief asks for a short, the upright film: not for a short ad, nor for something to wear."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.extract.length import length_of
from reelwright.planner.extract.seen import Seen

LONGEST_MS: Final = 180_000
"""What is longer is a short film, and wide. Source: craft.md 7.1 (YouTube's limit), read 2026-11-20."""
_LONG: Final = (
    r"(?:(?:\d{1,3}|ten|fifteen|twenty|thirty|forty-?\s?five|sixty|ninety)[\s-]*(?:s|secs?|seconds?)"
    r"|(?:half[\s-]*(?:an?[\s-]+)?|(?:one|two|three)[\s-]|[1-3][\s-]*)(?:min(?:ute)?))"
)
"""``20 second``, ``30s``, ``half-minute``."""
_NEVER: Final = (
    r"(?:is|are|was|too|so|very|in|of|for|to|and|on|with|cut|cuts|fall|falls|fell|run|runs|ran|come|comes|came|stop|stops|little|bit"
    r"|running|cycling|training|hiking|swim|swimming|gym|cargo|board|boxer|denim|linen|jersey|tennis|jean|bike|electrical|[\w]+-minute)"
)
_KIND: Final = rf"(?:(?!{_NEVER}(?![\\w-]))[\p{{L}}’'-]+\s+)"
_SHORT: Final = r"(?P<short>short)\b(?!-)"
_END: Final = r"(?=\s*(?:$|[.;:!?\n—–)\]\"”]|-\s))"
_LISTED: Final = (
    r"(?=\s*,(?!\s*(?:[\w-]+,?\s+){0,4}"
    r"(?:ad|advert|spot|film|video|commercial|clip|promo|movie|trailer|teaser|walk)\b))"
)
"""Not ``a short, punchy ad``."""
_BEHIND: Final = (
    r"(?=\s+(?:for|about|on|that|to|with|from|where|which|showing|starring|featuring|introducing|called"
    r"|of(?!\s+(?:it|time|cash|breath)\b))\b(?!\s+(?:medium|mid|long)\b))"
)
_GOES_ON: Final = rf"(?:{_END}|{_LISTED}|{_BEHIND})"
_BEGINS: Final = (
    r"(?:^|[.!?\n:][^\S\n]*"
    r"|\b(?:make|create|write|film|shoot|produce|plan|want|need|do|cut|give|us|me|please|as|into|it|be|needs)\s+)"
)
_ARTICLE: Final = r"(?:an?|the|our|my|one|this|another)\s+"
_PATTERNS: Final = (
    rf"\b{_LONG}\s+(?:long\s+)?{_KIND}{{0,2}}{_SHORT}{_GOES_ON}",  # A 20 second short for, 30s funny short about
    rf"{_BEGINS}{_ARTICLE}{_KIND}{{0,3}}{_SHORT}{_GOES_ON}",  # Make me a quiet short about
    rf"\b{_ARTICLE}{_SHORT}(?:{_END}|{_LISTED})",
    rf"(?<!\b(?:for|about)\s[^.;!?]{{1,40}},\s)\b{_ARTICLE}{_SHORT}{_BEHIND}",  # an ad for Tern, a short for runners
    rf"(?:^|[.!?\n][^\S\n]*)(?:[\p{{L}}]+[\s-]motion\s+)?{_SHORT}(?=\s*:|\s+(?:for|about)\b)",  # Short: Kestrel X2
    r"\b(?P<short>short[\s-]form)\b",
)


def short_in(seen: Seen) -> tuple[int, int] | None:
    """Where the noun stands, as matched characters [start, end); None where the brief asks for no short."""
    if (length := length_of(seen)) and int(str(length.value)) > LONGEST_MS:
        return None
    found = [match for pattern in _PATTERNS if (match := regex.search(pattern, seen.text, regex.I))]
    return min((match.span("short") for match in found), default=None)
