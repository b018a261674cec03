"""Every verb with its streams closed, full or without a reader: its own exit code, no traceback, no lost film."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli import streams_program
from cli.conftest import ROOT
from reelwright.cli.app import VERBS as PROGRAM
from reelwright.cli.app import app
from reelwright.media.base.probe import probe

BRIEF = "2-second bumper for VoltCup, a self-heating mug. Order at voltcup.example"
TINY = ("--length", "2", "--short-side", "180", "--aspect", "9:16")
MAKE = ("make", BRIEF, *TINY, "--yes")


VERBS = {
    "make": ["make", BRIEF, *TINY, "--quote"],
    "make -": ["make", "-"],
    "clip": ["clip", "a boat", "--model", "openrouter-kling-v3-std", "--seconds", "3", "--quote"],
    "batch": ["batch", "FOLDER/rows.txt", "--quote"],
    "batch -": ["batch", "-", "--quote"],
    "quote": ["quote", BRIEF],
    "plan": ["plan", BRIEF],
    "write": ["write", BRIEF],
    "resume": ["resume", "last"],
    "retry": ["retry", "last"],
    "cancel": ["cancel", "last"],
    "priority": ["priority", "last", "low"],
    "queue": ["queue", "resume"],
    "edit": ["edit", "last", "--shot", "1", "--words", "Cold", "--quote"],
    "retake": ["retake", "last", "--shot", "1", "--quote"],
    "circle": ["circle", "last", "--shot", "1", "--take", "1"],
    "accept": ["accept", "last"],
    "watch": ["watch", "last"],
    "jobs": ["jobs"],
    "projects": ["projects"],
    "show": ["show", "last"],
    "sheet": ["sheet", "last", "--out", "FOLDER"],
    "show --script": ["show", "last", "--script"],
    "flavors": ["flavors"],
    "brand": ["brand"],
    "looks": ["looks"],
    "presets": ["presets"],
    "moods": ["moods"],
    "voices": ["voices", "--json"],
    "members": ["members", "list"],
    "retention": ["retention", "show"],
    "doctor": ["doctor"],
    "engines": ["engines", "list"],
    "schema": ["schema", "make"],
    "pull": ["pull", "last", "FOLDER/new"],
    "apply": ["apply", "FOLDER/pulled", "--quote"],
    "export": ["export", "last", "--out", "FOLDER"],
    "tidy": ["tidy"],
    "backup": ["backup", "FOLDER/backup"],
    "restore": ["restore", "FOLDER/no-backup"],
    "support-bundle": ["support-bundle", "--out", "FOLDER/help.zip"],
    "verify": ["verify", "nobody"],
    "keys": ["keys"],
    "api-keys": ["api-keys", "list"],
    "webhooks": ["webhooks", "list"],
    "models": ["models"],
    "models show": ["models", "show", "gemini-omni"],
    "spend": ["spend"],
    "nothing": [],
    "no such verb": ["vanish"],
    "version": ["--version"],
    "make --help": ["make", "--help"],
    "--help": ["--help"],
}
"""A quick call of every verb, in a home where a film was made; those that buy are asked for their price."""
NOT_TRIED = {"demo", "fake", "mcp", "open", "serve", "studio", "worker"}
"""20 seconds of film; until Ctrl-C; until its client goes; a player is started; until they are stopped."""
VERBS |= {name: [name] for names in PROGRAM.values() for name in names if name not in NOT_TRIED and name not in VERBS}
BAD_INPUT = {"make -", "batch -", "no such verb", "nothing", "restore", "retry", "verify", "priority"}
"""What ends with 2 whatever the streams are; everything else with 0."""
SPEAKS_ON_STDERR = {"watch", "api-keys", "webhooks", "members", *BAD_INPUT}


def plain_env() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REELWRIGHT_")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests"), kept.get("PYTHONPATH", "")])}


def test_every_verb_is_tried() -> None:
    left = set(get_command(app).commands) - {name.split()[0] for name in VERBS}  # type: ignore[attr-defined]
    assert left == NOT_TRIED


@pytest.fixture(scope="module")
def warm() -> Iterator[subprocess.Popen[str]]:
    """The process of which each verb is a fork."""
    command = [sys.executable, str(Path(streams_program.__file__))]
    with subprocess.Popen(
        command, env=plain_env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def run_verb(warm: subprocess.Popen[str], way: str, args: Sequence[str], home: Path) -> dict[str, Any]:
    """Run a verb with its streams in a ``way``; return its code and both outputs."""
    assert warm.stdin and warm.stdout
    warm.stdin.write(json.dumps({"way": way, "args": list(args), "home": str(home)}) + "\n")
    warm.stdin.flush()
    ran: dict[str, Any] = json.loads(warm.stdout.readline())
    return ran


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, warm: subprocess.Popen[str]) -> Path:
    """A folder with a home in which one small film was made, that film as a file, and rows of a batch."""
    folder = tmp_path_factory.mktemp("streams")
    for verb in (MAKE, ("pull", "last", str(folder / "pulled"))):
        ran = run_verb(warm, "files", verb, folder / "home")
        assert ran["code"] == 0, ran["err"]
    (folder / "rows.txt").write_text(f"{BRIEF}\n")
    return folder


@pytest.mark.sampled
@pytest.mark.parametrize("way", streams_program.WAYS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_ends_with_its_own_code_and_without_a_traceback(
    verb: str, way: str, made: Path, warm: subprocess.Popen[str], tmp_path: Path
) -> None:
    folder = tmp_path / "streams"
    shutil.copytree(made, folder)
    args = [arg.replace("FOLDER", str(folder)) for arg in VERBS[verb]]
    ran = run_verb(warm, way, args, folder / "home")
    assert "Traceback" not in ran["err"] + ran["out"], ran["err"][-600:]
    due = 2 if verb in BAD_INPUT else 0
    if way == "stdout full" and verb not in SPEAKS_ON_STDERR:
        due = 1  # its answer can be read nowhere
        assert "No space left" in ran["err"]
    assert ran["code"] == due, ran["err"][-600:]


def streams(way: str) -> str:
    """``way`` in the words of a shell."""
    return {
        "stdout closed": ">&-", "stderr closed": "2>&-", "stdin closed": "<&-", "all closed": ">&- 2>&- <&-",
        "stdout full": ">/dev/full", "stderr full": "2>/dev/full", "reader of stdout gone": "| head -1",
        "reader of both gone": "2>&1 | head -1",
    }[way]  # fmt: skip


CODES = {"stdout full": 1}


@pytest.mark.sampled(count=2)
@pytest.mark.parametrize(
    "way",
    ["stdout closed", "stderr closed", "stdin closed", "all closed", "stdout full", "stderr full",
     "reader of stdout gone", "reader of both gone"],
)  # fmt: skip
def test_a_film_is_made_and_delivered_whatever_becomes_of_the_streams(way: str, tmp_path: Path) -> None:
    """The real program in a real shell, from the start to the film."""
    film = tmp_path / "film.mp4"
    made = shlex.join([sys.executable, "-m", "reelwright.cli", *MAKE, "--out", str(film)])
    env = {**plain_env(), "REELWRIGHT_HOME": str(tmp_path / "home"), "REELWRIGHT_HANDS": "1"}
    ran = subprocess.run(
        ["bash", "-c", f"{made} {streams(way)}; exit ${{PIPESTATUS[0]}}"], cwd=tmp_path, env=env, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, "Traceback" in ran.stdout + ran.stderr) == (CODES.get(way, 0), False), ran.stderr
    assert probe(film).frames == 60
