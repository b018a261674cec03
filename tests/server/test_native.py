"""The native resources: a film from quote to file, its edits, clips with one's own picture, and what is refused."""

from __future__ import annotations

import asyncio
import io
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from bad_briefs import BAD_BRIEFS
from client.proxy import Proxy
from reelwright.media.base.probe import probe
from reelwright.media.typeset.faces import FONTS
from reelwright.server.order_bodies import build_order_schema
from reelwright.settings import Settings
from reelwright.studio.projects.video_jobs import build_video_job
from reelwright.studio.results.options import BrandOptions, ClipOptions, EditOptions, MakeOptions, Options, QuoteOptions
from reelwright.studio.scripts import moods
from reelwright.studio.studio import AsyncStudio
from server.conftest import APPROVING, MODEL, Served, open_server

FILM = {"brief": "“It never flickers.” For “Fenn”, a desk lamp", "short_side": 180, "length": 2}


async def wait_for(client: httpx2.AsyncClient, job: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (found := (await client.get(f"/api/v1/jobs/{job}")).json())["state"] in ("queued", "running"):
            await asyncio.sleep(0.1)
    return dict(found)


async def post(client: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/v1{path}", json=body)
    assert answer.status_code in (200, 201, 202), answer.text
    return dict(answer.json())


async def test_a_film_is_quoted_made_read_edited_and_downloaded(settings: Settings) -> None:
    async with open_server(settings, None) as server, server.open_client() as client:
        assert (await post(client, "/quotes", **FILM))["usd"] == "0.00"
        made = await post(client, "/projects", **FILM)
        project = made["project"]
        assert (await wait_for(client, made["job"]))["state"] == "done"
        film = await client.get(f"/api/v1/jobs/{made['job']}/files/0")
        assert film.content[4:8] == b"ftyp"
        shown = (await client.get(f"/api/v1/projects/{project}")).json()
        assert shown["revision"] == 1 and shown["shots"]
        assert "It never flickers." in (await client.get(f"/api/v1/projects/{project}/script")).text
        plan = await client.get(f"/api/v1/projects/{project}/plan")
        change = {"shot": 1, "words": "Never flickers"}
        carded = await post(client, f"/projects/{project}/edits/quote", end_card="Made by hand in Sofia")
        assert "Made by hand in Sofia" in carded["text_changes"][0]["after"].values()
        stale = await client.post(f"/api/v1/projects/{project}/edits", json=change, headers={"If-Match": '"7"'})
        assert (stale.status_code, stale.json()["code"]) == (409, "revision_moved_on")
        edited = await client.post(
            f"/api/v1/projects/{project}/edits", json=change, headers={"If-Match": plan.headers["etag"]}
        )
        assert edited.status_code == 202
        job = edited.json()["job"]
        assert (await wait_for(client, job))["state"] == "done" and job != made["job"]
        assert (await client.get(f"/api/v1/jobs/{job}/files/0")).content != film.content
        assert (await client.get(f"/api/v1/jobs/{made['job']}/files/0")).content == film.content
        jobs = (await client.get("/api/v1/jobs?limit=1")).json()
        assert [one["id"] for one in jobs["jobs"]] == [job] and jobs["next"] == job
        older = (await client.get(f"/api/v1/jobs?limit=1&after={job}")).json()
        assert [one["id"] for one in older["jobs"]] == [made["job"]] and older["next"] is None


async def test_a_script_makes_a_film_and_reads_no_file_of_the_server(settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (800, 800), (10, 200, 30)).save(secret)
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, server.open_client() as client:
        made = await post(client, "/projects", script="# Fenn\n\nIt never flickers.\n", short_side=180)
        script = (await client.get(f"/api/v1/projects/{made['project']}/script")).text
        assert "It never flickers." in script
        for text in (f"# Fenn\n\n![]({secret})\n", "# Fenn\n\n![](../../secret.png)\n", "# Fenn\n\n![](a.png)\n"):
            answer = await client.post("/api/v1/projects", json={"script": text})
            assert answer.status_code == 422 and "picture" in answer.text
        one_line = await client.post("/api/v1/projects", json={"script": str(secret)})
        assert (one_line.status_code, one_line.json()["field"]) == (422, "script")


async def test_a_clip_from_ones_own_picture_needs_an_approval(settings: Settings, proxy: Proxy) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1280, 720), (200, 80, 40)).save(picture, "PNG")
    options = replace(APPROVING, auto_approve=None, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        sent = await client.post("/api/v1/assets", content=picture.getvalue())
        assert sent.status_code == 201
        form = {"file": ("a.png", picture.getvalue(), "image/png")}
        assert (await client.post("/api/v1/assets", files=form)).json()["id"] == sent.json()["id"]
        clip = {"prompt": "it moves", "model": MODEL, "image": sent.json()["id"], "accept_unconfirmed": True}
        for more, code in (({}, "no_auto_approval"), ({"max_usd": "0.19"}, "above_given_budget")):
            refused = await client.post("/api/v1/clips", json={**clip, **more})
            assert (refused.status_code, refused.json()["code"]) == (402, code)
        assert (await client.get("/api/v1/jobs")).json()["jobs"] == []
        made = await post(client, "/clips", **clip, max_usd="0.20")
        assert made["quote"]["usd"] == "0.20"
        cancelled = await post(client, f"/jobs/{made['job']}/cancel")
        assert cancelled["result"] == "cancelled"
        assert (await post(client, f"/jobs/{made['job']}/cancel"))["result"] == "cancelled"
        again = await client.post(f"/api/v1/jobs/{made['job']}/retry", json={"accept_unconfirmed": True})
        assert again.status_code == 402, "a cancel ends what was agreed to"


async def test_a_retry_while_a_cancel_is_at_work_is_answered_at_once(settings: Settings, tmp_path: Path) -> None:
    slow = Proxy(tmp_path / "slow", seconds=3600, cancels="cannot")
    body = {"accept_unconfirmed": True}
    async with open_server(settings, slow) as server, server.open_client() as client:
        job = (await post(client, "/clips", prompt="a heron", model=MODEL, **body))["job"]
        async with asyncio.timeout(30):
            while not slow.submissions:
                await asyncio.sleep(0.05)
        assert (await post(client, f"/jobs/{job}/cancel"))["result"] == "cancelling"
        began = time.monotonic()
        refused = await client.post(f"/api/v1/jobs/{job}/retry", json=body)
        assert time.monotonic() - began < 10
        problem = refused.json()
        assert (refused.status_code, problem["code"], problem["retry"]) == (409, "cancel_at_work", "later"), problem
        assert problem["params"]["job"] == job and [one["kind"] for one in problem["actions"]] == ["wait", "retry_job"]
        assert (await client.post(f"/api/retry/{job}")).status_code == 409, "the older dialect"
        slow.ready.clear()
        async with asyncio.timeout(30):
            while (found := (await client.get(f"/api/v1/jobs/{job}")).json())["state"] == "running":
                await asyncio.sleep(0.05)
        assert found["state"] == "cancelled" and len(found["files"]) == 1, "what could not be stopped is kept"
        again = await client.post(f"/api/v1/jobs/{job}/retry", json=body)
        assert again.status_code == 202 and (await wait_for(client, job))["state"] == "done"
    assert slow.submissions == ["a heron"]


async def test_whatever_continues_a_project_is_answered_at_once_while_a_cancel_of_it_is_at_work(
    settings: Settings, tmp_path: Path
) -> None:
    """It waits two seconds for the cancel, whoever asks; once that has ended, nothing is bought that it brought."""
    slow = Proxy(tmp_path / "slow", seconds=3600, cancels="cannot")
    agreed = {"accept_unconfirmed": True}
    edit = {"shot": 1, "prompt": "a fox"}
    async with open_server(settings, slow) as server, server.open_client() as client:
        made = await post(client, "/clips", prompt="a heron", model=MODEL, **agreed)
        path = f"/api/v1/projects/{made['project']}"
        async with asyncio.timeout(30):
            while not slow.submissions:
                await asyncio.sleep(0.05)
        assert (await post(client, f"/jobs/{made['job']}/cancel"))["result"] == "cancelling"
        revision = (await client.get(path)).json()["revision"]
        asked = [
            client.post(f"{path}/resume", json=agreed, headers={"Idempotency-Key": "k"}),
            client.post(f"{path}/edits", json={**edit, **agreed}),
            client.post(f"{path}/edits/quote", json=edit),
            client.post(f"{path}/shots/1/retakes", json=agreed),
            client.put(f"{path}/script", json={"script": "# Fenn\n\nIt never flickers.\n"}),
        ]
        began = time.monotonic()
        refused = await asyncio.gather(*asked)
        assert time.monotonic() - began < 10
        assert {(one.status_code, one.json()["code"]) for one in refused} == {(409, "cancel_at_work")}
        assert (await client.get(path)).json()["revision"] == revision, "nothing was written"
        slow.ready.clear()
        assert (await wait_for(client, made["job"]))["state"] == "cancelled"
        for key in ({"Idempotency-Key": "k"}, {}):
            again = await client.post(f"{path}/resume", json=agreed, headers=key)
            assert again.status_code == 202 and again.json()["quote"]["usd"] == "0.00", again.text
            assert (await wait_for(client, again.json()["job"]))["state"] == "done"
        assert slow.submissions == ["a heron"]
        edited = await post(client, f"/projects/{made['project']}/edits", **edit, **agreed)
        slow.seconds = 0.0
        slow.ready.clear()
        assert (await wait_for(client, edited["job"]))["state"] == "done"
    assert slow.submissions == ["a heron", "a fox"]


async def test_the_same_key_makes_one_clip_and_buys_it_once(server: Served) -> None:
    async with server.open_client(headers={"Idempotency-Key": "k"}) as client:
        clip = {"prompt": "once", "model": MODEL, "accept_unconfirmed": True}
        made = [await post(client, "/clips", **clip) for _ in range(3)]
        assert len({one["job"] for one in made}) == 1
        assert (await wait_for(client, made[0]["job"]))["state"] == "done"
        assert (await client.post("/api/v1/clips", json={**clip, "prompt": "other"})).status_code == 422
        spent = (await client.get("/api/v1/spend")).json()
        assert spent["usd"] == "0.20" and len(spent["rows"]) == 1
    assert server.proxy and server.proxy.submissions == ["once"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/projects", {"brief": "x", "out": "/tmp/film.mp4"}, "option"),
        ("/projects", {"brief": "x", "lenght": 3}, "option"),
        ("/projects", {"brief": "x", "images": ["/etc/passwd"]}, "images"),
        ("/projects", {"brief": "x", "storyboard": {"hook": "/etc/passwd"}}, "storyboard"),
        ("/projects", {"brief": "x", "length": []}, "length"),
        ("/projects", {}, "brief"),
        ("/clips", {"prompt": "x", "model": MODEL, "image": "../../etc/passwd"}, "image"),
        ("/clips", {"prompt": "x", "model": MODEL, "max_usd": "-1"}, "max_usd"),
        ("/clips", {"model": MODEL}, "prompt"),
        ("/quotes", {"brief": "x", "max_usd": "1"}, "option"),
        ("/assets", {"file": "x"}, "file"),
    ],
)
async def test_bad_input_names_the_field_and_starts_nothing(
    server: Served, path: str, body: dict[str, Any], field: str
) -> None:
    async with server.open_client() as client:
        answer = await client.post(f"/api/v1{path}", json=body)
        problem = answer.json()
        assert (answer.status_code, problem["status"], problem["field"]) == (422, 422, field), problem
        assert answer.headers["content-type"] == "application/problem+json" and problem["accepted"]
        assert (await client.get("/api/v1/jobs")).json() == {"jobs": [], "next": None}


