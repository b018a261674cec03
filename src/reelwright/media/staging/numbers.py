"""Numbers that count up as they are written: digits, marks, groups and units kept as in the brief."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.staging.dates import find_month_number
from reelwright.media.staging.lines import compute_block_baselines, fit_small_block, make_rise, measure_block_height
from reelwright.media.staging.prices import Price
from reelwright.media.staging.stage import Motion, Stage

_THIN = (2.6, 6.0)
"""Largest width over height of number and unit together; the second in wide frames."""
_CURRENCY = re.compile(
    r"(?<![^\W\d_])(?:USD|EUR|GBP|CHF|JPY|CNY|INR|BRL|PLN|CZK|SEK|NOK|DKK|BGN|RON|HUF|TRY|RUB|kr|zł|Kč|lei|Ft|TL|лв|руб|грн"
    r"|Rs|R\$)(?![^\W\d_])|[円圓元원]|บาท"
)
"""Words and letters for money, beside the signs that Unicode has for it."""
_YEAR = re.compile(r"1[89]\d\d|20\d\d")
_CLOCK = re.compile(
    r"(?<![^\W\d_])(?:uhr|o['’]clock)(?![^\W\d_])|(?<=\d)\s?[ap]\.?m\.?\s*$|[時点](?!間)|시(?!간)", re.IGNORECASE
)
_CODE = re.compile(r"0\d+|\d{7,}")
"""A telephone number or another row of digits that is no amount."""
_STEPS = 22
_MOVING_STEPS = 19
"""Steps of a count in which its figure changes: the count slows down at its end, and no false figure stands there."""
_WRITTEN_UNIT = re.compile(r"(\D{0,4}\d[\d.,:/–\-\u00a0\u202f ’']*[%‰°]?)\s+([^\W\d_]{3,}.*)")
_DOTS = ("\u0660", "\u06f0")
"""The zeros of Arabic and of Persian."""
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")


_MOST_BESIDE = 40
"""Most letters of a number and its words that leave room for a drawing, in a frame that is not wide."""
_LARGEST_PRICE = 640
"""Most em of a price, at a short side of 1080."""
_OLD_PART = 0.42
"""Size of an old price over that of the new one, once both stand."""
LABEL = 68
"""Em, at a short side of 1080, of the label that says what a number counts: without it the number says nothing."""


def fit_price(
    stage: Stage, price: Price, width: float, height: float, *, air: float = 0.22
) -> tuple[FittedLine, FittedLine | None, float]:
    """Fit a new price as large as ``width`` by ``height`` pixels allow, and the old one small above it.

    Returns both and the pixels from the top of the old one to the top of the new. ``air``: ems of the new price between
    them.
    """
    new = stage.typeset(price.new, "number")
    old = stage.typeset(strip_styles(price.old), "number") if price.old else None
    above = _OLD_PART * old.cap + air if old else 0.0
    size = min(height / (new.height + above), width / new.width, _LARGEST_PRICE * stage.u)
    stage.record_fit(new.cap * size, 64 * stage.u)
    return FittedLine(new, size), FittedLine(old, _OLD_PART * size) if old else None, above * size


def can_show_counted_thing(stage: Stage) -> bool:
    """Whether a drawing stands beside the number of a shot: of the thing that it counts, where its words leave room."""
    if not stage.request.is_emblem_named or has_comparison(stage):
        return False
    letters = sum(len(strip_styles(stage.get_words(role))) for role in ("number", "unit", "label"))
    return stage.shape == "wide" or letters <= _MOST_BESIDE


def has_comparison(stage: Stage) -> bool:
    """Return whether the shot has two values to draw at their true ratio."""
    return bool(
        stage.get_words("a")
        and stage.get_words("b")
        and stage.get_words("ratio_milli").isdigit()
        and int(stage.get_words("ratio_milli")) > 0
    )


def find_counted_thing(stage: Stage) -> str:
    """Return the unit if it stands under its number, since both would make a thin line;
    empty where it stands beside it.
    """
    unit = stage.get_words("unit")
    if has_comparison(stage) or not any(letter.isalpha() for letter in unit):
        return ""
    both = typeset_count(stage)[-1]
    if stage.get_words("number") in _DOTS:
        return unit
    return unit if both.width > _THIN[stage.shape == "wide"] * both.height else ""


def set_thing(stage: Stage, lines: Sequence[FittedLine], x: float, top: float, colour: str, ground: str) -> float:
    """Add ``lines``, the unit that a number counts, under it, rising in; ``top`` is their upper edge in pixels.

    Returns where the lines end.
    """
    gap = 18 * stage.u
    for index, (line, low) in enumerate(zip(lines, compute_block_baselines(lines, top, gap), strict=True)):
        motion = make_rise(stage, line, low, stage.to_frames(4 + 2 * index), "thing")
        stage.add_line(line, x, low, colour, ground, motion)
    return top + measure_block_height(lines, gap)


def split_unit(stage: Stage) -> tuple[str, str]:
    """Split the number of a shot from the unit that is written after it: ``36 hours`` and a shot's own unit alike.

    A sign of one or two letters stays with its number.
    """
    number, unit = stage.get_words("number"), stage.get_words("unit")
    found = _WRITTEN_UNIT.fullmatch(number)
    return (found[1], found[2]) if found and not unit else (number, unit if len(unit) > 2 else "")


def typeset_count(
    stage: Stage, *, is_alone: bool = False, number: str | None = None, prefix: str | None = None
) -> list[Ink]:
    """Typeset the lines that a counter shows, from 35 % of the value on (never from 0), set as the number is written.

    A price stands still, since a person who looks away would read another one; so do a year, a range, a time, a date, a
    telephone number and a single digit.

    ``is_alone``: without its unit. ``number``, ``prefix``: instead of the shot's.
    """
    number, prefix, unit = (
        stage.get_words("number") if number is None else number,
        stage.get_words("prefix") if prefix is None else prefix,
        "" if is_alone else stage.get_words("unit"),
    )
    found = _NUMBER.search(number)
    gap = "" if len(unit) <= 2 and not unit.isalpha() else " "
    if found is None:
        return [_ink(stage, f"{prefix}{number}{gap}{unit}")]
    written = found.group()
    several = _NUMBER.search(number.replace(written, "", 1))  # a range, a time, a date
    around = f"{prefix} {number} {unit} {stage.get_words('number')} {stage.get_words('unit')}"
    if several or _is_money(around) or _is_moment(around) or _is_no_amount(written):
        return [_ink(stage, f"{prefix}{number}{gap}{unit}")]
    whole, mark, part = _parts(written)
    value = int(whole + part)
    out: list[Ink] = []
    for index in range(_STEPS + 1):
        now = round(value * (0.35 + 0.65 * min(1.0, index / _MOVING_STEPS)))
        text = number.replace(written, _written(now, len(part), mark, written), 1)
        out.append(_ink(stage, f"{prefix}{text}{gap}{unit}"))
    return out


def _ink(stage: Stage, text: str) -> Ink:
    """Typeset a number with its unit as they are written: 86 m² are no 86 M², and one film has no BN beside an m."""
    return stage.typeset(" ".join(text.split()), "number")


def _is_moment(text: str) -> bool:
    """Return whether a number is an hour or the day of a month."""
    words, day = re.findall(r"[^\W\d_]+", text), re.match(r"\D*(\d{1,2})(?!\d)", text)
    is_day = day is not None and int(day[1]) <= 31 and bool(words)
    return bool(_CLOCK.search(text)) or (is_day and find_month_number(words[0]) is not None)


def _is_no_amount(written: str) -> bool:
    is_digit = len(written) == 1
    return is_digit or bool(_YEAR.fullmatch(written) or _CODE.fullmatch(written))


def _is_money(text: str) -> bool:
    return bool(_CURRENCY.search(text)) or any(unicodedata.category(char) == "Sc" for char in text)


def _parts(written: str) -> tuple[str, str, str]:
    """Return the digits before the decimal mark, the mark, and the digits after it.

    A last group of three is thousands.
    """
    tail = re.search(r"[.,](\d+)$", written)
    if tail and len(tail.group(1)) != 3:
        return re.sub(r"\D", "", written[: tail.start()]), written[tail.start()], tail.group(1)
    return re.sub(r"\D", "", written), "", ""


def _written(value: int, decimals: int, mark: str, like: str) -> str:
    digits = str(value).rjust(decimals + 1, "0")
    whole, part = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    groups = re.search(r"\d([.,\u00a0\u202f ])\d{3}", like if not mark else like.rpartition(mark)[0])
    if groups:
        whole = f"{int(whole):,}".replace(",", groups.group(1))
    return (whole + mark + part).translate(_digits_like(like))


def _digits_like(written: str) -> dict[int, str]:
    """Map the digits of ASCII to those of the script in which a number is written."""
    first = next(char for char in written if char.isdigit())
    zero = ord(first) - int(first)
    return {ord("0") + n: chr(zero + n) for n in range(10)}


def fit_count_label(stage: Stage, width: float) -> list[FittedLine]:
    """Fit the lines that say what the number counts, two at most; none where the shot has no label."""
    text = stage.get_words("label")
    return (
        fit_small_block(
            stage,
            text,
            width,
            LABEL * 3 * stage.u,
            largest=LABEL * (1.25 if stage.shape == "wide" else 1),
            lines=2,
            kind="label",
        )
        if text
        else []
    )


def measure_label_depth(label: Sequence[FittedLine]) -> float:
    """Return the height in pixels of the lines under a number, with the air above them; 0 where there are none."""
    return (1 + (len(label) - 1) * 1.2) * label[0].size + 0.7 * label[0].size if label else 0.0


def set_label(stage: Stage, label: Sequence[FittedLine], x: float, below: float, colour: str, ground: str) -> float:
    """Add ``label``, what a number counts, under it, fading in; ``below`` is the number's lower edge in pixels.

    Returns where the lines end.
    """
    for index, line in enumerate(label):
        motion = Motion(moves=(stage.fade(0, stage.to_frames(4), 0.6, 1),), group="label")
        low = below + (0.7 + 0.8 + 1.2 * index) * line.size
        stage.add_line(line, x, low, colour, ground, motion, role="label")
    return below + measure_label_depth(label)


def add_bars(
    stage: Stage, x: float, reach: float, top: float, high: float, colours: Sequence[tuple[str, str]], outside_ink: str
) -> float:
    """Add two bars at their true ratio from before ``x`` up to ``reach`` at most. Returns their lower edge.

    ``colours``: of each bar and of the words in it. Words that do not fit inside stand after their bar.
    """
    u = stage.u
    ratio = int(stage.get_words("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    near = -10.0 if x == stage.live.left else x - 24 * u
    for index, (part, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        colour, ink = colours[index]
        y = top + index * (high + 26 * u)
        right = max(near + (reach - near) * part, x + 120 * u)
        wiped = stage.make_wipe_area(near, y, right, y + high)
        motion = Motion(
            moves=(stage.wipe(stage.to_frames(4 + 3 * index), kind="button"),), wipe_area=wiped, group="bars"
        )
        stage.add_polygon(stage.make_slab(near, y, right, y + high), colour, motion)
        line = stage.typeset(stage.get_words(role))
        room = right - x - high * stage.look.slope - 24 * u
        size = min(high * 0.40 / line.cap, room / line.width)
        start, ground = x, colour
        if size * line.cap < 18 * u:
            start, ink, ground = right + 30 * u, outside_ink, stage.ground
            size = min(high * 0.4 / line.cap, (stage.live.right - start) / line.width)
            motion = Motion(moves=(stage.fade(stage.to_frames(14), stage.to_frames(6)),), group="bars")
        low = y + high / 2 + line.cap * size / 2
        stage.add_words(line, size, start, low, ink, ground, motion, role="label")
    return top + 2 * high + 26 * u
