"""Says in words what is written in signs and digits: prices, hours, telephone numbers, addresses. Pure.

Each written word keeps its place, so that the time of what is said for it is the time of the word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import regex

from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import define_row, load_yaml

_FILE: Final = Path(__file__).parent / "spoken_words.yaml"
UNSPACED: Final = ("ja", "zh")
"""Languages of which each letter is a word here: they are written without spaces."""
_SENTENCE: Final = regex.compile(r"(?<=[.!?…।][\"'”’»)]?)\s+|(?<=[。！？])|\n+")
_ABBREVIATION: Final = regex.compile(
    r"(?:^|[\s(])(?:\p{Lu}|Mr|Mrs|Ms|Dr|Prof|St|No|vs|ca|Sr|Sra|Av|Avda|M|Mme|Sig|Dott)\.$"
)
_SHORT_WORD: Final = regex.compile(r"(?:^|[\s(])(?:\p{L}{1,3}|\p{L}(?:\.\p{L})+)\.$")
"""What may be an abbreviation where a small letter follows: ``approx. five`` is not among them, ``min. five`` is."""
_ENDS: Final = "?!.,;:…。、，！？；：।"
_WRAPPED: Final = regex.compile(
    r"(?P<head>[\s\"'“”‘’«»()\[\]{}¿¡„]*)(?P<core>.*?)(?P<tail>[\s\"'“”‘’«»()\[\]{}?!.,;:…।]*)", regex.DOTALL
)
_ADDRESS: Final = regex.compile(
    r"(?:https?://)?(?:www\.)?(?P<who>[\w.+-]+@)?(?P<host>\w[\w-]*(?:\.[\w-]+)*\.\p{L}{2,})(?P<path>/[\w./#?=&%~-]*)?"
)
_HANDLE: Final = regex.compile(r"@(?P<name>\w[\w.]*)")
_NUMBER: Final = regex.compile(r"\d[\d.,'’\u00a0\u202f]*\d|\d")
_GROUPED: Final = regex.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f]\d{2,3})*[.,'’\u00a0\u202f]\d{3}")
_DECIMAL: Final = regex.compile(r"(?P<whole>\d[\d.,'’\u00a0\u202f]*|\d)[.,](?P<part>\d{1,2}|\d{4,})")
_SIGNED: Final = regex.compile(r"(?P<before>\D{0,3}?)(?P<number>\d[\d.,'’\u00a0\u202f]*\d|\d)(?P<after>[^\d\s]*)")
_TIME: Final = regex.compile(r"(?P<h>[01]?\d|2[0-4])[:h](?P<m>[0-5]\d)?(?:\s?[hH])?")
_RANGE: Final = regex.compile(r"(?P<first>[^\s–—-]++)[–—-](?P<last>[^\s–—-]++)")
_PHONE_PIECE: Final = regex.compile(r"\+?\(?\d[\d()/.-]*")
_PHONE_START: Final = regex.compile(r"[0+(]|\d{3}-\d{4}$")
_LEAST_PHONE_DIGITS: Final = 7
"""Fewest digits of a telephone number: a number with fewer may count something."""
_THOUSAND, _SPAN_LETTERS = 3, len("1990–2025")
"""Digits between the spaces of a large number, and letters of a span of years."""
_ALWAYS: Final = "24/7"
_UNSPACED_WORD: Final = regex.compile(
    r"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]{1,63}+\.){1,9}+[a-z]{2,}(?:/[\w./-]*)?|[¥￥€$£]?\d(?:[\d.,:/]*\d)?(?:[%％℃]|°C)?|\p{Latin}+|\S\p{M}*"
)
"""A word of a language without spaces: an address, an amount, a word in Latin letters, else each letter."""
_JOINERS: Final = frozenset("–—-·•|→…")


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as it is written, and the speech for it: the words that are said; empty where nothing is."""

    text: str
    speech: str


