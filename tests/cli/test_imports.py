"""A verb imports its own module and what it needs: by what is imported, since seconds depend on the machine."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import ROOT
from reelwright.cli import app

CODE = """
import gc, sys
from reelwright.cli.__main__ import main
sys.argv = ["reelwright", *sys.argv[1:]]
collections = []
gc.callbacks.append(lambda phase, info: collections.append(info))
try:
    main()
finally:
    print([*sys.modules], file=sys.stderr)
    print(len(collections), file=sys.stderr)
"""
PLACES = [(panel, place) for panel, verbs in app.VERBS.items() for place in verbs.values()]
PLACES += [*app.GROUPS.values()]
VERB_MODULES = {f"reelwright.cli.{app.FOLDERS[panel]}.{place.partition('.')[0]}" for panel, place in PLACES}


def run_verb(home: Path, *typed: str) -> tuple[set[str], int]:
    """Run the program; return the modules that it imported, and how often it looked for garbage before its end."""
    env = {**os.environ, "REELWRIGHT_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    ran = subprocess.run([sys.executable, "-c", CODE, *typed], env=env, capture_output=True, text=True, check=True)
    modules, collections = ran.stderr.splitlines()[-2:]
    return set(ast.literal_eval(modules)), int(collections)


def test_the_version_imports_no_verb_and_nothing_that_checks_values(tmp_path: Path) -> None:
    modules, collections = run_verb(tmp_path, "--version")
    assert not modules & {*VERB_MODULES, "pydantic", "reelwright.studio.studio", "reelwright.catalogue", "sqlalchemy"}
    assert collections == 0


@pytest.mark.parametrize("verb", ["models", "jobs", "spend"])
def test_a_verb_that_asks_nobody_imports_its_own_module_alone_and_no_client(verb: str, tmp_path: Path) -> None:
    modules, collections = run_verb(tmp_path, verb)
    assert modules & VERB_MODULES == {f"reelwright.cli.look.{verb}"}
    assert not modules & {
        "httpx2",
        "httpcore2",
        "anyio",
        "skia",
        "av",
        "numpy",
        "starlette",
        "reelwright.planner.rules",
    }
    assert collections == 0, "what is imported stays: looking through it for garbage finds none"


def test_a_price_needs_no_client_and_no_schema_of_the_options(tmp_path: Path) -> None:
    brief = "2-second bumper for VoltCup, a self-heating mug. Order at voltcup.example"
    modules, _ = run_verb(tmp_path, "quote", brief, "--length", "2")
    assert not modules & {"httpx2", "httpcore2", "skia", "av", "numpy", "starlette"}


def test_every_verb_is_where_the_table_says_and_help_has_all_of_them() -> None:
    built = app.build_app()
    commands = {command.name for command in built.registered_commands}
    assert commands == {name for verbs in app.VERBS.values() for name in verbs}
    assert {group.name for group in built.registered_groups} == {*app.GROUPS}


@pytest.mark.parametrize("typed", [["models"], ["make", "--help"], ["--log-level", "debug", "jobs", "--json"]])
def test_only_the_verb_that_is_typed_is_built(typed: list[str]) -> None:
    built = app.build_app(typed)
    (name,) = [one.name for one in (*built.registered_commands, *built.registered_groups)]
    assert name in typed


@pytest.mark.parametrize("typed", [[], ["vanish"], ["--help"], ["--log-level=debug"], ["--version", "jobs"]])
def test_help_and_an_unknown_verb_have_all_verbs(typed: list[str]) -> None:
    built = app.build_app(typed)
    assert len(built.registered_commands) + len(built.registered_groups) == len(PLACES)
