"""A script out of a plan: what a language model might have written, for rehearsals that ask none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.archetypes import archetypes
from reelwright.planner.instructions import EDITION
from reelwright.planner.prompts import read_idea
from reelwright.planner.rules import plan as planned_by_rules
from reelwright.planner.script import ROLES_OF
from reelwright.planner.script_limits import TOLD
from reelwright.reel.brief import Brief
from reelwright.reel.plan import Beat, Plan, Shot
from reelwright.units import ASPECTS

_SETTLED: Final = re.compile(
    r"The film lasts (?P<seconds>\d+(?:\.\d+)?) s, is (?P<aspect>\d+:\d+), in the language (?P<language>[A-Za-z-]+)"
)

_SHAPE: Final = re.compile(r"The shape is (?P<name>[a-z ]+):")


def script_of(plan: Plan) -> str:
    """The JSON text whose script is this plan's. Shots that only continue a picture or a name are left out."""
    rows = [{"beat": beat.name, "shots": _shots(beat)} for beat in plan.beats]
    return json.dumps({"name": plan.title, "beats": rows}, ensure_ascii=False)


def rehearsed(said: str) -> str:
    """The answer to a question of the writer's, ``said`` being all that a language model would hear; by rules.

    What is no question of the writer's is answered with an empty object.
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
    try:
        return script_of(planned_by_rules(brief).plan)
    except BadInput:
        return "{}"


def _shape(instructions: str) -> str:
    found = _SHAPE.search(instructions)
    name = found["name"].replace(" ", "_") if found else ""
    return name if name in archetypes() else ""


def _shots(beat: Beat) -> list[dict[str, Any]]:
    says = {_at(beat, int(line.start)): line.text for line in beat.lines}
    rows = [_row(beat, shot, says.get(n, "")) for n, shot in enumerate(beat.shots)]
    if TOLD.get(beat.name, 1) == 1:
        return [_as_one(rows)]
    told = [row for row in rows if row.get("words") or row.get("say")] or rows[:1]
    return told[: TOLD[beat.name]]


def _at(beat: Beat, frame: int) -> int:
    """Which shot is on at a frame of the beat."""
    end = 0
    for n, shot in enumerate(beat.shots):
        end += shot.length
        if frame < end:
            return n
    return len(beat.shots) - 1


def _row(beat: Beat, shot: Shot, say: str) -> dict[str, Any]:
    idea = read_idea(shot.prompt)
    words = {role: text.replace("|", " ") for role, text in shot.words.items() if role in ROLES_OF[beat.name]}
    if beat.name == "reveal" and "line" in shot.words:
        words["descriptor"] = shot.words["line"].rstrip(".")
    slots = {"sees": idea.action, "camera": idea.camera, "light": idea.light, "sound": idea.sound}
    return {**({"words": words} if words else {}), **({"say": say} if say else {}), **_filled(slots)}


def _as_one(rows: list[dict[str, Any]]) -> dict[str, Any]:
    words: dict[str, str] = {}
    for row in reversed(rows):
        words |= row.get("words", {})
    say = next((row["say"] for row in rows if "say" in row), "")
    return {**rows[0], **({"words": words} if words else {}), **({"say": say} if say else {})}


def _filled(slots: Mapping[str, str]) -> dict[str, str]:
    return {slot: text for slot, text in slots.items() if text}
