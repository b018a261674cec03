"""Recognises the forms of money, days, hours, numbers and streets, in any language."""

from __future__ import annotations

from typing import Final

import regex

MONEY: Final = regex.compile(
    r"\p{Sc}\s?\p{Nd}|\p{Nd}\s?\p{Sc}|\b(?:EUR|USD|GBP|CHF|BRL|TRY|BGN|JPY|R\$)\s?\p{Nd}"
    r"|\p{Nd}\s?(?:EUR|USD|GBP|CHF|TL|лв|лева|円|元|شيكل"
    r"|ريال|درهم|دينار|جنيه|ليرة|dollars|euros?|pounds|quid|Euro|zł|đ|VND|руб|грн|kr|Kč|lei|块|บาท|रुपये|שקל|שקלים)(?!\p{L})"
    r"|\p{Nd}\s?(?:원|円(?=から|より)|元(?=起)|ש[\"״]ח)"
    r"|\p{Nd}[\p{Nd}.,]{0,20}\s?%\s?(?:off|Rabatt|de descuento|de desconto|di sconto|indirim|отстъпка|de réduction"
    r"|خصم|OFF|オフ|割引)"
)
DAY: Final = regex.compile(
    r"(?<![\p{Nd}.,:/])\p{Nd}{1,2}\.\s?\p{Nd}{1,2}\.(?:\s?\p{Nd}{2,4})?(?!\p{Nd})|(?<![\p{Nd}/])\p{Nd}{1,2}/\p{Nd}{1,2}(?:/\p{Nd}{2,4})?(?![\p{Nd}/])"
    r"|\p{Nd}{1,2}\s?[月월]\s?\p{Nd}{1,2}\s?[日일]|\p{Nd}{1,2}\stháng\s\p{Nd}{1,2}|(?<!\p{Nd})(?:19|20)\p{Nd}{2}-\p{Nd}{2}-\p{Nd}{2}(?!\p{Nd})"
)
SHORT_DAY: Final = regex.compile(
    r"\b(?:Mo|Di|Mi|Do|Fr|Sa|So|Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)\.?,?\s(?=\p{Nd})|[（(][月火水木金土日](?:・?祝)?[)）]|[月火水木金土日]曜"
)
TIME: Final = regex.compile(
    r"(?<!\p{Nd})\p{Nd}{1,2}(?:[:.h]\p{Nd}{2})?\s?(?:h|am|pm|a\.m\.|p\.m\.|uhr|uur|ч|horas|час|saat)(?!\p{L})"
    r"|(?<![\p{Nd}:])\p{Nd}{1,2}:\p{Nd}{2}(?![\p{Nd}:])|\p{Nd}\s?(?:[時时点시]|बजे|giờ)"
    r"|\b(?:godz|בשעה)\.?\s\p{Nd}|\b(?:saat|um|alle|ore|a las|à|às|at)\s\p{Nd}",
    regex.I,
)
RANGE: Final = regex.compile(r"(?:1[89]|20)\p{Nd}{2}\s?(?:–|-|bis|to|à|a|al|до|～|〜)\s?(?:1[89]|20)\p{Nd}{2}")
NUMBER: Final = regex.compile(
    r"(?:(?:max|min|ca|approx|über|over|up to|more than|about|around|only|just|nur|fast|rund"
    r"|plus de|près de|más de|solo|mais de|oltre|più di|circa|dolu"
    r"|над|около|само|повече от|أكثر من|約|全|~|≈|≥|>|\+)\.?\s*)?"
    r"\p{Nd}(?:[\p{Nd}.,'’\u00a0\u202f]|\s(?=\p{Nd}{3}(?!\p{Nd})))*(?<![.,'’])(?P<joint>\s?[-–]\s?\p{Nd}+(?:[.,]\p{Nd}+)?)?"
    r"(?P<after>\s?[%°+★xX×]|-?\s*)(?P<unit>\p{L}[\p{L}\p{M}\p{Nd}²³]*|[²³★])?",
    regex.I,
)
STREET_FORM: Final = regex.compile(
    r"(?:straße|strasse|str\.|weg|platz|gasse|allee)\s\p{Nd}|\bC/\s?\p{L}|\p{Nd}\s?(?:丁目|番地)", regex.I
)
CAPITAL_RUN: Final = regex.compile(
    r"(?:\p{Lu}[\p{L}\p{M}'’.-]*)(?:\s(?:\p{Lu}[\p{L}\p{M}'’.-]*|of|the|de|du|da|di|del|della|la|le|des|am|an|der)){0,4}"
)
NUMBER_BEFORE: Final = regex.compile(r"(?<![\p{Nd}.,])\p{Nd}{1,3}\s*(?:[-–]\s*\p{Nd}{1,3}\s*)?[-\s.]*$")
SHAPE: Final = regex.compile(
    r"(?<![\p{Nd}:])(?:16|9|4|3|1|5)\s?:\s?(?:16|9|4|3|1|5)(?![\p{Nd}:])|\p{Nd}{3,4}\s?[x×]\s?\p{Nd}{3,4}"
)
YEAR: Final = regex.compile(r"(?:1[89]|20)\p{Nd}{2}(?![\p{Nd}.,])")
COUNTED_NO: Final = regex.compile(r"(?:No|no|NO)\.?:?\s?\p{Nd}")
