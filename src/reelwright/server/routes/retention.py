"""Retention: how long files are kept, for the caller's account and for single projects."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from reelwright.server.access import require_owner
from reelwright.server.program_requests import read_body
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.retention import RetentionReport

router = APIRouter(prefix="/api/v1", tags=["retention"])
_TIMES: Final = {
    "files": "The files of a job, after it ended",
    "after_download": "The files of a job, after they were downloaded whole",
    "spare_takes": "Takes that no film uses, after they arrived",
    "unused_assets": "Pictures and clips of your own that no project uses (not for one project)",
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        name: {"type": ["string", "null"], "description": f"{text}: 30d, 12h, 10m, 5s or keep"}
                        for name, text in _TIMES.items()
                    },
                }
            }
        },
    }
}


@router.get("/retention", summary="Read the retention policies", responses=describe(RetentionReport))
async def read_retention(request: Request) -> JSONResponse:
    """Return how long files are kept: the policies of the deployment, of this account, and of single projects."""
    return answer(await get_studio(request).read_retention())


@router.put(
    "/retention", summary="Set the retention policy", openapi_extra=_BODY, responses=describe(RetentionReport),
    dependencies=[Depends(require_owner)],
)  # fmt: skip
async def set_retention(request: Request) -> JSONResponse:
    """Replace the policy of how long files of this account are kept. For owners.

    A time that is left out or null is the deployment's. Plans, events and the ledger are always kept.
    """
    given = dict((await read_body(request)).fields)
    return answer(await get_studio(request).replace_retention(None, given))


@router.put(
    "/projects/{project}/retention", summary="Set a project's retention policy", openapi_extra=_BODY,
    responses=describe(RetentionReport), dependencies=[Depends(require_owner)],
)  # fmt: skip
async def set_project_retention(request: Request, project: str) -> JSONResponse:
    """Replace the policy of how long files of one project are kept; times that are left out are those of the account.
    For owners.
    """
    given = dict((await read_body(request)).fields)
    return answer(await get_studio(request).replace_retention(project, given))
