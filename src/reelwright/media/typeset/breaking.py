"""Line breaking: where a line may break and how much each break costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import regex

from reelwright.media.letters.word_styles import split_beside_signs, strip_styles
from reelwright.media.typeset.clinging import ABBREVIATIONS, ARTICLES, CONJUNCTIONS, COPULAS, PREPOSITIONS

FORBIDDEN: Final = math.inf
_BREAKABLE: Final = regex.compile(r"([ \t\u200B\u1680\u2000-\u2006\u2008-\u200A\u205F\u3000]+)")
_GAPS: Final = {"\u200b": "", "\u3000": "\u3000"}
_UNSPACED: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}ー]")
_KANA: Final = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_THAI: Final = regex.compile(r"\p{Thai}")
_ENDS_CLAUSE: Final = regex.compile(r"[.!?:;,…،؛؟。！？、，；：।—–][\"'”’»)\]]*$")
_ENDS_SENTENCE: Final = regex.compile(r"[.!?…؟。！？।][\"'”’»)\]]*$")
_INITIAL: Final = regex.compile(r"\p{Lu}\.")
_NUMBER: Final = regex.compile(r"^[-+−±~≈#(]?[\p{Sc}]?\d[\d.,:/  '’]*$")
_CURRENCY: Final = regex.compile(r"^(\p{Sc}|USD|EUR|GBP|CHF|JPY|BGN|RUB|No\.?|№|n°|Nr\.?)$", regex.IGNORECASE)
_PRICE: Final = regex.compile(r"^(\p{Sc}\d|\d[\d.,]*\p{Sc})")
_ONLY_SIGNS: Final = regex.compile(r"^[\p{P}\p{S}--\p{Ps}--\p{Pi}--\p{Sc}]+$", regex.V1)
_HAN_DIGITS: Final = "〇一二三四五六七八九十百千万億萬亿"
_INSIDE_WORD: Final = regex.compile(
    rf"[\p{{Latin}}\p{{N}}.,'@/_-]{{2}}|——|……|[{_HAN_DIGITS}]{{2}}|[\p{{Nd}}{_HAN_DIGITS}][年月日時时分秒円元個个名歳岁回本枚杯人階楼席]"
)
_HYPHENATED: Final = regex.compile(r"[\p{P}--[\-'’]]*+[\p{L}\p{M}'’]++(?:-[\p{L}\p{M}'’]++)++[\p{P}--\-]*+", regex.V1)
_LONG: Final = 12
"""Least letters of a word with hyphens that may break after one of them."""
_NEVER_FIRST: Final = frozenset(
    "、。，．・：；？！）］｝〉》」』】〕ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ…‥％℃%!?,.:;)]}»”’ๆฯ"
)
_NEVER_LAST: Final = tuple("（［｛〈《「『【〔￥＄([{«“‘$€£¥")
"""Kinsoku. Source: craft.md 4.5, read 2026-11-20."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of text that is never broken, and what stands between it and the unit before it on the same line."""

    text: str
    gap: str = " "


def split_units(text: str, language: str = "en", keep: Sequence[str] = ()) -> tuple[Unit, ...]:
    """Split ``text`` into pieces that are never broken, each with the gap before it.

    ``keep``: names of several words that stay on one line (a brand). Words are split at spaces that allow a break;
    Japanese, Chinese and Thai by phrase (budoux), with kinsoku; a lone sign goes with the word before it (French
    ``Prix :``), an opening one with the word after it.
    """
    return _units(text, language, tuple(keep))


@lru_cache(maxsize=1024)
def _units(text: str, language: str, keep: tuple[str, ...]) -> tuple[Unit, ...]:
    held = text
    for name in sorted((n for n in keep if " " in n), key=len, reverse=True):
        held = regex.sub(
            regex.escape(name), lambda found: found[0].replace(" ", "\u0000"), held, flags=regex.IGNORECASE
        )
    found: list[Unit] = []
    gap = " "
    words = [w.replace("\u0000", " ") for w in _BREAKABLE.split(held) if w]
    for word, *following in (words[at : at + 3] for at in range(len(words))):
        if _BREAKABLE.fullmatch(word):
            gap = _GAPS.get(word, " ")
            continue
        is_street = bool(following) and following[-1][:1].isdigit()
        pieces = [word] if is_street and not _UNSPACED.search(word) else _phrases(word, language)
        if found and (_ONLY_SIGNS.match(strip_styles(word)) or strip_styles(found[-1].text).endswith(_NEVER_LAST)):
            found[-1] = Unit(f"{found[-1].text} {pieces[0]}", found[-1].gap)
            pieces = pieces[1:]
            found.extend(Unit(piece, "") for piece in pieces)
        else:
            found.extend(Unit(piece, "" if index else gap) for index, piece in enumerate(pieces))
    return tuple(found)


def join_units(parts: Sequence[Unit]) -> str:
    """Join units to the text of a line."""
    return "".join((unit.gap if index else "") + unit.text for index, unit in enumerate(parts))


