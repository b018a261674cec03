"""The tuned instruments: pads, bass, chords, broken chords and the tune, layer by layer with the energy."""

from __future__ import annotations

from itertools import pairwise

from reelwright.media.sound.arrange import Piece, compute_velocity, make_note
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.grid import Bar
from reelwright.media.sound.harmony import find_nearest_pitch
from reelwright.media.sound.melody import choose_contour, compose_phrase
from reelwright.media.sound.moods import Part
from reelwright.media.sound.score import Line, Note
from reelwright.media.sound.sounds import load_sounds

LATE = 0.004


def make_part_lines(piece: Piece) -> list[Line]:
    """Make the lines of every tuned part of the mood that has notes."""
    made: list[Line] = []
    for part in piece.mood.parts:
        for notes, sound, lower in _written(piece, part):
            if notes:
                kind = "chord" if load_sounds()[sound].engine == "cloud" else "tone"
                made.append(
                    Line(
                        kind="chord" if kind == "chord" else "tone",
                        level=part.level - lower,
                        notes=tuple(notes),
                        send=part.send,
                        echo=part.echo,
                        is_pumped=piece.mood.pump > 0,
                    )
                )
    return made


def _written(piece: Piece, part: Part) -> list[tuple[list[Note], str, float]]:
    """Write the notes of a part, with their sound, and by how many dB the line stands back."""
    if part.rhythm:
        tune = _tune(piece, part)
        twin = [Note(n.at, part.twin, (n.pitches[0] + 12,), n.seconds, n.velocity) for n in tune if _loud(piece, n)]
        return [(tune, part.sound, 0.0), *([(twin, part.twin, 5.0)] if part.twin else [])]
    if part.name == "bass":
        return [(_bass(piece, part), part.sound, 0.0)]
    if load_sounds()[part.sound].engine == "cloud" and not part.pattern:
        return [(_pad(piece, part), part.sound, 0.0)]
    if any(mark.isdigit() for mark in part.pattern):
        return [(_broken(piece, part), part.sound, 0.0)]
    return [(_chords(piece, part), part.sound, 0.0)]


def _loud(piece: Piece, note: Note) -> bool:
    return piece.get_energy(piece.grid.find_beat(note.at)) >= 4


def _ends(piece: Piece, bar: Bar) -> int:
    """Return the sample at which notes held over a bar must stop: its end, or the silence before a landmark."""
    end = piece.grid.find_sample(bar.first + bar.beats)
    if piece.is_before_lift(bar):
        return min(end, piece.find_silence_start() or end)
    return min(end, piece.find_rest_start())


def _pad(piece: Piece, part: Part) -> list[Note]:
    """Write held chords; bars that share a voicing are one breath."""
    rng = piece.make_rng(part.name)
    notes: list[Note] = []
    for bar, voicing in zip(piece.grid.bars, piece.voicings, strict=True):
        energy, at = piece.get_energy(bar.first), piece.grid.find_sample(bar.first)
        if not piece.is_playing(part, bar.first) or at >= _ends(piece, bar):
            continue
        pitches = tuple(p + 12 * part.octave for p in voicing)
        if energy >= 5 and part.octave == 0:
            pitches = (*pitches, voicing[0] + 12)
        seconds = (_ends(piece, bar) - at) / RATE
        last = notes[-1] if notes else None
        if last and last.pitches == pitches and abs(last.at + last.seconds * RATE - at) < 2 and last.seconds < 8:
            notes[-1] = Note(last.at, part.sound, pitches, last.seconds + seconds, last.velocity)
        else:
            notes.append(Note(at, part.sound, pitches, seconds, compute_velocity(energy, 6, rng)))
    return notes


def _marks(pattern: str, steps: int) -> list[tuple[int, int, str]]:
    """Return (step, length in steps, letter) of each note of a pattern.

    A hyphen holds the note before it; nothing is held over the bar line.
    """
    starts = [i for i, mark in enumerate(pattern[:steps]) if mark not in ".-"]
    found = []
    for start, after in pairwise([*starts, steps]):
        length = 1
        while start + length < after and pattern[start + length] == "-":
            length += 1
        found.append((start, length, pattern[start]))
    return found


def _pattern(piece: Piece, part: Part, bar: Bar) -> str:
    return part.thin if part.thin and piece.get_energy(bar.first) < 3 else part.pattern


def _timed(piece: Piece, bar: Bar, start: int, length: int) -> tuple[int, float] | None:
    """Return the sample and seconds of a note in a bar; None where a silence has begun."""
    at, limit = piece.find_step(bar, start), _ends(piece, bar)
    end = min(piece.find_step(bar, start + length), limit)
    return (at, (end - at) / RATE) if end - at > RATE // 100 else None


