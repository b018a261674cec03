"""Members of accounts. A person is known by issuer and subject; an e-mail only finds an invitation, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, delete, func, select, update

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action
from reelwright.reel.api_key import Role
from reelwright.reel.ids import mint
from reelwright.reel.member import Member, Person, is_plain_email
from reelwright.store.assets import ensure_account
from reelwright.store.member_tables import members, sessions
from reelwright.store.sql import NowMs, clean_text, hold_lock, to_datetime
from reelwright.store.unit import Unit

NotAdmitted = Literal["not_a_member", "member_removed"]
"""Why a person may not come in: nobody has invited the person, or somebody has removed the person since."""
_LABEL_CHARS: Final = 200
_HAS_SIGNED_IN: Final = members.c.iss.is_not(None)
_IS_LIVING: Final = members.c.removed_at.is_(None)
_USE_MS: Final = 60_000
"""Milliseconds within which it is recorded once that a member was seen."""


def invite_member(unit: Unit, account: str, email: str, role: Role) -> Member:
    """Add a member who is still to sign in: the first person whose issuer vouches for ``email`` becomes it.

    Raises ``BadInput`` if the account has a member with this address.
    """
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"members/{account}")
    email = email.lower()
    same = (members.c.account == account, func.lower(members.c.email) == email, _IS_LIVING)
    if unit.conn.execute(select(members.c.id).where(*same)).first():
        raise BadInput("email", email, "an address that no member of this account has")
    return _insert(unit, {"account": account, "name": "", "email": email, "role": role, "role_source": "here"})


def list_members(conn: Connection, account: str | None) -> Sequence[Member]:
    """List the members of an account (None: of every account), also removed ones, in the order of their coming."""
    query = select(members).order_by(members.c.account, members.c.added_at, members.c.id)
    if account is not None:
        query = query.where(members.c.account == account)
    return [to_member(row) for row in conn.execute(query)]


def is_member_living(conn: Connection, account: str, member: str) -> bool:
    """Whether the account has this member, and nobody has removed it."""
    query = select(members.c.id).where(members.c.account == account, members.c.id == member, _IS_LIVING)
    return conn.execute(query).first() is not None


def set_member_role(unit: Unit, account: str | None, id_or_email: str, role: Role) -> Member:
    """Change the role of a member, and end the member's sessions.

    ``account`` None: of any account. Raises ``NotFound``, and ``BadInput`` for the last owner of an account.
    """
    row = _hold_living(unit, account, id_or_email)
    if row.role == role:
        return to_member(row)
    if role != "owner":
        _refuse_last_owner(unit.conn, row)
    _change(unit, row.id, role=role, role_source="here")
    _end_sessions(unit, row.id)
    return _read(unit.conn, row.id)


def remove_member(unit: Unit, account: str | None, id_or_email: str) -> Member:
    """Remove a member, or withdraw an invitation, and end the member's sessions.

    ``account`` None: of any account. Raises ``NotFound``, and ``BadInput`` for the last owner of an account.
    """
    row = _hold_living(unit, account, id_or_email)
    _refuse_last_owner(unit.conn, row)
    _change(unit, row.id, removed_at=NowMs())
    _end_sessions(unit, row.id)
    return _read(unit.conn, row.id)


def admit_person(
    unit: Unit, account: str, person: Person, issuer_role: Role | None, fallback: Role | None
) -> Member | NotAdmitted:
    """Find, update or create the member that a signed-in person is, or return why nothing lets the person in.

    ``issuer_role``: the role that the issuer gives, which replaces another one. ``fallback``: the role of whoever comes
    without one. Both lead into ``account``. Whoever was removed comes back only by a new invitation.
    """
    hold_lock(unit.conn, f"members/{person.iss}/{person.sub}")
    labels = {"name": clean_text(person.name, _LABEL_CHARS), "email": clean_text(person.email, _LABEL_CHARS)}
    known = (members.c.iss == person.iss, members.c.sub == person.sub)
    row = unit.conn.execute(select(members).where(*known, _IS_LIVING)).first()
    if row is not None:
        return _renew(unit, row, issuer_role, fallback, labels)
    if (invited := _find_invitation(unit, person)) is not None:
        given: dict[str, Any] = {"role": issuer_role, "role_source": "issuer"} if issuer_role else {}
        identity = {"iss": person.iss, "sub": person.sub, "last_seen_at": NowMs()}
        _change(unit, invited.id, **identity, **labels, **given)
        return _read(unit.conn, invited.id)
    if unit.conn.execute(select(members.c.id).where(*known)).first():
        return "member_removed"
    if (role := issuer_role or fallback) is None:
        return "not_a_member"
    ensure_account(unit.conn, account)
    columns = {"account": account, "iss": person.iss, "sub": person.sub, "role": role, "last_seen_at": NowMs()}
    return _insert(unit, {**columns, **labels, "role_source": "issuer"})


def record_member_seen(unit: Unit, member: str) -> None:
    """Record that a member was seen now, unless that was recorded within the last minute."""
    seen = members.c.last_seen_at
    is_due = seen.is_(None) | (seen <= NowMs() - _USE_MS)
    unit.conn.execute(update(members).where(members.c.id == member, is_due).values(last_seen_at=NowMs()))


def to_member(row: Row[Any]) -> Member:
    """Build a member from its row."""
    return Member(
        id=row.id, account=row.account, iss=row.iss, sub=row.sub, name=row.name, email=row.email, role=row.role,
        role_source=row.role_source, added_at=to_datetime(row.added_at), last_seen_at=to_datetime(row.last_seen_at),
        removed_at=to_datetime(row.removed_at),
    )  # fmt: skip


def _renew(
    unit: Unit, row: Row[Any], issuer_role: Role | None, fallback: Role | None, labels: dict[str, str]
) -> Member | NotAdmitted:
    """Update a member at a sign-in. A role that came from the issuer ends when the issuer gives none any more."""
    role, source = row.role, row.role_source
    if issuer_role is not None:
        role, source = issuer_role, "issuer"
    elif source == "issuer":
        if fallback is None:
            _end_sessions(unit, row.id)
            return "not_a_member"
        role = fallback
    if role != row.role:
        _end_sessions(unit, row.id)
    _change(unit, row.id, role=role, role_source=source, last_seen_at=NowMs(), **labels)
    return _read(unit.conn, row.id)


def _find_invitation(unit: Unit, person: Person) -> Row[Any] | None:
    """Find the oldest invitation of the address that the person's issuer vouches for."""
    if person.verified_email is None or not is_plain_email(person.verified_email):
        return None
    hold_lock(unit.conn, f"invitations/{person.verified_email}")
    is_open = (members.c.iss.is_(None), _IS_LIVING, members.c.email == person.verified_email)
    return unit.conn.execute(select(members).where(*is_open).order_by(members.c.added_at, members.c.id)).first()


