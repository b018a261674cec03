"""The vertical shorts (S3) by their document, over HTTP: rows of reference S3 that need no page and no GPU."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
import websockets

from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from reelwright.units import Micros
from server.conftest import APPROVING, open_server
from server.test_dialects import get

IDLE = replace(APPROVING, has_director=False)
REHEARSAL = Rehearsal(speed=3600)


async def test_s3_01_a_plain_idea_becomes_a_short_of_thirty_seconds(settings: Settings) -> None:
    filmed, options = (
        replace(settings, model="hailuo_fast", stills="flux-dev"),
        replace(IDLE, auto_approve=Micros(2_000_000)),
    )
    async with open_server(filmed, None, options, rehearsal=REHEARSAL) as server, server.open_client() as client:
        answer = await client.post("/api/mv/scenes", json={"idea": "a hedgehog who is afraid of balloons"})
        made = answer.json()
        assert made.get("config_flavor") == "default" and made["scenes"], made
        last = made["scenes"][-1]
        assert last["start_s"] + last["duration_s"] == 30
        job = await get(client, f"/api/v1/jobs/{made['job_id']}")
        assert (job["width"], job["height"]) == (1080, 1920)


@pytest.mark.parametrize("idea", [
    "a hedgehog who is afraid of balloons", "a fox learns to skate", "why do whales sing",
    "Ein Igel, der Angst vor Luftballons hat",
])  # fmt: skip
async def test_s3_01_a_drawn_idea_is_a_short_of_thirty_seconds_too(settings: Settings, idea: str) -> None:
    async with open_server(settings, None, IDLE) as server, server.open_client() as client:
        made = (await client.post("/api/mv/scenes", json={"idea": idea})).json()
        last = made["scenes"][-1]
        assert 24 <= last["start_s"] + last["duration_s"] <= 36, made["scenes"]
        told = [scene["words"]["line"] for scene in made["scenes"]]
        assert told[0] == told[-1] == idea and len(told) == 5
        assert " ".join(told[1:-1]).replace(",", "") == idea.replace(",", ""), "no word that is not the idea's"


async def test_s3_04_archetype_and_planner_come_from_the_body(settings: Settings) -> None:
    async with open_server(settings, None, IDLE, rehearsal=REHEARSAL) as server, server.open_client() as client:
        idea = {"idea": "Fenn, a desk lamp that never flickers"}
        refused = await client.post("/api/mv/scenes", json={**idea, "archetype": "testimonial"})
        assert refused.status_code == 422 and refused.json()["field"] == "archetype"
        for body, field in (({"planner": "nobody"}, "planner"), ({"archetype": "no such"}, "archetype")):
            refused = await client.post("/api/mv/scenes", json={**idea, "planner": "claude-sonnet-5-5", **body})
            assert refused.status_code == 422 and refused.json()["field"] == field, refused.text


async def test_s3_26_a_request_without_a_body_is_answered_with_questions(settings: Settings) -> None:
    async with open_server(settings, None, IDLE) as server, server.open_client() as client:
        for more in ({}, {"json": {}}, {"content": b"", "headers": {"content-type": "application/json"}}):
            answer = await client.post("/api/mv/scenes", **more)  # type: ignore[arg-type]
            assert (answer.status_code, answer.json()["code"]) == (422, "nothing_to_show")
            asked = [one for one in answer.json()["actions"] if one["kind"] == "answer_question"]
            assert len(asked) == 4


async def test_s3_17_each_message_says_how_far_its_job_is(settings: Settings) -> None:
    async with open_server(settings, None, IDLE) as server, server.open_client() as client:
        made = (await client.post("/api/mv/scenes?config_flavor=spot", json={"idea": "Fenn, a desk lamp"})).json()
        url = f"{server.url.replace('http', 'ws')}/api/ws/{made['project_id']}"
        async with asyncio.timeout(30), websockets.connect(url) as socket:
            first = json.loads(await socket.recv())
            while "progress" not in (event := json.loads(await socket.recv())):
                pass
            assert event["job"] == made["job_id"] and 0 <= event["progress"] <= 100
        last = {"Last-Event-ID": str(first["id"])}
        async with asyncio.timeout(30), websockets.connect(url, additional_headers=last) as socket:
            assert json.loads(await socket.recv())["id"] > first["id"]


async def test_s3_27_own_flavors_exist_in_a_rehearsal(settings: Settings) -> None:
    folder = settings.home / "flavors" / "mine"
    folder.mkdir(parents=True)
    text = 'about: "Mine."\naspect: "9:16"\nlength_ms: 9000\nlook: slam\ntone: neutral\nvoice: false\nfps: [30, 1]\n'
    text += "captions: clean\nanimatic: animatic/2026.1\ncomposer: composer/2026.1\n"
    (folder / "pipeline_params.yaml").write_text(text)
    async with open_server(settings, None, IDLE, rehearsal=REHEARSAL) as server, server.open_client() as client:
        assert "mine" in [one["name"] for one in (await get(client, "/api/v1/flavors"))["flavors"]]
        made = await client.post("/api/mv/scenes?config_flavor=mine", json={"idea": "Fenn, a desk lamp"})
        assert made.status_code == 200 and made.json()["config_flavor"] == "mine", made.text
        unknown = await client.post("/api/mv/scenes?config_flavor=nobody", json={"idea": "Fenn, a desk lamp"})
        assert unknown.status_code == 422 and "mine" in unknown.json()["accepted"]


async def test_s3_15_another_take_is_made_with_the_callers_own_cap_after_the_budget_is_spent(
    settings: Settings,
) -> None:
    write_tight_flavor(settings, "0.40")
    options = replace(APPROVING, auto_approve=Micros(0))
    async with (
        asyncio.timeout(120),
        open_server(settings, None, options, rehearsal=REHEARSAL) as server,
        server.open_client() as client,
    ):
        body = {"brief": "a fox learns to skate", "flavor": "tight", "goal": "takes", "length": 5, "short_side": 180}
        made = await client.post("/api/v1/projects", json={**body, "models": ["kling"], "max_usd": "1"})
        assert made.status_code in (200, 202), made.text
        project, job = made.json()["project"], made.json()["job"]
        while (await get(client, f"/api/v1/jobs/{job}"))["state"] not in ("done", "failed", "waiting"):
            await asyncio.sleep(0.1)
        shot = (await get(client, f"/api/v1/projects/{project}"))["shots"][0]["id"]
        path = f"/api/v1/projects/{project}/shots/{shot}/retakes"
        assert (await client.post(path, json={})).status_code == 402
        again = await client.post(path, json={"max_usd": "1"})
        assert again.status_code == 202, again.text


@pytest.mark.parametrize("how", ["body", "header"])
async def test_s3_15_the_callers_own_cap_raises_the_budget_of_a_flavor(settings: Settings, how: str) -> None:
    write_tight_flavor(settings, "0.10")
    options = replace(IDLE, auto_approve=Micros(0))
    async with (
        open_server(settings, None, options, rehearsal=REHEARSAL) as server,
        server.open_client() as client,
    ):
        cap = {"max_usd": "1"} if how == "body" else {}
        headers = {} if how == "body" else {"Reelwright-Max-Usd": "1"}
        brief = {"brief": "a fox learns to skate", "flavor": "tight", "length": 5, "models": ["kling"]}
        refused = await client.post("/api/v1/projects", json={**brief, "max_usd": "0.05"})
        assert refused.status_code == 402, refused.text
        made = await client.post("/api/v1/projects", json={**brief, **cap}, headers=headers)
        assert made.status_code == 202, made.text
        quote = made.json()["quote"]
        assert 0.10 < float(quote["usd"]) <= 1 and not quote["budget"]["is_exceeded"], quote


def write_tight_flavor(settings: Settings, usd: str) -> None:
    """Write a flavor whose budget a single take of it exhausts."""
    folder = settings.home / "rehearsal" / "flavors" / "tight"
    folder.mkdir(parents=True)
    text = 'about: "Tight."\naspect: "16:9"\nlength_ms: 5000\nlook: slam\ntone: neutral\nvoice: false\nfps: [5, 1]\n'
    text += f'captions: clean\nanimatic: animatic/2026.1\ncomposer: composer/2026.1\nbudget_usd: "{usd}"\n'
    (folder / "pipeline_params.yaml").write_text(text)
