"""Moves the bounds of names that were read in part: ``Chim`` of "Chim Én", ``Sonnendorf`` of "Sonnendorf eG"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.names.described import OWNERS
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import QUOTES, SENTENCE_ENDS, Token

_LEGAL_FORMS: Final = list_mark_words("legal_form")
_INSIDE: Final = list_mark_words("in_name")
_OF: Final = list_mark_words("of_whom")
_BETWEEN: Final = list_mark_words("article") | list_mark_words("alone") | list_mark_words("joining")
_INTRODUCED: Final = ("と申します", "といいます", "と言います", "です", "입니다", "라고")
"""What is written to the end of a name that its owner says: ``湯宿 ほたる庵と申します``."""
_FILMS: Final = list_mark_words("film_of")
_OWN_FILM: Final = "の"
"""Joins a name to the film of it: ``まるまるのCM``."""
_ADJECTIVE: Final = regex.compile(r"(?:ال|ה)\p{L}{2,}")
"""An adjective behind a definite noun, in Arabic and Hebrew: it has the same article."""
_ENDS_NAMES: Final = frozenset(
    {"film", "maker", "month", "weekday", "street", "call", "tone", "look", "negated", "seconds", "goodbye",
     "telephone"}
)  # fmt: skip
"""Marks of words that no name goes on with."""
_MOST_ADDED: Final = 4
_DAY: Final = regex.compile(r"\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-](?:\p{Nd}{2}){1,2}")
"""A day behind the name of who was born or marries then."""
_FROM: Final = frozenset(["from", "vom", "от"])
"""Words before the name of who signs: "From Colbury Council"."""
_MOST_SHORT_FORM: Final = 3
_SENTENCE_STARTS: Final = ".!?…,;:。！？、，"
"""Signs behind which somebody may begin to say who they are."""
_VERB_ENDINGS: Final = {
    "en": ("s",), "de": ("t", "en"), "nl": ("t", "en"), "sv": ("r",), "da": ("r",), "no": ("r",),
    "fr": (), "es": (), "it": (), "pt": (),
}  # fmt: skip
"""Endings of verbs that say what somebody does, in languages whose names have no small words but particles; without
any, a verb is told by the article behind it.
"""
_ARTICLES: Final = list_mark_words("article") | frozenset(["un", "une", "des", "una", "su", "sus", "ses", "son", "sa"])
_PLACING: Final = frozenset(
    ["gegen", "seit", "mit", "statt", "met", "uit", "tot", "tegen", "across", "towards", "versus", "sotto", "sopra",
     "verso", "contro", "sur", "sous", "dans", "avec", "vers", "contre", "sobre", "bajo", "entre", "contra", "hacia",
     "sob", "ante", "para", "por", "pour", "par", "per", "con", "com", "sin", "sem", "senza", "sans"]
)  # fmt: skip
"""Words between the nouns of a name: "Cinema sotto le stelle", "Brood met Liefde"."""
_OFFERS: Final = frozenset(
    ["free", "new", "now", "open", "only", "buy", "get", "sale", "all", "up", "save", "from", "gratis"]
)
"""Words of a capital behind a name that begin what is offered: "Acme Free delivery"."""
_WITHIN: Final = list_mark_words("within")


def settle_name_bounds(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str = ""
) -> list[TaggedSpan]:
    """Return ``spans`` with each name whole: with the words beside it that belong to it, without the others. Pure.

    A word that is a part of another span stays there.
    """
    found = list_token_marks(tokens, marks)
    behind = max((one.first for one in spans if one.label in SHOWN and one.label not in ("name", "place")), default=0)
    is_letter = any(one.label == "dir" for one in spans)
    spans = [
        one for one in spans
        if not (one.label == "name" and is_letter and behind < one.first and _signs(tokens, found, one))
    ]  # fmt: skip
    spans = [part for one in spans for part in (_keep_to_quotation(tokens, one) if one.label == "name" else [one])]
    if language in _VERB_ENDINGS:
        spans = _part_verbs(tokens, spans, _VERB_ENDINGS[language])
    if language != "de":
        spans = _take_capitals(tokens, spans)
    spans = [replace(one, first=_skip_owner(tokens, found, one)) if one.label == "what" else one for one in spans]
    if not any(one.label == "name" for one in spans):
        return spans
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        is_rest = last and last.label == "name" and last.end == span.first and span.label != "name"
        parts = _cut_film(tokens, last, found) if last and is_rest else []
        if len(parts) > 1:  # what stands behind the film word belongs to what follows: ``猫`` and ``12匹``
            made[-1:] = parts
            made.append(replace(span, first=parts[-1].end))
        else:
            made.append(span)
    made = [part for one in made for part in (_cut_film(tokens, one, found) if one.label == "name" else [one])]
    for n, span in enumerate(made):
        if span.label != "name":
            continue
        before = made[n - 1].end if n else 0
        behind = made[n + 1].first if n + 1 < len(made) else len(tokens)
        first, end = _skip_owner(tokens, found, span), _drop_introduction(tokens, span)
        if end == span.end:
            end = _find_end(tokens, found, end, behind)
        if end == span.end == behind < len(tokens) and made[n + 1].label == "dir" and made[n + 1].end > end + 1:
            stop = _find_end(tokens, found, end, end + 1)  # "Anadolu Kilim" and "Evi için …" of a request
            if stop > end and not found[end]:
                made[n + 1], end = replace(made[n + 1], first=stop), stop
        if tokens[first].text in _OF and first - 1 >= before and _is_plain(tokens, found, first - 1, first):
            first -= 1
        made[n] = replace(span, first=first, end=end)
    return made


def _signs(tokens: Sequence[Token], found: Sequence[set[str]], name: TaggedSpan) -> bool:
    """Return whether a name is alone on the line behind "Thanks," or "Best wishes,": who writes."""
    is_alone = name.end == len(tokens) or tokens[name.end].kind == "line"
    if not (is_alone and name.first > 1 and tokens[name.first - 1].kind == "line"):
        return False
    first = max((n + 1 for n in range(name.first - 1) if tokens[n].kind == "line"), default=0)
    line = range(first, name.first - 1)
    return 0 < len(line) <= _MOST_ADDED and any(found[n] & {"goodbye", "closing"} for n in line)


def _keep_to_quotation(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return a name with one of two quotation marks inside, the other beside it, as what they quote, and what that is:
    ``느린오후`` and ``카페`` of "카페 '느린오후' 모임".
    """
    at = [n for n in range(span.first, span.end) if tokens[n].text in QUOTES]
    is_opened = span.first > 0 and tokens[span.first - 1].text in QUOTES
    is_closed = span.end < len(tokens) and tokens[span.end].text in QUOTES
    before = tokens[span.first : at[0]] if at else ()
    if len(at) == 1 and is_closed and before and all(one.text[0].isupper() for one in before):
        return [replace(span, end=span.end + 1)]  # "Spółdzielnia „Zielony Stok"", and no kind of thing
    if len(at) == 1 and is_closed and span.first < at[0] < span.end - 1:
        return [replace(span, label="what", end=at[0]), replace(span, first=at[0] + 1)]
    return [replace(span, end=at[0]) if len(at) == 1 and is_opened and span.first < at[0] else span]


