"""Writes what a voice says over screens for which nobody wrote it: their own words, in an order that can be heard.

A film is understood with eyes closed by that: what it is about, why, how much, and where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.screens.figures import split_figures, split_items
from reelwright.planner.screens.parts import ScriptPart
from reelwright.reel.film.markup import BREAK, parse_pieces, to_plain_text

_ENDS: Final = ".!?…:;。！？：；।؟"
_ORDER: Final = ("kicker", "name", "descriptor", "number", "label", "line", "deal", "after", "quote", "who", "url")
"""Roles of words that are said, in this order. Others are only read: small print, data, code."""
_ESSENTIAL: Final = ("end_card", "cta", "reveal", "offer", "hook", "testimonial")
"""Beats whose words are left out last where a film is too short for all, the last of them first."""
_MOST_CHART_ROWS: Final = 2
"""Most rows of a chart that are said: how it began, and how it is now."""


def add_narration(
    parts: Sequence[ScriptPart], can_last: Callable[[Sequence[ScriptPart]], bool] = lambda parts: True
) -> tuple[ScriptPart, ...]:
    """Return the parts with what is spoken over each: its own words. Parts stay as they are where somebody wrote what
    is spoken. Pure.

    ``can_last``: whether the film has the time for what is spoken. Where it has not, what says least is left out.
    """
    if any(part.spoken_text and "quote" not in part.words for part in parts):
        return tuple(parts)
    made = [_narrate_part(part) for part in parts]
    silent = sorted((k for k, part in enumerate(made) if part.is_narrated), key=lambda k: (-_rank(made[k]), -k))
    for k in silent:
        if can_last(made):
            break
        made[k] = parts[k]
    return tuple(_join_sentences(made))


def _join_sentences(parts: Sequence[ScriptPart]) -> Iterator[ScriptPart]:
    """Yield the parts; where a sentence goes on with the next screen, the voice does not come down between them."""
    for part, after in zip(parts, (*parts[1:], None), strict=True):
        is_inside = part.is_narrated and after is not None and after.is_narrated and after.spoken_text[:1].islower()
        has_stop = any(to_plain_text(words).rstrip().endswith(".") for words in part.words.values())
        is_added = part.spoken_text.endswith(".") and not has_stop  # nobody wrote it
        yield replace(part, spoken_text=part.spoken_text[:-1]) if is_inside and is_added else part


def _rank(part: ScriptPart) -> int:
    """Return how soon the words of a part are left out: higher ones first."""
    return _ESSENTIAL.index(part.role) if part.role in _ESSENTIAL else len(_ESSENTIAL)


def _narrate_part(part: ScriptPart) -> ScriptPart:
    text = compose_narration(part.words)
    if not text:
        return part
    return replace(part, spoken_text=text, spoken_over=1, is_narrated=True)


def compose_narration(words: Mapping[str, str]) -> str:
    """Return what is said of the words of one screen; empty where nothing is. Pure.

    What is struck out is not said where something stands in its place. Of a chart its first and its last row are said.
    """
    if "figures" in words and words.get("chart"):
        rows = [_say_row(row) for row in words["figures"].split(f" {BREAK} ")]
        shown = rows if len(rows) <= _MOST_CHART_ROWS else [rows[0], rows[-1]]
        return _join([_plain(words.get("kicker", "")), _plain(words.get("label", "")), *shown])
    if items := split_items(words):
        return _join([_close(", ".join(_plain(item).rstrip(".,;") for item in items))])
    if figures := split_figures(words):
        return _join([f"{_plain(one['number'])} {_plain(one['label'])}" for one in figures])
    if "steps" in words:
        return _join([_plain(step) for step in words["steps"].split(f" {BREAK} ")])
    if "number" in words and "label" in words:
        number = f"{_plain(words['number'])} {_plain(words['label'])}"
        rest = [words[role] for role in _ORDER if role in words and role not in ("number", "label")]
        return _join([number, *map(_plain, rest)])
    if "before" in words and "after" not in words:
        return _join([_plain(words["before"])])
    return _join([_plain(words[role]) for role in _ORDER if role in words])


def _plain(words: str) -> str:
    """Return marked-up words as they are said: without what is struck out, unless nothing else stands there."""
    pieces = parse_pieces(words)
    kept = [piece.text for piece in pieces if piece.style != "struck"]
    text = " ".join(_join_lines("".join(kept)).split())
    return text if any(map(str.isalnum, text)) else to_plain_text(words)


def _join_lines(text: str) -> str:
    """Join lines into one; a line that begins anew, as a place does under a date, is set off by a comma."""
    made = ""
    for line in (line.strip() for line in text.split("\n")):
        begins_anew = line[:1].isupper() or line[:1].isdigit()
        sign = "," if made and begins_anew and made[-1:].isalnum() else ""
        made = f"{made}{sign} {line}" if made else line
    return made


def _say_row(row: str) -> str:
    """Return the row of a chart as its label and its number."""
    label = " ".join(piece.text.strip() for piece in parse_pieces(row) if piece.style != "strong").strip()
    number = " ".join(piece.text.strip() for piece in parse_pieces(row) if piece.style == "strong")
    return f"{label}: {number}" if label and number else label or number


def _join(texts: Sequence[str]) -> str:
    sentences = dict.fromkeys(text for text in texts if any(map(str.isalnum, text)))
    return " ".join(map(_close, sentences))


def _close(text: str) -> str:
    """Return a text with a full stop where it ends without a sign, so that the voice comes down."""
    text = text.rstrip(" ,·–—-")
    return text if text.endswith(tuple(_ENDS)) else f"{text}."