async def test_an_asset_of_nobody_is_not_found(server: Served) -> None:
    async with server.open_client() as client:
        answer = await client.post("/api/v1/clips", json={"prompt": "x", "model": MODEL, "image": "0" * 64})
        assert (answer.status_code, answer.json()["code"]) == (404, "asset_not_found")


@pytest.mark.parametrize(
    "given", [{"logo": "PATH"}, {"images": ["PATH"]}, {"clips": ["PATH"]}, {"storyboard": {"1": "PATH"}},
              {"references": {"product": "PATH"}}],
    ids=lambda given: next(iter(given)),
)  # fmt: skip
async def test_a_file_of_the_server_is_named_by_no_option(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 64), "red").save("own.png")
    body = {"brief": "“It never flickers.” For “Fenn”", **json.loads(json.dumps(given).replace("PATH", "own.png"))}
    async with server.open_client() as client:
        for route in ("/api/v1/quotes", "/api/v1/projects"):
            answer = await client.post(route, json=body)
            assert answer.status_code == 422 and "asset" in answer.json()["accepted"], answer.text


async def test_a_brand_has_the_font_whose_file_was_sent_and_no_other_file(server: Served) -> None:
    content = (FONTS / "playfair-400.ttf").read_bytes()
    async with server.open_client() as client:
        sent = await client.post("/api/v1/assets?kind=font", files={"file": ("Mine.ttf", content)})
        refused = await client.post("/api/v1/assets?kind=font", content=b"no font")
        made = await client.patch("/api/v1/brand", json={"font": sent.json()["id"]})
    assert (sent.status_code, sent.json()["material_kind"], refused.status_code) == (201, "font", 422)
    assert made.status_code == 200 and made.json()["font"]["asset"] == sent.json()["id"]


