"""Prices with what they are for: an amount that stands right behind a thing is shown on its screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Final

import regex

from reelwright.documents.words import is_number
from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import Piece
from reelwright.planner.screens.subject_phrase import is_sentence_verb
from reelwright.planner.tables import load_pattern
from reelwright.reel.film.written_numbers import read_values, split_number

_CURRENCY: Final = (
    r"(?:\p{Sc}|(?:EUR|USD|CHF|GBP|VND|kr|zł|Kč|lei|TL|Ft|руб|грн|лв|euros?|dollars?|pesos?|reais|quid)(?!\p{L})"
    r"|บาท|円|元|원|đ(?!\p{L})|р(?!\p{L})|ש\"ח|ש״ח|درهم|ريال|جنيه|دينار|रुपये)"
)
_FIGURE: Final = (
    r"(?:(?<!\p{L})(?:\p{Lu}{0,3}\p{Sc}|Rs\.?|INR|EUR|USD|CHF|GBP|AED|SAR|RM|KSh|PHP)\s?\p{Nd}[\p{Nd}.,'’]*+"
    rf"|(?<![\p{{Nd}}.,'’])\p{{Nd}}[\p{{Nd}}.,'’]*+\s?{_CURRENCY})"
)
_AMOUNT: Final = regex.compile(_FIGURE)
_BETWEEN: Final = regex.compile(r"\s*+[,:–—-]?\s*+|\s++\(")
_COMMAS: Final = frozenset(",、，،")
_THOUSANDS: Final = regex.compile(r"(?<![\p{Nd}.,])\p{Nd}{1,3}[ \u00a0\u202f]$")
"""The thousands of an amount whose last three digits stand behind a blank."""
MULTIPLIER: Final = (
    r"(?:(?:million|milion|miljo|miljard|milliard|millard|billion|mil[hj]\p{L}+|tausend|thousand|миллион|миллиард"
    r"|мільйон|мільярд|милион)\p{L}*|mio|mln|mrd|tsd|tys|tis|lakhs?|crores?|тыс|млн|млрд|тис)"
)
"""The pattern of a word that multiplies the number before it."""
_MULTIPLIED: Final = regex.compile(
    rf"\p{{Nd}}\s?(?:[万千萬億억만kKmM](?![\p{{L}}])|[万千萬億억만]|{MULTIPLIER}(?!\p{{L}}))", regex.I
)
_DISCOUNT: Final = regex.compile(r"\p{Nd}\s?[%٪]")
_NEW: Final = r"\b(?:new|neuer?|nouveau|nuevo|novo|nuovo|nieuwe?) (?:price|preis|prix|precio|preço|prezzo|prijs)"
_PAUSE: Final = regex.compile(r"[,;:.!?、，؛،]")
_SIGNS: Final = frozenset("+-−–±")
_GAIN: Final = list_mark_words("gain")
_LIMIT: Final = _GAIN | list_mark_words("price_limit")
_FREE: Final = list_mark_words("included")
_DAYS: Final = list_mark_words("weekday") | list_mark_words("month") | list_mark_words("every")
_MOST_LETTERS: Final = 60
_NEAR_OLD: Final = 12
"""Most characters between an amount, or its thing, and the old price that it may replace."""
_LEAST_WORDS: Final = 3
"""Of a date that names a thing, too: "cinnamon buns on Saturdays"."""
_MOST_LETTERS_OF_OLD: Final = 11
"""Of what stands around a figure without a currency: "instead of 49", and not "bridal hairdo 300"."""


def may_replace(old: str, new: str) -> bool:
    """Return whether ``new`` may be the price that stands in the place of ``old``: both are amounts, one at least with
    its currency, and around the figure of ``old`` stands neither a thing of its own nor an address.

    Unless words such as "was" say that it is the old one, it is the higher: a lower one is that of somebody else, as in
    "€18 (€12 for members)".
    """
    if regex.search(_NEW, old, regex.I) and not regex.search(_NEW, new, regex.I):
        return False
    if "before_now" not in Marks(old).list_marks(0, len(old)):
        values = read_values([_find_digits(old), _find_digits(new)])
        if values and values[0] <= values[1]:
            return False
    has_currency = _AMOUNT.search(old) is not None
    if _AMOUNT.search(new) is None and (not has_currency or not is_number(new) or is_discount(new)):
        return False
    letters, names = len(regex.findall(r"\p{L}", old)), len(regex.findall(r"\b\p{Lu}", old))
    return has_currency or (is_number(old) and letters <= _MOST_LETTERS_OF_OLD and names < 2)


def is_discount(text: str) -> bool:
    """Return whether a text says a part of a price in place of one: "all frames 40% off"."""
    return _DISCOUNT.search(text) is not None and _AMOUNT.search(text) is None


def _find_digits(price: str) -> str:
    """Return the digits of the first amount of a price, of the only number where it has no currency; empty for a figure
    that a word or a letter multiplies: ``1万円``, ``€1.2k``.
    """
    found = _AMOUNT.search(price)
    before = _THOUSANDS.search(price, endpos=found.start()) if found else None
    text = price[before.start() if before else found.start() : found.end()] if found else price
    number = None if _MULTIPLIED.search(price) else split_number(text)
    return number.digits if number else ""


def cut_price_lead(price: str) -> str:
    """Return a price without the word that joins it to its thing: "£45" of "for £45". Pure."""
    text = " ".join(price.split())
    return text[found.end() :] if (found := load_pattern("for_price").match(text)) else text


def cut_old_lead(price: str) -> str:
    """Return an old price, which is struck out, without the words that say so: "£70" of "instead of £70". Pure."""
    text = " ".join(price.split())
    return text[found.end() :] if (found := load_pattern("in_place_of").match(text)) else text


def find_condition(pieces: Sequence[Piece], offer: Piece, brief: str) -> Piece | None:
    """Find the day until which an offer holds that replaces an old price, right behind both. Pure."""
    at = pieces.index(offer)
    ends, has_old = offer.end, pieces[max(0, at - 1)].kind == "old"
    for one in pieces[at + 1 : at + 3]:
        if brief[ends : one.start].strip(" ,(–-") or one.start < ends:
            return None
        if one.kind == "date" and load_pattern("limits_offer").match(one.text):
            return one if has_old else None
        if one.kind != "old":
            return None
        ends, has_old = one.end, True
    return None


def split_price(text: str) -> tuple[str, str] | None:
    """Split a row of a price list, one thing and its amount behind it; None for all else: a discount, "save €10", and a
    limit, "free delivery over €30".
    """
    text = text.strip().removesuffix(")")
    found = _AMOUNT.search(text) if len(text) <= 2 * _MOST_LETTERS else None
    if found is None or found.end() < len(text) or text[: found.start()][-1:] in _SIGNS:
        return None
    thing = text[: found.start()].rstrip(" ,:–—-(")
    return (thing, found[0]) if _may_have_price(thing) else None


def _may_have_price(thing: str) -> bool:
    words = [fold(word) for word in regex.findall(r"[\p{L}\p{M}'’]+", thing)]
    return (
        bool(words)
        and len(thing) <= _MOST_LETTERS
        and not is_number(thing)
        and not _PAUSE.search(thing)
        and words[-1] not in _LIMIT
        and words[0] not in _GAIN
        and not _FREE.intersection(words)
    )


def _names_thing(date: str) -> bool:
    """Return whether a date begins with what there is on it: "cinnamon buns on Saturdays", not "Friday at eight"."""
    words = date.split()
    return len(words) >= _LEAST_WORDS and fold(words[0]) not in _DAYS


def find_priced_things(pieces: Sequence[Piece], brief: str) -> Mapping[Piece, Piece]:
    """Find the amounts that price the fact in front of them: by fact, its amount. Neither has another price.

    A fact with a figure in it, such as an hour, has no price: "doors at 7, £5" is the price of something else. So has
    the last of a list, "62k miles, full service history, £13,495", unless others of it have one, too.
    """
    found: dict[Piece, Piece] = {}
    olds = [piece for piece in pieces if piece.kind == "old"]
    listed = 0
    for n, (thing, price) in enumerate(pairwise(pieces)):
        if (
            (thing.kind in ("fact", "descriptor") or (thing.kind == "date" and _names_thing(thing.text)))
            and price.kind == "offer"
            and not any(max(old.start - price.end, thing.start - old.end) <= _NEAR_OLD for old in olds)
            and _may_have_price(thing.text)
            and not _says_act(thing.text)
            and _AMOUNT.fullmatch(price.text.strip())
            and _BETWEEN.fullmatch(brief[thing.end : price.start])
        ):
            found[thing] = price
            listed += n > 0 and pieces[n - 1] not in found.values() and _are_listed(brief, *pieces[n - 1 : n + 2])
    return {} if len(found) == listed == 1 else found


def _says_act(text: str) -> bool:
    """Return whether an English text is what a firm does, which stands under no figure: "delivers bouquets"."""
    verb, _, what = text.partition(" ")
    return is_sentence_verb(verb, what)


def _are_listed(brief: str, *pieces: Piece) -> bool:
    """Return whether nothing but a comma stands between each of ``pieces`` and the next."""
    return all(brief[one.end : other.start].strip() in _COMMAS for one, other in pairwise(pieces))


def list_priced_rows(
    pieces: Sequence[Piece], prices: Mapping[Piece, Piece], replacing: Collection[Piece]
) -> Mapping[Piece, tuple[str, str]]:
    """List the things that have a price, each with its amount: those of ``prices``, and the rows of price lists, two or
    more in succession. ``replacing``: the prices that stand in the place of an old one; they are no rows.
    """
    splits = [
        (piece.text, prices[piece].text) if piece in prices
        else split_price(piece.text) if piece.kind in ("offer", "fact", "number") and piece not in replacing else None
        for piece in pieces
    ]  # fmt: skip
    padded = [None, *splits, None]
    return {
        piece: row
        for at, (piece, row) in enumerate(zip(pieces, splits, strict=True), 1)
        if row and (piece in prices or padded[at - 1] or padded[at + 1])
    }
