"""Finds the rows of a timetable, a menu or a line-up by their form: a label and what stands beside it, again and again.

``Mon 18:30 Vinyasa, Tue 7:00 Sunrise flow``; ``Friday: Alma Reyes. Saturday: The Low Tide``; ``Sol (citrus, honey)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.steps import STEP_WORDS
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import BULLETS, Token, find_units, is_money_sign, locate_units
from reelwright.planner.tables import load_phrase_words
from reelwright.reel.base.value import define_value

MOST_ROW_LETTERS: Final = 64
"""Most letters of a row with its label."""
_MOST_WORDS, _MOST_LABEL_WORDS, _MOST_LABEL_LETTERS = 9, 4, 28
_LEAST_ROWS, _LEAST_NAMED = 3, 2
"""Fewest rows of a table whose labels are hours, or of one whose labels are days, courses, or stand before a colon."""
_PROBABILITY: Final = 0.9
_LEAST_READ: Final = 0.5
"""Least part of the rows of which something was read that may be shown."""
_COLONS: Final = frozenset(":：")
_STRONG: Final = frozenset(".;!?\n。；！？")
"""Signs behind which a row ends."""
_WEAK: Final = frozenset(",،、·•|")
_DASHES: Final = frozenset("-–—")
_CLOCK: Final = regex.compile(r"\p{Nd}{1,2}[:.]\p{Nd}{2}")
_DAY_OF_MONTH: Final = regex.compile(r"[12]?[1-9]|[123]0|31")
_SAYS_HOUR: Final = regex.compile(r"(?<!\p{L})\p{L}{1,3}\.?$|[:.h]\p{Nd}{2}", regex.I)
"""What tells hours from other numbers: "10am–noon", and not "3–5"."""
_TO: Final = frozenset("to till until bis a à al alle tot do до - – — & and und et y e en i и /".split())  # noqa: SIM905
_AT: Final = frozenset("at from um ab à dès alle ore dalle a las desde às om vanaf o od в с".split())  # noqa: SIM905
_AND: Final = frozenset("and und et y e en i и oraz og och".split())  # noqa: SIM905
_NO_DAYS: Final = frozenset("weekend weekends wochenende weekday weekdays fim-de-semana".split())  # noqa: SIM905
_SHORT_DAYS: Final = (
    frozenset(day[:3] for day in list_mark_words("weekday")) | list_mark_words("day_label")
    | {"tues", "weds", "thur", "thurs"}
)  # fmt: skip
_TELLING: Final = frozenset(
    {"film", "maker", "look", "music", "sounds", "placing", "hushing", "audience", "negated", "says", "text_on_screen"}
)
"""Marks of a label or a row that tells the maker something."""
_NO_ROW: Final = frozenset({"until", "till", "bis", "hasta", "jusqu", "from", "to", "ab", "desde", "fino", "tot"})
"""Words at the head of what stands beside a label that go on with its hours: ``Friday | until 10``."""


@define_value
class Row:
    """Tokens [first, end) of a row; its label ends before the token ``label_end``, what it says begins at ``begin``."""

    first: int
    label_end: int
    begin: int
    end: int


def settle_rows(
    text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks
) -> tuple[list[TaggedSpan], dict[tuple[int, int], Row]]:
    """Return ``spans`` with each row of a table as a fact, where the model read of most of them what is shown; and the
    rows by their tokens [first, end). Pure.
    """
    made, rows = list(spans), dict[tuple[int, int], Row]()
    found = list_token_marks(tokens, marks) if tokens else []
    directions = [
        one for one in spans if one.label == "dir" and any(found[n] & _TELLING for n in range(one.first, one.end))
    ]
    for table in find_tables(text, tokens, marks):
        first, end = table[0].first, table[-1].end
        over = [one for one in made if one.first < end and first < one.end]
        read = sum(any(_may_be_shown(one) and _meets(one, row) for one in over) for row in table)
        directed = sum(any(one.first < row.end and row.begin < one.end for one in directions) for row in table)
        if read < _LEAST_READ * len(table) or directed >= _LEAST_READ * len(table):
            continue
        rows |= {(row.first, row.end): row for row in table}
        for row in table:
            made = [part for one in made for part in cut_span(one, row.first, row.end)]
        made += [TaggedSpan(label="fact", first=row.first, end=row.end, probability=_PROBABILITY) for row in table]
    return sorted(made, key=lambda one: one.first), rows


def _may_be_shown(span: TaggedSpan) -> bool:
    """Return whether a span is likely to be for viewers: also what is hardly a direction, "de segundo, merluza"."""
    is_likely = span.probability >= LIKELY
    return (span.label in SHOWN and is_likely) or (span.label == "dir" and not is_likely)


def _meets(span: TaggedSpan, row: Row) -> bool:
    return span.first < row.end and row.first < span.end


def find_tables(text: str, tokens: Sequence[Token], marks: Marks) -> Iterator[list[Row]]:
    """Yield the tables of a text: neighbouring rows of one sort. Pure."""
    if not tokens:
        return
    found = list_token_marks(tokens, marks)
    hours = {first: end for first, end, kind in locate_units(tokens, find_units(text)) if kind == "hours"}
    yield from _list_bracketed(tokens, found)
    yield from _list_timed(tokens, found, hours)
    for heads, least in (
        (_list_times(tokens, found, hours), _LEAST_ROWS), (_list_labels(tokens, found), _LEAST_NAMED)
    ):  # fmt: skip
        rows = [row for row in _end_rows(tokens, heads, found) if _is_row(tokens, row, found)]
        for run in _list_runs(tokens, rows):
            if len(run) >= least and not all(_is_amount(tokens, row) for row in run):
                yield run


def _list_runs(tokens: Sequence[Token], rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the runs of rows between which nothing stands but signs and a word such as "and": all of them hours, or
    none.
    """
    run: list[Row] = []
    for row in rows:
        between = tokens[run[-1].end : row.first] if run else ()
        is_next = all(one.kind in ("sign", "line") or fold(one.text) in _AND for one in between)
        if run and not (is_next and _is_hour(tokens, run[-1]) == _is_hour(tokens, row)):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _is_hour(tokens: Sequence[Token], row: Row) -> bool:
    """Return whether a label is an hour, without a day."""
    return tokens[row.first].kind == "number" and bool(_SAYS_HOUR.search(_join(tokens[row.first : row.label_end])))


