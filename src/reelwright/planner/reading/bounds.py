"""Moves the bounds of what the model marked to where a line may break: units stay whole, abbreviations end nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.prices import take_heads_of_prices
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import BULLETS, Token, Unit, find_units, is_money_sign, locate_units

_OWNERS: Final = {
    "street": ("place", "contact"), "hours": ("time",), "amount": ("price", "offer", "old", "number"),
    "date": ("time",),
    "katakana": (), "compound": SHOWN, "firm": ("name",),
}  # fmt: skip
"""Labels of the spans that units belong to, where spans share one."""


_LISTED: Final = ("fact", "what")
_MOST_LIST_WORDS: Final = 5
_ENDS: Final = ".!?;…。()"
_OPENING: Final = ("fact", "call")
_GOING_ON: Final = ("fact", "number", "time", "place", "offer", "terms")
_MOST_JOINED: Final = 9
"""Most words of a clause that is read as two things and shown as one."""
_CLAUSE_LABELS: Final = frozenset({"fact", "number", "price", "time", "place", "terms"})
_WHEN_AND_WHERE: Final = frozenset({"time", "place"})
"""Labels of what has a drawing of its own: the day on a calendar, the street as a pin."""
_MOST_PARTS, _MOST_CLAUSE = 3, 16
"""Most spans that are one clause together, and tokens of it."""
_AT_PRESENT: Final = frozenset([
    "now", "jetzt", "nun", "ahora", "maintenant", "ora", "agora", "nu", "teraz", "сейчас", "теперь", "сега", "зараз",
    "şimdi",
])  # fmt: skip
"""Words before a price that holds."""
_EARLIER: Final = frozenset("before antes avant vorher prima przed преди до".split())  # noqa: SIM905  a row
"""Words for an earlier price that are also of time: "£5 before 11pm £8 after"."""
_GOING_ON_WITH: Final = list_mark_words("within", "of_whom", "for_whom", "joining", "or") | frozenset(  # a row
    "with without from until till only per mit ohne ab bis von vom auf nur beim con sin desde hasta solo para por avec "  # noqa: SIM905
    "sans dès jusqu dal dalle fino senza met zonder vanaf tot só até com sem".split()
) - {"no", "a", "na"}
"""Words with which a clause goes on."""
_WANTING: Final = list_mark_words("of_whom", "within")
"""Words that end no line."""
_COUNTED: Final = list_mark_words("of_whom")
"""Words before a number that is of what stands behind it: "any of 9 points"."""
_MONTH_WORDS: Final = 2
_LEAST_THING_WORDS: Final = 2
_COMMAS: Final = ",،、，"
_CLAUSE_ENDS: Final = frozenset(".!?;,،、，…。:：\n")
_REPLACED: Final = frozenset({"before_now", "being", "being_now", "turning"})
"""Marks of words that say that a price was another one."""
QUOTATIONS: Final = ("«»", "„“", "„”", "“”", "「」")
"""Marks before and behind a quotation, one pair each."""
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
_SENTENCE_MARKS: Final = frozenset({"several", "turning", "negated", "film", "maker", "call"})
"""Marks of words that make what stands after a comma a clause of its own."""


def settle_bounds(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with bounds where a line may break. Pure."""
    units = find_units(text)
    amounts = [one for one in units if one.kind == "amount"]
    whole = _keep_units_whole(tokens, _move_strays(text, tokens, _split_at_bullets(tokens, spans)), units, marks)
    whole = [_take_before(tokens, last, span) for last, span in pairwise([None, *whole]) if span]
    joined = _join_abbreviated(text, tokens, whole, marks)
    closed = [part for span in joined for part in _part_bracket(tokens, _close_quotation(tokens, span))]
    parted = [part for span in closed for part in _part_prices(tokens, span, amounts, marks)]
    parted = [_keep_later_price(tokens, _keep_price_of_thing(tokens, one, marks), marks) for one in parted]
    parted = take_heads_of_prices(tokens, parted, marks)
    parted = _take_days(tokens, parted, marks)
    joined = _join_whole_clauses(tokens, _join_sentences(tokens, parted, marks))
    return _trust_lists(text, tokens, _finish_lists(tokens, joined, marks))


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


