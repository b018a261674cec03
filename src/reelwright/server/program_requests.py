"""Create requests of programs: their body as fields and pictures, and the key by which a repeated one is recognised."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import math
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeVar

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from reelwright.errors import BadInput
from reelwright.input_limits import Schema, check_lengths, measure_body
from reelwright.reason import to_plain
from reelwright.server.caller import get_caller
from reelwright.server.guards import BODY_LIMIT
from reelwright.server.policy import (
    CONNECTION_END_LOOKS,
    MAX_FORM_FIELDS,
    MAX_JSON_VALUES,
    QUOTED_CHARS,
    SMALL_BODY_BYTES,
)
from reelwright.store.jobs.requests import CreateRequest
from reelwright.studio.quotes.validation import parse_money
from reelwright.studio.results.options import Options, Usd
from reelwright.studio.runtime.scratch import ScratchFolder
from reelwright.units import Micros

OptionsT = TypeVar("OptionsT", bound=Options)
_MOST_KEY: Final = 255
"""Most characters of an Idempotency-Key. Source: OpenAI's and Stripe's documents."""

MAX_USD: Final = "max_usd"
MAX_USD_HEADER: Final = "Reelwright-Max-Usd"
SUCCESSOR: Final = "successor"
SUCCESSOR_HEADER: Final = "Reelwright-Successor"
_QUERY: Final = frozenset({SUCCESSOR, "alt", "$alt", "key", "prettyPrint", "api-version"})
"""Names in the query that are read at every door, or say only how to answer."""
HARMLESS: Final = frozenset(
    {"user", "user_id", "safety_identifier", "metadata", "labels", "trace_id", "request_id", "traceparent"}
)
"""Fields that no dialect reads, and that change nothing of what is bought: who asks, and tracing."""


class DialectBody(Options, extra="ignore"):
    """The fields that every dialect reads. ``refuse_unknown_fields`` refuses those that it does not."""

    max_usd: Annotated[
        Usd | None, Field(alias=MAX_USD, description="the most that this may cost, in US dollars; your consent")
    ] = None
    successor: Annotated[
        bool | str | None,
        Field(alias=SUCCESSOR, description="whether the model that follows a retired one is taken instead"),
    ] = None


@dataclass(frozen=True)
class ProgramBody:
    """The parsed body of a request: its ``fields``, and the bytes of its ``files`` by the name of their field."""

    fields: Mapping[str, Any]
    files: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """The SHA-256, as hex, of the fields and files. It does not depend on the order of fields or on a form's
        boundary.
        """
        files = {name: [hashlib.sha256(one).hexdigest() for one in many] for name, many in self.files.items()}
        text = json.dumps([self.fields, files], sort_keys=True, ensure_ascii=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


async def read_body(request: Request, schema: Schema) -> ProgramBody:
    """Read the body of a request, a JSON object or a form, into fields and files. Raises ``BadInput`` for anything
    else, and ``TooLong`` first of all for what is longer than ``schema`` allows.

    Large bodies are parsed in a thread: the loop serves others meanwhile.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        is_json = kind in ("application/json", "")
        if kind == "application/x-www-form-urlencoded":  # what curl says of any text
            is_json = (await read_bytes(request, measure_body(schema))).lstrip().startswith(b"{")
        if not is_json and kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            body = await _read_form(request)
            check_lengths(schema, body.fields)
            return await asyncio.to_thread(_add_digest, body)
        if not is_json:
            raise BadInput("Content-Type", kind, "application/json or multipart/form-data")
        text = await read_bytes(request, measure_body(schema))
        parse = partial(_parse_json, text, schema)
        return parse() if len(text) < SMALL_BODY_BYTES else await asyncio.to_thread(parse)
    except ClientDisconnect:
        raise BadInput("body", "cut off", "a whole body") from None
    except (HTTPException, MultiPartException, ValueError, RecursionError) as cause:
        raise BadInput("body", str(getattr(cause, "detail", cause))[:100], "a JSON object, or a form") from None


def refuse_unknown_fields(
    request: Request, body: ProgramBody, fields: Schema, files: Schema | None = None, query: Collection[str] = ()
) -> None:
    """Raise ``BadInput`` for the first field, file or name of the query that the dialect of a request does not read:
    it may say what is bought. Those of ``HARMLESS``, and empty ones, pass.

    ``fields``: the schema of the body, nested. ``files``: that of a form with files, if it is another one. ``query``:
    names of the query that the route reads.
    """
    _refuse_unknown(fields, body.fields, "")
    known = (files or fields)["properties"]
    places = [name for name in known if _is_file(known[name])]
    for name, sent in body.files.items():
        if name not in places and any(sent):
            raise BadInput(name, "a file", f"no file; files of this form: {', '.join(places) or 'none'}")
    for name, value in request.query_params.items():
        if name not in {*query, *_QUERY, *HARMLESS}:
            raise BadInput(name, value[:QUOTED_CHARS], "nothing in the query; this belongs into the body")


