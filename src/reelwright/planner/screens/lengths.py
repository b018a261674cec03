"""Sets how long each shot of a script stands: whole beats of the music, as long as its words take."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.errors import LengthOutOfReach
from reelwright.media.letters.word_styles import mark_styles
from reelwright.media.staging import prices
from reelwright.planner.counting import (
    READ_WORDS_PER_S,
    compute_reading_seconds,
    count_read_words,
    count_words,
    estimate_quick_speech,
    estimate_speech_seconds,
)
from reelwright.planner.match import clip_frames
from reelwright.planner.screens.figures import split_figures, split_items
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.tables import load_moods
from reelwright.reel.base.value import define_value
from reelwright.reel.film.brief import Material
from reelwright.units import convert_ms_to_frames, convert_seconds_to_frames

AIR_S: Final = Fraction(1, 4)
"""Silence after a line that is spoken, in seconds."""
ROOM_S: Final = Fraction(2, 5)
"""Pause after words that have been read, if there is time, in seconds."""
SMALL_S: Final = Fraction(3, 2)
"""Most seconds for which a screen stands longer for its small print, if there is time."""
_SMALL_ROLES: Final = ("legal", "source", "terms")
ITEM_S: Final = Fraction(3, 10)
"""Pause before an item of a list comes, in seconds."""
PICTURE_S: Final = (Fraction(8, 5), Fraction(5, 2), Fraction(6))
"""Least, usual and most seconds of a picture without words. Source: craft.md 8.5, read 2026-11-20."""
CHANGE_S: Final = Fraction(12, 5)
"""Least usual seconds of what was and what is, such as two prices: the second comes once the first is struck."""
PRICE_S: Final = Fraction(14, 5)
"""Least usual seconds of a price, which is what a film is watched for: it stands two once it is whole."""
MAX_WORDS_S: Final = Fraction(5)
"""Words that have been read twice are stared at: no screen of words stands longer unless it needs it. In seconds."""
QUOTE_ROOM_S: Final = Fraction(1)
"""Most seconds for which a quotation stands once it has been read: a film waits for nobody's second reading."""
MIN_QUOTE_S: Final = Fraction(5, 2)
"""Seconds for which even a short quotation stands, within that."""
CARD_S: Final = Fraction(3)
"""How long the name and the call at the end of a film stand at least, if its length is free, in seconds: the button
comes, it is pressed, and then all of it stands still to be read.
"""
EXTRA_CARD_S: Final = Fraction(2)
"""How much longer than other screens the last one may stand, in seconds."""
MAX_FILM_S: Final = 600
VARIATION_RANGE: Final = (Fraction(35, 100), Fraction(70, 100))
"""Least and most of the coefficient of variation of shot lengths: equal lengths look like a slide show.

Source: craft.md 9.1, check 13, read 2026-11-20.
"""
MIN_RHYTHM_SHOTS: Final = 4
"""Fewest shots for which the variation of lengths is measured: the lengths of fewer say nothing of rhythm."""
_MOST_REST_S: Final = (Fraction(2), Fraction(6, 5))
"""Most seconds that a shot stands beyond what it needs where it is made longer, in a film that is read and in one that
is spoken: what was read is not stared at, and a voice that is done is not waited for.
"""
_MORE_BEATS: Final = (5, 1)
_TURNS_S: Final = 8
"""Beats of the music by which a list is made longer at most, whose items come in turn, in a film that is read and in
one that is spoken, whose screens are unlike by what is said; and seconds to which it is.
"""
_GROWTH_COST: Final = 0.01
"""Variation that a longer shot has to add beyond a shorter one, since a film that is quick is watched."""


@define_value
class LengthRange:
    """Frames of a shot: the least that it needs, the usual number, and the most that it may have.

    ``quickest`` and ``slowest``: the least and the most that a rhythm gives a shot in which one thing comes after
    another; 0 for all others.
    """

    least: int
    usual: int
    most: int
    quickest: int = 0
    slowest: int = 0


@define_value
class Timing:
    """The values that lengths follow from. ``beat``: whole frames from one beat of the music to the next.

    ``is_voiced``: lines are spoken; otherwise they are read. ``can_grow``: nobody asks for a length of the film, and a
    screen costs nothing where it is longer than planned.
    """

    language: str
    fps: tuple[int, int]
    pace: int
    beat: int
    is_voiced: bool
    can_grow: bool = False

    @property
    def is_brisk(self) -> bool:
        """Whether what is said parts the screens and nothing has to fill a length: none of them waits."""
        return self.is_voiced and self.can_grow


