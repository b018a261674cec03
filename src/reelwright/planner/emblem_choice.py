"""Chooses the emblem of a film, the drawing of what it is about, by its words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

import regex

from reelwright.media.emblems import load_emblems
from reelwright.media.letters.streets import STREET
from reelwright.media.staging.dates import find_clock_face, find_day
from reelwright.planner.certain.marks import Hit, LoadRows, Marks, fold, list_mark_words, tokenise
from reelwright.planner.look_choice import find_kind
from reelwright.planner.tables import load_emblem_words, load_kinds, load_row_words, load_things

NO_EMBLEM: Final = "none"
_WEIGHTS: Final = {"descriptor": 4, "name": 2, "call": 2, "text": 1}
"""What a word counts by where it stands: a name may be a figure of speech, but hardly what a thing is said to be."""
_OPENING: Final = 80
"""Characters of the text in which a word counts twice: what a film is about is said first."""
_READ: Final = 4000
"""Characters of the text that are read."""
_LEAST: Final = 2
_SURE: Final = 5
"""What the words of an emblem count at least, and those that tell of another kind of film than the rest of it does."""
_FIRST: Final = 12
"""Letters before the day or hour of a line that says when something takes place: "Rehearsals Tuesdays at 19:30"."""
_BESIDE: Final = 4
"""Letters between the name of a month and the number of its day."""
_DAY: Final = regex.compile(r"\p{Nd}{1,2}\s?[月日월일](?![間间以內内後后간]|동안)")
"""A day or a month in figures and a sign, and no number of days: 10月1日, not 30日間."""
_HOUR: Final = regex.compile(
    r"(?<![\p{Nd}.,:])(?:\p{Nd}{1,2}:\p{Nd}{2}(?![\p{Nd}:])|\p{Nd}{1,2}(?:[.:]\p{Nd}{2})?\s?(?:[ap]\.?m\b|uhr\b|[点點時시])"
    r"|\p{Nd}{1,2}\s?h(?:\p{Nd}{2})?\b)",
    regex.I,
)
"""An hour of the day: 18:30, 7 pm, 14 Uhr, 20h, 下午3点."""
ANYWHERE: Final = frozenset({"calendar", "clock", "pin", "ticket", "coin", "tag", "door", "parking", "town_hall"})
"""Emblems of what any film may name: when, where and for how much."""
_BEFORE_NOUN: Final = ("alone", "article")
_BEHIND_NOUN: Final = ("no_kind", "for_whom", "being")
"""Marks of words before and behind the noun of a descriptor."""
_TIMES: Final = frozenset({"calendar", "clock"})
_LOOSE: Final = frozenset({"pencil", "magnifier"})
"""Emblems of kinds of film, which stand where no word says more: a swim school has a swimmer, a dark novel a book."""
_HEAD_LAST: Final = frozenset(["en", "de", "nl", "sv", "da", "no", "fi", "hu", "tr", "hi", "ja", "ko", "zh"])
"""Languages in which a noun that tells more of another stands before it: "butter plait" is no butter."""
_INGREDIENTS: Final = frozenset({"butter", "milk", "salt", "egg", "honey", "garlic", "onion"})
"""Emblems of what other things are made with, whose own drawing, as of a butter dish, is of another thing."""
_MADE_WITH: Final = frozenset(["au", "aux", "al", "alla", "alle", "ai", "con", "com", "de", "di", "da", "du"])
"""Words between a thing and what it is made with: "brioche au beurre", "sopa de ajo"."""
_SMALL: Final = frozenset(["aus", "vom", "mit", "und", "fra", "från", "och", "og", "van", "uit"])
"""Small words behind a noun, beside those of words.yaml."""
_FREE: Final = ("free", "frei", "fri", "fritt", "vrij")
"""Words behind what a thing is without: "car-free"."""
_NEXT_WORD: Final = regex.compile(r"[\s\-\u2010]+([\p{L}\p{M}]+)")
_SOLEMN: Final = "memorials"
"""The kind of film whose words allow no other emblem: no saw stands beside the name of a carpenter who has died."""


def choose_emblem(name: str, words: Mapping[str, str], opening: Sequence[str] = (), language: str = "") -> str:
    """Return the name of the emblem that a person names, or that the words call for; empty: none. Pure.

    ``name``: may be ``none``. ``words``: all words of the film and its brief as ``text``, and of it the ``name``, the
    ``descriptor`` and the ``call``. Where no emblem's words have weight, the kind of film chooses, told by two words;
    else the first thing that a line of the ``opening`` names in ``language``.
    """
    if name:
        return name if name != NO_EMBLEM else ""
    text = words.get("text", "")[:_READ]
    kind = find_kind(text, "\n".join(words.get(place, "") for place in ("name", "descriptor", "call")))
    of_kind = next((name for name, emblem in load_emblems().items() if kind and emblem.kind == kind), "")
    if any(hit.mark == _SOLEMN for hit in Marks(text, load_kinds).find_hits(0, len(text))):
        return of_kind if kind == _SOLEMN else ""
    if thing := _find_thing(words.get("descriptor", "")):
        return thing
    kinds = Counter(mark for mark, *_ in _list_different(text, load_kinds))
    score: Counter[str] = Counter()
    found: dict[str, list[str]] = {}
    for place, weight in _WEIGHTS.items():
        for mark, word, start in _list_different(words.get(place, "")[:_READ], load_emblem_words):
            score[mark] += weight + (place == "text" and start < _OPENING)
            found.setdefault(mark, []).append(word)
    first = {mark: min(text.casefold().find(word) for word in hits) for mark, hits in found.items()}
    beside_name = text.replace(words.get("name") or "\0", " ").casefold()
    for mark in sorted(score, key=lambda mark: (mark in _LOOSE, -score[mark], first[mark], mark)):
        # Dogs may be welcome in a film about a holiday flat: its own kind is another than that of the word.
        own = find_kind(" ".join(found[mark]))
        is_said = any(regex.search(rf"\b{regex.escape(one)}\b", beside_name) for one in found[mark])
        if own != kind and not is_said and of_kind and of_kind not in _LOOSE and kinds[kind] >= _LEAST:
            continue  # "Harbour Night Shelter" is no harbour
        is_apart = own not in ("", kind) and kinds[own] < kinds[kind] and of_kind not in _LOOSE
        if score[mark] >= (_SURE if is_apart else _LEAST):
            return mark
    if of_kind and kinds[kind] >= _LEAST:
        return of_kind
    head = _find_head(words.get("descriptor", ""), language)
    named = (head, *(find_named_emblem(line, language) for line in opening))
    return next((one for one in named if one and one not in ANYWHERE), "")


@lru_cache(maxsize=1000)
def find_named_emblem(line: str, language: str) -> str:
    """Return the emblem of the first thing that a line names, else of the day, hour or street in it; empty: none. Pure.

    What a sentence says after a "no" is not shown.
    """
    sentences = regex.split(r"(?<=\w{3}[.!?。！？।])[\s|]+", line)
    return next((found for one in sentences if (found := _find_in_sentence(one, language))), "")


def _find_in_sentence(line: str, language: str) -> str:
    hits = Marks(line, _choose_rows(language.split("-")[0].lower())).find_hits(0, len(line))
    streets = [street.span() for street in STREET.finditer(line)]  # "41 Harbour St" is no harbour
    hits = [hit for hit in hits if not any(first <= hit.start < end for first, end in streets)]
    hits = [hit for hit in _list_heads(line, hits, language) if not _is_name(line, hit.start, language)]
    named = min(hits, key=lambda hit: (hit.start, -hit.end, hit.mark), default=None)
    words = Marks(line)
    start, emblem = (named.start, named.mark) if named else _find_day_or_place(line, words)
    return "" if "negated" in words.list_marks(0, start) else emblem


def choose_row_emblems(rows: Sequence[str], language: str, emblem: str = "", *, fills: bool = True) -> tuple[str, ...]:
    """Return an emblem for each row of a list, of steps or of figures, none twice; empty: nothing is drawn there. Pure.

    A row shows the thing that it names, else what somebody does there, else a day, an hour or a street. One that says
    nothing of the kind shows what stands with the film's own ``emblem``, or that itself, where most rows have a thing
    of their own; where it ``fills``, also where they have not.
    """
    load = _choose_row_words(language.split("-")[0].lower())
    made: list[str] = []
    for row in rows:
        named = find_named_emblem(row, language)
        hits = Marks(row, load).find_hits(0, len(row))
        heads = _list_heads(row, hits, language)
        done = [
            hit.mark for hit in (*heads, *(one for one in hits if one not in heads and one.mark not in _INGREDIENTS))
        ]
        is_price = regex.search(r"\p{Sc}\s?\p{Nd}|\p{Nd}\s?\p{Sc}", row) is not None
        done = [one for one in done if not (fills and is_price and one in _TIMES)]  # "£9 feeds one for a week"
        ranked = [*([named] if named not in ANYWHERE else []), *done, named]
        made.append(next((one for one in ranked if one and one not in made), ""))
    if not emblem or (not fills and 2 * sum(map(bool, made)) <= len(rows)):
        return tuple(made)
    beside = load_emblems()[emblem].beside.split()
    spare = [one for one in ((*beside, emblem) if fills else (emblem,)) if one not in made]
    return tuple(one or (spare.pop(0) if spare else "") for one in made)


def is_time_line(line: str) -> bool:
    """Return whether a line names a day or an hour among its first letters. Pure."""
    start, emblem = _find_day_or_place(line, Marks(line))
    return emblem in ("calendar", "clock") and start <= _FIRST


def _list_heads(line: str, hits: Sequence[Hit], language: str) -> list[Hit]:
    """List the hits but for words that only tell more of another noun, what a thing is made with, and what it is free
    of.
    """
    is_head_last = language.split("-")[0].lower() in _HEAD_LAST
    starts, ends = {hit.start for hit in hits}, {hit.end for hit in hits}
    small = list_mark_words(*_BEHIND_NOUN) | _SMALL

    def is_head(hit: Hit) -> bool:
        behind = _NEXT_WORD.match(line, hit.end) if is_head_last else None
        if behind and (behind.start(1) in starts or fold(behind[1]) in _FREE):
            return False
        *_, before = ["", *line[: hit.start].split()]
        if fold(before) in _MADE_WITH:
            is_part = len(line[: hit.start].rstrip()) - len(before) - 1 in ends
            return not is_part and hit.mark not in _INGREDIENTS
        return not (behind and hit.mark in _INGREDIENTS and fold(behind[1]) not in small)

    return [hit for hit in hits if is_head(hit)]


def _is_name(line: str, start: int, language: str) -> bool:
    """Return whether a word has a capital among small words, where nouns have none: a name."""
    small = sum(word[0].islower() for word in line.split())
    return start > 0 and line[start].isupper() and small > 1 and not language.startswith("de")


def _find_day_or_place(line: str, words: Marks) -> tuple[int, str]:
    """Find a day, an hour or a street in a line: where it begins, and its emblem; empty: there is none."""
    days = [day.start() for day in _DAY.finditer(line)]
    for hit in words.find_hits(0, len(line)):
        beside = line[max(0, hit.start - _BESIDE) : hit.start] + line[hit.end : hit.end + _BESIDE]
        is_month = hit.mark == "month" and any(letter.isdigit() for letter in beside)
        if is_month or (hit.mark == "weekday" and not STREET.search(line[: hit.start])):  # closed there on Mondays
            days.append(hit.start)
    others = ((_HOUR.search(line), "clock"), (STREET.search(line), "pin"))
    if days and find_day(line) is None and find_clock_face(line) is not None:  # a weekday is no page of a calendar
        return min(days), "clock"
    found = [(min(days), "calendar")] if days else [(one.start(), emblem) for one, emblem in others if one]
    return found[0] if found else (0, "")


def _find_thing(descriptor: str) -> str:
    """Return the emblem of a descriptor that is the noun of a thing and no more, as "a camera"; empty: it is not."""
    words = [token.word for token in tokenise(descriptor)]
    if len(words) > 1 and words[0] in list_mark_words("alone"):
        del words[0]
    return _load_nouns().get("_".join(words), "")


def _find_head(descriptor: str, language: str) -> str:
    """Return the emblem of the thing that a descriptor says before what is said of it, as "a folding umbrella for
    travellers" or "clases de piano"; empty: none.
    """
    before, behind = list_mark_words(*_BEFORE_NOUN), list_mark_words(*_BEHIND_NOUN)
    words = [token.word for token in tokenise(descriptor.partition(",")[0]) if token.word not in before]
    head = words[: next((n for n, word in enumerate(words) if word in behind), len(words))]
    found = find_named_emblem(head[-1], language) if head else ""
    return found if head and head[-1] in _load_nouns(has_alone=False) else ""


@cache
def _load_nouns(*, has_alone: bool = True) -> Mapping[str, str]:
    """Return the emblem of each noun, of whatever language, that names one thing alone. ``has_alone``: also of those
    that name it only as a whole text.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for name, languages in load_things().items():
        for noun in " ".join(text for key, text in languages.items() if has_alone or key != "alone").split():
            found[fold(noun)].add(name)
    return {noun: names.pop() for noun, names in found.items() if len(names) == 1}


@cache
def _choose_rows(language: str) -> LoadRows:
    """Return what loads the words that call for emblems, with the nouns of a language."""
    nouns = {name: {"nouns": languages.get(language, "")} for name, languages in load_things().items()}
    words = load_emblem_words()
    rows = {name: {**words.get(name, {}), **nouns.get(name, {})} for name in (*words, *nouns)}
    return lambda: rows


@cache
def _choose_row_words(language: str) -> LoadRows:
    """Return what loads the words by which rows of a list call for emblems in a language."""
    rows = {name: {"any": words[language]} for name, words in load_row_words().items() if language in words}
    return lambda: rows


def _list_different(text: str, load: LoadRows) -> list[tuple[str, str, int]]:
    """List the different words of a table that stand in a text: the row, the word in small letters, where it begins."""
    found: dict[tuple[str, str], int] = {}
    for hit in Marks(text, load).find_hits(0, len(text)):
        found.setdefault((hit.mark, text[hit.start : hit.end].casefold()), hit.start)
    return [(mark, word, start) for (mark, word), start in found.items()]
