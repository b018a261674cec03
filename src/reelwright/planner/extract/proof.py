"""Numbers that prove something, copied to the letter; and the offer and its date."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon
from reelwright.reel.noun import noun

_UNITS: Final = (
    r"%|per ?cent|x|×|°\s?[CF]|hours?|hrs?|minutes?|mins?|days?|weeks?|months?|years?|users?|customers?"
    r"|people|members?|clients?"
    r"|downloads?|stars?|★|reviews?|awards?|countries|cities|kg|g|grams?|km|miles?|m|cm|mm|litres?|liters?"
    r"|l|ml|W|kW|kWh|mAh|GB|TB|mph|km/h|dB"
    r"|calories|kcal|steps?|recipes?|flavou?rs?|colou?rs?|shops?|stores?|families|meals?|trees?|lessons?|songs?|teams?|companies"
    r"|часа?|часове|минути|дни|години|години|клиенти|потребители|души|кг|км|г|лв|звезди|часов|лет|года|дней|минут|клиентов|человек"
    r"|stunden|minuten|tage|jahre|kunden|nutzer|sterne|grad|horas|minutos|días|años|clientes|heures|minutes|jours|ans|clients|ore|minuti|giorni|anni"
    r"|時間|分|日|年|人|個|倍|万人|小时|分钟|天|ساعة|ساعات|دقيقة|سنة|سنوات|عميل|घंटे|मिनट|दिन|साल|ग्राहक|लोग"
)
_NUMBER: Final = regex.compile(
    rf"(?<![\p{{L}}\d.,:/$€£¥₹#@-])"
    rf"([+−-]?\d{{1,12}}(?:\x20\d{{3}}(?!\d)){{0,3}}(?:[.,]\d{{1,6}}){{0,4}}(?:\s?(?:million|billion|thousand|k|m|млн|хил)\b)?\+?)"
    rf"\s?-?({_UNITS})(?![\p{{L}}\p{{M}}\d])",
    regex.I,
)
_GLUED: Final = regex.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)(時間|分|日|年|人|個|倍|万人|%|小时|分钟|天)")
_LARGE: Final = regex.compile(
    r"(?<![\p{L}\d.,$€£¥₹#])(\d{1,3}(?:[.,\u00a0]\d{3}){1,4}\+?)\s(\p{L}{3,}(?:\s(?:a|per)\s\p{L}+)?)(?!\p{L})"
)
"""A number with thousands counts something, whatever it is called."""
_SOURCE: Final = regex.compile(
    r"(?:\b(?:according to|source:|tested by|study by|survey of|measured by)\s+([^.;\n]{3,70}))", regex.I
)
_DATE: Final = (
    r"(?:\d{1,2}\.?\s*(?:\p{L}{3,10})|\p{Lu}\p{L}{2,9}\s\d{1,2}(?:st|nd|rd|th)?"
    r"|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?|\p{L}{4,12})"
)
_UNTIL: Final = regex.compile(
    rf"\b((?:until|till|ends?(?: on)?|by|through|valid until|only until|до|bis(?: zum)?|hasta(?: el)?"
    rf"|jusqu['’]au|fino al|nur bis)\s+(?:the\s+)?({_DATE})(?:\s\d{{4}})?)",
    regex.I,
)
MOST: Final = 3
NEAR: Final = 160
"""Characters on either side of a number that count as its clause."""
_CODE: Final = regex.compile(r"\b(?i:code|код|gutscheincode|código|codice)\s*:?\s*[\"“'«]?([A-Z0-9][A-Z0-9-]{2,19})\b")
_PERCENT: Final = regex.compile(r"(?<![\d.,])[-−]?\d{1,3}(?:[.,]\d{1,2})?\s?%")
_PRICE: Final = regex.compile(
    r"(?:\b(?:only|just|from|now|for|under|само|от|nur|ab|desde|dès)\s+)?"
    r"(?:[$€£¥₹]\s?\d[\d.,]{0,12}\d|[$€£¥₹]\s?\d|(?<![\d.,])\d[\d.,]{0,12}\s?(?:€|лв\.?|USD|EUR|BGN|GBP)(?!\w))"
    r"(?:\s?(?:/|per|a)\s?(?:month|year|week|day|mo|yr|night|person))?",
    regex.I,
)


@noun
class Proof:
    """A number with its unit, verbatim, and the words of the brief round it."""

    number: str
    unit: str
    around: str
    found: Found


@noun
class Offer:
    """The deal in the brief's words; a code where there is one."""

    deal: Found
    code: Found | None


