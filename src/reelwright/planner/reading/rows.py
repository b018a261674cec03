"""Finds the rows of a timetable, a menu or a line-up by their form: a label and what stands beside it, again and again.

``Mon 18:30 Vinyasa, Tue 7:00 Sunrise flow``; ``Friday: Alma Reyes. Saturday: The Low Tide``; ``Sol (citrus, honey)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache, partial
from typing import Final

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.steps import STEP_WORDS
from reelwright.planner.reading.storyboard import SCENES, SLIDES
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.times import AT, TimeReader
from reelwright.planner.reading.tokens import BULLETS, COLONS, SENTENCE_ENDS, Token, is_money_sign
from reelwright.planner.tables import load_phrase_words
from reelwright.reel.base.value import define_value

_MOST_LETTERS: Final = 64
"""Most letters of a row with its label."""
_MOST_WORDS, _MOST_LABEL_WORDS, _MOST_LABEL_LETTERS = 9, 4, 28
_LEAST_ROWS, _LEAST_NAMED = 3, 2
"""Fewest rows of a table whose labels are hours, or of one whose labels are days, courses, or stand before a colon."""
_PROBABILITY: Final = 0.9
_LEAST_READ: Final = 0.5
"""Least part of the rows of which something was read that may be shown."""
_STRONG: Final = SENTENCE_ENDS | {";", "；"}
"""Signs behind which a row ends."""
_ASKING: Final = frozenset("?？")
_BETWEEN: Final = frozenset("to till until bis and und et y e &".split())  # noqa: SIM905
"""Words that end no label."""
_WEAK: Final = frozenset(",،、·•|")
_DASHES: Final = frozenset("-–—")
_AND: Final = frozenset("and und et y e en i и oraz og och".split())  # noqa: SIM905
_BEING: Final = list_mark_words("being", "being_now")
_TITLES: Final = frozenset(  # a row
    "st dr prof mr mrs ms rev hr fr sr sra dra mme mlle dipl ing no nr ca vs".split()  # noqa: SIM905
)
"""Words whose full stop ends no row before a capital: "Prof. Brandt"."""
_SHOTS: Final = SCENES | SLIDES | frozenset("frame clip vo sfx super caption bild title text".split())  # noqa: SIM905
"""Labels of a storyboard, which are for the maker."""
_TELLING: Final = frozenset(
    {"film", "maker", "look", "music", "sounds", "placing", "hushing", "audience", "negated", "says", "text_on_screen"}
)
"""Marks of a label or a row that tells the maker something."""
_TELLING_OF_DAYS: Final = frozenset({"film", "maker", "placing", "hushing", "text_on_screen"})
"""The same of what stands beside a day, an hour or a number: "Friday: no classes" is for viewers."""
_NO_ROW: Final = frozenset(
    {"until", "till", "bis", "hasta", "jusqu", "from", "to", "ab", "desde", "fino", "tot", "sharp"}
)
"""Words at the head of what stands beside a label that go on with its hours: ``Friday | until 10``."""


@define_value
class Row:
    """Tokens [first, end) of a row; its label ends before the token ``label_end``, what it says begins at ``begin``."""

    first: int
    label_end: int
    begin: int
    end: int


def settle_rows(
    text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str
) -> tuple[list[TaggedSpan], dict[tuple[int, int], Row]]:
    """Return ``spans`` with each row of a table as a fact, where the model read of most of them what is shown; and the
    rows by their tokens [first, end). Pure.
    """
    made, rows = list(spans), dict[tuple[int, int], Row]()
    directions = [one for one in spans if one.label == "dir"]
    for table in find_tables(text, tokens, marks, language):
        first, end = table[0].first, table[-1].end
        over = [one for one in made if one.first < end and first < one.end]
        if any(row.first < end and first < row.end for row in rows.values()):
            continue
        read = sum(any(_may_be_shown(one) and _meets(one, row) for one in over) for row in table)
        directed = sum(any(one.first < row.end and row.begin < one.end for one in directions) for row in table)
        is_menu = all(_join(tokens[row.first : row.label_end]) in _load_courses() for row in table)
        if read < _LEAST_READ * len(table) or (directed >= _LEAST_READ * len(table) and not is_menu):
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


def find_tables(text: str, tokens: Sequence[Token], marks: Marks, language: str) -> Iterator[list[Row]]:
    """Yield the tables of a text: neighbouring rows of one sort. Pure."""
    if not tokens:
        return
    found = list_token_marks(tokens, marks)
    times = TimeReader(text, tokens, found, language)
    yield from _list_bracketed(tokens, found, times)
    yield from _list_timed(tokens, found, times)
    for heads, least in ((_list_times(tokens, times), _LEAST_ROWS), (_list_labels(tokens, found, times), _LEAST_NAMED)):
        rows = [row for row in _end_rows(tokens, heads, times) if _is_row(tokens, row)]
        if any(map(partial(_is_telephone, tokens), rows)) and not all(map(partial(_is_telephone, tokens), rows)):
            rows = [row for row in rows if not _is_telephone(tokens, row)]
        for run in _list_runs(tokens, rows, times):
            is_told = any(_tells_maker(tokens, row, found, times) for row in run)
            if len(run) >= least and not is_told and not all(_is_amount(tokens, row) for row in run):
                yield run


_BESIDE: Final = ("sign", "line", "emoji")
"""Kinds of tokens between rows."""


def _list_runs(tokens: Sequence[Token], rows: Sequence[Row], times: TimeReader) -> Iterator[list[Row]]:
    """Yield the runs of rows between which nothing stands but signs and a word such as "and": all of them hours, or
    none.
    """
    run: list[Row] = []
    for row in rows:
        between = tokens[run[-1].end : row.first] if run else ()
        is_next = all(one.kind in _BESIDE or fold(one.text) in _AND for one in between)
        if run and not (is_next and len({times.is_hour(one.first, one.label_end) for one in (run[-1], row)}) == 1):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _join(tokens: Sequence[Token]) -> str:
    return " ".join(fold(token.text) for token in tokens)


def _end_rows(tokens: Sequence[Token], heads: Sequence[tuple[int, int]], times: TimeReader) -> Iterator[Row]:
    """Yield a row for each label [first, end): to the end of its sentence, or to the sign before the next label."""
    starts = [*(first for first, _ in heads), len(tokens)]
    for (first, label_end), behind in zip(heads, starts[1:], strict=True):
        begin = label_end
        while begin < behind and (tokens[begin].text in COLONS | _DASHES or tokens[begin].text == ","):
            begin += 1
        end = next((n for n in range(begin, behind) if _ends_row(tokens, n, times)), behind)
        while end > begin and (tokens[end - 1].kind in _BESIDE or fold(tokens[end - 1].text) in _AND):
            if tokens[end - 1].text in ')%°"”’»' or is_money_sign(tokens[end - 1]):
                break
            end -= 1
        end += end < len(tokens) and tokens[end].text in _ASKING
        yield Row(first=first, label_end=label_end, begin=begin, end=end)


def _ends_row(tokens: Sequence[Token], n: int, times: TimeReader) -> bool:
    """Return whether a sign ends a row: "Prof. Brandt" and "7.30 p.m. talk" go on."""
    if tokens[n].text != ".":
        return tokens[n].text in _STRONG
    behind = tokens[n + 1] if n + 1 < len(tokens) else None
    is_small = behind is not None and behind.kind == "word" and behind.text.islower()
    is_initial = len(tokens[n - 1].text) == 1 and tokens[n - 1].text.isupper()
    return not (is_small or is_initial or fold(tokens[n - 1].text) in _TITLES or times.is_of_date(n))


def _is_row(tokens: Sequence[Token], row: Row) -> bool:
    """Return whether something is said beside the label, in few words."""
    inside = tokens[row.begin : row.end]
    letters = sum(len(one.text) for one in inside if one.kind == "word")
    is_number = _is_telephone(tokens, row)
    if not (letters > 1 or is_number) or fold(inside[0].text) in _NO_ROW:
        return False
    if any(one.kind not in _KINDS for one in inside) and not is_number:
        return False
    is_marked = any(token.text in COLONS | _DASHES | {"("} for token in tokens[row.label_end : row.begin])
    is_sentence = fold(inside[0].text) in _BEING or any(one.text in COLONS | _ASKING for one in inside)
    if (is_sentence and not is_marked) or fold(tokens[row.first].text) in _SHOTS:
        return False  # "Sunday is rest day", "Monday blues?", "Sunday Times: a triumph"
    long = tokens[row.end - 1].end - tokens[row.first].start
    return sum(one.kind in ("word", "number") for one in inside) <= _MOST_WORDS and long <= _MOST_LETTERS


def _tells_maker(tokens: Sequence[Token], row: Row, found: Sequence[set[str]], times: TimeReader) -> bool:
    """Return whether a row tells the maker something: then so does the table that it stands in."""
    has_number = any(one.kind == "number" for one in tokens[row.first : row.label_end])
    is_time = has_number or times.read(row.first) > row.first
    telling = frozenset() if tokens[row.begin - 1].text == "(" else _TELLING_OF_DAYS if is_time else _TELLING
    return any(found[n] & (telling if n >= row.begin else _TELLING) for n in range(row.first, row.end))


_KINDS: Final = ("word", "number", "sign")
"""Kinds of tokens in a row: an address makes none, and a telephone number does where it stands alone."""


def _is_telephone(tokens: Sequence[Token], row: Row) -> bool:
    return [one.kind for one in tokens[row.begin : row.end]] == ["telephone"]


def _is_amount(tokens: Sequence[Token], row: Row) -> bool:
    """Return whether a row says a price or a number alone: those are figures."""
    inside = tokens[row.begin : row.end]
    has_number = any(one.kind == "number" for one in inside)
    return has_number and all(
        one.kind in ("number", "sign") or (one.kind == "word" and len(one.text) <= _SHORT) for one in inside
    )


_SHORT: Final = 3


def _begins(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a row may begin here: at the head of a line or sentence, or behind a comma, a bullet or "and"."""
    if n == 0 or tokens[n - 1].kind == "line":
        return True
    before = tokens[n - 1].text
    is_listed = n == 1 or tokens[n - 2].kind == "line"
    is_and = fold(before) in _AND and n > 1 and tokens[n - 2].text in _WEAK
    return before in _STRONG | _WEAK | COLONS or is_and or (before in BULLETS and is_listed)


