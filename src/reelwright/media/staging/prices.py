"""An old price and the new one in the words of a deal."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import regex

from reelwright.media.letters.word_styles import mark_styles, split_styles, strip_styles
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import define_row, load_yaml


class Price(NamedTuple):
    """An old price, empty where none is struck, the new one, and the words before and after them."""

    before: str
    old: str
    new: str
    after: str


def is_price(text: str) -> bool:
    """Return whether a text begins with a number, or with a currency and a number."""
    return bool(re.match(r"\D{0,4}\d", strip_styles(text)))


def is_price_cut(text: str) -> bool:
    """Return whether marked words are one phrase of an old price and what it costs now: "First visit ~~£60~~ £25"."""
    price = split_price(mark_styles(text)) if len(text) <= _LONGEST_DEAL else None
    if price is None or not is_price(price.old) or _SENTENCE.search(f"{price.before} {price.after}"):
        return False
    is_free = price.new.casefold().strip(_ENDS) in _load_words()[0]
    return is_free or any(_AMOUNT.search(one) or _CENTS.search(one) for one in (price.old, price.new))


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
    free, no_price = _load_words()
    named = _AMOUNT.search(rest) if is_price(old) or _AMOUNT.search(old) else None
    is_named = named and (named.end() > found.end() or not any(map(str.isdigit, found[0])))
    if named and is_named and not found[0].endswith("%") and found[0].casefold().strip(_ENDS) not in free:
        if no_price.search(rest, 0, named.start()):
            return None
        return _part(f"{before} {rest[: named.start()]}".strip(), old, named[0], rest[named.end() :])
    return _part(before, old, found[0].strip(), rest[found.end() :])


def join_prices(before: str, after: str) -> Price | None:
    """Join an old price and what it is now, with the words after it; None where one of the two is no price."""
    if not (is_price(before) and is_price(after)):
        return None
    return split_price(mark_styles(f"~~{strip_styles(before)}~~ {after}"))


def find_price(deal: str) -> Price | None:
    """Find the price that is the point of a deal: the new one beside the struck one, or the only one in short words.

    ``old`` is empty where none is struck. None where there is no price, several of them, or nothing beside it.
    """
    if price := split_price(deal) or find_strong_price(deal):
        return price
    text, spans = split_styles(deal)
    amounts = list(_SHOWN.finditer(text))
    if spans or "|" in text or len(amounts) != 1 or len(text) > _LONGEST_SHORT_DEAL:
        return None
    before, after = text[: amounts[0].start()].strip(), text[amounts[0].end() :].strip()
    is_alone = not any(map(str.isalpha, before + after)) or any(map(str.isdigit, before + after))
    return None if is_alone else Price(before, "", amounts[0][0].strip(), after)


def find_strong_price(line: str) -> Price | None:
    """Find the price in a line that has nothing else strong: "Starter and main: **29 €**"; None where there is none."""
    text, spans = split_styles(line)
    if "|" in text or len(spans) != 1 or spans[0][2] != "strong" or len(text) > _LONGEST_SHORT_DEAL:
        return None
    start, end, _ = spans[0]
    is_price = _SHOWN.fullmatch(text, start, end) and text[end - 1] != "%"
    return _part(text[:start].strip(), "", text[start:end], text[end:]) if is_price else None


def _part(before: str, old: str, new: str, after: str) -> Price:
    """Return a price of which no stop after the amount is left as words of its own."""
    after = after.strip().lstrip(f"{_ENDS} ")
    return Price(before, old, new, after) if any(map(str.isalnum, after)) else Price(before, old, new + after, "")


_LONGEST_DEAL: Final = 300
"""Most letters of a phrase about a price; no screen holds more."""
_CENTS: Final = regex.compile(r"(?<![\d.,])\d+[.,]\d{2}(?![\d.,])")
"""An amount without a currency: other numbers that are struck, "~~3 days~~ 5 minutes", are no prices."""
_SENTENCE: Final = regex.compile(r"[!?…。！？؟।]|(?<!\d)\.(?=\s)")
"""An end of a sentence inside a phrase; the stop after a day of a month is none."""
_ENDS: Final = ".,;:"


@define_row()
class _PriceWords:
    """Words beside prices. ``free``: they replace a price; ``no_price``: an amount after them is not the new price."""

    free: tuple[str, ...]
    no_price: tuple[str, ...]


@cache
def _load_words() -> tuple[frozenset[str], regex.Pattern[str]]:
    """Load the words that replace a price, and the pattern of those before what is no new price."""
    file = resources.files("reelwright.media.staging") / "prices.yaml"
    words = read_strictly(_PriceWords, load_yaml(file), f"{file.name}: ")
    any_word = "|".join(map(regex.escape, sorted({*words.free, *words.no_price})))
    return frozenset(words.free), regex.compile(rf"\b(?:{any_word})\b", regex.IGNORECASE)


_NUMBER: Final = r"(?:\d{1,3}(?:[ \u00a0\u202f'’]\d{3}(?!\d))++(?:[.,]\d++)?|\d[\d.,]*)"
"""A number as it is written, its thousands set apart or not."""
_NEW: Final = regex.compile(rf"(?:[^\d\s]{{1,4}}\s?{_NUMBER}%?|{_NUMBER}\s?(?:\w{{1,3}}(?!\w)|[^\w\s])?|[^\s]+)")
"""What replaces an old price: a number with its currency, or one word."""
_CODES: Final = (
    r"(?:EUR|USD|GBP|CHF|kr|zł|Kč|Ft|lei|лв|грн|руб|元|円|원"
    r"|(?i:euros?|dollars?|pounds?|francs?|franken|kron(?:or|er|e)|złot(?:e|ych)|рубл(?:ей|я)|лева?))"
)
_AMOUNT: Final = regex.compile(
    rf"(?:\p{{Sc}}|\b(?:EUR|USD|GBP|CHF)\s)\s?{_NUMBER}(?<![.,])"
    rf"|(?<![\d.,]){_NUMBER}(?<![.,])\s?(?:\p{{Sc}}|{_CODES}(?!\w))"
)
"""An amount with its currency, anywhere in a text."""
_TIMES: Final = r"(?:(?:[kKmM]|\s?(?:bn|mn|tn|[Mm]io\.?|[Mm]rd\.?|million|billion))(?![\p{L}\d&-]))?"
"""What multiplies an amount and is read with it: "£412m", "€1.2 bn"."""
_SHOWN: Final = regex.compile(
    rf"[−-]?\p{{Sc}}\s?{_NUMBER}(?<![.,]){_TIMES}(?:/\p{{L}}{{1,5}}\b)?"
    rf"|(?<![\d.,])[−-]?{_NUMBER}(?<![.,])\s?(?:\p{{Sc}}|{_CODES}(?!\w)|%)(?:/\p{{L}}{{1,5}}\b)?"
    r"|[一二三四五六七八九十百千万]+[円元]"
)
"""An amount or a percentage as it may stand alone and large: "€4.50", "12 €", "$12/mo", "−20 %"."""
_LONGEST_SHORT_DEAL: Final = 40
"""Most letters of a deal of which the price stands apart."""