def compute_beat_frames(mood: str, fps: tuple[int, int]) -> tuple[int, int]:
    """Return the whole frames of a beat of music in this mood, and beats a minute times 1000: every cut can lie on a
    beat.
    """
    low, high = load_moods()[mood]
    a_minute = Fraction(60 * fps[0], fps[1])
    frames = round(a_minute / Fraction(low + high, 2))
    return frames, round(a_minute / frames * 1000)


def compute_length_ranges(
    parts: Sequence[ScriptPart], clips: Mapping[str, Material], timing: Timing, *, is_free: bool = False
) -> list[LengthRange]:
    """Compute the frames of each shot by itself: no other shot's words change them, except a line spoken over several.

    ``clips``: own clips, by the name that the script gives them. ``is_free``: nobody asks for a length of the film, so
    that its card may stand as long as it is good.
    """
    made = [_compute_range(part, clips, timing) for part in parts]
    for index, part in enumerate(parts):
        if part.spoken_text:
            _hold_line(made, parts, index, timing)
    last = made[-1]
    extra = int(convert_seconds_to_frames(EXTRA_CARD_S, timing.fps))
    if parts[-1].length_ms is None and not _find_clip(parts[-1], clips):
        is_card = is_free and len(parts) > 1 and {"name", "url"} & set(parts[-1].words)
        usual = max(last.usual, _round_to_beat(CARD_S, timing)) if is_card else last.usual
        made[-1] = replace(last, usual=usual, most=max(last.most + extra, usual))
    return made


def compute_line_seconds(part: ScriptPart, timing: Timing) -> Fraction:
    """Return the seconds that the line of a part takes to be said, or to be read as a caption if nobody speaks."""
    if timing.is_voiced or part.voice:
        if timing.can_grow and part.is_narrated:
            return estimate_quick_speech(part.spoken_text, timing.language) + AIR_S
        return estimate_speech_seconds(part.spoken_text, timing.language, timing.pace) + AIR_S
    return compute_reading_seconds(count_words(part.spoken_text, timing.language))


def _compute_range(part: ScriptPart, clips: Mapping[str, Material], manner: Timing) -> LengthRange:
    if part.length_ms is not None:
        frames = max(1, convert_ms_to_frames(part.length_ms, manner.fps))
        return LengthRange(least=frames, usual=frames, most=frames)
    if clip := _find_clip(part, clips):
        frames = max(1, int(clip_frames(clip.ms or 0, manner.fps)))
        return LengthRange(least=frames, usual=frames, most=frames)
    if items := split_items(part.words):
        return _compute_list_range(part, items, manner)
    if figures := split_figures(part.words):
        return _add_ranges([_compute_range(replace(part, words=one), clips, manner) for one in figures], manner)
    if not part.words:
        least, usual, most = PICTURE_S
    else:
        least = compute_reading_seconds(count_read_words(part.words, manner.language))
        small = sum(count_words(part.words.get(role, ""), manner.language) for role in _SMALL_ROLES)
        usual, most = least + ROOM_S + min(SMALL_S, Fraction(small, READ_WORDS_PER_S)), max(MAX_WORDS_S, least * 3 / 2)
    is_change = {"before", "after"} <= set(part.words) or any("~~" in text for text in part.words.values())
    if is_change:
        usual = max(usual, CHANGE_S)
    is_price = manner.can_grow and _has_price(part.words)
    if "quote" in part.words:
        return _compute_quote_range(least, manner)
    beats = max(_round_to_beat(usual, manner), _round_up_to_beat(PRICE_S, manner) if is_price else 0)
    return LengthRange(
        least=int(convert_seconds_to_frames(least, manner.fps)),
        usual=beats,
        most=max(int(convert_seconds_to_frames(most, manner.fps)), beats),
        quickest=beats if is_change or is_price else 0,
    )


def _has_price(words: Mapping[str, str]) -> bool:
    """Return whether a price is the point of a screen."""
    if "before" in words and "after" in words:
        return all(prices.is_price(mark_styles(words[role])) for role in ("before", "after"))
    return any(prices.find_price(mark_styles(words.get(role, ""))) for role in ("deal", "line"))


