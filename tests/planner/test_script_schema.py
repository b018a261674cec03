"""The schema that a local server holds a script to: what it lets through, and what of a script it keeps out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from planner.briefs import BRIEFS
from reelwright.planner.writing.script import ROLES_OF
from reelwright.planner.writing.script_schema import build_schema
from reelwright.planner.writing.simulated_script import simulate_answer
from reelwright.planner.writing.writer import build_question
from reelwright.reel.film.brief import Brief

BRIEF = Brief(text="20-second spot for Fenn, a desk lamp. It never flickers. Order at fenn.example.")


def fits(value: Any, schema: Any) -> bool:
    """Whether ``value`` is what ``schema`` describes: the keywords that our schema uses, as a server reads them."""
    if "anyOf" in schema:
        return any(fits(value, one) for one in schema["anyOf"])
    kind = {"object": dict, "array": list, "string": str}[schema["type"]]
    if not isinstance(value, kind):
        return False
    if kind is str:
        return value in schema.get("enum", (value,))
    if kind is list:
        return schema["minItems"] <= len(value) <= schema["maxItems"] and all(fits(v, schema["items"]) for v in value)
    known = schema["properties"]
    return set(schema["required"]) <= set(value) <= set(known) and all(fits(v, known[k]) for k, v in value.items())


def shaped(brief: Brief, value: Any) -> bool:
    return fits(value, json.loads(build_schema(brief)))


@pytest.mark.parametrize("text", list(BRIEFS.values())[:12], ids=list(BRIEFS)[:12])
def test_what_a_good_answer_would_be_fits(text: str) -> None:
    brief = Brief(text=text, planner="ollama:any")
    asked = build_question(brief)
    answer = json.loads(simulate_answer(f"{asked.extra['instructions']}\n{asked.prompt}"))
    assert answer and shaped(brief, answer)


def script(*beats: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Fenn", "beats": list(beats)}


HOOK = {"beat": "hook", "shots": [{"words": {"line": "Still reading?"}, "sees": "a hand on a lamp"}]}


@pytest.mark.parametrize(
    "answer",
    [
        "a film about Fenn",
        {"name": "Fenn"},
        script(),
        script({**HOOK, "beat": "opening"}),
        script({**HOOK, "shots": []}),
        script({**HOOK, "shots": [{"words": {"line": "Still reading?"}}]}),
        script({**HOOK, "shots": [{"words": {"headline": "Still reading?"}, "sees": "a lamp"}]}),
        script({**HOOK, "mood": "calm"}),
    ],
)
def test_what_is_no_script_does_not_fit(answer: Any) -> None:
    assert shaped(BRIEF, script(HOOK)) and not shaped(BRIEF, answer)


def test_beats_for_which_the_brief_brings_nothing_are_not_there_to_be_chosen() -> None:
    said = build_schema(BRIEF)
    assert '"testimonial"' not in said and '"offer"' not in said and '"demo"' in said
    quoted = replace(BRIEF, text=f'{BRIEF.text} "I sleep better," says Ada, a nurse.')
    assert '"testimonial"' in build_schema(quoted)
    assert set(ROLES_OF) >= {beat["properties"]["beat"]["enum"][0] for beat in _beats(said)}


def _beats(said: str) -> list[Any]:
    found = json.loads(said)["properties"]["beats"]["items"]["anyOf"]
    assert isinstance(found, list)
    return found


def test_only_who_can_hold_an_answer_to_a_schema_is_given_one() -> None:
    assert "schema" in build_question(replace(BRIEF, planner="ollama:qwen3:8b")).extra
    assert "schema" not in build_question(replace(BRIEF, planner="gpt-6-luna")).extra, (
        "what was bought before stays bought"
    )
