"""The beat grid: bars and beats as samples, with the lift and the button on downbeats at every tempo."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from reelwright.media.sound.dsp import RATE

BEATS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar. ``first``: its first beat, from the film's start; ``beats``: 4, or fewer where a landmark cuts it."""

    first: int
    beats: int
    is_after_lift: bool
    number: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Beats between two landmarks, evenly spaced. ``start`` and ``end`` in samples."""

    start: int
    end: int
    first: int
    beats: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The beats of a bed. ``spans`` cover [0, button); after the button beats go on at the requested tempo. ``ritard``:
    permille by which the last bar before the button slows.
    """

    spans: tuple[Span, ...]
    beat: float
    bars: tuple[Bar, ...]
    ritard: int = 0

    @property
    def beats(self) -> int:
        """Number of beats before the button, the closing hit."""
        return self.spans[-1].first + self.spans[-1].beats

    @property
    def button(self) -> int:
        """Sample at which the button, the closing hit, falls."""
        return self.spans[-1].end

    @property
    def lift(self) -> int | None:
        """Number of the beat on which the lift falls, None without a lift."""
        return self.spans[1].first if len(self.spans) > 1 else None

    def find_sample(self, beat: float) -> int:
        """Return the place, in samples, of a beat counted from 0; it may be a fraction, or lie after the button."""
        for span in self.spans:
            if beat < span.first + span.beats:
                part = (beat - span.first) / span.beats
                return round(span.start + (span.end - span.start) * self._slowed(span, part))
        return round(self.button + (beat - self.beats) * self.beat)

    def find_beat(self, sample: int) -> float:
        """Find the beat, counted from 0, at a sample: within a tenth of a beat where the last bar slows down."""
        for span in self.spans:
            if sample < span.end:
                return span.first + span.beats * (sample - span.start) / (span.end - span.start)
        return self.beats + (sample - self.button) / self.beat

    def _slowed(self, span: Span, part: float) -> float:
        last = max(0.0, 1.0 - BEATS / span.beats)
        if not self.ritard or span is not self.spans[-1] or part <= last or span.beats <= BEATS:
            return part
        inside = (part - last) / (1.0 - last)
        slow = self.ritard / 1000.0
        return last + (1.0 - last) * inside * (1.0 - slow * (1.0 - inside))


def lay_grid(bpm_milli: int, lift_ms: int | None, button_ms: int, ritard: int = 0) -> Grid:
    """Lay a grid with lift and button exactly on beats; a lift within ¾ beat of start or button is left out.

    Between them the tempo gives way by less than half a beat.
    """
    beat = RATE * 60_000 / bpm_milli
    button = button_ms * RATE // 1000
    marks = [0, button]
    if lift_ms is not None:
        lift = lift_ms * RATE // 1000
        if min(lift, button - lift) >= 0.75 * beat:
            marks = [0, lift, button]
    spans: list[Span] = []
    first = 0
    for start, end in pairwise(marks):
        count = max(1, round((end - start) / beat))
        spans.append(Span(start, end, first, count))
        first += count
    return Grid(tuple(spans), beat, tuple(bar for span in spans for bar in _bars(span, span is not spans[0])), ritard)


def _bars(span: Span, lifted: bool) -> list[Bar]:
    firsts = range(0, span.beats, BEATS)
    return [
        Bar(span.first + first, min(BEATS, span.beats - first), lifted, number, first + BEATS >= span.beats)
        for number, first in enumerate(firsts)
    ]
