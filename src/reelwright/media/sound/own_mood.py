"""The mood as one film has it, by its seed: key, row of chords, register, and which instruments lead."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reelwright.media.sound.chance import make_generator
from reelwright.media.sound.moods import Button, Chords, Mood, Part

MOST_SEMITONES = 4
REGISTERS = (-4, 0, 3)
LEADING_DB = 1.5


@dataclass(frozen=True, slots=True)
class OwnMood:
    """A mood as one film has it. ``semitones``: from the key of the recipe; ``register``: of the chords' middle."""

    mood: Mood
    semitones: int
    register: int


def choose_own_mood(mood: Mood, seed: int) -> OwnMood:
    """Choose by ``seed`` what one film has of a mood: a key, one row of chords, a register and the parts that lead.

    Tempo, patterns of the drums, landmarks and the sound of the ensemble stay, so that it is the same mood.
    """
    rng = make_generator(seed, mood.name, "variation")
    semitones = int(rng.integers(-MOST_SEMITONES, MOST_SEMITONES + 1))
    rows = (mood.chords, *mood.others)
    chords = rows[int(rng.integers(len(rows)))]
    register = REGISTERS[int(rng.integers(len(REGISTERS)))]
    is_arp_first, is_turned = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    parts = tuple(_choose_tune(part, int(rng.integers(12)), is_turned) for part in mood.parts)
    varied = replace(
        mood,
        tonic=(mood.tonic + semitones) % 12,
        lift_steps=frozenset((step + semitones) % 12 for step in mood.lift_steps),
        chords=_transpose_row(chords, semitones),
        button=_transpose_button(mood.button, semitones),
        parts=_choose_leading(parts, "arp" if is_arp_first else "keys"),
    )
    return OwnMood(varied, semitones, register)


def _transpose_row(row: Chords, semitones: int) -> Chords:
    return Chords(
        before=tuple(chord.transpose(semitones) for chord in row.before),
        after=tuple(chord.transpose(semitones) for chord in row.after),
        turn=row.turn.transpose(semitones),
        cadence=row.cadence.transpose(semitones),
    )


def _transpose_button(button: Button, semitones: int) -> Button:
    before = button.before.transpose(semitones) if button.before else None
    return replace(button, chord=button.chord.transpose(semitones), before=before)


def _choose_tune(part: Part, number: int, is_turned: bool) -> Part:
    """Give the tune one of its sounds, and at times its second bar first."""
    if not part.rhythm:
        return part
    sounds = (part.sound, *part.others)
    rhythm = part.rhythm[16:] + part.rhythm[:16] if is_turned and part.rhythm[16] == "x" else part.rhythm
    return replace(part, sound=sounds[number % len(sounds)], rhythm=rhythm)


def _choose_leading(parts: tuple[Part, ...], leading: str) -> tuple[Part, ...]:
    """Let the broken chords or the chords lead: one is louder and comes first, the other is softer and follows."""
    pair = {part.name: part for part in parts if part.name in ("arp", "keys")}
    if len(pair) < 2:
        return parts
    first, last = sorted(part.start for part in pair.values())
    made = []
    for part in parts:
        if part.name == leading:
            part = replace(part, start=first, level=part.level + LEADING_DB)
        elif part.name in pair:
            part = replace(part, start=last, level=part.level - LEADING_DB)
        made.append(part)
    return tuple(made)
