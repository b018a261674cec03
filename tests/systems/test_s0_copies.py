"""The Veo web app (S0), row by row: copies of a job's films at the provider, and on the server's own disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from buckets import Bucket, open_bucket
from client.proxy import Proxy
from reelwright.net.http import HttpClient
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.gemini_longrunning import FakeGeminiLongrunning
from reelwright.providers.fakes.google import FakeGoogle
from reelwright.providers.fakes.script import Script, answer_status
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.families.veo_wires import AfterLanding, Vertex
from reelwright.providers.gemini_longrunning import GeminiLongrunning
from reelwright.providers.google import Google
from reelwright.settings import Settings
from server.conftest import APPROVING, Served, open_server
from server.test_dialects import get
from server.test_retention import age, put, quiet_sweeper, wait_for_end  # noqa: F401  a fixture of all tests here

RICH: Final = replace(APPROVING, auto_approve=20_000_000)
VEO, OMNI = "vertex-veo-3.1-lite", "gemini-omni-1.1-flash"
AT_ONCE: Final = Script(latency_s=(0, 0))


@asynccontextmanager
async def open_on_google(
    settings: Settings, script: Script = AT_ONCE, after_landing: AfterLanding = "with-job", *, is_vertex: bool = True
) -> AsyncIterator[tuple[Served, httpx2.AsyncClient, Any]]:
    """Serve films of Vertex whose bucket is on this machine, or of the Gemini API; and the fake that sells them."""
    kind = FakeGeminiLongrunning if is_vertex else FakeGoogle
    auth = {"authorization": "Bearer x"} if is_vertex else {"x-goog-api-key": "x"}
    async with (
        FakeServer(kind(Bill(settings.home.parent / "bill.jsonl"), script)) as google,
        HttpClient("Google", google.url, auth=auth) as http,
    ):
        wire = Vertex(project="p1", storage="gs://films/veo", after_landing=after_landing)
        sold: Any = GeminiLongrunning(http, wire=wire) if is_vertex else Google(http)
        async with open_server(settings, sold, RICH) as server, server.open_client() as client:
            yield server, client, google.fake


async def make(client: httpx2.AsyncClient, prompt: str = "a heron", **fields: str) -> str:
    """Make a clip of two samples, and return its job once its project rests."""
    data = {"prompt": prompt, "model": VEO, "sampleCount": "2", "durationSeconds": "4", **fields}
    answer = await client.post("/api/generate", data=data, files={"u": b""})
    assert answer.status_code == 200, answer.text
    job: str = answer.json()["job_id"]
    async with asyncio.timeout(60):
        while (await get(client, f"/api/status/{job}"))["status"] != "completed":
            await asyncio.sleep(0.05)
    return job


def count_left(google: Any) -> int:
    """How many films lie at the provider."""
    return sum(len(work.delivered_samples) for work in google.remote) - len(google.removed_paths)


async def test_s0_44_a_deleted_job_takes_its_films_in_the_bucket_with_it_and_no_other(settings: Settings) -> None:
    async with open_on_google(settings) as (_, client, google):
        one, other = await make(client), await make(client, "a boat")
        assert count_left(google) == 4
        assert (await client.delete(f"/api/delete/{one}")).json()["freed_bytes"] > 0
        assert count_left(google) == 2 and all("a-heron" in path for path in google.removed_paths)
        assert (await client.get(f"/api/download/{other}")).status_code == 200
        assert (await get(client, "/api/v1/spend"))["usd"] != "0.00"


async def test_s0_44_a_film_that_another_job_shares_stays_in_the_bucket(settings: Settings) -> None:
    async with open_on_google(settings) as (_, client, google):
        first, second = await make(client), await make(client)
        await client.delete(f"/api/delete/{first}")
        assert not google.removed_paths
        await client.delete(f"/api/delete/{second}")
        assert count_left(google) == 0


@pytest.mark.parametrize(("switch", "left"), [("", 0), ("?cleanup_gcs=true", 0), ("?cleanup_gcs=false", 2)])
async def test_s0_45_and_47_cleaning_up_removes_films_in_the_bucket_unless_it_is_told_not_to(
    settings: Settings, switch: str, left: int
) -> None:
    async with open_on_google(settings) as (server, client, google):
        job = await make(client)
        assert (await client.delete(f"/api/cleanup/{job}{switch}")).json()["freed_bytes"] > 0
        assert count_left(google) == left
        assert (await get(client, f"/api/status/{job}"))["status"] == "completed"
        await server.deployment.get_studio().sweep_files()
        assert count_left(google) == left, "nor does a sweep"


async def test_s0_47_a_bucket_that_is_an_archive_keeps_its_films(settings: Settings) -> None:
    async with open_on_google(settings, after_landing="keep") as (_, client, google):
        await client.delete(f"/api/delete/{await make(client)}?cleanup_gcs=true")
        assert count_left(google) == 2


async def test_s0_42_films_in_the_bucket_go_with_the_files_after_the_first_whole_download(settings: Settings) -> None:
    async with open_on_google(settings) as (server, client, google):
        job = await make(client)
        await put(client, after_download="5s")
        studio = server.deployment.get_studio()
        await client.get(f"/api/download/{job}", headers={"Range": "bytes=0-9"})
        assert (await studio.sweep_files()).ended_jobs == 0
        assert (await client.get(f"/api/download/{job}")).status_code == 200
        await wait_for_end(client, job)
        await age(server, job, days=1)
        await studio.sweep_files()
        assert count_left(google) == 2, "the grace period goes on"
        await age(server, job, ended_days=1)
        assert (await studio.sweep_files()).deleted_jobs == 1
        assert count_left(google) == 0


async def test_s0_42_what_a_bucket_refuses_to_remove_is_tried_again_by_the_next_sweep(settings: Settings) -> None:
    script = AT_ONCE.add_rule("fetch", answer_status(403), [3])
    async with open_on_google(settings, script) as (server, client, google):
        job = await make(client)
        assert (await client.delete(f"/api/cleanup/{job}")).json()["freed_bytes"] > 0
        assert count_left(google) > 0
        await server.deployment.get_studio().sweep_files()
        assert count_left(google) == 0
        assert not await server.deployment.runtime.journal.list_erasures()


async def test_s0_45_a_film_that_never_arrived_keeps_all_of_its_purchase_in_the_bucket(settings: Settings) -> None:
    script = AT_ONCE.add_rule("fetch", answer_status(404), [2, *range(3, 400)])
    async with open_on_google(settings, script) as (_, client, google):
        data = {"prompt": "a heron", "model": VEO, "sampleCount": "2", "durationSeconds": "4"}
        job = (await client.post("/api/generate", data=data, files={"u": b""})).json()["job_id"]
        async with asyncio.timeout(60):
            while (await get(client, f"/api/status/{job}"))["status"] not in ("failed", "completed"):
                await asyncio.sleep(0.05)
        await client.delete(f"/api/cleanup/{job}")
        assert not google.removed_paths


async def test_s0_44_a_deleted_job_takes_its_film_in_the_files_of_the_gemini_api_with_it(settings: Settings) -> None:
    async with open_on_google(settings, is_vertex=False) as (_, client, google):
        job = await make(client, model=OMNI, sampleCount="1")
        assert count_left(google) == 1
        await client.delete(f"/api/delete/{job}")
        assert count_left(google) == 0


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with open_bucket() as made:
        yield made


async def test_s0_46_cleaning_up_local_copies_frees_them_and_the_bucket_of_the_vault_still_serves(
    settings: Settings, bucket: Bucket, proxy: Proxy, tmp_path: Path
) -> None:
    there = replace(settings, vault_url=f"{bucket.url}/{tmp_path.name}", vault_endpoint=bucket.endpoint)
    async with open_server(there, proxy, RICH) as server, server.open_client() as client:
        job = await make(client, model="litellm-veo-3.1-lite", sampleCount="1")
        film = (await client.get(f"/api/download/{job}")).content
        async with asyncio.timeout(20):
            while not (freed := (await client.delete(f"/api/cleanup/{job}/local")).json())["freed_bytes"]:
                await asyncio.sleep(0.1)
        assert freed == {"job_id": job, "deleted": False, "freed_bytes": len(film)}
        assert (await client.delete(f"/api/cleanup/{job}/local")).json()["freed_bytes"] == 0
        assert (await client.get(f"/api/download/{job}")).content == film
