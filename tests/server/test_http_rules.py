"""What any client of HTTP may expect: methods, ranges, times, ids of requests, and a description with its address."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from client.proxy import Proxy, film
from reelwright.server.downloads import sniff_type
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_native import post, wait_for

IDLE = replace(APPROVING, has_director=False)


async def test_a_file_is_sent_by_range_and_by_time_as_the_standard_says(server: Served, tmp_path: Path) -> None:
    async with server.open_client() as client:
        job = str((await post(client, "/clips", prompt="a heron", model=MODEL, accept_unconfirmed=True))["job"])
        done = await wait_for(client, job)
        path, whole = f"/v1/videos/{job}/content", await film("a heron")
        other = await client.get(path, headers={"Range": "seconds=0-3"})
        assert (other.status_code, other.content) == (200, whole), "a unit that is not understood is ignored"
        since = other.headers["last-modified"]
        for header, status in ((since, 304), ("Thu, 01 Jan 2015 00:00:00 GMT", 200), ("soon", 200)):
            assert (await client.get(path, headers={"If-Modified-Since": header})).status_code == status, header
        both = {"If-Modified-Since": since, "If-None-Match": '"another"'}
        assert (await client.get(path, headers=both)).status_code == 200
        out = tmp_path / "clip.zip"
        await server.deployment.get_studio().export(str(done["project"]), out)
        with zipfile.ZipFile(out) as archive:
            assert archive.read("clip.mp4") == whole


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/v1/videos", "GET, POST"), ("/v1/videos/job_1", "DELETE, GET"), ("/api/v1/jobs/job_1", "GET, PATCH")],
)
async def test_a_method_that_is_not_there_is_answered_with_all_that_are(
    settings: Settings, proxy: Proxy, path: str, methods: str
) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        answer = await client.put(path)
        assert answer.status_code == 405
        assert {*methods.split(", ")} <= {*answer.headers["allow"].split(", ")}


async def test_each_answer_has_an_id_and_the_description_says_where_and_with_which_key(
    settings: Settings, proxy: Proxy
) -> None:
    settings = replace(settings, public_url="https://films.example")
    async with (
        open_server(settings, proxy, replace(IDLE, is_key_required=True)) as server,
        server.open_client() as client,
    ):
        secret = (await server.deployment.get_studio().create_api_key("a program", "producer")).secret
        ids = {(await client.get("/v1/videos")).headers["x-request-id"] for _ in range(2)}
        assert len(ids) == 2
        described = (await client.get("/openapi.json", headers={"x-api-key": secret})).json()
        assert described["servers"] == [{"url": "https://films.example"}]
        assert {*described["components"]["securitySchemes"]} == {"bearer", "x-api-key", "x-goog-api-key"}
        assert {} not in described["security"] and described["paths"]["/ping"]["get"]["security"] == []
        codes = [(await client.get("/v1/videos", headers=head)).json()["error"]["code"]
                 for head in ({}, {"Authorization": "Bearer sk-any"})]  # fmt: skip
        assert codes == ["key_needed", "key_unknown"]


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\xff\xfa\x90\x00", "audio/mpeg"),
        (b"\xff\xf2\x90\x00", "audio/mpeg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\xff", "application/octet-stream"),
    ],
)
def test_a_file_is_sent_with_the_type_that_its_first_bytes_tell(head: bytes, mime: str, tmp_path: Path) -> None:
    path = tmp_path / "asset"
    path.write_bytes(head)
    assert sniff_type(path) == mime
