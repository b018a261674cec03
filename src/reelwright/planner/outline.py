"""Which beats a film tells, in which order: by length, tone and what the brief gives evidence for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from reelwright.planner.durations import clamps
from reelwright.planner.extract import Understood
from reelwright.planner.grammar import REQUIRES, SHORT_S, followers
from reelwright.planner.tables import Tone, beats, sequences

if TYPE_CHECKING:
    from reelwright.planner.archetypes import Archetype

_EVIDENCED: Final = ("proof", "testimonial", "offer", "urgency")
_FILLERS: Final = ("benefit", "demo", "brand", "transformation", "cold_open", "cta")
"""What is added, in this order, where the beats there are cannot fill the film."""
CORE: Final = 97
"""Priority of a beat without which a shape is not that shape: above all but the end card."""
LONG_MS: Final = 30_000
TWO_DEMOS_MS: Final = 30_000
WORDLESS_MS: Final = 45_000


def evidence(understood: Understood) -> frozenset[str]:
    """Beats that the brief itself asks for by what it brings."""
    there = {
        "proof": bool(understood.proofs),
        "testimonial": understood.quote is not None,
        "offer": understood.offer is not None,
        "urgency": understood.offer is not None and understood.deadline is not None,
    }
    return frozenset(name for name, yes in there.items() if yes)


def outline(
    total_ms: int, tone: Tone, understood: Understood, can: Callable[[str], bool], pictured: int = 0,
    shape: Archetype | None = None, *, filmed: bool = False,
) -> list[str]:  # fmt: skip
    """Names of beats in order. ``can``: is there anything to show or say for a beat, without making it up?

    ``pictured``: how many own pictures and clips look for a place. ``shape``: whose beats and order it has.
    ``filmed``: a video model makes pictures for it, so that a beat may be without words.
    """
    seconds = Fraction(total_ms, 1000)
    if seconds < SHORT_S:
        return ["end_card"] if total_ms < 2500 else ["hook", "end_card"]
    proofs = evidence(understood)
    wanted = set(shape.beats) if shape else _usual(total_ms, tone, pictured, filmed)
    if not shape:
        wanted |= {name for name in proofs if name not in tone.drop and total_ms >= 10_000}
    wanted -= {name for name in _EVIDENCED if name not in proofs}
    wanted -= {name for name in wanted if not can(name)}
    if "hook" not in wanted and "cold_open" not in wanted:
        wanted.add("hook")
    if pictured and not wanted & {"demo", "benefit", "problem"} and total_ms >= 8000:
        wanted.add("demo")
    _supported(wanted)
    if shape:
        tone = shaped(tone, shape)
    names = _fitted(wanted, total_ms, tone, proofs, shape)
    names = _filled(names, total_ms, tone, can, shape)
    if (
        shape is None
        and tone.asl_ms < 2000
        and total_ms >= TWO_DEMOS_MS
        and "demo" in names
        and can("second demo")
        and "proof" in tone.insert
    ):
        names.insert(names.index("demo"), "demo")
    return names


def shaped(tone: Tone, shape: Archetype) -> Tone:
    """A tone that drops nothing of a shape and keeps its core to the last."""
    kept = dict.fromkeys(shape.core, CORE)
    drop = tuple(name for name in tone.drop if name not in shape.beats)
    return replace(tone, drop=drop, priorities={**tone.priorities, **kept})


def _usual(total_ms: int, tone: Tone, pictured: int, filmed: bool) -> set[str]:
    """The default sequence's beats with the tone's inserts and drops."""
    known = [ms for ms in sequences() if ms <= total_ms + 1000]
    usual = set(sequences()[max(known)].order if known else sequences()[6000].order)
    inserts = {name for name in tone.insert if total_ms >= 15_000 or name in ("cold_open", "brand")}
    usual |= inserts if total_ms >= 12_000 else set()
    if total_ms < LONG_MS and {"cold_open", "hook"} <= usual:
        usual.discard("hook" if "cold_open" in tone.insert else "cold_open")
    if not pictured and not (filmed and (tone.wordless or total_ms >= WORDLESS_MS)) and "cold_open" in usual:
        usual = usual - {"cold_open"} | {"hook"}  # an opening without words needs something to look at
    usual -= set(tone.drop)
    return usual


def _supported(wanted: set[str]) -> None:
    """Take away what lacks the beat it rests on."""
    for name, needed in REQUIRES.items():
        if name in wanted and needed not in wanted:
            wanted.discard(name)


def _priority(name: str, tone: Tone, proofs: frozenset[str]) -> int:
    rule = beats()[name]
    usual = rule.evidenced if name in proofs else rule.priority
    return tone.priorities.get(name, usual)


def _most(total_ms: int, tone: Tone) -> int:
    """Most beats: by length, and fewer where the tone holds its shots long."""
    near = [ms for ms in sequences() if ms <= total_ms + 1000]
    most = sequences()[max(near)].beats if near else 3
    return min(most, max(4, -(-total_ms // tone.asl_ms)))


def _fitted(wanted: set[str], total_ms: int, tone: Tone, proofs: frozenset[str], shape: Archetype | None) -> list[str]:
    """Drop the least important until count and shortest lengths fit and an order exists."""
    wanted = set(wanted)
    while True:
        order = _arranged(wanted, total_ms, tone, shape)
        tight = sum(clamps(name, total_ms)[0] for name in wanted) > total_ms
        if order and not tight and len(wanted) <= _most(total_ms, tone):
            return order
        loose = sorted(wanted - {"end_card"}, key=lambda name: (_priority(name, tone, proofs), name))
        loose = [n for n in loose if not (n in ("hook", "cold_open") and len(wanted & {"hook", "cold_open"}) == 1)]
        if not loose:
            return ["hook", "reveal", "end_card"]
        wanted.discard(loose[0])
        _supported(wanted)


def _filled(
    names: list[str], total_ms: int, tone: Tone, can: Callable[[str], bool], shape: Archetype | None
) -> list[str]:
    """Add beats while the longest lengths of those there are cannot reach the film's length."""
    for extra in _FILLERS:
        if sum(clamps(name, total_ms)[1] for name in names) >= total_ms and _early_enough(names, total_ms):
            break
        if extra in names or extra in tone.drop or not can(extra) or (shape and extra not in shape.beats):
            continue
        if extra in REQUIRES and REQUIRES[extra] not in names:
            continue
        longer = _arranged({*names, extra}, total_ms, tone, shape)
        if (
            longer
            and sum(clamps(name, total_ms)[0] for name in longer) <= total_ms
            and len(longer) <= _most(total_ms, tone) + 1
        ):
            names = longer
    return names