@define_row()
class SpokenSigns:
    """The words of a language for signs. ``currencies``: one, several, one of its hundredths, several.

    ``early_minute``: of a minute below ten.
    """

    decimal: str
    dot: str
    slash: str
    at: str
    dash: str
    plus: str
    to: str
    times: str
    percent: str
    number: str
    always: str
    hour: str
    time: str
    cents: str
    minor_only: str
    currencies: Mapping[str, tuple[str, ...]]
    magnitudes: Mapping[str, str]
    units: Mapping[str, str | tuple[str, ...]]
    ampersand: str
    late_hour: str = ""
    early_minute: str = ""


@cache
def load_signs() -> Mapping[str, SpokenSigns]:
    """Return the words of each language for signs. The file is read once."""
    rows = load_yaml(_FILE)
    return {language: read_strictly(SpokenSigns, row, f"{_FILE.name}: {language}.") for language, row in rows.items()}


def split_sentences(text: str) -> list[str]:
    """Split a line into its sentences, each with its signs. An abbreviation ends none."""
    made: list[str] = []
    for piece in _SENTENCE.split(unicodedata.normalize("NFC", text)):
        if not piece or not piece.strip():
            continue
        is_short = bool(made) and piece.strip()[:1].islower() and _SHORT_WORD.search(made[-1])
        if made and (is_short or _ABBREVIATION.search(made[-1])):
            made[-1] = f"{made[-1]} {piece.strip()}"
        else:
            made.append(piece.strip())
    return made


def spell_words(sentence: str, language: str) -> list[SpokenWord]:
    """Return the words of a sentence with what is said for each, in ``language``: the first part of a BCP 47 tag."""
    signs = load_signs()[language]
    written = _UNSPACED_WORD.findall(sentence) if language in UNSPACED else sentence.split()
    speller = _Speller(signs, written)
    return [SpokenWord(text, speller.spell(n)) for n, text in enumerate(written)]


def _list_runs(cores: Sequence[str], parts: Sequence[regex.Match[str] | None]) -> list[list[int]]:
    """List the places of digits that stand beside each other, without a sign between them."""
    runs: list[list[int]] = [[]]
    for n, core in enumerate(cores):
        if not _PHONE_PIECE.fullmatch(core) or _TIME.fullmatch(core) or core == _ALWAYS:
            runs.append([])
            continue
        runs[-1].append(n)
        part = parts[n]
        if part and part["tail"].strip():
            runs.append([])
    return [run for run in runs if run]


def _is_phone(groups: Sequence[str]) -> bool:
    """Whether groups of digits are a telephone number, which is said digit by digit."""
    first = groups[0]
    if sum(char.isdigit() for group in groups for char in group) < _LEAST_PHONE_DIGITS or _is_thousands(groups):
        return False
    if len(groups) == 1:
        is_span = _RANGE.fullmatch(first) and len(first) == _SPAN_LETTERS
        return bool(not _GROUPED.fullmatch(first) and not is_span and _PHONE_START.match(first))
    return True


def _is_thousands(groups: Sequence[str]) -> bool:
    """Whether groups of digits are one large number that is written with spaces: ``212 000``."""
    are_whole = all(len(one) == _THOUSAND and one.isdigit() for one in groups[1:])
    return len(groups) > 1 and are_whole and groups[0].isdigit() and len(groups[0]) <= _THOUSAND and groups[0][0] != "0"


