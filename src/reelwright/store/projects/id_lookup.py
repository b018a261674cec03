"""Look-ups of projects and purchases by a name that a person types: an id, the end of one, or ``last``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from sqlalchemy import Connection, Select, Table, func, literal_column, select

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action
from reelwright.store.schema.rows import RECOVERED_FOR
from reelwright.store.schema.schema import ID_END, projects, purchases

_MIN_CHARS: Final = 4
"""Fewest characters of the end of an id that name it; ``ID_END`` has as many."""


def resolve_project(conn: Connection, account: str, name: str) -> str:
    """Return the id of the project that ``name`` means: an id with or without prefix, its end, or ``last``.

    ``last`` is the newest project; a project that only holds recovered purchases counts only if there is no other.
    Raises ``BadInput``, ``NotFound``.
    """
    newest = select(projects.c.id).where(projects.c.account == account)
    newest = newest.order_by(projects.c.created_at.desc(), projects.c.id.desc()).limit(1)
    is_recovered = func.substr(func.coalesce(projects.c.lookup_key, ""), 1, len(RECOVERED_FOR)) == RECOVERED_FOR
    return _resolve(conn, "project", projects, account, name, (newest.where(~is_recovered), newest))


def resolve_purchase(conn: Connection, account: str, name: str) -> str:
    """Return the id of the purchase that ``name`` means: an id with or without prefix, its end, or ``last``.

    Raises ``BadInput``, ``NotFound``.
    """
    newest = select(purchases.c.id).where(purchases.c.account == account)
    newest = newest.order_by(purchases.c.intent_at.desc(), purchases.c.id.desc()).limit(1)
    return _resolve(conn, "purchase", purchases, account, name, (newest,))


def may_be_id(name: str) -> bool:
    """Whether a text could be an id; PostgreSQL refuses some others, such as one with a NUL, as a parameter."""
    return isinstance(name, str) and name.isascii() and name.isprintable()


def _resolve(
    conn: Connection, kind: Literal["project", "purchase"], table: Table, account: str, name: str,
    newest: Sequence[Select[str]],
) -> str:  # fmt: skip
    """Return the id in ``table`` that ``name`` means. ``newest``: queries for ``last``; the first that finds an id."""
    if not isinstance(name, str):
        raise BadInput(kind, name, f"the id of a {kind}, the end of it, or last")
    if name == "last":
        found = next(([one] for query in newest if (one := conn.execute(query).scalar())), [])
    else:
        found = _find_ids(conn, table, account, kind, name.removeprefix(f"{kind}_"))
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(kind, name, f"an id that names one {kind}; this ends {len(found)} of them")
    if conn.execute(select(table.c.id).where(table.c.account == account).limit(1)).first() is None:
        raise NotFound(code="nothing_here_yet", kind=kind, actions=[Action("start_project")])
    raise NotFound(
        code="name_not_found",
        kind=kind,
        name=repr(name),
        actions=[Action("list_projects" if kind == "project" else "list_purchases")],
    )


def _find_ids(conn: Connection, table: Table, account: str, kind: str, bare: str) -> list[str]:
    """Find the ids that end with ``bare``, or the one id that is ``bare`` with its prefix."""
    if not may_be_id(bare):
        return []
    whole, own = f"{kind}_{bare}", select(table.c.id).where(table.c.account == account)
    if len(bare) < _MIN_CHARS:
        return list(conn.execute(own.where(table.c.id == whole)).scalars())
    end = literal_column(ID_END) == bare[-_MIN_CHARS:]
    ends = func.substr(table.c.id, func.length(table.c.id) - (len(bare) - 1)) == bare
    found = list(conn.execute(own.where(end, ends)).scalars())
    return [whole] if whole in found else found
