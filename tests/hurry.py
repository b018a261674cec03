"""What tests only wait for takes less: how often somebody looks at what others do, and how servers start and stop.

A thousand tests start a server. uvicorn looks ten times a second whether it is to stop. FastAPI prepares 150 routes for
each application anew. A server asks whether the process has objects out of garbage collection, and Python counts them:
a million here.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final

import uvicorn.server
from fastapi.routing import APIRoute, _IncludedRouter

LOOKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "reelwright.engine.scheduler.director": {"WATCH_LOOK_EVERY_S": 0.05},
    "reelwright.engine.purchases.other_projects": {"OTHER_PURCHASE_LOOK_EVERY_S": 0.05},
    "reelwright.engine.scheduler.watch": {"WATCH_LOOK_EVERY_S": 0.1},
    "reelwright.studio.films.drive": {"EVENT_LOOK_EVERY_S": 0.05},
    "reelwright.studio.accounts.webhook_delivery": {"DELIVERY_LOOK_EVERY_S": 0.1},
}
"""How often what somebody else does is looked at. Only waits: nothing is decided by them."""
usual: Final[dict[str, dict[str, Any]]] = {}
"""The same as the product has it, for tests that count statements."""
count_frozen: Final = gc.get_freeze_count
_LOOK_S: Final = 0.01
_prepared: Final[dict[tuple[object, ...], Any]] = {}
_prepare: Final = _IncludedRouter._build_effective_context


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(min(seconds, _LOOK_S))


def _prepare_once(self: _IncludedRouter, route: Any) -> Any:
    """Prepare a route of our own server once for all its applications, which hand it the same requests."""
    context = self.include_context
    if not isinstance(route, APIRoute) or not route.endpoint.__module__.startswith("reelwright."):
        return _prepare(self, route)
    named_by = context.generate_unique_id_function
    key = (id(route), context.prefix, getattr(named_by, "value", named_by))
    if key not in _prepared:
        _prepared[key] = _prepare(self, route), route  # kept, so that no other one gets its id
    return _prepared[key][0]


Set = Callable[[Any, str, Any], None]


def set_constants(constants: Mapping[str, Mapping[str, Any]], set_: Set = setattr) -> None:
    """Set constants of modules, which must be there. ``set_``: such as the one of a monkeypatch."""
    for name, values in constants.items():
        module = import_module(name)
        for constant, value in values.items():
            assert hasattr(module, constant), f"{name} has no {constant} any more"
            set_(module, constant, value)


def hurry() -> None:
    """Let this process look often, and its servers start and stop quickly, once all that is to stay is frozen."""
    for name, values in LOOKS.items():
        usual[name] = {constant: getattr(import_module(name), constant) for constant in values}
    set_constants(LOOKS)
    uvicorn.server.asyncio = SimpleNamespace(**{**vars(asyncio), "sleep": _sleep})  # type: ignore[attr-defined]
    _IncludedRouter._build_effective_context = _prepare_once  # type: ignore[method-assign]
    gc.get_freeze_count = lambda: 1
