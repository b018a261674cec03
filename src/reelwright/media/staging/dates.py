"""Days and hours in a text: the date that leads it with what stands around it, the first day, the first hour."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import regex

from reelwright.media.emblems import CLOCK_FACES, DAYS
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
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "hi": "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "he": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
"""Names of months as dates have them."""
_OTHER_MONTHS: Final = {"jänner": 1, "मई": 5, "जून": 6}
"""Numbers of months by a second name, beside the twelve of their language."""
_TWELVE: Final = [[one for one in names.split() if one not in _OTHER_MONTHS] for names in _MONTHS.values()]
"""By language, the names of the months in their order."""
_LEAST_MONTH_LETTERS: Final = 3
_MONTH_NAMES: Final = frozenset(name for names in _MONTHS.values() for name in names.split())
_DAY_FIRST: Final = regex.compile(
    r"(?P<before>\D{0,28})(?P<day>\d{1,2}(?:st|nd|rd|th|\.|er)?)\s"
    r"(?P<after>(?:de |d’|d')?(?P<month>[\w\p{M}]{2,14})(?![\w\p{M}])[^,]{0,16})",
    regex.I,
)
_MONTH_FIRST: Final = regex.compile(
    r"(?P<before>[^\d,]{0,20}(?<![\w\p{M}])(?P<month>[\p{L}\p{M}]{2,14}))\s(?P<day>\d{1,2}(?:st|nd|rd|th)?),?\s?(?P<after>(?:\d{4})?)",
    regex.I,
)

_NAMED_DAY: Final = regex.compile(
    r"\bthe (?P<ordinal>[0-9]{1,2})(?:st|nd|rd|th)\b"
    r"|(?<![\d.,:])(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|\.|º)?\s(?:de |d’|d')?"
    r"(?P<month>[\p{L}\p{M}]{3,14})(?![\p{L}\p{M}])"
    r"|(?<![\p{L}\p{M}])(?P<month_before>[\p{L}\p{M}]{3,14})\.?\s(?P<day_after>[0-9]{1,2})(?:st|nd|rd|th)?\b(?![:.,]?\d)"
    r"|[月월]\s?(?P<day_of_sign>[0-9]{1,2})\s?[日일]",
    regex.I,
)

_CLOCK: Final = r"(?<![\p{Nd}.,:€$£])(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?"
_UNTIL: Final = r"(?:(?:-|–|—|to|till|until|bis|à|a|do|до|से|إلى)\s?[0-9]{1,2}(?:[:.][0-9]{2})?\s?)?"
_UNIT: Final = (
    r"(?:[ap]\.?m\b\.?|uhr\b|o['’]clock\b|годин\b|час(?:ов)?\b|बजे|مساء|صباح|[點点](?!間)|[時时](?![間间])|시(?!간))"
)
_BEFORE_HOUR: Final = (
    r"(?:(?<![\p{L}\p{M}])(?:الساعة|kl\.?|ore|a las|um|at|à|às|dès|vers|ab|bis)\s|[上下]午|午[前後]|오[전후]\s?)"
)
_HOURS: Final = (
    regex.compile(r"(?<![\p{Nd}.,:€$£])(?P<hour>[0-9]{1,2})(?::|\s?h\s?)(?P<minute>[0-9]{2})(?![\p{Nd}:])", regex.I),
    regex.compile(rf"{_CLOCK}\s?{_UNTIL}{_UNIT}", regex.I),
    regex.compile(rf"{_BEFORE_HOUR}{_CLOCK}(?:\s?h\b)?(?![\p{{Nd}}.,:])(?!\s?[\p{{L}}\p{{Sc}}%])", regex.I),
)
"""Hours as they are written, the surest form first: ``19:30``; ``7 pm``, ``4–6pm``, ``14 Uhr``; ``下午3``, "at 9"."""
_BETWEEN: Final = " ,،、"
"""What parts the words of a date in a line; in lines of their own they need no comma."""
_POSTPOSITIONS: Final = frozenset(["तक", "से", "को", "पर", "में", "kadar", "itibaren"])
"""Words that stand behind a date, as "until" stands before one."""


class LeadingDate(NamedTuple):
    """A date: its ``day`` as written, what stands before and after it, and the other words, ``|`` between lines."""

    before: str
    day: str
    after: str
    rest: str

    @property
    def has_postposition(self) -> bool:
        """Whether a word behind the month belongs to the whole date ("until" in Hindi): the month is then not first."""
        return not _POSTPOSITIONS.isdisjoint(self.after.split())


def find_date(text: str) -> LeadingDate | None:
    """Find a date in the first line of a text, or in what stands before its first comma; None where none leads it."""
    first, _, more = strip_styles(text).partition("|")
    head, _, tail = first.partition(",")
    for line, rest in ((first, more), (head, "|".join(part for part in (tail.strip(), more) if part))):
        words = " ".join(line.split())
        for found in (_DAY_FIRST.fullmatch(words), _MONTH_FIRST.fullmatch(words)):
            if found and found["month"].casefold() in _MONTH_NAMES:
                before, day, after = (part.strip(_BETWEEN) for part in found.group("before", "day", "after"))
                return LeadingDate(before, day, after, rest.strip())
    return None


@lru_cache(maxsize=1000)
def find_day(text: str) -> int | None:
    """Find the day of the month in the first date of a text, in Latin figures; None where it names none."""
    for found in _NAMED_DAY.finditer(strip_styles(text), overlapped=True):
        day = next(found[name] for name in ("day", "day_after", "ordinal", "day_of_sign") if found[name])
        month = found["month"] or found["month_before"]
        if 1 <= int(day) <= DAYS and (not month or find_month_number(month)):
            return int(day)
    return None


def find_clock_face(text: str) -> int | None:
    """Find the half hour nearest to the first hour of the day in a text, counted from twelve; None: it names none."""
    plain = strip_styles(text)
    for form in _HOURS:
        for found in form.finditer(plain):
            hour, minute = int(found["hour"]), int(found["minute"] or 0)
            if hour <= 24 and minute < 60:
                return round((hour % 12) * 2 + minute / 30) % CLOCK_FACES
    return None


@lru_cache(maxsize=1000)
def find_month_number(word: str) -> int | None:
    """Return the number of the month that a word names or shortens (``March``, ``Mar.``); None for other words."""
    name = word.casefold().rstrip(".")
    if name in _OTHER_MONTHS or len(name) < _LEAST_MONTH_LETTERS:
        return _OTHER_MONTHS.get(name)
    for twelve in _TWELVE:
        if found := next((number for number, one in enumerate(twelve, 1) if one.startswith(name)), None):
            return found
    return None
