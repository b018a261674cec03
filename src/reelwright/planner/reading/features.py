"""Describes each token of a brief to the model: its letters, its neighbours, and what its line and clause hold."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Final

import budoux
import regex

from reelwright.planner.certain.marks import Marks, fold
from reelwright.planner.certain.parts import find_brackets, find_quotations
from reelwright.planner.reading.likelihood.observed import list_contact_letters
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token, find_units, locate_units

_CLAUSE_ENDS: Final = frozenset(".!?…。！？؟;,:،、।–—|/·()；，：\n")
_MONEY: Final = regex.compile(
    r"\p{Sc}|(?:EUR|USD|GBP|CHF|BRL|TRY|TL|лв|лева|円|元|ريال|درهم|دينار|جنيه|dollars?|euros?|pounds?|quid|zł|đ|руб|грн|kr|Kč|lei|원|บาท|रुपये|₹|שקלים?|ש[\"״]ח)",
    regex.I,
)


_PHRASED: Final = ("ja", "th", "zh")
"""Languages written without spaces: their phrases are found by budoux."""
_LEAST_REPEATED: Final = 3
"""Fewest letters of a word that is looked for in the brief's addresses."""


def list_features(
    text: str, tokens: Sequence[Token], language: str, get_rarity: Callable[[str], str]
) -> list[list[str]]:
    """Return the features of each token, as names. ``get_rarity``: how seldom a folded word is in the corpus. Pure."""
    hits = list_token_marks(tokens, Marks(text))
    quoted = _mark_inside(tokens, [(q.start, q.end) for q in find_quotations(text)])
    bracketed = _mark_inside(tokens, find_brackets(text))
    words = [_describe(token) for token in tokens]
    # the committed model was trained before these were units
    units = [
        one for one in locate_units(tokens, find_units(text)) if one[2] not in ("katakana", "date", "compound", "firm")
    ]
    unit_of = _name_units(len(tokens), units)
    inner = {n for first, end, _ in units for n in range(first, end - 1)} | _find_abbreviations(tokens, hits)
    clause_of = number_groups(tokens, _CLAUSE_ENDS, inner)
    sentence_of = number_groups(tokens, SENTENCE_ENDS, inner)
    line_of = number_groups(tokens, frozenset("\n"))
    clauses, sentences, lines = (_summarise(group, hits, tokens) for group in (clause_of, sentence_of, line_of))
    heads = _find_line_heads(tokens, line_of)
    phrases = find_phrases(text, language)
    repeated = Counter(words[n][0] for n, token in enumerate(tokens) if token.kind == "word")
    rarity = [get_rarity(words[n][0]) if token.kind == "word" else "" for n, token in enumerate(tokens)]
    addresses = list_contact_letters(tokens)
    is_small = text.islower()
    count = len(tokens)
    total_lines = (line_of[-1] + 1) if count else 0
    made: list[list[str]] = []
    for n, token in enumerate(tokens):
        features = ["b", f"lang={language}"]
        for offset in (-3, -2, -1, 0, 1, 2, 3):
            at = n + offset
            if not 0 <= at < count:
                features.append(f"{offset}:edge")
                continue
            low, shape, kind = words[at]
            features += [f"{offset}:w={low}", f"{offset}:s={shape}", f"{offset}:k={kind}"]
            features += [f"{offset}:m={mark}" for mark in sorted(hits[at])]
            if abs(offset) <= 1:
                features += [f"{offset}:p={low[:3]}", f"{offset}:e={low[-3:]}"]
            if offset == 0:
                features += [f"p4={low[:4]}", f"p5={low[:5]}", f"e2={low[-2:]}", f"e4={low[-4:]}"]
        for a, b in ((-1, 0), (0, 1), (-2, -1), (1, 2)):
            if n + a >= 0 and n + b < count:
                features.append(f"{a}{b}:w={words[n + a][0]}_{words[n + b][0]}")
        if token.text[:1] and ord(token.text[0]) > 0x2E80 and n + 2 < count:
            features.append(f"tri={words[n][0]}{words[n + 1][0]}{words[n + 2][0]}")
        features += (quoted[n] and [f"q{quoted[n]}"]) or []
        features += (bracketed[n] and ["brk"]) or []
        features += [f"{o}:u={unit_of[n + o]}" for o in (-1, 0, 1) if 0 <= n + o < count and unit_of[n + o]]
        clause, sentence, line = clauses[clause_of[n]], sentences[sentence_of[n]], lines[line_of[n]]
        features += [f"c:{mark}" for mark in sorted(clause.marks)]
        features += [f"s:{mark}" for mark in sorted(sentence.marks)]
        features += [f"c:first={words[clause.first][0]}", f"s:first={words[sentence.first][0]}"]
        if clause.first + 1 < count:
            features.append(f"c:2={words[clause.first][0]}_{words[clause.first + 1][0]}")
        features += [f"c:last={words[clause.last][0]}", f"l:first={words[line.first][0]}", f"c:n={min(clause.size, 9)}"]
        features += [f"c:at={min(n - clause.first, 4)}", f"c:to={min(clause.last - n, 4)}"]
        features += [f"s:c={min(clause_of[n] - clause_of[sentence.first], 3)}"]
        if clause_of[n]:
            before = clauses[clause_of[n] - 1]
            features += [f"cb:{mark}" for mark in sorted(before.marks)]
        if clause_of[n] + 1 < len(clauses):
            features += [f"ca:{mark}" for mark in sorted(clauses[clause_of[n] + 1].marks)]
        if heads[n]:
            features += [f"head={heads[n]}"]
        features.append(f"line={_name_place(line_of[n], total_lines)}")
        features += [
            f"third={3 * n // max(1, count)}",
            f"lines={min(total_lines, 6)}",
            f"l:n={min(line.size, 12) // 2}",
        ]
        if token.kind == "word":
            low, shape, _ = words[n]
            features += [f"{o}:r={rarity[n + o]}" for o in (-1, 0, 1) if 0 <= n + o < count and rarity[n + o]]
            features.append(f"r={rarity[n]}{shape}")
            if len(low) >= _LEAST_REPEATED and low in addresses:
                features.append("in address")
            if repeated[low] > 1 and rarity[n] in _RARE:
                features.append("repeated")
        if is_small:
            features.append("small")
        if line.last > line.first:
            features.append(f"l:end={words[line.last - (tokens[line.last].kind == 'line')][0]}")
        if (begins := tokens[line.first]).kind in ("sign", "emoji", "number"):
            features.append(f"l:begin={begins.text if begins.kind == 'sign' else begins.kind}")
        if phrases:
            features += _describe_phrase(text, phrases, token.start)
        made.append(features)
    return made


