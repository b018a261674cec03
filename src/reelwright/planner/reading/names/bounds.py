"""Moves the bounds of names that were read in part: ``Chim`` of "Chim Én", ``Sonnendorf`` of "Sonnendorf eG"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.asked.described import OWNERS
from reelwright.planner.reading.bounds import QUOTATIONS
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span, is_common
from reelwright.planner.reading.tokens import QUOTES, SENTENCE_ENDS, Token, find_units, locate_units

_LEGAL_FORMS: Final = list_mark_words("legal_form")
_INSIDE: Final = list_mark_words("in_name")
_OF: Final = list_mark_words("of_whom")
_FOR_WHOM: Final = list_mark_words("for_whom")
_BETWEEN: Final = list_mark_words("article") | list_mark_words("alone") | list_mark_words("joining")
_INTRODUCED: Final = ("と申します", "といいます", "と言います", "です", "입니다", "라고")
"""What is written to the end of a name that its owner says: ``湯宿 ほたる庵と申します``."""
_FILMS: Final = list_mark_words("film_of")
_OWN_FILM: Final = "の"
"""Joins a name to the film of it: ``まるまるのCM``."""
_ADJECTIVE: Final = regex.compile(r"(?:ال|ה)\p{L}{2,}")
"""An adjective behind a definite noun, in Arabic and Hebrew: it has the same article."""
_WIDE: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]")
_ENDS_NAMES: Final = frozenset(
    {"film", "maker", "month", "weekday", "street", "call", "tone", "look", "negated", "seconds", "goodbye",
     "telephone"}
)  # fmt: skip
"""Marks of words that no name goes on with."""
_MOST_ADDED, _MOST_WIDE = 4, 8
_FROM: Final = frozenset(["from", "vom", "от"])
"""Words before the name of who signs: "From Colbury Council"."""
_FIRM_PROBABILITY: Final = 0.95
_DAYS: Final = frozenset({"month", "weekday"})
_LEAST_HOST: Final = 4
"""Words of a name with its host."""
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
_JOINING: Final = list_mark_words("or")
_OFFERS: Final = frozenset(
    ["free", "new", "now", "open", "only", "buy", "get", "sale", "all", "up", "save", "from", "gratis"]
)
"""Words of a capital behind a name that begin what is offered: "Acme Free delivery"."""
_LEAST_DONE: Final = 3
_ANYTHING_DOES: Final = frozenset(
    ["is", "was", "has", "as", "us", "this", "costs", "starts", "begins", "ends", "opens", "closes", "leaves", "runs",
     "lasts", "includes", "means", "needs", "comes", "goes", "takes", "plus", "times", "always", "days", "hours"]
)  # fmt: skip
"""Words behind a thing that need not have a name: "Boarding starts at eight"."""
_WITHIN: Final = list_mark_words("within")
_CLAUSE_STARTS: Final = list_mark_words("condition") | frozenset({"while", "because", "since", "weil", "während"})
_RECRUITING: Final = "招聘"
_LEAST_BEFORE_RECRUITING: Final = 3
_HOSTING: Final = frozenset(  # a row
    "hosted organised organized presented sponsored präsentiert veranstaltet organisiert organisé présenté "  # noqa: SIM905
    "organisée proposé organizado organizada presentado organizzato organizzata presentato georganiseerd".split()
)
"""Words of who holds an event, before the name and one of ``_BY``."""
_BY: Final = frozenset({"by", "von", "vom", "par", "por", "da", "dal", "dalla", "door"})


def _leave_host(tokens: Sequence[Token], span: TaggedSpan) -> TaggedSpan:
    """Return a name without what says that it is the host: "Hosted by the Garden Club"."""
    words = [token.text.casefold() for token in tokens[span.first : span.end]]
    if span.label != "name" or len(words) < _LEAST_HOST or words[0] not in _HOSTING or words[1] not in _BY:
        return span
    return replace(span, first=span.first + 2 + (words[2] in list_mark_words("article")))


def _is_cry(tokens: Sequence[Token], span: TaggedSpan) -> bool:
    """Return whether a name is an exclamation or a question: ``¡Y listo``."""
    return span.label == "name" and tokens[span.first].text in "¡¿"


def _leave_quoting(tokens: Sequence[Token], span: TaggedSpan) -> TaggedSpan:
    """Return a name without the Korean that stands before its quotation mark: ``카페 '느린오후'``."""
    inside = [token.text for token in tokens[span.first : span.end]]
    behind = tokens[span.end].text if span.end < len(tokens) else ""
    at = next((n for n, text in enumerate(inside) if text in QUOTES), 0)
    is_quoted = span.label == "name" and 0 < at < len(inside) - 1 and behind in QUOTES and "가" <= inside[0][0] <= "힣"
    return replace(span, first=span.first + at + 1) if is_quoted and inside[at] not in inside[at + 1 :] else span


def settle_name_bounds(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str = ""
) -> list[TaggedSpan]:
    """Return ``spans`` with each name whole: with the words beside it that belong to it, without the others. Pure.

    A word that is a part of another span stays there, unless in Chinese or Japanese nothing parts a doubtful one from
    the name.
    """
    found = list_token_marks(tokens, marks)
    has_request = any(one.label == "dir" for one in spans)
    end_shown = max(
        (one.first for one in spans if one.label in SHOWN and one.label not in ("name", "place")), default=0
    )
    spans = [
        one for one in spans
        if one.label != "name" or not (has_request and end_shown < one.first and _signs(tokens, found, one))
    ]  # fmt: skip
    spans = [_leave_quoting(tokens, _leave_host(tokens, one)) for one in _leave_sentences(tokens, spans)]
    if any(one.label == "name" and not _is_cry(tokens, one) for one in spans):
        spans = [replace(one, label="line") if _is_cry(tokens, one) else one for one in spans]
    if language in _VERB_ENDINGS:
        spans = _part_verbs(tokens, spans, _VERB_ENDINGS[language])
    if language != "de":
        spans = _take_capitals(tokens, spans)
    if language == "en" and not any(one.label == "name" and one.probability >= LIKELY for one in spans):
        spans = _name_who_does(tokens, spans)
    spans = [replace(one, first=_skip_owner(tokens, found, one)) if one.label == "what" else one for one in spans]
    spans = [part for one in spans for part in (_part_day(tokens, found, one) if one.label == "name" else [one])]
    is_named = any(one.label == "name" for one in spans)
    recruiting = ("name",) if is_named else ("what", "subject")
    spans = _name_the_quoted(tokens, spans)
    spans = [part for one in spans for part in (_split_recruiting(tokens, one) if one.label in recruiting else [one])]
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
    return _join_wide(tokens, made)


def _signs(tokens: Sequence[Token], found: Sequence[set[str]], name: TaggedSpan) -> bool:
    """Return whether a name is alone on the line behind "Thanks," or "Best wishes,": who writes."""
    is_alone = name.end == len(tokens) or tokens[name.end].kind == "line"
    if not (is_alone and name.first > 1 and tokens[name.first - 1].kind == "line"):
        return False
    first = max((n + 1 for n in range(name.first - 1) if tokens[n].kind == "line"), default=0)
    line = range(first, name.first - 1)
    return 0 < len(line) <= _MOST_ADDED and any(found[n] & {"goodbye", "closing"} for n in line)


def _leave_sentences(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with what was read as a name but is a clause, "While the bridge is closed", as a fact, and a
    quoted sentence beside a name, the words of somebody about it, as a line.
    """
    made = list(spans)
    has_other = sum(one.label == "name" and one.probability >= LIKELY for one in spans) > 1
    for n, name in enumerate(spans):
        if name.label == "name" and has_other and n + 1 < len(spans) and _begins_list(tokens, name, spans[n + 1]):
            made[n] = replace(name, label="fact")
        if name.label != "name" or name.end - name.first < 2:
            continue
        first, end = name.first - 1, name.end + 1
        is_quoted = first >= 0 and name.end < len(tokens) and tokens[first].text in QUOTES
        if is_quoted and tokens[name.end].text in QUOTES and has_other:
            if _starts_sentence(tokens, first) and (
                end == len(tokens) or tokens[end].kind == "line" or tokens[end].text in SENTENCE_ENDS
            ):
                made[n] = replace(name, label="line")
        elif (
            fold(tokens[name.first].text) in _CLAUSE_STARTS and n + 1 < len(spans) and spans[n + 1].first == name.end
        ):  # fmt: skip
            made[n] = replace(name, label="fact")
    return made


