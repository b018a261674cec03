"""The Veo web app (S0), row by row: what its own pages send."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from client.proxy import Proxy
from reelwright.catalogue.model_row import FailureCharges
from reelwright.providers.protocol import Progress
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings, load_settings
from reelwright.studio.machine.old_settings import examine_file, read_environment
from server.conftest import APPROVING, MODEL, Served, open_server
from server.receiver import open_receiver
from server.test_dialect_fields import draw_picture
from server.test_serve_command import run_server

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


@pytest.mark.parametrize(("key", "bought"), [("", ""), ("OPENROUTER_API_KEY", "openrouter-veo-3.1")])
async def test_s0_06_the_same_model_is_bought_by_the_key_that_is_there(
    settings: Settings, key: str, bought: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key:
        monkeypatch.setenv(key, "sk-any")
    async with open_server(settings, None, IDLE) as server, server.open_client() as client:
        made = await order(client, prompt="a heron", model="veo-3.1-generate-preview")
        if bought:
            assert (made.status_code, made.json()["model"]) == (200, bought)
        else:
            assert (made.status_code, made.json()["field"]) == (422, "model")
            assert "gemini-omni-1.1-flash" in made.json()["accepted"]


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


ENV = """
MODEL_ID=veo-3.1-fast-generate-preview
PROJECT_ID=lamp-42
OUTPUT_GCS_BUCKET_NAME=lamp-films
CONCURRENT_JOB_LIMIT=1
MAX_IMAGE_SIZE=10
MIN_IMAGE_RESOLUTION=720x720
DATABASE_URL=sqlite:///old.db
FRONTEND_URL=http://localhost:3000/
WEBHOOK_URL=https://hooks.example/canary
"""


async def test_s0_12_and_21_its_env_file_is_read_as_it_is(tmp_path: Path, settings: Settings, proxy: Proxy) -> None:
    (tmp_path / ".env").write_text(ENV)
    found = read_environment(tmp_path / ".env")
    assert found.origins == ("http://localhost:3000",) and found.variables["GOOGLE_CLOUD_PROJECT"] == "lamp-42"
    assert [note.partition(":")[0] for note in found.notes] == ["DATABASE_URL", "WEBHOOK_URL"]
    assert "canary" not in repr(found.notes)
    read = load_settings({**found.variables, "REELWRIGHT_HOME": str(settings.home)}, hands=1)
    assert (read.jobs_at_once, read.image_bytes, read.image_side, read.database) == (1, 10_485_760, 720, "")
    async with open_server(read, proxy, IDLE) as server, server.open_client() as client:
        assert (await client.get("/api/queue-status")).json()["concurrent_limit"] == 1
        assert (await order(client, prompt="a heron")).json()["model"] == "litellm-veo-3.1-fast"


@pytest.mark.parametrize(("word", "setting"), [("false", "never"), ("True", "send")])
async def test_s0_67_its_switch_of_webhooks_stops_every_call(
    tmp_path: Path, settings: Settings, proxy: Proxy, word: str, setting: str
) -> None:
    (tmp_path / ".env").write_text(f"WEBHOOK_ENABLED={word}\n")
    read = load_settings({**read_environment(tmp_path / ".env").variables, "REELWRIGHT_HOME": str(settings.home)})
    assert read.webhooks == setting
    told = replace(APPROVING, may_use_private=True)
    async with (
        open_server(replace(read, hands=1), proxy, told) as server,
        server.open_client() as client,
        open_receiver() as receiver,
    ):
        assert (await client.post("/api/v1/webhooks", json={"url": receiver.url})).status_code == 201
        await follow(client, (await order(client, prompt="a heron", model=MODEL)).json()["job_id"], "completed")
        async with asyncio.timeout(20):
            while setting == "send" and not receiver.requests:
                await asyncio.sleep(0.05)
        await asyncio.sleep(1.5 if setting == "never" else 0)
        assert bool(receiver.requests) == (setting == "send")


@pytest.mark.parametrize(
    ("lines", "level"),
    [("FLASK_ENV=development", "debug"), ("FLASK_DEBUG=1", "debug"), ("FLASK_ENV=production\nFLASK_DEBUG=0", "")],
)
def test_s0_73_its_profile_for_development_tells_more_and_what_is_unknown_is_named(
    tmp_path: Path, lines: str, level: str
) -> None:
    (tmp_path / ".env").write_text(f"{lines}\nFRONTEND_URL=http://localhost:3000\nFLASK_RELOADER=no\n")
    found = read_environment(tmp_path / ".env")
    assert load_settings({**found.variables, "REELWRIGHT_HOME": str(tmp_path)}).log_level == level
    assert found.origins == ("http://localhost:3000",)
    assert found.notes == ("FLASK_RELOADER: nothing here reads it",)
    checks = examine_file(tmp_path / ".env").checks
    assert [one.state for one in checks if one.name.startswith("FLASK_") and one.name != "FLASK_RELOADER"] == [
        "good"
    ] * (lines.count("="))


async def test_s0_55_a_picture_above_the_most_bytes_is_413_and_names_its_field(
    settings: Settings, proxy: Proxy
) -> None:
    picture = draw_picture()
    for most, status in ((len(picture), 200), (len(picture) - 1, 413)):
        limited = replace(settings, image_bytes=most)
        async with open_server(limited, proxy, IDLE) as server, server.open_client() as client:
            made = await order(client, ("startImage", picture), prompt="a heron")
            assert made.status_code == status, made.text
    assert (made.json()["field"], made.json()["code"]) == ("startImage", "picture_above_limit")


class Filter(Proxy):
    """Its filter withholds the second of what it is sent; ``a mask`` it fails to make until it is ``well``."""

    well = False

    def get_failure_terms(self, model: str) -> FailureCharges:
        return FailureCharges(on_failure="free", on_filter="free", on_cancel="free", source="itself")

    async def poll(self, operation: Operation) -> Progress:
        progress = await super().poll(operation)
        if progress.state == "succeeded" and [*self._accepted()].index(operation.id) == 1 and not self.well:
            return Progress(state="refused", message="a real person")
        if "a mask" in self._accepted()[operation.id]["prompt"] and not self.well:
            return Progress(state="failed", message="it broke late", can_retry=False)
        return progress


async def follow(client: httpx2.AsyncClient, job: str, *ends: str) -> list[dict[str, Any]]:
    """Each state of a job until one of ``ends``."""
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while not seen or seen[-1]["status"] not in ends:
            seen.append((await client.get(f"/api/status/{job}")).json())
            await asyncio.sleep(0.02)
    return seen


async def test_s0_19_and_64_some_of_four_are_filtered_and_the_note_says_how_many_and_why(settings: Settings) -> None:
    async with open_server(settings, Filter(settings.home.parent / "proxy")) as server, server.open_client() as client:
        made = await order(client, prompt="a heron", model=MODEL, sampleCount="4", durationSeconds="4")
        seen = await follow(client, made.json()["job_id"], "completed", "failed")
        assert (seen[-1]["status"], seen[-1]["video_count"]) == ("completed", 3)
        assert seen[-1]["note"].startswith("3 of 4: 1 ") and "a real person" in seen[-1]["note"]
        percents = [one["progress"] for one in seen]
        assert percents == sorted(percents) and percents[-1] == 100


async def test_s0_63_a_late_failure_ends_as_failed_with_its_reason_and_can_be_retried(settings: Settings) -> None:
    proxy = Filter(settings.home.parent / "proxy")
    async with open_server(settings, proxy) as server, server.open_client() as client:
        job = (await order(client, prompt="0.4s a mask", model=MODEL)).json()["job_id"]
        seen = await follow(client, job, "completed", "failed")
        assert seen[-1]["status"] == "failed" and "it broke late" in seen[-1]["error"]
        proxy.well = True
        again = await client.post(f"/api/retry/{job}")
        assert again.status_code == 200, again.text
        seen += await follow(client, job, "completed", "failed")
        assert seen[-1]["status"] == "completed"
        percents = [one["progress"] for one in seen]
        assert percents == sorted(percents)


def test_s0_75_no_setting_of_its_front_end_is_needed_since_nothing_is_built_into_a_page(tmp_path: Path) -> None:
    path = tmp_path / "front.env"
    names = ("DEV_MODE", "API_BASE_URL", "MSAL_CLIENT_ID", "MSAL_AUTHORITY", "MSAL_REDIRECT_URI")
    path.write_text("".join(f"VITE_{name}=http://localhost:7394\n" for name in names), encoding="utf-8")
    checks = examine_file(path).checks
    assert [one.name for one in checks] == [f"VITE_{name}" for name in names]
    assert {(one.state, one.message) for one in checks} == {("good", "not needed: nothing is built into a page")}


def test_s0_76_its_port_is_taken_for_the_api_and_the_pages(tmp_path: Path) -> None:
    with run_server(tmp_path / "home", "--rehearse", port=7394) as (_, client):
        assert client.base_url.port == 7394 and client.get("/ping").text == "pong"
        assert "<textarea" in client.get("/studio", headers={"Accept": "text/html"}).text


async def test_s0_82_a_deep_link_answers_its_page_also_again_and_an_unknown_path_of_the_api_is_json(
    settings: Settings,
) -> None:
    async with open_server(settings, None, IDLE) as server, server.open_client(follow_redirects=True) as client:
        queued = await server.deployment.get_studio().enqueue_make(script="# Fenn\n\nIt never flickers.\n", yes=True)
        page = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        shown = await client.get(f"/project/{queued.project}", headers=page)
        again = await client.get(shown.url, headers=page)
        for one in (shown, again):
            assert one.status_code == 200 and one.headers["content-type"].startswith("text/html") and "Fenn" in one.text
            assert one.url.path == f"/studio/projects/{queued.project}"
        missing = await client.get("/api/nope", headers={"Accept": "text/html"})
        assert (missing.status_code, missing.json()["code"]) == (404, "path_not_found")
