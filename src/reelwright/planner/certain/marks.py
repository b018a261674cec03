"""Finds where the words of a table stand in a text: one pass over its tokens, whatever its language."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

import regex

from reelwright.planner.certain.parts import WIDE
from reelwright.planner.tables import load_phrase_words, load_words

_TOKEN: Final = regex.compile(r"[\p{L}\p{M}]+|\p{Nd}+")
_WIDE: Final = regex.compile(f"[{WIDE}]")
_PART: Final = regex.compile(r"[\p{L}\p{M}\p{Nd}]+\*?")
_SEMITIC: Final = regex.compile(r"[\p{Arabic}\p{Hebrew}]")
_SEMITIC_PREFIXES: Final = "ال و ف ب ل ك وال بال فال كال لل ول وب ה ו ב ל מ ש כ וה שה מה בה".split()  # noqa: SIM905
_OVER_LETTERS: Final = regex.compile(r"(?:(?![\u0900-\u0e7f])\p{Mn})+")
"""Marks over letters, but for writing systems whose marks are vowels, and tell words apart: Indic ones and Thai."""


class Token(NamedTuple):
    """A run of letters, or of digits. ``word``: spelt as words are compared."""

    word: str
    start: int
    end: int


@cache
def list_phrase_words(name: str) -> frozenset[str]:
    """List the folded words ``name`` of phrase_words.yaml: they mark nothing, so that "Como" may end a name."""
    return frozenset(fold(word) for word in load_phrase_words()[name]["any"].split())


@cache
def list_mark_words(*marks: str) -> frozenset[str]:
    """Return all languages' words that ``words.yaml`` lists under ``marks``, phrases split, spelt as tokens are."""
    rows = load_words()
    return frozenset(fold(word) for mark in marks for listed in rows[mark].values() for word in listed.split())


class Hit(NamedTuple):
    """A word of the table in the text, or several in a row."""

    start: int
    end: int
    mark: str


class _Table(NamedTuple):
    words: dict[str, frozenset[str]]
    stems: dict[str, frozenset[str]]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    wide: dict[str, frozenset[str]]
    wide_lengths: dict[str, tuple[int, ...]]
    """By its first character, the lengths of a word without blanks around it, the longest first."""
    shortest_stem: int


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Remove case and marks over letters, since people leave both out. The marks of Indic scripts and Thai stay."""
    if word.isascii():
        return word.lower()
    return str(_OVER_LETTERS.sub("", unicodedata.normalize("NFD", word.casefold()).replace("ı", "i")))


def tokenise(text: str) -> list[Token]:
    """Split a text into runs of letters and of digits, each with its place and spelt as words are compared."""
    return [Token(fold(found[0]), found.start(), found.end()) for found in _TOKEN.finditer(text)]


LoadRows = Callable[[], Mapping[str, Mapping[str, str]]]
"""Loads a table of words: by mark and language, a text of words with blanks between."""


class Marks:
    """The marks of a text. The cost of a lookup grows with the hits in its stretch alone. ``load``: whose words."""

    def __init__(self, text: str, load: LoadRows = load_words) -> None:
        self.text, self.tokens = text, tokenise(text)
        self._token_starts = [token.start for token in self.tokens]
        self._hits = sorted(_find_hits(text, self.tokens, _load_table(load)))
        self._starts = [hit.start for hit in self._hits]
        self.by_token: tuple[object, list[set[str]]] | None = None
        """What ``list_token_marks`` found for the tokens that it was asked about last."""

    def find_hits(self, start: int, end: int) -> Sequence[Hit]:
        """List the words of the table that lie wholly in the characters [start, end), each with its mark."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [hit for hit in self._hits[first:last] if hit.end <= end]

    def list_marks(self, start: int, end: int) -> set[str]:
        """Return the marks (keys of the table) whose words stand in [start, end)."""
        return {hit.mark for hit in self.find_hits(start, end)}

    def list_tokens(self, start: int, end: int) -> Sequence[Token]:
        """List the tokens that begin in [start, end)."""
        return self.tokens[bisect_left(self._token_starts, start) : bisect_left(self._token_starts, end)]


