"""``make test`` runs a part of the cases of some tests by a seed, and a lane runs all of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
SOURCE = """
import pytest

@pytest.fixture(params=["sqlite", "postgres"])
def database(request):
    return request.param

@pytest.mark.sampled
@pytest.mark.parametrize("kind", "abc")
@pytest.mark.parametrize("place", range(4))
def test_pair(database, kind, place):
    pass

@pytest.mark.sampled("database", "kind")
@pytest.mark.parametrize("kind", "abc")
def test_free(database, kind):
    pass

@pytest.mark.sampled(count=2)
@pytest.mark.parametrize("place", range(9))
def test_some(place):
    pass

@pytest.mark.parametrize("place", range(2))
def test_unmarked(place):
    pass
"""


def run(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", "-p", "sampled", "-v", *options]
    env = {**os.environ, "PYTHONPATH": str(TESTS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=100, check=False)
    return done.stdout


def list_run(output: str, test: str) -> set[str]:
    return set(re.findall(rf"::{test}\[(.*?)\] PASSED", output))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_one.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  sampled: in part\n", encoding="utf-8")
    return tmp_path


def test_each_value_of_each_parameter_is_met_and_what_was_left_out_is_said(folder: Path) -> None:
    output = run(folder, "--sample", "abc")
    pairs = list_run(output, "test_pair")
    assert len(pairs) == 4
    assert {part for pair in pairs for part in pair.split("-")} == {"sqlite", "postgres", *"abc", *"0123"}
    assert len(list_run(output, "test_free")) == 1
    assert len(list_run(output, "test_some")) == len(list_run(output, "test_unmarked")) == 2
    assert "run in part by seed abc: 7 of 39 cases of 3 tests" in output


def test_another_seed_meets_other_cases(folder: Path) -> None:
    outputs = [run(folder, "--sample", seed) for seed in "1123"]
    assert list_run(outputs[0], "test_pair") == list_run(outputs[1], "test_pair")
    assert len(set().union(*(list_run(output, "test_some") for output in outputs))) > 2


def test_without_a_seed_all_are_run_and_the_lane_runs_what_is_marked(folder: Path) -> None:
    assert "41 passed" in run(folder)
    assert "39 passed, 2 deselected" in run(folder, "-m", "sampled")


def test_what_failed_is_run_again_whole(folder: Path) -> None:
    failing = SOURCE.replace("kind, place):\n    pass", "kind, place):\n    assert not kind")
    (folder / "test_one.py").write_text(failing, encoding="utf-8")
    assert "24 failed, 17 passed" in run(folder)
    assert "24 failed" in run(folder, "--sample", "abc", "--lf")


def test_the_lane_of_what_is_left_out_is_there() -> None:
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "--sample $(SEED)" in rules and re.search(r"^test-cases: .*\n\t.* -m sampled", rules, re.MULTILINE)
