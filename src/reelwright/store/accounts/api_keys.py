"""API keys of accounts: only the digest of each secret is stored.

A secret is 32 random bytes, so a plain SHA-256 protects it as well as a slow password hash would: nobody can guess 256
bits, and every request pays for one fast hash only.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, select, update

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action
from reelwright.reel.base.ids import mint
from reelwright.reel.records.api_key import ApiKey, Role
from reelwright.reel.records.ledger import Period
from reelwright.store.database.unit import Unit
from reelwright.store.limits.budgets import set_budget
from reelwright.store.policy import USE_RECORDED_EVERY_MS
from reelwright.store.schema.member_tables import api_keys
from reelwright.store.schema.sql import NowMs, hold_lock, to_datetime
from reelwright.store.vault.assets import ensure_account
from reelwright.units import Micros

SECRET_PREFIX: Final = "rw_"  # noqa: S105  how every secret begins, and no secret
"""How every secret of ours begins, so that programs and scanners of repositories recognise it."""
_PREFIX_CHARS: Final = 9
"""Characters of a secret that are stored and shown. 37 characters, or 222 bits, stay unknown."""


class NewApiKey(NamedTuple):
    """A key that was just created, with the only copy of its secret."""

    key: ApiKey
    secret: str


def create_api_key(
    unit: Unit, account: str, name: str, role: Role, auto_approve: Micros | None = None, budget: Micros | None = None,
    period: Period | None = None,
) -> NewApiKey:  # fmt: skip
    """Create a key of the account, with its budget if one is given. Raises ``BadInput`` if the name is taken."""
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"api_keys/{account}")
    if unit.conn.execute(_select_living(account).where(api_keys.c.name == name)).first():
        raise BadInput("name", name, "a name that no other API key of this account has")
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    id_ = mint("key")
    columns = {
        "id": id_, "account": account, "name": name, "sha256": digest_secret(secret), "prefix": secret[:_PREFIX_CHARS],
        "role": role, "auto_approve_micros": auto_approve, "created_at": NowMs(),
    }  # fmt: skip
    unit.conn.execute(api_keys.insert().values(**columns))
    if budget is not None:
        set_budget(unit, account, "key", id_, budget, period)
    row = unit.conn.execute(select(api_keys).where(api_keys.c.id == id_)).one()
    return NewApiKey(_to_api_key(row), secret)


def find_api_key(conn: Connection, secret: str) -> ApiKey | None:
    """Find the living key with this secret; None if there is none, or if it was revoked."""
    digest = digest_secret(secret)
    row = conn.execute(select(api_keys).where(api_keys.c.sha256 == digest, api_keys.c.revoked_at.is_(None))).first()
    # An index may answer sooner or later by how much of a digest fits, which tells nothing of a random secret.
    if row is None or not hmac.compare_digest(row.sha256, digest):
        return None
    return _to_api_key(row)


def is_api_key_living(conn: Connection, account: str, key: str) -> bool:
    """Whether the account has this key, and it was not revoked."""
    return conn.execute(_select_living(account).where(api_keys.c.id == key)).first() is not None


def list_api_keys(conn: Connection, account: str | None) -> Sequence[ApiKey]:
    """List the API keys of an account, revoked ones too, oldest first; None: of every account, account by account."""
    query = select(api_keys).order_by(api_keys.c.account, api_keys.c.created_at, api_keys.c.id)
    if account is not None:
        query = query.where(api_keys.c.account == account)
    return [_to_api_key(row) for row in conn.execute(query)]


def revoke_api_key(unit: Unit, account: str | None, id_or_name: str) -> ApiKey:
    """Revoke the key that ``id_or_name`` names: its id, or the name of one living key. May be repeated with the id.

    ``account`` None: of any account. Raises ``NotFound``, and ``BadInput`` for a name that several keys have.
    """
    ours = () if account is None else (api_keys.c.account == account,)
    named = (api_keys.c.name == id_or_name) & api_keys.c.revoked_at.is_(None)
    query = select(api_keys).where(*ours, (api_keys.c.id == id_or_name) | named)
    rows = unit.conn.execute(query).all() if id_or_name.isprintable() else []
    if len(rows) > 1:
        raise BadInput("key", id_or_name, f"the id of one API key; {len(rows)} keys have this name")
    if not rows:
        raise NotFound(code="api_key_not_found", key=id_or_name, actions=[Action("list_api_keys")])
    this = api_keys.c.id == rows[0].id
    unit.conn.execute(update(api_keys).where(this, api_keys.c.revoked_at.is_(None)).values(revoked_at=NowMs()))
    return _to_api_key(unit.conn.execute(select(api_keys).where(this)).one())


def record_api_key_use(unit: Unit, key: str) -> None:
    """Record that a key is used now, unless its use was recorded within the last minute."""
    used = api_keys.c.last_used_at
    is_due = used.is_(None) | (used <= NowMs() - USE_RECORDED_EVERY_MS)
    unit.conn.execute(update(api_keys).where(api_keys.c.id == key, is_due).values(last_used_at=NowMs()))


def _select_living(account: str) -> Any:
    return select(api_keys.c.id).where(api_keys.c.account == account, api_keys.c.revoked_at.is_(None))


def digest_secret(secret: str) -> str:
    """Compute the SHA-256, in hexadecimal, under which a secret is stored."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _to_api_key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id, account=row.account, name=row.name, role=row.role, prefix=row.prefix,
        auto_approve=None if row.auto_approve_micros is None else Micros(row.auto_approve_micros),
        created_at=to_datetime(row.created_at), last_used_at=to_datetime(row.last_used_at),
        revoked_at=to_datetime(row.revoked_at),
    )  # fmt: skip
