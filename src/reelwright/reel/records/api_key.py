"""API keys: what lets a program use the server, as which role, and what it may spend unasked."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, get_args

from reelwright.reel.base.value import define_value
from reelwright.units import Micros

Role = Literal["viewer", "producer", "owner"]
"""A viewer reads; a producer also makes, edits and cancels; an owner also decides purchases and manages keys."""
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""Every role; each one may do all that those before it may."""


@define_value
class ApiKey:
    """An API key without its secret. ``prefix``: the first characters of the secret, by which people know it.

    ``auto_approve``: the most that a job may cost without anybody's consent; None: such jobs must be free.
    """

    id: str
    account: str
    name: str
    role: Role
    prefix: str
    auto_approve: Micros | None
    created_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


def may_act_as(role: Role, needed_role: Role) -> bool:
    """Whether a role may do what needs the role ``needed_role``."""
    return ROLES.index(role) >= ROLES.index(needed_role)