def proofs_of(seen: Seen, length: Found | None) -> tuple[Proof, ...]:
    """Numbers with a unit that are neither the film's length nor a discount. At most three."""
    made: list[Proof] = []
    taken = (length.span.start, length.span.end) if length and length.span else (-1, -1)
    found_by = (_NUMBER, _GLUED, _LARGE)
    matches = sorted((m for pattern in found_by for m in pattern.finditer(seen.text)), key=lambda m: m.start())
    last = -1
    for match in matches:
        span = seen.span(*match.span())
        if match.start() < last or (span.start < taken[1] and taken[0] < span.end):
            continue
        if "%" in match[2] and _discounted(seen, *match.span()):
            continue
        if regex.match(
            r"(?:\s?-?\s?)(?:ad|spot|film|video|commercial|clip|promo|discount|money-back)\b",
            seen.text[match.end() :],
            regex.I,
        ):
            continue
        if len(made) == MOST:
            break
        last = match.end()
        found = seen.found(match.span(), 85)
        number = seen.show(*match.span(1))
        made.append(
            Proof(number=number, unit=seen.show(*match.span(2)), around=_around(seen, *match.span()), found=found)
        )
    return tuple(made)


def _around(seen: Seen, start: int, end: int) -> str:
    """The clause in which the number stands."""
    first, final = max(0, start - NEAR), min(len(seen.text), end + NEAR)
    low = max((seen.text.rfind(c, first, start) + 1 for c in ".!?;,\n"), default=0)
    ends = [i for c in ".!?;,\n" if (i := seen.text.find(c, end, final)) >= 0]
    return seen.show(max(low, first), min(ends, default=final))


def source_of(seen: Seen) -> Found | None:
    """Where a number comes from, if the brief says so."""
    match = _SOURCE.search(seen.text)
    return seen.found(match.span(1), 75) if match else None


def offer_of(seen: Seen) -> Offer | None:
    """The first deal: a discount, a free thing, a price. Verbatim."""
    code = _CODE.search(seen.text)
    deal = _percent(seen) or _free(seen) or _price(seen)
    found_code = seen.found(code.span(1), 90) if code else None
    if deal is None:
        return Offer(deal=found_code, code=found_code) if found_code else None
    return Offer(deal=deal, code=found_code)


def _percent(seen: Seen) -> Found | None:
    for match in _PERCENT.finditer(seen.text):
        if not _discounted(seen, *match.span()):
            continue
        tail = regex.match(
            r"\s*(?:off|discount|rabatt|отстъпка|намаление|скидка|オフ|割引|خصم|की छूट|छूट"
            r"|de descuento|de réduction|di sconto|折扣)?"
            r"(?:\s+(?:(?:on|for)\s+)?(?:your |the |all |every )?"
            r"(?:first|next|everything|all|any|whole|selected)(?:\s(?!(?:until|till|by|with|on|in|at|from|code|and)\b)\p{L}+)?)?",
            seen.text[match.end() :], regex.I,
        )  # fmt: skip
        end = match.end() + (tail.end() if tail else 0)
        start = match.start()
        if head := regex.search(
            r"(?:отстъпка|намаление|скидка|save|خصم|割引|rabatt von)\s*(?:от\s*)?$", seen.text[:start], regex.I
        ):
            start = head.start()
        return seen.found((start, end), 92)
    return None


def _discounted(seen: Seen, start: int, end: int) -> bool:
    near = seen.text[max(0, start - 14) : end + 18].casefold()
    return seen.text[start] in "-−" or _discounts().search(near) is not None


@cache
def _discounts() -> regex.Pattern[str]:
    words = str(lexicon()["discount"]).split()
    plain = "|".join(regex.escape(word) for word in words if word.isascii())
    others = "|".join(regex.escape(word) for word in words if not word.isascii())
    return regex.compile(rf"(?<!\p{{L}})(?:{plain})(?!\p{{L}})|{others}")


@cache
def _free_words() -> regex.Pattern[str]:
    words = [word for row in lexicon()["free"].values() for word in row]
    return regex.compile("|".join(regex.escape(word) for word in sorted(words, key=len, reverse=True)), regex.I)


def _free(seen: Seen) -> Found | None:
    match = _free_words().search(seen.text)
    return seen.found(match.span(), 88) if match else None


def _price(seen: Seen) -> Found | None:
    match = _PRICE.search(seen.text)
    if not match or regex.search(r"(?:budget|cost|spend)\W*(?:of|is|under)?\W*$", seen.text[: match.start()], regex.I):
        return None
    return seen.found(match.span(), 85)


def deadline_of(seen: Seen) -> Found | None:
    """``until 30 November``: a date, a month or a weekday, never less."""
    known = frozenset(f"{lexicon()['months']} {lexicon()['weekdays']}".split())
    for match in _UNTIL.finditer(seen.text):
        words = regex.findall(r"\p{L}+", match[2].casefold())
        if any(word in known for word in words) or regex.fullmatch(r"\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?", match[2]):
            return seen.found(match.span(1), 85)
    return None
