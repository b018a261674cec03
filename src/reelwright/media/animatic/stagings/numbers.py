"""Numbers that count up as they are written: digits, marks, groups and units kept as in the brief."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from reelwright.media.animatic.lettering import Fitted, Ink
from reelwright.media.animatic.parts import block_height, block_lows, rising, small_block
from reelwright.media.animatic.stage import Motion, Stage
from reelwright.media.typeset import capitals

_THIN = (2.6, 6.0)
"""How many times as wide as high number and unit may be together; the second in wide frames."""
_CURRENCY = re.compile(
    r"(?<![^\W\d_])(?:USD|EUR|GBP|CHF|JPY|CNY|INR|BRL|PLN|CZK|SEK|NOK|DKK|BGN|RON|HUF|TRY|RUB|kr|zł|Kč|lei|Ft|TL|лв|руб|грн"
    r"|Rs|R\$)(?![^\W\d_])|[円圓元원]|บาท"
)
"""What stands for money beside the signs that Unicode has for it."""
_UNITS = frozenset({
    "m", "m²", "m³", "mm", "mm²", "cm", "cm²", "km", "km²", "km/h", "m/s", "kg", "g", "mg", "t", "l", "ml",
    "cl", "dl", "s", "ms", "h", "min", "kW", "kWh", "Wh", "mAh", "kB", "MB", "GB", "TB", "Hz", "kHz", "MHz",
    "GHz", "dB", "px", "ha", "м", "м²", "м³", "см", "мм", "км", "км/ч", "кг", "г", "л", "мл", "с", "ч", "мин",
    "кВт",
})  # fmt: skip
_YEAR = re.compile(r"1[89]\d\d|20\d\d")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")


LABEL = 68
"""Em, at a short side of 1080, of what a number counts: without it the number says nothing."""


def compares(stage: Stage) -> bool:
    """Whether there are two values to draw at their true ratio."""
    return bool(
        stage.says("a")
        and stage.says("b")
        and stage.says("ratio_milli").isdigit()
        and int(stage.says("ratio_milli")) > 0
    )


def counted_thing(stage: Stage) -> str:
    """The unit that stands under its number, since both would make a thin line; empty where it stands beside it."""
    unit = stage.says("unit")
    if compares(stage) or not any(letter.isalpha() for letter in unit):
        return ""
    both = counted(stage)[-1]
    return unit if both.width > _THIN[stage.shape == "wide"] * both.height else ""


def set_thing(stage: Stage, lines: Sequence[Fitted], x: float, top: float, colour: str, ground: str) -> float:
    """Set what is counted under its number. Returns where the lines end."""
    gap = 18 * stage.u
    for index, (line, low) in enumerate(zip(lines, block_lows(lines, top, gap), strict=True)):
        motion = rising(stage, line, low, stage.time(4 + 2 * index), "thing")
        stage.words(line.ink, line.size, x, low, colour, ground, motion)
    return top + block_height(lines, gap)


def counted(stage: Stage, *, alone: bool = False) -> list[Ink]:
    """What the counter shows, from 35 % of the value on (never from 0), set as the number is written.

    A price stands still, since whoever looks away would read another one; so do a year, a range, a time and a date.

    ``alone``: without its unit.
    """
    said, prefix, unit = stage.says("number"), stage.says("prefix"), "" if alone else stage.says("unit")
    found = _NUMBER.search(said)
    gap = "" if len(unit) <= 2 and not unit.isalpha() else " "
    if found is None:
        return [_ink(stage, f"{prefix}{said}{gap}{unit}")]
    written = found.group()
    several = _NUMBER.search(said.replace(written, "", 1))  # a range, a time, a date
    if several or _is_money(f"{prefix} {said} {unit}") or _YEAR.fullmatch(written):
        return [_ink(stage, f"{prefix}{said}{gap}{unit}")]
    whole, mark, part = _parts(written)
    value = int(whole + part)
    out: list[Ink] = []
    for index in range(23):
        now = round(value * (0.35 + 0.65 * index / 22))
        text = said.replace(written, _written(now, len(part), mark, written), 1)
        out.append(_ink(stage, f"{prefix}{text}{gap}{unit}"))
    return out


def _ink(stage: Stage, text: str) -> Ink:
    """A number in capitals, but for signs of units: 86 m² are no 86 M²."""
    language = stage.asked.language
    words = (word if word in _UNITS else capitals(word, language) for word in text.split(" ") if word)
    return stage.ink(" ".join(words), "number")


def _is_money(said: str) -> bool:
    return bool(_CURRENCY.search(said)) or any(unicodedata.category(char) == "Sc" for char in said)


def _parts(written: str) -> tuple[str, str, str]:
    """Digits before the decimal mark, the mark, digits after it. A last group of three is thousands."""
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
    """The digits of the script in which a number is written, by those of ASCII."""
    first = next(char for char in written if char.isdigit())
    zero = ord(first) - int(first)
    return {ord("0") + n: chr(zero + n) for n in range(10)}


def counts_what(stage: Stage, width: float) -> list[Fitted]:
    """The lines that say what the number counts, two at most; none where nothing is said."""
    text = stage.says("label")
    return (
        small_block(
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


def depth_of(label: Sequence[Fitted]) -> float:
    """Pixels that the lines under a number take, with the air above them; none where there are none."""
    return (1 + (len(label) - 1) * 1.2) * label[0].size + 0.7 * label[0].size if label else 0.0


def set_label(stage: Stage, label: Sequence[Fitted], x: float, below: float, colour: str, ground: str) -> float:
    """Set what a number counts under it, as it is read. Returns where the lines end."""
    for index, line in enumerate(label):
        motion = Motion(moves=(stage.fade(0, stage.time(4), 0.6, 1),), group="label")
        low = below + (0.7 + 0.8 + 1.2 * index) * line.size
        stage.words(line.ink, line.size, x, low, colour, ground, motion, role="label")
    return below + depth_of(label)


def bars(
    stage: Stage,
    x: float,
    reach: float,
    top: float,
    high: float,
    colours: Sequence[tuple[str, str]],
    outside_ink: str,
) -> float:
    """Two bars at their true ratio from before ``x`` up to ``reach`` at most. Returns their lower edge.

    ``colours``: of each bar and of the words in it. Words that do not fit inside stand after their bar.
    """
    u = stage.u
    ratio = int(stage.says("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    near = -10.0 if x == stage.live.left else x - 24 * u
    for index, (part, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        colour, ink = colours[index]
        y = top + index * (high + 26 * u)
        right = max(near + (reach - near) * part, x + 120 * u)
        wiped = stage.wiped(near, y, right, y + high)
        motion = Motion(moves=(stage.wipe(stage.time(4 + 3 * index), kind="button"),), wiped=wiped, group="bars")
        stage.poly(stage.slab(near, y, right, y + high), colour, motion)
        line = stage.ink(stage.says(role))
        room = right - x - high * stage.look.slope - 24 * u
        size = min(high * 0.40 / line.cap, room / line.width)
        start, ground = x, colour
        if size * line.cap < 18 * u:
            start, ink, ground = right + 30 * u, outside_ink, stage.ground
            size = min(high * 0.4 / line.cap, (stage.live.right - start) / line.width)
            motion = Motion(moves=(stage.fade(stage.time(14), stage.time(6)),), group="bars")
        low = y + high / 2 + line.cap * size / 2
        stage.words(line, size, start, low, ink, ground, motion, role="label")
    return top + 2 * high + 26 * u