def _list_times(tokens: Sequence[Token], times: TimeReader) -> list[tuple[int, int]]:
    """List the labels that are a day, an hour, or both: ``Mon 18:30``, ``Friday 6 December``, ``10:00–11:30``."""
    made = []
    n = 0
    while n < len(tokens):
        end = times.read(n) if _begins(tokens, n) else n
        if end > n:
            made.append((n, end))
        n = max(end, n + 1)
    return made


def _list_labels(tokens: Sequence[Token], found: Sequence[set[str]], times: TimeReader) -> list[tuple[int, int]]:
    """List the labels before a colon, ``Episode 1:``, and the courses of a menu, ``de primero,``; none that name what
    stands behind them for the maker: ``Name: …``.
    """
    courses = _load_courses()
    made = []
    for n, token in enumerate(tokens):
        if token.text not in COLONS | _WEAK or not n:
            continue
        first = n
        while first and not _begins(tokens, first) and n - first <= _MOST_LABEL_WORDS:
            first -= 1
        while first > 1 and tokens[first - 1].text == "," and times.read_days(first - 2) == n:
            first -= 2  # "Mo, Mi: 8–12 Uhr"
        words = [one for one in tokens[first:n] if one.text != ","]
        if not words or not _begins(tokens, first) or not any(one.kind == "word" for one in words):
            continue
        is_letter = len(words) == 1 == len(words[0].text) and times.read_days(first) == first  # "Q: …? A: …"
        is_step = is_letter or fold(words[0].text) in STEP_WORDS
        if is_step or any(one.kind not in ("word", "number") for one in words):
            continue
        is_course = " ".join(fold(one.text) for one in words) in courses
        is_label = token.text in COLONS and not any(_names_field(marks) for marks in found[first:n])
        if is_course or (is_label and tokens[n - 1].end - tokens[first].start <= _MOST_LABEL_LETTERS):
            made.append((first, n))
    return _keep_alike(tokens, made, times)


