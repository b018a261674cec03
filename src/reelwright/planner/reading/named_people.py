"""Makes names whole that a quotation or a word of remembrance stands in, and parts them from the place behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import OTHER_NAME
from reelwright.planner.reading.bounds import QUOTATIONS
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import QUOTES, SENTENCE_ENDS, Token

_MARKS: Final = (*QUOTATIONS, '""', "‘’", "''")
_MOST_NICKNAME, _MOST_BESIDE, _MOST_QUOTED = 2, 2, 5
"""Most words of a nickname, of a name on either side of it, and of a quoted name."""
_REMEMBERING: Final = regex.compile(
    r"(?:in (?:loving |fond |ever ?loving )?memory of|in memoriam|(?:we )?(?:are )?(?:celebrating|remembering)"
    r"(?: the life of)?|a celebration of (?:the life of)?|(?:farewell|goodbye|thank you) to|abschied von"
    r"|(?:zum|im|in) (?:\p{L}+ )?(?:gedenken|erinnerung|andenken) an|(?:à|en) (?:la )?mémoire (?:de|d['’])|en hommage à"
    r"|en memoria de|en recuerdo de|in memoria di|in ricordo di|em memória de|ter (?:na)?gedachtenis aan"
    r"|ter herinnering aan|(?:ku )?pamięci|(?:светлой )?памяти)\s+",
    regex.I,
)
"""Words before the name of whom a film remembers or thanks: the name begins behind them."""
_IN: Final = {
    "fr": "à",
    "it": "a",
    "es": "en",
    "pt": "em",
    "de": "in",
    "nl": "in",
    "en": "in",
    "pl": "w",
    "ru": "в",
    "cs": "v",
}
"""The word between the name of a shop and its town, by language. Others stand in names: "Surr i Backen"."""
_AMBIGUOUS: Final = ("fr", "it")
"""Languages whose word stands in many names of shops, too: "La Table à Lucien"."""
_MOST_TOWN: Final = 3
_MOST_PERSON: Final = 2
"""Most words of the name of who is to be called."""
_LOCATIVE: Final = regex.compile(r"\p{Lu}\p{L}+['’](?:[dt][ea]n?)")
"""A Turkish town with the ending that says "in" or "from" it: ``Bakırköy'de``."""
_OCCASIONS: Final = frozenset(
    "wedding birthday party shower retirement graduation christening anniversary funeral "  # noqa: SIM905  a row
    "memorial leaving farewell engagement bday".split()
)

_OF: Final = list_mark_words("of_whom") | {"of"}
_TITLES: Final = frozenset(
    ["mr", "mrs", "ms", "miss", "mx", "dr", "herr", "frau", "senor", "senora", "sr", "sra", "madame", "mme"]
)
_LEAST_SMALL: Final = 4
_IN_NAMES: Final = list_mark_words("in_name") | list_mark_words("article") | _OF
_SURE: Final = 0.9
_FOLLOWING: Final = frozenset(
    "subscribe follow abonniert abonniere folgt folge abonnez abonnez-vous suivez suscribete suscribanse sigue "  # noqa: SIM905  a row
    "sigan seguici segui seguite iscriviti iscrivetevi siga sigam inscreva-se volg abonneer obserwuj subskrybuj "
    "подпишись подписывайтесь".split()
)
_FOLLOWED: Final = frozenset("to a à op al ao o em na på".split())  # noqa: SIM905  a row


def settle_named_people(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], language: str, marks: Marks
) -> list[TaggedSpan]:
    """Return ``spans`` with each name as who or what it names is called: ``Gerald "Gerry" Whitcombe``, ``Oma Hilde`` of
    "Zum Gedenken an Oma Hilde", ``Dylan & Marie's wedding``, ``Chez Margaux`` of "Chez Margaux à Nantes". Pure.
    """
    made = _open_quotations(tokens, spans, language)
    if not any(one.label == "name" for one in made):
        return made
    made = _doubt_names(tokens, made, marks, language)
    made = [part for one in made for part in _cut_remembering(tokens, one)]
    made = _take_nicknames(tokens, made)
    made = [_drop_number(tokens, one) for one in made]
    if language == "it":
        made = _take_da(tokens, made)
    if language != "de":  # whose nouns begin with a capital, too: "mein Enkel Jaron"
        made = _take_first_names(tokens, made, marks)
    made = _give_small_words(tokens, _take_titles(tokens, made))
    made = _take_occasions(tokens, [_drop_following(tokens, one) for one in made])
    return _part_towns(tokens, _part_kinds(tokens, made), language)


