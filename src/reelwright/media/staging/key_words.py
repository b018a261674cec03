"""The word that stands for a line, set huge: which one it is, and how large it can be."""

from __future__ import annotations

from typing import Any, Final

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import Ink
from reelwright.media.letters.graphemes import split_graphemes
from reelwright.media.letters.word_styles import drop_struck_words, find_strong_words, strip_styles
from reelwright.media.staging.lines import split_closer
from reelwright.media.staging.stage import Stage
from reelwright.media.typeset.clinging import NEGATIONS

_SIGNS = ".,;:!?…\"'“”„«»()"
_FEW = 4
_NEGATIONS = frozenset(word for words in NEGATIONS.values() for word in words.split())
"""Words after which a word does not stand for its line: "No photos" is no film about photos."""
_TELLING = 5
"""Fewest letters of a closing word that stands for its line; shorter ones ("has", "at") say nothing alone."""


def has_key_word(text: str) -> bool:
    """Return whether one word can stand for a line: the line has at most four words, or marks one as strong, and does
    not end by saying what is not.
    """
    strong = find_strong_words(text)
    return bool(strong) or (len(text.replace("|", " ").split()) <= _FEW and not is_negation(_close(text)))


def typeset_key_word(stage: Stage, text: str) -> Ink:
    """Typeset the word that stands for a line:
    the longest of its strong words, else of its closing words; without marks. A struck word, such as an old price,
    stands for no line. Closing words that say what is not stay together ("No end").
    """
    text = drop_struck_words(text)
    last = _close(text)
    if not find_strong_words(text) and is_negation(last):
        return stage.typeset(last)
    closer = find_strong_words(text) or split_closer(text)[1] or text
    words = closer.replace("|", " ").split()
    if max((len(strip_styles(word)) for word in words), default=0) < _TELLING:
        words = text.replace("|", " ").split()
    word = max(reversed(words), key=lambda word: len(strip_styles(word)), default=text)
    plain = strip_styles(word).strip(_SIGNS)
    return stage.typeset(plain or word)


def _close(text: str) -> str:
    """Return the last line, sentence or clause of a text as it reads, without the signs around it."""
    opener, closer = split_closer(text)
    is_clause = "|" in text or strip_styles(opener).endswith(tuple(_SIGNS))
    return strip_styles(closer if is_clause else text).replace("|", " ").strip(_SIGNS + " ")


def is_negation(text: str) -> bool:
    """Return whether a few words are a negation, as "no phones" and "don't wait" are."""
    words = [word.casefold().replace("’", "'").strip(_SIGNS) for word in text.split()]
    return 1 < len(words) <= _FEW + 1 and any(word in _NEGATIONS or word.endswith("n't") for word in words)


_JOINS: Final = frozenset(["&", "+", "und", "and", "et", "y", "e", "и"])
_TITLES: Final = frozenset(["dr", "prof", "mr", "mrs", "ms", "mx", "herr", "frau", "mme", "dra", "dott", "ing"])


def find_initials(name: str) -> str:
    """Return the initials of a name, two at most, with the & that may stand between them; one of joined scripts.

    A number after the first word is none ("Line 62"), no title before a person ("Dr. Amara Osei"), and no
    small word in the middle of three ("Museum of How").
    """
    words = [word for word in strip_styles(name).replace("|", " ").split() if word[:1].isalnum() or word in "&+"]
    if not words:
        return ""
    is_title = words[0].casefold().rstrip(".") in _TITLES and not (len(words[0]) > 2 and words[0].isupper())
    if len(words) > 1 and is_title and words[1].casefold() not in _JOINS:
        del words[0]
    words[1:] = [word for word in words[1:] if not word[0].isnumeric()]
    if len(words) == 3 and words[1].islower() and words[1] not in _JOINS and words[0][0].isupper():
        del words[1]
    letters = [split_graphemes(word)[0] for word in words]
    if not letters[0][0].isascii() and not letters[0][0].isalpha():
        return letters[0]
    if letters[0][0].upper() == letters[0][0].lower():
        return letters[0]
    if len(words) >= 3 and words[1] in _JOINS:
        return f"{letters[0].upper()}&{letters[2].upper()}"
    return "".join(letter.upper() for letter in letters[:2])


def compute_huge_size(stage: Stage, ink: Ink, height: float, most: float) -> float:
    """Return the em size at which a word is ``height`` pixels tall or, if that is less, ``most`` wide."""
    return min(height / ink.height, most / ink.width)


def repeat_outlines(stage: Stage, ink: Ink, size: float, x: float, base: float) -> tuple[list[Any], Box]:
    """Return outlines of a word, repeated from ``x`` across the frame, and the box around all of them."""
    period = ink.width * size + ink.height * size * 0.28
    paths, boxes = [], []
    while x < stage.width * 1.2:
        path, box = stage.trace_ink(ink, size, x, base)
        paths.append(path)
        boxes.append(box)
        x += period
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    return paths, Box(left, boxes[0].top, right, boxes[0].bottom)
