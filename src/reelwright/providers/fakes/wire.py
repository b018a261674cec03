"""One call as it came off the wire, one reply, and what every fake is: a wire that takes calls and answers them."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import field
from email import message_from_bytes, policy
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from reelwright.providers.fakes.asked import Footage, bare
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.remote import Remote
from reelwright.providers.fakes.script import Behaviour, Kind, Script
from reelwright.reel.noun import noun


@noun
class Part:
    """One field of a form. ``filename`` is set where it is a file."""

    body: bytes
    filename: str | None = None
    mime: str = ""

    @property
    def text(self) -> str:
        return self.body.decode()


@noun
class Call:
    """A whole request. ``path`` is unquoted, without query; header names are in lower case.

    ``url``: the fake's own address as the caller wrote it, for links to itself. ``number``: which of its kind, from 1.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    url: str
    kind: Kind = "other"
    number: int = 0

    def json(self) -> Any:
        """The body's JSON. Raises ``ValueError``."""
        return json.loads(self.body)

    def form(self) -> Mapping[str, Part]:
        """The fields of a multipart or urlencoded body. Raises ``ValueError`` where it is neither."""
        mime = self.headers.get("content-type", "")
        if mime.startswith("application/x-www-form-urlencoded"):
            return {name: Part(body=value.encode()) for name, value in parse_qsl(self.body.decode())}
        if not mime.startswith("multipart/form-data"):
            raise ValueError("no form")
        message = message_from_bytes(b"Content-Type: " + mime.encode() + b"\r\n\r\n" + self.body, policy=policy.HTTP)
        return {str(part.get_param("name", header="content-disposition")): _part(part) for part in message.iter_parts()}

    @property
    def secret(self) -> str:
        """The credential that came with it, wherever these wires put one; empty where there is none."""
        bearer = self.headers.get("authorization", "").partition(" ")[2]
        own = self.headers.get("x-goog-api-key") or self.headers.get("xi-api-key") or self.headers.get("x-api-key")
        return bearer or own or self.query.get("key", "")

    @property
    def payer(self) -> str:
        """A fingerprint of the credential, for the bill."""
        return hashlib.sha256(self.secret.encode()).hexdigest()[:12] if self.secret else ""


def _part(part: Any) -> Part:
    return Part(body=part.get_payload(decode=True), filename=part.get_filename(), mime=part.get_content_type())


def call_of(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """A call from what stands in its first line, its headers and its body."""
    split = urlsplit(target)
    return Call(
        method=method,
        path=unquote(split.path),
        query=dict(parse_qsl(split.query, keep_blank_values=True)),
        headers=headers,
        body=body,
        url=f"http://{headers.get('host', '127.0.0.1')}",
    )


@noun
class Reply:
    """An answer. Its length is told; ``headers`` come on top of it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(
        status=status, body=json.dumps(value).encode(), headers={"content-type": "application/json", **(headers or {})}
    )


class Fake(ABC):
    """A provider's wire. A subclass says what a call is, answers it, and words its refusals.

    ``secret``: the only credential that it takes; None: any. A wire without credentials overrides ``admits``.
    """

    name: ClassVar[str]

    def __init__(
        self,
        bill: Bill | None = None,
        script: Script | None = None,
        footage: Footage = bare,
        secret: str | None = None,
    ) -> None:
        self.bill, self.script, self.footage, self.secret = bill or Bill(), script or Script(), footage, secret
        self.remote = Remote(self.bill, self.script, self.footage)

    async def close(self) -> None:
        """Stop what is being drawn, and close the bill."""
        await self.remote.close()
        self.bill.close()

    def whose(self, call: Call) -> Fake:
        """Who answers this call: itself, unless several share an address."""
        return self

    def admits(self, call: Call) -> bool:
        """Whether the call's credential is good; else it is refused with 401."""
        return bool(call.secret) and self.secret in (None, call.secret)

    @abstractmethod
    def kind(self, call: Call) -> Kind:
        """Which of the protocol's verbs this call is for; never raises."""

    @abstractmethod
    async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        """The answer of a good day, with what ``met`` says of the work that it takes on. Bills before it returns."""

    @abstractmethod
    def refusal(self, code: int, said: str) -> Reply:
        """An error in the provider's own words and shape."""
