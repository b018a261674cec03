"""Servers of one's own: conformance on the wires of Ollama, LM Studio and others, and what their errors say."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ClassVar

import pytest

from providers.conformance import AT_ONCE, SECRET, Conformance
from reelwright.errors import NotAccepted, OutcomeUnknown, Refused
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.local_text import FakeLocalText, Speaks
from reelwright.providers.fakes.media_spec import MediaSpec, make_tiny_file
from reelwright.providers.fakes.script import Script, answer_nonsense, answer_status, drop, hang
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.local_text import LocalText, fetch_model_names
from reelwright.providers.protocol import Progress
from reelwright.providers.wires.local_chat import SERVERS, parse_model_names
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request

EARLIER = b'{"beats": []}'
EARLIER_ID = Digest(hashlib.sha256(EARLIER).hexdigest())
SCHEMA = '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}'


class Local(Conformance):
    """What holds for every kind of server."""

    __test__ = False
    name = "local_text"
    path: ClassVar[str]
    speaks: ClassVar[Speaks]
    there: ClassVar[tuple[str, ...] | None] = ("llama3.2:3b", "qwen3:8b", "nomic-embed-text:latest")
    assets = {EARLIER_ID: EARLIER}
    empty: ClassVar[str] = (
        '{"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, '
        '"finish_reason": "stop", "message": {"role": "assistant", "content": ""}}]}'
    )

    def fake(self, bill: Bill, script: Script) -> FakeLocalText:
        return FakeLocalText(bill, script, make_tiny_file, SECRET, speaks=self.speaks, models=self.there)

    @asynccontextmanager
    async def adapter(self, url: str, secret: str) -> AsyncIterator[LocalText]:
        async with HttpClient("local_text", url, auth={"Authorization": f"Bearer {secret}"}) as http:
            yield LocalText(http, Key("", secret, "a test"))

    async def test_the_answer_is_kept_and_told_and_costs_nothing(self):
        async with self.opened() as at:
            progress = await self.submit(at)
            assert isinstance(progress, Progress)
            output = progress.outputs[0]
            assert at.kept[output.asset] == output.facts["text"].encode() and output.facts["tokens_in"] > 0
            assert (
                at.provider.price(self.request).micros == 0 == at.bill.sum_micros() and at.provider.resubmit == "free"
            )

    async def test_a_correction_is_asked_for_in_one_conversation(self):
        extra = {**self.request.extra, "correction": "beats: at least two"}
        request = replace(self.request, inputs=(Input(role="source", asset=EARLIER_ID),), extra=extra)
        async with self.opened() as at:
            await self.submit(at, request)
            said = at.server.calls[-1].parse_json()["messages"]
            assert [row["role"] for row in said] == ["system", "user", "assistant", "user"]
            assert said[2]["content"] == EARLIER.decode() and said[3]["content"] == "beats: at least two"
            assert at.server.calls[-1].path == self.path

    @pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
    async def test_its_address_may_end_in_v1_or_not(self, end):
        async with self.opened() as at, self.adapter(at.server.url + end, SECRET) as provider:
            await provider.submit(await self.prepared(at), at.keep, at.make)
            assert at.server.calls[-1].path == self.path
            assert await fetch_model_names(provider._http, SERVERS[self.profile]) == (self.there or ())[:2]

    async def test_a_model_that_is_not_there_is_refused_with_those_that_are(self):
        if self.there is None:
            return
        request = replace(self.request, extra={**self.request.extra, "served": "gemma4"})
        async with self.opened() as at:
            with pytest.raises(Refused) as raised:
                await self.submit(at, request)
            assert raised.value.code == "local_model_missing"
            assert raised.value.params["model"] == "gemma4"
            assert raised.value.params["available"] == ["llama3.2:3b", "qwen3:8b"]
            assert at.server.count("submit") == 1

    async def test_a_server_that_does_not_run_is_told_with_what_was_tried_and_how_it_is_started(self):
        async with self.opened() as at:
            gone = at.server.url
            prepared = await self.prepared(at)
        async with self.adapter(gone, SECRET) as provider:
            with pytest.raises(NotAccepted) as raised:
                await provider.submit(prepared, at.keep, at.make)
        server = SERVERS[self.profile]
        assert raised.value.code == "local_server_down" and raised.value.params["address"] == gone
        assert server.start_hint in raised.value.hint and server.variable in raised.value.hint

    async def test_a_server_that_dies_in_the_middle_of_its_answer_says_so(self):
        async with self.opened(AT_ONCE.add_rule("submit", drop())) as at:
            with pytest.raises(OutcomeUnknown) as raised:
                await self.submit(at)
            assert raised.value.code == "local_server_stopped"
            assert raised.value.params["cause"].code == "answer_lost"

    async def test_a_server_that_is_too_slow_is_told_with_how_long_it_was_waited_for(self):
        async with self.opened(AT_ONCE.add_rule("submit", hang())) as at:
            at.provider.read_s = 0.2
            with pytest.raises(OutcomeUnknown) as raised:
                await self.submit(at)
            assert raised.value.code == "answer_overdue" and raised.value.params["wait_s"] == 0.2

    async def test_an_answer_that_has_no_room_is_refused_and_not_taken_for_a_script(self):
        request = replace(self.request, extra={**self.request.extra, "max_tokens": 3})
        async with self.opened() as at:
            with pytest.raises(Refused) as raised:
                await self.submit(at, request)
            assert raised.value.code == "answer_cut_short" and raised.value.params["tokens"] == 3

    async def test_an_answer_without_a_word_is_none(self):
        async with self.opened(AT_ONCE.add_rule("submit", answer_nonsense(self.empty))) as at:
            with pytest.raises(OutcomeUnknown) as raised:
                await self.submit(at)
            assert raised.value.code == "answer_without_result"

    async def test_what_an_error_says_is_told_in_the_server_s_own_words(self):
        body = '{"error": "model requires more system memory (9.8 GiB) than is available (3.1 GiB)"}'
        async with self.opened(AT_ONCE.add_rule("submit", answer_status(500, body=body))) as at:
            with pytest.raises(OutcomeUnknown) as raised:
                await self.submit(at)
            assert raised.value.code == "answered_with_error" and "more system memory" in raised.value.params["fault"]

    profile: ClassVar[str]


class TestOllama(Local):
    __test__ = True
    speaks, profile, path, says_503 = "ollama", "ollama", "/api/chat", NotAccepted
    request = Request(
        model="ollama", mode="plan", prompt="A lamp called Fenn",
        extra={"served": "llama3.2:3b", "instructions": "Answer in JSON.", "max_tokens": 500, "schema": SCHEMA},
    )  # fmt: skip
    bad = (replace(request, prompt=""), replace(request, extra={"max_tokens": 10**9}))
    empty = '{"model": "m", "message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop"}'

    async def test_the_model_gets_room_for_what_is_said_and_for_its_answer(self):
        """Its usual room of 4,096 tokens cuts off the beginning of a longer question, in silence."""
        async with self.opened() as at:
            await self.submit(at)
            assert at.server.calls[-1].parse_json()["options"] == {"num_ctx": 4096, "num_predict": 500}
            extra = {**self.request.extra, "max_tokens": 6000}
            await self.submit(at, replace(self.request, prompt="Светилник. " * 300, extra=extra))
            assert at.server.calls[-1].parse_json()["options"] == {"num_ctx": 12288, "num_predict": 6000}


class TestLMStudio(Local):
    __test__ = True
    speaks, profile, path = "lmstudio", "lmstudio", "/v1/chat/completions"
    request = Request(
        model="lmstudio", mode="plan", prompt="A lamp called Fenn",
        extra={"served": "qwen3:8b", "instructions": "Answer in JSON.", "max_tokens": 500, "schema": SCHEMA},
    )  # fmt: skip
    bad = (replace(request, samples=2),)

    async def test_an_error_with_a_status_of_200_is_no_answer(self):
        body = '{"error": "Unexpected endpoint or method. (POST /v1/chat/completions)"}'
        async with self.opened(AT_ONCE.add_rule("submit", answer_nonsense(body))) as at:
            with pytest.raises(OutcomeUnknown) as raised:
                await self.submit(at)
            assert raised.value.code == "answer_not_understood"
            assert "Unexpected endpoint" in raised.value.params["fault"]


class TestOwnServer(Local):
    __test__ = True
    speaks, profile, path, there = "any", "own", "/v1/chat/completions", None
    request = Request(
        model="own-text", mode="plan", prompt="A lamp called Fenn",
        extra={"instructions": "Answer in JSON.", "max_tokens": 500, "schema": SCHEMA},
    )  # fmt: skip
    bad = (replace(request, mode="speech"),)

    async def test_one_that_knows_no_schemas_is_asked_without(self):
        async with self.opened() as at:
            at.server.fake.schemas = False
            assert isinstance(await self.submit(at), Progress)
            assert ["response_format" in call.parse_json() for call in at.server.calls] == [True, False]

    async def test_what_a_model_thought_aloud_is_no_part_of_its_answer(self):
        async def thoughts(asked: MediaSpec) -> bytes:
            return b'<think>\nA lamp. "{}"?\n</think>\n\n{"name": "Fenn"}'

        async with self.opened() as at:
            at.server.fake.remote._footage = at.server.fake.footage = thoughts
            progress = await self.submit(at)
            assert isinstance(progress, Progress) and progress.outputs[0].facts["text"] == '{"name": "Fenn"}'


async def test_what_cannot_write_or_runs_elsewhere_is_not_listed():
    there = ("gpt-oss:120b-cloud", "nomic-embed-text:latest", "qwen3:8b", "kimi:cloud")
    fake = FakeLocalText(script=AT_ONCE, speaks="ollama", models=there)
    async with FakeServer(fake) as server, HttpClient("ollama", server.url) as http:
        assert await fetch_model_names(http, SERVERS["ollama"]) == ("qwen3:8b",)
    assert parse_model_names("ollama", {"models": None}) == ()


async def test_both_wires_answer_at_once_when_many_ask():
    fake = FakeLocalText(script=AT_ONCE, models=("any",))
    async with FakeServer(fake) as server, HttpClient("ollama", server.url) as http:
        found = await asyncio.gather(*(fetch_model_names(http, SERVERS[kind]) for kind in SERVERS for _ in range(5)))
        assert set(found) == {("any",)}
