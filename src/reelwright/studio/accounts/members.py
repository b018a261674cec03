"""Members: the people who may use the server of this home, as which role, and who of them has signed in."""

from __future__ import annotations

import re
from typing import Final, Literal

from reelwright.errors import BadInput
from reelwright.reel.records.api_key import ROLES, Role
from reelwright.reel.records.member import Member, RoleSource
from reelwright.studio.quotes import validation
from reelwright.studio.results.result_model import Moment, ResultModel

_EMAIL: Final = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+", re.ASCII)
MemberState = Literal["invited", "member", "removed"]


class MemberSummary(ResultModel):
    """A person in an account. ``issuer`` and ``subject`` identify the person; ``name`` and ``email`` are labels.

    ``state``: ``invited`` until the person signs in. ``role_source``: who gave the role, the ``issuer`` with its tokens
    or somebody ``here``. ``last_seen_at`` is exact to a minute.
    """

    id: str
    account: str
    state: MemberState
    name: str
    email: str
    role: Role
    role_source: RoleSource
    issuer: str | None
    subject: str | None
    added_at: Moment | None
    last_seen_at: Moment | None
    removed_at: Moment | None


class MemberList(ResultModel):
    """The members, also invited and removed ones."""

    members: tuple[MemberSummary, ...]


class CallerSummary(ResultModel):
    """The caller of a server: the machine's owner, an API key or a member.

    ``id``: of the member or the API key; None for the owner of the machine.
    """

    caller_kind: Literal["machine", "api_key", "member"]
    id: str | None
    account: str
    role: Role
    name: str
    email: str


def parse_email(email: str) -> str:
    """Check an e-mail address and return it stripped, in lower case. Raises ``BadInput``."""
    text = validation.check_text("email", email, 200)
    if not email.isascii() or not _EMAIL.fullmatch(text):  # ASCII before NFC, which spells U+212A as K
        raise BadInput("email", text, "an e-mail address such as ana@studio.example")
    return text.lower()


def check_name(member: str) -> str:
    """Check what names a member, an id or an e-mail address, and return it stripped. Raises ``BadInput``."""
    text = validation.check_text("member", member, 200)
    if not member.isascii() or member.count("@") > 1:
        raise BadInput("member", text, "the id of a member, or an e-mail address in ASCII with one @")
    return text


def parse_role(role: object) -> Role:
    """Check that ``role`` is the name of a role, and return it. Raises ``BadInput``."""
    known = next((one for one in ROLES if one == role), None)
    if known is None:
        raise BadInput("role", role, ", ".join(ROLES))
    return known


def build_member_summary(member: Member) -> MemberSummary:
    """Convert a member of the journal to the summary that is shown."""
    state: MemberState = "removed" if member.removed_at else "invited" if member.iss is None else "member"
    return MemberSummary(
        id=member.id, account=member.account, state=state, name=member.name, email=member.email, role=member.role,
        role_source=member.role_source, issuer=member.iss, subject=member.sub, added_at=member.added_at,
        last_seen_at=member.last_seen_at, removed_at=member.removed_at,
    )  # fmt: skip
