"""Forms of the pages: each has a ticket of ours, the price that it showed, and is handled once however often it comes.

The ticket is made when a form is rendered, for the account and the API key or member that it is shown to. It proves
that the form is from a page of this server (no page of another site can make one), and it is the ``Idempotency-Key`` of
the order: a double click, Back, a reload, and a resend after a lost connection or a new sign-in are the same order.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Request

from reelwright.errors import AccessDenied, ReelwrightError
from reelwright.input_limits import NAME_CHARS
from reelwright.media.base.sniff import read_head, sniff
from reelwright.net.signing_key import ensure_signing_key
from reelwright.server.caller import get_caller
from reelwright.server.policy import MAX_FORM_FIELDS
from reelwright.server.program_requests import MAX_USD, ProgramBody, read_body, save_upload
from reelwright.server.routes.native import get_deployment, get_studio
from reelwright.store.jobs.requests import CreateRequest
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.quotes.consent import parse_unknown_at_most
from reelwright.studio.quotes.validation import parse_money
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros

TICKET: Final = "ticket"
OTHERS: Final = ""
"""Stands for all fields whose most characters are not given by name."""
_SIGNED_CHARS: Final = 43
_MARKED: Final = "reelwright.marked"
_MARK: Final = f"ticket-{secrets.token_hex(8)}-"
"""Begins the mark of a ticket that is written in later. Nobody's words have it: it is another in each process."""
_MARKS: Final = re.compile(rb"%s\d{4,}" % _MARK.encode())


def make_ticket(request: Request) -> str:
    """Make the ticket of a form that is shown to the caller of a request, or a mark where several will read it."""
    if count := request.scope.get(_MARKED):
        return f"{_MARK}{next(count):04}"
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_sign(request, nonce)}"


def mark_tickets(request: Request) -> Request:
    """Return the request for a page of several readers: not compressed, and with marks where each has tickets."""
    headers = [(name, value) for name, value in request.scope["headers"] if name != b"accept-encoding"]
    return Request({**request.scope, "headers": headers, _MARKED: itertools.count(1)}, request.receive)


def is_marked(request: Request) -> bool:
    """Whether a page is rendered for several readers."""
    return _MARKED in request.scope


def write_tickets(request: Request, page: bytes) -> bytes:
    """Return a page that was rendered for several readers with tickets for the caller of a request."""
    made: dict[bytes, bytes] = {}
    return _MARKS.sub(lambda found: made.setdefault(found[0], make_ticket(request).encode()), page)


def check_ticket(request: Request, ticket: str) -> None:
    """Raise ``AccessDenied`` unless this server made a ticket for the caller of a request."""
    nonce, _, signature = ticket.partition(".")
    is_ours = len(signature) == _SIGNED_CHARS and signature.isascii()
    if not is_ours or not hmac.compare_digest(_sign(request, nonce), signature):
        raise AccessDenied(code="form_unknown")


