"""Moves the bounds of what the model marked to where a line may break: units stay whole, sentences end lines."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import CERTAIN, LIKELY
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token, Unit, find_units, is_money_sign, locate_units

_OWNERS: Final = {
    "street": ("place", "contact"), "address": ("place", "contact"), "hours": ("time",),
    "amount": ("price", "offer", "old", "number"),
    "date": ("time",),
    "katakana": (), "compound": SHOWN, "firm": ("name",),
}  # fmt: skip
"""Labels of the spans that units belong to, where spans share one."""


_OPENING: Final = ("fact", "call")
_GOING_ON: Final = ("fact", "number", "time", "place", "offer", "terms")
_MOST_JOINED: Final = 11
"""Most words of a clause that is read as two things and shown as one."""
_CLAUSE_LABELS: Final = frozenset({"fact", "number", "price", "time", "place", "terms"})
_WHEN_AND_WHERE: Final = frozenset({"time", "place"})
"""Labels of what has a drawing of its own: the day on a calendar, the street as a pin."""
_MOST_PARTS, _MOST_CLAUSE = 3, 16
"""Most spans that are one clause together, and tokens of it."""
_HEADED_LIST: Final = regex.compile(
    r"(?:^|(?<=[.!?\n]\s))(?P<all>(?P<head>\p{Lu}[^\s:,.;!?]*(?:[ ’'-][^\s:,.;!?]+){0,3})\s?[:：]\s"
    r"(?P<list>[^\p{Nd}\p{Sc}.;:!?\n]{2,60},[^\p{Nd}\p{Sc}.;:!?\n]{2,80}?))"
    r"(?=\s(?:for|für|pour|por|per|voor|за|dla)(?: only| nur)?\s\p{Sc}?\s?\p{Nd}|,?\s\p{Sc}\s?\p{Nd})",
)
"""A heading, a colon and a list with a comma, before a price."""
_LISTED: Final = ("what", "fact", "number", "terms", "price", "offer")
"""Labels of what such a list may have been read as."""
_LED: Final = 2
"""Most words between what asks to come and the address: "at", "in der"."""
_AT_PRESENT: Final = frozenset([
    "now", "jetzt", "nun", "ahora", "maintenant", "ora", "agora", "nu", "teraz", "сейчас", "теперь", "сега", "зараз",
    "şimdi",
])  # fmt: skip
"""Words before a price that holds."""
_UNTIL: Final = frozenset(
    "by until till before bis vor avant hasta antes entro até tot voor tegen do przed до senast".split()  # noqa: SIM905
)
"""Words before a day that make it the last one."""
_EARLIER: Final = frozenset("before antes avant vorher prima przed преди до".split())  # noqa: SIM905  a row
"""Words for an earlier price that are also of time: "£5 before 11pm £8 after"."""
_CRIES: Final = frozenset("!?！？؟")
_ENDS_SENTENCE: Final = regex.compile(r"\p{L}{4,}(?<!str)")
"""The last word before a full stop that is hardly an abbreviation."""
_TO_NUMBER: Final = frozenset("- – to bis à a al tot do до".split())  # noqa: SIM905  a row
"""What joins two numbers."""
_GOING_ON_WITH: Final = list_mark_words("within", "of_whom", "for_whom", "joining", "or") | frozenset(  # a row
    "with without from until till only per mit ohne ab bis von vom auf nur beim con sin desde hasta solo para por avec "  # noqa: SIM905
    "sans dès jusqu dal dalle fino senza met zonder vanaf tot só até com sem".split()
) - {"no", "a", "na"}
"""Words with which a clause goes on."""
_CLAUSE_ENDS: Final = frozenset(".!?;,،、，…。:：\n")
_BETWEEN_LISTED: Final = " ,;、，،\n*•-–"
_LEAST_LISTED, _SURE, _LEAST_TRUSTED = 3, 0.9, 0.3
_DENIED: Final = ("what", "fact", "number", "terms", "offer")
_DENYING: Final = frozenset(  # a row
    "no kein keine keinen keinem keiner sans sin sem senza ohne bez geen zonder uten utan ingen inget inga без aucun "  # noqa: SIM905
    "aucune nessun nessuna nessuno ningun ninguna nenhum nenhuma brak fara ilman".split()
)
"""Words that deny the thing behind them."""
_WIDE: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_PARTICLES: Final = "はがをにのともへでやか的和与在"


def settle_bounds(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with bounds where a line may break. Pure."""
    units = find_units(text)
    kept = _keep_percents(tokens, _move_strays(text, tokens, spans))
    parted = [part for one in kept for part in split_sentences(tokens, one)]
    whole = _keep_units_whole(tokens, parted, units, marks)
    whole = [_take_before(tokens, last, span) for last, span in pairwise([None, *whole]) if span]
    amounts = [one for one in units if one.kind == "amount"]
    parted = [part for one in whole for part in _part_prices(tokens, one, amounts, marks)]
    settled = _join_subjects(tokens, [_keep_later_price(tokens, one, marks) for one in parted])
    return _trust_lists(text, tokens, _join_whole_clauses(tokens, _join_sentences(tokens, settled)))