def _bass(piece: Piece, part: Part) -> list[Note]:
    rng = piece.make_rng(part.name)
    notes = []
    for bar, chord in zip(piece.grid.bars, piece.chords, strict=True):
        root = piece.mood.tonic if part.has_pedal else chord.bass
        low = find_nearest_pitch(root, part.centre)
        pattern = _pattern(piece, part, bar)
        if bar.first in (0, piece.grid.lift) and pattern[0] == ".":
            pattern = "x" + pattern[1:]
        for start, length, mark in _marks(pattern, piece.count_steps(bar)):
            beat = bar.first + start / 4
            energy = piece.get_energy(beat)
            timed = _timed(piece, bar, start, length)
            if not piece.is_playing(part, beat) or not timed:
                continue
            pitch = {"o": low + 12, "5": find_nearest_pitch((root + 7) % 12, low + 4)}.get(mark, low)
            accent = 10 if start == 0 else 0
            late = float(rng.uniform(0, 0.002))
            seconds = round(timed[1] * 0.94, 2)
            notes.append(
                make_note(timed[0], part.sound, (pitch,), seconds, compute_velocity(energy, accent, rng), late)
            )
    return notes


def _chords(piece: Piece, part: Part) -> list[Note]:
    """Write chords on the part's rhythm; the lift's first bar is doubled an octave up."""
    rng = piece.make_rng(part.name)
    notes: list[Note] = []
    for bar, voicing in zip(piece.grid.bars, piece.voicings, strict=True):
        lifts = bar.is_after_lift and bar.number == 0
        for start, length, _ in _marks(_pattern(piece, part, bar), piece.count_steps(bar)):
            beat = bar.first + start / 4
            energy = piece.get_energy(beat)
            timed = _timed(piece, bar, start, length)
            if not piece.is_playing(part, beat) or not timed:
                continue
            pitches = [p + 12 * part.octave for p in voicing]
            if lifts or energy >= 5:
                pitches.append(voicing[-1] + 12 * part.octave + 12)
            loud = compute_velocity(energy, 8 if start == 0 else 0, rng)
            if load_sounds()[part.sound].engine == "cloud":
                notes.append(Note(timed[0], part.sound, tuple(pitches), round(timed[1], 2), loud))
                continue
            for pitch in pitches:
                late = float(rng.uniform(-LATE, LATE))
                notes.append(make_note(timed[0], part.sound, (pitch,), round(timed[1], 2), loud - 4, late))
    return notes


def _broken(piece: Piece, part: Part) -> list[Note]:
    """Write notes of the chord by number, counted upwards from its lowest; beyond the last they go on an octave up."""
    rng = piece.make_rng(part.name)
    notes = []
    for bar, voicing in zip(piece.grid.bars, piece.voicings, strict=True):
        for start, length, mark in _marks(_pattern(piece, part, bar), piece.count_steps(bar)):
            beat = bar.first + start / 4
            energy = piece.get_energy(beat)
            timed = _timed(piece, bar, start, length)
            if not piece.is_playing(part, beat) or not timed:
                continue
            number = int(mark)
            pitch = voicing[number % len(voicing)] + 12 * (number // len(voicing) + part.octave)
            accent = 8 if start % 8 == 0 else (-8 if start % 2 else 0)
            late = float(rng.uniform(-LATE, LATE))
            seconds = round(max(timed[1], 0.12), 2)
            notes.append(
                make_note(timed[0], part.sound, (pitch,), seconds, compute_velocity(energy, accent, rng), late)
            )
    return notes


def _tune(piece: Piece, part: Part) -> list[Note]:
    """Write two bars at a time: motif, motif with another ending, and so on; it rests where the bars are short."""
    rng = piece.make_rng(part.name)
    walk = choose_contour(rng)
    notes: list[Note] = []
    rows = list(zip(piece.grid.bars, piece.chords, strict=True))
    for (bar, chord), (after, chord_after) in pairwise(rows):
        if bar.number % 2 or bar.is_after_lift != after.is_after_lift or piece.count_steps(after) < 8:
            continue
        mode = piece.mood.lift_scale if bar.is_after_lift else piece.mood.scale
        close = bar.number % 4 == 2
        for step, length, pitch in compose_phrase(part.rhythm, walk, [chord, chord_after], mode, part.centre, close):
            home, place = (bar, step) if step < 16 else (after, step - 16)
            energy = piece.get_energy(home.first + place / 4)
            timed = _timed(piece, home, place, length) if place < piece.count_steps(home) else None
            if not piece.is_playing(part, home.first + place / 4) or not timed:
                continue
            loud = compute_velocity(energy, 8 if place % 8 == 0 else 0, rng)
            seconds = round(timed[1] * 0.95, 2)
            late = float(rng.uniform(-LATE, LATE))
            notes.append(make_note(timed[0], part.sound, (pitch,), seconds, loud, late))
            if energy >= 5 and part.double:
                notes.append(make_note(timed[0], part.sound, (pitch - part.double,), seconds, loud - 18, late))
    return notes
