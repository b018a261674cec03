"""Captions as cues: the plan's lines in readable phrases, timed on the film's timeline. Pure; ``media`` draws them."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from reelwright.reel.base.value import define_value
from reelwright.reel.film.plan import Line, Plan
from reelwright.reel.film.word_times import time_phrases
from reelwright.units import Frames, convert_ms_to_frames, convert_seconds_to_frames

PHRASE_CHARS: Final = {"tall": 52, "wide": 74}
"""Longest phrase in characters (two drawn lines). Source: craft.md 4.2, read 2026-11-20."""
READ_CPS: Final = {"en": 20, "ja": 4, "zh": 9, "ko": 12}
"""Characters per second that people read easily, by language; 17 in all others. Source: craft.md 4.3, read
2026-11-20.
"""
_USUAL_CPS: Final = 17
_LEAST_S: Final = Fraction(5, 6)
_HANG_S: Final = Fraction(1, 2)
"""A phrase is on screen for at least five sixths of a second, and for at most half a second after its speech (12 frames
of 24), never into the next phrase or shot. Source: craft.md 4.3, read 2026-11-20.
"""
_NO_GAP, _SMALL_GAP, _GAP = 3, 11, 2
"""Frames between two phrases: fewer than 3 become none, 3 to 11 become 2. Source: craft.md 4.3, read 2026-11-20."""
_CLAUSE = re.compile(r"(?<=[.!?…;:,،؟。！？、])\s*")


@define_value
class Cue:
    """A phrase on screen. ``start`` counts from the film's first frame; ``line`` is the id of its line."""

    line: str
    text: str
    start: Frames
    length: Frames


def compute_cues(plan: Plan) -> tuple[Cue, ...]:
    """Split every line into caption phrases, with the corrections of the shots, and time them in film frames.

    Where the voice reported the time of each word, a phrase starts with its first word and ends with its last, and
    stays a little longer if that is too short to be read. Otherwise the phrases of a line share its time.
    """
    corrections = {line: text for shot in plan.shots for line, text in shot.corrections.items()}
    limit = PHRASE_CHARS["tall" if plan.size[1] > plan.size[0] else "wide"]
    found: list[Cue] = []
    heard: set[str] = set()
    for start, line in plan.list_lines():
        text = corrections.get(line.id, line.text).strip()
        if not text:
            continue
        phrases = _phrases(text, limit)
        if line.spoken_length and any(word.strip() for word, _, _ in line.word_times):
            heard.add(line.id)
            found.extend(_heard(line, phrases, start, plan.fps))
        else:
            found.extend(_spread(line, phrases, start))
    return tuple(_readable(found, heard, plan)) if heard else tuple(found)


def compute_shown_cues(plan: Plan) -> tuple[Cue, ...]:
    """Return the captions at the moments at which the film shows them: shifted as the person wants, inside the film."""
    cues = compute_cues(plan)
    shift = convert_ms_to_frames(plan.caption_shift_ms, plan.fps)
    return _shift(cues, shift, plan.length) if shift else cues


def _shift(cues: tuple[Cue, ...], shift: int, length: int) -> tuple[Cue, ...]:
    """Move cues by ``shift`` frames; what then lies outside of the film is cut off."""
    found = []
    for cue in cues:
        begin, end = max(0, cue.start + shift), min(length, cue.start + cue.length + shift)
        if begin < end:
            found.append(replace(cue, start=Frames(begin), length=Frames(end - begin)))
    return tuple(found)


def compute_shift_bounds(plan: Plan) -> tuple[Fraction, Fraction]:
    """Return the seconds from and to which all captions can be moved so that each can still be read inside the film.

    A caption that is shorter than what can be read has to stay inside as it is. Without captions: 0 and 0.
    """
    least = convert_seconds_to_frames(_LEAST_S, plan.fps)
    cues = compute_cues(plan)
    frame = Fraction(plan.fps[1], plan.fps[0])
    back = min((cue.start + max(0, cue.length - least) for cue in cues), default=0)
    on = min((plan.length - cue.start - min(cue.length, least) for cue in cues), default=0)
    return -back * frame, max(0, on) * frame


def _heard(line: Line, phrases: list[str], start: Frames, fps: tuple[int, int]) -> list[Cue]:
    """Time each phrase from its first word to its last. No two overlap while the line has a frame for each."""
    assert line.spoken_length
    made: list[Cue] = []
    at, left = 0, len(phrases)
    for phrase, (first, last) in zip(phrases, time_phrases(tuple(phrases), line.word_times), strict=True):
        left -= 1
        begin = max(at, min(int(convert_ms_to_frames(first, fps)), line.spoken_length - 1 - left), 0)
        end = max(begin + 1, min(int(convert_ms_to_frames(last, fps)), line.spoken_length - left))
        made.append(Cue(line=line.id, text=phrase, start=Frames(start + begin), length=Frames(end - begin)))
        at = end
    return made


def _readable(found: list[Cue], heard: set[str], plan: Plan) -> list[Cue]:
    """Lengthen cues of ``heard`` lines until they can be read, and close or widen small gaps that would flicker."""
    cps = READ_CPS.get(plan.language.partition("-")[0].lower(), _USUAL_CPS)
    hang = convert_seconds_to_frames(_HANG_S, plan.fps)
    cuts = [end for _, end in plan.compute_windows().values()]
    made: list[Cue] = []
    for cue, after in pairwise([*found, None]):
        assert cue
        if cue.line not in heard:
            made.append(cue)
            continue
        spoken = cue.start + cue.length
        until = min((int(cut) for cut in cuts if cut >= spoken), default=spoken)
        until = max(spoken, min(until, after.start) if after else until)
        wanted = cue.start + convert_seconds_to_frames(max(_LEAST_S, Fraction(len(cue.text), cps)), plan.fps)
        end = max(spoken, min(wanted, spoken + hang, until))
        if after and after.line == cue.line and end < after.start <= until:
            gap = after.start - end
            end = after.start if gap < _NO_GAP else after.start - _GAP if _GAP < gap <= _SMALL_GAP else end
        made.append(replace(cue, length=Frames(end - cue.start)))
    return made


def _spread(line: Line, phrases: list[str], start: Frames) -> list[Cue]:
    """Divide the line's time among its phrases by their length in characters."""
    room = line.spoken_length or line.room
    total = sum(len(p) for p in phrases)
    made, before = [], 0
    for phrase in phrases:
        begin = room * before // total
        before += len(phrase)
        end = room * before // total
        made.append(Cue(line=line.id, text=phrase, start=Frames(start + begin), length=Frames(max(1, end - begin))))
    return made


def _phrases(text: str, limit: int) -> list[str]:
    """Split ``text`` at the end of clauses where possible, else between words; inside a word only without spaces."""
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


def trim_cues(all_cues: tuple[Cue, ...], start: int, end: int) -> list[dict[str, object]]:
    """Return the cues within the film's frames [start, end), cut to them and counted from ``start``, as dicts.

    ``elapsed``: frames for which a cue was on screen before ``start``, so that its motion continues.
    """
    found: list[dict[str, object]] = []
    for cue in all_cues:
        begin, stop = max(cue.start, start), min(cue.start + cue.length, end)
        if begin < stop:
            shown = {"text": cue.text, "start": begin - start, "length": stop - begin, "elapsed": begin - cue.start}
            found.append(shown)
    return found
