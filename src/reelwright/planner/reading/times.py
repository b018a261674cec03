"""Reads days, dates and hours among the tokens of a brief: ``Mon 18:30``, ``Mo, Mi``, ``Friday 6 December``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import regex

from reelwright.planner.certain.marks import fold, list_mark_words
from reelwright.planner.reading.tokens import Token, find_units, locate_units
from reelwright.planner.tables import load_words

_CLOCK: Final = regex.compile(r"\p{Nd}{1,2}[:.]\p{Nd}{2}")
_DAY_OF_MONTH: Final = regex.compile(r"[12]?[1-9]|[123]0|31")
_HOUR_OF_DAY: Final = regex.compile(r"[01]?\p{Nd}|2[0-4]")
_SAYS_HOUR: Final = regex.compile(r"(?<!\p{L})\p{L}{1,3}\.?$|[:.h]\p{Nd}{2}", regex.I)
"""What tells hours from other numbers: "10am–noon", and not "3–5"."""
_DASHES: Final = frozenset("-–—")
_TO: Final = (
    frozenset("to till until bis a à al alle tot do до & and und et y e en i и og och".split())  # noqa: SIM905
    | _DASHES | {"/", ",", "+"}
)  # fmt: skip
"""What joins days: "Tuesday to Sunday", "Mo, Mi"."""
AT: Final = frozenset(  # a row
    "at from um ab à dès alle ore dalle a las desde às om vanaf o od в с kl kello".split()  # noqa: SIM905
)
"""Words before an hour."""
_HOUR_WORDS: Final = frozenset(["uhr", "uur", "h", "hs", "hrs"])
_ORDINALS: Final = frozenset({"st", "nd", "rd", "th", "de", "di"})
_NO_DAYS: Final = frozenset("weekend weekends wochenende weekday weekdays fim-de-semana".split())  # noqa: SIM905
_ENGLISH_DAYS: Final = frozenset("mon tue tues wed weds thu thur thurs fri sat sun".split())  # noqa: SIM905
_MOST_DIGITS: Final = 2


class TimeReader:
    """Reads the times of one brief. ``found``: the marks of each of its ``tokens``."""

    def __init__(self, text: str, tokens: Sequence[Token], found: Sequence[set[str]], language: str) -> None:
        self._tokens, self._found = tokens, found
        self._short = _list_short_days(language)
        self._hours = {a: b for a, b, kind in locate_units(tokens, find_units(text)) if kind == "hours"}

    def read(self, n: int) -> int:
        """Return where a day, a date, an hour or several of them end that begin with token ``n``; ``n``: none begins.

        An hour alone may have a word before it: "ab 19 Uhr".
        """
        start = n
        n = self.read_days(n)
        is_apart = n > start and self._get(n) == ","
        date = self._read_date(n + is_apart)
        n = date if date > n + is_apart else n
        if n > start and n not in self._hours and _DAY_OF_MONTH.fullmatch(self._get(n)):
            n += 1  # "Giovedì 21"
        at = n + (n > start and self._get(n) == ",")
        while self._get(at) in AT:
            at += 1 + (self._get(at) == "kl" and self._get(at + 1) == ".")
        hour = self._read_hour(at, is_of_day=at > start)
        return hour if hour > at else n

    def read_days(self, n: int) -> int:
        """Return where a day, or several of them, ends that begins with token ``n``: ``Mo, Mi``, ``Mo–Do``."""
        end = self._read_day(n)
        while end > n:
            if [self._get(k) for k in range(end, end + 3)] == ["t", "/", "m"]:  # "maandag t/m woensdag"
                joint = end + 3
            else:
                joint = end + (self._get(end) in _TO)
            other = self._read_day(joint)
            if joint == end or other == joint:
                break
            end = other
        return end

    def is_of_date(self, n: int) -> bool:
        """Return whether the full stop ``n`` belongs to the day of a month: "6.–8. Juni"."""
        is_day = n > 0 and self._tokens[n - 1].kind == "number" and len(self._get(n - 1)) <= _MOST_DIGITS
        return is_day and self._get(n) == "." and (self._get(n + 1) in _DASHES or self._is_month(n + 1))

    def is_hour(self, first: int, end: int) -> bool:
        """Return whether tokens [first, end) are an hour, without a day."""
        while first < end - 1 and self._get(first) in AT:
            first += 1
        text = " ".join(token.text for token in self._tokens[first:end])
        return self._tokens[first].kind == "number" and _SAYS_HOUR.search(text) is not None

    def _get(self, n: int) -> str:
        return fold(self._tokens[n].text) if n < len(self._tokens) else ""

    def _read_day(self, n: int) -> int:
        if n >= len(self._tokens) or self._tokens[n].kind != "word" or self._get(n) in _NO_DAYS:
            return n
        is_short = self._get(n) in self._short and self._tokens[n].text[0].isupper()
        if "weekday" not in self._found[n] and not is_short:
            return n
        return n + 1 + (is_short and self._get(n + 1) == ".")

    def _read_date(self, n: int) -> int:
        """Return where a day of a month, or several, ends: ``6 December``, ``6–8 June``, ``March 7``."""
        if self._is_month(n) and (end := self._read_number(n + 1)) > n + 1:
            return end
        end = self._read_number(n)
        if end > n and self._get(end) in _DASHES and (other := self._read_number(end + 1)) > end + 1:
            end = other
        return end + 1 if end > n and self._is_month(end) else n

    def _read_number(self, n: int) -> int:
        if n >= len(self._tokens) or self._tokens[n].kind != "number" or len(self._get(n)) > _MOST_DIGITS:
            return n
        return n + 1 + (self._get(n + 1) == "." or self._get(n + 1) in _ORDINALS)

    def _is_month(self, n: int) -> bool:
        return n < len(self._tokens) and "month" in self._found[n]

    def _read_hour(self, n: int, *, is_of_day: bool) -> int:
        """Return where an hour or a stretch of hours ends that begins with token ``n``.

        ``is_of_day``: behind a day or a word such as "at", bare numbers are hours: "Mondays 9–12".
        """
        if n in self._hours and (is_of_day or self.is_hour(n, self._hours[n])):
            return self._hours[n]
        if not _CLOCK.fullmatch(self._get(n)):
            return n + (is_of_day and self._get(n - 1) in AT | {"."} and bool(_HOUR_OF_DAY.fullmatch(self._get(n))))
        if self._get(n + 1) in _DASHES and _CLOCK.fullmatch(self._get(n + 2)):
            return n + 3
        return n + 1 + (self._get(n + 1) in _HOUR_WORDS)


@cache
def _list_short_days(language: str) -> frozenset[str]:
    """List the short names of days in a language, as they are written with a capital; "Fri" is free in Swedish."""
    if language == "en":
        return _ENGLISH_DAYS
    days = load_words()["weekday"].get(language, "")
    own = {fold(day)[:length] for day in days.split() for length in (2, 3)}
    return frozenset(own) if own else list_mark_words("day_label") - _ENGLISH_DAYS