def _doubt_names(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str) -> list[TaggedSpan]:
    """Return ``spans`` without names that another one, of capitals alone, makes things: ``Night shift operators``
    beside ``Pallet Brothers`` in English; and with who is to be called in the call: "Call after 6, Marina".
    """
    made: list[TaggedSpan] = []
    is_capital = language == "en" and any(
        one.label == "name" and _count_capitals(tokens, one) == one.end - one.first > 1 for one in spans
    )
    for span in spans:
        last = made[-1] if made else None
        is_plain = span.end - span.first > _MOST_PERSON and _count_capitals(tokens, span) == 1
        if last and span.label == "name" and _is_person_to_call(tokens, last, span, marks):
            made[-1] = replace(last, end=span.end)
        elif span.label == "name" and is_capital and is_plain and tokens[span.first].text[0].isupper():
            made.append(replace(span, label="what"))
        else:
            made.append(span)
    return made


def _count_capitals(tokens: Sequence[Token], span: TaggedSpan) -> int:
    words = [one for one in tokens[span.first : span.end] if one.kind == "word"]
    return sum(one.text[0].isupper() for one in words)


def _is_person_to_call(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, marks: Marks) -> bool:
    ends = span.end == len(tokens) or tokens[span.end].kind == "line" or tokens[span.end].text in ".!"
    is_near = last.end == span.first - 1 and tokens[last.end].text == "," and span.end - span.first <= _MOST_PERSON
    is_doubtful = span.probability < OTHER_NAME and span.end == len(tokens)
    is_call = "call" in marks.list_marks(tokens[last.first].start, tokens[last.first].end)
    return ends and is_near and last.label in SHOWN and (is_call or is_doubtful)


def _open_quotations(tokens: Sequence[Token], spans: Sequence[TaggedSpan], language: str) -> list[TaggedSpan]:
    """Return ``spans`` with a quotation apart that one of them begins inside and ends outside, as the name if there is
    no other and a thing stands before it: ``Guau`` and ``en Sevilla`` of 'peluquería "Guau" en Sevilla'.
    """
    made: list[TaggedSpan] = []
    for span in spans:
        opening = tokens[span.first - 1].text if span.first else ""
        closing = next((pair[1] for pair in _MARKS if pair[0] == opening), "")
        inside = [one.text for one in tokens[span.first : span.end]]
        if span.label not in ("fact", "place", "what", "name") or not closing or inside.count(closing) != 1:
            made.append(span)
            continue
        at = span.first + inside.index(closing)
        is_named = bool(made) and made[-1].label == "what" and made[-1].end == span.first - 1
        is_only = not any(one.label == "name" for one in spans)
        label = "name" if is_named and is_only and at - span.first <= _MOST_QUOTED else span.label
        made.append(replace(span, label=label, end=at))
        if at + 1 < span.end:
            is_place = span.label == "fact" and tokens[at + 1].text == _IN.get(language)
            rest = "fact" if span.label == "name" else span.label
            made.append(replace(span, label="place" if is_place else rest, first=at + 1))
    return made