class _Speller:
    """Says the words of one sentence; some need the word after them, or before."""

    def __init__(self, signs: SpokenSigns, written: Sequence[str]) -> None:
        self._signs = signs
        self._parts = [_WRAPPED.fullmatch(word) for word in written]
        self._cores = [part["core"] if part else word for part, word in zip(self._parts, written, strict=True)]
        self._phones: set[int] = set()
        self._joined: set[int] = set()
        """Places of the later groups of a large number, which is said with its first."""
        for run in _list_runs(self._cores, self._parts):
            groups = [self._cores[n] for n in run]
            if _is_phone(groups):
                self._phones.update(run)
            elif _is_thousands(groups):
                self._cores[run[-1]] = "".join(groups)
                self._joined.update(run[:-1])

    def spell(self, n: int) -> str:
        """Return what is said for word ``n``, with the sign that ends it."""
        part = self._parts[n]
        tail = "".join(char for char in (part["tail"] if part else "") if char in _ENDS)[:1]
        speech = self._spell_core(n)
        if n in self._phones and not tail:
            tail = ","
        return f"{speech}{tail}" if speech else ""

    def _spell_core(self, n: int) -> str:
        core, signs = self._cores[n], self._signs
        core = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in core)
        if n in self._joined:
            return ""
        if n in self._phones:
            return _say_digits(core, signs)
        if core == _ALWAYS:
            return signs.always
        if core and set(core) <= _JOINERS:
            is_between = 0 < n < len(self._cores) - 1 and all(
                any(map(str.isdigit, self._cores[k])) for k in (n - 1, n + 1)
            )
            return signs.to if is_between else ","
        if core in ("&", "+", "×", "%", "=") or (core == "x" and self._is_number(n - 1)):
            words = {"&": signs.ampersand, "+": signs.plus, "%": signs.percent, "=": ","}
            return words.get(core, signs.times)
        if core in signs.currencies:
            return self._say_currency(n)
        if (unit := self._find_unit(n)) and (self._is_number(n - 1) or self._cores[n - 1] in signs.currencies):
            return unit
        if found := _ADDRESS.fullmatch(core):
            return _say_address(found, signs)
        if found := _HANDLE.fullmatch(core):
            return f"{signs.at} {found['name'].replace('.', f' {signs.dot} ').replace('_', ' ')}"
        if speech := self._say_number_word(n, core):
            return speech
        return _say_plain(core, signs)

    def _is_number(self, n: int) -> bool:
        return 0 <= n < len(self._cores) and any(map(str.isdigit, self._cores[n]))

    def _find_unit(self, n: int) -> str:
        core = self._cores[n]
        before = self._cores[n - 1] if n else ""
        if before[:1] in self._signs.currencies and core in self._signs.magnitudes:
            names = self._signs.currencies[before[:1]]
            return f"{self._signs.magnitudes[core]} {names[1]}"
        return _choose_form(self._signs.units.get(core, ""), before) or self._signs.magnitudes.get(core, "")

    def _say_currency(self, n: int) -> str:
        """Say a sign of a currency that stands alone: after its amount, ``4,20 €`` is said as ``4`` and ``euros 20``;
        before ``m``, nothing, for the word after it says all.
        """
        names = self._signs.currencies[self._cores[n]]
        if not self._is_number(n - 1):
            following = self._cores[n + 1] if n + 1 < len(self._cores) else ""
            return "" if following in self._signs.magnitudes or self._is_number(n + 1) else names[1]
        whole, part = _split_amount(self._cores[n - 1])
        name = names[0] if whole == "1" else names[1]
        if not part:
            return name
        speech = self._signs.cents.format(major=name, minor=part.lstrip("0"))
        return speech if whole != "0" else names[-1]

    def _say_number_word(self, n: int, core: str) -> str:
        signs = self._signs
        if found := _RANGE.fullmatch(core):
            first, last = (self._say_piece(n, found[name]) for name in ("first", "last"))
            return f"{first} {signs.to} {last}" if first and last else ""
        if found := regex.fullmatch(r"(\d+)/(\d+)", core):
            return f"{found[1]} {signs.slash} {found[2]}"
        if found := regex.fullmatch(r"(?:#|№|Nr\.?|No\.?)(\d+)", core):
            return f"{signs.number} {found[1]}"
        return self._say_piece(n, core)

    def _say_piece(self, n: int, core: str) -> str:
        """Say one number with what is written onto it: a currency, a unit, a percent sign, an hour."""
        signs = self._signs
        if (found := _TIME.fullmatch(core)) and (found["m"] or core.endswith("h")):
            return _say_time(int(found["h"]), found["m"] or "00", signs)
        found = _SIGNED.fullmatch(core)
        if not found:
            return ""
        before, number, after = found["before"], found["number"], found["after"]
        if before in signs.currencies:
            return self._say_amount(n, before, number, after)
        if after in signs.currencies:
            return self._say_amount(n, after, number, "")
        speech = _say_number(number, signs)
        following = self._cores[n + 1] if n + 1 < len(self._cores) else ""
        if not before and not after:
            if n and self._cores[n - 1] in signs.currencies and not self._is_number(n - 2):
                return self._say_amount(n, self._cores[n - 1], number, "")
            if following in signs.currencies:
                whole, part = _split_amount(number)
                return part.lstrip("0") if whole == "0" and part else whole
            return speech
        if before == "+" or before in ("-", "−"):
            speech = f"{signs.plus} {speech}" if before == "+" else speech
            before = ""
        if before:
            return ""
        if after == "%":
            return f"{speech} {signs.percent}"
        if after == "+":
            return f"{speech} {signs.plus}"
        unit = _choose_form(signs.units.get(after, ""), number) or signs.magnitudes.get(after, "")
        return f"{speech} {unit}" if unit else ""

    def _say_amount(self, n: int, currency: str, number: str, magnitude: str) -> str:
        signs = self._signs
        one, many, *cents = signs.currencies[currency]
        following = self._cores[n + 1] if n + 1 < len(self._cores) else ""
        if following in signs.magnitudes:
            return _say_number(number, signs)  # the word after it says how many, and of what
        if magnitude in signs.magnitudes:
            return f"{_say_number(number, signs)} {signs.magnitudes[magnitude]} {many}"
        whole, part = _split_amount(number)
        major = f"{whole} {one if whole == '1' else many}"
        if not part or not part.strip("0"):
            return major
        minor = part.lstrip("0")
        if whole == "0" and cents:
            return signs.minor_only.format(minor=minor, cent=cents[0] if minor == "1" else cents[1])
        return signs.cents.format(major=major, minor=minor)


