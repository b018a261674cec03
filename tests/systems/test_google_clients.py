"""Google's own client, on the paths of the Gemini API and of Vertex, against this server."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest

from client.proxy import Proxy, film
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.conftest import APPROVING, MODEL, Served, open_server

genai = pytest.importorskip("google.genai")
from google.genai import errors, types  # noqa: E402  # only where it is installed
from google.oauth2.credentials import Credentials  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
"""Their warnings are about their own code."""
IDLE = replace(APPROVING, has_director=False, auto_approve=10_000_000)


def open_gemini(server: Served) -> Any:
    return genai.Client(api_key="any", http_options=types.HttpOptions(base_url=server.url))


def open_vertex(server: Served) -> Any:
    options = types.HttpOptions(base_url=server.url)
    return genai.Client(
        vertexai=True, project="lamp-42", location="us-central1", credentials=Credentials("any"), http_options=options
    )


async def read_source(server: Served, job: str) -> Request:
    """Read the request of a job's only shot."""
    studio = server.deployment.get_studio()
    (shot,) = (await studio.read_plan((await studio.read_video_job(job)).project)).plan.shots
    assert isinstance(shot.source, Request)
    return shot.source


async def finish(client: Any, operation: Any) -> Any:
    async with asyncio.timeout(60):
        while not operation.done:
            await asyncio.sleep(0.05)
            operation = await client.aio.operations.get(operation)
    assert operation.error is None, operation.error
    return operation


async def test_a_video_is_generated_polled_and_downloaded_on_the_path_of_gemini(server: Served) -> None:
    client = open_gemini(server)
    config = types.GenerateVideosConfig(aspect_ratio="16:9", duration_seconds=4, number_of_videos=1)
    made = await client.aio.models.generate_videos(model=MODEL, prompt="a wave", config=config)
    done = await finish(client, made)
    (video,) = done.response.generated_videos
    assert await client.aio.files.download(file=video) == await film("a wave")
    name = re.search(r"files/([a-z0-9]+):download", video.video.uri)
    assert name
    found = await client.aio.files.get(name=f"files/{name[1]}")
    assert (found.mime_type, found.size_bytes) == ("video/mp4", len(await film("a wave")))
    assert await client.aio.files.download(file=found) == await film("a wave")


async def test_a_video_is_generated_and_fetched_on_the_path_of_vertex(server: Served) -> None:
    client = open_vertex(server)
    made = await client.aio.models.generate_videos(model=MODEL, prompt="a wave")
    assert made.name.startswith("projects/lamp-42/locations/us-central1/publishers/google/models/")
    (video,) = (await finish(client, made)).response.generated_videos
    assert video.video.video_bytes == await film("a wave")


async def test_the_video_models_are_listed_and_one_is_read(settings: Settings) -> None:
    async with open_server(settings, None, IDLE, rehearsal=Rehearsal(speed=3600)) as server:
        client = open_gemini(server)
        found = await client.aio.models.get(model=MODEL)
        assert (found.name, found.supported_actions) == (f"models/{MODEL}", ["predictLongRunning"])
        assert found.name in [model.name async for model in await client.aio.models.list()]
        with pytest.raises(errors.ClientError) as caught:
            await client.aio.models.get(model="flux-dev")
        assert caught.value.code == 404


async def test_an_extension_goes_on_from_the_last_frame_of_a_video_that_was_made_here(server: Served) -> None:
    client = open_gemini(server)
    config = types.GenerateVideosConfig(duration_seconds=4)
    made = await client.aio.models.generate_videos(model=MODEL, prompt="a wave", config=config)
    (video,) = (await finish(client, made)).response.generated_videos
    on = await client.aio.models.generate_videos(model=MODEL, prompt="it breaks", video=video.video, config=config)
    (longer,) = (await finish(client, on)).response.generated_videos
    assert await client.aio.files.download(file=longer)
    source = await read_source(server, on.name.rpartition("/")[2])
    assert source.mode == "image_to_video" and [one.role for one in source.inputs] == ["first_frame"]
    with pytest.raises(errors.ClientError) as caught:
        await client.aio.models.generate_videos(model="hailuo-2.3-fast-none", prompt="on", video=video.video)
    assert caught.value.code == 400


async def test_a_video_from_elsewhere_and_what_else_is_not_sold_is_refused_by_its_name(
    settings: Settings, proxy: Proxy
) -> None:
    video = types.Video(uri="https://films.example/v1beta/files/abc:download")
    person = types.GenerateVideosConfig(person_generation="allow_all")
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("instances[0].video", {"prompt": "on", "video": video}),
        ("parameters.personGeneration", {"prompt": "on", "config": person}),
    )
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as plain:
        client = open_gemini(server)
        for field, more in asked:
            with pytest.raises(errors.ClientError) as caught:
                await client.aio.models.generate_videos(model=MODEL, **more)
            assert caught.value.code == 400 and field in str(caught.value)
        assert (await plain.get("/api/v1/jobs")).json()["jobs"] == []


async def test_the_quickstart_s_model_is_bought_where_it_is_sold_and_the_answer_warns(
    settings: Settings, proxy: Proxy
) -> None:
    async with open_server(settings, proxy, IDLE) as server:
        client = open_gemini(server)
        made = await client.aio.models.generate_videos(model="veo-3.1-generate-preview", prompt="a wave")
        found = await client.aio.operations.get(made)
        assert "litellm-veo-3.1" in found.metadata["warning"]


async def test_a_wrong_name_suggests_video_models_only(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE) as server:
        client = open_gemini(server)
        with pytest.raises(errors.ClientError) as caught:
            await client.aio.models.generate_videos(model="gemini-3.1-flash-imagine", prompt="a wave")
        assert "image" not in str(caught.value).replace("flash-imagine", "")


@pytest.mark.parametrize("path", ["/v1beta/x", "/v1beta1/x", "/v1alpha/x", "/gemini/v1beta/x", "/v1/projects/p/x"])
async def test_every_version_path_answers_errors_in_googles_form(settings: Settings, proxy: Proxy, path: str) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        error = (await client.get(path)).json()["error"]
        assert (error["code"], error["status"]) == (404, "NOT_FOUND")
