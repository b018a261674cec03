"""Files end when their policy says, not before, and nothing that anybody needs goes with them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from client.proxy import Proxy
from reelwright.settings import Settings
from reelwright.store.database.processes import make_holder
from reelwright.store.purchases.send_guard import SendGuard
from reelwright.store.vault.identity import record_restored
from reelwright.studio.accounts import retention, sweeper
from reelwright.studio.accounts.retention import format_span, parse_span, sweep
from reelwright.studio.studio import AsyncStudio
from server.conftest import MODEL, Served, open_server
from server.test_access import bear
from server.test_tenants import draw_picture

DAY_MS = 86_400_000
CLIP = {"prompt": "x", "model": MODEL, "max_usd": "1", "accept_unconfirmed": True}


@pytest.fixture(autouse=True)
def quiet_sweeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own sweeper waits: a test sweeps when it wants to."""
    monkeypatch.setattr(sweeper, "SWEEP_PAUSE_S", 3600)
    monkeypatch.setattr(sweeper, "SHORT_SWEEP_PAUSE_S", 3600)
    monkeypatch.setattr(retention, "UNTOUCHED_BYTES_S", 0.0)


@asynccontextmanager
async def open_both(db_url: str, tmp_path: Path) -> AsyncIterator[tuple[Served, httpx2.AsyncClient]]:
    settings = Settings(home=tmp_path / "home", hands=1, database=db_url)
    async with (
        open_server(settings, Proxy(tmp_path / "proxy")) as server,
        server.open_client() as client,
    ):
        yield server, client


async def make_clip(client: httpx2.AsyncClient, prompt: str = "a heron", **more: str) -> str:
    data = {"model": MODEL, "prompt": prompt, **more}
    answer = await client.post("/api/generate", data=data, files={"u": b""})
    job: str = answer.json()["job_id"]
    async with asyncio.timeout(30):
        while (await client.get(f"/api/status/{job}")).json()["status"] != "completed":
            await asyncio.sleep(0.05)
    return job


async def change(server: Served, statement: str, **values: Any) -> None:
    """Change the database behind the journal's back: time passes."""
    await server.deployment.runtime.database.write(lambda unit: unit.conn.execute(text(statement), values))


async def age(server: Served, *jobs: str, days: float = 0, ended_days: float = 0) -> None:
    """Let the jobs have ended ``days`` ago, and their files ``ended_days`` ago."""
    for job in jobs:
        moved = "UPDATE jobs SET finished_at = finished_at - :ms, downloaded_at = downloaded_at - :ms WHERE id = :job"
        await change(server, moved, ms=round(days * DAY_MS), job=job)
        moved = "UPDATE jobs SET expired_at = expired_at - :ms WHERE id = :job"
        await change(server, moved, ms=round(ended_days * DAY_MS), job=job)


async def put(client: httpx2.AsyncClient, path: str = "/api/v1/retention", **spans: Any) -> Any:
    answer = await client.put(path, json=spans)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def wait_for_end(client: httpx2.AsyncClient, job: str) -> None:
    """A download is recorded just after its last byte was sent."""
    async with asyncio.timeout(10):
        while not (await client.get(f"/api/status/{job}")).json()["expires_at"]:
            await asyncio.sleep(0.05)


def list_vault(server: Served) -> set[str]:
    root = server.deployment.runtime.settings.vault
    return {path.name for path in root.glob("*/[0-9a-f][0-9a-f]/*")}


async def find_file(client: httpx2.AsyncClient, job: str) -> str:
    (digest, *_) = (await client.get(f"/api/v1/jobs/{job}")).json()["files"]
    return str(digest)


