"""API keys of the caller's account: list, create and revoke them. For owners only."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from reelwright.errors import BadInput
from reelwright.reel.api_key import ROLES
from reelwright.server.access import require_owner
from reelwright.server.program_requests import read_body
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.api_keys import ApiKeyList, ApiKeySummary, CreatedApiKey

router = APIRouter(prefix="/api/v1/api-keys", tags=["API keys"], dependencies=[Depends(require_owner)])
_FIELDS: Final[dict[str, Any]] = {
    "name": {"type": "string", "description": "Who or what uses the key"},
    "role": {"type": "string", "enum": list(ROLES)},
    "auto_approve": {"type": "string", "description": "Most US dollars that a job may cost without max_usd"},
    "budget": {"type": "string", "description": "Most US dollars that the key may spend"},
    "per": {"type": "string", "enum": ["day", "month"], "description": "Period of the budget; without it, for good"},
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["name", "role"], "properties": _FIELDS},
            }
        },
    }
}


@router.get("", summary="List API keys", responses=describe(ApiKeyList))
async def list_api_keys(request: Request) -> JSONResponse:
    """List the API keys of the account, including revoked ones, each with the time of its last use. Never has a secret.
    For owners.
    """
    return answer(ApiKeyList(api_keys=await get_studio(request).list_api_keys()))


@router.post(
    "", summary="Create an API key", status_code=201, openapi_extra=_BODY, responses=describe(CreatedApiKey, 201)
)
async def create_api_key(request: Request) -> JSONResponse:
    """Create an API key of the account. The answer has its ``secret``, which cannot be read again. For owners."""
    given = dict((await read_body(request)).fields)
    for name in given:
        if name not in _FIELDS:
            raise BadInput("option", name, f"one of {', '.join(_FIELDS)}")
    made = await get_studio(request).create_api_key(given.pop("name", None), given.pop("role", None), **given)
    return JSONResponse(made.to_json(), 201, {"Cache-Control": "no-store"})


@router.delete("/{key}", summary="Revoke an API key", responses=describe(ApiKeySummary))
async def revoke_api_key(request: Request, key: str) -> JSONResponse:
    """Revoke an API key of the account: requests with it are refused from now on. Jobs that it queued go on. For
    owners.
    """
    return answer(await get_studio(request).revoke_api_key(key))