def _phrases(word: str, language: str) -> list[str]:
    """Split a stretch without spaces into phrases between which a line may break."""
    if not _UNSPACED.search(word):
        return _split_at_hyphen(word)
    kept: list[str] = []
    for phrase in split_beside_signs(word, _parser(_segmenter(word, language)).parse(strip_styles(word))):
        last, first = strip_styles(kept[-1])[-1] if kept else "", strip_styles(phrase)[0]
        if kept and (first in _NEVER_FIRST or last in _NEVER_LAST or _is_inside_word(last + first)):
            kept[-1] += phrase
        else:
            kept.append(phrase)
    return kept


def _split_at_hyphen(word: str) -> list[str]:
    """Split a long word after the hyphen that is nearest its middle.

    Names of two parts, numbers, addresses and styled words stay whole.
    """
    hyphens = [at for at, sign in enumerate(word) if sign == "-" and 4 <= at < len(word) - 4]
    places = [at + 1 for at in hyphens if not word[at + 1].isupper() or word.isupper()]
    if len(word) < _LONG or not places or strip_styles(word) != word or not _HYPHENATED.fullmatch(word):
        return [word]
    at = min(places, key=lambda place: abs(place - len(word) / 2))
    return [word[:at], word[at:]]


def _is_inside_word(pair: str) -> bool:
    """Return whether a break between two letters would split a Latin word, a number with what it counts in Chinese
    or Japanese, or a doubled dash.
    """
    return bool(_INSIDE_WORD.match(pair))


def _segmenter(word: str, language: str) -> str:
    if _THAI.search(word):
        return "th"
    if _KANA.search(word) or language.split("-")[0] == "ja":
        return "ja"
    return "zh"


@lru_cache(maxsize=3)
def _parser(language: str) -> Any:
    import budoux

    return {
        "th": budoux.load_default_thai_parser,
        "ja": budoux.load_default_japanese_parser,
        "zh": budoux.load_default_simplified_chinese_parser,
    }[language]()


def compute_penalty(left: Unit, right: Unit, language: str) -> float:
    """Compute the cost of ending a line with ``left``, as a part of the score:
    below 0 good, 0.05 plain, infinite forbidden.

    Source: looks/README.md 0 and craft.md 4.5, read 2026-11-20.
    """
    last = strip_styles(left.text).split()[-1]
    if last.endswith("-") and not right.gap:
        return 0.60 if last.isupper() else 0.20  # inside a word: where the line becomes larger for it; a name is whole
    first = strip_styles(right.text).split()[0]
    # "from 7 to 19," and "€18." end there, "am 19. Juni" does not
    counts = _NUMBER.match(last) and last[-1] not in ",;!?" and not (last[-1] == "." and _PRICE.match(last))
    if counts or (_CURRENCY.match(last) and first[0].isdigit()):
        return FORBIDDEN
    if last.lower() in _words(ABBREVIATIONS, "") or _INITIAL.fullmatch(last):
        return 0.60
    if _ENDS_CLAUSE.search(last):
        return -0.10
    primary = language.split("-")[0].lower()
    ending, following = last.lower().strip("\"'“”«»("), first.lower().strip("\"'“”«»(")
    if ending in _words(ARTICLES, primary):
        return 0.60
    if ending in _words(COPULAS, primary):
        return 0.15
    if ending in _words(PREPOSITIONS, primary) or ending in _words(CONJUNCTIONS, primary):
        return 0.35
    if _PRICE.match(first):
        return 0.25  # "ticket | €18": a price is read with what it is the price of
    if len(ending) < 3 and following in _words(COPULAS, primary):
        return 0.40  # "until it | is light"
    if following in _words(CONJUNCTIONS, primary):
        return 0.0
    if following in _words(PREPOSITIONS, primary):
        return 0.02
    if primary != "de" and _looks_like_name(last, first):
        return 0.20
    return 0.05


def is_connective(text: str, language: str) -> bool:
    """Return whether words are but a preposition or a conjunction, which a line does not hold alone."""
    primary, word = language.split("-")[0].lower(), strip_styles(text).lower()
    return word in _words(PREPOSITIONS, primary) or word in _words(CONJUNCTIONS, primary)


def _looks_like_name(last: str, first: str) -> bool:
    return last.istitle() and first.istitle() and len(last) > 1


@lru_cache(maxsize=128)
def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _words(lists: dict[str, str], language: str) -> frozenset[str]:
    return _set(lists.get(language, ""))


def has_sentence_end_inside(parts: Sequence[Unit]) -> bool:
    """Return whether a sentence ends before the end of this line."""
    return any(_ENDS_SENTENCE.search(strip_styles(unit.text)) for unit in parts[:-1])


def split_hard_lines(text: str) -> list[str]:
    """Split a text into the lines that the writer separated with ``|`` or a line feed."""
    return [part.strip() for part in regex.split(r"[|\n]", text) if part.strip()]
