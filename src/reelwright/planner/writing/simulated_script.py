"""Simulates the script that a language model might write of a brief, for rehearsals: the brief's own words, by beat."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import regex

from reelwright.errors import BadInput
from reelwright.planner.archetypes import load_archetypes
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.reading.read import read_brief
from reelwright.planner.tables import load_beats
from reelwright.planner.writing.instructions import EDITION
from reelwright.planner.writing.script import ScriptFaults, read_script
from reelwright.planner.writing.written_script import plan_written_script
from reelwright.reel.film.brief import Brief
from reelwright.units import ASPECTS

_SETTINGS_PATTERN: Final = re.compile(
    r"The film lasts (?P<seconds>\d+(?:\.\d+)?) s, is (?P<aspect>\d+:\d+), in the language (?P<language>[A-Za-z-]+)"
)
_SHAPE: Final = re.compile(r"The shape is (?P<name>[a-z ]+):")
_MAX_NAME_LETTERS: Final = 60
_DEFAULT_BEATS: Final = ("hook", "problem", "reveal", "demo", "benefit", "cta", "end_card")
_PARTS: Final = regex.compile(r"[.!?;:,…。、！？؟،|()\n]+|\s[–—-]\s")


def simulate_answer(prompt: str) -> str:
    """Answer the writer's ``prompt`` (all that a language model would hear) without a language model.

    The answer has the longest row of beats that the brief fills. Any other prompt is answered with an empty object.
    """
    instructions, found, rest = prompt.partition(f"({EDITION})\n")
    settled = _SETTINGS_PATTERN.search(instructions)
    if not found or settled is None or settled["aspect"] not in ASPECTS:
        return "{}"
    brief = Brief(
        text=rest,
        length_ms=round(float(settled["seconds"]) * 1000),
        aspect=settled["aspect"],
        language=settled["language"],
        archetype=_find_archetype(instructions),
    )
    answer = "{}"
    try:
        certain = read_brief(brief.text, brief.language)
        for names in _list_beat_rows(brief.archetype):
            answer = json.dumps(_build_answer(certain, names), ensure_ascii=False)
            script = read_script(answer)
            if not isinstance(script, ScriptFaults) and not isinstance(
                plan_written_script(brief, script), ScriptFaults
            ):
                return answer
    except BadInput:
        return "{}"
    return answer


def _find_archetype(instructions: str) -> str:
    found = _SHAPE.search(instructions)
    name = found["name"].replace(" ", "_") if found else ""
    return name if name in load_archetypes() else ""


def _list_beat_rows(shape: str) -> Iterator[tuple[str, ...]]:
    """Yield rows of beats to try, the longest first; each opens and ends as a film does."""
    row = load_archetypes()[shape].beats if shape else _DEFAULT_BEATS
    inner = [name for name in row if name not in ("hook", "end_card")]
    for count in range(len(inner), -1, -1):
        yield from (("hook", *chosen, "end_card") for chosen in itertools.combinations(inner, count))
    yield ("end_card",)


def _build_answer(certain: CertainFacts, names: tuple[str, ...]) -> dict[str, Any]:
    parts = _split_sentences(certain)
    texts = itertools.cycle(parts)
    name = certain.name.text if certain.name else " ".join(parts[0].split()[:3])[:_MAX_NAME_LETTERS].rstrip()
    rows = [{"beat": beat, "shots": [_build_shot(certain, beat, next(texts), name)]} for beat in names]
    return {"name": name, "beats": rows}


def _build_shot(certain: CertainFacts, beat: str, text: str, name: str) -> dict[str, Any]:
    line = " ".join(text.split()[: max(1, load_beats()[beat].words)])
    words = {"line": line}
    if beat in ("reveal", "end_card"):
        what, where = certain.list_pieces("descriptor"), certain.list_pieces("address")
        words = {"descriptor": what[0].text} if beat == "reveal" and what else {}
        words |= {"url": where[0].text} if beat == "end_card" and where else {}
    elif beat == "transformation":
        words = {"before": "Before", "after": "After"}
    elif beat == "testimonial":
        quote, who = certain.list_pieces("quote"), certain.list_pieces("who")
        words = {"quote": quote[0].text, "who": who[0].text} if quote and who else {}
    elif beat == "proof":
        words = {"number": next(iter(regex.findall(r"\p{Nd}+", certain.brief)), "")}
    elif beat == "cold_open":
        words = {}
    return {**({"words": words} if words else {}), "say": line, "sees": f"{name}, {beat.replace('_', ' ')}"}


def _split_sentences(certain: CertainFacts) -> list[str]:
    parts = [" ".join(part.split()) for part in _PARTS.split(certain.brief)]
    return [part for part in parts if any(char.isalpha() for char in part)] or [certain.brief]