def _part_verbs(tokens: Sequence[Token], spans: Sequence[TaggedSpan], endings: tuple[str, ...]) -> list[TaggedSpan]:
    """Return ``spans`` with the verb behind a name, and what was read as the name behind it, as the beginning of what
    the sentence goes on with: ``Krume`` and ``bakes sourdough``, not ``Krume bakes``.
    """
    made = list(spans)
    for n, name in enumerate(spans):
        first = name.first
        owner = next(
            (n for n in (first - 2, first - 3) if n >= 0 and fold(tokens[n].text) in OWNERS), first
        )  # "our app"
        if name.label != "name" or not _starts_sentence(tokens, owner):
            continue
        for verb in range(name.first + 1, name.end):
            word = tokens[verb]
            is_verb = word.kind == "word" and word.text.islower() and word.text.endswith(endings)
            if not endings:
                is_verb = word.text.islower() and word.text not in _PLACING
                is_verb &= verb + 1 < name.end and tokens[verb + 1].text.lower() in _ARTICLES
            if (
                not is_verb
                or fold(word.text) in _INSIDE | _BETWEEN | _PLACING
                or not tokens[verb - 1].text[0].isupper()
            ):
                continue
            if verb + 1 == len(tokens):
                break
            behind = tokens[verb + 1]
            goes_on = behind.kind in ("word", "number") and behind.start - word.end == 1
            if not goes_on or (verb + 1 < name.end and behind.text[0].islower() and fold(behind.text) not in _BETWEEN):
                break
            made[n] = replace(name, end=verb)
            after = spans[n + 1] if n + 1 < len(spans) and spans[n + 1].first == name.end else None
            if after and after.label in ("what", "fact", "number", "place"):
                made[n + 1] = replace(after, first=verb, label="what" if after.label == "place" else after.label)
            elif verb + 1 < name.end:
                made.append(replace(name, label="what", first=verb))
            break
    return sorted(made, key=lambda one: (one.first, one.end))


