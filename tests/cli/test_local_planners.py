"""Language models on this machine at the command line: listed, named by the doctor, suggested on a terminal, asked."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from reelwright.planner.writing.simulated_script import simulate_answer
from reelwright.providers.fakes.local_text import FakeLocalText
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer

LAMP = "“It never flickers.” For “Fenn”, a lamp."
NOBODY = {"REELWRIGHT_OLLAMA_BASE_URL": "http://127.0.0.1:9"}
CHATTY = "My grandmother began it in a shed, and we still laugh about that first winter. Come to fenn.example"


@asynccontextmanager
async def ollama() -> AsyncIterator[dict[str, str]]:
    """The environment of a machine on which Ollama runs with one model, and LM Studio does not."""

    async def said(asked: MediaSpec) -> bytes:
        return simulate_answer(asked.prompt).encode()

    fake = FakeLocalText(script=Script(latency_s=(0, 0)), footage=said, speaks="ollama", models=("qwen3:8b",))
    async with FakeServer(fake) as server:
        yield {"REELWRIGHT_OLLAMA_BASE_URL": server.url, "REELWRIGHT_LMSTUDIO_BASE_URL": "http://127.0.0.1:9"}


async def test_models_that_can_plan_are_listed_with_those_of_this_machine(reelwright) -> None:
    async with ollama() as env:
        listed = await asyncio.to_thread(lambda: reelwright("models", "--can", "plan", **env))
        assert (
            listed.code == 0 and "ON THIS MACHINE · Ollama" in listed.out and "--planner ollama:qwen3:8b" in listed.out
        )
        assert "LM Studio at" not in listed.out
        spelled = (await asyncio.to_thread(lambda: reelwright("models", "--can", "plan", "--json", **env))).json
        assert spelled["local"] == [
            {"server": "Ollama", "address": env["REELWRIGHT_OLLAMA_BASE_URL"], "planners": ["ollama:qwen3:8b"]}
        ]
        other = await asyncio.to_thread(lambda: reelwright("models", "--kind", "music", "--json", **env))
        assert "local" not in other.json, "no other list asks anybody"


async def test_the_doctor_names_them(reelwright) -> None:
    async with ollama() as env:
        checked = await asyncio.to_thread(lambda: reelwright("doctor", **env))
        assert "planners" in checked.out and "qwen3:8b" in checked.out and checked.code in (0, 1)


async def test_a_plan_by_a_model_of_this_machine_asks_for_no_consent(reelwright) -> None:
    async with ollama() as env:
        made = await asyncio.to_thread(lambda: reelwright("plan", LAMP, "--planner", "ollama:qwen3:8b", **env))
        assert made.code == 0 and "$0.00 spent" in made.out and "many minutes" in made.out


async def test_a_script_is_written_by_a_model_of_this_machine_and_is_had_when_it_is_asked_for_again(
    reelwright, tmp_path: Path
) -> None:
    script = tmp_path / "lamp.md"
    asked = ("write", LAMP, "--planner", "ollama:qwen3:8b", "-o", str(script))
    async with ollama() as env:
        written = await asyncio.to_thread(lambda: reelwright(*asked, **env))
    assert written.code == 0, written.err
    text = script.read_text(encoding="utf-8")
    assert "# Fenn" in text and "It never flickers" in text
    again = await asyncio.to_thread(lambda: reelwright(*asked, "--force", **NOBODY))
    assert again.code == 0 and script.read_text(encoding="utf-8") == text, "no server runs: nothing is asked"
    made = await asyncio.to_thread(lambda: reelwright("plan", str(script)))
    assert made.code == 0, made.err


async def test_a_server_that_does_not_run_ends_with_how_it_is_started(reelwright) -> None:
    env = NOBODY
    made = await asyncio.to_thread(lambda: reelwright("make", LAMP, "--planner", "ollama:a", **env))
    assert made.code == 1 and "http://127.0.0.1:9" in made.err and "ollama serve" in made.err


async def test_on_a_terminal_one_line_says_which_option_would_write_the_words(env: dict[str, str]) -> None:
    async with ollama() as there:
        for _ in range(4):  # a machine under load may not answer within 50 ms
            shown = await asyncio.to_thread(on_a_terminal, {**env, **there})
            if "qwen3" in shown:
                break
        lines = [line for line in shown.splitlines() if "--planner ollama:qwen3:8b" in line]
        assert len(lines) == 1 and lines[0].startswith("note: ")


async def test_in_a_pipe_nobody_is_looked_for(reelwright) -> None:
    async with ollama() as there:
        made = await asyncio.to_thread(lambda: reelwright("plan", CHATTY, **there))
        assert made.code == 0 and "qwen3" not in made.out + made.err


def on_a_terminal(env: dict[str, str]) -> str:
    """What standard error shows of a plan by the rules, where that is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "reelwright.cli", "plan", CHATTY]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=theirs, stdin=subprocess.DEVNULL) as run:
        run.wait(100)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # how a terminal ends whose other side is gone
        pass
    os.close(ours)
    return shown.decode()
