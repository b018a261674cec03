"""Members of accounts. A person is known by issuer and subject; an e-mail only finds an invitation, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, delete, func, select, update

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action
from reelwright.reel.base.ids import mint
from reelwright.reel.records.api_key import Role, may_act_as
from reelwright.reel.records.member import Member, Person, is_plain_email
from reelwright.store.database.unit import Unit
from reelwright.store.policy import LABEL_CHARS, USE_RECORDED_EVERY_MS
from reelwright.store.schema.member_tables import api_keys, members, sessions
from reelwright.store.schema.sql import NowMs, clean_text, hold_lock, to_datetime
from reelwright.store.vault.assets import ensure_account

NotAdmitted = Literal["not_a_member", "member_removed"]
"""Why a person may not come in: nobody has invited the person, or somebody has removed the person since."""
_HAS_SIGNED_IN: Final = members.c.iss.is_not(None)
_IS_LIVING: Final = members.c.removed_at.is_(None)
_IS_KEY_LIVING: Final = api_keys.c.revoked_at.is_(None)


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
    labels = {"name": clean_text(person.name, LABEL_CHARS), "email": clean_text(person.email, LABEL_CHARS)}
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


class KnownAccess(NamedTuple):
    """The rows of API keys and of members in a journal, by id."""

    keys: Mapping[str, Mapping[str, Any]]
    members: Mapping[str, Mapping[str, Any]]


class RestoredAccess(NamedTuple):
    """An API key, a member or an invitation of a restored journal, and what became of it.

    ``valid_again``: no later journal says anything of it. Otherwise one says that it was ``revoked``, ``removed`` or
    ``lowered``, in its role or from an open invitation to the person who took it.
    """

    kind: Literal["api_key", "member", "invitation"]
    id: str
    account: str
    name: str
    role: Role
    change: Literal["valid_again", "revoked", "removed", "lowered"]


def keep_access_ended(unit: Unit, later: Sequence[KnownAccess]) -> Sequence[RestoredAccess]:
    """End in a restored journal what ``later`` journals, the newest first, know as revoked, removed or lowered.

    Whoever was removed since, or lowered to a viewer, without the restored journal knowing the person, gets a row: a
    default role lets nobody in who has a removed one. Returns what was changed, and what is valid without anybody
    knowing whether it should be.
    """
    found = [_keep_key_ended(unit, row, later) for row in unit.conn.execute(select(api_keys).where(_IS_KEY_LIVING))]
    living = unit.conn.execute(select(members).where(_IS_LIVING).order_by(members.c.account, members.c.added_at))
    rows = living.all()
    ends = [row for row in rows if any(one.members.get(row.id, _UNKNOWN)["removed_at"] for one in later)]
    for row in [*ends, *(row for row in rows if row not in ends)]:  # first whoever goes: a person has one living row
        found.append(_keep_member_ended(unit, row, later))
    known = set(unit.conn.execute(select(members.c.id)).scalars())
    for one in later:
        for id_, member in one.members.items():
            if id_ not in known and member["iss"] is not None and _is_lowest(member):
                known.add(id_)
                _insert_ended(unit, member)
    return [one for one in found if one is not None]


_UNKNOWN: Final[Mapping[str, Any]] = {"removed_at": None}


def _is_lowest(row: Mapping[str, Any]) -> bool:
    return bool(row["removed_at"]) or (row["role"], row["role_source"]) == ("viewer", "here")


def _insert_ended(unit: Unit, row: Mapping[str, Any]) -> None:
    same = (members.c.iss == row["iss"], members.c.sub == row["sub"], _IS_LIVING)
    if row["removed_at"] or unit.conn.execute(select(members.c.id).where(*same)).first() is None:
        ensure_account(unit.conn, row["account"])
        unit.conn.execute(members.insert().values({column.name: row[column.name] for column in members.c}))


def _keep_key_ended(unit: Unit, row: Row[Any], later: Sequence[KnownAccess]) -> RestoredAccess | None:
    known = [one.keys[row.id] for one in later if row.id in one.keys]
    revoked_at = next((key["revoked_at"] for key in known if key["revoked_at"]), None)
    if known and not revoked_at:
        return None
    if revoked_at:
        unit.conn.execute(update(api_keys).where(api_keys.c.id == row.id).values(revoked_at=revoked_at))
    change: Literal["revoked", "valid_again"] = "revoked" if revoked_at else "valid_again"
    return RestoredAccess("api_key", row.id, row.account, row.name, row.role, change)


def _keep_member_ended(unit: Unit, row: Row[Any], later: Sequence[KnownAccess]) -> RestoredAccess | None:
    kind: Literal["member", "invitation"] = "invitation" if row.iss is None else "member"
    known = [one.members[row.id] for one in later if row.id in one.members]
    if not known:
        return RestoredAccess(kind, row.id, row.account, row.name or row.email, row.role, "valid_again")
    removed_at = next((member["removed_at"] for member in known if member["removed_at"]), None)
    if removed_at:
        _change(unit, row.id, removed_at=removed_at)
        return RestoredAccess(kind, row.id, row.account, row.name or row.email, row.role, "removed")
    newest = known[0]
    is_lower = not may_act_as(newest["role"], row.role)
    columns = {"role": newest["role"], "role_source": newest["role_source"]} if is_lower else {}
    if row.iss is None and newest["iss"] is not None:
        columns |= {name: newest[name] for name in ("iss", "sub", "name", "email")}
    if not columns:
        return None
    _change(unit, row.id, **columns)
    role = newest["role"] if is_lower else row.role
    return RestoredAccess(kind, row.id, row.account, row.name or row.email, role, "lowered")


def record_member_seen(unit: Unit, member: str) -> None:
    """Record that a member was seen now, unless that was recorded within the last minute."""
    seen = members.c.last_seen_at
    is_due = seen.is_(None) | (seen <= NowMs() - USE_RECORDED_EVERY_MS)
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
