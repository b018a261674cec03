"""How long each shot of a script stands: whole beats of the music, for as long as its words take, within a length."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Final

from reelwright.errors import BadInput
from reelwright.planner.counting import count_words, read_words, reading_seconds, said_seconds
from reelwright.planner.match import clip_frames
from reelwright.planner.screens.parts import Part
from reelwright.planner.tables import moods
from reelwright.reel.brief import Material
from reelwright.reel.noun import noun
from reelwright.units import ms_to_frames, seconds_to_frames

AIR_S: Final = Fraction(1, 4)
"""Silence after a line that is spoken."""
ROOM_S: Final = Fraction(2, 5)
"""Air after words that have been read, where nothing presses."""
PICTURE_S: Final = (Fraction(8, 5), Fraction(5, 2), Fraction(6))
"""Least, usual and most seconds of a picture without words. Source: craft.md 8.5, read 2026-11-20."""
MOST_S: Final = Fraction(5)
"""Words that have been read twice are stared at: no screen of words stands longer unless it needs it."""
CARD_S: Final = Fraction(2)
"""How much longer than other screens the last one may stand."""
LONGEST_S: Final = 600


@noun
class Room:
    """Frames that a shot needs at least, has where nothing presses, and bears at most."""

    least: int
    usual: int
    most: int


@noun
class Manner:
    """What lengths follow from. ``beat``: whole frames from one beat of the music to the next. ``voiced``: lines are
    spoken; else they are read.
    """

    language: str
    fps: tuple[int, int]
    pace: int
    beat: int
    voiced: bool


def beat_frames(mood: str, fps: tuple[int, int]) -> tuple[int, int]:
    """Whole frames of a beat of music in this mood, and beats a minute times 1000: every cut can lie on one."""
    low, high = moods()[mood]
    a_minute = Fraction(60 * fps[0], fps[1])
    frames = round(a_minute / Fraction(low + high, 2))
    return frames, round(a_minute / frames * 1000)


def rooms(parts: Sequence[Part], clips: Mapping[str, Material], manner: Manner) -> list[Room]:
    """What each shot needs by itself: no other shot's words change it, but a line that is spoken over several does.

    ``clips``: own clips, by the name that the script gives them.
    """
    made = [_alone(part, clips, manner) for part in parts]
    for index, part in enumerate(parts):
        if part.spoken:
            _hold_line(made, parts, index, manner)
    last = made[-1]
    extra = int(seconds_to_frames(CARD_S, manner.fps))
    if parts[-1].length_ms is None and not _clip(parts[-1], clips):
        made[-1] = Room(least=last.least, usual=last.usual, most=last.most + extra)
    return made


def line_seconds(part: Part, manner: Manner) -> Fraction:
    """Seconds that the line of a part takes to be said, or to be read as a caption where nobody speaks."""
    if manner.voiced or part.voice:
        return said_seconds(part.spoken, manner.language, manner.pace) + AIR_S
    return reading_seconds(count_words(part.spoken, manner.language))


def _alone(part: Part, clips: Mapping[str, Material], manner: Manner) -> Room:
    if part.length_ms is not None:
        frames = max(1, ms_to_frames(part.length_ms, manner.fps))
        return Room(least=frames, usual=frames, most=frames)
    if clip := _clip(part, clips):
        frames = max(1, int(clip_frames(clip.ms or 0, manner.fps)))
        return Room(least=frames, usual=frames, most=frames)
    if not part.words:
        least, usual, most = PICTURE_S
    else:
        least = reading_seconds(read_words(part.words, manner.language))
        usual, most = least + ROOM_S, max(MOST_S, least * 3 / 2)
    return Room(
        least=int(seconds_to_frames(least, manner.fps)),
        usual=_on_beat(usual, manner),
        most=max(int(seconds_to_frames(most, manner.fps)), _on_beat(usual, manner)),
    )


def _on_beat(seconds: Fraction, manner: Manner) -> int:
    exact = seconds * manner.fps[0] / manner.fps[1] / manner.beat
    return max(1, -(-exact.numerator // exact.denominator)) * manner.beat


def _hold_line(made: list[Room], parts: Sequence[Part], first: int, manner: Manner) -> None:
    """The shots under a spoken line last as long as it does; the longest of them grows first."""
    end = min(first + parts[first].spoken_over, len(parts))
    under = [k for k in range(first, end) if made[k].least < made[k].most] or [first]
    need = int(seconds_to_frames(line_seconds(parts[first], manner), manner.fps)) + 1
    for which in ("least", "usual"):
        short = need - sum(getattr(made[k], which) for k in range(first, end))
        if short <= 0:
            continue
        share = -(-short // len(under))
        if which == "usual":
            share = -(-share // manner.beat) * manner.beat
        for k in under:
            now = made[k]
            if which == "least":
                made[k] = Room(least=now.least + share, usual=now.usual, most=max(now.most, now.least + share))
            else:
                made[k] = Room(least=now.least, usual=now.usual + share, most=max(now.most, now.usual + share))
    for k in under:
        now = made[k]
        made[k] = Room(least=now.least, usual=max(now.usual, now.least), most=max(now.most, now.usual, now.least))


def laid(
    wanted: Sequence[Room], total: int | None, kept: Sequence[int | None], fresh: Collection[int],
    turns: Sequence[int], beat: int,
) -> list[int]:  # fmt: skip
    """Frames of each shot; with a ``total`` they sum to it. ``kept``: what a shot had before, which it keeps while it
    can; ``fresh``: places of those that are new or changed; ``turns``: the beat of the script that each is in.
    Raises ``ValueError`` where the total cannot be.

    What is short or over is taken from, or given to, shots that are new or changed, then to those of the same beat of
    the script, then to the last, and only then to all others.
    """
    lengths = [
        _begun(room, was, bounded=total is not None or k in fresh)
        for k, (room, was) in enumerate(zip(wanted, kept, strict=True))
    ]
    if total is None:
        return lengths
    if not sum(room.least for room in wanted) <= total <= sum(room.most for room in wanted):
        raise ValueError(total)
    for group in _order(fresh, turns):
        _even(lengths, wanted, group, total - sum(lengths), beat)
    return lengths


def _begun(room: Room, was: int | None, *, bounded: bool) -> int:
    """What a shot begins with; one that grew by what is spoken keeps that, where ``bounded`` does not hold it."""
    if was is None or room.least == room.most:
        return room.usual
    return min(max(was, room.least), room.most) if bounded else max(was, room.least)


def _order(fresh: Collection[int], turns: Sequence[int]) -> list[list[int]]:
    every, last = range(len(turns)), len(turns) - 1
    if len(fresh) == len(turns):
        return [list(every)]
    near = {turns[k] for k in fresh}
    return [sorted(fresh), [k for k in every if turns[k] in near], [last], list(every)]


def _even(lengths: list[int], wanted: Sequence[Room], group: Sequence[int], rest: int, beat: int) -> None:
    """Give ``rest`` frames to ``group``, or take them where it is below 0: beat by beat, then what is left over."""
    for step in (beat, 1):
        sign = 1 if rest > 0 else -1
        while abs(rest) >= step:
            open_ = [
                k for k in group
                if (lengths[k] + step <= wanted[k].most if sign > 0 else lengths[k] - step >= wanted[k].least)
            ]  # fmt: skip
            if not open_:
                break
            if step == 1:  # what is no whole beat goes to one shot, the last that bears it
                k = open_[-1]
                most = wanted[k].most - lengths[k] if sign > 0 else lengths[k] - wanted[k].least
                moved = min(abs(rest), most)
            else:
                k = min(open_, key=lambda k: (sign * Fraction(lengths[k], wanted[k].usual), k))
                moved = step
            lengths[k] += sign * moved
            rest -= sign * moved


def refuse_length(parts: Sequence[Part], wanted: Sequence[Room], total: int, fps: tuple[int, int]) -> BadInput:
    """What is said of a length that the words cannot keep, or cannot fill."""
    asked = f"{total * fps[1] / fps[0]:g} s"
    least, most = sum(room.least for room in wanted), sum(room.most for room in wanted)
    if total < least:
        at, fits = 0, 0
        for room in wanted:
            at += room.least
            if at > total:
                break
            fits += 1
        shots = "one screen" if len(parts) == 1 else f"{len(parts)} screens"
        return BadInput(
            "length", asked, f"at least {_up(least, fps)} s for {shots} to be read; {fits} of them fit in {asked}"
        )
    return BadInput(
        "length", asked, f"at most {most * fps[1] // fps[0]} s with these words; more screens, or longer ones by "
        "<!-- length: 5 s -->",
    )  # fmt: skip


def _up(frames: int, fps: tuple[int, int]) -> int:
    return -(-frames * fps[1] // fps[0])


def _clip(part: Part, clips: Mapping[str, Material]) -> Material | None:
    found = clips.get(part.picture.file) if part.picture and part.picture.file else None
    return found if found and found.treatment == "clip" else None
