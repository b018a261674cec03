"""The wires of language models against a real server of OpenAI's chat API with a small real model in it.

This proves the wires and not the words: SmolLM2 with 135 million parameters writes no film.
"""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.local_text import LocalText, fetch_model_names
from reelwright.providers.protocol import Progress
from reelwright.providers.text import Text
from reelwright.providers.wires.local_chat import SERVERS
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Request

pytestmark = pytest.mark.lane_local
ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "small-model" / "bin" / "python"
SCHEMA = '{"type":"object","properties":{"name":{"type":"string","maxLength":12}},"required":["name"]}'
KEY = "a-key-of-a-test"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    assert PYTHON.exists(), "make test-local makes the environment of the small model"
    command = [str(PYTHON), str(Path(__file__).with_name("small_model_server.py"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout and server.stdin
        yield server.stdout.readline().strip()
        server.stdin.close()


async def keep(data: AsyncIterable[bytes], mime: str) -> Digest:
    return Digest("0" * 64) if b"".join([part async for part in data]) else Digest("")


async def ask(provider: Any, request: Request) -> Progress:
    answer = await provider.submit(await provider.prepare(request, [], "p", None), keep, None)
    assert isinstance(answer, Progress)
    return answer


async def test_a_server_of_ones_own_answers_by_the_schema_for_nothing(address: str) -> None:
    request = Request(
        model="own-text", mode="plan", prompt="Name a lamp.",
        extra={"instructions": "Answer in JSON.", "max_tokens": 40, "schema": SCHEMA},
    )  # fmt: skip
    async with HttpClient("local_text", address) as http:
        provider = LocalText(http, Key("", KEY, "a test"))
        assert provider.price(request).micros == 0
        answer = await ask(provider, request)
        assert await fetch_model_names(http, SERVERS["own"])
    facts = answer.outputs[0].facts
    assert facts["text"].lstrip().startswith("{") and facts["tokens_in"] > 0 and 0 < facts["tokens_out"] <= 40


async def test_pydantic_ais_wire_asks_once_and_reads_text_and_tokens(address: str) -> None:
    request = Request(
        model="gpt-6-luna", mode="plan", prompt="Name a lamp.", extra={"instructions": "Be brief.", "max_tokens": 20}
    )
    async with HttpClient("text", address, auth={"Authorization": f"Bearer {KEY}"}) as http:
        answer = await ask(Text({"openai": http}, {"openai": Key("openai", KEY, "a test")}), request)
    facts = answer.outputs[0].facts
    assert facts["text"].strip() and facts["tokens_in"] > 0 and 0 < facts["tokens_out"] <= 20
