"""Language models: conformance on each of the three wires, and what a library must never do behind our back."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ClassVar

import pytest

from providers.conformance import AT_ONCE, Conformance
from reelwright.errors import BadInput, OutcomeUnknown, Refused
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.script import answer_nonsense, answer_status
from reelwright.providers.protocol import Progress
from reelwright.providers.text import Text
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request

EARLIER = b'{"beats": []}'
EARLIER_ID = Digest(hashlib.sha256(EARLIER).hexdigest())
HEADERS = {"openai": "authorization", "anthropic": "x-api-key", "google": "x-goog-api-key"}


class Chat(Conformance):
    """What holds for every wire."""

    __test__ = False
    name = "text"
    holder: ClassVar[str]
    path: ClassVar[str]
    assets = {EARLIER_ID: EARLIER}

    @asynccontextmanager
    async def adapter(self, url: str, secret: str) -> AsyncIterator[Text]:
        shown = f"Bearer {secret}" if self.holder == "openai" else secret
        async with HttpClient("text", url, auth={HEADERS[self.holder]: shown}) as http:
            yield Text({self.holder: http}, {self.holder: Key(self.holder, secret, "a test")})

    async def test_the_answer_is_kept_and_told_and_its_tokens_are_billed(self):
        async with self.opened() as at:
            progress = await self.submit(at)
            assert isinstance(progress, Progress)
            output = progress.outputs[0]
            assert at.kept[output.asset] == output.facts["text"].encode()
            assert progress.bill.micros == at.bill.sum_micros() <= at.provider.price(self.request).micros
            assert progress.bill.micros > 0 or at.bill.sum_micros() == 0

    async def test_a_correction_is_asked_for_in_one_conversation(self):
        request = replace(
            self.request, inputs=(Input(role="source", asset=EARLIER_ID),),
            extra={"instructions": "Answer in JSON.", "correction": "beats: at least two"},
        )  # fmt: skip
        async with self.opened() as at:
            await self.submit(at, request)
            sent = at.server.calls[-1].body.decode()
            at_ = [sent.index(part) for part in ("Answer in JSON.", self.request.prompt, "beats: at least two")]
            assert at_[1] < at_[2] and '{\\"beats\\": []}' in sent
            assert at.server.calls[-1].path == self.path

    async def test_an_answer_without_a_word_is_for_a_person_to_decide(self):
        async with self.opened(AT_ONCE.add_rule("submit", answer_nonsense(self.empty))) as at:
            with pytest.raises(OutcomeUnknown):
                await self.submit(at)
            assert at.server.count("submit") == 1

    empty: ClassVar[str]


class TestOpenAI(Chat):
    __test__ = True
    holder, path = "openai", "/v1/chat/completions"
    request = Request(model="gpt-6-luna", mode="plan", prompt="A lamp called Fenn", extra={"max_tokens": 500})
    bad = (replace(request, prompt=""), replace(request, extra={"max_tokens": 10**9}), replace(request, model="gpt-4"))
    empty = (
        '{"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, '
        '"finish_reason": "length", "message": {"role": "assistant", "content": ""}}]}'
    )

    async def test_a_quota_that_is_spent_is_no_throttle(self):
        body = '{"error": {"message": "You exceeded your quota.", "type": "x", "code": "insufficient_quota"}}'
        async with self.opened(AT_ONCE.add_rule("submit", answer_status(429, body=body))) as at:
            with pytest.raises(Refused) as raised:
                await self.submit(at)
            assert raised.value.code == "funds_missing" and "exceeded" in raised.value.params["fault"]
            assert at.server.count("submit") == 1

    async def test_what_stands_behind_another_address_speaks_the_same_wire(self):
        async with (
            self.opened() as at,
            HttpClient("text", f"{at.server.url}/v1", auth={"authorization": "Bearer x-y-z"}) as http,
        ):
            at.server.fake.secret = None
            prepared = await self.prepared(at)
            await Text({"openai": http}).submit(prepared, at.keep, at.make)
            assert at.server.calls[-1].path == self.path

    async def test_a_maker_without_a_key_is_named_before_anything_leaves(self):
        async with self.opened() as at:
            prepared = {**await self.prepared(at), "holder": "anthropic"}
            with pytest.raises(BadInput) as raised:
                await at.provider.submit(prepared, at.keep, at.make)
            assert "ANTHROPIC_API_KEY" in str(raised.value) and not at.server.calls


class TestAnthropic(Chat):
    __test__ = True
    holder, path = "anthropic", "/v1/messages"
    request = Request(model="claude-haiku-5-5", mode="plan", prompt="A lamp called Fenn", extra={"max_tokens": 500})
    bad = (replace(request, mode="speech"),)
    empty = (
        '{"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], '
        '"stop_reason": "max_tokens", "stop_sequence": null, "usage": {"input_tokens": 3, "output_tokens": 0}}'
    )


class TestGoogle(Chat):
    __test__ = True
    holder, path = "google", "/v1beta/models/gemini-3.8-flash:generateContent"
    request = Request(model="gemini-3.8-flash", mode="plan", prompt="A lamp called Fenn", extra={"max_tokens": 500})
    bad = (replace(request, samples=2),)
    empty = '{"candidates": [{"content": {"role": "model", "parts": []}, "finishReason": "MAX_TOKENS"}]}'
