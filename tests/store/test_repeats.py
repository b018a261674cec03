"""Equal orders over a bad line: which order a retry takes, simulated over everything that can be lost.

Callers of one API key send the same body. Each has a first attempt and two retries, of which any request and any reply
may be lost, in every interleaving. A caller whom a reply reaches asks for its id: at once, or later.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from reelwright.store.jobs.requests import EarlierRequest, choose_repeated

ATTEMPTS = 3


class Order(NamedTuple):
    """``retries``: the highest count that it was answered to. ``is_asked``: somebody asked for its id."""

    retries: int
    is_asked: bool


class Caller(NamedTuple):
    """``sent``: attempts. ``order``: the one whose id reached it; None: none yet. ``has_asked``: for that id."""

    sent: int = 0
    order: int | None = None
    has_asked: bool = False


class World(NamedTuple):
    callers: tuple[Caller, ...]
    orders: tuple[Order, ...] = ()


def answer(world: World, retries: int) -> tuple[World, int]:
    """Answer an attempt as the server does; return the world and the order whose id is in the reply."""
    equal = [
        EarlierRequest(str(n), "body", "", "", str(n), order.retries, is_asked=order.is_asked)
        for n, order in enumerate(world.orders)
    ]
    repeated = choose_repeated(equal, retries) if retries else None
    if repeated is None:
        return world._replace(orders=(*world.orders, Order(retries, False))), len(world.orders)
    n = int(repeated.key)
    return _change_order(world, n, Order(retries, False)), n


def _change_order(world: World, n: int, order: Order) -> World:
    return world._replace(orders=(*world.orders[:n], order, *world.orders[n + 1 :]))


def _change_caller(world: World, n: int, caller: Caller) -> World:
    return world._replace(callers=(*world.callers[:n], caller, *world.callers[n + 1 :]))


def list_next(world: World, *, may_lose_first: bool, asks_at_once: bool) -> Iterator[World]:
    """Yield each world one event later: a request or a reply lost, a reply that arrives, an id asked for."""
    for n, caller in enumerate(world.callers):
        if caller.order is not None:
            if not caller.has_asked:
                asked = _change_order(world, caller.order, world.orders[caller.order]._replace(is_asked=True))
                yield _change_caller(asked, n, caller._replace(has_asked=True))
        elif caller.sent < ATTEMPTS:
            sent = caller._replace(sent=caller.sent + 1)
            if caller.sent or may_lose_first:
                yield _change_caller(world, n, sent)
            after, order = answer(world, caller.sent)
            yield _change_caller(after, n, sent)
            if asks_at_once:
                asked = _change_order(after, order, after.orders[order]._replace(is_asked=True))
                yield _change_caller(asked, n, sent._replace(order=order, has_asked=True))
            else:
                yield _change_caller(after, n, sent._replace(order=order))


def list_ends(callers: int, **line: bool) -> set[World]:
    """Return every world in which nothing more can happen, over all interleavings."""
    ends: set[World] = set()
    seen: set[World] = set()
    left = [World((Caller(),) * callers)]
    while left:
        world = left.pop()
        world = world._replace(callers=tuple(sorted(world.callers, key=repr)))  # callers are alike
        if world in seen:
            continue
        seen.add(world)
        following = list(list_next(world, **line))
        left += following
        if not following:
            ends.add(world)
    return ends


def count_ids(world: World) -> tuple[int, int]:
    """Return how many callers have an id, and how many different ids they have."""
    ids = [caller.order for caller in world.callers if caller.order is not None]
    return len(ids), len(set(ids))


def test_where_every_first_attempt_arrives_ids_and_callers_and_purchases_are_as_many() -> None:
    ends = list_ends(3, may_lose_first=False, asks_at_once=True)
    assert len(ends) > 20
    for world in ends:
        reached, ids = count_ids(world)
        assert len(world.orders) == 3 and reached == ids, world


def test_no_line_makes_more_orders_than_callers_or_gives_one_id_to_two_who_ask_at_once() -> None:
    for world in list_ends(3, may_lose_first=True, asks_at_once=True):
        reached, ids = count_ids(world)
        assert len(world.orders) <= 3 and reached == ids, world


def test_two_callers_share_an_id_only_where_one_had_not_asked_for_it_and_nothing_is_bought_for_it() -> None:
    """What no server can tell apart: a reply that was lost, and one that arrived at a caller who has not asked yet.

    Then a retry gets the order that was already paid for. Each such end is checked; none has more orders than callers.
    """
    shared = 0
    for world in list_ends(3, may_lose_first=True, asks_at_once=False):
        reached, ids = count_ids(world)
        shared += reached > ids
        assert len(world.orders) <= 3, world
    assert shared, "the cases exist"


CASES = {
    "the reply to A is lost, B's request is lost: B's retry gets A's order, and A's retry one of its own":
        (("A", "reply lost"), ("B", "request lost"), ("B", "arrives"), ("A", "arrives"), ("A", "asks"), ("B", "asks")),
    "A has its reply and does not ask; B's request is lost: B's retry gets A's order, one order for both":
        (("A", "arrives"), ("B", "request lost"), ("B", "arrives"), ("A", "asks"), ("B", "asks")),
    "A has its reply and does not ask; B's reply is lost: B's retry gets one of the two orders":
        (("A", "arrives"), ("B", "reply lost"), ("B", "arrives"), ("A", "asks"), ("B", "asks")),
}  # fmt: skip
"""Lines on which a server cannot know whose retry it is, by what comes of them."""
ENDS = dict(zip(CASES, ((2, 2), (1, 1), (2, 1)), strict=True))
"""By case: orders, and different ids of the two callers."""


def test_the_cases_that_no_server_can_tell_apart_end_as_listed() -> None:
    for name, events in CASES.items():
        world = World((Caller(), Caller()))
        for who, event in events:
            world = _play(world, "AB".index(who), event)
        assert (len(world.orders), count_ids(world)[1]) == ENDS[name], name


def _play(world: World, n: int, event: str) -> World:
    caller = world.callers[n]
    if event == "asks":
        assert caller.order is not None
        return _change_order(world, caller.order, world.orders[caller.order]._replace(is_asked=True))
    sent = caller._replace(sent=caller.sent + 1)
    if event == "request lost":
        return _change_caller(world, n, sent)
    after, order = answer(world, caller.sent)
    return _change_caller(after, n, sent._replace(order=order) if event == "arrives" else sent)


def test_many_callers_over_a_line_drawn_by_chance_end_with_an_order_each() -> None:
    for seed in range(300):
        drawn = random.Random(seed)
        world = World((Caller(),) * drawn.randint(2, 12))
        step: Callable[[World], Iterator[World]] = functools.partial(list_next, may_lose_first=False, asks_at_once=True)
        while following := list(step(world)):
            world = drawn.choice(following)
        reached, ids = count_ids(world)
        assert len(world.orders) == len(world.callers) and reached == ids, seed
