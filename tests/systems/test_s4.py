"""The client library (S4) with its defaults, against this server and against a proxy that sells by the wire's names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import video_generation
from client.proxy import Proxy
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.gemini_longrunning import FakeGeminiLongrunning
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.conftest import APPROVING, open_server
from video_generation import BatchResult, VeoVideoGenerator

RICH = replace(APPROVING, auto_approve=10_000_000)
MODELS = [
    (None, "veo-3.1-generate-001"), ("litellm-veo-3.1-lite", "veo-3.1-lite-generate-001"),
    ("veo-3.1-lite-generate-001", "veo-3.1-lite-generate-001"),
    ("veo-3.1-fast-generate-preview", "veo-3.1-fast-generate-001"),
]  # fmt: skip
"""What is asked for (None: the default), and what the wire calls it."""


def choose_options(tmp_path: Path) -> dict[str, Any]:
    return {
        "output_dir": tmp_path / "videos", "settings": Settings(home=tmp_path / "client"), "api_key": "sk-any",
        "show_progress": False, "poll_initial_delay": 0.05, "poll_max_delay": 0.1,
    }  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "/v1beta"])
async def test_s4_15_its_names_of_models_and_those_of_the_wire_buy_from_this_server(
    settings: Settings, proxy: Proxy, tmp_path: Path, prefix: str
) -> None:
    async with open_server(settings, proxy, RICH) as server:
        generator = VeoVideoGenerator(f"{server.url}{prefix}", **choose_options(tmp_path))
        async with generator:
            for n, (model, _) in enumerate(MODELS):
                made = await generator.generate_video_async(f"a wave {n}", model=model)
                assert made.success and made.video_path and made.video_path.is_file(), model
        assert proxy.submissions == [f"a wave {n}" for n in range(len(MODELS))]
        jobs = await server.deployment.get_studio().list_all_video_jobs()
        bought = ["litellm-veo-3.1", "litellm-veo-3.1-lite", "litellm-veo-3.1-lite", "litellm-veo-3.1-fast"]
        assert [job.model for job in reversed(jobs)] == bought


async def test_s4_15_the_same_words_buy_from_a_litellm_like_proxy(tmp_path: Path) -> None:
    fake = FakeGeminiLongrunning(Bill(tmp_path / "bill.jsonl"), script=Script(latency_s=(0, 0)))
    async with FakeServer(fake) as there:
        generator = VeoVideoGenerator(f"{there.url}/gemini/v1beta", **choose_options(tmp_path))
        async with generator:
            for n, (model, wire) in enumerate(MODELS):
                assert (await generator.generate_video_async(f"a wave {n}", model=model)).success
                submitted = [call.path for call in there.calls if call.kind == "submit"]
                assert submitted[-1].endswith(f"/models/{wire}:predictLongRunning")


async def test_s4_15_a_retired_name_without_a_twin_names_its_successor(tmp_path: Path) -> None:
    async with VeoVideoGenerator("http://127.0.0.1:9", **choose_options(tmp_path)) as generator:
        with pytest.raises(video_generation.ValidationError) as caught:
            await generator.generate_video_async("a wave", model="veo-3.0")
        assert caught.value.field == "model" and "gemini-omni-1.1-flash" in str(caught.value)


async def test_s4_43_over_http_the_successor_is_taken_by_query_header_or_body(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(RICH, has_director=False)
    async with (
        open_server(settings, None, options, rehearsal=Rehearsal(speed=3600)) as server,
        server.open_client() as client,
    ):
        path, body = "/models/veo-3.0:predictLongRunning", {"instances": [{"prompt": "a wave"}]}
        refused = await client.post(path, json=body)
        assert refused.status_code == 400 and "gemini-omni-1.1-flash" in refused.json()["error"]["message"]
        ways: tuple[dict[str, Any], ...] = (
            {"params": {"successor": "true"}}, {"headers": {"Reelwright-Successor": "true"}},
            {"json": {**body, "successor": True}},
        )  # fmt: skip
        for way in ways:
            made = await client.post(path, **{"json": body, **way})
            assert made.status_code == 200, made.text
            found = (await client.get(f"/{made.json()['name']}")).json()
            assert "gemini-omni-1.1-flash" in found["metadata"]["warning"]


def test_s4_26_and_31_a_batch_without_a_time_and_the_helpers_at_the_facade() -> None:
    assert BatchResult(results=[], total_time=None).success_rate == 0.0
    for name in ("sanitize_filename", "generate_filename", "parse_video_uri", "validate_prompt"):
        assert callable(getattr(video_generation, name)) and name in video_generation.__all__