_RARE: Final = ("0", "1")
"""Rarities of words that hardly any brief of the corpus has."""


def list_token_marks(tokens: Sequence[Token], marks: Marks) -> list[set[str]]:
    """Return the marks of each token: of it, and of the phrases that it is in, to be read only. Pure."""
    if marks.by_token and marks.by_token[0] is tokens:
        return marks.by_token[1]
    made: list[set[str]] = [set() for _ in tokens]
    starts = [token.start for token in tokens]
    for hit in marks.find_hits(0, tokens[-1].end if tokens else 0):
        for n in _list_inside(starts, tokens, hit.start, hit.end):
            made[n].add(hit.mark)
    marks.by_token = tokens, made
    return made


def name_rarity(count: int) -> str:
    """Return the name of how seldom a word is that stands in ``count`` briefs of the corpus."""
    return "0" if count <= 0 else "1" if count <= 2 else "3" if count <= 9 else "10"


@cache
def _load_parser(language: str) -> budoux.Parser:
    return {
        "th": budoux.load_default_thai_parser,
        "ja": budoux.load_default_japanese_parser,
        "zh": budoux.load_default_simplified_chinese_parser,
    }[language]()


def find_phrases(text: str, language: str) -> list[tuple[int, int]]:
    """Return for each character of ``text`` the phrase that it is in; nothing for languages with spaces."""
    if language not in _PHRASED:
        return []
    made: list[tuple[int, int]] = []
    for phrase in _load_parser(language).parse(text):
        made += [(len(made), len(made) + len(phrase))] * len(phrase)
    return made


def _describe_phrase(text: str, phrases: Sequence[tuple[int, int]], at: int) -> list[str]:
    start, end = phrases[at]
    made = [f"ph={fold(text[start:end])}", f"ph:at={min(at - start, 2)}"]
    if end < len(phrases):
        made.append(f"ph+={fold(text[slice(*phrases[end])])}")
    if start:
        made.append(f"ph-={fold(text[slice(*phrases[start - 1])])}")
    return made


def _name_place(line: int, count: int) -> str:
    if count == 1:
        return "only"
    return "first" if not line else "last" if line == count - 1 else "mid"


class _Group:
    __slots__ = ("first", "last", "marks", "size")

    def __init__(self, first: int) -> None:
        self.first = self.last = first
        self.marks: set[str] = set()
        self.size = 0


