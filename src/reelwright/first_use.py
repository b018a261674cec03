"""Modules that are imported when they are first used (PEP 562): a verb that needs none of them starts without them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType


def import_on_first_use(holder: str, homes: Mapping[str, str]) -> Callable[[str], ModuleType]:
    """Return the ``__getattr__`` of the module ``holder``, whose attributes are the modules ``homes``, by name."""

    def load(name: str) -> ModuleType:
        if name not in homes:
            raise AttributeError(f"module {holder!r} has no attribute {name!r}")
        module = import_module(homes[name])
        setattr(sys.modules[holder], name, module)
        return module

    return load
