"""Base of every fake: a call as it came off the wire, a reply, and a wire that answers calls."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.media_spec import Footage, make_tiny_file
from reelwright.providers.fakes.remote import Remote
from reelwright.providers.fakes.script import Behaviour, Kind, Script
from reelwright.reel.base.value import define_value


@define_value
class Part:
    """Field of a form, with its bytes. ``filename`` is set if it is a file."""

    body: bytes
    filename: str | None = None
    mime: str = ""

    @property
    def text(self) -> str:
        """The field's bytes as UTF-8 text."""
        return self.body.decode()


@define_value
class Call:
    """An HTTP request to a fake, received whole. ``path`` is unquoted, without the query; header names are in lower
    case.

    ``url``: the fake's own address as the caller wrote it, for links to itself. ``number``: its number among the calls
    of its kind, from 1.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    url: str
    kind: Kind = "other"
    number: int = 0

    def parse_json(self) -> Any:
        """Parse the body as JSON. Raises ``ValueError``."""
        return json.loads(self.body)

    def parse_form(self) -> Mapping[str, Part]:
        """Parse the fields of a multipart or urlencoded body. Raises ``ValueError`` if it is neither."""
        mime = self.headers.get("content-type", "")
        if mime.startswith("application/x-www-form-urlencoded"):
            return {name: Part(body=value.encode()) for name, value in parse_qsl(self.body.decode())}
        if not mime.startswith("multipart/form-data"):
            raise ValueError("no form")
        message = message_from_bytes(b"Content-Type: " + mime.encode() + b"\r\n\r\n" + self.body, policy=policy.HTTP)
        return {str(part.get_param("name", header="content-disposition")): _part(part) for part in message.iter_parts()}

    @property
    def secret(self) -> str:
        """The credential of the call, from any header or parameter that the faked providers use; empty if there is
        none.
        """
        bearer = self.headers.get("authorization", "").partition(" ")[2]
        own = self.headers.get("x-goog-api-key") or self.headers.get("xi-api-key") or self.headers.get("x-api-key")
        return bearer or own or self.query.get("key", "")

    @property
    def payer(self) -> str:
        """Hash of the credential, which a bill names as the payer; empty without one."""
        return hashlib.sha256(self.secret.encode()).hexdigest()[:12] if self.secret else ""


def _part(part: Any) -> Part:
    return Part(body=part.get_payload(decode=True), filename=part.get_filename(), mime=part.get_content_type())


def parse_call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Build a ``Call`` from the method, target, headers and body of an HTTP request."""
    split = urlsplit(target)
    return Call(
        method=method,
        path=unquote(split.path),
        query=dict(parse_qsl(split.query, keep_blank_values=True)),
        headers=headers,
        body=body,
        url=f"http://{headers.get('host', '127.0.0.1')}",
    )


@define_value
class Reply:
    """A fake's HTTP response to a call. The length is added; ``headers`` come on top of it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})


def make_json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Build a response with a JSON body."""
    return Reply(
        status=status, body=json.dumps(value).encode(), headers={"content-type": "application/json", **(headers or {})}
    )


class Fake(ABC):
    """Base class of a fake provider: it speaks the provider's HTTP API, and charges its own bill instead of money. A
    subclass classifies calls, answers them, and words its errors.

    ``secret``: the only credential that it accepts; None: any. A wire without credentials overrides ``is_authorized``.
    """

    name: ClassVar[str]

    def __init__(
        self,
        bill: Bill | None = None,
        script: Script | None = None,
        footage: Footage = make_tiny_file,
        secret: str | None = None,
    ) -> None:
        self.bill, self.script, self.footage, self.secret = bill or Bill(), script or Script(), footage, secret
        self.remote = Remote(self.bill, self.script, self.footage)

    async def close(self) -> None:
        """Cancel all outputs that are being made, and close the bill."""
        await self.remote.close()
        self.bill.close()

    def choose_fake(self, call: Call) -> Fake:
        """Return the fake that answers this call: this one, unless several share an address."""
        return self

    def is_authorized(self, call: Call) -> bool:
        """Whether the credential of the call is accepted; if not, the call is answered with 401."""
        return bool(call.secret) and self.secret in (None, call.secret)

    @abstractmethod
    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, by its HTTP method and path. Never raises."""

    @abstractmethod
    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Answer a call as the provider does on a good day, with ``behaviours`` applied to the work that it accepts.

        Bills before it returns.
        """

    @abstractmethod
    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in the provider's own shape."""


def format_time(seconds: float) -> str:
    """Format seconds since 1970 in ISO 8601 with milliseconds and ``Z``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
