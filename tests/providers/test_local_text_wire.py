"""The local wires: what the official clients send for the same question, and that our fake serves each of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import ollama
import openai
import pytest

from providers.conformance import AT_ONCE
from reelwright.net.http import HttpClient
from reelwright.providers.fakes.local_text import FakeLocalText, Speaks
from reelwright.providers.fakes.media_spec import MediaSpec
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.wire import Call
from reelwright.providers.local_text import LocalText, fetch_model_names
from reelwright.providers.wires.local_chat import SERVERS
from reelwright.reel.graph.request import Request

SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
ROLES = [{"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": "A lamp"}]
THERE = ("llama3.2:3b", "qwen3:8b")


@asynccontextmanager
async def served(speaks: Speaks, answer: str = '{"name": "Fenn"}', **more: Any) -> AsyncIterator[FakeServer]:
    async def said(asked: MediaSpec) -> bytes:
        return answer.encode()

    fake = FakeLocalText(script=AT_ONCE, footage=said, speaks=speaks, models=THERE, **more)
    async with FakeServer(fake) as server:
        yield server


async def ours(server: FakeServer, model: str) -> Call:
    """The call that our adapter makes."""
    extra = {
        "served": "llama3.2:3b", "instructions": "Answer in JSON.", "max_tokens": 500, "schema": json.dumps(SCHEMA),
    }  # fmt: skip
    request = Request(model=model, mode="plan", prompt="A lamp", extra=extra)

    async def keep(data: Any, mime: str) -> Any:
        return b"".join([part async for part in data]) and "0" * 64

    async with HttpClient(model, server.url) as http:
        text = LocalText(http)
        await text.submit(await text.prepare(request, [], "p", None), keep, None)  # type: ignore[arg-type]
    return server.calls[-1]


def without_nothing(told: Any) -> Any:
    """A body without the fields that say nothing."""
    return {name: value for name, value in told.items() if value not in (None, [], {})}


# ---- Ollama's client
async def by_ollama(server: FakeServer, verb: str, *args: Any, **told: Any) -> Any:
    """What a call of Ollama's client gives; all parts of an answer that comes in parts."""

    def talk() -> Any:
        with ollama.Client(host=server.url, timeout=10) as client:
            answer = getattr(client, verb)(*args, **told)
            return list(answer) if told.get("stream") else answer

    return await asyncio.to_thread(talk)


async def test_ollama_s_client_sends_the_same_and_is_served() -> None:
    async with served("ollama") as server:
        mine = await ours(server, "ollama")
        answer = await by_ollama(server, "chat", "llama3.2:3b", messages=ROLES, format=SCHEMA, think=False,
            options={"num_ctx": 4096, "num_predict": 500},
        )  # fmt: skip
        theirs = server.calls[-1]
        assert mine.path == theirs.path and mine.parse_json() == without_nothing(theirs.parse_json())
        assert answer.message.content == '{"name": "Fenn"}' and answer.done and answer.done_reason == "stop"
        assert answer.prompt_eval_count and answer.eval_count and answer.model == "llama3.2:3b"


async def test_ollama_s_client_reads_the_list_that_ours_reads() -> None:
    async with served("ollama") as server:
        listed = await by_ollama(server, "list")
        assert tuple(row.model for row in listed.models) == THERE
        assert {row.details.family for row in listed.models if row.details} == {"llama3.2", "qwen3"}
        async with HttpClient("ollama", server.url) as http:
            assert await fetch_model_names(http, SERVERS["ollama"]) == THERE


async def test_ollama_s_client_is_answered_in_parts_where_it_asks_for_them() -> None:
    async with served("ollama") as server:
        parts = await by_ollama(server, "chat", "qwen3:8b", messages=ROLES, stream=True)
        assert "".join(part.message.content or "" for part in parts) == '{"name": "Fenn"}'
        assert [bool(part.done) for part in parts] == [False, True] and parts[-1].done_reason == "stop"


async def test_ollama_s_client_meets_the_errors_that_the_server_has() -> None:
    async with served("ollama") as server:
        with pytest.raises(ollama.ResponseError) as raised:
            await by_ollama(server, "chat", "gemma4", messages=ROLES)
        assert raised.value.status_code == 404 and raised.value.error == "model 'gemma4' not found"
    with pytest.raises(ConnectionError):
        await by_ollama(server, "list")


async def test_an_answer_that_is_cut_short_says_so_to_ollama_s_client() -> None:
    async with served("ollama", '{"name": "a long name indeed"}') as server:
        answer = await by_ollama(server, "chat", "qwen3:8b", messages=ROLES, options={"num_predict": 2})
        assert answer.done_reason == "length" and answer.eval_count == 2


# ---- OpenAI's client, at LM Studio and at Ollama's /v1
def of_openai(server: FakeServer) -> openai.OpenAI:
    return openai.OpenAI(api_key="lm-studio", base_url=f"{server.url}/v1", max_retries=0, timeout=10)


HELD: Any = {"type": "json_schema", "json_schema": {"name": "script", "schema": SCHEMA, "strict": True}}


async def test_openai_s_client_sends_the_same_and_is_served() -> None:
    async with served("lmstudio") as server:
        mine = await ours(server, "lmstudio")

        def talk() -> Any:
            with of_openai(server) as client:
                return client.chat.completions.create(
                    model="llama3.2:3b", messages=ROLES, max_tokens=500, response_format=HELD  # type: ignore[arg-type]
                )  # fmt: skip

        answer = await asyncio.to_thread(talk)
        theirs = server.calls[-1]
        assert mine.path == theirs.path and mine.parse_json() == theirs.parse_json()
        assert answer.choices[0].message.content == '{"name": "Fenn"}' and answer.choices[0].finish_reason == "stop"
        assert answer.usage.prompt_tokens and answer.usage.total_tokens > answer.usage.completion_tokens


@pytest.mark.parametrize("speaks", ["ollama", "lmstudio", "any"])
async def test_openai_s_client_reads_the_list_and_the_answers_of_each(speaks: Speaks) -> None:
    async with served(speaks) as server:

        def talk() -> tuple[list[str], str | None]:
            with of_openai(server) as client:
                rows = [row.id for row in client.models.list()]
                answer = client.chat.completions.create(model=rows[0], messages=ROLES)  # type: ignore[arg-type]
                return rows, answer.choices[0].message.content

        assert await asyncio.to_thread(talk) == (list(THERE), '{"name": "Fenn"}')
        kind = "ollama" if speaks == "ollama" else "lmstudio"
        async with HttpClient(kind, server.url) as http:
            assert await fetch_model_names(http, SERVERS[kind]) == THERE


async def test_openai_s_client_meets_the_errors_that_the_servers_have() -> None:
    async with served("any", schemas=False) as server:

        def talk(**asked: Any) -> None:
            with of_openai(server) as client:
                client.chat.completions.create(messages=ROLES, **asked)

        with pytest.raises(openai.NotFoundError, match="gemma4"):
            await asyncio.to_thread(talk, model="gemma4")
        with pytest.raises(openai.BadRequestError, match="response_format"):
            await asyncio.to_thread(talk, model="qwen3:8b", response_format=HELD)