def _move_strays(text: str, tokens: Sequence[Token], spans: Iterable[TaggedSpan]) -> list[TaggedSpan]:
    """Return the spans with a single letter of Han or kana, at the edge of a run between blanks, in the span that has
    the rest of the run: ``手作りパン こ`` and ``むぎ日和``.
    """
    made = list(spans)
    for n in range(len(made) - 1):
        one, other = made[n], made[n + 1]
        if one.end != other.first or tokens[one.end - 1].end != tokens[other.first].start:
            continue
        before, behind = tokens[one.end - 1], tokens[other.first]
        if not (_WIDE.fullmatch(before.text) and _WIDE.fullmatch(behind.text)):
            continue
        if text[before.start - 1 : before.start] == " " and one.end - one.first > 1 and before.text not in _PARTICLES:
            made[n], made[n + 1] = replace(one, end=one.end - 1), replace(other, first=other.first - 1)
        elif (
            text[behind.end : behind.end + 1] in (" ", "\n", "")
            and other.end - other.first > 1
            and behind.text not in _PARTICLES
        ):
            made[n], made[n + 1] = replace(one, end=one.end + 1), replace(other, first=other.first + 1)
    return made


def _join_subjects(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return the spans with what a film is about in one, up to a comma: the model took "mountain" for it, and "bike
    rental in the Alps, adventurous" for a place, which begins with a preposition where it is one.
    """
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        goes_on = last and last.label == "subject" and span.label == "setting" and last.end == span.first
        if not last or not goes_on or fold(tokens[span.first].text) in _GOING_ON_WITH or _is_cased(tokens[span.first]):
            made.append(span)
            continue
        end = next((n for n in range(span.first, span.end) if tokens[n].text in _CLAUSE_ENDS), span.end)
        made[-1] = replace(last, end=end)
        if end + 1 < span.end:
            made.append(replace(span, label="dir", first=end + 1))
    return made


def _is_cased(token: Token) -> bool:
    return token.text.lower() == token.text.upper() or token.text[0].isupper()


def _keep_percents(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return the spans with the sign of a share at its number, and what it is a share of: ``100% fishing nets``."""
    made: list[TaggedSpan] = []
    for span in spans:
        end = span.end
        if end < len(tokens) and tokens[end].text == "%" and tokens[end - 1].kind == "number":
            span = replace(span, end=end + 1)
        last = made[-1] if made else None
        is_cut = last is not None and tokens[last.end - 1].text == "%" and last.end >= span.first
        if last and is_cut and {last.label, span.label} <= {"what", "fact", "number"}:
            made[-1] = replace(last, end=span.end, probability=min(last.probability, span.probability))
        elif last is None or last.end < span.end:  # the sign alone is no span
            made.append(replace(span, first=max(span.first, last.end)) if last else span)
    return made


def split_sentences(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return the sentences of a span: ``18! Капучино 190 ₽``. A full stop behind a short word or a number may be that
    of an abbreviation or a date. Pure.
    """
    if span.label not in SHOWN or span.label in ("line", "name", "call"):
        return [span]
    ends = [
        n for n in range(span.first + 1, span.end - 1)
        if tokens[n].text in _CRIES
        or (tokens[n].text == "." and _ENDS_SENTENCE.fullmatch(tokens[n - 1].text) and tokens[n + 1].text[0].isupper())
    ]  # fmt: skip
    return [replace(span, first=a, end=b) for a, b in pairwise([span.first, *(n + 1 for n in ends), span.end])]


def _take_before(tokens: Sequence[Token], last: TaggedSpan | None, span: TaggedSpan) -> TaggedSpan:
    """Return the span with the sign of money right before it, ``$3.1M led by …``, the word that denies it, ``no
    auditions``, or that makes a day the last one: ``by Monday``.
    """
    n, end = span.first - 1, last.end if last else 0
    if n < end or span.label not in SHOWN:
        return span
    is_sign = tokens[span.first].kind == "number" and is_money_sign(tokens[n])
    is_denied = span.label in _DENIED and tokens[span.first].kind == "word" and fold(tokens[n].text) in _DENYING
    is_last_day = span.label == "time" and fold(tokens[n].text) in _UNTIL
    return replace(span, first=n) if is_sign or is_denied or is_last_day else span


def _part_prices(tokens: Sequence[Token], span: TaggedSpan, units: Sequence[Unit], marks: Marks) -> list[TaggedSpan]:
    """Return a span of two amounts as the price that is no more and the one that is: ``was £80 now £56``."""
    if span.label not in ("old", "price", "offer"):
        return [span]
    inside = tokens[span.first : span.end]
    amounts = [one for one in units if inside[0].start <= one.start and one.end <= inside[-1].end]
    if len(amounts) != 2:
        return [span]
    cut = next((n for n in range(span.first, span.end) if tokens[n].start >= amounts[0].end), span.end)
    was = tokens[min(cut, span.end - 1)]
    is_replaced = "before_now" in marks.list_marks(was.start, was.end) and fold(was.text) not in _EARLIER
    if is_replaced and amounts[1].start - was.end <= 1:
        return [replace(span, label="price", end=cut), replace(span, label="old", first=cut)]
    if "before_now" not in marks.list_marks(inside[0].start, amounts[0].start):
        return [span]
    if "before_now" not in marks.list_marks(inside[0].start, inside[0].end) and inside[0].kind == "word":
        return [replace(span, label="price")]  # "canvas totes were $24 now $10": the thing is not struck out
    if cut in (span.first, span.end):
        return [span]
    return [replace(span, label="old", end=cut), replace(span, label="price", first=cut)]


def _keep_later_price(tokens: Sequence[Token], span: TaggedSpan, marks: Marks) -> TaggedSpan:
    """Return a price that names the day from which it holds as no old one, "goes to $36 on Oct 15", and "now £89"."""
    if span.label == "old" and fold(tokens[span.first].text) in _AT_PRESENT and span.end - span.first > 1:
        return replace(span, label="price")
    found = marks.list_marks(tokens[span.first].start, tokens[span.end - 1].end)
    is_later = span.label == "old" and found & {"month", "weekday"} and "before_now" not in found
    return replace(span, label="price") if is_later else span


def _join_sentences(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return the spans with those as one that are one short clause: ``check your smoke alarm`` and ``every month``."""
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        if last and (
            _is_number_of(tokens, last, span)
            or _is_what_price_is_for(tokens, last, span)
            or _goes_on(tokens, last, span)
        ):
            made[-1] = replace(last, end=span.end, probability=min(last.probability, span.probability))
        else:
            made.append(span)
    return made


def _goes_on(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan) -> bool:
    """Return whether nothing but blanks parts a fact or call from a short rest of it."""
    are_clause = last.end == span.first and last.label in _OPENING and span.label in _GOING_ON
    is_short = span.end - last.first <= _MOST_JOINED
    return are_clause and is_short and all(one.kind in ("word", "number") for one in tokens[last.first : span.end])


def _is_number_of(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan) -> bool:
    """Return whether a span without a word or a unit is the number of what stands before it: ``tenants of Flats`` and
    ``1 to 24``, ``Via Roma`` and ``12`` with a comma between.
    """
    inside = tokens[span.first : span.end]
    is_bare = inside[0].kind == "number" and all(one.kind == "number" or one.text in _TO_NUMBER for one in inside)
    is_beside = last.end == span.first or (last.end == span.first - 1 and tokens[last.end].text == ",")
    is_named = tokens[last.end - 1].kind == "word" and tokens[last.end - 1].text[0].isupper()
    may_join = {last.label, span.label} <= set(SHOWN) - {"name", "line", "call"} and span.label != "time"
    return is_bare and is_beside and is_named and may_join


def _join_whole_clauses(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return the spans with those as one that nothing parts and that are a clause together: ``Your water will be OFF``
    and ``from 22:00 until 05:00``.
    """
    made: list[TaggedSpan] = []
    runs: list[list[TaggedSpan]] = []
    for span in spans:
        goes_on = runs and runs[-1][-1].end == span.first and fold(tokens[span.first].text) in _GOING_ON_WITH
        if goes_on and {runs[-1][-1].label, span.label} <= _CLAUSE_LABELS:
            runs[-1].append(span)
        else:
            runs.append([span])
    for run in runs:
        first, end = run[0].first, run[-1].end
        beside = [*tokens[max(0, first - 1) : first], *tokens[end : end + 1]]
        is_short = 1 < len(run) <= _MOST_PARTS and end - first <= _MOST_CLAUSE
        says_more = not {one.label for one in run} <= _WHEN_AND_WHERE
        if is_short and says_more and all(token.text in _CLAUSE_ENDS for token in beside):
            label = next((one.label for one in run if one.label == "price"), run[0].label)
            made.append(replace(run[0], end=end, label=label, probability=min(one.probability for one in run)))
        else:
            made += run
    return made


def _is_what_price_is_for(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan) -> bool:
    """Return whether a price alone is that of what stands right behind it: ``$8.50`` and ``delivered within 30 mi``."""
    is_bare = (
        last.label == "price"
        and last.end == span.first
        and all(token.kind != "word" for token in tokens[last.first : last.end])
    )
    is_short = span.label in ("fact", "terms", "place") and span.end - span.first <= _MOST_JOINED
    return is_bare and is_short and tokens[span.first].text.islower()


def _keep_units_whole(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], units: Sequence[Unit], marks: Marks
) -> list[TaggedSpan]:
    """Return ``spans`` with each unit in one of them or in none: the likeliest of those that share it has it whole."""
    made = list(spans)
    for first, end, kind in locate_units(tokens, units):
        over = [one for one in made if one.first < end and first < one.end]
        if not over or any(one.first <= first and end <= one.end for one in over):
            continue
        if kind in ("street", "address") and any(one.label == "dir" for one in over):
            continue  # "27 Bến Dừa quay kiểu …": what is told to the maker is no street
        owner = max(over, key=lambda one: (one.label in _OWNERS[kind], min(one.end, end) - max(one.first, first)))
        rest = [part for one in made if one is not owner for part in cut_span(one, first, end)]
        whole = replace(owner, first=min(owner.first, first), end=max(owner.end, end))
        made = sorted([*rest, whole], key=lambda one: one.first)
    return made


def settle_addresses(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with each address, a street with its town and postcode, in one of them: "AD" of "BS1 5AD" is no
    film, and the postcode no call. What goes on behind it, "or ring 0117 496 0182", is another call. Pure.
    """
    made = list(spans)
    for first, end, kind in locate_units(tokens, find_units(text)):
        over = [one for one in made if one.first < end and first < one.end]
        beside = [*range(max(0, first - _MOST_CLAUSE), first), *range(end, min(len(tokens), end + _MOST_CLAUSE))]
        is_told = any(
            one.label == "dir" and any(one.first <= n < one.end and tokens[n].kind == "word" for n in beside)
            for one in over
        )
        if kind != "address" or is_told or any(one.label in ("line", "name", "subject") for one in over):
            continue
        whole = next((one for one in over if one.first <= first and end <= one.end), None)
        asking = next((one for one in made if one.label == "call" and first - _LED <= one.end <= first), None)
        if asking and all(one.kind == "word" for one in tokens[asking.end : first]):
            made = [part for one in made if one is not asking for part in cut_span(one, asking.first, end)]
            made.append(replace(asking, end=end))  # "Find us | at | 9 Spring Bank, Hull"
        elif whole is None:
            led = next((one.first for one in over if one.first < first and one.label in ("place", "call")), first)
            made = [part for one in made for part in cut_span(one, led, end)]
            made.append(TaggedSpan(label="place", first=led, end=end, probability=CERTAIN))
        elif tokens[end : end + 1] and end + 2 < whole.end and tokens[end].text in ",.;":
            made = [one for one in made if one is not whole]
            is_call = whole.label == "call" and whole.first < first
            made.append(replace(whole, label="call" if is_call else "place", end=end))
            made.append(replace(whole, label="call" if whole.label == "contact" else whole.label, first=end + 1))
    return sorted(made, key=lambda one: one.first)


def settle_headed_lists(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with a list behind a colon and its heading as one, before the price of all of it: "Spring
    tune-up: gears, brakes, wheels trued and chain cleaned | for £45". Pure.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    for found in _HEADED_LIST.finditer(text):
        first, end = bisect_left(starts, found.start("all")), bisect_left(starts, found.end("all"))
        over = [one for one in made if one.first < end and first < one.end]
        if not over or any(one.label not in _LISTED for one in over) or over[0].first < first:
            continue
        sure = max(one.probability for one in over)
        made = [part for one in made for part in cut_span(one, first, end)]
        made.append(TaggedSpan(label="fact", first=first, end=end, probability=sure))
        made = [  # what is left of a span that the list shared with its price
            replace(one, label="price") if one.first == end and one.label in ("fact", "what", "number") else one
            for one in made
        ]
    return sorted(made, key=lambda one: one.first)


def _trust_lists(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return the spans with those of a list as likely, one of which is sure: "boils fast, stays warm, weighs 1 kg"."""
    made = list(spans)
    first = 0
    for n in range(1, len(made) + 1):
        if n < len(made) and _continues_list(text, tokens, made[n - 1], made[n]):
            continue
        run = made[first:n]
        if len(run) >= _LEAST_LISTED and max(one.probability for one in run) >= _SURE:
            made[first:n] = [
                replace(one, probability=max(one.probability, LIKELY)) if one.probability >= _LEAST_TRUSTED else one
                for one in run
            ]
        first = n
    return made


def _continues_list(text: str, tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan) -> bool:
    between = text[tokens[last.end - 1].end : tokens[span.first].start]
    is_parted = tokens[span.first - 1].kind in ("sign", "line")
    return {last.label, span.label} <= set(SHOWN) and is_parted and not between.strip(_BETWEEN_LISTED)