def _find_hits(text: str, tokens: Sequence[Token], table: _Table) -> set[Hit]:
    found: set[Hit] = set()
    for n, token in enumerate(tokens):
        for mark in _find_marks(token.word, table):
            found.add(Hit(token.start, token.end, mark))
        for spelling in _strip_prefixes(token.word):
            for phrase, mark in table.phrases.get(spelling, ()):
                rest = tokens[n + 1 : n + len(phrase)]
                if _is_phrase(phrase[1:], rest, text, token):
                    found.add(Hit(token.start, rest[-1].end, mark))
    start = len(text) if text.isascii() else 0  # no word without blanks around it is ASCII
    while start < len(text):
        ends = (start + length for length in table.wide_lengths.get(text[start], ()))
        end = next((end for end in ends if end <= len(text) and text[start:end] in table.wide), 0)
        found |= {Hit(start, end, mark) for mark in table.wide[text[start:end]]} if end else set()
        start = end or start + 1
    return found


def _is_phrase(phrase: Sequence[str], rest: Sequence[Token], text: str, first: Token) -> bool:
    if len(rest) != len(phrase) or rest[-1].end - first.start > 40 + sum(map(len, phrase)):
        return False
    if any(char in ".,;:!?\n" for char in text[first.end : rest[-1].start]):
        return False
    return all(
        token.word == word or (word.endswith("*") and token.word.startswith(word[:-1]))
        for word, token in zip(phrase, rest, strict=True)
    )


def _find_marks(word: str, table: _Table) -> set[str]:
    found: set[str] = set()
    for spelling in _strip_prefixes(word):
        found |= table.words.get(spelling, frozenset())
        for length in range(table.shortest_stem, len(spelling) + 1):
            found |= table.stems.get(spelling[:length], frozenset())
    return found


def _strip_prefixes(word: str) -> list[str]:
    """Return a word, and its remains without the short words that Arabic and Hebrew write before it."""
    if not _SEMITIC.match(word):
        return [word]
    return [word, *(word[len(b) :] for b in _SEMITIC_PREFIXES if word.startswith(b) and len(word) > len(b) + 1)]


@cache  # tables share entries, and each is read when a film is first planned
def _split_entry(entry: str) -> tuple[str, ...]:
    """Return the words of an entry of a table, spelt as words are compared."""
    return (fold(entry),) if entry.isalnum() else tuple(fold(part) for part in _PART.findall(entry))


@cache
def _load_table(load: LoadRows) -> _Table:
    words: dict[str, set[str]] = defaultdict(set)
    stems: dict[str, set[str]] = defaultdict(set)
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    wide: dict[str, set[str]] = defaultdict(set)
    for mark, languages in load().items():
        for listed in languages.values():
            for entry in listed.split():
                if not entry.isascii() and _WIDE.search(entry):
                    wide[entry].add(mark)
                    continue
                parts = _split_entry(entry)
                if len(parts) > 1:
                    phrases[parts[0]].append((parts, mark))
                elif parts[0].endswith("*"):
                    stems[parts[0][:-1]].add(mark)
                else:
                    words[parts[0]].add(mark)
    for entry in wide:  # the longest is found alone: it marks what its beginnings mark
        for length in range(1, len(entry)):
            wide[entry] |= wide.get(entry[:length], set())
    lengths: dict[str, set[int]] = defaultdict(set)
    for entry in wide:
        lengths[entry[0]].add(len(entry))
    return _Table(
        {word: frozenset(marks) for word, marks in words.items()},
        {word: frozenset(marks) for word, marks in stems.items()},
        {word: tuple(listed) for word, listed in phrases.items()},
        {word: frozenset(marks) for word, marks in wide.items()},
        {first: tuple(sorted(those, reverse=True)) for first, those in lengths.items()},
        min(map(len, stems), default=99),  # without stems: longer than any word
    )  # fmt: skip
