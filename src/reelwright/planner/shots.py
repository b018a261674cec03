"""A beat as shots: staged words, the person's pictures and clips, cut to the length of the beat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.planner.counting import read_words, reading_frames, room_for
from reelwright.planner.durations import SINGLE, share
from reelwright.planner.materials import limits
from reelwright.planner.music import Grid
from reelwright.planner.tables import Tone
from reelwright.planner.words import Teller, Told
from reelwright.reel.brief import Material
from reelwright.reel.noun import noun
from reelwright.units import Frames

LONGEST_STAGED_S: Final = 8
STAGED_LEAST_MS: Final = 1200


@noun
class Draft:
    """A shot before it is matched. ``material`` fills the frame; ``hero`` stands in a staged picture."""

    length: Frames
    told: Told
    material: Material | None = None
    hero: Material | None = None
    move: str = ""


def draft_beat(
    beat: str, start: int, length: int, *, teller: Teller, tone: Tone, fps: tuple[int, int], grid: Grid,
    fills: Sequence[Material], heroes: Sequence[Material], moves: Iterator[str],
) -> list[Draft]:  # fmt: skip
    """The shots of one beat, lengths summing to ``length``. ``heroes``: one for every staged shot, or one for all."""
    count = _staged(beat, length, len(heroes), bool(fills), teller, tone, fps, fills)
    told = _tell(beat, count, length, fills, teller, fps)
    rows: list[tuple[Material | None, Told]] = [(None, words) for words in told] + [
        (material, Told(words={}, said="")) for material in fills
    ]
    if not told:
        first = teller.tell(beat, 99, Fraction(length * fps[1], fps[0]))
        rows[0] = (rows[0][0], Told(words={}, said=first.said or next(iter(first.words.values()), "")))
    lengths = _lengths(rows, length, teller.language, fps)
    drafts = []
    at = start
    for k, ((material, words), frames) in enumerate(zip(rows, lengths, strict=True)):
        hero = heroes[k % len(heroes)] if heroes and material is None else None
        move = next(moves) if material and material.treatment != "clip" else ""
        fitted = _fitted(words, frames, teller.language, fps) if material is None else words
        drafts.append(Draft(length=Frames(frames), told=fitted, material=material, hero=hero, move=move))
        at += frames
    return _on_beats(drafts, start, length, teller.language, fps, grid)


def _staged(
    beat: str, length: int, heroes: int, filled: bool, teller: Teller, tone: Tone, fps: tuple[int, int],
    fills: Sequence[Material],
) -> int:  # fmt: skip
    """How many staged shots: as many as there are different words for, in the tone's rhythm; none beside a picture
    that needs the whole beat."""
    least = STAGED_LEAST_MS * fps[0] // (fps[1] * 1000)
    taken = sum(limits(material, 0, length, fps)[0] for material in fills)
    room = length - taken
    if filled and (room < least * 3 // 2 or beat in ("cold_open", "hook")):
        most = sum(limits(material, 0, length, fps)[1] for material in fills)
        return 0 if most >= length else 1
    rhythm = max(1, round(Fraction(room * fps[1] * 1000, fps[0] * tone.asl_ms)))
    many = max(1, min(max(teller.sets(beat), heroes), rhythm, 4, room // (least * 3 // 2) or 1))
    if filled:
        return 1
    return many if beat in SINGLE else max(many, -(-room * fps[1] // (LONGEST_STAGED_S * fps[0])))


def _tell(
    beat: str, count: int, length: int, fills: Sequence[Material], teller: Teller, fps: tuple[int, int]
) -> list[Told]:
    taken = sum(limits(material, 0, length, fps)[0] for material in fills)
    each = (length - taken) // count if count else 0
    seconds = Fraction(length * fps[1], fps[0] * max(1, count))
    return [teller.tell(beat, room_for(each, fps), seconds) for _ in range(count)]


def _lengths(
    rows: Sequence[tuple[Material | None, Told]], total: int, language: str, fps: tuple[int, int]
) -> list[int]:
    least = STAGED_LEAST_MS * fps[0] // (fps[1] * 1000)
    low, high = [], []
    for material, told in rows:
        need = max(least, int(reading_frames(told.words, language, fps)))
        bottom, top = limits(material, need, total, fps)
        low.append(min(bottom, total))
        high.append(max(1, min(top, total)))
    weights = [120 if material is None else 100 for material, _ in rows]
    clips = [i for i, (m, _) in enumerate(rows) if m is not None and m.treatment == "clip"]
    if sum(high) < total:  # photos may stand longer than they like to; clips cannot
        high = [top if i in clips else total for i, top in enumerate(high)]
    return share(weights, low, high, total)


def _fitted(told: Told, frames: int, language: str, fps: tuple[int, int]) -> Told:
    """Words that can be read in the shot's time: the least needed roles go first."""
    words = dict(told.words)
    for role in ("kicker", "steps", "terms", "legal", "role", "code", "descriptor", "before", "url", "name", "line"):
        if reading_frames(words, language, fps) <= frames or len(words) <= 1:
            break
        if role in words and read_words({role: words[role]}, language) and not _core(role, words):
            del words[role]
    return replace(told, words=words)


def _core(role: str, words: dict[str, str]) -> bool:
    """The role that its staging cannot be without."""
    if role == "name":
        return "line" not in words or "descriptor" in words or "url" in words
    return role == "line" and "name" not in words


def _on_beats(
    drafts: list[Draft], start: int, length: int, language: str, fps: tuple[int, int], grid: Grid
) -> list[Draft]:
    """Every other cut inside a beat falls on a beat of the music: not all, which would be metronomic.

    Source: craft.md 3.4, read 2026-11-20.
    """
    made = list(drafts)
    for k in range(0, len(made) - 1, 2):
        cut = start + sum(d.length for d in made[: k + 1])
        shift = int(grid.nearest(cut, grid.beat)) - cut
        before, after = made[k], made[k + 1]
        fits = abs(shift) * 2 <= grid.beat and all(
            _can_be(d, d.length + step, language, length, fps) for d, step in ((before, shift), (after, -shift))
        )
        if shift and fits:
            made[k] = replace(before, length=Frames(before.length + shift))
            made[k + 1] = replace(after, length=Frames(after.length - shift))
    return made


def _can_be(draft: Draft, frames: int, language: str, total: int, fps: tuple[int, int]) -> bool:
    need = max(STAGED_LEAST_MS * fps[0] // (fps[1] * 1000), int(reading_frames(draft.told.words, language, fps)))
    low, high = limits(draft.material, need, total, fps)
    return min(low, draft.length) <= frames <= max(high, draft.length if draft.material is None else high)