def _begins_list(tokens: Sequence[Token], name: TaggedSpan, after: TaggedSpan) -> bool:
    """Return whether a name in a later sentence is the first thing of a list: "Peonies, dahlias and sweet peas"."""
    is_row = after.label == "fact" or any(fold(one.text) in _JOINING for one in tokens[after.first : after.end])
    is_beside = after.label in ("fact", "what") and after.first == name.end + 1 and tokens[name.end].text in ",،、，"
    is_small = is_beside and tokens[after.first].text[0].islower() and fold(tokens[after.first].text) not in _BETWEEN
    return is_row and is_small and name.first > 0 and _starts_sentence(tokens, name.first)


def _part_verbs(tokens: Sequence[Token], spans: Sequence[TaggedSpan], endings: tuple[str, ...]) -> list[TaggedSpan]:
    """Return ``spans`` with the verb behind a name, and what was read as the name behind it, as the beginning of what
    the sentence goes on with: ``Krume`` and ``bakes sourdough``, not ``Krume bakes``.
    """
    made = list(spans)
    for n, name in enumerate(spans):
        if name.label != "name" or not _starts_sentence(tokens, name.first):
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


def _name_who_does(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with an uncommon word of a capital before a verb as a name: ``Kotoba`` of "Kotoba teaches"."""
    for n, span in enumerate(spans):
        verb = span.first + 1
        if span.label not in ("what", "fact", "line", "number") or span.end - span.first < _LEAST_DONE:
            continue
        is_name = _is_title(tokens, span.first) and not is_common(fold(tokens[span.first].text))
        is_verb = tokens[verb].kind == "word" and tokens[verb].text.islower() and tokens[verb].text.endswith("s")
        object_ = tokens[verb + 1]
        is_any = fold(tokens[verb].text) in _ANYTHING_DOES or not (
            fold(object_.text) in _BETWEEN or object_.text.endswith("ing") or object_.kind == "number"
        )
        if _starts_sentence(tokens, span.first) and is_name and is_verb and not is_any:
            name = TaggedSpan(label="name", first=span.first, end=verb, probability=span.probability)
            done = replace(span, first=verb, label="what" if span.label == "line" else span.label)
            return [*spans[:n], name, done, *spans[n + 1 :]]
    return list(spans)


def _is_title(tokens: Sequence[Token], n: int) -> bool:
    text = tokens[n].text
    return tokens[n].kind == "word" and text[0].isupper() and text[1:].islower()


def _starts_sentence(tokens: Sequence[Token], n: int) -> bool:
    return not n or tokens[n - 1].kind == "line" or tokens[n - 1].text in SENTENCE_ENDS


def _part_day(tokens: Sequence[Token], found: Sequence[set[str]], span: TaggedSpan) -> list[TaggedSpan]:
    """Return a name without the day behind it, ``Tern`` and ``next Tuesday``, and a date that was read as a name as
    what it is: ``August 2023``. What ends with a word such as "of" is a thing: ``Tênis de``.
    """
    words = range(span.first, span.end)
    if all(found[n] & _DAYS or tokens[n].kind == "number" for n in words) and len(words) > 1:
        return [replace(span, label="time")]
    if len(words) > 1 and fold(tokens[span.end - 1].text) in _OF | _FOR_WHOM:
        return [replace(span, label="what")]
    day = next((n for n in words[1:-1] if tokens[n].text.islower() and "weekday" in found[n + 1]), 0)
    return [replace(span, end=day), replace(span, label="time", first=day)] if day else [span]


def take_firms(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each firm that has a legal form of several parts as a name, with the words before it that
    nothing else has: ``Envases del Bajío S.A. de C.V.``. Pure.
    """
    made = list(spans)
    found = list_token_marks(tokens, marks) if tokens else []
    for start, end, kind in locate_units(tokens, find_units(text)):
        owner = next((one for one in made if one.first <= start < one.end), None) if kind == "firm" else None
        if kind != "firm" or (owner and owner.label not in SHOWN):
            continue
        first = owner.first if owner else start
        taken = {n for one in made if one is not owner and one.label != "name" for n in range(one.first, one.end)}
        while first and first - 1 not in taken and _is_in_firm(tokens, found, first - 1):
            first -= 1
            first -= first > 1 and tokens[first - 1].text == "&"
        while first < start and not tokens[first].text[0].isupper():
            first += 1
        if first < start:
            rest = [part for one in made if one is not owner for part in cut_span(one, first, end)]
            rest += [replace(owner, first=end)] if owner and owner.end > end else []
            firm = TaggedSpan(label="name", first=first, end=end, probability=_FIRM_PROBABILITY)
            made = sorted([*rest, firm], key=lambda one: one.first)
    return made


def _is_in_firm(tokens: Sequence[Token], found: Sequence[set[str]], n: int) -> bool:
    """Return whether a token may stand in the name of a firm: with a capital, or small, and a blank behind it."""
    is_written = tokens[n].text[0].isupper() or fold(tokens[n].text) in _INSIDE
    return is_written and _is_plain(tokens, found, n, n + 1) and "we_are" not in found[n]


def _cut_film(tokens: Sequence[Token], span: TaggedSpan, found: Sequence[set[str]]) -> list[TaggedSpan]:
    """Return a name without the film of it that is asked for behind it: ``まるまる`` of ``まるまるのCM 猫``."""
    for n in range(span.first + 1, span.end - 1):
        if tokens[n].text == _OWN_FILM and (
            found[n + 1] & {"film", "announcing"} or fold(tokens[n + 1].text) in _FILMS
        ):
            return [replace(span, end=n), replace(span, label="dir", first=n, end=n + 2)]
    return [span]


def _name_the_quoted(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return the spans with the quoted name of what a first word only announces: ``Колос`` of "Открытие пекарни
    «Колос»", and not ``Открытие``.
    """
    made = list(spans)
    for n, (name, what) in enumerate(pairwise(spans)):
        inside = [token.text for token in tokens[what.first : what.end]]
        if name.label != "name" or name.first or name.end != 1 or what.label != "what" or what.first != 1:
            continue
        for opening, closing in QUOTATIONS:
            if opening not in inside or inside[-1] != closing:
                continue
            first = what.first + inside.index(opening)
            if 0 < what.end - 1 - (first + 1) <= _MOST_ADDED:
                made[n : n + 2] = [
                    replace(what, first=0, end=first),
                    replace(name, first=first + 1, end=what.end - 1),
                ]
                return made
    return made


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


def _split_recruiting(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return a name or a thing of Chinese as the name and what it looks for: ``火锅店`` and ``招服务员``."""
    for n in range(span.first + _LEAST_BEFORE_RECRUITING, span.end):
        if tokens[n].text in _RECRUITING and all(_WIDE.fullmatch(one.text) for one in tokens[span.first : n]):
            return [replace(span, label="name", end=n), replace(span, label="fact", first=n)]
    return [span]


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


def _join_wide(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with a doubtful one in the name before it, where no sign and no blank parts the two."""
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        if (
            last and last.label == "name" and span.label in SHOWN and span.probability < LIKELY
            and last.end == span.first and span.end - span.first <= _MOST_WIDE
            and all(a.end == b.start for a, b in pairwise(tokens[last.end - 1 : span.end]))
            and all(_WIDE.fullmatch(token.text) for token in tokens[last.first : span.end])
        ):  # fmt: skip
            made[-1] = replace(last, end=span.end)
        else:
            made.append(span)
    return made
