"""The brand of an account: a document in its row, whose files no sweep deletes while it names them."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection, select, update

from reelwright.reel.brief import Brand
from reelwright.reel.document import from_json, to_json
from reelwright.reel.value import Digest
from reelwright.store.assets import ensure_account
from reelwright.store.schema import accounts
from reelwright.store.unit import Unit

_NAMED: Final = re.compile(r'"([0-9a-f]{64})"')


def read_brand(conn: Connection, account: str) -> Brand | None:
    """Read the brand of an account; None: it has none."""
    text = _read_document(conn, account)
    return from_json(Brand, text, "brand") if text else None


def set_brand(unit: Unit, account: str, brand: Brand | None) -> None:
    """Replace the brand of an account; None removes it."""
    ensure_account(unit.conn, account)
    text = to_json(brand) if brand else None
    unit.conn.execute(update(accounts).where(accounts.c.id == account).values(brand=text))


def list_brand_assets(conn: Connection, account: str) -> frozenset[Digest]:
    """List the assets that the brand of an account names."""
    return frozenset(Digest(one) for one in _NAMED.findall(_read_document(conn, account) or ""))


def _read_document(conn: Connection, account: str) -> str | None:
    found: str | None = conn.execute(select(accounts.c.brand).where(accounts.c.id == account)).scalar()
    return found
