"""The Veo web app (S0), row by row: what its own pages send."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from client.proxy import Proxy
from reelwright.settings import Settings
from server.conftest import APPROVING, Served, open_server
from server.test_dialect_fields import draw_picture

IDLE = replace(APPROVING, has_director=False, auto_approve=10_000_000)
"""Nothing is made: what is ordered is all that is looked at."""


async def order(client: httpx2.AsyncClient, *files: tuple[str, bytes], **fields: str) -> httpx2.Response:
    parts: list[Any] = [(name, (None, value)) for name, value in fields.items()]
    parts += [(name, (f"{name}.png", content, "image/png")) for name, content in files]
    return await client.post("/api/generate", files=parts)


async def read_model(server: Served, job: str) -> tuple[str, dict[str, str]]:
    """The model that a job buys from, and the retired one for which it stands."""
    studio = server.deployment.get_studio()
    found = await studio.read_video_job(job)
    home = (await studio.open_runtime()).get_home(studio.account)
    standing = await home.journal.read_standing(home.account, found.project)
    return found.model, dict(standing.brief.replaced_models)


@pytest.mark.parametrize(
    ("model", "bought"),
    [
        ("veo-3.1-generate-preview", "litellm-veo-3.1"),
        ("veo-3.1-fast-generate-preview", "litellm-veo-3.1-fast"),
        ("", "litellm-veo-3.1"),
    ],
)
async def test_s0_06_and_07_its_own_model_names_buy_the_same_model_where_it_is_still_sold(
    settings: Settings, proxy: Proxy, model: str, bought: str
) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        made = await order(client, prompt="a heron", durationSeconds="8", **({"model": model} if model else {}))
        assert made.status_code == 200, made.text
        assert (made.json()["model"], bought in made.json()["note"]) == (bought, True)
        assert await read_model(server, made.json()["job_id"]) == (
            bought, {model or "veo-3.1-generate-preview": bought}
        )  # fmt: skip


async def test_s0_06_a_setting_turns_that_off_and_the_successor_is_named(settings: Settings, proxy: Proxy) -> None:
    settings = replace(settings, retired="refuse")
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        made = await order(client, prompt="a heron", model="veo-3.1-generate-preview")
        assert (made.status_code, made.json()["field"]) == (422, "model")
        assert "gemini-omni-1.1-flash" in made.json()["accepted"]


async def test_s0_05_veo_3_0_is_sold_nowhere_and_names_its_successor(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        made = await order(client, prompt="a heron", model="veo-3.0")
        assert made.status_code == 422 and "gemini-omni-1.1-flash" in made.json()["accepted"]


async def test_s0_07_references_on_fast_are_refused_by_the_name_of_their_field(
    settings: Settings, proxy: Proxy
) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        picture = ("referenceImages", draw_picture())
        made = await order(client, picture, prompt="a heron", model="veo-3.1-fast-generate-preview")
        assert (made.status_code, made.json()["field"]) == (422, "referenceImages")
        made = await order(client, picture, prompt="a heron", model="veo-3.1-generate-preview", durationSeconds="8")
        assert made.status_code == 200, made.text


async def test_s0_04_files_of_an_unknown_field_are_refused_by_name(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        made = await order(client, ("styleImage", draw_picture()), prompt="a heron")
        assert (made.status_code, made.json()["field"]) == (422, "styleImage")
        assert (await client.get("/api/user-jobs")).json()["count"] == 0
