"""Checks what a script may say: beats in a possible order, readable words, and nothing that the brief did not."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from reelwright.planner.archetypes import Archetype
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.counting import count_read_words
from reelwright.planner.grammar import REQUIRES, list_followers
from reelwright.planner.tables import load_beats
from reelwright.planner.writing.script import NEEDED_ROLES, Script, ScriptShot
from reelwright.planner.writing.script_limits import MAX_SHOTS_OF_BEAT, compute_max_shots

_VERBATIM: Final = ("number", "quote", "who", "code", "url", "source")
"""Roles whose words must stand in the brief exactly so."""
_NUMBER: Final = re.compile(r"\d+")
_ADDRESS: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,30}://|www\.|\b[\w-]{1,63}\.(?=[a-z]{2})[\w./-]+|[\\/][\w.-]{1,255}[\\/]|@\w)", re.I
)
"""Matches what leads somewhere: an address, a path, a handle."""
_POSSESSIVE: Final = re.compile(r"^(?:your|our|the|my)\s+")
_QUOTATION_MARK: Final = re.compile(r"[\"“”„«»「」『』]")


def find_faults(
    script: Script, brief: str, certain: CertainFacts, total_ms: int, language: str, shape: Archetype | None = None
) -> list[str]:
    """Find what is wrong with a script, each fault with its path. ``shape``: the archetype whose beats it must tell.
    Pure.
    """
    brief_text = _normalize(brief)
    return [
        *_check_name(script, brief_text),
        *_check_order(script, Fraction(total_ms, 1000)),
        *(_check_archetype(script, shape) if shape else ()),
        *_check_counts(script, total_ms),
        *_check_words(script, language),
        *_check_sources(script, brief_text, certain),
    ]


def list_untold_beats(brief: str, certain: CertainFacts) -> frozenset[str]:
    """Return those of proof, testimonial, offer and urgency that the brief has no digit, quote, offer or date for."""
    tellable = {
        "proof": any(c.isdigit() for c in brief),
        "testimonial": _QUOTATION_MARK.search(brief) is not None,
        "offer": bool(certain.list_pieces("offer")),
        "urgency": bool(certain.list_pieces("offer") and certain.list_pieces("date")),
    }
    return frozenset(name for name, yes in tellable.items() if not yes)


def _check_name(script: Script, brief_text: str) -> Iterator[str]:
    name = _normalize(script.name)
    if name and name not in brief_text and _POSSESSIVE.sub("", name) not in brief_text:
        yield f"name: {script.name!r} does not stand in the brief"


def _check_order(script: Script, seconds: Fraction) -> Iterator[str]:
    names = [turn.beat for turn in script.beats]
    if not names:
        return
    if names[0] not in ("hook", "cold_open") and names != ["end_card"]:
        yield "beats[0]: a film starts with hook or cold_open"
    if names[-1] != "end_card" or names.count("end_card") > 1:
        yield "beats: exactly one end_card, as the last beat"
    for index, (here, after) in enumerate(itertools.pairwise(names), 1):
        if after not in list_followers(here, seconds):
            yield f"beats[{index}]: after {here} comes one of {', '.join(list_followers(here, seconds)) or 'nothing'}"
    for index, name in enumerate(names):
        if name in REQUIRES and REQUIRES[name] not in names[:index]:
            yield f"beats[{index}]: {name} needs {REQUIRES[name]} before it"
        if name != "demo" and names.index(name) < index:
            yield f"beats[{index}]: {name} is told already"
    if names.count("demo") > 2:
        yield "beats: demo at most twice"


def _check_archetype(script: Script, shape: Archetype) -> Iterator[str]:
    at = 0
    for index, turn in enumerate(script.beats):
        if turn.beat not in shape.beats:
            yield f"beats[{index}]: {shape.name} has no {turn.beat}; it tells {', '.join(shape.beats)}"
        elif shape.beats.index(turn.beat) < at:
            yield f"beats[{index}]: {shape.name} tells {turn.beat} earlier: {', '.join(shape.beats)}"
        else:
            at = shape.beats.index(turn.beat)


def _check_counts(script: Script, total_ms: int) -> Iterator[str]:
    """Check that a film has time for its beats and shots. Source: craft.md 1.1 and 1.3, read 2026-11-20."""
    least = sum(load_beats()[turn.beat].min_ms for turn in script.beats)
    if least > max(total_ms, 2000 * len(script.beats)) and len(script.beats) > 2:
        yield f"beats: {len(script.beats)} beats need at least {least / 1000:g} s; the film lasts {total_ms / 1000:g} s"
    shots = sum(len(turn.shots) for turn in script.beats)
    if shots > compute_max_shots(total_ms):
        yield f"beats: {shots} shots; a film of {total_ms / 1000:g} s has at most {compute_max_shots(total_ms)}"
    for index, turn in enumerate(script.beats):
        most = MAX_SHOTS_OF_BEAT.get(turn.beat, 1)
        if len(turn.shots) > most:
            yield f"beats[{index}].shots: {len(turn.shots)} shots; {turn.beat} has at most {most}"


def _check_words(script: Script, language: str) -> Iterator[str]:
    for where, beat, scene in _list_shots(script):
        most, count = load_beats()[beat].words, count_read_words(scene.words, language)
        if count > most:
            yield f"{where}.words: {count} words to be read at once; {beat} has at most {most}"
    for index, turn in enumerate(script.beats):
        for role in NEEDED_ROLES.get(turn.beat, ()):
            if not any(role in scene.words for scene in turn.shots):
                yield f"beats[{index}]: {turn.beat} needs words.{role}"
        if turn.beat in ("hook", "cta") and not any(scene.words for scene in turn.shots):
            yield f"beats[{index}]: {turn.beat} needs words.line"


def _check_sources(script: Script, brief_text: str, certain: CertainFacts) -> Iterator[str]:
    """Check that numbers, names, codes, addresses and quotations stand in the brief, and whatever a beat is evidence
    of.
    """
    nothing = list_untold_beats(brief_text, certain)
    for index, turn in enumerate(script.beats):
        if turn.beat in nothing:
            yield f"beats[{index}]: the brief tells nothing for a beat {turn.beat}; leave it out"
    numbers = set(_NUMBER.findall(brief_text))
    for where, _, scene in _list_shots(script):
        for slot, text in _list_texts(scene):
            plain = _normalize(text)
            if made_up := [number for number in _NUMBER.findall(plain) if number not in numbers]:
                yield f"{where}.{slot}: {made_up[0]} does not stand in the brief; numbers are never made up"
            for address in _ADDRESS.findall(plain):
                if address.rstrip(".,") not in brief_text:
                    yield f"{where}.{slot}: {address!r} does not stand in the brief"
        for role in _VERBATIM:
            text = _normalize(scene.words.get(role, "")).removesuffix("…").strip()
            if text and text not in brief_text:
                yield f"{where}.words.{role}: must be copied from the brief, word for word"
        for slot in ("sees", "camera", "light", "sound"):
            if _ADDRESS.search(getattr(scene, slot)):
                yield f"{where}.{slot}: says what is seen and heard; no addresses"


def _list_shots(script: Script) -> Iterator[tuple[str, str, ScriptShot]]:
    for index, turn in enumerate(script.beats):
        for n, scene in enumerate(turn.shots):
            yield f"beats[{index}].shots[{n}]", turn.beat, scene


def _list_texts(scene: ScriptShot) -> Iterator[tuple[str, str]]:
    yield from ((f"words.{role}", text) for role, text in scene.words.items())
    yield "say", scene.say


def _normalize(text: str) -> str:
    """Normalise text for comparison: case, width, marks on letters, quotation marks and blanks do not count."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_SAME_CHARACTERS)
    bare = "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Cf"))
    return " ".join(bare.split())


_SAME_CHARACTERS: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-"}
)
