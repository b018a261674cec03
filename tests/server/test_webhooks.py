"""Webhooks of a server: what happens is told once, signed, to whom may be told; and a receiver disturbs nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from client.proxy import Proxy
from net.raw import hang, serving
from reelwright.errors import BadInput
from reelwright.net.signing_key import SigningKey, ensure_signing_key, load_signing_key
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.webhook import WEBHOOK_KINDS
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.journal import Journal
from reelwright.studio.accounts.webhook_delivery import WebhookDelivery
from reelwright.studio.policy import DELIVERY_RETRY_WAITS_S
from server.conftest import APPROVING, MODEL, Served, open_server
from server.receiver import Receiver, open_receiver
from store.making import ACCOUNT
from store.observing import change

KEY = SigningKey("a key of these tests, and of nothing else", "the tests")
SENDING = replace(APPROVING, may_use_private=True)


@pytest.fixture
async def sending(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    async with open_server(settings, proxy, SENDING) as served:
        yield served


async def add(client: httpx2.AsyncClient, receiver: Receiver, **more: Any) -> tuple[str, str]:
    """Add a webhook; return its id and its secret."""
    made = await client.post("/api/v1/webhooks", json={"url": receiver.url, **more})
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    return made.json()["webhook"]["id"], made.json()["secret"]


async def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


async def wait_until_delivered(client: httpx2.AsyncClient, kind: str) -> list[dict[str, Any]]:
    """Wait until a message of this kind is among the deliveries and all of them arrived; return them."""
    rows: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while kind not in {one["kind"] for one in rows} or any(one["state"] != "delivered" for one in rows):
            await asyncio.sleep(0.2)
            rows = (await client.get("/api/v1/webhook-deliveries")).json()["deliveries"]
    return rows


async def make_clip(client: httpx2.AsyncClient, prompt: str = "a heron") -> str:
    made = await client.post("/generate", json={"prompt": prompt, "model": MODEL, "account_id": "ann@example.com"})
    job = str(made.json()["job_id"])
    async with asyncio.timeout(30):
        while (await client.get(f"/status/{job}")).json()["status"] not in ("COMPLETED", "FAILED"):
            await asyncio.sleep(0.05)
    return job


async def test_a_clip_is_told_from_its_order_to_its_end_each_signed_and_once(sending: Served) -> None:
    async with open_receiver() as receiver, sending.open_client() as client:
        _, secret = await add(client, receiver)
        job = await make_clip(client)
        rows = await wait_until_delivered(client, "job.done")
        kinds = [one["type"] for one in receiver.payloads]
        assert set(kinds) <= set(WEBHOOK_KINDS) and {"job.created", "job.running", "job.done"} <= set(kinds)
        assert len(receiver.ids) == len(set(receiver.ids))
        for at in range(len(kinds)):
            assert receiver.verify(secret, at)["type"] == kinds[at]
        done = receiver.payloads[kinds.index("job.done")]
        assert done["data"]["job"].endswith(job)
        assert done["timestamp"].endswith("+00:00") and done["data"]["event"] > 0
        assert {one["id"] for one in rows} == set(receiver.ids)


async def test_the_usage_event_has_member_model_and_time_and_the_prompt_on_demand(sending: Served) -> None:
    async with open_receiver() as receiver, sending.open_client() as client:
        await add(client, receiver, events=["job.created"], include_prompt=True)
        await add(client, receiver, events=["job.created"])
        await make_clip(client, "a heron of the lake")
        await wait_for(lambda: len(receiver.payloads) == 2)
        assert {one["type"] for one in receiver.payloads} == {"job.created"}
        data = sorted((one["data"] for one in receiver.payloads), key=len)
        assert {(one["member"], one["model"], one["goal"]) for one in data} == {("ann@example.com", MODEL, "takes")}
        assert "prompt" not in data[0] and data[1]["prompt"] == "a heron of the lake"
        plain = min((body for _, body in receiver.requests), key=len)
        assert b"heron" not in plain


async def test_a_receiver_that_hangs_or_fails_delays_no_job(sending: Served) -> None:
    async with (
        open_receiver(lambda n: ("500 Broken", ())) as broken,
        serving(hang) as hanging,
        sending.open_client() as client,
    ):
        webhook, _ = await add(client, broken)
        await client.post("/api/v1/webhooks", json={"url": hanging.url})
        began = time.monotonic()
        await asyncio.gather(*(make_clip(client, f"clip {n}") for n in range(3)))
        assert time.monotonic() - began < 25
        rows = (await client.get("/api/v1/webhook-deliveries", params={"webhook": webhook})).json()["deliveries"]
        await wait_for(lambda: len(broken.requests) > 2 and bool(hanging.visits))
        states = [(await client.get(f"/api/v1/jobs/{job['id']}")).json()["state"]
                  for job in (await client.get("/api/v1/jobs")).json()["jobs"]]  # fmt: skip
        assert states == ["done"] * 3 and rows
        failing = (await client.get(f"/api/v1/webhooks/{webhook}")).json()
        assert failing["failing_since"] and failing["is_enabled"]


async def test_a_secret_is_never_told_again_nor_logged(sending: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_receiver() as receiver, sending.open_client() as client:
        webhook, secret = await add(client, receiver)
        rotated = (await client.post(f"/api/v1/webhooks/{webhook}/rotate")).json()["secret"]
        await client.post(f"/api/v1/webhooks/{webhook}/test")
        await wait_for(lambda: bool(receiver.requests))
        seen = ""
        for path in ("/api/v1/webhooks", f"/api/v1/webhooks/{webhook}", "/api/v1/webhook-deliveries"):
            seen += (await client.get(path)).text
        seen += (await client.patch(f"/api/v1/webhooks/{webhook}", json={"events": []})).text
        seen += (await client.delete(f"/api/v1/webhooks/{webhook}")).text
        assert not [one for one in (secret, rotated) if one in seen + caplog.text]
        assert "from=reelwright" not in caplog.text, "a URL may be a secret, too"


async def test_both_secrets_verify_while_they_overlap(sending: Served) -> None:
    async with open_receiver() as receiver, sending.open_client() as client:
        webhook, first = await add(client, receiver)
        second = (await client.post(f"/api/v1/webhooks/{webhook}/rotate")).json()["secret"]
        test = (await client.post(f"/api/v1/webhooks/{webhook}/test")).json()
        await wait_for(lambda: len(receiver.requests) == 1)
        assert receiver.is_signed(first) and receiver.is_signed(second) and not receiver.is_signed("whsec_" + "A" * 44)
        assert receiver.ids == [test["id"]] and receiver.payloads[0]["type"] == "webhook.test"
        again = await client.post(f"/api/v1/webhook-deliveries/{test['id']}/replay")
        assert again.status_code == 202
        await wait_for(lambda: len(receiver.requests) == 2)
        assert receiver.ids == [test["id"]] * 2 and receiver.requests[0][1] == receiver.requests[1][1]


async def test_a_receiver_that_is_gone_is_disabled_at_once_and_can_be_enabled(sending: Served) -> None:
    statuses = ["410 Gone"]
    async with (
        open_receiver(lambda n: (statuses[-1], ())) as receiver,
        sending.open_client() as client,
    ):
        webhook, _ = await add(client, receiver)
        test = (await client.post(f"/api/v1/webhooks/{webhook}/test")).json()
        found: dict[str, Any] = {"is_enabled": True}
        async with asyncio.timeout(20):
            while found["is_enabled"]:
                await asyncio.sleep(0.1)
                found = (await client.get(f"/api/v1/webhooks/{webhook}")).json()
        assert found["disabled_reason"]["code"] == "webhook_gone" and "410" in found["message"]
        refused = await client.post(f"/api/v1/webhook-deliveries/{test['id']}/replay")
        assert refused.status_code == 422
        statuses.append("200 OK")
        before = len(receiver.requests)
        enabled = await client.patch(f"/api/v1/webhooks/{webhook}", json={"is_enabled": True})
        assert enabled.json()["is_enabled"] and enabled.json()["disabled_reason"] is None
        assert (await client.post(f"/api/v1/webhook-deliveries/{test['id']}/replay")).status_code == 202
        await wait_for(lambda: len(receiver.requests) > before)
        assert set(receiver.ids) == {test["id"]}


async def test_a_removed_webhook_is_told_nothing_more(sending: Served) -> None:
    async with open_receiver() as receiver, sending.open_client() as client:
        webhook, _ = await add(client, receiver)
        await client.post(f"/api/v1/webhooks/{webhook}/test")
        await wait_for(lambda: len(receiver.requests) == 1)
        removed = await client.delete(f"/api/v1/webhooks/{webhook}")
        assert removed.json()["removed"]["id"] == webhook
        assert (await client.get(f"/api/v1/webhooks/{webhook}")).status_code == 404
        assert (await client.get("/api/v1/webhook-deliveries")).json()["deliveries"] == []
        await make_clip(client)
        await asyncio.sleep(1.5)
        assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "https://localhost/", "https://10.0.0.8/", "https://[::1]/", "https://192.168.1.2/x",
     "https://printer/", "https://nas.local/", "https://hooks.example:8443/", "https://[::ffff:10.0.0.1]/"],
)  # fmt: skip
async def test_an_address_that_is_never_sent_to_is_refused_when_it_is_added(server: Served, url: str) -> None:
    async with server.open_client() as client:
        refused = await client.post("/api/v1/webhooks", json={"url": url})
        assert (refused.status_code, refused.json()["field"]) == (422, "url"), refused.text
        assert refused.json()["accepted"]
        made = (await client.post("/api/v1/webhooks", json={"url": "https://hooks.example/"})).json()["webhook"]
        changed = await client.patch(f"/api/v1/webhooks/{made['id']}", json={"url": url})
        assert (changed.status_code, changed.json()["field"]) == (422, "url"), changed.text
        null = await client.patch(f"/api/v1/webhooks/{made['id']}", json={"is_enabled": None})
        assert (null.status_code, null.json()["field"]) == (422, "is_enabled")


async def test_an_address_that_others_allowed_is_still_not_sent_to(settings: Settings, proxy: Proxy) -> None:
    """It was added while private networks were allowed, or its name leads there by now."""
    async with open_receiver() as receiver, open_server(settings, proxy) as server, server.open_client() as client:
        studio = server.deployment.get_studio()
        webhook = (await studio.create_webhook(receiver.url, may_use_private=True)).webhook.id
        test = (await client.post(f"/api/v1/webhooks/{webhook}/test")).json()
        found = test
        async with asyncio.timeout(20):
            while not found["attempts"] or not found["reason"]:
                await asyncio.sleep(0.1)
                found = (await client.get(f"/api/v1/webhook-deliveries/{test['id']}")).json()
        assert found["reason"]["code"] == "webhook_address_refused" and found["last_status"] is None
        assert found["reason"]["actions"][0]["option"] == "allow_private_webhooks"
        assert receiver.requests == []


async def test_only_owners_see_and_change_webhooks(sending: Served) -> None:
    studio = sending.deployment.get_studio()
    for role, status in (("viewer", 403), ("producer", 403), ("owner", 200)):
        key = (await studio.create_api_key(role, role)).secret
        async with sending.open_client(headers={"Authorization": f"Bearer {key}"}) as client:
            assert (await client.get("/api/v1/webhooks")).status_code == status
            assert (await client.get("/api/v1/webhook-deliveries")).status_code == status
            made = await client.post("/api/v1/webhooks", json={"url": "https://hooks.example/x"})
            assert made.status_code == (201 if status == 200 else 403)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"), ({"url": 5}, "url"), ({"url": "http://hooks.example/"}, "url"), ({"url": "https://a@b.c/"}, "url"),
        ({"url": "https://x.example/", "events": "job.done"}, "events"),
        ({"url": "https://x.example/", "events": ["job.exploded"]}, "events"),
        ({"url": "https://x.example/", "events": [[]]}, "events"),
        ({"url": "https://x.example/", "include_prompt": "yes"}, "include_prompt"),
        ({"url": "https://x.example/", "secret": "mine"}, "option"), ({"url": None}, "url"),
        ({"url": "https://x.example/", "events": None}, "events"),
        ({"url": "https://x.example/", "include_prompt": None}, "include_prompt"),
        ({"url": "https://169.254.169.254/"}, "url"), ({"url": "https://[fd00:ec2::254]/"}, "url"),
        ({"url": "https://0.0.0.0/"}, "url"), ({"url": "https://[ff02::1]/"}, "url"),
    ],
)  # fmt: skip
async def test_wrong_values_name_the_field(sending: Served, body: dict[str, Any], field: str) -> None:
    async with sending.open_client() as client:
        refused = await client.post("/api/v1/webhooks", json=body)
        assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
        assert (await client.get("/api/v1/webhooks")).json() == {"webhooks": []}
        bad_state = await client.get("/api/v1/webhook-deliveries", params={"state": "lost"})
        assert (bad_state.status_code, bad_state.json()["field"]) == (422, "state")


# several processes, both databases


@asynccontextmanager
async def senders(db: Database, count: int, **more: Any) -> AsyncIterator[list[WebhookDelivery]]:
    """So many senders at work at once, as of so many processes."""
    made = [WebhookDelivery(Journal(db), lambda: KEY, may_use_private=True, **more) for _ in range(count)]
    running = [asyncio.create_task(one.run()) for one in made]
    yield made
    for task in running:
        task.cancel()
    await asyncio.wait(running)


async def test_many_processes_send_every_event_once(db: Database) -> None:
    journal = Journal(db)
    async with open_receiver() as receiver, senders(db, 4):
        seeds = [KEY.make_seed() for _ in range(2)]
        first, second = [KEY.derive_webhook_secret(seed) or "" for seed in seeds]
        for seed in seeds:
            await journal.create_webhook(ACCOUNT, receiver.url, seed)
        for wave in range(3):
            await asyncio.gather(*(journal.open_project(ACCOUNT, f"{wave}/{n}", Brief(text="x")) for n in range(10)))
        await wait_for(lambda: len(receiver.requests) >= 60)
        await asyncio.sleep(1.5)
        assert len(receiver.ids) == len(set(receiver.ids)) == 60
        projects = [one["data"]["project"] for one in receiver.payloads]
        assert all(projects.count(one) == 2 for one in projects)
        assert all(receiver.is_signed(first, at) != receiver.is_signed(second, at) for at in range(60))


async def test_what_happened_while_nobody_sent_is_sent_later(db: Database) -> None:
    journal = Journal(db)
    async with open_receiver() as receiver:
        await journal.create_webhook(ACCOUNT, receiver.url, KEY.make_seed(), ("project.opened",))
        for n in range(450):  # more than two pages
            await journal.open_project(ACCOUNT, f"p{n}", Brief(text="x"))
        sender = WebhookDelivery(journal, lambda: KEY, may_use_private=True)
        await sender.record_news()
        assert len(await journal.list_deliveries(ACCOUNT, None, 1000)) == 450
        await WebhookDelivery(journal, lambda: KEY).record_news()
        assert len(await journal.list_deliveries(ACCOUNT, None, 1000)) == 450


async def test_pauses_grow_until_the_receiver_is_back(db: Database) -> None:
    journal = Journal(db)
    async with (
        open_receiver(lambda n: ("503 Away" if n < 4 else "200 OK", ())) as receiver,
        senders(db, 2, pauses_s=(0.05, 0.1, 0.2, 0.4)),
    ):
        made = await journal.create_webhook(ACCOUNT, receiver.url, KEY.make_seed())
        await journal.send_test_message(ACCOUNT, made.id, '{"type":"webhook.test"}')
        async with asyncio.timeout(20):
            (found,) = await journal.list_deliveries(ACCOUNT, None, 9)
            while found.state != "delivered":
                await asyncio.sleep(0.05)
                (found,) = await journal.list_deliveries(ACCOUNT, None, 9)
        assert (found.state, found.attempts, found.last_status) == ("delivered", 4, 200)
        assert len(set(receiver.ids)) == 1


async def test_a_receiver_says_when_it_wants_to_be_asked_again(db: Database) -> None:
    journal = Journal(db)
    async with open_receiver(lambda n: ("429 Busy", ("Retry-After: 600",))) as receiver, senders(db, 1):
        made = await journal.create_webhook(ACCOUNT, receiver.url, KEY.make_seed())
        await journal.send_test_message(ACCOUNT, made.id, '{"type":"webhook.test"}')
        found = None
        async with asyncio.timeout(20):
            while found is None or found.last_at is None:
                await asyncio.sleep(0.1)
                (found,) = await journal.list_deliveries(ACCOUNT, None, 9)
        assert found.next_at and 595 < (found.next_at - found.last_at).total_seconds() < 605


async def test_a_delivery_is_given_up_after_about_a_day_and_shown(db: Database) -> None:
    waits = DELIVERY_RETRY_WAITS_S
    assert 20 < sum(waits) / 3600 < 28 and waits[0] == 5 and waits[-1] == 36_000
    assert sorted(waits) == list(waits)
    journal = Journal(db)
    async with open_receiver(lambda n: ("500 Broken", ())) as receiver, senders(db, 1, pauses_s=(0.01, 0.01)):
        made = await journal.create_webhook(ACCOUNT, receiver.url, KEY.make_seed())
        await journal.send_test_message(ACCOUNT, made.id, '{"type":"webhook.test"}')
        await wait_for(lambda: len(receiver.requests) == 3)
        await asyncio.sleep(1.5)
        (found,) = await journal.list_deliveries(ACCOUNT, None, 9)
        assert (found.state, found.attempts, len(receiver.requests)) == ("failed", 3, 3)
        change(db, "UPDATE webhooks SET failing_since = 1")
        await journal.repeat_delivery(ACCOUNT, found.id)
        await wait_for(lambda: len(receiver.requests) == 6)
        async with asyncio.timeout(20):
            while not (dead := await journal.read_webhook(ACCOUNT, made.id)).disabled_reason:
                await asyncio.sleep(0.05)
        assert dead.disabled_reason and dead.disabled_reason.code == "webhook_failing"


async def test_a_message_that_cannot_be_signed_is_not_sent_and_says_why(db: Database) -> None:
    """Such as after a restore: a backup has no keys."""
    journal, other = Journal(db), SigningKey("another key, of another home than this", "the tests")
    async with open_receiver() as receiver:
        made = await journal.create_webhook(ACCOUNT, receiver.url, other.make_seed())
        sent = await journal.send_test_message(ACCOUNT, made.id, '{"type":"webhook.test"}')
        async with senders(db, 1):
            while (found := await journal.read_delivery(ACCOUNT, sent.id)).reason is None:
                await asyncio.sleep(0.1)
        assert found.reason.code == "webhook_not_signed" and "rotate" in str(found.reason) and not receiver.requests
        await journal.rotate_webhook_secret(ACCOUNT, made.id, KEY.make_seed())
        await journal.repeat_delivery(ACCOUNT, sent.id)
        async with senders(db, 1):
            await wait_for(lambda: len(receiver.requests) == 1)


async def test_the_journal_has_no_secret_and_the_key_is_its_owners_alone(sending: Served, settings: Settings) -> None:
    async with sending.open_client() as client:
        made = await asyncio.gather(
            *(client.post("/api/v1/webhooks", json={"url": "https://h.example/"}) for _ in "ab")
        )
        found = [one.json()["secret"] for one in made]
        found.append((await client.post(f"/api/v1/webhooks/{made[0].json()['webhook']['id']}/rotate")).json()["secret"])
    assert len(set(found)) == 3
    file = settings.home / "signing.key"
    assert file.stat().st_mode & 0o777 == 0o600 and ensure_signing_key(settings).fingerprint in repr(
        load_signing_key(settings, {})
    )
    key = file.read_bytes().strip()
    for path in settings.home.rglob("*"):
        if path.is_file() and path != file:
            content = path.read_bytes()
            assert not [one for one in (*found, key.decode()) if one.encode() in content], path
    assert {one.name for one in settings.home.glob(".signing-*")} == set()
    file.chmod(0o644)
    with pytest.raises(BadInput, match="nobody else may read"):
        load_signing_key(settings, {})
    given = load_signing_key(settings, {"REELWRIGHT_SIGNING_KEY": "k" * 32})
    assert given and given.fingerprint == SigningKey("k" * 32, "").fingerprint
    with pytest.raises(BadInput) as short:
        load_signing_key(settings, {"REELWRIGHT_SIGNING_KEY": "short-secret"})
    assert "short-secret" not in str(short.value)


# a real process that is killed


@asynccontextmanager
async def run_server(home: Path) -> AsyncIterator[tuple[subprocess.Popen[str], httpx2.AsyncClient]]:
    """Run the program until the end of the block, or until it was killed."""
    command = [sys.executable, "-m", "reelwright.cli", "serve", "--port", "0", "--allow-private-webhooks"]
    environ = {**os.environ, "REELWRIGHT_HOME": str(home), "REELWRIGHT_HANDS": "1"}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            first = await asyncio.to_thread(process.stderr.readline)
            found = re.search(r"http://\S+", first)
            assert found, first + process.stderr.read()
            async with httpx2.AsyncClient(base_url=found[0], timeout=30) as client:
                yield process, client
        finally:
            if process.poll() is None:
                process.kill()


async def test_a_kill_between_delivery_and_record_repeats_it_with_the_same_id_and_loses_none(tmp_path: Path) -> None:
    home, killed = tmp_path / "home", asyncio.Event()
    running: list[subprocess.Popen[str]] = []

    def choose(n: int) -> tuple[str, tuple[str, ...]]:
        if n == 3:  # the request is here, its answer is not there yet
            running[0].send_signal(signal.SIGKILL)
            killed.set()
        return "204 No Content", ()

    async with open_receiver(choose) as receiver:
        async with run_server(home) as (process, client):
            running.append(process)
            webhook, secret = await add(client, receiver)
            for _ in range(6):
                try:
                    with_test = await client.post(f"/api/v1/webhooks/{webhook}/test")
                except httpx2.TransportError:  # it was killed before it answered
                    assert killed.is_set()
                if killed.is_set():
                    break
                assert with_test.status_code == 202
            async with asyncio.timeout(30):
                await killed.wait()
            assert await asyncio.to_thread(process.wait, 10) == -signal.SIGKILL
        async with run_server(home) as (_, client):
            rows = await wait_until_delivered(client, "webhook.test")
        ids = {one["id"] for one in rows}
        assert ids == set(receiver.ids), "none is lost, and none is anything else"
        assert len(receiver.ids) > len(ids), "what was not recorded was sent again"
        bodies = {one: {body for headers, body in receiver.requests if headers["webhook-id"] == one} for one in ids}
        assert all(len(one) == 1 for one in bodies.values())
        assert all(receiver.is_signed(secret, at) for at in range(len(receiver.requests)))


async def test_a_worker_sends_what_a_server_only_recorded(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environ = {**os.environ, "REELWRIGHT_HOME": str(home), "REELWRIGHT_HANDS": "1"}

    def run(*args: str) -> Any:
        command = [sys.executable, "-m", "reelwright.cli", *args]
        return json.loads(subprocess.run(command, env=environ, check=True, capture_output=True).stdout)

    async with open_receiver() as receiver:
        made = await asyncio.to_thread(run, "webhooks", "add", receiver.url, "--json")
        sent = await asyncio.to_thread(run, "webhooks", "test", made["webhook"]["id"], "--json")
        worker = [sys.executable, "-m", "reelwright.cli", "worker", "--allow-private-webhooks"]
        with subprocess.Popen(worker, env=environ, stderr=subprocess.DEVNULL) as process:
            await wait_for(lambda: bool(receiver.requests), 40)
            process.terminate()
            assert await asyncio.to_thread(process.wait, 20) in (0, 130, 143)
        assert receiver.ids == [sent["id"]] and receiver.is_signed(made["secret"])
