"""Uploads in parts: how many bytes of each are durable, and until when it is kept. The bytes are in the home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, delete, func, select, update

from reelwright.errors import NotFound, ReelwrightError
from reelwright.reel.base.ids import mint
from reelwright.store.database.unit import Unit
from reelwright.store.schema.file_tables import uploads
from reelwright.store.schema.sql import NowMs, hold_lock, to_datetime
from reelwright.store.vault.assets import ensure_account

_U = uploads.c


class Upload(NamedTuple):
    """An upload. ``offset``: how many of its ``size`` bytes are durable. ``metadata``: as the client sent it.

    ``asset``: what became of it, as JSON; None before.
    """

    id: str
    account: str
    kind: Literal["picture", "clip"]
    metadata: str
    size: int
    offset: int
    asset: str | None
    expires_at: datetime


def create_upload(
    unit: Unit, account: str, kind: str, metadata: str, size: int, *, lasts_s: int, most: int, most_bytes: int
) -> Upload:
    """Record an upload of ``size`` bytes, none received; raise above ``most`` uploads or ``most_bytes`` in all.

    The error is a ``ReelwrightError``. Those that became an asset do not count: they take no room.
    """
    ensure_account(unit.conn, account)
    hold_lock(unit.conn, f"uploads/{account}")
    open_ = (_U.account == account, _U.asset.is_(None))
    count, total = unit.conn.execute(select(func.count(), func.coalesce(func.sum(_U.size), 0)).where(*open_)).one()
    if count >= most or total + size > most_bytes:
        raise ReelwrightError(code="too_many_uploads", most=most, gigabytes=most_bytes >> 30)
    id_ = mint("upload")
    columns = {
        "id": id_, "account": account, "kind": kind, "metadata": metadata, "size": size, "received_bytes": 0,
        "created_at": NowMs(), "expires_at": NowMs() + lasts_s * 1000,
    }  # fmt: skip
    unit.conn.execute(uploads.insert().values(**columns))
    return read_upload(unit.conn, account, id_)


def read_upload(conn: Connection, account: str, id_: str) -> Upload:
    """Read an upload of the account. Raises ``NotFound``, also once its time is over."""
    row = None
    if id_.isprintable():
        which = (_U.account == account, _U.id == id_, _U.expires_at > NowMs())
        row = conn.execute(select(uploads).where(*which)).first()
    if row is None:
        raise NotFound(code="upload_not_found", upload=id_)
    return _to_upload(row)


def list_uploads(conn: Connection, account: str) -> Sequence[Upload]:
    """List the uploads of an account whose time is not over, in the order of their creation."""
    query = select(uploads).where(_U.account == account, _U.expires_at > NowMs())
    return [_to_upload(row) for row in conn.execute(query.order_by(_U.created_at, _U.id))]


def record_received(unit: Unit, account: str, id_: str, offset: int, lasts_s: int) -> None:
    """Record that ``offset`` bytes of an upload in all are durable; it lasts ``lasts_s`` seconds from now."""
    columns = {"received_bytes": offset, "expires_at": NowMs() + lasts_s * 1000}
    unit.conn.execute(update(uploads).where(_U.account == account, _U.id == id_).values(**columns))


def record_uploaded_asset(unit: Unit, account: str, id_: str, asset: str) -> None:
    """Record the asset, as JSON, that an upload became."""
    unit.conn.execute(update(uploads).where(_U.account == account, _U.id == id_).values(asset=asset))


def delete_upload(unit: Unit, account: str, id_: str) -> None:
    """Delete the row of an upload; its bytes in the home stay."""
    unit.conn.execute(delete(uploads).where(_U.account == account, _U.id == id_))


def list_expired_uploads(conn: Connection) -> Sequence[tuple[str, str]]:
    """List account and id of at most 500 expired uploads of all accounts, those that expired first in front."""
    query = select(_U.account, _U.id).where(_U.expires_at <= NowMs()).order_by(_U.expires_at).limit(500)
    return [(row.account, row.id) for row in conn.execute(query)]


def _to_upload(row: Row[Any]) -> Upload:
    expires_at = to_datetime(row.expires_at)
    assert expires_at
    return Upload(row.id, row.account, row.kind, row.metadata, row.size, row.received_bytes, row.asset, expires_at)