def _choose_form(forms: str | tuple[str, ...], number: str) -> str:
    if isinstance(forms, str):
        return forms
    return forms[0] if number.strip("\"'“”‘’«»()[]+-−") == "1" else forms[-1]


def _split_amount(number: str) -> tuple[str, str]:
    """Split an amount into its whole part, without signs between its thousands, and its hundredths."""
    if _GROUPED.fullmatch(number) and not regex.fullmatch(r"\d+[.,]\d{2}", number):
        return regex.sub(r"\D", "", number), ""
    if found := _DECIMAL.fullmatch(number):
        part = found["part"] if len(found["part"]) != 1 else f"{found['part']}0"
        return regex.sub(r"\D", "", found["whole"]), part if len(part) == 2 else ""
    return regex.sub(r"\D", "", number), ""


def _say_number(number: str, signs: SpokenSigns) -> str:
    if number.isdigit():
        is_code = len(number) > 1 and number.startswith("0")
        return " ".join(number) if is_code else number
    if _GROUPED.fullmatch(number):
        return _keep_digits(number)
    if found := _DECIMAL.fullmatch(number):
        return f"{regex.sub(r'[^0-9]', '', found['whole'])}{signs.decimal}{found['part']}"
    return " ".join(regex.findall(r"\d+", number))


def _keep_digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit())


def _say_digits(core: str, signs: SpokenSigns) -> str:
    speech = " ".join(char for char in core if char.isdigit())
    return f"{signs.plus} {speech}" if core.startswith("+") else speech


def _say_time(hour: int, minute: str, signs: SpokenSigns) -> str:
    if minute == "00":
        form = signs.late_hour if signs.late_hour and hour > 12 else signs.hour
        return form.format(h=hour)
    form = signs.early_minute if signs.early_minute and minute.startswith("0") else signs.time
    return form.format(h=hour, m=int(minute))


def _say_address(found: regex.Match[str], signs: SpokenSigns) -> str:
    who, path = (found["who"] or "").rstrip("@"), (found["path"] or "").rstrip("/")
    text = f"{who}{' @ ' if who else ''}{found['host']}{path}"
    names = {".": signs.dot, "/": signs.slash, "-": signs.dash, "_": " ", "@": signs.at}
    return " ".join("".join(f" {names[char]} " if char in names else char for char in text).split())


def _say_plain(core: str, signs: SpokenSigns) -> str:
    """Say a word as it is written, without signs that no voice says: emoji, arrows, marks of styles."""
    core = core.replace("&", f" {signs.ampersand} ")
    kept = "".join(" " if unicodedata.category(char) in ("So", "Sk", "Sm", "Sc", "Co", "Cf") else char for char in core)
    kept = regex.sub(r"[*_~|<>\\^]+", " ", kept)
    return " ".join(kept.split())
