"""Fits the music to the film: the lift falls on the reveal, the button on the end card, and between them it rises."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from reelwright.planner.ids import derive_number
from reelwright.planner.tables import load_beats, load_mood_uses, load_moods, load_tones
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import define_value
from reelwright.reel.film.plan import Beat, Bed
from reelwright.units import Frames, convert_frames_to_ms

ALL_TEMPI: Final = (56, 160)
"""Beats a minute that any mood may fall back to if its own range has no whole number of bars."""
MAX_ANCHOR_SHIFT_S: Final = Fraction(4, 10)
"""Farthest that an anchor is moved, in seconds. Source: craft.md 3.4, read 2026-11-20."""

QUIET: Final = 2
"""Energy of the beats that are quiet by themselves: a witness, a view of who makes it, a problem."""


@define_value
class Grid:
    """A tempo that starts with the film. ``bar`` is four beats, in frames (rational, never accumulated)."""

    bpm_milli: int
    bar: Fraction

    @property
    def beat(self) -> Fraction:
        """Length of one beat in frames, not rounded."""
        return self.bar / 4

    def list_beats(self, start: int, end: int) -> list[int]:
        """List the frames, counted from ``start``, at which a beat lands inside [start, end)."""
        first = -(-Fraction(start) // self.beat)
        found = []
        while (at := int(first * self.beat)) < end:
            if at >= start:
                found.append(at - start)
            first += 1
        return found


@define_value
class Anchors:
    """The frames of the reveal (None: there is none) and of the end card, moved to downbeats."""

    grid: Grid
    reveal: Frames | None
    end: Frames


def choose_tempo(
    mood: str, end: int, reveal: int | None, fps: tuple[int, int], *, slack: int, bounds: tuple[int, int] | None = None
) -> Anchors:
    """Choose the tempo of a mood at which reveal and end card are downbeats, and return where they then lie.

    ``slack``: frames by which the end card may move. ``bounds``: frames between which the reveal must stay. A whole
    number of bars ends on the end card exactly: ``BPM = 240 * bars / seconds``. Source: craft.md 3.4.
    """
    low, high = load_moods().get(mood, ALL_TEMPI)
    rate = Fraction(fps[0], fps[1])
    if end <= 0:
        bpm = Fraction(low + high, 2)
        return Anchors(grid=_make_grid(bpm, 240 / bpm * rate), reveal=None, end=Frames(end))
    options = _list_options(end, reveal, rate, (low, high), slack, bounds) or _list_options(
        end, reveal, rate, ALL_TEMPI, slack, bounds
    )
    if not options:  # the reveal cannot be a downbeat: the button alone is
        options = _list_options(end, None, rate, (low, high), slack, None) or _list_options(
            end, None, rate, ALL_TEMPI, slack, None
        )
    if not options:  # shorter than a bar: whole beats, as near to the mood as they come
        beats = min(range(1, 5), key=lambda n: abs(60 * n * rate / end - Fraction(low + high, 2)))
        bar = Fraction(4 * end, beats)
        return Anchors(grid=_make_grid(240 * rate / bar, bar), reveal=None, end=Frames(end))
    _, at, bars, lift = min(options)
    bar = Fraction(at, bars)
    return Anchors(
        grid=_make_grid(240 * rate / bar, bar), reveal=None if lift is None else Frames(lift), end=Frames(at)
    )


def _make_grid(bpm: Fraction, bar: Fraction) -> Grid:
    return Grid(bpm_milli=int(bpm * 1000 + Fraction(1, 2)), bar=bar)


def _list_options(
    end: int, reveal: int | None, rate: Fraction, bpm: Sequence[int], play: int, bounds: tuple[int, int] | None
) -> list[tuple[Fraction, int, int, int | None]]:
    """Return (cost, end, bars, reveal) of every way to put both anchors on downbeats within reach."""
    found: list[tuple[Fraction, int, int, int | None]] = []
    for at in range(max(1, end - play), end + play + 1):
        least, most = at * bpm[0] / (240 * rate), at * bpm[1] / (240 * rate)
        for bars in range(max(1, -int(-least // 1)), int(most) + 1):
            bar = Fraction(at, bars)
            lift = None
            moved = Fraction(abs(at - end))
            if reveal is not None:
                lift = int(round(reveal / bar) * bar)
                if bounds and not bounds[0] <= lift <= bounds[1]:
                    continue
                moved += abs(lift - reveal)
                if abs(lift - reveal) > MAX_ANCHOR_SHIFT_S * rate or not 0 < lift < at:
                    moved += 1000  # worse than any tempo that reaches both
            found.append((moved, at, bars, lift))
    return found


def choose_mood(tone: str, emblem: str, kind: str, *, is_tone_asked: bool) -> str:
    """Choose the mood of a film's music: that of a tone that somebody asks for, else by its emblem, then its kind."""
    uses = load_mood_uses()
    fits = next((mood for mood, names in uses.emblems.items() if emblem in names.split()), "")
    found = "" if is_tone_asked else fits or uses.kinds.get(kind, "")
    return found or load_tones()[tone].mood


def has_first_mood(bed: Bed | None, title: str) -> bool:
    """Return whether our music still has the mood that it was planned in: its seed follows from that."""
    seed = bed.request.extra.get("seed") if bed else None
    return bool(bed and seed is not None and seed - bed.piece_index == compute_music_seed(bed.mood, title))


def compute_music_seed(mood: str, title: str) -> int:
    """Compute the seed of a film's music, from which its key, chords, tune and instruments follow."""
    return derive_number(compute_digest([mood, title]), "bed")


def build_sections(beats: Sequence[Beat], fps: tuple[int, int]) -> list[dict[str, Any]]:
    """Build the sections of the music: each beat with its energy, 1 to 5; a beat that has two is two sections.

    The energy follows the story, so that the music rises to the call: the opening holds back, the name stands out, the
    middle is thinner, the last third is full, and the screen before the end card is the fullest.
    """
    starts: list[tuple[int, int, str]] = []
    end = beats[-1].start if beats[-1].name == "end_card" else beats[-1].start + beats[-1].length
    for beat in beats:
        at = int(beat.start)
        for shot in beat.shots:
            energy = _compute_energy(beat.name, at, at + shot.length, int(end))
            if at == beat.start or energy != starts[-1][1]:
                starts.append((convert_frames_to_ms(Frames(at), fps), energy, beat.name))
            at += shot.length
    ends = [at for at, _, _ in starts[1:]]
    ends.append(convert_frames_to_ms(Frames(sum(beat.length for beat in beats)), fps))
    return [
        {"at_ms": at, "ms": until - at, "energy": energy, "beat": name}
        for (at, energy, name), until in zip(starts, ends, strict=True)
    ]


def _compute_energy(name: str, start: int, stop: int, end: int) -> int:
    """Compute the energy of a shot from ``start`` to ``stop`` in a film whose end card begins at ``end``."""
    rule = load_beats().get(name)
    own = rule.energy if rule else 3
    if start >= end:
        return own
    if stop >= end and start > 0:
        return 5
    if Fraction(start + stop, 2 * end) >= Fraction(2, 3):
        return 3 if own <= QUIET else 4
    return max(4, own) if name == "reveal" else min(own, 3)