def _keep_alike(tokens: Sequence[Token], heads: Sequence[tuple[int, int]], times: TimeReader) -> list[tuple[int, int]]:
    """Return the labels of which one more in the text is alike: both days, courses, begun with one word (``Episode``),
    or, of at least three, all before colons.
    """
    if len(heads) >= _LEAST_ROWS:
        return list(heads)
    firsts = [fold(tokens[first].text) for first, _ in heads]
    days = [times.read_days(first) > first for first, _ in heads]
    courses = _load_courses()
    listed = [" ".join(fold(one.text) for one in tokens[a:b]) in courses for a, b in heads]
    is_alike = len(set(firsts)) == 1 or all(days) or all(listed)
    return list(heads) if is_alike else []


def _names_field(marks: Collection[str]) -> bool:
    """Return whether a word names a field of a brief for the maker: ``Price``, ``When``, ``Tone``."""
    return any(mark.startswith("label") or mark == "bare_label" for mark in marks)


def _list_bracketed(tokens: Sequence[Token], found: Sequence[set[str]], times: TimeReader) -> Iterator[list[Row]]:
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
        is_name &= not any(fold(one.text) in AT | _BETWEEN for one in tokens[first:opened])
        if is_name and _is_row(tokens, row) and not _tells_maker(tokens, row, found, times):
            rows.append(row)
    yield from (run for run in _list_runs(tokens, rows, times) if len(run) >= _LEAST_ROWS)


