"""OpenAI's clients: what they send in JSON and in forms, and what they read of an answer and of an error."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from client.proxy import Proxy
from reelwright.catalogue.models import load_models
from reelwright.errors import BadInput
from reelwright.reel.graph.request import Request
from reelwright.server.order_bodies import open_uploaded
from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from reelwright.studio.runtime.scratch import open_scratch_folder
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_dialect_fields import draw_picture
from studio.test_materials import clip

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
IDLE = replace(APPROVING, has_director=False)
PLAIN = {"prompt": "a heron", "model": MODEL}


@pytest.fixture
async def idle(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    async with open_server(settings, proxy, IDLE) as served:
        yield served


async def read_request(server: Served, video: str) -> Request:
    studio = server.deployment.get_studio()
    (shot,) = (await studio.read_plan((await studio.read_video_job(video)).project)).plan.shots
    assert isinstance(shot.source, Request)
    return shot.source


async def test_a_picture_is_the_first_frame_however_a_client_sends_it(idle: Served) -> None:
    picture = draw_picture()
    url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    async with idle.open_client() as client:
        asset = (await client.post("/api/v1/assets", content=picture)).json()["id"]
        file = ("a.png", picture, "image/png")
        parts = {name: (None, value) for name, value in PLAIN.items()}
        sent: list[dict[str, Any]] = [
            {"json": {**PLAIN, "input_reference": {"image_url": url}}},
            {"json": {**PLAIN, "input_reference": {"file_id": asset}}},
            {"files": {**parts, "input_reference[image_url]": (None, url)}},  # openai for node: a nested object
            {"files": {**parts, "input_reference[file_id]": (None, asset)}},
            {"data": {**PLAIN, "input_reference[file_id]": asset}},
            {"files": {**parts, "input_reference": file}},
            {"files": {**parts, "input_reference[]": file}},
        ]
        for one in sent:
            made = await client.post("/v1/videos", **one)
            assert made.status_code == 200, made.text
            (first,) = (await read_request(idle, made.json()["id"])).inputs
            assert (first.role, first.asset) == ("first_frame", asset)
        two = {**parts, "input_reference": file, "input_reference[file_id]": (None, asset)}
        refused = await client.post("/v1/videos", files=two)
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, "input_reference")


async def test_a_video_without_a_length_lasts_four_seconds_where_the_model_sells_that(settings: Settings) -> None:
    async with (
        open_server(settings, None, IDLE, rehearsal=Rehearsal(speed=3600)) as server,
        server.open_openai() as client,
    ):
        for model, seconds in ((MODEL, "4"), ("gemini-omni-1.2-flash", "4"), ("hailuo-2.3", "6")):
            assert (await client.videos.create(prompt="a heron", model=model)).seconds == seconds


async def test_a_402_says_what_the_caller_can_do_and_max_usd_does_it(settings: Settings, proxy: Proxy) -> None:
    options = replace(IDLE, auto_approve=None)
    async with open_server(settings, proxy, options) as server, server.open_openai() as client:
        with pytest.raises(openai.APIStatusError) as caught:
            await client.videos.create(**PLAIN)
        assert caught.value.status_code == 402 and "max_usd to 0.20" in caught.value.message
        with pytest.raises(openai.APIStatusError) as caught:
            await client.videos.create(**PLAIN, extra_body={"max_usd": "0.19"})
        assert caught.value.status_code == 402
        assert (await client.videos.create(**PLAIN, extra_body={"max_usd": "0.20"})).status == "queued"
        assert (await client.videos.create(**PLAIN, extra_headers={"Reelwright-Max-Usd": "0.2"})).status == "queued"
        with pytest.raises(openai.APIStatusError) as caught:  # of two caps, the lower one
            await client.videos.create(
                **PLAIN, extra_body={"max_usd": "5"}, extra_headers={"Reelwright-Max-Usd": "0.1"}
            )
        assert caught.value.status_code == 402


async def test_errors_name_openais_fields_and_every_answer_its_request(idle: Served) -> None:
    async with idle.open_openai() as client:
        assert (await client.videos.create(**PLAIN))._request_id
        with pytest.raises(openai.BadRequestError) as caught:
            await client.videos.create(**PLAIN, size="1080x1080")
        assert caught.value.param == "size" and caught.value.request_id
        with pytest.raises(openai.BadRequestError):
            await client.videos.list(order="newest")


async def test_the_description_has_the_sizes_and_orders_that_typed_clients_know(idle: Served) -> None:
    async with idle.open_client() as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
        for kind in ("application/json", "multipart/form-data"):
            size = paths["/v1/videos"]["post"]["requestBody"]["content"][kind]["schema"]["properties"]["size"]
            assert "1280x720" in size["anyOf"][0]["enum"]
        (order,) = [one for one in paths["/v1/videos"]["get"]["parameters"] if one["name"] == "order"]
        assert order["schema"]["enum"] == ["asc", "desc"]
        for path, method in (("/v1/videos", "post"), ("/v1/videos", "get"), ("/v1/videos/{video_id}", "get")):
            schema = paths[path][method]["responses"]["200"]["content"]["application/json"]["schema"]
            assert schema["$ref"].startswith("#/components/schemas/OpenAi")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/videos/job_1/remix", {"prompt": "at night"}),
        ("/v1/videos/edits", {"prompt": "at night", "video": {"id": "job_1"}}),
    ],
)
async def test_what_needs_a_model_that_changes_a_video_is_404_with_that_reason(
    idle: Served, path: str, body: dict[str, Any]
) -> None:
    async with idle.open_client() as client:
        answer: httpx2.Response = await client.post(path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_model_takes_a_video")


@pytest.mark.parametrize("how", ["json", "form", "file"])
async def test_an_extension_begins_on_the_last_frame_of_a_video(server: Served, how: str) -> None:
    async with server.open_openai() as client, server.open_client() as plain, asyncio.timeout(60):
        video = await client.videos.create_and_poll(**PLAIN, poll_interval_ms=50)
        terms = {"prompt": "it flies off", "seconds": "4"}
        if how == "file":  # openai 3.52 refuses its own VideoReference: its extend() sends files alone
            content = await (await client.videos.download_content(video.id)).aread()
            made = (await client.videos.extend(**terms, video=content, extra_body={"model": MODEL})).id
        else:
            body = {**terms, "video": {"id": video.id}}
            sent = {"json": body} if how == "json" else {"data": {**terms, "video[id]": video.id}}
            answer = await plain.post("/v1/videos/extensions", **sent)
            assert answer.status_code == 200 and answer.json()["model"] == video.model, answer.text
            made = answer.json()["id"]
        assert (await client.videos.poll(made, poll_interval_ms=50)).status == "completed"
        source = await read_request(server, made)
        assert source.mode == "image_to_video" and [one.role for one in source.inputs] == ["first_frame"]
        gone = await plain.post("/v1/videos/extensions", json={**terms, "video": {"id": "job_1"}})
        assert gone.status_code == 404 and gone.json()["error"]["code"] == "job_not_found"


async def test_an_uploaded_list_of_files_is_no_video_to_go_on_from(idle: Served, tmp_path: Path) -> None:
    """ffmpeg would open the files that it names, whoever they belong to."""
    clip(tmp_path / "other.mp4", "color=red:", 1)
    named = tmp_path / "video"
    named.write_text("ffconcat version 1.0\nfile other.mp4\n", encoding="utf-8")
    with open_scratch_folder() as folder, pytest.raises(BadInput, match="MP4, MOV, WebM or MKV"):
        await open_uploaded(idle.deployment.get_studio(), named, folder, MODEL)
    async with idle.open_client() as client:
        answer = await client.post(
            "/v1/videos/extensions",
            data={"prompt": "on", "model": MODEL},
            files={"video": ("v.mp4", named.read_bytes())},
        )
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "video")
        assert (await client.get("/v1/videos")).json()["data"] == []


async def test_a_model_that_begins_on_no_picture_goes_on_from_no_video(server: Served) -> None:
    words = next(one for one in load_models().values() if one.kind == "video" and one.modes == ("text_to_video",))
    async with server.open_openai() as client, server.open_client() as plain, asyncio.timeout(60):
        video = await client.videos.create_and_poll(**PLAIN, poll_interval_ms=50)
        body = {"prompt": "on", "model": words.id, "video": {"id": video.id}}
        refused = await plain.post("/v1/videos/extensions", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_goes_on_from_no_video")
        assert words.id in refused.json()["error"]["message"]
