"""The chat wires: what the official clients send for the same question, and that our fake serves each of them."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from providers.conformance import AT_ONCE, SECRET
from reelwright.errors import OutcomeUnknown, ProviderError, Refused
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.script import Script, answer_status, drop
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.text import FakeText
from reelwright.providers.text import Text
from reelwright.providers.wires.one_post import OnePost
from reelwright.reel.graph.request import Request

SAID = {"instructions": "Answer in JSON.", "max_tokens": 500}
SHOWN = {"openai": ("authorization", "Bearer "), "anthropic": ("x-api-key", ""), "google": ("x-goog-api-key", "")}


@asynccontextmanager
async def served(script: Script = AT_ONCE):
    async with FakeServer(FakeText(script=script, secret=SECRET)) as server:
        yield server


async def ours(server: FakeServer, holder: str, model: str) -> Any:
    """The body that our adapter sends."""
    header, before = SHOWN[holder]
    request = Request(model=model, mode="plan", prompt="A lamp", extra=SAID)

    async def keep(data: Any, mime: str) -> Any:
        return b"".join([part async for part in data]) and "0" * 64

    async with HttpClient("text", server.url, auth={header: before + SECRET}) as http:
        text = Text({holder: http}, {holder: Key(holder, SECRET, "a test")})
        await text.submit(await text.prepare(request, [], "p", None), keep, None)
    return server.calls[-1]


def told(call: Any) -> Any:
    return json.loads(call.body)


async def test_openais_client_sends_the_same_and_is_served():
    from openai import OpenAI

    async with served() as server:
        mine = await ours(server, "openai", "gpt-6-luna")

        def talk() -> Any:
            with OpenAI(api_key=SECRET, base_url=f"{server.url}/v1", max_retries=0) as client:
                roles = [{"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": "A lamp"}]
                return client.chat.completions.create(model="gpt-6-luna", messages=roles, max_completion_tokens=500)

        answer = await asyncio.to_thread(talk)
        assert answer.choices[0].message.content and answer.usage.completion_tokens
        mine_told, theirs = told(mine), told(server.calls[-1])
        assert mine.path == server.calls[-1].path
        assert mine_told.pop("stream", False) is False
        assert {k: mine_told[k] for k in ("model", "max_completion_tokens")} == {k: theirs[k] for k in ("model", "max_completion_tokens")}  # fmt: skip  # noqa: E501
        assert [m["content"] for m in mine_told["messages"]] == [m["content"] for m in theirs["messages"]]
        assert set(mine_told) == set(theirs)


async def test_anthropics_client_sends_the_same_and_is_served():
    from anthropic import Anthropic

    async with served() as server:
        mine = await ours(server, "anthropic", "claude-haiku-5-5")

        def talk() -> Any:
            with Anthropic(api_key=SECRET, base_url=server.url, max_retries=0) as client:
                return client.messages.create(
                    model="claude-haiku-5-5", max_tokens=500, system="Answer in JSON.",
                    messages=[{"role": "user", "content": [{"type": "text", "text": "A lamp"}]}],
                )  # fmt: skip

        answer = await asyncio.to_thread(talk)
        assert answer.content[0].text and answer.usage.output_tokens
        mine_told, theirs = told(mine), told(server.calls[-1])
        assert mine_told.pop("stream", False) is False
        assert (
            mine_told == theirs and mine.headers["anthropic-version"] == server.calls[-1].headers["anthropic-version"]
        )


async def test_googles_client_sends_the_same_and_is_served():
    from google import genai
    from google.genai import types

    async with served() as server:
        mine = await ours(server, "google", "gemini-3.8-flash")

        def talk() -> Any:
            options = types.HttpOptions(base_url=server.url, retry_options=types.HttpRetryOptions(attempts=1))
            with genai.Client(api_key=SECRET, http_options=options) as client:
                asked = types.GenerateContentConfig(system_instruction="Answer in JSON.", max_output_tokens=500)
                return client.models.generate_content(model="gemini-3.8-flash", contents="A lamp", config=asked)

        answer = await asyncio.to_thread(talk)
        assert answer.text and answer.usage_metadata.candidates_token_count
        mine_told, theirs = told(mine), told(server.calls[-1])
        assert mine.path == server.calls[-1].path
        assert mine_told["contents"] == theirs["contents"]
        assert mine_told["generationConfig"]["maxOutputTokens"] == theirs["generationConfig"]["maxOutputTokens"]
        assert mine_told["systemInstruction"]["parts"] == theirs["systemInstruction"]["parts"]


@pytest.mark.parametrize(
    "met", [answer_status(503), answer_status(429), drop()], ids=lambda b: f"{b.do}{b.status or ''}"
)
async def test_a_library_that_repeats_itself_gets_no_second_request(met):
    from openai import AsyncOpenAI

    async with served(AT_ONCE.add_rule("submit", met)) as server, HttpClient("text", server.url) as http:
        post = OnePost(http, "OpenAI", read_s=2)
        async with httpx2.AsyncClient(transport=post) as way:
            eager = AsyncOpenAI(api_key="x-y-z", base_url=f"{server.url}/v1", max_retries=2, http_client=way)
            with pytest.raises(ProviderError):
                await eager.chat.completions.create(model="gpt-6-luna", messages=[{"role": "user", "content": "hi"}])
        assert server.count("submit") == 1 and post.error is not None


async def test_a_second_question_over_one_door_is_refused():
    async with served() as server, HttpClient("text", server.url, auth={"authorization": f"Bearer {SECRET}"}) as http:
        post = OnePost(http, "OpenAI", read_s=2)
        url = f"{server.url}/v1/chat/completions"
        asked = {"model": "gpt-6-luna", "messages": [{"role": "user", "content": "hi"}]}
        async with httpx2.AsyncClient(transport=post) as way:
            assert (await way.post(url, json=asked)).status_code == 200
            with pytest.raises(Refused):
                await way.post(url, json=asked)
        assert server.count("submit") == 1


async def test_no_key_reaches_the_libraries():
    async with served() as server:
        header, before = SHOWN["openai"]
        call = await ours(server, "openai", "gpt-6-luna")
        assert call.headers[header] == before + SECRET
        assert "set-by-our-own-door" not in json.dumps(dict(call.headers))


async def test_an_answer_that_is_lost_is_unknown_and_never_asked_for_again():
    async with served(AT_ONCE.add_rule("submit", drop())) as server:
        with pytest.raises(OutcomeUnknown):
            await ours(server, "google", "gemini-3.8-flash")
        assert server.count("submit") == 1