def _compute_quote_range(least: Fraction, manner: Timing) -> LengthRange:
    """Return the range of a quotation: the beat nearest to its reading and a pause, and at most a second more."""
    beat = Fraction(manner.beat * manner.fps[1], manner.fps[0])
    wanted = max(least + ROOM_S, min(MIN_QUOTE_S, least + QUOTE_ROOM_S))
    beats = round(wanted / beat)
    usual = (beats if beats * beat >= least + ROOM_S / 2 else beats + 1) * manner.beat
    most = int(convert_seconds_to_frames(least + QUOTE_ROOM_S, manner.fps))
    return LengthRange(least=int(convert_seconds_to_frames(least, manner.fps)), usual=min(usual, most), most=most)


def _compute_list_range(part: ScriptPart, items: Sequence[str], manner: Timing) -> LengthRange:
    """Return the range of a list: as long as all of it takes to be read, with a pause before each item but the first,
    and with a while at the end in which all items stand.
    """
    apart = [_compute_range(replace(part, words={"line": item}), {}, manner) for item in items]
    least = compute_reading_seconds(count_read_words(part.words, manner.language)) + ITEM_S * (len(items) - 1)
    usual = _round_up_to_beat(least + 2 * ROOM_S, manner)
    return LengthRange(
        least=int(convert_seconds_to_frames(least, manner.fps)),
        usual=usual,
        most=max(usual, sum(one.most for one in apart)),
        slowest=_choose_slowest(usual, manner),
    )


def _choose_slowest(usual: int, manner: Timing) -> int:
    """Return the most frames that a rhythm gives a shot whose things come in turn."""
    return max(
        usual,
        min(usual + _MORE_BEATS[manner.is_brisk] * manner.beat, int(convert_seconds_to_frames(_TURNS_S, manner.fps))),
    )


