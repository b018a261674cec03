"""An old price and the new one in the words of a deal."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import regex

from reelwright.media.letters.word_styles import mark_styles, split_styles, strip_styles


class Price(NamedTuple):
    """An old price, the new one, and the words before and after them."""

    before: str
    old: str
    new: str
    after: str


def is_price(text: str) -> bool:
    """Return whether a text begins with a number, or with a currency and a number."""
    return bool(re.match(r"\D{0,4}\d", strip_styles(text)))


def is_price_cut(text: str) -> bool:
    """Return whether marked words are one phrase of an old price and what it costs now: "First visit ~~£60~~ £25"."""
    price = split_price(mark_styles(text))
    return price is not None and is_price(price.old) and not _SENTENCE.search(f"{price.before} {price.after}")


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
    named = _AMOUNT.search(rest) if is_price(old) or _AMOUNT.search(old) else None
    is_named = named and (named.end() > found.end() or not any(map(str.isdigit, found[0])))
    if named and is_named and not found[0].endswith("%") and found[0].casefold().strip(_ENDS) not in _FREE:
        if _NO_PRICE.search(rest, 0, named.start()):
            return None
        return _part(f"{before} {rest[: named.start()]}".strip(), old, named[0], rest[named.end() :])
    return _part(before, old, found[0].strip(), rest[found.end() :])


def _part(before: str, old: str, new: str, after: str) -> Price:
    """Return a price of which no stop after the amount is left as words of its own."""
    after = after.strip().lstrip(f"{_ENDS} ")
    return Price(before, old, new, after) if any(map(str.isalnum, after)) else Price(before, old, new + after, "")


_SENTENCE: Final = regex.compile(r"[!?…。！？؟।]|(?<!\d)\.(?=\s)")
"""An end of a sentence inside a phrase; the stop after a day of a month is none."""
_ENDS: Final = ".,;:"
_FREE: Final = frozenset(
    ["free", "gratis", "grátis", "kostenlos", "kostenfrei", "gratuit", "gratuite", "gratuito", "gratuita", "無料"]
)
"""A word that replaces a price: an amount after it is a condition ("free with a €10 order")."""
_NO_PRICE: Final = regex.compile(
    rf"\b(?:{'|'.join(sorted(_FREE))}|save|off|then|sparen?|rabatt|dann|danach|puis|luego|poi)\b", regex.IGNORECASE
)
"""A word before an amount that is not the new price: it is saved, or it is asked for later."""
_NUMBER: Final = r"(?:\d{1,3}(?:[ \u00a0\u202f'’]\d{3}(?!\d))++(?:[.,]\d++)?|\d[\d.,]*)"
"""A number as it is written, its thousands set apart or not."""
_NEW: Final = regex.compile(rf"(?:[^\d\s]{{1,4}}\s?{_NUMBER}%?|{_NUMBER}\s?(?:\w{{1,3}}(?!\w)|[^\w\s])?|[^\s]+)")
"""What replaces an old price: a number with its currency, or one word."""
_CODES: Final = r"(?:EUR|USD|GBP|CHF|kr|zł|Kč|Ft|lei|лв|грн|руб|元|円|원)"
_AMOUNT: Final = regex.compile(
    rf"(?:\p{{Sc}}|\b(?:EUR|USD|GBP|CHF)\s)\s?{_NUMBER}(?<![.,])"
    rf"|(?<![\d.,]){_NUMBER}(?<![.,])\s?(?:\p{{Sc}}|{_CODES}(?!\w))"
)
"""An amount with its currency, anywhere in a text."""
