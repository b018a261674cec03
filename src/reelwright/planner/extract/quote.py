"""Words that somebody said, with who said them; and every quoted stretch of the brief."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon
from reelwright.reel.noun import noun

_PAIRS: Final = ('""', "“”", "„“", "„”", "«»", "»«", "「」", "『』", "《》", "‹›", "‘’")
_SAYS: Final = (
    r"says|said|adds|writes|wrote|recalls|according to|tells us"
    r"|казва|казват|каза|сподели|sagt|meint|говорит|сказал|сказала|dice|dit|disse|diz|と語る|يقول|تقول|कहते हैं|कहती हैं"
)
_SINGLE: Final = regex.compile(r"(?<![\p{L}\d])'([^'\n]{1,80})'(?![\p{L}\d])")
LEAST_WORDS: Final = 4


@noun
class Quote:
    """What was said, by whom, and what they are. ``who`` empty: nobody is named."""

    said: Found
    who: str
    role: str


@cache
def _quoted() -> regex.Pattern[str]:
    inner = "|".join(
        rf"{regex.escape(a)}([^{regex.escape(a)}{regex.escape(b)}\n]{{1,240}}){regex.escape(b)}" for a, b in _PAIRS
    )
    return regex.compile(inner)


def quoted(seen: Seen) -> list[tuple[int, int]]:
    """Inside of every pair of quotation marks, in order."""
    found = []
    for match in _quoted().finditer(seen.text):
        group = next(i for i in range(1, len(_PAIRS) + 1) if match[i] is not None)
        found.append(match.span(group))
    found += [match.span(1) for match in _SINGLE.finditer(seen.text)]
    return sorted(found)


def quote_of(seen: Seen) -> Quote | None:
    """The first quoted sentence with an attribution. Never made up."""
    for start, end in quoted(seen):
        who, role = _speaker(seen, end) or _before(seen, start) or ("", "")
        if who and _sentence(seen.text[start:end]):
            said = seen.found((start, end), 90)
            shown = said.text.rstrip(",，、 ")
            return Quote(said=Found(value=shown, confidence=90, span=said.span), who=who, role=role)
    return None


def _sentence(text: str) -> bool:
    return len(text.split()) >= LEAST_WORDS or (len(text) >= 8 and " " not in text and not text.isascii())


_NAME: Final = r"(\p{Lu}[\p{L}’'.-]*(?:\s\p{Lu}[\p{L}’'.-]*){0,2}|\p{Lo}{2,12})"


@cache
def _spoken_by() -> regex.Pattern[str]:
    role = r"(?:,\s*((?:(?!\band\b)[\p{L}\p{M} '’-]){2,32}?)(?=[.,;!\n]|$))?"
    return regex.compile(rf"[^\p{{L}}\n]{{0,4}}\s*(?:(?:{_SAYS})\s+|[—–-]\s*){_NAME}{role}")


def _speaker(seen: Seen, end: int) -> tuple[str, str] | None:
    """``…," says Mark, father.`` or ``…" — Mark, father``."""
    after = seen.text[end : end + 140]
    match = _spoken_by().match(after)
    if not match:
        return None
    role = seen.show(end + match.start(2), end + match.end(2)) if match[2] else ""
    return seen.show(end + match.start(1), end + match.end(1)), role


def _before(seen: Seen, start: int) -> tuple[str, str] | None:
    """``Mark, father: "…"`` or ``Mark says: "…"``."""
    begin = max(0, start - 80)
    head = seen.text[begin : start - 1]
    match = regex.search(rf"{_NAME}(?:,\s*([\p{{L}} '’-]{{2,32}}?))?(?:\s+(?:{_SAYS}))?\s*[:,]\s*$", head)
    if not match or not (":" in head[match.start() :] or regex.search(_SAYS, head[match.start() :])):
        return None
    if match[1].casefold() in str(lexicon()["labels"]).split():
        return None
    role = seen.show(begin + match.start(2), begin + match.end(2)) if match[2] else ""
    return seen.show(begin + match.start(1), begin + match.end(1)), role
