"""A date that leads a text: the day in figures, what stands around it, and the lines after it (a place, an hour)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import regex

from reelwright.media.emblems import DAYS
from reelwright.media.letters.word_styles import strip_styles

_MONTHS: Final = {
    "en": "january february march april may june july august september october november december",
    "de": "januar jänner februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "el": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου "
    "δεκεμβρίου",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
"""Names of months as dates have them."""
_OTHER_MONTHS: Final = {"jänner": 1}
"""Numbers of months by a second name, beside the twelve of their language."""
_LEAST_MONTH_LETTERS: Final = 3
_MONTH_NAMES: Final = frozenset(name for names in _MONTHS.values() for name in names.split())
_DAY_FIRST: Final = re.compile(
    r"(?P<before>\D{0,28})(?P<day>\d{1,2}(?:st|nd|rd|th|\.|er)?)\s"
    r"(?P<after>(?:de |d’|d')?(?P<month>\w{2,14})\b[^,]{0,16})",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    r"(?P<before>[^\d,]{0,20}\b(?P<month>[^\W\d]{2,14}))\s(?P<day>\d{1,2}(?:st|nd|rd|th)?),?\s?(?P<after>(?:\d{4})?)",
    re.IGNORECASE,
)

_NAMED_DAY: Final = regex.compile(
    r"\bthe (?P<ordinal>[0-9]{1,2})(?:st|nd|rd|th)\b"
    r"|(?<![\d.,:])(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|\.|º)?\s(?:de |d’|d')?(?P<month>[^\W\d_]{3,14})\b"
    r"|\b(?P<month_before>[^\W\d_]{3,14})\.?\s(?P<day_after>[0-9]{1,2})(?:st|nd|rd|th)?\b(?![:.,]?\d)"
    r"|[月월]\s?(?P<day_of_sign>[0-9]{1,2})\s?[日일]",
    regex.I,
)

_BETWEEN: Final = " ,،、"
"""What parts the words of a date in a line; in lines of their own they need no comma."""


class LeadingDate(NamedTuple):
    """A date: its ``day`` as written, what stands before and after it, and the other words, ``|`` between lines."""

    before: str
    day: str
    after: str
    rest: str


def find_date(text: str) -> LeadingDate | None:
    """Find a date in the first line of a text, or in what stands before its first comma; None where none leads it."""
    first, _, more = strip_styles(text).partition("|")
    head, _, tail = first.partition(",")
    for line, rest in ((first, more), (head, "|".join(part for part in (tail.strip(), more) if part))):
        for form in (_DAY_FIRST, _MONTH_FIRST):
            found = form.fullmatch(" ".join(line.split()))
            if found and found["month"].casefold() in _MONTH_NAMES:
                before, day, after = (part.strip(_BETWEEN) for part in found.group("before", "day", "after"))
                return LeadingDate(before, day, after, rest.strip())
    return None


def find_day(text: str) -> int | None:
    """Find the day of the month in the first date of a text, in Latin figures; None where it names none."""
    for found in _NAMED_DAY.finditer(strip_styles(text), overlapped=True):
        day = next(found[name] for name in ("day", "day_after", "ordinal", "day_of_sign") if found[name])
        month = found["month"] or found["month_before"]
        if 1 <= int(day) <= DAYS and (not month or find_month_number(month)):
            return int(day)
    return None


def find_month_number(word: str) -> int | None:
    """Return the number of the month that a word names or shortens (``March``, ``Mar.``); None for other words."""
    name = word.casefold().rstrip(".")
    if name in _OTHER_MONTHS or len(name) < _LEAST_MONTH_LETTERS:
        return _OTHER_MONTHS.get(name)
    for names in _MONTHS.values():
        twelve = [one for one in names.split() if one not in _OTHER_MONTHS]
        if found := next((number for number, one in enumerate(twelve, 1) if one.startswith(name)), None):
            return found
    return None
