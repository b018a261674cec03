"""Captions as cues: the plan's lines in readable phrases, timed on the film's timeline. Pure; drawing is media's."""

from __future__ import annotations

import re
from typing import Final

from reelwright.reel.noun import noun
from reelwright.reel.plan import Line, Plan
from reelwright.units import Frames

PHRASE_CHARS: Final = {"tall": 52, "wide": 74}
"""Longest phrase in characters (two drawn lines). Source: craft.md 4.2, read 2026-11-20."""
_CLAUSE = re.compile(r"(?<=[.!?…;:,،؟。！？、])\s*")


@noun
class Cue:
    """A phrase on screen. ``start`` counts from the film's first frame; ``line`` is the id of its line."""

    line: str
    text: str
    start: Frames
    length: Frames


def cues(plan: Plan) -> tuple[Cue, ...]:
    """Every phrase of every line, in order, corrected where a shot says so."""
    corrections = {line: text for shot in plan.shots for line, text in shot.corrections.items()}
    limit = PHRASE_CHARS["tall" if plan.size[1] > plan.size[0] else "wide"]
    found: list[Cue] = []
    for start, line in plan.lines():
        text = corrections.get(line.id, line.text).strip()
        if text:
            found.extend(_spread(line, text, start, limit))
    return tuple(found)


def _spread(line: Line, text: str, start: Frames, limit: int) -> list[Cue]:
    """Share the line's time among its phrases by their length in characters."""
    phrases = _phrases(text, limit)
    room = line.spoken or line.room
    total = sum(len(p) for p in phrases)
    made, before = [], 0
    for phrase in phrases:
        begin = room * before // total
        before += len(phrase)
        end = room * before // total
        made.append(Cue(line=line.id, text=phrase, start=Frames(start + begin), length=Frames(max(1, end - begin))))
    return made


def _phrases(text: str, limit: int) -> list[str]:
    """Split at the end of clauses where possible, else between words; never inside a word unless it has no spaces."""
    if len(text) <= limit:
        return [text]
    pieces: list[str] = []
    for clause in (c for c in _CLAUSE.split(text) if c):
        pieces.extend(_by_words(clause, limit))
    joined: list[str] = []
    for piece in pieces:
        if joined and len(joined[-1]) + 1 + len(piece) <= limit:
            joined[-1] = f"{joined[-1]} {piece}" if " " in text else joined[-1] + piece
        else:
            joined.append(piece)
    return joined


def _by_words(clause: str, limit: int) -> list[str]:
    if len(clause) <= limit:
        return [clause]
    words = clause.split()
    if len(words) == 1:
        return [clause[i : i + limit] for i in range(0, len(clause), limit)]
    parts = -(-len(clause) // limit)
    target = len(clause) / parts
    made: list[str] = []
    current = ""
    for word in words:
        if current and (len(current) + 1 + len(word) > limit or (len(current) >= target and len(made) < parts - 1)):
            made.append(current)
            current = word
        else:
            current = f"{current} {word}".strip()
    return [*made, current]


def within(all_cues: tuple[Cue, ...], start: int, end: int) -> list[dict[str, object]]:
    """The cues that touch frames [start, end), cut to them and counted from ``start``, as plain values for a step.

    ``elapsed``: frames for which a cue has been up before ``start``, so that its motion goes on and not anew.
    """
    found: list[dict[str, object]] = []
    for cue in all_cues:
        begin, stop = max(cue.start, start), min(cue.start + cue.length, end)
        if begin < stop:
            shown = {
                "text": cue.text,
                "start": begin - start,
                "length": stop - begin,
                "elapsed": begin - cue.start,
            }
            found.append(shown)
    return found
