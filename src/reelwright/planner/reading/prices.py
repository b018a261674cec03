"""Prices with what they are for: an amount that stands right behind a thing is shown on its screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import regex

from reelwright.documents.words import is_number
from reelwright.planner.certain.values import Piece

_CURRENCY: Final = (
    r"(?:\p{Sc}|(?:EUR|USD|CHF|GBP|VND|kr|zł|Kč|lei|TL|Ft|руб|грн|лв|euros?|dollars?|pesos?|reais|quid)(?!\p{L})"
    r"|บาท|円|元|원|đ(?!\p{L})|р(?!\p{L})|ש\"ח|ש״ח|درهم|ريال|جنيه|دينار|रुपये)"
)
_FIGURE: Final = rf"(?:\p{{Sc}}\s?\p{{Nd}}[\p{{Nd}}.,'’]*+|(?<![\p{{Nd}}.,'’])\p{{Nd}}[\p{{Nd}}.,'’]*+\s?{_CURRENCY})"
_AMOUNT: Final = regex.compile(_FIGURE)
_BETWEEN: Final = regex.compile(r"\s*+[,:–—-]?\s*+|\s++\(")
_PAUSE: Final = regex.compile(r"[,;:.!?、，؛،]")
_MOST_LETTERS: Final = 60
_LEAST_WORDS: Final = 3
"""Of a date that names a thing, too: "cinnamon buns on Saturdays"."""
_MOST_LETTERS_OF_OLD: Final = 11
"""Of what stands around a figure without a currency: "instead of 49", and not "bridal hairdo 300"."""


def may_replace(old: str, new: str) -> bool:
    """Return whether ``new`` may be the price that stands in the place of ``old``: both are amounts, one at least with
    its currency, and around the figure of ``old`` stands neither a thing of its own nor an address.
    """
    has_currency = _AMOUNT.search(old) is not None
    if _AMOUNT.search(new) is None and not (has_currency and is_number(new)):
        return False
    letters, names = len(regex.findall(r"\p{L}", old)), len(regex.findall(r"\b\p{Lu}", old))
    return has_currency or (is_number(old) and letters <= _MOST_LETTERS_OF_OLD and names < 2)


def split_price(text: str) -> tuple[str, str] | None:
    """Split a row of a price list, one thing and its amount behind it; None for all else."""
    text = text.strip().removesuffix(")")
    found = _AMOUNT.search(text) if len(text) <= 2 * _MOST_LETTERS else None
    if found is None or found.end() < len(text):
        return None
    thing = text[: found.start()].rstrip(" ,:–—-(")
    if not thing or len(thing) > _MOST_LETTERS or is_number(thing) or _PAUSE.search(thing):
        return None
    return thing, found[0]


def find_priced_things(pieces: Sequence[Piece], brief: str) -> Mapping[Piece, Piece]:
    """Find the amounts that price the fact in front of them: by fact, its amount. Neither has another price.

    A fact with a figure in it, such as an hour, has no price: "doors at 7, £5" is the price of something else.
    """
    found: dict[Piece, Piece] = {}
    olds = [piece for piece in pieces if piece.kind == "old"]
    for thing, price in pairwise(pieces):
        if (
            (thing.kind in ("fact", "descriptor") or (thing.kind == "date" and len(thing.text.split()) >= _LEAST_WORDS))
            and price.kind == "offer"
            and not olds
            and len(thing.text) <= _MOST_LETTERS
            and not is_number(thing.text)
            and _AMOUNT.fullmatch(price.text.strip())
            and _BETWEEN.fullmatch(brief[thing.end : price.start])
        ):
            found[thing] = price
    return found


def list_priced_rows(pieces: Sequence[Piece], prices: Mapping[Piece, Piece]) -> Mapping[Piece, tuple[str, str]]:
    """List the things that have a price, each with its amount: those of ``prices``, and the rows of price lists, two or
    more in succession.
    """
    splits = [
        (piece.text, prices[piece].text) if piece in prices
        else split_price(piece.text) if piece.kind in ("offer", "fact", "number") else None
        for piece in pieces
    ]  # fmt: skip
    padded = [None, *splits, None]
    return {
        piece: row
        for at, (piece, row) in enumerate(zip(pieces, splits, strict=True), 1)
        if row and (piece in prices or padded[at - 1] or padded[at + 1])
    }
