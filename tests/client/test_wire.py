"""The client over the real wire: a LiteLLM proxy that the shipped fake plays."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from reelwright.client.exceptions import APIError, DownloadError, ValidationError
from reelwright.client.generator import VeoVideoGenerator
from reelwright.providers.fakes.asked import bare
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.gemini_longrunning import FakeGeminiLongrunning
from reelwright.providers.fakes.script import Script, drop, filtered, status, swallow
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings

Against = Callable[..., Any]


@pytest.fixture
def against(tmp_path: Path) -> Against:
    """A fake proxy with a script, and a generator that knows its address."""

    @asynccontextmanager
    async def open_(script: Script | None = None, **more: Any) -> AsyncIterator[tuple[VeoVideoGenerator, FakeServer]]:
        script = script or Script(latency_s=(0.1, 0.1))
        fake = FakeGeminiLongrunning(Bill(tmp_path / "bill"), script, bare)
        async with FakeServer(fake) as server:
            told: dict[str, Any] = {
                "base_url": f"{server.url}/gemini/v1beta",
                "api_key": "sk-canary-key",
                "settings": Settings(home=tmp_path / "home"),
                "output_dir": tmp_path / "videos",
                "poll_initial_delay": 0.05,
                "poll_max_delay": 0.1,
                "show_progress": False,
            }
            async with VeoVideoGenerator(**{**told, **more}) as generator:
                yield generator, server

    return open_


async def test_one_request_on_the_path_that_the_document_names(against: Against):
    async with against() as (generator, server):
        video = await generator.generate_video_async("a cat", seconds=4, negative_prompt="dogs")
        post = next(call for call in server.calls if call.kind == "submit")
        assert post.path == "/gemini/v1beta/models/veo-3.1-generate-001:predictLongRunning"
        body = post.json()
        assert body["instances"] == [{"prompt": "a cat"}]
        assert body["parameters"]["durationSeconds"] == 4 and body["parameters"]["negativePrompt"] == "dogs"
        assert post.headers["authorization"] == "Bearer sk-canary-key"
        assert post.headers["x-goog-api-key"] == "sk-canary-key", "all that LiteLLM's pass-through looks at"
        assert server.count("submit") == 1 and server.count("poll") >= 2
    assert video.video_path.read_bytes().startswith(b"\0\0\0\x1cftyp") and video.cost_usd == "1.60"


async def test_a_batch_is_answered_in_order_and_billed_as_the_proxy_bills(against: Against, tmp_path: Path):
    async with against() as (generator, server):
        batch = await generator.generate_batch(["a", "b", "c"])
        assert batch.successful == 3 and server.count("submit") == 3
        assert server.fake.bill.total() == 3 * 3_200_000
    assert [one.prompt for one in batch.results] == ["a", "b", "c"]


@pytest.mark.parametrize("behaviour", [drop(), swallow()])
async def test_no_answer_is_one_request_and_an_error_that_says_so(against: Against, behaviour: Any):
    async with against(Script(latency_s=(0.1, 0.1)).on("submit", behaviour)) as (generator, server):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
        assert caught.value.billed == "unknown" and caught.value.status_code is None
        with pytest.raises(APIError):
            await generator.generate_video_async("another cat")
        assert server.count("submit") == 2


async def test_a_refusal_tells_status_and_body_without_the_key(against: Against):
    said = json.dumps({"error": {"code": 400, "message": "no such field, sk-canary-key"}})
    async with against(Script(latency_s=(0, 0)).on("submit", status(400, body=said))) as (generator, server):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
        assert server.count("submit") == 1
    assert caught.value.status_code == 400 and caught.value.response_data["error"]["code"] == 400
    assert "sk-canary-key" not in str(caught.value) + repr(caught.value.response_data) + repr(caught.value.details)


async def test_a_page_of_a_gateway_is_kept_as_text_and_the_outcome_unknown(against: Against):
    page = status(502, body="<html>bad gateway</html>")
    async with against(Script(latency_s=(0, 0)).on("submit", page)) as (generator, server):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
        assert server.count("submit") == 1
    assert caught.value.status_code == 502 and "bad gateway" in caught.value.response_data
    assert caught.value.billed == "unknown"


async def test_what_was_throttled_is_sent_again_as_the_same_purchase(against: Against):
    script = Script(latency_s=(0.1, 0.1)).on("submit", status(429, retry_after="0"), calls=(1,))
    async with against(script) as (generator, server):
        assert (await generator.generate_video_async("a cat")).is_success
        await generator.generate_video_async("another cat")
        one, again, other = (c.headers["idempotency-key"] for c in server.calls if c.kind == "submit")
        assert one == again != other and one.startswith("purchase_")


async def test_what_the_filter_took_is_told_in_its_own_words(against: Against):
    async with against(Script(latency_s=(0.1, 0.1)).on("submit", filtered())) as (generator, server):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a face")
        assert server.count("submit") == 1
    assert caught.value.details["missing"][0]["reason"] == "filtered" and "usage guidelines" in str(caught.value)


async def test_polls_and_downloads_that_are_dropped_are_asked_again(against: Against):
    script = Script(latency_s=(0.1, 0.1)).on("poll", drop(), calls=(1, 2)).on("fetch", drop(), calls=(1, 2))
    async with against(script) as (generator, server):
        assert (await generator.generate_video_async("a cat")).is_success
        assert server.count("submit") == 1 and server.count("fetch") == 3


async def test_an_output_that_is_gone_says_so(against: Against, tmp_path: Path):
    script = Script(latency_s=(0.1, 0.1)).on("fetch", status(500))
    async with against(script) as (generator, _server):
        with pytest.raises(DownloadError) as caught:
            await generator.generate_video_async("a cat", tmp_path / "cat.mp4")
    assert caught.value.video_uri and caught.value.partial_bytes == 0 and not (tmp_path / "cat.mp4").exists()


async def test_an_address_that_would_carry_the_key_in_the_open_is_refused():
    with pytest.raises(ValidationError):
        async with VeoVideoGenerator(base_url="http://proxy.example/v1beta", api_key="sk-canary-key"):
            pass