async def test_files_go_in_two_steps_and_plan_and_ledger_stay(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        studio = server.deployment.get_studio()
        old, new = await make_clip(client), await make_clip(client, "a boat")
        digest = await find_file(client, old)
        assert (await client.get(f"/v1/videos/{old}")).json()["expires_at"] is None
        assert (await studio.sweep_files()).ended_jobs == 0, "without a policy everything stays"
        await put(client, files="30d")
        ends = (await client.get(f"/v1/videos/{old}")).json()
        assert ends["expires_at"] - ends["completed_at"] == 30 * 86_400
        await age(server, old, days=31)
        dry = await studio.sweep_files(is_dry_run=True)
        assert (dry.ended_jobs, dry.deleted_files) == (1, 0) and digest in list_vault(server)
        for path in (f"/v1/videos/{old}/content", f"/api/v1/jobs/{old}/files/0", f"/api/download/{old}"):
            gone = await client.get(path, headers={"Range": "bytes=4-"})
            assert gone.status_code == 410, "at once, also for who goes on with a part"
        assert (await client.get(f"/api/v1/jobs/{old}/files/0")).json()["code"] == "video_has_expired"
        first = await studio.sweep_files()
        assert (first.ended_jobs, first.deleted_jobs) == (1, 0) and digest in list_vault(server)
        assert (await studio.sweep_files()).deleted_jobs == 0, "the grace period is not over"
        await age(server, old, ended_days=1)
        last = await studio.sweep_files()
        assert (last.deleted_jobs, last.deleted_files) == (1, 1) and last.size_bytes > 0
        assert digest not in list_vault(server) and await find_file(client, new) in list_vault(server)
        status = (await client.get(f"/api/status/{old}")).json()
        assert (status["status"], status["download_url"], status["video_urls"]) == ("completed", None, [])
        assert (await client.get(f"/api/v1/jobs/{old}")).json()["state"] == "done"
        assert (await client.get(f"/v1/videos/{old}")).json()["status"] == "completed"
        spent = (await client.get("/api/v1/spend")).json()
        assert spent["usd"] == "0.40" and len(spent["rows"]) == 2
        again = await studio.sweep_files()
        assert (again.ended_jobs, again.deleted_jobs) == (0, 0)


async def test_a_policy_that_is_changed_in_time_keeps_the_files(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        job, studio = await make_clip(client), server.deployment.get_studio()
        await put(client, files="1d")
        await age(server, job, days=2)
        await studio.sweep_files()
        await put(client, files="keep")
        await age(server, job, ended_days=1)
        assert (await studio.sweep_files()).deleted_jobs == 0
        assert (await client.get(f"/api/v1/jobs/{job}/files/0")).status_code == 200
        await put(client, files="1d")
        assert (await studio.sweep_files()).deleted_jobs == 0, "the grace period begins again"


async def test_what_another_job_uses_stays_until_the_last_one_ends(db_url: str, tmp_path: Path) -> None:
    """Two orders of equal bytes: one file in two projects."""
    async with open_both(db_url, tmp_path) as (server, client):
        studio = server.deployment.get_studio()
        first, second = await make_clip(client), await make_clip(client)
        one = (await client.get(f"/api/v1/jobs/{first}")).json()["project"]
        digest = await find_file(client, first)
        assert digest == await find_file(client, second)
        await put(client, f"/api/v1/projects/{one}/retention", files="1d")
        await age(server, first, second, days=2)
        await studio.sweep_files()
        await age(server, first, ended_days=1)
        done = await studio.sweep_files()
        assert (done.deleted_jobs, done.deleted_files) == (1, 0) and digest in list_vault(server)
        assert (await client.get(f"/api/v1/jobs/{second}/files/0")).status_code == 200
        assert (await client.delete(f"/api/cleanup/{second}")).json()["freed_bytes"] > 0
        assert digest not in list_vault(server)


async def test_what_money_or_a_director_needs_stays(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        job, studio = await make_clip(client), server.deployment.get_studio()
        project = (await client.get(f"/api/v1/jobs/{job}")).json()["project"]
        await put(client, files="1d")
        await age(server, job, days=2)
        await studio.sweep_files()
        await age(server, job, ended_days=1)
        purchase = "UPDATE purchases SET state = :state, ended_at = :at, settled_micros = :paid, settlement = :how"
        row = await server.deployment.runtime.database.read(
            lambda conn: conn.execute(text("SELECT ended_at, settled_micros, settlement FROM purchases")).one()
        )
        await change(server, purchase, state="unknown", at=None, paid=None, how=None)
        assert (await studio.sweep_files()).kept_jobs == 1, "a person has to decide on its purchase"
        await change(server, purchase, state="settled", at=row.ended_at, paid=row.settled_micros, how=row.settlement)
        holder = make_holder("director_1")
        journal = server.deployment.runtime.journal
        lease = await journal.claim_for_recovery(holder, studio.account, project)
        assert lease and (await studio.sweep_files()).kept_jobs == 1, "a director works on its project"
        await journal.release(lease)
        assert (await studio.sweep_files()).deleted_jobs == 1


async def test_files_end_after_their_first_whole_download(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        await put(client, after_download="5s")
        one, many = await make_clip(client), await make_clip(client, "a boat", sampleCount="2")
        url = f"/api/download/{one}"
        whole = await client.get(url)
        assert whole.status_code == 200
        await wait_for_end(client, one)
        await client.head(f"/api/download/{many}")
        await client.get(f"/api/download/{many}", headers={"Range": "bytes=0-"})
        await client.get(f"/api/download/{many}/video/0")
        assert (await client.get(f"/api/status/{many}")).json()["expires_at"] is None, "only the whole counts"
        assert (await client.get(f"/api/download/{many}")).status_code == 200
        await wait_for_end(client, many)
        assert (await client.get(url)).status_code == 200, "five seconds are not over"
        await age(server, one, days=1)
        assert (await client.get(url)).status_code == 410


async def test_what_a_viewer_downloads_starts_no_clock(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        await put(client, after_download="5s")
        job = await make_clip(client)
        viewer = (await server.deployment.get_studio().create_api_key("reader", "viewer")).secret
        async with server.open_client(headers={"Authorization": f"Bearer {viewer}"}) as reader:
            paths = (f"/api/download/{job}", f"/api/v1/jobs/{job}/files/0", f"/api/v1/jobs/{job}/archive",
                     f"/v1/videos/{job}/content", f"/v1beta/files/{job}-0:download")  # fmt: skip
            for path in paths:
                assert (await reader.get(path)).status_code == 200, path
        assert (await client.get(f"/api/status/{job}")).json()["expires_at"] is None
        assert (await client.get(f"/api/download/{job}")).status_code == 200
        await wait_for_end(client, job)


async def test_a_download_that_has_begun_goes_on(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        job, studio = await make_clip(client), server.deployment.get_studio()
        whole = (await client.get(f"/api/v1/jobs/{job}/files/0")).content
        await put(client, files="1d")
        digest = await find_file(client, job)
        async with client.stream("GET", f"/api/v1/jobs/{job}/files/0") as answer:
            chunks = answer.aiter_raw(64)
            got = await anext(chunks)
            await age(server, job, days=2)
            await studio.sweep_files()
            await age(server, job, ended_days=1)
            assert (await studio.sweep_files()).deleted_files == 1 and digest not in list_vault(server)
            async for chunk in chunks:
                got += chunk
        assert got == whole


async def test_pictures_that_no_project_uses_go_and_others_stay(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        studio = server.deployment.get_studio()
        ids = [(await client.post("/api/v1/assets", content=draw_picture("x" * n))).json()["id"] for n in (1, 99)]
        made = await client.post("/api/v1/clips", json={**CLIP, "image": ids[0]})
        assert made.status_code == 202, made.text
        await put(client, unused_assets="1d")
        assert (await studio.sweep_files(is_dry_run=True)).deleted_files == 0
        await change(server, "UPDATE assets SET known_at = known_at - :ms", ms=2 * DAY_MS)
        assert (await studio.sweep_files(is_dry_run=True)).deleted_files == 1
        assert (await studio.sweep_files()).deleted_files == 0
        await change(server, "UPDATE asset_ends SET expired_at = expired_at - :ms", ms=DAY_MS)
        assert (await studio.sweep_files()).deleted_files == 1
        assert [(await client.get(f"/api/v1/assets/{one}")).status_code for one in ids] == [200, 404]
        again = (await client.post("/api/v1/assets", content=draw_picture("x" * 99))).json()["id"]
        assert again == ids[1] and (await client.get(f"/api/v1/assets/{again}")).status_code == 200


async def test_an_unused_picture_that_is_wanted_again_stays(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        studio = server.deployment.get_studio()
        asset = (await client.post("/api/v1/assets", content=draw_picture("x"))).json()["id"]
        await put(client, unused_assets="1d")
        await change(server, "UPDATE assets SET known_at = known_at - :ms", ms=2 * DAY_MS)
        await studio.sweep_files()
        await change(server, "UPDATE asset_ends SET expired_at = expired_at - :ms", ms=DAY_MS)
        assert (await client.post("/api/v1/clips", json={**CLIP, "image": asset})).is_success
        assert (await studio.sweep_files()).deleted_files == 0
        assert (await client.get(f"/api/v1/assets/{asset}")).status_code == 200


async def test_policies_are_set_by_owners_within_their_account(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        studio = server.deployment.get_studio()
        await studio.set_retention(deployment=True, files="90d", grace="1h")
        made = await put(client, after_download="5s", files=None)
        assert made["effective"] == {
            "files": "90d", "after_download": "5s", "spare_takes": None, "unused_assets": None, "grace": "1h",
        }  # fmt: skip
        job = await make_clip(client)
        project = (await client.get(f"/api/v1/jobs/{job}")).json()["project"]
        await put(client, f"/api/v1/projects/{project}/retention", files="keep")
        report = (await client.get("/api/v1/retention")).json()
        assert [one["project"] for one in report["projects"]] == [project]
        assert (await client.get(f"/v1/videos/{job}")).json()["expires_at"] is None
        assert not (await put(client, f"/api/v1/projects/{project}/retention"))["projects"], "nothing said is no policy"
        wrong = [
            {"files": "soon"},
            {"files": "-1d"},
            {"files": 5},
            {"files": "9" * 9 + "d"},
            {"grace": "1s"},
            {"x": "1d"},
        ]
        for spans in wrong:
            answer = await client.put("/api/v1/retention", json=spans)
            assert answer.status_code == 422, spans
        other = await studio.create_api_key("other", "owner", account="other")
        viewer = await studio.create_api_key("viewer", "producer")
        theirs = await client.put("/api/v1/retention", json={"files": "1s"}, headers=bear(other.secret))
        assert theirs.json()["effective"]["files"] == "1s"
        assert (await client.get("/api/v1/retention")).json()["effective"]["files"] == "90d"
        refused = await client.put("/api/v1/retention", json={"files": "1s"}, headers=bear(viewer.secret))
        assert refused.status_code == 403
        path = f"/api/v1/projects/{project}/retention"
        assert (await client.put(path, json={"files": "1s"}, headers=bear(other.secret))).status_code == 404


async def test_one_process_sweeps_at_a_time(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        job, runtime = await make_clip(client), server.deployment.runtime
        await put(client, files="1d")
        await age(server, job, days=2)
        there = replace(make_holder("director_9"), host="another machine")
        assert await runtime.journal.claim_task("retention", there, 60)
        assert (await sweep(runtime)).ended_jobs == 0
        await change(server, "UPDATE task_claims SET ends_at = 0")
        assert (await sweep(runtime)).ended_jobs == 1
        dead = replace(make_holder("director_9"), pid=2**22 - 1, born=1)
        assert await runtime.journal.claim_task("retention", dead, 60)
        assert (await sweep(runtime)).ended_jobs == 0 and await runtime.journal.list_expired_jobs("local")
        found = await asyncio.gather(*(sweep(runtime) for _ in range(4)))
        assert sum(one.deleted_jobs for one in found) == 0


async def test_a_journal_from_a_backup_deletes_nothing_until_a_person_accepts_it(db_url: str, tmp_path: Path) -> None:
    """What was made after the backup may use what the journal knows no use of."""
    async with open_both(db_url, tmp_path) as (server, client):
        job, studio = await make_clip(client), server.deployment.get_studio()
        await put(client, files="1d")
        await age(server, job, days=2)
        await studio.sweep_files()
        await age(server, job, ended_days=1)
        runtime = server.deployment.runtime
        await runtime.database.write(lambda unit: record_restored(unit, "a test"))
        fresh = SendGuard(runtime.database, runtime.guard.markers)
        runtime.guard = fresh
        digest_there = list_vault(server)
        assert (await studio.sweep_files()).deleted_jobs == 0 and list_vault(server) == digest_there


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from reelwright.settings import Settings
from reelwright.store.vault.vault import FolderVault
from reelwright.studio.accounts import retention
from reelwright.studio.studio import AsyncStudio

async def main():
    retention.UNTOUCHED_BYTES_S = 0.0
    async def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[3] == "removing":
        FolderVault.discard = die
    elif sys.argv[3] == "collecting":
        retention._collect_job = die
    async with AsyncStudio(Settings(home=Path(sys.argv[1]), database=sys.argv[2], hands=1)) as studio:
        await studio.sweep_files()

asyncio.run(main())
"""


@pytest.mark.parametrize("where", ["collecting", "removing"])
async def test_a_sweeper_that_is_killed_is_followed_by_the_next(db_url: str, tmp_path: Path, where: str) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        job, studio = await make_clip(client), server.deployment.get_studio()
        digest = await find_file(client, job)
        await put(client, files="1d")
        await age(server, job, days=2)
        await studio.sweep_files()
        await age(server, job, ended_days=1)
        command = [sys.executable, "-c", KILLED, str(tmp_path / "home"), db_url, where]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        killed = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert digest in list_vault(server)
        after = await studio.sweep_files()
        assert after.deleted_jobs == (1 if where == "collecting" else 0)
        assert digest not in list_vault(server)
        assert not await server.deployment.runtime.journal.list_erasures()


async def test_bytes_that_come_back_before_they_are_removed_stay(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        runtime, studio = server.deployment.runtime, server.deployment.get_studio()
        picture = draw_picture("x")
        asset = (await client.post("/api/v1/assets", content=picture)).json()["id"]
        assert await runtime.journal.collect_asset(studio.account, asset, ())
        assert (await client.post("/api/v1/assets", content=picture)).json()["id"] == asset
        await retention.remove_erased(runtime)
        assert (await client.get(f"/api/v1/assets/{asset}")).status_code == 200
        assert await runtime.journal.collect_asset(studio.account, asset, ())
        await runtime.vault.put_file(studio.account, runtime.vault.get_path(studio.account, asset), "image/png")
        assert not await runtime.vault.discard(studio.account, asset, 60), "it was put a moment ago"
        assert await runtime.vault.has(studio.account, asset)
        await retention.remove_erased(runtime)
        assert not await runtime.vault.has(studio.account, asset)


async def test_the_files_of_a_cleaned_up_job_have_no_address_in_any_dialect(server: Served) -> None:
    async with server.open_client() as client:
        job = await make_clip(client, sampleCount="2")
        assert (await client.delete(f"/api/cleanup/{job}")).json()["freed_bytes"] > 0
        status = (await client.get(f"/api/status/{job}")).json()
        assert (status["status"], status["download_url"], status["video_urls"]) == ("completed", None, [])
        assert status["video_count"] == 0 and status["note"] == "the videos were deleted"
        cluster = (await client.get(f"/status/{job}")).json()
        assert (cluster["status"], cluster["download_url"]) == ("COMPLETED", None)
        operation = (await client.get(f"/v1beta/operations/{job}")).json()
        assert operation["done"] and not operation["response"]["generateVideoResponse"]["generatedSamples"]
        assert (await client.get(f"/api/download/{job}")).json()["code"] == "video_is_deleted"
        assert (await client.delete(f"/api/cleanup/{job}")).json()["freed_bytes"] == 0


async def test_the_server_sweeps_by_itself(settings: Settings, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "SWEEP_PAUSE_S", 0.05)
    monkeypatch.setattr(sweeper, "SHORT_SWEEP_PAUSE_S", 0.05)
    async with open_server(settings, proxy) as server, server.open_client() as client:
        await server.deployment.get_studio().set_retention(deployment=True, after_download="0s", grace="0s")
        job = await make_clip(client)
        digest = await find_file(client, job)
        assert (await client.get(f"/api/download/{job}")).status_code == 200
        async with asyncio.timeout(20):
            while digest in list_vault(server):
                await asyncio.sleep(0.05)
        assert (await client.get(f"/api/status/{job}")).json()["status"] == "completed"
        assert (await make_clip(client, "a boat")) != job, "jobs go on"


@pytest.mark.parametrize(("given", "seconds"), [("5s", 5), ("90m", 5400), ("1h", 3600), ("30d", 2_592_000), ("0s", 0)])
def test_times_are_read_and_written_alike(given: str, seconds: int) -> None:
    assert parse_span("files", given) == seconds
    assert parse_span("files", format_span(seconds)) == seconds


async def test_the_command_line_shows_sets_and_runs(tmp_path: Path) -> None:
    async with AsyncStudio(Settings(home=tmp_path / "home")) as studio:
        assert (await studio.set_retention(files="30d")).effective.files == "30d"
        assert (await studio.sweep_files(is_dry_run=True)).is_dry_run


async def test_what_arrives_after_its_job_was_deleted_is_deleted_too(db_url: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", hands=1, database=db_url)
    async with (
        open_server(settings, Proxy(tmp_path / "proxy", seconds=1.0)) as server,
        server.open_client() as client,
        asyncio.timeout(30),
    ):
        made = (await client.post("/api/v1/clips", json=CLIP)).json()
        while (await client.get(f"/api/v1/jobs/{made['job']}")).json()["phase"] != "generating":
            await asyncio.sleep(0.05)
        assert (await client.delete(f"/v1/videos/{made['job']}")).status_code == 200
        await put(client, files="1d")  # a policy that is set meanwhile keeps nothing that a person deleted
        project = f"/api/v1/projects/{made['project']}"
        while not (takes := (await client.get(project)).json()["takes"]):
            await asyncio.sleep(0.05)
        asset = f"/api/v1/assets/{takes[0]['asset']}"
        assert (await client.get(asset)).status_code == 200, "it was bought, and has arrived"
        while (await client.get(asset)).status_code == 200:
            await sweep(server.deployment.runtime, is_thorough=False)
            await asyncio.sleep(0.1)
        assert (await sweep(server.deployment.runtime)).deleted_jobs == 0, "once"


async def test_a_picture_that_is_sent_again_is_kept_anew(db_url: str, tmp_path: Path) -> None:
    async with open_both(db_url, tmp_path) as (server, client):
        await put(client, unused_assets="1d")
        picture = draw_picture("sent twice")
        asset = (await client.post("/api/v1/assets", content=picture)).json()["id"]
        await change(server, "UPDATE assets SET known_at = known_at - :ms", ms=2 * DAY_MS)
        await sweep(server.deployment.runtime)
        await change(server, "UPDATE asset_ends SET expired_at = expired_at - :ms", ms=DAY_MS)
        assert (await client.post("/api/v1/assets", content=picture)).json()["id"] == asset
        await sweep(server.deployment.runtime)
        assert (await client.get(f"/api/v1/assets/{asset}")).status_code == 200
