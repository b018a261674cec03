"""Makes whole the lines that the model read in part: ``Faster: search is …``, a thing and its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import CERTAIN, LIKELY, OTHER_NAME
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.prices import MULTIPLIER
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import COLONS, SENTENCE_ENDS, Token, is_money_sign

_SAID: Final = tuple(label for label in SHOWN if label not in ("name", "line", "contact", "call", "who"))
"""Labels of what a sentence or a list says."""
_ACRONYMS: Final = regex.compile(r"\p{Lu}{2,}s")
"""Several of what is written in capitals, and no name: ``PDFs``."""
_VERBS: Final = frozenset({"has", "being_now"})
_MOST_JOINED, _MOST_HEAD, _MOST_LISTED = 14, 2, 5
_LEAST_BEFORE_AMOUNT: Final = 2
"""Words before the amount of a price that begins with the end of a thing: ``wash for 18 pounds``."""
_JOINING, _AND = frozenset({"no_kind", "within"}), frozenset({"or", "joining"})
_WRITTEN: Final = ("word", "number")
_NO_THING: Final = frozenset(
    {"film", "maker", "look", "negated", "several", "self", "says", "call", "announcing", "audience"}
)
_BY: Final = frozenset("by before vor avant antes entro prima tegen przed do до към преди".split())  # noqa: SIM905
_THEY: Final = frozenset("he she er elle ella lui lei ele ela hij zij ona он она він вона".split())  # noqa: SIM905
_HENCE: Final = frozenset("so also daher deshalb donc asi entonces entao portanto quindi dus wiec поэтому".split())  # noqa: SIM905
_VIA: Final = frozenset("at on via unter auf bei sur chez en su op na pa em".split())  # noqa: SIM905  a row
"""Words between what is to be done and where."""
_LEAST_VIA: Final = 3
"""Tokens of the shortest of them: what to do, such a word, and where."""
_MOST_SITE: Final = 3
"""Most tokens that name a site before a handle: ``book on insta``."""
_CONDITIONS: Final = list_mark_words("condition")
_MOST_DUE, _LEAST_TOLD = 4, 0.85
_CLOSING: Final = ("sign", "line")
_SHORT_DAYS: Final = frozenset(day[:length] for day in list_mark_words("weekday") for length in (2, 3))
_PRICES: Final = frozenset({"price", "offer"})
_MONEY_TOKENS: Final = 2
"""A sign of money and its amount."""
_MULTIPLIER: Final = regex.compile(MULTIPLIER, regex.I)
_OF_LABELS: Final = frozenset({"says"})
"""Marks, beside those of labels, of a word that labels something if a colon follows: ``Closing``."""
_OF_CONTACTS: Final = frozenset({"call", "bare_label"})
"""The same of one before a number or an address: ``Questions``."""
_CODES: Final = "code gutscheincode rabattcode codigo codice kod kodu kodom koduyla промокод промокодом"
_CODE: Final = frozenset(_CODES.split())
_USING: Final = frozenset(["use", "with", "mit", "avec", "con", "com", "met", "usa", "с"])
_MOST_CODE_TOKENS, _LEAST_CODE_LETTERS = 5, 3


def join_torn(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Join the parts of lines that the model read as two, and add the words that it left off. Pure."""
    if not tokens:
        return list(spans)
    found = list_token_marks(tokens, marks)
    made: list[TaggedSpan] = []
    for span in (part for one in _shift_prices(tokens, spans) for part in _part_telephone(tokens, one, found)):
        last = made[-1] if made else None
        is_cut = last is not None and _is_sign_between(tokens, last, span)
        if last and is_cut:
            last = made[-1] = replace(last, end=span.first)
        if last and last.end == span.first and _takes_unit(tokens, last, span):
            last = made[-1] = replace(last, end=last.end + 1)
            span = replace(span, first=span.first + 2)
        is_cut |= last is not None and last.end == span.first and _is_cut(tokens, last, span)
        if last and last.end == span.first and (is_cut or _is_torn(tokens, last, span, found)):
            label = {"time": "fact", "dir": "call"}.get(last.label, last.label)
            label = "fact" if is_cut and not {last.label, span.label} <= _PRICES else label
            made[-1] = replace(last, label=label, end=span.end, probability=min(last.probability, span.probability))
        else:
            made.append(span)
    made = _finish_ends(tokens, made)
    named = sum(one.label == "name" for one in made)
    for n, span in enumerate(made):
        behind_it = made[n + 1] if n + 1 < len(made) else None
        if span.label in SHOWN and _is_told(tokens, made[n - 1] if n else None, span, behind_it, found):
            made[n] = replace(span, label="dir")
            continue
        if _names_it(tokens, span, found):
            span = made[n] = replace(span, label="name", first=span.first + 2)
        is_list = any(token.text == "," for token in tokens[span.first : span.end])  # "(Rust, Postgres)"
        if span.label == "name" and (named > 1 or is_list) and _is_bracketed(tokens, span):
            span = made[n] = replace(span, label="fact")
        if span.label == "name" and named > 1 and span.probability < OTHER_NAME and _calls(tokens, span):
            span = made[n] = replace(span, label="call")
        before = made[n - 1].end if n else 0
        behind = made[n + 1].first if n + 1 < len(made) else len(tokens)
        if span.label in _SAID and span.end < behind and _is_last_word(tokens, found, span):
            span = made[n] = replace(span, end=span.end + 1)
        others = any(one.label == "name" and one.probability >= span.probability for one in made if one is not span)
        if span.label in (*_SAID, "contact") or (span.label == "name" and others):
            first = _find_head(tokens, found, span.first, before, label=span.label)
            if first < span.first:
                label = {"name": "fact", "contact": "call"}.get(span.label, span.label)  # "Questions: 0800 555 0199"
                made[n] = replace(span, first=first, label=label)
    return made


