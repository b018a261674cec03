"""The choice of face for each part of a line: one for the whole line, else for a word, else for a grapheme."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import regex

from reelwright.errors import MissingGlyphs
from reelwright.media.letters.graphemes import clean_text, split_by_kind, split_graphemes, split_pieces
from reelwright.media.typeset.faces import Face, load_stack

_WORD: Final = regex.compile(r"\S+\s*|\s+")

Span = tuple[Face, int, int]


def find_missing(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Find the graphemes that no face of the stack can draw, each once, in order of appearance."""
    faces = load_stack(names)
    lacking = (g for g in split_graphemes(clean_text(text)) if not any(of.can_draw(g) for of in faces))
    return tuple(dict.fromkeys(lacking))


@lru_cache(maxsize=4096)
def split_spans(text: str, names: tuple[str, ...]) -> tuple[Span, ...]:
    """Split ``text`` (cleaned by ``clean_text``) into consecutive stretches of one face each.

    Raises ``MissingGlyphs``.
    """
    faces = load_stack(names)
    letters = [of for of in faces if not of.is_colour]
    pictures = [of for of in faces if of.is_colour]
    found: list[Span] = []
    for start, end, picture in split_by_kind(text):
        if picture:
            _put(found, _first((*pictures, *letters), text[start:end], text, names), start, end)
        else:
            for span in _lettered(text, start, end, text, letters, faces, names):
                _put(found, *span)
    return tuple(_one_face_for_all(found, text, letters))


def _one_face_for_all(found: list[Span], text: str, letters: Sequence[Face]) -> Iterator[Span]:
    """Yield the spans with the first face that covers every lettered stretch of the line, if there is one."""
    if letters and letters[0].is_own and any(of is letters[0] for of, *_ in found):
        yield from found  # a person's own face sets all that it can
        return
    lettered = [text[start:end] for of, start, end in found if not of.is_colour]
    whole = next((of for of in letters if all(of.can_draw(part) for part in lettered)), None)
    for of, start, end in found:
        yield (of if of.is_colour or whole is None else whole, start, end)


def _lettered(
    text: str, start: int, end: int, line: str, letters: Sequence[Face], faces: Sequence[Face], names: tuple[str, ...]
) -> Iterator[Span]:
    part = text[start:end]
    tried = letters[:1] if letters and letters[0].is_own else letters  # a person's own face sets what words it can
    if whole := next((of for of in tried if of.can_draw(part)), None):
        yield (whole, start, end)
        return
    for word in _WORD.finditer(part):
        one = next((of for of in letters if of.can_draw(word[0])), None)
        if one and not _lacks_signs_alone(letters[0], word[0]):
            yield (one, start + word.start(), start + word.end())
            continue
        for first, last in split_pieces(word[0]):
            at = start + word.start()
            yield (_first(faces, word[0][first:last], line, names), at + first, at + last)


def _lacks_signs_alone(of: Face, word: str) -> bool:
    """Return whether a person's own face has all letters of the word, and lacks a sign such as a dash."""
    lacking = [word[first:last] for first, last in split_pieces(word) if not of.can_draw(word[first:last])]
    return of.is_own and bool(lacking) and not any(regex.search(r"[\p{L}\p{M}]", piece) for piece in lacking)


def _first(faces: Sequence[Face], piece: str, line: str, names: tuple[str, ...]) -> Face:
    found = next((of for of in faces if of.can_draw(piece)), None)
    if found is None:
        raise build_refusal(find_missing(piece, names) or (piece,), line)
    return found


def build_refusal(lacking: Sequence[str], line: str) -> MissingGlyphs:
    """Build the error that names what cannot be drawn and where it stands."""
    characters = [f"{grapheme} ({_spelt(grapheme)})" for grapheme in lacking]
    return MissingGlyphs(code="glyphs_missing", characters=characters, line=repr(line[:60]))


def _spelt(grapheme: str) -> str:
    return " ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in grapheme)


def _put(found: list[Span], of: Face, start: int, end: int) -> None:
    if found and found[-1][0] is of:
        found[-1] = (of, found[-1][1], end)
    else:
        found.append((of, start, end))
