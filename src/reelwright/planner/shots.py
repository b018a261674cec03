"""A beat as shots: staged words, the person's pictures and clips, each different from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.planner.counting import read_words, reading_frames
from reelwright.planner.durations import share
from reelwright.planner.materials import limits
from reelwright.planner.music import Grid
from reelwright.planner.rhythm import FAST_MS, LEAST_SHOT_MS, REVEAL_HOLD_MS
from reelwright.planner.tables import Tone
from reelwright.planner.words import Teller, Told
from reelwright.reel.brief import Material
from reelwright.reel.noun import noun
from reelwright.units import Frames

AGAIN_MS: Final = 700
"""Least time of a picture that has just been seen: a known object. Source: craft.md 3.3, read 2026-11-20."""
HERO_LAST: Final = ("hook", "proof", "demo")
"""Beats whose first shot is words alone; the hero comes with the last."""
STILL_MS: Final = 2500
"""In a fast tone something is visibly new at least this often. Source: craft.md 9.1, read 2026-11-20."""
SWAY: Final = 22
"""Weight of a short shot to the 100 of the long one beside it: equal lengths are a slideshow. Source: craft.md 3.3."""
AGAIN_WEIGHT: Final = 25
TELLING_WORDS: Final = 3
"""Least words of a description that is worth a shot of its own."""
NOTHING: Final = Told(words={}, said="")


@noun
class Draft:
    """A shot before it is matched. ``material`` fills the frame; ``hero`` stands in a staged picture.

    ``again``: the same material as in the shot before, seen closer or from the other side.
    """

    length: Frames
    told: Told
    material: Material | None = None
    hero: Material | None = None
    move: str = ""
    again: bool = False
    staging: str = ""
    """The beat whose staging it borrows; empty: its own."""


@noun
class Cast:
    """Who plays in a beat: pictures that fill the frame, and heroes (one for every staged shot, or one for all)."""

    fills: tuple[Material, ...] = ()
    heroes: tuple[Material, ...] = ()


def supply(beat: str, teller: Teller, cast: Cast) -> int:
    """How many different shots a beat can have."""
    photos = sum(1 for material in cast.fills if material.treatment == "photo")
    insert = 1 if beat == "reveal" or (beat == "hook" and any(m.treatment == "cutout" for m in cast.heroes)) else 0
    return max(teller.sets(beat) + insert, len(cast.heroes)) + len(cast.fills) + photos


def draft_beat(
    beat: str, start: int, length: int, shots: int, *, teller: Teller, tone: Tone, fps: tuple[int, int], grid: Grid,
    cast: Cast, moves: Iterator[str],
) -> list[Draft]:  # fmt: skip
    """The shots of one beat, at most ``shots`` of them where the pictures allow, lengths summing to ``length``."""
    rows = _pictured(beat, length, shots, teller, tone, fps, cast) if cast.fills else _staged(
        beat, length, shots, teller, tone, fps, cast
    )  # fmt: skip
    lengths = _lengths(rows, length, tone, teller.language, fps)
    drafts = []
    for row, frames in zip(rows, lengths, strict=True):
        move = next(moves) if row.material and row.material.treatment != "clip" else ""
        told = row.told if row.material else _fitted(row.told, frames, teller.language, fps)
        drafts.append(replace(row, length=Frames(frames), move=move, told=told))
    return _on_grid(drafts, start, length, tone, teller.language, fps, grid)


def _staged(
    beat: str, length: int, shots: int, teller: Teller, tone: Tone, fps: tuple[int, int], cast: Cast
) -> list[Draft]:
    """Words in every shot; beside a cut-out, a hook and a reveal may end on the hero alone."""
    heroes = cast.heroes
    wanted = max(1, min(shots, max(teller.sets(beat), len(heroes))))
    told = teller.tell(beat, wanted, Fraction((length - wanted + 1) * fps[1], fps[0]))
    rows = [_row(words) for words in told]
    for k in range(len(rows)):
        if heroes and not (beat in HERO_LAST and len(rows) > 1 and k < len(rows) - 1):
            rows[k] = replace(rows[k], hero=heroes[k % len(heroes)])
    alone = heroes[0] if heroes and heroes[0].treatment == "cutout" else None
    if alone and len(rows) < shots and beat in ("hook", "reveal"):
        rows = [*(replace(row, hero=None) if beat == "hook" else row for row in rows), _row(NOTHING, alone)]
    elif beat == "reveal" and len(rows) < shots:
        parted = _named_then_told(rows[0])
        if sum(_need(row, tone, length, teller.language, fps) for row in parted) <= length:
            rows = parted
    return rows


def _named_then_told(row: Draft) -> list[Draft]:
    """A reveal without a cut-out in two shots: the name, then what it is, on the colour of the benefit."""
    words = dict(row.told.words)
    kind = words.pop("descriptor", "")
    if len(kind.split()) < TELLING_WORDS:
        return [row]
    return [
        replace(row, told=replace(row.told, words=words)),
        replace(row, told=Told(words={"line": f"{kind}."}, said=""), staging="benefit"),
    ]


def _pictured(
    beat: str, length: int, shots: int, teller: Teller, tone: Tone, fps: tuple[int, int], cast: Cast
) -> list[Draft]:
    """Words first, then the pictures: the first of them carries what the words go on to say, as a caption."""
    least = LEAST_SHOT_MS * fps[0] // (fps[1] * 1000)
    holds = [limits(material, 0, length, fps, _hold_of(tone))[0] for material in cast.fills]
    room = length - sum(holds)
    staged = 0 if beat == "cold_open" or room < least else max(1, shots - len(cast.fills) - (tone.asl_ms < FAST_MS))
    staged = min(staged, room // least)
    if staged == 0 and sum(limits(m, 0, length, fps)[1] for m in cast.fills) < length and room >= least // 2:
        staged = 1
    captioned = 1 if cast.fills[0].treatment == "photo" or staged == 0 else 0
    own = Fraction((room - staged if staged else length) * fps[1], fps[0])
    under = captioned * Fraction(holds[0] * fps[1], fps[0])
    told = teller.tell(beat, max(1, staged + captioned), own + under, alone=own if captioned and staged else None)
    rows = [_row(words) for words in told[: max(staged, 0)]]
    spoken = told[len(rows)] if len(told) > len(rows) else NOTHING
    caption = spoken.said or spoken.words.get("line", "").replace("|", " ")
    for k, material in enumerate(cast.fills):
        rows.append(_row(Told(words={}, said=caption if k == 0 else ""), material))
    spare = length - sum(_need(row, tone, length, teller.language, fps) for row in rows)
    last = cast.fills[-1]
    if last.treatment == "photo" and len(rows) < shots and spare >= AGAIN_MS * fps[0] // (fps[1] * 1000):
        rows.append(replace(_row(NOTHING, last), again=True))
    return rows


def _row(told: Told, material: Material | None = None) -> Draft:
    return Draft(length=Frames(0), told=told, material=material)


def _hold_of(tone: Tone) -> int:
    """Least milliseconds for which a tone shows a picture that is new."""
    return 1600 if tone.asl_ms >= FAST_MS else LEAST_SHOT_MS


def _need(row: Draft, tone: Tone, total: int, language: str, fps: tuple[int, int]) -> int:
    return _bounds(row, tone, total, language, fps)[0]


def _bounds(row: Draft, tone: Tone, total: int, language: str, fps: tuple[int, int]) -> tuple[int, int]:
    """Least and most frames of a shot: its words can be read, its picture seen, its clip is long enough."""
    if row.material is None:
        need = max(LEAST_SHOT_MS * fps[0] // (fps[1] * 1000), int(reading_frames(row.told.words, language, fps)))
        if "name" in row.told.words:
            need = max(need, REVEAL_HOLD_MS * fps[0] // (fps[1] * 1000))
        return min(need, total), total
    if row.again:
        return AGAIN_MS * fps[0] // (fps[1] * 1000), total
    low, high = limits(row.material, 0, total, fps, _hold_of(tone))
    read = int(reading_frames({"line": row.told.said}, language, fps)) if row.told.said else 0
    low = max(low, min(read, high))
    return min(low, total), max(1, min(high, total))


def _lengths(rows: Sequence[Draft], total: int, tone: Tone, language: str, fps: tuple[int, int]) -> list[int]:
    bounds = [_bounds(row, tone, total, language, fps) for row in rows]
    low, high = [a for a, _ in bounds], [b for _, b in bounds]
    if sum(high) < total:  # photos may stand longer than they like to; clips cannot
        clips = [i for i, row in enumerate(rows) if row.material is not None and row.material.treatment == "clip"]
        high = [top if i in clips else total for i, top in enumerate(high)]
    longest = STILL_MS * fps[0] // (fps[1] * 1000)
    if tone.asl_ms < FAST_MS and sum(max(a, min(b, longest)) for a, b in bounds) >= total:
        high = [max(a, min(b, longest)) for a, b in bounds]
    return share(_weights(rows, tone, language), low, high, total)


def _weights(rows: Sequence[Draft], tone: Tone, language: str) -> list[int]:
    """What shots ask of their beat's time: long and short take turns, and the one with most words is a long one."""
    words = [read_words(row.told.words, language) if row.material is None else 2 for row in rows]
    longest = max(range(len(rows)), key=lambda k: (words[k], k))
    less = SWAY if tone.asl_ms < FAST_MS else SWAY + 20
    turns = [100 if (k - longest) % 2 == 0 else less for k in range(len(rows))]
    made = [(60 + 25 * words[k]) * turns[k] // 100 for k in range(len(rows))]
    return [AGAIN_WEIGHT if row.again else weight for row, weight in zip(rows, made, strict=True)]


def _fitted(told: Told, frames: int, language: str, fps: tuple[int, int]) -> Told:
    """Words that can be read in the shot's time: the least needed roles go first."""
    words = dict(told.words)
    for role in (
        "kicker",
        "steps",
        "terms",
        "legal",
        "role",
        "code",
        "label",
        "descriptor",
        "before",
        "url",
        "name",
        "line",
    ):
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


def _on_grid(
    drafts: list[Draft], start: int, length: int, tone: Tone, language: str, fps: tuple[int, int], grid: Grid
) -> list[Draft]:
    """Cuts inside a beat fall on beats of the music, else on half ones, where both shots keep what they need."""
    made = list(drafts)
    bounds = [_bounds(draft, tone, length, language, fps) for draft in made]
    for k in range(len(made) - 1):
        cut = start + sum(d.length for d in made[: k + 1])
        before, after = made[k], made[k + 1]
        for shift in _shifts(cut, grid):
            if (
                abs(shift) * 4 <= grid.beat * 3
                and _holds(bounds[k], before, shift)
                and _holds(bounds[k + 1], after, -shift)
            ):
                made[k] = replace(before, length=Frames(before.length + shift))
                made[k + 1] = replace(after, length=Frames(after.length - shift))
                break
    return made


def _shifts(cut: int, grid: Grid) -> list[int]:
    """Frames by which a cut may move, best first: to the beats round it, else to the half beats."""
    found = []
    for unit, price in ((grid.beat, Fraction(0)), (grid.beat / 2, grid.beat / 4)):
        first = int(cut / unit)
        found += [(abs(int(at * unit) - cut) + price, int(at * unit) - cut) for at in (first, first + 1)]
    return [shift for _, shift in sorted(found)]


def _holds(bounds: tuple[int, int], draft: Draft, shift: int) -> bool:
    low, high = bounds
    return min(low, draft.length) <= draft.length + shift <= max(high, draft.length)
