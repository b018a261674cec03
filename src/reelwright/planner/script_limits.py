"""What a script may say: beats in an order that tells a story, words that can be read, nothing that nobody told us."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from reelwright.planner.archetypes import Archetype
from reelwright.planner.certain.nouns import Certain
from reelwright.planner.counting import read_words
from reelwright.planner.grammar import REQUIRES, followers
from reelwright.planner.script import NEEDED, Scene, Script
from reelwright.planner.tables import beats, sequences

_VERBATIM: Final = ("number", "quote", "who", "code", "url", "source")
"""Words that stand in the brief as they are, or not at all."""
_NUMBER: Final = re.compile(r"\d+")
_ADDRESS: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.|\b[\w-]+\.(?=[a-z]{2,})[\w./-]+|[\\/][\w.-]+[\\/]|@\w)", re.I
)
"""What leads somewhere: an address, a path, a handle."""
TOLD: Final[Mapping[str, int]] = MappingProxyType(
    {"cold_open": 2, "hook": 2, "problem": 3, "agitate": 3, "demo": 3, "benefit": 3, "brand": 2, "proof": 2}
)
"""Shots that a beat may be told in; one where it is not named."""
_WHOSE: Final = re.compile(r"^(?:your|our|the|my)\s+")
_QUOTED: Final = re.compile(r"[\"“”„«»「」『』]")


def most_shots(total_ms: int) -> int:
    """Most shots of a film; beyond a minute they grow with its length. Source: craft.md 1.3, read 2026-11-20."""
    known = [ms for ms in sequences() if ms <= total_ms + 1000]
    near = max(known, default=6000)
    return max(sequences()[near].shots, sequences()[near].shots * total_ms // near)


def faults_of(
    script: Script, brief: str, certain: Certain, total_ms: int, language: str, shape: Archetype | None = None
) -> list[str]:
    """What is wrong, each with its path. ``shape``: whose beats it has to tell, in its order. Pure."""
    said = _plain(brief)
    return [
        *_named(script, said),
        *_order(script, Fraction(total_ms, 1000)),
        *(_shaped(script, shape) if shape else ()),
        *_counts(script, total_ms),
        *_shown(script, language),
        *_known(script, said, certain),
    ]


def untold(brief: str, certain: Certain) -> frozenset[str]:
    """Beats for which the brief brings nothing that could be shown: no number, no quote, no offer, no date."""
    told = {
        "proof": any(c.isdigit() for c in brief),
        "testimonial": _QUOTED.search(brief) is not None,
        "offer": bool(certain.of("offer")),
        "urgency": bool(certain.of("offer") and certain.of("date")),
    }
    return frozenset(name for name, yes in told.items() if not yes)


def _named(script: Script, said: str) -> Iterator[str]:
    name = _plain(script.name)
    if name and name not in said and _WHOSE.sub("", name) not in said:
        yield f"name: {script.name!r} does not stand in the brief"


def _order(script: Script, seconds: Fraction) -> Iterator[str]:
    names = [turn.beat for turn in script.beats]
    if not names:
        return
    if names[0] not in ("hook", "cold_open") and names != ["end_card"]:
        yield "beats[0]: a film starts with hook or cold_open"
    if names[-1] != "end_card" or names.count("end_card") > 1:
        yield "beats: exactly one end_card, as the last beat"
    for index, (here, after) in enumerate(itertools.pairwise(names), 1):
        if after not in followers(here, seconds):
            yield f"beats[{index}]: after {here} comes one of {', '.join(followers(here, seconds)) or 'nothing'}"
    for index, name in enumerate(names):
        if name in REQUIRES and REQUIRES[name] not in names[:index]:
            yield f"beats[{index}]: {name} needs {REQUIRES[name]} before it"
        if name != "demo" and names.index(name) < index:
            yield f"beats[{index}]: {name} is told already"
    if names.count("demo") > 2:
        yield "beats: demo at most twice"


def _shaped(script: Script, shape: Archetype) -> Iterator[str]:
    at = 0
    for index, turn in enumerate(script.beats):
        if turn.beat not in shape.beats:
            yield f"beats[{index}]: {shape.name} has no {turn.beat}; it tells {', '.join(shape.beats)}"
        elif shape.beats.index(turn.beat) < at:
            yield f"beats[{index}]: {shape.name} tells {turn.beat} earlier: {', '.join(shape.beats)}"
        else:
            at = shape.beats.index(turn.beat)


def _counts(script: Script, total_ms: int) -> Iterator[str]:
    """A film has time for so many beats and shots. Source: craft.md 1.1 and 1.3, read 2026-11-20."""
    least = sum(beats()[turn.beat].min_ms for turn in script.beats)
    if least > max(total_ms, 2000 * len(script.beats)) and len(script.beats) > 2:
        yield f"beats: {len(script.beats)} beats need at least {least / 1000:g} s; the film lasts {total_ms / 1000:g} s"
    shots = sum(len(turn.shots) for turn in script.beats)
    if shots > most_shots(total_ms):
        yield f"beats: {shots} shots; a film of {total_ms / 1000:g} s has at most {most_shots(total_ms)}"
    for index, turn in enumerate(script.beats):
        most = TOLD.get(turn.beat, 1)
        if len(turn.shots) > most:
            yield f"beats[{index}].shots: {len(turn.shots)} shots; {turn.beat} has at most {most}"


def _shown(script: Script, language: str) -> Iterator[str]:
    for where, beat, scene in _scenes(script):
        most, count = beats()[beat].words, read_words(scene.words, language)
        if count > most:
            yield f"{where}.words: {count} words to be read at once; {beat} has at most {most}"
    for index, turn in enumerate(script.beats):
        for role in NEEDED.get(turn.beat, ()):
            if not any(role in scene.words for scene in turn.shots):
                yield f"beats[{index}]: {turn.beat} needs words.{role}"
        if turn.beat in ("hook", "cta") and not any(scene.words for scene in turn.shots):
            yield f"beats[{index}]: {turn.beat} needs words.line"


def _known(script: Script, said: str, certain: Certain) -> Iterator[str]:
    """Numbers, names, codes, addresses and quotes stand in the brief; so does whatever a beat is evidence of."""
    nothing = untold(said, certain)
    for index, turn in enumerate(script.beats):
        if turn.beat in nothing:
            yield f"beats[{index}]: the brief tells nothing for a beat {turn.beat}; leave it out"
    numbers = set(_NUMBER.findall(said))
    for where, _, scene in _scenes(script):
        for slot, text in _texts(scene):
            plain = _plain(text)
            if made_up := [number for number in _NUMBER.findall(plain) if number not in numbers]:
                yield f"{where}.{slot}: {made_up[0]} does not stand in the brief; numbers are never made up"
            for address in _ADDRESS.findall(plain):
                if address.rstrip(".,") not in said:
                    yield f"{where}.{slot}: {address!r} does not stand in the brief"
        for role in _VERBATIM:
            text = _plain(scene.words.get(role, "")).removesuffix("…").strip()
            if text and text not in said:
                yield f"{where}.words.{role}: must be copied from the brief, word for word"
        for slot in ("sees", "camera", "light", "sound"):
            if _ADDRESS.search(getattr(scene, slot)):
                yield f"{where}.{slot}: says what is seen and heard; no addresses"


def _scenes(script: Script) -> Iterator[tuple[str, str, Scene]]:
    for index, turn in enumerate(script.beats):
        for n, scene in enumerate(turn.shots):
            yield f"beats[{index}].shots[{n}]", turn.beat, scene


def _texts(scene: Scene) -> Iterator[tuple[str, str]]:
    """What is read or heard."""
    yield from ((f"words.{role}", text) for role, text in scene.words.items())
    yield "say", scene.say


def _plain(text: str) -> str:
    """Compared without regard to case, width, marks on letters, quotes and blanks."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_SAME)
    bare = "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Cf"))
    return " ".join(bare.split())


_SAME: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-"})
