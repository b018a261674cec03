"""The button that ends the bed, and the silences around it and before the lift."""

from __future__ import annotations

from collections.abc import Iterator

from reelwright.media.sound.arrange import Piece
from reelwright.media.sound.dsp import RATE, to_samples
from reelwright.media.sound.harmony import Chord, choose_voicings, find_nearest_pitch
from reelwright.media.sound.score import Hush, Line, Note
from reelwright.media.sound.sounds import load_sounds

LAST_SILENCE = 0.25
RINGS_FROM = 1.2
ANSWERED_EVERY = 3.0
"""Under a long end card the chord is struck again, softer, about this many seconds before the tail ends and before each
other answer: a chord that rings for six seconds or more is nearly silent in its last."""
ANSWERED_DB = 3.0
LEAST_RING = 2.0
ANSWER_VELOCITY = 90
RING_DB = -29.0
HELD = 2.0
FALL_DB = 18.0
"""A button's notes are held for twice its ``ring`` and are this far down when it is over: struck, not switched off."""


def make_button_lines(piece: Piece) -> list[Line]:
    """Make the lines of the final hit: every named sound on the tonic chord at once, a drum,
    a crash and a sub where the mood has them.
    """
    button, at = piece.mood.button, piece.grid.button
    room = (find_tail_end(piece) - at) / RATE
    if room <= 0.02:
        return []
    hold = min(HELD * button.ring, room)
    lines = [_sounded(piece, sound, button.chord, at, hold) for sound in button.sounds]
    lines += _struck(piece, at)
    if room > RINGS_FROM:
        ringing = tuple(_ringing(piece, at, room))
        level = RING_DB + (ANSWERED_DB if len(ringing) > 1 else 0.0)
        lines.append(Line(kind="chord", level=level, notes=ringing, send=-12.0))
    if button.mnemonic:
        lines.append(_mnemonic(piece, at, hold))
    if button.before is not None and piece.form == "stop":
        early = piece.grid.find_sample(piece.grid.beats - 1)
        lines += [_sounded(piece, sound, button.before, early, 0.12) for sound in button.sounds if early > 0]
    return lines


def find_tail_end(piece: Piece) -> int:
    """Return the sample at which the last sound is gone:
    the hit rings as long as its picture stands, then true silence.
    """
    length = piece.request.samples
    return length - min(to_samples(LAST_SILENCE), length // 8)


def make_hushes(piece: Piece) -> tuple[Hush, ...]:
    """Make the silences of the form ``stop``: half a beat before the lift, all of it;
    the rest before the button, in which the plate may ring.
    """
    found = []
    lift, silent = piece.grid.lift, piece.find_silence_start()
    if lift and silent is not None:
        fade = min(to_samples(piece.mood.turn.fade_ms / 1000), (piece.grid.find_sample(lift) - silent) // 2)
        found.append(Hush(silent, piece.grid.find_sample(lift), fade, is_complete=True))
    if piece.find_rest_start() < piece.grid.button and piece.mood.button.before is None:
        found.append(Hush(piece.find_rest_start(), piece.grid.button, to_samples(0.03), is_complete=False))
    return tuple(found)


def _ringing(piece: Piece, at: int, room: float) -> Iterator[Note]:
    """Yield the button's chord for ``room`` seconds, and where that is long its answers, each on a beat."""
    voicing = choose_voicings([piece.mood.button.chord], 66)[0]
    yield Note(at, "ring", voicing, room, 100)
    beat = piece.grid.beat / RATE
    gone = int((room - ANSWERED_EVERY) / beat) * beat
    while gone >= LEAST_RING:
        yield Note(at + round(gone * RATE), "ring", voicing, room - gone, ANSWER_VELOCITY)
        gone -= max(1, round(ANSWERED_EVERY / beat)) * beat


def _sounded(piece: Piece, sound: str, chord: Chord, at: int, hold: float) -> Line:
    kind = load_sounds()[sound].engine
    fall, louder = FALL_DB / piece.mood.button.ring, piece.mood.button.level
    low = "bass" in sound or sound == "tuba"
    voicing = choose_voicings([chord], 64 if kind != "struck" else 67)[0]
    if low:
        voicing = (find_nearest_pitch(chord.root, 38),)
    elif sound in ("glock", "bell", "vibes", "xylophone", "music_box"):
        voicing = (find_nearest_pitch(chord.root, 84), find_nearest_pitch(chord.root, 84) + 12)
    elif kind != "cloud":
        voicing = (find_nearest_pitch(chord.root, 48), *voicing)
    roll = to_samples(piece.mood.button.roll_ms / 1000)
    if kind == "cloud":
        return Line(
            kind="chord", level=-25.0 + louder, notes=(Note(at, sound, voicing, hold, 100),), send=-9.0, fall_db_s=fall
        )
    notes = tuple(Note(at + i * roll, sound, (pitch,), hold, 100) for i, pitch in enumerate(voicing))
    return Line(
        kind="tone", level=(-19.0 if low else -22.0) + louder, notes=notes, send=None if low else -8.0, fall_db_s=fall
    )


def _struck(piece: Piece, at: int) -> list[Line]:
    button = piece.mood.button
    if piece.form == "through":
        return []
    named = ((button.kick, -5.0, -14.0), (button.crash, -12.0, -12.0), ("sub" if button.has_sub else "", -9.0, None))
    return [
        Line(kind="drum", level=level, notes=(Note(at, name, (), 0.0, 100),), send=send, has_peak_level=True)
        for name, level, send in named
        if name
    ]


def _mnemonic(piece: Piece, at: int, hold: float) -> Line:
    """Make a few notes to remember, an eighth apart, the first on the button."""
    home = find_nearest_pitch(piece.mood.tonic, 72)
    gap = round(piece.grid.beat / 2)
    sound = next(s for s in piece.mood.button.sounds if load_sounds()[s].engine == "struck")
    notes = tuple(
        Note(at + index * gap, sound, (home + step,), hold, 96) for index, step in enumerate(piece.mood.button.mnemonic)
    )
    return Line(kind="tone", level=-18.0, notes=notes, send=-8.0)
