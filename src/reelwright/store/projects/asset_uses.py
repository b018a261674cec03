"""Uses of assets by projects, for deletions: recorded wherever a project comes to name an asset."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import Connection, and_, exists, select

from reelwright.reel.base.value import Digest
from reelwright.store.schema.file_tables import asset_uses
from reelwright.store.schema.schema import jobs
from reelwright.store.schema.sql import InArray, build_for_each_dialect

_NAMED: Final = re.compile(r'"([0-9a-f]{64})"')
_U: Final = asset_uses.c
_RECORDED: Final = build_for_each_dialect(lambda insert: insert(asset_uses).on_conflict_do_nothing())


def record_uses(conn: Connection, uses: Iterable[tuple[str, str, str]]) -> None:
    """Record that projects use assets: account, project and digest of each."""
    in_order = sorted(set(uses))  # rows are always locked in this order
    if in_order:
        rows = [{"account": account, "project": project, "digest": digest} for account, project, digest in in_order]
        conn.execute(_RECORDED[conn.dialect.name], rows)


def record_named(conn: Connection, documents: Iterable[tuple[str, str, str]]) -> None:
    """Record a use of every asset whose digest stands in a stored document (account, project, JSON text).

    Other digests in them do no harm.
    """
    found = {(account, project, digest) for account, project, text in documents for digest in _NAMED.findall(text)}
    record_uses(conn, found)


def list_used_elsewhere(
    conn: Connection, account: str, project: str | None, digests: Collection[Digest]
) -> frozenset[Digest]:
    """List those of these assets that another project of the account uses; ``project`` None: that any does.

    A project whose jobs were all deleted, or whose files were, keeps nothing for itself any more.
    """
    own = and_(jobs.c.account == _U.account, jobs.c.project == _U.project)
    lives = exists().where(own, jobs.c.removed_at.is_(None), jobs.c.collected_at.is_(None)) | ~exists().where(own)
    query = select(_U.digest).where(_U.account == account, InArray(_U.digest, "named"), lives).distinct()
    if project is not None:
        query = query.where(_U.project != project)
    return frozenset(Digest(one) for one in conn.execute(query, {"named": list(digests)}).scalars())


def list_users(conn: Connection, account: str, digest: Digest) -> frozenset[str]:
    """List the ids of all projects that name an asset."""
    query = select(_U.project).where(_U.account == account, _U.digest == digest)
    return frozenset(conn.execute(query).scalars())