async def test_a_brand_is_set_by_the_id_of_a_picture_and_never_by_a_path(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 64), "red").save("own.png")
    async with server.open_client() as client:
        refused = await client.patch("/api/v1/brand", json={"logo": "own.png"})
        uploaded = await client.post("/api/v1/assets", files={"file": ("own.png", Path("own.png").read_bytes())})
        asset = uploaded.json()["id"]
        made = await client.patch("/api/v1/brand", json={"accent": "#2244cc", "logo": asset})
        left = await client.patch("/api/v1/brand", json={"logo": "none"})
        read = await client.get("/api/v1/brand")
    assert (refused.status_code, refused.json()["field"]) == (422, "logo")
    assert made.status_code == 200 and (made.json()["accent"], made.json()["logo"]["width"]) == ("#2244CC", 64)
    assert left.json() == read.json() and (read.json()["accent"], read.json()["logo"]) == ("#2244CC", None)


@pytest.mark.parametrize("model", [BrandOptions, MakeOptions, ClipOptions, EditOptions, QuoteOptions])
def test_every_option_that_is_a_file_takes_ids_of_assets_alone(model: type[Options]) -> None:
    shown = build_order_schema(model)["properties"]
    files = {name for name, field in shown.items() if "path" in json.dumps(model.get_schema()["properties"].get(name))}
    assert files - {"script"} and "path" not in json.dumps([shown[name] for name in files - {"script"}])


