"""The characters that the bundled faces can draw, known without opening a font from the table ``covered.txt``.

`tools/fonts/coverage.py` writes the table from the fonts, a test holds it to them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final, get_args

import regex

from reelwright.media.letters.casing import to_capitals
from reelwright.media.letters.graphemes import can_cover, clean_text, split_by_kind, split_graphemes, split_pieces
from reelwright.media.letters.stacks import Role, choose_stack

TABLE: Final = Path(__file__).with_name("covered.txt")
SCRIPTS: Final = (
    "Latin", "Greek", "Cyrillic", "Arabic", "Hebrew", "Devanagari", "Thai", "Chinese", "Japanese", "Korean",
)  # fmt: skip
"""Writing systems whose usual letters the bundled faces have, as people call them."""
COVERED: Final = f"letters of {', '.join(SCRIPTS[:-1])} and {SCRIPTS[-1]}, figures, usual signs and emoji"
EAST_ASIA: Final = 0x2E80
"""The first code point of the characters of East Asia, which a font has by the thousand."""
_ROLES: Final[tuple[Role, ...]] = get_args(Role)
_SYMBOLS: Final = frozenset({"So", "Sk", "Sm", "Sc", "Cf", "Co", "Mn", "Me"})
_KINDS: Final = regex.compile(
    r" (?:(?:CAPITAL|SMALL|MODIFIER|FINAL|INDEPENDENT|DEPENDENT|COMBINING) )?"
    r"(?:LETTER|VOWEL|SYLLABLE|SYLLABICS|SIGN|DIGIT|NUMBER|NUMERAL|CHARACTER|IDEOGRAPH|CONSONANT|MARK|COMBINING)\b"
)
_CALLED: Final[Mapping[str, str]] = {
    "Georgian Mtavruli": "Georgian",
    "Cjk Unified": "Chinese",
    "Cjk Compatibility": "Chinese",
    "Hangul": "Korean",
}


def find_uncovered(texts: Iterable[str], language: str = "en") -> tuple[str, ...]:
    """Return the characters of ``texts`` that cannot be drawn in every role of type, each once,
    in order of appearance.
    """
    return tuple(dict.fromkeys(found for text in texts for found in _lacking(text, language)))


def find_lacking_letters(texts: Iterable[str], ranges: str) -> tuple[tuple[str, ...], bool]:
    """Find the letters of ``texts`` that a font lacks, each once, and whether it has any of them.

    ``ranges``: the code points below U+2E80 that the font has; letters above are not looked at.
    """
    has = parse_ranges(ranges)
    letters = dict.fromkeys(
        piece for text in texts for piece in split_graphemes(clean_text(text))
        if piece[0].isalpha() and max(map(ord, piece)) < EAST_ASIA
    )  # fmt: skip
    lacking = tuple(piece for piece in letters if not can_cover(has, piece))
    return lacking, len(lacking) < len(letters)


def find_script(character: str) -> str:
    """Return the writing system of a character as people call it, such as ``Tamil``; ``symbols`` where it has none."""
    first = character[0]
    if "\U0001f1e6" <= first <= "\U0001f1ff":
        return "flags of countries"
    if unicodedata.category(first) in _SYMBOLS:
        return "symbols"
    name = _KINDS.split(unicodedata.name(first, "SYMBOLS"), maxsplit=1)[0].title()
    return "symbols" if name == "Symbols" else _CALLED.get(name, name)


def name_characters(characters: Sequence[str]) -> str:
    """Name characters with their scripts, for an error: ``வ ண க (Tamil), ა (Georgian)``; at most 8 of each."""
    by_script: dict[str, list[str]] = {}
    for character in characters:
        by_script.setdefault(find_script(character), []).append(character)
    return ", ".join(
        f"{' '.join(row[:8])}{' …' if len(row) > 8 else ''} ({script})" for script, row in by_script.items()
    )


@lru_cache(maxsize=4096)
def _lacking(text: str, language: str) -> tuple[str, ...]:
    stacks = [choose_stack(role, language) for role in _ROLES]
    return tuple(
        found for piece in _pieces(clean_text(text)) for found in _missing(piece, to_capitals(piece, language), stacks)
    )


def _pieces(text: str) -> Iterator[str]:
    """Yield the parts of a text that one face has to draw whole."""
    for start, end, picture in split_by_kind(text):
        part = text[start:end]
        yield from (part,) if picture else (part[first:last] for first, last in split_pieces(part))


def _missing(piece: str, capital: str, stacks: Sequence[tuple[str, ...]]) -> Sequence[str]:
    """Return the graphemes of a piece that some stack has no face for, as they are or in capitals; or all of it."""
    if all(_drawn(text, stack) for text in {piece, capital} for stack in stacks):
        return ()
    alone = [g for g in split_graphemes(piece) if not all(_drawn(g, stack) for stack in stacks)]
    return alone or (piece,)


def _drawn(text: str, stack: tuple[str, ...]) -> bool:
    return any(can_cover(load_code_points(name), text) for name in stack)


@cache
def load_code_points(name: str) -> frozenset[int]:
    """Load the code points of a bundled face. Raises ``KeyError`` for an unknown name."""
    return parse_ranges(_rows()[name])


@cache
def _rows() -> Mapping[str, str]:
    """Return the ranges by the name of each face, as they stand in the table."""
    found = {}
    for line in TABLE.read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            names, _, ranges = line.partition(": ")
            found.update(dict.fromkeys(names.split(), ranges))
    return found


def parse_ranges(ranges: str) -> frozenset[int]:
    """Return the code points of ranges such as ``41-5A 61``."""
    found: set[int] = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


def build_table(faces: Mapping[str, Iterable[int]]) -> str:
    """Build the text of the coverage table: a line for each set of code points, after the names of its faces."""
    by_ranges: dict[str, list[str]] = {}
    for name in sorted(faces):
        by_ranges.setdefault(build_ranges(faces[name]), []).append(name)
    head = "# Code points of the bundled faces, in hexadecimal. Written by tools/fonts/coverage.py; do not edit.\n"
    return head + "".join(f"{' '.join(names)}: {ranges}\n" for ranges, names in by_ranges.items())


def build_ranges(points: Iterable[int]) -> str:
    """Build the text of code points in ranges such as ``41-5A 61``."""
    return " ".join(_runs(sorted(points)))


def _runs(points: Sequence[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(points), lambda pair: pair[1] - pair[0]):
        row = [point for _, point in run]
        yield f"{row[0]:X}-{row[-1]:X}" if len(row) > 1 else f"{row[0]:X}"