def _refuse_unknown(schema: Schema, value: object, field: str) -> None:
    if isinstance(value, list):
        for number, one in enumerate(value):
            _refuse_unknown(schema.get("items", {}), one, f"{field}[{number}]")
    known = schema.get("properties")
    if known is None or not isinstance(value, Mapping):
        return
    for name, one in value.items():
        place = f"{field}.{name}" if field else name
        if one is None or one == "" or name in HARMLESS:
            continue
        if name not in known:
            raise BadInput(place, str(one)[:QUOTED_CHARS], f"no such field; known are {', '.join(known)}")
        if _is_file(known[name]):
            raise BadInput(place, str(one)[:QUOTED_CHARS], "a file of the form")
        _refuse_unknown(known[name], one, place)


def _is_file(schema: Schema) -> bool:
    return bool(schema.get("items", schema).get("format") == "binary")


def read_price_cap(request: Request, amount: object = None) -> Micros | None:
    """Return the most that a request may cost in micro-dollars: ``amount``, its ``max_usd``, or what its header says;
    of both, the lower one; None without either. Raises ``BadInput``.
    """
    caps = [
        parse_money(value, name)  # type: ignore[arg-type]  # it raises for another type
        for name, value in ((MAX_USD, amount), (MAX_USD_HEADER, read_header(request, MAX_USD_HEADER)))
        if value not in (None, "")
    ]
    return min((cap for cap in caps if cap is not None), default=None)


def read_successor(request: Request, field: object = None) -> bool | None:
    """Return whether a request takes the successor of a retired model: as its ``field``, header or query says; None:
    as the settings say. Raises ``BadInput``.
    """
    for value in (field, read_header(request, SUCCESSOR_HEADER), request.query_params.get(SUCCESSOR)):
        if value not in (None, ""):
            known = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
            if known is None:
                raise BadInput(SUCCESSOR, str(value)[:QUOTED_CHARS], "true or false")
            return known
    return None


def choose_single(name: str, *values: str | None) -> str | None:
    """Return the one value that a request gives for ``name`` in several places, None without any. Raises ``BadInput``
    where they differ.
    """
    found = [*dict.fromkeys(value for value in values if value)]
    if len(found) > 1:
        raise BadInput(name, " and ".join(found)[:QUOTED_CHARS], "one value")
    return found[0] if found else None


@contextmanager
def name_fields(names: Mapping[str, str], values: Mapping[str, Any] = MappingProxyType({})) -> Iterator[None]:
    """Call the field of each ``BadInput`` in the block as the dialect does. ``names``: the dialect's name of each
    option; ``values``: what the request has under that name.
    """
    try:
        yield
    except BadInput as error:
        if name := names.get(error.field):
            error.field, error.value = name, to_plain(values.get(name, error.value))
            error.params = {**error.params, "field": name, "value": error.value}
        raise


def name_mode(names: Mapping[str, str], options: Collection[str]) -> dict[str, str]:
    """Return the names of a dialect with one for ``mode``: that of the picture which makes a clip's mode what it is."""
    picture = next((one for one in ("references", "last_frame", "image") if one in options), "image")
    return {**names, "mode": names[picture]}


async def read_options(request: Request, model: type[OptionsT]) -> OptionsT:
    """Read the body of a request, a JSON object, as the options ``model``. Raises ``BadInput``."""
    return model.parse((await read_body(request, model.get_schema())).fields)


async def read_bytes(request: Request, limit: int) -> bytes:
    """Read the body of a request; ``BodyGuard`` refuses it (413) as soon as it has more than ``limit`` bytes."""
    request.scope[BODY_LIMIT] = limit
    return await request.body()


def _parse_json(text: bytes, schema: Schema) -> ProgramBody:
    """Parse a JSON object. Raises ``BadInput``, ``ValueError`` and ``RecursionError``."""
    if sum(map(text.count, (b",", b"[", b"{"))) > MAX_JSON_VALUES:  # counted in no time; reading them takes seconds
        raise BadInput("body", "too many values", f"a JSON object with at most {MAX_JSON_VALUES} values")
    found = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=build_object)
    if not isinstance(found, dict):
        raise BadInput("body", type(found).__name__, "a JSON object")
    check_lengths(schema, found)
    _refuse_odd_values(found)
    return _add_digest(ProgramBody(fields=found))


