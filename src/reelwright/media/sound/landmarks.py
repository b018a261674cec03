"""The button that ends the bed, and the silences around it and before the lift."""

from __future__ import annotations

from reelwright.media.sound.arrange import Piece
from reelwright.media.sound.dsp import RATE, samples
from reelwright.media.sound.harmony import Chord, lead, near
from reelwright.media.sound.score import Hush, Line, Note
from reelwright.media.sound.sounds import sounds

LAST_SILENCE = 0.1
LONGEST_TAIL = 1.5


def button_lines(piece: Piece) -> list[Line]:
    """The hit: every named sound on the tonic chord at once, a drum, a crash and a sub where the mood has them."""
    button, at = piece.mood.button, piece.grid.button
    room = (tail_end(piece) - at) / RATE
    if room <= 0.02:
        return []
    hold = min(button.ring, room)
    lines = [_sounded(piece, sound, button.chord, at, hold) for sound in button.sounds]
    lines += _struck(piece, at)
    if button.mnemonic:
        lines.append(_mnemonic(piece, at, hold))
    if button.before is not None:
        early = piece.grid.at(piece.grid.beats - 1)
        lines += [_sounded(piece, sound, button.before, early, 0.12) for sound in button.sounds if early > 0]
    return lines


def tail_end(piece: Piece) -> int:
    """Sample at which the last sound is gone: a tail of up to 1.5 s, and always silence in the film's last frames."""
    length = piece.asked.samples
    silence = min(samples(LAST_SILENCE), length // 8)
    ring = piece.grid.beat / RATE + LONGEST_TAIL
    return min(length - silence, piece.grid.button + samples(max(piece.mood.button.ring + 0.6, min(ring, 2.1))))


def hushes(piece: Piece) -> tuple[Hush, ...]:
    """Half a beat before the lift, all of it; the rest before the button, in which the plate may ring."""
    found = []
    lift, silent = piece.grid.lift, piece.silent_from()
    if lift and silent is not None:
        fade = min(samples(piece.mood.turn.fade_ms / 1000), (piece.grid.at(lift) - silent) // 2)
        found.append(Hush(silent, piece.grid.at(lift), fade, whole=True))
    if piece.rest_from() < piece.grid.button and piece.mood.button.before is None:
        found.append(Hush(piece.rest_from(), piece.grid.button, samples(0.03), whole=False))
    return tuple(found)


def _sounded(piece: Piece, sound: str, chord: Chord, at: int, hold: float) -> Line:
    kind = sounds()[sound].engine
    low = "bass" in sound or sound == "tuba"
    voicing = lead([chord], 64 if kind != "struck" else 67)[0]
    if low:
        voicing = (near(chord.root, 38),)
    elif sound in ("glock", "bell", "vibes", "xylophone", "music_box"):
        voicing = (near(chord.root, 84), near(chord.root, 84) + 12)
    elif kind != "cloud":
        voicing = (near(chord.root, 48), *voicing)
    roll = samples(piece.mood.button.roll_ms / 1000)
    if kind == "cloud":
        return Line(kind="chord", level=-21.0, notes=(Note(at, sound, voicing, hold, 100),), send=-9.0)
    notes = tuple(Note(at + i * roll, sound, (pitch,), hold, 100) for i, pitch in enumerate(voicing))
    return Line(kind="tone", level=-14.0 if low else -17.0, notes=notes, send=None if low else -8.0)


def _struck(piece: Piece, at: int) -> list[Line]:
    button = piece.mood.button
    named = ((button.kick, -5.0, -14.0), (button.crash, -12.0, -12.0), ("sub" if button.sub else "", -9.0, None))
    return [
        Line(kind="drum", level=level, notes=(Note(at, name, (), 0.0, 100),), send=send, by_peak=True)
        for name, level, send in named
        if name
    ]


def _mnemonic(piece: Piece, at: int, hold: float) -> Line:
    """A few notes to remember, an eighth apart, the first on the button."""
    home = near(piece.mood.tonic, 72)
    gap = round(piece.grid.beat / 2)
    sound = next(s for s in piece.mood.button.sounds if sounds()[s].engine == "struck")
    notes = tuple(
        Note(at + index * gap, sound, (home + step,), hold, 96) for index, step in enumerate(piece.mood.button.mnemonic)
    )
    return Line(kind="tone", level=-18.0, notes=notes, send=-8.0)
