"""The brand of the account: what its films have that say nothing else."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from reelwright.server.caller import require_owner
from reelwright.server.order_bodies import describe_order, open_order
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.accounts.branding import HomeBrand
from reelwright.studio.results.options import BrandOptions

router = APIRouter(prefix="/api/v1", tags=["brand"])


@router.get("/brand", summary="Read the brand", responses=describe(HomeBrand))
async def read_brand(request: Request) -> JSONResponse:
    """Return the brand of the account: what its films have that say nothing else."""
    return answer(await get_studio(request).read_brand())


@router.patch(
    "/brand", summary="Set the brand", openapi_extra=describe_order(BrandOptions),
    responses=describe(HomeBrand), dependencies=[Depends(require_owner)],
)  # fmt: skip
async def set_brand(request: Request) -> JSONResponse:
    """Change what the body names of the account's brand; `none` removes it. For owners.

    Films that exist already stay as they are. Files are named by the ids of assets.
    """
    studio = get_studio(request)
    async with open_order(request, studio, BrandOptions) as order:
        return answer(await studio.set_brand(**order.options))
