"""What a language model might have written of a brief, for rehearsals that ask none: the brief's own words, by beat."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import regex

from reelwright.errors import BadInput
from reelwright.planner.archetypes import archetypes
from reelwright.planner.certain.find import certain_of
from reelwright.planner.certain.nouns import Certain
from reelwright.planner.instructions import EDITION
from reelwright.planner.script import Faults, read_script
from reelwright.planner.scripted import film_of
from reelwright.planner.tables import beats
from reelwright.reel.brief import Brief
from reelwright.units import ASPECTS

_SETTLED: Final = re.compile(
    r"The film lasts (?P<seconds>\d+(?:\.\d+)?) s, is (?P<aspect>\d+:\d+), in the language (?P<language>[A-Za-z-]+)"
)
_SHAPE: Final = re.compile(r"The shape is (?P<name>[a-z ]+):")
_NAME: Final = 60
_USUAL: Final = ("hook", "problem", "reveal", "demo", "benefit", "cta", "end_card")
_PARTS: Final = regex.compile(r"[.!?;:,…。、！？؟،|()\n]+|\s[–—-]\s")


def rehearsed(said: str) -> str:
    """The answer to a question of the writer's, ``said`` being all that a language model would hear.

    The longest row of beats that the brief fills. What is no question of the writer's is answered with an empty object.
    """
    instructions, found, rest = said.partition(f"({EDITION})\n")
    settled = _SETTLED.search(instructions)
    if not found or settled is None or settled["aspect"] not in ASPECTS:
        return "{}"
    brief = Brief(
        text=rest,
        length_ms=round(float(settled["seconds"]) * 1000),
        aspect=settled["aspect"],
        language=settled["language"],
        archetype=_shape(instructions),
    )
    answer = "{}"
    try:
        certain = certain_of(brief.text, brief.language)
        for names in _rows(brief.archetype):
            answer = json.dumps(_answer(certain, names), ensure_ascii=False)
            script = read_script(answer)
            if not isinstance(script, Faults) and not isinstance(film_of(brief, script), Faults):
                return answer
    except BadInput:
        return "{}"
    return answer


def _shape(instructions: str) -> str:
    found = _SHAPE.search(instructions)
    name = found["name"].replace(" ", "_") if found else ""
    return name if name in archetypes() else ""


def _rows(shape: str) -> Iterator[tuple[str, ...]]:
    """Rows of beats to try, the longest first; each opens and ends as a film does."""
    row = archetypes()[shape].beats if shape else _USUAL
    inner = [name for name in row if name not in ("hook", "end_card")]
    for count in range(len(inner), -1, -1):
        yield from (("hook", *chosen, "end_card") for chosen in itertools.combinations(inner, count))
    yield ("end_card",)


def _answer(certain: Certain, names: tuple[str, ...]) -> dict[str, Any]:
    texts = itertools.cycle(_texts(certain))
    name = certain.name.text if certain.name else " ".join(certain.brief.split()[:3])[:_NAME].rstrip()
    rows = [{"beat": beat, "shots": [_shot(certain, beat, next(texts), name)]} for beat in names]
    return {"name": name, "beats": rows}


def _shot(certain: Certain, beat: str, text: str, name: str) -> dict[str, Any]:
    line = " ".join(text.split()[: max(1, beats()[beat].words)])
    words = {"line": line}
    if beat in ("reveal", "end_card"):
        what, where = certain.of("descriptor"), certain.of("address")
        words = {"descriptor": what[0].text} if beat == "reveal" and what else {}
        words |= {"url": where[0].text} if beat == "end_card" and where else {}
    elif beat == "transformation":
        words = {"before": "Before", "after": "After"}
    elif beat == "testimonial":
        quote, who = certain.of("quote"), certain.of("who")
        words = {"quote": quote[0].text, "who": who[0].text} if quote and who else {}
    elif beat == "proof":
        words = {"number": next(iter(regex.findall(r"\p{Nd}+", certain.brief)), "")}
    elif beat == "cold_open":
        words = {}
    return {**({"words": words} if words else {}), "say": line, "sees": f"{name}, {beat.replace('_', ' ')}"}


def _texts(certain: Certain) -> list[str]:
    parts = [" ".join(part.split()) for part in _PARTS.split(certain.brief)]
    return [part for part in parts if any(char.isalpha() for char in part)] or [certain.brief]