def _split_at_bullets(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> Iterator[TaggedSpan]:
    """Yield the spans, with those that go over bullets or strokes split at each: ``10 to 9`` and ``- $14``."""
    for span in spans:
        first = span.first
        for n in range(span.first + 1, span.end - 1 if span.label in SHOWN else 0):
            is_bullet = tokens[n].kind == "line" and tokens[n + 1].text in BULLETS and n + 2 < span.end
            if (is_bullet and tokens[n + 1].end < tokens[n + 2].start) or (tokens[n].text == "|" and first < n):
                yield replace(span, first=first, end=n)
                first = n + 1 + is_bullet
        yield replace(span, first=first)


def _take_before(tokens: Sequence[Token], last: TaggedSpan | None, span: TaggedSpan) -> TaggedSpan:
    """Return the span with the sign of money that is written to the amount it begins with, ``$3.1M led by …``, or the
    word right before it that denies it: ``no auditions``.
    """
    n, end = span.first - 1, last.end if last else 0
    if n < end or span.label not in SHOWN:
        return span
    first = tokens[span.first]
    is_sign = first.kind == "number" and is_money_sign(tokens[n]) and tokens[n].end == first.start
    is_denied = span.label in _DENIED and first.kind == "word" and fold(tokens[n].text) in _DENYING
    return replace(span, first=n) if is_sign or is_denied else span


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


def _keep_price_of_thing(tokens: Sequence[Token], span: TaggedSpan, marks: Marks) -> TaggedSpan:
    """Return the price of another thing of a list as no old one, ``전체 미용 35,000원`` in a row of prices."""
    inside = tokens[span.first : span.end]
    words = [one for one in inside[:-1] if one.kind == "word" and len(one.text) > 1]
    is_thing = span.label == "old" and inside[0].kind == "word" and len(words) >= _LEAST_THING_WORDS
    if not is_thing or not span.first or tokens[span.first - 1].text not in _COMMAS:
        return span
    first = span.first - 1
    while first and tokens[first - 1].text not in _CLAUSE_ENDS:
        first -= 1
    end = tokens[min(span.end, len(tokens) - 1)].end
    is_replaced = marks.list_marks(tokens[first].start, end) & _REPLACED
    return span if is_replaced or tokens[first].kind != "word" else replace(span, label="price")


def _is_season_of_price(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, marks: Marks) -> bool:
    """Return whether a price is that of a month which stands behind it: ``890 € la semaine`` and ``en juillet``."""
    words = tokens[span.first : span.end]
    return (
        last.label == "price"
        and span.label == "time"
        and len(words) == _MONTH_WORDS
        and all(token.kind == "word" for token in words)
        and "month" in marks.list_marks(words[1].start, words[1].end)
    )


def _join_sentences(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return the spans with those as one that are one short clause: ``check your smoke alarm`` and ``every month``."""
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        if (
            last
            and last.end == span.first
            and (
                _is_season_of_price(tokens, last, span, marks)
                or _is_unfinished(tokens, last, span, marks)
                or _is_what_price_is_for(tokens, last, span)
                or (
                    (last.label in _OPENING or _ends_counted(tokens, last))
                    and span.label in _GOING_ON
                    and span.end - last.first <= _MOST_JOINED
                    and all(token.kind in ("word", "number") for token in tokens[last.first : span.end])
                )
            )
        ):
            made[-1] = replace(last, end=span.end, probability=min(last.probability, span.probability))
        else:
            made.append(span)
    return made


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
    is_bare = last.label == "price" and all(token.kind != "word" for token in tokens[last.first : last.end])
    is_short = span.label in ("fact", "terms", "place") and span.end - span.first <= _MOST_JOINED
    return is_bare and is_short and tokens[span.first].text.islower()


def _is_unfinished(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, marks: Marks) -> bool:
    """Return whether a span ends on a word or number that wants what the next begins with: ``any of 9`` and
    ``points``, ``最初の`` and ``3日間``.
    """
    if "name" in (last.label, span.label) or not {last.label, span.label} <= set(SHOWN) or span.end == span.first:
        return False
    end, begin = tokens[last.end - 1], tokens[span.first]
    before = tokens[max(last.first, last.end - 2)]
    if begin.kind == "number":
        return end.text == "の" or fold(end.text) in _WANTING
    return end.kind == "number" and fold(before.text) in _COUNTED and begin.text.islower()


def _take_days(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return the spans with the day that labels the line of each: ``Mo: Linseneintopf 6,50 €``."""
    made: list[TaggedSpan] = []
    for span in spans:
        day = span.first - 2
        if span.label in SHOWN and _is_day_label(tokens, day, marks) and not (made and day < made[-1].end - 1):
            if made and made[-1].end > day:
                taken = made.pop()  # the day alone, or what ends on it
                made += [replace(taken, end=day)] if taken.first < day else []
            made.append(replace(span, first=day))
        else:
            made.append(span)
    return made


def _is_day_label(tokens: Sequence[Token], day: int, marks: Marks) -> bool:
    if day < 0 or tokens[day + 1].text not in (":", "：") or (day and tokens[day - 1].kind != "line"):
        return False
    return bool({"weekday", "day_label"} & marks.list_marks(tokens[day].start, tokens[day].end))


def _ends_counted(tokens: Sequence[Token], span: TaggedSpan) -> bool:
    """Return whether a span ends on ``7-litre`` and the like, which wants its noun."""
    number, sign = (tokens[max(0, span.end - n)] for n in (3, 2))
    return number.kind == "number" and sign.text == "-" and number.end == sign.start


def _close_quotation(tokens: Sequence[Token], span: TaggedSpan) -> TaggedSpan:
    """Return the span with the mark behind it that closes a quotation inside: ``ТСЖ «Северный парк»``."""
    inside = [token.text for token in tokens[span.first : span.end]]
    behind = tokens[span.end].text if span.end < len(tokens) else ""
    for opening, closing in (*QUOTATIONS, "()"):
        at = [n for n, text in enumerate(inside) if text == opening]
        if behind == closing and at and at[-1] > 0 and closing not in inside[at[-1] + 1 :]:
            return replace(span, end=span.end + 1)
    return span


def _part_bracket(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return a span at the bracket that opens in it and does not close: ``$79 a month`` and ``not per user``; with the
    figure in brackets right behind it: ``3 August (37,120)``.
    """
    inside = [token.text for token in tokens[span.first : span.end]]
    behind = tokens[span.end : span.end + 3]
    if span.label in SHOWN and [one.text for one in behind][::2] == ["(", ")"] and behind[1].kind == "number":
        return [replace(span, end=span.end + 3)]
    opened = inside.index("(") if "(" in inside and ")" not in inside else 0
    if span.label not in SHOWN or not 0 < opened < len(inside) - 1:
        return [span]
    at = span.first + opened
    return [replace(span, end=at), replace(span, label="fact", first=at + 1)]


def _has_number(tokens: Sequence[Token], span: TaggedSpan, first: int, marks: Marks) -> bool:
    """Return whether a span begins before the number ``first``, and ends with it or with a month behind it."""
    last = tokens[span.end - 1]
    if span.end - 1 == first:
        return span.first < first and tokens[span.end].text in _COMMAS
    return span.first < first < span.end and "month" in marks.list_marks(last.start, last.end)


def _keep_units_whole(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], units: Sequence[Unit], marks: Marks
) -> list[TaggedSpan]:
    """Return ``spans`` with each unit in one of them or in none: the likeliest of those that share it has it whole."""
    made = list(spans)
    for first, end, kind in locate_units(tokens, units):
        over = [one for one in made if one.first < end and first < one.end]
        if not over or any(one.first <= first and end <= one.end for one in over):
            continue
        if kind == "street" and any(one.label == "dir" for one in over):
            continue  # "27 Bến Dừa quay kiểu …": what is told to the maker is no street
        if kind == "street" and any(one.label == "time" and _has_number(tokens, one, first, marks) for one in over):
            continue  # "since tues 24 nov from Elm Road", "11 till 4, Elm Road": the number is of a day or an hour
        owner = max(over, key=lambda one: (one.label in _OWNERS[kind], min(one.end, end) - max(one.first, first)))
        rest = [part for one in made if one is not owner for part in cut_span(one, first, end)]
        whole = replace(owner, first=min(owner.first, first), end=max(owner.end, end))
        made = sorted([*rest, whole], key=lambda one: one.first)
    return made


def _join_abbreviated(
    text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks
) -> list[TaggedSpan]:
    """Return the spans with those as one that only the full stop of an abbreviation parts: ``St. Brannoc's``."""
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        if last and {last.label, span.label} <= set(SHOWN) and _is_abbreviated(text, tokens, last, span, marks):
            made[-1] = replace(last, end=span.end, probability=min(last.probability, span.probability))
        else:
            made.append(span)
    return made


_INITIALS: Final = regex.compile(r" ?\. ?(?:\p{Lu}\. ?)*")
"""Between the parts of a name: ``Mrs``, ``. J. ``, ``Attwood``."""


def _is_abbreviated(text: str, tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, marks: Marks) -> bool:
    word = tokens[last.end - 1]
    between = text[word.end : tokens[span.first].start]
    if len(word.text) == 1 and word.text.isupper() and last.end > 1 and tokens[last.end - 2].text.islower():
        return False  # "Meet at car park C. Next drill on Monday"
    hits = marks.find_hits(word.start, word.end)  # "d'Alençon." ends a sentence, though "d." is an abbreviation
    return _INITIALS.fullmatch(between) is not None and any(
        hit.mark == "abbreviation" and hit.end == word.end for hit in hits
    )


def _finish_lists(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return the spans with lists whole: "in moss, clay and midnight" is one thing, and "in moss" is half of it."""
    made: list[TaggedSpan] = []
    for span in spans:
        if made and span.first < made[-1].end:
            if span.end > made[-1].end:
                made.append(span)
            continue
        end = _find_list_end(tokens, span, marks) if span.label in _LISTED else span.end
        made.append(replace(span, end=end))
    return made


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


def _find_list_end(tokens: Sequence[Token], span: TaggedSpan, marks: Marks) -> int:
    """Return the token after the last words of the list that begins in ``span``; else its own end."""
    if span.end >= len(tokens) or tokens[span.end].text != ",":
        return span.end
    end = span.end + 1
    while end < len(tokens) and tokens[end].kind == "word" and end - span.end <= _MOST_LIST_WORDS + 1:
        end += 1
    words = tokens[span.end + 1 : end]
    is_over = end == len(tokens) or tokens[end].kind == "line" or tokens[end].text in _ENDS
    joins = [n for n, word in enumerate(words) if "or" in marks.list_marks(word.start, word.end)]
    if not is_over or len(words) > _MOST_LIST_WORDS or len(joins) != 1 or joins[0] not in range(1, len(words) - 1):
        return span.end
    return span.end if marks.list_marks(words[0].start, words[-1].end) & _SENTENCE_MARKS else end