async def test_what_is_not_there_is_not_found(server: Served) -> None:
    async with server.open_client() as client:
        for path in ("/jobs/job_0", "/projects/nope", "/projects/nope/plan", "/jobs/job_0/files/0", "/models/nope"):
            answer = await client.get(f"/api/v1{path}")
            assert answer.status_code in (404, 422), path
            assert answer.headers["content-type"] == "application/problem+json"


async def test_equal_clips_of_several_samples_at_one_moment_are_all_bought(server: Served) -> None:
    async with server.open_client() as client:
        clip = {"prompt": "four of it", "model": MODEL, "samples": 4, "accept_unconfirmed": True}
        made = await asyncio.gather(*(post(client, "/clips", **clip) for _ in range(3)))
        for one in made:
            done = await wait_for(client, one["job"])
            assert done["state"] == "done" and len(done["files"]) == 4
            for index in range(4):
                assert (await client.get(f"/api/v1/jobs/{one['job']}/files/{index}")).status_code == 200
            assert (await client.get(f"/api/v1/jobs/{one['job']}/files/4")).status_code in (404, 409)
    assert server.proxy and server.proxy.submissions == ["four of it"] * 12


async def test_json_that_curl_calls_a_form_is_read_as_json(server: Served) -> None:
    async with server.open_client() as client:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await client.post("/api/v1/clips", content=b'{"prompt": "x", "model": "nope"}', headers=form)
        assert (answer.status_code, answer.json()["field"]) == (422, "model")


