"""The caller of a request, as ``access`` identified it: whose data it may use, and what its role allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.requests import HTTPConnection

from reelwright.errors import AccessDenied
from reelwright.reel.records.api_key import Role, may_act_as
from reelwright.units import Micros

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio

SCOPE_KEY: Final = "reelwright.caller"
"""Where the caller stands in the scope of a request; None on a path that needs no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The identified sender of a request: the account whose data it may use, its role, and what it may spend without
    consent. ``account``: whose data it sees. ``key``: the id of its API key, whose budgets pay.

    The key of a member who is signed in is the member's id. ``key`` None: the owner of this machine. ``auto_approve``:
    the most that a job may cost without anybody's consent. ``session``: the digest of a member's session. ``name`` and
    ``email``: what to call the caller.
    """

    account: str
    role: Role
    key: str | None
    auto_approve: Micros | None
    session: str | None = None
    name: str = ""
    email: str = ""

    @property
    def decider(self) -> str:
        """Return who is recorded as having decided about a purchase: the id of the key, or the server for its owner."""
        return self.key or "the server"


def get_caller(connection: HTTPConnection) -> Caller:
    """Return the caller that ``AccessGuard`` identified for a request. Raises ``AccessDenied`` where nobody was
    identified.
    """
    caller = find_caller(connection)
    if caller is None:
        raise AccessDenied(code="key_needed")
    return caller


def find_caller(connection: HTTPConnection) -> Caller | None:
    """Return the caller that ``AccessGuard`` identified for a request; None on a path that needs no key."""
    found: Caller | None = connection.scope[SCOPE_KEY]
    return found


def require_owner(connection: HTTPConnection) -> None:
    """Raise ``AccessDenied`` unless the caller is an owner."""
    require_role(get_caller(connection), "owner")


def may_use_label(caller: Caller, value: str, own: str) -> bool:
    """Whether a caller may order and list jobs under the user name ``value``: a signed-in member who is no owner, only
    under the member's ``own``.

    Owners and programs order for others, too.
    """
    is_own = value == own or (value.isascii() and own.isascii() and value.lower() == own.lower())
    return caller.session is None or may_act_as(caller.role, "owner") or is_own


def check_label(connection: HTTPConnection, field: str, value: str, own: str) -> str:
    """Return the user name to order jobs under: ``value``, or ``own`` where a signed-in member gives none.

    Raises ``AccessDenied`` for the name of another.
    """
    caller = get_caller(connection)
    if not value and caller.session is not None:
        return own
    if not may_use_label(caller, value, own):
        raise AccessDenied(code="label_of_another", field=field, value=value[:100])
    return value


def require_role(caller: Caller, role: Role) -> None:
    """Raise ``AccessDenied`` unless the caller may act as ``role``."""
    if not may_act_as(caller.role, role):
        raise AccessDenied(code="role_too_low", role=caller.role, needed=role)


async def name_payers(request: HTTPConnection, studio: AsyncStudio) -> dict[str, str]:
    """Return the names of the members and API keys of the account, by id: of all for an owner, else the caller's."""
    caller = get_caller(request)
    found = {caller.key: caller.name or caller.email} if caller.key else {}
    if caller.role != "owner":
        return found
    members, keys = await studio.list_members(), await studio.list_api_keys()
    return found | {one.id: one.name or one.email for one in members} | {one.id: one.name for one in keys}
