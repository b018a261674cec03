"""Reads bodies of requests: options of a verb as JSON, assets in place of files, approvals, videos to go on from."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from starlette.requests import Request

from reelwright.catalogue.models import find_model, is_model_name
from reelwright.errors import BadInput, NotFound
from reelwright.input_limits import NAME_CHARS, SCRIPT_CHARS, Schema, check_lengths, fill_limits, measure_body
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Request as TakeRequest
from reelwright.server.api_description import IDEMPOTENT
from reelwright.server.caller import get_caller, require_owner
from reelwright.server.deployment import Deployment
from reelwright.server.policy import MAX_NUMBER_CHARS
from reelwright.server.program_requests import (
    MAX_USD,
    ProgramBody,
    build_create_request,
    build_object,
    read_body,
    read_bytes,
    read_price_cap,
    save_upload,
)
from reelwright.store.jobs.requests import CreateRequest
from reelwright.store.vault.vault import DIGEST
from reelwright.studio.policy import MAX_SHOTS_OF_AN_EDIT
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.quotes.consent import parse_unknown_at_most
from reelwright.studio.results.options import Approval, Options
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.scratch import ScratchFolder, open_scratch_folder
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros, format_usd

_NOT_BY_HTTP: Final = frozenset({"out", "beside", "plan", "yes", "budget", "wants_archive", "again", "new"})
"""Options that name places of this machine, or that a request says in another way."""
SCRIPT_NAME: Final = "script.md"
_PICTURES: Final = "pictures"
"""The field with the pictures and clips that a script names: their names there, each with an asset."""
_ID: Final = {"type": "string", "maxLength": 64}
_ID_OR_NONE: Final = {"anyOf": [_ID, {"const": "none"}]}
_MARKDOWN: Final = "text/markdown"
ASSET: Final = "the id of an asset of this account: 64 hexadecimal digits, as POST /api/v1/assets answers"


class OrderBody:
    """The parsed body of a request that may spend: the options of the command, and ``max_usd``, the highest price that
    the request approves. ``options``: what the verb takes. ``max_usd``: the approval; None: none.
    """

    def __init__(
        self, request: Request, studio: AsyncStudio, body: ProgramBody, options: dict[str, Any], max_usd: Micros | None
    ) -> None:
        self._request, self._studio, self._body = request, studio, body
        self.options, self.max_usd = options, max_usd

    async def build_request(self) -> CreateRequest:
        """Build the identity of the order, by which its repetitions are recognised."""
        return await build_create_request(self._request, self._body)

    def build_approval(self) -> Callable[[ProjectQuote], Awaitable[None]]:
        """Return a function that raises unless a quote is within what this request or its caller may spend, see
        ``Deployment.build_approval``.
        """
        each = parse_unknown_at_most(self.options.get("unknown_at_most"))
        agrees = self.options.get("accept_unconfirmed") is True
        deployment: Deployment = self._request.app.state.deployment
        caller = get_caller(self._request)
        return deployment.build_approval(caller, self.max_usd, each, is_unconfirmed_agreed=agrees)

    async def enqueue(
        self,
        name: str,
        quote: Callable[[], Awaitable[ProjectQuote]],
        enqueue: Callable[..., Awaitable[QueuedJob]],
    ) -> QueuedJob:
        """Quote the work, check that the price is approved, and queue its job; a repeated request returns the job of
        the first one.

        ``name``: of the project or job. ``enqueue``: called with the options and the quote that was agreed to.
        """

        async def agree_and_enqueue() -> QueuedJob:
            quoted = await quote()
            await self.build_approval()(quoted)
            own_cap: dict[str, Any] = {"yes": quoted}
            if self.max_usd is not None and quoted.budget and quoted.budget.is_exceeded:
                own_cap = {"budget": format_usd(self.max_usd)}  # what a caller names passes the budget of a flavor
            return await enqueue(**{**self.options, **own_cap})

        return await self._studio.handle_request(await self.build_request(), name, agree_and_enqueue)


@asynccontextmanager
async def open_order(request: Request, studio: AsyncStudio, model: type[Options]) -> AsyncIterator[OrderBody]:
    """Read the body of a request (JSON, or a Markdown script) and yield it as the options ``model`` of a command.
    Raises ``BadInput`` with the field and what is accepted.

    Files are named by the ids of assets: no path of this machine is read. A script is a file in a folder of its own
    during the block, beside the ``pictures`` of the body, so that it finds no others of this machine. The body may be
    the script itself, as ``text/markdown``; options are then those of the query.
    """
    body = await _read_order_body(request, build_order_schema(model))
    given = dict(body.fields)
    accepted = list_fields(model)
    for name in given:
        if name not in accepted:
            raise BadInput("option", name, f"one of {', '.join(accepted)}")
    check_priority(request, given.get("priority"))
    max_usd = read_price_cap(request, given.pop(MAX_USD, None))
    script = given.get("script")
    if script is not None and (not isinstance(script, str) or "\n" not in script):
        raise BadInput("script", str(script)[:60], "a script as text, of more than one line")
    home = (await studio.open_runtime()).get_home(studio.account)
    pictures = given.pop(_PICTURES, None)
    options = await _replace_assets(home, model, given)
    with open_scratch_folder() as folder:
        if pictures is not None:
            await _copy_pictures(home, folder.get_path(), pictures, script)
        if script is not None:
            options["script"] = await asyncio.to_thread(save_upload, folder, SCRIPT_NAME, script.encode())
        yield OrderBody(request, studio, body, options, max_usd)


def check_priority(request: Request, priority: object) -> None:
    """Raise ``AccessDenied`` if a caller who is no owner asks for the priority ``high``."""
    if priority == "high":
        require_owner(request)


async def _read_order_body(request: Request, schema: Schema) -> ProgramBody:
    """Read a JSON object, or a script with its options in the query. Raises ``BadInput``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _MARKDOWN:
        body = await read_body(request, schema)
        if body.files:
            raise BadInput("body", "a form with files", "a JSON object; send files to /api/v1/assets first")
        return body
    try:
        text = (await read_bytes(request, measure_body(schema))).decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("body", "not UTF-8", "a script as UTF-8 text") from None
    options = build_object([(name, _parse_option(value)) for name, value in request.query_params.multi_items()])
    if "script" in options:
        raise BadInput("script", str(options["script"])[:40], "nothing in the query: the body is the script")
    body = ProgramBody(fields={**options, "script": text})
    check_lengths(schema, body.fields)
    return body