async def test_a_standing_approval_covers_no_price_without_a_reliable_source_unless_it_says_so(
    settings: Settings, proxy: Proxy
) -> None:
    options = replace(APPROVING, may_buy_unconfirmed=False, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        clip = {"prompt": "x", "model": MODEL, "accept_unconfirmed": True}
        refused = await client.post("/api/v1/clips", json=clip)
        assert (refused.status_code, refused.json()["code"]) == (402, "unconfirmed_not_approved")
        assert (await post(client, "/clips", **clip, max_usd="0.20"))["quote"]["usd"] == "0.20"


async def test_a_deleted_job_is_listed_no_more(settings: Settings, proxy: Proxy) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        made = await post(client, "/clips", prompt="x", model=MODEL, accept_unconfirmed=True)
        assert (await client.delete(f"/v1/videos/{made['job']}")).json()["deleted"]
        assert (await client.get("/api/v1/jobs")).json()["jobs"] == []
        assert (await client.get(f"/api/v1/jobs/{made['job']}")).status_code == 404
        assert (await client.get("/v1/videos")).json()["data"] == []


async def test_the_progress_of_takes_drawn_on_this_machine_counts_their_steps(settings: Settings) -> None:
    async with open_server(settings, None) as server, server.open_client() as client:
        made = await post(client, "/projects", **FILM)
        await wait_for(client, made["job"])
    async with AsyncStudio(settings) as studio:
        home = await studio._require_home()  # a job is kept in this state too briefly to be read over HTTP
        job = replace(await home.journal.read_job(home.account, made["job"]), state="running", goal="takes")
        standing = await home.journal.read_standing(home.account, made["project"])
    assert build_video_job(home, job, standing, frozenset({made["project"]})).progress == 99


async def test_looks_presets_and_voices_say_what_a_film_can_have(server: Served) -> None:
    async with server.open_client() as client:
        looks = (await client.get("/api/v1/looks")).json()["looks"]
        assert {"slam", "paper", "grid", "noir", "riso", "signal"} <= {look["name"] for look in looks}
        assert all({"bg", "text", "accent"} <= set(look["palette"]) for look in looks)
        presets = {row["name"]: row for row in (await client.get("/api/v1/presets")).json()["presets"]}
        assert presets["broadcast"]["lufs"] == -23 and presets["reels"]["max_s"] == 180
        assert (await client.get("/api/v1/voices")).json() == {"providers": [], "voices": []}, (
            "no key, nobody was asked"
        )


async def test_a_mood_is_heard_before_it_is_used_and_composed_once_whoever_asks(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed: list[str] = []
    compose = moods._compose_sample
    monkeypatch.setattr(moods, "_compose_sample", lambda mood, *rest: (composed.append(mood), compose(mood, *rest))[1])
    async with server.open_client() as client:
        rows = (await client.get("/api/v1/moods")).json()["moods"]
        assert len(rows) > 10 and all(row["description"] and row["use_when"] for row in rows)
        heard = await asyncio.gather(*(client.get(f"/api/v1/moods/{rows[0]['name']}/sample") for _ in range(5)))
        assert {(one.status_code, one.headers["content-type"]) for one in heard} == {(200, "audio/mp4")}
        assert heard[0].content[4:8] == b"ftyp" and 20_000 < len(heard[0].content) < 400_000
        assert "max-age" in heard[0].headers["cache-control"] and composed == [rows[0]["name"]]
        unknown = await client.get("/api/v1/moods/grumpy/sample")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "name_not_found")


@pytest.mark.parametrize("name", BAD_BRIEFS)
async def test_a_brief_that_is_no_brief_is_refused_before_anything_is_made(settings: Settings, name: str) -> None:
    brief, accepted = BAD_BRIEFS[name]
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, server.open_client() as client:
        for path in ("/quotes", "/projects"):
            answer = await client.post(f"/api/v1{path}", json={"brief": brief, "short_side": 180})
            problem = answer.json()
            assert answer.status_code in (400, 413, 422), (name, answer.text)
            assert problem["field"] == "brief" and accepted in problem["accepted"], (name, problem)
        assert (await client.get("/api/v1/projects")).json()["projects"] == []


async def test_a_brief_that_says_nothing_is_filmed_once_its_questions_are_answered(settings: Settings) -> None:
    """The flow of a program for a person: brief, questions as data, answers as a script, quote with draft, film."""
    async with open_server(settings, None) as server, server.open_client() as client:
        refused = await client.post("/api/v1/projects", json={"brief": "make a cool video", "short_side": 180})
        problem = refused.json()
        assert problem["code"] == "nothing_to_show" and refused.status_code == 422, problem
        asked = [one["question"] for one in problem["actions"] if one["kind"] == "answer_question"]
        assert asked == ["name", "offer", "when", "where"]
        answers = {"name": "Juno", "offer": "It plays a chord", "when": "", "where": "juno.example"}
        brief = f'Name: "{answers["name"]}". "{answers["offer"]}". {answers["where"]}'
        film = {"brief": brief, "short_side": 180, "length": 4}
        quoted = await post(client, "/quotes", **film)
        assert quoted["usd"] == "0.00"
        assert {"Juno", "It plays a chord"} <= {line["text"] for line in quoted["draft"]["lines"]}
        made = await post(client, "/projects", script=quoted["draft"]["script"], short_side=180)
        assert (await wait_for(client, made["job"]))["state"] == "done"
        script = (await client.get(f"/api/v1/projects/{made['project']}/script")).text
        assert "Juno" in script and "It plays a chord" in script and "juno.example" in script


async def test_each_format_of_a_film_is_a_file_of_its_job(settings: Settings) -> None:
    wanted = {**FILM, "aspect": ["9:16", "1:1"]}
    async with open_server(settings, None) as server, server.open_client() as client:
        assert (await post(client, "/quotes", **wanted))["usd"] == "0.00"
        made = await post(client, "/projects", **wanted)
        assert (await wait_for(client, made["job"]))["state"] == "done"
        sizes = []
        for n in range(2):
            answer = await client.get(f"/api/v1/jobs/{made['job']}/files/{n}")
            path = settings.home / f"{n}.mp4"
            path.write_bytes(answer.content)
            sizes.append((probe(path).width, probe(path).height))
        assert sizes[0][0] < sizes[0][1] and sizes[1][0] == sizes[1][1], "the first aspect is file 0"
        assert (await client.get(f"/api/v1/jobs/{made['job']}/files/2")).status_code == 404
        wrong = await client.post("/api/v1/projects", json={**FILM, "aspect": "9:16,5:4"})
        assert wrong.status_code == 422 and "aspect" in wrong.text
