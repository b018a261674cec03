"""Sessions of members who are signed in, and sign-ins that have begun. Only the digests of their secrets are stored.

As with API keys, a secret is 32 random bytes, so that a plain SHA-256 protects it.
"""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, delete, select, update

from reelwright.reel.records.api_key import Role
from reelwright.reel.records.member import Member, Person, Session, SignInAttempt
from reelwright.sign_in_times import MAX_SESSION_MS, SESSION_IDLE_MS, SIGN_IN_ATTEMPT_MS
from reelwright.store.accounts.api_keys import digest_secret
from reelwright.store.accounts.members import NotAdmitted, admit_person, record_member_seen, to_member
from reelwright.store.database.unit import Unit
from reelwright.store.policy import USE_RECORDED_EVERY_MS
from reelwright.store.schema.member_tables import members, sessions, sign_ins
from reelwright.store.schema.sql import NowMs


class NewSession(NamedTuple):
    """A session that has just begun, with the only copy of its secret."""

    member: Member
    secret: str


def begin_sign_in(unit: Unit, state: str, browser: str, attempt: SignInAttempt) -> None:
    """Record a sign-in that begins now. ``state``: goes to the issuer and back. ``browser``: a secret of its browser.

    Deletes those that nobody has finished in time.
    """
    unit.conn.execute(delete(sign_ins).where(sign_ins.c.begun_at <= NowMs() - SIGN_IN_ATTEMPT_MS))
    columns = {"nonce": attempt.nonce, "verifier": attempt.verifier, "next_path": attempt.next_path}
    names = {"state": digest_secret(state), "browser": digest_secret(browser)}
    unit.conn.execute(sign_ins.insert().values(**names, **columns, begun_at=NowMs()))


def take_sign_in(unit: Unit, state: str, browser: str) -> SignInAttempt | None:
    """Delete a sign-in that has begun and return it; None without one in time with this state and browser."""
    named = (sign_ins.c.state == digest_secret(state), sign_ins.c.browser == digest_secret(browser))
    in_time = sign_ins.c.begun_at > NowMs() - SIGN_IN_ATTEMPT_MS
    row = unit.conn.execute(delete(sign_ins).where(*named, in_time).returning(sign_ins)).first()
    if row is None:
        return None
    return SignInAttempt(nonce=row.nonce, verifier=row.verifier, next_path=row.next_path)


def begin_session(
    unit: Unit, account: str, person: Person, issuer_role: Role | None, fallback: Role | None, old_secret: str | None
) -> NewSession | NotAdmitted:
    """Sign a person in as ``admit_person`` does: end the browser's old session, begin one with a new secret.

    ``old_secret``: of the session that the browser had. Deletes sessions that are over.
    """
    found = admit_person(unit, account, person, issuer_role, fallback)
    if old_secret is not None:
        close_session(unit, old_secret)
    unit.conn.execute(delete(sessions).where(~_is_in_time()))
    if not isinstance(found, Member):
        return found
    secret = secrets.token_urlsafe(32)
    columns = {"digest": digest_secret(secret), "member": found.id, "begun_at": NowMs(), "last_used_at": NowMs()}
    unit.conn.execute(sessions.insert().values(**columns))
    return NewSession(found, secret)


def find_session(conn: Connection, secret: str) -> Session | None:
    """Find the living session with this secret, with its member as of now; None if there is none."""
    digest = digest_secret(secret)
    row = conn.execute(_select_living().where(sessions.c.digest == digest)).first()
    return None if row is None else Session(digest=digest, member=to_member(row))


def is_session_living(conn: Connection, digest: str) -> bool:
    """Whether the session is not over, and its member was not removed."""
    return conn.execute(_select_living().where(sessions.c.digest == digest)).first() is not None


def record_session_use(unit: Unit, session: Session) -> None:
    """Record that a session is used now, and its member seen, unless that was recorded within the last minute."""
    used = sessions.c.last_used_at
    is_due = (sessions.c.digest == session.digest, used <= NowMs() - USE_RECORDED_EVERY_MS)
    unit.conn.execute(update(sessions).where(*is_due).values(last_used_at=NowMs()))
    record_member_seen(unit, session.member.id)


def close_session(unit: Unit, secret: str) -> None:
    """End the session with this secret, if there is one."""
    unit.conn.execute(delete(sessions).where(sessions.c.digest == digest_secret(secret)))


def _select_living() -> Select[Any]:
    joined = members.join(sessions, sessions.c.member == members.c.id)
    return select(members).select_from(joined).where(members.c.removed_at.is_(None), _is_in_time())


def _is_in_time() -> ColumnElement[bool]:
    return (sessions.c.last_used_at > NowMs() - SESSION_IDLE_MS) & (sessions.c.begun_at > NowMs() - MAX_SESSION_MS)
