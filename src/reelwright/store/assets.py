"""What is known of the bytes in the vault, and which of them are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select, update

from reelwright.reel.noun import Digest
from reelwright.store.schema import GONE, accounts, assets
from reelwright.store.sql import among, as_json, insert, now_ms, on_each
from reelwright.store.unit import Unit


def ensure_account(conn: Connection, account: str) -> None:
    """The account's row, made on first use."""
    conn.execute(insert(conn, accounts).values(id=account, created_at=now_ms()).on_conflict_do_nothing())


def know(
    unit: Unit, account: str, digest: Digest, mime: str | None, size: int | None, facts: Mapping[str, Any]
) -> None:
    """Bytes that came in: what they are, in bytes and by their own measure. They are not gone any more."""
    ensure_account(unit.conn, account)
    told = {"mime": mime, "size": size, "facts": as_json(facts), "gone_at": None}
    made = insert(unit.conn, assets).values(account=account, digest=digest, known_at=now_ms(), **told)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["account", "digest"], set_=told))


def landed(conn: Connection, found: Iterable[tuple[str, Digest]]) -> None:
    """Each account's bytes that are in the vault (again); what was known of them stays."""
    in_order = sorted(set(found))  # as whoever writes several
    if in_order:
        rows = [{"account": account, "digest": digest, "facts": "{}"} for account, digest in in_order]
        conn.execute(_THERE[conn.dialect.name], rows)


_THERE: Final = on_each(
    lambda insert: (
        insert(assets)
        .values(known_at=now_ms())
        .on_conflict_do_update(index_elements=["account", "digest"], set_={"gone_at": None})
    )
)


def mark_gone(unit: Unit, account: str, digests: Iterable[Digest]) -> None:
    """The bytes of these will be deleted: recorded first, so that nobody counts on them."""
    for digest in digests:
        landed(unit.conn, [(account, digest)])
        unit.conn.execute(
            update(assets).where(assets.c.account == account, assets.c.digest == digest).values(gone_at=now_ms())
        )


def gone(conn: Connection, account: str) -> frozenset[Digest]:
    """Digests of the account whose bytes were deleted."""
    return gone_of(conn, {account})[account]


def gone_of(conn: Connection, accounts: Collection[str]) -> Mapping[str, frozenset[Digest]]:
    """As ``gone``, of each of several accounts."""
    found: dict[str, set[Digest]] = {account: set() for account in accounts}
    for row in conn.execute(_GONE, {"of": accounts}).all():
        found[row.account].add(Digest(row.digest))
    return {account: frozenset(digests) for account, digests in found.items()}


_GONE: Final = select(assets.c.account, assets.c.digest).where(among(assets.c.account, "of"), GONE)
"""Put together once: a director asks it whenever it reads its projects."""


def held(conn: Connection) -> frozenset[tuple[str, Digest]]:
    """Account and digest of all bytes that are in the vault as far as the journal knows."""
    return frozenset((row.account, Digest(row.digest)) for row in conn.execute(_HELD).all())


_HELD: Final = select(assets.c.account, assets.c.digest).where(assets.c.gone_at.is_(None))
