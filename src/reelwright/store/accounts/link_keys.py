"""The seeds of the keys that sign links to files: one for each account. A new one ends every link of the one before.

A seed is no secret: only with the key of the home it leads to one (``net.signing_key``).
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from sqlalchemy import Connection, select

from reelwright.store.database.unit import Unit
from reelwright.store.schema.file_tables import link_keys
from reelwright.store.schema.sql import NowMs, insert
from reelwright.store.vault.assets import ensure_account


class LinkKey(NamedTuple):
    """The seed of the key that signs the links of an account. ``id``: stands in the links, so that it is found."""

    id: str
    account: str
    seed: str


def find_link_key(conn: Connection, id_: str) -> LinkKey | None:
    """Find a key by its id; None if there is none, or if a newer one replaced it."""
    row = conn.execute(select(link_keys).where(link_keys.c.id == id_)).first()
    return None if row is None else LinkKey(row.id, row.account, row.seed)


def find_account_link_key(conn: Connection, account: str) -> LinkKey | None:
    """Find the key that signs the links of an account now; None if none was made yet."""
    row = conn.execute(select(link_keys).where(link_keys.c.account == account)).first()
    return None if row is None else LinkKey(row.id, row.account, row.seed)


def ensure_link_key(unit: Unit, account: str, seed: str) -> LinkKey:
    """Return the key of an account, created from ``seed`` if need be."""
    ensure_account(unit.conn, account)
    unit.conn.execute(insert(unit.conn, link_keys).values(**_build_columns(account, seed)).on_conflict_do_nothing())
    row = unit.conn.execute(select(link_keys).where(link_keys.c.account == account)).one()
    return LinkKey(row.id, row.account, row.seed)


def rotate_link_key(unit: Unit, account: str, seed: str) -> None:
    """Replace the key of an account: every link that it signed ends."""
    ensure_account(unit.conn, account)
    columns = _build_columns(account, seed)
    made = insert(unit.conn, link_keys).values(**columns)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["account"], set_=columns))


def _build_columns(account: str, seed: str) -> dict[str, object]:
    return {"id": secrets.token_urlsafe(9), "account": account, "seed": seed, "created_at": NowMs()}
