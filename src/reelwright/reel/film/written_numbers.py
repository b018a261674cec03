"""Numbers as people write them: digits with their marks, what stands before and after, and the value that is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

_DIGITS: Final = re.compile(r"\d+(?:[.,٫٬'’]\d+|[\u00a0\u202f ]\d{3}(?!\d))*")
_MINUS: Final = "-−–"
_DECIMAL: Final = re.compile(r"[.,٫](\d+)$")
_GROUPED: Final = re.compile(r"(?!0)\d{1,3}(?:([.,٬'’\u00a0\u202f ])\d{3})(?:\1\d{3})*(?:[.,٫]\d+)?")


class WrittenNumber(NamedTuple):
    """A number in a text: its sign or currency before it, its digits with their marks, its unit after it."""

    before: str
    digits: str
    after: str


def split_number(text: str) -> WrittenNumber | None:
    """Split a text that has exactly one number; None where it has none or several."""
    found = [one for one in _DIGITS.finditer(text) if not text[: one.start()][-1:].isalpha()]  # m2 is a unit
    if len(found) != 1:
        return None
    before, after = text[: found[0].start()], text[found[0].end() :]
    return WrittenNumber(" ".join(before.split()), found[0][0], " ".join(after.split()))


def split_at_digits(text: str) -> tuple[str, str]:
    """Split a text after its last digit: ``60 °C`` is ``60`` and ``°C``; without a digit all of it is the first."""
    end = max((at for at, char in enumerate(text, 1) if char.isdigit()), default=len(text))
    return text[:end].strip(), text[end:].strip()


def read_values(texts: Sequence[str]) -> tuple[Fraction, ...] | None:
    """Read a column of numbers of one unit, none below 0; None where one of them is something else.

    ``1.250`` is a thousand and more, unless another number of the column shows that the point divides decimals.
    """
    found = [split_number(text) for text in texts]
    numbers = [one for one in found if one is not None and not _is_below_zero(one)]
    if not found or len(numbers) < len(found):
        return None
    if len({(one.before, one.after) for one in numbers}) > 1:
        return None
    marks = {mark for one in numbers if (mark := _find_decimal_mark(one.digits))}
    return tuple(_read_value(one.digits, marks) for one in numbers)


def _is_below_zero(number: WrittenNumber) -> bool:
    """Return whether a number is written as less than nothing: ``-€5``, ``5-``, ``(5)``."""
    is_bracketed = number.before.endswith("(") and number.after.startswith(")")
    return is_bracketed or any(mark in number.before for mark in _MINUS) or number.after.startswith(tuple(_MINUS))


def _find_decimal_mark(digits: str) -> str:
    """Return the mark that can only divide decimals in ``digits``; empty where none is certain."""
    last = _DECIMAL.search(digits)
    if last is None:
        return ""
    is_certain = len(last[1]) != 3 or not _GROUPED.fullmatch(digits)
    return digits[last.start()] if is_certain and digits.count(digits[last.start()]) == 1 else ""


def _read_value(digits: str, marks: set[str]) -> Fraction:
    last = _DECIMAL.search(digits)
    if last is None or digits[last.start()] not in marks:
        return Fraction(int(re.sub(r"\D", "", digits)))
    whole, part = re.sub(r"\D", "", digits[: last.start()]), last[1]
    return Fraction(int(whole + part), 10 ** len(part))
