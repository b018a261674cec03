"""Limits: how many purchases may be at a provider at once, and start in a time; how many jobs may run.

Those of providers and models are the deployment's; a row replaces a default of the same subject.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select

from reelwright.errors import BadInput, NotFound
from reelwright.reel.ledger import Limit
from reelwright.store.assets import ensure_account
from reelwright.store.schema import AT_PROVIDER, STARTED, limits, purchase_history, purchases
from reelwright.store.sql import hold, insert, now_ms
from reelwright.store.unit import Unit

_SCOPES: Final = ("provider", "model", "account", "project", "jobs")
_MOST: Final = 1_000_000
_LISTED: Final = 100
"""Names that are asked for one by one; of more, every row is read."""

Default = Callable[[str], Limit | None]
"""The limit of that name (``model/…``) where no row says otherwise."""


def no_default(name: str) -> Limit | None:
    """Nothing is limited that was not set."""
    return None


def name_of(limit: Limit) -> str:
    """What tells a limit from others. ``jobs`` without a subject is the deployment's."""
    return f"{limit.scope}/{limit.subject}"


def set_limit(unit: Unit, account: str, limit: Limit) -> None:
    """Make or change a limit; 0 lets nothing through. Raises ``BadInput``."""
    _check(limit)
    owner = account if limit.scope in ("account", "project") or (limit.scope == "jobs" and limit.subject) else None
    if owner:
        ensure_account(unit.conn, owner)
    told = {"open_at_once": limit.open_at_once, "starts": limit.starts, "per_s": limit.per_s}
    made = insert(unit.conn, limits).values(
        id=name_of(limit), account=owner, scope=limit.scope, subject=limit.subject, **told
    )
    unit.conn.execute(made.on_conflict_do_update(index_elements=["id"], set_=told))


def remove_limit(unit: Unit, account: str, scope: str, subject: str) -> None:
    """The default holds again, where there is one. Raises ``NotFound``."""
    mine = limits.c.account.is_(None) | (limits.c.account == account)
    gone = delete(limits).where(limits.c.scope == scope, limits.c.subject == subject, mine)
    if not unit.conn.execute(gone).rowcount:
        raise NotFound(f"no limit of {scope} {subject} was set", hint="`reelwright spend limits` lists them")


def list_limits(conn: Connection, account: str) -> Sequence[Limit]:
    """All that were set, for the account or for everybody."""
    mine = limits.c.account.is_(None) | (limits.c.account == account)
    found = [_noun(row) for row in conn.execute(select(limits).where(mine))]
    return sorted(found, key=lambda limit: (_SCOPES.index(limit.scope), limit.subject))


def standing(conn: Connection, names: Collection[str], default: Default) -> dict[str, Limit]:
    """Those of ``names`` that hold: as set, else by default."""
    which = limits.c.id.in_(names) if len(names) <= _LISTED else limits.c.scope != "jobs"
    rows = {row.id: _noun(row) for row in conn.execute(select(limits).where(which))}
    found = {name: rows.get(name) or default(name) for name in names}
    return {name: limit for name, limit in found.items() if limit}


def job_limits(conn: Connection) -> dict[str, int]:
    """Jobs that may run at once, by account; of the whole deployment under an empty name."""
    rows = conn.execute(select(limits).where(limits.c.scope == "jobs", limits.c.open_at_once.is_not(None)))
    return {row.subject: row.open_at_once for row in rows}


def names_over(purchase: Row[Any]) -> tuple[str, ...]:
    """The limits that a purchase would count under, sorted. What we make ourselves counts for no account."""
    mine = () if purchase.resubmit == "free" else (f"account/{purchase.account}", f"project/{purchase.project}")
    return tuple(sorted((f"provider/{purchase.provider}", f"model/{purchase.model}", *mine)))


def has_room(conn: Connection, purchase: Row[Any], default: Default) -> bool:
    """Whether every limit that the purchase counts under has room for it; none gives it away until the commit."""
    found = standing(conn, names_over(purchase), default)
    for name in found:
        hold(conn, f"limit/{name}")
    return all(room_left(conn, limit) > 0 for limit in found.values())


def room_left(conn: Connection, limit: Limit) -> int:
    """How many more purchases may start now."""
    left = _MOST
    if limit.open_at_once is not None:
        used = select(func.count()).select_from(purchases).where(AT_PROVIDER, _counts(limit))
        left = limit.open_at_once - conn.execute(used).scalar_one()
    if limit.starts is not None and limit.per_s is not None:
        # What lies in the future by more than the period was noted before the clock was set back.
        since = purchase_history.c.at.between(now_ms() - limit.per_s * 1000, now_ms() + limit.per_s * 1000)
        begun = select(func.count()).select_from(purchase_history.join(purchases)).where(STARTED, since, _counts(limit))
        left = min(left, limit.starts - conn.execute(begun).scalar_one())
    return left


def _counts(limit: Limit) -> Any:
    """Which purchases count under a limit."""
    column = purchases.c[limit.scope]
    own = limit.scope in ("account", "project")
    return (column == limit.subject) & (purchases.c.resubmit != "free") if own else column == limit.subject


def _check(limit: Limit) -> None:
    if limit.scope not in _SCOPES:
        raise BadInput("scope", limit.scope, ", ".join(_SCOPES))
    if not limit.subject and limit.scope != "jobs":
        raise BadInput("subject", limit.subject, f"the {limit.scope}'s name")
    if limit.scope == "jobs" and limit.starts is not None:
        raise BadInput("starts", limit.starts, "nothing: jobs are limited by how many run at once")
    if limit.open_at_once is None and limit.starts is None:
        raise BadInput("open", None, "how many at once, or how many starts in a time")
    if (limit.starts is None) != (limit.per_s is None):
        raise BadInput("per", limit.per_s, "the seconds in which so many may start")
    for field, value, least in (("open", limit.open_at_once, 0), ("starts", limit.starts, 0), ("per", limit.per_s, 1)):
        if value is not None and not least <= value <= _MOST:
            raise BadInput(field, value, f"a whole number from {least} to {_MOST}")


def _noun(row: Row[Any]) -> Limit:
    return Limit(
        scope=row.scope, subject=row.subject, open_at_once=row.open_at_once, starts=row.starts, per_s=row.per_s
    )