def _early_enough(names: Sequence[str], total_ms: int) -> bool:
    """What stands before the reveal can reach a fifth of the film."""
    if "reveal" not in names:
        return True
    before = names[: names.index("reveal")]
    return sum(clamps(name, total_ms)[1] for name in before) * 5 >= total_ms


def _arranged(wanted: set[str], total_ms: int, tone: Tone, shape: Archetype | None) -> list[str]:
    """The order of a shape is its own; where what is left of it may not follow each other there is none."""
    seconds = Fraction(total_ms, 1000)
    if shape is None:
        return arrange(wanted, seconds, brand_first=tone.brand_first)
    told = [name for name in shape.beats if name in wanted]
    held = all(after in followers(here, seconds) for here, after in itertools.pairwise(told))
    return told if held and told[-1] == "end_card" and told[0] in ("hook", "cold_open") else []


def arrange(wanted: set[str], seconds: Fraction, *, brand_first: bool = False) -> list[str]:
    """An order in which each beat may follow the one before; the usual order where it may. Empty: there is none."""
    usual = list(beats())
    if brand_first:
        usual.remove("brand")
        usual.insert(usual.index("reveal"), "brand")
    seen: set[tuple[str, frozenset[str]]] = set()

    def go(last: str, left: frozenset[str]) -> list[str] | None:
        if not left:
            return [] if last == "end_card" else None
        if (last, left) in seen:
            return None
        seen.add((last, left))
        for name in sorted(left & set(followers(last, seconds)), key=usual.index):
            if (needed := REQUIRES.get(name)) and needed in left:
                continue
            if (rest := go(name, left - {name})) is not None:
                return [name, *rest]
        return None

    for start in ("cold_open", "hook"):
        if start in wanted and (found := go(start, frozenset(wanted - {start}))) is not None:
            return [start, *found]
    return []
