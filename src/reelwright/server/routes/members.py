"""The caller of a request, and the members of its account: owners list them, change roles and remove members."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from reelwright.reel.records.api_key import Role
from reelwright.server.api_description import describe_body
from reelwright.server.caller import get_caller, require_owner
from reelwright.server.program_requests import read_options
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.accounts.members import CallerSummary, MemberList, MemberSummary
from reelwright.studio.results.options import Name, Options

router = APIRouter(prefix="/api/v1", tags=["members"])
_OWNER: Final = (Depends(require_owner),)


class RoleBody(Options):
    """The new role of a member."""

    role: Role


@router.get("/me", summary="Read who you are", responses=describe(CallerSummary))
async def read_caller(request: Request) -> JSONResponse:
    """Return whom the server takes you for: a signed-in member, an API key, or the owner of this machine."""
    caller = get_caller(request)
    found = CallerSummary(
        caller_kind="machine" if caller.key is None else "member" if caller.session else "api_key",
        id=caller.key, account=caller.account, role=caller.role, name=caller.name, email=caller.email,
    )  # fmt: skip
    return JSONResponse(found.to_json(), headers={"Cache-Control": "no-store"})


@router.get("/members", summary="List members", dependencies=_OWNER, responses=describe(MemberList))
async def list_members(request: Request) -> JSONResponse:
    """List the members of the account, including invited and removed ones, each with the time when it was last seen."""
    return answer(MemberList(members=await get_studio(request).list_members()))


@router.patch(
    "/members/{member}", summary="Change a member's role", dependencies=_OWNER, openapi_extra=describe_body(RoleBody),
    responses=describe(MemberSummary),
)  # fmt: skip
async def set_role(request: Request, member: Name) -> JSONResponse:
    """Change the role of a member and end the member's sessions, so that the member signs in again. For owners.

    Where the issuer gives roles, the next sign-in sets the issuer's again.
    """
    given = await read_options(request, RoleBody)
    return answer(await get_studio(request).set_member_role(member, given.role))


@router.delete("/members/{member}", summary="Remove a member", dependencies=_OWNER, responses=describe(MemberSummary))
async def remove_member(request: Request, member: Name) -> JSONResponse:
    """Remove a member, or withdraw an invitation. The member's sessions and streams end at once. For owners.

    Jobs that the member ordered go on. The last owner stays.
    """
    return answer(await get_studio(request).remove_member(member))
