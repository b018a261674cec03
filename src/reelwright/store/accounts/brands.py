"""The brand of an account: a document in its row, whose files no sweep deletes while it names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, update

from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brand
from reelwright.store.database.unit import Unit
from reelwright.store.schema.schema import accounts
from reelwright.store.vault.assets import ensure_account


def read_brand(conn: Connection, account: str) -> Brand | None:
    """Read the brand of an account; None: it has none."""
    text = conn.execute(select(accounts.c.brand).where(accounts.c.id == account)).scalar()
    return from_json(Brand, text, "brand") if text else None


def set_brand(unit: Unit, account: str, changes: Mapping[str, Any]) -> Brand | None:
    """Change the fields ``changes`` of an account's brand, and return it; None: it says nothing any more.

    Of two calls at one moment each keeps what the other changed.
    """
    ensure_account(unit.conn, account)
    unit.conn.execute(select(accounts.c.id).where(accounts.c.id == account).with_for_update())
    bare = Brand(source="home")
    brand = replace(read_brand(unit.conn, account) or bare, **changes)
    text = to_json(brand) if brand != bare else None
    unit.conn.execute(update(accounts).where(accounts.c.id == account).values(brand=text))
    return brand if text else None


def list_brand_assets(conn: Connection, account: str) -> frozenset[Digest]:
    """List the assets that the brand of an account names."""
    brand = read_brand(conn, account)
    return frozenset(one.asset for one in (brand.logo, brand.font) if one) if brand else frozenset()