def _add_digest(body: ProgramBody) -> ProgramBody:
    """Compute the digest of a body now, in this thread: of a large one, it takes time."""
    assert body.digest
    return body


def build_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Build the object of named values. Raises ``BadInput`` for a name that is given twice: a cap or a number of
    samples may stand there, and readers differ in which one counts.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise BadInput(twice[:QUOTED_CHARS], "given twice", "one value")
    return found


def read_header(request: Request, name: str) -> str | None:
    """Return the value of a header, None without it. Raises ``BadInput`` if it is given twice."""
    given = request.headers.getlist(name)
    if len(given) > 1:
        raise BadInput(name, "given twice", "one value")
    return given[0] if given else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _refuse_odd_values(value: Any) -> None:
    """Raise ``ValueError`` for infinite numbers, and for text with NUL or half a character, anywhere in a body."""
    if isinstance(value, dict):
        for name, one in value.items():
            _refuse_odd_values(name)
            _refuse_odd_values(one)
    elif isinstance(value, list):
        for one in value:
            _refuse_odd_values(one)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number without an end")
    elif isinstance(value, str):
        value.encode()  # raises for half a character, and takes a hundredth of looking at each letter
        if "\x00" in value:
            raise ValueError("text with NUL")


async def _read_form(request: Request) -> ProgramBody:
    fields: dict[str, Any] = {}
    files: dict[str, tuple[bytes, ...]] = {}
    async with request.form(max_files=MAX_FORM_FIELDS, max_fields=MAX_FORM_FIELDS) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = (*files.get(name, ()), await value.read())
            elif name in fields:
                raise BadInput(name, "given twice", "one value")
            else:
                fields[name] = value
    _refuse_odd_values(fields)
    return ProgramBody(fields=fields, files=files)


async def build_create_request(request: Request, body: ProgramBody) -> CreateRequest:
    """Build the identity by which a repeated create request is recognised: its ``Idempotency-Key``, or a digest of
    sender and body. Raises ``BadInput`` for an odd key, and for a client that has closed the connection.

    An ``Idempotency-Key`` is the account's: an order that is sent again with another API key, such as after the first
    one was revoked, is not bought twice. A retry without one is recognised only from the same API key.
    """
    came_s = time.monotonic()  # before the look: what a client sends after it has hung up is stored later than this
    await refuse_gone_client(request)
    # the same words to another path or model are another order
    query = sorted(request.query_params.multi_items())
    digest = hashlib.sha256(json.dumps([request.scope["path"], query, body.digest]).encode()).hexdigest()
    own_key = read_header(request, "Idempotency-Key")
    if own_key is not None:
        if not (0 < len(own_key) <= _MOST_KEY and own_key.isascii() and own_key.isprintable()):
            raise BadInput("Idempotency-Key", own_key[:50], f"1 to {_MOST_KEY} printable ASCII characters")
        return CreateRequest(key=own_key, digest=digest, has_own_key=True)
    sender = get_caller(request).key
    if sender is None:
        sender = hashlib.sha256(request.headers.get("authorization", "").encode()).hexdigest()[:16]
    count = request.headers.get("x-stainless-retry-count", "0")
    retries = int(count[:9]) if count.isascii() and count.isdigit() else 0
    return CreateRequest(key=f"{sender}/{digest}", digest=digest, has_own_key=False, retries=retries, arrival_s=came_s)


async def refuse_gone_client(request: Request) -> None:
    """Raise ``BadInput`` if the client of a request has closed the connection: its order must not begin.

    A request can lie unread at a server that is stopped or busy, until its client has given up and got its order from
    another server. Nobody would read the answer, and what is still wanted is sent again.
    """
    for _ in range(CONNECTION_END_LOOKS):
        await asyncio.sleep(0)  # the loop reads what lies at the socket: the body, then that it was closed
        if await request.is_disconnected():
            raise BadInput("connection", "closed", "a client that waits for the answer")


def decode_data_url(name: str, value: object) -> bytes:
    """Decode the bytes of a ``data:`` URL. Raises ``BadInput``: other URLs are never fetched."""
    accepted = "a file of the form, or a data: URL in base64"
    if not isinstance(value, str) or not value.startswith("data:") or ";base64," not in value[:200]:
        raise BadInput(name, str(value)[:60], accepted)
    try:
        return base64.b64decode(value.partition(";base64,")[2], validate=True)
    except ValueError:  # also for letters beyond ASCII
        raise BadInput(name, "not base64", accepted) from None


def save_upload(folder: ScratchFolder, name: str, content: bytes) -> Path:
    """Write uploaded bytes to the file ``name`` in ``folder``; return its path."""
    path = folder.get_path() / name
    path.write_bytes(content)
    return path