def _join(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def _end_rows(tokens: Sequence[Token], heads: Sequence[tuple[int, int]], found: Sequence[set[str]]) -> Iterator[Row]:
    """Yield a row for each label [first, end): to the end of its sentence, or to the sign before the next label."""
    starts = [*(first for first, _ in heads), len(tokens)]
    for (first, label_end), behind in zip(heads, starts[1:], strict=True):
        begin = label_end
        while begin < behind and (tokens[begin].text in _COLONS | _DASHES or tokens[begin].text == ","):
            begin += 1
        end = next((n for n in range(begin, behind) if _ends_row(tokens, n, found)), behind)
        while end > begin and (tokens[end - 1].kind in ("sign", "line") or fold(tokens[end - 1].text) in _AND):
            if tokens[end - 1].text in ')%°"”’»' or is_money_sign(tokens[end - 1]):
                break
            end -= 1
        yield Row(first=first, label_end=label_end, begin=begin, end=end)


def _ends_row(tokens: Sequence[Token], n: int, found: Sequence[set[str]]) -> bool:
    """Return whether a sign ends a row: "Prof. Brandt" and "7.30 p.m. talk" go on."""
    if tokens[n].text not in _STRONG:
        return False
    behind = tokens[n + 1] if n + 1 < len(tokens) else None
    is_small = behind is not None and behind.kind == "word" and behind.text.islower()
    is_initial = tokens[n - 1].kind == "word" and len(tokens[n - 1].text) == 1
    return tokens[n].text != "." or not (is_small or is_initial or "abbreviation" in found[n - 1])


def _is_row(tokens: Sequence[Token], row: Row, found: Sequence[set[str]]) -> bool:
    """Return whether something is said beside the label, in few words, and none of it is for the maker."""
    inside = tokens[row.begin : row.end]
    words = [one for one in inside if one.kind == "word" and len(one.text) > 1]
    if not words or fold(inside[0].text) in _NO_ROW or any(one.kind not in _KINDS for one in inside):
        return False
    is_plain = tokens[row.begin - 1].text == "(" or _is_counted(tokens, row, found)
    if any(found[n] & _TELLING for n in range(row.first, row.label_end if is_plain else row.end)):
        return False
    letters = tokens[row.end - 1].end - tokens[row.first].start
    return sum(one.kind in ("word", "number") for one in inside) <= _MOST_WORDS and letters <= MOST_ROW_LETTERS


def _is_counted(tokens: Sequence[Token], row: Row, found: Sequence[set[str]]) -> bool:
    """Return whether a label is a day, an hour, or has a number: what stands beside it is no word to the maker."""
    return any(tokens[n].kind == "number" or "weekday" in found[n] for n in range(row.first, row.label_end))


_KINDS: Final = ("word", "number", "sign")
"""Kinds of tokens in a row: an address or a telephone number makes none."""


def _is_amount(tokens: Sequence[Token], row: Row) -> bool:
    """Return whether a row says a price or a number alone: those are figures."""
    inside = tokens[row.begin : row.end]
    return all(one.kind != "word" or len(one.text) <= _SHORT for one in inside)


_SHORT: Final = 3


def _begins(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a row may begin here: at the head of a line or sentence, or behind a comma or "and"."""
    if n == 0:
        return True
    before = tokens[n - 1]
    is_and = fold(before.text) in _AND and n > 1 and tokens[n - 2].text in _WEAK
    signs = _STRONG | _WEAK | _COLONS | BULLETS
    return before.kind == "line" or before.text in signs or is_and


def _list_times(tokens: Sequence[Token], found: Sequence[set[str]], hours: dict[int, int]) -> list[tuple[int, int]]:
    """List the labels that are a day, an hour, or both: ``Mon 18:30``, ``Friday 6 December``, ``10:00–11:30``."""
    made = []
    n = 0
    while n < len(tokens):
        end = _read_time(tokens, n, found, hours) if _begins(tokens, n) else n
        if end > n:
            made.append((n, end))
        n = max(end, n + 1)
    return made


def _read_time(tokens: Sequence[Token], n: int, found: Sequence[set[str]], hours: dict[int, int]) -> int:
    """Return where a day, a date, an hour or several of them end that begin with token ``n``; ``n``: none begins."""
    start = n
    n = _read_days(tokens, n, found)
    comma = n + 1 if n > start and n < len(tokens) and tokens[n].text == "," else n
    date = _read_date(tokens, comma, found)
    n = date if date > comma else n
    if n in range(start + 1, len(tokens)) and n not in hours and _DAY_OF_MONTH.fullmatch(tokens[n].text):
        n += 1  # "Giovedì 21"
    at = n
    if n > start and n < len(tokens) and fold(tokens[n].text) in _AT | {","}:
        at = n + 1 + (n + 1 < len(tokens) and fold(tokens[n + 1].text) in _AT)
    hour = _read_hour(tokens, at, hours, is_of_day=n > start)
    return hour if hour > at else n


def _read_days(tokens: Sequence[Token], n: int, found: Sequence[set[str]]) -> int:
    """Return where a day, or several of them, ends that begins with token ``n``: ``Mo, Mi``, ``Tuesday to Sunday``."""
    end = _read_day(tokens, n, found)
    while end > n and end < len(tokens) and (fold(tokens[end].text) in _TO or tokens[end].text == ","):
        other = _read_day(tokens, end + 1, found)
        if other == end + 1:
            break
        end = other
    return end


def _read_day(tokens: Sequence[Token], n: int, found: Sequence[set[str]]) -> int:
    if n >= len(tokens) or tokens[n].kind != "word":
        return n
    is_short = fold(tokens[n].text) in _SHORT_DAYS and tokens[n].text[0].isupper()
    if ("weekday" not in found[n] and not is_short) or fold(tokens[n].text) in _NO_DAYS:
        return n
    is_dotted = is_short and n + 1 < len(tokens) and tokens[n + 1].text == "."
    return n + 1 + is_dotted


def _read_date(tokens: Sequence[Token], n: int, found: Sequence[set[str]]) -> int:
    """Return where a day of a month ends: ``6 December``, ``17. Januar``, ``March 7``."""
    for first, second in (("number", "month"), ("month", "number")):
        at = n
        for wanted in (first, second):
            is_it = at < len(tokens) and (
                (tokens[at].kind == "number" and len(tokens[at].text) <= 2)
                if wanted == "number"
                else "month" in found[at]
            )
            if not is_it:
                break
            at += 1
            at += at < len(tokens) and (tokens[at].text == "." or fold(tokens[at].text) in _ORDINALS)
        else:
            return at
    return n


_ORDINALS: Final = frozenset({"st", "nd", "rd", "th", "de", "di"})


def _read_hour(tokens: Sequence[Token], n: int, hours: dict[int, int], *, is_of_day: bool) -> int:
    """Return where an hour or a stretch of hours ends that begins with token ``n``. ``is_of_day``: behind a day, bare
    numbers are hours: "Mondays 9–12".
    """
    if n >= len(tokens):
        return n
    if n in hours and (is_of_day or _SAYS_HOUR.search(_join(tokens[n : hours[n]]))):
        return hours[n]
    if not _CLOCK.fullmatch(tokens[n].text):
        return n
    if n + 2 < len(tokens) and tokens[n + 1].text in _DASHES and _CLOCK.fullmatch(tokens[n + 2].text):
        return n + 3
    return n + 1 + (n + 1 < len(tokens) and fold(tokens[n + 1].text) in _HOUR_WORDS)


_HOUR_WORDS: Final = frozenset(["uhr", "uur", "h", "hs", "hrs"])


def _list_labels(tokens: Sequence[Token], found: Sequence[set[str]]) -> list[tuple[int, int]]:
    """List the labels before a colon, ``Episode 1:``, and the courses of a menu, ``de primero,``; none that name what
    stands behind them for the maker: ``Name: …``.
    """
    courses = _load_courses()
    made = []
    for n, token in enumerate(tokens):
        if token.text not in _COLONS | _WEAK or not n:
            continue
        first = n
        while first and not _begins(tokens, first) and n - first <= _MOST_LABEL_WORDS:
            first -= 1
        while first > 1 and tokens[first - 1].text == "," and _read_days(tokens, first - 2, found) == n:
            first -= 2  # "Mo, Mi: 8–12 Uhr"
        words = [one for one in tokens[first:n] if one.text != ","]
        if not words or not _begins(tokens, first) or not any(one.kind == "word" for one in words):
            continue
        is_step = fold(words[0].text) in STEP_WORDS or all(len(one.text) == 1 for one in words)  # "Q: …? A: …"
        if is_step or any(one.kind not in ("word", "number") for one in words):
            continue
        is_course = " ".join(fold(one.text) for one in words) in courses
        is_label = token.text in _COLONS and not any(_names_field(marks) for marks in found[first:n])
        if is_course or (is_label and tokens[n - 1].end - tokens[first].start <= _MOST_LABEL_LETTERS):
            made.append((first, n))
    return _keep_alike(tokens, made, found)


def _keep_alike(
    tokens: Sequence[Token], heads: Sequence[tuple[int, int]], found: Sequence[set[str]]
) -> list[tuple[int, int]]:
    """Return the labels of which one more in the text is alike: both days, courses, begun with one word (``Episode``),
    or, of at least three, all before colons.
    """
    if len(heads) >= _LEAST_ROWS:
        return list(heads)
    firsts = [fold(tokens[first].text) for first, _ in heads]
    days = [_read_day(tokens, first, found) > first for first, _ in heads]
    courses = _load_courses()
    listed = [" ".join(fold(one.text) for one in tokens[a:b]) in courses for a, b in heads]
    is_alike = len(set(firsts)) == 1 or all(days) or all(listed)
    return list(heads) if is_alike else []


def _names_field(marks: Collection[str]) -> bool:
    """Return whether a word names a field of a brief for the maker: ``Price``, ``When``, ``Tone``."""
    return any(mark.startswith("label") or mark == "bare_label" for mark in marks)


def _list_bracketed(tokens: Sequence[Token], found: Sequence[set[str]]) -> Iterator[list[Row]]:
    """Yield the lists of at least three things, each with what it is in parentheses: ``Sol (citrus, honey)``."""
    rows = []
    for opened in (n for n, token in enumerate(tokens) if token.text == "("):
        closed = next((n for n in range(opened + 1, len(tokens)) if tokens[n].text in ("(", ")", "\n")), opened)
        first = opened
        while first and not _begins(tokens, first) and opened - first <= _MOST_LABEL_WORDS:
            first -= 1
        if tokens[closed].text != ")" or first == opened or not _begins(tokens, first):
            continue
        row = Row(first=first, label_end=opened, begin=opened + 1, end=closed + 1)
        is_name = (
            all(one.kind in ("word", "number") for one in tokens[first:opened]) and tokens[first].text[0].isupper()
        )
        if is_name and _is_row(tokens, row, found):
            rows.append(row)
    yield from (run for run in _list_runs(tokens, rows) if len(run) >= _LEAST_ROWS)


def _list_timed(tokens: Sequence[Token], found: Sequence[set[str]], hours: dict[int, int]) -> Iterator[list[Row]]:
    """Yield the lists of at least three things, each with its day or hour behind it: ``Sorting Mondays 9–12``."""
    rows = []
    for first, end in _list_segments(tokens):
        heads = range(first + 1, min(end, first + _MOST_LABEL_WORDS + 1))
        begin = next((n for n in heads if _read_time(tokens, n, found, hours) == end), end)
        words = tokens[first:begin]
        row = Row(first=first, label_end=begin, begin=begin, end=end)
        if (
            begin < end
            and all(one.kind == "word" for one in words)
            and not _names_field(set().union(*found[first:begin]))
        ):
            is_told = any(found[n] & (_TELLING | {"call"}) for n in range(first, begin))
            rows += [] if is_told or any(fold(one.text) in _TO | _AT | _NO_ROW for one in words[-1:]) else [row]
    yield from (run for run in _list_runs(tokens, rows) if len(run) >= _LEAST_ROWS)


def _list_segments(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the tokens [first, end) between signs that part the things of a list, without "and" at the head."""
    first = 0
    for n in range(len(tokens) + 1):
        if n == len(tokens) or tokens[n].text in _STRONG | _WEAK | _COLONS or tokens[n].kind == "line":
            first += first < n and fold(tokens[first].text) in _AND
            if first < n:
                yield first, n
            first = n + 1


@cache
def _load_courses() -> Collection[str]:
    rows = load_phrase_words()["courses"].values()
    return frozenset(" ".join(map(fold, one.split())) for row in rows for one in row.split("|"))