def _parse_option(value: str) -> str | int | bool:
    """Parse an option of a query: a whole number, ``true`` or ``false``, else text."""
    if value.isascii() and value.isdecimal() and len(value) < MAX_NUMBER_CHARS:
        return int(value)
    return {"true": True, "false": False}.get(value, value)


async def _copy_pictures(home: Home, folder: Path, pictures: object, script: object) -> None:
    """Copy the assets that a script names into its folder, under the names that it uses. Raises ``BadInput``."""
    if script is None or not isinstance(pictures, Mapping):
        raise BadInput(_PICTURES, str(pictures)[:60], "the names of a script's pictures, each with the id of an asset")
    for name, value in pictures.items():
        path = PurePosixPath(name)
        if (
            not path.name
            or len(name) > NAME_CHARS
            or path.is_absolute()
            or ".." in path.parts
            or path.parts[0] == SCRIPT_NAME
            or "\x00" in name
        ):
            raise BadInput(_PICTURES, name[:70], "a file name, such as door.jpg, or one in a folder beside the script")
        source = await _locate_asset(home, f"{_PICTURES}: {name[:40]}", value)
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(shutil.copyfile, source, place)
        except OSError as cause:
            raise BadInput(_PICTURES, name[:70], f"another file name ({cause.strerror})") from cause


def is_digest(value: object) -> bool:
    """Whether a value has the form of an asset's id: a SHA-256 as hex."""
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def list_fields(model: type[Options]) -> list[str]:
    """List the names of the fields that a request body may have for the options ``model``."""
    more = ({MAX_USD} if issubclass(model, Approval) else set()) | ({_PICTURES} if _takes_script(model) else set())
    return sorted({*model.model_fields} - _NOT_BY_HTTP | more)


def _takes_script(model: type[Options]) -> bool:
    return "script" in model.model_fields


@cache
def build_order_schema(model: type[Options], *needed: str) -> dict[str, Any]:
    """Build the JSON schema of a body that holds the options ``model``, with ids of assets in place of files.
    ``needed``: fields that must be there.
    """
    properties = model.get_schema()["properties"]
    shown = {name: field for name, field in properties.items() if name in list_fields(model)}
    for name, ids in _list_files(model).items():
        shown[name] = {**ids, "description": shown[name].get("description", "")}
    if issubclass(model, Approval):
        shown[MAX_USD] = {"type": "string", "description": "The most that this may cost, in US dollars; your consent"}
    if _takes_script(model):
        about = "The pictures and clips that the script names: the id of an asset for each name"
        shown[_PICTURES] = {
            "type": "object", "additionalProperties": _ID, "maxProperties": MAX_SHOTS_OF_AN_EDIT, "description": about
        }  # fmt: skip
    body = {"type": "object", "properties": shown, "required": list(needed), "additionalProperties": False}
    fill_limits(body)
    return body