def _sign(request: Request, nonce: str) -> str:
    caller = get_caller(request)
    secret = ensure_signing_key(get_deployment(request).runtime.settings).derive_form_secret(caller.account)
    signed = json.dumps([caller.account, caller.key, nonce]).encode()
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class PageForm:
    """A form that a person sent from a page. ``fields``: its fields as text, without the empty ones."""

    def __init__(self, request: Request, body: ProgramBody) -> None:
        self._request, self._body = request, body
        self.fields: Mapping[str, str] = {
            name: value.replace("\r\n", "\n")  # as browsers send the lines of a field
            for name, value in body.fields.items()
            if isinstance(value, str) and value.strip()
        }

    def read_count(self, name: str) -> int:
        """Return a field as a whole number; 0 where it is none."""
        value = self.get(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else 0

    def read_file(self, name: str) -> bytes:
        """Return the content of the file that was given in a field; empty if there is none."""
        return next((content for content in self._body.files.get(name, ()) if content), b"")

    @asynccontextmanager
    async def open_file(self, field: str, name: str) -> AsyncIterator[Path]:
        """Yield the path of the file that was given in a field, called ``name`` in a folder of its own."""
        with open_scratch_folder() as folder:
            yield await asyncio.to_thread(save_upload, folder, name, self.read_file(field))

    async def store_file(self, studio: AsyncStudio) -> tuple[Literal["picture", "clip"], str]:
        """Store the file of the field ``file``; return what it is, and its digest.

        Raises ``BadInput`` and ``UnreadableMedia``.
        """
        async with self.open_file("file", "own") as path:
            found = await asyncio.to_thread(lambda: sniff(read_head(path)))
            kind: Literal["picture", "clip"] = "picture" if found.mime.startswith("image/") else "clip"
            (made,) = await studio.add_materials([path], kind)
        return kind, made.id

    def replace_field(self, name: str, value: str) -> PageForm:
        """Return the form with another value of a field, and without its file."""
        return PageForm(self._request, ProgramBody({**self._body.fields, name: value}))

    def get(self, name: str) -> str:
        """Return the text of a field; empty if it is empty, or not there."""
        return self.fields.get(name, "")

    def has(self, name: str) -> bool:
        """Whether the form has a field, be it empty."""
        return name in self._body.fields

    def build_request(self) -> CreateRequest:
        """Build the identity of the order, by which its repetitions are recognised."""
        digest = hashlib.sha256(json.dumps([self._request.scope["path"], self._body.digest]).encode()).hexdigest()
        return CreateRequest(key=f"page/{self.get(TICKET)}", digest=digest, has_own_key=True)

    def list_consent(self) -> dict[str, Any]:
        """Return the options by which the person agreed to prices that are unknown or that no reliable source names."""
        given: dict[str, Any] = {"accept_unconfirmed": True} if self.get("accept_unconfirmed") else {}
        if unknown := self.get("unknown_at_most"):
            given["unknown_at_most"] = unknown
        return given

    def build_approval(self) -> Callable[[ProjectQuote], Awaitable[None]]:
        """Return a function that raises unless a quote is at most the price that the form showed.

        A form without a price agrees to nothing but what is free: no standing approval counts for a page.
        """
        most = parse_money(self.get(MAX_USD) or None, MAX_USD) or Micros(0)
        each = parse_unknown_at_most(self.get("unknown_at_most") or None)
        agrees = bool(self.get("accept_unconfirmed"))
        caller = get_caller(self._request)
        return get_deployment(self._request).build_approval(caller, most, each, is_unconfirmed_agreed=agrees)

    async def queue_change(
        self,
        project: str,
        quote: Callable[[], Awaitable[ProjectQuote]],
        enqueue: Callable[..., Awaitable[QueuedJob]],
    ) -> None:
        """Quote a change of a project, check that the form showed that price, and queue its job, once.

        ``enqueue``: called with the quote that was agreed to as ``yes``. May spend, up to the price shown.
        """

        async def agree_and_enqueue() -> QueuedJob:
            quoted = await quote()
            await self.build_approval()(quoted)
            return await enqueue(yes=quoted, **self.list_consent())

        try:
            await get_studio(self._request).handle_request(self.build_request(), project, agree_and_enqueue)
        except ReelwrightError as error:
            if error.code != "request_in_progress":  # the other click of two is at work on it
                raise


def build_form_reader(limits: Mapping[str, int]) -> Callable[[Request], Awaitable[PageForm]]:
    """Build a dependency that reads a form. ``limits``: most characters of its fields by name; others are short.

    It raises ``AccessDenied`` for a form without a ticket of ours, ``BadInput`` and ``TooLong``.
    """
    schema = {
        "type": "object", "maxProperties": MAX_FORM_FIELDS, "propertyNames": {"maxLength": NAME_CHARS},
        "properties": {name: {"type": "string", "maxLength": most} for name, most in limits.items() if name},
        "additionalProperties": {"type": "string", "maxLength": limits.get(OTHERS, NAME_CHARS)},
    }  # fmt: skip

    async def read_form(request: Request) -> PageForm:
        form = PageForm(request, await read_body(request, schema))
        check_ticket(request, form.get(TICKET))
        return form

    return read_form


ShortForm = Annotated[PageForm, Depends(build_form_reader({}))]
"""A form of short fields alone, as a parameter of its route: the ticket is checked before the route runs."""


async def _open_studio(request: Request) -> AsyncStudio:
    return get_studio(request)


Studio = Annotated[AsyncStudio, Depends(_open_studio)]
"""The studio of the caller's account, as a parameter of a route."""
