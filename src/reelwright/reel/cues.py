"""Captions as cues: the plan's lines in readable phrases, timed on the film's timeline. Pure; drawing is media's."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from reelwright.reel.noun import noun
from reelwright.reel.plan import Line, Plan
from reelwright.reel.timed import heard_at
from reelwright.units import Frames, ms_to_frames, seconds_to_frames

PHRASE_CHARS: Final = {"tall": 52, "wide": 74}
"""Longest phrase in characters (two drawn lines). Source: craft.md 4.2, read 2026-11-20."""
READ_CPS: Final = {"en": 20, "ja": 4, "zh": 9, "ko": 12}
"""Characters a second that are read with ease, by language; 17 in all others. Source: craft.md 4.3, read 2026-11-20."""
_USUAL_CPS: Final = 17
_LEAST_S: Final = Fraction(5, 6)
_HANG_S: Final = Fraction(1, 2)
"""A phrase is on screen for five sixths of a second, and hangs for half of one after its speech at most (12 frames of
24), never into the next phrase or shot. Source: craft.md 4.3, read 2026-11-20."""
_NO_GAP, _SMALL_GAP, _GAP = 3, 11, 2
"""Frames between two phrases: fewer than 3 become none, up to 11 become 2. Source: as above."""
_CLAUSE = re.compile(r"(?<=[.!?…;:,،؟。！？、])\s*")


@noun
class Cue:
    """A phrase on screen. ``start`` counts from the film's first frame; ``line`` is the id of its line."""

    line: str
    text: str
    start: Frames
    length: Frames


def cues(plan: Plan) -> tuple[Cue, ...]:
    """Every phrase of every line, in order, corrected where a shot says so.

    Where the voice told when it says each word, a phrase starts with its first and ends with its last, and stays a
    little longer where that is too short to be read; else a line's phrases share its time.
    """
    corrections = {line: text for shot in plan.shots for line, text in shot.corrections.items()}
    limit = PHRASE_CHARS["tall" if plan.size[1] > plan.size[0] else "wide"]
    found: list[Cue] = []
    heard: set[str] = set()
    for start, line in plan.lines():
        text = corrections.get(line.id, line.text).strip()
        if not text:
            continue
        phrases = _phrases(text, limit)
        if line.spoken and any(word.strip() for word, _, _ in line.timed):
            heard.add(line.id)
            found.extend(_heard(line, phrases, start, plan.fps))
        else:
            found.extend(_spread(line, phrases, start))
    return tuple(_readable(found, heard, plan)) if heard else tuple(found)


def _heard(line: Line, phrases: list[str], start: Frames, fps: tuple[int, int]) -> list[Cue]:
    """Each phrase from its first word to its last. Two never overlap while the line has a frame for each."""
    assert line.spoken
    made: list[Cue] = []
    at, left = 0, len(phrases)
    for phrase, (first, last) in zip(phrases, heard_at(tuple(phrases), line.timed), strict=True):
        left -= 1
        begin = max(at, min(int(ms_to_frames(first, fps)), line.spoken - 1 - left), 0)
        end = max(begin + 1, min(int(ms_to_frames(last, fps)), line.spoken - left))
        made.append(Cue(line=line.id, text=phrase, start=Frames(start + begin), length=Frames(end - begin)))
        at = end
    return made


def _readable(found: list[Cue], heard: set[str], plan: Plan) -> list[Cue]:
    """Phrases that are timed by their words, held while they are read, and without flicker between them."""
    cps = READ_CPS.get(plan.language.partition("-")[0].lower(), _USUAL_CPS)
    hang = seconds_to_frames(_HANG_S, plan.fps)
    cuts = [end for _, end in plan.windows().values()]
    made: list[Cue] = []
    for cue, after in pairwise([*found, None]):
        assert cue
        if cue.line not in heard:
            made.append(cue)
            continue
        spoken = cue.start + cue.length
        until = min((int(cut) for cut in cuts if cut >= spoken), default=spoken)
        until = max(spoken, min(until, after.start) if after else until)
        wanted = cue.start + seconds_to_frames(max(_LEAST_S, Fraction(len(cue.text), cps)), plan.fps)
        end = max(spoken, min(wanted, spoken + hang, until))
        if after and after.line == cue.line and end < after.start <= until:
            gap = after.start - end
            end = after.start if gap < _NO_GAP else after.start - _GAP if _GAP < gap <= _SMALL_GAP else end
        made.append(replace(cue, length=Frames(end - cue.start)))
    return made


def _spread(line: Line, phrases: list[str], start: Frames) -> list[Cue]:
    """Share the line's time among its phrases by their length in characters."""
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
