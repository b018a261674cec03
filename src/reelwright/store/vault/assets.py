"""Facts about the bytes in the vault, and which of them were deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from reelwright.reel.base.value import Digest
from reelwright.store.database.unit import Unit
from reelwright.store.schema.file_tables import asset_ends
from reelwright.store.schema.schema import GONE, accounts, assets
from reelwright.store.schema.sql import InArray, NowMs, as_json, build_for_each_dialect, insert


def ensure_account(conn: Connection, account: str) -> None:
    """Insert the account's row unless it is there."""
    ensure_accounts(conn, [account])


def ensure_accounts(conn: Connection, ids: Iterable[str]) -> None:
    """Insert the rows of these accounts unless they are there."""
    rows = [{"id": account} for account in sorted(set(ids))]  # rows are always locked in this order
    conn.execute(_ACCOUNT[conn.dialect.name], rows)


_ACCOUNT: Final = build_for_each_dialect(
    lambda insert: insert(accounts).values(created_at=NowMs()).on_conflict_do_nothing()
)


def record_asset(
    unit: Unit, account: str, digest: Digest, mime: str, size: int, facts: Mapping[str, Any] | None = None
) -> None:
    """Record that bytes are in the vault, with their type, ``size`` in bytes and facts, in place of earlier ones.

    They are then wanted again: an end that was recorded for them is deleted.
    """
    ensure_account(unit.conn, account)
    columns = {"mime": mime, "size": size, "facts": as_json(facts or {}), "gone_at": None, "known_at": NowMs()}
    made = insert(unit.conn, assets).values(account=account, digest=digest, **columns)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["account", "digest"], set_=columns))
    ends = (asset_ends.c.account == account, asset_ends.c.digest == digest, asset_ends.c.erased_at.is_(None))
    unit.conn.execute(delete(asset_ends).where(*ends))  # it is wanted again, and its time begins anew


def mark_present(conn: Connection, files: Iterable[tuple[str, Digest]]) -> None:
    """Record that these bytes, named by account and digest, are in the vault. Facts known about them stay."""
    in_order = sorted(set(files))  # rows are always locked in this order
    if in_order:
        rows = [{"account": account, "digest": digest, "facts": "{}"} for account, digest in in_order]
        conn.execute(_THERE[conn.dialect.name], rows)


_THERE: Final = build_for_each_dialect(
    lambda insert: (
        insert(assets)
        .values(known_at=NowMs())
        .on_conflict_do_update(index_elements=["account", "digest"], set_={"gone_at": None})
    )
)


def mark_deleted(unit: Unit, account: str, digests: Sequence[Digest]) -> None:
    """Record these bytes as deleted, before the vault deletes them, so that nobody relies on them any more."""
    for digest in digests:
        mark_present(unit.conn, [(account, digest)])
        unit.conn.execute(
            update(assets).where(assets.c.account == account, assets.c.digest == digest).values(gone_at=NowMs())
        )


def list_deleted(conn: Connection, account: str) -> frozenset[Digest]:
    """List the digests of the account whose bytes were deleted."""
    return list_deleted_by_account(conn, {account})[account]


def list_deleted_by_account(conn: Connection, accounts: Collection[str]) -> Mapping[str, frozenset[Digest]]:
    """List the digests whose bytes were deleted, by account."""
    found: dict[str, set[Digest]] = {account: set() for account in accounts}
    for row in conn.execute(_GONE, {"of": accounts}).all():
        found[row.account].add(Digest(row.digest))
    return {account: frozenset(digests) for account, digests in found.items()}


_GONE: Final = select(assets.c.account, assets.c.digest).where(InArray(assets.c.account, "of"), GONE)
"""Built once: a director runs it whenever it reads its projects."""


def list_present(conn: Connection) -> frozenset[tuple[str, Digest]]:
    """List account and digest of all bytes that are in the vault as far as the journal knows."""
    return frozenset((row.account, Digest(row.digest)) for row in conn.execute(_HELD).all())


_HELD: Final = select(assets.c.account, assets.c.digest).where(assets.c.gone_at.is_(None))
