"""The drums: patterns by energy, fills every fourth bar, the roll before the lift, crashes where energy rises."""

from __future__ import annotations

from reelwright.media.sound.arrange import Piece, compute_velocity
from reelwright.media.sound.grid import Bar
from reelwright.media.sound.moods import Drums
from reelwright.media.sound.score import Line, Note

SOFTER = -22
OFFBEAT = -14


def make_drum_lines(piece: Piece) -> list[Line]:
    """Make one line for each drum of the mood, and those of the turns; a line without notes is left out."""
    lines = [_line(piece, drums, index) for index, drums in enumerate(piece.mood.drums)]
    return [line for line in (*lines, _roll(piece), _crashes(piece), _sub(piece)) if line.notes]


def find_kicks(piece: Piece) -> tuple[int, ...]:
    """Find the samples of every kick before the button."""
    kick = next(d for d in piece.mood.drums if "kick" in d.sound or d is piece.mood.drums[0])
    return tuple(note.at for note in _line(piece, kick, piece.mood.drums.index(kick)).notes)


def _line(piece: Piece, drums: Drums, index: int) -> Line:
    rng = piece.make_rng("drum", str(index))
    is_kick = index == 0
    has_gap = piece.form == "stop" and (is_kick or "snare" in drums.sound or "clap" in drums.sound)
    notes = []
    for bar in piece.grid.bars:
        if has_gap and piece.is_before_lift(bar):
            continue
        pattern = _pattern(piece, drums, bar)
        for step in range(piece.count_steps(bar)):
            energy = piece.get_energy(bar.first + step / 4)
            if pattern[step] == "." or not piece.is_playing(drums, bar.first + step / 4):
                continue
            accent = (SOFTER if pattern[step] == "o" else 0) + (OFFBEAT if step % 4 and not is_kick else 0)
            late = 0.0 if is_kick or "snare" in drums.sound else float(rng.uniform(-0.002, 0.003))
            at = max(0, piece.find_step(bar, step) + round(late * 48_000))
            if at < piece.find_rest_start() and not piece.is_silent(at):
                notes.append(Note(at, drums.sound, (), 0.0, compute_velocity(energy, accent, rng)))
    return Line(kind="drum", level=drums.level, notes=tuple(notes), send=drums.send, has_peak_level=True)


def _pattern(piece: Piece, drums: Drums, bar: Bar) -> str:
    turning = bar.number % 4 == 3 or piece.is_before_button(bar)
    return drums.fill if drums.fill and turning and piece.get_energy(bar.first) >= 4 else drums.pattern


def _roll(piece: Piece) -> Line:
    """Write a roll of eighths, then sixteenths, growing, into the half beat of silence before the lift, or up to it."""
    roll = piece.mood.turn.roll if piece.form != "through" else ""
    rest = 2 if piece.form == "stop" else 0
    notes: list[Note] = []
    for bar in piece.grid.bars:
        if not roll or not piece.is_before_lift(bar):
            continue
        steps = piece.count_steps(bar)
        half = steps // 2
        for step in [*range(0, half, 2), *range(half, steps - rest)]:
            grown = int(38 + 62 * step / steps)
            notes.append(Note(piece.find_step(bar, step), roll, (), 0.0, grown))
    return Line(kind="drum", level=-13.0, notes=tuple(notes), send=-12.0, has_peak_level=True)


def _crashes(piece: Piece) -> Line:
    """Write crashes on the lift, and where a section of high energy begins on top of a lower one."""
    crash = piece.mood.turn.crash if piece.form != "through" else ""
    notes = []
    before = 0
    for bar in piece.grid.bars if crash else ():
        energy = piece.get_energy(bar.first)
        lifts = bar.is_after_lift and bar.number == 0
        if lifts or (energy >= 4 and energy > before):
            notes.append(Note(piece.grid.find_sample(bar.first), crash, (), 0.0, 52 + 10 * energy if lifts else 70))
        before = energy
    return Line(kind="drum", level=-13.0, notes=tuple(notes), send=-14.0, has_peak_level=True)


def _sub(piece: Piece) -> Line:
    """Write the sub under the lift's downbeat, after the silence."""
    lift = piece.grid.lift if piece.form == "stop" else None
    notes = (Note(piece.grid.find_sample(lift), "sub", (), 0.0, 100),) if lift and piece.get_energy(lift) >= 3 else ()
    return Line(kind="drum", level=-9.0, notes=notes, has_peak_level=True)
