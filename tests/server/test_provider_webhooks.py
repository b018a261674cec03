"""Webhooks of providers: verified by each provider's own scheme, once, and then nothing but a poll."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from net.signed_webhooks import sign_webhook
from reelwright.engine.scheduler.watch import Watch
from reelwright.known_providers import WEBHOOK_PATH, WEBHOOK_PROVIDERS
from reelwright.providers.fakes.replicate import FakeReplicate
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.studio.quotes.tempo import Tempo
from server.conftest import APPROVING, Served, open_server
from store.making import ACCOUNT, Scene
from store.observing import change, rows

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
OTHER = "whsec_bm90b3Vyc25vdG91cnNub3RvdXJz"
KEYS_ONLY = replace(APPROVING, is_key_required=True)
MODEL = "hailuo-2.3"
Sign = Callable[[str, bytes, datetime], dict[str, str]]


def sign_standard(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    return sign_webhook(secret, "msg_1", body, at)


def sign_openrouter(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"," + body, hashlib.sha256).hexdigest()
    return {"X-OpenRouter-Signature": f"t={stamp},v1={digest}", "X-OpenRouter-Idempotency-Key": "x"}


SCHEMES: dict[str, tuple[Sign, dict[str, object]]] = {
    "replicate": (sign_standard, {"id": "gm3qorzdhgbfurvjtvhg6dckhu", "status": "succeeded"}),
    "openrouter": (sign_openrouter, {"type": "video.generation.completed", "data": {"id": "gen-vid-1"}}),
    "google": (sign_standard, {"type": "interaction.completed", "version": "v1", "data": {"id": "v1_abc"}}),
}


@pytest.fixture
async def keyed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """A server for keys only, with the package's providers and a secret of each one's webhooks."""
    for name in ("REPLICATE_API_TOKEN", "OPENROUTER_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, "a-key-of-theirs")
    for name in ("REPLICATE", "OPENROUTER", "GEMINI"):
        monkeypatch.setenv(f"{name}_WEBHOOK_SECRET", f"{OTHER},{SECRET}")
    async with open_server(settings, None, KEYS_ONLY) as served:
        yield served


def test_every_scheme_is_tried() -> None:
    assert {*SCHEMES} == {*WEBHOOK_PROVIDERS}


@pytest.mark.parametrize("provider", SCHEMES)
async def test_only_what_the_provider_signed_now_is_taken(keyed: Served, provider: str) -> None:
    sign, payload = SCHEMES[provider]
    body, now = json.dumps(payload).encode(), datetime.now(UTC)
    good = sign(SECRET, body, now)
    forged = [
        ({}, body), (good, body + b" "), (good, b"{}"), (sign("whsec_AAAA" + "A" * 28, body, now), body),
        (sign(SECRET, body, now - timedelta(seconds=301)), body), (sign(SECRET, b"[1]", now), b"[1]"),
        (sign(SECRET, body, now + timedelta(seconds=330)), body), (sign(SECRET, b"{}", now), b"{}"),
        (good, b"\xff"),
        *(({**good, name: value[:-1]}, body) for name, value in good.items() if "dempotency" not in name),
        *(({**good, name: ""}, body) for name in good if "dempotency" not in name),
    ]  # fmt: skip
    async with keyed.open_client() as client:
        path = f"{WEBHOOK_PATH}{provider}"
        assert (await client.post(path, content=body, headers=good)).status_code == 204, "also of work of others"
        for headers, sent in forged:
            refused = await client.post(path, content=sent, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (401, "webhook_not_verified"), (headers, sent)
            assert SECRET not in refused.text
        for wrong in SCHEMES.keys() - {provider}:
            if SCHEMES[wrong][0] is not sign:
                assert (await client.post(f"{WEBHOOK_PATH}{wrong}", content=body, headers=good)).status_code == 401
        large = b'{"id": "' + b"x" * (1 << 20) + b'"}'
        assert (await client.post(path, content=large, headers=good)).status_code == 422
        assert (await client.get(path)).status_code == 405
    journal = keyed.deployment.runtime.journal
    assert not await journal.find_newest_event(ACCOUNT), "it tells of nothing that was bought here"


async def test_other_paths_stay_closed_and_no_secret_means_not_offered(settings: Settings) -> None:
    async with open_server(settings, None, KEYS_ONLY) as served, served.open_client() as client:
        for provider in WEBHOOK_PROVIDERS:
            answer = await client.post(f"{WEBHOOK_PATH}{provider}", content=b"{}")
            assert (answer.status_code, answer.json()["code"]) == (404, "method_not_offered")
        for path in (f"{WEBHOOK_PATH}elevenlabs", f"{WEBHOOK_PATH}replicate/x", WEBHOOK_PATH, "/api/v1/webhooks"):
            assert (await client.post(path, content=b"{}")).status_code == 401, path


async def set_submitted(db: Database, operation: str) -> Scene:
    """A purchase at the provider ``offline`` whose operation is known."""
    scene = await Scene.set(db)
    purchase = await scene.intend(await scene.approved())
    await scene.ledger.move(purchase.id, ["intent"], "posting", None)
    await scene.ledger.record_operation(purchase.id, Operation(id=operation, key="k"))
    return scene


async def test_a_message_wakes_the_poller_of_another_process_once(db: Database) -> None:
    scene = await set_submitted(db, "op_%1")
    polled: list[tuple[str, str]] = []
    watch = Watch(scene.journal, lambda provider, operation: polled.append((provider, operation)))
    async with watch.follow(scene.project):
        record = scene.journal.record_provider_message
        sent = await asyncio.gather(*(record("offline", "op_%1", "message_1") for _ in range(8)))
        assert sorted(sent) == [False] * 7 + [True]
        for provider, operation in (
            ("offline", "op_%2"),
            ("offline", "op__1"),
            ("replicate", "op_%1"),
            ("offline", ""),
        ):
            assert not await record(provider, operation, "message_2"), "nothing here waits for it"
        async with asyncio.timeout(10):
            while not polled:
                await asyncio.sleep(0.05)
        await asyncio.sleep(1.5)
        assert polled == [("offline", "op_%1")]
        assert await record("offline", "op_%1", "message_3"), "another message about the same work"
    assert len(rows(db, "SELECT * FROM provider_messages")) == 2
    ((state,),) = rows(db, "SELECT state FROM purchases")
    assert state == "submitted", "a message changes no state"


async def test_messages_are_forgotten_after_two_days(db: Database) -> None:
    scene = await set_submitted(db, "op")
    assert await scene.journal.record_provider_message("offline", "op", "old")
    change(db, "UPDATE provider_messages SET at = 1")
    assert await scene.journal.record_provider_message("offline", "op", "new")
    assert rows(db, "SELECT message FROM provider_messages") == [("new",)]


@contextmanager
def run_server(home: Path, **environ: str) -> Iterator[str]:
    """Run the program, without its director, until the end of the block."""
    command = [sys.executable, "-m", "reelwright.cli", "serve", "--port", "0", "--require-key", "--no-director"]
    known = {"REELWRIGHT_HOME": str(home), "REPLICATE_API_TOKEN": "theirs", "REPLICATE_WEBHOOK_SECRET": SECRET}
    with subprocess.Popen(command, env={**os.environ, **known, **environ}, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stderr
        try:
            found = re.search(r"http://\S+", ran.stderr.readline())
            assert found
            yield found[0]
        finally:
            if ran.poll() is None:
                ran.terminate()


@pytest.mark.parametrize(("label", "kept"), [("C17", 0), ("C18", 1)])
async def test_a_kill_while_a_message_is_recorded_loses_and_repeats_nothing(
    tmp_path: Path, label: str, kept: int
) -> None:
    """A provider sends again what got no answer."""
    home = tmp_path / "home"
    home.mkdir()
    db = Database(f"sqlite:///{home / 'journal.db'}")
    await set_submitted(db, "gm3qorzdhgbfurvjtvhg6dckhu")
    change(db, "UPDATE purchases SET provider = 'replicate'")
    body = json.dumps(SCHEMES["replicate"][1]).encode()
    reported = "SELECT * FROM events WHERE kind = 'operation.reported'"

    def send(url: str) -> int:
        headers = sign_webhook(SECRET, "msg_1", body)
        return httpx2.post(f"{url}{WEBHOOK_PATH}replicate", content=body, headers=headers, timeout=30).status_code

    with run_server(home, REELWRIGHT_CRASH_AT=f"{label}:1") as url, pytest.raises(httpx2.TransportError):
        await asyncio.to_thread(send, url)
    assert len(rows(db, reported)) == kept
    with run_server(home) as url:
        assert [await asyncio.to_thread(send, url) for _ in range(2)] == [204, 204]
    assert len(rows(db, reported)) == 1
    db.close()


async def test_a_webhook_ends_the_wait_for_a_poll_and_its_address_is_no_part_of_the_purchase(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_API_TOKEN", "a-key-of-theirs")
    monkeypatch.setenv("REPLICATE_WEBHOOK_SECRET", SECRET)
    async with FakeServer(FakeReplicate(script=Script(latency_s=(0, 0)))) as fake:
        reached = replace(settings, base_urls={"replicate": fake.url}, public_url="https://films.example")
        slow = Tempo(speed=0.01)  # the next poll would come after a quarter of an hour
        door = replace(KEYS_ONLY, has_director=False)
        async with (
            open_server(reached, None, KEYS_ONLY, tempo=slow) as server,
            open_server(reached, None, door, tempo=slow) as other,
        ):
            key = await server.deployment.get_studio().create_api_key("a", "producer", auto_approve="5")
            async with other.open_client(headers={"Authorization": f"Bearer {key.secret}"}) as client:
                body = {"prompt": "a heron", "model": MODEL, "max_usd": "5", "accept_unconfirmed": True}
                made = await client.post("/api/v1/clips", json=body)
                assert made.status_code == 202, made.text
                job = made.json()["job"]
                database = server.deployment.runtime.database
                async with asyncio.timeout(30):
                    while not rows(database, "SELECT * FROM purchases WHERE state = 'submitted'"):
                        await asyncio.sleep(0.1)
                ((prepared, operation),) = rows(database, "SELECT prepared_request, operation FROM purchases")
                (submitted,) = [call for call in fake.calls if call.kind == "submit"]
                sent = submitted.parse_json()
                assert sent["webhook"] == f"https://films.example{WEBHOOK_PATH}replicate"
                assert sent["webhook_events_filter"] == ["completed"]
                assert "webhook" not in str(prepared) and json.loads(str(prepared))["body"]["input"] == sent["input"]
                await asyncio.sleep(2)
                assert (await client.get(f"/api/v1/jobs/{job}")).json()["state"] == "running"
                notice = json.dumps({"id": json.loads(str(operation))["id"], "status": "failed"}).encode()
                headers = sign_webhook(SECRET, "msg_1", notice)
                began = time.monotonic()
                async with other.open_client() as provider:
                    for _ in range(3):
                        answer = await provider.post(f"{WEBHOOK_PATH}replicate", content=notice, headers=headers)
                        assert answer.status_code == 204
                async with asyncio.timeout(20):
                    while (await client.get(f"/api/v1/jobs/{job}")).json()["state"] == "running":
                        await asyncio.sleep(0.1)
                assert (await client.get(f"/api/v1/jobs/{job}")).json()["state"] == "done", "the poll is what counts"
                assert time.monotonic() - began < 15
                assert len(rows(database, "SELECT * FROM events WHERE kind = 'operation.reported'")) == 1


async def test_a_public_address_needs_keys_and_is_a_name_of_the_server(settings: Settings) -> None:
    public = replace(settings, public_url="https://films.example")
    with pytest.raises(Exception, match="requires API keys"):
        async with open_server(public, None):
            pass
    hosts = replace(KEYS_ONLY, hosts=frozenset({"proxy.example"}))
    async with open_server(public, None, hosts) as served, served.open_client() as client:
        for name, status in (("films.example", 200), ("proxy.example", 200), ("evil.example", 421)):
            assert (await client.get("/ping", headers={"Host": name})).status_code == status