def _add_ranges(ranges: Sequence[LengthRange], manner: Timing) -> LengthRange:
    """Return the range of figures on one screen: as long as with a screen for each, since each comes in its turn."""
    room = int(convert_seconds_to_frames(ROOM_S, manner.fps))
    usual = sum(one.usual for one in ranges)
    if manner.is_brisk:  # the voice parts them
        usual = -(-sum(one.least + room for one in ranges) // manner.beat) * manner.beat
    return LengthRange(
        least=sum(one.least for one in ranges),
        usual=usual,
        most=sum(one.most for one in ranges),
        slowest=_choose_slowest(usual, manner),
    )


def _round_to_beat(seconds: Fraction, manner: Timing) -> int:
    """Return the whole beats nearest to ``seconds``, shorter by at most half of the pause after what is read, where
    nothing waits; else the next ones.
    """
    return _round_up_to_beat(seconds - ROOM_S / 2 if manner.is_brisk else seconds, manner)


def _round_up_to_beat(seconds: Fraction, manner: Timing) -> int:
    exact = seconds * manner.fps[0] / manner.fps[1] / manner.beat
    return max(1, -(-exact.numerator // exact.denominator)) * manner.beat


def _hold_line(made: list[LengthRange], parts: Sequence[ScriptPart], first: int, manner: Timing) -> None:
    """Make the shots under a spoken line last as long as the line. Each of them grows by an equal share."""
    end = min(first + parts[first].spoken_over, len(parts))
    under = [k for k in range(first, end) if made[k].least < made[k].most] or [first]
    need = int(convert_seconds_to_frames(compute_line_seconds(parts[first], manner), manner.fps)) + 1
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
                made[k] = replace(now, least=now.least + share, most=max(now.most, now.least + share))
            else:
                made[k] = replace(now, usual=now.usual + share, most=max(now.most, now.usual + share))
    for k in under:
        now = made[k]
        made[k] = replace(now, usual=max(now.usual, now.least), most=max(now.most, now.usual, now.least))


def lay_out_lengths(
    ranges: Sequence[LengthRange],
    total: int | None,
    previous_lengths: Sequence[int | None],
    changed_places: Collection[int],
    turns: Sequence[int],
    timing: Timing,
) -> list[int]:
    """Return the frames of each shot; with a ``total`` they sum to it. Raises ``ValueError`` for an impossible total.

    ``previous_lengths``: of shots before, which they keep if they can; ``changed_places``: places of those that are new
    or changed; ``turns``: the beat of the script that each is in.

    Frames that are short or over are taken from, or given to, shots that are new or changed, then those of the same
    beat of the script, then the last, and only then all others.
    """
    lengths = [
        _choose_start_length(room, was, is_bounded=total is not None or k in changed_places)
        for k, (room, was) in enumerate(zip(ranges, previous_lengths, strict=True))
    ]
    if total is None:
        if not any(previous_lengths):
            _vary_lengths(lengths, ranges, timing)
        return lengths
    if not sum(room.least for room in ranges) <= total <= sum(room.most for room in ranges):
        raise ValueError(total)
    for group in _order_groups(changed_places, turns):
        _divide_rest(lengths, ranges, group, total - sum(lengths), timing.beat)
    return lengths


def _choose_start_length(room: LengthRange, was: int | None, *, is_bounded: bool) -> int:
    """Return the length that a shot begins with. A shot that grew with its spoken line keeps that, unless
    ``is_bounded``.
    """
    if was is None or room.least == room.most:
        return room.usual
    return min(max(was, room.least), room.most) if is_bounded else max(was, room.least)


def _vary_lengths(lengths: list[int], ranges: Sequence[LengthRange], timing: Timing) -> None:
    """Make lengths differ enough for a rhythm, a beat at a time: what is read at once is shorter, what tells most is
    longer. The first screen, whose parts come in turn, keeps its length; the last gives up a beat if that is enough.
    """
    rest, card = (int(convert_seconds_to_frames(one, timing.fps)) for one in (_MOST_REST_S[timing.is_brisk], CARD_S))
    goal, count = float(VARIATION_RANGE[0] ** 2), len(lengths)
    while count >= MIN_RHYTHM_SHOTS:
        total, squares = sum(lengths), sum(one * one for one in lengths)
        now = count * squares / total**2 - 1  # the square of the coefficient of variation
        moves: list[tuple[float, int, int]] = []
        for place, (room, was) in list(enumerate(zip(ranges, lengths, strict=True)))[1:]:
            is_last = place == count - 1
            least = max(room.least, room.quickest, card if is_last else 0)
            for new in (was + timing.beat, was - timing.beat):
                then = count * (squares - was * was + new * new) / (total - was + new) ** 2 - 1
                is_enough = then >= goal or not is_last or new > was
                if then > now and is_enough and least <= new <= min(room.most, room.slowest or room.least + rest):
                    moves.append((then - (_GROWTH_COST if new > was else 0), -place, new))
        if now >= goal or not moves:
            return
        _, place, new = max(moves)
        lengths[-place] = new


def _order_groups(fresh: Collection[int], turns: Sequence[int]) -> list[list[int]]:
    every, last = range(len(turns)), len(turns) - 1
    if len(fresh) == len(turns):
        return [list(every)]
    near = {turns[k] for k in fresh}
    return [sorted(fresh), [k for k in every if turns[k] in near], [last], list(every)]


def _divide_rest(lengths: list[int], wanted: Sequence[LengthRange], group: Sequence[int], rest: int, beat: int) -> None:
    """Give ``rest`` frames to ``group``, or take them if it is below 0: beat by beat, then what is left over."""
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


def make_length_error(
    parts: Sequence[ScriptPart], ranges: Sequence[LengthRange], total: int, fps: tuple[int, int]
) -> LengthOutOfReach:
    """Build the error for a film of ``total`` frames: too short to read the words, or longer than they can fill."""
    requested = f"{total * fps[1] / fps[0]:g} s"
    least, most = sum(room.least for room in ranges), sum(room.most for room in ranges)
    if total < least:
        at, fits = 0, 0
        for room in ranges:
            at += room.least
            if at > total:
                break
            fits += 1
        shots = "one screen" if len(parts) == 1 else f"{len(parts)} screens"
        needed = _round_up_seconds(least, fps)
        return LengthOutOfReach(
            requested, f"at least {needed} s for {shots} to be read; {fits} of them fit in {requested}", needed
        )
    filled = most * fps[1] // fps[0]
    return LengthOutOfReach(
        requested, f"at most {filled} s with these words; more screens, or longer ones by <!-- length: 5 s -->", filled
    )


def _round_up_seconds(frames: int, fps: tuple[int, int]) -> int:
    return -(-frames * fps[1] // fps[0])


def _find_clip(part: ScriptPart, clips: Mapping[str, Material]) -> Material | None:
    found = clips.get(part.picture.file) if part.picture and part.picture.file else None
    return found if found and found.treatment == "clip" else None
