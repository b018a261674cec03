"""Bodies of native requests: the options of a verb as JSON, with assets in place of files, and the approval."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request

from reelwright.errors import BadInput, NotFound
from reelwright.reel.value import Digest
from reelwright.server.access import get_caller, require_owner
from reelwright.server.deployment import Deployment
from reelwright.server.program_requests import ProgramBody, read_body
from reelwright.store.vault import DIGEST
from reelwright.studio.consent import parse_unknown_at_most
from reelwright.studio.home import Home
from reelwright.studio.options import Approval, Options
from reelwright.studio.results import ProjectQuote
from reelwright.studio.scratch import open_scratch_folder
from reelwright.studio.studio import AsyncStudio
from reelwright.studio.validation import parse_money
from reelwright.units import Micros

_ONE_FILE: Final = frozenset({"image", "last_frame", "clip"})
_FILE_LISTS: Final = frozenset({"images", "clips"})
_FILE_MAPS: Final = frozenset({"storyboard", "references"})
_NOT_BY_HTTP: Final = frozenset({"out", "beside", "plan", "yes", "budget", "wants_archive", "again", "new"})
"""Options that name places of this machine, or that a request says in another way."""
MAX_USD: Final = "max_usd"
_ASSET: Final = "the id of an asset of this account: 64 hexadecimal digits, as POST /api/v1/assets answers"


class OrderBody:
    """The body of a request that may spend. ``options``: what the verb takes. ``max_usd``: the approval; None: none."""

    def __init__(self, body: ProgramBody, options: dict[str, Any], max_usd: Micros | None) -> None:
        self.body, self.options, self.max_usd = body, options, max_usd

    def build_approval(self, request: Request) -> Callable[[ProjectQuote], Awaitable[None]]:
        """Build the function that agrees to the price of this order, see ``Deployment.build_approval``."""
        each = parse_unknown_at_most(self.options.get("unknown_at_most"))
        agrees = self.options.get("accept_unconfirmed") is True
        deployment: Deployment = request.app.state.deployment
        return deployment.build_approval(get_caller(request), self.max_usd, each, is_unconfirmed_agreed=agrees)


@asynccontextmanager
async def open_order(request: Request, studio: AsyncStudio, model: type[Options]) -> AsyncIterator[OrderBody]:
    """Read the options of a verb from a JSON body. Raises ``BadInput`` with the field and what is accepted.

    Files are named by the ids of assets: no path of this machine is read. A script is a file in a folder of its own
    during the block, so that it finds no pictures of this machine either.
    """
    body = await read_body(request)
    if body.files:
        raise BadInput("body", "a form with files", "a JSON object; send files to /api/v1/assets first")
    given = dict(body.fields)
    accepted = list_fields(model)
    for name in given:
        if name not in accepted:
            raise BadInput("option", name, f"one of {', '.join(accepted)}")
    check_priority(request, given.get("priority"))
    max_usd = parse_money(given.pop(MAX_USD, None), MAX_USD)
    script = given.get("script")
    if script is not None and (not isinstance(script, str) or "\n" not in script):
        raise BadInput("script", str(script)[:60], "a script as text, of more than one line")
    home = (await studio.open_runtime()).get_home(studio.account)
    options = await _replace_assets(home, given)
    with open_scratch_folder() as folder:
        if script is not None:
            options["script"] = save_script(folder, script)
        yield OrderBody(body, options, max_usd)


def check_priority(request: Request, priority: object) -> None:
    """Raise ``AccessDenied`` where a job would pass those of other keys, unless the caller is an owner."""
    if priority == "high":
        require_owner(request)


def save_script(folder: Path, text: str) -> Path:
    """Write the text of a script to a file in ``folder``."""
    path = folder / "script.md"
    path.write_text(text, encoding="utf-8")
    return path


def is_digest(value: object) -> bool:
    """Whether a value has the form of an asset's id."""
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def list_fields(model: type[Options]) -> list[str]:
    """List the fields that a body may have."""
    return sorted({*model.model_fields} - _NOT_BY_HTTP | ({MAX_USD} if issubclass(model, Approval) else set()))


def describe_body(model: type[Options], *needed: str) -> dict[str, Any]:
    """Describe a body for OpenAPI, from the options of a verb. ``needed``: fields that must be there."""
    schema = model.model_json_schema()
    shown = {name: field for name, field in schema["properties"].items() if name in list_fields(model)}
    if issubclass(model, Approval):
        shown[MAX_USD] = {"type": "string", "description": "The most that this may cost, in US dollars; your consent"}
    body = {"type": "object", "properties": shown, "required": list(needed), "additionalProperties": False}
    return {"requestBody": {"required": bool(needed), "content": {"application/json": {"schema": body}}}}


async def _replace_assets(home: Home, given: Mapping[str, Any]) -> dict[str, Any]:
    """Replace ids of assets by the paths of their bytes."""

    async def find(name: str, value: Any) -> str:
        if not is_digest(value):
            raise BadInput(name, str(value)[:70], _ASSET)
        if not await home.vault.has(home.account, Digest(value)):
            raise NotFound(code="asset_not_found", asset=value)
        return str(await asyncio.to_thread(home.vault.get_verified_path, home.account, Digest(value)))

    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in _ONE_FILE and value is not None:
            found[name] = await find(name, value)
        elif name in _FILE_LISTS and isinstance(value, list):
            found[name] = [await find(name, one) for one in value]
        elif name in _FILE_MAPS and isinstance(value, Mapping):
            found[name] = {label: await find(name, one) for label, one in value.items()}
        else:
            found[name] = value
    return found