def _hold_living(unit: Unit, account: str | None, id_or_email: str) -> Row[Any]:
    """Find the living member that ``id_or_email`` names, and hold the members of its account until the end."""
    ours = () if account is None else (members.c.account == account,)
    query = select(members).where(*ours, _IS_LIVING, members.c.id == id_or_email)
    if id_or_email.isascii():
        email = func.lower(members.c.email) == id_or_email.lower()
        query = select(members).where(*ours, _IS_LIVING, (members.c.id == id_or_email) | email)
    rows = unit.conn.execute(query).all() if id_or_email.isprintable() and id_or_email else []
    rows = [row for row in rows if row.id == id_or_email or row.email.isascii()]  # a database may fold more than ASCII
    if len(rows) > 1:
        raise BadInput("member", id_or_email, f"the id of one member; {len(rows)} members have this address")
    if not rows:
        raise NotFound(code="member_not_found", member=id_or_email, actions=[Action("list_members")])
    hold_lock(unit.conn, f"members/{rows[0].account}")
    row = unit.conn.execute(query.where(members.c.id == rows[0].id)).first()
    if row is None:  # removed while this waited for the lock
        raise NotFound(code="member_not_found", member=id_or_email, actions=[Action("list_members")])
    return row


def _refuse_last_owner(conn: Connection, row: Row[Any]) -> None:
    if row.role != "owner" or row.iss is None:
        return
    others = (members.c.account == row.account, members.c.role == "owner", _HAS_SIGNED_IN, _IS_LIVING)
    if conn.execute(select(members.c.id).where(*others, members.c.id != row.id)).first() is None:
        raise BadInput("member", row.id, "not the last owner of an account; make somebody else an owner first")


def _insert(unit: Unit, columns: dict[str, Any]) -> Member:
    id_ = mint("member")
    unit.conn.execute(members.insert().values(id=id_, added_at=NowMs(), **columns))
    return _read(unit.conn, id_)


def _change(unit: Unit, member: str, **columns: Any) -> None:
    unit.conn.execute(update(members).where(members.c.id == member).values(**columns))


def _end_sessions(unit: Unit, member: str) -> None:
    unit.conn.execute(delete(sessions).where(sessions.c.member == member))


def _read(conn: Connection, member: str) -> Member:
    return to_member(conn.execute(select(members).where(members.c.id == member)).one())
