"""``reelwright schema`` describes what each verb prints with ``--json``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from json_schemas import check, check_printed, list_faults
from reelwright.cli.app import app
from reelwright.cli.output.results_by_verb import ERROR, RESULT_MODELS
from reelwright.studio.results.result_schema import build_schema
from studio.result_examples import EXAMPLES
from sweep import sweep


def list_json_verbs(command: Any, name: str = "") -> Iterator[str]:
    """Yield the name of every verb that has ``--json``."""
    if any("--json" in param.opts for param in command.params):
        yield name
    for word, inner in getattr(command, "commands", {}).items():
        yield from list_json_verbs(inner, f"{name} {word}".strip())


def test_every_verb_with_json_has_a_schema() -> None:
    assert set(list_json_verbs(get_command(app))) == set(RESULT_MODELS) - {ERROR}


def test_every_result_is_as_its_schema_has_it() -> None:
    with sweep() as case:
        for name, example in EXAMPLES.items():
            with case(name):
                schema = build_schema(name, (type(example),))
                document = example.to_json()
                check(json.loads(json.dumps(document)), schema)
                assert list(list_faults(document | {"nonsense": 1}, schema, schema))
                assert list(list_faults(dict(list(document.items())[1:]), schema, schema))


def test_a_schema_is_printed_for_each_verb(reelwright) -> None:
    listed = reelwright("schema").out.split("\n")[:-1]
    assert listed == list(RESULT_MODELS)
    schema = reelwright("schema", "spend", "budget", "set").json
    assert schema["$schema"].endswith("2020-12/schema") and schema["title"] == "reelwright spend budget set --json"
    assert schema["$defs"]["BudgetSummary"]["properties"]["cap_usd"]["pattern"]
    assert "micros" not in reelwright("schema", "spend").out
    wrong = reelwright("schema", "vanish")
    assert wrong.code == 2 and "vanish" in wrong.err


def test_a_schema_has_the_public_names_of_what_stands_in_a_plan(reelwright) -> None:
    shot = reelwright("schema", "plan").json["$defs"]["Shot"]
    assert "text_mode" in shot["properties"] and "shows" not in shot["properties"]


def test_only_fields_that_are_left_out_while_empty_are_optional() -> None:
    film = build_schema("make", RESULT_MODELS["make"])["$defs"]["FilmResult"]
    optional = {
        "draft",
        "films",
        "files",
        "wait_reason",
        "reason",
        "message",
        "findings",
        "notes",
        "up_to_date_message",
        "reused_steps",
    }
    assert film["properties"].keys() - set(film["required"]) == optional | {"is_rehearsal"}
    assert "new_steps" not in film["properties"]


def test_what_a_verb_prints_is_compared_with_the_schema_of_that_verb() -> None:
    printed = json.dumps(EXAMPLES["ProjectList"].to_json())
    check_printed(("projects", "--json"), printed)
    with pytest.raises(AssertionError):
        check_printed(("jobs", "--json"), printed)
    with pytest.raises(AssertionError):
        check_printed(("jobs", "--json"), json.dumps({"error": {"kind": "BadInput"}}))


def test_each_verb_prints_what_its_schema_has(reelwright, home, tmp_path: Path) -> None:
    """``reelwright`` compares what is printed with the schema of the verb. Buying and keys have tests elsewhere."""
    brief = "“It never flickers.” For “Fenn”. Order at fenn.example"
    film = ("make", brief, "--length", "2", "--short-side", "180", "--aspect", "9:16")
    calls = [
        (*film, "--quote"), (*film, "--yes"), ("resume", "last"), ("quote", brief), ("plan", brief),
        ("plan", brief, "--quote"), ("plan", brief, "--as-script"), ("write", brief),
        ("edit", "last", "--shot", "1", "--words", "Cold", "--quote"), ("retake", "last", "--shot", "1", "--quote"),
        ("circle", "last", "--shot", "1", "--take", "1"), ("accept", "last"), ("watch", "last"), ("jobs",),
        ("projects",), ("show", "last"), ("show", "last", "--script"), ("flavors",), ("looks",), ("moods",),
        ("voices",),
        ("doctor",), ("models",), ("queue", "pause"), ("queue",), ("queue", "resume"),
        ("models", "--can", "plan"), ("models", "show", "gemini-omni"), ("keys",), ("pull", "last", "FOLDER/pulled"),
        ("apply", "FOLDER/pulled", "--quote"), ("export", "last", "--out", "FOLDER"), ("tidy",),
        ("backup", "FOLDER/backup"), ("backup", "FOLDER/backup", "--verify"), ("spend",), ("spend", "--free"),
        ("spend", "reconcile"), ("spend", "budget", "set", "account", "--usd", "20", "--per", "month"),
        ("spend", "budgets"), ("spend", "budget", "remove", "account", "--per", "month"), ("spend", "limits"),
        ("spend", "limit", "set", "jobs", "--open", "2"), ("spend", "limit", "remove", "jobs"),
        ("clip", "a boat", "--model", "openrouter-kling-v3-std", "--seconds", "3", "--quote"),
    ]  # fmt: skip
    for call in calls:
        ran = reelwright(*(word.replace("FOLDER", str(tmp_path)) for word in call), "--json")
        assert ran.code == 0, (call, ran.out, ran.err)
        assert ran.out.startswith("{"), call
