"""The real program on standard input and output, with the official client, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from agents.served import BRIEF, SMALL, read_answer
from crash.kinds import environment


def describe_program(home: Path, *options: str) -> StdioServerParameters:
    env = environment(REELWRIGHT_HOME=str(home))
    return StdioServerParameters(
        command=sys.executable, args=["-m", "reelwright.cli", "mcp", *options], env=env, cwd=home.parent
    )


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_film_and_a_rehearsed_clip_over_standard_input(tmp_path: Path, mode: str) -> None:
    async with Client(describe_program(tmp_path / "home", "--rehearse", "--wallet", "3"), mode=mode) as client:

        async def call(tool: str, **arguments: object) -> dict[str, object]:
            answer = read_answer(await client.call_tool(tool, arguments))
            assert not answer.is_refused, answer.fields
            return dict(answer.fields)

        assert len((await client.list_tools()).tools) == 11
        begun = await call("make", brief=BRIEF, **SMALL)
        clip = await call("make", clip="A fox", model="openrouter-wan-2.7", length=4)
        for project in (begun["project"], clip["project"]):
            while "poll_after_seconds" in (status := await call("status", project=project)):
                await asyncio.sleep(0.5)
            assert status["state"] == "done" and status["is_rehearsal"]
        assert (await call("spend"))["wallet"]["spent_usd"] == clip["usd"]  # type: ignore[index]
        closing = time.monotonic()
    assert time.monotonic() - closing < 30
    assert not (tmp_path / "home" / "journal.db").exists(), "everything is in the rehearsal's home"


@pytest.mark.parametrize("way", ["end of input", "signal"])
def test_it_stops_when_its_client_is_gone(tmp_path: Path, way: str) -> None:
    command = [sys.executable, "-m", "reelwright.cli", "mcp"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        env=environment(REELWRIGHT_HOME=str(tmp_path / "home")), text=True,
    ) as program:  # fmt: skip
        assert program.stdin and program.stdout
        program.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
        program.stdin.flush()
        first = program.stdout.readline()
        assert first.startswith('{"jsonrpc":"2.0","id":1'), first
        if way == "signal":
            os.kill(program.pid, signal.SIGTERM)
            assert program.wait(timeout=40) != 0
        else:
            out, _ = program.communicate(timeout=40)
            assert program.returncode == 0 and out == ""


def test_a_wrong_wallet_stops_it_with_a_sentence(tmp_path: Path) -> None:
    env = environment(REELWRIGHT_HOME=str(tmp_path / "home"))
    command = [sys.executable, "-m", "reelwright.cli", "mcp", "--wallet", "lots"]
    ran = subprocess.run(
        command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=tmp_path
    )
    assert ran.returncode == 2 and "wallet" in ran.stderr and ran.stdout == ""
