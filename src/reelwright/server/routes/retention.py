"""Retention: how long files are kept, for the caller's account and for single projects."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from reelwright.server.api_description import describe_body
from reelwright.server.caller import require_owner
from reelwright.server.program_requests import read_options
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.accounts.retention import RetentionReport
from reelwright.studio.results.options import Name, Options

router = APIRouter(prefix="/api/v1", tags=["retention"])
_SPAN: Final = "30d, 12h, 10m, 5s or keep"


class RetentionBody(Options):
    """The body of a policy. A time that is left out or null is the one above."""

    files: Annotated[str | None, Field(description=f"the files of a job, after it ended: {_SPAN}")] = None
    after_download: Annotated[
        str | None, Field(description=f"the files of a job, after they were downloaded whole: {_SPAN}")
    ] = None
    spare_takes: Annotated[str | None, Field(description=f"takes that no film uses, after they arrived: {_SPAN}")] = (
        None
    )
    unused_assets: Annotated[
        str | None,
        Field(description=f"your own pictures and clips that no project uses (not for one project): {_SPAN}"),
    ] = None


@router.get("/retention", summary="Read the retention policies", responses=describe(RetentionReport))
async def read_retention(request: Request) -> JSONResponse:
    """Return how long files are kept: the policies of the deployment, of this account, and of single projects."""
    return answer(await get_studio(request).read_retention())


@router.put(
    "/retention", summary="Set the retention policy",
    openapi_extra=describe_body(RetentionBody),
    responses=describe(RetentionReport), dependencies=[Depends(require_owner)],
)  # fmt: skip
async def set_retention(request: Request) -> JSONResponse:
    """Replace the policy of how long files of this account are kept. For owners.

    A time that is left out or null is the deployment's. Plans, events and the ledger are always kept.
    """
    given = (await read_options(request, RetentionBody)).model_dump(exclude_unset=True)
    return answer(await get_studio(request).replace_retention(None, given))


@router.put(
    "/projects/{project}/retention", summary="Set a project's retention policy",
    openapi_extra=describe_body(RetentionBody),
    responses=describe(RetentionReport), dependencies=[Depends(require_owner)],
)  # fmt: skip
async def set_project_retention(request: Request, project: Name) -> JSONResponse:
    """Replace the policy of how long files of one project are kept; times that are left out are those of the account.
    For owners.
    """
    given = (await read_options(request, RetentionBody)).model_dump(exclude_unset=True)
    return answer(await get_studio(request).replace_retention(project, given))
