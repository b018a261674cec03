"""Running the program as a person does: a process of its own, with a home of its own.

The process is forked from a warm one (``cli.forked_verb``). Tests of how the program starts, ends or is killed start it
themselves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from crash.forked import Forks
from crash.kinds import environment
from json_schemas import check_printed
from studio.prepared import prepare_hands_of

ROOT = Path(__file__).resolve().parents[2]


MOST_S = 110
"""Seconds for one verb."""


class Ran:
    """What a run of the program left: exit code, both outputs, and the JSON of the first."""

    def __init__(self, code: int | None, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An awkward home: a space and letters beyond ASCII."""
    return tmp_path / "zoë müller" / "reelwright"


@pytest.fixture
def env(home: Path, tmp_path: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REELWRIGHT_")}
    films = {"REELWRIGHT_FILMS_FOLDER": str(tmp_path)}  # else they would land where the tests were started
    return {**kept, **films, "REELWRIGHT_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}


@pytest.fixture(scope="session")
def verbs(tmp_path_factory: pytest.TempPathFactory, prepared_folder: Path) -> Iterator[Forks]:
    """The warm process of which verbs are forked. Of films that are made twice, the works are done once."""
    with_prepared = environment()
    prepare_hands_of(with_prepared, prepared_folder)
    made = Forks(tmp_path_factory.mktemp("verbs"), with_prepared, "cli.forked_verb")
    yield made
    made.end()


def started(args: Sequence[str], env: dict[str, str], typed: str) -> Ran:
    """The program itself, in an interpreter of its own."""
    command = [sys.executable, "-m", "reelwright.cli", *args]
    done = subprocess.run(command, env=env, capture_output=True, text=True, input=typed, timeout=MOST_S, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def reelwright(env: dict[str, str], verbs: Forks, tmp_path_factory: pytest.TempPathFactory) -> Run:
    typed_in = tmp_path_factory.mktemp("typed") / "in"

    def run(*args: str, stdin: str | None = None, **more: str) -> Ran:
        if any(name.startswith(("PYTHON", "LC_", "LANG")) for name in more):  # a warm process has read these already
            ran = started(args, {**env, **more}, stdin or "")
            check_printed(args, ran.out)
            return ran
        typed_in.write_text(stdin or "", encoding="utf-8")
        verb = verbs.start([str(Path.cwd()), str(typed_in), *args], {**env, **more})
        try:
            out, err = verb.communicate(timeout=MOST_S)
        except subprocess.TimeoutExpired:
            verb.kill()
            raise
        verb.discard()
        check_printed(args, out)
        return Ran(verb.returncode, out, err)

    return run