def _list_timed(tokens: Sequence[Token], found: Sequence[set[str]], times: TimeReader) -> Iterator[list[Row]]:
    """Yield the lists of at least three things, each with its day or hour behind it: ``Sorting Mondays 9–12``."""
    rows = []
    for first, end in _list_segments(tokens, times):
        heads = range(first + 1, min(end, first + _MOST_LABEL_WORDS + 1))
        begin = next((n for n in heads if times.read(n) == end), end)
        words = tokens[first:begin]
        row = Row(first=first, label_end=begin, begin=begin, end=end)
        if (
            begin < end
            and all(one.kind == "word" for one in words)
            and not _names_field(set().union(*found[first:begin]))
        ):
            is_told = any(found[n] & (_TELLING | {"call"}) for n in range(first, begin))
            rows += [] if is_told or any(fold(one.text) in AT | _BETWEEN | _NO_ROW for one in words[-1:]) else [row]
    yield from (run for run in _list_runs(tokens, rows, times) if len(run) >= _LEAST_ROWS)


def _list_segments(tokens: Sequence[Token], times: TimeReader) -> Iterator[tuple[int, int]]:
    """Yield the tokens [first, end) between signs that part the things of a list, without "and" at the head."""
    first = 0
    for n in range(len(tokens) + 1):
        if times.is_of_date(n):
            continue
        if n == len(tokens) or tokens[n].text in _STRONG | _WEAK | COLONS or tokens[n].kind == "line":
            first += first < n and fold(tokens[first].text) in _AND
            if first < n:
                yield first, n
            first = n + 1


@cache
def _load_courses() -> Collection[str]:
    rows = load_phrase_words()["courses"].values()
    return frozenset(" ".join(map(fold, one.split())) for row in rows for one in row.split("|"))
