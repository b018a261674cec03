"""Tokens for Google Cloud: one of the environment as it is, those of default credentials made anew in time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from reelwright.errors import BadInput, Unreachable
from reelwright.net.google_token import GoogleToken, has_default_credentials
from reelwright.net.keys import Key
from reelwright.reason import Action

SECRET = "ya29.canary-of-a-token"


class Giver:
    """Google's place for tokens on loopback: each lasts ``lasts_s``; ``status`` 200 or an error of theirs."""

    def __init__(self, lasts_s: int = 3600, status: int = 200, error: str = "invalid_grant") -> None:
        self.given, self._lasts_s, self._status, self._error = 0, lasts_s, status, error

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = next(line for line in head.splitlines() if line.startswith("content-length:"))
        await reader.readexactly(int(size.split(":")[1]))
        self.given += 1
        good = {"access_token": f"{SECRET}-{self.given}", "expires_in": self._lasts_s, "token_type": "Bearer"}
        body = json.dumps(good if self._status == 200 else {"error": self._error}).encode()
        writer.write(f"HTTP/1.1 {self._status} X\r\ncontent-type: application/json\r\ncontent-length: ".encode())
        writer.write(f"{len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


def service_account(url: str, folder: Path) -> Path:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    pem = made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    told = {
        "type": "service_account",
        "project_id": "p1",
        "private_key": pem,
        "client_email": "x@p1.iam",
        "token_uri": url,
    }
    path = folder / "account.json"
    path.write_text(json.dumps(told))
    return path


@asynccontextmanager
async def given_by(giver: Giver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GoogleToken]:
    server = await asyncio.start_server(giver.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account(url, tmp_path)))
    async with server:
        yield GoogleToken()


async def test_a_token_of_the_environment_is_used_as_it_is():
    token = GoogleToken(Key("vertex", SECRET, "environment GOOGLE_ACCESS_TOKEN"))
    assert await token() == {"authorization": f"Bearer {SECRET}"}
    assert SECRET not in repr(token)


async def test_default_credentials_are_asked_once_while_their_token_lasts(tmp_path, monkeypatch):
    giver = Giver()
    async with given_by(giver, tmp_path, monkeypatch) as token:
        told = await asyncio.gather(*(token() for _ in range(8)))
        assert told == [{"authorization": f"Bearer {SECRET}-1"}] * 8
    assert giver.given == 1


async def test_a_token_that_ends_soon_is_replaced_before_it_is_used(tmp_path, monkeypatch):
    giver = Giver(lasts_s=120)
    async with given_by(giver, tmp_path, monkeypatch) as token:
        assert (await token())["authorization"].endswith("-1")
        assert (await token())["authorization"].endswith("-2")


async def test_credentials_that_are_refused_are_bad_input_and_say_so(tmp_path, monkeypatch):
    async with given_by(Giver(status=400), tmp_path, monkeypatch) as token:
        with pytest.raises(BadInput) as raised:
            await token()
        assert raised.value.field == "key"
        assert raised.value.actions == (Action("fix_key", {"provider": "vertex"}),)


async def test_a_giver_of_tokens_that_is_gone_can_be_asked_again(tmp_path, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account("http://127.0.0.1:9/token", tmp_path)))
    with pytest.raises(Unreachable) as raised:
        await GoogleToken()()
    assert raised.value.code == "token_unavailable"


def test_default_credentials_are_looked_for_without_asking_anybody(tmp_path):
    assert not has_default_credentials({"HOME": str(tmp_path)})
    assert has_default_credentials({"GOOGLE_APPLICATION_CREDENTIALS": "x.json"})
    (tmp_path / ".config" / "gcloud").mkdir(parents=True)
    (tmp_path / ".config" / "gcloud" / "application_default_credentials.json").write_text("{}")
    assert has_default_credentials({"HOME": str(tmp_path)})
