"""Signed links: each opens one file of one account until its end, and nothing else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
import logging
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from client.proxy import Proxy
from reelwright.server import links
from reelwright.server.links import Link, ensure_link_secret, sign_link
from reelwright.settings import Settings
from reelwright.store.accounts.link_keys import LinkKey
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_access import bear
from server.test_tenants import draw_picture

KEYS = replace(APPROVING, is_key_required=True)


@pytest.fixture
async def keyed(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    async with open_server(settings, proxy, KEYS) as served:
        yield served


async def add_client(server: Served, name: str, **more: Any) -> tuple[httpx2.AsyncClient, str]:
    """A client with a key of its own, and the id of that key."""
    made = await server.deployment.get_studio().create_api_key(name, "owner", auto_approve="1", **more)
    return server.open_client(headers=bear(made.secret)), made.api_key.id


async def make_clip(client: httpx2.AsyncClient, **more: str) -> str:
    answer = await client.post("/api/generate", data={"model": MODEL, "prompt": "a heron", **more}, files={"u": b""})
    job: str = answer.json()["job_id"]
    async with asyncio.timeout(30):
        while (await client.get(f"/api/status/{job}")).json()["status"] != "completed":
            await asyncio.sleep(0.05)
    return job


async def make_link(client: httpx2.AsyncClient, of: str, **body: Any) -> str:
    answer = await client.post(f"/api/v1/{of}/links", json=body)
    assert answer.status_code == 201, answer.text
    path: str = answer.json()["path"]
    assert answer.json()["url"].endswith(path)
    return path


def read_token(path: str) -> tuple[dict[str, Any], str]:
    head, _, tail = path.split("/")[2].partition(".")
    return json.loads(base64.urlsafe_b64decode(head + "==")), tail


def write_path(fields: dict[str, Any], tail: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode()).rstrip(b"=").decode()
    return f"/links/{head}.{tail}/x"


async def test_a_link_opens_its_file_without_a_key_and_nothing_else(keyed: Served) -> None:
    client, key = await add_client(keyed, "one")
    async with client, keyed.open_client() as anyone:
        job = await make_clip(client, sampleCount="2")
        own = (await client.get(f"/api/v1/jobs/{job}/files/1")).content
        link = await make_link(client, f"jobs/{job}/files/1")
        found = await anyone.get(link)
        assert found.status_code == 200 and found.content == own
        assert found.headers["referrer-policy"] == "no-referrer"
        assert found.headers["x-content-type-options"] == "nosniff"
        part = await anyone.get(link, headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, own[4:8])
        head = await anyone.head(link)
        assert head.headers["content-length"] == str(len(own)) and not head.content
        assert (await anyone.get(link, headers={"If-None-Match": head.headers["etag"]})).status_code == 304
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            assert (await anyone.request(method, link)).status_code == 401, method
            assert (await client.request(method, link)).status_code == 405, method
        for other in ("/api/v1/jobs", f"/api/v1/jobs/{job}/files/0", "/links/", "/links", "/links/%2e%2e/api/v1/jobs"):
            assert (await anyone.get(other)).status_code in (401, 404), other
        assert (await anyone.get(f"/api/v1/jobs/{job}", headers={"x-api-key": read_token(link)[1]})).status_code == 401
        fields, _ = read_token(link)
        assert fields["m"] == key and "local" not in json.dumps(fields), "no account stands in it"


async def test_an_archive_and_an_asset_have_links(keyed: Served) -> None:
    client, _ = await add_client(keyed, "one")
    async with client, keyed.open_client() as anyone:
        job = await make_clip(client, sampleCount="2")
        found = await anyone.get(await make_link(client, f"jobs/{job}/archive"))
        with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
            assert len(archive.namelist()) == 2
        asset = (await client.post("/api/v1/assets", content=draw_picture("x"))).json()["id"]
        path = await make_link(client, f"assets/{asset}")
        assert hashlib.sha256((await anyone.get(path)).content).hexdigest() == asset
        gone = await anyone.get(path.replace(path.split("/")[2], "x"))
        assert gone.status_code == 404


async def test_a_link_that_was_changed_opens_nothing(keyed: Served) -> None:
    client, _ = await add_client(keyed, "one")
    other, _ = await add_client(keyed, "two", account="other")
    async with client, other, keyed.open_client() as anyone:
        job, theirs = await make_clip(client, sampleCount="2"), await make_clip(other)
        link, of_other = (
            await make_link(client, f"jobs/{job}/files/0"),
            await make_link(other, f"jobs/{theirs}/files/0"),
        )
        fields, tail = read_token(link)
        strange, _ = read_token(of_other)
        changes: list[dict[str, Any]] = [
            {"n": 1}, {"j": theirs}, {"e": fields["e"] + 1}, {"m": None}, {"k": "archive"}, {"i": strange["i"]},
            {"i": "x"}, {"i": None}, {"i": "\x00"}, {"x": 1}, {"e": "9" * 20}, {"n": -1}, {"d": "0" * 64}, {"k": "x"},
            {"j": theirs, "i": strange["i"]},
        ]  # fmt: skip
        paths = [write_path({**fields, **change}, tail) for change in changes]
        key = LinkKey(fields["i"], "local", "a.seed")
        known = Link.model_validate({name: value for name, value in fields.items() if name != "i"})
        paths += [
            f"/links/{sign_link(known, key, b'guessed')}/x",
            link.replace(".", "..", 1),
            "/links/./x",
            "/links/a.b/x",
        ]
        token = link.split("/")[2]
        paths += [f"/links/{one}/x" for one in (token[:-1], token + "=", token + "A", token.swapcase(), "x" * 1500)]
        paths += [f"/links/{base64.urlsafe_b64encode(text).rstrip(b'=').decode()}.{tail}/x"
                  for text in (b"[]", b"1", b"null", b"{}", b"[" * 500, b'{"i":[]}', b"\xff")]  # fmt: skip
        assert (await anyone.get(f"/links/{'x' * 3000}/x")).status_code == 422, "longer than any link"
        for path in paths:
            answer = await anyone.get(path)
            assert answer.status_code == 404, path
            assert job not in answer.text and "local" not in answer.text
        assert (await anyone.get(link)).status_code == 200


async def test_a_link_ends_when_it_said(keyed: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = await add_client(keyed, "one")
    async with client, keyed.open_client() as anyone:
        job = await make_clip(client)
        short = await make_link(client, f"jobs/{job}/files/0", expires_in=1)
        usual, longest = await make_link(client, f"jobs/{job}/files/0"), f"jobs/{job}/files/0"
        assert await make_link(client, longest, expires_in=604_800)
        for wrong in (0, -1, 604_801, "1h", 1.5, True, None):
            answer = await client.post(f"/api/v1/{longest}/links", json={"expires_in": wrong})
            assert (answer.status_code, answer.json()["field"]) == (422, "expires_in"), wrong
        assert (await client.post(f"/api/v1/{longest}/links", json={"until": 1})).status_code == 422
        await asyncio.sleep(1.1)
        assert [(await anyone.get(path)).status_code for path in (short, usual)] == [410, 200]
        now = links.time.time()
        monkeypatch.setattr(links.time, "time", lambda: now - 86_400)  # the clock is set back: nothing breaks
        assert (await anyone.get(usual)).status_code == 200
        monkeypatch.setattr(links.time, "time", lambda: now + 3601)
        assert (await anyone.get(usual)).json()["code"] == "link_has_expired"


async def test_a_link_ends_with_its_key_its_file_and_its_signature(keyed: Served) -> None:
    client, _ = await add_client(keyed, "one")
    maker, key = await add_client(keyed, "maker")
    async with client, maker, keyed.open_client() as anyone:
        job, gone = await make_clip(client), await make_clip(client, prompt="a boat")
        own, theirs = await make_link(client, f"jobs/{job}/files/0"), await make_link(maker, f"jobs/{job}/files/0")
        cleaned, removed = (
            await make_link(client, f"jobs/{gone}/files/0"),
            await make_link(client, f"jobs/{gone}/archive"),
        )
        assert (await client.delete(f"/api/v1/api-keys/{key}")).status_code == 200
        assert [(await anyone.get(path)).status_code for path in (own, theirs)] == [200, 404]
        assert (await client.delete(f"/api/cleanup/{gone}")).status_code == 200
        assert (await anyone.get(cleaned)).json()["code"] == "linked_file_is_deleted"
        assert (await client.delete(f"/api/delete/{gone}")).status_code == 200
        assert (await anyone.get(removed)).status_code == 404
        viewer = await keyed.deployment.get_studio().create_api_key("viewer", "viewer")
        assert (await client.delete("/api/v1/links", headers=bear(viewer.secret))).status_code == 403
        assert (await client.post(f"/api/v1/jobs/{job}/files/0/links", headers=bear(viewer.secret))).status_code == 403
        assert (await client.delete("/api/v1/links")).json() == {"ended": True}
        assert (await anyone.get(own)).status_code == 404
        assert (await anyone.get(await make_link(client, f"jobs/{job}/files/0"))).status_code == 200


async def test_the_journal_alone_signs_no_link(keyed: Served, settings: Settings) -> None:
    client, _ = await add_client(keyed, "one")
    async with client, keyed.open_client() as anyone:
        job = await make_clip(client)
        link = await make_link(client, f"jobs/{job}/files/0")
        _, secret = await ensure_link_secret(keyed.deployment, keyed.deployment.runtime.settings.account)
        file = settings.home / "signing.key"
        assert file.stat().st_mode & 0o777 == 0o600
        for path in settings.home.glob("*.db*"):
            assert secret.hex().encode() not in path.read_bytes() and secret not in path.read_bytes()
        file.unlink()  # as after a restore: a backup has no keys
        assert (await anyone.get(link)).status_code == 404
        assert (await anyone.get(await make_link(client, f"jobs/{job}/files/0"))).status_code == 200
        assert (await anyone.get(link)).status_code == 404


async def test_a_link_ends_with_the_member_who_made_it(keyed: Served) -> None:
    client, _ = await add_client(keyed, "one")
    async with client, keyed.open_client() as anyone:
        studio = keyed.deployment.get_studio()
        member = await studio.invite_member("ana@team.example", "producer")
        fields, _ = read_token(await make_link(client, f"jobs/{await make_clip(client)}/files/0"))
        key, secret = await ensure_link_secret(keyed.deployment, studio.account)
        content = {name: value for name, value in fields.items() if name != "i"}
        theirs = f"/links/{sign_link(Link.model_validate({**content, 'm': member.id}), key, secret)}/x"
        assert (await anyone.get(theirs)).status_code == 200
        await studio.remove_member(member.id)
        assert (await anyone.get(theirs)).status_code == 404


async def test_the_owner_of_the_machine_makes_links_only_where_no_key_is_needed(
    settings: Settings, proxy: Proxy
) -> None:
    async with open_server(settings, proxy) as server, server.open_client() as client:
        link = await make_link(client, f"jobs/{await make_clip(client)}/files/0")
        assert (await client.get(link)).status_code == 200
    async with open_server(settings, proxy, KEYS) as server, server.open_client() as client:
        assert (await client.get(link)).status_code == 404, "who made it is nobody here"


async def test_no_log_has_a_link(
    keyed: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = await add_client(keyed, "one")
    async with client, keyed.open_client() as anyone:
        link = await make_link(client, f"jobs/{await make_clip(client)}/files/0")

        async def fail(*_: object) -> None:
            raise OSError("a fault of ours")

        monkeypatch.setattr("reelwright.server.routes.links._send", fail)
        with caplog.at_level(logging.DEBUG):
            assert (await anyone.get(link)).status_code == 500
        assert "a fault of ours" in caplog.text and link.split("/")[2] not in "".join(
            record.getMessage() for record in caplog.records if record.name.startswith("reelwright")
        )


def test_signatures_are_compared_in_constant_time() -> None:
    assert links.hmac.compare_digest is hmac.compare_digest
