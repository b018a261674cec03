"""The client over the real wire: a LiteLLM proxy that the shipped fake plays."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reelwright import AsyncStudio
from reelwright.client.exceptions import APIError, DownloadError, ValidationError, VideoGenerationError
from reelwright.client.generator import VeoVideoGenerator
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.gemini_longrunning import FakeGeminiLongrunning
from reelwright.providers.fakes.media_spec import make_tiny_file
from reelwright.providers.fakes.script import Script, answer_status, drop, fail_late, filter_samples, swallow
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings

Against = Callable[..., Any]


@pytest.fixture
def against(tmp_path: Path) -> Against:
    """A fake proxy with a script, and a generator that knows its address."""

    @asynccontextmanager
    async def open_(script: Script | None = None, **more: Any) -> AsyncIterator[tuple[VeoVideoGenerator, FakeServer]]:
        script = script or Script(latency_s=(0.1, 0.1))
        fake = FakeGeminiLongrunning(Bill(tmp_path / "bill"), script, make_tiny_file)
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
        body = post.parse_json()
        assert body["instances"] == [{"prompt": "a cat"}]
        assert body["parameters"]["durationSeconds"] == 4 and body["parameters"]["negativePrompt"] == "dogs"
        assert post.headers["authorization"] == "Bearer sk-canary-key"
        assert post.headers["x-goog-api-key"] == "sk-canary-key", "all that LiteLLM's pass-through looks at"
        assert server.count("submit") == 1 and server.count("poll") >= 2
    assert video.video_path.read_bytes().startswith(b"\0\0\0 ftyp") and video.cost_usd == "1.60"


async def test_a_name_that_the_proxy_s_owner_made_up_goes_to_the_proxy_as_it_is(against: Against, tmp_path: Path):
    async with against(unknown_at_most="0.50") as (generator, server):
        server.fake.own_names |= {"our-veo", "kling-v3"}
        video = await generator.generate_video_async("a cat", model="our-veo", seconds=5)
        other = await generator.generate_video_async("a cat", model="proxy:kling-v3", seconds=5)
        paths = [call.path for call in server.calls if call.kind == "submit"]
        assert paths == [f"/gemini/v1beta/models/{name}:predictLongRunning" for name in ("our-veo", "kling-v3")]
        assert server.calls[0].parse_json()["parameters"]["durationSeconds"] == 5
        with pytest.raises(APIError) as unheard:
            await generator.generate_video_async("a cat", model="nobody-s-veo")
        assert unheard.value.code == "provider_refused" and unheard.value.status_code == 404
    assert (video.model, other.model) == ("our-veo", "kling-v3") and video.video_path != other.video_path


@pytest.mark.parametrize("name", ["our-veo", "proxy:kling-v3"])
async def test_what_nobody_knows_the_price_of_is_not_asked_for_until_somebody_says_what_it_may_cost(
    against: Against, name: str
):
    async with against(max_usd="20") as (generator, server):
        server.fake.own_names |= {"our-veo", "kling-v3"}
        with pytest.raises(VideoGenerationError) as caught:
            await generator.generate_video_async("a cat", model=name)
        assert caught.value.code == "needs_consent" and "unknown_at_most" in caught.value.hint
        assert server.count("submit") == 0
    async with against(max_usd="0.40", unknown_at_most="0.50") as (generator, server):
        with pytest.raises(VideoGenerationError) as above:
            await generator.generate_video_async("a cat", model=name)
        assert above.value.code == "over_budget" and server.count("submit") == 0


@pytest.mark.parametrize("name", ["../files", "our veo", "our-veo?key=1", "a//b", "proxy:", "our-veo\n2", "ünser"])
async def test_a_name_that_cannot_stand_in_a_path_is_refused(against: Against, name: str):
    async with against(unknown_at_most="1") as (generator, server):
        with pytest.raises(ValidationError) as refused:
            await generator.generate_video_async("a cat", model=name)
        assert refused.value.field == "model" and not server.calls


async def test_a_retired_name_still_names_its_successor_and_is_not_taken_for_one_of_the_proxy_s_own(against: Against):
    async with against(unknown_at_most="1") as (generator, server):
        with pytest.raises(ValidationError, match="successor"):
            await generator.generate_video_async("a cat", model="veo-3.0")
        assert not server.calls


async def test_its_client_is_one_of_httpx_that_asks_through_the_same_door_and_never_buys(against: Against):
    """Source: systems.md S4-04 and G32."""
    async with against(timeout=7, max_retries=2) as (generator, server):
        assert (generator.timeout, generator.max_retries, generator.api_key) == (7, 2, "sk-canary-key")
        assert generator.base_url == f"{server.url}/gemini/v1beta"
        client = generator._client
        assert isinstance(client, httpx2.AsyncClient) and not client.is_closed
        answer = await client.get("/models/veo-3.1-generate-001/operations/none")
        assert answer.status_code == 404 and answer.json()["error"]["code"] == 404
        assert server.calls[0].headers["x-goog-api-key"] == "sk-canary-key", "its key is the generator's"
        with pytest.raises(httpx2.RequestError, match="may cost money"):
            await client.post("/models/veo-3.1-generate-001:predictLongRunning", json={"instances": [{"prompt": "x"}]})
        with pytest.raises(httpx2.RequestError):
            await client.get("http://192.0.2.1/elsewhere")
        assert server.count("submit") == 0
    assert client.is_closed and generator._client is None
    with pytest.raises(RuntimeError, match="mine"):
        async with generator:
            client = generator._client
            raise RuntimeError("mine")
    assert client.is_closed and generator._client is None


async def test_a_batch_is_answered_in_order_and_billed_as_the_proxy_bills(against: Against, tmp_path: Path):
    async with against() as (generator, server):
        batch = await generator.generate_batch(["a", "b", "c"])
        assert batch.successful == 3 and server.count("submit") == 3
        assert server.fake.bill.sum_micros() == 3 * 3_200_000
    assert [one.prompt for one in batch.results] == ["a", "b", "c"]


@pytest.mark.parametrize("behaviour", [drop(), swallow()])
async def test_no_answer_is_one_request_and_an_error_that_says_so(against: Against, behaviour: Any):
    async with against(Script(latency_s=(0.1, 0.1)).add_rule("submit", behaviour)) as (generator, server):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
        assert caught.value.was_billed == "unknown" and caught.value.status_code is None
        assert caught.value.code == "outcome_unknown"
        with pytest.raises(APIError):
            await generator.generate_video_async("another cat")
        assert server.count("submit") == 2


async def test_a_refusal_tells_status_and_body_without_the_key(against: Against):
    said = json.dumps({"error": {"code": 400, "message": "no such field, sk-canary-key"}})
    async with against(Script(latency_s=(0, 0)).add_rule("submit", answer_status(400, body=said))) as (
        generator,
        server,
    ):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
        assert server.count("submit") == 1
    assert caught.value.status_code == 400 and caught.value.response_data["error"]["code"] == 400
    assert caught.value.code == "provider_refused" and "no such field" in caught.value.reason
    assert "sk-canary-key" not in str(caught.value) + repr(caught.value.response_data) + repr(caught.value.details)


async def test_a_page_of_a_gateway_is_kept_as_text_and_the_outcome_unknown(against: Against):
    page = answer_status(502, body="<html>bad gateway</html>")
    async with against(Script(latency_s=(0, 0)).add_rule("submit", page)) as (generator, server):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
        assert server.count("submit") == 1
    assert caught.value.status_code == 502 and "bad gateway" in caught.value.response_data
    assert caught.value.was_billed == "unknown"


async def test_a_poll_that_is_refused_tells_its_own_status_and_body(against: Against):
    """Source: systems.md S4-30."""
    said = json.dumps({"error": {"code": 403, "message": "no right to look, sk-canary-key"}})
    async with against(Script(latency_s=(0.1, 0.1)).add_rule("poll", answer_status(403, body=said))) as (
        generator,
        server,
    ):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
        assert server.count("submit") == 1
    assert caught.value.status_code == 403 and caught.value.response_data["error"]["code"] == 403
    assert "sk-canary-key" not in str(caught.value) + repr(caught.value.response_data)


async def test_what_was_throttled_is_sent_again_as_the_same_purchase(against: Against):
    script = Script(latency_s=(0.1, 0.1)).add_rule("submit", answer_status(429, retry_after="0"), calls=(1,))
    async with against(script) as (generator, server):
        assert (await generator.generate_video_async("a cat")).is_success
        await generator.generate_video_async("another cat")
        one, again, other = (c.headers["idempotency-key"] for c in server.calls if c.kind == "submit")
        assert one == again != other and one.startswith("purchase_")


async def test_what_the_filter_took_is_told_in_its_own_words(against: Against):
    async with against(Script(latency_s=(0.1, 0.1)).add_rule("submit", filter_samples())) as (generator, server):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a face")
        assert server.count("submit") == 1
    assert caught.value.details["missing"][0]["reason"] == "filtered" and "usage guidelines" in str(caught.value)
    assert caught.value.code == "provider_filtered" and "usage guidelines" in caught.value.reason


FAILS_LATE = Script(latency_s=(0.1, 0.1)).add_rule("submit", fail_late(is_billed=True), calls=(1,))


async def test_a_late_failure_says_the_provider_s_reason_for_programs(against: Against):
    async with against(FAILS_LATE) as (generator, _):
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
    error = caught.value
    assert (error.code, error.was_billed) == ("provider_failed", "yes")
    assert error.reason.startswith("Google failed inside: Video generation failed")
    assert error.reason in str(error) and "agreed" not in str(error)
    assert error.details["code"] == "provider_failed" and error.details["reason"] == error.reason
    assert error.status_code == 200 and error.response_data["error"]["code"] == 13, "of the answer that said so"


@pytest.mark.parametrize("new", [False, True], ids=["in the same program", "in the next program"])
async def test_the_call_after_a_late_failure_that_was_billed_does_not_agree_to_twice_the_price(
    against: Against, new: bool
):
    async with against(FAILS_LATE) as (generator, server):
        with pytest.raises(APIError):
            await generator.generate_video_async("a cat")
        next_one = VeoVideoGenerator(settings=generator._settings, **vars_of(generator)) if new else None
        async with next_one or contextlib.nullcontext(generator) as again:
            with pytest.raises(VideoGenerationError) as caught:
                await again.generate_video_async("a cat")
            batch = await again.generate_batch(["a cat", "a dog"])
        assert [one.is_success for one in batch.results] == [False, True], "the others of a batch go on"
        assert caught.value.code == "needs_consent" and "Google failed inside" in caught.value.reason
        told = {name: caught.value.details[name] for name in ("spent_usd", "price_usd", "total_usd")}
        assert told == {"spent_usd": "3.20", "price_usd": "3.20", "total_usd": "6.40"}
        assert server.count("submit") == 2, "one for the cat, one for the dog"


async def test_an_explicit_cap_agrees_to_another_try_in_all(against: Against):
    async with against(FAILS_LATE, max_usd="6.39") as (generator, server):
        with pytest.raises(APIError):
            await generator.generate_video_async("a cat")
        with pytest.raises(VideoGenerationError) as caught:
            await generator.generate_video_async("a cat")
        assert caught.value.code == "over_budget" and server.count("submit") == 1
        more = VeoVideoGenerator(settings=generator._settings, **{**vars_of(generator), "max_usd": "6.40"})
        async with more:
            video = await more.generate_video_async("a cat")
        assert video.is_success and video.cost_usd == "6.40" and server.count("submit") == 2


async def test_a_bill_that_turned_out_to_be_none_is_no_reason_to_stop(against: Against):
    async with against(FAILS_LATE) as (generator, server):
        with pytest.raises(APIError):
            await generator.generate_video_async("a cat")
        async with AsyncStudio(generator._settings) as studio:
            (row,) = (await studio.show_spending()).rows
            await studio.adjust(row.purchase, "-3.20", because="not on the bill")
        assert (await generator.generate_video_async("a cat")).is_success and server.count("submit") == 2


def vars_of(generator: VeoVideoGenerator) -> dict[str, Any]:
    """What the generator was told, for another one."""
    told = dict(generator.options)
    return {**told, "show_progress": False}


async def test_polls_and_downloads_that_are_dropped_are_asked_again(against: Against):
    script = Script(latency_s=(0.1, 0.1)).add_rule("poll", drop(), calls=(1, 2)).add_rule("fetch", drop(), calls=(1, 2))
    async with against(script) as (generator, server):
        assert (await generator.generate_video_async("a cat")).is_success
        assert server.count("submit") == 1 and server.count("fetch") == 3


async def test_an_output_that_is_gone_says_so(against: Against, tmp_path: Path):
    script = Script(latency_s=(0.1, 0.1)).add_rule("fetch", answer_status(500))
    async with against(script, max_wait_time=3.0) as (generator, _server):
        with pytest.raises(DownloadError) as caught:
            await generator.generate_video_async("a cat", tmp_path / "cat.mp4")
    assert caught.value.video_uri and caught.value.partial_bytes == 0 and not (tmp_path / "cat.mp4").exists()


async def test_an_address_that_would_carry_the_key_in_the_open_is_refused():
    with pytest.raises(ValidationError):
        async with VeoVideoGenerator(base_url="http://proxy.example/v1beta", api_key="sk-canary-key"):
            pass