def _summarise(group_of: Sequence[int], hits: Sequence[set[str]], tokens: Sequence[Token]) -> list[_Group]:
    made: list[_Group] = []
    for n, group in enumerate(group_of):
        if group == len(made):
            made.append(_Group(n))
        one = made[group]
        one.last = n
        one.size += tokens[n].kind in ("word", "number")
        one.marks |= hits[n]
        if tokens[n].kind == "number":
            one.marks.add("#")
        elif tokens[n].kind not in ("word", "sign", "line", "emoji"):
            one.marks.add("@")
        if _MONEY.match(tokens[n].text):
            one.marks.add("$")
    return made


def _name_units(count: int, units: Sequence[tuple[int, int, str]]) -> list[str]:
    """Return for each token the kind of the unit that it is in and whether it begins it, or ""."""
    made = [""] * count
    for first, end, kind in units:
        made[first:end] = [f"B{kind}", *[f"I{kind}"] * (end - first - 1)]
    return made


def _find_abbreviations(tokens: Sequence[Token], hits: Sequence[set[str]]) -> set[int]:
    """Return the full stops that end no sentence: of an abbreviation or a number, with more behind them."""
    return {
        n
        for n in range(1, len(tokens) - 1)
        if tokens[n].text == "."
        and tokens[n - 1].end == tokens[n].start
        and tokens[n + 1].kind != "line"
        and ("abbreviation" in hits[n - 1] or tokens[n + 1].start == tokens[n].end)
    }


def number_groups(tokens: Sequence[Token], ends: frozenset[str], inner: Collection[int] = frozenset()) -> list[int]:
    """Number the groups that the signs ``ends`` part; the sign belongs to the group before it. Those at ``inner`` part
    nothing.
    """
    made, group, was_end = [], 0, False
    for n, token in enumerate(tokens):
        if was_end and n:
            group += 1
        made.append(group)
        was_end = token.kind in ("sign", "line") and token.text in ends and n not in inner
    return made


def _find_line_heads(tokens: Sequence[Token], line_of: Sequence[int]) -> list[str]:
    """Return for each token the heading before a colon at the start of its line (``price: …``), or ""."""
    made = [""] * len(tokens)
    start = 0
    for n in range(len(tokens) + 1):
        if n == len(tokens) or line_of[n] != line_of[start]:
            line = tokens[start:n]
            colon = next((k for k, one in enumerate(line[:6]) if one.text in (":", "：")), None)
            if colon:
                head = "_".join(fold(one.text) for one in line[:colon])
                for k in range(start, n):
                    made[k] = head if k > start + colon else f"^{head}"
            start = n
    return made


def _mark_inside(tokens: Sequence[Token], spans: Sequence[tuple[int, int]]) -> list[int]:
    made, at = [0] * len(tokens), 0
    for start, end in sorted(spans):
        while at < len(tokens) and tokens[at].start < start:
            at += 1
        inside = at
        while inside < len(tokens) and tokens[inside].end <= end:
            inside += 1
        length = 1 if inside - at <= 3 else 2 if inside - at <= 6 else 3
        made[at:inside] = [length] * (inside - at)
        at = inside
    return made


def _list_inside(starts: Sequence[int], tokens: Sequence[Token], start: int, end: int) -> range:
    first = bisect_left(starts, start)
    last = first
    while last < len(tokens) and tokens[last].start < end:
        last += 1
    return range(first, last)


def _describe(token: Token) -> tuple[str, str, str]:
    """Return the folded word, its shape and its kind. Digits are all alike but for their number."""
    if token.kind == "number":
        low = regex.sub(r"\p{Nd}", "0", token.text)
        return low, low, "number" if not regex.fullmatch(r"(?:19|20)\p{Nd}\p{Nd}", token.text) else "year"
    if token.kind not in ("word", "sign", "emoji", "line"):
        return f"<{token.kind}>", token.kind, "contact"
    low = fold(token.text) if token.kind == "word" else token.text
    kind = token.kind if not _MONEY.fullmatch(token.text) else "money"
    return low, _get_shape(token.text) if token.kind == "word" else token.kind, kind


def _get_shape(text: str) -> str:
    first = text[0]
    if ord(first) > 0x2FF:
        script = unicodedata.name(first, "?").split(" ")[0][:4]
        return script + ("U" if first.isupper() else "")
    if len(text) > 1 and text.isupper():
        return "XX"
    return "Xx" if first.isupper() else "xx"
