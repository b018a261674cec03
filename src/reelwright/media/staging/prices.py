"""An old price and the new one in the words of a deal."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from reelwright.media.letters.word_styles import split_styles, strip_styles


class Price(NamedTuple):
    """An old price, the new one, and the words before and after them."""

    before: str
    old: str
    new: str
    after: str


def is_price(text: str) -> bool:
    """Return whether a text begins with a number, or with a currency and a number."""
    return bool(re.match(r"\D{0,4}\d", strip_styles(text)))


def split_price(deal: str) -> Price | None:
    """Split a deal at its struck words; None where none are struck or nothing replaces them."""
    text, spans = split_styles(deal.replace("|", " "))
    struck = [(start, end) for start, end, style in spans if style == "struck"]
    if len(struck) != 1:
        return None
    start, end = struck[0]
    before, old, rest = text[:start].strip(), text[start:end], text[end:].strip()
    found = _NEW.match(rest)
    if not found:
        return None
    return Price(before, old, found[0].strip(), rest[found.end() :].strip())


_NEW: Final = re.compile(r"(?:[^\d\s]{1,4}\s?\d[\d.,]*%?|\d[\d.,]*\s?(?:\w{1,3}(?!\w)|[^\w\s])?|[^\s]+)")
"""What replaces an old price: a number with its currency, or one word."""