def _finish_ends(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the last thing of a list at its price, and with a code as an offer. Pure."""
    return [part for one in _part_last_price(tokens, spans) for part in _offer_code(tokens, one)]


def _part_last_price(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the last thing of a list at the price that nothing but a blank parts from it: ``steam train
    from Leeds £22`` of "roast chestnuts, steam train from Leeds" and "£22".
    """
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        commas = [n for n in range(last.first + 1, last.end - 1) if tokens[n].text == ","] if last else []
        if last and span.label == "price" and last.label == "fact" and last.end == span.first and commas:
            made[-1] = replace(last, end=commas[-1])
            span = replace(span, first=commas[-1] + 1, probability=min(last.probability, span.probability))
        made.append(span)
    return made


def _offer_code(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return what was read as told to the maker with the code at its end as an offer: "use code RUN40"."""
    at = next((n for n in range(span.first, span.end) if fold(tokens[n].text) in _CODE), span.end)
    code = "".join(one.text for one in tokens[at + 1 : span.end])
    is_code = code.isalnum() and code.isupper() and len(code) >= _LEAST_CODE_LETTERS
    if span.label != "dir" or span.probability >= CERTAIN or span.end - at > _MOST_CODE_TOKENS or not is_code:
        return [span]
    first = at - (at > span.first and fold(tokens[at - 1].text) in _USING)
    offer = replace(span, label="offer", first=first, probability=max(span.probability, LIKELY))
    return [replace(span, end=first), offer] if first > span.first else [offer]


def _is_torn(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, found: Sequence[set[str]]) -> bool:
    """Return whether two spans that only a blank parts are one line: "Bukiety na Dzień" and "Matki od 79 zł"."""
    if span.label == "contact" and (last.label == "call" or _says_where(tokens, last, span, found)):
        return True
    if last.label not in _SAID or span.end - last.first > _MOST_JOINED:
        return False
    inside = tokens[span.first : span.end]
    if any(token.kind not in _WRITTEN for token in (tokens[last.end - 1], inside[0])):
        return False
    if span.label == "name":
        return len(inside) == 1 and _ACRONYMS.fullmatch(inside[0].text) is not None
    if "any_of" in found[last.end - 1]:
        return span.label in ("fact", "number", "what")
    if found[last.end - 1] & _JOINING and not found[last.end - 1] & _AND:
        return span.label in ("fact", "number", "what", "price")
    if (
        span.label in ("place", "time") and len(inside) > 1 and last.label != "terms"
    ):  # "Half term holiday" and "club at …"
        is_noun = inside[0].text.islower() and all(mark.startswith("label") for mark in found[span.first])
        return is_noun and (
            (inside[1].kind == "number" and span.label == "place") or bool(found[span.first + 1] & _JOINING)
        )
    if last.label == "time":
        return span.label in _SAID and bool(found[last.end - 1] & _VERBS)
    before = next((n for n, token in enumerate(inside) if token.kind != "word"), len(inside))
    return (
        last.label in ("what", "fact")
        and span.label == "price"
        and _LEAST_BEFORE_AMOUNT <= before < len(inside)
        and not found[span.first]
    )


def _is_sign_between(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan) -> bool:
    """Return whether a degree sign parts two spans, ``20`` and ``C in August``, or the full stop of a short day of the
    week: ``Beginn Fr`` and ``18 Uhr``, ``ouvert du mer`` and ``au sam.``
    """
    end, between, first = tokens[last.end - 1], [one.text for one in tokens[last.end : span.first]], tokens[span.first]
    if between == ["°"]:
        return end.kind == "number" and {last.label, span.label} <= set(_SAID)
    is_day = fold(end.text) in _SHORT_DAYS and last.label in (*_SAID, "name")
    is_on = first.kind == "number" and end.text[0].isupper()
    return between == ["."] and is_day and (is_on or (span.label == "time" and not first.text[0].isupper()))


def _is_cut(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan) -> bool:
    """Return whether a number was parted from what multiplies it, ``around 20`` and ``million volumes``, or a thing
    from its price: ``kids`` and ``3 to 11``, ``$10``.
    """
    end, first = tokens[last.end - 1], tokens[span.first]
    multiplies = end.kind == "number" and _MULTIPLIER.fullmatch(first.text) is not None
    is_price = {last.label, span.label} <= _PRICES and not any(map(is_money_sign, tokens[last.first : last.end]))
    counts = any(token.kind == "number" for token in tokens[last.first : last.end])
    is_thing = is_price and end.kind in _WRITTEN and (is_money_sign(first) or (first.kind == "number" and not counts))
    return {last.label, span.label} <= set(_SAID) and (multiplies or is_thing)


def _shift_prices(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with two prices at the things before them, not behind: "haircuts $20 seniors $15"."""
    made = list(spans)
    for n in range(len(made) - 2):
        thing, price, last = made[n : n + 3]
        if thing.end != price.first or thing.label not in ("what", "fact") or {price.label, last.label} - _PRICES:
            continue
        cut, other = price.first + _MONEY_TOKENS, tokens[price.first + _MONEY_TOKENS : last.first]
        are_alone = is_money_sign(tokens[price.first]) and is_money_sign(tokens[last.first]) and price.end <= last.first
        is_row = are_alone and last.end - last.first == _MONEY_TOKENS and 0 < len(other) <= _MOST_HEAD
        if is_row and all(token.kind == "word" for token in other):
            sure = min(thing.probability, price.probability)
            made[n] = replace(price, first=thing.first, end=cut, probability=sure)
            made[n + 1 : n + 3] = [replace(last, first=cut, probability=min(sure, last.probability))]
            return made
    return made


def _takes_unit(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan) -> bool:
    """Return whether a call begins with what the number before it counts: "try free for 30 | days at x.example"."""
    if (
        span.label not in ("call", "contact")
        or last.label not in _SAID
        or last.label == "time"
        or span.end - span.first < _LEAST_VIA
    ):
        return False
    unit, via = tokens[span.first], tokens[span.first + 1]
    return tokens[last.end - 1].kind == "number" and unit.text.islower() and fold(via.text) in _VIA


def _says_where(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, found: Sequence[set[str]]) -> bool:
    """Return whether what was read as told to the maker is what to do at the handle behind it: "book on insta @gloss".

    Alone, the site would be where the film is shown.
    """
    marks = set().union(*found[last.first : last.end])
    is_short = last.label == "dir" and last.end - last.first <= _MOST_SITE
    return (
        is_short
        and tokens[span.first].kind == "handle"
        and "call" in found[last.first]
        and not marks & {"self", "maker"}
    )


def _calls(tokens: Sequence[Token], span: TaggedSpan) -> bool:
    """Return whether what was read as a name is a sentence that says where to do something: "Listen on Spotify"."""
    inside = tokens[span.first : span.end]
    begins = span.first == 0 or tokens[span.first - 1].text in SENTENCE_ENDS or tokens[span.first - 1].kind == "line"
    ends = span.end == len(tokens) or tokens[span.end].text in SENTENCE_ENDS or tokens[span.end].kind == "line"
    return begins and ends and len(inside) >= _LEAST_VIA and fold(inside[1].text) in _VIA


def _is_told(
    tokens: Sequence[Token],
    last: TaggedSpan | None,
    span: TaggedSpan,
    behind: TaggedSpan | None,
    found: Sequence[set[str]],
) -> bool:
    """Return whether a span belongs to the direction beside it, or tells of an earlier film: "Need an ad by Thursday",
    "If it gets too crowded skip it", "The last guy we hired made it too long".
    """
    marks = set().union(*found[span.first : span.end])
    if last and last.label == "dir" and last.end == span.first and marks & {"weekday", "month"}:
        is_short = span.end - span.first <= _MOST_DUE
        return is_short and bool(found[last.end - 1] & {"then"} or fold(tokens[last.end - 1].text) in _BY)
    if behind and behind.label == "dir" and behind.first == span.end and fold(tokens[span.first].text) in _CONDITIONS:
        return True
    if behind and behind.label == "dir" and behind.first == span.end and fold(tokens[span.end - 1].text) in _HENCE:
        return True  # "It's a surprise so don't post it"
    begins = span.first == 0 or tokens[span.first - 1].kind == "line" or tokens[span.first - 1].text in SENTENCE_ENDS
    if begins and behind and behind.label == "dir" and fold(tokens[span.first].text).split("'")[0] in _THEY:
        between = tokens[span.end : behind.first]  # "He's away till Monday so maybe use the email"
        return len(between) <= _MOST_HEAD and not any(one.text in SENTENCE_ENDS for one in between)
    ends = span.end == len(tokens) or tokens[span.end].kind == "line" or tokens[span.end].text in SENTENCE_ENDS
    return begins and ends and span.probability < _LEAST_TOLD and {"bygone", "pointing"} <= marks


def _names_it(tokens: Sequence[Token], span: TaggedSpan, found: Sequence[set[str]]) -> bool:
    """Return whether a span tells the maker the name: "call it The Snug"."""
    words = tokens[span.first + 2 : span.end]
    is_naming = len(words) > 0 and all("naming" in found[n] for n in range(span.first, span.first + 2))
    return span.label == "call" and is_naming and all(word.text[0].isupper() for word in words)


def _is_bracketed(tokens: Sequence[Token], span: TaggedSpan) -> bool:
    around = tokens[max(0, span.first - 1) : span.end + 1]
    return around[0].text == "(" and around[-1].text == ")"


def _is_last_word(tokens: Sequence[Token], found: Sequence[set[str]], span: TaggedSpan) -> bool:
    """Return whether a noun ends the clause behind a span: "240" and "people", "a small plumbing" and "firm"."""
    n = span.end
    if (
        tokens[n].kind != "word"
        or not tokens[n].text.islower()
        or (n + 1 < len(tokens) and tokens[n + 1].kind not in _CLOSING)
    ):
        return False
    is_named = any(mark.startswith("label") for mark in found[n]) and span.label in ("what", "fact")
    return is_named or (tokens[n - 1].kind == "number" and not found[n])


def _part_telephone(tokens: Sequence[Token], span: TaggedSpan, found: Sequence[set[str]]) -> list[TaggedSpan]:
    """Return a span without the word that announces the telephone behind it: ``no bairro`` of "no bairro, whats"."""
    phone = next((n for n in range(span.first, span.end) if tokens[n].kind == "telephone"), span.end)
    if span.label not in (*_SAID, "call") or phone == len(tokens) or tokens[phone].kind != "telephone":
        return [span]
    word = phone - 1
    while word > span.first and tokens[word].kind == "sign" and tokens[word].text in ".:":
        word -= 1
    is_alone = tokens[word - 1].text == "," if word > span.first else False
    is_label = is_alone or bool(found[word] & {"telephone", "label_contact"})
    if not is_label or word <= span.first + is_alone or tokens[word].kind != "word":
        return [span]
    if span.label == "call" and not is_alone:
        return [span]
    head = replace(span, label="fact" if span.label == "call" else span.label, end=word - is_alone)
    is_call = span.label == "call" or "call" in found[word]
    if phone == span.end and not is_call:
        return [head]
    return [head, replace(span, label="call" if is_call else "contact", first=word)]


def _find_head(tokens: Sequence[Token], found: Sequence[set[str]], first: int, before: int, *, label: str) -> int:
    """Return where a span begins with what stands before its colon, ``Faster:``, or with the one word before it that
    begins its sentence: ``Closing`` of "Closing down sale".
    """
    if (
        tokens[first].kind != "word"
        and label in _PRICES
        and (start := _find_thing(tokens, found, first, before)) < first
    ):
        return start
    is_headed = first > before + 1 and tokens[first - 1].text in COLONS
    if label == "contact" and not is_headed:
        return first
    end = first - 1 if is_headed else first
    start = end
    while start > before and end - start < (_MOST_HEAD if is_headed else 1) and tokens[start - 1].kind == "word":
        start -= 1
    opening = SENTENCE_ENDS | {","} if is_headed else SENTENCE_ENDS
    begins = start == 0 or tokens[start - 1].kind == "line" or tokens[start - 1].text in opening
    known = {mark for n in range(start, end) for mark in found[n] if is_headed or not mark.startswith("label")}
    allowed = _OF_CONTACTS if label == "contact" else set() if is_headed else _OF_LABELS
    if start == end or not begins or known - allowed:
        return first
    return start if is_headed or tokens[first].kind == "word" else first


def _find_thing(tokens: Sequence[Token], found: Sequence[set[str]], first: int, before: int) -> int:
    """Return where the words begin that say what an amount is for, and begin its sentence: "Boiler service £79"."""
    start = first
    while start > before and first - start < _MOST_LISTED and tokens[start - 1].kind == "word":
        start -= 1
    begins = start == 0 or tokens[start - 1].kind == "line" or tokens[start - 1].text in SENTENCE_ENDS
    is_thing = first - start > 1 and not set().union(*found[start:first]) & _NO_THING
    return start if begins and is_thing else first
