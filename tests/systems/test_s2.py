"""The ad pipeline (S2) by its document, over HTTP in a rehearsal: rows of reference S2 that need no page and no GPU."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from reelwright.planner import flavors
from reelwright.reel.film.brief import Brief
from reelwright.server.dialects.states import find_ad_status
from reelwright.settings import Settings
from reelwright.studio.results.video_job import VideoJob
from reelwright.studio.runtime.rehearsal import Rehearsal
from reelwright.units import Micros
from server.conftest import APPROVING, Served, open_server
from server.test_dialects import draw_picture, get

MODELS: Final = ("hailuo_fast", "veo_fast", "veo", "wan", "kling")
BODIES: Final[tuple[dict[str, Any], ...]] = (
    {"prompt": "Create a 30-second Nike sneaker ad, energetic style", "title": "Nike Sneaker Ad",
     "description": "Energetic lifestyle ad"},
    {"prompt": "15 second ad for Luna Coffee, morning light", "title": "Luna"},
)  # fmt: skip
"""Its two bodies: the one of its README, and one without a model or a description."""
IN_SHORT: Final = ("hailuo_fast", "veo_fast")
"""The model by which each body is filmed in ``make test``; by the others it is filmed in ``make test-serve``."""
ONE: Final = pytest.mark.sampled(count=1)
"""One of the two bodies for each change, by the seed."""
REHEARSAL: Final = Rehearsal(speed=3600)
RICH: Final = replace(APPROVING, auto_approve=Micros(20_000_000))
IDLE: Final = replace(RICH, has_director=False)


async def order(client: httpx2.AsyncClient, **body: Any) -> httpx2.Response:
    return await client.post("/api/generate", json=body)


async def read_plan(server: Served, client: httpx2.AsyncClient, video: str) -> Any:
    shown = await get(client, f"/api/v1/jobs/{video}")
    return await server.deployment.get_studio().show(shown["project"])


async def test_s2_27_the_answer_has_its_three_keys_and_the_title_is_the_projects(settings: Settings) -> None:
    async with open_server(settings, None, IDLE, rehearsal=REHEARSAL) as server, server.open_client() as client:
        made = (await order(client, **BODIES[0])).json()
        assert list(made) == ["video_id", "status", "message"]
        status = await get(client, f"/api/status/{made['video_id']}")
        assert (status["title"], status["description"]) == ("Nike Sneaker Ad", "Energetic lifestyle ad")
        project = await read_plan(server, client, made["video_id"])
        assert project.title == "Nike Sneaker Ad"
        listed = await get(client, "/api/v1/projects")
        assert [one["title"] for one in listed["projects"]] == ["Nike Sneaker Ad"]


async def test_s2_28_the_page_of_the_project_shows_its_title_and_its_description(settings: Settings) -> None:
    async with open_server(settings, None, RICH, rehearsal=REHEARSAL) as server, server.open_client() as client:
        made = (await order(client, **BODIES[0], model="animatic")).json()
        project = (await get(client, f"/api/v1/jobs/{made['video_id']}"))["project"]
        async with asyncio.timeout(60):
            while not (await read_plan(server, client, made["video_id"])).shots:
                await asyncio.sleep(0.1)
        as_page = {"Accept": "text/html"}
        page = (await client.get(f"/studio/projects/{project}?tab=film", headers=as_page)).text
        assert "<h1>Nike Sneaker Ad</h1>" in page and "<dd>Energetic lifestyle ad</dd>" in page
        german = await client.get(f"/studio/projects/{project}?tab=film", headers={**as_page, "Accept-Language": "de"})
        assert "<dt>Beschreibung</dt>" in german.text


async def test_s2_16_a_retired_model_is_the_same_one_where_it_is_sold_and_else_names_its_successor(
    settings: Settings,
) -> None:
    async with open_server(settings, None, IDLE, rehearsal=REHEARSAL) as server, server.open_client() as client:
        made = (await order(client, **BODIES[1], model="veo-3.1-fast-generate-preview")).json()
        assert "the same model is bought as openrouter-veo-3.1-fast" in made["message"], made
        job = await get(client, f"/api/v1/jobs/{made['video_id']}")
        assert "openrouter-veo-3.1-fast" in job["replacement"]
        refused = await order(client, **BODIES[1], model="veo-3.0")
        assert refused.status_code == 422 and "gemini-omni-1.1-flash" in refused.text
        taken = (await order(client, **BODIES[1], model="veo-3.0", successor=True)).json()
        assert "gemini-omni-1.1-flash is asked in its place" in taken["message"], taken
    settings = replace(settings, retired="refuse")
    async with open_server(settings, None, IDLE, rehearsal=REHEARSAL) as server, server.open_client() as client:
        refused = await order(client, **BODIES[1], model="veo-3.1-fast-generate-preview")
        assert refused.status_code == 422, "a setting turns it off"


async def test_s2_29_every_reference_asset_reaches_the_stills_or_is_refused(settings: Settings) -> None:
    async with open_server(settings, None, IDLE, rehearsal=REHEARSAL) as server, server.open_client() as client:
        files = [("files", (f"{n}.png", draw_picture((720 + n, 720)), "image/png")) for n in range(9)]
        ids = (await client.post("/api/upload", files=files)).json()["asset_ids"]
        for count in (1, 3):
            made = (await order(client, **BODIES[1], reference_assets=ids[:count])).json()
            found = await get(client, f"/api/v1/jobs/{made['video_id']}")
            home = (await server.deployment.get_studio().open_runtime()).get_home("local")
            standing = await home.journal.read_standing("local", found["project"])
            stills = [shot.still for shot in standing.plan.shots if shot.still and shot.still.mode != "still"]
            assert stills and all([one.asset for one in still.inputs] == ids[:count] for still in stills)
        refused = await order(client, **BODIES[1], reference_assets=ids)
        assert refused.status_code == 422 and "reference" in refused.json()["field"]


@pytest.mark.parametrize("state", ["running", "failed", "cancelled", "waiting/decision", "waiting/budget"])
def test_s2_30_the_phase_never_goes_back_in_failure_either(state: str) -> None:
    name, _, wait = state.partition("/")
    phases = []
    for seconds, has_stills, has_takes in ((0, False, False), (30, False, False), (30, True, False), (30, True, True)):
        job = VideoJob.model_construct(
            state=name, wait_reason=wait or None, duration_s=seconds, reason=None, has_started=True
        )
        phases.append(find_ad_status(job, has_stills=has_stills, has_takes=has_takes)[1])
    assert phases == sorted(phases) and phases[-1] == "phase5_refine"


@pytest.mark.parametrize(("model", "body"), [
    pytest.param(model, body, marks=ONE if model == IN_SHORT[n] else pytest.mark.lane_serve, id=f"{model}-{n}")
    for model in MODELS for n, body in enumerate(BODIES)
])  # fmt: skip
async def test_s2_24_its_own_request_is_a_film_for_the_price_quoted(
    settings: Settings, model: str, body: dict[str, Any]
) -> None:
    async with (
        asyncio.timeout(300),
        open_server(settings, None, RICH, rehearsal=REHEARSAL) as server,
        server.open_client() as client,
    ):
        small = {**body, "config_flavor": "small"}
        write_small_ads(settings)
        studio = server.deployment.get_studio()
        quote = await studio.quote(
            Brief(text=body["prompt"], title=body["title"]), flavor="small", models=[model], stills="flux-dev"
        )
        made = await order(client, **small, model=model)
        assert made.status_code == 200, made.text
        video = made.json()["video_id"]
        seen = [("", -1.0)]
        while (status := await get(client, f"/api/status/{video}"))["status"] not in ("completed", "failed"):
            seen.append((status["current_phase"], status["progress"]))
            await asyncio.sleep(0.1)
        assert status["status"] == "completed", status["error"]
        assert seen == sorted(seen) and status["progress"] == 100
        shown = await get(client, f"/api/v1/jobs/{video}")
        plan = await studio.show(shown["project"])
        assert not [one for one in plan.findings if one.is_fault]
        film = await client.get(status["final_video_url"], headers={"Range": "bytes=4-7"})
        assert (film.status_code, film.content) == (206, b"ftyp") and status["final_video_url"].startswith(server.url)
        spent = Decimal((await get(client, "/api/v1/spend"))["usd"])
        assert Decimal(str(status["cost_usd"])) == spent == Decimal(quote.micros) / 1_000_000 > 0


def write_small_ads(settings: Settings) -> None:
    """Write the flavor ``ads`` at five frames a second and in small squares, so that its films are made soon."""
    folder = settings.home / "rehearsal" / "flavors" / "small"
    folder.mkdir(parents=True)
    ads = (Path(flavors.__file__).parent / "ads" / "pipeline_params.yaml").read_text()
    (folder / "pipeline_params.yaml").write_text(ads.replace("[30, 1]", "[5, 1]").replace('"16:9"', '"1:1"'))