def _take_capitals(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with words of a capital behind a name as its end: ``Hofer Gardens``, and ``plants all year``."""
    made = list(spans)
    for n in range(len(made) - 1):
        name, after = made[n], made[n + 1]
        is_beside = after.label in ("what", "fact") and after.first == name.end
        if name.label != "name" or not is_beside or not _is_title(tokens, name.end - 1):
            continue
        end = name.end
        while end < after.end - 2 and _is_title(tokens, end) and tokens[end].start - tokens[end - 1].end == 1:
            if fold(tokens[end].text) in _OFFERS:
                break
            end += 1
        if end > name.end and tokens[end].text.islower():
            made[n : n + 2] = [replace(name, end=end), replace(after, first=end)]
    return made


def _is_title(tokens: Sequence[Token], n: int) -> bool:
    text = tokens[n].text
    return tokens[n].kind == "word" and text[0].isupper() and text[1:].islower()


def _starts_sentence(tokens: Sequence[Token], n: int) -> bool:
    return not n or tokens[n - 1].kind == "line" or tokens[n - 1].text in SENTENCE_ENDS


def _cut_film(tokens: Sequence[Token], span: TaggedSpan, found: Sequence[set[str]]) -> list[TaggedSpan]:
    """Return a name without the film of it that is asked for behind it, ``まるまる`` of ``まるまるのCM``, or a day."""
    if span.end - span.first > 1 and _DAY.fullmatch(tokens[span.end - 1].text):
        return [replace(span, end=span.end - 1), replace(span, label="time", first=span.end - 1)]
    for n in range(span.first + 1, span.end - 1):
        if tokens[n].text == _OWN_FILM and (
            found[n + 1] & {"film", "announcing"} or fold(tokens[n + 1].text) in _FILMS
        ):
            return [replace(span, end=n), replace(span, label="dir", first=n, end=n + 2)]
    return [span]


def _skip_owner(tokens: Sequence[Token], found: Sequence[set[str]], span: TaggedSpan) -> int:
    """Return where a name begins behind words such as "we are", "promote the" and, before a small letter, "our"."""
    first = span.first
    while first < span.end - 1 and (
        "announcing" in found[first] or (first > span.first and fold(tokens[first].text) in _BETWEEN)
    ):
        first += 1
    begins = not first or tokens[first - 1].kind == "line" or tokens[first - 1].text in _SENTENCE_STARTS
    is_within = begins and fold(tokens[first].text) in _WITHIN and tokens[first].text[0].isupper()
    first += is_within and first < span.end - 1 and tokens[first + 1].text[0].isupper()
    while begins and first < span.end - 1 and ("we_are" in found[first] or fold(tokens[first].text) in _FROM):
        first += 1
    is_owned = first < span.end - 2 and fold(tokens[first].text) in OWNERS and tokens[first + 1].text.islower()
    return first + is_owned


def _drop_introduction(tokens: Sequence[Token], span: TaggedSpan) -> int:
    """Return where a name ends without the words that introduce its owner."""
    for words in _INTRODUCED:
        at, spelt = span.end, ""
        while at > span.first + 1 and len(spelt) < len(words):
            at -= 1
            spelt = tokens[at].text + spelt
        if spelt == words:
            return at
    return span.end


def _find_end(tokens: Sequence[Token], found: Sequence[set[str]], end: int, behind: int) -> int:
    """Return where a name ends that was read up to ``end``; ``behind``: where the next span begins."""
    last = end
    for n in range(end, min(behind, end + _MOST_ADDED)):
        if not _is_plain(tokens, found, n, n - 1) and not _is_legal_form(tokens, n):
            break
        is_form = _is_legal_form(tokens, n)
        is_adjective = bool(_ADJECTIVE.fullmatch(tokens[n].text) and _ADJECTIVE.fullmatch(tokens[n - 1].text))
        if is_form or is_adjective or (tokens[n].text[0].isupper() and not tokens[n].text.isupper()):
            last = n + 1
        elif fold(tokens[n].text) not in _INSIDE or last != n:
            break
    return last


def _is_legal_form(tokens: Sequence[Token], n: int) -> bool:
    text = tokens[n].text
    is_written = len(text) > _MOST_SHORT_FORM or not text.islower()  # "ab" and "sa" are words, AB and SA forms
    return tokens[n].kind == "word" and is_written and fold(text) in _LEGAL_FORMS


def _is_plain(tokens: Sequence[Token], found: Sequence[set[str]], n: int, beside: int) -> bool:
    """Return whether a token is a word that a name may have, and nothing but a blank parts it from ``beside``."""
    low, high = min(n, beside), max(n, beside)
    return (
        tokens[n].kind == "word"
        and tokens[high].start - tokens[low].end == 1
        and not found[n] & _ENDS_NAMES
        and (n > beside or fold(tokens[n].text) not in _BETWEEN)
    )
