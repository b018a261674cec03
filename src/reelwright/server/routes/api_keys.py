"""API keys of the caller's account: list, create and revoke them. For owners only."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from reelwright.reel.records.api_key import Role
from reelwright.server.api_description import describe_body
from reelwright.server.caller import require_owner
from reelwright.server.program_requests import read_options
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.accounts.api_keys import ApiKeyList, ApiKeySummary, CreatedApiKey
from reelwright.studio.results.options import Name, Options, Usd

router = APIRouter(prefix="/api/v1/api-keys", tags=["API keys"], dependencies=[Depends(require_owner)])


class ApiKeyBody(Options):
    """A new API key."""

    name: Annotated[str, Field(description="who or what uses the key")]
    role: Role
    auto_approve: Annotated[Usd | None, Field(description="most US dollars that a job may cost without max_usd")] = None
    budget: Annotated[Usd | None, Field(description="most US dollars that the key may spend")] = None
    per: Annotated[
        Literal["day", "month"] | None, Field(description="day or month: period of the budget; without it, for good")
    ] = None


@router.get("", summary="List API keys", responses=describe(ApiKeyList))
async def list_api_keys(request: Request) -> JSONResponse:
    """List the API keys of the account, including revoked ones, each with the time of its last use. Never has a secret.
    For owners.
    """
    return answer(ApiKeyList(api_keys=await get_studio(request).list_api_keys()))


@router.post(
    "",
    summary="Create an API key",
    status_code=201,
    openapi_extra=describe_body(ApiKeyBody),
    responses=describe(CreatedApiKey, 201),
)
async def create_api_key(request: Request) -> JSONResponse:
    """Create an API key of the account. The answer has its ``secret``, which cannot be read again. For owners."""
    given = (await read_options(request, ApiKeyBody)).model_dump()
    made = await get_studio(request).create_api_key(given.pop("name"), given.pop("role"), **given)
    return JSONResponse(made.to_json(), 201, {"Cache-Control": "no-store"})


@router.delete("/{key}", summary="Revoke an API key", responses=describe(ApiKeySummary))
async def revoke_api_key(request: Request, key: Name) -> JSONResponse:
    """Revoke an API key of the account: requests with it are refused from now on. Jobs that it queued go on. For
    owners.
    """
    return answer(await get_studio(request).revoke_api_key(key))
