"""Numbers of an account's orders of one request: the last one, and those that are reserved before anything is bought.

Equal orders count from 1. A retake asks for a number when it is written; its purchase follows once a director has taken
up its job. Nobody else may get the number meanwhile: both would share one purchase.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, ScalarSelect, func, select, union_all

from reelwright.errors import StaleRevision
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.graph.orders import NumberedOrder
from reelwright.store.schema.schema import order_numbers, projects, purchases
from reelwright.store.schema.sql import InArray, insert


def select_last(scope: str, order: Fingerprint) -> ScalarSelect[int | None]:
    """Select the highest number of an order within ``scope``, bought or reserved, as part of a query; None: none."""
    bought = select(func.max(purchases.c.order_number).label("order_number")).where(
        purchases.c.scope == scope, purchases.c.order_fingerprint == order
    )
    reserved = select(func.max(order_numbers.c.order_number)).where(
        order_numbers.c.account == scope, order_numbers.c.order_fingerprint == order
    )
    return select(func.max(union_all(bought, reserved).subquery().c.order_number)).scalar_subquery()


def find_last(conn: Connection, scope: str, order: Fingerprint) -> int:
    """Find the highest number of an order within ``scope``, bought or reserved; 0 where there is none."""
    return conn.execute(select(select_last(scope, order))).scalar() or 0


def list_taken(conn: Connection, account: str, digests: Collection[str]) -> Mapping[str, Collection[int]]:
    """List the numbers with which the projects of these commands have ordered anything, by the command's digest.

    A command without a project is left out. Each project has at least the number of its first orders.
    """
    mine = (projects.c.account == account, InArray(projects.c.lookup_key, "called"))
    first = select(projects.c.lookup_key, projects.c.order_number.label("order_number")).where(*mine)
    others = (
        select(projects.c.lookup_key, table.c.order_number)
        .join(projects, projects.c.id == table.c.project)
        .where(*mine)
        for table in (order_numbers, purchases)
    )
    taken = defaultdict[str, set[int]](set)
    for digest, number in conn.execute(union_all(first, *others), {"called": list(digests)}):
        taken[digest].add(number)
    return taken


def reserve(conn: Connection, account: str, project: str, orders: Collection[NumberedOrder]) -> None:
    """Reserve the number of each order for a project. Raises ``StaleRevision`` where another project has one of them.

    The caller has locked the account's shares.
    """
    for order, number in orders:
        which = (order_numbers.c.account == account, order_numbers.c.order_fingerprint == order)
        reserved = select(order_numbers.c.project).where(*which, order_numbers.c.order_number == number)
        bought = select(purchases.c.project).where(
            purchases.c.scope == account, purchases.c.order_fingerprint == order, purchases.c.order_number == number
        )
        whose = conn.execute(union_all(reserved, bought)).scalars().all()
        if any(one != project for one in whose):
            raise StaleRevision(code="order_number_taken", project=project, number=number)
        columns = {"account": account, "order_fingerprint": order, "order_number": number, "project": project}
        conn.execute(insert(conn, order_numbers).values(**columns).on_conflict_do_nothing())