def _cut_remembering(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return a name that begins with a word of remembrance as that line and the name behind it."""
    if span.label != "name":
        return [span]
    text = " ".join(one.text for one in tokens[span.first : span.end])
    found = _REMEMBERING.match(text)
    words = len(found[0].split()) if found else 0
    if not found or words >= span.end - span.first:
        return [span]
    first = span.first + words
    return [replace(span, label="line", end=first), replace(span, first=first)]


def _take_nicknames(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the names around a quoted nickname as one name, where the one behind it was read as one."""
    made = list(spans)
    for at in range(1, len(tokens) - 2):
        closing = next((pair[1] for pair in _MARKS if tokens[at].text == pair[0]), "")
        end = next(
            (n for n in range(at + 2, min(at + 2 + _MOST_NICKNAME, len(tokens))) if tokens[n].text == closing), 0
        )
        if not closing or not end or end + 1 >= len(tokens):
            continue
        name = next((one for one in made if one.label == "name" and one.first <= end + 1 < one.end), None)
        if name is None or not (_is_called(tokens, at - 1) and _is_called(tokens, end + 1)):
            continue
        if tokens[at - 1].end == tokens[at].start or tokens[end].end == tokens[end + 1].start:
            continue
        first, stop = at - 1, end + 2
        while first > 0 and at - first < _MOST_BESIDE and _is_called(tokens, first - 1) and _are_beside(tokens, first):
            first -= 1
        stop = max(stop, name.end)
        inner = [one for one in made if one.first < stop and first < one.end]
        if any(one.label not in ("name", "line", "what", "fact", "who") for one in inner):
            continue
        sure = max(one.probability for one in inner if one.label == "name")
        rest = [part for one in made for part in cut_span(one, first, stop)]
        whole = TaggedSpan(label="name", first=first, end=stop, probability=sure)
        made = sorted([*rest, whole], key=lambda one: one.first)
    return made


def _drop_following(tokens: Sequence[Token], span: TaggedSpan) -> TaggedSpan:
    """Return a name without the call to follow it: ``Gartenglück`` of "Abonniert Gartenglück" behind a sentence."""
    first = span.first
    if span.label != "name" or not first or tokens[first - 1].text not in SENTENCE_ENDS or span.probability >= _SURE:
        return span
    while first < span.end - 1 and fold(tokens[first].text) in (_FOLLOWING if first == span.first else _FOLLOWED):
        first += 1
    return replace(span, first=first)


def _drop_number(tokens: Sequence[Token], span: TaggedSpan) -> TaggedSpan:
    """Return a name without the number of a part of it: ``The Long Way`` of "episode 112 of The Long Way"."""
    first = span.first
    is_counted = (
        span.label == "name" and span.end - first > _MOST_BESIDE and first > 0 and tokens[first].kind == "number"
        and fold(tokens[first + 1].text) in _OF and tokens[first - 1].kind == "word" and _is_called(tokens, first + 2)
    )  # fmt: skip
    return replace(span, first=first + 2) if is_counted else span


def _take_titles(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the title that stands right before somebody: ``miss Patel``."""
    made: list[TaggedSpan] = []
    for span in spans:
        title, before = span.first - 1, made[-1].end if made else 0
        is_titled = (
            span.label in ("name", "fact", "who", "what") and title >= before and fold(tokens[title].text) in _TITLES
            and _is_called(tokens, span.first) and _are_beside(tokens, span.first)
        )  # fmt: skip
        made.append(replace(span, first=title) if is_titled else span)
    return made


def _give_small_words(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with small words at the head of a name in what it is, right before it: ``Clínica`` and
    ``dentária Sorriso Claro``. Articles and the like stay.
    """
    made: list[TaggedSpan] = []
    for span in spans:
        last, first = made[-1] if made else None, span.first
        if last and span.label == "name" and last.label == "what" and last.end == first:
            while first < span.end - 1 and _is_small(tokens, first) and first - span.first < _MOST_BESIDE:
                first += 1
        if last and first > span.first and _is_called(tokens, first):
            made[-1] = replace(last, end=first)
            span = replace(span, first=first)
        made.append(span)
    return made


def _is_small(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a token is a small word that says something, behind a blank."""
    token = tokens[n]
    is_word = token.kind == "word" and token.text.islower() and _are_beside(tokens, n)
    return is_word and len(token.text) >= _LEAST_SMALL and fold(token.text) not in _IN_NAMES


def _take_da(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the word for "at" in the name of a house, behind what it is: "pizzeria da Ciro"."""
    made: list[TaggedSpan] = []
    for span in spans:
        before = made[-1] if made else None
        is_house = span.label == "name" and before is not None and before.label == "what"
        if is_house and before and before.end == span.first - 1 and fold(tokens[before.end].text) == "da":
            made.append(replace(span, first=span.first - 1))
        else:
            made.append(span)
    return made


def _take_first_names(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with the capitalised words before a name in it, if nothing has them: "our dad Bill Harkness"."""
    made: list[TaggedSpan] = []
    for span in spans:
        first, before = span.first, made[-1].end if made else 0
        while span.label == "name" and first > before + 1 and _is_first_name(tokens, first - 1, marks):
            first -= 1
        made.append(replace(span, first=first))
    return made


def _is_first_name(tokens: Sequence[Token], n: int, marks: Marks) -> bool:
    """Return whether a token goes on with a capital from a small word, and with nothing but a blank to a capital."""
    word, last = tokens[n], tokens[n - 1]
    is_amid = last.kind == "word" and _are_beside(tokens, n) and _are_beside(tokens, n + 1)
    is_title = word.kind == "word" and word.text.istitle() and _is_called(tokens, n + 1)
    return is_amid and is_title and not marks.list_marks(word.start, word.end)


def _part_kinds(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the kind of a quoted name apart from the line that ends with it: ``в Казани`` and
    ``бассейн`` of 'в Казани, бассейн "Дельфин"'.
    """
    made: list[TaggedSpan] = []
    for n, span in enumerate(spans):
        behind = spans[n + 1] if n + 1 < len(spans) else None
        is_before = behind is not None and behind.label == "name" and behind.first == span.end + 1
        comma = max((k for k in range(span.first + 1, span.end - 1) if tokens[k].text == ","), default=0)
        kind = tokens[comma + 1 : span.end]
        if (
            span.label in ("place", "time") and is_before and comma and tokens[span.end].text in QUOTES
            and len(kind) <= _MOST_BESIDE and all(one.kind == "word" and one.text.islower() for one in kind)
        ):  # fmt: skip
            made += [replace(span, end=comma), replace(span, label="what", first=comma + 1)]
        else:
            made.append(span)
    return made


def _is_called(tokens: Sequence[Token], n: int) -> bool:
    return tokens[n].kind == "word" and tokens[n].text[0].isupper()


def _are_beside(tokens: Sequence[Token], n: int) -> bool:
    return tokens[n].start - tokens[n - 1].end == 1


def _take_occasions(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the occasion that a possessive name ends with in it: ``Dylan & Marie's wedding``."""
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        if (
            last and last.label == "name" and span.label == "what" and last.end == span.first
            and fold(tokens[last.end - 1].text).endswith(("'s", "’s")) and _are_beside(tokens, span.first)
            and fold(tokens[span.end - 1].text) in _OCCASIONS and span.end - span.first <= _MOST_BESIDE
        ):  # fmt: skip
            made[-1] = replace(last, end=span.end)
        else:
            made.append(span)
    return made


def _part_towns(tokens: Sequence[Token], spans: Sequence[TaggedSpan], language: str) -> list[TaggedSpan]:
    """Return ``spans`` with the town at the end of a name as a place, where the brief names no other place and the name
    stands in it once, without quotation marks: else the town may belong to it, "La Table à Lucien".
    """
    made: list[TaggedSpan] = []
    for n, span in enumerate(spans):
        cut = _find_town(tokens, span, language) if span.label == "name" else None
        others = [one for k, one in enumerate(spans) if k != n]
        places = [one for one in others if one.label == "place"]
        if language not in _AMBIGUOUS:  # a street is in the town
            places = [one for one in places if all(token.kind != "number" for token in tokens[one.first : one.end])]
        if cut is None or (places and not _LOCATIVE.fullmatch(tokens[cut].text)) or _is_repeated(tokens, span):
            made.append(span)
            continue
        if cut > span.first:
            is_letter = sum(len(one.text) for one in tokens[span.first : cut]) == 1  # "kat. C w Poznaniu"
            made += [] if is_letter else [replace(span, end=cut)]
        label = "what" if cut == span.first < span.end - 1 else "place"
        made.append(replace(span, label=label, first=cut))
    return made


def _find_town(tokens: Sequence[Token], span: TaggedSpan, language: str) -> int | None:
    """Return the token at which the town at the end of a name begins, with the word for "in"; None if none does."""
    around = tokens[max(0, span.first - 1) : span.end + 1]
    inside = tokens[span.first : span.end]
    if any(one.text in QUOTES for one in (*around[:1], *around[-1:], *inside)):
        return None
    for n in range(span.first, span.end):
        if _LOCATIVE.fullmatch(tokens[n].text):
            return n
    for n in range(span.end - 2, span.first, -1):
        town = tokens[n + 1 : span.end]
        if tokens[n].text == _IN.get(language) and _is_called(tokens, n - 1) and len(town) <= _MOST_TOWN:
            ends = span.end == len(tokens) or tokens[span.end].kind in ("line", "sign", "emoji")
            return n if ends and all(one.kind == "word" and one.text[0].isupper() for one in town) else None
    return None


def _is_repeated(tokens: Sequence[Token], span: TaggedSpan) -> bool:
    words = [fold(one.text) for one in tokens[span.first : span.end]]
    texts = [fold(one.text) for one in tokens]
    starts = [n for n in range(len(texts) - len(words) + 1) if texts[n : n + len(words)] == words]
    spelt = "".join(words)
    return len(starts) > 1 or any(
        spelt in text.replace("-", "").replace(".", "") for text in texts if len(text) > len(spelt)
    )
