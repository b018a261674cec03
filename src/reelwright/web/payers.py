"""The names of those who order: members and API keys of the account."""

from __future__ import annotations

from fastapi import Request

from reelwright.server.caller import get_caller
from reelwright.studio.studio import AsyncStudio


async def name_payers(request: Request, studio: AsyncStudio) -> dict[str, str]:
    """Return the names of the members and API keys of the account, by id: of all for an owner, else the caller's."""
    caller = get_caller(request)
    found = {caller.key: caller.name or caller.email} if caller.key else {}
    if caller.role != "owner":
        return found
    members, keys = await studio.list_members(), await studio.list_api_keys()
    return found | {one.id: one.name or one.email for one in members} | {one.id: one.name for one in keys}