@cache
def _list_files(model: type[Options]) -> Mapping[str, Mapping[str, Any]]:
    """List the options that are files, by their types, each with the JSON schema of the ids that stand for them."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, field in model.get_schema()["properties"].items():
        if name in _NOT_BY_HTTP or name == "script":
            continue
        ways = _list_ways(field)
        for way in ways:
            if way.get("format") == "path":
                found[name] = _ID_OR_NONE if any(one.get("const") == "none" for one in ways) else _ID
            elif _is_file(way.get("items")):
                found[name] = {"type": "array", "items": _ID}
            elif _is_file(way.get("additionalProperties")):
                found[name] = {"type": "object", "additionalProperties": _ID}
    return found


def _list_ways(schema: object) -> Sequence[Mapping[str, Any]]:
    """List the schemas of which a value has to match one."""
    return schema.get("anyOf", (schema,)) if isinstance(schema, Mapping) else ()


def _is_file(schema: object) -> bool:
    return any(way.get("format") == "path" for way in _list_ways(schema))


def describe_order(model: type[Options], *needed: str) -> dict[str, Any]:
    """Return the OpenAPI ``requestBody`` of a route that takes the options ``model``. ``needed``: fields that must be
    there.
    """
    content: dict[str, Any] = {"application/json": {"schema": build_order_schema(model, *needed)}}
    if _takes_script(model):
        about = "A script; options are in the query"
        content[_MARKDOWN] = {"schema": {"type": "string", "maxLength": SCRIPT_CHARS, "description": about}}
    described = {"requestBody": {"required": bool(needed), "content": content}}
    return {**IDEMPOTENT, **described} if issubclass(model, Approval) else described


async def _locate_asset(home: Home, name: str, value: Any) -> str:
    """Return the path of an asset's bytes. ``name``: of the field. Raises ``BadInput`` and ``NotFound``."""
    if not is_digest(value):
        raise BadInput(name, str(value)[:70], ASSET)
    if not await home.vault.has(home.account, Digest(value)):
        raise NotFound(code="asset_not_found", asset=value)
    return str(await asyncio.to_thread(home.vault.get_verified_path, home.account, Digest(value)))


async def find_asset(studio: AsyncStudio, name: str, value: object) -> str:
    """Return the path of the bytes of an asset of the studio's account. ``name``: of the field. Raises ``BadInput``
    and ``NotFound``.
    """
    return await _locate_asset((await studio.open_runtime()).get_home(studio.account), name, value)


async def _replace_assets(home: Home, model: type[Options], given: Mapping[str, Any]) -> dict[str, Any]:
    """Replace ids of assets, in the options of ``model`` that are files, by the paths of their bytes."""
    find = partial(_locate_asset, home)
    found: dict[str, Any] = {}
    for name, value in given.items():
        ids = _list_files(model).get(name)
        if ids is _ID_OR_NONE and value == "none":
            found[name] = value
        elif ids in (_ID, _ID_OR_NONE) and value is not None:
            found[name] = await find(name, value)
        elif ids and isinstance(value, list):
            found[name] = [await find(name, one) for one in value]
        elif ids and isinstance(value, Mapping):
            found[name] = {label: await find(name, one) for label, one in value.items()}
        else:
            found[name] = value
    return found


async def open_continuation(
    studio: AsyncStudio, job: str, folder: ScratchFolder, *, index: int = 0, model: str = ""
) -> dict[str, Any]:
    """Return the options of a clip that goes on from the video ``index`` of a job: the picture with its last frame,
    written to ``folder``, and the model and resolution of that video. ``model``: another one that is to go on.

    Raises ``NotFound`` for a video that is not there, and for a model that begins on no picture. Buys nothing.
    """
    path, _ = await studio.locate_video(job, index)
    found = await studio.read_video_job(job, has_position=False)
    source = (await studio.read_plan(found.project)).plan.shots[-1].source
    if found.video_kind != "clip" or not isinstance(source, TakeRequest):
        raise BadInput("video", job, "a clip by an AI model: a film is made longer by an edit of its project")
    named = model or source.model
    same = {"resolution": source.resolution} if named == source.model and source.resolution else {}
    return {**await _begin_on(studio, path, folder, named), **same}


async def open_uploaded(studio: AsyncStudio, path: Path, folder: ScratchFolder, model: str) -> dict[str, Any]:
    """Return the options of a clip by ``model`` that goes on from the uploaded video at ``path``, as
    ``open_continuation`` does. Raises ``NotFound`` for a model that begins on no picture, ``BadInput`` for what is no
    clip, and ``UnreadableMedia``.
    """
    return await _begin_on(studio, path, folder, model, is_upload=True)


async def _begin_on(
    studio: AsyncStudio, path: Path, folder: ScratchFolder, model: str, *, is_upload: bool = False
) -> dict[str, Any]:
    row = find_model(model) if is_model_name(model) else None
    if row is not None and "image_to_video" not in row.modes:
        raise NotFound(code="model_goes_on_from_no_video", model=row.id)
    picture = folder.get_path() / "last-frame.png"
    await studio.draw_last_frame(path, picture, is_upload=is_upload)
    return {"image": picture, **({"model": model} if model else {})}
